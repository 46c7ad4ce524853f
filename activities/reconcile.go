package activities

import (
	"context"
	"errors"
	"time"
)

// ReconcileSummary counts what a reconcile has found.
type ReconcileSummary struct {
	Checked     int `json:"checked"`
	Differences int `json:"differences"`
}

// Reconcile compares the archive's projections with its events.
func (a *Activities) Reconcile(ctx context.Context, now time.Time) (ReconcileSummary, error) {
	return ReconcileSummary{}, errors.ErrUnsupported
}
