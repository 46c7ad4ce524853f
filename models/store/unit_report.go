package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
	"bangfu/models/inspection"
)

type unitReportRow struct {
	Plan        string     `gorm:"column:plan;primaryKey"`
	Quarter     string     `gorm:"column:quarter;primaryKey"`
	Unit        string     `gorm:"column:unit;primaryKey"`
	UnitPath    string     `gorm:"column:unit_path"`
	State       string     `gorm:"column:state"`
	DueAt       time.Time  `gorm:"column:due_at"`
	Late        bool       `gorm:"column:late"`
	Version     int64      `gorm:"column:version"`
	Digest      string     `gorm:"column:digest"`
	FiledBy     string     `gorm:"column:filed_by"`
	FiledAt     *time.Time `gorm:"column:filed_at"`
	ConfirmedBy string     `gorm:"column:confirmed_by"`
	ConfirmedAt *time.Time `gorm:"column:confirmed_at"`
	Ended       bool       `gorm:"column:ended"`
	Sequence    int64      `gorm:"column:sequence"`
}

func (unitReportRow) TableName() string { return "unit_reports" }

// UnitReportItem is one unit's report as lists show it.
type UnitReportItem struct {
	ID                   inspection.ID
	Unit                 models.UnitID
	UnitPath             string
	State                inspection.ReportState
	Due                  time.Time
	Late, Ended          bool
	Version              int64
	Digest               string
	FiledBy, ConfirmedBy models.AccountID
	FiledAt, ConfirmedAt time.Time
	Sequence             int64
}

func (r unitReportRow) item() (UnitReportItem, error) {
	id, err := cycleID(r.Plan, r.Quarter)
	return UnitReportItem{
		ID: id, Unit: models.UnitID(r.Unit), UnitPath: r.UnitPath, State: inspection.ReportState(r.State), Due: r.DueAt.UTC(),
		Late: r.Late, Ended: r.Ended, Version: r.Version, Digest: r.Digest, FiledBy: models.AccountID(r.FiledBy),
		ConfirmedBy: models.AccountID(r.ConfirmedBy), FiledAt: orZero(r.FiledAt), ConfirmedAt: orZero(r.ConfirmedAt), Sequence: r.Sequence,
	}, err
}

func (s *inspecting) projectReport(after *inspection.UnitReport, event inspection.Event) error {
	row := unitReportRow{
		Plan: string(after.ID.Plan), Quarter: after.ID.Quarter.String(), Unit: string(after.Unit), State: string(after.State),
		DueAt: instant(after.Due), Late: after.Late, Version: after.Version, Digest: after.Digest, FiledBy: string(after.FiledBy),
		FiledAt: instantOrNull(after.FiledAt), Ended: after.Ended, Sequence: after.Sequence,
	}
	changed := []any{"due_at", "late", "version", "digest", "filed_by", "filed_at", "ended", "sequence"}
	switch body := event.Body.(type) {
	case inspection.Asked:
		paths, err := unitPaths(s.tx, []string{row.Unit})
		if err != nil {
			return err
		}
		row.UnitPath = paths[row.Unit]
		return known(s.tx.Create(&row).Error)
	case inspection.Filed:
		if err := s.fileProgress(after, body, event.At); err != nil {
			return err
		}
	case inspection.SentBack:
		if err := s.lockProgress(after.ID, after.Unit, nil); err != nil {
			return err
		}
	case inspection.Confirmed:
		row.ConfirmedBy, row.ConfirmedAt = string(event.Actor.Account), instantOrNull(event.At)
		changed = append(changed, "confirmed_by", "confirmed_at")
	}
	return s.tx.Model(&unitReportRow{}).Where("plan = ? AND quarter = ? AND unit = ?", row.Plan, row.Quarter, row.Unit).
		Select("state", changed...).Updates(&row).Error
}

// askUnlessCancelled has a unit report nothing if its cycle was cancelled while the
// unit's workflow was about to ask: the reports of a cancelled cycle are ended
// once, and one that is asked for later would stay open for ever. The cycle's row
// is locked, so that the cancellation comes before the asking or finds it.
func askUnlessCancelled(tx *gorm.DB, asked inspection.Asked) (inspection.Asked, error) {
	var stages []string
	err := locked(tx).Model(&inspectionRow{}).
		Where("plan = ? AND quarter = ?", string(asked.Inspection.Plan), asked.Inspection.Quarter.String()).Pluck("stage", &stages).Error
	if err != nil {
		return asked, fmt.Errorf("look whether %s is cancelled: %w", asked.Inspection, err)
	}
	asked.Nothing = asked.Nothing || slices.Contains(stages, string(inspection.StageCancelled))
	return asked, nil
}

// UnitReportFilter chooses reports; empty fields choose all.
type UnitReportFilter struct {
	Plan    models.PlanID
	Quarter models.Quarter
	Unit    models.UnitID
	// Open keeps those that are neither confirmed, needless nor closed.
	Open bool
}

// UnitReports are the reports within the reach: the latest quarter first, then
// in the order of the tree. A cycle has few hundred of them.
func (a *Archive) UnitReports(ctx context.Context, reach Reach, filter UnitReportFilter) ([]UnitReportItem, error) {
	query := a.db(ctx).Scopes(reach.scope("unit_path", "")).Where("plan = ?", string(filter.Plan))
	if !filter.Quarter.IsZero() {
		query = query.Where("quarter = ?", filter.Quarter.String())
	}
	if filter.Unit != "" {
		query = query.Where("unit = ?", string(filter.Unit))
	}
	if filter.Open {
		query = query.Where("ended = ?", false)
	}
	var rows []unitReportRow
	if err := query.Order("quarter DESC, unit_path, unit").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list unit reports: %w", err)
	}
	items := make([]UnitReportItem, len(rows))
	for i, row := range rows {
		var err error
		if items[i], err = row.item(); err != nil {
			return nil, err
		}
	}
	return items, nil
}

type unitReportTextRow struct {
	Plan    string    `gorm:"column:plan;primaryKey"`
	Quarter string    `gorm:"column:quarter;primaryKey"`
	Unit    string    `gorm:"column:unit;primaryKey"`
	Version int64     `gorm:"column:version;primaryKey;autoIncrement:false"`
	Content string    `gorm:"column:content"`
	Digest  string    `gorm:"column:digest"`
	Account string    `gorm:"column:account"`
	SavedAt time.Time `gorm:"column:saved_at"`
}

func (unitReportTextRow) TableName() string { return "unit_report_texts" }

// UnitReportText is what a unit writes, in one version.
type UnitReportText struct {
	Version int64
	Content string
	Digest  string
	Account models.AccountID
	SavedAt time.Time
}

// SaveUnitReportText saves the form. Seen is the version that the writer saw, 0
// for the first: ErrVersion says that somebody else saved since. A version that
// was filed stays as it was; saving after it begins the next one.
func (a *Archive) SaveUnitReportText(ctx context.Context, id inspection.ID, unit models.UnitID, seen int64, content string, by models.AccountID, now time.Time) (UnitReportText, error) {
	sum := sha256.Sum256([]byte(content))
	row := unitReportTextRow{
		Plan: string(id.Plan), Quarter: id.Quarter.String(), Unit: string(unit), Version: seen + 1,
		Content: content, Digest: hex.EncodeToString(sum[:]), Account: string(by), SavedAt: instant(now),
	}
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		var report unitReportRow
		key := tx.Where("plan = ? AND quarter = ? AND unit = ?", row.Plan, row.Quarter, row.Unit).Session(&gorm.Session{})
		if err := key.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&report).Error; err != nil {
			return known(err)
		}
		if report.Ended {
			return ErrNotEditable
		}
		var last unitReportTextRow
		if err := key.Order("version DESC").Limit(1).Find(&last).Error; err != nil {
			return err
		}
		if last.Version != seen {
			return ErrVersion
		}
		return known(tx.Create(&row).Error)
	})
	if err != nil {
		return UnitReportText{}, fmt.Errorf("save the report of %s: %w", unit, err)
	}
	return row.text(), nil
}

func (r unitReportTextRow) text() UnitReportText {
	return UnitReportText{
		Version: r.Version, Content: r.Content, Digest: r.Digest, Account: models.AccountID(r.Account), SavedAt: r.SavedAt.UTC(),
	}
}

// UnitReportText reads one version of the form, the latest for 0, or ErrNotFound.
// Whether the caller may read the unit's report is asked with UnitReports before.
func (a *Archive) UnitReportText(ctx context.Context, id inspection.ID, unit models.UnitID, version int64) (UnitReportText, error) {
	query := a.db(ctx).Where("plan = ? AND quarter = ? AND unit = ?", string(id.Plan), id.Quarter.String(), string(unit))
	if version > 0 {
		query = query.Where("version = ?", version)
	}
	var row unitReportTextRow
	if err := query.Order("version DESC").Take(&row).Error; err != nil {
		return UnitReportText{}, fmt.Errorf("read the report of %s: %w", unit, known(err))
	}
	return row.text(), nil
}

// NothingToReport reports whether a unit had no duties at the cut-off of a cycle
// and answers for no indicator on the quarter's last day, by itself or by a unit
// below it.
func (a *Archive) NothingToReport(ctx context.Context, id inspection.ID, unit models.UnitID) (bool, error) {
	var row snapshotUnitRow
	err := a.db(ctx).Where("plan = ? AND quarter = ? AND unit = ?", string(id.Plan), id.Quarter.String(), string(unit)).Take(&row).Error
	if err != nil {
		return false, fmt.Errorf("read the frozen unit %s: %w", unit, known(err))
	}
	if row.Obligations > 0 {
		return false, nil
	}
	answers, err := a.answersFor(ctx, id, unit)
	return !answers, err
}
