package inspection_test

import (
	"fmt"
	"math/big"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

// The plan of the tests is the real one's window.
var plan = models.Plan{ID: "p", From: models.MustDate("2013-01-01"), To: models.MustDate("2015-12-31")}

// amounts are figures in hundredths, so that tests can reckon in integers.
func amount(hundredths int) string {
	return big.NewRat(int64(hundredths), 100).FloatString(2)
}

func anIndicator(period models.Period, target string) models.Indicator {
	return models.Indicator{Plan: "p", Task: 3, Ordinal: 1, Name: "引进技术", Target: target, Unit: "项", Period: period, Qualifier: models.TargetExact}
}

// reported is one department's word on an indicator in a quarter.
func reported(quarter string, figures ...string) inspection.Entry {
	return inspection.Entry{Quarter: models.MustQuarter(quarter), Task: 3, Ordinal: 1, Unit: "kw", Figures: figures}
}

// counted is the tally of a department's figures at the quarter's end.
func counted(indicator models.Indicator, quarter string, entries ...inspection.Entry) inspection.Tally {
	at := models.MustQuarter(quarter)
	return inspection.Count{
		Plan: plan, Quarter: at, Day: at.Last(), Indicator: indicator, Entries: entries, Schedule: inspection.StandardSchedule,
		Answering: inspection.Answering{Units: []models.UnitID{"kw"}},
		Tree:      models.NewUnitTree([]models.Unit{{ID: "kw", Kind: models.UnitDepartment}}),
	}.Tally()
}

func TestFiguresAreReadAsOfficialsWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"1000": "1000", "1,000": "1000", "１２．５０": "12.5", " 7 ": "7", "0": "0", "0.0": "0", "007": "7",
	} {
		number, read := inspection.ParseDecimal(text)
		require.True(t, read, text)
		require.Equal(t, want, number.String())
	}
	for _, text := range []string{"", "-1", "+1", "1e3", "1/2", ".5", "1.", "1.23456", "0x10", "约100", "1234567890123456", "NaN"} {
		_, read := inspection.ParseDecimal(text)
		require.False(t, read, text)
	}
}

func TestAFigureStaysTheSameHoweverOftenItIsWrittenAndRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := amount(rapid.IntRange(0, 1<<40).Draw(t, "hundredths"))
		first, read := inspection.ParseDecimal(text)
		require.True(t, read)
		second, read := inspection.ParseDecimal(first.String())
		require.True(t, read)
		require.Equal(t, first.String(), second.String())
	})
}

func TestTheCitysFigureIsTheExactSumOfTheSharesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := rapid.SliceOfN(rapid.IntRange(0, 1<<30), 1, 20).Draw(t, "shares")
		var entries, backwards []inspection.Entry
		sum := 0
		for _, share := range shares {
			sum += share
			entry := reported("2013Q4", amount(share))
			entries, backwards = append(entries, entry), append([]inspection.Entry{entry}, backwards...)
		}
		want, _ := inspection.ParseDecimal(amount(sum))
		require.Equal(t, []string{want.String()}, inspection.Sum(inspection.BasisCumulative, entries))
		require.Equal(t, []string{want.String()}, inspection.Sum(inspection.BasisCumulative, backwards))
	})
}

func TestARatioIsWeighedByItsWholesAndLiesBetweenTheSharesRatios(t *testing.T) {
	indicator := anIndicator(models.PeriodStock, "50")
	indicator.Unit = "%"
	require.Equal(t, inspection.BasisRatio, inspection.BasisOf(indicator))
	sums := inspection.Sum(inspection.BasisRatio, []inspection.Entry{reported("2013Q4", "9", "10"), reported("2013Q4", "0", "90")})
	require.Equal(t, []string{"9", "100"}, sums, "not the mean of 90% and 0%")
	tally := counted(indicator, "2015Q4", reported("2015Q4", "500", "1000"))
	require.Equal(t, "50", tally.Reported)
	require.Equal(t, inspection.ProgressDone, tally.State)
	tally = counted(indicator, "2015Q4", reported("2015Q4", "49999", "100000"))
	require.Equal(t, "50", tally.Reported, "shown with two digits")
	require.Equal(t, inspection.ProgressBehind, tally.State, "judged by all of them")
}

func TestFourStatesCoverEveryMeasuredFigureAndExcludeEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := rapid.IntRange(1, 10000).Draw(t, "target")
		value := rapid.IntRange(0, 20000).Draw(t, "value")
		quarter := plan.Quarters()[rapid.IntRange(0, 11).Draw(t, "quarter")]
		period := rapid.SampledFrom([]models.Period{models.PeriodTotal, models.PeriodAnnual, models.PeriodStock}).Draw(t, "period")
		elapsed := inspection.ElapsedOf(plan, period, quarter.Last())
		tally := counted(anIndicator(period, strconv.Itoa(target)), quarter.String(), reported(quarter.String(), strconv.Itoa(value)))
		// The same four definitions in integers.
		left, right, margin := 100*value*elapsed.Of, 100*elapsed.Days*target, inspection.StandardSchedule.AheadPoints*target*elapsed.Of
		holds := map[inspection.ProgressState]bool{
			inspection.ProgressDone:       value >= target,
			inspection.ProgressAhead:      value < target && left >= right+margin,
			inspection.ProgressOnSchedule: value < target && left >= right && left < right+margin,
			inspection.ProgressBehind:     value < target && left < right,
		}
		count := 0
		for _, held := range holds {
			if held {
				count++
			}
		}
		require.Equal(t, 1, count)
		require.True(t, holds[tally.State], "%s: %d of %d, %d of %d days", tally.State, value, target, elapsed.Days, elapsed.Of)
	})
}

func TestStatesTurnExactlyAtTheirBoundaries(t *testing.T) {
	// 2014-12-31 is day 730 of 1095: exactly two thirds of the window.
	indicator := anIndicator(models.PeriodTotal, "300")
	for value, want := range map[string]inspection.ProgressState{
		"199.9999": inspection.ProgressBehind, "200": inspection.ProgressOnSchedule, "214.9999": inspection.ProgressOnSchedule,
		"215": inspection.ProgressAhead, "299.9999": inspection.ProgressAhead, "300": inspection.ProgressDone, "450": inspection.ProgressDone,
	} {
		require.Equal(t, want, counted(indicator, "2014Q4", reported("2014Q4", value)).State, value)
	}
}

func TestWhatIsMoreThanTheTargetIsShownAndNotCapped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.IntRange(1, 50).Draw(t, "times")
		tally := counted(anIndicator(models.PeriodTotal, "40"), "2013Q1", reported("2013Q1", strconv.Itoa(40*times)))
		require.Equal(t, strconv.Itoa(100*times), tally.Percent)
		require.Equal(t, inspection.ProgressDone, tally.State)
	})
}

func TestMoreIsNeverAWorseState(t *testing.T) {
	rank := map[inspection.ProgressState]int{
		inspection.ProgressBehind: 1, inspection.ProgressOnSchedule: 2, inspection.ProgressAhead: 3, inspection.ProgressDone: 4,
	}
	rapid.Check(t, func(t *rapid.T) {
		less, more := rapid.IntRange(0, 5000).Draw(t, "less"), rapid.IntRange(0, 5000).Draw(t, "more")
		state := func(value int) int {
			return rank[counted(anIndicator(models.PeriodTotal, "3000"), "2014Q2", reported("2014Q2", strconv.Itoa(value))).State]
		}
		require.LessOrEqual(t, state(less), state(less+more))
	})
}

func TestAnAnnualFigureIsHeldAgainstItsYearAndATotalAgainstTheWindow(t *testing.T) {
	require.Equal(t, inspection.Elapsed{Days: 90, Of: 365}, inspection.ElapsedOf(plan, models.PeriodAnnual, models.MustDate("2014-03-31")))
	require.Equal(t, inspection.Elapsed{Days: 455, Of: 1095}, inspection.ElapsedOf(plan, models.PeriodTotal, models.MustDate("2014-03-31")))
	late := models.Plan{From: models.MustDate("2013-10-01"), To: models.MustDate("2016-09-30")}
	require.Equal(t, inspection.Elapsed{Days: 92, Of: 92}, inspection.ElapsedOf(late, models.PeriodAnnual, models.MustDate("2013-12-31")),
		"a year counts only as far as the plan lies in it")
}

func TestWhatIsAskedForEachMonthNeedsEachMonth(t *testing.T) {
	indicator := anIndicator(models.PeriodMonthly, "1")
	for want, figures := range map[inspection.ProgressState][]string{
		inspection.ProgressDone: {"1", "2", "1"}, inspection.ProgressBehind: {"9", "0", "9"},
	} {
		require.Equal(t, want, counted(indicator, "2013Q2", reported("2013Q2", figures...)).State)
	}
	at := models.MustQuarter("2013Q2")
	count := inspection.Count{
		Plan: plan, Quarter: at, Indicator: indicator, Schedule: inspection.StandardSchedule,
		Entries:   []inspection.Entry{reported("2013Q2", "1", "0", "0")},
		Answering: inspection.Answering{Units: []models.UnitID{"kw"}}, Tree: models.NewUnitTree([]models.Unit{{ID: "kw"}}),
	}
	for day, want := range map[string]inspection.ProgressState{
		"2013-04-29": inspection.ProgressAhead, "2013-04-30": inspection.ProgressOnSchedule,
		"2013-05-30": inspection.ProgressOnSchedule, "2013-05-31": inspection.ProgressBehind,
	} {
		count.Day = models.MustDate(day)
		require.Equal(t, want, count.Tally().State, day)
	}
}

func TestWhatThePlanLeavesOpenIsShownAndNotJudged(t *testing.T) {
	about := anIndicator(models.PeriodAnnual, "20")
	about.Qualifier, about.Unit = models.TargetAbout, "场"
	tally := counted(about, "2013Q4", reported("2013Q4", "25"))
	require.Equal(t, inspection.ProgressUnmeasured, tally.State)
	require.Equal(t, "125", tally.Percent)
	require.Equal(t, "20场左右", inspection.TargetText(about))

	cadence := models.Indicator{Task: 10, Ordinal: 1, TargetText: "原文未写次数", Unit: "次", Period: models.PeriodMonthly, Qualifier: models.TargetCadence}
	tally = counted(cadence, "2013Q4", inspection.Entry{Quarter: models.MustQuarter("2013Q4"), Unit: "kw", Figures: []string{"1", "1", "1"}})
	require.Equal(t, inspection.ProgressUnmeasured, tally.State)
	require.Equal(t, "1", tally.Reported)
	require.Equal(t, "原文未写次数", inspection.TargetText(cadence))
	require.Equal(t, inspection.ProgressUnmeasured, counted(anIndicator(models.PeriodTotal, "300"), "2013Q4").State, "nobody reported")
}

func TestAboutIsJudgedOnlyWithATolerance(t *testing.T) {
	indicator := anIndicator(models.PeriodTotal, "20")
	indicator.Qualifier = models.TargetAbout
	at := models.MustQuarter("2015Q4")
	count := inspection.Count{
		Plan: plan, Quarter: at, Day: at.Last(), Indicator: indicator, Schedule: inspection.Schedule{AheadPoints: 5, AboutPercent: 10},
		Answering: inspection.Answering{Units: []models.UnitID{"kw"}}, Tree: models.NewUnitTree([]models.Unit{{ID: "kw"}}),
	}
	for value, want := range map[string]inspection.ProgressState{"17.9999": inspection.ProgressBehind, "18": inspection.ProgressDone} {
		count.Entries = []inspection.Entry{reported("2015Q4", value)}
		require.Equal(t, want, count.Tally().State)
	}
}

func TestACumulativeFigureFallsOnlyWithANote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, now := rapid.IntRange(0, 500).Draw(t, "before"), rapid.IntRange(0, 500).Draw(t, "now")
		former := reported("2013Q3", strconv.Itoa(before))
		entry := reported("2013Q4", strconv.Itoa(now))
		faults := inspection.CheckEntry(anIndicator(models.PeriodTotal, "300"), entry, &former)
		if now < before {
			require.Equal(t, []inspection.FaultAt{{Field: "note", Fault: inspection.FaultFell}}, faults)
			entry.Note = "上季度多计，已更正"
			faults = inspection.CheckEntry(anIndicator(models.PeriodTotal, "300"), entry, &former)
		}
		require.Empty(t, faults)
	})
}

func TestAYearsFigureStartsAnewInJanuaryAndAStockMayFall(t *testing.T) {
	december, january := reported("2013Q4", "100"), reported("2014Q1", "10")
	require.Empty(t, inspection.CheckEntry(anIndicator(models.PeriodAnnual, "100"), january, &december))
	april := reported("2014Q2", "9")
	require.NotEmpty(t, inspection.CheckEntry(anIndicator(models.PeriodAnnual, "100"), april, &january))
	require.Empty(t, inspection.CheckEntry(anIndicator(models.PeriodStock, "100"), april, &january))
}

func TestAnEntryThatCannotBeReadIsRefusedWithItsFault(t *testing.T) {
	ratio := anIndicator(models.PeriodStock, "50")
	ratio.Unit = "%"
	task := inspection.TaskItem(models.Task{Plan: "p", Number: 5})
	cadence := models.Indicator{Task: 10, Ordinal: 1, Unit: "次", Period: models.PeriodMonthly, Qualifier: models.TargetCadence}
	for name, given := range map[string]struct {
		indicator models.Indicator
		entry     inspection.Entry
		want      inspection.EntryFault
	}{
		"no figure":     {anIndicator(models.PeriodTotal, "3"), inspection.Entry{Milestone: "正在推进"}, inspection.FaultNoFigure},
		"two figures":   {anIndicator(models.PeriodTotal, "3"), reported("2013Q1", "1", "2"), inspection.FaultFigures},
		"a word":        {anIndicator(models.PeriodTotal, "3"), reported("2013Q1", "三"), inspection.FaultNumber},
		"negative":      {anIndicator(models.PeriodTotal, "3"), reported("2013Q1", "-3"), inspection.FaultNumber},
		"half a time":   {anIndicator(models.PeriodMonthly, "1"), reported("2013Q1", "1", "0.5", "1"), inspection.FaultWhole},
		"part of none":  {ratio, reported("2013Q1", "0", "0"), inspection.FaultRatio},
		"over a whole":  {ratio, reported("2013Q1", "11", "10"), inspection.FaultRatio},
		"nothing":       {task, inspection.Entry{}, inspection.FaultNoWord},
		"only space":    {cadence, inspection.Entry{Milestone: " \n"}, inspection.FaultNoWord},
		"figure, words": {task, inspection.Entry{Figures: []string{"1"}, Milestone: "已建立"}, inspection.FaultFigures},
	} {
		require.Equal(t, []inspection.FaultAt{{Field: "figures", Fault: given.want}}, inspection.CheckEntry(given.indicator, given.entry, nil), name)
	}
	require.Empty(t, inspection.CheckEntry(task, inspection.Entry{Milestone: "已建立数据库"}, nil))
	require.Empty(t, inspection.CheckEntry(cadence, inspection.Entry{Milestone: "已办两场"}, nil))
}

func TestEveryPeriodHasABasisWithItsParts(t *testing.T) {
	for _, period := range models.Periods {
		basis := inspection.BasisOf(anIndicator(period, "1"))
		require.Contains(t, inspection.Bases, basis)
		require.Positive(t, basis.Parts(), period)
	}
	require.Zero(t, inspection.BasisOf(inspection.TaskItem(models.Task{Number: 5})).Parts())
}

func TestTheDifferenceIsSignedAndExact(t *testing.T) {
	for _, given := range [][3]string{{"10", "7", "+3"}, {"7", "10", "-3"}, {"0.3", "0.1", "+0.2"}, {"5", "5", "0"}, {"", "5", ""}, {"5", "", ""}} {
		require.Equal(t, given[2], inspection.Deviation(given[0], given[1]), fmt.Sprint(given))
	}
}
