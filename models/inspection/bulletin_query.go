package inspection

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"bangfu/models"
)

// Query says where in a snapshot a figure of a bulletin comes from. It is small
// enough to be a link: a page turns it into the list of the frozen rows that the
// figure counts. Empty fields do not filter.
type Query struct {
	Table   Table           `json:"table"`
	Measure Measure         `json:"measure"`
	Unit    models.UnitID   `json:"unit,omitempty"`
	Group   models.UnitKind `json:"group,omitempty"`
	Kind    models.Kind     `json:"kind,omitempty"`
	Having  Having          `json:"having,omitempty"`
	Report  ReportState     `json:"report,omitempty"`
	// Task and Ordinal name an indicator; without Unit the rows of indicators are
	// the city's totals.
	Task    int           `json:"task,omitempty"`
	Ordinal int           `json:"ordinal,omitempty"`
	State   ProgressState `json:"state,omitempty"`
	Finding FindingID     `json:"finding,omitempty"`
	Light   models.Light  `json:"light,omitempty"`
}

// Table is what a query reads.
type Table string

// The tables of a snapshot.
const (
	TableCycle      Table = "cycle"      // the cycle itself
	TableUnits      Table = "units"      // one row a unit
	TableIndicators Table = "indicators" // one row an indicator, and one a unit's share
	TableFindings   Table = "findings"   // one row a finding
)

// Measure is what a query reads out of the rows that it finds.
type Measure string

// The measures. A share is of required goals or of all rows; a change is since
// the former quarter.
const (
	MeasureCutOff   Measure = "cut-off"
	MeasureElapsed  Measure = "elapsed"
	MeasureCount    Measure = "count"
	MeasureShare    Measure = "share"
	MeasureName     Measure = "name"
	MeasureRequired Measure = "required"
	MeasureMet      Measure = "met"
	MeasureCredits  Measure = "credits"
	MeasureOver     Measure = "over"
	MeasureOverdue  Measure = "overdue"
	MeasureChange   Measure = "change"
	MeasureTask     Measure = "task"
	MeasureTasks    Measure = "tasks"
	MeasureTarget   Measure = "target"
	MeasureReported Measure = "reported"
	MeasureSystem   Measure = "system"
	MeasureText     Measure = "text"
	MeasureDue      Measure = "due"
)

// Having keeps the rows of which something holds.
type Having string

// The conditions.
const (
	HavingGoals         Having = "goals"          // with goals to meet
	HavingLate          Having = "late"           // reported after the deadline
	HavingOverdue       Having = "overdue"        // with overdue goals, or findings past their due date
	HavingBehind        Having = "behind"         // a smaller share of goals met than of the window passed
	HavingComplete      Having = "complete"       // all goals met
	HavingFirstComplete Having = "first-complete" // all goals met, but not a quarter before
	HavingOver          Having = "over"           // more credits than required
	HavingOpen          Having = "open"           // findings that are not closed
	HavingNew           Having = "new"            // findings that this cycle raised
	HavingEarlier       Having = "earlier"        // findings that an earlier cycle raised
)

// Shown is a figure as people read it: the value and its unit word, or a date, a
// name or a quotation without one.
type Shown struct {
	Value string `json:"value"`
	Unit  string `json:"unit,omitempty"`
}

// String is the figure with its unit, as the text shows it.
func (s Shown) String() string { return s.Value + s.Unit }

// Evaluate reads a figure out of a snapshot; false when the query asks for what
// the snapshot does not hold. The bulletin's figures and the page that explains
// them both come from here.
func Evaluate(snapshot Snapshot, query Query) (Shown, bool) {
	switch query.Table {
	case TableCycle:
		return evaluateCycle(snapshot, query)
	case TableUnits:
		return evaluateUnits(snapshot, query)
	case TableIndicators:
		return evaluateIndicators(snapshot, query)
	case TableFindings:
		return evaluateFindings(snapshot, query)
	}
	return Shown{}, false
}

func evaluateCycle(snapshot Snapshot, query Query) (Shown, bool) {
	switch query.Measure {
	case MeasureCutOff:
		return Shown{Value: instantWords(snapshot.CutOff)}, true
	case MeasureElapsed:
		return percent(snapshot.Elapsed, snapshot.Window), snapshot.Window > 0
	default:
		return Shown{}, false
	}
}

// UnitRows are the units that a query counts, by code.
func UnitRows(snapshot Snapshot, query Query) []UnitFigures {
	rows := []UnitFigures{}
	for _, unit := range snapshot.Units {
		if (query.Unit == "" || unit.Unit == query.Unit) && (query.Group == "" || unit.Kind == query.Group) &&
			(query.Report == "" || unit.Report == query.Report) && unit.having(snapshot, query) {
			rows = append(rows, unit)
		}
	}
	slices.SortFunc(rows, func(a, b UnitFigures) int { return cmp.Compare(a.Unit, b.Unit) })
	return rows
}

// having reports whether the query's condition holds of the unit.
func (u UnitFigures) having(snapshot Snapshot, query Query) bool {
	goals := u.goals(query.Kind)
	complete := goals.Required > 0 && goals.Met >= goals.Required
	switch query.Having {
	case "":
		return true
	case HavingGoals:
		return goals.Required > 0
	case HavingLate:
		return u.Late
	case HavingOverdue:
		return goals.Overdue > 0
	case HavingBehind:
		return goals.Met*snapshot.Window < goals.Required*snapshot.Elapsed
	case HavingComplete:
		return complete
	case HavingFirstComplete:
		return complete && query.Kind == "" && u.LastQuarter != nil && u.LastQuarter.Met < u.LastQuarter.Required
	case HavingOver:
		return goals.Credits > goals.Met && complete
	case HavingOpen, HavingNew, HavingEarlier:
	}
	return false
}

// goals are the unit's goals of one kind, or all of them.
func (u UnitFigures) goals(kind models.Kind) GoalFigures {
	if kind != "" {
		return u.Goals[kind]
	}
	return GoalFigures{Required: u.Required, Met: u.Met, Credits: u.Credits, Overdue: u.Overdue}
}

func evaluateUnits(snapshot Snapshot, query Query) (Shown, bool) {
	rows := UnitRows(snapshot, query)
	if query.Measure == MeasureName {
		if len(rows) != 1 {
			return Shown{}, false
		}
		return Shown{Value: cmp.Or(oneLine(rows[0].Name), string(rows[0].Unit))}, true
	}
	var sum GoalFigures
	for _, row := range rows {
		goals := row.goals(query.Kind)
		sum.Required, sum.Met = sum.Required+goals.Required, sum.Met+goals.Met
		sum.Credits, sum.Overdue = sum.Credits+goals.Credits, sum.Overdue+goals.Overdue
	}
	switch query.Measure {
	case MeasureCount:
		return number(len(rows), "个"), true
	case MeasureRequired:
		return number(sum.Required, "个"), true
	case MeasureMet:
		return number(sum.Met, "个"), true
	case MeasureCredits:
		return number(sum.Credits, "个"), true
	case MeasureOver:
		return number(sum.Credits-sum.Met, "个"), true
	case MeasureOverdue:
		return number(sum.Overdue, "个"), true
	case MeasureShare:
		return percent(sum.Met, sum.Required), sum.Required > 0
	case MeasureChange:
		return changeOf(rows)
	default:
		return Shown{}, false
	}
}

// changeOf is how the share of all the rows has changed since the quarter before.
// It is known only when the quarter before knows every unit that has goals: a
// change that comes from other units being counted is none.
func changeOf(rows []UnitFigures) (Shown, bool) {
	var now, then GoalFigures
	for _, row := range rows {
		if row.Kind == models.UnitDepartment || row.Required == 0 && row.LastQuarter == nil {
			continue
		}
		if row.LastQuarter == nil {
			return Shown{}, false
		}
		now.Required, now.Met = now.Required+row.Required, now.Met+row.Met
		then.Required, then.Met = then.Required+row.LastQuarter.Required, then.Met+row.LastQuarter.Met
	}
	if now.Required == 0 || then.Required == 0 {
		return Shown{}, false
	}
	change := tenths(now.Met, now.Required) - tenths(then.Met, then.Required)
	switch {
	case change > 0:
		return Shown{Value: "提高" + tenthsWords(change), Unit: "个百分点"}, true
	case change < 0:
		return Shown{Value: "下降" + tenthsWords(-change), Unit: "个百分点"}, true
	}
	return Shown{Value: "持平"}, true
}

// IndicatorRows are the indicators that a query counts, by task and ordinal:
// the city's totals, or one unit's shares.
func IndicatorRows(snapshot Snapshot, query Query) []IndicatorFigures {
	rows := []IndicatorFigures{}
	for _, indicator := range snapshot.Indicators {
		if indicator.Unit == query.Unit && (query.Task == 0 || indicator.Task == query.Task) &&
			(query.Ordinal == 0 || indicator.Ordinal == query.Ordinal) && (query.State == "" || indicator.State == query.State) {
			rows = append(rows, indicator)
		}
	}
	slices.SortFunc(rows, func(a, b IndicatorFigures) int {
		return cmp.Or(cmp.Compare(a.Task, b.Task), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	return rows
}

func evaluateIndicators(snapshot Snapshot, query Query) (Shown, bool) {
	rows := IndicatorRows(snapshot, query)
	switch query.Measure {
	case MeasureCount:
		return number(len(rows), "项"), true
	case MeasureTasks:
		tasks := map[int]bool{}
		for _, row := range rows {
			tasks[row.Task] = true
		}
		return number(len(tasks), "项"), true
	case MeasureShare:
		all := query
		all.State = ""
		whole := len(IndicatorRows(snapshot, all))
		return percent(len(rows), whole), whole > 0
	default:
	}
	if len(rows) != 1 {
		return Shown{}, false
	}
	row := rows[0]
	switch query.Measure {
	case MeasureName:
		return Shown{Value: cmp.Or(oneLine(row.Name), "未命名的指标")}, true
	case MeasureTask:
		return Shown{Value: "任务" + strconv.Itoa(row.Task)}, true
	case MeasureTarget:
		return row.targetShown()
	case MeasureReported:
		return Shown{Value: row.Reported, Unit: row.Measure}, row.Reported != ""
	case MeasureSystem:
		return Shown{Value: row.System, Unit: row.Measure}, row.System != ""
	default:
		return Shown{}, false
	}
}

// targetShown is the target in the plan's words where it has some.
func (i IndicatorFigures) targetShown() (Shown, bool) {
	if i.TargetText != "" {
		return Shown{Value: i.TargetText}, true
	}
	return Shown{Value: i.Target, Unit: i.Measure}, i.Target != ""
}

// FindingRows are the findings that a query counts: those due first come first.
func FindingRows(snapshot Snapshot, query Query) []FindingFigures {
	rows := []FindingFigures{}
	for _, finding := range snapshot.Findings {
		if (query.Finding == "" || finding.ID == query.Finding) && (query.Unit == "" || finding.Unit == query.Unit) &&
			(query.Task == 0 || finding.Task == query.Task) && (query.Light == "" || finding.Light == query.Light) &&
			finding.having(snapshot, query.Having) {
			rows = append(rows, finding)
		}
	}
	slices.SortFunc(rows, func(a, b FindingFigures) int {
		return cmp.Or(-a.DueOn.DaysUntil(b.DueOn), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.ID, b.ID))
	})
	return rows
}

func (f FindingFigures) having(snapshot Snapshot, having Having) bool {
	switch having {
	case "":
		return true
	case HavingOpen:
		return f.State.Open()
	case HavingNew:
		return f.State.Open() && f.Quarter == snapshot.Quarter
	case HavingEarlier:
		return f.State.Open() && f.Quarter != snapshot.Quarter
	case HavingOverdue:
		return f.State.Open() && !f.DueOn.IsZero() && !f.DueOn.End().After(snapshot.CutOff)
	case HavingGoals, HavingLate, HavingBehind, HavingComplete, HavingFirstComplete, HavingOver:
	}
	return false
}

func evaluateFindings(snapshot Snapshot, query Query) (Shown, bool) {
	rows := FindingRows(snapshot, query)
	if query.Measure == MeasureCount {
		return number(len(rows), "个"), true
	}
	if len(rows) != 1 {
		return Shown{}, false
	}
	switch query.Measure {
	case MeasureText:
		return Shown{Value: oneLine(rows[0].Text)}, oneLine(rows[0].Text) != ""
	case MeasureDue:
		return Shown{Value: dateWords(rows[0].DueOn)}, !rows[0].DueOn.IsZero()
	case MeasureName:
		return Shown{Value: cmp.Or(oneLine(rows[0].UnitName), string(rows[0].Unit))}, true
	default:
		return Shown{}, false
	}
}

// oneLine joins what was written on several lines: a figure stands in a sentence.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func number(count int, unit string) Shown { return Shown{Value: strconv.Itoa(count), Unit: unit} }

func percent(part, whole int) Shown { return Shown{Value: tenthsWords(tenths(part, whole)), Unit: "%"} }
