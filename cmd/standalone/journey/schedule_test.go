package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/workflows"
)

// TestTheScheduleItselfOpensTheQuarterThatIsDue has Temporal's schedule act, as it
// does each morning, and finds the quarter open, once.
func TestTheScheduleItselfOpensTheQuarterThatIsDue(t *testing.T) {
	w := newWorld(t, store.SQLite, false)
	today := models.DateOf(time.Now())
	plan := models.Plan{ID: "today", Title: "演示计划", From: today.AddDays(-400), To: today.AddDays(400), Policy: 1}
	require.NoError(t, w.archive.SavePlan(t.Context(), plan))
	calendar, err := w.archive.Calendar(t.Context())
	require.NoError(t, err)
	due := inspection.DueQuarters(plan, nil, calendar, today)
	require.Len(t, due, 1)

	require.NoError(t, w.engine.Schedules(t.Context()))
	schedule := w.temporal.ScheduleClient().GetHandle(t.Context(), workflows.ScheduleQuarter)
	for fired := 1; fired <= 2; fired++ {
		require.NoError(t, schedule.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
		eventually(t, "the schedule has acted and its workflow has ended", func() bool {
			described, err := schedule.Describe(t.Context())
			return err == nil && described.Info.NumActions == fired && len(described.Info.RunningWorkflows) == 0
		})
		eventually(t, "the quarter is open, once", func() bool {
			cycles, err := w.archive.Inspections(t.Context(), plan.ID)
			return err == nil && len(cycles) == 1 && cycles[0].ID.Quarter == due[0] && cycles[0].Scheduled
		})
	}
}
