package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"bangfu/models/inspection"
)

// FreezeMoved freezes what no page of a unit has seen: an obligation that went,
// while the units were frozen one after another, from a unit whose turn was still
// to come to one whose turn was over. It comes after the last unit and before the
// seal; repeating it changes nothing.
func (a *Archive) FreezeMoved(ctx context.Context, id inspection.ID, cutOff time.Time) error {
	tree, err := a.UnitTree(ctx)
	if err != nil {
		return err
	}
	units, err := a.snapshotUnits(ctx, id)
	if err != nil {
		return err
	}
	inspected := map[string]bool{}
	for _, unit := range units {
		inspected[unit.Unit] = true
	}
	after := ""
	for {
		var changed []string
		err := a.db(ctx).Model(&obligationRow{}).
			Where("plan = ? AND (changed_at IS NULL OR changed_at >= ?) AND cadre > ?", string(id.Plan), instant(cutOff), after).
			Order("cadre").Limit(freezePage).Pluck("cadre", &changed).Error
		if err != nil {
			return fmt.Errorf("look for what %s has not frozen: %w", id, err)
		}
		if len(changed) == 0 {
			return nil
		}
		after = changed[len(changed)-1]
		err = a.inTransaction(ctx, func(tx *gorm.DB) error {
			step := freezing{archive: a, tx: tx, id: id, cutOff: instant(cutOff), tree: tree}
			return step.freezeMissing(changed, inspected)
		})
		if err != nil {
			return fmt.Errorf("freeze what moved during %s: %w", id, err)
		}
	}
}

// freezeMissing freezes those of some cadres of whom nothing is frozen, in the
// unit where they were at the cut-off if it is one of those inspected.
func (f *freezing) freezeMissing(cadres []string, inspected map[string]bool) error {
	var frozen []string
	err := f.tx.Model(&snapshotGoalRow{}).Distinct("cadre").
		Where("plan = ? AND quarter = ? AND cadre >= ? AND cadre <= ?", string(f.id.Plan), f.id.Quarter.String(), cadres[0], cadres[len(cadres)-1]).
		Pluck("cadre", &frozen).Error
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, cadre := range frozen {
		known[cadre] = true
	}
	missing := slices.DeleteFunc(slices.Clone(cadres), func(cadre string) bool { return known[cadre] })
	for batch := range slices.Chunk(missing, reconcileBatch) {
		rows, err := f.rebuilt(batch)
		if err != nil {
			return err
		}
		rows.goals = slices.DeleteFunc(rows.goals, func(row snapshotGoalRow) bool { return !inspected[row.Unit] })
		rows.credits = slices.DeleteFunc(rows.credits, func(row snapshotCreditRow) bool { return !inspected[row.Unit] })
		if err := f.keep(rows); err != nil {
			return err
		}
	}
	return nil
}
