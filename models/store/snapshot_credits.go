package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

// frozenCreditRow is a frozen credit with the kind of its unit.
type frozenCreditRow struct {
	Credit   snapshotCreditRow `gorm:"embedded"`
	UnitKind string            `gorm:"column:unit_kind"`
}

func (r frozenCreditRow) credit() inspection.Credit {
	return inspection.Credit{
		Record:     models.RecordID(r.Credit.Record),
		Obligation: models.ObligationID{Plan: models.PlanID(r.Credit.Plan), Cadre: models.CadreID(r.Credit.Cadre)},
		Unit:       models.UnitID(r.Credit.Unit), UnitKind: models.UnitKind(r.UnitKind), Kind: models.Kind(r.Credit.Kind),
		Quarter: models.QuarterOf(models.DateOf(r.Credit.CreditedAt)),
	}
}

// frozenCredits asks for the frozen credits of a cycle, by unit and record.
func (a *Archive) frozenCredits(ctx context.Context, id inspection.ID) *gorm.DB {
	return a.db(ctx).Table("snapshot_credits AS c").
		Joins("JOIN snapshot_units u ON u.plan = c.plan AND u.quarter = c.quarter AND u.unit = c.unit").
		Where("c.plan = ? AND c.quarter = ?", string(id.Plan), id.Quarter.String()).
		Select("c.*, u.kind AS unit_kind").Order("c.unit, c.record")
}

// SnapshotCredits are the credits that counted at the cut-off: the frame of the
// sample.
func (a *Archive) SnapshotCredits(ctx context.Context, id inspection.ID) ([]inspection.Credit, error) {
	var rows []frozenCreditRow
	if err := a.frozenCredits(ctx, id).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list the frozen credits of %s: %w", id, err)
	}
	return each(rows, frozenCreditRow.credit), nil
}

type (
	frozenCreditKey  struct{ Unit, Record string }
	frozenCreditList struct{ Inspection inspection.ID }
)

// SnapshotCreditPage is SnapshotCredits page by page.
func (a *Archive) SnapshotCreditPage(ctx context.Context, id inspection.ID, page Page) (Paged[inspection.Credit], error) {
	var after frozenCreditKey
	list := frozenCreditList{Inspection: id}
	found, err := page.position(list, &after)
	if err != nil {
		return Paged[inspection.Credit]{}, err
	}
	query := a.frozenCredits(ctx, id)
	if found {
		query = query.Where("c.unit > ? OR (c.unit = ? AND c.record > ?)", after.Unit, after.Unit, after.Record)
	}
	var rows []frozenCreditRow
	if err := query.Limit(page.limit() + 1).Scan(&rows).Error; err != nil {
		return Paged[inspection.Credit]{}, fmt.Errorf("list the frozen credits of %s: %w", id, err)
	}
	result, err := paged(page, list, rows, func(row frozenCreditRow) frozenCreditKey {
		return frozenCreditKey{Unit: row.Credit.Unit, Record: row.Credit.Record}
	})
	return mapped(result, frozenCreditRow.credit), err
}
