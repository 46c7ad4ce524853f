package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

type sampleItemRow struct {
	Plan       string     `gorm:"column:plan;primaryKey"`
	Quarter    string     `gorm:"column:quarter;primaryKey"`
	Record     string     `gorm:"column:record;primaryKey"`
	Cadre      string     `gorm:"column:cadre"`
	Unit       string     `gorm:"column:unit"`
	UnitPath   string     `gorm:"column:unit_path"`
	Kind       string     `gorm:"column:kind"`
	State      string     `gorm:"column:state"`
	CheckedBy  string     `gorm:"column:checked_by"`
	CheckedAt  *time.Time `gorm:"column:checked_at"`
	HearingDue *time.Time `gorm:"column:hearing_due"`
	DecidedBy  string     `gorm:"column:decided_by"`
	DecidedAt  *time.Time `gorm:"column:decided_at"`
	Revocation string     `gorm:"column:revocation"`
	Remark     string     `gorm:"column:remark"`
	Ordinal    int        `gorm:"column:ordinal"`
}

func (sampleItemRow) TableName() string { return "sample_items" }

// SampleItem is one sampled credit as lists show it.
type SampleItem struct {
	inspection.SampleItem
	ID       inspection.ID
	Unit     models.UnitID
	UnitPath string
	Kind     models.Kind
	// Remark is the last word of whoever checked or decided.
	Remark string
}

func (r sampleItemRow) item() (SampleItem, error) {
	id, err := cycleID(r.Plan, r.Quarter)
	return SampleItem{
		ID: id, Unit: models.UnitID(r.Unit), UnitPath: r.UnitPath, Kind: models.Kind(r.Kind), Remark: r.Remark,
		SampleItem: inspection.SampleItem{
			Record: models.RecordID(r.Record), Obligation: models.ObligationID{Plan: id.Plan, Cadre: models.CadreID(r.Cadre)},
			State: inspection.ItemState(r.State), CheckedBy: models.AccountID(r.CheckedBy), CheckedAt: orZero(r.CheckedAt),
			HearingDue: orZero(r.HearingDue), DecidedBy: models.AccountID(r.DecidedBy), DecidedAt: orZero(r.DecidedAt),
			Revocation: inspection.Revocation(r.Revocation),
		},
	}, err
}

// projectSample writes the items that the event is about: all of them when the
// sample was drawn.
func (s *inspecting) projectSample(after *inspection.Sample, event inspection.Event) error {
	switch body := event.Body.(type) {
	case inspection.SampleDrawn:
		return s.projectDraw(after)
	case inspection.Checked:
		return s.projectItem(after, body.Record)
	case inspection.HearingDecided:
		return s.projectItem(after, body.Record)
	case inspection.RevocationAnswered:
		return s.projectItem(after, body.Record)
	default:
		return nil
	}
}

func (s *inspecting) projectDraw(after *inspection.Sample) error {
	rows := make([]sampleItemRow, 0, len(after.Items))
	for i, item := range after.Items {
		var record recordRow
		if err := s.tx.Where("id = ?", string(item.Record)).Take(&record).Error; err != nil {
			return fmt.Errorf("read record %s: %w", item.Record, known(err))
		}
		rows = append(rows, sampleItemRow{
			Plan: string(after.ID.Plan), Quarter: after.ID.Quarter.String(), Record: string(item.Record),
			Cadre: string(item.Obligation.Cadre), Unit: record.Unit, UnitPath: record.UnitPath, Kind: record.Kind,
			State: string(item.State), Ordinal: i + 1,
		})
	}
	if len(rows) == 0 {
		return nil
	}
	return s.tx.CreateInBatches(&rows, insertBatch).Error
}

func (s *inspecting) projectItem(after *inspection.Sample, record models.RecordID) error {
	for _, item := range after.Items {
		if item.Record != record {
			continue
		}
		changed := []any{"checked_by", "checked_at", "hearing_due", "decided_by", "decided_at", "revocation"}
		row := sampleItemRow{
			State: string(item.State), CheckedBy: string(item.CheckedBy), CheckedAt: instantOrNull(item.CheckedAt),
			HearingDue: instantOrNull(item.HearingDue), DecidedBy: string(item.DecidedBy), DecidedAt: instantOrNull(item.DecidedAt),
			Revocation: string(item.Revocation),
		}
		if s.words.Text != "" {
			row.Remark = s.words.Text
			changed = append(changed, "remark")
		}
		return s.tx.Model(&sampleItemRow{}).Where("plan = ? AND quarter = ? AND record = ?",
			string(after.ID.Plan), after.ID.Quarter.String(), string(record)).Select("state", changed...).Updates(&row).Error
	}
	return nil
}

// SampleItems are the sampled credits of a cycle within the reach, in the order
// in which they were drawn.
func (a *Archive) SampleItems(ctx context.Context, reach Reach, id inspection.ID) ([]SampleItem, error) {
	items, err := sampleItems(a.db(ctx).Scopes(reach.scope("unit_path", "cadre")).
		Where("plan = ? AND quarter = ?", string(id.Plan), id.Quarter.String()).Order("ordinal"))
	if err != nil {
		return nil, fmt.Errorf("list the sample of %s: %w", id, err)
	}
	return items, nil
}

// Hearings are the sampled credits of a plan's cycles within the reach on which
// somebody has yet to decide, whose time ends first before the others.
func (a *Archive) Hearings(ctx context.Context, reach Reach, plan models.PlanID) ([]SampleItem, error) {
	items, err := sampleItems(a.db(ctx).Scopes(reach.scope("unit_path", "cadre")).
		Where("plan = ? AND state = ?", string(plan), string(inspection.ItemHearing)).Order("hearing_due, quarter, ordinal"))
	if err != nil {
		return nil, fmt.Errorf("list the hearings of %s: %w", plan, err)
	}
	return items, nil
}

// HearingEnds answers, by the notice's ID, until when those whom it tells of a
// hearing may be heard.
func (a *Archive) HearingEnds(ctx context.Context, notices []Notice) (map[string]time.Time, error) {
	var records []string
	for _, notice := range notices {
		if notice.Code == inspection.HearingNotice {
			records = append(records, string(notice.Record))
		}
	}
	if len(records) == 0 {
		return nil, nil
	}
	items, err := sampleItems(a.db(ctx).Where("record IN ?", records))
	if err != nil {
		return nil, fmt.Errorf("read until when people are heard: %w", err)
	}
	ends := map[string]time.Time{}
	for _, notice := range notices {
		for _, item := range items {
			if item.Record == notice.Record && item.ID.SampleSubject() == notice.Subject {
				ends[notice.ID] = item.HearingDue
			}
		}
	}
	return ends, nil
}

func sampleItems(query *gorm.DB) ([]SampleItem, error) {
	var rows []sampleItemRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, err
	}
	items := make([]SampleItem, len(rows))
	for i, row := range rows {
		var err error
		if items[i], err = row.item(); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// SampleRemark is the last word on a sampled credit.
func (a *Archive) SampleRemark(ctx context.Context, id inspection.ID, record models.RecordID) (string, error) {
	item, err := sampleItemIn(a.db(ctx), id, record)
	return item.Remark, err
}

func sampleItemIn(tx *gorm.DB, id inspection.ID, record models.RecordID) (SampleItem, error) {
	var row sampleItemRow
	err := tx.Where("plan = ? AND quarter = ? AND record = ?", string(id.Plan), id.Quarter.String(), string(record)).Take(&row).Error
	if err != nil {
		return SampleItem{}, fmt.Errorf("read the sampled record %s: %w", record, known(err))
	}
	return row.item()
}
