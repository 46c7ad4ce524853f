package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// SetSecondFactor keeps the sealed secret of an account's second factor, or
// takes it away when it is empty. step is that of the code that confirmed it.
func (a *Archive) SetSecondFactor(ctx context.Context, id models.AccountID, version int64, sealed string, step int64, now time.Time) error {
	result := a.db(ctx).Model(&accountRow{}).Where("account_id = ? AND version = ?", string(id), version).Updates(map[string]any{
		"second_factor": sealed, "second_factor_step": step, "version": gorm.Expr("version + 1"), "updated_at": instant(now),
	})
	if result.Error != nil {
		return fmt.Errorf("set the second factor of %s: %w", id, result.Error)
	}
	if result.RowsAffected == 0 {
		return fmt.Errorf("set the second factor of %s: %w", id, ErrVersion)
	}
	return nil
}

// UseSecondFactorStep takes the step of a code, once: whoever comes second with
// the same code, or with an older one, is told so.
func (a *Archive) UseSecondFactorStep(ctx context.Context, id models.AccountID, step int64) (fresh bool, err error) {
	result := a.db(ctx).Model(&accountRow{}).Where("account_id = ? AND second_factor_step < ?", string(id), step).
		Update("second_factor_step", step)
	if result.Error != nil {
		return false, fmt.Errorf("use a code of %s: %w", id, result.Error)
	}
	return result.RowsAffected == 1, nil
}
