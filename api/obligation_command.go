package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// commandPath is what every command on an obligation has in common.
type commandPath struct {
	Keyed
	Guarded
	Obligation string `path:"obligation" maxLength:"140" doc:"帮扶责任：计划.干部编号" example:"tianjin-2013.TJ-0001"`
}

// Commanding is commandPath under an embedded name that the framework reads.
type Commanding = commandPath

// SuspendInput is the request to suspend.
type SuspendInput struct {
	Commanding
	Body struct {
		From     models.Date       `json:"from" format:"date" doc:"中止的第一日" example:"2014-03-01"`
		Until    models.Date       `json:"until,omitzero" format:"date" doc:"最后一日；未定时不填"`
		Ground   models.Ground     `json:"ground" maxLength:"48" doc:"事由" example:"illness"`
		Document models.EvidenceID `json:"document" minLength:"1" maxLength:"64" doc:"文件依据的材料编号"`
		Remark   string            `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
	}
}

// ResumeInput is the request to resume.
type ResumeInput struct {
	Commanding
	Body struct {
		On     models.Date `json:"on" format:"date" doc:"恢复计时的第一日" example:"2014-06-01"`
		Remark string      `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
	}
}

// ExtendInput is the request to extend.
type ExtendInput struct {
	Commanding
	Body struct {
		Kinds    []models.Kind     `json:"kinds" minItems:"1" maxItems:"3" enum:"introduce,found,transform" doc:"指标项"`
		Due      models.Date       `json:"due" format:"date" doc:"新的到期日" example:"2016-06-30"`
		Ground   models.Ground     `json:"ground" maxLength:"48" doc:"事由" example:"force-majeure"`
		Document models.EvidenceID `json:"document" minLength:"1" maxLength:"64" doc:"文件依据的材料编号"`
		Remark   string            `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
	}
}

// ExemptInput is the request to exempt.
type ExemptInput struct {
	Commanding
	Body struct {
		Kinds    []models.Kind     `json:"kinds" minItems:"1" maxItems:"3" enum:"introduce,found,transform" doc:"指标项"`
		Ground   models.Ground     `json:"ground" maxLength:"48" doc:"事由" example:"illness"`
		Document models.EvidenceID `json:"document" minLength:"1" maxLength:"64" doc:"文件依据的材料编号"`
		Remark   string            `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
	}
}

// TransferInput is the request to transfer.
type TransferInput struct {
	Commanding
	Body struct {
		To       models.UnitID     `json:"to" minLength:"1" maxLength:"64" doc:"接收单位" example:"120102"`
		On       models.Date       `json:"on" format:"date" doc:"移交日期" example:"2014-06-01"`
		Document models.EvidenceID `json:"document" minLength:"1" maxLength:"64" doc:"文件依据的材料编号"`
		Remark   string            `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
	}
}

// AdoptPolicyInput is the request to adopt policy.
type AdoptPolicyInput struct {
	Commanding
	Body struct {
		Version  models.PolicyVersion `json:"version" minimum:"1" doc:"政策版本" example:"2"`
		Document models.EvidenceID    `json:"document" minLength:"1" maxLength:"64" doc:"文件依据的材料编号"`
		Remark   string               `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
	}
}

// CloseInput is the request to close.
type CloseInput struct {
	Commanding
	Body struct {
		Ground   models.Ground     `json:"ground" maxLength:"48" doc:"事由；fulfilled 为全部完成" example:"retirement"`
		Document models.EvidenceID `json:"document,omitempty" maxLength:"64" doc:"文件依据的材料编号；全部完成时可不填"`
		Remark   string            `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
	}
}

// RevokeInput is the request to revoke.
type RevokeInput struct {
	Commanding
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
	Body   struct {
		Document models.EvidenceID `json:"document" minLength:"1" maxLength:"64" doc:"文件依据的材料编号"`
		Remark   string            `json:"remark" minLength:"1" maxLength:"2000" doc:"撤销的理由"`
	}
}

// OrderedOutput answers a command with the obligation's new entity tag.
type OrderedOutput struct {
	Status     int
	Location   string `header:"Location"`
	RetryAfter string `header:"Retry-After"`
	ETag       string `header:"ETag"`
	Body       CommandAnswer
}

func registerObligationCommands(api huma.API, s *server) {
	act := func(id, path, summary string, permission auth.Permission) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: "/obligations/{obligation}/" + path, Tags: []string{"帮扶责任"},
			Summary: summary, Description: "须带 Idempotency-Key，以及帮扶责任的 ETag 作为 If-Match。适用的政策要求第二人批准时答 202，state 为 proposed，到 Location 所示的待批事项查看；批准后才生效。",
		}, permission, ReachObject)
	}
	huma.Register(api, act("suspend-obligation", "suspend", "中止计时", auth.ObligationSuspend), s.suspend)
	huma.Register(api, act("resume-obligation", "resume", "恢复计时", auth.ObligationResume), s.resume)
	huma.Register(api, act("extend-obligation", "extend", "延期", auth.ObligationExtend), s.extend)
	huma.Register(api, act("exempt-obligation", "exempt", "免除", auth.ObligationExempt), s.exempt)
	huma.Register(api, act("transfer-obligation", "transfer", "移交", auth.ObligationTransfer), s.transfer)
	huma.Register(api, act("adopt-policy", "adopt-policy", "采用新版政策", auth.ObligationAdoptPolicy), s.adoptPolicy)
	huma.Register(api, act("close-obligation", "close", "办结", auth.ObligationClose), s.closeObligation)
	huma.Register(api, act("revoke-credit", "records/{record}/revoke", "撤销认定", auth.RecordRevoke), s.revoke)
}

// clockCommand is a command of those who keep the clock, before it is composed.
type clockCommand struct {
	path       commandPath
	permission auth.Permission
	body       models.CommandBody
	document   models.EvidenceID
	remark     string
}

// content is what a repeated request is told by.
func (c clockCommand) content() any {
	return struct {
		Obligation string             `json:"obligation"`
		Body       models.CommandBody `json:"body"`
		Remark     string             `json:"remark"`
	}{c.path.Obligation, c.body, c.remark}
}

// clock gives a command to an obligation, once the caller may, the document is
// there, and nothing changed since they looked.
func (s *server) clock(ctx context.Context, c clockCommand) (*OrderedOutput, error) {
	c.remark = strings.TrimSpace(c.remark)
	if !plain(c.remark) {
		return nil, invalid("body.remark", "含有无法识别的字符，请以 UTF-8 提交")
	}
	o := order{Key: c.path.Key, Kind: c.body.CommandKind(), Content: c.content()}
	if proposed, err := s.propose(ctx, c, o); proposed != nil || err != nil {
		return proposed, err
	}
	answer, err := s.command(ctx, principal(ctx), o, func(ctx context.Context) (prepared, error) {
		item, err := s.obligationAt(ctx, c.path.Obligation)
		if err != nil {
			return prepared{}, err
		}
		if err := s.commandable(ctx, c, item); err != nil {
			return prepared{}, err
		}
		behalf, _ := s.Policy.Behalf(principal(ctx), c.permission, item.UnitPath, "")
		return prepared{
			Obligation: item.Obligation.ID, Body: c.body, Words: models.Words{Text: c.remark},
			Seen: models.Seen{Sequence: item.Obligation.Sequence}, For: behalf,
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return ordered(answer), nil
}

// commandable says why the caller may not give the command to an obligation.
func (s *server) commandable(ctx context.Context, c clockCommand, item store.ObligationItem) error {
	who := principal(ctx)
	switch {
	case !s.Policy.May(who, c.permission, item.UnitPath):
		return forbidden("该帮扶责任不在您办理此事项的范围内。")
	case who.ActsFor(item.Obligation.ID.Cadre):
		// Nobody decides on their own duty, nor on that of whom they stand in for.
		return forbidden("这是您本人或您代理的干部的帮扶责任，您应当回避。")
	}
	if err := c.path.matches(item.Obligation.Sequence); err != nil {
		return err
	}
	return s.requireDocument(ctx, c.document)
}

// propose keeps the command for a second person, if the policy of the obligation
// wants one; otherwise it answers nothing, and the command takes effect at once.
func (s *server) propose(ctx context.Context, c clockCommand, o order) (*OrderedOutput, error) {
	who := principal(ctx)
	key, digest, err := identify(who, o)
	if err != nil {
		return nil, err
	}
	if stored, err := s.Archive.ProposalByCommand(ctx, key); !errors.Is(err, store.ErrNotFound) {
		return proposedAnswer(c, stored, digest, err)
	}
	if _, err := s.Archive.Command(ctx, key); !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	item, err := s.obligationAt(ctx, c.path.Obligation)
	if err != nil {
		return nil, err
	}
	rules, err := s.Archive.Rules(ctx, item.Obligation.Policy)
	if err != nil || !rules.WantsSecondApproval(c.body.CommandKind()) {
		return nil, err
	}
	if err := s.commandable(ctx, c, item); err != nil {
		return nil, err
	}
	command := models.Command{ID: key, At: s.now(), Actor: who.Actor(), Body: c.body}
	if err := item.Obligation.Propose(command, rules); err != nil {
		return nil, err
	}
	stored, _, err := s.Archive.Propose(ctx, store.Proposal{
		ID: newProposalID(), Plan: item.Obligation.ID.Plan, Body: c.body, Document: c.document, Remark: c.remark,
		UnitPath: item.UnitPath, Proposer: who.Account, ProposedAt: s.now(), State: store.ProposalOpen,
		Command: key, Digest: digest,
	}, []store.ProposalPart{{Obligation: item.Obligation.ID, Sequence: item.Obligation.Sequence}})
	return proposedAnswer(c, stored, digest, err)
}

// proposedAnswer says that nothing has taken effect yet, and where it waits.
func proposedAnswer(c clockCommand, proposal store.Proposal, digest string, err error) (*OrderedOutput, error) {
	switch {
	case err != nil:
		return nil, err
	case proposal.Digest != digest:
		return nil, problem.New(problem.IdempotencyReused)
	}
	id, err := models.ParseObligationID(c.path.Obligation)
	if err != nil {
		return nil, fmt.Errorf("answer proposal %s: %w", proposal.ID, err)
	}
	return &OrderedOutput{
		Status: http.StatusAccepted, Location: Prefix + "/proposals/" + string(proposal.ID),
		Body: CommandAnswer{
			Key: c.path.Key, Kind: c.body.CommandKind(), Subject: id.Subject(), Obligation: id.String(), State: "proposed", Proposal: proposal.ID,
		},
	}, nil
}

// requireDocument: a decision rests on a document that its maker can read.
func (s *server) requireDocument(ctx context.Context, id models.EvidenceID) error {
	if id == "" {
		return nil
	}
	document, err := s.readableEvidence(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return invalid("body.document", "没有这份文件，请先上传")
	case err != nil:
		return err
	case document.Purpose != store.EvidenceDocument:
		return invalid("body.document", "这份材料不是以文件依据（document）上传的")
	}
	return nil
}

func (s *server) suspend(ctx context.Context, input *SuspendInput) (*OrderedOutput, error) {
	b := input.Body
	return s.clock(ctx, clockCommand{
		path: input.Commanding, permission: auth.ObligationSuspend, document: b.Document, remark: b.Remark,
		body: models.Suspend{From: b.From, Until: b.Until, Ground: b.Ground, Document: b.Document},
	})
}

func (s *server) resume(ctx context.Context, input *ResumeInput) (*OrderedOutput, error) {
	return s.clock(ctx, clockCommand{
		path: input.Commanding, permission: auth.ObligationResume, remark: input.Body.Remark,
		body: models.Resume{On: input.Body.On},
	})
}

func (s *server) extend(ctx context.Context, input *ExtendInput) (*OrderedOutput, error) {
	b := input.Body
	return s.clock(ctx, clockCommand{
		path: input.Commanding, permission: auth.ObligationExtend, document: b.Document, remark: b.Remark,
		body: models.Extend{Kinds: b.Kinds, Due: b.Due, Ground: b.Ground, Document: b.Document},
	})
}

func (s *server) exempt(ctx context.Context, input *ExemptInput) (*OrderedOutput, error) {
	b := input.Body
	return s.clock(ctx, clockCommand{
		path: input.Commanding, permission: auth.ObligationExempt, document: b.Document, remark: b.Remark,
		body: models.Exempt{Kinds: b.Kinds, Ground: b.Ground, Document: b.Document},
	})
}

func (s *server) transfer(ctx context.Context, input *TransferInput) (*OrderedOutput, error) {
	b := input.Body
	unit, err := s.requireUnit(ctx, b.To, "body.to")
	if err != nil {
		return nil, err
	}
	if !unit.ValidOn(models.DateOf(s.now())) || unit.Kind == models.UnitGroup {
		return nil, invalid("body.to", "该单位现在不存在，或是单位组，不能接收")
	}
	return s.clock(ctx, clockCommand{
		path: input.Commanding, permission: auth.ObligationTransfer, document: b.Document, remark: b.Remark,
		body: models.Transfer{To: b.To, On: b.On, Document: b.Document},
	})
}

func (s *server) adoptPolicy(ctx context.Context, input *AdoptPolicyInput) (*OrderedOutput, error) {
	b := input.Body
	if err := s.requirePolicy(ctx, b.Version); err != nil {
		return nil, err
	}
	return s.clock(ctx, clockCommand{
		path: input.Commanding, permission: auth.ObligationAdoptPolicy, document: b.Document, remark: b.Remark,
		body: models.AdoptPolicy{Version: b.Version, Document: b.Document},
	})
}

func (s *server) closeObligation(ctx context.Context, input *CloseInput) (*OrderedOutput, error) {
	b := input.Body
	return s.clock(ctx, clockCommand{
		path: input.Commanding, permission: auth.ObligationClose, document: b.Document, remark: b.Remark,
		body: models.Close{Ground: b.Ground, Document: b.Document},
	})
}

func (s *server) revoke(ctx context.Context, input *RevokeInput) (*OrderedOutput, error) {
	return s.clock(ctx, clockCommand{
		path: input.Commanding, permission: auth.RecordRevoke, document: input.Body.Document, remark: input.Body.Remark,
		body: models.Revoke{Record: input.Record, Document: input.Body.Document},
	})
}
