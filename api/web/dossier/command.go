package dossier

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

// order is a command of the clock as its form asks for it.
type order struct {
	Code, Title, Effect string
	permission          auth.Permission
	// Which questions the form has.
	kinds, from, until, on, due, to, version, ground, document bool
	optionalDocument                                           bool
	grounds                                                    func(models.Rules) []models.Ground
}

// orders are all commands of the clock, in the order of the page.
var orders = []order{
	{
		Code: "suspend", Title: "中止计时", Effect: "中止期间不计入期限，到期日相应顺延。", permission: auth.ObligationSuspend,
		from: true, until: true, ground: true, document: true, grounds: func(r models.Rules) []models.Ground { return r.SuspensionGrounds },
	},
	{Code: "resume", Title: "恢复计时", Effect: "自所填日期起继续计时。", permission: auth.ObligationResume, on: true},
	{
		Code: "extend", Title: "延期", Effect: "所选任务的到期日改为新的日期。", permission: auth.ObligationExtend,
		kinds: true, due: true, ground: true, document: true, grounds: func(r models.Rules) []models.Ground { return r.ExtensionGrounds },
	},
	{
		Code: "exempt", Title: "免除", Effect: "所选任务不再要求完成。", permission: auth.ObligationExempt,
		kinds: true, ground: true, document: true, grounds: func(r models.Rules) []models.Ground { return r.ExemptionGrounds },
	},
	{
		Code: "transfer", Title: "移交", Effect: "责任随干部转到接收单位，已认定的成果仍记在干部名下。", permission: auth.ObligationTransfer,
		to: true, on: true, document: true,
	},
	{
		Code: "close", Title: "办结", Effect: "责任终结，不再计时，也不能再申报。", permission: auth.ObligationClose,
		ground: true, document: true, optionalDocument: true,
		grounds: func(r models.Rules) []models.Ground {
			return append([]models.Ground{models.GroundFulfilled}, r.ClosingGrounds...)
		},
	},
	{Code: "adopt-policy", Title: "采用新版政策", Effect: "今后按所选版本的规则计算。", permission: auth.ObligationAdoptPolicy, version: true, document: true},
}

func clockPermissions() []auth.Permission {
	var all []auth.Permission
	for _, one := range orders {
		all = append(all, one.permission)
	}
	return all
}

func orderOf(v *page.Visit) (order, error) {
	for _, one := range orders {
		if one.Code == v.Path("command") && v.May(one.permission) {
			return one, nil
		}
	}
	return order{}, problem.New(problem.NotFound)
}

// possible are the commands that the visitor may give to a duty as it stands.
func possible(v *page.Visit, o one) []order {
	if o.Body.Obligation.Closed != nil || v.ActsFor(o.Body.Obligation.Cadre.ID) {
		return nil
	}
	suspended := o.Body.Obligation.Standing.State.Code == string(models.ObligationSuspended)
	var found []order
	for _, one := range orders {
		if v.May(one.permission) && (one.Code != "resume" || suspended) {
			found = append(found, one)
		}
	}
	return found
}

// asked is a command's form.
type asked struct {
	order
	one       one
	key, step string
	values    url.Values
	units     []api.UnitView
	policies  []api.PolicySummary
	said      *problem.Problem
	document  *api.EvidenceView
}

func prepare(v *page.Visit) (asked, error) {
	chosen, err := orderOf(v)
	if err != nil {
		return asked{}, err
	}
	found, err := read(v)
	if err != nil {
		return asked{}, err
	}
	// The command keeps its key from the first form to the last: it is one command,
	// also when it is given again because nobody knew what became of it.
	form := asked{order: chosen, one: found, key: cmp.Or(v.Form("key"), v.NewKey()), values: url.Values{}}
	if chosen.to {
		if form.units, err = words.UnitList(v); err != nil {
			return form, err
		}
	}
	if chosen.version {
		var policies struct {
			Items []api.PolicySummary `json:"items"`
		}
		if _, err = v.Ask("/policies", nil, &policies); err != nil {
			return form, err
		}
		form.policies = policies.Items
	}
	return form, nil
}

func formSheet(v *page.Visit, form asked) page.Sheet {
	sheet := sheetOf(v, form.one, form.Title+"："+form.one.title())
	sheet.Trail = append(sheet.Trail, page.Step{Title: form.one.title(), Path: pathOf(form.one.Body.Obligation.ID)})
	return sheet
}

func commandForm(v *page.Visit) error {
	form, err := prepare(v)
	if err != nil {
		return err
	}
	return v.Show(formSheet(v, form), commandPage(form))
}

// giveCommand first files the document and shows everything once more; only
// the confirmed form gives the command.
func giveCommand(v *page.Visit) error {
	form, err := prepare(v)
	if err != nil {
		return err
	}
	form.values = v.Request.PostForm
	if v.Form("back") != "" {
		return v.Show(formSheet(v, form), commandPage(form))
	}
	if v.Form("confirmed") == "" {
		return check(v, form)
	}
	body, fault := form.body()
	if fault != nil {
		return refused(v, form, fault)
	}
	path := pathOf(form.one.Body.Obligation.ID)
	var answer api.CommandAnswer
	_, err = v.Do(http.MethodPost, path+"/"+form.Code, body, &answer, page.Key(v.Form("key")), page.Match(v.Form("match")))
	if err != nil {
		said := page.Said(err)
		form.key = page.KeyAfter(v, said)
		return refused(v, form, said)
	}
	if answer.Proposal != "" {
		return v.See("/approvals/"+url.PathEscape(string(answer.Proposal)),
			form.Title+"已提出，还没有生效：须由同部门另一名有此职责的人员在“待批事项”中批准。")
	}
	return v.See(path, form.Title+"已办理。新的到期日和灯见下，经过记入档案。")
}

// refused shows the form again with what was typed.
func refused(v *page.Visit, form asked, said *problem.Problem) error {
	form.said = said
	return v.ShowStatus(said.Status, formSheet(v, form), commandPage(form))
}

// check files the document, if one was chosen, and asks to confirm.
func check(v *page.Visit, form asked) error {
	if files := v.Files("file"); len(files) > 0 {
		filed, err := v.Upload(files[0], url.Values{"purpose": {"document"}, "unit": {string(form.one.Body.Obligation.Unit.ID)}})
		if err != nil {
			return refused(v, form, page.Said(err))
		}
		form.document = &filed
		form.values.Set("document", string(filed.ID))
		form.values.Set("documentName", filed.FileName)
	}
	if _, fault := form.body(); fault != nil {
		return refused(v, form, fault)
	}
	form.step = "check"
	return v.Show(formSheet(v, form), confirmPage(form))
}

// second reports whether a second person has to approve.
func (a asked) second() bool {
	return a.one.policy.Rules.WantsSecondApproval(models.CommandKind(a.Code))
}

// body is the form as the API takes it.
func (a asked) body() (map[string]any, *problem.Problem) {
	body := map[string]any{}
	for _, name := range []string{"from", "until", "on", "due", "to", "ground", "document", "remark"} {
		if value := a.values.Get(name); value != "" {
			body[name] = value
		}
	}
	if a.kinds {
		body["kinds"] = a.values["kinds"]
	}
	said := problem.New(problem.RequestInvalid)
	missing := func(name, message string) {
		if body[name] == nil {
			said = said.At("body."+name, message)
		}
	}
	if a.version {
		version, err := strconv.Atoi(a.values.Get("version"))
		if err != nil {
			said = said.At("body.version", "请选择政策版本")
		}
		body["version"] = version
	}
	if a.from {
		missing("from", "请填写中止的第一日")
	}
	if a.on {
		missing("on", "请填写日期")
	}
	if a.due {
		missing("due", "请填写新的到期日")
	}
	if a.to {
		missing("to", "请选择接收单位")
	}
	if a.ground {
		missing("ground", "请选择事由")
	}
	if a.kinds && len(a.values["kinds"]) == 0 {
		said = said.At("body.kinds", "请至少选择一项任务")
	}
	if a.order.document && !a.optionalDocument {
		missing("document", "请附上文件依据")
	}
	if len(said.Errors) > 0 {
		return nil, said
	}
	return body, nil
}

// answers are what was filled in, for the page to confirm.
func (a asked) answers() []api.Coded {
	var list []api.Coded
	add := func(label, text string) {
		if text != "" {
			list = append(list, api.Coded{Code: label, Text: text})
		}
	}
	for _, kind := range a.values["kinds"] {
		add("任务", a.one.policy.Name(kind))
	}
	for _, date := range []struct{ name, label string }{{"from", "中止的第一日"}, {"until", "最后一日"}, {"on", "日期"}, {"due", "新的到期日"}} {
		if day, err := models.ParseDate(a.values.Get(date.name)); err == nil {
			add(date.label, ui.Day(day))
		}
	}
	for _, unit := range a.units {
		if string(unit.ID) == a.values.Get("to") {
			add("接收单位", unit.Name)
		}
	}
	add("政策版本", a.values.Get("version"))
	if ground := a.values.Get("ground"); ground != "" {
		add("事由", a.groundName(ground))
	}
	add("文件依据", a.values.Get("documentName"))
	add("说明", a.values.Get("remark"))
	return list
}

func (a asked) groundName(code string) string {
	if code == string(models.GroundFulfilled) {
		return "全部完成"
	}
	return a.one.policy.Name(code)
}
