package inspection

import (
	"net/http"
	"net/url"
	"strconv"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models/inspection"
)

func mountFindings(site *page.Site) {
	site.Get("/findings", findings, auth.InspectionRead)
	site.Post("/findings", raiseFinding, auth.InspectionManage)
	site.Get("/findings/new", newFinding, auth.InspectionManage)
	site.Get("/findings/:finding", finding, auth.InspectionRead)
	findingOrders().mount(site, "/findings/:finding")
}

// pending are the states that still ask for something.
const pending = "open,answered"

// findings lists the most urgent first; without a choice those that are pending.
func findings(v *page.Visit) error {
	query := url.Values{"plan": {string(v.Plan())}, "state": {pending}}
	for _, name := range []string{"quarter", "unit", "state", "after"} {
		if value := v.Query(name); value != "" {
			query.Set(name, value)
		}
	}
	if query.Get("state") == "all" {
		query.Del("state")
	}
	var found api.PageOf[api.FindingView]
	if _, err := v.Ask("/findings", query, &found); err != nil {
		return err
	}
	next := v.Onward("/findings", found.Next)
	return v.Show(page.Sheet{Title: "问题整改"}, findingsPage(v, found.Items, next))
}

// known is one finding with the words about it.
type known struct{ api.FindingBody }

func findingTrail() []page.Step { return []page.Step{{Title: "问题整改", Path: "/findings"}} }

func readFinding(v *page.Visit) (known, error) {
	var found known
	var err error
	found.ETag, err = v.Ask("/findings/"+url.PathEscape(v.Path("finding")), nil, &found.Body)
	return found, err
}

func findingTitle(one api.FindingView) string { return one.Unit.Name + "：" + short(one.Text) }

func finding(v *page.Visit) error {
	found, err := readFinding(v)
	if err != nil {
		return err
	}
	about := findingSubject(found)
	return v.Show(page.Sheet{Title: findingTitle(found.Body.Finding), Here: "/findings", Trail: findingTrail()},
		findingPage(found, about, v.NewKey(), findingOrders().possible(v, about)))
}

func findingSubject(found known) subject {
	one := found.Body.Finding
	about := subject{
		sheet: page.Sheet{Here: "/findings", Trail: findingTrail()}, title: findingTitle(one), etag: found.ETag, unit: one.Unit.ID,
		path: "/findings/" + url.PathEscape(string(one.ID)), back: findingPath(string(one.ID)),
		facts: []api.Coded{
			{Code: "问题", Text: one.Text},
			{Code: "程度", Text: one.Severity.Text},
			{Code: "状态", Text: one.State.Text},
			{Code: "整改截止", Text: ui.Moment(one.Due)},
		},
	}
	state := inspection.FindingState(one.State.Code)
	if found.Body.MayAnswer && state.Open() {
		about.allowed = append(about.allowed, "answer")
	}
	if found.Body.MayManage {
		about.allowed = append(about.allowed, managing[state]...)
	}
	return about
}

// managing are the inspector's commands at each state.
var managing = map[inspection.FindingState][]string{
	inspection.FindingOpen:     {"settle", "drop"},
	inspection.FindingAnswered: {"settle", "reopen", "drop"},
	inspection.FindingClosed:   {"reopen"},
}

func findingOrders() orders {
	return orders{
		read: func(v *page.Visit) (subject, error) {
			found, err := readFinding(v)
			return findingSubject(found), err
		},
		all: []order{
			{
				Code: "answer", Title: "答复", permission: auth.FindingAnswer, Done: "已答复，等待督查员核对；答复期间不亮灯。",
				Effect: "说明整改情况，附上材料。",
				fields: []ui.Field{{Name: "text", Label: "整改情况", Rows: 5, Most: 4000, Required: true}},
				file:   "evidence", fileLabel: "整改材料",
			},
			{
				Code: "settle", Title: "销号", permission: auth.InspectionManage, Done: "问题已销号。",
				Effect: "确认整改到位，问题销号。", fields: []ui.Field{remark("说明", false)},
			},
			{
				Code: "reopen", Title: "重新要求整改", permission: auth.InspectionManage, Done: "已重新要求整改，按新的截止日计时。",
				Effect: "整改不到位的，重新要求整改，另定截止日。",
				fields: []ui.Field{{Name: "dueOn", Label: "新的截止日", Kind: "date", Hint: "不填时按程度计工作日。"}, remark("理由", true)},
			},
			{
				Code: "drop", Title: "撤销问题", permission: auth.InspectionManage, checked: true, Done: "问题已撤销，经过保留在档案里。",
				Effect: "经核实不是问题的，撤销。", fields: []ui.Field{remark("撤销的理由", true)},
			},
		},
	}
}

// raising is the form of a new finding.
type raising struct {
	cycles []api.InspectionView
	// severities are those of the chosen cycle, with the time that they give.
	severities []api.SeverityView
	units      []api.UnitView
	typed      url.Values
	key        string
	said       *problem.Problem
}

// raisingNames are the questions of the form; from a unit's, task's or record's
// page some are answered already.
var raisingNames = []string{"inspection", "unit", "task", "record", "severity", "dueOn", "text"}

func newFinding(v *page.Visit) error {
	form, err := readRaising(v, v.Request.URL.Query())
	if err != nil {
		return err
	}
	return v.Show(raisingSheet(), raisingPage(form))
}

func raisingSheet() page.Sheet {
	return page.Sheet{Title: "提出问题", Here: "/findings", Trail: findingTrail()}
}

func readRaising(v *page.Visit, typed url.Values) (raising, error) {
	form := raising{typed: url.Values{}, key: v.NewKey()}
	for _, name := range raisingNames {
		form.typed.Set(name, typed.Get(name))
	}
	var listed api.ListOf[api.InspectionView]
	if _, err := v.Ask("/inspections", url.Values{"plan": {string(v.Plan())}}, &listed.Body); err != nil {
		return form, err
	}
	for _, one := range listed.Body.Items {
		if one.Stage.Code != string(inspection.StageCancelled) {
			form.cycles = append(form.cycles, one)
		}
	}
	if form.typed.Get("inspection") == "" && len(form.cycles) > 0 {
		form.typed.Set("inspection", form.cycles[0].ID)
	}
	var err error
	if form.units, err = words.UnitList(v); err != nil || len(form.cycles) == 0 {
		return form, err
	}
	var chosen api.InspectionDetail
	if _, err := v.Ask("/inspections/"+url.PathEscape(form.typed.Get("inspection")), nil, &chosen); err != nil && !missing(err) {
		return form, err
	}
	form.severities = chosen.Severities
	return form, nil
}

// raiseFinding opens the finding; its unit is told.
func raiseFinding(v *page.Visit) error {
	body := map[string]any{}
	for _, name := range raisingNames {
		if value := v.Form(name); value != "" {
			body[name] = value
		}
	}
	var err error
	if task := v.Form("task"); task != "" {
		if body["task"], err = strconv.Atoi(task); err != nil {
			return refusedRaising(v, problem.New(problem.RequestInvalid).At("body.task", "任务序号是数字"))
		}
	}
	status, err := v.Do(http.MethodPost, "/findings", body, nil, page.Key(v.Form("key")))
	if err != nil {
		return refusedRaising(v, err)
	}
	onward := "/findings?" + url.Values{"unit": {v.Form("unit")}}.Encode()
	if status == http.StatusAccepted {
		return v.See(onward, "已受理，正在办理；请稍后刷新查看结果，不必重复提交。")
	}
	return v.See(onward, "问题已提出，单位会收到通知。")
}

func refusedRaising(v *page.Visit, err error) error {
	said := page.Said(err)
	form, readErr := readRaising(v, v.Request.PostForm)
	if readErr != nil {
		return err
	}
	form.said, form.key = said, page.KeyAfter(v, said)
	return v.ShowStatus(said.Status, raisingSheet(), raisingPage(form))
}
