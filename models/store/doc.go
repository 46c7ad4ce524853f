// Package store is the archive: the event log that proves itself, and the
// tables that pages read, written in the same transaction. It runs over MySQL in
// production and over SQLite where everything is one process.
package store
