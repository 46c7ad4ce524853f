package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// ReasonView is one part of the explanation of a light.
type ReasonView struct {
	Code   models.ReasonCode `json:"code" doc:"理由代码" example:"goal-due-within"`
	Params map[string]string `json:"params,omitempty" doc:"参数"`
	Text   string            `json:"text" doc:"理由" example:"距到期日 2015年12月31日 还有 20 天，已进入最后 30 天。"`
}

// GoalView is one goal as it stands.
type GoalView struct {
	Kind     Coded       `json:"kind" doc:"指标项"`
	State    Coded       `json:"state" doc:"状态"`
	Light    Coded       `json:"light" doc:"灯"`
	Required int         `json:"required" doc:"应完成数"`
	Credits  int         `json:"credits" doc:"已认定数"`
	InReview int         `json:"inReview" doc:"在审数"`
	Due      models.Date `json:"due" format:"date" doc:"到期日，已计入中止的天数"`
	DaysLeft int         `json:"daysLeft" doc:"距到期日的天数，负数为已超过"`
	// Turning are the instants at which the light turns if nobody acts.
	Turning models.Turning `json:"turning" doc:"无人办理时转灯的时间"`
	Because []ReasonView   `json:"because" doc:"为什么是这个灯"`
}

// StandingView is what the duty looks like at an instant.
type StandingView struct {
	AsOf    time.Time    `json:"asOf" doc:"所答的时间"`
	State   Coded        `json:"state" doc:"状态"`
	Light   Coded        `json:"light" doc:"灯"`
	Goals   []GoalView   `json:"goals" doc:"各指标项"`
	Because []ReasonView `json:"because" doc:"整体的理由"`
}

// ObligationView is one duty with its standing.
type ObligationView struct {
	ID       string               `json:"id" doc:"帮扶责任" example:"tianjin-2013.TJ-0001"`
	Plan     models.PlanID        `json:"plan" doc:"计划"`
	Cadre    CadreRef             `json:"cadre" doc:"干部"`
	Unit     UnitRef              `json:"unit" doc:"单位"`
	Policy   models.PolicyVersion `json:"policy" doc:"适用的政策版本"`
	From     models.Date          `json:"from" format:"date" doc:"第一日"`
	PlanDue  models.Date          `json:"planDue" format:"date" doc:"原定到期日"`
	DueAt    *time.Time           `json:"dueAt,omitempty" doc:"未完成指标项最早的到期时间；中止未定恢复时没有此项"`
	Closed   *Coded               `json:"closed,omitempty" doc:"办结事由"`
	Sequence int64                `json:"sequence" doc:"最后一个事件的序号，即 ETag" example:"7"`
	Standing StandingView         `json:"standing" doc:"进度"`
}

// SuspensionView is one entry of the ledger that stops the clock.
type SuspensionView struct {
	From    models.Date `json:"from" format:"date" doc:"中止的第一日"`
	Until   models.Date `json:"until,omitzero" format:"date" doc:"计划中止的最后一日"`
	Resumed models.Date `json:"resumed,omitzero" format:"date" doc:"恢复计时的第一日"`
}

// ClaimView is a record as the obligation knows it.
type ClaimView struct {
	ID         models.RecordID      `json:"id" doc:"记录编号"`
	Kind       Coded                `json:"kind" doc:"指标项"`
	Enterprise models.EnterpriseKey `json:"enterprise" doc:"组织机构代码"`
	State      Coded                `json:"state" doc:"状态"`
	Stage      *Coded               `json:"stage,omitempty" doc:"环节"`
	ActionDue  *time.Time           `json:"actionDue,omitempty" doc:"应办结或应整改完毕的时间"`
}

// RungView is the next step of the reminder ladder.
type RungView struct {
	Code Coded     `json:"code" doc:"催办节点"`
	At   time.Time `json:"at" doc:"时间"`
}

func (d *directory) reasons(reasons []models.Reason) []ReasonView {
	views := make([]ReasonView, len(reasons))
	for i, reason := range reasons {
		views[i] = ReasonView{Code: reason.Code, Params: reason.Params, Text: d.glossary.reason(reason)}
	}
	return views
}

func showStanding(standing models.Standing, names *directory) StandingView {
	view := StandingView{
		AsOf:  standing.AsOf,
		State: codedAs(standing.State, obligationStateTexts[standing.State]),
		Light: codedAs(standing.Light, lightTexts[standing.Light]),
		Goals: make([]GoalView, len(standing.Goals)), Because: names.reasons(standing.Because),
	}
	for i, goal := range standing.Goals {
		view.Goals[i] = GoalView{
			Kind: codedAs(goal.Kind, kindTexts[goal.Kind]), State: codedAs(goal.State, goalStateTexts[goal.State]),
			Light: codedAs(goal.Light, lightTexts[goal.Light]), Required: goal.Required, Credits: goal.Credits,
			InReview: goal.InReview, Due: goal.Due, DaysLeft: goal.DaysLeft, Turning: goal.Turning,
			Because: names.reasons(goal.Because),
		}
	}
	return view
}

func showObligation(item store.ObligationItem, names *directory) ObligationView {
	o := item.Obligation
	view := ObligationView{
		ID: o.ID.String(), Plan: o.ID.Plan, Cadre: names.cadre(o.ID.Cadre), Unit: names.unit(o.Unit),
		Policy: o.Policy, From: o.From, PlanDue: o.PlanDue, DueAt: moment(item.DueAt), Sequence: o.Sequence,
		Standing: showStanding(item.Standing, names),
	}
	if o.Closed != "" {
		closed := codedAs(o.Closed, names.glossary.ground(o.Closed))
		view.Closed = &closed
	}
	return view
}

// obligationFilter is the part of the query that lists, counts and batches
// share, so that every figure opens its rows.
type obligationFilter struct {
	Plan      models.PlanID            `query:"plan" json:"plan,omitempty" maxLength:"64" doc:"计划" example:"tianjin-2013"`
	Cadre     models.CadreID           `query:"cadre" json:"cadre,omitempty" maxLength:"64" doc:"干部"`
	Unit      models.UnitID            `query:"unit" json:"unit,omitempty" maxLength:"64" doc:"只列此单位及其下级的"`
	Kind      models.Kind              `query:"kind" json:"kind,omitempty" enum:"introduce,found,transform" doc:"按此指标项的灯、逾期与到期时间筛选"`
	States    []models.ObligationState `query:"state" json:"state,omitempty" enum:"active,fulfilled,overdue,suspended,closed" doc:"状态，可有多个，以逗号分隔"`
	Lights    []models.Light           `query:"light" json:"light,omitempty" enum:"green,blue,yellow,red" doc:"灯，可有多个，以逗号分隔"`
	DueAfter  models.Date              `query:"dueAfter" json:"dueAfter,omitzero" format:"date" doc:"到期日不早于"`
	DueBefore models.Date              `query:"dueBefore" json:"dueBefore,omitzero" format:"date" doc:"到期日不晚于"`
	Undated   bool                     `query:"undated" json:"undated,omitempty" doc:"只列没有到期时间的：中止而未定恢复的，或没有未完成项的"`
	OverdueOn models.Date              `query:"overdueOn" json:"overdueOn,omitzero" format:"date" doc:"只列在此日终（今日及以后为此刻）有指标项逾期的，按现在掌握的情况"`
	Text      string                   `query:"text" json:"text,omitempty" maxLength:"60" doc:"干部姓名、拼音首字母或编号的一部分"`
}

// ObligationQuery is obligationFilter under an embedded name that the framework
// reads.
type ObligationQuery = obligationFilter

// ObligationListInput is the query of the list of obligation entries.
type ObligationListInput struct {
	Paging
	ObligationQuery
}

// ObligationCountInput names the obligation count that is asked for.
type ObligationCountInput struct {
	ObligationQuery
}

// UnitCountView counts the obligations of one unit.
type UnitCountView struct {
	Unit   UnitRef          `json:"unit" doc:"单位"`
	Total  int64            `json:"total" doc:"总数"`
	Lights map[string]int64 `json:"lights" doc:"按灯计数"`
	States map[string]int64 `json:"states" doc:"按状态计数"`
}

// ObligationCountBody answers with the obligation count.
type ObligationCountBody struct {
	Body struct {
		AsOf   time.Time        `json:"asOf" doc:"计数的时间"`
		Total  int64            `json:"total" doc:"总数"`
		Lights map[string]int64 `json:"lights" doc:"按灯计数"`
		States map[string]int64 `json:"states" doc:"按状态计数"`
		Units  []UnitCountView  `json:"units" doc:"按单位计数"`
	}
}

// ObligationInput names the obligation that is asked for.
type ObligationInput struct {
	Obligation string `path:"obligation" maxLength:"140" doc:"帮扶责任：计划.干部编号" example:"tianjin-2013.TJ-0001"`
}

// ObligationBody answers with the obligation.
type ObligationBody struct {
	ETag string `header:"ETag"`
	Body struct {
		Obligation  ObligationView   `json:"obligation" doc:"帮扶责任"`
		Records     []ClaimView      `json:"records" doc:"记录"`
		Suspensions []SuspensionView `json:"suspensions" doc:"中止台账"`
		Next        *RungView        `json:"next,omitempty" doc:"下一个催办节点"`
	}
}

func registerObligation(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-obligations", Method: http.MethodGet, Path: "/obligations", Tags: []string{"帮扶责任"},
		Summary: "帮扶责任", Description: "按紧急程度排列：逾期最久的在前，其次是最先到期的。只列查看范围内的。",
	}, auth.ObligationRead, ReachList), s.listObligations)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "count-obligations", Method: http.MethodGet, Path: "/obligations/counts", Tags: []string{"帮扶责任"},
		Summary: "按灯、状态和单位计数", Description: "与列表用同一组筛选条件和同一条规则。",
	}, auth.ObligationRead, ReachList), s.countObligations)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-obligation", Method: http.MethodGet, Path: "/obligations/{obligation}", Tags: []string{"帮扶责任"},
		Summary: "一项帮扶责任及其进度的解释",
	}, auth.ObligationRead, ReachObject), s.getObligation)
	registerObligationCommands(api, s)
}

// filter turns the query into the archive's. DueBefore is inclusive for people.
func (s *server) obligationFilter(ctx context.Context, query obligationFilter) (store.ObligationFilter, error) {
	path, err := s.unitFilter(ctx, query.Unit)
	if err != nil {
		return store.ObligationFilter{}, err
	}
	if query.Text != "" && !s.mayFindByName(ctx) {
		return store.ObligationFilter{}, forbidden("按姓名查找须有查看干部信息的权限。")
	}
	filter := store.ObligationFilter{
		Plan: query.Plan, Cadre: query.Cadre, UnitPath: path, States: query.States, Lights: query.Lights,
		Kind: query.Kind, Undated: query.Undated, Text: query.Text,
	}
	if !query.OverdueOn.IsZero() {
		filter.OverdueAt = s.overdueInstant(query.OverdueOn)
	}
	if !query.DueAfter.IsZero() {
		// The due instant of a day is its end.
		filter.DueAfter = query.DueAfter.End()
	}
	if !query.DueBefore.IsZero() {
		filter.DueBefore = query.DueBefore.End().Add(time.Microsecond)
	}
	return filter, nil
}

// mayFindByName: searching by name tells names, so it asks for their right.
func (s *server) mayFindByName(ctx context.Context) bool {
	return s.Policy.Holds(principal(ctx), auth.CadreRead)
}

func (s *server) listObligations(ctx context.Context, input *ObligationListInput) (*PageBody[ObligationView], error) {
	filter, err := s.obligationFilter(ctx, input.ObligationQuery)
	if err != nil {
		return nil, err
	}
	reach := s.Policy.Reach(principal(ctx), auth.ObligationRead)
	items, err := s.Archive.Obligations(ctx, reach, filter, s.now(), input.page())
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	people := make([]person, len(items.Items))
	for i, item := range items.Items {
		people[i] = person{id: item.Obligation.ID.Cadre, unitPath: item.UnitPath}
	}
	if err := s.learn(ctx, names, people...); err != nil {
		return nil, err
	}
	return paged(items, func(item store.ObligationItem) ObligationView { return showObligation(item, names) }), nil
}

func (s *server) countObligations(ctx context.Context, input *ObligationCountInput) (*ObligationCountBody, error) {
	filter, err := s.obligationFilter(ctx, input.ObligationQuery)
	if err != nil {
		return nil, err
	}
	asOf := s.now()
	counts, err := s.Archive.ObligationCounts(ctx, s.Policy.Reach(principal(ctx), auth.ObligationRead), filter, asOf)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	var body ObligationCountBody
	body.Body.AsOf, body.Body.Units = asOf, []UnitCountView{}
	body.Body.Lights, body.Body.States = countsBy(models.Lights, nil), countsBy(models.ObligationStates, nil)
	for _, count := range counts {
		view := UnitCountView{
			Unit: names.unit(count.Unit), Total: count.Total,
			Lights: countsBy(models.Lights, count.Lights), States: countsBy(models.ObligationStates, count.States),
		}
		body.Body.Units = append(body.Body.Units, view)
		body.Body.Total += view.Total
		for light, number := range view.Lights {
			body.Body.Lights[light] += number
		}
		for state, number := range view.States {
			body.Body.States[state] += number
		}
	}
	return &body, nil
}

// countsBy has an entry for every code, so that none has to be guessed as zero.
func countsBy[C ~string](codes []C, counts map[C]int64) map[string]int64 {
	shown := make(map[string]int64, len(codes))
	for _, code := range codes {
		shown[string(code)] = counts[code]
	}
	return shown
}

// visibleObligation reads an obligation within the caller's reach.
func (s *server) visibleObligation(ctx context.Context, id models.ObligationID) (store.ObligationItem, error) {
	return s.Archive.Obligation(ctx, s.Policy.Reach(principal(ctx), auth.ObligationRead), id, s.now())
}

// obligationAt reads the obligation that a path names.
func (s *server) obligationAt(ctx context.Context, text string) (store.ObligationItem, error) {
	id, err := models.ParseObligationID(text)
	if err != nil {
		return store.ObligationItem{}, store.ErrNotFound
	}
	return s.visibleObligation(ctx, id)
}

func (s *server) getObligation(ctx context.Context, input *ObligationInput) (*ObligationBody, error) {
	item, err := s.obligationAt(ctx, input.Obligation)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	o := item.Obligation
	if err := s.learn(ctx, names, person{id: o.ID.Cadre, unitPath: item.UnitPath}); err != nil {
		return nil, err
	}
	rules, err := s.Archive.Rules(ctx, o.Policy)
	if err != nil {
		return nil, err
	}
	body := &ObligationBody{ETag: etag(o.Sequence)}
	body.Body.Obligation = showObligation(item, names)
	body.Body.Records = list(o.Records, func(record models.Record) ClaimView { return showClaim(record, names) }).Body.Items
	body.Body.Suspensions = list(o.Suspensions, func(suspension models.Suspension) SuspensionView {
		return SuspensionView{From: suspension.From, Until: suspension.Until, Resumed: suspension.Resumed}
	}).Body.Items
	if rung, comes := o.NextRung(s.now(), rules); comes {
		body.Body.Next = &RungView{Code: codedAs(rung.Code, names.glossary.rung(rung.Code)), At: rung.At}
	}
	return body, nil
}

func showClaim(record models.Record, names *directory) ClaimView {
	view := ClaimView{
		ID: record.ID, Kind: codedAs(record.Kind, kindTexts[record.Kind]), Enterprise: record.Enterprise,
		State: codedAs(record.State, recordStateTexts[record.State]), ActionDue: moment(record.ActionDue),
	}
	if record.Stage != "" {
		stage := codedAs(record.Stage, names.glossary.stage(record.Stage))
		view.Stage = &stage
	}
	return view
}
