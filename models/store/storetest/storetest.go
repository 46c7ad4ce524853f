// Package storetest gives tests a real archive: SQLite in a file of its own and
// MySQL in a database of its own, the same suite on both.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"bangfu/models/store"
)

// Drivers are the databases that every suite of the archive runs on.
var Drivers = []string{store.SQLite, store.MySQL}

// Each runs a suite on every database, with a fresh, migrated archive each. A
// short run is one on MySQL alone: SQLite is Go code here, which the race
// detector slows down many times, and races are in what both have in common.
func Each(t *testing.T, suite func(t *testing.T, archive *store.Archive)) {
	t.Helper()
	drivers := Drivers
	if testing.Short() {
		drivers = []string{store.MySQL}
	}
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) { suite(t, Open(t, driver)) })
	}
}

// Open gives a fresh, migrated archive that is gone when the test ends.
func Open(t testing.TB, driver string) *store.Archive {
	t.Helper()
	if driver == store.SQLite {
		return openCopy(t)
	}
	archive := OpenSettings(t, Settings(t, driver))
	require.NoError(t, archive.Migrate(t.Context()))
	return archive
}

// migrated is the file of an empty, migrated SQLite archive: most of the time of
// many tests was the same migrations again.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "bangfu-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	file := filepath.Join(folder, "archive.db")
	archive, err := store.Open(context.Background(), sqliteSettings(file))
	if err != nil {
		return nil, err
	}
	// Closing brings the write-ahead log into the file.
	if err := errors.Join(archive.Migrate(context.Background()), archive.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func openCopy(t testing.TB) *store.Archive {
	t.Helper()
	content, err := migrated()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "archive.db")
	require.NoError(t, os.WriteFile(file, content, 0o600))
	return OpenSettings(t, sqliteSettings(file))
}

// sqliteSettings forgo safety from power cuts, which tests do not need.
func sqliteSettings(file string) store.Settings {
	return store.Settings{Driver: store.SQLite, DSN: file + "?_pragma=synchronous(OFF)"}
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
		return sqliteSettings(filepath.Join(t.TempDir(), "archive.db"))
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
