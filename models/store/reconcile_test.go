package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// differences are the kinds that a reconcile reports.
func (w *town) differences(running store.Running) []store.DifferenceKind {
	w.t.Helper()
	kinds := []store.DifferenceKind{}
	summary, err := w.archive.Reconcile(w.t.Context(), running, func(difference store.Difference) error {
		kinds = append(kinds, difference.Kind)
		return nil
	})
	require.NoError(w.t, err)
	require.Equal(w.t, len(kinds), summary.Differences)
	return kinds
}

func TestEachTamperingWithAProjectionIsNamedAndRepaired(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101").credited("r-1", models.Found, modelstest.Enterprise(1)).
			submitted("r-2", models.Introduce, modelstest.Enterprise(2))
		for statement, kinds := range map[string][]store.DifferenceKind{
			"UPDATE obligations SET red_at = NULL":                                  {store.DifferenceObligation},
			"UPDATE obligations SET met = 1":                                        {store.DifferenceObligation},
			"UPDATE obligations SET aggregate = '{}'":                               {store.DifferenceSnapshot},
			"UPDATE goals SET credits = 0 WHERE kind = 'found'":                     {store.DifferenceGoal},
			"DELETE FROM goals WHERE kind = 'found'":                                {store.DifferenceGoal},
			"UPDATE records SET state = 'rejected' WHERE id = 'r-1'":                {store.DifferenceRecord},
			"UPDATE claims SET record = 'r-9' WHERE record = 'r-1'":                 {store.DifferenceClaim, store.DifferenceClaim},
			"DELETE FROM claims WHERE record = 'r-2'":                               {store.DifferenceClaim},
			"UPDATE claims SET state = 'credited' WHERE record = 'r-2'":             {store.DifferenceClaim},
			"UPDATE records SET unit_path = '/tj/120102/' WHERE id = 'r-2'":         {store.DifferenceRecord},
			"UPDATE obligations SET suspended_from = red_at, due_at = NULL":         {store.DifferenceObligation},
			"UPDATE records SET action_due = submitted_at WHERE action_due IS NULL": {store.DifferenceRecord},
		} {
			duty.execute(statement)
			require.Equal(t, kinds, duty.differences(nil), statement)
			require.NoError(t, archive.Repair(t.Context(), duty.id))
			duty.whole()
		}
		duty.execute("DELETE FROM notices")
		require.Equal(t, []store.DifferenceKind{store.DifferenceNotice}, duty.differences(nil))
	})
}

func TestTamperingWithTheLogIsDetectedAndNeverRepaired(t *testing.T) {
	for _, statement := range []string{
		"UPDATE events SET payload = REPLACE(payload, '120101', '120102') WHERE sequence = 1",
		"UPDATE events SET words = '{}' WHERE sequence = 2",
		"UPDATE events SET account = 'x', actor = '{\"account\":\"x\"}' WHERE sequence = 2",
		"DELETE FROM events WHERE sequence = 2",
		"DELETE FROM events WHERE sequence = 3",
		"DELETE FROM events",
		"UPDATE events SET sm3 = sha256 WHERE sequence = 3",
	} {
		t.Run(statement, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, archive *store.Archive) {
				duty := aTown(t, archive).enrolled("c-1", "120101").submitted("r-1", models.Found, modelstest.Enterprise(1)).accepted("r-1")
				duty.execute("DROP TRIGGER events_keep_update")
				duty.execute("DROP TRIGGER events_keep_delete")
				duty.execute(statement)
				require.Equal(t, []store.DifferenceKind{store.DifferenceChain}, duty.differences(nil))
				require.ErrorIs(t, archive.Repair(t.Context(), duty.id), store.ErrUnprovenLog)
			})
		})
	}
}

func TestVerifyAllNamesTheBrokenSubjectsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-1", "120101")
		town.enrolled("c-2", "120101")
		town.execute("DROP TRIGGER events_keep_update")
		town.execute("UPDATE events SET command = 'forged' WHERE subject LIKE '%c-2'")
		var broken []models.BrokenChain
		checked, err := archive.VerifyAll(t.Context(), func(chain models.BrokenChain) error {
			broken = append(broken, chain)
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, 2, checked)
		require.Equal(t, []models.BrokenChain{{Subject: "obligation/tianjin-2013/c-2", Sequence: 1, Fault: "sha256"}}, broken)
	})
}

func TestAnOpenObligationWithoutAWorkflowIsNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		hosted, lost, closed := town.enrolled("c-1", "120101"), town.enrolled("c-2", "120101"), town.enrolled("c-3", "120101")
		closed.do(modelstest.Organizer(), models.Close{Ground: "death", Document: "d"})
		var asked []models.ObligationID
		kinds := town.differences(func(_ context.Context, ids []models.ObligationID) (map[models.ObligationID]bool, error) {
			asked = append(asked, ids...)
			return map[models.ObligationID]bool{hosted.id: true}, nil
		})
		require.Equal(t, []store.DifferenceKind{store.DifferenceWorkflow}, kinds)
		require.Equal(t, []models.ObligationID{hosted.id, lost.id}, asked)
	})
}

func TestALogWithoutItsObligationIsNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-1", "120101")
		town.enrolled("c-2", "120101")
		town.execute("DELETE FROM obligations WHERE cadre = 'c-2'")
		require.Equal(t, []store.DifferenceKind{store.DifferenceOrphan}, town.differences(nil))
	})
}
