package models_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func TestASuspensionMovesTheDueInstantByExactlyItsDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		found, _ := obligation.Obligation.Goal(models.Found)
		due, _ := obligation.Obligation.DueAt(found)
		from := models.MustDate("2013-01-01")
		for range rapid.IntRange(1, 4).Draw(t, "suspensions") {
			from = from.AddDays(rapid.IntRange(0, 100).Draw(t, "free"))
			length := rapid.IntRange(0, 120).Draw(t, "days")
			obligation.At(from.Start()).Suspended(from.String(), "")
			_, comes := obligation.Obligation.DueAt(found)
			require.False(t, comes, "an open suspension keeps the due instant from coming")
			obligation.At(from.AddDays(length).Start()).Resumed(from.AddDays(length).String())
			from = from.AddDays(length)
			due = due.AddDate(0, 0, length)
			moved, comes := obligation.Obligation.DueAt(found)
			require.True(t, comes)
			require.Equal(t, due, moved)
		}
	})
}

func TestAPlannedEndIsTheSameAsResumingOnTheFollowingDay(t *testing.T) {
	planned := modelstest.AnObligation(t).Enrolled().On("2015-03-01").Suspended("2015-03-01", "2015-08-31").On("2015-09-01")
	resumed := modelstest.AnObligation(t).Enrolled().On("2015-03-01").Suspended("2015-03-01", "").On("2015-09-01").Resumed("2015-09-01")
	earlier := modelstest.AnObligation(t).Enrolled().On("2015-03-01").Suspended("2015-03-01", "2015-12-01").On("2015-09-01").Resumed("2015-09-01")
	require.Equal(t, planned.Obligation.Turning(planned.Rules), resumed.Obligation.Turning(resumed.Rules))
	require.Equal(t, planned.Obligation.Turning(planned.Rules), earlier.Obligation.Turning(earlier.Rules))
	require.Equal(t, shanghai(t, "2016-07-03 00:00:00"), redOf(t, planned, models.Found))
	require.Equal(t, models.RefusedNotSuspended,
		planned.Refused(modelstest.Organizer(), models.Resume{On: models.MustDate("2015-09-01")}), "it is over already")
}

func TestNoLightTurnsInsideASuspension(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := lifeOf(t)
		aggregate := &obligation.Obligation
		for _, suspension := range aggregate.Suspensions {
			start := suspension.From.Start()
			end := start.AddDate(3, 0, 0)
			switch {
			case !suspension.Resumed.IsZero():
				end = suspension.Resumed.Start()
			case !suspension.Until.IsZero():
				end = suspension.Until.End()
			}
			for _, goal := range aggregate.Goals {
				turning := aggregate.GoalTurning(goal, obligation.Rules)
				requireOutside(t, turning.Blue, start, end, "blue")
				requireOutside(t, turning.Red, start, end, "red")
				returned := slices.ContainsFunc(aggregate.Records, func(r models.Record) bool {
					return r.Kind == goal.Kind && r.State == models.StateReturned
				})
				if !returned {
					requireOutside(t, turning.Yellow, start, end, "yellow")
				}
			}
		}
	})
}

// requireOutside: a light may turn at the very start, which no suspended day
// comes before.
func requireOutside(t *rapid.T, turn, start, end time.Time, light string) {
	if turn.After(start) && turn.Before(end) {
		t.Fatalf("%s turns at %s, inside %s to %s", light, turn, start, end)
	}
}

func TestAnOpenSuspensionKeepsEveryLight(t *testing.T) {
	for _, from := range []string{"2013-05-01", "2014-05-01", "2015-11-01", "2015-12-31"} {
		obligation := modelstest.AnObligation(t).Enrolled().On(from).Suspended(from, "")
		standing := obligation.Obligation.Standing(obligation.Now, obligation.Rules)
		later := obligation.Obligation.Standing(obligation.Now.AddDate(10, 0, 0), obligation.Rules)
		require.Equal(t, standing.Light, later.Light, from)
		require.Equal(t, models.ObligationSuspended, later.State)
		for i := range later.Goals {
			require.Equal(t, standing.Goals[i].Light, later.Goals[i].Light)
			require.Equal(t, models.GoalSuspended, later.Goals[i].State)
			require.Equal(t, standing.Goals[i].DaysLeft, later.Goals[i].DaysLeft, "no day goes by")
		}
		_, comes := obligation.Obligation.NextRung(obligation.Now.AddDate(10, 0, 0), obligation.Rules)
		missed := from != "2013-05-01"
		require.Equal(t, missed, comes, "only steps from before the suspension are left")
	}
}

func TestASuspensionAfterTheDueInstantHealsNothing(t *testing.T) {
	midnight := shanghai(t, "2016-01-01 00:00:00")
	obligation := modelstest.AnObligation(t).Enrolled().On("2016-01-01").Suspended("2016-01-01", "")
	require.Equal(t, midnight, redOf(t, obligation, models.Found))
	require.Equal(t, models.GoalOverdue, goalOf(t, obligation, models.Found, obligation.Now).State)

	obligation = modelstest.AnObligation(t).Enrolled().On("2015-12-31").Suspended("2015-12-31", "2015-12-31")
	require.Equal(t, midnight.AddDate(0, 0, 1), redOf(t, obligation, models.Found), "on the last day it still counts")
}

func TestABackDatedSuspensionCountsFromItsFirstDay(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled()
	obligation.RungsUntil(shanghai(t, "2016-01-10 12:00:00"))
	require.False(t, redOf(t, obligation, models.Found).After(obligation.Now))
	obligation.Suspended("2015-12-20", "2016-01-19")
	require.Equal(t, shanghai(t, "2016-02-01 00:00:00"), redOf(t, obligation, models.Found))
	require.Equal(t, models.GoalSuspended, goalOf(t, obligation, models.Found, obligation.Now).State)
}

func TestTheLimitsOfASuspensionsDates(t *testing.T) {
	suspended := func(from, until string) models.Suspend {
		body := models.Suspend{From: models.MustDate(from), Ground: "illness", Document: "d-1"}
		if until != "" {
			body.Until = models.MustDate(until)
		}
		return body
	}
	obligation := modelstest.AnObligation(t).EnrolledFor("2013-06-01", "2015-12-31").On("2013-07-15")
	for name, refused := range map[string]struct {
		body models.Suspend
		code models.RefusalCode
	}{
		"31 days back":       {suspended("2013-06-14", ""), models.RefusedDate},
		"tomorrow":           {suspended("2013-07-16", ""), models.RefusedFutureDate},
		"ended yesterday":    {suspended("2013-07-01", "2013-07-14"), models.RefusedDate},
		"for ever":           {suspended("2013-07-15", "9999-12-31"), models.RefusedDate},
		"for centuries":      {suspended("2013-07-15", "2313-07-15"), models.RefusedDate},
		"no such ground":     {models.Suspend{From: models.MustDate("2013-07-15"), Ground: "holiday", Document: "d"}, models.RefusedGround},
		"without a document": {models.Suspend{From: models.MustDate("2013-07-15"), Ground: "illness"}, models.RefusedNoDocument},
		"without a date":     {models.Suspend{Ground: "illness", Document: "d"}, models.RefusedDate},
	} {
		require.Equal(t, refused.code, obligation.Refused(modelstest.Organizer(), refused.body), name)
	}
	obligation.On("2013-06-10")
	require.Equal(t, models.RefusedDate, obligation.Refused(modelstest.Organizer(), suspended("2013-05-31", "")), "before the window")
	obligation.On("2013-07-15").Suspended("2013-06-15", "2013-07-15")
	require.Equal(t, models.RefusedSuspended, obligation.Refused(modelstest.Organizer(), suspended("2013-07-15", "")))
	obligation.On("2013-07-16").Suspended("2013-07-16", "")
	require.Equal(t, models.RefusedSuspended, obligation.Refused(modelstest.Organizer(), suspended("2013-07-16", "")))
	require.Equal(t, models.RefusedFutureDate, obligation.Refused(modelstest.Organizer(), models.Resume{On: models.MustDate("2013-07-17")}))
	require.Equal(t, models.RefusedDate, obligation.Refused(modelstest.Organizer(), models.Resume{On: models.MustDate("2013-07-15")}))
	require.Equal(t, models.RefusedDate, obligation.Refused(modelstest.Organizer(), models.Resume{}))
}

func TestACorrectionDoesNotLapseWhileTheCadreIsSuspended(t *testing.T) {
	lapse := shanghai(t, "2016-01-20 00:00:00")
	returned := func() *modelstest.Builder {
		return modelstest.AnObligation(t).Enrolled().On("2015-12-30").
			Submitted("r-1", models.Found, modelstest.Enterprise(1)).
			On("2016-01-05").ReturnedUntil("r-1", lapse)
	}
	obligation := returned().On("2016-01-10").Suspended("2016-01-10", "")
	require.True(t, redOf(t, obligation, models.Found).IsZero())
	obligation.On("2016-02-09").Resumed("2016-02-09")
	require.Equal(t, lapse.AddDate(0, 0, 30), redOf(t, obligation, models.Found))
	kept := obligation.At(lapse.AddDate(0, 0, 30).Add(-tick)).Resubmitted("r-1")
	record, _ := kept.Obligation.Record("r-1")
	require.Equal(t, shanghai(t, "2015-12-30 12:00:00"), record.SubmittedAt)

	planned := returned().On("2016-01-10").Suspended("2016-01-10", "2016-01-14")
	var lapsed models.Rung
	for _, rung := range planned.RungsUntil(shanghai(t, "2016-03-01 00:00:00")) {
		if rung.Code == models.RungCorrectionLapsed {
			lapsed = rung
		}
	}
	require.Equal(t, lapse.AddDate(0, 0, 5), lapsed.At)
	over := returned().At(lapse).Suspended("2016-01-20", "")
	require.Equal(t, lapse, redOf(t, over, models.Found), "what has lapsed stays lapsed")
}

func TestTheEndOfAPlannedSuspensionIsARung(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2013-03-01").Suspended("2013-03-01", "2013-08-31")
	passed := obligation.RungsUntil(shanghai(t, "2013-10-01 00:00:00"))
	require.Equal(t, []models.RungCode{models.RungSuspensionEnds}, codesOf(passed))
	require.Equal(t, shanghai(t, "2013-09-01 00:00:00"), passed[0].At)
}

func TestRemindersMoveWithTheLedger(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2013-03-01").Suspended("2013-03-01", "").
		On("2013-03-11").Resumed("2013-03-11")
	first, comes := obligation.Obligation.NextRung(obligation.Now, obligation.Rules)
	require.True(t, comes)
	require.Equal(t, shanghai(t, "2014-01-11 00:00:00"), first.At)
}
