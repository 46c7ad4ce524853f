package ledger

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/definition"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

func mountSaved(site *page.Site) {
	site.Get("/ledger/saved", savedList, auth.ObligationRead)
	site.Get("/ledger/saved/new", newSaved, auth.ObligationRead)
	site.Post("/ledger/saved", createSaved, auth.ObligationRead)
	site.Get("/ledger/saved/:view", editSaved, auth.ObligationRead)
	site.Post("/ledger/saved/:view", changeSaved, auth.ObligationRead)
	site.Post("/ledger/saved/:view/delete", deleteSaved, auth.ObligationRead)
}

type savedViews struct {
	Items []api.SavedViewView `json:"items"`
}

// savedPath is the address of the list under a saved view.
func savedPath(one api.SavedViewView) string {
	query, err := url.ParseQuery(one.Query)
	if err != nil {
		query = url.Values{}
	}
	query.Set("view", one.ID)
	return "/obligations?" + query.Encode()
}

func savedTile(one api.SavedViewView, filter url.Values) tile {
	figure := "—"
	if one.Count != nil {
		figure = ui.Number(*one.Count)
	}
	return tile{Name: savedName(one), Path: savedPath(one), Figure: figure, Current: sameFilter(one, filter), meaning: definition.SavedView}
}

// savedName says whose a view is.
func savedName(one api.SavedViewView) string {
	if one.Mine {
		return one.Name
	}
	return one.Name + "（" + one.Owner + "共享）"
}

// sameFilter reports whether the open list is what the view means today.
func sameFilter(one api.SavedViewView, filter url.Values) bool {
	terms, err := models.ViewTerms(filter).Checked()
	return err == nil && terms.On(models.Date{}).Encode() == one.Query
}

// chosen is the view that the open list began with.
type chosen struct {
	view  api.SavedViewView
	found bool
	// changed marks a filter that is no longer the view's.
	changed bool
	// filter is what is open now.
	filter url.Values
}

// inAddress names the view in the address of a changed filter.
func (c chosen) inAddress() string {
	if !c.found {
		return viewOfAll
	}
	return c.view.ID
}

// chosenView reads the view of the address. One that was deleted, or is no
// longer shared, leaves the filter as it is.
func chosenView(v *page.Visit, filter url.Values) (chosen, error) {
	result := chosen{filter: filter}
	id := v.Query("view")
	if id == "" || id == viewOfAll {
		return result, nil
	}
	_, err := v.Ask("/me/views/"+url.PathEscape(id), nil, &result.view)
	if said := page.Said(err); said != nil && said.Code == problem.NotFound {
		return chosen{filter: filter}, nil
	}
	result.found, result.changed = err == nil, !sameFilter(result.view, filter)
	return result, err
}

// startView is where the ledger opens when its address says nothing.
func startView(v *page.Visit) (api.SavedViewView, bool, error) {
	if v.Request.URL.RawQuery != "" || v.Partial() {
		return api.SavedViewView{}, false, nil
	}
	var saved savedViews
	if _, err := v.Ask("/me/views", nil, &saved); err != nil {
		return api.SavedViewView{}, false, err
	}
	for _, one := range saved.Items {
		if one.Start {
			return one, true, nil
		}
	}
	return api.SavedViewView{}, false, nil
}

func savedSheet(title string) page.Sheet {
	return page.Sheet{Title: title, Here: "/obligations", Trail: []page.Step{
		{Title: "责任台账", Path: everything}, {Title: "自存的视图", Path: "/ledger/saved"},
	}}
}

func savedList(v *page.Visit) error {
	var saved savedViews
	if _, err := v.Ask("/me/views", url.Values{"plan": {string(v.Plan())}, "counts": {"true"}}, &saved); err != nil {
		return err
	}
	units, err := words.Units(v)
	if err != nil {
		return err
	}
	sheet := savedSheet("自存的视图")
	sheet.Trail = sheet.Trail[:1]
	return v.Show(sheet, savedListPage(v, saved.Items, units))
}

// savedForm is what the form of a view shows.
type savedForm struct {
	action, key, match string
	name, share        string
	start              bool
	terms              url.Values
	units              words.Names
	said               *problem.Problem
	// delete is the address that removes the view; empty for a new one.
	delete string
}

// dated are the filters that a view keeps as relative days.
var dated = []string{"dueAfter", "dueBefore", "overdueOn"}

func newSaved(v *page.Visit) error {
	units, err := words.Units(v)
	if err != nil {
		return err
	}
	return v.Show(savedSheet("保存视图"), savedFormPage(v, savedForm{
		action: "/ledger/saved", key: v.NewKey(), terms: asked(v), units: units,
	}))
}

// content reads the form of a view.
func content(v *page.Visit) (savedForm, api.SavedViewContent) {
	form := savedForm{name: v.Form("name"), share: v.Form("sharedWith"), start: v.Form("start") == "true", terms: url.Values{}, match: v.Form("match")}
	for _, filter := range models.ViewFilters {
		if value := v.Form(filter); value != "" {
			form.terms.Set(filter, value)
		}
	}
	return form, api.SavedViewContent{Name: form.name, Terms: form.terms, SharedWith: models.UnitID(form.share), Start: form.start}
}

func createSaved(v *page.Visit) error {
	form, body := content(v)
	var made api.SavedViewView
	_, err := v.Do(http.MethodPost, "/me/views", body, &made, page.Key(v.Form("key")))
	if err == nil {
		return v.See(savedPath(made), "视图“"+made.Name+"”已保存。")
	}
	form.said = page.Said(err)
	form.action, form.key = "/ledger/saved", page.KeyAfter(v, form.said)
	return refusedSaved(v, "保存视图", form)
}

func refusedSaved(v *page.Visit, title string, form savedForm) error {
	var err error
	if form.units, err = words.Units(v); err != nil {
		return err
	}
	return v.ShowStatus(form.said.Status, savedSheet(title), savedFormPage(v, form))
}

func savedAt(v *page.Visit) string { return "/ledger/saved/" + url.PathEscape(v.Path("view")) }

// editSaved shows a view's form; with a filter in the address, its terms are
// replaced by the filter, so that a changed list becomes the view.
func editSaved(v *page.Visit) error {
	var view api.SavedViewView
	match, err := v.Ask("/me/views/"+url.PathEscape(v.Path("view")), nil, &view)
	if err != nil {
		return err
	}
	if !view.Mine {
		return problem.New(problem.Forbidden)
	}
	units, err := words.Units(v)
	if err != nil {
		return err
	}
	form := savedForm{
		action: savedAt(v), match: match, name: view.Name, start: view.Start, terms: url.Values{}, units: units, delete: savedAt(v) + "/delete",
	}
	for name, values := range view.Terms {
		form.terms.Set(name, strings.Join(values, ","))
	}
	if v.Query("from") == "list" {
		form.terms = asked(v)
	}
	if view.SharedWith != nil {
		form.share = string(view.SharedWith.ID)
	}
	return v.Show(savedSheet("更改视图"), savedFormPage(v, form))
}

func changeSaved(v *page.Visit) error {
	form, body := content(v)
	var changed api.SavedViewView
	_, err := v.Do(http.MethodPut, "/me/views/"+url.PathEscape(v.Path("view")), body, &changed, page.Match(form.match))
	if err == nil {
		return v.See(savedPath(changed), "视图“"+changed.Name+"”已更改。")
	}
	if form.said = page.Said(err); form.said.Code == problem.NotFound || form.said.Code == problem.Forbidden {
		return err
	}
	form.action, form.delete = savedAt(v), savedAt(v)+"/delete"
	return refusedSaved(v, "更改视图", form)
}

func deleteSaved(v *page.Visit) error {
	_, err := v.Do(http.MethodDelete, "/me/views/"+url.PathEscape(v.Path("view")), nil, nil, page.Match(v.Form("match")))
	if err != nil {
		return err
	}
	return v.See("/ledger/saved", "视图已删除。")
}

// anchorTexts are the anchors in the words of pages.
var anchorTexts = map[models.Anchor]string{
	models.Today: "今日", models.WeekStart: "本周一", models.WeekEnd: "本周日", models.MonthStart: "本月初", models.MonthEnd: "本月末",
	models.QuarterStart: "本季初", models.QuarterEnd: "本季末", models.YearStart: "年初", models.YearEnd: "年末",
}

// anchorUnits are what the number after an anchor counts.
var anchorUnits = map[models.Anchor]string{
	models.Today: "天", models.WeekStart: "周", models.WeekEnd: "周", models.MonthStart: "个月", models.MonthEnd: "个月",
	models.QuarterStart: "季", models.QuarterEnd: "季", models.YearStart: "年", models.YearEnd: "年",
}

// termText says a date's term in words.
func termText(term models.RelativeDate) string {
	anchor, count, relative := term.Parts()
	switch {
	case !relative:
		date, _ := models.ParseDate(string(term))
		return "固定为 " + ui.Day(date)
	case count == 0:
		return anchorTexts[anchor]
	case count > 0:
		return fmt.Sprintf("%s后 %d %s", anchorTexts[anchor], count, anchorUnits[anchor])
	default:
		return fmt.Sprintf("%s前 %d %s", anchorTexts[anchor], -count, anchorUnits[anchor])
	}
}

// dateChoices are the terms that a date may be kept as: the one it is, those
// that mean the same day today, and the other anchors.
func dateChoices(value string, today models.Date) (options []ui.Option, selected string) {
	add := func(term models.RelativeDate) {
		for _, one := range options {
			if one.Value == string(term) {
				return
			}
		}
		day := ""
		if _, _, relative := term.Parts(); relative {
			day = "（今天即 " + ui.Day(term.On(today)) + "）"
		}
		options = append(options, ui.Option{Value: string(term), Text: termText(term) + day})
	}
	term, err := models.ParseRelativeDate(value)
	if err == nil {
		date := term.On(today)
		if _, _, relative := term.Parts(); !relative {
			for _, anchor := range models.Anchors {
				if same := models.RelativeDate(anchor); same.On(today) == date {
					add(same)
				}
			}
			if near, err := models.ParseRelativeDate(string(models.Today) + signed(today.DaysUntil(date))); err == nil {
				add(near)
			}
		}
		add(term)
		selected = options[0].Value
	}
	options = append(options, ui.Option{Value: "", Text: "不限"})
	for _, anchor := range models.Anchors {
		add(models.RelativeDate(anchor))
	}
	for _, next := range []models.RelativeDate{"today+30", "week-end+1", "month-end+1", "quarter-end+1"} {
		add(next)
	}
	return options, selected
}

func signed(days int) string {
	if days < 0 {
		return strconv.Itoa(days)
	}
	return "+" + strconv.Itoa(days)
}

// filterTexts are the filters in the words of the ledger's form.
var filterTexts = map[string]string{
	"unit": "单位", "kind": "指标项", "state": "状态", "light": "灯", "dueAfter": "到期日从", "dueBefore": "到期日到",
	"undated": "到期日", "overdueOn": "此日终有逾期", "text": "姓名、拼音首字母或编号",
}

// valueText says a filter's value in words.
func valueText(filter, value string, units words.Names) string {
	switch filter {
	case "unit":
		return units.Of(models.UnitID(value))
	case "text":
		return value
	case "dueAfter", "dueBefore", "overdueOn":
		return termText(models.RelativeDate(value))
	}
	var said []string
	for _, one := range strings.Split(value, ",") {
		text := one
		for _, known := range slices.Concat(states, ui.Lights, words.Kinds, []api.Coded{{Code: "true", Text: undated}}) {
			if known.Code == one {
				text = known.Text
			}
		}
		said = append(said, text)
	}
	return strings.Join(said, "、")
}

// termsText says all terms of a view in one line.
func termsText(terms url.Values, units words.Names) string {
	var said []string
	for _, filter := range models.ViewFilters {
		if values := terms[filter]; len(values) > 0 {
			said = append(said, filterTexts[filter]+"："+valueText(filter, strings.Join(values, ","), units))
		}
	}
	if len(said) == 0 {
		return "全部"
	}
	return strings.Join(said, "；")
}

// shareChoices are the units that the visitor works in.
func shareChoices(v *page.Visit, units words.Names) []ui.Option {
	options := []ui.Option{{Value: "", Text: "不共享"}}
	seen := map[models.UnitID]bool{}
	for _, grant := range v.Me.Grants {
		if !seen[grant.Unit] {
			seen[grant.Unit] = true
			options = append(options, ui.Option{Value: string(grant.Unit), Text: units.Of(grant.Unit)})
		}
	}
	return options
}
