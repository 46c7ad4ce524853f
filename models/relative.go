package models

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// RelativeDate is a day that is found again each time it is asked for: a fixed
// day (2014-06-30), or an anchor with a whole number of its own units, such as
// today+30, week-end, month-end+1 (the end of next month). Views keep their
// dates so, and mean tomorrow what they mean today.
type RelativeDate string

// Anchor is what a relative date counts from.
type Anchor string

// The anchors. A week begins on Monday; all days are Shanghai's.
const (
	Today        Anchor = "today"
	WeekStart    Anchor = "week-start"
	WeekEnd      Anchor = "week-end"
	MonthStart   Anchor = "month-start"
	MonthEnd     Anchor = "month-end"
	QuarterStart Anchor = "quarter-start"
	QuarterEnd   Anchor = "quarter-end"
	YearStart    Anchor = "year-start"
	YearEnd      Anchor = "year-end"
)

// Anchors are all anchors.
var Anchors = []Anchor{Today, WeekStart, WeekEnd, MonthStart, MonthEnd, QuarterStart, QuarterEnd, YearStart, YearEnd}

// The number after an anchor is bounded: ten years of days, ten years of weeks.
const (
	relativeDays    = 3660
	relativePeriods = 520
)

// ParseRelativeDate reads a term and gives it in its one way of writing.
func ParseRelativeDate(text string) (RelativeDate, error) {
	if date, err := ParseDate(text); err == nil && !date.IsZero() {
		return RelativeDate(date.String()), nil
	}
	anchor, count, err := splitRelative(text)
	if err != nil {
		return "", err
	}
	if count == 0 {
		return RelativeDate(anchor), nil
	}
	return RelativeDate(fmt.Sprintf("%s%+d", anchor, count)), nil
}

func splitRelative(text string) (Anchor, int, error) {
	for _, anchor := range Anchors {
		rest, found := strings.CutPrefix(text, string(anchor))
		switch {
		case !found:
			continue
		case rest == "":
			return anchor, 0, nil
		case rest[0] != '+' && rest[0] != '-':
			continue
		}
		most := relativePeriods
		if anchor == Today {
			most = relativeDays
		}
		count, err := strconv.Atoi(rest)
		if err != nil || count < -most || count > most {
			return "", 0, fmt.Errorf("relative date %q counts further than %d", text, most)
		}
		return anchor, count, nil
	}
	return "", 0, fmt.Errorf("relative date %q is neither a day nor an anchor", text)
}

// Parts are the anchor and the number after it; false for a fixed day.
func (r RelativeDate) Parts() (Anchor, int, bool) {
	anchor, count, err := splitRelative(string(r))
	return anchor, count, err == nil
}

// On is the day that the term means on another day; no day for a term that
// ParseRelativeDate refuses.
func (r RelativeDate) On(today Date) Date {
	if date, err := ParseDate(string(r)); err == nil {
		return date
	}
	anchor, count, err := splitRelative(string(r))
	if err != nil {
		return Date{}
	}
	return anchor.on(today, count)
}

func (a Anchor) on(today Date, count int) Date {
	monday := today.AddDays(-(int(today.Weekday()) + 6) % 7)
	year, month := today.Year(), today.Start().In(Shanghai).Month()
	quarter := month - (month-1)%3
	// NewDate takes months beyond the year's end into the years after it.
	switch a {
	case Today:
		return today.AddDays(count)
	case WeekStart:
		return monday.AddDays(7 * count)
	case WeekEnd:
		return monday.AddDays(7*count + 6)
	case MonthStart:
		return NewDate(year, month+time.Month(count), 1)
	case MonthEnd:
		return NewDate(year, month+time.Month(count)+1, 1).AddDays(-1)
	case QuarterStart:
		return NewDate(year, quarter+time.Month(3*count), 1)
	case QuarterEnd:
		return NewDate(year, quarter+time.Month(3*count)+3, 1).AddDays(-1)
	case YearStart:
		return NewDate(year+count, time.January, 1)
	case YearEnd:
		return NewDate(year+count, time.December, 31)
	default:
		return Date{}
	}
}
