package inspection

import (
	"time"

	"bangfu/models"
)

// Snapshot is what a cycle froze at its cut-off, as far as ranking and bulletin
// need it. It is read from the archive's frozen rows alone: the same rows give
// the same bulletin, whenever it is asked for.
type Snapshot struct {
	Plan      models.PlanID
	PlanTitle string
	Quarter   models.Quarter
	// CutOff is the instant that the figures are as of.
	CutOff time.Time
	// Digest is the SHA-256 over the frozen rows, in lower-case hex.
	Digest string
	// Elapsed and Window are days of the plan's window, for the schedule of
	// progress (序时进度): Elapsed of Window have passed at the cut-off.
	Elapsed, Window int
	// Rules are those that the cycle pinned; the same rows under other rules are
	// another ranking.
	Rules Rules
	// Letterhead are the words of the office that issues, as they were at drafting.
	Letterhead Letterhead
	Units      []UnitFigures
	Indicators []IndicatorFigures
	// Findings are those of this cycle and those that are still open from earlier ones.
	Findings []FindingFigures
	// Individuals are goals that were overdue at the cut-off, by person. They
	// appear in a restricted annex alone, and only when they were frozen with it.
	Individuals []IndividualFigures
}

// IndividualFigures are one overdue goal of one cadre.
type IndividualFigures struct {
	Obligation models.ObligationID
	Name       string
	Unit       models.UnitID
	UnitName   string
	Kind       models.Kind
	DueOn      models.Date
}

// UnitFigures are the frozen figures of one unit that is inspected.
type UnitFigures struct {
	Unit models.UnitID
	Name string
	Kind models.UnitKind
	// Goals are the unit's cadres' goals, for districts and zones; Outcome sums them.
	Goals map[models.Kind]GoalFigures
	models.Outcome
	// Overdue counts goals that were overdue at the cut-off.
	Overdue int
	// Report is how the unit's report stood when the bulletin was drafted.
	Report ReportState
	// Late: the report came after its deadline, or never.
	Late bool
	// Quarter is what the former quarter's snapshot says of the unit, Year that of
	// the same quarter a year before; nil when there is none.
	// For a department they count what its place rested on then: verified
	// indicators, and those of them that were not behind.
	LastQuarter, LastYear *models.Outcome
	// LastQuarterPlace and LastYearPlace are the places that the bulletins of then
	// printed, 0 for none. They are not computed again: the units of then may have
	// been others.
	LastQuarterPlace, LastYearPlace int
	// Predecessors are units that were merged into this one or split into it within
	// the quarter; it reports for them.
	Predecessors []models.UnitID
}

// GoalFigures count the goals of one kind in a unit.
type GoalFigures struct {
	// Required and Met count goals, each met at most as often as required;
	// Credits counts every credit.
	Required, Met, Credits, Overdue int
}

// IndicatorFigures are the frozen figures of one indicator, summed over the units
// that answer for it, and the share of one unit when Unit is set.
type IndicatorFigures struct {
	Task, Ordinal int
	Section       string
	Name          string
	// Unit is empty for the city's total.
	Unit models.UnitID
	// Target, Reported and System are decimal numbers; Target is empty for a mere
	// cadence, Reported when nobody reported, System when bangfu knows no figure.
	Target, Reported, System string
	// TargetText is the target with the plan's own words (左右, 以上).
	TargetText string
	Measure    string
	State      ProgressState
	Ambiguity  string
}

// ProgressState is how an indicator or a task stands against elapsed time
// (序时进度).
type ProgressState string

// The four states, and what has no number to compare.
const (
	ProgressDone       ProgressState = "done"        // 完成
	ProgressAhead      ProgressState = "ahead"       // 超序时
	ProgressOnSchedule ProgressState = "on-schedule" // 按序时
	ProgressBehind     ProgressState = "behind"      // 未达序时
	ProgressUnmeasured ProgressState = "unmeasured"  // 无量化目标或者未报
)

// ReportState is how a unit's report stands.
type ReportState string

// The states of a unit's report.
const (
	ReportDue       ReportState = "due"       // 待报
	ReportFiled     ReportState = "filed"     // 已填报，待签
	ReportConfirmed ReportState = "confirmed" // 已签报
	ReportNothing   ReportState = "nothing"   // 无须报送
	ReportMissing   ReportState = "missing"   // 未报
)

// FindingFigures are one finding as the bulletin tells of it.
type FindingFigures struct {
	ID       FindingID
	Unit     models.UnitID
	UnitName string
	// Task is 0 for a finding on the unit itself.
	Task     int
	Severity Severity
	Text     string
	RaisedOn models.Date
	DueOn    models.Date
	State    FindingState
	Light    models.Light
	// Quarter is the cycle that raised it.
	Quarter models.Quarter
}

// OfKind are the unit's goals of one kind, or all of them.
func (u UnitFigures) OfKind(kind models.Kind) GoalFigures { return u.goals(kind) }
