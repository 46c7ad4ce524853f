package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
)

// TrendMonthView is one month of a plan.
type TrendMonthView struct {
	Month string `json:"month" doc:"月份" example:"2013-09"`
	// AsOf is the instant of the overdue count: the month's end, or now.
	AsOf *time.Time       `json:"asOf,omitempty" doc:"逾期数所答的时间：月终，本月为此刻；以后的月份没有此项"`
	Due  map[string]int64 `json:"due" doc:"在本月到期的指标项，按指标项计，含已完成、免除和已办结的"`
	// Overdue is absent for months to come.
	Overdue map[string]int64 `json:"overdue,omitempty" doc:"月终逾期的指标项，按指标项计；以后的月份没有此项"`
}

// TrendBody is a plan month by month.
type TrendBody struct {
	Body struct {
		AsOf   time.Time        `json:"asOf" doc:"所答的时间"`
		Months []TrendMonthView `json:"months" doc:"计划开始至结束的各月"`
	}
}

func registerTrend(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-trend", Method: http.MethodGet, Path: "/outcomes/trend", Tags: []string{"帮扶责任"},
		Summary: "各月到期与月终逾期的指标项",
		Description: "逾期按现在掌握的情况追算：中止台账、延期、免除不论何时办理都计入；按时提交并最终认定的不算逾期。" +
			"每个数字都可用 GET /obligations 以 kind 和 overdueOn，或 dueAfter、dueBefore 列出。只计查看范围内的。",
	}, auth.ObligationRead, ReachList), s.trend)
}

// trendMost bounds the months of one answer, whatever a plan says.
const trendMost = 240

func (s *server) trend(ctx context.Context, input *PlanProgressInput) (*TrendBody, error) {
	plan, err := s.Archive.Plan(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	now := s.now()
	starts := monthsOf(plan, now)
	// The present month is counted twice: as far as now for what is overdue, and
	// whole for what falls due.
	ends, present := []time.Time{}, -1
	for i, month := range starts {
		end := models.RelativeDate(models.MonthEnd).On(month).End()
		if present < 0 && end.After(now) {
			present = i
			ends = append(ends, now)
		}
		ends = append(ends, end)
	}
	counted, err := s.Archive.Trend(ctx, s.Policy.Reach(principal(ctx), auth.ObligationRead), plan.ID, starts[0].Start(), ends)
	if err != nil {
		return nil, err
	}
	var body TrendBody
	body.Body.AsOf = now
	for i, month := range starts {
		view := TrendMonthView{Month: month.String()[:len("2006-01")], Due: map[string]int64{}}
		at := i
		if present >= 0 && i > present {
			at++
		}
		overdue := map[string]int64{}
		for kind, points := range counted {
			view.Due[string(kind)], overdue[string(kind)] = points[at].Due, points[at].Overdue
			if i == present {
				view.Due[string(kind)] += points[at+1].Due
			}
		}
		if present < 0 || i <= present {
			view.AsOf, view.Overdue = moment(ends[at]), overdue
		}
		body.Body.Months = append(body.Body.Months, view)
	}
	return &body, nil
}

// monthsOf are the first days of the months from the plan's beginning to its
// end, or to the present when that is later.
func monthsOf(plan models.Plan, now time.Time) []models.Date {
	last := models.RelativeDate(models.MonthEnd).On(plan.To)
	if today := models.DateOf(now); today.After(last) {
		last = today
	}
	first := models.RelativeDate(models.MonthStart).On(plan.From)
	months := []models.Date{first}
	for len(months) < trendMost {
		next := models.RelativeDate(models.MonthStart + "+1").On(months[len(months)-1])
		if next.After(last) {
			break
		}
		months = append(months, next)
	}
	return months
}
