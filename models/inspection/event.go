package inspection

import (
	"encoding/json"
	"fmt"
	"time"

	"bangfu/models"
)

// Event is one fact of a subject of the inspection: a cycle, a unit's report, a
// sample or a finding. It holds identifiers, codes and instants only; words stay
// in the archive beside it.
type Event struct {
	Subject  string
	Sequence int64
	At       time.Time
	Actor    models.Actor
	Command  models.CommandID
	Body     EventBody
}

// EventBody is the part of an event that differs by kind.
type EventBody interface {
	// EventKind names the event.
	EventKind() models.EventKind
}

// MarshalJSON writes the event with its kind.
func (e Event) MarshalJSON() ([]byte, error) { return e.Fact().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Event) UnmarshalJSON(data []byte) error {
	fact, body, err := models.ReadFact(data, DecodeEventBody)
	if err != nil {
		return err
	}
	*e = Event{
		Subject: fact.Subject, Sequence: fact.Sequence, At: fact.At, Actor: fact.Actor, Command: fact.Command, Body: body,
	}
	return nil
}

// Fact is the event as the log seals it.
func (e Event) Fact() models.Fact {
	return models.Fact{Subject: e.Subject, Sequence: e.Sequence, At: e.At, Actor: e.Actor, Command: e.Command, Body: e.Body}
}

// EventOf reads an entry of the log back.
func EventOf(entry models.Entry) (Event, error) {
	body, err := DecodeEventBody(entry.Kind, []byte(entry.Payload))
	if err != nil {
		return Event{}, fmt.Errorf("event %s/%d: %w", entry.Subject, entry.Sequence, err)
	}
	return Event{
		Subject: entry.Subject, Sequence: entry.Sequence, At: entry.At.UTC(), Actor: entry.Actor, Command: entry.Command, Body: body,
	}, nil
}

// DecodeEventBody reads the payload of an event of the kind.
func DecodeEventBody(kind models.EventKind, payload []byte) (EventBody, error) {
	read, known := eventBodies[kind]
	if !known {
		return nil, fmt.Errorf("an inspection knows no event %q", kind)
	}
	return read(payload)
}

var eventBodies = readers(
	// the cycle
	fact[Opened], fact[Frozen], fact[ReportsAsked], fact[TalkPrompted], fact[Drafted], fact[Edited], fact[CommentsOpened],
	fact[Commented], fact[CommentsClosed], fact[SignaturesAsked], fact[Signed], fact[Recalled], fact[Issued],
	fact[CorrectionBegun], fact[FilesKept], fact[Cancelled],
	// a unit's report
	fact[Asked], fact[Filed], fact[SentBack], fact[Confirmed], fact[Extended], fact[StepPassed], fact[Ended],
	// the sample
	fact[SampleDrawn], fact[Checked], fact[HearingDecided], fact[RevocationAnswered],
	// a finding
	fact[Raised], fact[Answered], fact[Settled], fact[Reopened], fact[Dropped],
)

// fact reads one kind of event; it is told by example which.
func fact[T EventBody](data []byte) (models.EventKind, EventBody, error) {
	var body T
	if data == nil {
		return body.EventKind(), body, nil
	}
	err := json.Unmarshal(data, &body)
	return body.EventKind(), body, err
}

// FirstEvents are the kinds of the events that begin a log.
func FirstEvents() []models.EventKind {
	return []models.EventKind{Opened{}.EventKind(), Asked{}.EventKind(), SampleDrawn{}.EventKind(), Raised{}.EventKind()}
}

// readers indexes readers by the kind that they read.
func readers[K ~string, B any](all ...func([]byte) (K, B, error)) map[K]func([]byte) (B, error) {
	byKind := make(map[K]func([]byte) (B, error), len(all))
	for _, read := range all {
		// Reading nothing cannot fail: it only names the kind.
		kind, _, _ := read(nil)
		byKind[kind] = func(data []byte) (B, error) {
			_, body, err := read(append([]byte{}, data...))
			if err != nil {
				return body, fmt.Errorf("read %s: %w", kind, err)
			}
			return body, nil
		}
	}
	return byKind
}
