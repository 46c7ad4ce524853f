package inspection

import (
	"time"

	"bangfu/models"
)

// Aggregate is one subject of the inspection: it decides commands into events
// and evolves by applying them; nothing else changes it.
type Aggregate interface {
	// Log tells how far the subject's log has come.
	Log() Position
	// Decide turns a command into the events that follow from it, or a
	// *models.Refusal. It changes nothing.
	Decide(c Command) ([]Event, error)
	// Apply evolves the aggregate by one event. Events must come in order.
	Apply(e Event)
	// NextStep is the next step of the clock if no command comes.
	NextStep() (Step, bool)
	// Over reports whether no workflow needs to host it any more. A later command
	// may open it again.
	Over() bool
}

// Position is where the log of a subject has come to.
type Position struct {
	Subject string `json:"subject"`
	// Sequence is that of the last event applied, At its instant.
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
}

// Log is the position itself, for the aggregates that embed it.
func (p Position) Log() Position { return p }

// advance moves the position to an event.
func (p *Position) advance(e Event) { p.Subject, p.Sequence, p.At = e.Subject, e.Sequence, e.At }

// StepID names one step of a subject's clock; each is passed at most once.
type StepID string

// Step is a step of the clock: a reminder, a deadline, the turning of a light.
type Step struct {
	ID StepID
	At time.Time
}

// CommandID is the idempotency key of the command that passes the step.
func (s Step) CommandID(subject string) models.CommandID {
	return models.CommandID(subject + "/" + string(s.ID))
}

// earliest is the earliest of some steps that have an instant and are not passed.
func earliest(passed []StepID, steps ...Step) (Step, bool) {
	var first Step
	for _, step := range steps {
		if step.At.IsZero() || contains(passed, step.ID) {
			continue
		}
		if first.ID == "" || step.At.Before(first.At) {
			first = step
		}
	}
	return first, first.ID != ""
}

func contains(passed []StepID, id StepID) bool {
	for _, one := range passed {
		if one == id {
			return true
		}
	}
	return false
}

// instantOf is the instant of the events of a command: never earlier than the last
// one, so that a clock that jumps back cannot disorder the log.
func (p Position) instantOf(c Command) time.Time {
	at := c.At.UTC().Truncate(time.Microsecond)
	if p.At.After(at) {
		return p.At
	}
	return at
}

// numbered makes the events of a command, which follow the position.
func numbered(p Position, subject string, c Command, bodies ...EventBody) []Event {
	at := p.instantOf(c)
	events := make([]Event, len(bodies))
	for i, body := range bodies {
		events[i] = Event{
			Subject: subject, Sequence: p.Sequence + int64(i) + 1, At: at, Actor: c.Actor, Command: c.ID, Body: body,
		}
	}
	return events
}

// Rebuild applies events in order to a new aggregate.
func Rebuild(into Aggregate, events []Event) {
	for _, event := range events {
		into.Apply(event)
	}
}

// New is the empty aggregate of a subject, by the beginning of its name; nil for
// a subject that is none of the inspection's.
func New(subject string) Aggregate {
	switch kindOf(subject) {
	case cyclePrefix:
		return &Inspection{}
	case reportPrefix:
		return &UnitReport{}
	case samplePrefix:
		return &Sample{}
	case findingPrefix:
		return &Finding{}
	default:
		return nil
	}
}
