package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"bangfu/models/inspection"
)

// FindingInput names the finding of a run; all else is in the archive.
type FindingInput struct {
	Finding inspection.FindingID `json:"finding"`
}

var findingKinds = kindsOf(inspection.Raise{}, inspection.Answer{}, inspection.Settle{}, inspection.Reopen{}, inspection.Drop{})

// Finding hosts one finding with the ladder of its rectification. It outlives the
// quarter that raised it and ends when it is settled or dropped; reopening starts
// it again.
func Finding(ctx workflow.Context, input FindingInput) error {
	h := &subjectHost{subject: inspection.FindingSubject(input.Finding), workflow: FindingWorkflow, kinds: findingKinds}
	if err := h.setup(ctx); err != nil {
		return err
	}
	if err := h.untilKnown(ctx); err != nil {
		return leave(ctx, err)
	}
	for {
		if err := h.passSteps(ctx, passStep); err != nil {
			return leave(ctx, err)
		}
		over, err := h.over(ctx)
		switch {
		case err != nil || over:
			return leave(ctx, err)
		case h.shouldContinue(ctx):
			return h.again(ctx, input)
		}
		if err := h.rest(ctx, time.Time{}, "", never); err != nil {
			return leave(ctx, err)
		}
	}
}
