package models

import (
	"fmt"
	"time"
)

// Shanghai is the zone of every date of the plan. China has kept UTC+8 without
// summer time since 1991, so a fixed zone is exact for every plan this archive
// can hold, and no workflow ever loads a location.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a calendar day in Shanghai, written 2006-01-02. The zero value means
// that no date is set.
type Date struct{ days int32 }

// secondsOfDay is exact in Shanghai, whose days all have 24 hours.
const secondsOfDay = 24 * 60 * 60

// firstDay numbers 1970-01-01 so that day 1 is 0000-01-01, the earliest day
// that can be written, and the zero value is no day at all.
const firstDay = 719529

// NewDate is the day with the given year, month and day of the month.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 12, 0, 0, 0, Shanghai))
}

// DateOf is the Shanghai day that holds the instant.
func DateOf(instant time.Time) Date {
	local := instant.Unix() + 8*60*60
	days := local / secondsOfDay
	if local%secondsOfDay < 0 {
		days--
	}
	return Date{days: int32(days) + firstDay}
}

// ParseDate reads 2006-01-02.
func ParseDate(text string) (Date, error) {
	instant, err := time.ParseInLocation(time.DateOnly, text, Shanghai)
	if err != nil {
		return Date{}, fmt.Errorf("date %q is not YYYY-MM-DD", text)
	}
	return DateOf(instant), nil
}

// MustDate is ParseDate for constants and tests.
func MustDate(text string) Date {
	date, err := ParseDate(text)
	if err != nil {
		panic(err)
	}
	return date
}

// Start is the day's first instant, 00:00 in Shanghai, in UTC.
func (d Date) Start() time.Time {
	return time.Unix(int64(d.days-firstDay)*secondsOfDay-8*60*60, 0).UTC()
}

// End is the first instant after the day: 24:00 in Shanghai, in UTC.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// AddDays is the day that many days later, or earlier when negative.
func (d Date) AddDays(days int) Date { return Date{days: d.days + int32(days)} }

// DaysUntil is the number of days from d to other, negative when other is earlier.
func (d Date) DaysUntil(other Date) int { return int(other.days - d.days) }

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.days < other.days }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.days > other.days }

// IsZero reports whether no date is set.
func (d Date) IsZero() bool { return d.days == 0 }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.Start().In(Shanghai).Weekday() }

// Year is the calendar year.
func (d Date) Year() int { return d.Start().In(Shanghai).Year() }

// String writes 2006-01-02, or nothing for the zero value.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Start().In(Shanghai).Format(time.DateOnly)
}

// MarshalText writes the form of String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of String.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	date, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = date
	return nil
}
