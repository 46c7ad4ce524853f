package inspection

import (
	"encoding/json"
	"fmt"
	"time"

	"bangfu/models"
)

// Command is a request to change a subject of the inspection. It holds
// identifiers, codes and instants only; words (findings, answers, comments) stay
// in the archive beside it, under its ID.
type Command struct {
	ID models.CommandID
	// At is the instant of the request by the server's clock.
	At    time.Time
	Actor models.Actor
	// Seen is the sequence that the actor looked at; zero asks for nothing.
	Seen int64
	Body CommandBody
}

// CommandBody is the part of a command that differs by kind.
type CommandBody interface {
	// CommandKind names the command.
	CommandKind() models.CommandKind
}

type commandForm struct {
	ID    models.CommandID   `json:"id"`
	Kind  models.CommandKind `json:"kind"`
	At    time.Time          `json:"at"`
	Actor models.Actor       `json:"actor"`
	Seen  int64              `json:"seen,omitempty"`
	Body  json.RawMessage    `json:"body"`
}

// MarshalJSON writes the command with its kind.
func (c Command) MarshalJSON() ([]byte, error) {
	if c.Body == nil {
		return nil, fmt.Errorf("write command %s: %w", c.ID, models.Refuse(models.RefusedUnknownCommand))
	}
	body, err := json.Marshal(c.Body)
	if err != nil {
		return nil, fmt.Errorf("write command %s: %w", c.ID, err)
	}
	return json.Marshal(commandForm{ID: c.ID, Kind: c.Body.CommandKind(), At: c.At.UTC(), Actor: c.Actor, Seen: c.Seen, Body: body})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Command) UnmarshalJSON(data []byte) error {
	var form commandForm
	if err := json.Unmarshal(data, &form); err != nil {
		return fmt.Errorf("read command: %w", err)
	}
	read, known := commandBodies[form.Kind]
	if !known {
		return models.Refuse(models.RefusedUnknownCommand, "kind", string(form.Kind))
	}
	body, err := read(form.Body)
	if err != nil {
		return err
	}
	*c = Command{ID: form.ID, At: form.At.UTC(), Actor: form.Actor, Seen: form.Seen, Body: body}
	return nil
}

var commandBodies = readers(
	// the cycle
	wish[Open], wish[Freeze], wish[AskReports], wish[PromptTalks], wish[DraftBulletin], wish[EditBulletin], wish[OpenComments], wish[Comment],
	wish[CloseComments], wish[AskSignatures], wish[Sign], wish[Recall], wish[BeginCorrection], wish[KeepFiles], wish[Cancel],
	// a unit's report
	wish[Ask], wish[File], wish[SendBack], wish[Confirm], wish[Extend], wish[PassStep], wish[End],
	// the sample
	wish[DrawSample], wish[Check], wish[DecideHearing], wish[AnswerRevocation],
	// a finding
	wish[Raise], wish[Answer], wish[Settle], wish[Reopen], wish[Drop],
)

// wish reads one kind of command; it is told by example which.
func wish[T CommandBody](data []byte) (models.CommandKind, CommandBody, error) {
	var body T
	if data == nil {
		return body.CommandKind(), body, nil
	}
	err := json.Unmarshal(data, &body)
	return body.CommandKind(), body, err
}
