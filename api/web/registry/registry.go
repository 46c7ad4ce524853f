// Package registry holds the pages of the roster of cadres, of enterprises, of
// units, and of imports.
package registry

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/cadres", cadres, auth.CadreRead)
	site.Get("/cadres/:cadre", cadre, auth.CadreRead)
	site.Get("/enterprises", enterprises, auth.EnterpriseRead)
	site.Get("/enterprises/new", newEnterprise, auth.EnterpriseRegister)
	site.Post("/enterprises", registerEnterprise, auth.EnterpriseRegister)
	site.Get("/enterprises/:key", enterprise, auth.EnterpriseRead)
	site.Post("/enterprises/:key", editEnterprise, auth.EnterpriseRegister)
	site.Get("/units", units, auth.UnitRead)
	mountOverrides(site)
	mountImports(site)
}

func cadres(v *page.Visit) error {
	items, next, err := page.Listed[api.CadreView](v, "/cadres", "text", "unit", "rank")
	if err != nil {
		return err
	}
	tree, err := words.UnitList(v)
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "干部名册"}, cadresPage(v, items, tree, next))
}

func cadre(v *page.Visit) error {
	at := "/cadres/" + url.PathEscape(v.Path("cadre"))
	var who api.CadreView
	if _, err := v.Ask(at, nil, &who); err != nil {
		return err
	}
	var postings struct {
		Items []api.PostingView `json:"items"`
	}
	if _, err := v.Ask(at+"/postings", nil, &postings); err != nil {
		return err
	}
	var duties api.PageOf[api.ObligationView]
	if v.May(auth.ObligationRead) {
		if _, err := v.Ask("/obligations", url.Values{"cadre": {string(who.ID)}}, &duties); err != nil {
			return err
		}
	}
	sheet := page.Sheet{Title: who.Name, Here: "/cadres", Trail: []page.Step{{Title: "干部名册", Path: "/cadres"}}}
	return v.Show(sheet, cadrePage(who, postings.Items, duties.Items))
}

func enterprises(v *page.Visit) error {
	items, next, err := page.Listed[api.EnterpriseView](v, "/enterprises", "text")
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "企业库"}, enterprisesPage(v, items, next))
}

func enterpriseSheet(title string) page.Sheet {
	return page.Sheet{Title: title, Here: "/enterprises", Trail: []page.Step{{Title: "企业库", Path: "/enterprises"}}}
}

// enterpriseFields are the form's, in the order of the licence.
var enterpriseFields = []string{"name", "organizationCode", "unifiedCode", "registrationNumber", "address", "legalPerson", "phone", "established", "unit"}

// entry is the form of an enterprise with what was typed and what is to be said
// about it.
type entry struct {
	action, match string
	values        url.Values
	// record is the draft for whose sake the enterprise is registered, if any.
	record models.RecordID
	said   *problem.Problem
	edit   bool
}

func typed(v *page.Visit, fields []string) url.Values {
	values := url.Values{}
	for _, name := range fields {
		values.Set(name, v.Form(name))
	}
	return values
}

// filled is the form as the API takes it: what is empty is left out.
func filled(values url.Values) map[string]any {
	body := map[string]any{}
	for name := range values {
		if value := values.Get(name); value != "" {
			body[name] = value
		}
	}
	return body
}

func newEnterprise(v *page.Visit) error {
	draft, err := claimOf(v, v.Query("record"))
	if err != nil {
		return err
	}
	form := entry{action: "/enterprises", values: url.Values{}, record: draft.record.ID}
	if draft.given() {
		form.values = draft.enterprise()
	}
	return showEntry(v, http.StatusOK, "登记企业", form)
}

// registerEnterprise takes the form, or what a draft says of its enterprise. Who
// came from a draft goes on with it, also when somebody was quicker.
func registerEnterprise(v *page.Visit) error {
	draft, err := claimOf(v, v.Form("record"))
	if err != nil {
		return err
	}
	form := entry{action: "/enterprises", values: typed(v, enterpriseFields), record: draft.record.ID}
	if draft.given() && v.Form("drafted") != "" {
		form.values = draft.enterprise()
	}
	body := filled(form.values)
	if body["name"] == nil {
		body["name"] = ""
	}
	var made api.EnterpriseView
	if _, err := v.Do(http.MethodPost, "/enterprises", body, &made); err != nil {
		form.said = page.Said(err)
		if draft.given() && form.said.Code == problem.Duplicate && form.said.Params["enterprise"] == string(draft.record.Enterprise) {
			return draft.goOn(v, draft.record.Enterprise, form.said.Detail)
		}
		return showEntry(v, form.said.Status, "登记企业", form)
	}
	if draft.given() {
		return draft.goOn(v, made.Key, "企业已登记。请接着核对提交。")
	}
	return v.See("/enterprises/"+url.PathEscape(string(made.Key)), "企业已登记。")
}

func showEntry(v *page.Visit, status int, title string, form entry) error {
	tree, err := words.UnitList(v)
	if err != nil {
		return err
	}
	return v.ShowStatus(status, enterpriseSheet(title), enterpriseForm(form, tree))
}

func enterprise(v *page.Visit) error {
	var found api.EnterpriseView
	etag, err := v.Ask("/enterprises/"+url.PathEscape(v.Path("key")), nil, &found)
	if err != nil {
		return err
	}
	tree, err := words.UnitList(v)
	if err != nil {
		return err
	}
	return v.Show(enterpriseSheet(found.Name), enterprisePage(v, found, etag, tree))
}

// valuesOf are the fields of an enterprise as its form holds them.
func valuesOf(found api.EnterpriseView) url.Values {
	values := url.Values{
		"name": {found.Name}, "unifiedCode": {found.UnifiedCode}, "registrationNumber": {found.RegistrationNumber},
		"address": {found.Address}, "legalPerson": {found.LegalPerson}, "phone": {found.Phone},
	}
	if !found.Established.IsZero() {
		values.Set("established", found.Established.String())
	}
	if found.Unit != nil {
		values.Set("unit", string(found.Unit.ID))
	}
	return values
}

// editEnterprise sends only what was changed; what was changed by somebody else
// meanwhile is refused and shown.
func editEnterprise(v *page.Visit) error {
	path := "/enterprises/" + url.PathEscape(v.Path("key"))
	values := typed(v, enterpriseFields)
	var found api.EnterpriseView
	etag, err := v.Ask(path, nil, &found)
	if err != nil {
		return err
	}
	body := map[string]any{}
	for name, now := range valuesOf(found) {
		if value := values.Get(name); value != now[0] {
			body[name] = value
		}
	}
	for _, name := range []string{"established", "unit"} {
		if values.Get(name) != "" && values.Get(name) != valuesOf(found).Get(name) {
			body[name] = values.Get(name)
		}
	}
	if _, err := v.Do(http.MethodPatch, path, body, nil, page.Match(v.Form("match"))); err != nil {
		said := page.Said(err)
		return showEntry(v, said.Status, found.Name, entry{action: path, match: etag, values: values, said: said, edit: true})
	}
	return v.See(path, "已更正。旧名称留作曾用名。")
}

func units(v *page.Visit) error {
	tree, err := words.UnitList(v)
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "单位"}, unitsPage(tree))
}

// districtChoices are the districts and zones as the options of a list.
func districtChoices(tree []api.UnitView) []ui.Option {
	options := []ui.Option{{Value: "", Text: "未定"}}
	for _, unit := range tree {
		if unit.Kind.Code == "district" || unit.Kind.Code == "zone" {
			options = append(options, ui.Option{Value: string(unit.ID), Text: unit.Name})
		}
	}
	return options
}
