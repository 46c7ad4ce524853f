package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// ObligationFilter chooses obligations as they stand at an instant. Empty
// fields choose all.
type ObligationFilter struct {
	Plan  models.PlanID
	Cadre models.CadreID
	// UnitPath chooses the units at and below a path.
	UnitPath string
	States   []models.ObligationState
	Lights   []models.Light
	// Kind chooses obligations by one goal: the lights, the state overdue and
	// the due instants are then those of that goal.
	Kind models.Kind
	// DueAfter and DueBefore bound the due instant: from, and up to but not
	// including. Without Kind it is the earliest of the goals that are unmet.
	DueAfter, DueBefore time.Time
	// Undated chooses those whose due instant never comes as things are: open
	// suspensions, and those that have nothing left to do.
	Undated bool
	// OverdueAt chooses those with a goal, of Kind if set, that was overdue at
	// the instant, with what is known today (models.OverdueSpan).
	OverdueAt time.Time
	// Text is a part of the cadre's number or name.
	Text string
}

// ObligationItem is one row of the list, with its standing.
type ObligationItem struct {
	Obligation models.Obligation
	UnitPath   string
	Standing   models.Standing
	// DueAt is the earliest due instant of the unmet goals; zero if none comes.
	DueAt time.Time
	// Started reports whether a workflow hosts it.
	Started bool
}

// urgencyKey is the sort key of the list: when the obligation turns red, or a
// far day if it never does.
type urgencyKey struct {
	At    time.Time
	Plan  string
	Cadre string
}

// Obligations lists obligations within the reach by urgency: those overdue, the
// longest first, then those that turn red next, then those that never do. The
// order does not depend on the instant, so pages stay whole while time passes.
func (a *Archive) Obligations(ctx context.Context, reach Reach, filter ObligationFilter, asOf time.Time, page Page) (Paged[ObligationItem], error) {
	rows, err := a.obligationRows(ctx, reach, filter, asOf, page)
	if err != nil {
		return Paged[ObligationItem]{}, err
	}
	items := make([]ObligationItem, len(rows.Items))
	db := a.db(ctx)
	for i, row := range rows.Items {
		if items[i], err = a.item(db, row, asOf); err != nil {
			return Paged[ObligationItem]{}, err
		}
	}
	return Paged[ObligationItem]{Items: items, Next: rows.Next}, nil
}

// Obligation reads one obligation within the reach, or ErrNotFound.
func (a *Archive) Obligation(ctx context.Context, reach Reach, id models.ObligationID, asOf time.Time) (ObligationItem, error) {
	var row obligationRow
	err := a.db(ctx).Scopes(reach.scope("unit_path", "cadre")).
		Where("plan = ? AND cadre = ?", string(id.Plan), string(id.Cadre)).Take(&row).Error
	if err != nil {
		return ObligationItem{}, fmt.Errorf("read obligation %s: %w", id, known(err))
	}
	return a.item(a.db(ctx), row, asOf)
}

func (a *Archive) item(db *gorm.DB, row obligationRow, asOf time.Time) (ObligationItem, error) {
	obligation, err := row.obligation()
	if err != nil {
		return ObligationItem{}, err
	}
	rules, err := a.rulesIn(db, obligation.Policy)
	if err != nil {
		return ObligationItem{}, err
	}
	return ObligationItem{
		Obligation: obligation, UnitPath: row.UnitPath, Standing: obligation.Standing(asOf, rules),
		DueAt: orZero(row.DueAt), Started: row.StartedAt != nil,
	}, nil
}

func (a *Archive) obligationRows(ctx context.Context, reach Reach, filter ObligationFilter, asOf time.Time, page Page) (Paged[obligationRow], error) {
	var key urgencyKey
	found, err := page.position(filter, &key)
	if err != nil {
		return Paged[obligationRow]{}, err
	}
	query := a.db(ctx).Scopes(reach.scope("obligations.unit_path", "obligations.cadre"), filter.scope(asOf))
	if found {
		at := instant(key.At)
		// The first comparison bounds the index range, the second parts ties.
		query = query.Where("urgent_at >= ? AND (urgent_at > ? OR plan > ? OR (plan = ? AND cadre > ?))",
			at, at, key.Plan, key.Plan, key.Cadre)
	}
	order := "urgent_at, plan, cadre"
	if filter.Plan != "" {
		order = "urgent_at, cadre"
	}
	var rows []obligationRow
	// The snapshot says the rest: decoding columns twice would double the list's cost.
	query = query.Select("plan", "cadre", "unit_path", "aggregate", "urgent_at", "due_at", "started_at")
	if err := query.Order(order).Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[obligationRow]{}, fmt.Errorf("list obligations: %w", err)
	}
	return paged(page, filter, rows, func(row obligationRow) urgencyKey {
		return urgencyKey{At: row.UrgentAt.UTC(), Plan: row.Plan, Cadre: row.Cadre}
	})
}

func (f ObligationFilter) scope(asOf time.Time) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		if f.Plan != "" {
			db = db.Where("plan = ?", string(f.Plan))
		}
		if f.Cadre != "" {
			db = db.Where("cadre = ?", string(f.Cadre))
		}
		if f.UnitPath != "" {
			condition, bounds := under("unit_path", f.UnitPath)
			db = db.Where(condition, bounds...)
		}
		var states, lights conditions
		overdueOnly := len(f.States) > 0
		for _, state := range f.States {
			states.or(stateCondition(state, asOf))
			overdueOnly = overdueOnly && state == models.ObligationOverdue
		}
		db = states.where(db)
		if overdueOnly {
			// Said once more so that the list by urgency is one index range.
			db = db.Where("urgent_at <= ?", instant(asOf))
		}
		if f.Kind != "" {
			db = f.goalScope(db, asOf)
		} else {
			for _, light := range f.Lights {
				lights.or(lightCondition(light, asOf))
			}
			db = f.overdueScope(dueScope(lights.where(db), "due_at", f.DueAfter, f.DueBefore))
			if f.Undated {
				db = db.Where("due_at IS NULL")
			}
			if len(f.Lights) == 1 && f.Lights[0] == models.Red {
				db = db.Where("urgent_at <= ?", instant(asOf))
			}
		}
		return f.textScope(db)
	}
}

// goalScope applies the filter to the goal of one kind.
func (f ObligationFilter) goalScope(db *gorm.DB, asOf time.Time) *gorm.DB {
	goals := db.Session(&gorm.Session{NewDB: true}).Model(&goalRow{}).Select("1").
		Where("goals.plan = obligations.plan AND goals.cadre = obligations.cadre AND goals.kind = ?", string(f.Kind))
	var lights conditions
	for _, light := range f.Lights {
		lights.or(lightCondition(light, asOf))
	}
	goals = dueScope(lights.where(goals), "due_at", f.DueAfter, f.DueBefore)
	if f.Undated {
		goals = goals.Where("due_at IS NULL")
	}
	if !f.OverdueAt.IsZero() {
		goals = overdueAt(goals, f.OverdueAt)
	}
	for _, state := range f.States {
		if state == models.ObligationOverdue && len(f.States) == 1 {
			goals = goals.Where("red_at <= ?", instant(asOf))
		}
	}
	return db.Where("EXISTS (?)", goals)
}

// overdueScope applies OverdueAt to any goal.
func (f ObligationFilter) overdueScope(db *gorm.DB) *gorm.DB {
	if f.OverdueAt.IsZero() {
		return db
	}
	goals := db.Session(&gorm.Session{NewDB: true}).Model(&goalRow{}).Select("1").
		Where("goals.plan = obligations.plan AND goals.cadre = obligations.cadre")
	return db.Where("EXISTS (?)", overdueAt(goals, f.OverdueAt))
}

// overdueAt is models.OverdueSpan.Holds over the stored instants.
func overdueAt(goals *gorm.DB, asOf time.Time) *gorm.DB {
	return goals.Where("overdue_from <= ? AND (overdue_until IS NULL OR overdue_until > ?)", instant(asOf), instant(asOf))
}

func dueScope(db *gorm.DB, column string, from, before time.Time) *gorm.DB {
	if !from.IsZero() {
		db = db.Where(column+" >= ?", instant(from))
	}
	if !before.IsZero() {
		db = db.Where(column+" < ?", instant(before))
	}
	return db
}

func (f ObligationFilter) textScope(db *gorm.DB) *gorm.DB {
	if f.Text == "" {
		return db
	}
	cadres := textScope(db.Session(&gorm.Session{NewDB: true}).Table("cadres").Select("cadre_id"), f.Text, "name", "cadre_id", "pinyin_initials")
	return db.Where("cadre IN (?)", cadres)
}

// conditions are alternatives, joined by OR.
type conditions struct {
	text   string
	values []any
}

func (c *conditions) or(text string, values []any) {
	if c.text != "" {
		c.text += " OR "
	}
	c.text += "(" + text + ")"
	c.values = append(c.values, values...)
}

func (c *conditions) where(db *gorm.DB) *gorm.DB {
	if c.text == "" {
		return db
	}
	return db.Where("("+c.text+")", c.values...)
}

// lightCondition is models.Turning.Light over the stored instants.
func lightCondition(light models.Light, asOf time.Time) (string, []any) {
	now := instant(asOf)
	const before = "(%[1]s IS NULL OR %[1]s > ?)"
	notRed, notYellow, notBlue := fmt.Sprintf(before, "red_at"), fmt.Sprintf(before, "yellow_at"), fmt.Sprintf(before, "blue_at")
	switch light {
	case models.Red:
		return "red_at <= ?", []any{now}
	case models.Yellow:
		return "yellow_at <= ? AND " + notRed, []any{now, now}
	case models.Blue:
		return "blue_at <= ? AND " + notYellow + " AND " + notRed, []any{now, now, now}
	case models.Green:
		return notBlue + " AND " + notYellow + " AND " + notRed, []any{now, now, now}
	default:
		return "1 = 0", nil
	}
}

// stateCondition is the state of models.Obligation.Standing over the stored
// instants.
func stateCondition(state models.ObligationState, asOf time.Time) (string, []any) {
	now := instant(asOf)
	const unmet = "closed = '' AND met = 0"
	const suspended = "suspended_from <= ? AND (suspended_until IS NULL OR suspended_until > ?)"
	const running = "(suspended_from IS NULL OR suspended_from > ? OR (suspended_until IS NOT NULL AND suspended_until <= ?))"
	switch state {
	case models.ObligationClosed:
		return "closed <> ''", nil
	case models.ObligationFulfilled:
		return "closed = '' AND met = 1", nil
	case models.ObligationSuspended:
		return unmet + " AND " + suspended, []any{now, now}
	case models.ObligationOverdue:
		return unmet + " AND red_at <= ? AND " + running, []any{now, now, now}
	case models.ObligationActive:
		return unmet + " AND (red_at IS NULL OR red_at > ?) AND " + running, []any{now, now, now}
	default:
		return "1 = 0", nil
	}
}
