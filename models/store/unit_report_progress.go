package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

// A unit's report is its text and what the unit, and those below it, wrote of
// their indicators' progress. Filing hands over both: the entries are locked and
// the digest covers them, until the report is sent back.

// UnitReportDigest is the digest of a unit's report as it stands: of a version of
// its text, with the entries of progress.
func (a *Archive) UnitReportDigest(ctx context.Context, id inspection.ID, unit models.UnitID, version int64) (string, error) {
	digest, err := reportDigest(a.db(ctx), id, unit, version)
	if err != nil {
		return "", fmt.Errorf("digest the report of %s: %w", unit, err)
	}
	return digest, nil
}

// reportDigest is the text's own digest while the unit has no entries.
func reportDigest(tx *gorm.DB, id inspection.ID, unit models.UnitID, version int64) (string, error) {
	var text unitReportTextRow
	err := tx.Where("plan = ? AND quarter = ? AND unit = ? AND version = ?", string(id.Plan), id.Quarter.String(), string(unit), version).Take(&text).Error
	if err != nil {
		return "", known(err)
	}
	entries, err := entriesUnder(tx, id, unit)
	if err != nil || len(entries) == 0 {
		return text.Digest, err
	}
	content, err := json.Marshal(entries)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(text.Digest+"\n"), content...))
	return hex.EncodeToString(sum[:]), nil
}

// entriesUnder are the entries of the unit and of those below it, in their order.
func entriesUnder(tx *gorm.DB, id inspection.ID, unit models.UnitID) ([]inspection.Entry, error) {
	path, err := unitPathOf(tx, unit)
	if err != nil {
		return nil, err
	}
	var rows []progressEntryRow
	err = tx.Scopes(Reach{Paths: []string{path}}.scope("unit_path", "")).
		Where("plan = ? AND quarter = ?", string(id.Plan), id.Quarter.String()).Order("unit, task_number, ordinal").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	entries := make([]inspection.Entry, len(rows))
	for i, row := range rows {
		entry, err := row.entry()
		if err != nil {
			return nil, err
		}
		entries[i] = entry.Entry
	}
	return entries, nil
}

// fileProgress locks the entries, then asks whether they are those that were
// seen: one that was written in between is refused, not signed unseen.
func (s *inspecting) fileProgress(after *inspection.UnitReport, filed inspection.Filed, at time.Time) error {
	moment := instant(at)
	if err := s.lockProgress(after.ID, after.Unit, &moment); err != nil {
		return err
	}
	digest, err := reportDigest(s.tx, after.ID, after.Unit, filed.Version)
	if err != nil {
		return err
	}
	if digest != filed.Digest {
		version := strconv.FormatInt(filed.Version, 10)
		return models.Refuse(inspection.RefusedReportStale, "shown", version, "current", version)
	}
	return nil
}

// lockProgress locks the sheets of the unit and of those below it that answer for
// something, or opens them again. An end of nil opens them.
func (s *inspecting) lockProgress(id inspection.ID, unit models.UnitID, at *time.Time) error {
	path, err := unitPathOf(s.tx, unit)
	if err != nil {
		return err
	}
	var units []string
	err = s.tx.Model(&unitRow{}).Scopes(Reach{Paths: []string{path}}.scope("path", "")).Order("unit_id").Pluck("unit_id", &units).Error
	if err != nil {
		return err
	}
	for _, one := range units {
		if err := setLock(s.tx, id, models.UnitID(one), at); err != nil {
			return err
		}
	}
	return nil
}

// answersFor reports whether the unit or one below it answers for an indicator.
func (a *Archive) answersFor(ctx context.Context, id inspection.ID, unit models.UnitID) (bool, error) {
	tree, err := a.UnitTree(ctx)
	if err != nil {
		return false, err
	}
	items, err := a.AnsweredItems(ctx, id.Plan, tree)
	if err != nil {
		return false, err
	}
	self, _ := tree.Unit(unit)
	within := Reach{Paths: []string{self.Path}}
	for _, item := range items {
		for _, answerer := range item.Answering.Answerers(tree, id.Quarter.Last()) {
			if one, known := tree.Unit(answerer.Unit); known && within.Covers(one.Path, "") {
				return true, nil
			}
		}
	}
	return false, nil
}
