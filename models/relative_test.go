package models_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

// edges are days at which a week, month, quarter or year turns.
func aDayNearAnEdge(t *rapid.T) models.Date {
	first := time.Date(1990+rapid.IntRange(0, 80).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, 12, 0, 0, 0, models.Shanghai)
	return models.DateOf(first).AddDays(rapid.IntRange(-8, 8).Draw(t, "beside"))
}

func TestTheTermsOfAViewMeanTheBoundsOfWeekMonthQuarterAndYear(t *testing.T) {
	periods := []struct {
		start, end models.Anchor
		// same reports whether two days lie in one period.
		same func(a, b time.Time) bool
	}{
		{models.WeekStart, models.WeekEnd, func(a, b time.Time) bool {
			year, week := a.ISOWeek()
			other, same := b.ISOWeek()
			return year == other && week == same
		}},
		{models.MonthStart, models.MonthEnd, func(a, b time.Time) bool { return a.Year() == b.Year() && a.Month() == b.Month() }},
		{models.QuarterStart, models.QuarterEnd, func(a, b time.Time) bool {
			return a.Year() == b.Year() && (a.Month()-1)/3 == (b.Month()-1)/3
		}},
		{models.YearStart, models.YearEnd, func(a, b time.Time) bool { return a.Year() == b.Year() }},
	}
	rapid.Check(t, func(t *rapid.T) {
		today := aDayNearAnEdge(t)
		in := func(day models.Date) time.Time { return day.Start().In(models.Shanghai) }
		for _, period := range periods {
			start, end := models.RelativeDate(period.start).On(today), models.RelativeDate(period.end).On(today)
			require.False(t, today.Before(start) || today.After(end), "%s", period.start)
			require.True(t, period.same(in(start), in(end)), "%s to %s is one period", start, end)
			require.False(t, period.same(in(start.AddDays(-1)), in(today)), "%s begins it", start)
			require.False(t, period.same(in(end.AddDays(1)), in(today)), "%s ends it", end)
			count := rapid.IntRange(-30, 30).Draw(t, "count")
			next := models.RelativeDate(fmt.Sprintf("%s%+d", period.start, count+1)).On(today)
			this := models.RelativeDate(fmt.Sprintf("%s%+d", period.end, count)).On(today)
			require.Equal(t, next, this.AddDays(1), "one period follows another without a gap")
		}
		days := rapid.IntRange(-3000, 3000).Draw(t, "days")
		require.Equal(t, today.AddDays(days), models.RelativeDate(fmt.Sprintf("today%+d", days)).On(today))
		fixed := aDayNearAnEdge(t)
		require.Equal(t, fixed, models.RelativeDate(fixed.String()).On(today))
	})
}

func TestATermHasOneWayOfWritingAndUnknownOnesAreRefused(t *testing.T) {
	for text, written := range map[string]models.RelativeDate{
		"today": "today", "today+0": "today", "today-7": "today-7", "month-end+1": "month-end+1", "today+030": "today+30",
		"2014-06-30": "2014-06-30",
	} {
		term, err := models.ParseRelativeDate(text)
		require.NoError(t, err)
		require.Equal(t, written, term)
	}
	for _, text := range []string{"", "tomorrow", "today+", "today*2", "today+99999", "todayx", "week", "2014-02-30", "today+1 ", "month-end+1.5"} {
		_, err := models.ParseRelativeDate(text)
		require.Error(t, err, text)
	}
}
