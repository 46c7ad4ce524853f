package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

// anApprovedBatch is a proposal to extend three duties, one of which is closed.
func anApprovedBatch(t *testing.T) (*store.Archive, []models.ObligationID) {
	t.Helper()
	archive := anArchive(t)
	require.NoError(t, archive.CreateAccount(t.Context(), store.Account{ID: "second", Login: "second", Name: "乙"}, time.Now()))
	var ids []models.ObligationID
	var parts []store.ProposalPart
	for _, cadre := range []models.CadreID{"c-0001", "c-0002", "c-0003"} {
		duty, err := workflowtest.Enrol(t.Context(), archive, cadre, workflowtest.TermFrom, workflowtest.TermDue)
		require.NoError(t, err)
		ids = append(ids, duty.ID)
		parts = append(parts, store.ProposalPart{Obligation: duty.ID, Sequence: 1})
	}
	at := workflowtest.TermFrom.Start().Add(24 * time.Hour)
	_, _, err := archive.Propose(t.Context(), store.Proposal{
		ID: "p-1", Plan: ids[0].Plan, Document: "d", Remark: "同意延期", UnitPath: "/tj/", Proposer: "organizer", ProposedAt: at,
		Body:  models.Extend{Kinds: models.Kinds, Due: workflowtest.TermDue.AddDays(30), Ground: "force-majeure", Document: "d"},
		State: store.ProposalOpen, Command: "organizer:k", Digest: "x",
	}, parts)
	require.NoError(t, err)
	progress, err := archive.ProposalProgress(t.Context(), "p-1")
	require.NoError(t, err)
	_, err = archive.DecideProposal(t.Context(), store.ProposalDecision{
		Proposal: "p-1", State: store.ProposalApproved, By: "second", Command: "second:k", Seen: progress.Tag,
	}, at)
	require.NoError(t, err)
	require.NoError(t, workflowtest.AppendBeside(t.Context(), archive, ids[1], models.Command{
		ID: "close", At: at, Actor: models.Actor{Account: "organizer"}, Body: models.Close{Ground: "retirement", Document: "d"},
	}))
	return archive, ids
}

func TestARefusedRowStopsNoOtherOfABatchAndBothNamesAreInTheChain(t *testing.T) {
	archive, ids := anApprovedBatch(t)
	env := kinEnvironment(t, &directEngine{archive: archive}, activities.Settings{})
	env.ExecuteWorkflow(workflows.BatchWorkflow, workflows.BatchInput{Proposal: "p-1"})
	require.NoError(t, env.GetWorkflowError())
	var result activities.BatchResult
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, activities.BatchResult{Applied: 2, Refused: 1}, result)

	entries, err := archive.Entries(t.Context(), ids[0].Subject())
	require.NoError(t, err)
	last := entries[len(entries)-1]
	require.Equal(t, models.EventExtended, last.Kind)
	require.Equal(t, models.AccountID("organizer"), last.Actor.Proposer)
	require.Equal(t, models.AccountID("second"), last.Actor.Account)
	require.Contains(t, last.Words, "同意延期")
	rows, err := archive.ProposalParts(t.Context(), "p-1", store.PartRefused, store.Page{})
	require.NoError(t, err)
	require.Len(t, rows.Items, 1)
	require.Equal(t, ids[1], rows.Items[0].Obligation)
	finished, err := archive.Proposal(t.Context(), store.Everything(), "p-1")
	require.NoError(t, err)
	require.False(t, finished.FinishedAt.IsZero())
}

func TestABatchThatIsCutOffGoesOnAndGivesNothingTwice(t *testing.T) {
	archive, ids := anApprovedBatch(t)
	// The first attempt fails at every row; the second finds one row that took
	// effect just before the first was killed, without its outcome being kept.
	engine := &directEngine{archive: archive, failures: 3}
	id := models.ProposalID("p-1").CommandFor(ids[0])
	require.NoError(t, workflowtest.AppendBeside(t.Context(), archive, ids[0], models.Command{
		ID: id, At: workflowtest.TermFrom.Start().Add(25 * time.Hour),
		Actor: models.Actor{Account: "second", Proposer: "organizer"},
		Body:  models.Extend{Kinds: models.Kinds, Due: workflowtest.TermDue.AddDays(30), Ground: "force-majeure", Document: "d"},
	}))
	env := kinEnvironment(t, engine, activities.Settings{})
	env.ExecuteWorkflow(workflows.BatchWorkflow, workflows.BatchInput{Proposal: "p-1"})
	require.NoError(t, env.GetWorkflowError())
	var result activities.BatchResult
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, activities.BatchResult{Applied: 2, Refused: 1}, result)
	entries, err := archive.Entries(t.Context(), ids[0].Subject())
	require.NoError(t, err)
	require.Len(t, entries, 2, "the row that had taken effect was not given again")
}
