package api

import (
	"context"
	"slices"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// reportUnasked is what the board shows for a unit that was not asked yet.
const reportUnasked = "unasked"

// board is the inspector's: the units within reach and how far each has come.
func (s *server) board(ctx context.Context, input *InspectionInput) (*ListOf[BoardRowView], error) {
	cycle, err := s.cycleAt(ctx, input.Inspection)
	if err != nil {
		return nil, err
	}
	reach := s.Policy.Reach(principal(ctx), auth.InspectionRead)
	reports, err := s.Archive.UnitReports(ctx, reach, store.UnitReportFilter{Plan: cycle.ID.Plan, Quarter: cycle.ID.Quarter})
	if err != nil {
		return nil, err
	}
	findings, err := s.everyFinding(ctx, reach, store.FindingFilter{
		Plan: cycle.ID.Plan, States: []inspection.FindingState{inspection.FindingOpen, inspection.FindingAnswered},
	})
	if err != nil {
		return nil, err
	}
	figures, err := s.Archive.SnapshotFigures(ctx, cycle.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	rows := boardRows{names: names, at: map[models.UnitID]*BoardRowView{}}
	rows.begin(cycle, reach)
	for _, unit := range figures {
		rows.figures(unit)
	}
	for _, report := range reports {
		rows.report(report)
	}
	for _, finding := range findings {
		rows.finding(finding, finding.Light(s.now()))
	}
	return list(rows.order, func(id models.UnitID) BoardRowView { return *rows.at[id] }), nil
}

// boardRows gathers a row for each unit, in the order of the tree.
type boardRows struct {
	names *directory
	order []models.UnitID
	at    map[models.UnitID]*BoardRowView
}

func (r *boardRows) begin(cycle *inspection.Inspection, reach store.Reach) {
	for _, id := range cycle.Units {
		unit, known := r.names.units.Unit(id)
		if !known || !reach.Covers(unit.Path, "") {
			continue
		}
		r.order = append(r.order, id)
		r.at[id] = &BoardRowView{
			Unit: r.names.unit(id), Kind: codedAs(unit.Kind, unitKindTexts[unit.Kind]), Report: Coded{Code: reportUnasked, Text: "尚未下发"},
		}
	}
}

// figures takes the unit's name and kind of then: the snapshot does not change.
func (r *boardRows) figures(unit inspection.UnitFigures) {
	row := r.at[unit.Unit]
	if row == nil {
		return
	}
	row.Unit.Name, row.Kind = unit.Name, codedAs(unit.Kind, unitKindTexts[unit.Kind])
	row.Required, row.Met, row.Credits, row.Overdue = unit.Required, unit.Met, unit.Credits, unit.Overdue
	for _, former := range unit.Predecessors {
		row.Predecessors = append(row.Predecessors, r.names.unit(former))
	}
}

func (r *boardRows) report(report store.UnitReportItem) {
	row := r.at[report.Unit]
	if row == nil {
		return
	}
	row.Report, row.Late, row.Sequence = codedAs(report.State, report.State.Text()), report.Late, report.Sequence
	row.Due, row.FiledAt, row.ConfirmedAt = moment(report.Due), moment(report.FiledAt), moment(report.ConfirmedAt)
}

func (r *boardRows) finding(finding store.FindingItem, light models.Light) {
	row := r.at[finding.Unit]
	if row == nil {
		return
	}
	row.OpenFindings++
	if row.Light == nil || slices.Index(models.Lights, models.Light(row.Light.Code)) < slices.Index(models.Lights, light) {
		worst := codedAs(light, lightTexts[light])
		row.Light = &worst
	}
}

// everyFinding reads all findings that the filter chooses, page by page.
func (s *server) everyFinding(ctx context.Context, reach store.Reach, filter store.FindingFilter) ([]store.FindingItem, error) {
	var all []store.FindingItem
	page := store.Page{Size: store.MaximumPageSize}
	for {
		part, err := s.Archive.Findings(ctx, reach, filter, page)
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

// ranking gives the places over all units, and shows those within reach.
func (s *server) ranking(ctx context.Context, input *InspectionInput) (*RankingBody, error) {
	cycle, err := s.cycleAt(ctx, input.Inspection)
	if err != nil {
		return nil, err
	}
	snapshot, err := s.Archive.BulletinSnapshot(ctx, cycle.ID, s.now())
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	reach := s.Policy.Reach(principal(ctx), auth.InspectionRead)
	var body RankingBody
	body.Body.CutOff, body.Body.Snapshot, body.Body.Groups = snapshot.CutOff, snapshot.Digest, []RankGroupView{}
	for _, group := range inspection.Rank(snapshot).Groups {
		view := RankGroupView{Kind: codedAs(group.Kind, unitKindTexts[group.Kind]), Formula: group.Formula, Rows: []RankRowView{}}
		for _, row := range group.Rows {
			if unit, known := names.units.Unit(row.Unit); known && reach.Covers(unit.Path, "") {
				view.Rows = append(view.Rows, showRank(row))
			}
		}
		body.Body.Groups = append(body.Body.Groups, view)
	}
	return &body, nil
}

func showRank(row inspection.RankRow) RankRowView {
	view := RankRowView{
		Unit: UnitRef{ID: row.Unit, Name: row.Name}, Place: row.Place, Required: row.Required, Met: row.Met, Credits: row.Credits,
		States: map[string]int{
			string(inspection.ProgressDone): row.States.Done, string(inspection.ProgressAhead): row.States.Ahead,
			string(inspection.ProgressOnSchedule): row.States.OnSchedule, string(inspection.ProgressBehind): row.States.Behind,
			string(inspection.ProgressUnmeasured): row.States.Unmeasured,
		},
		Quarter: showFormer(row.LastQuarter), Year: showFormer(row.LastYear),
	}
	if row.Unranked != "" {
		why := codedAs(row.Unranked, row.Unranked.Text())
		view.Unranked = &why
	}
	return view
}

func showFormer(former *inspection.Former) *FormerView {
	if former == nil {
		return nil
	}
	return &FormerView{Place: former.Place, Required: former.Required, Met: former.Met, Change: former.Change}
}

func (s *server) frozenGoals(ctx context.Context, input *FrozenGoalInput) (*PageBody[FrozenGoalView], error) {
	cycle, err := s.cycleAt(ctx, input.Inspection)
	if err != nil {
		return nil, err
	}
	goals, err := s.Archive.FrozenGoals(ctx, s.Policy.Reach(principal(ctx), auth.InspectionRead), store.FrozenGoalFilter{
		Inspection: cycle.ID, Unit: input.Unit, Kind: input.Kind, Light: input.Light, Unmet: input.Unmet,
	}, input.page())
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	people := make([]person, len(goals.Items))
	for i, goal := range goals.Items {
		office, _ := names.units.Unit(goal.Office)
		people[i] = person{id: goal.Cadre, unitPath: office.Path}
	}
	if err := s.learn(ctx, names, people...); err != nil {
		return nil, err
	}
	return paged(goals, func(goal store.FrozenGoal) FrozenGoalView { return showFrozenGoal(goal, names) }), nil
}

func showFrozenGoal(goal store.FrozenGoal, names *directory) FrozenGoalView {
	view := FrozenGoalView{
		Cadre: names.cadre(goal.Cadre), Unit: names.unit(goal.Unit), Office: names.unit(goal.Office),
		Kind: codedAs(goal.Kind, kindTexts[goal.Kind]), Required: goal.Required, Met: goal.Met, Credits: goal.Credits,
		Overdue: goal.Overdue > 0, Exempted: goal.Exempted, Due: goal.Due, Light: codedAs(goal.Light, lightTexts[goal.Light]),
	}
	if goal.Closed != "" {
		closed := codedAs(goal.Closed, names.glossary.ground(goal.Closed))
		view.Closed = &closed
	}
	return view
}
