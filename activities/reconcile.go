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

// reconcileHeartbeat is how often a reconcile shows that it lives.
const reconcileHeartbeat = 20 * time.Second

// Reconcile compares the archive's projections with its events and the open
// obligations with the running workflows. It repairs nothing: each difference is
// logged, and the counts are gauges that an alarm can watch. What was enrolled
// or approved and never started, because Temporal was away then, is started.
func (a *Activities) Reconcile(ctx context.Context, now time.Time) (ReconcileSummary, error) {
	alive := heartbeat(ctx, reconcileHeartbeat)
	defer alive()
	if err := a.catchUp(ctx); err != nil {
		return ReconcileSummary{}, err
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

func (a *Activities) catchUp(ctx context.Context) error {
	plans, err := a.archive.Plans(ctx)
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	for _, plan := range plans {
		if err := a.engine.StartEnrolments(ctx, plan.ID); err != nil {
			return fmt.Errorf("reconcile: %w", err)
		}
	}
	proposals, err := a.archive.UnfinishedProposals(ctx)
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	for _, proposal := range proposals {
		if err := a.engine.StartBatch(ctx, proposal); err != nil {
			return fmt.Errorf("reconcile: %w", err)
		}
	}
	if _, err := HostInspections(ctx, a.archive, a.engine); err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	return nil
}

// inspectionHost is what HostInspections needs of the engine.
type inspectionHost interface {
	HostInspection(ctx context.Context, subject string) error
}

// hostBatch is how many subjects are read at once.
const hostBatch = 200

// HostInspections starts the workflow of every subject of the inspection that is
// not over, or finds it running, and answers how many there are: what a lost
// engine is rebuilt by, and what a start that failed is caught up by.
func HostInspections(ctx context.Context, archive *store.Archive, engine inspectionHost) (int, error) {
	after, hosted := "", 0
	for {
		subjects, err := archive.UnhostedInspections(ctx, after, hostBatch)
		if err != nil {
			return hosted, err
		}
		for _, subject := range subjects {
			if err := engine.HostInspection(ctx, subject); err != nil {
				return hosted, err
			}
			after, hosted = subject, hosted+1
		}
		if len(subjects) < hostBatch {
			return hosted, nil
		}
	}
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
