package models_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

// aDay draws a day between 1900 and 2100, in the standard library's terms.
func aDay(t *rapid.T, name string) time.Time {
	first := time.Date(1900, 1, 1, 0, 0, 0, 0, models.Shanghai)
	return first.AddDate(0, 0, rapid.IntRange(0, 73413).Draw(t, name))
}

func TestADateIsTheDayOfTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := aDay(t, "day")
		date := models.NewDate(day.Year(), day.Month(), day.Day())
		require.False(t, date.IsZero())
		require.Equal(t, day.Format(time.DateOnly), date.String())
		require.Equal(t, day.Weekday(), date.Weekday())
		require.Equal(t, day.Year(), date.Year())
		require.True(t, day.Equal(date.Start()))
		require.True(t, day.AddDate(0, 0, 1).Equal(date.End()))
		parsed, err := models.ParseDate(date.String())
		require.NoError(t, err)
		require.Equal(t, date, parsed)
		within := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)-1).Draw(t, "within"))
		require.Equal(t, date, models.DateOf(day.Add(within)))
		require.Equal(t, date, models.DateOf(day.Add(within).UTC()))
	})
}

func TestDatesAreCountedAndComparedLikeDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, second := aDay(t, "first"), aDay(t, "second")
		from, to := models.DateOf(first), models.DateOf(second)
		days := int(second.Sub(first) / (24 * time.Hour))
		require.Equal(t, days, from.DaysUntil(to))
		require.Equal(t, to, from.AddDays(days))
		require.Equal(t, first.Before(second), from.Before(to))
		require.Equal(t, first.After(second), from.After(to))
	})
}

func TestADateSurvivesBeingWrittenAndRead(t *testing.T) {
	type form struct {
		On   models.Date `json:"on,omitzero"`
		Then models.Date `json:"then"`
	}
	rapid.Check(t, func(t *rapid.T) {
		written := form{On: models.DateOf(aDay(t, "on"))}
		if rapid.Bool().Draw(t, "then") {
			written.Then = models.DateOf(aDay(t, "day"))
		}
		var read form
		require.NoError(t, json.Unmarshal([]byte(textOf(t, written)), &read))
		require.Equal(t, written, read)
	})
	require.JSONEq(t, `{"then":""}`, textOf(t, form{}))
}

func TestEveryWritableDayDiffersFromNoDay(t *testing.T) {
	for _, text := range []string{"0000-01-01", "0001-01-01", "1969-12-30", "1969-12-31", "1970-01-01", "9999-12-31"} {
		date, err := models.ParseDate(text)
		require.NoError(t, err)
		require.False(t, date.IsZero(), text)
		require.Equal(t, text, date.String())
	}
	require.True(t, models.Date{}.IsZero())
	require.Empty(t, models.Date{}.String())
}

func TestTheDayChangesAtMidnightInShanghai(t *testing.T) {
	require.Equal(t, "2015-12-31", models.DateOf(time.Date(2015, 12, 31, 15, 59, 59, 999999999, time.UTC)).String())
	require.Equal(t, "2016-01-01", models.DateOf(time.Date(2015, 12, 31, 16, 0, 0, 0, time.UTC)).String())
	require.Equal(t, "1969-12-31", models.DateOf(time.Unix(-8*3600, 0).Add(-time.Nanosecond)).String())
	require.Equal(t, "1970-01-01", models.DateOf(time.Unix(-8*3600, 0)).String())
}

func TestADayThatIsNotInTheCalendarIsRefused(t *testing.T) {
	for _, text := range []string{"", "2015-02-29", "1900-02-29", "2015-13-01", "2015-12-32", "2015-1-1", "31.12.2015", "2015-12-31T00:00:00Z", " 2015-12-31"} {
		_, err := models.ParseDate(text)
		require.Error(t, err, text)
	}
	leap, err := models.ParseDate("2000-02-29")
	require.NoError(t, err)
	require.Equal(t, "2000-03-01", leap.AddDays(1).String())
}
