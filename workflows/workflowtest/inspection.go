package workflowtest

import (
	"context"
	"fmt"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// Cycle is the cycle of a quarter of the fixtures' plan.
func Cycle(quarter string) inspection.ID {
	return inspection.ID{Plan: Plan, Quarter: models.MustQuarter(quarter)}
}

// AppendInspectionBeside gives a command to the archive without the subject's
// workflow: what another writer would do.
func AppendInspectionBeside(ctx context.Context, archive *store.Archive, subject string, command inspection.Command) error {
	aggregate, err := archive.InspectionSubject(ctx, subject)
	if err != nil {
		return err
	}
	events, err := aggregate.Decide(command)
	if err != nil {
		return err
	}
	result, _, err := archive.AppendInspection(ctx, store.InspectionAppend{
		Command: command, Expected: aggregate.Log().Sequence, Events: events, Now: command.At,
	})
	if err == nil && result.Refusal != nil {
		return result.Refusal
	}
	if err == nil && result.Outcome == store.Stale {
		return fmt.Errorf("append to %s: %s", subject, result.Outcome)
	}
	return err
}
