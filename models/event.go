package models

import (
	"encoding/json"
	"time"
)

// EventKind names a fact of an obligation's life.
type EventKind string

// Every kind of event of an obligation.
const (
	EventEnrolled         EventKind = "enrolled"
	EventRecordSubmitted  EventKind = "record-submitted"
	EventRecordWithdrawn  EventKind = "record-withdrawn"
	EventRecordAccepted   EventKind = "record-accepted"
	EventRecordCredited   EventKind = "record-credited"
	EventRecordReturned   EventKind = "record-returned"
	EventRecordRejected   EventKind = "record-rejected"
	EventRecordDisputed   EventKind = "record-disputed"
	EventDisputeUpheld    EventKind = "dispute-upheld"
	EventDisputeDismissed EventKind = "dispute-dismissed"
	EventRecordYielded    EventKind = "record-yielded"
	EventCreditRevoked    EventKind = "credit-revoked"
	EventSuspended        EventKind = "suspended"
	EventResumed          EventKind = "resumed"
	EventExtended         EventKind = "extended"
	EventExempted         EventKind = "exempted"
	EventTransferred      EventKind = "transferred"
	EventPolicyAdopted    EventKind = "policy-adopted"
	EventRungPassed       EventKind = "rung-passed"
	EventClosed           EventKind = "closed"
)

// Event is one fact of a subject, numbered without gaps from 1.
type Event struct {
	Subject  string
	Sequence int64
	At       time.Time
	Actor    Actor
	Command  CommandID
	Body     EventBody
}

// MarshalJSON writes the event with its kind.
func (e Event) MarshalJSON() ([]byte, error) { return e.Fact().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Event) UnmarshalJSON(data []byte) error {
	fact, body, err := ReadFact(data, DecodeEventBody)
	if err != nil {
		return err
	}
	*e = Event{
		Subject: fact.Subject, Sequence: fact.Sequence, At: fact.At, Actor: fact.Actor, Command: fact.Command, Body: body,
	}
	return nil
}

// Fact is the event as the log seals it.
func (e Event) Fact() Fact {
	return Fact{Subject: e.Subject, Sequence: e.Sequence, At: e.At, Actor: e.Actor, Command: e.Command, Body: e.Body}
}

// EventBody is the part of an event that differs by kind.
type EventBody interface {
	// EventKind names the event.
	EventKind() EventKind
	// apply changes the obligation; it trusts that the event was decided.
	apply(o *Obligation, e Event)
}

// The facts. Where a fact says no more than its command, it holds the command.
type (
	// Enrolled says that the duty began, with these goals under this policy version.
	Enrolled struct {
		Obligation ObligationID  `json:"obligation"`
		Unit       UnitID        `json:"unit"`
		Policy     PolicyVersion `json:"policy"`
		From       Date          `json:"from"`
		Due        Date          `json:"due"`
		Goals      []Goal        `json:"goals"`
	}
	// RecordSubmitted says that a claim, or a corrected claim, went to a stage.
	// Counted is the submission instant that counts against the due instant.
	RecordSubmitted struct {
		Submit
		Stage   Stage     `json:"stage"`
		Counted time.Time `json:"counted"`
	}
	// RecordWithdrawn says that the claimant took the claim back.
	RecordWithdrawn struct{ Withdraw }
	// RecordAccepted says that a stage accepted; Next is the stage that acts next.
	RecordAccepted struct {
		Accept
		Next Stage `json:"next,omitempty"`
	}
	// RecordCredited says that the last stage accepted: the record counts.
	RecordCredited struct {
		Record     RecordID      `json:"record"`
		Kind       Kind          `json:"kind"`
		Enterprise EnterpriseKey `json:"enterprise"`
	}
	// RecordReturned says that the record went back for correction, for the
	// Round-th time.
	RecordReturned struct {
		Return
		Round int `json:"round"`
	}
	// RecordRejected says that the record was refused for good.
	RecordRejected struct{ Reject }
	// RecordDisputed says that the record was submitted against another claim and
	// awaits adjudication.
	RecordDisputed struct {
		Dispute
		Counted time.Time `json:"counted"`
	}
	// DisputeUpheld says that the disputing record now holds the enterprise and
	// goes to Stage.
	DisputeUpheld struct {
		Adjudicate
		Stage Stage `json:"stage"`
	}
	// DisputeDismissed says that the disputing record is rejected.
	DisputeDismissed struct{ Adjudicate }
	// RecordYielded says that the claim was lost to the record To. Credited tells
	// whether it had been a credit.
	RecordYielded struct {
		Yield
		Credited bool `json:"credited,omitempty"`
	}
	// CreditRevoked says that the credit was taken back.
	CreditRevoked struct{ Revoke }
	// Suspended says that the clock stopped.
	Suspended struct{ Suspend }
	// Resumed says that the clock started again.
	Resumed struct{ Resume }
	// Extended says that the goals have a new due date.
	Extended struct{ Extend }
	// Exempted says that the goals are no longer asked for.
	Exempted struct{ Exempt }
	// Transferred says that the duty moved to another unit.
	Transferred struct {
		Transfer
		Former UnitID `json:"former"`
	}
	// PolicyAdopted says that the obligation is under a newer policy version.
	PolicyAdopted struct {
		AdoptPolicy
		Former PolicyVersion `json:"former"`
	}
	// RungPassed says that a step of the ladder was reached at its instant Due.
	RungPassed struct {
		Rung   RungID   `json:"rung"`
		Code   RungCode `json:"code"`
		Kinds  []Kind   `json:"kinds,omitempty"`
		Record RecordID `json:"record,omitempty"`
		// ReachedAt is the rung's own instant; the event's may be later.
		ReachedAt time.Time `json:"reachedAt"`
	}
	// Closed says that the obligation ended.
	Closed struct{ Close }
)

func (Enrolled) EventKind() EventKind         { return EventEnrolled }
func (RecordSubmitted) EventKind() EventKind  { return EventRecordSubmitted }
func (RecordWithdrawn) EventKind() EventKind  { return EventRecordWithdrawn }
func (RecordAccepted) EventKind() EventKind   { return EventRecordAccepted }
func (RecordCredited) EventKind() EventKind   { return EventRecordCredited }
func (RecordReturned) EventKind() EventKind   { return EventRecordReturned }
func (RecordRejected) EventKind() EventKind   { return EventRecordRejected }
func (RecordDisputed) EventKind() EventKind   { return EventRecordDisputed }
func (DisputeUpheld) EventKind() EventKind    { return EventDisputeUpheld }
func (DisputeDismissed) EventKind() EventKind { return EventDisputeDismissed }
func (RecordYielded) EventKind() EventKind    { return EventRecordYielded }
func (CreditRevoked) EventKind() EventKind    { return EventCreditRevoked }
func (Suspended) EventKind() EventKind        { return EventSuspended }
func (Resumed) EventKind() EventKind          { return EventResumed }
func (Extended) EventKind() EventKind         { return EventExtended }
func (Exempted) EventKind() EventKind         { return EventExempted }
func (Transferred) EventKind() EventKind      { return EventTransferred }
func (PolicyAdopted) EventKind() EventKind    { return EventPolicyAdopted }
func (RungPassed) EventKind() EventKind       { return EventRungPassed }
func (Closed) EventKind() EventKind           { return EventClosed }

// DecodeEventBody reads the payload of an event of the kind.
func DecodeEventBody(kind EventKind, payload []byte) (EventBody, error) {
	return decodeBody(eventBodies, kind, json.RawMessage(payload))
}

var eventBodies = map[EventKind]func(json.RawMessage) (EventBody, error){
	EventEnrolled: bodyOf[Enrolled, EventBody], EventRecordSubmitted: bodyOf[RecordSubmitted, EventBody],
	EventRecordWithdrawn: bodyOf[RecordWithdrawn, EventBody], EventRecordAccepted: bodyOf[RecordAccepted, EventBody],
	EventRecordCredited: bodyOf[RecordCredited, EventBody], EventRecordReturned: bodyOf[RecordReturned, EventBody],
	EventRecordRejected: bodyOf[RecordRejected, EventBody], EventRecordDisputed: bodyOf[RecordDisputed, EventBody],
	EventDisputeUpheld: bodyOf[DisputeUpheld, EventBody], EventDisputeDismissed: bodyOf[DisputeDismissed, EventBody],
	EventRecordYielded: bodyOf[RecordYielded, EventBody], EventCreditRevoked: bodyOf[CreditRevoked, EventBody],
	EventSuspended: bodyOf[Suspended, EventBody], EventResumed: bodyOf[Resumed, EventBody],
	EventExtended: bodyOf[Extended, EventBody], EventExempted: bodyOf[Exempted, EventBody],
	EventTransferred: bodyOf[Transferred, EventBody], EventPolicyAdopted: bodyOf[PolicyAdopted, EventBody],
	EventRungPassed: bodyOf[RungPassed, EventBody], EventClosed: bodyOf[Closed, EventBody],
}
