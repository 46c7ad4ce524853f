package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"golang.org/x/time/rate"

	"bangfu/models"
	"bangfu/models/store"
)

// BatchResult counts the rows of a proposal that was carried out.
type BatchResult struct {
	Applied int64 `json:"applied"`
	Refused int64 `json:"refused"`
}

// batchPage is how many rows are read at once.
const batchPage = 200

// batchHeartbeat is how often a batch shows that it lives.
const batchHeartbeat = 10 * time.Second

// CarryProposal gives the command of an approved proposal to each obligation
// that is not settled yet. The archive's outcome of each row is the place to
// resume at, and the command's ID makes a repeated row harmless.
func (a *Activities) CarryProposal(ctx context.Context, id models.ProposalID) (BatchResult, error) {
	alive := heartbeat(ctx, batchHeartbeat)
	defer alive()
	proposal, err := a.archive.Proposal(ctx, store.Everything(), id)
	if err != nil {
		return BatchResult{}, fmt.Errorf("carry out proposal %s: %w", id, err)
	}
	if proposal.State == store.ProposalApproved {
		if err := a.carry(ctx, proposal); err != nil {
			return BatchResult{}, err
		}
		if err := a.archive.FinishProposal(ctx, id, time.Now().UTC()); err != nil {
			return BatchResult{}, err
		}
	}
	progress, err := a.archive.ProposalProgress(ctx, id)
	return BatchResult{Applied: progress.Applied, Refused: progress.Refused}, err
}

// troubleMost is how many rows in a row may fail before the rest waits for the
// next attempt: then it is not the row's fault.
const troubleMost = 3

// carry walks over the pending rows. A row that can be neither taken nor refused
// now is left for the next attempt and does not hold up the others.
func (a *Activities) carry(ctx context.Context, proposal store.Proposal) error {
	decider, err := a.actor(ctx, proposal)
	if err != nil {
		return err
	}
	limiter := rate.NewLimiter(rate.Limit(a.startsPerSecond), max(1, int(a.startsPerSecond/10)))
	var failed error
	page, trouble := store.Page{Size: batchPage}, 0
	for {
		rows, err := a.archive.ProposalParts(ctx, proposal.ID, store.PartPending, page)
		if err != nil {
			return err
		}
		for _, row := range rows.Items {
			if err := limiter.Wait(ctx); err != nil {
				return err
			}
			if err := a.carryRow(ctx, proposal, row, decider); err != nil {
				failed = err
				if trouble++; trouble == troubleMost || ctx.Err() != nil {
					return failed
				}
				continue
			}
			trouble = 0
			activity.RecordHeartbeat(ctx, row.Obligation.String())
		}
		if rows.Next == "" {
			return failed
		}
		page.After = rows.Next
	}
}

// actor is who decided, with whose duties are their own: the rules refuse those.
func (a *Activities) actor(ctx context.Context, proposal store.Proposal) (models.Actor, error) {
	account, err := a.archive.Account(ctx, proposal.Decider)
	if err != nil {
		return models.Actor{}, fmt.Errorf("read who decided on proposal %s: %w", proposal.ID, err)
	}
	standing, err := a.archive.SubstitutionsBy(ctx, proposal.Decider, models.DateOf(proposal.DecidedAt))
	if err != nil {
		return models.Actor{}, fmt.Errorf("read who decided on proposal %s: %w", proposal.ID, err)
	}
	actor := models.Actor{Account: proposal.Decider, Cadre: account.Cadre}
	for _, one := range standing {
		if !slices.Contains(actor.SubstituteFor, one.For) {
			actor.SubstituteFor = append(actor.SubstituteFor, one.For)
		}
	}
	if proposal.Decider != proposal.Proposer {
		actor.Proposer = proposal.Proposer
	}
	return actor, nil
}

// carryRow gives the command to one obligation and keeps the outcome. The words
// wait beside the command, as for every other.
func (a *Activities) carryRow(ctx context.Context, proposal store.Proposal, row store.ProposalPart, decider models.Actor) error {
	command := models.Command{
		ID: proposal.ID.CommandFor(row.Obligation), At: proposal.DecidedAt, Actor: decider,
		Seen: models.Seen{Sequence: row.Sequence}, Body: proposal.Body,
	}
	_, _, err := a.archive.ReceiveCommand(ctx, store.CommandRow{
		ID: command.ID, Subject: row.Obligation.Subject(), Kind: proposal.Body.CommandKind(), Account: decider.Account,
		ContentDigest: proposal.Digest, Words: models.Words{Text: proposal.Remark}, ReceivedAt: proposal.DecidedAt,
	})
	if err != nil {
		return err
	}
	result, err := a.DeliverCommand(ctx, Delivery{Obligation: row.Obligation, Command: command})
	if err != nil {
		return fmt.Errorf("give %s: %w", command.ID, err)
	}
	if result.Refusal != nil {
		if err := a.archive.ForgetCommand(ctx, command.ID); err != nil {
			return err
		}
	}
	return a.archive.SettlePart(ctx, proposal.ID, row.Obligation, result.Refusal, time.Now().UTC())
}
