package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// eventRow is one entry of the log. Payload and words are text, not JSON
// columns: databases reorder JSON, and the digests cover the bytes.
type eventRow struct {
	Subject  string    `gorm:"column:subject;primaryKey"`
	Sequence int64     `gorm:"column:sequence;primaryKey;autoIncrement:false"`
	Kind     string    `gorm:"column:kind"`
	At       time.Time `gorm:"column:at"`
	Account  string    `gorm:"column:account"`
	Actor    string    `gorm:"column:actor"`
	Command  string    `gorm:"column:command"`
	Payload  string    `gorm:"column:payload"`
	Words    string    `gorm:"column:words"`
	Previous string    `gorm:"column:previous"`
	SHA256   string    `gorm:"column:sha256"`
	SM3      string    `gorm:"column:sm3"`
}

func (eventRow) TableName() string { return "events" }

func eventRowOf(entry models.Entry) (eventRow, error) {
	actor, err := json.Marshal(entry.Actor)
	if err != nil {
		return eventRow{}, fmt.Errorf("write actor of %s/%d: %w", entry.Subject, entry.Sequence, err)
	}
	return eventRow{
		Subject: entry.Subject, Sequence: entry.Sequence, Kind: string(entry.Kind), At: instant(entry.At),
		Account: string(entry.Actor.Account), Actor: string(actor), Command: string(entry.Command),
		Payload: entry.Payload, Words: entry.Words, Previous: entry.Previous, SHA256: entry.SHA256, SM3: entry.SM3,
	}, nil
}

func (r eventRow) entry() (models.Entry, error) {
	var actor models.Actor
	if err := json.Unmarshal([]byte(r.Actor), &actor); err != nil {
		return models.Entry{}, fmt.Errorf("read actor of %s/%d: %w", r.Subject, r.Sequence, err)
	}
	return models.Entry{
		Subject: r.Subject, Sequence: r.Sequence, Kind: models.EventKind(r.Kind), At: r.At.UTC(), Actor: actor,
		Command: models.CommandID(r.Command), Payload: r.Payload, Words: r.Words,
		Previous: r.Previous, SHA256: r.SHA256, SM3: r.SM3,
	}, nil
}

func entriesOf(rows []eventRow) ([]models.Entry, error) {
	entries := make([]models.Entry, len(rows))
	for i, row := range rows {
		entry, err := row.entry()
		if err != nil {
			return nil, err
		}
		entries[i] = entry
	}
	return entries, nil
}

// seal chains events to the log's head and gives the rows to append. The words
// belong to the command and so to its first event.
func seal(events []models.Event, words models.Words, head string) (rows []eventRow, newHead string, err error) {
	rows = make([]eventRow, len(events))
	for i, event := range events {
		event.At = instant(event.At)
		entry, err := models.Seal(event, words, head)
		if err != nil {
			return nil, "", err
		}
		if rows[i], err = eventRowOf(entry); err != nil {
			return nil, "", err
		}
		words, head = models.Words{}, entry.SHA256
	}
	return rows, head, nil
}

// EventFilter chooses a part of one subject's log.
type EventFilter struct {
	Subject string
	// Newest lists from the last event back.
	Newest bool
	Kinds  []models.EventKind
}

// Events lists the log of one subject by sequence. Whether the caller may see
// the subject is asked with Obligation before.
func (a *Archive) Events(ctx context.Context, filter EventFilter, page Page) (Paged[models.Entry], error) {
	var after int64
	found, err := page.position(filter, &after)
	if err != nil {
		return Paged[models.Entry]{}, err
	}
	query := a.db(ctx).Where("subject = ?", filter.Subject)
	if len(filter.Kinds) > 0 {
		query = query.Where("kind IN ?", filter.Kinds)
	}
	comparison, order := "sequence > ?", "sequence"
	if filter.Newest {
		comparison, order = "sequence < ?", "sequence DESC"
	}
	if found {
		query = query.Where(comparison, after)
	}
	var rows []eventRow
	if err := query.Order(order).Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[models.Entry]{}, fmt.Errorf("list events of %s: %w", filter.Subject, err)
	}
	result, err := paged(page, filter, rows, func(row eventRow) int64 { return row.Sequence })
	if err != nil {
		return Paged[models.Entry]{}, err
	}
	entries, err := entriesOf(result.Items)
	return Paged[models.Entry]{Items: entries, Next: result.Next}, err
}

// Entries is the whole log of one subject, in order, to verify or export it.
func (a *Archive) Entries(ctx context.Context, subject string) ([]models.Entry, error) {
	return entriesIn(a.db(ctx), subject)
}

func entriesIn(db *gorm.DB, subject string) ([]models.Entry, error) {
	var rows []eventRow
	if err := db.Where("subject = ?", subject).Order("sequence").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the log of %s: %w", subject, err)
	}
	return entriesOf(rows)
}

// VerifyAll checks the chain of every subject and hands each broken one to
// report. It reads one subject at a time and answers how many it checked.
func (a *Archive) VerifyAll(ctx context.Context, report func(models.BrokenChain) error) (subjects int, err error) {
	after := ""
	for {
		var next []string
		err := a.db(ctx).Model(&eventRow{}).Where("subject > ?", after).Distinct("subject").
			Order("subject").Limit(500).Pluck("subject", &next).Error
		if err != nil {
			return subjects, fmt.Errorf("list the subjects of the log: %w", err)
		}
		if len(next) == 0 {
			return subjects, nil
		}
		for _, subject := range next {
			broken, err := a.Verify(ctx, subject)
			if err != nil {
				return subjects, err
			}
			subjects++
			if broken != nil {
				if err := report(*broken); err != nil {
					return subjects, err
				}
			}
		}
		after = next[len(next)-1]
	}
}

// Verify checks the chain of one subject. The result is nil when it is whole.
// That a chain was not cut short at its end, Reconcile checks against the
// snapshot.
func (a *Archive) Verify(ctx context.Context, subject string) (*models.BrokenChain, error) {
	entries, err := a.Entries(ctx, subject)
	if err != nil {
		return nil, err
	}
	return brokenChain(models.VerifyChain(entries))
}

// brokenChain tells a broken chain from a chain that could not be checked.
func brokenChain(err error) (*models.BrokenChain, error) {
	var broken *models.BrokenChain
	if errors.As(err, &broken) {
		return broken, nil
	}
	return nil, err
}
