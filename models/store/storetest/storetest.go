// Package storetest gives tests a real archive: SQLite in a file of its own and
// MySQL in a database of its own, the same suite on both.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"bangfu/models/store"
)

// Drivers are the databases that every suite of the archive runs on.
var Drivers = []string{store.SQLite, store.MySQL}

// Each runs a suite on every database, with a fresh, migrated archive each.
func Each(t *testing.T, suite func(t *testing.T, archive *store.Archive)) {
	t.Helper()
	for _, driver := range Drivers {
		t.Run(driver, func(t *testing.T) { suite(t, Open(t, driver)) })
	}
}

// Open gives a fresh, migrated archive that is gone when the test ends.
func Open(t testing.TB, driver string) *store.Archive {
	t.Helper()
	archive := OpenSettings(t, Settings(t, driver))
	require.NoError(t, archive.Migrate(t.Context()))
	return archive
}

// OpenSettings opens an archive, not migrated, and closes it with the test.
func OpenSettings(t testing.TB, settings store.Settings) *store.Archive {
	t.Helper()
	archive, err := store.Open(t.Context(), settings)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, archive.Close()) })
	return archive
}

// Settings name a fresh, empty database that is gone when the test ends.
func Settings(t testing.TB, driver string) store.Settings {
	t.Helper()
	if driver == store.SQLite {
		// Tests need no safety from power cuts.
		return store.Settings{Driver: driver, DSN: filepath.Join(t.TempDir(), "archive.db") + "?_pragma=synchronous(OFF)"}
	}
	return store.Settings{Driver: driver, DSN: freshDatabase(t)}
}

// freshDatabase makes a database on the test server and answers its DSN.
func freshDatabase(t testing.TB) string {
	t.Helper()
	dsn, err := server()
	require.NoError(t, err, "a test of the archive needs MySQL: install mariadb-server or set %s", DSNVariable)
	config, err := mysql.ParseDSN(dsn)
	require.NoError(t, err)
	suffix := make([]byte, 6)
	_, err = rand.Read(suffix)
	require.NoError(t, err)
	name := "bangfu_test_" + hex.EncodeToString(suffix)

	config.DBName = ""
	pool, err := sql.Open("mysql", config.FormatDSN())
	require.NoError(t, err)
	_, err = pool.ExecContext(t.Context(), "CREATE DATABASE "+name+" CHARACTER SET utf8mb4")
	require.NoError(t, err)
	t.Cleanup(func() {
		// The test's own context has ended by now.
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_, err := pool.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name)
		require.NoError(t, err)
		require.NoError(t, pool.Close())
	})
	config.DBName = name
	return config.FormatDSN()
}
