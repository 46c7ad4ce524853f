package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func TestAClaimNeedsItsEvidence(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01")
	for _, rule := range obligation.Rules.Goals {
		for _, missing := range rule.EvidenceAsked {
			claim := obligation.Claim("r-1", rule.Kind, modelstest.Enterprise(1))
			claim.Evidence = nil
			for _, category := range modelstest.AllEvidence() {
				if category != missing {
					claim.Evidence = append(claim.Evidence, category)
				}
			}
			require.Equal(t, models.RefusedEvidence, obligation.Refused(obligation.Cadre(), claim), "%s %s", rule.Kind, missing)
		}
	}
}

func TestNothingIsClaimedBeforeItHappened(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().At(shanghai(t, "2014-04-30 23:59:59.999999"))
	claim := obligation.Claim("r-1", models.Introduce, modelstest.Enterprise(1))
	claim.OccurredOn = models.MustDate("2014-05-01")
	require.Equal(t, models.RefusedFutureDate, obligation.Refused(obligation.Cadre(), claim))
	claim.OccurredOn, claim.Established = models.MustDate("2014-04-30"), models.MustDate("2014-05-01")
	require.Equal(t, models.RefusedFutureDate, obligation.Refused(obligation.Cadre(), claim))

	obligation.At(shanghai(t, "2014-05-01 00:00:00"))
	claim = obligation.Claim("r-1", models.Introduce, modelstest.Enterprise(1))
	claim.OccurredOn, claim.Established = models.MustDate("2014-05-01"), models.MustDate("2014-05-01")
	obligation.Do(obligation.Cadre(), claim)
}

func TestTheHelpHappenedInsideTheWindow(t *testing.T) {
	obligation := modelstest.AnObligation(t).EnrolledFor("2014-03-01", "2015-12-31").On("2014-05-01")
	claim := obligation.Claim("r-1", models.Introduce, modelstest.Enterprise(1))
	claim.OccurredOn = models.MustDate("2014-02-28")
	require.Equal(t, models.RefusedOutsideWindow, obligation.Refused(obligation.Cadre(), claim))
	claim.OccurredOn = models.MustDate("2014-03-01")
	obligation.Do(obligation.Cadre(), claim)
}

func TestEachKindAsksWhenTheEnterpriseWasEstablished(t *testing.T) {
	for _, claimed := range []struct {
		kind        models.Kind
		established string
		allowed     bool
	}{
		{models.Introduce, "1949-10-01", true},
		{models.Introduce, "1969-12-31", true},
		{models.Introduce, "2014-05-01", true},
		{models.Found, "2013-01-01", true},
		{models.Found, "2012-12-31", false},
		{models.Transform, "2012-12-31", true},
		{models.Transform, "2013-01-01", false},
	} {
		obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01")
		claim := obligation.Claim("r-1", claimed.kind, modelstest.Enterprise(1))
		claim.Established = models.MustDate(claimed.established)
		_, err := obligation.Try(obligation.Command(obligation.Cadre(), claim))
		if claimed.allowed {
			require.NoError(t, err, claimed)
			continue
		}
		refusal, refused := models.AsRefusal(err)
		require.True(t, refused, claimed)
		require.Equal(t, models.RefusedEstablishment, refusal.Code)
	}
}

func TestAnImpossibleClaimIsRefusedWithItsReason(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01")
	for name, refused := range map[string]struct {
		change func(*models.Submit)
		code   models.RefusalCode
	}{
		"unknown kind":       {func(s *models.Submit) { s.Kind = "hatch" }, models.RefusedUnknownKind},
		"no record":          {func(s *models.Submit) { s.Record = "" }, models.RefusedUnknownRecord},
		"malformed key":      {func(s *models.Submit) { s.Enterprise = "12345678" }, models.RefusedEnterpriseKey},
		"no day":             {func(s *models.Submit) { s.OccurredOn = models.Date{} }, models.RefusedDate},
		"no establishment":   {func(s *models.Submit) { s.Established = models.Date{} }, models.RefusedDate},
		"reviewers too late": {func(s *models.Submit) { s.ReviewDue = obligation.Now }, models.RefusedDeadline},
	} {
		claim := obligation.Claim("r-1", models.Introduce, modelstest.Enterprise(1))
		refused.change(&claim)
		require.Equal(t, refused.code, obligation.Refused(obligation.Cadre(), claim), name)
	}
}

func TestASubmittedRecordIsNotSubmittedAgain(t *testing.T) {
	obligation := submitted(t)
	claim := obligation.Claim("r-1", models.Found, modelstest.Enterprise(1))
	require.Equal(t, models.RefusedRecordState, obligation.Refused(obligation.Cadre(), claim))
}

func TestAWithdrawnRecordStartsAtTheFirstStageAndMayBecomeAnotherClaim(t *testing.T) {
	obligation := submitted(t).Accepted("r-1")
	obligation.Do(obligation.Cadre(), models.Withdraw{Record: "r-1"}).Submitted("r-1", models.Introduce, modelstest.Enterprise(5))
	record, _ := obligation.Obligation.Record("r-1")
	require.Equal(t, models.StageDistrictScience, record.Stage)
	require.Equal(t, models.Introduce, record.Kind)
	require.Empty(t, record.Accepted)
	obligation.Accepted("r-1").Accepted("r-1").Accepted("r-1")
	require.Equal(t, models.RefusedRecordState, obligation.Refused(obligation.Cadre(), models.Withdraw{Record: "r-1"}), "a credit stays")
}

func disputed(t modelstest.TB) *modelstest.Builder {
	return modelstest.AnObligation(t).Enrolled().On("2015-12-31").Disputed("r-1", models.Found, modelstest.Enterprise(1))
}

func adjudicate(b *modelstest.Builder, upheld bool) models.Adjudicate {
	return models.Adjudicate{Record: "r-1", Dispute: "dispute-r-1", Upheld: upheld, ReviewDue: b.Now.AddDate(0, 0, 7)}
}

func TestADisputeMadeInTimeHoldsTheClockUntilItIsSettled(t *testing.T) {
	due := shanghai(t, "2016-01-01 00:00:00")
	require.True(t, redOf(t, disputed(t), models.Found).IsZero())

	upheld := disputed(t).On("2016-04-01")
	upheld.Do(modelstest.Adjudicator(), adjudicate(upheld, true))
	require.True(t, redOf(t, upheld, models.Found).IsZero())
	upheld.Accepted("r-1").Accepted("r-1").Accepted("r-1")
	require.Equal(t, models.BecauseMet, goalOf(t, upheld, models.Found, upheld.Now).Because[0].Code, "met in time")

	dismissed := disputed(t).On("2016-04-01")
	dismissed.Do(modelstest.Adjudicator(), adjudicate(dismissed, false))
	require.Equal(t, models.StateRejected, stateOf(t, dismissed, "r-1"))
	require.Equal(t, due, redOf(t, dismissed, models.Found))
}

func TestADisputeIsSettledOnceByItsAdjudicator(t *testing.T) {
	obligation := disputed(t)
	other := adjudicate(obligation, true)
	other.Dispute = "another"
	require.Equal(t, models.RefusedRecordState, obligation.Refused(modelstest.Adjudicator(), other))
	late := adjudicate(obligation, true)
	late.ReviewDue = obligation.Now
	require.Equal(t, models.RefusedDeadline, obligation.Refused(modelstest.Adjudicator(), late))
	require.Equal(t, models.RefusedOwnClaim, obligation.Refused(obligation.Cadre(), adjudicate(obligation, true)))
	accept := models.Accept{Record: "r-1", Stage: models.StageDistrictScience, ReviewDue: obligation.Now.AddDate(0, 0, 1)}
	require.Equal(t, models.RefusedRecordState, obligation.Refused(modelstest.Reviewer(models.StageDistrictScience), accept))
	yield := models.Yield{Record: "r-1", Dispute: "d", To: "r-x"}
	require.Equal(t, models.RefusedRecordState, obligation.Refused(modelstest.Adjudicator(), yield), "it holds nothing yet")
	obligation.Do(modelstest.Adjudicator(), adjudicate(obligation, true))
	require.Equal(t, models.RefusedRecordState, obligation.Refused(modelstest.Adjudicator(), adjudicate(obligation, false)))
}

func TestADisputeIsWithAnotherCadre(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01")
	dispute := models.Dispute{
		Submit: obligation.Claim("r-1", models.Found, modelstest.Enterprise(1)), Dispute: "d-1", Holder: "r-9",
		HolderObligation: obligation.Obligation.ID,
	}
	require.Equal(t, models.RefusedEnterpriseOtherClaim, obligation.Refused(obligation.Cadre(), dispute))
	dispute.HolderObligation = models.ObligationID{}
	require.Equal(t, models.RefusedUnknownRecord, obligation.Refused(obligation.Cadre(), dispute))
}

func TestAReturnedRecordIsCorrectedNotDisputed(t *testing.T) {
	obligation := submitted(t).Returned("r-1")
	require.Equal(t, models.RefusedRecordState, obligation.Refused(obligation.Cadre(), models.Dispute{
		Submit: obligation.Claim("r-1", models.Found, modelstest.Enterprise(1)), Dispute: "d-1", Holder: "r-9",
		HolderObligation: models.ObligationID{Plan: "tianjin-2013", Cadre: "c-9999"},
	}))
}

func TestAYieldedClaimEndsAndAYieldedCreditReopensItsGoal(t *testing.T) {
	yield := models.Yield{Record: "r-1", Dispute: "d-1", To: "r-9"}
	claim := submitted(t).Do(modelstest.Adjudicator(), yield)
	require.Equal(t, models.StateRejected, stateOf(t, claim, "r-1"))

	credit := submitted(t).Accepted("r-1").Accepted("r-1").Accepted("r-1").Do(modelstest.Adjudicator(), yield)
	require.Equal(t, models.StateRevoked, stateOf(t, credit, "r-1"))
	require.Zero(t, credit.Obligation.Credits(models.Found))
}
