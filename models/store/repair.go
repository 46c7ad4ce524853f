package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
)

// ErrUnprovenLog says that the log itself is damaged, so nothing can be rebuilt
// from it.
var ErrUnprovenLog = errors.New("the log does not prove itself")

// Repair rebuilds what pages read of one obligation from its log: the snapshot,
// the columns of lists, the goals, the states of records and the claims. It
// never touches the log, and refuses one that does not prove itself. What it
// cannot decide, such as an enterprise that another record holds, it leaves: a
// reconcile will say so again.
func (a *Archive) Repair(ctx context.Context, id models.ObligationID) error {
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		found, err := a.lockedWitness(tx, id)
		if err != nil {
			return err
		}
		if !found.proven() {
			return ErrUnprovenLog
		}
		_, obligation, err := found.rebuild()
		if err != nil {
			return err
		}
		if err := a.rewriteObligation(tx, found, &obligation); err != nil {
			return err
		}
		for _, record := range obligation.Records {
			changed := recordProjection(record)
			err := tx.Model(&recordRow{}).Where("id = ?", string(record.ID)).Updates(changed).Error
			if err != nil {
				return err
			}
		}
		return rewriteClaims(tx, found, &obligation)
	})
	if err != nil {
		return fmt.Errorf("repair %s: %w", id, err)
	}
	return nil
}

// proven reports whether the log is whole, up to where the obligation saw it
// last: a log that was cut short still chains, and must not rewrite the past.
func (w *witness) proven() bool {
	if len(w.entries) == 0 || models.VerifyChain(w.entries) != nil {
		return false
	}
	last := w.entries[len(w.entries)-1]
	return last.Sequence == w.row.Sequence && last.SHA256 == w.row.Head
}

func (a *Archive) rewriteObligation(tx *gorm.DB, found *witness, obligation *models.Obligation) error {
	rules, err := a.rulesIn(tx, obligation.Policy)
	if err != nil {
		return err
	}
	projected, err := project(obligation, rules)
	if err != nil {
		return err
	}
	paths, err := unitPaths(tx, []string{string(obligation.Unit)})
	if err != nil {
		return err
	}
	row := projected.obligation
	row.UnitPath, row.Head, row.StartedAt = paths[string(obligation.Unit)], found.entries[len(found.entries)-1].SHA256, found.row.StartedAt
	if row.UnitPath == "" {
		row.UnitPath = found.row.UnitPath
	}
	if err := tx.Select("*").Updates(&row).Error; err != nil {
		return err
	}
	moved := map[string]any{"unit": row.Unit, "unit_path": row.UnitPath}
	if err := tx.Model(&recordRow{}).Where("plan = ? AND cadre = ?", row.Plan, row.Cadre).Updates(moved).Error; err != nil {
		return err
	}
	if err := tx.Where("plan = ? AND cadre = ?", row.Plan, row.Cadre).Delete(&goalRow{}).Error; err != nil {
		return err
	}
	return tx.Create(&projected.goals).Error
}

func rewriteClaims(tx *gorm.DB, found *witness, obligation *models.Obligation) error {
	for _, claim := range found.claims {
		record, known := obligation.Record(models.RecordID(claim.Record))
		if known && record.State.Active() {
			continue
		}
		if err := releaseClaim(tx, models.RecordID(claim.Record)); err != nil {
			return err
		}
	}
	for _, record := range obligation.Records {
		if !record.State.Active() || record.State == models.StateDisputed {
			continue
		}
		state := Claimed
		if record.State == models.StateCredited {
			state = Credited
		}
		claim := claimOf(obligation, record.ID, state)
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&claim).Error; err != nil {
			return err
		}
		err := tx.Model(&claimRow{}).Where("record = ?", string(record.ID)).Update("state", string(state)).Error
		if err != nil {
			return err
		}
	}
	return nil
}
