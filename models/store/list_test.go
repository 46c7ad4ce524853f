package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// TestTheListAgreesWithTheRules gives drawn lives to the archive and asks, at
// drawn instants, that every filter of the list says what models.Standing says,
// and that a reconcile finds nothing.
func TestTheListAgreesWithTheRules(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		// A life costs hundreds of statements, which MySQL answers over a socket.
		enough := map[string]int{store.SQLite: 100, store.MySQL: 20}[archive.Driver()]
		lives, failing := 0, false
		rapid.Check(t, func(r *rapid.T) {
			if lives++; lives > enough && !failing {
				return
			}
			defer func() { failing = failing || r.Failed() }()
			plan := models.PlanID(fmt.Sprintf("plan-%d", lives))
			town.plan(plan)
			// Record and dispute IDs are drawn from few names; each life starts afresh.
			for _, table := range []string{"records", "record_evidence", "reviews", "disputes", "claims", "obligations", "goals"} {
				town.execute("DELETE FROM " + table)
			}
			builder := modelstest.AnObligation(r).Under(plan).Enrolled()
			_, err := archive.Enrol(t.Context(), []store.Enrolment{{Command: builder.Commands[0]}}, builder.Now)
			require.NoError(r, err)
			modelstest.Walk(r, builder, 25, func(command models.Command, events []models.Event, err error) {
				if err == nil {
					town.mirror(r, builder.Obligation.ID, command, events)
				}
			})
			last := builder.Obligation.At
			for range 4 {
				asOf := later(last, modelstest.DrawInstant(r, builder))
				requireSameStanding(r, archive, &builder.Obligation, builder.Rules, asOf)
				builder.Now = asOf
			}
			differences, err := archive.ReconcileObligation(t.Context(), builder.Obligation.ID)
			require.NoError(r, err)
			require.Empty(r, differences)
		})
	})
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// mirror gives the archive a command that the rules accepted.
func (w *town) mirror(r *rapid.T, id models.ObligationID, command models.Command, events []models.Event) {
	submit, submits := command.Body.(models.Submit)
	if dispute, disputes := command.Body.(models.Dispute); disputes {
		submit, submits = dispute.Submit, true
	}
	if submits {
		form := store.Content{Kind: submit.Kind, Enterprise: submit.Enterprise, OccurredOn: submit.OccurredOn, Established: submit.Established}
		saved, err := w.archive.Record(w.t.Context(), store.Everything(), submit.Record)
		if err != nil {
			_, err = w.archive.CreateDraft(w.t.Context(), store.NewDraft{ID: submit.Record, Obligation: id, Content: form, At: command.At})
		} else {
			_, err = w.archive.EditDraft(w.t.Context(), submit.Record, saved.Version, form, command.At)
		}
		require.NoError(r, err)
		// Drawn claims always name the first version.
		w.execute("UPDATE records SET version = 1 WHERE id = ?", string(submit.Record))
		if _, disputes := command.Body.(models.Dispute); disputes {
			w.execute("DELETE FROM disputes")
		}
	}
	result, err := w.archive.Append(w.t.Context(), store.Append{
		Command: command, Expected: events[0].Sequence - 1, Events: events, Now: command.At,
	})
	require.NoError(r, err)
	require.Equal(r, store.Appended, result.Outcome, "%s: %v", command.Body.CommandKind(), result.Refusal)
}

func requireSameStanding(r *rapid.T, archive *store.Archive, o *models.Obligation, rules models.Rules, asOf time.Time) {
	standing := o.Standing(asOf, rules)
	ctx := r.Context()
	listed := func(filter store.ObligationFilter) bool {
		filter.Plan = o.ID.Plan
		page, err := archive.Obligations(ctx, store.Everything(), filter, asOf, store.Page{})
		require.NoError(r, err)
		count, err := archive.CountObligations(ctx, store.Everything(), filter, asOf)
		require.NoError(r, err)
		require.Len(r, page.Items, int(count))
		return len(page.Items) == 1
	}
	for _, state := range models.ObligationStates {
		require.Equal(r, standing.State == state, listed(store.ObligationFilter{States: []models.ObligationState{state}}), "%s at %s", state, asOf)
	}
	for _, light := range models.Lights {
		require.Equal(r, standing.Light == light, listed(store.ObligationFilter{Lights: []models.Light{light}}), "%s at %s", light, asOf)
		for _, goal := range standing.Goals {
			filter := store.ObligationFilter{Kind: goal.Kind, Lights: []models.Light{light}}
			require.Equal(r, goal.Light == light, listed(filter), "%s of %s at %s", light, goal.Kind, asOf)
		}
	}
	counts, err := archive.ObligationCounts(ctx, store.Everything(), store.ObligationFilter{Plan: o.ID.Plan}, asOf)
	require.NoError(r, err)
	require.Equal(r, []store.UnitCount{{
		Unit: o.Unit, UnitPath: counts[0].UnitPath, Total: 1,
		Lights: map[models.Light]int64{standing.Light: 1}, States: map[models.ObligationState]int64{standing.State: 1},
	}}, counts)
}

func TestTheListIsByUrgencyAndItsPagesAreWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		var enrolments []store.Enrolment
		for i := range 30 {
			enrolment := town.enrolment(models.CadreID(fmt.Sprintf("c-%02d", i)), "120101")
			body := enrolment.Command.Body.(models.Enrol)
			body.Due = models.MustDate("2014-01-01").AddDays(i % 7 * 30)
			enrolment.Command.Body = body
			enrolments = append(enrolments, enrolment)
		}
		_, err := archive.Enrol(t.Context(), enrolments, town.now)
		require.NoError(t, err)
		closed := &duty{town: town, id: models.ObligationID{Plan: townPlan, Cadre: "c-00"}}
		closed.do(modelstest.Organizer(), models.Close{Ground: "death", Document: "d"})

		asOf := models.MustDate("2014-03-15").Start()
		for _, filter := range []store.ObligationFilter{{Plan: townPlan}, {}, {Plan: townPlan, States: []models.ObligationState{models.ObligationOverdue}}} {
			whole, err := archive.Obligations(t.Context(), store.Everything(), filter, asOf, store.Page{Size: 200})
			require.NoError(t, err)
			items := all(t, 4, func(page store.Page) (store.Paged[store.ObligationItem], error) {
				return archive.Obligations(t.Context(), store.Everything(), filter, asOf, page)
			})
			require.Equal(t, whole.Items, items)
			require.True(t, slices.IsSortedFunc(items, func(a, b store.ObligationItem) int {
				return urgency(a).Compare(urgency(b))
			}))
		}
		overdue, err := archive.CountObligations(t.Context(), store.Everything(), store.ObligationFilter{States: []models.ObligationState{models.ObligationOverdue}}, asOf)
		require.NoError(t, err)
		require.Equal(t, int64(13), overdue, "the due dates of fourteen cadres have passed, and one's duty is closed")
		due, err := archive.CountObligations(t.Context(), store.Everything(),
			store.ObligationFilter{DueAfter: models.MustDate("2014-01-01").End(), DueBefore: models.MustDate("2014-02-01").Start()}, asOf)
		require.NoError(t, err)
		require.Equal(t, int64(5), due)
	})
}

func urgency(item store.ObligationItem) time.Time {
	if item.Standing.Turning.Red.IsZero() {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return item.Standing.Turning.Red
}
