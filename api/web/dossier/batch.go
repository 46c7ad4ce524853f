package dossier

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/words"
	"bangfu/models"
)

// many is the form of a command for many duties.
type many struct {
	asked
	// chosen are the duties that were ticked; everything that the query finds is
	// meant only when it was asked for as such.
	chosen     []string
	everything bool
	query      url.Values
	rehearsal  *api.RehearsalBody
	match      string
}

// prepareBatch reads what was chosen: from the ledger's address first, then from
// the form itself.
func prepareBatch(v *page.Visit) (many, error) {
	values := v.Request.URL.Query()
	if v.Request.Method == http.MethodPost {
		values = v.Request.PostForm
	}
	form := many{query: url.Values{}, asked: asked{key: cmp.Or(v.Form("key"), v.NewKey()), values: values}}
	if form.everything = values.Get("whole") != ""; !form.everything {
		form.chosen = values["obligation"]
	}
	for _, name := range models.ViewFilters {
		if value := strings.Join(slices.DeleteFunc(slices.Clone(values["q."+name]), func(text string) bool { return text == "" }), ","); value != "" {
			form.query.Set(name, value)
		}
	}
	for _, one := range orders {
		if one.Code == values.Get("command") && v.May(one.permission) {
			form.order = one
		}
	}
	plan := v.PlanView()
	var err error
	if form.one.policy, err = words.PolicyOf(v, plan.Policy); err != nil {
		return form, err
	}
	form.one.Body.Obligation.Plan = plan.ID
	if form.units, err = words.UnitList(v); err != nil {
		return form, err
	}
	if form.version {
		var policies struct {
			Items []api.PolicySummary `json:"items"`
		}
		_, err = v.Ask("/policies", nil, &policies)
		form.policies = policies.Items
	}
	return form, err
}

func batchSheet(form many) page.Sheet {
	title := "批量办理"
	if form.Title != "" {
		title += "：" + form.Title
	}
	return page.Sheet{Title: title, Here: "/obligations", Trail: []page.Step{{Title: "责任台账", Path: "/obligations"}}}
}

// nothing reports whether no row was ticked and not all of them asked for.
func (m many) nothing() bool { return !m.everything && len(m.chosen) == 0 }

// toLedger leads back to the list in which a row has to be ticked first.
func (m many) toLedger(v *page.Visit) error {
	path := "/obligations?" + cmp.Or(m.query.Encode(), "view=all")
	return v.See(path, "没有选中任何一项：请先勾选；要办理筛选出的全部各项的，请点“对筛选出的全部各项办理”。")
}

func batchForm(v *page.Visit) error {
	form, err := prepareBatch(v)
	if err != nil {
		return err
	}
	if form.nothing() {
		return form.toLedger(v)
	}
	if form.Code == "" {
		return v.Show(batchSheet(form), choosePage(v, form))
	}
	return v.Show(batchSheet(form), batchPage(form))
}

// giveBatch files the document and rehearses; only the confirmed form gives the
// batch, and only as it was rehearsed.
func giveBatch(v *page.Visit) error {
	form, err := prepareBatch(v)
	if err != nil {
		return err
	}
	if form.Code == "" {
		return problem.New(problem.NotFound)
	}
	if form.nothing() {
		return form.toLedger(v)
	}
	if v.Form("back") != "" {
		return v.Show(batchSheet(form), batchPage(form))
	}
	if files := v.Files("file"); len(files) > 0 {
		filed, err := v.Upload(files[0], url.Values{"purpose": {"document"}, "unit": {documentUnit(v, form)}})
		if err != nil {
			return refusedBatch(v, form, page.Said(err))
		}
		form.values.Set("document", string(filed.ID))
		form.values.Set("documentName", filed.FileName)
	}
	body, fault := form.whole()
	if fault != nil {
		return refusedBatch(v, form, fault)
	}
	if v.Form("confirmed") == "" {
		return rehearse(v, form, body)
	}
	var kept api.ProposalView
	_, err = v.Do(http.MethodPost, "/batches", body, &kept, page.Key(v.Form("key")), page.Match(v.Form("match")))
	if err != nil {
		said := page.Said(err)
		form.key = page.KeyAfter(v, said)
		return refusedBatch(v, form, said)
	}
	said := "已提出，须由同部门另一人批准后才生效。"
	if kept.State.Code != "proposed" {
		said = "正在逐项办理，进度见下。"
	}
	return v.See("/approvals/"+url.PathEscape(string(kept.ID)), said)
}

// documentUnit is where the document is filed: the unit of the query, or that of
// the visitor's own grant.
func documentUnit(v *page.Visit, form many) string {
	if unit := form.query.Get("unit"); unit != "" {
		return unit
	}
	for _, grant := range v.Me.Grants {
		return string(grant.Unit)
	}
	return ""
}

func refusedBatch(v *page.Visit, form many, said *problem.Problem) error {
	form.said = said
	return v.ShowStatus(said.Status, batchSheet(form), batchPage(form))
}

func rehearse(v *page.Visit, form many, body map[string]any) error {
	form.rehearsal = &api.RehearsalBody{}
	answer, err := v.Door().Ask(v.Request, rehearsalOf(body))
	if err == nil {
		err = page.Decode(answer, &form.rehearsal.Body)
	}
	if err != nil {
		return refusedBatch(v, form, page.Said(err))
	}
	form.match = answer.Header.Get("ETag")
	return v.Show(batchSheet(form), rehearsalPage(form))
}

// whole is the form as the API takes it: the command and which duties.
func (m many) whole() (map[string]any, *problem.Problem) {
	body, fault := m.body()
	if fault != nil {
		return nil, fault
	}
	body["kind"] = m.Code
	if len(m.chosen) > 0 {
		body["obligations"] = m.chosen
		return body, nil
	}
	query := map[string]any{"plan": string(m.one.Body.Obligation.Plan)}
	for name, values := range m.query {
		switch name {
		case "state", "light":
			query[name] = strings.Split(values[0], ",")
		case "undated":
			query[name] = values[0] == "true"
		default:
			query[name] = values[0]
		}
	}
	body["query"] = query
	return body, nil
}

func rehearsalOf(body map[string]any) api.Request {
	// A map of texts and lists is always written.
	content, _ := json.Marshal(body)
	return api.Request{
		Method: http.MethodPost, Path: "/batches/rehearsal", Body: bytes.NewReader(content),
		Header: http.Header{"Content-Type": {"application/json"}},
	}
}
