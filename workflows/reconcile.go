package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
)

// Reconcile compares the archive's projections with its events, every night, and
// records a summary. It repairs nothing, but for starting what was enrolled while
// Temporal was away: what it finds is for people to see.
func Reconcile(ctx workflow.Context) (activities.ReconcileSummary, error) {
	var summary activities.ReconcileSummary
	scan := workflow.WithActivityOptions(ctx, archiveScan("reconcile"))
	err := workflow.ExecuteActivity(scan, steps.Reconcile, workflow.Now(ctx)).Get(ctx, &summary)
	if err != nil {
		return summary, fmt.Errorf("reconcile: %w", err)
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("- checked: %d, differences: %d\n", summary.Checked, summary.Differences))
	return summary, nil
}

// scheduledStart is the search attribute in which a schedule leaves the instant
// for which it starts a run.
var scheduledStart = temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime")

// scheduledInstant is the schedule's instant, or the start for a run by hand.
func scheduledInstant(ctx workflow.Context) time.Time {
	if at, ok := workflow.GetTypedSearchAttributes(ctx).GetTime(scheduledStart); ok {
		return at
	}
	return workflow.GetInfo(ctx).WorkflowStartTime
}
