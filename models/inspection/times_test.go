package inspection_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

// drawCalendar has holidays and working weekends all over two years.
func drawCalendar(t *rapid.T) models.Calendar {
	first := models.MustDate("2012-12-20")
	special := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) models.SpecialDay {
		return models.SpecialDay{
			Date: first.AddDays(rapid.IntRange(0, 800).Draw(t, "day")), Working: rapid.IntRange(0, 3).Draw(t, "kind") == 0,
		}
	}), 0, 120).Draw(t, "special")
	// The first days of quarters are where it matters.
	for quarter := models.MustQuarter("2013Q1"); quarter.Before(models.MustQuarter("2015Q2")); quarter = quarter.Next() {
		for day := range rapid.IntRange(0, 8).Draw(t, "holidays") {
			special = append(special, models.SpecialDay{Date: quarter.First().AddDays(day)})
		}
	}
	return models.NewCalendar(special, []int{2013, 2014, 2015})
}

func aPlan() models.Plan {
	return models.Plan{ID: "tianjin-2013", From: models.MustDate("2013-01-01"), To: models.MustDate("2014-12-31")}
}

func TestAQuarterIsDueFromItsFirstWorkingDayOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar, plan := drawCalendar(t), aPlan()
		for _, quarter := range plan.Quarters() {
			opens := quarter.OpensOn(calendar)
			require.True(t, calendar.IsWorkday(opens))
			require.True(t, quarter.Last().Before(opens))
			for day := quarter.Next().First(); day.Before(opens); day = day.AddDays(1) {
				require.False(t, calendar.IsWorkday(day), "%s comes before %s", day, opens)
				require.NotContains(t, inspection.DueQuarters(plan, nil, calendar, day), quarter)
			}
			require.Equal(t, []models.Quarter{quarter}, inspection.DueQuarters(plan, nil, calendar, opens), "a plan that was never inspected begins with it")
			require.Empty(t, inspection.DueQuarters(plan, []inspection.Opening{scheduled(quarter, opens)}, calendar, opens), "it is opened once")
		}
	})
}

// scheduled is the opening of a quarter by the schedule on a day.
func scheduled(quarter models.Quarter, day models.Date) inspection.Opening {
	return inspection.Opening{Quarter: quarter, At: day.Start().Add(9 * time.Hour), Scheduled: true}
}

func byQuarter(a, b models.Quarter) int {
	if a.Before(b) {
		return -1
	}
	return 1
}

// TestWhatAScheduleMissedIsCaughtUpAndNothingIsOpenedTwice runs a schedule that
// is down on drawn days.
func TestWhatAScheduleMissedIsCaughtUpAndNothingIsOpenedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar, plan := drawCalendar(t), aPlan()
		var opened []models.Quarter
		var openings []inspection.Opening
		open := func(day models.Date) {
			for _, quarter := range inspection.DueQuarters(plan, openings, calendar, day) {
				require.NotContains(t, opened, quarter)
				require.False(t, day.Before(quarter.OpensOn(calendar)), "%s is not over on %s", quarter, day)
				opened, openings = append(opened, quarter), append(openings, scheduled(quarter, day))
			}
			require.Empty(t, inspection.DueQuarters(plan, openings, calendar, day), "a second run of the day opens nothing")
		}
		day := plan.From.AddDays(rapid.IntRange(0, 200).Draw(t, "start"))
		for ; day.Before(models.MustDate("2015-02-15")); day = day.AddDays(1 + rapid.SampledFrom([]int{0, 0, 0, 0, 30, 120, 250}).Draw(t, "down")) {
			open(day)
		}
		open(models.MustDate("2015-03-01"))
		require.True(t, slices.IsSortedFunc(opened, byQuarter), "from early to late: %v", opened)
		require.Equal(t, models.MustQuarter("2014Q4"), opened[len(opened)-1])
		for i := range opened[1:] {
			require.Equal(t, opened[i].Next(), opened[i+1], "none is left out")
		}
	})
}

// TestAnOldQuarterThatAnInspectorOpensOpensNoOther opens drawn quarters by hand
// long after their time, beside those that were opened as they came.
func TestAnOldQuarterThatAnInspectorOpensOpensNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar, plan := drawCalendar(t), aPlan()
		today := models.MustDate("2014-01-15").AddDays(rapid.IntRange(0, 400).Draw(t, "today"))
		var asTheyCame, byHand []inspection.Opening
		var opened []models.Quarter
		for _, quarter := range plan.Quarters() {
			opens := quarter.OpensOn(calendar)
			late := quarter.Next().Next().First()
			switch rapid.IntRange(0, 3).Draw(t, quarter.String()) {
			case 1:
				asTheyCame = append(asTheyCame, scheduled(quarter, opens))
			case 2:
				// An inspector may be earlier than the schedule, even in the quarter itself.
				at := quarter.First().AddDays(rapid.IntRange(0, 179).Draw(t, "day")).Start()
				asTheyCame = append(asTheyCame, inspection.Opening{Quarter: quarter, At: at})
			case 3:
				if late.Before(today) {
					at := late.AddDays(rapid.IntRange(0, late.DaysUntil(today)).Draw(t, "late")).Start()
					byHand = append(byHand, inspection.Opening{Quarter: quarter, At: at})
					opened = append(opened, quarter)
				}
			}
		}
		without := inspection.DueQuarters(plan, asTheyCame, calendar, today)
		with := inspection.DueQuarters(plan, slices.Concat(asTheyCame, byHand), calendar, today)
		require.ElementsMatch(t, slices.DeleteFunc(without, func(quarter models.Quarter) bool { return slices.Contains(opened, quarter) }), with,
			"what was opened by hand is open, and changes nothing else")
	})
}

func TestAnOldQuarterByHandAndAScheduleThatNeverRan(t *testing.T) {
	plan, calendar, today := aPlan(), models.NewCalendar(nil, []int{2013, 2014, 2015}), models.MustDate("2014-08-04")
	first := models.MustQuarter("2013Q1")
	byHand := inspection.Opening{Quarter: first, At: today.Start()}
	require.Equal(t, []models.Quarter{models.MustQuarter("2014Q2")}, inspection.DueQuarters(plan, []inspection.Opening{byHand}, calendar, today))

	byHand.At = models.MustDate("2013-06-28").Start()
	require.Len(t, inspection.DueQuarters(plan, []inspection.Opening{byHand}, calendar, today), 5, "one that was opened in its time begins the row")
}

func TestTheTimesOfAReportAreWorkingDaysInTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar, rules := drawCalendar(t), inspection.StandardRules()
		at := models.MustDate("2013-01-01").Start().Add(time.Duration(rapid.IntRange(0, 500*24).Draw(t, "hour")) * time.Hour)
		due, reminders := rules.ReportTimes(calendar, at)
		last := models.DateOf(due.Add(-time.Second))
		require.True(t, calendar.IsWorkday(last))
		require.Equal(t, rules.ReportWorkingDays, calendar.WorkdaysBetween(models.DateOf(at), last), "the day of the opening is not counted")
		require.Len(t, reminders, len(rules.ReminderWorkingDays))
		before := at
		for i, reminder := range reminders {
			require.True(t, calendar.IsWorkday(models.DateOf(reminder)))
			require.Equal(t, rules.ReminderWorkingDays[i], calendar.WorkdaysBetween(models.DateOf(reminder), last))
			require.True(t, reminder.After(before) && reminder.Before(due), "%s is not between %s and %s", reminder, before, due)
			before = reminder
		}
	})
}

func TestTheLadderOfAFindingIsCountedInWorkingDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar, rules := drawCalendar(t), inspection.StandardRules()
		at := models.MustDate("2013-01-01").Start().Add(time.Duration(rapid.IntRange(0, 500*24).Draw(t, "hour")) * time.Hour)
		severity := rapid.SampledFrom(inspection.Severities).Draw(t, "severity")
		deadline := rules.FindingDeadline(calendar, severity, at)
		last := models.DateOf(deadline.Due.Add(-time.Second))
		require.Equal(t, rules.SeverityWorkingDays[severity], calendar.WorkdaysBetween(models.DateOf(at), last))
		require.Equal(t, rules.Ladder.BlueWorkingDays, calendar.WorkdaysBetween(models.DateOf(deadline.BlueAt), last))
		require.Equal(t, rules.Ladder.RedWorkingDays, calendar.WorkdaysBetween(last, models.DateOf(deadline.RedAt.Add(-time.Second))))
		require.True(t, at.Before(deadline.BlueAt) && deadline.BlueAt.Before(deadline.Due) && deadline.Due.Before(deadline.RedAt))
		require.Equal(t, deadline, rules.DeadlineOn(calendar, last), "a last day that an inspector names has the same ladder")
	})
}
