package store

import (
	"context"
	"strings"

	"bangfu/models"
	"bangfu/models/inspection"
)

// addIndicators adds how the plan's indicators stand: what was reported and
// confirmed by now, what bangfu knew at the cut-off, and the four states. What a
// unit has written down and its leader has not signed yet does not count.
func (a *Archive) addIndicators(ctx context.Context, snapshot *inspection.Snapshot, plan models.Plan) error {
	tree, err := a.UnitTree(ctx)
	if err != nil {
		return err
	}
	items, err := a.AnsweredItems(ctx, plan.ID, tree)
	if err != nil {
		return err
	}
	entries, err := a.confirmedProgress(ctx, snapshot, tree)
	if err != nil {
		return err
	}
	system, err := a.SystemFigures(ctx, plan.ID, snapshot.CutOff)
	if err != nil {
		return err
	}
	for _, item := range items {
		tally := inspection.Count{
			Plan: plan, Quarter: snapshot.Quarter, Day: lastDayOf(snapshot), Indicator: item.Indicator, Answering: item.Answering, Tree: tree,
			Entries: entries[[2]int{item.Indicator.Task, item.Indicator.Ordinal}], System: system.Figure(item.Answering, tree, ""), Schedule: snapshot.Rules.Schedule,
		}.Tally()
		snapshot.Indicators = append(snapshot.Indicators, tally.Frozen(item.Task.Section)...)
	}
	return nil
}

// lastDayOf is the day that progress is held against: the last before the cut-off.
func lastDayOf(snapshot *inspection.Snapshot) models.Date {
	return models.DateOf(snapshot.CutOff.Add(-1))
}

// AnsweredItems are a plan's items with who answers for them.
func (a *Archive) AnsweredItems(ctx context.Context, plan models.PlanID, tree models.UnitTree) ([]inspection.AnsweredItem, error) {
	tasks, err := a.Tasks(ctx, plan)
	if err != nil {
		return nil, err
	}
	indicators, err := a.Indicators(ctx, plan)
	if err != nil {
		return nil, err
	}
	settled, err := a.Answering(ctx, plan)
	return inspection.AnsweredItems(tasks, indicators, settled, tree), err
}

// confirmedProgress are the quarter's entries, by indicator, of units whose report
// is confirmed. An office reports under the inspected unit that it belongs to;
// what belongs to none is nobody's report, and counts.
func (a *Archive) confirmedProgress(ctx context.Context, snapshot *inspection.Snapshot, tree models.UnitTree) (map[[2]int][]inspection.Entry, error) {
	all, err := a.AllProgress(ctx, ProgressFilter{Plan: snapshot.Plan, Quarters: []models.Quarter{snapshot.Quarter}, AnyOrdinal: true})
	if err != nil {
		return nil, err
	}
	byItem := map[[2]int][]inspection.Entry{}
	for _, entry := range all {
		if report, inspected := reportOver(snapshot.Units, tree, entry.Unit); inspected && report != inspection.ReportConfirmed {
			continue
		}
		key := [2]int{entry.Task, entry.Ordinal}
		byItem[key] = append(byItem[key], entry.Entry)
	}
	return byItem, nil
}

// reportOver is the state of the report that a unit's figures belong to: its own,
// or that of the nearest inspected unit above it.
func reportOver(units []inspection.UnitFigures, tree models.UnitTree, id models.UnitID) (inspection.ReportState, bool) {
	unit, _ := tree.Unit(id)
	best, state := "", inspection.ReportState("")
	for _, other := range units {
		above, known := tree.Unit(other.Unit)
		if known && above.Path != "" && strings.HasPrefix(unit.Path, above.Path) && len(above.Path) > len(best) {
			best, state = above.Path, other.Report
		}
	}
	return state, best != ""
}
