package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func extend(due string, kinds ...models.Kind) models.Extend {
	return models.Extend{Kinds: kinds, Due: models.MustDate(due), Ground: "force-majeure", Document: "d-1"}
}

func TestAnExtensionStartsANewLadderForItsGoals(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled()
	obligation.RungsUntil(shanghai(t, "2015-12-25 12:00:00"))
	obligation.Extended("2016-06-30", models.Found)
	passed := obligation.RungsUntil(shanghai(t, "2017-01-01 00:00:00"))
	var old, fresh []models.RungCode
	for _, rung := range passed {
		if len(rung.Kinds) == 1 {
			require.Equal(t, []models.Kind{models.Found}, rung.Kinds)
			fresh = append(fresh, rung.Code)
		} else {
			require.Equal(t, []models.Kind{models.Introduce, models.Transform}, rung.Kinds)
			old = append(old, rung.Code)
		}
	}
	require.Equal(t, []models.RungCode{models.RungOverdue, models.RungTalk}, old)
	require.Equal(t, []models.RungCode{"schedule-2", "due-180", "due-90", "due-30", "due-7", models.RungOverdue, models.RungTalk}, fresh)
	require.Equal(t, shanghai(t, "2016-07-01 00:00:00"), redOf(t, obligation, models.Found))
}

func TestAnExtensionMovesForwardWithinItsLimit(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2015-06-01")
	organizer := modelstest.Organizer()
	require.Equal(t, models.RefusedDate, obligation.Refused(organizer, extend("2015-12-31", models.Found)))
	require.Equal(t, models.RefusedDate, obligation.Refused(organizer, extend("2016-12-31", models.Found)), "366 days")
	require.Equal(t, models.RefusedUnknownKind, obligation.Refused(organizer, extend("2016-06-30")))
	require.Equal(t, models.RefusedUnknownKind, obligation.Refused(organizer, extend("2016-06-30", "hatch")))
	require.Equal(t, models.RefusedGround, obligation.Refused(organizer, models.Extend{
		Kinds: models.Kinds, Due: models.MustDate("2016-06-30"), Ground: "illness", Document: "d-1",
	}))
	require.Equal(t, models.RefusedNoDocument, obligation.Refused(organizer, models.Extend{
		Kinds: models.Kinds, Due: models.MustDate("2016-06-30"), Ground: "force-majeure",
	}))
	obligation.Extended("2016-06-30", models.Found).Extended("2016-12-30", models.Found)
	require.Equal(t, models.RefusedDate, obligation.Refused(organizer, extend("2016-12-31", models.Found)),
		"extensions count from the plan's end, not from one another")
	goal := goalOf(t, obligation, models.Found, obligation.Now)
	require.Equal(t, models.BecauseExtended, goal.Because[len(goal.Because)-1].Code)
}

func TestAnOverdueGoalThatIsExtendedIsOpenAgain(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2016-02-01").Extended("2016-06-30")
	require.Equal(t, models.GoalNotStarted, goalOf(t, obligation, models.Found, obligation.Now).State)
	require.NotEqual(t, models.Red, obligation.Obligation.Standing(obligation.Now, obligation.Rules).Light)
}

func TestAnExemptionFulfilsItsGoal(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2016-03-01").Exempted(models.Found)
	goal := goalOf(t, obligation, models.Found, obligation.Now)
	require.Equal(t, models.GoalExempted, goal.State)
	require.Equal(t, models.Green, goal.Light)
	require.Equal(t, models.ObligationOverdue, obligation.Obligation.Standing(obligation.Now, obligation.Rules).State)

	obligation.Exempted(models.Introduce, models.Transform)
	standing := obligation.Obligation.Standing(obligation.Now, obligation.Rules)
	require.Equal(t, models.ObligationFulfilled, standing.State)
	require.Equal(t, models.Green, standing.Light)
	require.Equal(t, models.RefusedGoalExempted,
		obligation.Refused(obligation.Cadre(), obligation.Claim("r-1", models.Found, modelstest.Enterprise(1))))
	require.Equal(t, models.RefusedGoalExempted, obligation.Refused(modelstest.Organizer(), extend("2016-06-30", models.Found)))
	passed := obligation.RungsUntil(shanghai(t, "2017-01-01 00:00:00"))
	require.Equal(t, []models.RungCode{models.RungFulfilledClose}, codesOf(passed))
}

func TestAGoalWithAnOpenRecordIsNotExemptedNorTheDutyClosed(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-03-01").Submitted("r-1", models.Found, modelstest.Enterprise(1))
	exempt := models.Exempt{Kinds: []models.Kind{models.Found}, Ground: "retirement", Document: "d-1"}
	require.Equal(t, models.RefusedOpenRecords, obligation.Refused(modelstest.Organizer(), exempt))
	closing := models.Close{Ground: "retirement", Document: "d-1"}
	require.Equal(t, models.RefusedOpenRecords, obligation.Refused(modelstest.Organizer(), closing))
	obligation.Exempted(models.Introduce)
	obligation.Rejected("r-1").Exempted(models.Found).ClosedFor("retirement")
}

func TestATransferKeepsCreditsRecordsAndClock(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-03-01").
		Credited("r-1", models.Found, modelstest.Enterprise(1)).
		Submitted("r-2", models.Introduce, modelstest.Enterprise(2)).
		Suspended("2014-03-01", "2014-03-31")
	before := obligation.Obligation
	obligation.Do(modelstest.Organizer(), models.Transfer{To: "120102", On: models.MustDate("2014-03-01"), Document: "d-1"})
	require.Equal(t, models.UnitID("120102"), obligation.Obligation.Unit)
	require.Equal(t, before.Records, obligation.Obligation.Records)
	require.Equal(t, before.Turning(obligation.Rules), obligation.Obligation.Turning(obligation.Rules))
	require.Equal(t, models.UnitID("120101"), obligation.Events[len(obligation.Events)-1].Body.(models.Transferred).Former)

	for name, refused := range map[string]struct {
		body models.Transfer
		code models.RefusalCode
	}{
		"the same unit": {models.Transfer{To: "120102", On: models.MustDate("2014-03-01"), Document: "d"}, models.RefusedSameUnit},
		"no unit":       {models.Transfer{On: models.MustDate("2014-03-01"), Document: "d"}, models.RefusedSameUnit},
		"no document":   {models.Transfer{To: "120103", On: models.MustDate("2014-03-01")}, models.RefusedNoDocument},
		"tomorrow":      {models.Transfer{To: "120103", On: models.MustDate("2014-03-02"), Document: "d"}, models.RefusedFutureDate},
		"too early":     {models.Transfer{To: "120103", On: models.MustDate("2012-12-31"), Document: "d"}, models.RefusedDate},
	} {
		require.Equal(t, refused.code, obligation.Refused(modelstest.Organizer(), refused.body), name)
	}
}

func TestAPolicyIsOnlyLeftForANewerOneAndWithADocument(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled()
	require.Equal(t, models.RefusedPolicy, obligation.Refused(modelstest.Organizer(), models.AdoptPolicy{Version: 1, Document: "d"}))
	require.Equal(t, models.RefusedNoDocument, obligation.Refused(modelstest.Organizer(), models.AdoptPolicy{Version: 2}))
	obligation.Do(modelstest.Organizer(), models.AdoptPolicy{Version: 2, Document: "d"})
	require.Equal(t, models.PolicyVersion(2), obligation.Obligation.Policy)
}

func TestAClosedDutyRefusesEverything(t *testing.T) {
	closed := modelstest.AnObligation(t).Enrolled().On("2014-03-01").ClosedFor("death")
	standing := closed.Obligation.Standing(closed.Now.AddDate(10, 0, 0), closed.Rules)
	require.Equal(t, models.ObligationClosed, standing.State)
	require.Equal(t, models.Green, standing.Light)
	rapid.Check(t, func(t *rapid.T) {
		command := modelstest.DrawCommand(t, closed)
		_, err := closed.Try(command)
		refusal, refused := models.AsRefusal(err)
		require.True(t, refused)
		require.Contains(t, []models.RefusalCode{models.RefusedClosed, models.RefusedAlreadyEnrolled}, refusal.Code)
	})
}

func TestADutyIsClosedAsFulfilledOnlyWhenItIs(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-03-01")
	organizer := modelstest.Organizer()
	require.Equal(t, models.RefusedUnfulfilled, obligation.Refused(organizer, models.Close{Ground: models.GroundFulfilled}))
	require.Equal(t, models.RefusedGround, obligation.Refused(organizer, models.Close{Ground: "boredom", Document: "d"}))
	require.Equal(t, models.RefusedNoDocument, obligation.Refused(organizer, models.Close{Ground: "death"}))
	obligation.Fulfilled().Do(organizer, models.Close{Ground: models.GroundFulfilled})
}

func TestADutyIsEnrolledOnceAndWithAWindow(t *testing.T) {
	fresh := modelstest.AnObligation(t)
	enrol := models.Enrol{
		Obligation: models.ObligationID{Plan: "p", Cadre: "c"}, Unit: "u",
		From: models.MustDate("2014-01-01"), Due: models.MustDate("2013-12-31"),
	}
	require.Equal(t, models.RefusedDate, fresh.Refused(modelstest.Organizer(), enrol))
	enrol.Due = models.Date{}
	require.Equal(t, models.RefusedDate, fresh.Refused(modelstest.Organizer(), enrol))
	enrol.Due = enrol.From
	nameless := enrol
	nameless.Obligation.Cadre = "c/d"
	require.Equal(t, models.RefusedInvalidEnrolment, fresh.Refused(modelstest.Organizer(), nameless))
	require.Equal(t, models.RefusedNotEnrolled, fresh.Refused(modelstest.Organizer(), models.Withdraw{Record: "r"}))
	fresh.Do(modelstest.Organizer(), enrol)
	require.Equal(t, models.RefusedAlreadyEnrolled, fresh.Refused(modelstest.Organizer(), enrol))
	require.Equal(t, "obligation/p/c", fresh.Events[0].Subject)
}
