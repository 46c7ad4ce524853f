package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

type inspectionRow struct {
	Plan      string     `gorm:"column:plan;primaryKey"`
	Quarter   string     `gorm:"column:quarter;primaryKey"`
	Stage     string     `gorm:"column:stage"`
	CutOff    time.Time  `gorm:"column:cut_off"`
	ReportDue *time.Time `gorm:"column:report_due"`
	Snapshot  string     `gorm:"column:snapshot"`
	Scheduled bool       `gorm:"column:scheduled"`
	OpenedBy  string     `gorm:"column:opened_by"`
	OpenedAt  time.Time  `gorm:"column:opened_at"`
	Sequence  int64      `gorm:"column:sequence"`
}

func (inspectionRow) TableName() string { return "inspections" }

// Inspection is one cycle as lists show it.
type Inspection struct {
	ID        inspection.ID
	Stage     inspection.Stage
	CutOff    time.Time
	ReportDue time.Time
	Snapshot  string
	Scheduled bool
	OpenedBy  models.AccountID
	OpenedAt  time.Time
	Sequence  int64
}

func (r inspectionRow) inspection() (Inspection, error) {
	id, err := cycleID(r.Plan, r.Quarter)
	return Inspection{
		ID: id, Stage: inspection.Stage(r.Stage), CutOff: r.CutOff.UTC(), ReportDue: orZero(r.ReportDue), Snapshot: r.Snapshot,
		Scheduled: r.Scheduled, OpenedBy: models.AccountID(r.OpenedBy), OpenedAt: r.OpenedAt.UTC(), Sequence: r.Sequence,
	}, err
}

func cycleID(plan, quarter string) (inspection.ID, error) {
	parsed, err := models.ParseQuarter(quarter)
	if err != nil {
		return inspection.ID{}, fmt.Errorf("read an inspection: %w", err)
	}
	return inspection.ID{Plan: models.PlanID(plan), Quarter: parsed}, nil
}

// Inspections are the cycles of a plan, the latest quarter first.
func (a *Archive) Inspections(ctx context.Context, plan models.PlanID) ([]Inspection, error) {
	var rows []inspectionRow
	if err := a.db(ctx).Where("plan = ?", string(plan)).Order("quarter DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list inspections of %s: %w", plan, err)
	}
	cycles := make([]Inspection, len(rows))
	for i, row := range rows {
		var err error
		if cycles[i], err = row.inspection(); err != nil {
			return nil, err
		}
	}
	return cycles, nil
}

// Inspection is one cycle, or ErrNotFound.
func (a *Archive) Inspection(ctx context.Context, id inspection.ID) (Inspection, error) {
	var row inspectionRow
	err := a.db(ctx).Where("plan = ? AND quarter = ?", string(id.Plan), id.Quarter.String()).Take(&row).Error
	if err != nil {
		return Inspection{}, fmt.Errorf("read inspection %s: %w", id, known(err))
	}
	return row.inspection()
}

// project writes what pages read of an event, and the notices that follow from it.
func (s *inspecting) project(event inspection.Event) error {
	if err := s.projectSubject(event); err != nil {
		return err
	}
	return s.notify(event)
}

func (s *inspecting) projectSubject(event inspection.Event) error {
	switch after := s.after.(type) {
	case *inspection.Inspection:
		return s.projectCycle(after, event)
	case *inspection.UnitReport:
		return s.projectReport(after, event)
	case *inspection.Sample:
		return s.projectSample(after, event)
	case *inspection.Finding:
		return s.projectFinding(after, event)
	default:
		return fmt.Errorf("no tables for %T", after)
	}
}

func (s *inspecting) projectCycle(after *inspection.Inspection, event inspection.Event) error {
	row := inspectionRow{
		Plan: string(after.ID.Plan), Quarter: after.ID.Quarter.String(), Stage: string(after.Stage), CutOff: instant(after.CutOff),
		ReportDue: instantOrNull(after.ReportDue), Snapshot: after.Snapshot, Sequence: after.Sequence,
	}
	if opened, first := event.Body.(inspection.Opened); first {
		row.Scheduled, row.OpenedBy, row.OpenedAt = opened.Scheduled, string(event.Actor.Account), instant(event.At)
		return known(s.tx.Create(&row).Error)
	}
	err := s.tx.Model(&inspectionRow{}).Where("plan = ? AND quarter = ?", row.Plan, row.Quarter).
		Select("stage", "report_due", "snapshot", "sequence").Updates(&row).Error
	if err != nil {
		return err
	}
	return s.projectBulletins(after, event)
}

// ErrRulesSaved says that a version of the inspection's rules exists with other
// content.
var ErrRulesSaved = errors.New("the version of the inspection's rules is saved with another content")

type inspectionRulesRow struct {
	Version       int       `gorm:"column:version;primaryKey;autoIncrement:false"`
	Rules         string    `gorm:"column:rules"`
	ContentDigest string    `gorm:"column:content_digest"`
	SavedAt       time.Time `gorm:"column:saved_at"`
}

func (inspectionRulesRow) TableName() string { return "inspection_rules" }

// inspectionSettings is the content of a version: the rules that workflows hold,
// and beside them the words of the office, which no workflow needs.
type inspectionSettings struct {
	inspection.Rules
	Letterhead inspection.Letterhead `json:"letterhead,omitzero"`
}

// SaveInspectionRules saves a version of the inspection's rules, and of the
// letterhead of its bulletins, for ever. The same content may be saved again.
func (a *Archive) SaveInspectionRules(ctx context.Context, version int, rules inspection.Rules, head inspection.Letterhead) error {
	if err := errors.Join(rules.Check(), head.Check()); err != nil {
		return err
	}
	text, err := json.Marshal(inspectionSettings{Rules: rules, Letterhead: head})
	if err != nil {
		return fmt.Errorf("write rules of the inspection: %w", err)
	}
	digest := sha256.Sum256(text)
	row := inspectionRulesRow{Version: version, Rules: string(text), ContentDigest: hex.EncodeToString(digest[:]), SavedAt: instant(time.Now())}
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		var saved inspectionRulesRow
		err := tx.Where("version = ?", version).Take(&saved).Error
		switch {
		case err == nil && saved.ContentDigest != row.ContentDigest:
			return fmt.Errorf("save rules %d: %w", version, ErrRulesSaved)
		case err == nil:
			return nil
		case !errors.Is(err, gorm.ErrRecordNotFound):
			return fmt.Errorf("save rules %d: %w", version, err)
		}
		return known(tx.Create(&row).Error)
	})
}

// InspectionRules are the latest rules, which a new cycle pins, and their
// version; the standard ones while none is saved.
func (a *Archive) InspectionRules(ctx context.Context) (inspection.Rules, int, error) {
	settings, version, err := a.inspectionSettings(ctx)
	return settings.Rules, version, err
}

// Letterhead is the latest letterhead, which a bulletin takes when it is drafted.
func (a *Archive) Letterhead(ctx context.Context) (inspection.Letterhead, error) {
	settings, _, err := a.inspectionSettings(ctx)
	return settings.Letterhead, err
}

func (a *Archive) inspectionSettings(ctx context.Context) (inspectionSettings, int, error) {
	settings := inspectionSettings{Rules: inspection.StandardRules(), Letterhead: inspection.StandardLetterhead()}
	var rows []inspectionRulesRow
	if err := a.db(ctx).Order("version DESC").Limit(1).Find(&rows).Error; err != nil {
		return settings, 0, fmt.Errorf("read rules of the inspection: %w", err)
	}
	if len(rows) == 0 {
		return settings, 0, nil
	}
	settings.Rules = inspection.Rules{}
	if err := json.Unmarshal([]byte(rows[0].Rules), &settings); err != nil {
		return settings, 0, fmt.Errorf("read rules %d of the inspection: %w", rows[0].Version, err)
	}
	return settings, rows[0].Version, nil
}
