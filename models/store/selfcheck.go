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
	// Entries of the access log and the oldest of them.
	Entries  int64
	OldestAt time.Time
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
		{&facts.Entries, "SELECT COUNT(*) FROM access_log", nil},
		{&facts.Events, "SELECT COUNT(*) FROM events", nil},
		{&facts.Exports, "SELECT COUNT(*) FROM access_log WHERE action = ?", []any{"export-obligations"}},
	} {
		if err := a.db(ctx).Raw(counted.query, counted.bound...).Scan(counted.into).Error; err != nil {
			return SafetyFacts{}, fmt.Errorf("count for the self-check: %w", err)
		}
	}
	var oldest accessRow
	found := a.db(ctx).Order("access_id").Limit(1).Find(&oldest)
	if found.Error != nil {
		return SafetyFacts{}, fmt.Errorf("read the oldest entry of the access log: %w", found.Error)
	}
	if found.RowsAffected > 0 {
		facts.OldestAt = oldest.At.UTC()
	}
	return facts, nil
}
