package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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

// figuresAtOnce is how many obligations are read by one statement.
const figuresAtOnce = 500

// SystemFigures counts as of an instant. An obligation that nothing happened to
// since is read from its snapshot; any other is rebuilt from the events before
// the instant, so that a past quarter gives the same figures whenever it is
// asked for.
func (a *Archive) SystemFigures(ctx context.Context, plan models.PlanID, asOf time.Time) (SystemFigures, error) {
	count := newFigureCount()
	after := ""
	for {
		var rows []obligationRow
		err := a.db(ctx).Select("plan", "cadre", "aggregate").Where("plan = ? AND cadre > ?", string(plan), after).
			Order("cadre").Limit(figuresAtOnce).Find(&rows).Error
		if err != nil {
			return SystemFigures{}, fmt.Errorf("read the obligations of %s: %w", plan, err)
		}
		if len(rows) == 0 {
			break
		}
		obligations, err := a.obligationsAsOf(ctx, rows, asOf)
		if err != nil {
			return SystemFigures{}, err
		}
		for i := range obligations {
			count.add(&obligations[i])
		}
		after = rows[len(rows)-1].Cadre
	}
	figures := SystemFigures{AsOf: asOf, Units: count.sorted(), Distinct: len(count.enterprises)}
	return figures, nil
}

// obligationsAsOf are the obligations as they were just before an instant; those
// that were not enrolled yet are left out.
func (a *Archive) obligationsAsOf(ctx context.Context, rows []obligationRow, asOf time.Time) ([]models.Obligation, error) {
	var obligations []models.Obligation
	var moved []string
	for _, row := range rows {
		obligation, err := row.obligation()
		if err != nil {
			return nil, err
		}
		if obligation.At.Before(asOf) {
			obligations = append(obligations, obligation)
			continue
		}
		moved = append(moved, row.id().Subject())
	}
	rebuilt, err := a.rebuilt(ctx, moved, asOf)
	return append(obligations, rebuilt...), err
}

// rebuilt applies the events before an instant.
func (a *Archive) rebuilt(ctx context.Context, subjects []string, asOf time.Time) ([]models.Obligation, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	var rows []eventRow
	err := a.db(ctx).Where("subject IN ? AND at < ?", subjects, instant(asOf)).Order("subject, sequence").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read events before a cut-off: %w", err)
	}
	entries, err := entriesOf(rows)
	if err != nil {
		return nil, err
	}
	bySubject := map[string][]models.Event{}
	var faults []error
	for _, entry := range entries {
		event, err := entry.Event()
		faults = append(faults, err)
		bySubject[entry.Subject] = append(bySubject[entry.Subject], event)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	var obligations []models.Obligation
	for _, events := range bySubject {
		obligations = append(obligations, models.Rebuild(events))
	}
	return obligations, nil
}

// figureCount adds up obligations.
type figureCount struct {
	units       map[models.UnitID]map[models.Kind]*UnitSystemFigures
	enterprises map[models.EnterpriseKey]bool
}

func newFigureCount() *figureCount {
	return &figureCount{
		units: map[models.UnitID]map[models.Kind]*UnitSystemFigures{}, enterprises: map[models.EnterpriseKey]bool{},
	}
}

func (c *figureCount) add(obligation *models.Obligation) {
	for _, goal := range obligation.Goals {
		if c.units[obligation.Unit] == nil {
			c.units[obligation.Unit] = map[models.Kind]*UnitSystemFigures{}
		}
		sum := c.units[obligation.Unit][goal.Kind]
		if sum == nil {
			sum = &UnitSystemFigures{Unit: obligation.Unit, Kind: goal.Kind}
			c.units[obligation.Unit][goal.Kind] = sum
		}
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
