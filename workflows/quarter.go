package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"
)

// QuarterOpening is started by a schedule every morning and opens the cycles that
// are due. A cycle that an inspector opened, or a schedule that was caught up,
// changes nothing: the cycle of a quarter is opened once.
func QuarterOpening(ctx workflow.Context) ([]string, error) {
	var opened []string
	scan := workflow.WithActivityOptions(ctx, archiveScan("open quarters"))
	if err := workflow.ExecuteActivity(scan, steps.OpenQuarters, scheduledInstant(ctx)).Get(ctx, &opened); err != nil {
		return nil, fmt.Errorf("open the quarters that are due: %w", err)
	}
	workflow.SetCurrentDetails(ctx, "- opened: "+strings.Join(opened, ", ")+"\n")
	return opened, nil
}
