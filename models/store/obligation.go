package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// obligationRow is the snapshot of an obligation and what lists need of it.
type obligationRow struct {
	Plan           string     `gorm:"column:plan;primaryKey"`
	Cadre          string     `gorm:"column:cadre;primaryKey"`
	Unit           string     `gorm:"column:unit"`
	UnitPath       string     `gorm:"column:unit_path"`
	Policy         int        `gorm:"column:policy"`
	From           string     `gorm:"column:from_day"`
	PlanDue        string     `gorm:"column:plan_due"`
	Sequence       int64      `gorm:"column:sequence"`
	Head           string     `gorm:"column:head"`
	Aggregate      string     `gorm:"column:aggregate"`
	BlueAt         *time.Time `gorm:"column:blue_at"`
	YellowAt       *time.Time `gorm:"column:yellow_at"`
	RedAt          *time.Time `gorm:"column:red_at"`
	UrgentAt       time.Time  `gorm:"column:urgent_at"`
	Met            bool       `gorm:"column:met"`
	Closed         string     `gorm:"column:closed"`
	SuspendedFrom  *time.Time `gorm:"column:suspended_from"`
	SuspendedUntil *time.Time `gorm:"column:suspended_until"`
	DueAt          *time.Time `gorm:"column:due_at"`
	StartedAt      *time.Time `gorm:"column:started_at"`
	// ChangedAt is the instant of the last event: a cut-off before it must ask the log.
	ChangedAt *time.Time `gorm:"column:changed_at"`
}

func (obligationRow) TableName() string { return "obligations" }

func (r obligationRow) id() models.ObligationID {
	return models.ObligationID{Plan: models.PlanID(r.Plan), Cadre: models.CadreID(r.Cadre)}
}

func (r obligationRow) obligation() (models.Obligation, error) {
	var obligation models.Obligation
	if err := json.Unmarshal([]byte(r.Aggregate), &obligation); err != nil {
		return models.Obligation{}, fmt.Errorf("read the snapshot of %s: %w", r.id(), err)
	}
	return obligation, nil
}

// goalRow is one goal of an obligation for lists by kind.
type goalRow struct {
	Plan     string     `gorm:"column:plan;primaryKey"`
	Cadre    string     `gorm:"column:cadre;primaryKey"`
	Kind     string     `gorm:"column:kind;primaryKey"`
	Required int        `gorm:"column:required"`
	Due      string     `gorm:"column:due"`
	Exempted bool       `gorm:"column:exempted"`
	Credits  int        `gorm:"column:credits"`
	InReview int        `gorm:"column:in_review"`
	Met      bool       `gorm:"column:met"`
	BlueAt   *time.Time `gorm:"column:blue_at"`
	YellowAt *time.Time `gorm:"column:yellow_at"`
	RedAt    *time.Time `gorm:"column:red_at"`
	DueAt    *time.Time `gorm:"column:due_at"`
	// OverdueFrom and OverdueUntil are models.OverdueSpan.
	OverdueFrom  *time.Time `gorm:"column:overdue_from"`
	OverdueUntil *time.Time `gorm:"column:overdue_until"`
}

func (goalRow) TableName() string { return "goals" }

// Loaded is an obligation with the rules that it pins.
type Loaded struct {
	Obligation models.Obligation
	Rules      models.Rules
	// UnitPath is the place of its unit in the tree.
	UnitPath string
}

// LoadObligation reads the aggregate and the rules of its pinned policy
// version, or ErrNotFound.
func (a *Archive) LoadObligation(ctx context.Context, id models.ObligationID) (Loaded, error) {
	var row obligationRow
	err := a.db(ctx).Where("plan = ? AND cadre = ?", string(id.Plan), string(id.Cadre)).Take(&row).Error
	if err != nil {
		return Loaded{}, fmt.Errorf("load obligation %s: %w", id, known(err))
	}
	obligation, err := row.obligation()
	if err != nil {
		return Loaded{}, err
	}
	rules, err := a.rulesIn(a.db(ctx), obligation.Policy)
	return Loaded{Obligation: obligation, Rules: rules, UnitPath: row.UnitPath}, err
}

// rulesIn reads the rules of a version through the connection of a
// transaction, so that a full pool cannot wait for itself. Published versions
// never change, so they are kept.
func (a *Archive) rulesIn(db *gorm.DB, version models.PolicyVersion) (models.Rules, error) {
	if kept, ok := a.pinned.Load(version); ok {
		return kept.(models.Rules), nil
	}
	var texts []string
	if err := db.Table("policies").Where("version = ?", int(version)).Pluck("rules", &texts).Error; err != nil {
		return models.Rules{}, fmt.Errorf("read policy %d: %w", version, err)
	}
	if len(texts) == 0 {
		return models.Rules{}, fmt.Errorf("read policy %d: %w", version, ErrNotFound)
	}
	var rules models.Rules
	if err := json.Unmarshal([]byte(texts[0]), &rules); err != nil {
		return models.Rules{}, fmt.Errorf("read policy %d: %w", version, err)
	}
	rules.Version = version
	a.pinned.Store(version, rules)
	return rules, nil
}

// Sort keys of obligations that never turn red: behind every real instant,
// those that still wait for somebody before those that are done.
var (
	neverRed = time.Date(9999, 12, 1, 0, 0, 0, 0, time.UTC)
	done     = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
)

// projection is everything that the archive derives from an aggregate alone.
type projection struct {
	obligation obligationRow
	goals      []goalRow
}

// project derives the rows of an obligation. Head, unit path and start are not
// the aggregate's and are set by the caller.
func project(o *models.Obligation, rules models.Rules) (projection, error) {
	aggregate, err := json.Marshal(o)
	if err != nil {
		return projection{}, fmt.Errorf("write the snapshot of %s: %w", o.ID, err)
	}
	turning := o.Turning(rules)
	row := obligationRow{
		Plan: string(o.ID.Plan), Cadre: string(o.ID.Cadre), Unit: string(o.Unit), Policy: int(o.Policy),
		From: o.From.String(), PlanDue: o.PlanDue.String(), Sequence: o.Sequence, Aggregate: string(aggregate),
		BlueAt: instantOrNull(turning.Blue), YellowAt: instantOrNull(turning.Yellow), RedAt: instantOrNull(turning.Red),
		Met: o.Met(), Closed: string(o.Closed), ChangedAt: instantOrNull(o.At),
	}
	row.UrgentAt = urgency(row)
	row.SuspendedFrom, row.SuspendedUntil = lastSuspension(o)
	goals := make([]goalRow, len(o.Goals))
	for i, goal := range o.Goals {
		goals[i] = projectGoal(o, goal, rules)
		due := goals[i].DueAt
		if !goals[i].Met && due != nil && (row.DueAt == nil || due.Before(*row.DueAt)) {
			row.DueAt = due
		}
	}
	return projection{obligation: row, goals: goals}, nil
}

func urgency(row obligationRow) time.Time {
	switch {
	case row.RedAt != nil:
		return *row.RedAt
	case row.Closed != "" || row.Met:
		return done
	default:
		return neverRed
	}
}

// lastSuspension is the only one that can hold at an instant after the last
// event: an earlier one has ended before it began, and it began by then.
func lastSuspension(o *models.Obligation) (from, until *time.Time) {
	if len(o.Suspensions) == 0 {
		return nil, nil
	}
	last := o.Suspensions[len(o.Suspensions)-1]
	switch {
	case !last.Resumed.IsZero():
		until = instantOrNull(last.Resumed.Start())
	case !last.Until.IsZero():
		until = instantOrNull(last.Until.End())
	}
	return instantOrNull(last.From.Start()), until
}

func projectGoal(o *models.Obligation, goal models.Goal, rules models.Rules) goalRow {
	turning := o.GoalTurning(goal, rules)
	credits := o.Credits(goal.Kind)
	row := goalRow{
		Plan: string(o.ID.Plan), Cadre: string(o.ID.Cadre), Kind: string(goal.Kind), Required: goal.Required,
		Due: goal.Due.String(), Exempted: goal.Exempted, Credits: credits, Met: goal.Exempted || credits >= goal.Required,
		BlueAt: instantOrNull(turning.Blue), YellowAt: instantOrNull(turning.Yellow), RedAt: instantOrNull(turning.Red),
	}
	for _, record := range o.Records {
		if record.Kind == goal.Kind && (record.State == models.StateUnderReview || record.State == models.StateDisputed) {
			row.InReview++
		}
	}
	if due, comes := o.DueAt(goal); comes {
		row.DueAt = instantOrNull(due)
	}
	span := o.OverdueSpan(goal)
	row.OverdueFrom, row.OverdueUntil = instantOrNull(span.From), instantOrNull(span.Until)
	return row
}
