package inspection

import (
	"strings"
	"unicode/utf8"

	"bangfu/models"
)

// Basis says what a unit writes down for an indicator in a quarter. It is the
// figure that the unit has at hand, so that nobody adds up before reporting.
type Basis string

// The bases, by what their figures are.
const (
	BasisCumulative Basis = "cumulative"   // 自计划开始累计
	BasisYearToDate Basis = "year-to-date" // 本年以来累计
	BasisQuarter    Basis = "quarter"      // 本季度次数
	BasisMonths     Basis = "months"       // 本季度各月次数
	BasisStock      Basis = "stock"        // 季末存量
	BasisRatio      Basis = "ratio"        // 季末：其中数、总数
	BasisMilestone  Basis = "milestone"    // 只报进展，没有数字
)

// Bases are all bases.
var Bases = []Basis{
	BasisCumulative, BasisYearToDate, BasisQuarter, BasisMonths, BasisStock, BasisRatio, BasisMilestone,
}

// percentUnit is the unit of an indicator that is a share of a whole.
const percentUnit = "%"

// BasisOf is what units write down for an indicator.
func BasisOf(indicator models.Indicator) Basis {
	switch {
	case indicator.Ordinal == 0:
		return BasisMilestone
	case indicator.Unit == percentUnit:
		return BasisRatio
	}
	switch indicator.Period {
	case models.PeriodTotal:
		return BasisCumulative
	case models.PeriodAnnual:
		return BasisYearToDate
	case models.PeriodQuarterly:
		return BasisQuarter
	case models.PeriodMonthly:
		return BasisMonths
	case models.PeriodStock:
		return BasisStock
	default:
		return BasisMilestone
	}
}

// Parts is how many figures an entry on the basis has.
func (b Basis) Parts() int {
	switch b {
	case BasisMonths:
		return 3
	case BasisRatio:
		return 2
	case BasisMilestone:
		return 0
	case BasisCumulative, BasisYearToDate, BasisQuarter, BasisStock:
		return 1
	default:
		return 0
	}
}

// TaskItem stands for a task for which the plan names neither number nor
// cadence: its progress is told in words, under ordinal 0.
func TaskItem(task models.Task) models.Indicator {
	return models.Indicator{
		Plan: task.Plan, Task: task.Number, Name: "任务进展", TargetText: "原文没有数量和频次",
		Period: models.PeriodTotal, Qualifier: models.TargetCadence, Verbatim: task.Text, LeadText: task.LeadText,
	}
}

// Items is all that is reported on in a quarter, by task and ordinal: every
// indicator, and every task that has none.
func Items(tasks []models.Task, indicators []models.Indicator) []models.Indicator {
	byTask := map[int][]models.Indicator{}
	for _, indicator := range indicators {
		byTask[indicator.Task] = append(byTask[indicator.Task], indicator)
	}
	var items []models.Indicator
	for _, task := range tasks {
		if own := byTask[task.Number]; len(own) > 0 {
			items = append(items, own...)
			continue
		}
		items = append(items, TaskItem(task))
	}
	return items
}

// Entry is one unit's word on one indicator in one quarter (指标进展).
type Entry struct {
	Quarter models.Quarter `json:"quarter"`
	Task    int            `json:"task"`
	Ordinal int            `json:"ordinal"`
	Unit    models.UnitID  `json:"unit"`
	// Figures are as many decimal numbers as the basis has parts, or none.
	Figures []string `json:"figures"`
	// Milestone says in words how far things are, Note why a figure is what it is.
	Milestone string              `json:"milestone"`
	Note      string              `json:"note"`
	Evidence  []models.EvidenceID `json:"evidence"`
}

// Empty reports whether nothing was reported.
func (e Entry) Empty() bool { return len(e.Figures) == 0 && e.Milestone == "" }

// EntryFault is why an entry cannot be kept.
type EntryFault string

// The faults of an entry.
const (
	FaultNoWord     EntryFault = "no-word"      // neither a figure nor a milestone
	FaultNoFigure   EntryFault = "no-figure"    // the plan names a number and the entry none
	FaultFigures    EntryFault = "figures"      // more or fewer figures than the basis has
	FaultNumber     EntryFault = "number"       // a figure is no number
	FaultWhole      EntryFault = "whole"        // times are counted in whole numbers
	FaultRatio      EntryFault = "ratio"        // a part of nothing, or larger than the whole
	FaultFell       EntryFault = "fell"         // a cumulative figure fell and no note says why
	FaultMilestone  EntryFault = "milestone"    // the milestone is too long
	FaultNote       EntryFault = "note"         // the note is too long
	FaultEvidence   EntryFault = "evidence"     // too many pieces of evidence
	FaultNotAnswers EntryFault = "not-answers"  // the unit does not answer for the indicator
	FaultNotBegun   EntryFault = "not-begun"    // the quarter has not begun
	FaultOutside    EntryFault = "outside-plan" // the quarter lies outside the plan
)

// Limits of an entry.
const (
	MostWords    = 2000
	MostEvidence = 20
)

// FaultAt is a fault with the field that it is about.
type FaultAt struct {
	Field string
	Fault EntryFault
}

// CheckEntry answers why an entry cannot be kept; nothing when it can. former is
// what the unit, with those merged into it, had reported for the quarter before;
// nil when nothing.
func CheckEntry(indicator models.Indicator, entry Entry, former *Entry) []FaultAt {
	basis := BasisOf(indicator)
	var faults []FaultAt
	if fault := checkFigures(indicator, basis, entry); fault != "" {
		faults = append(faults, FaultAt{Field: "figures", Fault: fault})
	} else if Fell(basis, entry, former) && strings.TrimSpace(entry.Note) == "" {
		faults = append(faults, FaultAt{Field: "note", Fault: FaultFell})
	}
	if utf8.RuneCountInString(entry.Milestone) > MostWords {
		faults = append(faults, FaultAt{Field: "milestone", Fault: FaultMilestone})
	}
	if utf8.RuneCountInString(entry.Note) > MostWords {
		faults = append(faults, FaultAt{Field: "note", Fault: FaultNote})
	}
	if len(entry.Evidence) > MostEvidence {
		faults = append(faults, FaultAt{Field: "evidence", Fault: FaultEvidence})
	}
	return faults
}

func checkFigures(indicator models.Indicator, basis Basis, entry Entry) EntryFault {
	if len(entry.Figures) == 0 {
		switch {
		case indicator.Target != "":
			return FaultNoFigure
		case strings.TrimSpace(entry.Milestone) == "":
			return FaultNoWord
		default:
			return ""
		}
	}
	if len(entry.Figures) != basis.Parts() {
		return FaultFigures
	}
	for _, figure := range entry.Figures {
		number, read := ParseDecimal(figure)
		switch {
		case !read:
			return FaultNumber
		case (basis == BasisMonths || basis == BasisQuarter) && !number.value.IsInt():
			return FaultWhole
		}
	}
	if basis == BasisRatio {
		part, all := decimalOf(entry.Figures[0]), decimalOf(entry.Figures[1])
		if all.value.Sign() == 0 || all.Less(part) {
			return FaultRatio
		}
	}
	return ""
}

// Fell reports whether a figure that can only grow is smaller than before: what
// is counted since the plan's start, and within a year what is counted in it.
func Fell(basis Basis, entry Entry, former *Entry) bool {
	if former == nil || len(entry.Figures) != 1 || len(former.Figures) != 1 {
		return false
	}
	grows := basis == BasisCumulative ||
		basis == BasisYearToDate && entry.Quarter.Year() == former.Quarter.Year()
	return grows && decimalOf(entry.Figures[0]).Less(decimalOf(former.Figures[0]))
}

// Canonical writes the figures in one form and takes space off the words.
func (e Entry) Canonical() Entry {
	figures := []string{}
	for _, figure := range e.Figures {
		if number, read := ParseDecimal(figure); read {
			figure = number.String()
		}
		figures = append(figures, figure)
	}
	e.Figures = figures
	e.Milestone, e.Note = strings.TrimSpace(e.Milestone), strings.TrimSpace(e.Note)
	if e.Evidence == nil {
		e.Evidence = []models.EvidenceID{}
	}
	return e
}

// Sum adds the figures of entries part by part: ratios are weighed by their
// wholes, sums and times add up. It answers nothing when no entry has figures.
func Sum(basis Basis, entries []Entry) []string {
	sums := make([]Decimal, basis.Parts())
	for _, entry := range entries {
		if len(entry.Figures) != len(sums) {
			continue
		}
		for i, figure := range entry.Figures {
			sums[i] = sums[i].plus(decimalOf(figure))
		}
	}
	var figures []string
	for _, sum := range sums {
		if !sum.Known() {
			return nil
		}
		figures = append(figures, sum.String())
	}
	return figures
}
