// Package ledger holds the list of all duties (责任台账), its counts and charts.
package ledger

import (
	"net/url"
	"slices"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web/assets"
	"bangfu/api/web/definition"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/obligations", list, auth.ObligationRead)
	site.File("/obligations/export", export, auth.ObligationExport)
	site.Get("/ledger/views", viewCounts, auth.ObligationRead)
	site.Get("/ledger/figures", figures, auth.ObligationRead)
	site.Get("/overview", overview, auth.ObligationRead)
	site.Get("/overview/trend", overviewTrend, auth.ObligationRead)
	mountSaved(site)
}

// view is a filter with a name. Its dates are relative and are put in by the
// server at each request.
type view struct {
	Name    string
	terms   models.ViewTerms
	meaning definition.Definition
}

// everything is the address of the list without a filter, whatever view the
// visitor's ledger opens with.
const everything = "/obligations?view=" + viewOfAll

// viewOfAll names the first of views in an address.
const viewOfAll = "all"

// path is the address of the list under the view.
func (w view) path(today models.Date) string {
	if query := w.terms.On(today); len(query) > 0 {
		return "/obligations?" + query.Encode()
	}
	return everything
}

// views are what an organization department starts its day with.
var views = []view{
	{"全部", nil, definition.Duties},
	{"逾期未完成", models.ViewTerms{"light": {"red"}}, definition.LightRed},
	{"本周到期", models.ViewTerms{"dueAfter": {"today"}, "dueBefore": {"week-end"}}, definition.DueThisWeek},
	{"30 天内到期", models.ViewTerms{"dueAfter": {"today"}, "dueBefore": {"today+30"}}, definition.DueSoon},
	{"落后或临近", models.ViewTerms{"light": {"yellow", "blue"}}, definition.BehindOrNear},
	{"中止", models.ViewTerms{"state": {"suspended"}}, definition.Suspended},
	{"已全部完成", models.ViewTerms{"state": {"fulfilled"}}, definition.Fulfilled},
}

// states are those of a duty that the list is filtered by.
var states = []api.Coded{
	{Code: "active", Text: "进行中"},
	{Code: "overdue", Text: "逾期"},
	{Code: "fulfilled", Text: "已完成"},
	{Code: "suspended", Text: "中止"},
	{Code: "closed", Text: "已办结"},
}

// undated is what the list calls duties without a day on which they fall due.
const undated = "没有到期日的"

// asked is the filter that the address holds, in the API's words.
func asked(v *page.Visit) url.Values {
	query := url.Values{}
	for _, name := range models.ViewFilters {
		values := slices.DeleteFunc(slices.Clone(v.Queries(name)), func(value string) bool { return value == "" })
		if len(values) > 0 {
			query[name] = values
		}
	}
	return query
}

// withPlan adds the plan that the visitor works on.
func withPlan(v *page.Visit, query url.Values) url.Values {
	whole := url.Values{"plan": {string(v.Plan())}}
	for name, values := range query {
		whole[name] = values
	}
	return whole
}

// tile is a view with its count and address.
type tile struct {
	Name, Path, Figure string
	Current            bool
	meaning            definition.Definition
}

// shown is everything that the ledger's page shows at once. Counting a hundred
// thousand duties takes far longer than listing fifty, so the figures follow in
// parts of their own; without scripts they are a page behind a link.
type shown struct {
	filter url.Values
	items  []api.ObligationView
	next   string
	units  []api.UnitView
	export string
	// bulk: the visitor may give commands, so rows can be chosen.
	bulk   bool
	chosen chosen
}

func list(v *page.Visit) error {
	start, starts, err := startView(v)
	if err != nil {
		return err
	}
	if starts {
		return v.See(savedPath(start))
	}
	var s shown
	s.filter = asked(v)
	if s.chosen, err = chosenView(v, s.filter); err != nil {
		return err
	}
	paged := withPlan(v, s.filter)
	if after := v.Query("after"); after != "" {
		paged.Set("after", after)
	}
	var found api.PageOf[api.ObligationView]
	if _, err := v.Ask("/obligations", paged, &found); err != nil {
		return err
	}
	s.items = found.Items
	if found.Next != "" {
		onward := url.Values{"after": {found.Next}}
		for name, values := range s.filter {
			onward[name] = values
		}
		if id := v.Query("view"); id != "" {
			onward.Set("view", id)
		}
		s.next = "/obligations?" + onward.Encode()
	}
	s.bulk = v.MayAny(auth.ObligationSuspend, auth.ObligationExtend, auth.ObligationExempt, auth.ObligationClose)
	if v.May(auth.ObligationExport) {
		s.export = "/obligations/export?" + withPlan(v, s.filter).Encode()
	}
	if v.Partial() {
		return v.Part(listPart(v, s))
	}
	if s.units, err = words.UnitList(v); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "责任台账", Wide: true}, ledgerPage(v, s))
}

// export gives the rows that the filter chooses as a workbook.
func export(v *page.Visit) error {
	return v.Download("/obligations/export", withPlan(v, asked(v)))
}

// viewCounts counts the views.
func viewCounts(v *page.Visit) error {
	counted, err := tiles(v, asked(v))
	if err != nil {
		return err
	}
	if v.Partial() {
		return v.Part(viewTiles(counted))
	}
	return v.Show(ledgerSheet("各视图的数目"), viewTiles(counted))
}

// figures counts what the filter chooses.
func figures(v *page.Visit) error {
	filter := asked(v)
	var counts api.ObligationCountBody
	if _, err := v.Ask("/obligations/counts", withPlan(v, filter), &counts.Body); err != nil {
		return err
	}
	if v.Partial() {
		return v.Part(lightCounts(filter, counts))
	}
	return v.Show(ledgerSheet("筛选结果的数目"), lightCounts(filter, counts))
}

func ledgerSheet(title string) page.Sheet {
	return page.Sheet{Title: title, Here: "/obligations", Trail: []page.Step{{Title: "责任台账", Path: "/obligations"}}}
}

// tiles counts every view by the same rule as the list: the fixed ones, then the
// visitor's own and those that are shared with them.
func tiles(v *page.Visit, filter url.Values) ([]tile, error) {
	var all []tile
	today := models.DateOf(v.Now())
	for _, one := range views {
		query := one.terms.On(today)
		var counts api.ObligationCountBody
		if _, err := v.Ask("/obligations/counts", withPlan(v, query), &counts.Body); err != nil {
			return nil, err
		}
		all = append(all, tile{
			Name: one.Name, Path: one.path(today), Figure: ui.Number(counts.Body.Total), Current: filter.Encode() == query.Encode(), meaning: one.meaning,
		})
	}
	var saved savedViews
	if _, err := v.Ask("/me/views", url.Values{"plan": {string(v.Plan())}, "counts": {"true"}}, &saved); err != nil {
		return nil, err
	}
	for _, one := range saved.Items {
		all = append(all, savedTile(one, filter))
	}
	return all, nil
}

// progress is what the overview shows.
type progress struct {
	counts   api.ObligationCountBody
	outcomes api.OutcomeBody
	plan     api.PlanView
}

func overview(v *page.Visit) error {
	p := progress{plan: v.PlanView()}
	query := withPlan(v, nil)
	if _, err := v.Ask("/obligations/counts", query, &p.counts.Body); err != nil {
		return err
	}
	if _, err := v.Ask("/outcomes", query, &p.outcomes.Body); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "进展与预测", Scripts: []string{assets.Charts}}, overviewPage(p))
}

// overviewTrend is a part of its own: it reads every goal of the plan, and the
// overview does not wait for it.
func overviewTrend(v *page.Visit) error {
	var trend api.TrendBody
	if _, err := v.Ask("/outcomes/trend", withPlan(v, nil), &trend.Body); err != nil {
		return err
	}
	if v.Partial() {
		return v.Part(trendPart(trend))
	}
	return v.Show(page.Sheet{
		Title: "各月到期与逾期", Here: "/overview", Trail: []page.Step{{Title: "进展与预测", Path: "/overview"}}, Scripts: []string{assets.Charts},
	}, trendPart(trend))
}
