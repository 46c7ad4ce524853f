package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
)

// BatchInput names the approved proposal that is to be carried out.
type BatchInput struct {
	Proposal models.ProposalID `json:"proposal"`
}

// Batch carries an approved proposal out: the same command for each of its
// obligations, one after the other. A refused row stops no other; the archive
// keeps what became of each, so a run that is killed goes on where it was.
func Batch(ctx workflow.Context, input BatchInput) (activities.BatchResult, error) {
	var result activities.BatchResult
	carrying := workflow.WithActivityOptions(ctx, batchCarry("carry out"))
	if err := workflow.ExecuteActivity(carrying, steps.CarryProposal, input.Proposal).Get(ctx, &result); err != nil {
		return result, fmt.Errorf("carry out proposal %s: %w", input.Proposal, err)
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("- applied: %d\n- refused: %d\n", result.Applied, result.Refused))
	return result, nil
}

// batchPatience is how long the client side waits: one row is done by then.
const batchPatience = 4 * time.Second
