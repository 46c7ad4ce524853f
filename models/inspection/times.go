package inspection

import (
	"time"

	"bangfu/models"
)

// ReportTimes are when a unit's report is due and when it is reminded, counted in
// working days from the day of the instant. Reminders are sent at 09:00.
func (r Rules) ReportTimes(calendar models.Calendar, at time.Time) (due time.Time, reminders []time.Time) {
	last := calendar.AddWorkdays(models.DateOf(at), r.ReportWorkingDays)
	for _, before := range r.ReminderWorkingDays {
		day := calendar.AddWorkdays(models.DateOf(at), r.ReportWorkingDays-before)
		reminders = append(reminders, day.Start().Add(morning))
	}
	return last.End(), reminders
}

// ExtendedTimes are the same for a last day that an inspector names: the reminders
// are counted back from it, and those that lie before the instant are left out.
func (r Rules) ExtendedTimes(calendar models.Calendar, last models.Date, at time.Time) (due time.Time, reminders []time.Time) {
	for _, before := range r.ReminderWorkingDays {
		if reminder := workdaysBefore(calendar, last, before).Start().Add(morning); reminder.After(at) {
			reminders = append(reminders, reminder)
		}
	}
	return last.End(), reminders
}

// workdaysBefore is the day that many working days before another.
func workdaysBefore(calendar models.Calendar, day models.Date, workdays int) models.Date {
	for left := workdays; left > 0; {
		day = day.AddDays(-1)
		if calendar.IsWorkday(day) {
			left--
		}
	}
	return day
}

// morning is when offices open.
const morning = 9 * time.Hour

// FindingDeadline is the time for a rectification of the severity, with the
// instants of its ladder, counted in working days from the day of the instant.
func (r Rules) FindingDeadline(calendar models.Calendar, severity Severity, at time.Time) Deadline {
	return r.deadline(calendar, calendar.AddWorkdays(models.DateOf(at), r.SeverityWorkingDays[severity]))
}

// deadline is the ladder around a last day that an inspector may also name.
func (r Rules) deadline(calendar models.Calendar, last models.Date) Deadline {
	return Deadline{
		BlueAt: workdaysBefore(calendar, last, r.Ladder.BlueWorkingDays).Start().Add(morning), Due: last.End(),
		RedAt: calendar.AddWorkdays(last, r.Ladder.RedWorkingDays).End(),
	}
}

// DeadlineOn is the ladder around a last day that an inspector names.
func (r Rules) DeadlineOn(calendar models.Calendar, last models.Date) Deadline {
	return r.deadline(calendar, last)
}

// HearingDue is until when a unit and a cadre may be heard.
func (r Rules) HearingDue(calendar models.Calendar, at time.Time) time.Time {
	return calendar.Deadline(at, r.Ladder.HearingWorkingDays)
}

// CommentsDue is until when units may comment on a draft.
func (r Rules) CommentsDue(calendar models.Calendar, at time.Time) time.Time {
	return calendar.Deadline(at, r.CommentWorkingDays)
}

// Opening is how the cycle of a quarter came to be opened.
type Opening struct {
	Quarter models.Quarter
	At      time.Time
	// Scheduled: the schedule opened it, and not an inspector.
	Scheduled bool
}

// inItsTime reports whether the quarter was inspected as it came: by the schedule,
// or by an inspector before the quarter after it was over. An old one that an
// inspector opens later says nothing of the quarters since.
func (o Opening) inItsTime() bool {
	return o.Scheduled || o.At.Before(o.Quarter.Next().End())
}

// DueQuarters are the quarters of a plan whose inspection should be open on a day
// and is not, from early to late: the quarter before the day's, from its first
// working day on, and those that were missed since the earliest that was opened
// in its time. While there is none, it is the quarter before the day's alone: what
// lies further back, an inspector opens.
func DueQuarters(plan models.Plan, opened []Opening, calendar models.Calendar, today models.Date) []models.Quarter {
	last := models.QuarterOf(today).Previous()
	if today.Before(last.OpensOn(calendar)) {
		last = last.Previous()
	}
	first := last
	open := make(map[models.Quarter]bool, len(opened))
	for _, opening := range opened {
		open[opening.Quarter] = true
		if opening.inItsTime() && opening.Quarter.Before(first) {
			first = opening.Quarter
		}
	}
	var due []models.Quarter
	for _, quarter := range plan.Quarters() {
		if !quarter.Before(first) && !last.Before(quarter) && !open[quarter] {
			due = append(due, quarter)
		}
	}
	return due
}
