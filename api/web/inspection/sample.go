package inspection

import (
	"net/url"
	"strconv"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/models/inspection"
)

func mountSample(site *page.Site) {
	site.Get(hearingsPath, hearings, auth.SampleDecide)
	site.Get("/inspections/:inspection/sample", sample, auth.SampleRead)
	site.Get("/inspections/:inspection/sample/:record", sampled, auth.SampleRead)
	sampleOrders().mount(site, "/inspections/:inspection/sample/:record")
}

func readSample(v *page.Visit) (api.SampleBody, error) {
	var found api.SampleBody
	_, err := v.Ask(cycleAPI(v)+"/sample", nil, &found.Body)
	return found, err
}

// sample lists what was drawn, what waits first, and tells how to draw it again.
func sample(v *page.Visit) error {
	found, err := readSample(v)
	if err != nil {
		return err
	}
	return v.Show(sheetOfSample(v, "抽查"), samplePage(v, found))
}

// sheetOfSample leads back to the board those who may open it, and whoever decides
// only to what waits for them; the cadre came by a notice.
func sheetOfSample(v *page.Visit, title string, steps ...page.Step) page.Sheet {
	switch {
	case v.May(auth.InspectionRead):
		return sheetOfCycle(title, append([]page.Step{cycleStep(v)}, steps...)...)
	case v.May(auth.SampleDecide):
		return page.Sheet{Title: title, Here: hearingsPath, Trail: append([]page.Step{{Title: hearingsTitle, Path: hearingsPath}}, steps...)}
	default:
		return page.Sheet{Title: title, Trail: steps}
	}
}

func sampleStep(v *page.Visit) page.Step {
	return page.Step{Title: "抽查", Path: pathOf(v.Path("inspection")) + "/sample"}
}

func cycleStep(v *page.Visit) page.Step {
	return page.Step{Title: inspection.QuarterText(quarterOf(v.Path("inspection"))), Path: pathOf(v.Path("inspection"))}
}

// itemOf is one item of the sample, or not found.
func itemOf(v *page.Visit) (api.SampleItemView, error) {
	found, err := readSample(v)
	if err != nil {
		return api.SampleItemView{}, err
	}
	for _, item := range found.Body.Items {
		if string(item.Record) == v.Path("record") {
			return item, nil
		}
	}
	return api.SampleItemView{}, problem.New(problem.NotFound)
}

func itemPath(id string, item api.SampleItemView) string {
	return pathOf(id) + "/sample/" + url.PathEscape(string(item.Record))
}

// framePath is what the sample was drawn from, for whoever draws again.
func framePath(id string) string {
	return "/api/v1/inspections/" + url.PathEscape(id) + "/sample/frame?size=200"
}

func itemTitle(item api.SampleItemView) string {
	return item.Unit.Name + " " + page.NameOf(item.Cadre) + " " + item.Kind.Text
}

// sampled is the page of one sampled credit.
func sampled(v *page.Visit) error {
	item, err := itemOf(v)
	if err != nil {
		return err
	}
	about := itemSubject(v, item)
	return v.Show(sheetOfSample(v, itemTitle(item), sampleStep(v)), itemPage(item, about, sampleOrders().possible(v, about)))
}

func itemSubject(v *page.Visit, item api.SampleItemView) subject {
	id := v.Path("inspection")
	about := subject{
		sheet: sheetOfSample(v, "", sampleStep(v)),
		title: itemTitle(item), etag: `"` + strconv.FormatInt(item.Version, 10) + `"`, unit: item.Unit.ID,
		path:  "/inspections/" + url.PathEscape(id) + "/sample/" + url.PathEscape(string(item.Record)),
		back:  itemPath(id, item),
		facts: []api.Coded{{Code: "状态", Text: item.State.Text}, {Code: "陈述截止", Text: ui.MomentOf(item.HearingDue)}},
	}
	if item.MayCheck {
		about.allowed = append(about.allowed, "check")
	}
	if item.MayDecide {
		about.allowed = append(about.allowed, "decide")
	}
	return about
}

// sampleOrders: who checks finds out, somebody else decides after the hearing.
func sampleOrders() orders {
	return orders{
		read: func(v *page.Visit) (subject, error) {
			item, err := itemOf(v)
			return itemSubject(v, item), err
		},
		all: []order{
			{
				Code: "check", Title: "记录核查结果", permission: auth.InspectionManage, Done: "核查结果已记录。",
				Effect: "对照材料和实地核查的情况记录结果。认为不实的，先听取干部和单位的陈述，期满后由另一人裁定；裁定以前认定不受影响。",
				fields: []ui.Field{
					{Name: "result", Label: "结果", Required: true, Options: []ui.Option{
						{Value: "", Text: "请选择"},
						{Value: string(inspection.ResultConfirmed), Text: "属实"},
						{Value: string(inspection.ResultDoubtful), Text: "存疑，需再核"},
						{Value: string(inspection.ResultFalse), Text: "不实，听取陈述"},
					}},
					{Name: "remark", Label: "核查说明", Rows: 4, Most: 2000, Hint: "存疑、不实的必填：核了什么，与申报有何出入。"},
				},
			},
			{
				Code: "decide", Title: "裁定", permission: auth.SampleDecide, checked: true, Done: "已裁定，干部和单位会收到通知。",
				Effect: "听取陈述之后裁定。认定不实的，撤销这项认定，须附文件依据；陈述成立的，维持认定。",
				fields: []ui.Field{
					{Name: "false", Label: "裁定", Kind: "boolean", Required: true, Options: []ui.Option{
						{Value: "", Text: "请选择"}, {Value: "no", Text: "陈述成立，维持认定"}, {Value: "yes", Text: "不实，撤销认定"},
					}},
					remark("理由", true),
				},
				file: "document", fileLabel: "文件依据",
			},
		},
	}
}
