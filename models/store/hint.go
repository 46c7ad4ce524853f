package store

import (
	"context"
	"fmt"

	"bangfu/models"
)

// alikeMost bounds how many claims are compared by each property.
const alikeMost = 20

// AlikeClaims are the claims of the same plan, of other enterprises, that share
// the address, the legal person or the telephone with a record. Drafts are
// nobody's to compare with.
func (a *Archive) AlikeClaims(ctx context.Context, record Record) ([]Record, error) {
	seen := map[string]bool{}
	var rows []recordRow
	for _, shared := range []struct{ column, value string }{
		{"address", record.Content.Address}, {"legal_person", record.Content.LegalPerson}, {"phone", record.Content.Phone},
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
