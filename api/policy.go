package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// PolicyView is one version of the policy with its words and figures.
type PolicyView struct {
	Version models.PolicyVersion `json:"version" doc:"版本" example:"1"`
	Title   string               `json:"title" doc:"名称"`
	// Rules are the numbers and codes that the engine decides by.
	Rules   models.Rules    `json:"rules" doc:"数值与代码"`
	Terms   []models.Term   `json:"terms" doc:"代码的名称与释义"`
	Figures []models.Figure `json:"figures" doc:"每个数值的出处：plan 为计划原文，setting 为本系统的设置"`
}

func showPolicy(policy models.Policy) PolicyView {
	return PolicyView{
		Version: policy.Version, Title: policy.Title, Rules: policy.Rules,
		Terms: orEmpty(policy.Terms), Figures: orEmpty(policy.Figures),
	}
}

// orEmpty keeps lists from being shown as null.
func orEmpty[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// PolicySummary is the policy in short.
type PolicySummary struct {
	Version models.PolicyVersion `json:"version" doc:"版本" example:"1"`
	Title   string               `json:"title" doc:"名称"`
}

// PolicyInput names the policy that is asked for.
type PolicyInput struct {
	Version models.PolicyVersion `path:"version" minimum:"1" doc:"版本" example:"1"`
}

// PolicyBody answers with the policy.
type PolicyBody struct{ Body PolicyView }

// WorkdayInput names the workday that is asked for.
type WorkdayInput struct {
	Year int `query:"year" required:"true" minimum:"1990" maximum:"2100" doc:"年份" example:"2015"`
}

// WorkdayView is a day that differs from the ordinary week.
type WorkdayView struct {
	Date    models.Date `json:"date" format:"date" doc:"日期"`
	Working bool        `json:"working" doc:"是否上班（调休）"`
	Name    string      `json:"name" doc:"名称" example:"国庆节"`
	Source  string      `json:"source,omitempty" doc:"出处"`
}

// WorkdayBody answers with the workday.
type WorkdayBody struct {
	Body struct {
		Year int `json:"year" doc:"年份"`
		// Covered is false for years whose holidays are not known yet.
		Covered     bool          `json:"covered" doc:"该年度的放假安排是否已录入；未录入时按普通周计算"`
		WorkingDays int           `json:"workingDays" doc:"全年工作日数"`
		Special     []WorkdayView `json:"special" doc:"放假与调休上班的日期"`
	}
}

func registerPolicy(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-policies", Method: http.MethodGet, Path: "/policies", Tags: []string{"政策"},
		Summary: "政策的各个版本",
	}, auth.PlanRead, ReachNone), s.listPolicies)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-policy", Method: http.MethodGet, Path: "/policies/{version}", Tags: []string{"政策"},
		Summary: "一个版本的规则、释义与数值出处",
	}, auth.PlanRead, ReachNone), s.getPolicy)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-workdays", Method: http.MethodGet, Path: "/workdays", Tags: []string{"政策"},
		Summary: "一年的放假与调休",
	}, auth.PlanRead, ReachNone), s.listWorkdays)
}

func (s *server) listPolicies(ctx context.Context, _ *struct{}) (*ListOf[PolicySummary], error) {
	policies, err := s.Archive.Policies(ctx)
	if err != nil {
		return nil, err
	}
	return list(policies, func(policy models.Policy) PolicySummary {
		return PolicySummary{Version: policy.Version, Title: policy.Title}
	}), nil
}

func (s *server) getPolicy(ctx context.Context, input *PolicyInput) (*PolicyBody, error) {
	policy, err := s.Archive.Policy(ctx, input.Version)
	if err != nil {
		return nil, err
	}
	return &PolicyBody{Body: showPolicy(policy)}, nil
}

// requirePolicy checks the version that a request names; an unknown one is a fault
// of the request, not a missing page.
func (s *server) requirePolicy(ctx context.Context, version models.PolicyVersion) error {
	_, err := s.Archive.Rules(ctx, version)
	if errors.Is(err, store.ErrNotFound) {
		return invalid("body.version", "没有这个政策版本")
	}
	return err
}

func (s *server) listWorkdays(ctx context.Context, input *WorkdayInput) (*WorkdayBody, error) {
	first := models.NewDate(input.Year, time.January, 1)
	last := models.NewDate(input.Year, time.December, 31)
	special, err := s.Archive.Workdays(ctx, first, last)
	if err != nil {
		return nil, err
	}
	calendar, err := s.Archive.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	var body WorkdayBody
	body.Body.Year, body.Body.Covered = input.Year, calendar.Covers(input.Year)
	body.Body.WorkingDays = calendar.WorkdaysBetween(first.AddDays(-1), last)
	body.Body.Special = list(special, func(day models.SpecialDay) WorkdayView {
		return WorkdayView{Date: day.Date, Working: day.Working, Name: day.Name, Source: day.Source}
	}).Body.Items
	return &body, nil
}
