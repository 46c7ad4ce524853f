package store

import (
	"context"
	"fmt"
	"time"
)

// SafetyFacts are what the archive knows for the self-check of the program's
// safety. They count; they name nobody.
type SafetyFacts struct {
	// Accounts that are active; of these, Unset wait for their first password and
	// Locked failed too often.
	Accounts, Unset, Locked int64
	// MixedOfficers hold an office of the three together with anything else.
	MixedOfficers int64
	// SharedLogins are log-in names that more than one account has.
	SharedLogins int64
	// OwnReviews are decisions on a record by its own cadre, or in their stead.
	OwnReviews int64
	// Entries of the access log and the oldest of them; of these, Incomplete lack
	// the action, the object or the source.
	Entries, Incomplete int64
	OldestAt            time.Time
	// Unseen are accounts with an open session of which no entry tells.
	Unseen int64
	// Events of the chained log.
	Events int64
	// Exports that the access log holds.
	Exports int64
}

// SafetyFacts counts what the self-check shows. officers are the roles that
// must stay apart.
func (a *Archive) SafetyFacts(ctx context.Context, officers []string, now time.Time) (SafetyFacts, error) {
	var facts SafetyFacts
	for _, counted := range []struct {
		into  *int64
		query string
		bound []any
	}{
		{&facts.Accounts, "SELECT COUNT(*) FROM accounts WHERE state = ?", []any{string(AccountActive)}},
		{&facts.Unset, "SELECT COUNT(*) FROM accounts WHERE state = ? AND must_change = ?", []any{string(AccountActive), true}},
		{&facts.Locked, "SELECT COUNT(*) FROM accounts WHERE locked_until > ?", []any{instant(now)}},
		{
			&facts.MixedOfficers, "SELECT COUNT(*) FROM (SELECT account_id FROM grants WHERE revoked_at IS NULL GROUP BY account_id " +
				"HAVING SUM(CASE WHEN role_name IN ? THEN 1 ELSE 0 END) > 0 AND COUNT(DISTINCT role_name) > 1) AS mixed", []any{officers},
		},
		{&facts.SharedLogins, "SELECT COUNT(*) - COUNT(DISTINCT login) FROM accounts", nil},
		{
			&facts.OwnReviews, "SELECT COUNT(*) FROM reviews JOIN records ON records.id = reviews.record " +
				"LEFT JOIN accounts ON accounts.account_id = reviews.account " +
				"WHERE records.cadre <> '' AND (accounts.cadre_id = records.cadre OR reviews.for_cadre = records.cadre)", nil,
		},
		{
			&facts.Unseen, "SELECT COUNT(DISTINCT account_id) FROM sessions WHERE account_id <> '' AND expires_at > ? " +
				"AND NOT EXISTS (SELECT 1 FROM access_log WHERE access_log.account_id = sessions.account_id)", []any{instant(now)},
		},
		{&facts.Events, "SELECT COUNT(*) FROM events", nil},
	} {
		if err := a.db(ctx).Raw(counted.query, counted.bound...).Scan(counted.into).Error; err != nil {
			return SafetyFacts{}, fmt.Errorf("count for the self-check: %w", err)
		}
	}
	if err := a.readAccessFacts(ctx, &facts); err != nil {
		return SafetyFacts{}, err
	}
	return facts, nil
}

// readAccessFacts reads the access log once: of all tables it grows the longest.
func (a *Archive) readAccessFacts(ctx context.Context, facts *SafetyFacts) error {
	var counted struct{ Entries, Incomplete, Exports int64 }
	err := a.db(ctx).Raw("SELECT COUNT(*) AS entries, "+
		"COALESCE(SUM(CASE WHEN action = '' OR object = '' OR source = '' THEN 1 ELSE 0 END), 0) AS incomplete, "+
		"COALESCE(SUM(CASE WHEN action = ? THEN 1 ELSE 0 END), 0) AS exports FROM access_log", "export-obligations").Scan(&counted).Error
	if err != nil {
		return fmt.Errorf("count the access log for the self-check: %w", err)
	}
	facts.Entries, facts.Incomplete, facts.Exports = counted.Entries, counted.Incomplete, counted.Exports
	var oldest accessRow
	found := a.db(ctx).Order("access_id").Limit(1).Find(&oldest)
	if found.Error != nil {
		return fmt.Errorf("read the oldest entry of the access log: %w", found.Error)
	}
	if found.RowsAffected > 0 {
		facts.OldestAt = oldest.At.UTC()
	}
	return nil
}
