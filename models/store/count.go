package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// UnitCount counts the obligations of one unit as they stand at an instant.
type UnitCount struct {
	Unit     models.UnitID
	UnitPath string
	Total    int64
	Lights   map[models.Light]int64
	States   map[models.ObligationState]int64
}

// ObligationCounts counts the obligations that the filter chooses within the
// reach, by unit, light and state. The conditions are those of the list.
func (a *Archive) ObligationCounts(ctx context.Context, reach Reach, filter ObligationFilter, asOf time.Time) ([]UnitCount, error) {
	light, lightValues := caseOf(models.Lights[1:], string(models.Green), func(l models.Light) (string, []any) { return lightCondition(l, asOf) })
	state, stateValues := caseOf(models.ObligationStates[1:], string(models.ObligationActive),
		func(s models.ObligationState) (string, []any) { return stateCondition(s, asOf) })
	var rows []struct {
		Unit, UnitPath string
		Light          models.Light
		State          models.ObligationState
		Total          int64
	}
	inner := a.db(ctx).Model(&obligationRow{}).Scopes(reach.scope("obligations.unit_path", "obligations.cadre"), filter.scope(asOf)).
		Select("unit, unit_path, "+light+" AS light, "+state+" AS state", append(lightValues, stateValues...)...)
	err := a.db(ctx).Session(&gorm.Session{NewDB: true}).Table("(?) AS standings", inner).
		Select("unit, unit_path, light, state, COUNT(*) AS total").
		Group("unit, unit_path, light, state").Order("unit_path, unit").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count obligations: %w", err)
	}
	var counts []UnitCount
	for _, row := range rows {
		if len(counts) == 0 || counts[len(counts)-1].Unit != models.UnitID(row.Unit) || counts[len(counts)-1].UnitPath != row.UnitPath {
			counts = append(counts, UnitCount{
				Unit: models.UnitID(row.Unit), UnitPath: row.UnitPath,
				Lights: map[models.Light]int64{}, States: map[models.ObligationState]int64{},
			})
		}
		last := &counts[len(counts)-1]
		last.Total += row.Total
		last.Lights[row.Light] += row.Total
		last.States[row.State] += row.Total
	}
	return counts, nil
}

// caseOf writes alternatives as one SQL value.
func caseOf[T ~string](values []T, otherwise string, condition func(T) (string, []any)) (string, []any) {
	text := "CASE"
	var parameters []any
	for _, value := range values {
		condition, bound := condition(value)
		// The values are constants of models, never input.
		text += " WHEN " + condition + " THEN '" + string(value) + "'"
		parameters = append(parameters, bound...)
	}
	return text + " ELSE '" + otherwise + "' END", parameters
}

// CountObligations counts what Obligations lists.
func (a *Archive) CountObligations(ctx context.Context, reach Reach, filter ObligationFilter, asOf time.Time) (int64, error) {
	var count int64
	err := a.db(ctx).Model(&obligationRow{}).Scopes(reach.scope("obligations.unit_path", "obligations.cadre"), filter.scope(asOf)).
		Count(&count).Error
	if err != nil {
		return 0, fmt.Errorf("count obligations: %w", err)
	}
	return count, nil
}
