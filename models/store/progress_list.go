package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
)

// Progress is one entry within the reach, or ErrNotFound.
func (a *Archive) Progress(ctx context.Context, reach Reach, key ProgressKey) (ProgressEntry, error) {
	var row progressEntryRow
	if err := keyed(a.db(ctx).Scopes(reach.scope("unit_path", "")), key).Take(&row).Error; err != nil {
		return ProgressEntry{}, fmt.Errorf("read progress of %s: %w", key.Unit, known(err))
	}
	return row.entry()
}

// ProgressFilter narrows the list of entries; empty fields do not.
type ProgressFilter struct {
	Plan     models.PlanID
	Quarters []models.Quarter
	// Task and Ordinal choose an indicator, Task alone all of a task. AnyOrdinal is
	// set for that, since 0 is an ordinal.
	Task       int
	Ordinal    int
	AnyOrdinal bool
	// Under keeps the unit with this path and those below it.
	Under string
}

func (f ProgressFilter) apply(query *gorm.DB) *gorm.DB {
	query = query.Where("plan = ?", string(f.Plan))
	if len(f.Quarters) > 0 {
		names := make([]string, len(f.Quarters))
		for i, quarter := range f.Quarters {
			names[i] = quarter.String()
		}
		query = query.Where("quarter IN ?", names)
	}
	if f.Task > 0 {
		query = query.Where("task_number = ?", f.Task)
		if !f.AnyOrdinal {
			query = query.Where("ordinal = ?", f.Ordinal)
		}
	}
	if f.Under != "" {
		condition, bounds := under("unit_path", f.Under)
		query = query.Where(condition, bounds...)
	}
	return query
}

// progressPlace is where a list of entries goes on.
type progressPlace struct {
	Quarter, Unit string
	Task, Ordinal int
}

// ProgressEntries lists entries within the reach by quarter, unit, task and
// ordinal: a quarter's snapshot reads them page by page, with those of the
// quarter before in the same list.
func (a *Archive) ProgressEntries(ctx context.Context, reach Reach, filter ProgressFilter, page Page) (Paged[ProgressEntry], error) {
	var after progressPlace
	found, err := page.position(filter, &after)
	if err != nil {
		return Paged[ProgressEntry]{}, err
	}
	query := filter.apply(a.db(ctx).Scopes(reach.scope("unit_path", "")))
	if found {
		query = query.Where("(quarter > ? OR quarter = ? AND (unit > ? OR unit = ? AND (task_number > ? OR task_number = ? AND ordinal > ?)))",
			after.Quarter, after.Quarter, after.Unit, after.Unit, after.Task, after.Task, after.Ordinal)
	}
	var rows []progressEntryRow
	if err := query.Order("quarter, unit, task_number, ordinal").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[ProgressEntry]{}, fmt.Errorf("list progress: %w", err)
	}
	result, err := paged(page, filter, rows, func(row progressEntryRow) progressPlace {
		return progressPlace{Quarter: row.Quarter, Unit: row.Unit, Task: row.TaskNumber, Ordinal: row.Ordinal}
	})
	if err != nil {
		return Paged[ProgressEntry]{}, err
	}
	entries := make([]ProgressEntry, len(result.Items))
	for i, row := range result.Items {
		if entries[i], err = row.entry(); err != nil {
			return Paged[ProgressEntry]{}, err
		}
	}
	return Paged[ProgressEntry]{Items: entries, Next: result.Next}, nil
}

// AllProgress is every entry of the filter: there are at most a few hundred a
// quarter, and a city's total needs them all.
func (a *Archive) AllProgress(ctx context.Context, filter ProgressFilter) ([]ProgressEntry, error) {
	var all []ProgressEntry
	page := Page{Size: MaximumPageSize}
	for {
		part, err := a.ProgressEntries(ctx, Everything(), filter, page)
		if err != nil {
			return nil, err
		}
		all = append(all, part.Items...)
		if part.Next == "" {
			return all, nil
		}
		page.After = part.Next
	}
}
