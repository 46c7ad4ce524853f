package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"bangfu/models"
	"bangfu/models/store"
)

// ReconcileSummary counts what a reconcile has looked at and found.
type ReconcileSummary struct {
	Checked     int `json:"checked"`
	Differences int `json:"differences"`
}

// The names of the reconcile's gauges.
const (
	metricChecked     = "bangfu_reconcile_obligations"
	metricDifferences = "bangfu_reconcile_differences"
)

// catchUpAttempts is how often a reconcile tries to start what was never started
// before it goes on without: a fault that does not pass must not hide the
// differences.
const catchUpAttempts = 6

// reconcileHeartbeat is how often a reconcile shows that it lives.
const reconcileHeartbeat = 20 * time.Second

// Reconcile compares the archive's projections with its events and the open
// obligations with the running workflows. It repairs nothing: each difference is
// logged, and the counts are gauges that an alarm can watch. What was enrolled
// or approved and never started, because Temporal was away then, is started.
func (a *Activities) Reconcile(ctx context.Context, now time.Time) (ReconcileSummary, error) {
	alive := heartbeat(ctx, reconcileHeartbeat)
	defer alive()
	if err := CatchUp(ctx, a.archive, a.engine); err != nil {
		if activity.GetInfo(ctx).Attempt < catchUpAttempts {
			return ReconcileSummary{}, fmt.Errorf("reconcile: %w", err)
		}
		a.logger.WarnContext(ctx, "not everything could be started, comparing all the same", "error", err)
	}
	warn := func(difference store.Difference) error {
		a.logger.WarnContext(ctx, "the archive disagrees with itself",
			"subject", difference.Subject, "kind", string(difference.Kind), "detail", difference.Detail)
		return nil
	}
	found, err := a.archive.Reconcile(ctx, a.engine.Hosted, warn)
	if err != nil {
		return ReconcileSummary{}, fmt.Errorf("reconcile: %w", err)
	}
	inspected, err := a.archive.ReconcileInspections(ctx, a.engine.HostedInspections, warn)
	if err != nil {
		return ReconcileSummary{}, fmt.Errorf("reconcile: %w", err)
	}
	found.Differences += inspected.Differences
	metrics := activity.GetMetricsHandler(ctx)
	metrics.Gauge(metricChecked).Update(float64(found.Obligations))
	metrics.Gauge(metricDifferences).Update(float64(found.Differences))
	a.logger.InfoContext(ctx, "reconciled", "day", models.DateOf(now).String(),
		"obligations", found.Obligations, "subjects", inspected.Subjects, "differences", found.Differences)
	return ReconcileSummary{Checked: found.Obligations + inspected.Subjects, Differences: found.Differences}, nil
}

// heartbeat tells the server that the activity lives until the answer is called.
func heartbeat(ctx context.Context, every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
