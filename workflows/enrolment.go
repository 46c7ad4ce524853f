package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
)

// EnrolmentInput names the plan whose obligations are to be started.
type EnrolmentInput struct {
	Plan models.PlanID `json:"plan"`
}

// EnrolmentResult counts what one run has started.
type EnrolmentResult struct {
	Started int `json:"started"`
}

// Enrolment starts the workflows of obligations that the archive has enrolled and
// that were not started yet, at a bounded rate. It goes on where it stopped: the
// archive marks what was started. A signal while it runs makes it look again.
func Enrolment(ctx workflow.Context, input EnrolmentInput) (EnrolmentResult, error) {
	more := workflow.GetSignalChannel(ctx, SignalMore)
	var result EnrolmentResult
	for {
		for more.ReceiveAsync(nil) {
		}
		var round activities.EnrolmentRound
		scan := workflow.WithActivityOptions(ctx, archiveScan("start obligations"))
		if err := workflow.ExecuteActivity(scan, steps.StartObligations, input.Plan).Get(ctx, &round); err != nil {
			return result, fmt.Errorf("start obligations of %s: %w", input.Plan, err)
		}
		result.Started += round.Started
		workflow.SetCurrentDetails(ctx, fmt.Sprintf("- started: %d\n", result.Started))
		if more.Len() == 0 {
			return result, nil
		}
	}
}
