package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
)

// CommandState says how far a command has come.
type CommandState string

// A command is received before it is tried, and applied with its events.
const (
	CommandReceived CommandState = "received"
	CommandApplied  CommandState = "applied"
)

// CommandRow is one command by its idempotency key, with its words.
type CommandRow struct {
	ID models.CommandID
	// Subject is what the command is about: ObligationID.Subject.
	Subject string
	Kind    models.CommandKind
	Account models.AccountID
	// ContentDigest tells a repeated request from another one under the same key.
	ContentDigest string
	Words         models.Words
	State         CommandState
	// Sequence is that of the command's last event, 0 until it is applied.
	Sequence   int64
	ReceivedAt time.Time
}

type commandRow struct {
	ID            string    `gorm:"column:id;primaryKey"`
	Subject       string    `gorm:"column:subject"`
	Kind          string    `gorm:"column:kind"`
	Account       string    `gorm:"column:account"`
	ContentDigest string    `gorm:"column:content_digest"`
	Words         string    `gorm:"column:words"`
	State         string    `gorm:"column:state"`
	Sequence      int64     `gorm:"column:sequence"`
	ReceivedAt    time.Time `gorm:"column:received_at"`
}

func (commandRow) TableName() string { return "commands" }

func (r CommandRow) row() (commandRow, error) {
	words, err := json.Marshal(r.Words)
	if err != nil {
		return commandRow{}, fmt.Errorf("write words of command %s: %w", r.ID, err)
	}
	return commandRow{
		ID: string(r.ID), Subject: r.Subject, Kind: string(r.Kind), Account: string(r.Account),
		ContentDigest: r.ContentDigest, Words: string(words), State: string(r.State),
		Sequence: r.Sequence, ReceivedAt: instant(r.ReceivedAt),
	}, nil
}

func (r commandRow) command() (CommandRow, error) {
	words, err := wordsOf(r.Words)
	if err != nil {
		return CommandRow{}, fmt.Errorf("read words of command %s: %w", r.ID, err)
	}
	return CommandRow{
		ID: models.CommandID(r.ID), Subject: r.Subject, Kind: models.CommandKind(r.Kind),
		Account: models.AccountID(r.Account), ContentDigest: r.ContentDigest, Words: words,
		State: CommandState(r.State), Sequence: r.Sequence, ReceivedAt: r.ReceivedAt.UTC(),
	}, nil
}

func wordsOf(text string) (models.Words, error) {
	var words models.Words
	if text == "" {
		return words, nil
	}
	err := json.Unmarshal([]byte(text), &words)
	return words, err
}

// ReceiveCommand keeps a command with its words before it is tried. If the key
// was used before, it answers the row of then and fresh is false: the caller
// compares ContentDigest.
func (a *Archive) ReceiveCommand(ctx context.Context, received CommandRow) (row CommandRow, fresh bool, err error) {
	if received.ID == "" || received.Subject == "" {
		return CommandRow{}, false, errors.New("receive command: it has no ID or no subject")
	}
	received.State, received.Sequence = CommandReceived, 0
	stored, err := received.row()
	if err != nil {
		return CommandRow{}, false, err
	}
	result := a.db(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&stored)
	if result.Error != nil {
		return CommandRow{}, false, fmt.Errorf("receive command %s: %w", received.ID, result.Error)
	}
	if result.RowsAffected == 1 {
		return received, true, nil
	}
	row, err = a.Command(ctx, received.ID)
	return row, false, err
}

// ForgetCommand frees the key of a command that was refused before it took
// effect. An applied command stays.
func (a *Archive) ForgetCommand(ctx context.Context, id models.CommandID) error {
	err := a.db(ctx).Where("id = ? AND state = ?", string(id), string(CommandReceived)).Delete(&commandRow{}).Error
	if err != nil {
		return fmt.Errorf("forget command %s: %w", id, err)
	}
	return nil
}

// Command reads a command by its key.
func (a *Archive) Command(ctx context.Context, id models.CommandID) (CommandRow, error) {
	var row commandRow
	if err := a.db(ctx).Where("id = ?", string(id)).Take(&row).Error; err != nil {
		return CommandRow{}, fmt.Errorf("read command %s: %w", id, known(err))
	}
	return row.command()
}

// applyCommand marks the command as applied, in the transaction of its events.
// The clock's own commands have no row yet: theirs is made here, so that one
// rule, the unique key, guards every command.
func applyCommand(tx *gorm.DB, command models.Command, subject string, sequence int64, exists bool, now time.Time) error {
	if exists {
		result := tx.Exec("UPDATE commands SET state = ?, sequence = ? WHERE id = ? AND state = ?",
			string(CommandApplied), sequence, string(command.ID), string(CommandReceived))
		if result.Error == nil && result.RowsAffected != 1 {
			// It was forgotten or applied since this transaction read it.
			return ErrDuplicate
		}
		return result.Error
	}
	row, err := CommandRow{
		ID: command.ID, Subject: subject, Kind: command.Body.CommandKind(), Account: command.Actor.Account,
		State: CommandApplied, Sequence: sequence, ReceivedAt: now,
	}.row()
	if err != nil {
		return err
	}
	return known(tx.Create(&row).Error)
}
