package inspection

import (
	"cmp"
	"slices"
	"strings"

	"bangfu/models"
	"bangfu/models/paper"
)

// practice tells what went well, as far as figures can say it.
func (d *drafter) practice() {
	for _, kind := range []models.UnitKind{models.UnitDistrict, models.UnitZone} {
		d.first(kind)
	}
	d.list(HavingFirstComplete, "本季度首次完成全部帮扶目标的单位", func(unit UnitFigures) string {
		return d.unitName(unit.Unit)
	})
	d.list(HavingOver, "完成全部帮扶目标后继续帮扶、认定数超出应完成数的单位", func(unit UnitFigures) string {
		return d.unitName(unit.Unit) + "（超出" + d.ofUnit(MeasureOver, unit.Unit) + "）"
	})
	d.risen()
	for _, state := range []ProgressState{ProgressDone, ProgressAhead} {
		d.wellStanding(state)
	}
	if len(d.paragraphs) == 0 {
		d.say("按本次冻结的数据，没有可以列举的突出情况。")
	}
}

// first names the units at the top of their table, if being there means
// something: others are below, and the share keeps up with the schedule.
func (d *drafter) first(kind models.UnitKind) {
	var top []RankRow
	ranked := 0
	for _, row := range d.ranking.group(kind).Rows {
		ranked += boolCount(row.Place > 0)
		if row.Place == 1 && row.Met > 0 && row.Met*d.snapshot.Window >= d.snapshot.Elapsed*row.Required {
			top = append(top, row)
		}
	}
	switch {
	case len(top) == 0 || len(top) == ranked || len(top) > listMost:
	case len(top) == 1:
		unit := top[0].Unit
		d.say("完成率居", groupWords(kind), "首位的是", d.unitName(unit), "，应完成", d.ofUnit(MeasureRequired, unit), "，计入完成",
			d.ofUnit(MeasureMet, unit), "，完成率", d.ofUnit(MeasureShare, unit), "。")
	default:
		names := make([]string, len(top))
		for i, row := range top {
			names[i] = d.unitName(row.Unit)
		}
		d.say("完成率并列", groupWords(kind), "首位的是", strings.Join(names, "、"), "，完成率均为",
			d.ofUnit(MeasureShare, top[len(top)-1].Unit), "。")
	}
}

// list names the units of which something holds, and counts them.
func (d *drafter) list(having Having, words string, name func(UnitFigures) string) {
	query := Query{Table: TableUnits, Measure: MeasureCount, Having: having}
	rows := sortedUnits(UnitRows(d.snapshot, query))
	if len(rows) == 0 {
		return
	}
	total := d.put(query)
	names := make([]string, 0, listMost)
	for _, row := range rows[:min(len(rows), listMost)] {
		names = append(names, name(row))
	}
	d.say(words, "有", total, "：", d.all(names, query), "。")
}

// risen names the units whose share has risen most since the last quarter.
func (d *drafter) risen() {
	var best []RankRow
	for _, kind := range []models.UnitKind{models.UnitDistrict, models.UnitZone} {
		for _, row := range d.ranking.group(kind).Rows {
			if row.Place == 0 || row.LastQuarter == nil || row.LastQuarter.Change <= 0 {
				continue
			}
			if len(best) > 0 && row.LastQuarter.Change > best[0].LastQuarter.Change {
				best = nil
			}
			if len(best) == 0 || row.LastQuarter.Change == best[0].LastQuarter.Change {
				best = append(best, row)
			}
		}
	}
	if len(best) == 0 || len(best) > listMost {
		return
	}
	names := make([]string, len(best))
	for i, row := range best {
		names[i] = d.unitName(row.Unit) + "（" + d.ofUnit(MeasureChange, row.Unit) + "）"
	}
	d.say("完成率与上季度相比提高最多的单位是", strings.Join(names, "、"), "。")
}

func (d *drafter) wellStanding(state ProgressState) {
	query := Query{Table: TableIndicators, Measure: MeasureCount, State: state}
	rows := IndicatorRows(d.snapshot, query)
	if len(rows) == 0 {
		return
	}
	total := d.put(query)
	names := make([]string, 0, listMost)
	for _, row := range rows[:min(len(rows), listMost)] {
		names = append(names, d.indicatorName(row))
	}
	d.say(state.Text(), "的指标有", total, "：", d.all(names, query), "。")
}

// problems names each indicator that is behind and each unit with what is amiss.
func (d *drafter) problems() {
	behind := Query{Table: TableIndicators, Measure: MeasureCount, State: ProgressBehind}
	var chapters [][]string
	if rows := IndicatorRows(d.snapshot, behind); len(rows) > 0 {
		chapter := []string{"任务指标方面", "未达序时的指标" + d.put(behind) + "。"}
		for _, row := range rows {
			chapter = append(chapter, d.behind(row))
		}
		chapters = append(chapters, chapter)
	}
	chapter := []string{"责任单位方面"}
	for _, unit := range sortedUnits(d.snapshot.Units) {
		if amiss := d.amiss(unit); amiss != "" {
			chapter = append(chapter, amiss)
		}
	}
	if len(chapter) > 1 {
		chapters = append(chapters, chapter)
	}
	for i, chapter := range chapters {
		d.say("（", paper.Numeral(i+1), "）", chapter[0])
		d.paragraphs = append(d.paragraphs, chapter[1:]...)
	}
	if len(chapters) == 0 {
		d.say("按本次冻结的数据，没有发现指标未达序时、帮扶目标进度滞后或者逾期、自查报告未按期报送和问题逾期未整改的情况。")
	}
}

// behind is the sentence on an indicator that is behind schedule.
func (d *drafter) behind(row IndicatorFigures) string {
	query := Query{Table: TableIndicators, Task: row.Task, Ordinal: row.Ordinal}
	text := d.indicatorName(row)
	for _, part := range []struct {
		words   string
		measure Measure
	}{{"，目标", MeasureTarget}, {"，自报数", MeasureReported}, {"，系统数", MeasureSystem}} {
		query.Measure = part.measure
		if _, known := Evaluate(d.snapshot, query); known {
			text += part.words + d.put(query)
		}
	}
	return text + "，未达序时。"
}

// amiss is the sentence on a unit with everything that is amiss, or nothing. A
// unit's name is numbered before its figures, so that text and numbers agree.
func (d *drafter) amiss(unit UnitFigures) string {
	queries := []struct {
		words string
		query Query
	}{
		{"承担的指标未达序时", Query{Table: TableIndicators, Measure: MeasureCount, Unit: unit.Unit, State: ProgressBehind}},
		{"帮扶目标逾期", Query{Table: TableUnits, Measure: MeasureOverdue, Unit: unit.Unit, Having: HavingOverdue}},
		{"已过整改期限仍未销号的问题", Query{Table: TableFindings, Measure: MeasureCount, Unit: unit.Unit, Having: HavingOverdue}},
		{"亮红灯的问题", Query{Table: TableFindings, Measure: MeasureCount, Unit: unit.Unit, Having: HavingOpen, Light: models.Red}},
	}
	report := reportAmiss(unit)
	slow := unit.having(d.snapshot, Query{Having: HavingBehind})
	found := slices.ContainsFunc(queries, func(part struct {
		words string
		query Query
	},
	) bool {
		return d.counts(part.query)
	})
	if report == "" && !slow && !found {
		return ""
	}
	text := d.unitName(unit.Unit) + "："
	var parts []string
	if report != "" {
		parts = append(parts, report)
	}
	if slow {
		parts = append(parts, "帮扶目标完成率"+d.ofUnit(MeasureShare, unit.Unit)+"，低于序时进度")
	}
	for _, part := range queries {
		if d.counts(part.query) {
			parts = append(parts, part.words+d.put(part.query))
		}
	}
	return text + strings.Join(parts, "；") + "。"
}

func reportAmiss(unit UnitFigures) string {
	switch {
	case unit.Report == ReportMissing:
		return "自查报告未报送"
	case unit.Late && unit.Report == ReportConfirmed:
		return "自查报告迟报"
	case unit.Late && unit.Report != ReportNothing:
		return "自查报告到期未签报"
	}
	return ""
}

// findingsMost is how many findings the text lists; the annex lists all.
const findingsMost = 30

// next lists what is to be put right by when, and what follows from the rest.
func (d *drafter) next() {
	open := FindingRows(d.snapshot, Query{Having: HavingOpen})
	if len(open) > 0 {
		d.say("未销号的问题按以下期限整改，期限当日终了时到期。")
		for _, finding := range urgent(open) {
			d.say(d.ordered(finding))
		}
		if len(open) > findingsMost {
			d.say("其余问题的整改期限见附表《整改清单》。")
		}
	}
	for i, step := range d.steps(len(open) > 0) {
		d.say(paper.Numeral(i+1), "是", step)
	}
	if len(d.paragraphs) == 0 {
		d.say("目前没有未销号的问题，各单位按行动计划继续推进。")
	}
}

// urgent are the findings that the text lists: red and grave ones before others,
// and among equals those due first.
func urgent(findings []FindingFigures) []FindingFigures {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b FindingFigures) int {
		return cmp.Or(cmp.Compare(boolCount(b.Light == models.Red), boolCount(a.Light == models.Red)),
			cmp.Compare(slices.Index(Severities, b.Severity), slices.Index(Severities, a.Severity)))
	})
	return sorted[:min(len(sorted), findingsMost)]
}

// ordered is the sentence on one finding.
func (d *drafter) ordered(finding FindingFigures) string {
	query := Query{Table: TableFindings, Unit: finding.Unit, Finding: finding.ID, Measure: MeasureName}
	text := d.put(query)
	query.Measure = MeasureText
	text += "："
	if _, known := Evaluate(d.snapshot, query); known {
		text += "“" + d.put(query) + "”，"
	}
	text += finding.Severity.Text() + "问题"
	if finding.DueOn.IsZero() {
		return text + "，整改期限另行通知。"
	}
	query.Measure = MeasureDue
	text += "，整改期限" + d.put(query)
	if finding.having(d.snapshot, HavingOverdue) {
		text += "，已过期限"
	}
	if finding.State == FindingAnswered {
		text += "，已答复，待核"
	}
	return text + "。"
}

// steps are the orders that follow from what is amiss, and nothing else.
func (d *drafter) steps(open bool) []string {
	var steps []string
	add := func(because bool, words string) {
		if because {
			steps = append(steps, words)
		}
	}
	missing := slices.ContainsFunc(d.snapshot.Units, func(unit UnitFigures) bool {
		return unit.Report == ReportMissing || unit.Late && unit.Report != ReportConfirmed && unit.Report != ReportNothing
	})
	add(missing, "未按期报送自查报告的单位，应当向督查部门书面说明原因，下季度按期报送。")
	add(d.counts(Query{Table: TableIndicators, State: ProgressBehind}),
		"未达序时指标的牵头单位，应当逐项说明原因，提出赶上序时进度的措施和时间安排，下季度督查时复核。")
	add(d.counts(Query{Table: TableUnits, Having: HavingBehind}),
		"帮扶目标完成率低于序时进度的单位，应当摸清未完成目标的底数，逐项确定帮扶对象和时间安排。")
	add(d.counts(Query{Table: TableUnits, Having: HavingOverdue}),
		"有逾期帮扶目标的单位，应当逐人核实进展，符合中止、延期、免除条件的依规办理，其余的限期完成。")
	add(open, "有未销号问题的单位，应当按期整改并提交佐证材料，经核实后销号；对问题有异议的，在答复时说明，经核实不属问题的予以撤销。")
	return steps
}
