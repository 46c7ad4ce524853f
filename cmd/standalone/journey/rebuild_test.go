package journey

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
)

// TestALostTemporalIsRebuiltFromTheArchive loses every workflow with the folder
// of the Temporal server. Reconcile names each loss, --repair starts them again,
// and the duties go on where the archive has them.
func TestALostTemporalIsRebuiltFromTheArchive(t *testing.T) {
	city := startCity(t)
	claims := city.prepareClaims(5)
	bounded, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, claim := range claims {
		require.NoError(t, city.submitUntilAcknowledged(bounded, claim))
	}
	require.NoError(t, city.bangfu("reconcile"), "nothing differs before the loss")

	// What is marked as started, no worker starts by itself.
	duties := make([]models.ObligationID, len(claims))
	for i, claim := range claims {
		duties[i] = claim.record.Obligation
	}
	require.NoError(t, city.archive.MarkStarted(t.Context(), duties, time.Now()))

	city.worker.kill()
	city.temporal.kill()
	files, err := filepath.Glob(filepath.Join(city.temporalFolder, "temporal.db*"))
	require.NoError(t, err)
	for _, file := range files {
		require.NoError(t, os.Remove(file))
	}
	city.temporal.start()
	city.worker.start()

	var findings *exec.ExitError
	require.ErrorAs(t, city.bangfu("reconcile"), &findings)
	require.Equal(t, 2, findings.ExitCode(), "lost workflows are findings")
	require.NoError(t, city.bangfu("reconcile", "--repair"))
	require.NoError(t, city.bangfu("reconcile"), "nothing differs after the repair")
	city.reconciles()

	status, answer := city.submitOnce(t.Context(), claims[0])
	require.Equal(t, http.StatusOK, status, "an acknowledged command stays acknowledged: %s", answer)
	require.Equal(t, 1, city.timesSubmitted(claims[0]))
}

// bangfu runs a command of the production program against the city.
func (c *city) bangfu(arguments ...string) error {
	command := exec.CommandContext(c.t.Context(), c.api.path, arguments...)
	command.Env = append(os.Environ(), c.api.env...)
	output, err := command.CombinedOutput()
	c.t.Logf("bangfu %v: %s", arguments, output)
	return err
}
