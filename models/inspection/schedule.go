package inspection

import (
	"math/big"

	"bangfu/models"
)

// Schedule is how progress is held against elapsed time (序时进度). The plan
// says nothing of it, so its numbers are this project's settings.
type Schedule struct {
	// AheadPoints is how many percentage points of the target beyond the elapsed
	// share count as ahead of schedule; from the elapsed share up to there it is
	// on schedule.
	AheadPoints int `json:"aheadPoints" yaml:"aheadPoints"`
	// AboutPercent is by how much of itself a target of "about" (左右) may be
	// missed and still be reached. The plan allows no number: at 0 such a target
	// is shown and not judged.
	AboutPercent int `json:"aboutPercent" yaml:"aboutPercent"`
}

// StandardSchedule are the numbers that a new plan starts from.
var StandardSchedule = Schedule{AheadPoints: 5, AboutPercent: 0}

// Elapsed is a share of days.
type Elapsed struct{ Days, Of int }

// ElapsedOf counts the days up to and including a day of the time that an
// indicator's target is for: the plan's window, or the part of the year in it.
func ElapsedOf(plan models.Plan, period models.Period, day models.Date) Elapsed {
	from, to := plan.From, plan.To
	if period == models.PeriodAnnual {
		from = later(from, models.NewDate(day.Year(), 1, 1))
		to = earlier(to, models.NewDate(day.Year(), 12, 31))
	}
	of := from.DaysUntil(to) + 1
	return Elapsed{Days: min(max(from.DaysUntil(day)+1, 0), of), Of: of}
}

func later(a, b models.Date) models.Date {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b models.Date) models.Date {
	if a.Before(b) {
		return a
	}
	return b
}

// Percent is the elapsed share with one decimal.
func (e Elapsed) Percent() string {
	return decimalText(new(big.Rat).Mul(e.rat(), big.NewRat(100, 1)), 1)
}

// rat is the elapsed share; a time without days has passed.
func (e Elapsed) rat() *big.Rat {
	if e.Of <= 0 {
		return big.NewRat(1, 1)
	}
	return big.NewRat(int64(e.Days), int64(e.Of))
}

// amountState compares an amount with its target and the schedule.
func (s Schedule) amountState(value, target Decimal, qualifier models.Qualifier, elapsed Elapsed) ProgressState {
	if !value.Known() || !target.Known() || target.value.Sign() == 0 {
		return ProgressUnmeasured
	}
	needed := target.value
	if qualifier == models.TargetAbout {
		if s.AboutPercent == 0 {
			return ProgressUnmeasured
		}
		needed = new(big.Rat).Mul(needed, big.NewRat(int64(100-s.AboutPercent), 100))
	}
	if value.value.Cmp(needed) >= 0 {
		return ProgressDone
	}
	share := new(big.Rat).Quo(value.value, needed)
	beyond := share.Sub(share, elapsed.rat())
	switch {
	case beyond.Sign() < 0:
		return ProgressBehind
	case beyond.Cmp(big.NewRat(int64(s.AheadPoints), 100)) >= 0:
		return ProgressAhead
	default:
		return ProgressOnSchedule
	}
}

// timesState judges how often something was done: each month, or the quarter,
// that has ended needs its number. A quarter that still runs may be ahead of
// what has ended, never behind what has not.
func (s Schedule) timesState(times []Decimal, target Decimal, ends []models.Date, day models.Date) ProgressState {
	if len(times) == 0 || len(times) != len(ends) || !target.Known() {
		return ProgressUnmeasured
	}
	ended, met, open := 0, 0, 0
	for i, number := range times {
		reached := !number.Less(target)
		switch {
		case !day.Before(ends[i]):
			ended++
			if !reached {
				return ProgressBehind
			}
			met++
		case reached:
			met, open = met+1, open+1
		}
	}
	switch {
	case met == len(times):
		return ProgressDone
	case open > 0:
		return ProgressAhead
	case ended > 0:
		return ProgressOnSchedule
	default:
		return ProgressUnmeasured
	}
}

// endsOf are the last days of what the figures of a quarter are counted in.
func endsOf(basis Basis, quarter models.Quarter) []models.Date {
	if basis != BasisMonths {
		return []models.Date{quarter.Last()}
	}
	first := quarter.First()
	var ends []models.Date
	for month := range basis.Parts() {
		next := first.Start().In(models.Shanghai).AddDate(0, month+1, 0)
		ends = append(ends, models.DateOf(next).AddDays(-1))
	}
	return ends
}
