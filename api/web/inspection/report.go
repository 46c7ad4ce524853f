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
	"bangfu/models"
	"bangfu/models/inspection"
)

func mountReports(site *page.Site) {
	site.Get("/unit-reports", reports, auth.ReportFile, auth.ReportConfirm)
	site.Get("/unit-reports/:inspection/:unit", report, auth.InspectionRead)
	site.Post("/unit-reports/:inspection/:unit", saveReport, auth.ReportFile)
	reportOrders().mount(site, "/unit-reports/:inspection/:unit")
}

// reports lists what is due from the visitor's units.
func reports(v *page.Visit) error {
	query := url.Values{"plan": {string(v.Plan())}}
	all := v.Query("all") != ""
	if !all {
		query.Set("open", "true")
	}
	var found api.ListOf[api.UnitReportView]
	if _, err := v.Ask("/unit-reports", query, &found.Body); err != nil {
		return err
	}
	findings, err := page.Everything[api.FindingView](v, "/findings", url.Values{"plan": {string(v.Plan())}, "state": {"open"}})
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "应报事项"}, reportsPage(v, found.Body.Items, findings, all))
}

// reported is one unit's report as the API shows it.
type reported struct{ api.ReportBody }

func reportAPI(v *page.Visit) string {
	return cycleAPI(v) + "/reports/" + url.PathEscape(v.Path("unit"))
}

func readReport(v *page.Visit) (reported, error) {
	var found reported
	var err error
	found.ETag, err = v.Ask(reportAPI(v), nil, &found.Body)
	return found, err
}

// shown is the text that counts: what was filed, or else what is saved so far.
func (r reported) shown() api.ReportTextView {
	if r.Body.Filed != nil {
		return *r.Body.Filed
	}
	return r.Body.Text
}

func (r reported) path() string { return reportPath(r.Body.Report.Inspection, r.Body.Report.Unit.ID) }

func (r reported) title() string {
	return r.Body.Report.Quarter.Text + "自查报告：" + r.Body.Report.Unit.Name
}

func (r reported) sheet() page.Sheet {
	return page.Sheet{Title: r.title(), Here: "/unit-reports", Wide: true, Trail: []page.Step{{Title: "应报事项", Path: "/unit-reports"}}}
}

// form is the report's form with what was typed.
type form struct {
	reported
	key    string
	typed  api.ReportForm
	said   *problem.Problem
	orders []order
	about  subject
	// elsewhere: somebody else saved another text in the meantime.
	elsewhere bool
}

func (r reported) form(v *page.Visit) form {
	about := reportSubject(r)
	return form{reported: r, key: v.NewKey(), typed: r.Body.Text.Form, about: about, orders: reportOrders().possible(v, about)}
}

// report is the page of one report: a form for the contact, the filed text to
// sign for the leader, the text for everybody else.
func report(v *page.Visit) error {
	found, err := readReport(v)
	if err != nil {
		return err
	}
	return v.Show(found.sheet(), reportPage(found.form(v)))
}

func typedReport(v *page.Visit) api.ReportForm {
	return api.ReportForm{
		Measures: v.Form("measures"), Problems: v.Form("problems"), NextSteps: v.Form("nextSteps"), Explanation: v.Form("explanation"),
	}
}

// saveReport saves the form, by its button or by a script as one types, and
// files it when that button was pressed.
func saveReport(v *page.Visit) error {
	typed := typedReport(v)
	var saved api.ReportTextView
	_, err := v.Do(http.MethodPut, reportAPI(v)+"/text", typed, &saved, page.Match(v.Form("match")))
	if v.Request.Header.Get("X-Autosave") != "" {
		if err != nil {
			return err
		}
		return v.JSON(http.StatusOK, map[string]string{"match": textTag(saved)})
	}
	files := v.Form("then") == "file"
	if err != nil {
		// The same text saved twice is one save: a second click files what the first did.
		present, readErr := readReport(v)
		if readErr != nil || !files || present.Body.Text.Form != typed || page.Said(err).Status != http.StatusPreconditionFailed {
			return showReport(v, typed, err)
		}
		saved = present.Body.Text
	}
	if !files {
		return v.See(reportPath(v.Path("inspection"), models.UnitID(v.Path("unit")))+"#form", "已保存，尚未报送。")
	}
	return fileReport(v, typed, saved)
}

func fileReport(v *page.Visit, typed api.ReportForm, saved api.ReportTextView) error {
	status, err := v.Do(http.MethodPost, reportAPI(v)+"/file", map[string]int64{"version": saved.Version}, nil,
		page.Key(v.Form("key")), page.Match(v.Form("sequence")))
	if err != nil {
		return showReport(v, typed, err)
	}
	if status == http.StatusAccepted {
		return v.See(reportPath(v.Path("inspection"), models.UnitID(v.Path("unit"))), "已受理，正在办理；请稍后刷新查看结果，不必重复提交。")
	}
	return v.See(reportPath(v.Path("inspection"), models.UnitID(v.Path("unit"))), "已填报，等待单位领导签报。签报以前仍可修改后重新填报。")
}

// showReport shows the form again with what was typed.
func showReport(v *page.Visit, typed api.ReportForm, err error) error {
	said := page.Said(err)
	found, readErr := readReport(v)
	if readErr != nil || !found.Body.MayFile {
		return err
	}
	again := found.form(v)
	again.said, again.typed, again.key = said, typed, page.KeyAfter(v, said)
	again.elsewhere = said.Status == http.StatusPreconditionFailed && found.Body.Text.Form != typed
	return v.ShowStatus(said.Status, found.sheet(), reportPage(again))
}

// textTag is the entity tag of a saved text.
func textTag(text api.ReportTextView) string { return `"` + strconv.FormatInt(text.Version, 10) + `"` }

func reportSubject(found reported) subject {
	about := subject{
		sheet: page.Sheet{Here: "/unit-reports", Trail: []page.Step{{Title: "应报事项", Path: "/unit-reports"}}},
		title: found.title(), etag: found.ETag, unit: found.Body.Report.Unit.ID, back: found.path(),
		path: "/inspections/" + url.PathEscape(found.Body.Report.Inspection) + "/reports/" + url.PathEscape(string(found.Body.Report.Unit.ID)),
		facts: []api.Coded{
			{Code: "状态", Text: found.Body.Report.State.Text},
			{Code: "截止", Text: ui.MomentOf(found.Body.Report.Due)},
			{Code: "填报时间", Text: ui.MomentOf(found.Body.Report.FiledAt)},
		},
	}
	if found.Body.MayConfirm && found.Body.Report.State.Code == string(inspection.ReportFiled) {
		about.allowed = append(about.allowed, "confirm", "send-back")
	}
	if found.Body.MayExtend {
		about.allowed = append(about.allowed, "extend")
	}
	return about
}

// reportOrders are the commands of a report that have a page of their own.
func reportOrders() orders {
	return orders{
		read: func(v *page.Visit) (subject, error) {
			found, err := readReport(v)
			return reportSubject(found), err
		},
		all: []order{
			{
				Code: "confirm", Title: "签报", permission: auth.ReportConfirm, Done: "已签报，报告已报送。", reread: true,
				Effect: "确认本单位的报告和随报告的任务进展属实并报送。签报以后不能修改。签的是您所读的这一版；联络员重新填报的，须重新阅读后再签。",
			},
			{
				Code: "send-back", Title: "退回修改", permission: auth.ReportConfirm, Done: "已退回联络员修改。",
				Effect: "退回联络员修改后重新填报，截止时间不变。", fields: []ui.Field{remark("退回的理由", true)},
			},
			{
				Code: "extend", Title: "准予延期", permission: auth.InspectionManage, Done: "已准予延期，催报按新的截止日进行。",
				Effect: "只对这一个单位延期，迟报的标记随之取消。",
				fields: []ui.Field{{Name: "due", Label: "新的截止日", Kind: "date", Hint: "当日 24:00 截止，须晚于原截止日。", Required: true}, remark("延期的理由", true)},
			},
		},
	}
}
