package models

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// Words are what people wrote with a command. They stay in the archive beside
// the facts and never enter a Temporal history.
type Words struct {
	// Text is a remark or a reason for the whole.
	Text string `json:"text,omitempty"`
	// Fields are reasons by the name of a field.
	Fields map[string]string `json:"fields,omitempty"`
	// Claim is the content of a record as it was submitted.
	Claim json.RawMessage `json:"claim,omitempty"`
}

// Entry is an event as the archive keeps it: the facts and the words in
// canonical form, and digests that chain it to the entry before. Both digests
// cover the same bytes; SM3 (GB/T 32905) is what DA/T 97-2023 cites.
type Entry struct {
	Subject  string    `json:"subject"`
	Sequence int64     `json:"sequence"`
	Kind     EventKind `json:"kind"`
	At       time.Time `json:"at"`
	Actor    Actor     `json:"actor"`
	Command  CommandID `json:"command"`
	Payload  string    `json:"payload"`
	Words    string    `json:"words"`
	// Previous is the SHA-256 of the entry before, empty for the first.
	Previous string `json:"previous"`
	SHA256   string `json:"sha256"`
	SM3      string `json:"sm3"`
}

// Seal puts an event and its words into the archive's form, chained to the
// entry whose SHA-256 is given.
func Seal(event Event, words Words, previous string) (Entry, error) {
	return SealFact(event.Fact(), words, previous)
}

// Fact is an event of any subject of the log: an obligation, an inspection, a
// finding. What may follow from it, only its own aggregate knows.
type Fact struct {
	Subject  string
	Sequence int64
	At       time.Time
	Actor    Actor
	Command  CommandID
	Body     FactBody
}

// FactBody is the part of a fact that differs by kind. It is written as JSON.
type FactBody interface {
	// EventKind names the fact.
	EventKind() EventKind
}

// factForm is a fact as payloads carry it.
type factForm struct {
	Subject  string          `json:"subject"`
	Sequence int64           `json:"sequence"`
	Kind     EventKind       `json:"kind"`
	At       time.Time       `json:"at"`
	Actor    Actor           `json:"actor"`
	Command  CommandID       `json:"command"`
	Body     json.RawMessage `json:"body"`
}

// MarshalJSON writes the fact with its kind.
func (f Fact) MarshalJSON() ([]byte, error) {
	if f.Body == nil {
		return nil, fmt.Errorf("write event %s/%d: no body", f.Subject, f.Sequence)
	}
	body, err := json.Marshal(f.Body)
	if err != nil {
		return nil, fmt.Errorf("write event %s/%d: %w", f.Subject, f.Sequence, err)
	}
	return json.Marshal(factForm{
		Subject: f.Subject, Sequence: f.Sequence, Kind: f.Body.EventKind(), At: f.At.UTC(),
		Actor: f.Actor, Command: f.Command, Body: body,
	})
}

// ReadFact reads what MarshalJSON wrote. decode reads the part that differs by
// kind; it is answered beside the fact in its own type.
func ReadFact[B FactBody](data []byte, decode func(EventKind, []byte) (B, error)) (Fact, B, error) {
	var form factForm
	var none B
	if err := json.Unmarshal(data, &form); err != nil {
		return Fact{}, none, fmt.Errorf("read event: %w", err)
	}
	body, err := decode(form.Kind, form.Body)
	if err != nil {
		return Fact{}, none, fmt.Errorf("read event %s/%d: %w", form.Subject, form.Sequence, err)
	}
	return Fact{
		Subject: form.Subject, Sequence: form.Sequence, At: form.At.UTC(), Actor: form.Actor, Command: form.Command, Body: body,
	}, body, nil
}

// SealFact is Seal for a fact of any subject.
func SealFact(fact Fact, words Words, previous string) (Entry, error) {
	payload, err := json.Marshal(fact.Body)
	if err != nil {
		return Entry{}, fmt.Errorf("write event %s/%d: %w", fact.Subject, fact.Sequence, err)
	}
	text, err := json.Marshal(words)
	if err != nil {
		return Entry{}, fmt.Errorf("write words of event %s/%d: %w", fact.Subject, fact.Sequence, err)
	}
	entry := Entry{
		Subject: fact.Subject, Sequence: fact.Sequence, Kind: fact.Body.EventKind(),
		At: fact.At.UTC(), Actor: fact.Actor, Command: fact.Command,
		Payload: string(payload), Words: string(text), Previous: previous,
	}
	entry.SHA256, entry.SM3, err = entry.digests()
	return entry, err
}

// digests are taken over the canonical JSON of the entry without its digests.
func (e Entry) digests() (sha, sm string, err error) {
	e.SHA256, e.SM3 = "", ""
	e.At = e.At.UTC()
	canonical, err := json.Marshal(e)
	if err != nil {
		return "", "", fmt.Errorf("digest entry %s/%d: %w", e.Subject, e.Sequence, err)
	}
	first, second := sha256.Sum256(canonical), sm3.Sum(canonical)
	return hex.EncodeToString(first[:]), hex.EncodeToString(second[:]), nil
}

// Event reads the facts back.
func (e Entry) Event() (Event, error) {
	body, err := DecodeEventBody(e.Kind, []byte(e.Payload))
	if err != nil {
		return Event{}, fmt.Errorf("event %s/%d: %w", e.Subject, e.Sequence, err)
	}
	return Event{
		Subject: e.Subject, Sequence: e.Sequence, At: e.At.UTC(), Actor: e.Actor, Command: e.Command, Body: body,
	}, nil
}

// BrokenChain says where a subject's entries stop proving themselves.
type BrokenChain struct {
	Subject  string
	Sequence int64
	// Fault is one of gap, link, sha256, sm3.
	Fault string
}

// Error names the place and the fault.
func (b *BrokenChain) Error() string {
	return fmt.Sprintf("chain of %s broken at %d: %s", b.Subject, b.Sequence, b.Fault)
}

// VerifyChain checks all entries of one subject, in order from the first.
func VerifyChain(entries []Entry) error {
	previous := ""
	for i, entry := range entries {
		sha, sm, err := entry.digests()
		if err != nil {
			return err
		}
		fault := ""
		switch {
		case entry.Sequence != int64(i)+1 || entry.Subject != entries[0].Subject:
			fault = "gap"
		case entry.Previous != previous:
			fault = "link"
		case entry.SHA256 != sha:
			fault = "sha256"
		case entry.SM3 != sm:
			fault = "sm3"
		}
		if fault != "" {
			// The place in the chain is named, not what a forged entry says of itself.
			return &BrokenChain{Subject: entries[0].Subject, Sequence: int64(i) + 1, Fault: fault}
		}
		previous = entry.SHA256
	}
	return nil
}
