package journey

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models/store"
	"bangfu/workflows/workflowtest"
)

// writeHistories writes the golden histories that are missing. Do it with released
// code, never with a change that the histories are to judge.
var writeHistories = flag.Bool("write-histories", false, "write the golden histories of the workflows that are missing")

func TestWriteGoldenHistories(t *testing.T) {
	folder := t.TempDir()
	if *writeHistories {
		folder = filepath.Join("..", "..", "..", "workflows", "testdata", "histories")
	}
	w := newWorld(t, store.SQLite, false)
	require.NoError(t, workflowtest.WriteHistories(t.Context(), w.temporal, w.archive, folder))
	written, err := filepath.Glob(filepath.Join(folder, "*.json"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(written), len(workflowtest.HistoryNames()))
}
