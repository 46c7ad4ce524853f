package duty

import (
	"net/http"
	"net/url"
	"strings"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

// sheet is the frame of a page about a record of theirs.
func (w whose) sheet(title string, steps ...page.Step) page.Sheet {
	return page.Sheet{
		Title: title, Here: "/duty", Trail: append([]page.Step{{Title: w.title(), Path: w.path("/duty")}}, steps...),
	}
}

// sheetOf is the frame of a page about a record.
func sheetOf(v *page.Visit, record api.RecordView, title string, steps ...page.Step) page.Sheet {
	return of(v, record.Cadre.ID).sheet(title, steps...)
}

func pathOf(id models.RecordID) string { return "/records/" + url.PathEscape(string(id)) }

// draft is the form with what was typed and what is to be said about it.
type draft struct {
	// action is where the form goes, autosave where it is saved as one types.
	action, autosave string
	// back is the page of the duty.
	back       string
	obligation string
	values     map[string]string
	said       *problem.Problem
	// present is the record as the archive has it; nil for a new one.
	present *api.RecordDetail
	match   string
	policy  words.Policy
	// notes are what the reviewer said of each field of a returned record.
	notes map[string]string
	// verdict is what is known of the code; nil while there is none.
	verdict *api.CodeCheckView
}

// typed reads the form.
func typed(v *page.Visit) map[string]string {
	values := map[string]string{}
	for _, field := range words.Fields {
		values[field.Code] = v.Form(field.Code)
	}
	return values
}

// body is the form as the API takes it: what is empty is left out.
func body(values map[string]string) map[string]any {
	filled := map[string]any{}
	for name, value := range values {
		if value != "" {
			filled[name] = value
		}
	}
	return filled
}

func newRecord(v *page.Visit) error {
	mine, whose, err := ownObligation(v)
	if err != nil {
		return err
	}
	if mine == nil {
		return v.Show(whose.sheet("登记企业"), noDuty(v, whose))
	}
	policy, err := words.PolicyOf(v, mine.Policy)
	if err != nil {
		return err
	}
	return v.Show(whose.sheet("登记帮扶的企业"), recordForm(draft{
		action: whose.path("/records"), back: whose.path("/duty"), obligation: mine.ID, values: map[string]string{"kind": v.Query("kind")}, policy: policy,
	}))
}

// createRecord saves the first draft and goes on with it, so that a reload never
// makes a second one.
func createRecord(v *page.Visit) error {
	values := typed(v)
	asked := body(values)
	asked["obligation"] = v.Form("obligation")
	var made api.RecordDetail
	if _, err := v.Do(http.MethodPost, "/records", asked, &made); err != nil {
		said := page.Said(err)
		mine, whose, readErr := ownObligation(v)
		if readErr != nil || mine == nil {
			return err
		}
		policy, readErr := words.PolicyOf(v, mine.Policy)
		if readErr != nil {
			return err
		}
		return v.ShowStatus(said.Status, whose.sheet("登记帮扶的企业"), recordForm(draft{
			action: whose.path("/records"), back: whose.path("/duty"), obligation: v.Form("obligation"), values: values, said: said, policy: policy,
		}))
	}
	return v.See(pathOf(made.Record.ID)+"/edit#evidence", "草稿已保存，尚未提交。请附上材料，再核对提交。")
}

// recordOf reads a record with its ETag and the policy that it is judged by.
func recordOf(v *page.Visit) (detail api.RecordDetail, etag string, policy words.Policy, err error) {
	etag, err = v.Ask("/records/"+url.PathEscape(v.Path("record")), nil, &detail)
	if err != nil {
		return detail, "", policy, err
	}
	var obligation api.ObligationBody
	if _, err = v.Ask("/obligations/"+url.PathEscape(detail.Record.Obligation), nil, &obligation.Body); err != nil {
		return detail, "", policy, err
	}
	policy, err = words.PolicyOf(v, obligation.Body.Obligation.Policy)
	return detail, etag, policy, err
}

// valuesOf are the fields of a record as the form holds them.
func valuesOf(record api.RecordView) map[string]string {
	text := func(date models.Date) string {
		if date.IsZero() {
			return ""
		}
		return date.String()
	}
	return map[string]string{
		"kind": record.Kind.Code, "enterprise": string(record.Enterprise), "enterpriseName": record.EnterpriseName,
		"occurredOn": text(record.OccurredOn), "established": text(record.Established), "address": record.Address,
		"legalPerson": record.LegalPerson, "phone": record.Phone, "summary": record.Summary, "result": record.Result,
	}
}

// notesOf are the reasons of the return that the record waits to be answered for.
func notesOf(detail api.RecordDetail) map[string]string {
	if detail.Record.State.Code != string(models.StateReturned) {
		return nil
	}
	for i := len(detail.Reviews) - 1; i >= 0; i-- {
		if detail.Reviews[i].Action.Code == string(models.EventRecordReturned) {
			return detail.Reviews[i].Reasons
		}
	}
	return nil
}

func editRecord(v *page.Visit) error {
	detail, etag, policy, err := recordOf(v)
	if err != nil {
		return err
	}
	if !detail.Record.Editable {
		return v.See(pathOf(detail.Record.ID))
	}
	return showEdit(v, http.StatusOK, drafted(detail, etag, policy))
}

// showEdit shows the form of a draft with what is known of its enterprise.
func showEdit(v *page.Visit, status int, d draft) error {
	if code := d.values["enterprise"]; code != "" {
		verdict, err := judged(v, code)
		if err != nil {
			return err
		}
		d.verdict = &verdict
	}
	return v.ShowStatus(status, editSheet(v, *d.present), editPage(d, *d.present))
}

func editSheet(v *page.Visit, detail api.RecordDetail) page.Sheet {
	if detail.Record.State.Code == string(models.StateReturned) {
		return sheetOf(v, detail.Record, "整改："+ui.Named(detail.Record.EnterpriseName))
	}
	return sheetOf(v, detail.Record, "填写："+ui.Named(detail.Record.EnterpriseName))
}

func drafted(detail api.RecordDetail, etag string, policy words.Policy) draft {
	at := pathOf(detail.Record.ID)
	return draft{
		action: at + "/edit", autosave: at + "/edit", values: valuesOf(detail.Record), present: &detail,
		match: etag, policy: policy, notes: notesOf(detail),
	}
}

// saveRecord saves a draft, by its button or by a script as one types. A draft
// that was changed elsewhere in the meantime is shown with both contents.
func saveRecord(v *page.Visit) error {
	values := typed(v)
	var saved api.RecordDetail
	path := "/records/" + url.PathEscape(v.Path("record"))
	if _, err := v.Do(http.MethodPut, path, body(values), &saved, page.Match(v.Form("match"))); err != nil {
		if v.Request.Header.Get("X-Autosave") != "" {
			return err
		}
		return showAgain(v, values, err)
	}
	if v.Request.Header.Get("X-Autosave") != "" {
		return v.JSON(http.StatusOK, map[string]string{"match": tag(saved.Record)})
	}
	if v.Form("then") == "check" {
		return v.See(pathOf(saved.Record.ID) + "/check")
	}
	return v.See(pathOf(saved.Record.ID)+"/edit", "草稿已保存，尚未提交。")
}

// tag is the ETag of a record that an answer showed.
func tag(record api.RecordView) string { return `"` + ui.Digits(record.Version) + `"` }

func showAgain(v *page.Visit, values map[string]string, err error) error {
	said := page.Said(err)
	detail, etag, policy, readErr := recordOf(v)
	if readErr != nil || !detail.Record.Editable {
		return err
	}
	again := drafted(detail, etag, policy)
	again.values, again.said = values, said
	return showEdit(v, said.Status, again)
}

func deleteRecord(v *page.Visit) error {
	path := "/records/" + url.PathEscape(v.Path("record"))
	var detail api.RecordDetail
	if _, err := v.Ask(path, nil, &detail); err != nil {
		return err
	}
	if _, err := v.Do(http.MethodDelete, path, nil, nil, page.Match(v.Form("match"))); err != nil {
		return err
	}
	return v.See(of(v, detail.Record.Cadre.ID).path("/duty"), "草稿已删除。")
}

// attach uploads a file and attaches it to the record in one step of the form.
func attach(v *page.Visit) error {
	files := v.Files("file")
	if len(files) == 0 {
		return problem.New(problem.RequestInvalid).At("body.file", "请选择文件")
	}
	match := v.Form("match")
	purpose, err := claimed(v)
	if err != nil {
		return err
	}
	var last api.RecordDetail
	for _, header := range files {
		evidence, err := v.Upload(header, purpose)
		if err != nil {
			return refusedFile(v, err)
		}
		path := "/records/" + url.PathEscape(v.Path("record")) + "/evidence/" + url.PathEscape(string(evidence.ID))
		if _, err := v.Do(http.MethodPut, path, map[string]string{"category": v.Form("category")}, &last, page.Match(match)); err != nil {
			return refusedFile(v, err)
		}
		match = tag(last.Record)
	}
	if strings.Contains(v.Request.Header.Get("Accept"), "application/json") {
		return v.JSON(http.StatusOK, map[string]string{"match": match})
	}
	return v.See(pathOf(last.Record.ID)+"/edit#evidence", "材料已附上。")
}

// claimed says what a file is for: whoever stands in for somebody says for whom.
func claimed(v *page.Visit) (url.Values, error) {
	purpose := url.Values{"purpose": {"claim"}}
	if len(v.Me.StandsIn) == 0 {
		return purpose, nil
	}
	var detail api.RecordDetail
	if _, err := v.Ask("/records/"+url.PathEscape(v.Path("record")), nil, &detail); err != nil {
		return nil, err
	}
	purpose.Set("cadre", string(detail.Record.Cadre.ID))
	return purpose, nil
}

// refusedFile tells a script what was wrong with the file, and shows the form
// again to whoever has none.
func refusedFile(v *page.Visit, err error) error {
	if strings.Contains(v.Request.Header.Get("Accept"), "application/json") {
		return err
	}
	detail, _, _, readErr := recordOf(v)
	if readErr != nil {
		return err
	}
	return showAgain(v, valuesOf(detail.Record), err)
}

func detach(v *page.Visit) error {
	path := "/records/" + url.PathEscape(v.Path("record")) + "/evidence/" + url.PathEscape(v.Path("evidence"))
	if _, err := v.Do(http.MethodDelete, path, nil, nil, page.Match(v.Form("match"))); err != nil {
		return err
	}
	return v.See("/records/"+url.PathEscape(v.Path("record"))+"/edit#evidence", "材料已取下。")
}
