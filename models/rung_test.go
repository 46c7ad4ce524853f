package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func codesOf(rungs []models.Rung) []models.RungCode {
	codes := make([]models.RungCode, len(rungs))
	for i, rung := range rungs {
		codes[i] = rung.Code
	}
	return codes
}

func TestATermWithoutActsTakesEightRungsAtTheirExactInstants(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled()
	passed := obligation.RungsUntil(shanghai(t, "2020-01-01 00:00:00"))
	wanted := []struct {
		code models.RungCode
		at   string
	}{
		{"schedule-1", "2014-01-01 00:00:00"},
		{"schedule-2", "2015-01-01 00:00:00"},
		{"due-180", "2015-07-04 00:00:00"},
		{"due-90", "2015-10-02 00:00:00"},
		{"due-30", "2015-12-01 00:00:00"},
		{"due-7", "2015-12-24 00:00:00"},
		{models.RungOverdue, "2016-01-01 00:00:00"},
		{models.RungTalk, "2016-01-31 00:00:00"},
	}
	require.Len(t, passed, len(wanted))
	for i, want := range wanted {
		require.Equal(t, want.code, passed[i].Code)
		require.Equal(t, shanghai(t, want.at), passed[i].At, want.code)
		require.Equal(t, models.Kinds, passed[i].Kinds)
	}
	_, more := obligation.Obligation.NextRung(obligation.Now, obligation.Rules)
	require.False(t, more)
}

func TestMissedRungsAreSupersededByTheLastMissedOne(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().At(shanghai(t, "2015-12-10 00:00:00"))
	rung, comes := obligation.Obligation.NextRung(obligation.Now, obligation.Rules)
	require.True(t, comes)
	require.Equal(t, models.RungCode("due-30"), rung.Code)
	passed := obligation.RungsUntil(shanghai(t, "2017-01-01 00:00:00"))
	require.Equal(t, []models.RungCode{"due-30", "due-7", models.RungOverdue, models.RungTalk}, codesOf(passed))
}

func TestRungsAreSilentWhileAClaimWaitsForReviewers(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().Exempted(models.Introduce, models.Transform).
		On("2013-06-01").Submitted("r-1", models.Found, modelstest.Enterprise(1))
	require.Empty(t, obligation.RungsUntil(shanghai(t, "2018-01-01 00:00:00")))
}

func TestAReturnedClaimDoesNotMakeItsGoalOverdueBeforeTheCorrectionLapses(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2015-12-30").
		Submitted("r-1", models.Found, modelstest.Enterprise(1)).
		On("2015-12-31").ReturnedUntil("r-1", shanghai(t, "2016-01-14 00:00:00"))
	for _, rung := range obligation.RungsUntil(shanghai(t, "2016-03-01 00:00:00")) {
		switch rung.Code {
		case models.RungOverdue:
			require.Equal(t, []models.Kind{models.Introduce, models.Transform}, rung.Kinds)
		case models.RungTalk:
			require.Equal(t, models.Kinds, rung.Kinds)
		case models.RungCorrectionLapsed:
			require.Equal(t, shanghai(t, "2016-01-14 00:00:00"), rung.At)
			require.Equal(t, models.RecordID("r-1"), rung.Record)
		case models.RungSuspensionEnds, models.RungFulfilledClose:
			require.Fail(t, "nothing is suspended or fulfilled", "%s", rung.ID)
		}
	}
	require.Contains(t, obligation.Obligation.Passed, models.RungID("correction-lapsed@r-1#1"))
}

func TestEveryRoundOfCorrectionHasItsOwnLapse(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01").Submitted("r-1", models.Found, modelstest.Enterprise(1))
	for round := 1; round <= 3; round++ {
		obligation.Returned("r-1")
		lapses := 0
		for _, rung := range obligation.RungsUntil(obligation.Now.AddDate(0, 0, 12)) {
			if rung.Code == models.RungCorrectionLapsed {
				lapses++
			}
		}
		require.Equal(t, 1, lapses, "round %d", round)
		obligation.Resubmitted("r-1")
	}
}

func TestAFulfilledDutyClosesItselfSixtyDaysAfterTheLastDueDate(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2013-06-01").Fulfilled()
	passed := obligation.RungsUntil(shanghai(t, "2018-01-01 00:00:00"))
	require.Equal(t, []models.RungCode{models.RungFulfilledClose}, codesOf(passed))
	require.Equal(t, shanghai(t, "2016-03-01 00:00:00"), passed[0].At)
	require.Equal(t, models.GroundFulfilled, obligation.Obligation.Closed)
}

func TestAFulfilledDutyWithAnOpenRecordWaitsForIt(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2013-06-01").Fulfilled().
		Submitted("r-9", models.Found, modelstest.Enterprise(9))
	require.Empty(t, obligation.RungsUntil(shanghai(t, "2018-01-01 00:00:00")))
	obligation.Rejected("r-9")
	require.Equal(t, []models.RungCode{models.RungFulfilledClose}, codesOf(obligation.RungsUntil(obligation.Now)))
}

func TestOnlyTheClockPassesARungAndOnlyTheOneThatIsDue(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled()
	first, _ := obligation.Obligation.NextRung(obligation.Now, obligation.Rules)
	obligation.At(first.At.Add(-tick))
	require.Equal(t, models.RefusedRung, obligation.Refused(modelstest.Clock(), models.PassRung{Rung: first.ID}))
	obligation.At(first.At)
	require.Equal(t, models.RefusedRung, obligation.Refused(modelstest.Organizer(), models.PassRung{Rung: first.ID}))
	require.Equal(t, models.RefusedRung, obligation.Refused(modelstest.Clock(), models.PassRung{Rung: "due-7@2015-12-31"}))
	obligation.Do(modelstest.Clock(), models.PassRung{Rung: first.ID})
	require.Equal(t, models.RefusedRung, obligation.Refused(modelstest.Clock(), models.PassRung{Rung: first.ID}))
}

func TestInAnyLifeTheNextRungIsNewAndAcceptedAtItsInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		modelstest.Walk(t, obligation, walkSteps, func(models.Command, []models.Event, error) {
			now := obligation.Now
			if now.Before(obligation.Obligation.At) {
				now = obligation.Obligation.At
			}
			rung, comes := obligation.Obligation.NextRung(now, obligation.Rules)
			if obligation.Obligation.Closed != "" {
				require.False(t, comes)
				return
			}
			if !comes {
				return
			}
			require.NotContains(t, obligation.Obligation.Passed, rung.ID)
			require.False(t, rung.At.IsZero())
			if rung.At.After(now) {
				now = rung.At
			}
			_, err := obligation.Obligation.Decide(models.Command{
				ID: "rung", At: now, Actor: modelstest.Clock(), Body: models.PassRung{Rung: rung.ID},
			}, obligation.Rules)
			require.NoError(t, err)
		})
	})
}

// TestTheLadderEndsWhateverPeopleDo hosts a duty as the workflow does: one
// timer for the next rung, commands in between, for six years.
func TestTheLadderEndsWhateverPeopleDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		end := shanghai(t, "2019-01-01 00:00:00")
		total, returns, dueDates := 0, 0, 1
		for obligation.Now.Before(end) {
			next := obligation.Now.Add(time.Duration(rapid.IntRange(1, 90*24).Draw(t, "hours")) * time.Hour)
			total += len(obligation.RungsUntil(next))
			if events, err := obligation.Try(modelstest.DrawCommand(t, obligation)); err == nil {
				switch events[0].Body.(type) {
				case models.RecordReturned, models.Suspended:
					returns++
				case models.Extended:
					dueDates++
				}
			}
		}
		require.LessOrEqual(t, total, len(obligation.Rules.Rungs)*dueDates+returns+1)
		require.Len(t, asSet(obligation.Obligation.Passed), len(obligation.Obligation.Passed), "a rung was taken twice")
		inOrder(t, obligation)
	})
}

func asSet(ids []models.RungID) map[models.RungID]bool {
	set := map[models.RungID]bool{}
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// inOrder requires that the rungs of one due date come in the policy's order.
func inOrder(t *rapid.T, b *modelstest.Builder) {
	place := map[models.RungCode]int{}
	for i, rule := range b.Rules.Rungs {
		place[rule.Code] = i + 1
	}
	last := map[string]int{}
	for _, event := range b.Events {
		rung, ok := event.Body.(models.RungPassed)
		if !ok || place[rung.Code] == 0 {
			continue
		}
		ladder := string(rung.Rung)[len(rung.Code)+1:]
		require.Greater(t, place[rung.Code], last[ladder], "%s of %s", rung.Code, ladder)
		last[ladder] = place[rung.Code]
		require.False(t, rung.ReachedAt.After(event.At))
	}
}

func TestALapsedCorrectionGivesNoTimeBeforeTheTalk(t *testing.T) {
	due := models.MustDate("2015-12-31").End()
	lapse := due.AddDate(0, 0, 20)
	b := modelstest.AnObligation(t).Enrolled().On("2015-12-20").
		Submitted("R-1", models.Introduce, modelstest.Enterprise(1)).
		Submitted("R-2", models.Found, modelstest.Enterprise(2)).Accepted("R-2").Accepted("R-2").Accepted("R-2").
		Submitted("R-3", models.Transform, modelstest.Enterprise(3)).Accepted("R-3").Accepted("R-3").Accepted("R-3").
		ReturnedUntil("R-1", lapse)
	reached := map[models.RungCode]time.Time{}
	for _, rung := range b.RungsUntil(due.AddDate(0, 3, 0)) {
		reached[rung.Code] = rung.At
	}
	require.Equal(t, lapse, reached[models.RungOverdue], "the claim holds the due instant until its correction lapses")
	require.Equal(t, due.AddDate(0, 0, 30), reached[models.RungTalk], "the talk counts from the due instant all the same")
}
