package inspection

import (
	"math/big"
	"slices"

	"bangfu/models"
)

// SystemFigure is what bangfu itself knows of an indicator at an instant.
type SystemFigure struct {
	Scope SystemScope
	// Value is a decimal number; empty when nothing is computed.
	Value string
	// Required is the target that follows from the roster, for task 56, whose
	// target is one company a cadre. Met counts each goal at most as often as it
	// is required.
	Required, Met int
	Reason        string
}

// Tally is one indicator of the city in one quarter: what was reported, added
// up, and how it stands.
type Tally struct {
	Indicator models.Indicator
	Basis     Basis
	Answering Answering
	Answerers []Answerer
	// Entries are those of the answerers, in their order.
	Entries []Entry
	// Figures are the sums, part by part; Reported is the one number that is held
	// against the target: the sum, the ratio in percent, the fewest times.
	Figures  []string
	Reported string
	// Target is the number to reach: the plan's, or for task 56 what the roster
	// makes of it; empty when there is none.
	Target string
	// Percent is Reported as a share of Target, never capped; Due the share that
	// should be reached by now.
	Percent, Due string
	System       SystemFigure
	// Difference is Reported less System.Value.
	Difference string
	State      ProgressState
}

// Reporting counts the answerers that have reported.
func (t Tally) Reporting() int { return len(t.Entries) }

// Count is what a tally is made from.
type Count struct {
	Plan    models.Plan
	Quarter models.Quarter
	// Day is the day that progress is held against: the quarter's last, or today
	// while the quarter runs.
	Day       models.Date
	Indicator models.Indicator
	Answering Answering
	Tree      models.UnitTree
	// Entries are the quarter's entries on the indicator, of whomever.
	Entries  []Entry
	System   SystemFigure
	Schedule Schedule
}

// Tally adds up. Only those who answer on the quarter's last day are counted, so
// a unit that was merged is counted once, under its successor.
func (c Count) Tally() Tally {
	basis := BasisOf(c.Indicator)
	tally := Tally{
		Indicator: c.Indicator, Basis: basis, Answering: c.Answering, System: c.System, Target: c.Indicator.Target,
		Answerers: c.Answering.Answerers(c.Tree, c.Quarter.Last()), State: ProgressUnmeasured,
	}
	for _, answerer := range tally.Answerers {
		for _, entry := range c.Entries {
			if entry.Unit == answerer.Unit && entry.Quarter == c.Quarter {
				tally.Entries = append(tally.Entries, entry)
			}
		}
	}
	tally.Figures = Sum(basis, tally.Entries)
	tally.Reported = held(basis, tally.Figures)
	tally.Difference = Deviation(tally.Reported, tally.System.Value)
	c.judge(&tally)
	return tally
}

// held is the one number of the figures that is compared with a target.
func held(basis Basis, figures []string) string {
	switch {
	case len(figures) == 0 || len(figures) != basis.Parts():
		return ""
	case basis == BasisRatio:
		return decimalText(ratio(figures), 2)
	case basis == BasisMonths:
		least := decimalOf(figures[0])
		for _, figure := range figures[1:] {
			if number := decimalOf(figure); number.Less(least) {
				least = number
			}
		}
		return least.String()
	default:
		return figures[0]
	}
}

// ratio is the part of the whole in percent, exactly.
func ratio(figures []string) *big.Rat {
	part, all := decimalOf(figures[0]), decimalOf(figures[1])
	if all.rat().Sign() == 0 {
		return new(big.Rat)
	}
	share := new(big.Rat).Quo(part.rat(), all.rat())
	return share.Mul(share, big.NewRat(100, 1))
}

// judge compares with the target and the schedule.
func (c Count) judge(tally *Tally) {
	value, target := decimalOf(tally.Reported), decimalOf(tally.Target)
	if tally.Basis == BasisRatio && len(tally.Figures) > 0 {
		// The reported text is rounded; what is judged is not.
		value = Decimal{value: ratio(tally.Figures)}
	}
	if tally.System.Scope == SystemExact {
		// What the duty asks for is verified, so it is judged by what is verified.
		value, target = whole(tally.System.Met), whole(tally.System.Required)
		tally.Target = target.String()
	}
	if !target.Known() || target.rat().Sign() == 0 {
		return
	}
	if value.Known() {
		share := new(big.Rat).Quo(value.rat(), target.rat())
		tally.Percent = decimalText(share.Mul(share, big.NewRat(100, 1)), 1)
	}
	if tally.Basis == BasisMonths || tally.Basis == BasisQuarter {
		var times []Decimal
		for _, figure := range tally.Figures {
			times = append(times, decimalOf(figure))
		}
		tally.State = c.Schedule.timesState(times, target, endsOf(tally.Basis, c.Quarter), c.Day)
		return
	}
	elapsed := ElapsedOf(c.Plan, c.Indicator.Period, c.Day)
	tally.Due = elapsed.Percent()
	tally.State = c.Schedule.amountState(value, target, c.Indicator.Qualifier, elapsed)
}

// Worst is how a task stands by its indicators: behind when one is, done when
// all are; what is not measured says nothing unless nothing is measured.
func Worst(states []ProgressState) ProgressState {
	order := []ProgressState{ProgressBehind, ProgressOnSchedule, ProgressAhead, ProgressDone}
	for _, state := range order {
		if slices.Contains(states, state) {
			return state
		}
	}
	return ProgressUnmeasured
}

// TargetText is the target in the plan's own way of reading: 左右, 以上, 至少
// stay words.
func TargetText(indicator models.Indicator) string {
	if indicator.Target == "" {
		return indicator.TargetText
	}
	amount := indicator.Target + indicator.Unit
	switch indicator.Qualifier {
	case models.TargetAbout:
		return amount + "左右"
	case models.TargetAtLeast:
		return amount + "以上"
	case models.TargetExact, models.TargetCadence:
		return amount
	default:
		return amount
	}
}

// Frozen is the tally as a snapshot keeps it: the city's row first, then those of
// units. The only unit that answers has the city's figure and state for its own,
// also when it reported nothing. Of several, one that reported has a row with its
// share.
func (t Tally) Frozen(section string) []IndicatorFigures {
	city := IndicatorFigures{
		Task: t.Indicator.Task, Ordinal: t.Indicator.Ordinal, Section: section, Name: t.Indicator.Name,
		Target: t.Target, Reported: t.Reported, System: t.System.Value, TargetText: TargetText(t.Indicator),
		Measure: t.Indicator.Unit, State: t.State, Ambiguity: t.Indicator.Ambiguity,
	}
	rows := []IndicatorFigures{city}
	if len(t.Answerers) == 1 {
		whole := city
		whole.Unit = t.Answerers[0].Unit
		return append(rows, whole)
	}
	for _, entry := range t.Entries {
		share := city
		// The plan sets no target for a share, so it has no state.
		share.Unit, share.Target, share.System, share.State = entry.Unit, "", "", ProgressUnmeasured
		share.Reported = held(t.Basis, entry.Figures)
		rows = append(rows, share)
	}
	return rows
}

// overlapping are the indicators whose enterprises may be the same ones
// (先引进后孵化), by task and ordinal: their figures are added up and shown beside
// the distinct number.
var overlapping = [][2]int{{1, 1}, {4, 1}, {6, 1}, {7, 1}, {8, 1}, {26, 2}, {27, 2}, {29, 2}}

// Overlaps reports whether an indicator counts enterprises that another one may
// count too.
func Overlaps(indicator models.Indicator) bool {
	return slices.Contains(overlapping, [2]int{indicator.Task, indicator.Ordinal})
}

// Gross adds up what was reported for the overlapping indicators; empty when
// nothing was.
func Gross(tallies []Tally) string {
	var sum Decimal
	for _, tally := range tallies {
		if Overlaps(tally.Indicator) {
			sum = sum.plus(decimalOf(tally.Reported))
		}
	}
	return sum.String()
}
