package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
)

// Where a special day comes from: the notice, as seeded, or an official's word,
// which wins.
const (
	dayOfNotice   = "notice"
	dayOfOverride = "override"
)

const (
	dayOff  = "holiday"
	dayWork = "workday"
)

type workdayRow struct {
	Day    string `gorm:"column:day;primaryKey"`
	Origin string `gorm:"column:origin;primaryKey"`
	Kind   string `gorm:"column:kind"`
	Name   string `gorm:"column:name"`
	Source string `gorm:"column:source"`
}

func (workdayRow) TableName() string { return "workdays" }

func (r workdayRow) special() models.SpecialDay {
	return models.SpecialDay{Date: day(r.Day), Working: r.Kind == dayWork, Name: r.Name, Source: r.Source}
}

func newWorkdayRow(special models.SpecialDay, origin string) workdayRow {
	kind := dayOff
	if special.Working {
		kind = dayWork
	}
	return workdayRow{Day: special.Date.String(), Origin: origin, Kind: kind, Name: special.Name, Source: special.Source}
}

type calendarYearRow struct {
	CalendarYear int `gorm:"column:calendar_year;primaryKey;autoIncrement:false"`
}

func (calendarYearRow) TableName() string { return "calendar_years" }

// SaveWorkdays saves the special days of the notices, or brings saved ones to
// the given state, and marks the years as covered in full. Overrides stay.
func (a *Archive) SaveWorkdays(ctx context.Context, days []models.SpecialDay, years []int) error {
	rows := make([]workdayRow, len(days))
	for i, special := range days {
		rows[i] = newWorkdayRow(special, dayOfNotice)
	}
	covered := make([]calendarYearRow, len(years))
	for i, year := range years {
		covered[i] = calendarYearRow{CalendarYear: year}
	}
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := saveRows(tx, rows, "working days"); err != nil || len(covered) == 0 {
			return err
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&covered).Error; err != nil {
			return fmt.Errorf("save covered years: %w", err)
		}
		return nil
	})
	a.pinned.Delete(calendarKey{})
	return err
}

// OverrideWorkday sets one day against the notice.
func (a *Archive) OverrideWorkday(ctx context.Context, special models.SpecialDay, by models.AccountID, now time.Time) error {
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := saveRows(tx, []workdayRow{newWorkdayRow(special, dayOfOverride)}, "working day"); err != nil {
			return err
		}
		return audit(tx, by, now, "workday-overridden", "workday", special.Date.String(), special)
	})
	a.pinned.Delete(calendarKey{})
	return err
}

// Workdays are the special days from the first day to the last, each as it
// holds: an override wins over the notice.
func (a *Archive) Workdays(ctx context.Context, first, last models.Date) ([]models.SpecialDay, error) {
	var rows []workdayRow
	// "notice" sorts before "override", so the day that wins comes last.
	err := a.db(ctx).Where("day >= ? AND day <= ?", first.String(), last.String()).Order("day, origin").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list working days: %w", err)
	}
	var days []models.SpecialDay
	for _, row := range rows {
		if special := row.special(); len(days) > 0 && days[len(days)-1].Date == special.Date {
			days[len(days)-1] = special
		} else {
			days = append(days, special)
		}
	}
	return days, nil
}

// calendarKey is where the calendar is kept between readings.
type calendarKey struct{}

type keptCalendar struct {
	calendar models.Calendar
	until    time.Time
}

// calendarKept is how long another program's change of the calendar may stay
// unseen. Deadlines are counted in days.
const calendarKept = time.Minute

// Calendar knows the working days.
func (a *Archive) Calendar(ctx context.Context) (models.Calendar, error) {
	now := time.Now()
	if cached, found := a.pinned.Load(calendarKey{}); found {
		if kept, isCalendar := cached.(keptCalendar); isCalendar && now.Before(kept.until) {
			return kept.calendar, nil
		}
	}
	days, err := a.Workdays(ctx, models.NewDate(1900, time.January, 1), models.NewDate(2999, time.December, 31))
	if err != nil {
		return models.Calendar{}, err
	}
	var years []calendarYearRow
	if err := a.db(ctx).Order("calendar_year").Find(&years).Error; err != nil {
		return models.Calendar{}, fmt.Errorf("list covered years: %w", err)
	}
	calendar := models.NewCalendar(days, each(years, func(r calendarYearRow) int { return r.CalendarYear }))
	a.pinned.Store(calendarKey{}, keptCalendar{calendar: calendar, until: now.Add(calendarKept)})
	return calendar, nil
}
