package models

import (
	"cmp"
	"slices"
)

// Outcome is what a unit's cadres have achieved, as verified by the reviewers:
// the only thing that units are ranked by.
type Outcome struct {
	Unit UnitID
	// Cadres are those with a duty; Required and Met count goals, each met at
	// most as often as required; Credits counts every credit.
	Cadres, Required, Met, Credits int
}

// RankedOutcome is an outcome with its place.
type RankedOutcome struct {
	Outcome
	// Place is shared by equals; 0 is shown unranked.
	Place int
}

// RankLeast is the smallest number of required goals that is ranked: below it
// chance decides. It is this project's setting, not the plan's word.
const RankLeast = 9

// RankOutcomes is RankOutcomesFrom with RankLeast.
func RankOutcomes(outcomes []Outcome) []RankedOutcome { return RankOutcomesFrom(outcomes, RankLeast) }

// RankOutcomesFrom orders units by the share of required goals that are met.
// Equals share a place and the next place counts them; units with fewer than
// least required goals come last, unranked. The result does not depend on the
// order of the input.
func RankOutcomesFrom(outcomes []Outcome, least int) []RankedOutcome {
	// A share of nothing has no place, whatever the policy says.
	least = max(least, 1)
	ranked := make([]RankedOutcome, len(outcomes))
	for i, outcome := range outcomes {
		ranked[i] = RankedOutcome{Outcome: outcome}
	}
	slices.SortFunc(ranked, func(a, b RankedOutcome) int {
		if small := cmp.Compare(smallness(a.Outcome, least), smallness(b.Outcome, least)); small != 0 {
			return small
		}
		// Shares of nothing compare with nothing; small units stand by their code.
		if share := compareShares(b.Outcome, a.Outcome); share != 0 && a.Required >= least {
			return share
		}
		return cmp.Compare(a.Unit, b.Unit)
	})
	for i := range ranked {
		switch {
		case ranked[i].Required < least:
		case i > 0 && compareShares(ranked[i-1].Outcome, ranked[i].Outcome) == 0:
			ranked[i].Place = ranked[i-1].Place
		default:
			ranked[i].Place = i + 1
		}
	}
	return ranked
}

func smallness(outcome Outcome, least int) int {
	if outcome.Required < least {
		return 1
	}
	return 0
}

// compareShares compares met/required exactly, without dividing.
func compareShares(a, b Outcome) int {
	return cmp.Compare(int64(a.Met)*int64(b.Required), int64(b.Met)*int64(a.Required))
}

// paceMonths is how many whole months the present pace is taken from.
const paceMonths = 6

// Forecast says where the present pace leads. It assumes that the pace of the
// last months goes on; it knows nothing of seasons or of what is under review.
type Forecast struct {
	// Months are the months that the pace was taken from, MetThen the goals met
	// in them.
	Months, MetThen int
	// MonthsLeft are those until the plan ends; Expected is how many goals will
	// be met then, at most Required.
	MonthsLeft, Required, Met, Expected int
}

// Shortfall is how many goals will be missing when the plan ends.
func (f Forecast) Shortfall() int { return max(0, f.Required-f.Expected) }

// Foresee carries the pace of the last whole months on until the plan's end.
// metByMonth are the goals met in each whole month so far, oldest first.
func Foresee(metByMonth []int, required, met, monthsLeft int) Forecast {
	recent := metByMonth[max(0, len(metByMonth)-paceMonths):]
	forecast := Forecast{Months: len(recent), MonthsLeft: max(0, monthsLeft), Required: required, Met: met}
	for _, number := range recent {
		forecast.MetThen += number
	}
	forecast.Expected = met
	if forecast.Months > 0 {
		forecast.Expected += forecast.MetThen * forecast.MonthsLeft / forecast.Months
	}
	forecast.Expected = max(met, min(forecast.Expected, required))
	return forecast
}
