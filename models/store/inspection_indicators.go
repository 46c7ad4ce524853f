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
	tasks, err := a.Tasks(ctx, plan.ID)
	if err != nil {
		return err
	}
	indicators, err := a.Indicators(ctx, plan.ID)
	if err != nil {
		return err
	}
	settings, err := a.answeringOf(ctx, plan.ID)
	if err != nil {
		return err
	}
	tree, err := a.UnitTree(ctx)
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
	byNumber := map[int]models.Task{}
	for _, task := range tasks {
		byNumber[task.Number] = task
	}
	for _, item := range inspection.Items(tasks, indicators) {
		key := [2]int{item.Task, item.Ordinal}
		setting, set := settings[key]
		if !set {
			setting = inspection.DefaultAnswering(item, byNumber[item.Task], tree)
		}
		tally := inspection.Count{
			Plan: plan, Quarter: snapshot.Quarter, Day: lastDayOf(snapshot), Indicator: item, Answering: setting, Tree: tree,
			Entries: entries[key], System: system.Figure(setting, tree, ""), Schedule: inspection.Settings,
		}.Tally()
		snapshot.Indicators = append(snapshot.Indicators, tally.Frozen(byNumber[item.Task].Section)...)
	}
	return nil
}

// lastDayOf is the day that progress is held against: the last before the cut-off.
func lastDayOf(snapshot *inspection.Snapshot) models.Date {
	return models.DateOf(snapshot.CutOff.Add(-1))
}

func (a *Archive) answeringOf(ctx context.Context, plan models.PlanID) (map[[2]int]inspection.Answering, error) {
	settings, err := a.Answering(ctx, plan)
	if err != nil {
		return nil, err
	}
	byItem := make(map[[2]int]inspection.Answering, len(settings))
	for _, setting := range settings {
		byItem[[2]int{setting.Task, setting.Ordinal}] = setting
	}
	return byItem, nil
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
