package inspection

import (
	"cmp"
	"slices"
	"strconv"

	"bangfu/models"
)

// Annex is one table behind the bulletin (附表). Its cells come from the snapshot
// alone and are not edited.
type Annex struct {
	Code  AnnexCode `json:"code"`
	Title string    `json:"title"`
	// Restricted marks a table that names individuals: it is not part of what goes
	// to the whole city.
	Restricted bool       `json:"restricted"`
	Columns    []Column   `json:"columns"`
	Rows       []AnnexRow `json:"rows"`
	// Notes stand below the table, the formula of its places among them.
	Notes []string `json:"notes"`
}

// AnnexCode names a table.
type AnnexCode string

// The tables, in their order.
const (
	AnnexHelp        AnnexCode = "help"
	AnnexTasks       AnnexCode = "tasks"
	AnnexFindings    AnnexCode = "findings"
	AnnexDepartments AnnexCode = "departments"
	AnnexIndividuals AnnexCode = "individuals"
	AnnexCorrection  AnnexCode = "correction"
)

// annexesOfFigures are the tables that come from the snapshot.
var annexesOfFigures = []AnnexCode{AnnexHelp, AnnexTasks, AnnexFindings, AnnexDepartments, AnnexIndividuals}

// Text names the table in a sentence.
func (c AnnexCode) Text() string {
	switch c {
	case AnnexHelp:
		return "区县、功能区干部帮扶完成情况"
	case AnnexTasks:
		return "行动计划任务指标进度"
	case AnnexFindings:
		return "整改清单"
	case AnnexDepartments:
		return "市级部门任务落实情况"
	case AnnexIndividuals:
		return "逾期帮扶目标名单"
	case AnnexCorrection:
		return "更正对照表"
	}
	return string(c)
}

// Column is the head of a column, with the unit of its numbers.
type Column struct {
	Title string `json:"title"`
	// Numeric columns hold decimal numbers, or a dash where there is none.
	Numeric bool `json:"numeric"`
}

// AnnexRow is one row, and the query that opens the frozen rows behind it.
type AnnexRow struct {
	Cells []string `json:"cells"`
	Query Query    `json:"query"`
	// Heading rows only name the group below; total rows sum the group above.
	Heading bool `json:"heading,omitempty"`
	Total   bool `json:"total,omitempty"`
}

// none stands where a table has nothing to show.
const none = "—"

func annexesOf(snapshot Snapshot, ranking Ranking) []Annex {
	annexes := []Annex{helpAnnex(snapshot, ranking), tasksAnnex(snapshot), findingsAnnex(snapshot), departmentsAnnex(ranking, snapshot)}
	if len(snapshot.Individuals) > 0 {
		annexes = append(annexes, individualsAnnex(snapshot))
	}
	for i := range annexes {
		if len(annexes[i].Rows) == 0 {
			annexes[i].Notes = append([]string{"本次没有应当列入本表的内容。"}, annexes[i].Notes...)
		}
	}
	return annexes
}

// columns reads heads; those that begin with # are numeric.
func columns(heads ...string) []Column {
	list := make([]Column, len(heads))
	for i, head := range heads {
		list[i] = Column{Title: head}
		if head[0] == '#' {
			list[i] = Column{Title: head[1:], Numeric: true}
		}
	}
	return list
}

// helpAnnex is 附表1: how districts and zones meet the duty of help.
func helpAnnex(snapshot Snapshot, ranking Ranking) Annex {
	annex := Annex{
		Code: AnnexHelp, Title: AnnexHelp.Text(), Rows: []AnnexRow{}, Notes: []string{},
		Columns: columns("#位次", "单位", "#应完成（个）", "#已认定（个）", "#计入完成（个）", "#完成率（%）", "#逾期（个）",
			"#上季度完成率（%）", "#上季度位次", "#比上季度增减（百分点）", "#上年同期完成率（%）", "#上年同期位次", "#同比增减（百分点）"),
	}
	overdue := map[models.UnitID]int{}
	for _, unit := range snapshot.Units {
		overdue[unit.Unit] = unit.Overdue
	}
	for _, group := range ranking.Groups {
		if group.Kind == models.UnitDepartment {
			continue
		}
		query := Query{Table: TableUnits, Measure: MeasureCount, Group: group.Kind}
		annex.Rows = append(annex.Rows, AnnexRow{Cells: []string{groupWords(group.Kind)}, Query: query, Heading: true})
		var sum models.Outcome
		late := 0
		for _, row := range group.Rows {
			cells := append(helpCells(place(row.Place), row.Name, row.Required, row.Credits, row.Met, overdue[row.Unit]), formerCells(row)...)
			annex.Rows = append(annex.Rows, AnnexRow{
				Cells: cells, Query: Query{Table: TableUnits, Measure: MeasureShare, Unit: row.Unit},
			})
			sum.Required, sum.Credits, sum.Met, late = sum.Required+row.Required, sum.Credits+row.Credits, sum.Met+row.Met, late+overdue[row.Unit]
		}
		cells := append(helpCells(none, "合计", sum.Required, sum.Credits, sum.Met, late), none, none, none, none, none, none)
		query.Measure = MeasureShare
		annex.Rows = append(annex.Rows, AnnexRow{Cells: cells, Query: query, Total: true})
	}
	annex.Notes = append(annex.Notes, RankFormula(models.UnitDistrict, snapshot.least()),
		"增减按已保留一位小数的完成率相减；上季度、上年同期的位次为当时通报所列。没有数据或者不排位的以“—”表示。")
	return annex
}

func helpCells(place, name string, required, credits, met, overdue int) []string {
	share := none
	if required > 0 {
		share = tenthsWords(tenths(met, required))
	}
	return []string{place, name, strconv.Itoa(required), strconv.Itoa(credits), strconv.Itoa(met), share, strconv.Itoa(overdue)}
}

func formerCells(row RankRow) []string {
	var cells []string
	for _, former := range []*Former{row.LastQuarter, row.LastYear} {
		if former == nil {
			cells = append(cells, none, none, none)
			continue
		}
		cells = append(cells, tenthsWords(tenths(former.Met, former.Required)), place(former.Place), tenthsWords(former.Change))
	}
	return cells
}

func place(place int) string {
	if place < 1 {
		return none
	}
	return strconv.Itoa(place)
}

// tasksAnnex is 附表2: every indicator of the city.
func tasksAnnex(snapshot Snapshot) Annex {
	annex := Annex{
		Code: AnnexTasks, Title: AnnexTasks.Text(), Rows: []AnnexRow{},
		Columns: columns("#任务", "部分", "指标", "目标", "计量单位", "自报数", "系统数", "进度"),
		Notes:   []string{"自报数由责任单位填报；系统数由本系统已认定、已核实的数据得出，没有的以“—”表示。进度以截止时已过期限的比例（序时进度）衡量。"},
	}
	for _, row := range IndicatorRows(snapshot, Query{}) {
		annex.Rows = append(annex.Rows, AnnexRow{
			Cells: []string{
				strconv.Itoa(row.Task), cmp.Or(row.Section, none), row.Name, cmp.Or(row.TargetText, row.Target, none), cmp.Or(row.Measure, none),
				cmp.Or(row.Reported, none), cmp.Or(row.System, none), row.State.Text(),
			},
			Query: Query{Table: TableIndicators, Measure: MeasureReported, Task: row.Task, Ordinal: row.Ordinal},
		})
		if row.Ambiguity != "" {
			annex.Notes = append(annex.Notes, "任务"+strconv.Itoa(row.Task)+"“"+row.Name+"”："+row.Ambiguity)
		}
	}
	return annex
}

// findingsAnnex is 附表3: what is to be put right.
func findingsAnnex(snapshot Snapshot) Annex {
	annex := Annex{
		Code: AnnexFindings, Title: AnnexFindings.Text(), Rows: []AnnexRow{}, Notes: []string{"整改期限为当日24时；已答复的问题经核实后销号。"},
		Columns: columns("#序号", "单位", "任务", "问题", "程度", "提出季度", "提出日期", "整改期限", "状态", "灯"),
	}
	for i, row := range FindingRows(snapshot, Query{Having: HavingOpen}) {
		task := none
		if row.Task > 0 {
			task = "任务" + strconv.Itoa(row.Task)
		}
		annex.Rows = append(annex.Rows, AnnexRow{
			Cells: []string{
				strconv.Itoa(i + 1), cmp.Or(row.UnitName, string(row.Unit)), task, row.Text, row.Severity.Text(), quarterWords(row.Quarter),
				dateWords(row.RaisedOn), dateWords(row.DueOn), row.State.Text(), lightWords(row.Light),
			},
			Query: Query{Table: TableFindings, Measure: MeasureText, Unit: row.Unit, Finding: row.ID},
		})
	}
	return annex
}

// departmentsAnnex is 附表4: how departments carry out their tasks.
func departmentsAnnex(ranking Ranking, snapshot Snapshot) Annex {
	annex := Annex{
		Code: AnnexDepartments, Title: AnnexDepartments.Text(), Rows: []AnnexRow{}, Notes: []string{},
		Columns: columns("#位次", "单位", "#完成（项）", "#超序时（项）", "#按序时（项）", "#未达序时（项）", "#未量化或者未报（项）",
			"#已核实（项）", "自查报告", "说明"),
	}
	reports := map[models.UnitID]string{}
	for _, unit := range snapshot.Units {
		reports[unit.Unit] = unit.Report.Text()
		if unit.Late && unit.Report == ReportConfirmed {
			reports[unit.Unit] += "（迟报）"
		}
	}
	for _, row := range ranking.group(models.UnitDepartment).Rows {
		cells := []string{place(row.Place), row.Name}
		for _, state := range ProgressStates {
			cells = append(cells, strconv.Itoa(row.States.Of(state)))
		}
		cells = append(cells, strconv.Itoa(row.Required), cmp.Or(reports[row.Unit], none), cmp.Or(row.Unranked.Text(), none))
		annex.Rows = append(annex.Rows, AnnexRow{
			Cells: cells, Query: Query{Table: TableIndicators, Measure: MeasureCount, Unit: row.Unit},
		})
	}
	annex.Notes = append(annex.Notes, RankFormula(models.UnitDepartment, snapshot.least()),
		"一项指标由几个部门承担的，在各部门分别计列，各部门相加不等于全市指标数。")
	return annex
}

// individualsAnnex lists overdue goals by person, for those who may read it.
func individualsAnnex(snapshot Snapshot) Annex {
	annex := Annex{
		Code: AnnexIndividuals, Title: AnnexIndividuals.Text(), Restricted: true, Rows: []AnnexRow{},
		Columns: columns("#序号", "单位", "姓名", "指标项", "截止日"),
		Notes:   []string{"本表涉及个人，限有权知悉的人员阅看，不随通报印发。"},
	}
	rows := slices.Clone(snapshot.Individuals)
	slices.SortFunc(rows, func(a, b IndividualFigures) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Obligation.String(), b.Obligation.String()),
			cmp.Compare(slices.Index(models.Kinds, a.Kind), slices.Index(models.Kinds, b.Kind)), -a.DueOn.DaysUntil(b.DueOn))
	})
	for i, row := range rows {
		annex.Rows = append(annex.Rows, AnnexRow{
			Cells: []string{strconv.Itoa(i + 1), cmp.Or(row.UnitName, string(row.Unit)), row.Name, goalWords(row.Kind), dateWords(row.DueOn)},
			Query: Query{Table: TableUnits, Measure: MeasureOverdue, Unit: row.Unit, Kind: row.Kind},
		})
	}
	return annex
}
