package models

import (
	"slices"
	"time"
)

// OverdueSpan is when a goal was overdue, with what is known today. From is its
// first instant; zero means never so far. Until is the instant at which it
// ended; zero means that it still goes on, or will once From has come.
type OverdueSpan struct{ From, Until time.Time }

// Holds reports whether the goal was overdue at the instant.
func (s OverdueSpan) Holds(asOf time.Time) bool {
	return reached(s.From, asOf) && !reached(s.Until, asOf)
}

// OverdueSpan is when the goal was overdue. It is one span, because nothing but
// enough credits or the end of the duty ends it. At any instant it says what
// Known at that instant and Standing say, so that a count of past months needs
// no more than two stored instants.
//
// Known today are all extensions, exemptions and suspensions, whenever they were
// granted, and whether a claim was credited in the end: one made in time kept
// the goal from being overdue until then, one refused gave no time.
func (o *Obligation) OverdueSpan(goal Goal) OverdueSpan {
	due, comes := o.DueAt(goal)
	hold := o.holdOf(goal, due, comes)
	if goal.Exempted || !comes || hold.open {
		return OverdueSpan{}
	}
	span := OverdueSpan{From: later(due, hold.until), Until: o.metAt(goal)}
	for _, record := range o.Records {
		if record.Kind == goal.Kind && record.State == StateCredited && record.SubmittedAt.Before(due) {
			span.From = later(span.From, record.CreditedAt)
		}
	}
	if o.Closed != "" {
		span.Until = earlier(span.Until, o.At)
	}
	if reached(span.Until, span.From) {
		return OverdueSpan{}
	}
	return span
}

// metAt is when the goal's last required credit was given; zero while it is not
// met.
func (o *Obligation) metAt(goal Goal) time.Time {
	var credits []time.Time
	for _, record := range o.Records {
		if record.Kind == goal.Kind && record.State == StateCredited {
			credits = append(credits, record.CreditedAt)
		}
	}
	if goal.Required <= 0 || len(credits) < goal.Required {
		return time.Time{}
	}
	slices.SortFunc(credits, time.Time.Compare)
	return credits[goal.Required-1]
}

// Known is the obligation as it was at an instant, with what is known today: a
// claim that was credited later is still under review, one made later is not
// there, a duty closed later is open. Standing of it is then the standing at
// that instant.
func (o *Obligation) Known(asOf time.Time) Obligation {
	known := *o
	known.Records = nil
	for _, record := range o.Records {
		if record.SubmittedAt.After(asOf) {
			continue
		}
		if record.State == StateCredited && record.CreditedAt.After(asOf) {
			record.State, record.CreditedAt = StateUnderReview, time.Time{}
		}
		known.Records = append(known.Records, record)
	}
	if known.Closed != "" && known.At.After(asOf) {
		known.Closed = ""
	}
	return known
}
