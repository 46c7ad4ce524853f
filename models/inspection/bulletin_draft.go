package inspection

import (
	"fmt"
	"slices"
	"strings"

	"bangfu/models"
)

// listMost is how many names a sentence lists before it says "and others".
const listMost = 10

// Draft writes the first text of a bulletin from a snapshot. It is a function of
// the snapshot alone: the same rows give the same bytes, in whatever order they
// come. It says only what the figures say; a chapter without anything to tell
// says so in one sentence.
func Draft(snapshot Snapshot) Bulletin {
	draft := &drafter{snapshot: snapshot, ranking: Rank(snapshot), figures: map[FigureID]Figure{}}
	bulletin := Bulletin{
		Plan: snapshot.Plan, PlanTitle: snapshot.PlanTitle, Quarter: snapshot.Quarter,
		CutOff: snapshot.CutOff.UTC(), SnapshotDigest: snapshot.Digest, Figures: draft.figures,
		Letterhead: snapshot.Letterhead,
	}
	for _, code := range SectionCodes {
		draft.section, draft.paragraphs = code, []string{}
		switch code {
		case SectionOverall:
			draft.overall()
		case SectionPractice:
			draft.practice()
		case SectionProblems:
			draft.problems()
		case SectionNext:
			draft.next()
		}
		bulletin.Sections = append(bulletin.Sections, Section{Code: code, Paragraphs: draft.paragraphs})
	}
	bulletin.Annexes = annexesOf(snapshot, draft.ranking)
	return bulletin
}

// drafter writes paragraphs and numbers the figures as the text comes to them.
type drafter struct {
	snapshot   Snapshot
	ranking    Ranking
	figures    map[FigureID]Figure
	section    SectionCode
	paragraphs []string
}

// put is the token of a new figure, or a plain word where the snapshot has none.
func (d *drafter) put(query Query) string {
	figure, known := figureOf(d.snapshot, query)
	if !known {
		return "（数据缺）"
	}
	// Praise may be cut; what was asked for, found and ordered may not.
	figure.Kept = d.section != SectionPractice && slices.Contains(d.snapshot.rules().KeptTopics, figure.Topic)
	id := FigureID(fmt.Sprintf("f%d", len(d.figures)+1))
	d.figures[id] = figure
	return tokenOf(id)
}

func (d *drafter) say(parts ...string) { d.paragraphs = append(d.paragraphs, strings.Join(parts, "")) }

// counts reports whether a query counts anything.
func (d *drafter) counts(query Query) bool {
	switch query.Table {
	case TableUnits:
		return len(UnitRows(d.snapshot, query)) > 0
	case TableIndicators:
		return len(IndicatorRows(d.snapshot, query)) > 0
	case TableFindings:
		return len(FindingRows(d.snapshot, query)) > 0
	case TableCycle:
	}
	return false
}

func (d *drafter) overall() {
	opening := []string{"数据截止", d.put(Query{Table: TableCycle, Measure: MeasureCutOff}), "。"}
	var groups []string
	for _, group := range d.ranking.Groups {
		groups = append(groups, groupWords(group.Kind)+d.put(Query{Table: TableUnits, Measure: MeasureCount, Group: group.Kind}))
	}
	if len(groups) > 0 {
		opening = append(opening, "督查涉及", strings.Join(groups, "、"), "。")
	} else {
		opening = append(opening, "本次督查没有涉及单位。")
	}
	d.say(opening...)
	d.overallIndicators()
	d.overallHelp()
	d.overallReports()
	d.overallFindings()
}

func (d *drafter) overallIndicators() {
	city := Query{Table: TableIndicators}
	if !d.counts(city) {
		d.say("任务指标方面，本次没有可以统计的指标。")
		return
	}
	measured := func(measure Measure, state ProgressState) string {
		return d.put(Query{Table: TableIndicators, Measure: measure, State: state})
	}
	parts := []string{"任务指标方面，", measured(MeasureTasks, ""), "任务的", measured(MeasureCount, ""), "指标中，"}
	var states []string
	for _, state := range ProgressStates {
		// The four states are always told, also when nothing is in one of them.
		if state == ProgressUnmeasured && !d.counts(Query{Table: TableIndicators, State: state}) {
			continue
		}
		states = append(states, state.Text()+measured(MeasureCount, state)+"，占"+measured(MeasureShare, state))
	}
	parts = append(parts, strings.Join(states, "；"), "。")
	if d.roundingShows() {
		parts = append(parts, "百分比经四舍五入，合计可能略有出入。")
	}
	if d.snapshot.Window > 0 {
		parts = append(parts, "截止时计划期限已过", d.put(Query{Table: TableCycle, Measure: MeasureElapsed}), "。")
	}
	d.say(parts...)
}

// roundingShows reports whether the shares of the states, as printed, do not sum
// to a whole.
func (d *drafter) roundingShows() bool {
	const whole = 1000
	sum, all := 0, len(IndicatorRows(d.snapshot, Query{}))
	for _, state := range ProgressStates {
		sum += tenths(len(IndicatorRows(d.snapshot, Query{State: state})), all)
	}
	return sum != whole
}

func (d *drafter) overallHelp() {
	if !d.counts(Query{Table: TableUnits, Having: HavingGoals}) {
		d.say("干部帮扶方面，本次没有应完成的帮扶目标。")
		return
	}
	of := func(measure Measure, kind models.Kind) string {
		return d.put(Query{Table: TableUnits, Measure: measure, Kind: kind})
	}
	parts := []string{
		"干部帮扶方面，应完成帮扶目标", of(MeasureRequired, ""), "，已认定", of(MeasureCredits, ""), "，其中计入完成", of(MeasureMet, ""),
		"，完成率", of(MeasureShare, ""),
	}
	if _, known := Evaluate(d.snapshot, Query{Table: TableUnits, Measure: MeasureChange}); known {
		parts = append(parts, "，与上季度相比", of(MeasureChange, ""))
	}
	behind := d.put(Query{Table: TableUnits, Measure: MeasureCount, Having: HavingBehind})
	parts = append(parts, "；低于序时进度的单位", behind, "；截止时逾期的目标", of(MeasureOverdue, ""), "。")
	var kinds []string
	for _, kind := range models.Kinds {
		if d.counts(Query{Table: TableUnits, Kind: kind, Having: HavingGoals}) {
			kinds = append(kinds, goalWords(kind)+"应完成"+of(MeasureRequired, kind)+"、计入完成"+of(MeasureMet, kind)+"、完成率"+of(MeasureShare, kind))
		}
	}
	if len(kinds) > 0 {
		parts = append(parts, "其中，", strings.Join(kinds, "；"), "。")
	}
	d.say(parts...)
}

func (d *drafter) overallReports() {
	if len(d.snapshot.Units) == 0 {
		return
	}
	var states []string
	for _, state := range []ReportState{ReportConfirmed, ReportFiled, ReportDue, ReportMissing, ReportNothing} {
		query := Query{Table: TableUnits, Measure: MeasureCount, Report: state}
		if state == ReportConfirmed || state == ReportMissing || d.counts(query) {
			states = append(states, state.Text()+"的单位"+d.put(query))
		}
	}
	parts := []string{"自查报告方面，", strings.Join(states, "，")}
	if late := (Query{Table: TableUnits, Measure: MeasureCount, Having: HavingLate}); d.counts(late) {
		parts = append(parts, "；未按期报送（含迟报和未报）的单位", d.put(late))
	}
	d.say(append(parts, "。")...)
}

func (d *drafter) overallFindings() {
	if !d.counts(Query{Table: TableFindings, Having: HavingOpen}) {
		d.say("问题整改方面，截止时没有未销号的问题。")
		return
	}
	count := func(having Having, light models.Light) string {
		return d.put(Query{Table: TableFindings, Measure: MeasureCount, Having: having, Light: light})
	}
	d.say("问题整改方面，未销号的问题", count(HavingOpen, ""), "，其中本季度提出", count(HavingNew, ""), "、以前季度结转",
		count(HavingEarlier, ""), "；亮红灯", count(HavingOpen, models.Red), "。")
}

// unitName is the token of a unit's name.
func (d *drafter) unitName(unit models.UnitID) string {
	return d.put(Query{Table: TableUnits, Measure: MeasureName, Unit: unit})
}

// ofUnit is the token of a figure of one unit.
func (d *drafter) ofUnit(measure Measure, unit models.UnitID) string {
	return d.put(Query{Table: TableUnits, Measure: measure, Unit: unit})
}

// indicatorName is “name”（任务N）, both bound.
func (d *drafter) indicatorName(row IndicatorFigures) string {
	query := Query{Table: TableIndicators, Task: row.Task, Ordinal: row.Ordinal, Measure: MeasureName}
	name := d.put(query)
	query.Measure = MeasureTask
	return "“" + name + "”（" + d.put(query) + "）"
}

// all is every name of a list, or the first of them and how many there are.
func (d *drafter) all(names []string, total Query) string {
	text := strings.Join(names, "、")
	if count, _ := Evaluate(d.snapshot, total); count.Value != fmt.Sprint(len(names)) {
		text += "等"
	}
	return text
}
