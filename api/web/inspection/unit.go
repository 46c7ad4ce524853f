package inspection

import (
	"errors"
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/assets"
	"bangfu/api/web/page"
	"bangfu/models"
)

// unitOfCycle is everything about one unit in one cycle.
type unitOfCycle struct {
	cycle
	id       models.UnitID
	row      api.BoardRowView
	report   *reported
	goals    []api.FrozenGoalView
	next     string
	findings []api.FindingView
	rank     api.RankRowView
	group    string
	ranked   bool
	trend    []api.UnitTrendView
}

// unit shows one unit: its report beside the system's figures, the frozen goals
// behind them, its findings and how it stood before.
func unit(v *page.Visit) error {
	found, err := readCycle(v)
	if err != nil {
		return err
	}
	shown := unitOfCycle{cycle: found, id: models.UnitID(v.Path("unit"))}
	if shown.row, err = rowOf(v, shown.id); err != nil {
		return err
	}
	report, err := readReport(v)
	switch {
	case err == nil:
		shown.report = &report
	case !missing(err):
		return err
	}
	if err := shown.ask(v); err != nil {
		return err
	}
	sheet := sheetOfCycle(shown.row.Unit.Name, found.step())
	sheet.Scripts = []string{assets.Charts}
	return v.Show(sheet, unitPage(v, shown))
}

// ask reads the goals, findings and place.
func (u *unitOfCycle) ask(v *page.Visit) error {
	query := url.Values{"unit": {string(u.id)}}
	for _, name := range []string{"kind", "light", "unmet", "after"} {
		if value := v.Query(name); value != "" {
			query.Set(name, value)
		}
	}
	var goals api.PageOf[api.FrozenGoalView]
	if _, err := v.Ask(cycleAPI(v)+"/goals", query, &goals); err != nil {
		return err
	}
	u.goals = goals.Items
	if goals.Next != "" {
		query.Del("unit")
		query.Set("after", goals.Next)
		u.next = unitPath(u.ID, u.id) + "?" + query.Encode() + "#goals"
	}
	var err error
	u.findings, err = page.Everything[api.FindingView](v, "/findings", url.Values{"plan": {string(u.Plan)}, "unit": {string(u.id)}})
	if err != nil {
		return err
	}
	if u.Snapshot == "" {
		return nil
	}
	var ranked api.RankingBody
	if _, err := v.Ask(cycleAPI(v)+"/ranking", nil, &ranked.Body); err != nil {
		return err
	}
	u.rank, u.group, u.ranked = rankOf(ranked.Body.Groups, u.id)
	var trend api.ListOf[api.UnitTrendView]
	_, err = v.Ask(cycleAPI(v)+"/units/"+url.PathEscape(string(u.id))+"/trend", nil, &trend.Body)
	u.trend = trend.Body.Items
	return err
}

// placeIn is the unit's place in a quarter that the ranking compares: this one,
// the last, and the same a year ago.
func (u *unitOfCycle) placeIn(quarter string) string {
	this := quarterOf(u.ID)
	former := map[string]*api.FormerView{this.Previous().String(): u.rank.Quarter, this.YearBefore().String(): u.rank.Year}
	switch {
	case u.ranked && quarter == this.String():
		return placeText(u.rank.Place)
	case former[quarter] != nil:
		return placeText(former[quarter].Place)
	}
	return "—"
}

// rowOf is the unit's row of the board, or not found.
func rowOf(v *page.Visit, id models.UnitID) (api.BoardRowView, error) {
	var rows api.ListOf[api.BoardRowView]
	if _, err := v.Ask(cycleAPI(v)+"/units", nil, &rows.Body); err != nil {
		return api.BoardRowView{}, err
	}
	for _, row := range rows.Body.Items {
		if row.Unit.ID == id {
			return row, nil
		}
	}
	return api.BoardRowView{}, problem.New(problem.NotFound)
}

// missing reports whether a refusal says that there is no such thing.
func missing(err error) bool {
	var said *problem.Problem
	return errors.As(err, &said) && said.Status == http.StatusNotFound
}
