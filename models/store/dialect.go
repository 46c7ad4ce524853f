package store

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	mysqlgorm "gorm.io/driver/mysql"
	sqlitegorm "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"modernc.org/sqlite"
)

// The databases that the archive runs on.
const (
	MySQL  = "mysql"
	SQLite = "sqlite"
)

// mysqlDSN completes a DSN: instants are UTC, parameters travel with the
// statement (one round trip instead of three), affected rows are changed rows.
func mysqlDSN(dsn string) (string, error) {
	config, err := mysqldriver.ParseDSN(dsn)
	if err != nil {
		return "", fmt.Errorf("read the archive's DSN: %w", err)
	}
	config.ParseTime = true
	config.Loc = time.UTC
	config.InterpolateParams = true
	config.ClientFoundRows = false
	config.MultiStatements = false
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["time_zone"] = "'+00:00'"
	return config.FormatDSN(), nil
}

// withReadCommitted adds the isolation level under the name that the server
// knows it by: MySQL 8 dropped the name that MariaDB 10 has.
func withReadCommitted(dsn, version string) (string, error) {
	config, err := mysqldriver.ParseDSN(dsn)
	if err != nil {
		return "", fmt.Errorf("read the archive's DSN: %w", err)
	}
	name := "transaction_isolation"
	if strings.Contains(strings.ToLower(version), "mariadb") {
		name = "tx_isolation"
	}
	config.Params[name] = "'READ-COMMITTED'"
	return config.FormatDSN(), nil
}

// sqlitePragmas are set unless the DSN sets them itself. synchronous=FULL: what
// was acknowledged survives a power cut too.
var sqlitePragmas = []struct{ name, value string }{
	{"busy_timeout", "10000"},
	{"journal_mode", "WAL"},
	{"synchronous", "FULL"},
	{"foreign_keys", "1"},
	{"cache_size", "-16000"},
}

// sqliteDSN completes a file name or file: URI with what the archive needs.
// Databases in memory are refused, since the archive opens several connections.
func sqliteDSN(dsn string) (string, error) {
	name, query, _ := strings.Cut(strings.TrimPrefix(dsn, "file:"), "?")
	if name == "" || strings.Contains(dsn, ":memory:") || strings.Contains(query, "mode=memory") {
		return "", fmt.Errorf("the archive needs a SQLite file, not %q", dsn)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", fmt.Errorf("read the archive's DSN: %w", err)
	}
	given := strings.Join(values["_pragma"], " ")
	for _, pragma := range sqlitePragmas {
		if !strings.Contains(given, pragma.name) {
			values.Add("_pragma", pragma.name+"("+pragma.value+")")
		}
	}
	values.Set("_txlock", "immediate")
	values.Set("_time_format", "sqlite")
	return "file:" + name + "?" + values.Encode(), nil
}

// sqliteDialector is gorm's, which knows the errors of another driver only.
type sqliteDialector struct{ *sqlitegorm.Dialector }

// Translate maps the error codes of modernc.org/sqlite to gorm's errors.
func (d sqliteDialector) Translate(err error) error {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() {
	case 1555, 2067: // SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE
		return gorm.ErrDuplicatedKey
	case 787: // SQLITE_CONSTRAINT_FOREIGNKEY
		return gorm.ErrForeignKeyViolated
	default:
		return err
	}
}

func sqliteDialect(pool gorm.ConnPool) gorm.Dialector {
	inner, _ := sqlitegorm.New(sqlitegorm.Config{DriverName: "sqlite", Conn: pool}).(*sqlitegorm.Dialector)
	return sqliteDialector{Dialector: inner}
}

func mysqlDialect(pool gorm.ConnPool) gorm.Dialector {
	return mysqlgorm.New(mysqlgorm.Config{Conn: pool, SkipInitializeWithVersion: true})
}

// transient reports whether a transaction lost against another one and may
// simply be tried again.
func transient(err error) bool {
	var mysqlFailure *mysqldriver.MySQLError
	if errors.As(err, &mysqlFailure) {
		// 1213 deadlock, 1205 lock wait timeout, 1020 row changed since read.
		return mysqlFailure.Number == 1213 || mysqlFailure.Number == 1205 || mysqlFailure.Number == 1020
	}
	var sqliteFailure *sqlite.Error
	if errors.As(err, &sqliteFailure) {
		primary := sqliteFailure.Code() & 0xff
		return primary == 5 || primary == 6 // SQLITE_BUSY, SQLITE_LOCKED
	}
	return false
}
