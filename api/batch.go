package api

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// batchMost is how many obligations one batch holds. More is refused before it
// begins, never cut off.
const batchMost = 2_000

// BatchOrder is a command for many obligations: which ones, by their IDs or by
// the list's own query, and what.
type BatchOrder struct {
	Kind        models.CommandKind `json:"kind" enum:"suspend,resume,extend,exempt,transfer,close,adopt-policy" doc:"事项"`
	Obligations []string           `json:"obligations,omitempty" doc:"帮扶责任；不填时按 query 选取"`
	Query       *obligationFilter  `json:"query,omitempty" doc:"与列表同一组筛选条件，须指明 plan；obligations 非空时不用"`

	From     models.Date          `json:"from,omitzero" format:"date" doc:"中止的第一日"`
	Until    models.Date          `json:"until,omitzero" format:"date" doc:"中止的最后一日；未定时不填"`
	On       models.Date          `json:"on,omitzero" format:"date" doc:"恢复或移交的日期"`
	Due      models.Date          `json:"due,omitzero" format:"date" doc:"新的到期日"`
	Kinds    []models.Kind        `json:"kinds,omitempty" maxItems:"3" enum:"introduce,found,transform" doc:"指标项"`
	Ground   models.Ground        `json:"ground,omitempty" maxLength:"48" doc:"事由"`
	To       models.UnitID        `json:"to,omitempty" maxLength:"64" doc:"接收单位"`
	Version  models.PolicyVersion `json:"version,omitempty" doc:"政策版本"`
	Document models.EvidenceID    `json:"document,omitempty" maxLength:"64" doc:"文件依据的材料编号"`
	Remark   string               `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
}

// RehearseBatchInput asks what a batch would do.
type RehearseBatchInput struct {
	Body BatchOrder
}

// GiveBatchInput confirms what was rehearsed: If-Match is the rehearsal's tag.
type GiveBatchInput struct {
	Keyed
	Guarded
	Body BatchOrder
}

// BatchRowView is the verdict for one obligation.
type BatchRowView struct {
	Obligation string   `json:"obligation" doc:"帮扶责任"`
	Cadre      CadreRef `json:"cadre" doc:"干部"`
	Unit       UnitRef  `json:"unit" doc:"单位"`
	Light      Coded    `json:"light" doc:"灯"`
	Possible   bool     `json:"possible" doc:"能否如此办理"`
	Code       string   `json:"code,omitempty" doc:"不能办理的问题代码"`
	Reason     string   `json:"reason,omitempty" doc:"不能办理的原因"`
}

// RehearsalBody answers what a batch would do, with a verdict for each row.
type RehearsalBody struct {
	ETag string `header:"ETag"`
	Body struct {
		Scope    string         `json:"scope" doc:"选中的范围" example:"行动计划；单位：和平区；灯：红灯；共 12 项"`
		Text     string         `json:"text" doc:"办理的内容"`
		Total    int            `json:"total" doc:"选中的项数"`
		Possible int            `json:"possible" doc:"可以办理的项数"`
		Refused  int            `json:"refused" doc:"不能办理的项数"`
		Second   bool           `json:"secondApproval" doc:"是否须经第二人批准"`
		Most     int            `json:"most" doc:"一次至多办理的项数"`
		Rows     []BatchRowView `json:"rows" doc:"逐项的结论，不能办理的在前"`
	}
}

func registerBatch(api huma.API, s *server) {
	most := strconv.Itoa(batchMost)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "rehearse-batch", Method: http.MethodPost, Path: "/batches/rehearsal", Tags: []string{"待批事项"},
		Summary: "批量办理：试算", Description: "逐项给出结论，什么也不改变。一次至多 " + most + " 项，超过时拒绝而不截断。",
	}, auth.ObligationRead, ReachList), s.rehearseBatch)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "give-batch", Method: http.MethodPost, Path: "/batches", Tags: []string{"待批事项"},
		Summary: "批量办理：确认", Description: "须带 Idempotency-Key，以及试算的 ETag 作为 If-Match：选中的范围或其中任何一项有变化时答 412。" +
			"政策要求第二人批准的，等待批准；否则立即逐项办理。一项不能办理，不影响其他。",
	}, auth.ObligationRead, ReachList)), s.giveBatch)
}

// batch is what an order comes to as of now.
type batch struct {
	order    BatchOrder
	body     models.CommandBody
	items    []store.ObligationItem
	refusals []*models.Refusal
	second   bool
	possible int
	scope    string
	names    *directory
}

func (s *server) rehearseBatch(ctx context.Context, input *RehearseBatchInput) (*RehearsalBody, error) {
	b, err := s.rehearse(ctx, input.Body)
	if err != nil {
		return nil, err
	}
	out := &RehearsalBody{ETag: etag(b.tag())}
	out.Body.Scope, out.Body.Text, out.Body.Total = b.scope, b.names.orderText(b.body), len(b.items)
	out.Body.Possible, out.Body.Refused, out.Body.Second, out.Body.Most = b.possible, len(b.items)-b.possible, b.second, batchMost
	out.Body.Rows = make([]BatchRowView, 0, len(b.items))
	for _, refused := range []bool{true, false} {
		for i, item := range b.items {
			if (b.refusals[i] != nil) == refused {
				out.Body.Rows = append(out.Body.Rows, b.row(item, b.refusals[i]))
			}
		}
	}
	return out, nil
}

func (b *batch) row(item store.ObligationItem, refusal *models.Refusal) BatchRowView {
	view := BatchRowView{
		Obligation: item.Obligation.ID.String(), Cadre: b.names.cadre(item.Obligation.ID.Cadre), Unit: b.names.unit(item.Obligation.Unit),
		Light: codedAs(item.Standing.Light, lightTexts[item.Standing.Light]), Possible: refusal == nil,
	}
	if refusal != nil {
		view.Code, view.Reason = string(refusal.Code), problem.Of(refusal).Detail
	}
	return view
}

// tag names exactly what was rehearsed: the obligations, how far each had come,
// and what was said of it.
func (b *batch) tag() int64 {
	hash := fnv.New64a()
	for i, item := range b.items {
		code := models.RefusalCode("")
		if b.refusals[i] != nil {
			code = b.refusals[i].Code
		}
		// Writing to a hash never fails.
		_, _ = fmt.Fprintf(hash, "%s:%d:%s\n", item.Obligation.ID, item.Obligation.Sequence, code)
	}
	return int64(hash.Sum64() >> 1)
}

// rehearse finds the obligations and asks the rules about each of them.
func (s *server) rehearse(ctx context.Context, order BatchOrder) (*batch, error) {
	who := principal(ctx)
	permission := commandPermissions[order.Kind]
	if !s.Policy.Holds(who, permission) {
		return nil, forbidden("您的职责不包括此事项。")
	}
	reach := s.Policy.Reach(who, permission)
	reach.Cadres = nil
	b := &batch{order: order}
	var err error
	if b.body, err = s.batchBody(ctx, order); err != nil {
		return nil, err
	}
	if b.names, err = s.directory(ctx); err != nil {
		return nil, err
	}
	if len(order.Obligations) > 0 {
		err = s.chosen(ctx, b, reach)
	} else {
		err = s.queried(ctx, b, reach)
	}
	if err != nil {
		return nil, err
	}
	people := make([]person, len(b.items))
	for i, item := range b.items {
		people[i] = person{id: item.Obligation.ID.Cadre, unitPath: item.UnitPath}
	}
	if err := s.learn(ctx, b.names, people...); err != nil {
		return nil, err
	}
	return b, s.judge(ctx, b)
}

// batchBody is the order as the rules take it. What each obligation says to it is
// theirs to judge; what is wrong for all is refused here.
func (s *server) batchBody(ctx context.Context, order BatchOrder) (models.CommandBody, error) {
	if !plain(order.Remark) {
		return nil, invalid("body.remark", "含有无法识别的字符，请以 UTF-8 提交")
	}
	if err := s.requireDocument(ctx, order.Document); err != nil {
		return nil, err
	}
	switch order.Kind {
	case models.CommandSuspend:
		return models.Suspend{From: order.From, Until: order.Until, Ground: order.Ground, Document: order.Document}, nil
	case models.CommandResume:
		return models.Resume{On: order.On}, nil
	case models.CommandExtend:
		return models.Extend{Kinds: order.Kinds, Due: order.Due, Ground: order.Ground, Document: order.Document}, nil
	case models.CommandExempt:
		return models.Exempt{Kinds: order.Kinds, Ground: order.Ground, Document: order.Document}, nil
	case models.CommandClose:
		return models.Close{Ground: order.Ground, Document: order.Document}, nil
	case models.CommandTransfer:
		unit, err := s.requireUnit(ctx, order.To, "body.to")
		if err != nil {
			return nil, err
		}
		if !unit.ValidOn(models.DateOf(s.now())) || unit.Kind == models.UnitGroup {
			return nil, invalid("body.to", "该单位现在不存在，或是单位组，不能接收")
		}
		return models.Transfer{To: order.To, On: order.On, Document: order.Document}, nil
	case models.CommandAdoptPolicy:
		if err := s.requirePolicy(ctx, order.Version); err != nil {
			return nil, err
		}
		return models.AdoptPolicy{Version: order.Version, Document: order.Document}, nil
	default:
		return nil, invalid("body.kind", "没有这种事项")
	}
}

// judge asks the rules, and the archive what is proposed already, row by row.
func (s *server) judge(ctx context.Context, b *batch) error {
	ids := make([]models.ObligationID, len(b.items))
	for i, item := range b.items {
		ids[i] = item.Obligation.ID
	}
	open, err := s.Archive.OpenProposals(ctx, b.order.Kind, ids)
	if err != nil {
		return err
	}
	actor, now := principal(ctx).Actor(), s.now()
	b.refusals = make([]*models.Refusal, len(b.items))
	for i, item := range b.items {
		rules, err := s.Archive.Rules(ctx, item.Obligation.Policy)
		if err != nil {
			return err
		}
		command := models.Command{ID: "rehearsal", At: now, Actor: actor, Body: b.body}
		err = item.Obligation.Propose(command, rules)
		refusal, refused := models.AsRefusal(err)
		switch {
		case refused:
			b.refusals[i] = refusal
		case err != nil:
			return err
		case open[item.Obligation.ID]:
			b.refusals[i] = models.Refuse(store.RefusedProposalOpen)
		default:
			b.possible++
			b.second = b.second || rules.WantsSecondApproval(b.order.Kind)
		}
	}
	return nil
}

// giveBatch confirms a rehearsal. What was refused there stays refused, with its
// reason, in the list of the batch.
func (s *server) giveBatch(ctx context.Context, input *GiveBatchInput) (*ProposalBody, error) {
	who := principal(ctx)
	if !s.Policy.Holds(who, commandPermissions[input.Body.Kind]) {
		return nil, forbidden("您的职责不包括此事项。")
	}
	key, digest, err := identify(who, order{Key: input.Key, Kind: input.Body.Kind, Content: input.Body})
	if err != nil {
		return nil, err
	}
	if !s.inFlight.take(key) {
		return nil, problem.New(problem.IdempotencyBusy)
	}
	defer s.inFlight.release(key)
	stored, err := s.Archive.ProposalByCommand(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		stored, err = s.keepBatch(ctx, input, key, digest)
	}
	switch {
	case err != nil:
		return nil, err
	case stored.Digest != digest:
		return nil, problem.New(problem.IdempotencyReused)
	case stored.State == store.ProposalApproved:
		return s.carried(ctx, stored)
	}
	body, err := s.proposalBody(ctx, stored, http.StatusAccepted)
	if err != nil {
		return nil, err
	}
	body.Location = Prefix + "/proposals/" + string(stored.ID)
	return body, nil
}

func (s *server) keepBatch(ctx context.Context, input *GiveBatchInput, key models.CommandID, digest string) (store.Proposal, error) {
	switch _, err := s.Archive.Command(ctx, key); {
	case err == nil:
		return store.Proposal{}, problem.New(problem.IdempotencyReused)
	case !errors.Is(err, store.ErrNotFound):
		return store.Proposal{}, err
	}
	if _, err := input.seen(); err != nil {
		return store.Proposal{}, err
	}
	b, err := s.rehearse(ctx, input.Body)
	if err != nil {
		return store.Proposal{}, err
	}
	if err := input.matches(b.tag()); err != nil {
		return store.Proposal{}, err
	}
	if b.possible == 0 {
		return store.Proposal{}, problem.New(problem.BatchEmpty, "rows", strconv.Itoa(len(b.items)))
	}
	proposal, parts, err := s.batchProposal(ctx, b)
	if err != nil {
		return store.Proposal{}, err
	}
	proposal.Command, proposal.Digest = key, digest
	stored, _, err := s.Archive.Propose(ctx, proposal, parts)
	return stored, err
}

// batchProposal is the batch as the archive keeps it. Where no second person is
// wanted, whoever confirmed it has decided.
func (s *server) batchProposal(ctx context.Context, b *batch) (store.Proposal, []store.ProposalPart, error) {
	who := principal(ctx)
	paths := make([]string, len(b.items))
	parts := make([]store.ProposalPart, len(b.items))
	for i, item := range b.items {
		paths[i] = item.UnitPath
		parts[i] = store.ProposalPart{Obligation: item.Obligation.ID, Sequence: item.Obligation.Sequence, Refusal: b.refusals[i]}
	}
	covering := store.CoveringPath(paths...)
	if !s.Policy.May(who, commandPermissions[b.order.Kind], covering) {
		return store.Proposal{}, nil, invalid("body.query.unit", "选中的帮扶责任分属您职责范围的不同部分，请按单位分次办理")
	}
	proposal := store.Proposal{
		ID: newProposalID(), Plan: b.items[0].Obligation.ID.Plan, Body: b.body, Document: b.order.Document,
		Remark: strings.TrimSpace(b.order.Remark), Scope: b.scope, UnitPath: covering,
		Proposer: who.Account, ProposedAt: s.now(), State: store.ProposalOpen,
	}
	if !b.second {
		proposal.State, proposal.Decider, proposal.DecidedAt = store.ProposalApproved, who.Account, proposal.ProposedAt
	}
	return proposal, parts, nil
}
