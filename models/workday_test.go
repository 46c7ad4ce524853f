package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

// springFestival2013 is the State Council's arrangement: rest 9–15 February,
// work on Saturday 16 and Sunday 17.
func springFestival2013() models.Calendar {
	var days []models.SpecialDay
	for day := models.MustDate("2013-02-09"); !day.After(models.MustDate("2013-02-15")); day = day.AddDays(1) {
		days = append(days, models.SpecialDay{Date: day, Name: "春节"})
	}
	for _, text := range []string{"2013-02-16", "2013-02-17"} {
		days = append(days, models.SpecialDay{Date: models.MustDate(text), Working: true, Name: "春节调休"})
	}
	return models.NewCalendar(days, []int{2013})
}

func TestAMakeUpSaturdayIsAWorkday(t *testing.T) {
	calendar := springFestival2013()
	require.True(t, calendar.IsWorkday(models.MustDate("2013-02-16")))
	require.False(t, calendar.IsWorkday(models.MustDate("2013-02-14")))
	require.False(t, calendar.IsWorkday(models.MustDate("2013-02-23")))
}

func TestADeadlineSkipsTheFestivalAndCountsMakeUpDays(t *testing.T) {
	calendar := springFestival2013()
	at := time.Date(2013, 2, 8, 16, 30, 0, 0, models.Shanghai)
	// Friday the 8th does not count; 16, 17, 18, 19, 20 are the five days.
	require.Equal(t, models.MustDate("2013-02-20"), calendar.AddWorkdays(models.DateOf(at), 5))
	require.Equal(t, time.Date(2013, 2, 21, 0, 0, 0, 0, models.Shanghai).UTC(), calendar.Deadline(at, 5))
}

func TestAYearWithoutDataHasOrdinaryWeeks(t *testing.T) {
	calendar := springFestival2013()
	require.True(t, calendar.Covers(2013))
	require.False(t, calendar.Covers(2014))
	require.True(t, calendar.IsWorkday(models.MustDate("2014-01-01")), "unknown year: a Wednesday")
	require.False(t, models.Calendar{}.IsWorkday(models.MustDate("2013-02-16")), "zero calendar: a Saturday")
	require.Equal(t, []int{2013}, calendar.Years())
}

func dateAround2013() *rapid.Generator[models.Date] {
	return rapid.Custom(func(t *rapid.T) models.Date {
		return models.MustDate("2013-01-15").AddDays(rapid.IntRange(0, 120).Draw(t, "day"))
	})
}

func TestCountingAndAddingWorkdaysAgree(t *testing.T) {
	calendar := springFestival2013()
	rapid.Check(t, func(t *rapid.T) {
		from := dateAround2013().Draw(t, "from")
		n := rapid.IntRange(1, 40).Draw(t, "n")
		to := calendar.AddWorkdays(from, n)
		if !calendar.IsWorkday(to) {
			t.Fatalf("%s + %d ends on %s, no workday", from, n, to)
		}
		if got := calendar.WorkdaysBetween(from, to); got != n {
			t.Fatalf("%s to %s counts %d, want %d", from, to, got, n)
		}
		if got := calendar.WorkdaysBetween(to, from); got != -n {
			t.Fatalf("%s back to %s counts %d, want %d", to, from, got, -n)
		}
	})
}

func TestDeadlinesNeverComeEarlierForALaterStart(t *testing.T) {
	calendar := springFestival2013()
	rapid.Check(t, func(t *rapid.T) {
		start := dateAround2013().Draw(t, "day").Start()
		at := start.Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)-1).Draw(t, "within")))
		later := at.Add(time.Duration(rapid.Int64Range(0, int64(240*time.Hour)).Draw(t, "gap")))
		n := rapid.IntRange(1, 20).Draw(t, "n")
		first, second := calendar.Deadline(at, n), calendar.Deadline(later, n)
		if second.Before(first) || !first.After(at) {
			t.Fatalf("deadlines %s and %s of %s and %s", first, second, at, later)
		}
		if calendar.Deadline(at, n+1).Before(first) {
			t.Fatal("one more day ends earlier")
		}
		// No summer time: every deadline is midnight in Shanghai, 16:00 UTC.
		if first.Hour() != 16 || first.Minute() != 0 || first.Location() != time.UTC {
			t.Fatalf("deadline %s is not 24:00 in Shanghai", first)
		}
	})
}

func TestALaterEntryOverridesAnEarlierOne(t *testing.T) {
	day := models.MustDate("2015-09-03")
	calendar := models.NewCalendar([]models.SpecialDay{{Date: day, Working: true}, {Date: day, Name: "抗战胜利70周年"}}, nil)
	require.False(t, calendar.IsWorkday(day))
}
