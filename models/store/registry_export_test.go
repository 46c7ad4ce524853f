package store

import (
	"context"

	"gorm.io/gorm"

	"bangfu/models"
)

// MovePosting runs movePosting in a transaction of its own, for its test.
func (a *Archive) MovePosting(ctx context.Context, cadre models.CadreID, to models.UnitID, on models.Date) error {
	return a.inTransaction(ctx, func(tx *gorm.DB) error { return movePosting(tx, cadre, to, on) })
}
