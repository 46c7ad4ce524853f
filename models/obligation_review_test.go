package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func submitted(t modelstest.TB) *modelstest.Builder {
	return modelstest.AnObligation(t).Enrolled().On("2014-05-01").Submitted("r-1", models.Found, modelstest.Enterprise(1))
}

func TestNobodyDecidesOnTheirOwnDuty(t *testing.T) {
	decisions := map[models.CommandKind]bool{
		models.CommandAccept: true, models.CommandReturn: true, models.CommandReject: true,
		models.CommandAdjudicate: true, models.CommandYield: true, models.CommandRevoke: true,
		models.CommandSuspend: true, models.CommandResume: true, models.CommandExtend: true,
		models.CommandExempt: true, models.CommandTransfer: true, models.CommandClose: true,
	}
	rapid.Check(t, func(t *rapid.T) {
		obligation := lifeOf(t)
		own := rapid.SampledFrom([]models.Actor{
			obligation.Cadre(),
			{Account: "second-account", Cadre: obligation.Obligation.ID.Cadre},
			{Account: "substitute", Cadre: "c-2", SubstituteFor: []models.CadreID{"c-3", obligation.Obligation.ID.Cadre}},
			{Account: "substitute", SubstituteFor: []models.CadreID{obligation.Obligation.ID.Cadre}},
		}).Draw(t, "own")
		command := modelstest.DrawCommand(t, obligation)
		command.Actor = own
		_, err := obligation.Try(command)
		if decisions[command.Body.CommandKind()] {
			require.Error(t, err)
		}
	})
}

func TestASubstituteOfTheClaimantMayNotReview(t *testing.T) {
	obligation := submitted(t)
	substitute := models.Actor{Account: "reviewer", Cadre: "c-0002", SubstituteFor: []models.CadreID{"c-0001"}}
	for _, decision := range []models.CommandBody{
		models.Accept{Record: "r-1", Stage: models.StageDistrictScience, ReviewDue: obligation.Now.Add(time.Hour)},
		models.Return{Record: "r-1", Stage: models.StageDistrictScience, Fields: []string{"x"}, CorrectionDue: obligation.Now.Add(time.Hour)},
		models.Reject{Record: "r-1", Stage: models.StageDistrictScience},
	} {
		require.Equal(t, models.RefusedOwnClaim, obligation.Refused(substitute, decision))
		require.Equal(t, models.RefusedOwnClaim, obligation.Refused(obligation.Cadre(), decision))
	}
}

func TestOnlyTheCadreSubmitsAndWithdraws(t *testing.T) {
	obligation := submitted(t)
	substitute := models.Actor{Account: "s", Cadre: "c-0002", SubstituteFor: []models.CadreID{"c-0001"}}
	require.Equal(t, models.RefusedNotClaimant, obligation.Refused(substitute, models.Withdraw{Record: "r-1"}))
	require.Equal(t, models.RefusedNotClaimant,
		obligation.Refused(modelstest.Organizer(), obligation.Claim("r-2", models.Introduce, modelstest.Enterprise(2))))
}

func TestNobodyAcceptsTwoStagesEvenAfterAReturn(t *testing.T) {
	obligation := submitted(t).Accepted("r-1").Returned("r-1").Resubmitted("r-1")
	record, _ := obligation.Obligation.Record("r-1")
	require.Equal(t, models.StageDistrictOrganization, record.Stage, "a correction goes back to the stage that asked for it")
	again := models.Accept{Record: "r-1", Stage: models.StageDistrictOrganization, ReviewDue: obligation.Now.Add(time.Hour)}
	require.Equal(t, models.RefusedSameReviewer, obligation.Refused(modelstest.Reviewer(models.StageDistrictScience), again))
	obligation.Accepted("r-1").Accepted("r-1")
	require.Equal(t, models.StateCredited, stateOf(t, obligation, "r-1"))
}

func TestARecordIsReturnedAtMostThreeTimesEvenIfWithdrawnOrDisputedBetween(t *testing.T) {
	obligation := submitted(t)
	obligation.Returned("r-1").Resubmitted("r-1")
	obligation.Returned("r-1").Do(obligation.Cadre(), models.Withdraw{Record: "r-1"})
	obligation.Disputed("r-1", models.Found, modelstest.Enterprise(1))
	obligation.Do(modelstest.Adjudicator(), models.Adjudicate{
		Record: "r-1", Dispute: "dispute-r-1", Upheld: true, ReviewDue: obligation.Now.Add(time.Hour),
	})
	obligation.Returned("r-1").Resubmitted("r-1")
	fourth := models.Return{
		Record: "r-1", Stage: models.StageDistrictScience, Fields: []string{"evidence"}, CorrectionDue: obligation.Now.Add(time.Hour),
	}
	require.Equal(t, models.RefusedReturnLimit, obligation.Refused(modelstest.Reviewer(models.StageDistrictScience), fourth))
	obligation.Rejected("r-1")
}

func TestReviewersKeepToTheOrderOfStages(t *testing.T) {
	obligation := submitted(t)
	skipping := models.Accept{Record: "r-1", Stage: models.StageCityScience, ReviewDue: obligation.Now.Add(time.Hour)}
	require.Equal(t, models.RefusedStage, obligation.Refused(modelstest.Reviewer(models.StageCityScience), skipping))
}

func TestAReturnNamesFieldsAndADeadlineToCome(t *testing.T) {
	obligation := submitted(t)
	reviewer := modelstest.Reviewer(models.StageDistrictScience)
	silent := models.Return{Record: "r-1", Stage: models.StageDistrictScience, CorrectionDue: obligation.Now.Add(time.Hour)}
	require.Equal(t, models.RefusedNoReasons, obligation.Refused(reviewer, silent))
	over := models.Return{Record: "r-1", Stage: models.StageDistrictScience, Fields: []string{"x"}, CorrectionDue: obligation.Now}
	require.Equal(t, models.RefusedDeadline, obligation.Refused(reviewer, over))
}

func TestACorrectionKeepsItsKindAndEnterprise(t *testing.T) {
	obligation := submitted(t).Returned("r-1")
	for _, claim := range []models.Submit{
		obligation.Claim("r-1", models.Introduce, modelstest.Enterprise(1)),
		obligation.Claim("r-1", models.Found, modelstest.Enterprise(2)),
	} {
		require.Equal(t, models.RefusedRecordChanged, obligation.Refused(obligation.Cadre(), claim))
	}
}

func TestAReturnedRecordIsRefusedOnlyAfterItsCorrectionLapsed(t *testing.T) {
	obligation := submitted(t)
	lapse := obligation.Now.AddDate(0, 0, 10)
	obligation.ReturnedUntil("r-1", lapse)
	reject := models.Reject{Record: "r-1", Stage: models.StageDistrictScience}
	reviewer := modelstest.Reviewer(models.StageDistrictScience)
	obligation.At(lapse.Add(-time.Microsecond))
	require.Equal(t, models.RefusedRecordState, obligation.Refused(reviewer, reject))
	obligation.At(lapse)
	require.Equal(t, models.RefusedOwnClaim, obligation.Refused(obligation.Cadre(), reject))
	obligation.Do(reviewer, reject)
	require.Equal(t, models.StateRejected, stateOf(t, obligation, "r-1"))
	obligation.ClosedFor("death")
}

func TestARecordUnderWayWhenThePolicyChangesIsReviewedInFull(t *testing.T) {
	obligation := submitted(t).Accepted("r-1")
	obligation.Do(modelstest.Organizer(), models.AdoptPolicy{Version: 2, Document: "d-1"})
	rules := modelstest.Rules()
	rules.Version = 2
	rules.Stages = []models.StageRule{{Stage: "city-first", WorkingDays: 5}, {Stage: "city-second", WorkingDays: 5}}
	obligation.By(rules).Accepted("r-1")
	record, _ := obligation.Obligation.Record("r-1")
	require.Equal(t, models.StateUnderReview, record.State)
	require.Equal(t, models.Stage("city-first"), record.Stage)
}
