package models

import (
	"slices"
	"time"
)

// Obligation is the aggregate of one cadre's duty under one plan (帮扶责任). It
// decides commands into events and evolves by applying events; nothing else
// changes it. The zero value is an obligation that is not enrolled yet.
type Obligation struct {
	ID     ObligationID  `json:"id"`
	Unit   UnitID        `json:"unit"`
	Policy PolicyVersion `json:"policy"`
	// From is the first day of the window; each goal has its own last day.
	From  Date   `json:"from"`
	Goals []Goal `json:"goals"`
	// PlanDue is the due date the goals started with; extensions count from it.
	PlanDue     Date         `json:"planDue"`
	Records     []Record     `json:"records,omitempty"`
	Suspensions []Suspension `json:"suspensions,omitempty"`
	// Passed are the rungs that were reached, each at most once.
	Passed []RungID `json:"passed,omitempty"`
	Closed Ground   `json:"closed,omitempty"`
	// Sequence is that of the last event applied, At its instant.
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
}

// Suspension is one entry of the ledger that stops the clock.
type Suspension struct {
	From  Date `json:"from"`
	Until Date `json:"until,omitzero"`
	// Resumed is the first day on which the clock runs again, if it was resumed.
	Resumed Date `json:"resumed,omitzero"`
}

// end is the instant at which the clock runs again; false while that is open.
func (s Suspension) end() (time.Time, bool) {
	switch {
	case !s.Resumed.IsZero():
		return s.Resumed.Start(), true
	case !s.Until.IsZero():
		return s.Until.End(), true
	default:
		return time.Time{}, false
	}
}

// Enrolled reports whether the duty began.
func (o *Obligation) Enrolled() bool { return o.Sequence > 0 }

// Record finds a record of the obligation.
func (o *Obligation) Record(id RecordID) (Record, bool) {
	if i := o.recordIndex(id); i >= 0 {
		return o.Records[i], true
	}
	return Record{}, false
}

func (o *Obligation) recordIndex(id RecordID) int {
	return slices.IndexFunc(o.Records, func(r Record) bool { return r.ID == id })
}

// Goal finds the goal of a kind.
func (o *Obligation) Goal(kind Kind) (Goal, bool) {
	i := slices.IndexFunc(o.Goals, func(g Goal) bool { return g.Kind == kind })
	if i < 0 {
		return Goal{}, false
	}
	return o.Goals[i], true
}

// Credits counts the credited records of a kind.
func (o *Obligation) Credits(kind Kind) int {
	count := 0
	for _, record := range o.Records {
		if record.Kind == kind && record.State == StateCredited {
			count++
		}
	}
	return count
}

// Met reports whether every goal is fulfilled or exempted.
func (o *Obligation) Met() bool {
	for _, goal := range o.Goals {
		if !o.goalMet(goal) {
			return false
		}
	}
	return true
}

func (o *Obligation) goalMet(goal Goal) bool {
	return goal.Exempted || o.Credits(goal.Kind) >= goal.Required
}

// SuspendedAt returns the suspension that stops the clock at the instant.
func (o *Obligation) SuspendedAt(instant time.Time) (Suspension, bool) {
	for _, suspension := range o.Suspensions {
		end, closed := suspension.end()
		if !instant.Before(suspension.From.Start()) && (!closed || instant.Before(end)) {
			return suspension, true
		}
	}
	return Suspension{}, false
}

// shift moves an instant counted in running days of the clock by every
// suspended day that began before it. It returns false when an open suspension
// keeps the instant from ever coming.
func (o *Obligation) shift(nominal time.Time) (time.Time, bool) {
	for _, suspension := range o.Suspensions {
		start := suspension.From.Start()
		if !start.Before(nominal) {
			continue
		}
		end, closed := suspension.end()
		if !closed {
			return time.Time{}, false
		}
		if end.After(start) {
			nominal = nominal.Add(end.Sub(start))
		}
	}
	return nominal, true
}

// DueAt is the instant at which the goal becomes due: 24:00 of its due date,
// moved by the suspension ledger. It is false while an open suspension holds it.
func (o *Obligation) DueAt(goal Goal) (time.Time, bool) { return o.shift(goal.Due.End()) }

// Decide turns a command into the events that follow from it, or a *Refusal.
// It does not change the obligation. Events are never earlier than the last
// one, so a clock that jumps back cannot disorder the archive.
func (o *Obligation) Decide(c Command, rules Rules) ([]Event, error) {
	if c.Body == nil {
		return nil, Refuse(RefusedUnknownCommand)
	}
	if err := o.admit(c); err != nil {
		return nil, err
	}
	if err := rules.approved(c); err != nil {
		return nil, err
	}
	c.At = c.At.UTC().Truncate(time.Microsecond)
	c.requested = c.At
	c.At = later(c.At, o.At)
	bodies, err := c.Body.decide(o, rules, c)
	if err != nil {
		return nil, err
	}
	subject := o.ID.Subject()
	if enrolled, ok := bodies[0].(Enrolled); ok {
		subject = enrolled.Obligation.Subject()
	}
	events := make([]Event, len(bodies))
	for i, body := range bodies {
		events[i] = Event{
			Subject: subject, Sequence: o.Sequence + int64(i) + 1, At: c.At,
			Actor: c.Actor, Command: c.ID, Body: body,
		}
	}
	return events, nil
}

// admit refuses what no state of the goals or records can allow.
func (o *Obligation) admit(c Command) error {
	kind := c.Body.CommandKind()
	switch {
	case kind == CommandEnrol && o.Enrolled():
		return Refuse(RefusedAlreadyEnrolled)
	case kind == CommandEnrol:
		return nil
	case !o.Enrolled():
		return Refuse(RefusedNotEnrolled)
	case o.Closed != "":
		return Refuse(RefusedClosed, "ground", string(o.Closed))
	case kind.relieves() && c.Actor.actsFor(o.ID.Cadre):
		return Refuse(RefusedOwnClaim)
	default:
		return nil
	}
}

// Apply evolves the obligation by one event. Events must come in order.
func (o *Obligation) Apply(e Event) {
	e.Body.apply(o, e)
	o.Sequence = e.Sequence
	o.At = e.At
}

// Rebuild applies events in order to a new obligation.
func Rebuild(events []Event) Obligation {
	var obligation Obligation
	for _, event := range events {
		obligation.Apply(event)
	}
	return obligation
}
