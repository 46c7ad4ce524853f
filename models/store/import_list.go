package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// RememberRehearsal keeps that a roster was tried, with its counts: neither its
// sheet nor what stands in its faulty cells.
func (a *Archive) RememberRehearsal(ctx context.Context, in Import, report ImportReport) error {
	id, err := newKey()
	if err != nil {
		return err
	}
	report.ID, report.Faults, report.Problems = id, len(report.Problems), nil
	in.DryRun = true
	return a.inTransaction(ctx, func(tx *gorm.DB) error { return rememberImport(tx, in, &report) })
}

// Imports are the imports and rehearsals, the latest first; of one account when
// it is named.
func (a *Archive) Imports(ctx context.Context, by models.AccountID, page Page) (Paged[ImportEntry], error) {
	query := a.db(ctx)
	if by != "" {
		query = query.Where("imported_by = ?", string(by))
	}
	filters := struct {
		Imports bool
		By      models.AccountID
	}{true, by}
	var last string
	after, err := page.position(filters, &last)
	if err != nil {
		return Paged[ImportEntry]{}, err
	}
	if after {
		query = query.Where("import_id < ?", last)
	}
	var rows []importRow
	if err := query.Order("import_id DESC").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[ImportEntry]{}, fmt.Errorf("list imports: %w", err)
	}
	result, err := paged(page, filters, rows, func(r importRow) string { return r.ImportID })
	if err != nil {
		return Paged[ImportEntry]{}, err
	}
	entries := make([]ImportEntry, len(result.Items))
	for i, row := range result.Items {
		if entries[i], err = row.entry(); err != nil {
			return Paged[ImportEntry]{}, err
		}
	}
	return Paged[ImportEntry]{Items: entries, Next: result.Next}, nil
}

// ExpiredRoster is a kept sheet that no import needs any more.
type ExpiredRoster struct {
	FileDigest string
	// Kept reports whether the program kept its bytes: what was imported at the
	// server's own command line has none.
	Kept bool
}

// ExpiredRosters are the sheets whose imports are all older than the instant and
// that are not removed yet, some at a time in the order of their digests, after
// the one named.
func (a *Archive) ExpiredRosters(ctx context.Context, before time.Time, after string) ([]ExpiredRoster, error) {
	const some = 100
	var rows []struct {
		FileDigest string
		Uploaded   int64
	}
	err := a.db(ctx).Model(&importRow{}).Where("rehearsal = ? AND file_digest > ?", false, after).
		Select("file_digest, SUM(CASE WHEN imported_by = ? THEN 0 ELSE 1 END) AS uploaded", string(models.SystemAccount)).
		Group("file_digest").Having("MAX(imported_at) < ? AND SUM(CASE WHEN removed_at IS NULL THEN 1 ELSE 0 END) > 0", instant(before)).
		Order("file_digest").Limit(some).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look for expired rosters: %w", err)
	}
	expired := make([]ExpiredRoster, len(rows))
	for i, row := range rows {
		expired[i] = ExpiredRoster{FileDigest: row.FileDigest, Kept: row.Uploaded > 0}
	}
	return expired, nil
}

// RosterRemoved notes that a sheet is gone, in its imports and in the audit
// entries. It is false, and nothing noted, when the sheet was imported again
// meanwhile: its bytes are needed.
func (a *Archive) RosterRemoved(ctx context.Context, digest string, before, now time.Time) (noted bool, err error) {
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		noted = false
		var rows []importRow
		err := locked(tx).Where("file_digest = ? AND rehearsal = ?", digest, false).Order("import_id").Find(&rows).Error
		if err != nil {
			return err
		}
		for _, row := range rows {
			if !row.ImportedAt.Before(instant(before)) {
				return nil
			}
		}
		noted = true
		for _, row := range rows {
			if row.RemovedAt != nil {
				continue
			}
			if err := tx.Model(&importRow{}).Where("import_id = ?", row.ImportID).Update("removed_at", instant(now)).Error; err != nil {
				return err
			}
			err := audit(tx, models.SystemAccount, now, "roster-removed", "import", row.ImportID, map[string]any{"fileDigest": digest})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("note the removal of roster %s: %w", digest, err)
	}
	return noted, nil
}

func (r importRow) entry() (ImportEntry, error) {
	entry := ImportEntry{
		FileName: r.FileName, FileDigest: r.FileDigest, By: models.AccountID(r.ImportedBy), At: r.ImportedAt.UTC(),
		Rehearsal: r.Rehearsal, RemovedAt: orZero(r.RemovedAt),
	}
	if err := json.NewDecoder(strings.NewReader(r.Report)).Decode(&entry.ImportReport); err != nil {
		return ImportEntry{}, fmt.Errorf("read report of import %s: %w", r.ImportID, err)
	}
	entry.ID = r.ImportID
	return entry, nil
}
