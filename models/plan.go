package models

// Plan is an action plan (行动计划): a window of days, tasks, and the duty that
// task 56 lays on every cadre.
type Plan struct {
	ID    PlanID `json:"id" yaml:"id"`
	Title string `json:"title" yaml:"title"`
	// From and To are the first and the last day of the plan.
	From Date `json:"from" yaml:"from"`
	To   Date `json:"to" yaml:"to"`
	// Policy is the version that new obligations of the plan pin.
	Policy PolicyVersion `json:"policy" yaml:"policy"`
	// Demonstration marks a plan whose people, companies and acts are invented.
	Demonstration bool `json:"demonstration,omitempty" yaml:"demonstration,omitempty"`
}

// Holds reports whether the day lies inside the plan's window.
func (p Plan) Holds(day Date) bool { return !day.Before(p.From) && !day.After(p.To) }

// Task is one numbered task of a plan (任务), in the plan's own words.
type Task struct {
	Plan    PlanID `json:"plan" yaml:"plan"`
	Number  int    `json:"number" yaml:"number"`
	Section string `json:"section" yaml:"section"`
	KeyWork string `json:"keyWork" yaml:"keyWork"`
	Text    string `json:"text" yaml:"text"`
	// Leads are the units that lead the task, in the plan's order. A lead that
	// names many units at once is a unit of kind UnitGroup.
	Leads []UnitID `json:"leads" yaml:"leads"`
	// LeadText is the plan's own list of leads (牵头部门).
	LeadText string `json:"leadText" yaml:"leadText"`
}

// Period says over what time an indicator's target is counted.
type Period string

// The periods of the plan's indicators.
const (
	PeriodTotal     Period = "total"     // 三年累计
	PeriodAnnual    Period = "annual"    // 每年
	PeriodQuarterly Period = "quarterly" // 每季度
	PeriodMonthly   Period = "monthly"   // 每月
	PeriodStock     Period = "stock"     // 期末存量（达到）
)

// Periods are all periods.
var Periods = []Period{PeriodTotal, PeriodAnnual, PeriodQuarterly, PeriodMonthly, PeriodStock}

// Qualifier says how a target is to be read.
type Qualifier string

// The qualifiers of the plan's indicators.
const (
	TargetExact   Qualifier = "exact"
	TargetAtLeast Qualifier = "at-least" // 以上、至少
	TargetAbout   Qualifier = "about"    // 左右
	TargetCadence Qualifier = "cadence"  // only how often, no number
)

// Qualifiers are all qualifiers.
var Qualifiers = []Qualifier{TargetExact, TargetAtLeast, TargetAbout, TargetCadence}

// Indicator is one figure or cadence that a task asks for (指标).
type Indicator struct {
	Plan PlanID `json:"plan" yaml:"plan"`
	Task int    `json:"task" yaml:"task"`
	// Ordinal numbers the indicators of one task from 1.
	Ordinal int    `json:"ordinal" yaml:"ordinal"`
	Name    string `json:"name" yaml:"name"`
	// Target is a decimal number, empty when the plan states none.
	Target string `json:"target,omitempty" yaml:"target,omitempty"`
	// TargetText is what people read instead of a missing number.
	TargetText string    `json:"targetText,omitempty" yaml:"targetText,omitempty"`
	Unit       string    `json:"unit" yaml:"unit"`
	Period     Period    `json:"period" yaml:"period"`
	Qualifier  Qualifier `json:"qualifier" yaml:"qualifier"`
	// Verbatim is the passage of the task's text that the indicator rests on.
	Verbatim string `json:"verbatim" yaml:"verbatim"`
	LeadText string `json:"leadText" yaml:"leadText"`
	// Ambiguity says what the plan leaves open here; it is shown, never guessed.
	Ambiguity string `json:"ambiguity,omitempty" yaml:"ambiguity,omitempty"`
}

// Numeric reports whether the plan asks for an amount rather than a cadence.
func (i Indicator) Numeric() bool { return i.Target != "" && i.Qualifier != TargetCadence }
