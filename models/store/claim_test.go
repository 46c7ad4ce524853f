package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestOfManyCadresWhoClaimOneEnterpriseAtOnceExactlyOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		const rivals = 24
		appends := make([]store.Append, rivals)
		for i := range appends {
			duty := town.enrolled(models.CadreID(fmt.Sprintf("c-%02d", i)), "120101")
			draft := duty.draft(models.RecordID(fmt.Sprintf("r-%02d", i)), models.Found, modelstest.Enterprise(1))
			appends[i] = duty.decided(duty.command(duty.cadre(), submission(draft, duty.now)))
		}
		results, errs := make([]store.AppendResult, rivals), make([]error, rivals)
		var group sync.WaitGroup
		for i := range appends {
			group.Go(func() { results[i], errs[i] = archive.Append(t.Context(), appends[i]) })
		}
		group.Wait()
		claim, err := archive.Claim(t.Context(), townPlan, models.Found, modelstest.Enterprise(1))
		require.NoError(t, err)
		winners := 0
		for i, result := range results {
			require.NoError(t, errs[i])
			if result.Outcome == store.Appended {
				winners++
				continue
			}
			require.Equal(t, models.RefusedDuplicateCredit, result.Refusal.Code)
			require.Equal(t, string(claim.Record), result.Refusal.Params["record"])
			require.Equal(t, claim.Obligation.String(), result.Refusal.Params["obligation"])
		}
		require.Equal(t, 1, winners)
		town.whole()
	})
}

func TestAnEnterpriseIsFreeAgainOnceItsClaimEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		first, second := town.enrolled("c-1", "120101"), town.enrolled("c-2", "120102")
		key := modelstest.Enterprise(1)
		first.submitted("r-1", models.Found, key)
		draft := second.draft("r-2", models.Found, key)
		require.Equal(t, store.Refused, second.try(second.cadre(), submission(draft, town.now)).Outcome)
		first.do(first.cadre(), models.Withdraw{Record: "r-1"})
		second.do(second.cadre(), submission(draft, town.now))
		second.do(modelstest.Reviewer(models.StageDistrictScience), models.Reject{Record: "r-2", Stage: models.StageDistrictScience})
		first.do(first.cadre(), submission(first.record("r-1"), town.now))
		for range modelstest.Rules().Stages {
			first.accepted("r-1")
		}
		first.do(modelstest.Organizer(), models.Revoke{Record: "r-1", Document: "d"})
		_, err := archive.Claim(t.Context(), townPlan, models.Found, key)
		require.ErrorIs(t, err, store.ErrNotFound)
		town.whole()
	})
}

// aDispute is a claim of one cadre that another one disputes.
func aDispute(t *testing.T, archive *store.Archive) (holder, rival *duty) {
	town := aTown(t, archive)
	holder, rival = town.enrolled("c-1", "120101"), town.enrolled("c-2", "120102")
	holder.submitted("r-1", models.Found, modelstest.Enterprise(1))
	rival.do(rival.cadre(), models.Dispute{
		Submit:  submission(rival.draft("r-2", models.Found, modelstest.Enterprise(1)), town.now),
		Dispute: "d-1", Holder: "r-1", HolderObligation: holder.id,
	})
	return holder, rival
}

func TestAnUpheldDisputeHandsTheEnterpriseOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		holder, rival := aDispute(t, archive)
		dispute, err := archive.Dispute(t.Context(), store.Everything(), "d-1")
		require.NoError(t, err)
		require.Equal(t, store.DisputeOpen, dispute.State)
		require.Equal(t, holder.id, dispute.HolderObligation)

		holder.do(modelstest.Adjudicator(), models.Yield{Record: "r-1", Dispute: "d-1", To: "r-2"})
		claim, err := archive.Claim(t.Context(), townPlan, models.Found, modelstest.Enterprise(1))
		require.NoError(t, err)
		require.Equal(t, models.RecordID("r-2"), claim.Record, "nobody can come between the two steps")
		holder.whole()
		rival.do(modelstest.Adjudicator(), models.Adjudicate{Record: "r-2", Dispute: "d-1", Upheld: true, ReviewDue: rival.now.AddDate(0, 0, 7)})

		require.Equal(t, models.StateRejected, rival.record("r-1").State)
		require.Equal(t, models.StateUnderReview, rival.record("r-2").State)
		dispute, err = archive.Dispute(t.Context(), store.Everything(), "d-1")
		require.NoError(t, err)
		require.Equal(t, store.DisputeUpheld, dispute.State)
		require.Equal(t, modelstest.Adjudicator().Account, dispute.DecidedBy)
		rival.whole()
	})
}

func TestADismissedDisputeLeavesTheEnterpriseWithItsHolder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		holder, rival := aDispute(t, archive)
		rival.do(modelstest.Adjudicator(), models.Adjudicate{Record: "r-2", Dispute: "d-1"})
		claim, err := archive.Claim(t.Context(), townPlan, models.Found, modelstest.Enterprise(1))
		require.NoError(t, err)
		require.Equal(t, models.RecordID("r-1"), claim.Record)
		open, err := archive.Disputes(t.Context(), store.Everything(), store.DisputeFilter{State: store.DisputeOpen}, store.Page{})
		require.NoError(t, err)
		require.Empty(t, open.Items)
		holder.whole()
	})
}

func TestAnEnterpriseYieldedToARecordThatWasWithdrawnIsFree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		holder, rival := aDispute(t, archive)
		rival.do(rival.cadre(), models.Withdraw{Record: "r-2"})
		holder.do(modelstest.Adjudicator(), models.Yield{Record: "r-1", Dispute: "d-1", To: "r-2"})
		_, err := archive.Claim(t.Context(), townPlan, models.Found, modelstest.Enterprise(1))
		require.ErrorIs(t, err, store.ErrNotFound)
		dispute, err := archive.Dispute(t.Context(), store.Everything(), "d-1")
		require.NoError(t, err)
		require.Equal(t, store.DisputeWithdrawn, dispute.State)
		holder.whole()
	})
}
