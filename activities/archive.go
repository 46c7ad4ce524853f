package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bangfu/models"
	"bangfu/models/store"
)

// LoadedObligation is the aggregate with the rules of the policy it pins. Found
// is false when the archive does not know the obligation.
type LoadedObligation struct {
	Found      bool              `json:"found"`
	Obligation models.Obligation `json:"obligation"`
	Rules      models.Rules      `json:"rules"`
}

// AppendInput is one command with the aggregate and the rules that are to decide
// it. It is handed to a local activity, so it never enters a history.
type AppendInput struct {
	Command    models.Command
	Obligation models.Obligation
	Rules      models.Rules
	Now        time.Time
}

// AppendOutcome says what the archive did with a command.
type AppendOutcome string

// The outcomes of an append.
const (
	// OutcomeAppended: the events are in the archive.
	OutcomeAppended AppendOutcome = "appended"
	// OutcomeRepeated: the command took effect before; Sequence is that of then.
	OutcomeRepeated AppendOutcome = "repeated"
	// OutcomeStale: the archive has events that the sender did not know.
	OutcomeStale AppendOutcome = "stale"
	// OutcomeRefused: the rules refuse, or the archive, as it alone can tell.
	OutcomeRefused AppendOutcome = "refused"
)

// AppendResult answers an append. Histories hold it: Events are the facts as they
// were decided then, so that a replay never asks the rules of today.
type AppendResult struct {
	Outcome  AppendOutcome   `json:"outcome"`
	Sequence int64           `json:"sequence,omitempty"`
	Events   []models.Event  `json:"events,omitempty"`
	Refusal  *models.Refusal `json:"refusal,omitempty"`
}

// LoadObligation reads the aggregate and its rules.
func (a *Activities) LoadObligation(ctx context.Context, id models.ObligationID) (LoadedObligation, error) {
	loaded, err := a.archive.LoadObligation(ctx, id)
	if errors.Is(err, store.ErrNotFound) && !loaded.Obligation.Enrolled() {
		return LoadedObligation{}, nil
	}
	if err != nil {
		return LoadedObligation{}, fmt.Errorf("load obligation %s: %w", id, err)
	}
	return LoadedObligation{Found: true, Obligation: loaded.Obligation, Rules: loaded.Rules}, nil
}

// AppendEvents decides a command and writes its events in one transaction.
// Repeating it is harmless: the command's ID is unique in the archive.
func (a *Activities) AppendEvents(ctx context.Context, input AppendInput) (AppendResult, error) {
	events, err := input.Obligation.Decide(input.Command, input.Rules)
	if refusal, refused := models.AsRefusal(err); refused {
		return a.refused(ctx, input.Command.ID, refusal)
	}
	if err != nil {
		return AppendResult{}, fmt.Errorf("decide %s: %w", input.Command.ID, err)
	}
	result, err := a.archive.Append(ctx, store.Append{
		Command: input.Command, Expected: input.Obligation.Sequence, Now: input.Now, Events: events,
	})
	if errors.Is(err, store.ErrNotFound) && input.Command.Body.CommandKind() == models.CommandAdoptPolicy {
		return AppendResult{Outcome: OutcomeRefused, Refusal: models.Refuse(models.RefusedPolicy)}, nil
	}
	if err != nil {
		return AppendResult{}, fmt.Errorf("append %s: %w", input.Command.ID, err)
	}
	answer := AppendResult{Outcome: AppendOutcome(result.Outcome), Sequence: result.Sequence, Refusal: result.Refusal}
	if answer.Outcome == OutcomeAppended {
		answer.Events = events
	}
	return answer, nil
}

// refused answers with the refusal, unless the command is the very one that
// brought the obligation to where it would be refused now.
func (a *Activities) refused(ctx context.Context, id models.CommandID, refusal *models.Refusal) (AppendResult, error) {
	row, err := a.archive.Command(ctx, id)
	switch {
	case err == nil && row.State == store.CommandApplied:
		return AppendResult{Outcome: OutcomeRepeated, Sequence: row.Sequence}, nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return AppendResult{}, fmt.Errorf("look for command %s: %w", id, err)
	default:
		return AppendResult{Outcome: OutcomeRefused, Refusal: refusal}, nil
	}
}
