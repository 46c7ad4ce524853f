package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
)

// alikeMost bounds how many claims are compared by each property.
const alikeMost = 20

// AlikeClaims are the claims of the same plan, of other enterprises, that share
// the address, the legal person or the telephone with a record, however they are
// written. Drafts are nobody's to compare with.
func (a *Archive) AlikeClaims(ctx context.Context, record Record) ([]Record, error) {
	seen := map[string]bool{}
	var rows []recordRow
	like := models.LikenessOf(record.Content.Address, record.Content.LegalPerson, record.Content.Phone)
	for _, shared := range []struct{ column, value string }{
		{"like_address", like.Address}, {"like_legal_person", like.LegalPerson}, {"like_phone", like.Phone},
	} {
		if shared.value == "" {
			continue
		}
		var found []recordRow
		err := a.db(ctx).Where(shared.column+" = ?", shared.value).
			Where("plan = ? AND enterprise_key <> ? AND state <> ?",
				string(record.Obligation.Plan), string(record.Content.Enterprise), string(models.StateDraft)).
			Order("id").Limit(alikeMost).Find(&found).Error
		if err != nil {
			return nil, fmt.Errorf("find claims like %s: %w", record.ID, err)
		}
		for _, row := range found {
			if !seen[row.ID] {
				seen[row.ID] = true
				rows = append(rows, row)
			}
		}
	}
	result, err := a.recordsOf(ctx, Paged[recordRow]{Items: rows})
	return result.Items, err
}

// likenessBatch is how many records are filled in by one transaction.
const likenessBatch = 500

// fillLikeness writes by what the claims of older programs are compared. If it is
// cut off, migrating again goes on.
func (a *Archive) fillLikeness(ctx context.Context) error {
	for {
		var rows []recordRow
		err := a.inTransaction(ctx, func(tx *gorm.DB) error {
			rows = nil
			err := tx.Select("id", "address", "legal_person", "phone").
				Where("like_address IS NULL").Order("id").Limit(likenessBatch).Find(&rows).Error
			if err != nil {
				return err
			}
			for _, row := range rows {
				like := models.LikenessOf(row.Address, row.LegalPerson, row.Phone)
				// Who edits the record meanwhile writes it too, and knows better.
				err := tx.Model(&recordRow{}).Where("id = ? AND like_address IS NULL", row.ID).Updates(map[string]any{
					"like_address": like.Address, "like_legal_person": like.LegalPerson, "like_phone": like.Phone,
				}).Error
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("fill in by what claims are compared: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
	}
}
