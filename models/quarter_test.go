package models_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

func aQuarter(t *rapid.T) models.Quarter {
	return models.NewQuarter(rapid.IntRange(1990, 2090).Draw(t, "year"), rapid.IntRange(1, 4).Draw(t, "number"))
}

func TestEveryDayLiesInExactlyOneQuarter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quarter := aQuarter(t)
		day := quarter.First().AddDays(rapid.IntRange(0, quarter.First().DaysUntil(quarter.Last())).Draw(t, "day"))
		require.Equal(t, quarter, models.QuarterOf(day))
		require.True(t, quarter.Holds(day))
		require.False(t, quarter.Next().Holds(day))
		require.False(t, quarter.Previous().Holds(day))
	})
}

func TestQuartersMeetWithoutAGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quarter := aQuarter(t)
		require.Equal(t, quarter.Next().First(), quarter.Last().AddDays(1))
		require.Equal(t, quarter.Next().First().Start(), quarter.End())
		require.Equal(t, quarter, models.QuarterOf(models.DateOf(quarter.End().Add(-time.Nanosecond))))
		require.Equal(t, quarter.Next(), models.QuarterOf(models.DateOf(quarter.End())))
		days := quarter.First().DaysUntil(quarter.Last()) + 1
		require.True(t, days >= 90 && days <= 92, days)
	})
}

func TestQuartersAreCountedOnAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quarter, steps := aQuarter(t), rapid.IntRange(-200, 200).Draw(t, "steps")
		there := quarter.Add(steps)
		require.Equal(t, quarter, there.Add(-steps))
		require.Equal(t, steps > 0, quarter.Before(there))
		require.Equal(t, quarter.Number(), quarter.YearBefore().Number())
		require.Equal(t, quarter.Year()-1, quarter.YearBefore().Year())
	})
}

func TestAQuarterIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quarter := aQuarter(t)
		read, err := models.ParseQuarter(quarter.String())
		require.NoError(t, err)
		require.Equal(t, quarter, read)
		text, err := json.Marshal(map[string]models.Quarter{"quarter": quarter})
		require.NoError(t, err)
		var back map[string]models.Quarter
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, quarter, back["quarter"])
	})
	for _, wrong := range []string{"", "2013", "2013Q0", "2013Q5", "2013q1", "13Q1", "2013Q01", "+013Q1", "2013Q1 ", "2013-Q1", "0000Q1"} {
		_, err := models.ParseQuarter(wrong)
		require.Error(t, err, wrong)
	}
}

func TestAnInspectionOpensOnTheFirstWorkingDayAfterTheQuarter(t *testing.T) {
	calendar := models.NewCalendar([]models.SpecialDay{
		{Date: models.MustDate("2014-01-01"), Name: "元旦"},
		{Date: models.MustDate("2013-10-01"), Name: "国庆节"},
		{Date: models.MustDate("2013-10-02")},
		{Date: models.MustDate("2013-10-03")},
		{Date: models.MustDate("2013-10-04")},
		{Date: models.MustDate("2013-10-07")},
	}, []int{2013, 2014})
	require.Equal(t, "2013-04-01", models.MustQuarter("2013Q1").OpensOn(calendar).String())
	require.Equal(t, "2013-07-01", models.MustQuarter("2013Q2").OpensOn(calendar).String())
	require.Equal(t, "2013-10-08", models.MustQuarter("2013Q3").OpensOn(calendar).String())
	require.Equal(t, "2014-01-02", models.MustQuarter("2013Q4").OpensOn(calendar).String())
	rapid.Check(t, func(t *rapid.T) {
		quarter := aQuarter(t)
		opens := quarter.OpensOn(calendar)
		require.True(t, opens.After(quarter.Last()) && calendar.IsWorkday(opens))
		for day := quarter.Last().AddDays(1); day.Before(opens); day = day.AddDays(1) {
			require.False(t, calendar.IsWorkday(day))
		}
	})
}

func TestAPlanOfThreeYearsHasTwelveQuarters(t *testing.T) {
	plan := models.Plan{From: models.MustDate("2013-01-01"), To: models.MustDate("2015-12-31")}
	quarters := plan.Quarters()
	require.Len(t, quarters, 12)
	require.Equal(t, "2013Q1", quarters[0].String())
	require.Equal(t, "2015Q4", quarters[11].String())
}

func TestNoQuarterIsNoText(t *testing.T) {
	var quarter models.Quarter
	require.NoError(t, quarter.UnmarshalText(nil))
	require.True(t, quarter.IsZero())
	require.Empty(t, quarter.String())
	require.Error(t, quarter.UnmarshalText([]byte("2013Q9")))
	require.True(t, models.NewQuarter(0, 1).IsZero())
}
