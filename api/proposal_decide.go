package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/workflows"
)

// DecideProposalInput is the request to approve, reject or withdraw.
type DecideProposalInput struct {
	Keyed
	Guarded
	ProposalInput
	Body struct {
		Remark string `json:"remark,omitempty" maxLength:"2000" doc:"说明；不批准时必填"`
	}
}

func registerProposalDecisions(api huma.API, s *server) {
	act := func(id, path, summary, description string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: "/proposals/{proposal}/" + path, Tags: []string{"待批事项"},
			Summary: summary, Description: description + "须带 Idempotency-Key，以及事项的 ETag 作为 If-Match：事项或所涉的帮扶责任有变化时答 412。",
		}, auth.ObligationRead, ReachObject)
	}
	huma.Register(api, act("approve-proposal", "approve", "批准",
		"须有办理该事项的权限，且不是提出人。批准后逐项办理；答 202 时尚未办完，到 Location 查看进度。"), s.approveProposal)
	huma.Register(api, act("reject-proposal", "reject", "不批准", "须写明理由。"), s.rejectProposal)
	huma.Register(api, act("withdraw-proposal", "withdraw", "撤回", "由提出人在批准前撤回。"), s.withdrawProposal)
}

// decideProposal is what the three decisions have in common.
func (s *server) decideProposal(ctx context.Context, input *DecideProposalInput, state store.ProposalState, kind models.CommandKind,
	check func(store.Proposal) error,
) (store.Proposal, error) {
	who := principal(ctx)
	proposal, err := s.visibleProposal(ctx, input.Proposal)
	if err != nil {
		return store.Proposal{}, err
	}
	key, _, err := identify(who, order{Key: input.Key, Kind: kind, Content: input.Proposal})
	if err != nil {
		return store.Proposal{}, err
	}
	// A decision that is given again is answered as it was taken.
	if proposal.Decision != key {
		if err := check(proposal); err != nil {
			return store.Proposal{}, err
		}
	}
	remark := strings.TrimSpace(input.Body.Remark)
	if !plain(remark) {
		return store.Proposal{}, invalid("body.remark", "含有无法识别的字符，请以 UTF-8 提交")
	}
	if state == store.ProposalRejected && remark == "" {
		return store.Proposal{}, invalid("body.remark", "请写明不批准的理由")
	}
	seen, err := input.seen()
	if err != nil {
		return store.Proposal{}, err
	}
	return s.Archive.DecideProposal(ctx, store.ProposalDecision{
		Proposal: proposal.ID, State: state, By: who.Account, Command: key, Remark: remark, Seen: seen,
	}, s.now())
}

func (s *server) approveProposal(ctx context.Context, input *DecideProposalInput) (*ProposalBody, error) {
	decided, err := s.decideProposal(ctx, input, store.ProposalApproved, "approve", func(proposal store.Proposal) error {
		if fault, err := s.mayDecide(ctx, proposal); fault != nil || err != nil {
			return errors.Join(fault, err)
		}
		if proposal.Document != "" {
			// Whoever approves must have been able to read what it rests on.
			if _, err := s.readableEvidence(ctx, proposal.Document); errors.Is(err, store.ErrNotFound) {
				return forbidden("您看不到这件事项的文件依据，不能批准。")
			} else if err != nil {
				return err
			}
		}
		if _, err := input.seen(); err != nil {
			return err
		}
		return s.foreseen(ctx, proposal)
	})
	if err != nil {
		return nil, err
	}
	return s.carried(ctx, decided)
}

// foreseen refuses to approve for one obligation what would be refused there
// now; the proposal stays open, and nothing is lost. Of many, the others go on.
func (s *server) foreseen(ctx context.Context, proposal store.Proposal) error {
	if proposal.Size != 1 {
		return nil
	}
	parts, err := s.Archive.ProposalParts(ctx, proposal.ID, store.PartPending, store.Page{Size: 1})
	if err != nil || len(parts.Items) == 0 {
		return err
	}
	loaded, err := s.Archive.LoadObligation(ctx, parts.Items[0].Obligation)
	if err != nil {
		return err
	}
	actor := principal(ctx).Actor()
	actor.Proposer = proposal.Proposer
	_, err = loaded.Obligation.Decide(models.Command{
		ID: proposal.ID.CommandFor(loaded.Obligation.ID), At: s.now(), Actor: actor, Body: proposal.Body,
	}, loaded.Rules)
	return err
}

// carried has an approved proposal carried out and waits a little. An approval
// stands even while the engine is away: it is carried out once it is back.
func (s *server) carried(ctx context.Context, proposal store.Proposal) (*ProposalBody, error) {
	status := http.StatusOK
	switch err := s.Engine.Carry(ctx, proposal.ID); {
	case errors.Is(err, workflows.ErrPending), errors.Is(err, workflows.ErrUnavailable):
		status = http.StatusAccepted
	case err != nil:
		return nil, err
	}
	if after, err := s.Archive.Proposal(ctx, store.Everything(), proposal.ID); err == nil {
		proposal = after
	}
	body, err := s.proposalBody(ctx, proposal, status)
	if err != nil {
		return nil, err
	}
	if status == http.StatusAccepted {
		body.Location, body.RetryAfter = Prefix+"/proposals/"+string(proposal.ID), "2"
	}
	return body, nil
}

func (s *server) rejectProposal(ctx context.Context, input *DecideProposalInput) (*ProposalBody, error) {
	decided, err := s.decideProposal(ctx, input, store.ProposalRejected, "reject", func(proposal store.Proposal) error {
		fault, err := s.mayDecide(ctx, proposal)
		return errors.Join(fault, err)
	})
	if err != nil {
		return nil, err
	}
	return s.proposalBody(ctx, decided, http.StatusOK)
}

func (s *server) withdrawProposal(ctx context.Context, input *DecideProposalInput) (*ProposalBody, error) {
	decided, err := s.decideProposal(ctx, input, store.ProposalWithdrawn, "withdraw", func(proposal store.Proposal) error {
		if proposal.Proposer != principal(ctx).Account {
			return forbidden("只有提出人可以撤回；有权批准的人可以不批准。")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.proposalBody(ctx, decided, http.StatusOK)
}
