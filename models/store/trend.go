package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// TrendPoint is what the goals of one kind looked like at the end of one
// period, with what is known today.
type TrendPoint struct {
	// Due are those that fell or fall due within the period, met or not.
	Due int64
	// Overdue are those that were overdue at its end.
	Overdue int64
}

// Trend counts goals of a plan within the reach, by kind, one point a period.
// The periods follow each other: start is the first one's beginning, ends are
// their last instants, in order; a due instant at an end belongs to the period
// that it ends. Each number is what CountObligations answers for the kind and
// the due instants, or OverdueAt the end.
func (a *Archive) Trend(ctx context.Context, reach Reach, plan models.PlanID, start time.Time, ends []time.Time) (map[models.Kind][]TrendPoint, error) {
	trend := map[models.Kind][]TrendPoint{}
	for _, kind := range models.Kinds {
		trend[kind] = make([]TrendPoint, len(ends))
	}
	if len(ends) == 0 {
		return trend, nil
	}
	if err := a.countDue(ctx, reach, plan, start, ends, trend); err != nil {
		return nil, err
	}
	return trend, a.countOverdue(ctx, reach, plan, ends, trend)
}

// goalsWithin are the goals of a plan within the reach.
func (a *Archive) goalsWithin(ctx context.Context, reach Reach, plan models.PlanID) *gorm.DB {
	goals := a.db(ctx).Model(&goalRow{}).Where("goals.plan = ?", string(plan))
	if reach.All {
		return goals
	}
	return goals.Joins("JOIN obligations ON obligations.plan = goals.plan AND obligations.cadre = goals.cadre").
		Scopes(reach.scope("obligations.unit_path", "obligations.cadre"))
}

func (a *Archive) countDue(ctx context.Context, reach Reach, plan models.PlanID, start time.Time, ends []time.Time, trend map[models.Kind][]TrendPoint) error {
	period, values := periodOf("goals.due_at", ends)
	inner := a.goalsWithin(ctx, reach, plan).
		Where("goals.due_at > ? AND goals.due_at <= ?", instant(start), instant(ends[len(ends)-1])).
		Select("goals.kind AS kind, "+period+" AS period", values...)
	var rows []struct {
		Kind   models.Kind
		Period int
		Total  int64
	}
	err := a.db(ctx).Session(&gorm.Session{NewDB: true}).Table("(?) AS due", inner).
		Select("kind, period, COUNT(*) AS total").Group("kind, period").Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("count what falls due: %w", err)
	}
	for _, row := range rows {
		if points, known := trend[row.Kind]; known {
			points[row.Period].Due = row.Total
		}
	}
	return nil
}

// countOverdue reads each span once, whatever the number of periods: a span
// counts at each end from the one by which it began to the one by which it had
// ended.
func (a *Archive) countOverdue(ctx context.Context, reach Reach, plan models.PlanID, ends []time.Time, trend map[models.Kind][]TrendPoint) error {
	began, values := periodOf("goals.overdue_from", ends)
	ended, more := periodOf("goals.overdue_until", ends)
	inner := a.goalsWithin(ctx, reach, plan).Where("goals.overdue_from <= ?", instant(ends[len(ends)-1])).
		Select("goals.kind AS kind, "+began+" AS began, "+ended+" AS ended", append(values, more...)...)
	var rows []struct {
		Kind         models.Kind
		Began, Ended int
		Total        int64
	}
	err := a.db(ctx).Session(&gorm.Session{NewDB: true}).Table("(?) AS spans", inner).
		Select("kind, began, ended, COUNT(*) AS total").Group("kind, began, ended").Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("count what was overdue: %w", err)
	}
	for _, row := range rows {
		points := trend[row.Kind]
		for i := row.Began; i < min(row.Ended, len(points)); i++ {
			points[i].Overdue += row.Total
		}
	}
	return nil
}

// periodOf is the number of the first end that is not before the column's
// instant; beyond all, and for no instant, it is their number.
func periodOf(column string, ends []time.Time) (string, []any) {
	text := "CASE"
	values := make([]any, len(ends))
	for i, end := range ends {
		text += fmt.Sprintf(" WHEN %s <= ? THEN %d", column, i)
		values[i] = instant(end)
	}
	return text + fmt.Sprintf(" ELSE %d END", len(ends)), values
}

// schemaWithOverdue is the schema that brought the spans of overdue goals.
const schemaWithOverdue = 9

// fillOverdue writes the spans of an archive that older programs wrote, from its
// snapshots. It changes nothing else. If it is cut off, migrating again goes on,
// and until then a reconcile says where.
func (a *Archive) fillOverdue(ctx context.Context) error {
	var after obligationRow
	for {
		rows, err := obligationsAfter(a.db(ctx), after)
		if err != nil || len(rows) == 0 {
			return err
		}
		err = a.inTransaction(ctx, func(tx *gorm.DB) error {
			for _, row := range rows {
				if err := fillOverdueOf(tx, row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("fill in when goals were overdue: %w", err)
		}
		after = rows[len(rows)-1]
	}
}

// unfilledOverdue reports whether an earlier fill was cut off: a goal that turns
// red has a span.
func (a *Archive) unfilledOverdue(ctx context.Context) (bool, error) {
	var found []string
	err := a.db(ctx).Model(&goalRow{}).Where("red_at IS NOT NULL AND overdue_from IS NULL").Limit(1).Pluck("cadre", &found).Error
	if err != nil {
		return false, fmt.Errorf("look for goals without their span: %w", err)
	}
	return len(found) > 0, nil
}

func fillOverdueOf(tx *gorm.DB, row obligationRow) error {
	obligation, err := row.obligation()
	if err != nil {
		return err
	}
	for _, goal := range obligation.Goals {
		span := obligation.OverdueSpan(goal)
		if span.From.IsZero() {
			continue
		}
		err := tx.Model(&goalRow{}).Where("plan = ? AND cadre = ? AND kind = ?", row.Plan, row.Cadre, string(goal.Kind)).
			Updates(map[string]any{"overdue_from": instantOrNull(span.From), "overdue_until": instantOrNull(span.Until)}).Error
		if err != nil {
			return err
		}
	}
	return nil
}
