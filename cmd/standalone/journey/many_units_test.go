package journey

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/workflows/workflowtest"
)

const (
	// parentBudget is how many events one run of a cycle may come to, however many
	// units it has.
	parentBudget = 2000
	unitsOfCity  = 400
)

// TestACycleOverFourHundredUnitsKeepsItsHistoryShort opens a cycle over 400 units
// on a real server, has each of them report, and issues the bulletin: no run of
// the cycle has 2,000 events.
func TestACycleOverFourHundredUnitsKeepsItsHistoryShort(t *testing.T) {
	w := newWorld(t, store.MySQL, false)
	units := w.fourHundredUnits()
	id := inspection.ID{Plan: testPlan, Quarter: models.MustQuarter("2013Q2")}
	open, err := w.archive.PrepareInspection(t.Context(), id, on("2013-07-01"))
	require.NoError(t, err)
	require.Len(t, open.Units, unitsOfCity+1, "and the district of every test")
	w.instruct(id.Subject(), "open", "inspector", open)
	w.awaitReports(id, len(open.Units))

	callers, ctx := errgroup.WithContext(t.Context())
	callers.SetLimit(8)
	for _, unit := range units {
		callers.Go(func() error { return w.reportOf(ctx, id, unit) })
	}
	require.NoError(t, callers.Wait())
	cycle := w.awaitCycle(id, inspection.StageDrafting)
	w.instruct(id.Subject(), "ask", "inspector", inspection.AskSignatures{Version: 1})
	for _, signer := range []models.AccountID{"signer-1", "signer-2"} {
		w.instruct(id.Subject(), string(signer), signer, inspection.Sign{Digest: cycle.Bulletins[0].Digest})
	}
	require.Equal(t, 1, w.awaitCycle(id, inspection.StageIssued).Bulletins[0].Number)

	whole := 0
	for run, events := range w.histories(id.Subject()) {
		t.Logf("run %d of the cycle: %d events", run+1, len(events))
		require.Less(t, len(events), parentBudget)
		whole += len(events)
	}
	t.Logf("%d events over all runs, %.1f a unit", whole, float64(whole)/float64(len(open.Units)))
}

// fourHundredUnits are districts with one duty each.
func (w *world) fourHundredUnits() []models.UnitID {
	w.t.Helper()
	ids := make([]models.UnitID, unitsOfCity)
	units := make([]models.Unit, unitsOfCity)
	enrolments := make([]store.Enrolment, unitsOfCity)
	at := models.MustDate("2013-01-01").Start()
	for i := range units {
		ids[i] = models.UnitID(fmt.Sprintf("1207%03d", i))
		units[i] = models.Unit{ID: ids[i], Path: "/tj/" + string(ids[i]) + "/", Name: fmt.Sprintf("第%d区", i), Kind: models.UnitDistrict, Parent: "tj"}
		enrolments[i] = store.Enrolment{Command: models.Command{
			ID: models.CommandID("enrol/" + cadreOf(ids[i], 0).String()), At: at, Actor: models.Actor{Account: models.SystemAccount},
			Body: models.Enrol{Obligation: cadreOf(ids[i], 0), Unit: ids[i], From: models.MustDate("2013-01-01"), Due: models.MustDate("2015-12-31")},
		}}
	}
	require.NoError(w.t, w.archive.SaveUnits(w.t.Context(), units))
	count, err := w.archive.Enrol(w.t.Context(), enrolments, at)
	require.NoError(w.t, err)
	require.Equal(w.t, unitsOfCity, count)
	return ids
}

// instruct gives a command to a subject of the inspection.
func (w *world) instruct(subject, name string, account models.AccountID, body inspection.CommandBody) {
	w.t.Helper()
	require.NoError(w.t, w.instructed(w.t.Context(), subject, name, account, body))
}

func (w *world) instructed(ctx context.Context, subject, name string, account models.AccountID, body inspection.CommandBody) error {
	command := inspection.Command{
		ID: models.CommandID(subject + "#" + name), At: on("2013-07-01"), Actor: models.Actor{Account: account}, Body: body,
	}
	return workflowtest.Insist(ctx, func(ctx context.Context) error { return w.engine.DeliverInspection(ctx, subject, command) })
}

func (w *world) reportOf(ctx context.Context, id inspection.ID, unit models.UnitID) error {
	text, err := w.archive.SaveUnitReportText(ctx, id, unit, 0, `{"measures":"召开协调会"}`, "contact", on("2013-07-05"))
	if err != nil {
		return err
	}
	subject := id.ReportSubject(unit)
	if err := w.instructed(ctx, subject, "file", "contact", inspection.File{Version: text.Version, Digest: text.Digest}); err != nil {
		return err
	}
	return w.instructed(ctx, subject, "confirm", "leader", inspection.Confirm{Digest: text.Digest})
}

func (w *world) awaitReports(id inspection.ID, count int) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		reports, err := w.archive.UnitReports(w.t.Context(), store.Everything(), store.UnitReportFilter{Plan: id.Plan, Quarter: id.Quarter})
		return err == nil && len(reports) == count
	}, patience, 100*time.Millisecond, "every unit is asked")
}

func (w *world) awaitCycle(id inspection.ID, stage inspection.Stage) (cycle *inspection.Inspection) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		aggregate, err := w.archive.InspectionSubject(w.t.Context(), id.Subject())
		require.NoError(w.t, err)
		cycle = aggregate.(*inspection.Inspection)
		return cycle.Stage == stage
	}, patience, 100*time.Millisecond, "the cycle is %s", stage)
	return cycle
}
