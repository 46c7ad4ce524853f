package activities_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

var errUnstartable = errors.New("this one cannot be started")

// engine starts everything but one plan's enrolments, or nothing while it is away.
type engine struct {
	unstartable models.PlanID
	away        bool
	asked       int
	started     []models.PlanID
}

func (e *engine) StartEnrolments(_ context.Context, plan models.PlanID) error {
	e.asked++
	if e.away || plan == e.unstartable {
		return errUnstartable
	}
	e.started = append(e.started, plan)
	return nil
}

func (e *engine) StartBatch(context.Context, models.ProposalID) error { return nil }
func (e *engine) HostInspection(context.Context, string) error        { return nil }

func TestWhatCannotBeStartedDoesNotHoldUpTheOthers(t *testing.T) {
	archive := storetest.Open(t, store.SQLite)
	for _, plan := range []models.PlanID{"first", "second", "third"} {
		require.NoError(t, archive.SavePlan(t.Context(), models.Plan{
			ID: plan, Title: "行动计划", From: models.MustDate("2013-01-01"), To: models.MustDate("2015-12-31"),
		}))
	}
	temporal := &engine{unstartable: "second"}
	err := activities.CatchUp(t.Context(), archive, temporal)
	require.ErrorIs(t, err, errUnstartable)
	require.ErrorContains(t, err, "1 could not be started")
	require.Equal(t, []models.PlanID{"first", "third"}, temporal.started)
	temporal.unstartable = ""
	require.NoError(t, activities.CatchUp(t.Context(), archive, temporal))
}

func TestAnEngineThatIsAwayIsNotAskedForEachOfThousands(t *testing.T) {
	archive := storetest.Open(t, store.SQLite)
	for number := range 40 {
		require.NoError(t, archive.SavePlan(t.Context(), models.Plan{
			ID: models.PlanID(fmt.Sprintf("plan-%d", number)), Title: "行动计划",
			From: models.MustDate("2013-01-01"), To: models.MustDate("2015-12-31"),
		}))
	}
	temporal := &engine{away: true}
	require.ErrorIs(t, activities.CatchUp(t.Context(), archive, temporal), errUnstartable)
	require.Less(t, temporal.asked, 10)
}
