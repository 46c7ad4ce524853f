package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

type answeringRow struct {
	PlanID       string `gorm:"column:plan_id;primaryKey"`
	TaskNumber   int    `gorm:"column:task_number;primaryKey;autoIncrement:false"`
	Ordinal      int    `gorm:"column:ordinal;primaryKey;autoIncrement:false"`
	Units        string `gorm:"column:units"`
	Reason       string `gorm:"column:reason"`
	SystemKind   string `gorm:"column:system_kind"`
	SystemScope  string `gorm:"column:system_scope"`
	SystemReason string `gorm:"column:system_reason"`
}

func (answeringRow) TableName() string { return "answering" }

func (r answeringRow) answering() inspection.Answering {
	return inspection.Answering{
		Plan: models.PlanID(r.PlanID), Task: r.TaskNumber, Ordinal: r.Ordinal, Units: identifiersFrom[models.UnitID](r.Units),
		Reason: r.Reason, SystemKind: models.Kind(r.SystemKind), SystemScope: inspection.SystemScope(r.SystemScope),
		SystemReason: r.SystemReason,
	}
}

// SaveAnswering saves who answers for indicators, or brings saved settings to
// the given state.
func (a *Archive) SaveAnswering(ctx context.Context, settings []inspection.Answering) error {
	rows := make([]answeringRow, len(settings))
	for i, one := range settings {
		rows[i] = answeringRow{
			PlanID: string(one.Plan), TaskNumber: one.Task, Ordinal: one.Ordinal, Units: identifiers(one.Units),
			Reason: one.Reason, SystemKind: string(one.SystemKind), SystemScope: string(one.SystemScope),
			SystemReason: one.SystemReason,
		}
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error { return saveRows(tx, rows, "answering") })
}

// Answering is who answers for a plan's indicators, by task and ordinal.
func (a *Archive) Answering(ctx context.Context, plan models.PlanID) ([]inspection.Answering, error) {
	var rows []answeringRow
	if err := a.db(ctx).Where("plan_id = ?", string(plan)).Order("task_number, ordinal").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list who answers for %s: %w", plan, err)
	}
	return each(rows, answeringRow.answering), nil
}
