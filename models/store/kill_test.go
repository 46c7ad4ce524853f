package store_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

const victimVariable = "BANGFU_TEST_VICTIM"

// TestVictim is not a test of its own: it is the program that
// TestAKilledProgramLosesNothingAcknowledgedAndLeavesNothingHalf kills. It
// submits without end and says which submissions were acknowledged.
func TestVictim(t *testing.T) {
	text := os.Getenv(victimVariable)
	if text == "" {
		return
	}
	var settings store.Settings
	require.NoError(t, json.Unmarshal([]byte(text), &settings))
	archive, err := store.Open(t.Context(), settings)
	require.NoError(t, err)
	town := aTown(t, archive)
	for number := 1; ; number++ {
		id := fmt.Sprintf("%06d", number)
		town.enrolled(models.CadreID("c-"+id), "120101").submitted(models.RecordID("r-"+id), models.Found, modelstest.Enterprise(number))
		fmt.Println("acknowledged r-" + id)
	}
}

func TestAKilledProgramLosesNothingAcknowledgedAndLeavesNothingHalf(t *testing.T) {
	for _, driver := range storetest.Drivers {
		t.Run(driver, func(t *testing.T) {
			settings := storetest.Settings(t, driver)
			archive := storetest.OpenSettings(t, settings)
			require.NoError(t, archive.Migrate(t.Context()))
			text, err := json.Marshal(store.Settings{Driver: settings.Driver, DSN: settings.DSN})
			require.NoError(t, err)
			acknowledged := killAfter(t, string(text), 40)

			town := &town{t: t, archive: archive}
			town.whole()
			for _, id := range acknowledged {
				record := town.record(id)
				require.Equal(t, models.StateUnderReview, record.State)
				entries, err := archive.Entries(t.Context(), record.Obligation.Subject())
				require.NoError(t, err)
				require.Len(t, entries, 2)
			}
		})
	}
}

// killAfter runs the victim, kills it in the middle of its work once it has
// acknowledged so many submissions, and answers all that it acknowledged.
func killAfter(t *testing.T, settings string, count int) (acknowledged []models.RecordID) {
	t.Helper()
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$", "-test.timeout=60s")
	victim.Env = append(os.Environ(), victimVariable+"="+settings)
	output, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if id, found := strings.CutPrefix(lines.Text(), "acknowledged "); found {
			acknowledged = append(acknowledged, models.RecordID(id))
		}
		if len(acknowledged) == count {
			require.NoError(t, victim.Process.Kill())
		}
	}
	require.Error(t, victim.Wait(), "it was killed")
	require.GreaterOrEqual(t, len(acknowledged), count)
	return acknowledged
}
