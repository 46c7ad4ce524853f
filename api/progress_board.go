package api

import (
	"context"
	"slices"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// board is everything that a quarter's progress is added up from.
type board struct {
	plan     models.Plan
	quarters []models.Quarter
	names    *directory
	items    []inspection.AnsweredItem
	sections map[int]string
	schedule inspection.Schedule
	entries  []store.ProgressEntry
	system   store.SystemFigures
	today    models.Date
}

// planBoard reads a plan with who answers for what, and no entries yet.
func (s *server) planBoard(ctx context.Context, id models.PlanID) (*board, error) {
	plan, err := s.Archive.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	rules, _, err := s.Archive.InspectionRules(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	items, err := s.Archive.AnsweredItems(ctx, id, names.units)
	if err != nil {
		return nil, err
	}
	b := &board{
		plan: plan, names: names, items: items, sections: map[int]string{}, schedule: rules.Schedule, today: models.DateOf(s.now()),
	}
	for _, item := range items {
		b.sections[item.Task.Number] = item.Task.Section
	}
	for _, quarter := range plan.Quarters() {
		if !b.today.Before(quarter.First()) {
			b.quarters = append(b.quarters, quarter)
		}
	}
	return b, nil
}

// item finds what is reported on.
func (b *board) item(task, ordinal int) (inspection.AnsweredItem, bool) {
	at := slices.IndexFunc(b.items, func(item inspection.AnsweredItem) bool {
		return item.Indicator.Task == task && item.Indicator.Ordinal == ordinal
	})
	if at < 0 {
		return inspection.AnsweredItem{}, false
	}
	return b.items[at], true
}

// quarter is the one that the request names, or the last one that has ended.
func (b *board) quarter(text, location string) (models.Quarter, error) {
	if text == "" {
		return b.lastEnded(), nil
	}
	quarter, err := models.ParseQuarter(text)
	if err != nil {
		return models.Quarter{}, invalid(location, "季度应写作 2013Q4。")
	}
	for _, known := range b.plan.Quarters() {
		if known == quarter {
			if b.today.Before(quarter.First()) {
				return models.Quarter{}, invalid(location, entryFaultTexts[inspection.FaultNotBegun])
			}
			return quarter, nil
		}
	}
	return models.Quarter{}, invalid(location, entryFaultTexts[inspection.FaultOutside])
}

func (b *board) lastEnded() models.Quarter {
	last := models.QuarterOf(b.plan.From)
	for _, quarter := range b.quarters {
		if quarter.Last().Before(b.today) {
			last = quarter
		}
	}
	return last
}

// names of the quarters that have begun.
func (b *board) quarterNames() []string {
	names := make([]string, len(b.quarters))
	for i, quarter := range b.quarters {
		names[i] = quarter.String()
	}
	return names
}

// day is what progress in a quarter is held against.
func (b *board) day(quarter models.Quarter) models.Date {
	if b.today.Before(quarter.Last()) {
		return b.today
	}
	return quarter.Last()
}

// read fills in the entries of some quarters and what bangfu knows at the end of
// the last of them.
func (s *server) read(ctx context.Context, b *board, task int, quarters ...models.Quarter) (err error) {
	filter := store.ProgressFilter{Plan: b.plan.ID, Quarters: quarters, Task: task, AnyOrdinal: true}
	if b.entries, err = s.Archive.AllProgress(ctx, filter); err != nil {
		return err
	}
	asOf := quarters[len(quarters)-1].End()
	if now := s.now(); now.Before(asOf) {
		asOf = now
	}
	b.system, err = s.Archive.SystemFigures(ctx, b.plan.ID, asOf)
	return err
}

// of are the entries on an item in a quarter.
func (b *board) of(item models.Indicator, quarter models.Quarter) []inspection.Entry {
	var found []inspection.Entry
	for _, entry := range b.entries {
		if entry.Task == item.Task && entry.Ordinal == item.Ordinal && entry.Quarter == quarter {
			found = append(found, entry.Entry)
		}
	}
	return found
}

func (b *board) tally(item inspection.AnsweredItem, quarter models.Quarter) inspection.Tally {
	return inspection.Count{
		Plan: b.plan, Quarter: quarter, Day: b.day(quarter), Indicator: item.Indicator, Answering: item.Answering, Tree: b.names.units,
		Entries: b.of(item.Indicator, quarter), System: b.systemFigure(item.Answering, ""), Schedule: b.schedule,
	}.Tally()
}

// systemFigure is what bangfu knows of an indicator, of the whole city or of the
// part of the tree that a unit answers for.
func (b *board) systemFigure(setting inspection.Answering, part string) inspection.SystemFigure {
	return b.system.Figure(setting, b.names.units, part)
}

// partOf is the part of the tree that a unit answers for: a government answers
// for its district or zone.
func (b *board) partOf(id models.UnitID) string {
	unit, _ := b.names.units.Unit(id)
	if unit.Kind == models.UnitGovernment {
		parent, _ := b.names.units.Unit(unit.Parent)
		return parent.Path
	}
	return unit.Path
}

func (b *board) show(tally inspection.Tally) TallyView {
	view := TallyView{
		Indicator: showIndicator(tally.Indicator), Section: b.sections[tally.Indicator.Task],
		TargetText: inspection.TargetText(tally.Indicator), Basis: codedAs(tally.Basis, basisTexts[tally.Basis]),
		Figures: orEmpty(tally.Figures), Reported: tally.Reported, Target: tally.Target, Percent: tally.Percent, Due: tally.Due,
		State: stateView(tally.State), System: showSystem(tally.System), Difference: tally.Difference,
		Reason: tally.Answering.Reason, Shared: tally.Answering.Shared(b.names.units), Answerers: []AnswerView{},
		Reporting: tally.Reporting(),
	}
	for _, answerer := range tally.Answerers {
		view.Answerers = append(view.Answerers, AnswerView{Unit: b.names.unit(answerer.Unit), Merged: b.units(answerer.Merged)})
	}
	return view
}

func (b *board) units(ids []models.UnitID) []UnitRef {
	refs := make([]UnitRef, len(ids))
	for i, id := range ids {
		refs[i] = b.names.unit(id)
	}
	return refs
}

func showSystem(figure inspection.SystemFigure) *SystemView {
	if figure.Scope == inspection.SystemNone {
		return nil
	}
	return &SystemView{
		Scope: codedAs(figure.Scope, systemScopeTexts[figure.Scope]), Value: figure.Value, Required: figure.Required,
		Met: figure.Met, Reason: figure.Reason,
	}
}
