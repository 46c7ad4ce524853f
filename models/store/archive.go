package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Settings say where the archive is.
type Settings struct {
	// Driver is MySQL or SQLite.
	Driver string
	// DSN is a DSN of go-sql-driver/mysql, or the name of a SQLite file.
	DSN string
	// MaxOpen and MaxIdle bound the pool; zero means a sensible bound.
	MaxOpen, MaxIdle int
	Logger           *slog.Logger
}

// Archive is the open archive. It is safe for concurrent use.
type Archive struct {
	driver string
	logger *slog.Logger
	pool   *sql.DB
	reader *gorm.DB
	// writes is the pool of transactions. On SQLite it is one connection, so
	// that writers queue in Go, in order, instead of fighting for the file.
	writes *sql.DB
	writer *gorm.DB
	// pinned keeps rules by version; published versions never change.
	pinned sync.Map
}

// Open opens the archive and reaches it. It does not migrate.
func Open(ctx context.Context, settings Settings) (*Archive, error) {
	if settings.Logger == nil {
		settings.Logger = slog.New(slog.DiscardHandler)
	}
	switch settings.Driver {
	case MySQL:
		return openMySQL(ctx, settings)
	case SQLite:
		return openSQLite(ctx, settings)
	default:
		return nil, fmt.Errorf("the archive knows no driver %q: mysql or sqlite", settings.Driver)
	}
}

func openMySQL(ctx context.Context, settings Settings) (*Archive, error) {
	dsn, err := mysqlDSN(settings.DSN)
	if err != nil {
		return nil, err
	}
	version, err := serverVersion(ctx, dsn)
	if err != nil {
		return nil, err
	}
	if dsn, err = withReadCommitted(dsn, version); err != nil {
		return nil, err
	}
	pool, err := openPool(ctx, MySQL, dsn, orDefault(settings.MaxOpen, 32), orDefault(settings.MaxIdle, 16))
	if err != nil {
		return nil, err
	}
	db, err := gorm.Open(mysqlDialect(pool), gormConfig(false))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the archive: %w", err), pool.Close())
	}
	return &Archive{driver: MySQL, logger: settings.Logger, pool: pool, reader: db, writes: pool, writer: db}, nil
}

func openSQLite(ctx context.Context, settings Settings) (*Archive, error) {
	dsn, err := sqliteDSN(settings.DSN)
	if err != nil {
		return nil, err
	}
	writes, err := openPool(ctx, SQLite, dsn, 1, 1)
	if err != nil {
		return nil, err
	}
	size := orDefault(settings.MaxOpen, 8)
	pool, err := openPool(ctx, SQLite, dsn, size, size)
	if err != nil {
		return nil, errors.Join(err, writes.Close())
	}
	archive := &Archive{driver: SQLite, logger: settings.Logger, pool: pool, writes: writes}
	// Each database gets a configuration of its own: gorm writes into it.
	if archive.reader, err = gorm.Open(sqliteDialect(pool), gormConfig(true)); err == nil {
		archive.writer, err = gorm.Open(sqliteDialect(writes), gormConfig(true))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the archive: %w", err), archive.Close())
	}
	return archive, nil
}

func gormConfig(prepare bool) *gorm.Config {
	return &gorm.Config{
		Logger: logger.Discard, PrepareStmt: prepare, TranslateError: true, SkipDefaultTransaction: true,
		DisableAutomaticPing: true, NowFunc: func() time.Time { return time.Now().UTC() },
	}
}

func openPool(ctx context.Context, driver, dsn string, open, idle int) (*sql.DB, error) {
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	pool.SetMaxOpenConns(open)
	pool.SetMaxIdleConns(idle)
	if driver == MySQL {
		pool.SetConnMaxLifetime(30 * time.Minute)
	}
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach the archive: %w", err), pool.Close())
	}
	return pool, nil
}

func serverVersion(ctx context.Context, dsn string) (version string, err error) {
	probe, err := openPool(ctx, MySQL, dsn, 1, 1)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, probe.Close()) }()
	if err := probe.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return "", fmt.Errorf("ask the archive's version: %w", err)
	}
	return version, nil
}

func orDefault(value, otherwise int) int {
	if value <= 0 {
		return otherwise
	}
	return value
}

// Ping reaches the archive.
func (a *Archive) Ping(ctx context.Context) error {
	if err := a.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the archive: %w", err)
	}
	return nil
}

// SQL is the pool, for its metrics.
func (a *Archive) SQL() *sql.DB { return a.pool }

// Driver is MySQL or SQLite.
func (a *Archive) Driver() string { return a.driver }

// Close releases the pools.
func (a *Archive) Close() error {
	err := a.pool.Close()
	if a.writes != a.pool {
		err = errors.Join(err, a.writes.Close())
	}
	return err
}

// db is for reading, and for a single statement that writes.
func (a *Archive) db(ctx context.Context) *gorm.DB { return a.reader.WithContext(ctx) }

// maximumAttempts bounds how often a transaction that lost is tried again.
const maximumAttempts = 12

// inTransaction runs do in one transaction and again, from its start, when the
// transaction lost against another one. do must use tx alone: another statement
// through the archive would wait for itself on SQLite.
func (a *Archive) inTransaction(ctx context.Context, do func(tx *gorm.DB) error) error {
	for attempt := 1; ; attempt++ {
		err := a.writer.WithContext(ctx).Transaction(do)
		lost := transient(err) || errors.Is(err, errLost)
		if !lost || attempt == maximumAttempts {
			return err
		}
		a.logger.DebugContext(ctx, "archive transaction tried again", "attempt", attempt, "cause", err.Error())
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// atOneInstant runs several reads that must tell of the same instant.
func (a *Archive) atOneInstant(ctx context.Context, do func(tx *gorm.DB) error) error {
	return a.reader.WithContext(ctx).Transaction(do, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
}

// pause waits a little longer each time, at random so that two rivals part.
func pause(ctx context.Context, attempt int) error {
	timer := time.NewTimer(time.Duration(rand.Int64N(int64(attempt)*int64(4*time.Millisecond)) + int64(time.Millisecond)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for the archive: %w", ctx.Err())
	case <-timer.C:
		return nil
	}
}

// instant is the form in which every instant is stored and compared: UTC and
// microseconds, which both databases keep.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// instantOrNull is instant, and NULL for the zero instant, which means never.
func instantOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	stored := instant(t)
	return &stored
}

// orZero reads what instantOrNull stored.
func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
