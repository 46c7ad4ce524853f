package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/workflows"
)

// DisputeView is one conflict over an enterprise.
type DisputeView struct {
	ID         models.DisputeID     `json:"id" doc:"争议编号"`
	Kind       Coded                `json:"kind" doc:"指标项"`
	Enterprise models.EnterpriseKey `json:"enterprise" doc:"组织机构代码"`
	Record     models.RecordID      `json:"record" doc:"提出异议的记录"`
	Obligation string               `json:"obligation" doc:"提出异议的帮扶责任"`
	// Holder is the other side, as far as the caller may see it.
	Holder     models.RecordID  `json:"holder" doc:"已申报的记录"`
	HolderUnit *UnitRef         `json:"holderUnit,omitempty" doc:"已申报的单位"`
	State      Coded            `json:"state" doc:"状态"`
	OpenedAt   time.Time        `json:"openedAt" doc:"提出时间"`
	DecidedAt  *time.Time       `json:"decidedAt,omitempty" doc:"裁定时间"`
	DecidedBy  models.AccountID `json:"decidedBy,omitempty" doc:"裁定账号"`
}

var disputeStateTexts = map[store.DisputeState]string{
	store.DisputeOpen: "待裁定", store.DisputeUpheld: "异议成立",
	store.DisputeDismissed: "异议不成立", store.DisputeWithdrawn: "已撤回",
}

func (s *server) showDispute(ctx context.Context, dispute store.Dispute, names *directory) (DisputeView, error) {
	view := DisputeView{
		ID: dispute.ID, Kind: codedAs(dispute.Kind, kindTexts[dispute.Kind]), Enterprise: dispute.Enterprise,
		Record: dispute.Record, Obligation: dispute.Obligation.String(), Holder: dispute.HolderRecord,
		State:    codedAs(dispute.State, disputeStateTexts[dispute.State]),
		OpenedAt: dispute.OpenedAt, DecidedAt: moment(dispute.DecidedAt), DecidedBy: dispute.DecidedBy,
	}
	holder, err := s.Archive.Record(ctx, store.Everything(), dispute.HolderRecord)
	if errors.Is(err, store.ErrNotFound) {
		return view, nil
	}
	unit := names.unit(holder.Unit)
	view.HolderUnit = &unit
	return view, err
}

// DisputeListInput is the query of the list of dispute entries.
type DisputeListInput struct {
	Paging
	Plan  models.PlanID      `query:"plan" maxLength:"64" doc:"计划"`
	State store.DisputeState `query:"state" enum:"open,upheld,dismissed,withdrawn" doc:"状态"`
}

// DisputeInput names the dispute that is asked for.
type DisputeInput struct {
	Dispute models.DisputeID `path:"dispute" maxLength:"64" doc:"争议编号"`
}

// DisputeBody carries the version of the disputing record as the entity tag:
// a decision is made on what was seen of it.
type DisputeBody struct {
	ETag string `header:"ETag"`
	Body DisputeView
}

// OpenDisputeInput is the request to open dispute.
type OpenDisputeInput struct {
	Keyed
	Guarded
	Record models.RecordID `path:"record" maxLength:"64" doc:"本人的记录"`
	Body   struct {
		Reason string `json:"reason" minLength:"2" maxLength:"2000" doc:"理由"`
	}
}

// AdjudicateInput is the request to adjudicate.
type AdjudicateInput struct {
	Keyed
	Guarded
	Dispute models.DisputeID `path:"dispute" maxLength:"64" doc:"争议编号"`
	Body    struct {
		Upheld bool   `json:"upheld" doc:"true 异议成立，企业归提出人；false 异议不成立"`
		Reason string `json:"reason" minLength:"2" maxLength:"2000" doc:"裁定理由"`
	}
}

func registerDispute(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-disputes", Method: http.MethodGet, Path: "/disputes", Tags: []string{"争议"},
		Summary: "企业归属争议", Description: "最早的在前，只列查看范围内的。",
	}, auth.DisputeRead, ReachList), s.listDisputes)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-dispute", Method: http.MethodGet, Path: "/disputes/{dispute}", Tags: []string{"争议"},
		Summary: "一件争议", Description: "ETag 为提出异议的记录的版本。",
	}, auth.DisputeRead, ReachObject), s.getDispute)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "open-dispute", Method: http.MethodPost, Path: "/records/{record}/dispute", Tags: []string{"争议"},
		Summary: "提出异议", Description: "企业已由他人申报时，以本人的记录提出异议，等待裁定。",
	}, auth.DisputeOpen, ReachObject), s.openDispute)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "adjudicate-dispute", Method: http.MethodPost, Path: "/disputes/{dispute}/adjudicate", Tags: []string{"争议"},
		Summary: "裁定", Description: "异议成立时先由原申报让出企业，再交提出人；两步由流程引擎保证完成。",
	}, auth.DisputeAdjudicate, ReachObject), s.adjudicate)
}

func (s *server) listDisputes(ctx context.Context, input *DisputeListInput) (*PageBody[DisputeView], error) {
	reach := s.Policy.Reach(principal(ctx), auth.DisputeRead)
	disputes, err := s.Archive.Disputes(ctx, reach, store.DisputeFilter{Plan: input.Plan, State: input.State}, input.page())
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	views := store.Paged[DisputeView]{Next: disputes.Next}
	for _, dispute := range disputes.Items {
		view, err := s.showDispute(ctx, dispute, names)
		if err != nil {
			return nil, err
		}
		views.Items = append(views.Items, view)
	}
	return paged(views, func(view DisputeView) DisputeView { return view }), nil
}

func (s *server) getDispute(ctx context.Context, input *DisputeInput) (*DisputeBody, error) {
	dispute, err := s.Archive.Dispute(ctx, s.Policy.Reach(principal(ctx), auth.DisputeRead), input.Dispute)
	if err != nil {
		return nil, err
	}
	record, err := s.Archive.Record(ctx, store.Everything(), dispute.Record)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	view, err := s.showDispute(ctx, dispute, names)
	return &DisputeBody{ETag: etag(record.Version), Body: view}, err
}

func (s *server) openDispute(ctx context.Context, input *OpenDisputeInput) (*ReceiptOutput, error) {
	reason := strings.TrimSpace(input.Body.Reason)
	if reason == "" || !plain(reason) {
		return nil, models.Refuse(models.RefusedNoReasons)
	}
	o := order{Key: input.Key, Kind: models.CommandDispute, Content: decisionContent{input.Record, models.Words{Text: reason}}}
	answer, err := s.command(ctx, principal(ctx), o, func(ctx context.Context) (prepared, error) {
		composed, err := s.composeSubmission(ctx, input.Guarded, input.Record)
		if err != nil {
			return prepared{}, err
		}
		body, err := s.composeDispute(ctx, composed)
		if err != nil {
			return prepared{}, err
		}
		words, err := composed.words()
		words.Text = reason
		return prepared{
			Obligation: composed.record.Obligation, Body: body, Words: words,
			Seen: models.Seen{Record: composed.record.Version}, For: s.claimantBehalf(ctx, composed.record),
		}, err
	})
	if err != nil {
		return nil, err
	}
	return s.receipt(ctx, answer, input.Record)
}

// composeDispute names who holds the enterprise now. Without a holder there is
// nothing to dispute: the record can simply be submitted.
func (s *server) composeDispute(ctx context.Context, composed submission) (models.Dispute, error) {
	content := composed.record.Content
	claim, err := s.Archive.Claim(ctx, composed.record.Obligation.Plan, content.Kind, content.Enterprise)
	if errors.Is(err, store.ErrNotFound) {
		said := problem.New(problem.Code(models.RefusedRecordState), "record", string(composed.record.ID))
		said.Detail = "该企业现在无人申报，请直接提交。"
		return models.Dispute{}, said
	}
	if err != nil {
		return models.Dispute{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return models.Dispute{}, fmt.Errorf("make a dispute's ID: %w", err)
	}
	return models.Dispute{
		Submit: composed.submit(), Dispute: models.DisputeID(id.String()),
		Holder: claim.Record, HolderObligation: claim.Obligation,
	}, nil
}

// adjudicate is a command on two obligations, so the engine carries it; its
// idempotency is that of every command.
func (s *server) adjudicate(ctx context.Context, input *AdjudicateInput) (*ReceiptOutput, error) {
	reason := strings.TrimSpace(input.Body.Reason)
	if reason == "" || !plain(reason) {
		return nil, models.Refuse(models.RefusedNoReasons)
	}
	who := principal(ctx)
	o := order{Key: input.Key, Kind: models.CommandAdjudicate, Content: struct {
		Dispute models.DisputeID `json:"dispute"`
		Upheld  bool             `json:"upheld"`
		Reason  string           `json:"reason"`
	}{input.Dispute, input.Body.Upheld, reason}}
	id, digest, err := identify(who, o)
	if err != nil {
		return nil, err
	}
	if !s.inFlight.take(id) {
		return nil, problem.New(problem.IdempotencyBusy)
	}
	defer s.inFlight.release(id)
	answer, record, err := s.giveAdjudication(ctx, input, id, digest, reason)
	s.Metrics.command(o.Kind, err)
	if err != nil {
		return nil, err
	}
	return s.receipt(ctx, answer, record)
}

func (s *server) giveAdjudication(ctx context.Context, input *AdjudicateInput, id models.CommandID, digest, reason string) (*CommandOutput, models.RecordID, error) {
	dispute, err := s.Archive.Dispute(ctx, s.Policy.Reach(principal(ctx), auth.DisputeRead), input.Dispute)
	if err != nil {
		return nil, "", err
	}
	stored, err := s.Archive.Command(ctx, id)
	switch {
	case err == nil && stored.ContentDigest != digest:
		return nil, "", problem.New(problem.IdempotencyReused)
	case err == nil && stored.State == store.CommandApplied:
		answer, err := applied(input.Key, stored)
		return answer, dispute.Record, err
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return nil, "", fmt.Errorf("look for command %s: %w", id, err)
	}
	adjudication, err := s.composeAdjudication(ctx, input, dispute)
	if err != nil {
		return nil, "", err
	}
	adjudication.Command.ID = id
	row, err := s.receiveAdjudication(ctx, id, digest, reason, dispute, input.Body.Upheld)
	if err != nil {
		return nil, "", err
	}
	receipt, err := s.adjudicationReceipt(ctx, id, s.Engine.Adjudicate(ctx, adjudication))
	answer, err := s.settle(ctx, input.Key, row, receipt, err)
	if _, refused := models.AsRefusal(err); refused {
		err = errors.Join(err, s.Archive.ForgetCommand(ctx, workflows.YieldCommandID(id)))
	}
	return answer, dispute.Record, err
}

// receiveAdjudication keeps the decision with its reason, and the reason for the
// holder as well when the claim is taken away.
func (s *server) receiveAdjudication(
	ctx context.Context, id models.CommandID, digest, reason string, dispute store.Dispute, upheld bool,
) (store.CommandRow, error) {
	decision := store.CommandRow{
		ID: id, Subject: dispute.Obligation.Subject(), Kind: models.CommandAdjudicate, Account: principal(ctx).Account,
		ContentDigest: digest, Words: models.Words{Text: reason}, ReceivedAt: s.now(),
	}
	row, fresh, err := s.Archive.ReceiveCommand(ctx, decision)
	switch {
	case err != nil:
		return row, fmt.Errorf("receive command %s: %w", id, err)
	case !fresh && row.ContentDigest != digest:
		return row, problem.New(problem.IdempotencyReused)
	case !upheld:
		return row, nil
	}
	yield := decision
	yield.ID, yield.Subject, yield.Kind = workflows.YieldCommandID(id), dispute.HolderObligation.Subject(), models.CommandYield
	if _, _, err := s.Archive.ReceiveCommand(ctx, yield); err != nil {
		return row, fmt.Errorf("receive command %s: %w", yield.ID, err)
	}
	return row, nil
}

// adjudicationReceipt reads from the archive the sequence of what the workflow
// wrote.
func (s *server) adjudicationReceipt(ctx context.Context, id models.CommandID, err error) (workflows.Receipt, error) {
	if err != nil {
		return workflows.Receipt{}, err
	}
	row, err := s.Archive.Command(ctx, id)
	if err != nil {
		return workflows.Receipt{}, fmt.Errorf("read command %s: %w", id, err)
	}
	return workflows.Receipt{Sequence: row.Sequence}, nil
}

// composeAdjudication checks who decides, and on what they saw. Nobody decides
// on either side's behalf who is one of the two or stands in for them.
func (s *server) composeAdjudication(ctx context.Context, input *AdjudicateInput, dispute store.Dispute) (workflows.AdjudicationInput, error) {
	who := principal(ctx)
	sides := []models.CadreID{dispute.Obligation.Cadre, dispute.HolderObligation.Cadre}
	behalf, may := s.Policy.Behalf(who, auth.DisputeAdjudicate, dispute.UnitPath, "")
	switch {
	case !may:
		return workflows.AdjudicationInput{}, forbidden("该争议不在您裁定的范围内。")
	case slices.ContainsFunc(sides, who.ActsFor):
		return workflows.AdjudicationInput{}, models.Refuse(models.RefusedOwnClaim, "record", string(dispute.Record))
	}
	record, err := s.Archive.Record(ctx, store.Everything(), dispute.Record)
	if err != nil {
		return workflows.AdjudicationInput{}, err
	}
	if err := unchanged(input.Guarded, record); err != nil {
		return workflows.AdjudicationInput{}, err
	}
	loaded, err := s.Archive.LoadObligation(ctx, dispute.Obligation)
	if err != nil {
		return workflows.AdjudicationInput{}, err
	}
	calendar, err := s.Archive.Calendar(ctx)
	if err != nil {
		return workflows.AdjudicationInput{}, err
	}
	body := models.Adjudicate{Record: dispute.Record, Dispute: dispute.ID, Upheld: input.Body.Upheld}
	if body.Upheld {
		body.ReviewDue = calendar.Deadline(s.now(), loaded.Rules.StageWorkingDays(loaded.Rules.FirstStage()))
	}
	return workflows.AdjudicationInput{
		Command:  models.Command{At: s.now(), Actor: who.ActorFor(behalf), Seen: models.Seen{Record: record.Version}, Body: body},
		Claimant: dispute.Obligation, Holder: dispute.HolderObligation, HolderRecord: dispute.HolderRecord,
	}, nil
}
