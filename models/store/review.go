package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// Review is one decision on a record: of a reviewer or an adjudicator.
type Review struct {
	Record   models.RecordID
	Sequence int64
	// Subject is the obligation whose log holds the decision.
	Subject string
	// Round counts the passes of the record through the stages, from 1.
	Round int
	Stage models.Stage
	// Action is the event: accepted, returned, rejected, upheld, …
	Action  models.EventKind
	Account models.AccountID
	// For is the cadre by whose right a deputy decided; empty for one's own.
	For   models.CadreID
	At    time.Time
	Words models.Words
}

type reviewRow struct {
	Record   string    `gorm:"column:record;primaryKey"`
	Sequence int64     `gorm:"column:sequence;primaryKey;autoIncrement:false"`
	Subject  string    `gorm:"column:subject"`
	Round    int       `gorm:"column:round"`
	Stage    string    `gorm:"column:stage"`
	Action   string    `gorm:"column:action"`
	Account  string    `gorm:"column:account"`
	At       time.Time `gorm:"column:at"`
	Remark   string    `gorm:"column:remark"`
	Reasons  string    `gorm:"column:reasons"`
	ForCadre string    `gorm:"column:for_cadre"`
}

func (reviewRow) TableName() string { return "reviews" }

// reviewOf is the decision that an event makes on a record, if it makes one. o
// is the obligation after the event.
func reviewOf(o *models.Obligation, event models.Event, words models.Words) (reviewRow, bool, error) {
	row := reviewRow{
		Sequence: event.Sequence, Subject: event.Subject, Action: string(event.Body.EventKind()),
		Account: string(event.Actor.Account), ForCadre: string(event.Actor.For), At: instant(event.At), Remark: words.Text,
	}
	switch body := event.Body.(type) {
	case models.RecordAccepted:
		row.Record, row.Stage = string(body.Record), string(body.Stage)
	case models.RecordReturned:
		row.Record, row.Stage, row.Round = string(body.Record), string(body.Stage), body.Round
	case models.RecordRejected:
		row.Record, row.Stage = string(body.Record), string(body.Stage)
	case models.DisputeUpheld:
		row.Record = string(body.Record)
	case models.DisputeDismissed:
		row.Record = string(body.Record)
	case models.RecordYielded:
		row.Record = string(body.Record)
	case models.CreditRevoked:
		row.Record = string(body.Record)
	default:
		return reviewRow{}, false, nil
	}
	if row.Round == 0 {
		record, _ := o.Record(models.RecordID(row.Record))
		row.Round = record.Returns + 1
	}
	if len(words.Fields) > 0 {
		reasons, err := json.Marshal(words.Fields)
		if err != nil {
			return reviewRow{}, false, fmt.Errorf("write the reasons of %s/%d: %w", event.Subject, event.Sequence, err)
		}
		row.Reasons = string(reasons)
	}
	return row, true, nil
}

// Reviews is the history of decisions on a record within the reach, the oldest
// first.
func (a *Archive) Reviews(ctx context.Context, reach Reach, record models.RecordID) ([]Review, error) {
	if _, err := a.Record(ctx, reach, record); err != nil {
		return nil, err
	}
	var rows []reviewRow
	if err := a.db(ctx).Where("record = ?", string(record)).Order("sequence").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the reviews of %s: %w", record, err)
	}
	reviews := make([]Review, len(rows))
	for i, row := range rows {
		reviews[i] = Review{
			Record: record, Sequence: row.Sequence, Subject: row.Subject, Round: row.Round,
			Stage: models.Stage(row.Stage), Action: models.EventKind(row.Action),
			Account: models.AccountID(row.Account), For: models.CadreID(row.ForCadre), At: row.At.UTC(), Words: models.Words{Text: row.Remark},
		}
		if row.Reasons == "" {
			continue
		}
		if err := json.Unmarshal([]byte(row.Reasons), &reviews[i].Words.Fields); err != nil {
			return nil, fmt.Errorf("read the reviews of %s: %w", record, err)
		}
	}
	return reviews, nil
}

func writeReviews(tx *gorm.DB, rows []reviewRow) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}
