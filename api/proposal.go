package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// AccountRef names who acted.
type AccountRef struct {
	ID   models.AccountID `json:"id" doc:"账号"`
	Name string           `json:"name" doc:"姓名"`
}

func (r *AccountRef) actor() actor { return actor{r.ID, &r.Name} }

// ProposalView is one command that waits for a second person, or was given to
// many obligations at once.
type ProposalView struct {
	ID         models.ProposalID `json:"id" doc:"编号"`
	Plan       models.PlanID     `json:"plan" doc:"计划"`
	Kind       Coded             `json:"kind" doc:"事项"`
	Text       string            `json:"text" doc:"内容" example:"因长期病休自 2014年3月1日 起中止计时，未定恢复日期"`
	Document   models.EvidenceID `json:"document,omitempty" doc:"文件依据的材料编号"`
	Remark     string            `json:"remark,omitempty" doc:"说明"`
	Scope      string            `json:"scope,omitempty" doc:"批量办理时选中的范围"`
	Size       int               `json:"size" doc:"共多少项帮扶责任"`
	Proposer   AccountRef        `json:"proposer" doc:"提出人"`
	ProposedAt time.Time         `json:"proposedAt" doc:"提出时间"`
	State      Coded             `json:"state" doc:"状态"`
	Decider    *AccountRef       `json:"decider,omitempty" doc:"批准、不批准或撤回的人"`
	DecidedAt  *time.Time        `json:"decidedAt,omitempty" doc:"决定时间"`
	Decision   string            `json:"decision,omitempty" doc:"决定的说明"`
	FinishedAt *time.Time        `json:"finishedAt,omitempty" doc:"全部办理完毕的时间"`
	Pending    int64             `json:"pending" doc:"尚未办理的项数"`
	Applied    int64             `json:"applied" doc:"已办结的项数"`
	Refused    int64             `json:"refused" doc:"未能办理的项数"`
	// Rows are the first few; the rest is a list of its own.
	Rows []ProposalRowView `json:"rows" doc:"前几项帮扶责任，其余见 /proposals/{proposal}/rows"`
	// MayDecide and MayWithdraw are evaluated at each request.
	MayDecide   bool `json:"mayDecide" doc:"您可以批准或不批准"`
	MayWithdraw bool `json:"mayWithdraw" doc:"您可以撤回"`
}

// ProposalRowView is one obligation of a proposal with what became of it.
type ProposalRowView struct {
	Obligation string     `json:"obligation" doc:"帮扶责任"`
	Cadre      CadreRef   `json:"cadre" doc:"干部"`
	Unit       UnitRef    `json:"unit" doc:"单位"`
	Outcome    Coded      `json:"outcome" doc:"结果"`
	Code       string     `json:"code,omitempty" doc:"未能办理的问题代码"`
	Reason     string     `json:"reason,omitempty" doc:"未能办理的原因"`
	SettledAt  *time.Time `json:"settledAt,omitempty" doc:"办理时间"`
}

func (v *ProposalView) actors() []actor {
	all := []actor{v.Proposer.actor()}
	if v.Decider != nil {
		all = append(all, v.Decider.actor())
	}
	return all
}

var proposalStateTexts = map[store.ProposalState]string{
	store.ProposalOpen: "待批准", store.ProposalApproved: "已批准",
	store.ProposalRejected: "不批准", store.ProposalWithdrawn: "已撤回",
}

var partOutcomeTexts = map[store.PartOutcome]string{
	store.PartPending: "待办理", store.PartApplied: "已办结", store.PartRefused: "未能办理",
}

// ProposalListInput is the query of the list of proposals.
type ProposalListInput struct {
	Paging
	Plan       models.PlanID       `query:"plan" maxLength:"64" doc:"计划"`
	State      store.ProposalState `query:"state" enum:"proposed,approved,rejected,withdrawn" doc:"状态"`
	Mine       bool                `query:"mine" doc:"只列本人提出的"`
	Obligation string              `query:"obligation" maxLength:"140" doc:"只列与此帮扶责任有关的"`
}

// ProposalInput names the proposal that is asked for.
type ProposalInput struct {
	Proposal models.ProposalID `path:"proposal" maxLength:"64" doc:"编号"`
}

// ProposalRowsInput is the query of a proposal's rows.
type ProposalRowsInput struct {
	Paging
	ProposalInput
	Outcome store.PartOutcome `query:"outcome" enum:"pending,applied,refused" doc:"结果"`
}

// ProposalBody carries a tag that changes with the proposal and with every
// obligation that it is about: a decision is made on what was seen of them.
type ProposalBody struct {
	Status     int
	Location   string `header:"Location"`
	RetryAfter string `header:"Retry-After"`
	ETag       string `header:"ETag"`
	Body       ProposalView
}

func registerProposal(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-proposals", Method: http.MethodGet, Path: "/proposals", Tags: []string{"待批事项"},
		Summary: "待批事项", Description: "由新到旧，只列查看范围内的。批量办理也在此列出。",
	}, auth.ObligationRead, ReachList), s.listProposals)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-proposal", Method: http.MethodGet, Path: "/proposals/{proposal}", Tags: []string{"待批事项"},
		Summary: "一件待批事项及其办理进度", Description: "ETag 随事项和所涉的每项帮扶责任而变。",
	}, auth.ObligationRead, ReachObject), s.getProposal)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-proposal-rows", Method: http.MethodGet, Path: "/proposals/{proposal}/rows", Tags: []string{"待批事项"},
		Summary: "所涉的帮扶责任及各项结果",
	}, auth.ObligationRead, ReachObject), s.listProposalRows)
	registerProposalDecisions(api, s)
}

func newProposalID() models.ProposalID { return models.ProposalID(uuid.Must(uuid.NewV7()).String()) }

// overview is where the caller oversees others' duties. Somebody who reads their
// own duty alone oversees nothing.
func (s *server) overview(ctx context.Context) (store.Reach, error) {
	reach := s.Policy.Reach(principal(ctx), auth.ObligationRead)
	reach.Cadres = nil
	if !reach.All && len(reach.Paths) == 0 {
		return reach, forbidden("待批事项由管理帮扶责任的部门办理。")
	}
	return reach, nil
}

func (s *server) visibleProposal(ctx context.Context, id models.ProposalID) (store.Proposal, error) {
	reach, err := s.overview(ctx)
	if err != nil {
		return store.Proposal{}, err
	}
	return s.Archive.Proposal(ctx, reach, id)
}

func (s *server) listProposals(ctx context.Context, input *ProposalListInput) (*PageBody[ProposalView], error) {
	reach, err := s.overview(ctx)
	if err != nil {
		return nil, err
	}
	filter := store.ProposalFilter{Plan: input.Plan, State: input.State}
	if input.Mine {
		filter.Proposer = principal(ctx).Account
	}
	if input.Obligation != "" {
		item, err := s.obligationAt(ctx, input.Obligation)
		if err != nil {
			return nil, err
		}
		filter.Obligation = item.Obligation.ID
	}
	proposals, err := s.Archive.Proposals(ctx, reach, filter, input.page())
	if err != nil {
		return nil, err
	}
	shower, err := s.proposalShower(ctx)
	if err != nil {
		return nil, err
	}
	views := store.Paged[ProposalView]{Next: proposals.Next}
	for _, proposal := range proposals.Items {
		view, _, err := shower.show(ctx, proposal)
		if err != nil {
			return nil, err
		}
		views.Items = append(views.Items, view)
	}
	if err := s.name(ctx, actorsOf(views.Items, (*ProposalView).actors)...); err != nil {
		return nil, err
	}
	return paged(views, func(view ProposalView) ProposalView { return view }), nil
}

func (s *server) getProposal(ctx context.Context, input *ProposalInput) (*ProposalBody, error) {
	proposal, err := s.visibleProposal(ctx, input.Proposal)
	if err != nil {
		return nil, err
	}
	return s.proposalBody(ctx, proposal, http.StatusOK)
}

func (s *server) proposalBody(ctx context.Context, proposal store.Proposal, status int) (*ProposalBody, error) {
	shower, err := s.proposalShower(ctx)
	if err != nil {
		return nil, err
	}
	view, progress, err := shower.show(ctx, proposal)
	if err != nil {
		return nil, err
	}
	body := &ProposalBody{Status: status, ETag: etag(progress.Tag), Body: view}
	return body, s.name(ctx, body.Body.actors()...)
}

func (s *server) listProposalRows(ctx context.Context, input *ProposalRowsInput) (*PageBody[ProposalRowView], error) {
	proposal, err := s.visibleProposal(ctx, input.Proposal)
	if err != nil {
		return nil, err
	}
	shower, err := s.proposalShower(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.Archive.ProposalParts(ctx, proposal.ID, input.Outcome, input.page())
	if err != nil {
		return nil, err
	}
	views, err := shower.rows(ctx, rows.Items)
	if err != nil {
		return nil, err
	}
	return paged(store.Paged[ProposalRowView]{Items: views, Next: rows.Next}, func(view ProposalRowView) ProposalRowView { return view }), nil
}

// proposalShower turns proposals into what callers see. Who proposed and who
// decided is named when the page is whole.
type proposalShower struct {
	*server
	names *directory
}

func (s *server) proposalShower(ctx context.Context) (*proposalShower, error) {
	names, err := s.directory(ctx)
	return &proposalShower{server: s, names: names}, err
}

// firstRows is how many rows a proposal shows in place.
const firstRows = 3

func (p *proposalShower) show(ctx context.Context, proposal store.Proposal) (ProposalView, store.ProposalProgress, error) {
	progress, err := p.Archive.ProposalProgress(ctx, proposal.ID)
	if err != nil {
		return ProposalView{}, progress, err
	}
	rows, err := p.Archive.ProposalParts(ctx, proposal.ID, "", store.Page{Size: firstRows})
	if err != nil {
		return ProposalView{}, progress, err
	}
	kind := proposal.Body.CommandKind()
	view := ProposalView{
		ID: proposal.ID, Plan: proposal.Plan, Kind: codedAs(kind, commandTexts[kind]), Text: p.names.orderText(proposal.Body),
		Document: proposal.Document, Remark: proposal.Remark, Scope: proposal.Scope, Size: proposal.Size,
		Proposer: AccountRef{ID: proposal.Proposer}, ProposedAt: proposal.ProposedAt, State: codedAs(proposal.State, proposalStateTexts[proposal.State]),
		DecidedAt: moment(proposal.DecidedAt), Decision: proposal.DecisionRemark, FinishedAt: moment(proposal.FinishedAt),
		Pending: progress.Pending, Applied: progress.Applied, Refused: progress.Refused,
	}
	if view.Rows, err = p.rows(ctx, rows.Items); err != nil {
		return view, progress, err
	}
	if proposal.Decider != "" {
		view.Decider = &AccountRef{ID: proposal.Decider}
	}
	if proposal.State != store.ProposalOpen {
		return view, progress, nil
	}
	view.MayWithdraw = proposal.Proposer == principal(ctx).Account
	fault, err := p.mayDecide(ctx, proposal)
	view.MayDecide = fault == nil && err == nil
	return view, progress, err
}

func (p *proposalShower) rows(ctx context.Context, parts []store.ProposalPart) ([]ProposalRowView, error) {
	people := make([]person, len(parts))
	for i, part := range parts {
		people[i] = person{id: part.Obligation.Cadre, unitPath: part.UnitPath}
	}
	if err := p.learn(ctx, p.names, people...); err != nil {
		return nil, err
	}
	views := make([]ProposalRowView, len(parts))
	for i, part := range parts {
		views[i] = ProposalRowView{
			Obligation: part.Obligation.String(), Cadre: p.names.cadre(part.Obligation.Cadre), Unit: p.names.unit(part.Unit),
			Outcome: codedAs(part.Outcome, partOutcomeTexts[part.Outcome]), SettledAt: moment(part.SettledAt),
		}
		if part.Refusal != nil {
			views[i].Code, views[i].Reason = string(part.Refusal.Code), problem.Of(part.Refusal).Detail
		}
	}
	return views, nil
}

// orderText says a command in the words of the event that follows from it.
func (d *directory) orderText(body models.CommandBody) string {
	var event models.EventBody
	switch asked := body.(type) {
	case models.Suspend:
		event = models.Suspended{Suspend: asked}
	case models.Resume:
		event = models.Resumed{Resume: asked}
	case models.Extend:
		event = models.Extended{Extend: asked}
	case models.Exempt:
		event = models.Exempted{Exempt: asked}
	case models.Close:
		event = models.Closed{Close: asked}
	case models.Transfer:
		return "自 " + dateText(asked.On) + " 起移交至 " + d.unitName(asked.To)
	case models.AdoptPolicy:
		return "改用政策第 " + versionText(asked.Version) + " 版"
	default:
		return commandTexts[body.CommandKind()]
	}
	return d.glossary.event(event, d.unitName)
}

// commandPermissions are what one needs to give, to propose and to approve a
// command of the clock.
var commandPermissions = map[models.CommandKind]auth.Permission{
	models.CommandSuspend: auth.ObligationSuspend, models.CommandResume: auth.ObligationResume,
	models.CommandExtend: auth.ObligationExtend, models.CommandExempt: auth.ObligationExempt,
	models.CommandTransfer: auth.ObligationTransfer, models.CommandClose: auth.ObligationClose,
	models.CommandAdoptPolicy: auth.ObligationAdoptPolicy,
}

// mayDecide says why the caller may not decide on a proposal; nil if they may.
func (s *server) mayDecide(ctx context.Context, proposal store.Proposal) (fault, err error) {
	who := principal(ctx)
	places, err := s.Archive.ProposalPlaces(ctx, proposal.ID)
	if err != nil {
		return nil, err
	}
	permission := commandPermissions[proposal.Body.CommandKind()]
	for _, path := range append(places, proposal.UnitPath) {
		if !s.Policy.May(who, permission, path) {
			return forbidden("所涉的帮扶责任不都在您办理此事项的范围内。"), nil
		}
	}
	if who.Account == proposal.Proposer {
		return models.Refuse(models.RefusedOwnProposal), nil
	}
	stands, err := s.standsInFor(ctx, proposal.Proposer)
	switch {
	case err != nil:
		return nil, err
	case stands:
		return forbidden("提出人是您代理的干部，须由他人批准。"), nil
	}
	own := slices.DeleteFunc(append([]models.CadreID{who.Cadre}, who.SubstituteFor...), func(id models.CadreID) bool { return id == "" })
	if len(own) == 0 {
		return nil, nil
	}
	concerned, err := s.Archive.ProposalConcerns(ctx, proposal.ID, own)
	if err == nil && concerned {
		fault = forbidden("所涉的有您本人或您代理的干部的帮扶责任，您应当回避。")
	}
	return fault, err
}
