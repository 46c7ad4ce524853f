package seeds

import (
	"context"
	"errors"
	"fmt"

	"bangfu/models/store"
)

// Apply brings the archive to what the files say: the plan, its tasks and
// indicators, the units, the policy and the calendar. It may be run again; a
// policy version that obligations rely on is never changed by it, and neither
// are days that an official has overridden.
func (s *Seeds) Apply(ctx context.Context, archive *store.Archive) error {
	err := errors.Join(
		archive.SaveUnits(ctx, s.Units),
		archive.SavePolicy(ctx, s.Policy),
		archive.SaveWorkdays(ctx, s.Workdays, s.Years),
	)
	if err == nil {
		err = errors.Join(
			archive.SavePlan(ctx, s.Plan),
			archive.SaveTasks(ctx, s.Tasks),
			archive.SaveIndicators(ctx, s.Indicators),
			archive.SaveAnswering(ctx, s.Answering),
		)
	}
	if err != nil {
		return fmt.Errorf("apply the seeds: %w", err)
	}
	return nil
}
