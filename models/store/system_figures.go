package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

// SystemFigures is what bangfu itself knows of a plan at an instant: what was
// credited before it and not taken back before it.
type SystemFigures struct {
	AsOf time.Time
	// Units are those with obligations, by unit and kind.
	Units []UnitSystemFigures
	// Distinct counts enterprises that were credited for introducing or founding:
	// those that the overlapping tasks may count more than once.
	Distinct int
}

// UnitSystemFigures count the goals and credits of one kind in one unit.
type UnitSystemFigures struct {
	Unit models.UnitID
	Kind models.Kind
	// Required and Met leave exempted goals out; Met counts each goal at most as
	// often as it is required; Credits counts every credit.
	Required, Met, Credits int
}

// Of sums the units' figures of one kind.
func (s SystemFigures) Of(kind models.Kind) (required, met, credits int) {
	for _, unit := range s.Units {
		if unit.Kind == kind {
			required, met, credits = required+unit.Required, met+unit.Met, credits+unit.Credits
		}
	}
	return required, met, credits
}

// figuresAtOnce is how many obligations are rebuilt by one statement.
const figuresAtOnce = 500

// SystemFigures counts as of an instant. Obligations that nothing happened to
// since are added up by the database; any other is rebuilt from the events before
// the instant, so that a past quarter gives the same figures whenever it is
// asked for.
func (a *Archive) SystemFigures(ctx context.Context, plan models.PlanID, asOf time.Time) (SystemFigures, error) {
	figures := SystemFigures{AsOf: asOf}
	err := a.atOneInstant(ctx, func(tx *gorm.DB) error {
		count := newFigureCount()
		if err := count.addUnchanged(tx, plan, asOf); err != nil {
			return err
		}
		if err := count.addChanged(tx, plan, asOf); err != nil {
			return err
		}
		distinct, err := count.distinct(tx, plan, asOf)
		figures.Units, figures.Distinct = count.sorted(), distinct
		return err
	})
	if err != nil {
		return SystemFigures{}, fmt.Errorf("count what %s knows as of %s: %w", plan, asOf, err)
	}
	return figures, nil
}

// figureCount adds up obligations.
type figureCount struct {
	units map[models.UnitID]map[models.Kind]*UnitSystemFigures
	// enterprises are those of obligations that were rebuilt.
	enterprises map[models.EnterpriseKey]bool
}

func newFigureCount() *figureCount {
	return &figureCount{
		units: map[models.UnitID]map[models.Kind]*UnitSystemFigures{}, enterprises: map[models.EnterpriseKey]bool{},
	}
}

// addUnchanged adds obligations that nothing happened to since the instant.
func (c *figureCount) addUnchanged(tx *gorm.DB, plan models.PlanID, asOf time.Time) error {
	var sums []UnitSystemFigures
	err := tx.Raw(`SELECT o.unit, g.kind, SUM(CASE WHEN g.exempted THEN 0 ELSE g.required END) AS required,
 SUM(CASE WHEN g.exempted THEN 0 WHEN g.credits < g.required THEN g.credits ELSE g.required END) AS met, SUM(g.credits) AS credits
 FROM obligations o JOIN goals g ON g.plan = o.plan AND g.cadre = o.cadre
 WHERE o.plan = ? AND o.changed_at < ? GROUP BY o.unit, g.kind`, string(plan), instant(asOf)).Scan(&sums).Error
	for _, sum := range sums {
		*c.of(sum.Unit, sum.Kind) = sum
	}
	return err
}

// addChanged adds the others as they were before the instant, so many at once that
// memory does not grow with their number.
func (c *figureCount) addChanged(tx *gorm.DB, plan models.PlanID, asOf time.Time) error {
	after := ""
	for {
		cadres, err := changedSince(tx, plan, asOf, after, figuresAtOnce)
		if err != nil || len(cadres) == 0 {
			return err
		}
		after = cadres[len(cadres)-1]
		rebuilt, err := asOfInstant(tx, plan, cadres, asOf)
		if err != nil {
			return err
		}
		for i := range rebuilt {
			c.add(&rebuilt[i].Obligation)
		}
	}
}

func (c *figureCount) add(obligation *models.Obligation) {
	for _, goal := range obligation.Goals {
		sum := c.of(obligation.Unit, goal.Kind)
		credits := obligation.Credits(goal.Kind)
		sum.Credits += credits
		if !goal.Exempted {
			sum.Required, sum.Met = sum.Required+goal.Required, sum.Met+min(credits, goal.Required)
		}
	}
	for _, record := range obligation.Records {
		if record.State == models.StateCredited && record.Kind != models.Transform {
			c.enterprises[record.Enterprise] = true
		}
	}
}

func (c *figureCount) of(unit models.UnitID, kind models.Kind) *UnitSystemFigures {
	if c.units[unit] == nil {
		c.units[unit] = map[models.Kind]*UnitSystemFigures{}
	}
	if c.units[unit][kind] == nil {
		c.units[unit][kind] = &UnitSystemFigures{Unit: unit, Kind: kind}
	}
	return c.units[unit][kind]
}

// distinct counts enterprises once, whether an obligation that credits them was
// added up by the database, rebuilt, or both.
func (c *figureCount) distinct(tx *gorm.DB, plan models.PlanID, asOf time.Time) (int, error) {
	credited := tx.Table("records AS r").Joins("JOIN obligations AS o ON o.plan = r.plan AND o.cadre = r.cadre").
		Where("r.state = ? AND r.kind <> ? AND o.plan = ? AND o.changed_at < ?",
			string(models.StateCredited), string(models.Transform), string(plan), instant(asOf)).Session(&gorm.Session{})
	var unchanged int64
	if err := credited.Distinct("r.enterprise_key").Count(&unchanged).Error; err != nil {
		return 0, err
	}
	distinct := int(unchanged) + len(c.enterprises)
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(c.enterprises)), figuresAtOnce) {
		var both int64
		if err := credited.Where("r.enterprise_key IN ?", batch).Distinct("r.enterprise_key").Count(&both).Error; err != nil {
			return 0, err
		}
		distinct -= int(both)
	}
	return distinct, nil
}

func (c *figureCount) sorted() []UnitSystemFigures {
	var figures []UnitSystemFigures
	for _, kinds := range c.units {
		for _, sum := range kinds {
			figures = append(figures, *sum)
		}
	}
	slices.SortFunc(figures, func(a, b UnitSystemFigures) int {
		if order := strings.Compare(string(a.Unit), string(b.Unit)); order != 0 {
			return order
		}
		return slices.Index(models.Kinds, a.Kind) - slices.Index(models.Kinds, b.Kind)
	})
	return figures
}

// Figure is what bangfu knows of an indicator, of the whole city or of the part
// of the tree that a unit answers for.
func (s SystemFigures) Figure(setting inspection.Answering, tree models.UnitTree, part string) inspection.SystemFigure {
	figure := inspection.SystemFigure{Scope: setting.SystemScope, Reason: setting.SystemReason}
	if figure.Scope != inspection.SystemExact && figure.Scope != inspection.SystemFloor {
		return figure
	}
	credits := 0
	for _, unit := range s.Units {
		known, _ := tree.Unit(unit.Unit)
		if unit.Kind != setting.SystemKind || part != "" && !(models.Unit{Path: part}).Holds(known.Path) {
			continue
		}
		credits += unit.Credits
		figure.Required, figure.Met = figure.Required+unit.Required, figure.Met+unit.Met
	}
	figure.Value = strconv.Itoa(credits)
	if figure.Scope == inspection.SystemFloor {
		figure.Required, figure.Met = 0, 0
	}
	return figure
}
