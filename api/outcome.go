package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// PlanProgressInput chooses a plan.
type PlanProgressInput struct {
	Plan models.PlanID `query:"plan" required:"true" maxLength:"64" doc:"计划" example:"tianjin-2013"`
}

// OutcomeView is what the cadres of a unit have achieved.
type OutcomeView struct {
	Unit     UnitRef `json:"unit" doc:"区县或功能区"`
	Kind     Coded   `json:"kind" doc:"单位类别；各类分别排位"`
	Cadres   int     `json:"cadres" doc:"有责任的干部数"`
	Required int     `json:"required" doc:"应完成数，不含免除的"`
	Met      int     `json:"met" doc:"已完成数，每项至多计到应完成数"`
	Credits  int     `json:"credits" doc:"已认定企业数，超额的也计入"`
	Place    int     `json:"place" doc:"位次，同分并列；0 为应完成数过少，只列不排"`
}

// MonthView is what was credited in one month.
type MonthView struct {
	Month   string         `json:"month" doc:"月份" example:"2013-09"`
	Credits map[string]int `json:"credits" doc:"按指标项计的认定数"`
}

// ForecastView says where the present pace leads.
type ForecastView struct {
	Months     int `json:"months" doc:"取最近几个整月的进度"`
	MetThen    int `json:"metThen" doc:"这几个月认定的数"`
	MonthsLeft int `json:"monthsLeft" doc:"距计划结束的整月数"`
	Required   int `json:"required" doc:"应完成数"`
	Met        int `json:"met" doc:"已完成数"`
	Expected   int `json:"expected" doc:"按此进度，计划结束时的完成数"`
	Shortfall  int `json:"shortfall" doc:"届时的差额"`
}

// OutcomeBody is the progress of a plan by verified outcome.
type OutcomeBody struct {
	Body struct {
		AsOf     time.Time     `json:"asOf" doc:"所答的时间"`
		Least    int           `json:"least" doc:"应完成数少于此数的不排位"`
		Units    []OutcomeView `json:"units" doc:"按类别、位次排列"`
		Months   []MonthView   `json:"months" doc:"计划开始以来的各月"`
		Forecast ForecastView  `json:"forecast" doc:"按目前进度的预测，不是结论"`
	}
}

func registerOutcome(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-outcomes", Method: http.MethodGet, Path: "/outcomes", Tags: []string{"帮扶责任"},
		Summary: "按认定成果的进展、位次与预测", Description: "只按核实的成果排位，不计登录、上报次数。只计查看范围内的。",
	}, auth.ObligationRead, ReachList), s.outcomes)
}

func (s *server) outcomes(ctx context.Context, input *PlanProgressInput) (*OutcomeBody, error) {
	plan, err := s.Archive.Plan(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	reach := s.Policy.Reach(principal(ctx), auth.ObligationRead)
	found, err := s.Archive.Outcomes(ctx, reach, plan.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	var body OutcomeBody
	body.Body.AsOf, body.Body.Least = s.now(), models.RankLeast
	body.Body.Units = rankUnits(found, names)
	months, err := s.months(ctx, reach, plan)
	if err != nil {
		return nil, err
	}
	body.Body.Months = months
	body.Body.Forecast = foresee(plan, body.Body.Units, months, models.DateOf(s.now()))
	return &body, nil
}

// rankUnits gathers offices under their district or zone and ranks each kind of
// unit apart.
func rankUnits(found []store.UnitOutcome, names *directory) []OutcomeView {
	byUnit := map[models.UnitID]*models.Outcome{}
	cadres := map[models.UnitID]map[models.Kind]int{}
	for _, part := range found {
		id := names.ranked(part.UnitPath, part.Unit)
		if byUnit[id] == nil {
			byUnit[id], cadres[id] = &models.Outcome{Unit: id}, map[models.Kind]int{}
		}
		sum := byUnit[id]
		sum.Required, sum.Met, sum.Credits = sum.Required+part.Required, sum.Met+part.Met, sum.Credits+part.Credits
		cadres[id][part.Kind] += part.Cadres
		sum.Cadres = max(sum.Cadres, cadres[id][part.Kind])
	}
	views := []OutcomeView{}
	for _, kind := range models.UnitKinds {
		var same []models.Outcome
		for id, sum := range byUnit {
			if unit, _ := names.units.Unit(id); unit.Kind == kind {
				same = append(same, *sum)
			}
		}
		for _, one := range models.RankOutcomes(same) {
			views = append(views, OutcomeView{
				Unit: names.unit(one.Unit), Kind: codedAs(kind, unitKindTexts[kind]), Cadres: one.Cadres,
				Required: one.Required, Met: one.Met, Credits: one.Credits, Place: one.Place,
			})
		}
	}
	return views
}

// ranked is the district or zone that a unit belongs to, or the unit itself.
func (d *directory) ranked(path string, id models.UnitID) models.UnitID {
	for _, step := range strings.Split(strings.Trim(path, "/"), "/") {
		unit, known := d.units.Unit(models.UnitID(step))
		if known && (unit.Kind == models.UnitDistrict || unit.Kind == models.UnitZone) {
			return unit.ID
		}
	}
	return id
}

// months counts the credits of each month from the plan's first to the present.
func (s *server) months(ctx context.Context, reach store.Reach, plan models.Plan) ([]MonthView, error) {
	first := plan.From.Start().In(models.Shanghai)
	now := s.now().In(models.Shanghai)
	starts := []time.Time{}
	ends := []time.Time{}
	for month := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, models.Shanghai); month.Before(now); month = month.AddDate(0, 1, 0) {
		starts, ends = append(starts, month), append(ends, month.AddDate(0, 1, 0))
	}
	counts, err := s.Archive.CreditsByMonth(ctx, reach, plan.ID, ends)
	if err != nil {
		return nil, err
	}
	views := make([]MonthView, len(starts))
	for i, start := range starts {
		views[i] = MonthView{Month: start.Format("2006-01"), Credits: map[string]int{}}
		for kind, series := range counts {
			views[i].Credits[string(kind)] = series[i]
		}
	}
	return views, nil
}

// foresee leaves out the month that has not ended.
func foresee(plan models.Plan, units []OutcomeView, months []MonthView, today models.Date) ForecastView {
	var required, met int
	for _, unit := range units {
		required, met = required+unit.Required, met+unit.Met
	}
	var whole []int
	for _, month := range months[:max(0, len(months)-1)] {
		sum := 0
		for _, number := range month.Credits {
			sum += number
		}
		whole = append(whole, sum)
	}
	const daysOfMonth = 30
	forecast := models.Foresee(whole, required, met, today.DaysUntil(plan.To)/daysOfMonth)
	return ForecastView{
		Months: forecast.Months, MetThen: forecast.MetThen, MonthsLeft: forecast.MonthsLeft,
		Required: required, Met: met, Expected: forecast.Expected, Shortfall: forecast.Shortfall(),
	}
}
