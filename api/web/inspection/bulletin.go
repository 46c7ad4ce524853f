package inspection

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/models/inspection"
)

func mountBulletins(site *page.Site) {
	site.Get("/bulletins", bulletins, auth.BulletinRead)
	site.Get("/bulletins/:inspection/:ordinal", bulletin, auth.BulletinRead)
	site.Get("/bulletins/:inspection/:ordinal/figures/:figure", figure, auth.BulletinRead)
	site.Get("/bulletins/:inspection/:ordinal/verify", verification, auth.InspectionRead)
	mountEditor(site)
	bulletinOrders().mount(site, "/bulletins/:inspection/:ordinal")
}

// bulletins lists those that were issued, and to those who work on them the
// others.
func bulletins(v *page.Visit) error {
	var found api.ListOf[api.BulletinItemView]
	if _, err := v.Ask("/bulletins", url.Values{"plan": {string(v.Plan())}}, &found.Body); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "通报"}, bulletinsPage(v, found.Body.Items))
}

// read is one bulletin with the ETag of its cycle.
type read struct {
	api.BulletinView
	etag, key string
	// verifies: the visitor may have it measured again.
	verifies bool
}

func bulletinAPI(v *page.Visit) string {
	return "/bulletins/" + url.PathEscape(v.Path("inspection")) + "/" + url.PathEscape(v.Path("ordinal"))
}

func readBulletin(v *page.Visit) (read, error) {
	found := read{key: v.NewKey(), verifies: v.May(auth.InspectionRead)}
	var err error
	found.etag, err = v.Ask(bulletinAPI(v), nil, &found.BulletinView)
	return found, err
}

func (r read) path() string { return bulletinPath(r.Inspection, r.Ordinal) }

// name is the number of an issued bulletin, or what it will become.
func (r read) name() string { return itemName(r.BulletinItemView) }

func itemName(item api.BulletinItemView) string {
	switch {
	case item.Number != "":
		return item.Number
	case item.Ordinal > 1:
		return item.Quarter.Text + "更正通报（" + item.Stage.Text + "）"
	default:
		return item.Quarter.Text + "通报（" + item.Stage.Text + "）"
	}
}

// may reports whether the visitor may do something with the bulletin now.
func (r read) may(code string) bool { return slices.Contains(r.Allowed, code) }

func bulletinTrail() []page.Step { return []page.Step{{Title: "通报", Path: "/bulletins"}} }

func (r read) sheet(title string) page.Sheet {
	return page.Sheet{
		Title: title, Here: "/bulletins", Wide: true,
		Trail: append(bulletinTrail(), page.Step{Title: r.name(), Path: r.path()}),
	}
}

func bulletin(v *page.Visit) error {
	found, err := readBulletin(v)
	if err != nil {
		return err
	}
	about := bulletinSubject(found)
	return v.Show(page.Sheet{Title: found.name(), Here: "/bulletins", Trail: bulletinTrail()},
		bulletinPage(found, about, bulletinOrders().possible(v, about)))
}

// figure shows what a number of the text means and the frozen rows behind it.
func figure(v *page.Visit) error {
	found, err := readBulletin(v)
	if err != nil {
		return err
	}
	var rows api.FigureRowsView
	if _, err := v.Ask(bulletinAPI(v)+"/figures/"+url.PathEscape(v.Path("figure"))+"/rows", nil, &rows); err != nil {
		return err
	}
	return v.Show(found.sheet("数据："+rows.Figure.Text), figurePage(v, found, rows))
}

// verification reads the frozen data again and compares every digest.
func verification(v *page.Visit) error {
	found, err := readBulletin(v)
	if err != nil {
		return err
	}
	var measured api.BulletinVerifyView
	if _, err := v.Ask(bulletinAPI(v)+"/verify", nil, &measured); err != nil {
		return err
	}
	return v.Show(found.sheet("核对"), verifyPage(measured))
}

func bulletinSubject(found read) subject {
	return subject{
		sheet: page.Sheet{Here: "/bulletins", Trail: bulletinTrail()}, title: found.name(), etag: found.etag,
		path: "/bulletins/" + url.PathEscape(found.Inspection) + "/" + strconv.Itoa(found.Ordinal),
		back: found.path(), allowed: found.Allowed, cycle: found.Inspection,
		seen:  map[string]string{},
		facts: []api.Coded{{Code: "标题", Text: found.Title}, {Code: "办理环节", Text: found.Stage.Text}, {Code: "已会签", Text: signedText(found.BulletinView)}},
	}
}

// bulletinOrders are the commands of a bulletin. The API says which fit.
func bulletinOrders() orders {
	o := orders{read: func(v *page.Visit) (subject, error) {
		found, err := readBulletin(v)
		about := bulletinSubject(found)
		switch v.Path("command") {
		case "sign":
			about.seen["digest"] = found.Digest
		case "comments":
			about.choices = map[string][]ui.Option{"unit": unitOptions(found.Units)}
		}
		return about, err
	}}
	o.all = []order{
		{
			Code: "redraft", Title: "重新起草", permission: auth.InspectionManage, Done: "已按固化数据重新起草，请核对正文。",
			Effect: "按固化数据和截至现在的自查报告、问题重新写成初稿，替换现在的正文；以前的文本仍在档案里。",
		},
		{
			Code: "open-comments", Title: "征求意见", permission: auth.InspectionManage, Done: "已向各单位征求意见。",
			Effect: "把现在的文本发给各单位征求意见，期间不能修改正文。",
		},
		{
			Code: "comments", allowed: "comment", Title: "提出意见", permission: auth.BulletinComment, Done: "意见已提出。",
			Effect: "代表单位对征求意见的文本提出意见。",
			fields: []ui.Field{{Name: "unit", Label: "单位", Required: true}, {Name: "text", Label: "意见", Rows: 5, Most: 2000, Required: true}},
		},
		{
			Code: "close-comments", Title: "结束征求意见", permission: auth.InspectionManage, Done: "征求意见已结束，可以修改正文。",
			Effect: "提前结束征求意见。",
		},
		{
			Code: "ask-signatures", Title: "送会签", permission: auth.InspectionManage, Done: "已送会签。",
			Effect: "定稿并请两人会签；会签期间不能修改正文。",
		},
		{
			Code: "sign", Title: "会签", permission: auth.BulletinSign, Done: "您的会签已记录；会签满规定人数即取号印发。", reread: true,
			Effect: "确认已通读全文并同意印发。签的是您所读的这一版文本；文本有变动的，此会签不成立。最后一人会签后立即取号、印发，不能撤回。",
		},
		{
			Code: "recall", Title: "撤回修改", permission: auth.InspectionManage, checked: true, Done: "已撤回，会签作废，可以修改正文。",
			Effect: "从会签撤回，已有的会签作废。", fields: []ui.Field{remark("撤回的理由", true)},
		},
		{
			Code: "corrections", allowed: "correct", Title: "更正", permission: auth.InspectionManage, checked: true,
			Done: "更正通报已起草；原通报不作改动。", Effect: "另发一份更正通报，列出与原通报的差异；原通报一字不改。",
			fields: []ui.Field{remark("更正的理由", true)},
			path:   func(about subject) string { return "/inspections/" + url.PathEscape(about.cycle) + "/corrections" },
		},
	}
	return o
}

func unitOptions(units []api.UnitRef) []ui.Option {
	options := make([]ui.Option, len(units))
	for i, unit := range units {
		options[i] = ui.Option{Value: string(unit.ID), Text: unit.Name}
	}
	return options
}

// signedText says who signed and how many must.
func signedText(found api.BulletinView) string {
	names := make([]string, len(found.Signatures))
	for i, one := range found.Signatures {
		names[i] = one.By
	}
	text := strconv.Itoa(len(names)) + "/" + strconv.Itoa(found.SignaturesOf) + " 人"
	if len(names) > 0 {
		text += "：" + strings.Join(names, "、")
	}
	return text
}

// definition says what a figure of the text means.
func (r read) definition(id inspection.FigureID) string {
	for _, figure := range r.Figures {
		if figure.ID == id {
			return figure.Definition
		}
	}
	return ""
}
