package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// AppendInput is one decided command. It is handed to a local activity, so its
// events never enter a history.
type AppendInput struct {
	Command  models.Command
	Expected int64
	Events   []models.Event
	Now      time.Time
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
	// OutcomeRefused: the archive refuses, as it alone can tell.
	OutcomeRefused AppendOutcome = "refused"
)

// AppendResult answers an append. Histories hold it.
type AppendResult struct {
	Outcome  AppendOutcome   `json:"outcome"`
	Sequence int64           `json:"sequence,omitempty"`
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

// AppendEvents writes the events of one command in one transaction. Repeating it
// is harmless: the command's ID is unique in the archive.
func (a *Activities) AppendEvents(ctx context.Context, input AppendInput) (AppendResult, error) {
	result, err := a.archive.Append(ctx, store.Append{
		Command: input.Command, Expected: input.Expected, Now: input.Now,
		// The workflow keeps its own: an attempt that timed out may still run.
		Events: slices.Clone(input.Events),
	})
	if errors.Is(err, store.ErrNotFound) && input.Command.Body.CommandKind() == models.CommandAdoptPolicy {
		return AppendResult{Outcome: OutcomeRefused, Refusal: models.Refuse(models.RefusedPolicy)}, nil
	}
	if err != nil {
		return AppendResult{}, fmt.Errorf("append %s: %w", input.Command.ID, err)
	}
	return AppendResult{Outcome: AppendOutcome(result.Outcome), Sequence: result.Sequence, Refusal: result.Refusal}, nil
}
