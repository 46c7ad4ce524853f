package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

const tick = time.Microsecond

func TestADutyIsDueAtTwentyFourHoursInShanghai(t *testing.T) {
	for _, due := range []struct{ day, instant string }{
		{"2015-12-31", "2015-12-31T16:00:00Z"},
		{"2016-02-28", "2016-02-28T16:00:00Z"},
		{"2016-02-29", "2016-02-29T16:00:00Z"},
		{"2015-02-28", "2015-02-28T16:00:00Z"},
		{"2014-06-30", "2014-06-30T16:00:00Z"},
	} {
		instant, err := time.Parse(time.RFC3339, due.instant)
		require.NoError(t, err)
		obligation := modelstest.AnObligation(t).EnrolledFor("2013-01-01", due.day)
		before := goalOf(t, obligation, models.Found, instant.Add(-tick))
		after := goalOf(t, obligation, models.Found, instant)
		require.Equal(t, models.Yellow, before.Light, due.day)
		require.Equal(t, models.GoalNotStarted, before.State)
		require.Zero(t, before.DaysLeft)
		require.Equal(t, models.Red, after.Light, due.day)
		require.Equal(t, models.GoalOverdue, after.State)
		require.Equal(t, -1, after.DaysLeft)
		require.Equal(t, due.day, after.Due.String())
	}
}

func TestASubmissionOneMicrosecondBeforeMidnightIsInTimeAndAtMidnightLate(t *testing.T) {
	midnight := shanghai(t, "2016-01-01 00:00:00")
	inTime := modelstest.AnObligation(t).Enrolled().At(midnight.Add(-tick)).Submitted("r-1", models.Found, modelstest.Enterprise(1))
	require.True(t, redOf(t, inTime, models.Found).IsZero())
	require.Equal(t, models.GoalInReview, goalOf(t, inTime, models.Found, midnight.AddDate(5, 0, 0)).State)

	late := modelstest.AnObligation(t).Enrolled().At(midnight).Submitted("r-1", models.Found, modelstest.Enterprise(1))
	require.Equal(t, midnight, redOf(t, late, models.Found))
	standing := goalOf(t, late, models.Found, midnight)
	require.Equal(t, models.GoalOverdue, standing.State)
	require.Equal(t, models.BecauseLateInReview, standing.Because[1].Code)
}

func TestTheRequestsOwnInstantCountsEvenIfTheOverdueRungWasRecordedFirst(t *testing.T) {
	midnight := shanghai(t, "2016-01-01 00:00:00")
	obligation := modelstest.AnObligation(t).Enrolled()
	obligation.RungsUntil(midnight)
	require.Equal(t, midnight, obligation.Obligation.At)

	obligation.At(midnight.Add(-tick)).Submitted("r-1", models.Found, modelstest.Enterprise(1))
	require.Equal(t, midnight, obligation.Obligation.At, "the log keeps its order")
	require.True(t, redOf(t, obligation, models.Found).IsZero(), "and the cadre their minute")
	obligation.Disputed("r-2", models.Introduce, modelstest.Enterprise(2))
	require.True(t, redOf(t, obligation, models.Introduce).IsZero())
	require.Equal(t, midnight, redOf(t, obligation, models.Transform))
}

func TestALateCreditFulfilsAndSaysThatItWasLate(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2016-03-01").Fulfilled()
	standing := obligation.Obligation.Standing(obligation.Now, obligation.Rules)
	require.Equal(t, models.ObligationFulfilled, standing.State)
	require.Equal(t, models.Green, standing.Light)
	for _, goal := range standing.Goals {
		require.Equal(t, models.GoalDone, goal.State)
		require.Equal(t, models.BecauseMetLate, goal.Because[0].Code)
	}
}

// reviewed are the acts of one claim's review as delays between them.
type reviewed struct {
	submit time.Time
	waits  []time.Duration
}

func drawReview(t *rapid.T) reviewed {
	hours := func(most int, name string) time.Duration {
		return time.Duration(rapid.IntRange(0, most*24).Draw(t, name)) * time.Hour
	}
	drawn := reviewed{submit: models.MustDate("2015-12-31").End().Add(-tick - hours(400, "ahead"))}
	for range rapid.IntRange(0, 6).Draw(t, "acts") {
		drawn.waits = append(drawn.waits, hours(900, "reviewer waits"))
	}
	return drawn
}

func TestReviewersDelayNeverMakesACadreLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawReview(t)
		obligation := modelstest.AnObligation(t).Enrolled().At(drawn.submit).
			Submitted("r-1", models.Found, modelstest.Enterprise(1))
		returns := 0
		for _, wait := range drawn.waits {
			from := obligation.Now
			obligation.At(from.Add(wait))
			for _, asOf := range []time.Time{from, from.Add(wait / 2), from.Add(wait)} {
				require.NotEqual(t, models.Red, goalOf(t, obligation, models.Found, asOf).Light)
			}
			if stateOf(t, obligation, "r-1") == models.StateCredited {
				return
			}
			if returns < obligation.Rules.ReturnLimit && rapid.Bool().Draw(t, "returned") {
				returns++
				lapse := obligation.Now.Add(14 * 24 * time.Hour)
				obligation.ReturnedUntil("r-1", lapse)
				require.NotEqual(t, models.Red, goalOf(t, obligation, models.Found, lapse.Add(-tick)).Light)
				obligation.At(lapse.Add(-tick)).Resubmitted("r-1")
			} else {
				obligation.Accepted("r-1")
			}
			record, _ := obligation.Obligation.Record("r-1")
			require.Equal(t, drawn.submit, record.SubmittedAt, "the first submission is the one that counts")
		}
		require.NotEqual(t, models.Red, goalOf(t, obligation, models.Found, obligation.Now.AddDate(10, 0, 0)).Light)
	})
}

func TestInAnyLifeAGoalWithAClaimMadeInTimeUnderReviewIsNeverRed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		modelstest.Walk(t, obligation, walkSteps, func(models.Command, []models.Event, error) {
			for _, goal := range obligation.Obligation.Goals {
				due, comes := obligation.Obligation.DueAt(goal)
				for _, record := range obligation.Obligation.Records {
					waits := record.State == models.StateUnderReview || record.State == models.StateDisputed
					if record.Kind == goal.Kind && waits && (!comes || record.SubmittedAt.Before(due)) {
						require.True(t, obligation.Obligation.GoalTurning(goal, obligation.Rules).Red.IsZero())
					}
				}
			}
		})
	})
}

func TestARecordFinallyRefusedGivesNoTimeBack(t *testing.T) {
	due := shanghai(t, "2016-01-01 00:00:00")
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawReview(t)
		obligation := modelstest.AnObligation(t).Enrolled().At(drawn.submit).
			Submitted("r-1", models.Found, modelstest.Enterprise(1))
		for _, wait := range drawn.waits {
			if len(obligation.Events) < 4 {
				obligation.At(obligation.Now.Add(wait)).Accepted("r-1")
			}
		}
		obligation.At(obligation.Now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "hours")) * time.Hour)).Rejected("r-1")
		require.Equal(t, due, redOf(t, obligation, models.Found), "red counts from the original due instant")
	})
}

func TestAfterARefusalTheOverdueRungCountsFromTheDueInstant(t *testing.T) {
	due := shanghai(t, "2016-01-01 00:00:00")
	obligation := modelstest.AnObligation(t).Enrolled().Exempted(models.Introduce, models.Transform).
		On("2015-12-20").Submitted("r-1", models.Found, modelstest.Enterprise(1))
	obligation.RungsUntil(due.AddDate(0, 0, 10))
	require.NotContains(t, obligation.Obligation.Passed, models.RungID("overdue@2015-12-31"), "under review nothing is overdue")

	obligation.Rejected("r-1")
	rung, comes := obligation.Obligation.NextRung(obligation.Now, obligation.Rules)
	require.True(t, comes)
	require.Equal(t, models.RungOverdue, rung.Code)
	require.Equal(t, due, rung.At)
	passed := obligation.RungsUntil(due.AddDate(1, 0, 0))
	require.Equal(t, []models.RungCode{models.RungOverdue, models.RungTalk}, codesOf(passed))
	require.Equal(t, due.AddDate(0, 0, 30), passed[1].At)
}

func TestALapsedCorrectionReleasesTheHoldAtThatInstant(t *testing.T) {
	lapse := shanghai(t, "2016-01-20 00:00:00")
	obligation := modelstest.AnObligation(t).Enrolled().On("2015-12-30").
		Submitted("r-1", models.Found, modelstest.Enterprise(1)).
		On("2016-01-05").ReturnedUntil("r-1", lapse)
	require.Equal(t, models.Yellow, goalOf(t, obligation, models.Found, obligation.Now).Light, "the cadre must act")
	require.Equal(t, models.Yellow, goalOf(t, obligation, models.Found, lapse.Add(-tick)).Light)
	require.Equal(t, models.GoalInProgress, goalOf(t, obligation, models.Found, lapse.Add(-tick)).State)
	after := goalOf(t, obligation, models.Found, lapse)
	require.Equal(t, models.Red, after.Light)
	require.Equal(t, models.BecauseCorrectionOver, after.Because[1].Code)
}

func TestACorrectionWithinItsDeadlineKeepsTheSubmissionThatCounts(t *testing.T) {
	lapse := shanghai(t, "2016-01-20 00:00:00")
	returned := func() *modelstest.Builder {
		return modelstest.AnObligation(t).Enrolled().On("2015-12-30").
			Submitted("r-1", models.Found, modelstest.Enterprise(1)).
			On("2016-01-05").ReturnedUntil("r-1", lapse)
	}
	kept := returned().At(lapse.Add(-tick)).Resubmitted("r-1")
	record, _ := kept.Obligation.Record("r-1")
	require.Equal(t, shanghai(t, "2015-12-30 12:00:00"), record.SubmittedAt)
	require.True(t, redOf(t, kept, models.Found).IsZero())

	lost := returned().At(lapse).Resubmitted("r-1")
	record, _ = lost.Obligation.Record("r-1")
	require.Equal(t, lapse, record.SubmittedAt)
	require.Equal(t, shanghai(t, "2016-01-01 00:00:00"), redOf(t, lost, models.Found))
}

func TestALateCorrectionBeforeTheDueInstantIsStillInTime(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2015-06-01").
		Submitted("r-1", models.Found, modelstest.Enterprise(1)).Returned("r-1").
		On("2015-12-01").Resubmitted("r-1")
	require.True(t, redOf(t, obligation, models.Found).IsZero())
}

func TestWithdrawingAndSubmittingAgainIsANewSubmission(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2015-12-30").
		Submitted("r-1", models.Found, modelstest.Enterprise(1)).
		On("2016-01-02").Do(modelstest.AnObligation(t).Cadre(), models.Withdraw{Record: "r-1"}).
		Submitted("r-1", models.Found, modelstest.Enterprise(1))
	require.Equal(t, shanghai(t, "2016-01-01 00:00:00"), redOf(t, obligation, models.Found))
}

func TestAnotherClaimUnderReviewOutlastsALapsedCorrection(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2015-12-30").
		Submitted("r-1", models.Found, modelstest.Enterprise(1)).
		Submitted("r-2", models.Found, modelstest.Enterprise(2)).
		On("2016-01-05").Returned("r-1")
	require.True(t, redOf(t, obligation, models.Found).IsZero())
	obligation.On("2016-06-01").Rejected("r-2")
	require.Equal(t, shanghai(t, "2016-01-15 12:00:00"), redOf(t, obligation, models.Found))
}
