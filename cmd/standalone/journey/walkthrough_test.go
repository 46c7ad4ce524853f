package journey

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheWalkThroughOfTheReadme does what a newcomer does: starts everything by
// one program and follows the walk-through, command by command.
func TestTheWalkThroughOfTheReadme(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq", "awk"} {
		_, err := exec.LookPath(tool)
		require.NoError(t, err, "the walk-through needs %s; make test-setup installs curl and jq", tool)
	}
	trial := startTrial(t, filepath.Join(t.TempDir(), "data"))
	script, err := filepath.Abs(filepath.Join("..", "..", "..", "docs", "walk-through.sh"))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	walk := exec.CommandContext(ctx, script)
	walk.Env = append(os.Environ(), "DATA="+trial.data)
	walk.WaitDelay = time.Second
	output, err := walk.CombinedOutput()
	require.NoError(t, err, string(output))
	said := string(output)
	for _, line := range []string{
		`"state":"审核中"`, // submitted
		`"state":"已认定"`, // accepted by the third office
		"转型: 1/1",       // the credit counts
		`"whole":true`,  // the archivist's verdict on the chain
	} {
		require.Contains(t, said, line, "the walk-through said:\n%s", said)
	}
	// A record that is credited is at no stage; nothing else is missing.
	require.NotContains(t, strings.ReplaceAll(said, `"stage":null`, ""), "null", "nothing that the walk-through shows is missing:\n%s", said)
	trial.complainsOfNothing()
}
