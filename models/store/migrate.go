package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the database to this program's schema. A database that is
// already ahead is left alone and answered with ErrNewerSchema.
func (a *Archive) Migrate(ctx context.Context) (err error) {
	if a.driver == MySQL {
		release, err := a.migrationLock(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, release()) }()
	}
	have, want, err := a.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("%w: schema %d, program %d", ErrNewerSchema, have, want)
	}
	provider, err := a.migrator()
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the archive: %w", err)
	}
	if err := a.fillLikeness(ctx); err != nil {
		return err
	}
	unfilled, err := a.unfilledOverdue(ctx)
	if err != nil {
		return err
	}
	if unfilled || (have > 0 && have < schemaWithOverdue) {
		return a.fillOverdue(ctx)
	}
	return nil
}

// SchemaVersion is the database's version and the program's.
func (a *Archive) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	provider, err := a.migrator()
	if err != nil {
		return 0, 0, err
	}
	for _, source := range provider.ListSources() {
		want = max(want, source.Version)
	}
	if have, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("read the archive's schema version: %w", err)
	}
	return have, want, nil
}

func (a *Archive) migrator() (*goose.Provider, error) {
	dialect := goose.DialectMySQL
	if a.driver == SQLite {
		dialect = goose.DialectSQLite3
	}
	files, err := fs.Sub(migrations, "migrations/"+a.driver)
	if err != nil {
		return nil, fmt.Errorf("open migrations: %w", err)
	}
	provider, err := goose.NewProvider(dialect, a.pool, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

// migrationLock lets one program migrate at a time, since MySQL commits each
// change of a schema by itself.
func (a *Archive) migrationLock(ctx context.Context) (release func() error, err error) {
	connection, err := a.pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock the archive's schema: %w", err)
	}
	var got sql.NullInt64
	if err := connection.QueryRowContext(ctx, "SELECT GET_LOCK(CONCAT('bangfu/', DATABASE()), 120)").Scan(&got); err != nil || got.Int64 != 1 {
		return nil, errors.Join(errors.New("lock the archive's schema: another program migrates it"), err, connection.Close())
	}
	return func() error {
		_, err := connection.ExecContext(context.WithoutCancel(ctx), "SELECT RELEASE_LOCK(CONCAT('bangfu/', DATABASE()))")
		return errors.Join(err, connection.Close())
	}, nil
}
