package store

import (
	"context"
	"fmt"

	"bangfu/models"
	"bangfu/models/inspection"
)

// FrozenGoal is one goal as it stood at the cut-off of a cycle.
type FrozenGoal struct {
	Unit   models.UnitID
	Cadre  models.CadreID
	Kind   models.Kind
	Office models.UnitID
	inspection.GoalFigures
	Exempted bool
	Due      models.Date
	Light    models.Light
	// Closed is why the duty had ended by then; empty while it was open.
	Closed models.Ground
}

// FrozenGoalFilter chooses frozen goals; empty fields choose all.
type FrozenGoalFilter struct {
	Inspection inspection.ID
	Unit       models.UnitID
	Kind       models.Kind
	Light      models.Light
	// Unmet keeps what was asked for and not met.
	Unmet bool
}

type frozenGoalKey struct{ Unit, Cadre, Kind string }

// FrozenGoals lists frozen goals within the reach over the cadres' offices, by
// unit, cadre and kind: the rows behind a bulletin's figures.
func (a *Archive) FrozenGoals(ctx context.Context, reach Reach, filter FrozenGoalFilter, page Page) (Paged[FrozenGoal], error) {
	var after frozenGoalKey
	found, err := page.position(filter, &after)
	if err != nil {
		return Paged[FrozenGoal]{}, err
	}
	query := a.db(ctx).Model(&snapshotGoalRow{}).Joins("JOIN units ON units.unit_id = snapshot_goals.office").
		Scopes(reach.scope("units.path", "snapshot_goals.cadre")).
		Where("plan = ? AND quarter = ?", string(filter.Inspection.Plan), filter.Inspection.Quarter.String())
	if filter.Unit != "" {
		query = query.Where("unit = ?", string(filter.Unit))
	}
	if filter.Kind != "" {
		query = query.Where("snapshot_goals.kind = ?", string(filter.Kind))
	}
	if filter.Light != "" {
		query = query.Where("light = ?", string(filter.Light))
	}
	if filter.Unmet {
		query = query.Where("exempted = ? AND met < required", false)
	}
	if found {
		query = query.Where("unit > ? OR (unit = ? AND (cadre > ? OR (cadre = ? AND snapshot_goals.kind > ?)))",
			after.Unit, after.Unit, after.Cadre, after.Cadre, after.Kind)
	}
	var rows []snapshotGoalRow
	err = query.Select("snapshot_goals.*").Order("unit, cadre, snapshot_goals.kind").Limit(page.limit() + 1).Find(&rows).Error
	if err != nil {
		return Paged[FrozenGoal]{}, fmt.Errorf("list the frozen goals of %s: %w", filter.Inspection, err)
	}
	result, err := paged(page, filter, rows, func(row snapshotGoalRow) frozenGoalKey {
		return frozenGoalKey{Unit: row.Unit, Cadre: row.Cadre, Kind: row.Kind}
	})
	return Paged[FrozenGoal]{Items: each(result.Items, snapshotGoalRow.goal), Next: result.Next}, err
}

func (r snapshotGoalRow) goal() FrozenGoal {
	goal := FrozenGoal{
		Unit: models.UnitID(r.Unit), Cadre: models.CadreID(r.Cadre), Kind: models.Kind(r.Kind), Office: models.UnitID(r.Office),
		GoalFigures: inspection.GoalFigures{Required: r.Required, Met: r.Met, Credits: r.Credits},
		Exempted:    r.Exempted, Due: day(r.Due), Light: models.Light(r.Light), Closed: models.Ground(r.Closed),
	}
	if goal.Light == models.Red && !r.Exempted && r.Met < r.Required {
		goal.Overdue = 1
	}
	return goal
}

// QuarterOutcome is what was asked of a unit's cadres and met at the cut-off of one
// quarter.
type QuarterOutcome struct {
	Quarter                models.Quarter
	Required, Met, Overdue int
}

// UnitTrend are the frozen outcomes of a unit that is inspected, from the first
// sealed quarter of a plan to the given one.
func (a *Archive) UnitTrend(ctx context.Context, until inspection.ID, unit models.UnitID) ([]QuarterOutcome, error) {
	var rows []struct {
		Quarter                string
		Required, Met, Overdue int
	}
	// Quarters are written so that their texts are in their order.
	err := a.db(ctx).Table("snapshot_units AS u").
		Joins("LEFT JOIN snapshot_goals g ON g.plan = u.plan AND g.quarter = u.quarter AND g.unit = u.unit AND g.exempted = ?", false).
		Where("u.plan = ? AND u.unit = ? AND u.quarter <= ? AND u.digest <> ''", string(until.Plan), string(unit), until.Quarter.String()).
		Select("u.quarter, COALESCE(SUM(g.required), 0) AS required, COALESCE(SUM(g.met), 0) AS met, " +
			"COALESCE(" + overdueGoals + ", 0) AS overdue").
		Group("u.quarter").Order("u.quarter").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read how %s stood until %s: %w", unit, until, err)
	}
	trend := make([]QuarterOutcome, len(rows))
	for i, row := range rows {
		quarter, err := models.ParseQuarter(row.Quarter)
		if err != nil {
			return nil, fmt.Errorf("read how %s stood until %s: %w", unit, until, err)
		}
		trend[i] = QuarterOutcome{Quarter: quarter, Required: row.Required, Met: row.Met, Overdue: row.Overdue}
	}
	return trend, nil
}
