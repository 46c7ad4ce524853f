package store_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// frozen freezes a cycle of the plan as of the cut-off and seals it.
func (w *town) frozen(t require.TestingT, id inspection.ID, cutOff time.Time) store.Sealed {
	w.freeze(t, id, cutOff)
	sealed, err := w.archive.SealSnapshot(w.t.Context(), id, cutOff, "", func(string) {})
	require.NoError(t, err)
	return sealed
}

// freeze freezes every unit of a cycle, page by page.
func (w *town) freeze(t require.TestingT, id inspection.ID, cutOff time.Time) {
	ctx := w.t.Context()
	units, err := w.archive.InspectedUnits(ctx, id.Quarter)
	require.NoError(t, err)
	require.NoError(t, w.archive.BeginSnapshot(ctx, id, units))
	for _, unit := range units {
		for done := false; !done; {
			done, err = w.archive.FreezeUnit(ctx, id, unit.ID, cutOff)
			require.NoError(t, err)
		}
	}
}

func cycle(quarter string) inspection.ID {
	return inspection.ID{Plan: townPlan, Quarter: models.MustQuarter(quarter)}
}

// TestASnapshotIsWhatTheLogSaysOfItsCutOff gives drawn lives to the archive and
// freezes them as of drawn instants, before and after their last events.
func TestASnapshotIsWhatTheLogSaysOfItsCutOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		enough := map[string]int{store.SQLite: 60, store.MySQL: 12}[archive.Driver()]
		lives, failing := 0, false
		rapid.Check(t, func(r *rapid.T) {
			if lives++; lives > enough && !failing {
				return
			}
			defer func() { failing = failing || r.Failed() }()
			plan := models.PlanID(fmt.Sprintf("plan-%d", lives))
			town.plan(plan)
			for _, table := range []string{"records", "record_evidence", "reviews", "disputes", "claims", "obligations", "goals"} {
				town.execute("DELETE FROM " + table)
			}
			builder := modelstest.AnObligation(r).Under(plan).Enrolled()
			_, err := archive.Enrol(t.Context(), []store.Enrolment{{Command: builder.Commands[0]}}, builder.Now)
			require.NoError(r, err)
			modelstest.Walk(r, builder, 20, func(command models.Command, events []models.Event, err error) {
				if err == nil {
					town.mirror(r, builder.Obligation.ID, command, events)
				}
			})
			id := inspection.ID{Plan: plan, Quarter: models.MustQuarter("2015Q4")}
			cutOff := modelstest.DrawInstant(r, builder).Truncate(time.Microsecond)
			town.frozen(r, id, cutOff)
			o := asOf(builder.Events, cutOff)
			requireFrozen(r, archive, id, o, builder.Rules, cutOff)
			requireSystemFigures(r, archive, plan, o, cutOff)
		})
	})
}

// asOf is an obligation as its events before an instant make it.
func asOf(events []models.Event, instant time.Time) models.Obligation {
	return models.Rebuild(slices.DeleteFunc(slices.Clone(events), func(event models.Event) bool { return !event.At.Before(instant) }))
}

// requireSystemFigures compares what bangfu knows of a plan with its only obligation.
func requireSystemFigures(r *rapid.T, archive *store.Archive, plan models.PlanID, o models.Obligation, cutOff time.Time) {
	figures, err := archive.SystemFigures(r.Context(), plan, cutOff)
	require.NoError(r, err)
	var expected []store.UnitSystemFigures
	for _, kind := range models.Kinds {
		goal, known := o.Goal(kind)
		if !known {
			continue
		}
		credits := o.Credits(kind)
		sum := store.UnitSystemFigures{Unit: o.Unit, Kind: kind, Credits: credits}
		if !goal.Exempted {
			sum.Required, sum.Met = goal.Required, min(credits, goal.Required)
		}
		expected = append(expected, sum)
	}
	require.Equal(r, expected, figures.Units)
	enterprises := map[models.EnterpriseKey]bool{}
	for _, record := range o.Records {
		if record.State == models.StateCredited && record.Kind != models.Transform {
			enterprises[record.Enterprise] = true
		}
	}
	require.Equal(r, len(enterprises), figures.Distinct)
}

// requireFrozen compares the frozen rows with the obligation as of the cut-off.
func requireFrozen(r *rapid.T, archive *store.Archive, id inspection.ID, o models.Obligation, rules models.Rules, cutOff time.Time) {
	page, err := archive.FrozenGoals(r.Context(), store.Everything(), store.FrozenGoalFilter{Inspection: id}, store.Page{Size: 200})
	require.NoError(r, err)
	require.Len(r, page.Items, len(o.Goals))
	for _, frozen := range page.Items {
		goal, known := o.Goal(frozen.Kind)
		require.True(r, known)
		credits := o.Credits(frozen.Kind)
		require.Equal(r, goal.Required, frozen.Required)
		require.Equal(r, credits, frozen.Credits)
		require.Equal(r, min(credits, goal.Required), frozen.Met)
		require.Equal(r, goal.Exempted, frozen.Exempted)
		require.Equal(r, goal.Due, frozen.Due)
		require.Equal(r, o.Closed, frozen.Closed)
		require.Equal(r, o.GoalTurning(goal, rules).Light(cutOff), frozen.Light)
		require.Equal(r, o.Unit, frozen.Office)
	}
	frame, err := archive.SnapshotCredits(r.Context(), id)
	require.NoError(r, err)
	var credited, framed []string
	for _, record := range o.Records {
		if record.State == models.StateCredited {
			credited = append(credited, fmt.Sprintf("%s %s %s", record.ID, record.Kind, models.QuarterOf(models.DateOf(record.CreditedAt))))
		}
	}
	for _, credit := range frame {
		require.Equal(r, o.ID, credit.Obligation)
		kind := models.UnitDistrict
		if o.Unit == "120116-KFQ" {
			kind = models.UnitZone
		}
		require.Equal(r, kind, credit.UnitKind)
		framed = append(framed, fmt.Sprintf("%s %s %s", credit.Record, credit.Kind, credit.Quarter))
	}
	require.ElementsMatch(r, credited, framed)
}

func TestLateCommandsDoNotChangeASnapshot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		duty := town.enrolled("c-0001", "120101").credited("r-1", models.Found, modelstest.Enterprise(1))
		town.enrolled("c-0002", "120102")
		cutOff := models.MustQuarter("2013Q2").End()
		first := town.frozen(t, cycle("2013Q2"), cutOff)
		require.Equal(t, store.Sealed{Digest: first.Digest, Obligations: 2, Goals: 6, Credits: 1}, first)

		town.now = cutOff.Add(time.Hour)
		duty.credited("r-2", models.Introduce, modelstest.Enterprise(2))
		duty.do(modelstest.Organizer(), models.Transfer{To: "120102", On: models.DateOf(town.now), Document: "d"})
		town.enrolled("c-0003", "120101")
		require.Equal(t, first, town.frozen(t, cycle("2013Q2"), cutOff), "what was frozen stays")

		town.execute("DELETE FROM snapshot_goals")
		town.execute("DELETE FROM snapshot_credits")
		town.execute("UPDATE snapshot_units SET after_cadre = '', frozen = 0, digest = ''")
		require.Equal(t, first, town.frozen(t, cycle("2013Q2"), cutOff), "frozen later, a past quarter is what it was")
		require.NoError(t, archive.VerifySnapshot(t.Context(), cycle("2013Q2"), first.Digest))
		figures, err := archive.SnapshotFigures(t.Context(), cycle("2013Q2"))
		require.NoError(t, err)
		require.Equal(t, models.UnitID("120101"), figures[0].Unit)
		require.Equal(t, models.Outcome{Unit: "120101", Cadres: 1, Required: 3, Met: 1, Credits: 1}, figures[0].Outcome)
	})
}

func TestAUnitsTrendHasEveryQuarterThatWasSealedUntilThen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		duty := town.enrolled("c-0001", "120101")
		first, second, third := cycle("2013Q2"), cycle("2013Q3"), cycle("2013Q4")
		town.frozen(t, first, first.Quarter.End())
		town.now = second.Quarter.First().Start().Add(time.Hour)
		duty.credited("r-1", models.Found, modelstest.Enterprise(1))
		town.frozen(t, second, second.Quarter.End())
		town.freeze(t, third, third.Quarter.End())
		trend, err := archive.UnitTrend(t.Context(), third, "120101")
		require.NoError(t, err)
		require.Equal(t, []store.QuarterOutcome{
			{Quarter: first.Quarter, Required: 3}, {Quarter: second.Quarter, Required: 3, Met: 1},
		}, trend, "the third is not sealed yet")
		nobody, err := archive.UnitTrend(t.Context(), first, "120102")
		require.NoError(t, err)
		require.Equal(t, []store.QuarterOutcome{{Quarter: first.Quarter}}, nobody, "a unit without duties was inspected all the same")
	})
}

// TestATransferBetweenTheTurnsOfTwoUnitsLosesNobody moves one cadre to a unit
// that is still to come, and one away from it, after the first unit was frozen.
func TestATransferBetweenTheTurnsOfTwoUnitsLosesNobody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		onward := town.enrolled("c-0001", "120101").credited("r-1", models.Found, modelstest.Enterprise(1))
		back := town.enrolled("c-0002", "120102").credited("r-2", models.Found, modelstest.Enterprise(2))
		quarter := cycle("2013Q2")
		cutOff := quarter.Quarter.End()
		units, err := archive.InspectedUnits(t.Context(), quarter.Quarter)
		require.NoError(t, err)
		require.NoError(t, archive.BeginSnapshot(t.Context(), quarter, units))
		for _, unit := range units {
			for done := false; !done; {
				done, err = archive.FreezeUnit(t.Context(), quarter, unit.ID, cutOff)
				require.NoError(t, err)
			}
			if unit.ID == "120101" {
				town.now = cutOff.Add(time.Hour)
				onward.do(modelstest.Organizer(), models.Transfer{To: "120102", On: models.DateOf(town.now), Document: "d"})
				back.do(modelstest.Organizer(), models.Transfer{To: "120101", On: models.DateOf(town.now), Document: "d"})
			}
		}
		sealed, err := archive.SealSnapshot(t.Context(), quarter, cutOff, "", func(string) {})
		require.NoError(t, err)
		again, err := archive.SealSnapshot(t.Context(), quarter, cutOff, "", func(string) {})
		require.NoError(t, err)
		require.Equal(t, sealed, again)
		require.Equal(t, store.Sealed{Digest: sealed.Digest, Obligations: 2, Goals: 6, Credits: 2}, sealed)
		other := inspection.ID{Plan: townPlan, Quarter: quarter.Quarter.Next()}
		require.Equal(t, sealed.Digest, town.frozen(t, other, cutOff).Digest, "as if nobody had moved meanwhile")
	})
}

// TestWhoCameFromAnOfficeThatIsNotInspectedIsInNoSnapshot moves a cadre of the
// city itself into a district after the cut-off.
func TestWhoCameFromAnOfficeThatIsNotInspectedIsInNoSnapshot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		require.NoError(t, archive.SaveUnits(t.Context(), []models.Unit{
			{ID: "tj-group", Path: "/tj/group/", Name: "领导小组", Kind: models.UnitOffice, Parent: "tj"},
		}))
		town.enrolled("c-0001", "120101")
		came := town.enrolled("c-0002", "tj-group")
		quarter := cycle("2013Q2")
		cutOff := quarter.Quarter.End()
		town.now = cutOff.Add(time.Hour)
		came.do(modelstest.Organizer(), models.Transfer{To: "120101", On: models.DateOf(town.now), Document: "d"})
		sealed := town.frozen(t, quarter, cutOff)
		require.Equal(t, store.Sealed{Digest: sealed.Digest, Obligations: 1, Goals: 3}, sealed)
		_, err := archive.SnapshotFigures(t.Context(), quarter)
		require.NoError(t, err)
	})
}

// TestCommandsThatComeWhileAPageIsCopiedAreNotFrozen freezes again and again as of
// one cut-off while later commands are appended, and once more when all is quiet.
// Some of the cadres go to another unit.
func TestCommandsThatComeWhileAPageIsCopiedAreNotFrozen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		const cadres = 120
		for number := range cadres {
			duty := town.enrolled(models.CadreID(fmt.Sprintf("c-%04d", number)), "120101")
			if number%6 == 0 {
				duty.credited(models.RecordID(fmt.Sprintf("credited-%04d", number)), models.Introduce, modelstest.Enterprise(1000+number))
			}
		}
		cutOff := models.MustQuarter("2013Q2").End()
		town.now = cutOff.Add(time.Hour)
		var late []store.Append
		for number := range cadres {
			duty := &duty{town: town, id: models.ObligationID{Plan: townPlan, Cadre: models.CadreID(fmt.Sprintf("c-%04d", number))}}
			if number%3 == 0 {
				move := models.Transfer{To: "120102", On: models.DateOf(town.now), Document: "d"}
				late = append(late, duty.decided(duty.command(modelstest.Organizer(), move)))
				continue
			}
			draft := duty.draft(models.RecordID(fmt.Sprintf("r-%04d", number)), models.Found, modelstest.Enterprise(number))
			late = append(late, duty.decided(duty.command(duty.cadre(), submission(draft, duty.now))))
		}
		var ended atomic.Bool
		var writers errgroup.Group
		writers.Go(func() error {
			defer ended.Store(true)
			for _, one := range late {
				if _, err := archive.Append(t.Context(), one); err != nil {
					return err
				}
			}
			return nil
		})
		digests := map[string]bool{}
		quarter := models.MustQuarter("2013Q2")
		for !ended.Load() {
			digests[town.frozen(t, inspection.ID{Plan: townPlan, Quarter: quarter}, cutOff).Digest] = true
			quarter = quarter.Next()
		}
		require.NoError(t, writers.Wait())
		digests[town.frozen(t, inspection.ID{Plan: townPlan, Quarter: quarter}, cutOff).Digest] = true
		require.Len(t, digests, 1, "what is frozen is as of the cut-off, whatever comes meanwhile")
	})
}

func TestAChangedRowOfASnapshotIsDetected(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-0001", "120101").credited("r-1", models.Found, modelstest.Enterprise(1))
		town.enrolled("c-0002", "120101")
		id := cycle("2013Q2")
		sealed := town.frozen(t, id, id.Quarter.End())
		for change, back := range map[string]string{
			"UPDATE snapshot_goals SET credits = credits + 1 WHERE cadre = 'c-0002' AND kind = 'found'": "UPDATE snapshot_goals SET credits = credits - 1 WHERE cadre = 'c-0002' AND kind = 'found'",
			"UPDATE snapshot_goals SET unit = '120102' WHERE cadre = 'c-0001'":                          "UPDATE snapshot_goals SET unit = '120101' WHERE cadre = 'c-0001'",
			"UPDATE snapshot_credits SET kind = 'introduce'":                                            "UPDATE snapshot_credits SET kind = 'found'",
			"UPDATE snapshot_units SET name = '和平' WHERE unit = '120101'":                               "UPDATE snapshot_units SET name = '和平区' WHERE unit = '120101'",
			"UPDATE snapshot_units SET goals = 5 WHERE unit = '120101'":                                 "UPDATE snapshot_units SET goals = 6 WHERE unit = '120101'",
		} {
			require.NoError(t, archive.VerifySnapshot(t.Context(), id, sealed.Digest))
			town.execute(change)
			require.ErrorIs(t, archive.VerifySnapshot(t.Context(), id, sealed.Digest), store.ErrSnapshot, change)
			town.execute(back)
		}
		require.ErrorIs(t, archive.VerifySnapshot(t.Context(), id, "another"), store.ErrSnapshot)
	})
}

func TestASnapshotIsNotSealedBeforeEveryUnitIsFrozen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		id := cycle("2013Q2")
		units, err := archive.InspectedUnits(t.Context(), id.Quarter)
		require.NoError(t, err)
		require.NoError(t, archive.BeginSnapshot(t.Context(), id, units))
		_, err = archive.SealSnapshot(t.Context(), id, id.Quarter.End(), "", func(string) {})
		require.ErrorIs(t, err, store.ErrUnfrozen)
		_, err = archive.FreezeUnit(t.Context(), id, "nobody", id.Quarter.End())
		require.ErrorIs(t, err, store.ErrNotFound)
		town.frozen(t, id, id.Quarter.End())
	})
}
