package api

import (
	"context"
	"slices"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

func (s *server) progressOf(ctx context.Context, input *ProgressInput) (*ProgressBody, error) {
	b, err := s.planBoard(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	quarter, err := b.quarter(input.Quarter, "query.quarter")
	if err != nil {
		return nil, err
	}
	if err := s.read(ctx, b, 0, quarter); err != nil {
		return nil, err
	}
	var tallies []inspection.Tally
	for _, item := range b.items {
		tallies = append(tallies, b.tally(item, quarter))
	}
	var body ProgressBody
	body.Body.Quarter, body.Body.Quarters, body.Body.Day = quarter, b.quarterNames(), b.day(quarter)
	body.Body.Due = inspection.ElapsedOf(b.plan, models.PeriodTotal, b.day(quarter)).Percent()
	body.Body.Ahead = b.schedule.AheadPoints
	body.Body.Tasks, body.Body.Sections = b.standings(tallies)
	body.Body.Overlap = b.overlap(tallies)
	body.Body.Items = []TallyView{}
	for _, tally := range tallies {
		if b.wanted(input, tally) {
			body.Body.Items = append(body.Body.Items, b.show(tally))
		}
	}
	return &body, nil
}

// wanted reports whether the list's filters keep a tally.
func (b *board) wanted(input *ProgressInput, tally inspection.Tally) bool {
	if input.Unit != "" {
		if _, answers := inspection.AnswersFor(tally.Answerers, input.Unit); !answers {
			return false
		}
	}
	return (input.Section == "" || b.sections[tally.Indicator.Task] == input.Section) &&
		(input.Task == 0 || tally.Indicator.Task == input.Task) &&
		(input.State == "" || string(tally.State) == input.State)
}

// standings says how tasks stand by their indicators, and counts them.
func (b *board) standings(tallies []inspection.Tally) ([]TaskStateView, []SectionView) {
	states := map[int][]inspection.ProgressState{}
	order := []int{}
	for _, tally := range tallies {
		number := tally.Indicator.Task
		if states[number] == nil {
			order = append(order, number)
		}
		states[number] = append(states[number], tally.State)
	}
	tasks, sections := []TaskStateView{}, []SectionView{}
	for _, number := range order {
		state, title := inspection.Worst(states[number]), b.sections[number]
		tasks = append(tasks, TaskStateView{Number: number, Section: title, State: stateView(state)})
		at := slices.IndexFunc(sections, func(one SectionView) bool { return one.Title == title })
		if at < 0 {
			at = len(sections)
			sections = append(sections, SectionView{Title: title, States: map[string]int{}})
			for _, known := range inspection.ProgressStates {
				sections[at].States[string(known)] = 0
			}
		}
		sections[at].States[string(state)]++
	}
	return tasks, sections
}

func (b *board) overlap(tallies []inspection.Tally) OverlapView {
	_, _, introduced := b.system.Of(models.Introduce)
	_, _, founded := b.system.Of(models.Found)
	return OverlapView{Reported: inspection.Gross(tallies), System: introduced + founded, Distinct: b.system.Distinct}
}

func (s *server) listProgressEntries(ctx context.Context, input *EntryInput) (*PageBody[ProgressEntryView], error) {
	b, err := s.planBoard(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	filter := store.ProgressFilter{Plan: input.Plan, Task: input.Task, AnyOrdinal: true}
	if input.Quarter != "" {
		quarter, err := b.quarter(input.Quarter, "query.quarter")
		if err != nil {
			return nil, err
		}
		filter.Quarters = []models.Quarter{quarter}
	}
	if filter.Under, err = s.unitFilter(ctx, input.Unit); err != nil {
		return nil, err
	}
	rows, err := s.Archive.ProgressEntries(ctx, s.Policy.Reach(principal(ctx), auth.ProgressRead), filter, input.page())
	if err != nil {
		return nil, err
	}
	return paged(rows, func(entry store.ProgressEntry) ProgressEntryView { return showProgressEntry(entry, b.names) }), nil
}

// SheetListInput chooses the quarter.
type SheetListInput struct {
	Plan    models.PlanID `path:"plan" maxLength:"64" doc:"计划代码" example:"tianjin-2013"`
	Quarter string        `query:"quarter" maxLength:"6" doc:"季度，缺省为最近结束的一个" example:"2013Q4"`
}

func (s *server) listSheets(ctx context.Context, input *SheetListInput) (*SheetListBody, error) {
	b, err := s.planBoard(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	quarter, err := b.quarter(input.Quarter, "query.quarter")
	if err != nil {
		return nil, err
	}
	if b.entries, err = s.Archive.AllProgress(ctx, store.ProgressFilter{Plan: b.plan.ID, Quarters: []models.Quarter{quarter}}); err != nil {
		return nil, err
	}
	var body SheetListBody
	body.Body.Quarter, body.Body.Quarters = quarter, b.quarterNames()
	body.Body.Items, err = s.sheetsWithin(ctx, b, quarter, s.Policy.Reach(principal(ctx), auth.ProgressRead))
	return &body, err
}

// sheetsWithin are the sheets of the units within a reach, with what the caller
// may do to them.
func (s *server) sheetsWithin(ctx context.Context, b *board, quarter models.Quarter, reach store.Reach) ([]SheetSummary, error) {
	locks, err := s.Archive.ProgressLocks(ctx, inspection.ID{Plan: b.plan.ID, Quarter: quarter})
	if err != nil {
		return nil, err
	}
	sheets := []SheetSummary{}
	for _, summary := range b.sheets(quarter) {
		unit, _ := b.names.units.Unit(summary.Unit.ID)
		if !reach.Covers(unit.Path, "") {
			continue
		}
		summary.LockedAt = moment(locks[unit.ID])
		summary.Editable = locks[unit.ID].IsZero() && s.Policy.May(principal(ctx), auth.ProgressReport, unit.Path)
		sheets = append(sheets, summary)
	}
	return sheets, nil
}

// sheets counts what each answering unit has to report and has reported.
func (b *board) sheets(quarter models.Quarter) []SheetSummary {
	summaries := []SheetSummary{}
	for _, item := range b.items {
		entries := b.of(item.Indicator, quarter)
		for _, answerer := range item.Answering.Answerers(b.names.units, quarter.Last()) {
			at := slices.IndexFunc(summaries, func(one SheetSummary) bool { return one.Unit.ID == answerer.Unit })
			if at < 0 {
				at = len(summaries)
				summaries = append(summaries, SheetSummary{Unit: b.names.unit(answerer.Unit)})
			}
			summaries[at].Items++
			if slices.ContainsFunc(entries, func(entry inspection.Entry) bool { return entry.Unit == answerer.Unit }) {
				summaries[at].Reported++
			}
		}
	}
	return summaries
}

func (s *server) taskProgress(ctx context.Context, input *TaskInput) (*ListOf[TrendView], error) {
	if _, err := s.Archive.Task(ctx, input.Plan, input.Number); err != nil {
		return nil, err
	}
	b, err := s.planBoard(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	if len(b.quarters) == 0 {
		return list([]TrendView{}, func(view TrendView) TrendView { return view }), nil
	}
	if err := s.read(ctx, b, input.Number, b.quarters...); err != nil {
		return nil, err
	}
	reach := s.Policy.Reach(principal(ctx), auth.ProgressRead)
	var trends []TrendView
	for _, item := range b.items {
		if item.Task.Number == input.Number {
			trends = append(trends, b.trend(item, reach))
		}
	}
	return list(trends, func(view TrendView) TrendView { return view }), nil
}

// trend is an item over the quarters. What bangfu knows is as of now, so a state
// that rests on it is said for the present quarter alone.
func (b *board) trend(item inspection.AnsweredItem, reach store.Reach) TrendView {
	basis := inspection.BasisOf(item.Indicator)
	view := TrendView{Indicator: showIndicator(item.Indicator), Basis: codedAs(basis, basisTexts[basis]), Points: []TrendPoint{}}
	for _, quarter := range b.quarters {
		tally := b.tally(item, quarter)
		point := TrendPoint{
			Quarter: quarter, Reported: tally.Reported, Percent: tally.Percent, State: stateView(tally.State),
			Reporting: tally.Reporting(), Shares: []ProgressEntryView{},
		}
		if tally.System.Scope == inspection.SystemExact && quarter != b.quarters[len(b.quarters)-1] {
			point.State, point.Percent = stateView(inspection.ProgressUnmeasured), ""
		}
		for _, entry := range b.entries {
			_, answers := inspection.AnswersFor(tally.Answerers, entry.Unit)
			if answers && entry.Task == item.Indicator.Task && entry.Ordinal == item.Indicator.Ordinal && entry.Quarter == quarter && reach.Covers(entry.UnitPath, "") {
				point.Shares = append(point.Shares, showProgressEntry(entry, b.names))
			}
		}
		view.Points = append(view.Points, point)
	}
	view.Now = b.show(b.tally(item, b.quarters[len(b.quarters)-1]))
	return view
}
