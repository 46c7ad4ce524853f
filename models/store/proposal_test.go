package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// proposal is one to exempt the duties of some cadres.
func (w *town) proposal(id models.ProposalID, cadres ...models.CadreID) (store.Proposal, []store.ProposalPart) {
	parts := make([]store.ProposalPart, len(cadres))
	for i, cadre := range cadres {
		parts[i] = store.ProposalPart{Obligation: models.ObligationID{Plan: townPlan, Cadre: cadre}, Sequence: 1}
	}
	return store.Proposal{
		ID: id, Plan: townPlan, Body: models.Exempt{Kinds: models.Kinds, Ground: "illness", Document: "d"}, Document: "d",
		Remark: "长期病休", UnitPath: "/tj/120101/", Proposer: "organizer", ProposedAt: w.now, State: store.ProposalOpen,
		Command: models.CommandID("organizer:" + id), Digest: "digest",
	}, parts
}

func TestAProposalIsKeptOnceAndItsMatterIsOpenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		w.enrolled("c-1", "120101")
		w.enrolled("c-2", "120101")
		proposal, parts := w.proposal("p-1", "c-1", "c-2")
		kept, fresh, err := archive.Propose(t.Context(), proposal, parts)
		require.NoError(t, err)
		require.True(t, fresh)
		_, fresh, err = archive.Propose(t.Context(), proposal, parts)
		require.NoError(t, err)
		require.False(t, fresh)
		found, err := archive.Proposal(t.Context(), store.Everything(), "p-1")
		require.NoError(t, err)
		require.Equal(t, kept, found)
		_, err = archive.Proposal(t.Context(), store.Reach{Paths: []string{"/tj/120102/"}}, "p-1")
		require.ErrorIs(t, err, store.ErrNotFound)

		second, parts := w.proposal("p-2", "c-2")
		_, _, err = archive.Propose(t.Context(), second, parts)
		refusal, refused := models.AsRefusal(err)
		require.True(t, refused, err)
		require.Equal(t, store.RefusedProposalOpen, refusal.Code)
		_, err = archive.Proposal(t.Context(), store.Everything(), "p-2")
		require.ErrorIs(t, err, store.ErrNotFound, "nothing of it is left")
	})
}

func TestADecisionIsBoundToWhatWasSeenAndTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		w.enrolled("c-1", "120101")
		w.enrolled("c-2", "120101")
		proposal, parts := w.proposal("p-1", "c-1", "c-2")
		_, _, err := archive.Propose(t.Context(), proposal, parts)
		require.NoError(t, err)
		progress, err := archive.ProposalProgress(t.Context(), "p-1")
		require.NoError(t, err)
		require.EqualValues(t, 2, progress.Pending)

		decision := store.ProposalDecision{Proposal: "p-1", State: store.ProposalApproved, By: "second", Command: "second:k", Seen: progress.Tag - 1}
		_, err = archive.DecideProposal(t.Context(), decision, w.now)
		require.ErrorIs(t, err, store.ErrVersion)
		decision.Seen = progress.Tag
		decided, err := archive.DecideProposal(t.Context(), decision, w.now)
		require.NoError(t, err)
		again, err := archive.DecideProposal(t.Context(), decision, w.now)
		require.NoError(t, err)
		require.Equal(t, decided, again)
		decision.Command, decision.State = "third:k", store.ProposalRejected
		_, err = archive.DecideProposal(t.Context(), decision, w.now)
		refusal, refused := models.AsRefusal(err)
		require.True(t, refused, err)
		require.Equal(t, store.RefusedProposalDecided, refusal.Code)

		require.NoError(t, archive.FinishProposal(t.Context(), "p-1", w.now))
		unfinished, err := archive.UnfinishedProposals(t.Context())
		require.NoError(t, err)
		require.Equal(t, []models.ProposalID{"p-1"}, unfinished, "rows are pending")
		require.NoError(t, archive.SettlePart(t.Context(), "p-1", parts[0].Obligation, nil, w.now))
		require.NoError(t, archive.SettlePart(t.Context(), "p-1", parts[1].Obligation, models.Refuse(models.RefusedClosed, "ground", "death"), w.now))
		require.NoError(t, archive.SettlePart(t.Context(), "p-1", parts[1].Obligation, nil, w.now), "what is settled stays")
		require.NoError(t, archive.FinishProposal(t.Context(), "p-1", w.now))
		rows, err := archive.ProposalParts(t.Context(), "p-1", store.PartRefused, store.Page{})
		require.NoError(t, err)
		require.Len(t, rows.Items, 1)
		require.Equal(t, models.RefusedClosed, rows.Items[0].Refusal.Code)
		require.Equal(t, "death", rows.Items[0].Refusal.Params["ground"])
		unfinished, err = archive.UnfinishedProposals(t.Context())
		require.NoError(t, err)
		require.Empty(t, unfinished)
	})
}

func TestTheRowsOfAProposalAreListedPageByPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		cadres := make([]models.CadreID, 7)
		for i := range cadres {
			cadres[i] = models.CadreID(fmt.Sprintf("c-%d", i))
			w.enrolled(cadres[i], "120101")
		}
		proposal, parts := w.proposal("p-1", cadres...)
		_, _, err := archive.Propose(t.Context(), proposal, parts)
		require.NoError(t, err)
		var seen []models.CadreID
		page := store.Page{Size: 3}
		for {
			rows, err := archive.ProposalParts(t.Context(), "p-1", "", page)
			require.NoError(t, err)
			for _, row := range rows.Items {
				seen = append(seen, row.Obligation.Cadre)
				require.Equal(t, "/tj/120101/", row.UnitPath)
			}
			if rows.Next == "" {
				break
			}
			page.After = rows.Next
		}
		require.Equal(t, cadres, seen)
	})
}

func TestThePathThatCoversSomeUnitsIsTheirLowestCommonPart(t *testing.T) {
	require.Equal(t, "/tj/120101/", store.CoveringPath("/tj/120101/", "/tj/120101/5/"))
	require.Equal(t, "/tj/", store.CoveringPath("/tj/120101/", "/tj/120102/"))
	require.Equal(t, "/tj/", store.CoveringPath("/tj/1/", "/tj/10/"))
	require.Equal(t, "/", store.CoveringPath("/tj/1/", "/bj/1/"))
}
