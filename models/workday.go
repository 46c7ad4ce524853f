package models

import (
	"cmp"
	"slices"
	"time"
)

// SpecialDay is a day that the State Council's yearly notice lifts out of the
// ordinary week: a holiday, or a weekend day worked in exchange (调休).
type SpecialDay struct {
	Date Date `json:"date" yaml:"date"`
	// Working is true for a weekend day on which people work.
	Working bool   `json:"working" yaml:"working"`
	Name    string `json:"name" yaml:"name"`
	// Source is where the day was taken from.
	Source string `json:"source,omitempty" yaml:"source,omitempty"`
}

// Calendar knows working days in Shanghai. It is plain data: a year that it
// does not cover has ordinary weeks and no holidays, and Covers says so. The
// zero value covers no year.
type Calendar struct {
	special map[Date]bool
	years   map[int]bool
}

// NewCalendar takes the special days of the years that are covered in full.
// A later entry for the same day wins.
func NewCalendar(days []SpecialDay, years []int) Calendar {
	calendar := Calendar{special: make(map[Date]bool, len(days)), years: make(map[int]bool, len(years))}
	for _, day := range days {
		calendar.special[day.Date] = day.Working
	}
	for _, year := range years {
		calendar.years[year] = true
	}
	return calendar
}

// Covers reports whether the year's holidays are known.
func (c Calendar) Covers(year int) bool { return c.years[year] }

// Years are the covered years in order.
func (c Calendar) Years() []int {
	years := make([]int, 0, len(c.years))
	for year := range c.years {
		years = append(years, year)
	}
	slices.SortFunc(years, cmp.Compare[int])
	return years
}

// IsWorkday reports whether people work on the day.
func (c Calendar) IsWorkday(day Date) bool {
	if working, special := c.special[day]; special {
		return working
	}
	weekday := day.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday
}

// AddWorkdays is the n-th working day after the day, or the day itself when n
// is not positive.
func (c Calendar) AddWorkdays(from Date, n int) Date {
	day := from
	for n > 0 {
		day = day.AddDays(1)
		if c.IsWorkday(day) {
			n--
		}
	}
	return day
}

// Deadline is 24:00 in Shanghai of the n-th working day after the day of the
// instant, so the day on which the clock starts is never counted.
func (c Calendar) Deadline(at time.Time, n int) time.Time {
	return c.AddWorkdays(DateOf(at), n).End()
}

// WorkdaysBetween counts the working days after from up to and including to;
// negative when to is earlier.
func (c Calendar) WorkdaysBetween(from, to Date) int {
	if to.Before(from) {
		return -c.WorkdaysBetween(to, from)
	}
	count := 0
	for day := from.AddDays(1); !day.After(to); day = day.AddDays(1) {
		if c.IsWorkday(day) {
			count++
		}
	}
	return count
}
