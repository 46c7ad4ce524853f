package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

// freezeChanged freezes, when the last page of the last unit is copied, the
// obligations to which something happened since the cut-off: their log up to then
// rebuilds what they were, in the unit where they were. What pages copied of one
// that changed or was transferred meanwhile is thrown away first, so that repeating
// it changes nothing. One that changes after its turn was not touched while the
// pages were copied, and its copy is whole.
//
// It goes on after a cadre, and tells and answers the last one that is done.
func (a *Archive) freezeChanged(
	ctx context.Context, id inspection.ID, units []snapshotUnitRow, cutOff time.Time, after string, alive func(last string),
) (string, error) {
	inspected := map[string]bool{}
	for _, unit := range units {
		// Digests are taken when all is frozen; what was sealed is not touched again.
		if unit.Digest != "" {
			return after, nil
		}
		inspected[unit.Unit] = true
	}
	tree, err := a.UnitTree(ctx)
	if err != nil {
		return after, err
	}
	for {
		changed, err := changedSince(a.db(ctx), id.Plan, cutOff, after, reconcileBatch)
		if err != nil || len(changed) == 0 {
			return after, err
		}
		err = a.inTransaction(ctx, func(tx *gorm.DB) error {
			step := freezing{archive: a, tx: tx, id: id, cutOff: instant(cutOff), tree: tree}
			return step.again(changed, inspected)
		})
		if err != nil {
			return after, fmt.Errorf("freeze what changed since the cut-off of %s: %w", id, err)
		}
		after = changed[len(changed)-1]
		alive(after)
	}
}

// again freezes some cadres as their log has them, instead of what was copied.
func (f *freezing) again(cadres []string, inspected map[string]bool) error {
	for _, table := range []string{"snapshot_goals", "snapshot_credits"} {
		err := f.tx.Exec("DELETE FROM "+table+" WHERE plan = ? AND quarter = ? AND cadre IN ?",
			string(f.id.Plan), f.id.Quarter.String(), cadres).Error
		if err != nil {
			return fmt.Errorf("throw copies away: %w", err)
		}
	}
	rows, err := f.rebuilt(cadres)
	if err != nil {
		return err
	}
	// Offices directly under the city are inspected by nobody.
	rows.goals = slices.DeleteFunc(rows.goals, func(row snapshotGoalRow) bool { return !inspected[row.Unit] })
	rows.credits = slices.DeleteFunc(rows.credits, func(row snapshotCreditRow) bool { return !inspected[row.Unit] })
	if len(rows.goals) > 0 {
		if err := f.tx.CreateInBatches(&rows.goals, insertBatch).Error; err != nil {
			return fmt.Errorf("freeze goals: %w", err)
		}
	}
	if len(rows.credits) > 0 {
		if err := f.tx.CreateInBatches(&rows.credits, insertBatch).Error; err != nil {
			return fmt.Errorf("freeze credits: %w", err)
		}
	}
	return nil
}

// frozenRows are rows of a snapshot that are not kept yet.
type frozenRows struct {
	goals   []snapshotGoalRow
	credits []snapshotCreditRow
}

// rebuilt are the rows of obligations as their log up to the cut-off makes them.
func (f *freezing) rebuilt(cadres []string) (frozenRows, error) {
	var rebuilt frozenRows
	then, err := asOfInstant(f.tx, f.id.Plan, cadres, f.cutOff)
	if err != nil {
		return rebuilt, err
	}
	for i := range then {
		if err := f.rebuild(&then[i], &rebuilt); err != nil {
			return rebuilt, err
		}
	}
	return rebuilt, nil
}

func (f *freezing) rebuild(o *obligationThen, rebuilt *frozenRows) error {
	rules, err := f.archive.rulesIn(f.tx, o.Policy)
	if err != nil {
		return err
	}
	plan, quarter, unit := string(f.id.Plan), f.id.Quarter.String(), string(f.inspected(o.Unit))
	for _, goal := range o.Goals {
		count := o.Credits(goal.Kind)
		rebuilt.goals = append(rebuilt.goals, snapshotGoalRow{
			Plan: plan, Quarter: quarter, Unit: unit, Cadre: string(o.ID.Cadre), Kind: string(goal.Kind), Office: string(o.Unit),
			Required: goal.Required, Met: min(count, goal.Required), Credits: count, Exempted: goal.Exempted, Due: goal.Due.String(),
			Light: string(o.GoalTurning(goal, rules).Light(f.cutOff)), Closed: string(o.Closed), Head: o.head,
		})
	}
	for _, record := range o.Records {
		if record.State == models.StateCredited {
			rebuilt.credits = append(rebuilt.credits, snapshotCreditRow{
				Plan: plan, Quarter: quarter, Unit: unit, Record: string(record.ID), Cadre: string(o.ID.Cadre),
				Kind: string(record.Kind), Enterprise: string(record.Enterprise), CreditedAt: instant(record.CreditedAt),
			})
		}
	}
	return nil
}

// inspected is the inspected unit that stands for an office on the quarter's last day.
func (f *freezing) inspected(office models.UnitID) models.UnitID {
	unit, known := f.tree.Unit(office)
	if !known {
		return office
	}
	best := models.Unit{}
	for _, other := range f.tree.Units() {
		if inspection.Inspects(other.Kind) && other.Path != "" && strings.HasPrefix(unit.Path, other.Path) && len(other.Path) > len(best.Path) {
			best = other
		}
	}
	if heirs := f.tree.On(best.ID, f.id.Quarter.Last()); len(heirs) > 0 {
		return heirs[0]
	}
	return best.ID
}
