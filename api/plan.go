package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
)

// PlanView is a plan as the API shows it.
type PlanView struct {
	ID            models.PlanID        `json:"id" doc:"计划代码" example:"tianjin-2013"`
	Title         string               `json:"title" doc:"名称"`
	From          models.Date          `json:"from" format:"date" doc:"第一日"`
	To            models.Date          `json:"to" format:"date" doc:"最后一日"`
	Policy        models.PolicyVersion `json:"policy" doc:"新建帮扶责任适用的政策版本" example:"1"`
	Demonstration bool                 `json:"demonstration,omitempty" doc:"演示数据：人员、企业与事项均为虚构"`
}

func showPlan(plan models.Plan) PlanView {
	return PlanView{
		ID: plan.ID, Title: plan.Title, From: plan.From, To: plan.To,
		Policy: plan.Policy, Demonstration: plan.Demonstration,
	}
}

// TaskView is one of the plan's tasks in the plan's own words.
type TaskView struct {
	Number   int       `json:"number" doc:"任务序号" example:"56"`
	Section  string    `json:"section" doc:"重点任务"`
	KeyWork  string    `json:"keyWork" doc:"重点工作"`
	Text     string    `json:"text" doc:"任务原文"`
	Leads    []UnitRef `json:"leads" doc:"牵头单位；单位组原样列出"`
	LeadText string    `json:"leadText" doc:"原文中的牵头部门"`
	// Responsible are the leads with groups taken apart, as of today.
	Responsible []UnitRef `json:"responsible" doc:"牵头单位，单位组已分解、撤并的已换为承接单位"`
}

// IndicatorView is one figure or cadence that a task asks for.
type IndicatorView struct {
	Task       int    `json:"task" doc:"任务序号" example:"56"`
	Ordinal    int    `json:"ordinal" doc:"该任务下的序号" example:"1"`
	Name       string `json:"name" doc:"指标名称"`
	Target     string `json:"target,omitempty" doc:"目标值，十进制；计划未定数值时没有此项" example:"1000"`
	TargetText string `json:"targetText,omitempty" doc:"没有数值时的说明"`
	Unit       string `json:"unit" doc:"计量单位" example:"家"`
	Period     Coded  `json:"period" doc:"计算期间"`
	Qualifier  Coded  `json:"qualifier" doc:"目标的读法"`
	Verbatim   string `json:"verbatim" doc:"原文依据"`
	LeadText   string `json:"leadText" doc:"牵头部门"`
	Ambiguity  string `json:"ambiguity,omitempty" doc:"原文未明确之处"`
}

func showIndicator(indicator models.Indicator) IndicatorView {
	return IndicatorView{
		Task: indicator.Task, Ordinal: indicator.Ordinal, Name: indicator.Name,
		Target: indicator.Target, TargetText: indicator.TargetText, Unit: indicator.Unit,
		Period:    codedAs(indicator.Period, periodTexts[indicator.Period]),
		Qualifier: codedAs(indicator.Qualifier, qualifierTexts[indicator.Qualifier]),
		Verbatim:  indicator.Verbatim, LeadText: indicator.LeadText, Ambiguity: indicator.Ambiguity,
	}
}

// PlanInput names the plan that is asked for.
type PlanInput struct {
	Plan models.PlanID `path:"plan" maxLength:"64" doc:"计划代码" example:"tianjin-2013"`
}

// TaskInput names the task that is asked for.
type TaskInput struct {
	Plan   models.PlanID `path:"plan" maxLength:"64" doc:"计划代码" example:"tianjin-2013"`
	Number int           `path:"number" minimum:"1" maximum:"999" doc:"任务序号" example:"56"`
}

// IndicatorListInput is the query of the list of indicator entries.
type IndicatorListInput struct {
	Plan models.PlanID `path:"plan" maxLength:"64" doc:"计划代码" example:"tianjin-2013"`
	Task int           `query:"task" minimum:"0" maximum:"999" doc:"只列此任务的指标"`
}

// PlanBody answers with the plan.
type PlanBody struct{ Body PlanView }

// TaskBody answers with the task.
type TaskBody struct {
	Body struct {
		Task       TaskView        `json:"task" doc:"任务"`
		Indicators []IndicatorView `json:"indicators" doc:"该任务的指标"`
	}
}

func registerPlan(api huma.API, s *server) {
	read := func(id, path, summary string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{"计划"}, Summary: summary,
		}, auth.PlanRead, ReachNone)
	}
	huma.Register(api, read("list-plans", "/plans", "行动计划"), s.listPlans)
	huma.Register(api, read("get-plan", "/plans/{plan}", "一个行动计划"), s.getPlan)
	huma.Register(api, read("list-tasks", "/plans/{plan}/tasks", "计划的任务，附牵头单位"), s.listTasks)
	huma.Register(api, read("get-task", "/plans/{plan}/tasks/{number}", "一项任务及其指标"), s.getTask)
	huma.Register(api, read("list-indicators", "/plans/{plan}/indicators", "计划的指标"), s.listIndicators)
}

func (s *server) listPlans(ctx context.Context, _ *struct{}) (*ListOf[PlanView], error) {
	plans, err := s.Archive.Plans(ctx)
	if err != nil {
		return nil, err
	}
	return list(plans, showPlan), nil
}

func (s *server) getPlan(ctx context.Context, input *PlanInput) (*PlanBody, error) {
	plan, err := s.Archive.Plan(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	return &PlanBody{Body: showPlan(plan)}, nil
}

func (s *server) showTask(task models.Task, names *directory) TaskView {
	view := TaskView{
		Number: task.Number, Section: task.Section, KeyWork: task.KeyWork, Text: task.Text, LeadText: task.LeadText,
		Leads: []UnitRef{}, Responsible: []UnitRef{},
	}
	today := models.DateOf(s.now())
	seen := map[models.UnitID]bool{}
	for _, lead := range task.Leads {
		view.Leads = append(view.Leads, names.unit(lead))
		for _, unit := range names.units.Members(lead, today) {
			if !seen[unit] {
				seen[unit] = true
				view.Responsible = append(view.Responsible, names.unit(unit))
			}
		}
	}
	return view
}

func (s *server) listTasks(ctx context.Context, input *PlanInput) (*ListOf[TaskView], error) {
	if _, err := s.Archive.Plan(ctx, input.Plan); err != nil {
		return nil, err
	}
	tasks, err := s.Archive.Tasks(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return list(tasks, func(task models.Task) TaskView { return s.showTask(task, names) }), nil
}

func (s *server) getTask(ctx context.Context, input *TaskInput) (*TaskBody, error) {
	task, err := s.Archive.Task(ctx, input.Plan, input.Number)
	if err != nil {
		return nil, err
	}
	indicators, err := s.indicators(ctx, input.Plan, input.Number)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	var body TaskBody
	body.Body.Task, body.Body.Indicators = s.showTask(task, names), indicators
	return &body, nil
}

func (s *server) listIndicators(ctx context.Context, input *IndicatorListInput) (*ListOf[IndicatorView], error) {
	if _, err := s.Archive.Plan(ctx, input.Plan); err != nil {
		return nil, err
	}
	indicators, err := s.indicators(ctx, input.Plan, input.Task)
	if err != nil {
		return nil, err
	}
	return list(indicators, func(view IndicatorView) IndicatorView { return view }), nil
}

// indicators are those of one task, or all for task 0.
func (s *server) indicators(ctx context.Context, plan models.PlanID, task int) ([]IndicatorView, error) {
	all, err := s.Archive.Indicators(ctx, plan)
	if err != nil {
		return nil, err
	}
	views := []IndicatorView{}
	for _, indicator := range all {
		if task == 0 || indicator.Task == task {
			views = append(views, showIndicator(indicator))
		}
	}
	return views, nil
}
