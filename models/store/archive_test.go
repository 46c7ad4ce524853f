package store_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestAFreshArchiveHasTheProgramsSchema(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		have, want, err := archive.SchemaVersion(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, have)
		require.Positive(t, have)
		require.NoError(t, archive.Migrate(t.Context()), "migrating again changes nothing")
		require.NoError(t, archive.Ping(t.Context()))
	})
}

func TestAnArchiveOfANewerProgramIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		_, err := archive.SQL().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
		require.NoError(t, err)
		require.ErrorIs(t, archive.Migrate(t.Context()), store.ErrNewerSchema)
	})
}

func TestAnArchiveInMemoryOrOfAnUnknownDriverIsRefused(t *testing.T) {
	for _, settings := range []store.Settings{
		{Driver: store.SQLite, DSN: ":memory:"},
		{Driver: store.SQLite, DSN: ""},
		{Driver: "oracle", DSN: "x"},
		{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "no", "such", "folder.db")},
	} {
		_, err := store.Open(t.Context(), settings)
		require.Error(t, err)
	}
}
