package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/workflows"
)

// quarrel is a dispute of one cadre against the claim of another.
type quarrel struct {
	*world
	holder, claimant models.ObligationID
	held, disputing  models.RecordID
	dispute          models.DisputeID
	enterprise       models.EnterpriseKey
	now              time.Time
}

// TestADisputeIsSettledOverTwoObligations: two duties, each a workflow of its own,
// and one enterprise that only one of them may have.
func TestADisputeIsSettledOverTwoObligations(t *testing.T) {
	w := newWorld(t, store.MySQL, false)

	t.Run("an upheld dispute takes the credit from the holder and gives the enterprise to the claimant", func(t *testing.T) {
		q := w.quarrels(t, "UPHELD", 1)
		decision := q.decision(true)
		require.NoError(t, q.adjudicate(decision))
		require.Equal(t, models.StateRevoked, q.state(q.holder, q.held))
		require.Equal(t, models.StateUnderReview, q.state(q.claimant, q.disputing))
		require.Equal(t, store.DisputeUpheld, q.archived().State)
		q.isHeldBy(q.disputing, false)
		q.changesNothing(decision)

		q.accept(q.claimant, q.disputing, q.now)
		require.Equal(t, models.StateCredited, q.state(q.claimant, q.disputing))
		q.isHeldBy(q.disputing, true)
		require.Equal(t, 0, q.credits(q.holder), "the holder's goal is open again")
		require.Equal(t, 1, q.credits(q.claimant))
		q.changesNothing(decision)
		q.isInOrder()
	})

	t.Run("a dismissed dispute leaves the holder's credit alone and ends the claimant's record", func(t *testing.T) {
		q := w.quarrels(t, "DISMISSED", 2)
		before := q.load(q.holder).Sequence
		decision := q.decision(false)
		require.NoError(t, q.adjudicate(decision))
		require.Equal(t, models.StateCredited, q.state(q.holder, q.held))
		require.Equal(t, models.StateRejected, q.state(q.claimant, q.disputing))
		require.Equal(t, before, q.load(q.holder).Sequence, "nothing happened to the holder")
		require.Equal(t, store.DisputeDismissed, q.archived().State)
		q.isHeldBy(q.held, true)
		q.changesNothing(decision)

		again := q.decision(true)
		again.Command.ID += "-again"
		refusal, refused := models.AsRefusal(q.adjudicate(again))
		require.True(t, refused, "what was decided is not decided again")
		require.Equal(t, models.RefusedRecordState, refusal.Code)
		require.Equal(t, 1, q.credits(q.holder))
		require.Equal(t, 0, q.credits(q.claimant))
		q.isInOrder()
	})
}

// quarrels credits a holder's claim, has the claimant's refused as a duplicate,
// and disputes it.
func (w *world) quarrels(t *testing.T, name string, number int) quarrel {
	t.Helper()
	now := time.Now()
	today := models.DateOf(now)
	q := quarrel{
		world:  &world{t: t, archive: w.archive, temporal: w.temporal, engine: w.engine},
		holder: models.ObligationID{Plan: testPlan, Cadre: models.CadreID(name + "-A")}, held: models.RecordID(name + "-HELD"),
		claimant: models.ObligationID{Plan: testPlan, Cadre: models.CadreID(name + "-B")}, disputing: models.RecordID(name + "-DISPUTING"),
		dispute: models.DisputeID(name + "-DISPUTE"), enterprise: modelstest.Enterprise(number), now: now,
	}
	q.enrol(today, today.AddDays(3*365), now, q.holder.Cadre, q.claimant.Cadre)
	q.give(q.holder, submission(q.draft(q.holder.Cadre, q.held, models.Introduce, q.enterprise, now), now))
	q.accept(q.holder, q.held, now)

	claim := submission(q.draft(q.claimant.Cadre, q.disputing, models.Introduce, q.enterprise, now), now)
	_, err := q.execute(q.claimant, claim)
	refusal, refused := models.AsRefusal(err)
	require.True(t, refused, "a duplicate is refused: %v", err)
	require.Equal(t, models.RefusedDuplicateCredit, refusal.Code)
	require.Equal(t, string(q.held), refusal.Params["record"])
	require.Equal(t, q.holder.String(), refusal.Params["obligation"])

	claim.ID = models.CommandID(name + "-dispute")
	claim.Body = models.Dispute{
		Submit: claim.Body.(models.Submit), Dispute: q.dispute, Holder: q.held, HolderObligation: q.holder,
	}
	q.give(q.claimant, claim)
	require.Equal(t, models.StateDisputed, q.state(q.claimant, q.disputing))
	require.Equal(t, store.DisputeOpen, q.archived().State)
	q.isHeldBy(q.held, true)
	return q
}

func (q quarrel) decision(upheld bool) workflows.AdjudicationInput {
	return workflows.AdjudicationInput{
		Claimant: q.claimant, Holder: q.holder, HolderRecord: q.held,
		Command: models.Command{
			ID: models.CommandID(q.dispute + "/decision"), At: q.now, Actor: modelstest.Adjudicator(),
			Body: models.Adjudicate{Record: q.disputing, Dispute: q.dispute, Upheld: upheld, ReviewDue: q.now.AddDate(0, 0, 7)},
		},
	}
}

// changesNothing gives a decision again that has taken effect.
func (q quarrel) changesNothing(decision workflows.AdjudicationInput) {
	q.t.Helper()
	holder, claimant := *q.load(q.holder), *q.load(q.claimant)
	require.NoError(q.t, q.adjudicate(decision))
	require.Equal(q.t, holder, *q.load(q.holder))
	require.Equal(q.t, claimant, *q.load(q.claimant))
}

func (q quarrel) state(id models.ObligationID, record models.RecordID) models.RecordState {
	q.t.Helper()
	found, known := q.load(id).Record(record)
	require.True(q.t, known)
	return found.State
}

func (q quarrel) credits(id models.ObligationID) int {
	q.t.Helper()
	count := 0
	for _, goal := range q.standing(id).Goals {
		count += goal.Credits
	}
	return count
}

func (q quarrel) archived() store.Dispute {
	q.t.Helper()
	dispute, err := q.archive.Dispute(q.t.Context(), store.Reach{All: true}, q.dispute)
	require.NoError(q.t, err)
	return dispute
}

// isHeldBy requires that one record, and so no other, has the enterprise.
func (q quarrel) isHeldBy(record models.RecordID, credited bool) {
	q.t.Helper()
	claim, err := q.archive.Claim(q.t.Context(), testPlan, models.Introduce, q.enterprise)
	require.NoError(q.t, err)
	require.Equal(q.t, record, claim.Record)
	require.Equal(q.t, credited, claim.Credited)
}

// isInOrder verifies both chains and that the archive agrees with itself and with
// the running workflows.
func (q quarrel) isInOrder() {
	q.t.Helper()
	q.provesItself(q.holder)
	q.provesItself(q.claimant)
	var differences []store.Difference
	reconciled, err := q.archive.Reconcile(q.t.Context(), q.engine.Hosted, func(difference store.Difference) error {
		differences = append(differences, difference)
		return nil
	})
	require.NoError(q.t, err)
	require.Empty(q.t, differences)
	require.GreaterOrEqual(q.t, reconciled.Obligations, 2)
}
