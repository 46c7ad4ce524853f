package store

import (
	"context"
	"fmt"

	"bangfu/models"
)

// CadreNames are the names of the cadres of a page. Whether the caller may see
// them is asked before: names are shown, never searched, by it.
func (a *Archive) CadreNames(ctx context.Context, cadres []models.CadreID) (map[models.CadreID]string, error) {
	names := make(map[models.CadreID]string, len(cadres))
	if len(cadres) == 0 {
		return names, nil
	}
	var rows []cadreRow
	if err := a.db(ctx).Select("cadre_id", "name").Where("cadre_id IN ?", cadres).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("name cadres: %w", err)
	}
	for _, row := range rows {
		names[models.CadreID(row.CadreID)] = row.Name
	}
	return names, nil
}
