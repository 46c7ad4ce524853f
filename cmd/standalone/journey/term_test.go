package journey

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
)

// eventBudget is what a term of 3 records through 3 stages, 8 rungs and 2
// continue-as-new may cost in history events over all runs.
const eventBudget = 150

// TestAThreeYearTermOnARealServer lives a whole term with skipped time over a
// real Temporal server and a real MySQL archive: the cadre is reminded, claims,
// is credited, falls overdue, is called to a talk, makes good late, and the
// obligation closes itself.
func TestAThreeYearTermOnARealServer(t *testing.T) {
	w := newWorld(t, store.MySQL, true)
	today := models.DateOf(time.Now())
	id := models.ObligationID{Plan: testPlan, Cadre: "C-TERM"}
	w.enrol(today, today.AddDays(3*365), time.Now(), id.Cadre)
	require.NoError(t, w.engine.Start(t.Context(), id))

	w.passes(id, "schedule-1")
	w.credit(id, "R-1", models.Introduce, 1)
	w.passes(id, "schedule-2")
	w.credit(id, "R-2", models.Found, 2)
	for _, code := range []models.RungCode{"due-180", "due-90", "due-30", "due-7"} {
		w.passes(id, code)
		require.NotEqual(t, models.ObligationOverdue, w.standing(id).State, "nobody is overdue before the due instant")
	}
	w.passes(id, models.RungOverdue)
	require.Equal(t, models.ObligationOverdue, w.standing(id).State)
	w.passes(id, models.RungTalk)
	w.credit(id, "R-3", models.Transform, 3)
	require.Equal(t, models.ObligationFulfilled, w.standing(id).State)

	require.GreaterOrEqual(t, w.continuations(id), 2, "the budget is for a term with two continue-as-new at least")
	spent := w.spent(id)
	t.Logf("a term costs %d history events and %d bytes over %d runs", spent, w.bytes(id), w.continuations(id)+1)
	require.LessOrEqual(t, spent, eventBudget)

	w.skipToNextTimer(id.Subject())
	eventually(t, "the fulfilled obligation closes itself", func() bool { return w.load(id).Closed == models.GroundFulfilled })
	eventually(t, "its workflow ends", func() bool {
		running, err := w.engine.Running(t.Context(), id)
		return err == nil && !running
	})
	w.provesItself(id)
}

// TestASuspensionMovesTheLadderOnARealServer: the timer follows the ledger.
func TestASuspensionMovesTheLadderOnARealServer(t *testing.T) {
	w := newWorld(t, store.MySQL, true)
	today := models.DateOf(time.Now())
	id := models.ObligationID{Plan: testPlan, Cadre: "C-SUSPENDED"}
	w.enrol(today, today.AddDays(3*365), time.Now(), id.Cadre)
	require.NoError(t, w.engine.Start(t.Context(), id))
	w.passes(id, "schedule-1")

	now := w.virtualNow(id.Subject())
	before, comes := w.load(id).NextRung(now, modelstest.Rules())
	require.True(t, comes)
	suspendedOn := models.DateOf(now)
	w.give(id, models.Command{
		ID: "suspend", At: now, Actor: modelstest.Organizer(),
		Body: models.Suspend{From: suspendedOn, Until: suspendedOn.AddDays(99), Ground: "illness", Document: "D-1"},
	})
	w.passes(id, models.RungSuspensionEnds)
	require.Equal(t, models.ObligationActive, w.standing(id).State)
	after, comes := w.load(id).NextRung(w.virtualNow(id.Subject()), modelstest.Rules())
	require.True(t, comes)
	require.Equal(t, before.ID, after.ID)
	require.Equal(t, 100*24*time.Hour, after.At.Sub(before.At), "a hundred suspended days move the next rung by as many")
	w.passes(id, "schedule-2")
	w.provesItself(id)
}

// passes skips to the next rung and checks which one it was.
func (w *world) passes(id models.ObligationID, code models.RungCode) {
	w.t.Helper()
	passed := len(w.load(id).Passed)
	for range 3 {
		w.skipToNextTimer(id.Subject())
		// A year's end wakes the workflow too, and passes no rung.
		if len(w.load(id).Passed) > passed {
			break
		}
	}
	entries, err := w.archive.Entries(w.t.Context(), id.Subject())
	require.NoError(w.t, err)
	last, err := entries[len(entries)-1].Event()
	require.NoError(w.t, err)
	rung, isRung := last.Body.(models.RungPassed)
	require.True(w.t, isRung, "the last event is %s, not the rung %s", last.Body.EventKind(), code)
	require.Equal(w.t, code, rung.Code)
	late := last.At.Sub(rung.ReachedAt)
	require.GreaterOrEqual(w.t, late, time.Duration(0), "a rung is never passed before its instant")
	require.Less(w.t, late, 6*time.Minute, "a rung is passed within the spread of its instant")
}

// credit drafts, submits and accepts one record at the workflow's own instant.
func (w *world) credit(id models.ObligationID, record models.RecordID, kind models.Kind, number int) {
	w.t.Helper()
	at := w.virtualNow(id.Subject())
	draft := w.draft(id.Cadre, record, kind, modelstest.Enterprise(number), at)
	w.give(id, submission(draft, at))
	w.accept(id, record, at)
	saved, _ := w.load(id).Record(record)
	require.Equal(w.t, models.StateCredited, saved.State)
}

func (w *world) load(id models.ObligationID) *models.Obligation {
	w.t.Helper()
	loaded, err := w.archive.LoadObligation(w.t.Context(), id)
	require.NoError(w.t, err)
	return &loaded.Obligation
}

// standing asks the workflow and the archive and requires one answer.
func (w *world) standing(id models.ObligationID) models.Standing {
	w.t.Helper()
	var standing models.Standing
	eventually(w.t, "the workflow answers the query", func() (answered bool) {
		var err error
		standing, err = w.engine.Standing(w.t.Context(), id)
		return err == nil
	})
	archived := w.load(id).Standing(standing.AsOf, modelstest.Rules())
	require.Equal(w.t, archived, standing)
	return standing
}

// provesItself verifies the chain and that the events rebuild the aggregate.
func (w *world) provesItself(id models.ObligationID) {
	w.t.Helper()
	entries, err := w.archive.Entries(w.t.Context(), id.Subject())
	require.NoError(w.t, err)
	require.NoError(w.t, models.VerifyChain(entries))
	events := make([]models.Event, len(entries))
	for i, entry := range entries {
		events[i], err = entry.Event()
		require.NoError(w.t, err)
	}
	require.Equal(w.t, *w.load(id), models.Rebuild(events))
}

func (w *world) continuations(id models.ObligationID) int { return len(w.histories(id.Subject())) - 1 }

// bytes is the size of all histories as Temporal keeps them.
func (w *world) bytes(id models.ObligationID) int {
	size := 0
	for _, run := range w.histories(id.Subject()) {
		for _, event := range run {
			size += proto.Size(event)
		}
	}
	return size
}

// spent counts the history events of all runs without those that only the
// skipping of time leaves: the change of options, the transition, and a workflow
// task between the two in which the workflow had nothing to do.
func (w *world) spent(id models.ObligationID) int {
	count := 0
	for _, run := range w.histories(id.Subject()) {
		kinds := make([]enumspb.EventType, len(run))
		for i, event := range run {
			kinds[i] = event.GetEventType()
		}
		for i := 0; i < len(kinds); {
			skip := lengthOfSkip(kinds[i:])
			if skip == 0 {
				count++
				skip = 1
			}
			i += skip
		}
	}
	return count
}

// lengthOfRepetition is how many events at the start belong to a workflow task that
// a busy machine has to do again, which is no cost of the term.
func lengthOfRepetition(kinds []enumspb.EventType) int {
	for _, lost := range []enumspb.EventType{enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED} {
		for _, repeated := range [][]enumspb.EventType{
			{enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, lost},
			{enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED, lost},
		} {
			if len(kinds) >= len(repeated) && slices.Equal(kinds[:len(repeated)], repeated) {
				return len(repeated)
			}
		}
	}
	return 0
}

// lengthOfSkip is how many events at the start belong to a skip of time alone.
func lengthOfSkip(kinds []enumspb.EventType) int {
	options, transition := enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED
	idle := []enumspb.EventType{
		options, enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED,
		enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, transition,
	}
	if again := lengthOfRepetition(kinds); again > 0 {
		return again
	}
	switch {
	case len(kinds) >= len(idle) && slices.Equal(kinds[:len(idle)], idle):
		return len(idle)
	case kinds[0] == options || kinds[0] == transition:
		return 1
	default:
		return 0
	}
}
