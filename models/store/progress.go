package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
	"bangfu/models/inspection"
)

// What a progress entry is refused with.
var (
	// ErrLocked: the unit's report of the quarter was filed; the entry stands.
	ErrLocked = errors.New("the unit's report of the quarter was filed")
	// ErrCommandReused: the command's ID was used for something else.
	ErrCommandReused = errors.New("the command's ID was used for something else")
)

// ProgressEntry is one unit's word on one indicator as the archive keeps it.
type ProgressEntry struct {
	inspection.Entry
	Plan     models.PlanID
	UnitPath string
	// Version counts the changes; 0 means that nothing was reported yet.
	Version    int64
	ReportedBy models.AccountID
	ReportedAt time.Time
}

// ProgressKey names one entry.
type ProgressKey struct {
	Plan          models.PlanID
	Quarter       models.Quarter
	Unit          models.UnitID
	Task, Ordinal int
}

// Inspection is the quarter's cycle that the entry belongs to.
func (k ProgressKey) inspection() inspection.ID {
	return inspection.ID{Plan: k.Plan, Quarter: k.Quarter}
}

type progressSheetRow struct {
	Plan     string     `gorm:"column:plan;primaryKey"`
	Quarter  string     `gorm:"column:quarter;primaryKey"`
	Unit     string     `gorm:"column:unit;primaryKey"`
	Sequence int64      `gorm:"column:sequence"`
	Head     string     `gorm:"column:head"`
	LockedAt *time.Time `gorm:"column:locked_at"`
}

func (progressSheetRow) TableName() string { return "progress_sheets" }

type progressEntryRow struct {
	Plan       string    `gorm:"column:plan;primaryKey"`
	Quarter    string    `gorm:"column:quarter;primaryKey"`
	Unit       string    `gorm:"column:unit;primaryKey"`
	TaskNumber int       `gorm:"column:task_number;primaryKey;autoIncrement:false"`
	Ordinal    int       `gorm:"column:ordinal;primaryKey;autoIncrement:false"`
	UnitPath   string    `gorm:"column:unit_path"`
	Version    int64     `gorm:"column:version"`
	Figures    string    `gorm:"column:figures"`
	Milestone  string    `gorm:"column:milestone"`
	Note       string    `gorm:"column:note"`
	Evidence   string    `gorm:"column:evidence"`
	Account    string    `gorm:"column:account"`
	ReportedAt time.Time `gorm:"column:reported_at"`
}

func (progressEntryRow) TableName() string { return "progress_entries" }

func (r progressEntryRow) entry() (ProgressEntry, error) {
	quarter, err := models.ParseQuarter(r.Quarter)
	if err != nil {
		return ProgressEntry{}, fmt.Errorf("read progress of %s: %w", r.Unit, err)
	}
	entry := inspection.Entry{
		Quarter: quarter, Task: r.TaskNumber, Ordinal: r.Ordinal, Unit: models.UnitID(r.Unit),
		Figures: identifiersFrom[string](r.Figures), Milestone: r.Milestone, Note: r.Note,
		Evidence: identifiersFrom[models.EvidenceID](r.Evidence),
	}
	return ProgressEntry{
		Entry: entry.Canonical(), Plan: models.PlanID(r.Plan), UnitPath: r.UnitPath, Version: r.Version,
		ReportedBy: models.AccountID(r.Account), ReportedAt: r.ReportedAt.UTC(),
	}, nil
}

// ProgressPut is an entry to be kept. Seen is the version that its reporter saw,
// 0 for none.
type ProgressPut struct {
	Plan    models.PlanID
	Entry   inspection.Entry
	Seen    int64
	Command models.CommandID
	Actor   models.Actor
	At      time.Time
}

func (p ProgressPut) key() ProgressKey {
	return ProgressKey{Plan: p.Plan, Quarter: p.Entry.Quarter, Unit: p.Entry.Unit, Task: p.Entry.Task, Ordinal: p.Entry.Ordinal}
}

// PutProgress keeps an entry and logs it, in one transaction. The same command
// again is answered with what it did. It answers ErrVersion when the entry is
// not the one that was seen, ErrLocked when the unit's report was filed,
// ErrCommandReused when the command's ID stands for another entry, ErrNotFound
// for an unknown unit. The rules of an entry were checked before.
func (a *Archive) PutProgress(ctx context.Context, put ProgressPut) (ProgressEntry, error) {
	put.Entry = put.Entry.Canonical()
	var kept progressEntryRow
	err := a.inTransaction(ctx, func(tx *gorm.DB) (err error) {
		kept, err = putProgress(tx, put)
		if errors.Is(err, ErrDuplicate) {
			return errors.Join(errLost, err)
		}
		return err
	})
	if err != nil {
		return ProgressEntry{}, fmt.Errorf("report progress %s: %w", put.key().inspection().ProgressSubject(put.Entry.Unit), err)
	}
	return kept.entry()
}

func putProgress(tx *gorm.DB, put ProgressPut) (progressEntryRow, error) {
	sheet, err := lockSheet(tx, put.key())
	if err != nil {
		return progressEntryRow{}, err
	}
	if done, repeated, err := repeatedProgress(tx, put); err != nil || repeated {
		return done, err
	}
	var present progressEntryRow
	err = keyed(tx, put.key()).Take(&present).Error
	switch {
	case err != nil && !errors.Is(err, gorm.ErrRecordNotFound):
		return progressEntryRow{}, err
	case present.Version != put.Seen:
		return progressEntryRow{}, ErrVersion
	case sheet.LockedAt != nil:
		return progressEntryRow{}, ErrLocked
	}
	row := put.row()
	if row.UnitPath, err = unitPathOf(tx, put.Entry.Unit); err != nil {
		return progressEntryRow{}, err
	}
	row.Version = put.Seen + 1
	row.Figures, row.Evidence = identifiers(put.Entry.Figures), identifiers(put.Entry.Evidence)
	row.Milestone, row.Note = put.Entry.Milestone, put.Entry.Note
	row.Account, row.ReportedAt = string(put.Actor.Account), instant(put.At)
	if err := logProgress(tx, sheet, put, row.Version); err != nil {
		return progressEntryRow{}, err
	}
	return row, saveRows(tx, []progressEntryRow{row}, "progress")
}

// row is the entry's row with nothing but its key.
func (p ProgressPut) row() progressEntryRow {
	return progressEntryRow{
		Plan: string(p.Plan), Quarter: p.Entry.Quarter.String(), Unit: string(p.Entry.Unit),
		TaskNumber: p.Entry.Task, Ordinal: p.Entry.Ordinal,
	}
}

// lockSheet finds and locks a unit's sheet of a quarter, making it first.
func lockSheet(tx *gorm.DB, key ProgressKey) (progressSheetRow, error) {
	sheet := progressSheetRow{Plan: string(key.Plan), Quarter: key.Quarter.String(), Unit: string(key.Unit)}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&sheet).Error; err != nil {
		return progressSheetRow{}, known(err)
	}
	err := locked(tx).Where("plan = ? AND quarter = ? AND unit = ?", sheet.Plan, sheet.Quarter, sheet.Unit).Take(&sheet).Error
	return sheet, known(err)
}

// repeatedProgress looks whether the command was carried out before.
func repeatedProgress(tx *gorm.DB, put ProgressPut) (progressEntryRow, bool, error) {
	var events []eventRow
	err := tx.Where("subject = ? AND command = ?", put.key().inspection().ProgressSubject(put.Entry.Unit), string(put.Command)).
		Limit(1).Find(&events).Error
	if err != nil || len(events) == 0 {
		return progressEntryRow{}, false, err
	}
	var done inspection.ProgressReported
	if err := json.Unmarshal([]byte(events[0].Payload), &done); err != nil {
		return progressEntryRow{}, false, fmt.Errorf("read event %s/%d: %w", events[0].Subject, events[0].Sequence, err)
	}
	former, errFormer := json.Marshal(done.Entry)
	present, errPresent := json.Marshal(put.Entry)
	if err := errors.Join(errFormer, errPresent); err != nil {
		return progressEntryRow{}, false, err
	}
	if string(former) != string(present) {
		return progressEntryRow{}, false, ErrCommandReused
	}
	var row progressEntryRow
	err = keyed(tx, put.key()).Take(&row).Error
	return row, true, known(err)
}

// keyed chooses one entry. Ordinal 0 is a value, so every column is named.
func keyed(tx *gorm.DB, key ProgressKey) *gorm.DB {
	return tx.Where("plan = ? AND quarter = ? AND unit = ? AND task_number = ? AND ordinal = ?",
		string(key.Plan), key.Quarter.String(), string(key.Unit), key.Task, key.Ordinal)
}

// logProgress seals the change into the sheet's log.
func logProgress(tx *gorm.DB, sheet progressSheetRow, put ProgressPut, version int64) error {
	sealed, err := models.SealFact(models.Fact{
		Subject: put.key().inspection().ProgressSubject(put.Entry.Unit), Sequence: sheet.Sequence + 1, At: instant(put.At),
		Actor: put.Actor, Command: put.Command, Body: inspection.ProgressReported{Entry: put.Entry, Version: version},
	}, models.Words{}, sheet.Head)
	if err != nil {
		return err
	}
	row, err := eventRowOf(sealed)
	if err != nil {
		return err
	}
	if err := tx.Create(&row).Error; err != nil {
		return known(err)
	}
	return tx.Model(&progressSheetRow{}).Where("plan = ? AND quarter = ? AND unit = ?", sheet.Plan, sheet.Quarter, sheet.Unit).
		Updates(map[string]any{"sequence": row.Sequence, "head": row.SHA256}).Error
}

// LockProgress keeps a unit's entries of a quarter from being edited, from the
// instant at which its report is filed.
func (a *Archive) LockProgress(ctx context.Context, id inspection.ID, unit models.UnitID, at time.Time) error {
	moment := instant(at)
	return a.setLock(ctx, id, unit, &moment)
}

// UnlockProgress lets them be edited again, after a report was sent back.
func (a *Archive) UnlockProgress(ctx context.Context, id inspection.ID, unit models.UnitID) error {
	return a.setLock(ctx, id, unit, nil)
}

func (a *Archive) setLock(ctx context.Context, id inspection.ID, unit models.UnitID, at *time.Time) error {
	err := a.inTransaction(ctx, func(tx *gorm.DB) error { return setLock(tx, id, unit, at) })
	if err != nil {
		return fmt.Errorf("lock %s: %w", id.ProgressSubject(unit), err)
	}
	return nil
}

// setLock is LockProgress inside the transaction that files the report.
func setLock(tx *gorm.DB, id inspection.ID, unit models.UnitID, at *time.Time) error {
	sheet, err := lockSheet(tx, ProgressKey{Plan: id.Plan, Quarter: id.Quarter, Unit: unit})
	if err != nil {
		return err
	}
	return tx.Model(&progressSheetRow{}).Where("plan = ? AND quarter = ? AND unit = ?", sheet.Plan, sheet.Quarter, sheet.Unit).
		Update("locked_at", at).Error
}

// ProgressLocks are since when the units' entries of a quarter may not be
// edited, for those that are locked.
func (a *Archive) ProgressLocks(ctx context.Context, id inspection.ID) (map[models.UnitID]time.Time, error) {
	var sheets []progressSheetRow
	err := a.db(ctx).Where("plan = ? AND quarter = ? AND locked_at IS NOT NULL", string(id.Plan), id.Quarter.String()).Find(&sheets).Error
	if err != nil {
		return nil, fmt.Errorf("read the locks of %s: %w", id, err)
	}
	locks := map[models.UnitID]time.Time{}
	for _, sheet := range sheets {
		locks[models.UnitID(sheet.Unit)] = orZero(sheet.LockedAt)
	}
	return locks, nil
}

// ProgressLocked is since when a unit's entries of a quarter may not be edited;
// zero while they may.
func (a *Archive) ProgressLocked(ctx context.Context, id inspection.ID, unit models.UnitID) (time.Time, error) {
	var sheets []progressSheetRow
	err := a.db(ctx).Where("plan = ? AND quarter = ? AND unit = ?", string(id.Plan), id.Quarter.String(), string(unit)).Find(&sheets).Error
	if err != nil || len(sheets) == 0 {
		return time.Time{}, err
	}
	return orZero(sheets[0].LockedAt), nil
}
