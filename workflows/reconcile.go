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
// Temporal was away: what it finds is for people to see. Then it removes the
// sheets of imports that have been kept long enough.
func Reconcile(ctx workflow.Context) (activities.ReconcileSummary, error) {
	var summary activities.ReconcileSummary
	scan := workflow.WithActivityOptions(ctx, archiveScan("reconcile"))
	err := workflow.ExecuteActivity(scan, steps.Reconcile, workflow.Now(ctx)).Get(ctx, &summary)
	if err != nil {
		return summary, fmt.Errorf("reconcile: %w", err)
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("- checked: %d, differences: %d\n", summary.Checked, summary.Differences))
	return summary, expireRosters(ctx)
}

// expireRosters follows the reconcile: runs that older code began go without it.
func expireRosters(ctx workflow.Context) error {
	if workflow.GetVersion(ctx, changeExpireRosters, workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return nil
	}
	var removed activities.RosterSummary
	scan := workflow.WithActivityOptions(ctx, archiveScan("expire rosters"))
	if err := workflow.ExecuteActivity(scan, steps.ExpireRosters, workflow.Now(ctx)).Get(ctx, &removed); err != nil {
		return fmt.Errorf("expire rosters: %w", err)
	}
	return nil
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
