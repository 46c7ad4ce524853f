package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
)

type planRow struct {
	PlanID        string `gorm:"column:plan_id;primaryKey"`
	Title         string `gorm:"column:title"`
	FromOn        string `gorm:"column:from_on"`
	ToOn          string `gorm:"column:to_on"`
	PolicyVersion int    `gorm:"column:policy_version"`
	Demonstration bool   `gorm:"column:demonstration"`
}

func (planRow) TableName() string { return "plans" }

func (r planRow) plan() models.Plan {
	return models.Plan{
		ID: models.PlanID(r.PlanID), Title: r.Title, From: day(r.FromOn), To: day(r.ToOn),
		Policy: models.PolicyVersion(r.PolicyVersion), Demonstration: r.Demonstration,
	}
}

type taskRow struct {
	PlanID     string `gorm:"column:plan_id;primaryKey"`
	TaskNumber int    `gorm:"column:task_number;primaryKey;autoIncrement:false"`
	Section    string `gorm:"column:section"`
	KeyWork    string `gorm:"column:key_work"`
	Wording    string `gorm:"column:wording"`
	Leads      string `gorm:"column:leads"`
	LeadText   string `gorm:"column:lead_text"`
}

func (taskRow) TableName() string { return "tasks" }

func (r taskRow) task() models.Task {
	return models.Task{
		Plan: models.PlanID(r.PlanID), Number: r.TaskNumber, Section: r.Section, KeyWork: r.KeyWork,
		Text: r.Wording, Leads: identifiersFrom[models.UnitID](r.Leads), LeadText: r.LeadText,
	}
}

type indicatorRow struct {
	PlanID     string `gorm:"column:plan_id;primaryKey"`
	TaskNumber int    `gorm:"column:task_number;primaryKey;autoIncrement:false"`
	Ordinal    int    `gorm:"column:ordinal;primaryKey;autoIncrement:false"`
	Name       string `gorm:"column:name"`
	Target     string `gorm:"column:target"`
	TargetText string `gorm:"column:target_text"`
	UnitWord   string `gorm:"column:unit_word"`
	PeriodCode string `gorm:"column:period_code"`
	Qualifier  string `gorm:"column:qualifier"`
	Verbatim   string `gorm:"column:verbatim"`
	LeadText   string `gorm:"column:lead_text"`
	Ambiguity  string `gorm:"column:ambiguity"`
}

func (indicatorRow) TableName() string { return "indicators" }

func (r indicatorRow) indicator() models.Indicator {
	return models.Indicator{
		Plan: models.PlanID(r.PlanID), Task: r.TaskNumber, Ordinal: r.Ordinal, Name: r.Name,
		Target: r.Target, TargetText: r.TargetText, Unit: r.UnitWord, Period: models.Period(r.PeriodCode),
		Qualifier: models.Qualifier(r.Qualifier), Verbatim: r.Verbatim, LeadText: r.LeadText, Ambiguity: r.Ambiguity,
	}
}

// SavePlan saves a plan, or brings a saved one to the given state.
func (a *Archive) SavePlan(ctx context.Context, plan models.Plan) error {
	rows := []planRow{{
		PlanID: string(plan.ID), Title: plan.Title, FromOn: plan.From.String(), ToOn: plan.To.String(),
		PolicyVersion: int(plan.Policy), Demonstration: plan.Demonstration,
	}}
	return a.inTransaction(ctx, func(tx *gorm.DB) error { return saveRows(tx, rows, "plan") })
}

// SaveTasks saves tasks, or brings saved ones to the given state.
func (a *Archive) SaveTasks(ctx context.Context, tasks []models.Task) error {
	rows := make([]taskRow, len(tasks))
	for i, task := range tasks {
		rows[i] = taskRow{
			PlanID: string(task.Plan), TaskNumber: task.Number, Section: task.Section, KeyWork: task.KeyWork,
			Wording: task.Text, Leads: identifiers(task.Leads), LeadText: task.LeadText,
		}
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error { return saveRows(tx, rows, "tasks") })
}

// SaveIndicators saves indicators, or brings saved ones to the given state.
func (a *Archive) SaveIndicators(ctx context.Context, indicators []models.Indicator) error {
	rows := make([]indicatorRow, len(indicators))
	for i, indicator := range indicators {
		rows[i] = indicatorRow{
			PlanID: string(indicator.Plan), TaskNumber: indicator.Task, Ordinal: indicator.Ordinal,
			Name: indicator.Name, Target: indicator.Target, TargetText: indicator.TargetText,
			UnitWord: indicator.Unit, PeriodCode: string(indicator.Period), Qualifier: string(indicator.Qualifier),
			Verbatim: indicator.Verbatim, LeadText: indicator.LeadText, Ambiguity: indicator.Ambiguity,
		}
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error { return saveRows(tx, rows, "indicators") })
}

// Plans are all plans, the earliest first.
func (a *Archive) Plans(ctx context.Context) ([]models.Plan, error) {
	var rows []planRow
	if err := a.db(ctx).Order("from_on, plan_id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list plans: %w", err)
	}
	return each(rows, planRow.plan), nil
}

// Plan is one plan, or ErrNotFound.
func (a *Archive) Plan(ctx context.Context, id models.PlanID) (models.Plan, error) {
	return planOf(a.db(ctx), id)
}

func planOf(tx *gorm.DB, id models.PlanID) (models.Plan, error) {
	var row planRow
	if err := tx.Where("plan_id = ?", string(id)).Take(&row).Error; err != nil {
		return models.Plan{}, fmt.Errorf("read plan %s: %w", id, known(err))
	}
	return row.plan(), nil
}

// Tasks are all tasks of a plan by number.
func (a *Archive) Tasks(ctx context.Context, plan models.PlanID) ([]models.Task, error) {
	var rows []taskRow
	if err := a.db(ctx).Where("plan_id = ?", string(plan)).Order("task_number").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list tasks of %s: %w", plan, err)
	}
	return each(rows, taskRow.task), nil
}

// Task is one task of a plan, or ErrNotFound.
func (a *Archive) Task(ctx context.Context, plan models.PlanID, number int) (models.Task, error) {
	var row taskRow
	if err := a.db(ctx).Where("plan_id = ? AND task_number = ?", string(plan), number).Take(&row).Error; err != nil {
		return models.Task{}, fmt.Errorf("read task %d of %s: %w", number, plan, known(err))
	}
	return row.task(), nil
}

// Indicators are all indicators of a plan by task and ordinal.
func (a *Archive) Indicators(ctx context.Context, plan models.PlanID) ([]models.Indicator, error) {
	var rows []indicatorRow
	if err := a.db(ctx).Where("plan_id = ?", string(plan)).Order("task_number, ordinal").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list indicators of %s: %w", plan, err)
	}
	return each(rows, indicatorRow.indicator), nil
}

// each converts all rows.
func each[Row, Item any](rows []Row, convert func(Row) Item) []Item {
	items := make([]Item, len(rows))
	for i, row := range rows {
		items[i] = convert(row)
	}
	return items
}
