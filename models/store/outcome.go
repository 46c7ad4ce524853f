package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// UnitOutcome is what the cadres of one unit have achieved for one kind.
type UnitOutcome struct {
	Unit                           models.UnitID
	UnitPath                       string
	Kind                           models.Kind
	Cadres, Required, Met, Credits int
}

// Outcomes counts goals and credits of a plan within the reach, by unit and
// kind. Exempted goals ask nothing and are left out.
func (a *Archive) Outcomes(ctx context.Context, reach Reach, plan models.PlanID) ([]UnitOutcome, error) {
	var found []UnitOutcome
	err := a.db(ctx).Model(&goalRow{}).
		Joins("JOIN obligations ON obligations.plan = goals.plan AND obligations.cadre = goals.cadre").
		Scopes(reach.scope("obligations.unit_path", "obligations.cadre")).
		Where("goals.plan = ? AND goals.exempted = ?", string(plan), false).
		Select("obligations.unit AS unit, obligations.unit_path AS unit_path, goals.kind AS kind, COUNT(*) AS cadres, " +
			"SUM(goals.required) AS required, SUM(CASE WHEN goals.credits < goals.required THEN goals.credits ELSE goals.required END) AS met, " +
			"SUM(goals.credits) AS credits").
		Group("obligations.unit, obligations.unit_path, goals.kind").
		Order("obligations.unit_path, obligations.unit, goals.kind").Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("count outcomes: %w", err)
	}
	return found, nil
}

// CreditsByMonth counts the credits of a plan within the reach that were given
// before each of the ends and not before the one ahead of it: by kind, one
// number a month.
func (a *Archive) CreditsByMonth(ctx context.Context, reach Reach, plan models.PlanID, ends []time.Time) (map[models.Kind][]int, error) {
	counts := map[models.Kind][]int{}
	for _, kind := range models.Kinds {
		counts[kind] = make([]int, len(ends))
	}
	if len(ends) == 0 {
		return counts, nil
	}
	month := "CASE"
	values := make([]any, 0, len(ends))
	for i, end := range ends {
		month += fmt.Sprintf(" WHEN credited_at < ? THEN %d", i)
		values = append(values, instant(end))
	}
	month += " ELSE -1 END"
	var rows []struct {
		Kind  models.Kind
		Month int
		Total int
	}
	inner := a.db(ctx).Model(&recordRow{}).Scopes(reach.scope("unit_path", "cadre")).
		Where("plan = ? AND state = ?", string(plan), string(models.StateCredited)).
		Select("kind, "+month+" AS month", values...)
	err := a.db(ctx).Session(&gorm.Session{NewDB: true}).Table("(?) AS credited", inner).Select("kind, month, COUNT(*) AS total").Group("kind, month").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count credits by month: %w", err)
	}
	for _, row := range rows {
		if series, known := counts[row.Kind]; known && row.Month >= 0 {
			series[row.Month] = row.Total
		}
	}
	return counts, nil
}
