package store

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// writeRecords brings the rows of the records that the events are about to the
// aggregate's state. A submission freezes the draft: its content goes into the
// command's words, which the first event seals.
func (s *appending) writeRecords(tx *gorm.DB) error {
	for _, id := range recordsOfEvents(s.in.Events) {
		var row recordRow
		err := locked(tx).Where("id = ?", string(id)).Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return models.Refuse(models.RefusedUnknownRecord, "record", string(id))
		}
		if err != nil {
			return err
		}
		if seen := s.in.Command.Seen.Record; seen != 0 && seen != row.Version && id == s.in.Command.Record() {
			return models.Refuse(models.RefusedRecordChanged, "record", string(id))
		}
		if submit, submitted := submissionOf(s.in.Command); submitted {
			if err := s.freeze(tx, row, submit); err != nil {
				return err
			}
		}
		record, _ := s.after.Record(id)
		changed := recordProjection(record)
		changed["version"] = row.Version + 1
		changed["updated_at"] = s.in.Events[0].At
		if err := tx.Model(&recordRow{}).Where("id = ?", string(id)).Updates(changed).Error; err != nil {
			return err
		}
	}
	return nil
}

// recordProjection are the columns of a record that follow from the aggregate.
func recordProjection(record models.Record) map[string]any {
	return map[string]any{
		"state": string(record.State), "stage": string(record.Stage), "return_count": record.Returns,
		"dispute": string(record.Dispute), "submitted_at": instantOrNull(record.SubmittedAt),
		"action_due": instantOrNull(record.ActionDue), "credited_at": instantOrNull(record.CreditedAt),
	}
}

// freeze refuses a submission of anything but the draft that was shown, and
// takes the content into the event.
func (s *appending) freeze(tx *gorm.DB, row recordRow, submit models.Submit) error {
	evidence, err := evidenceOf(tx, row.ID)
	if err != nil {
		return err
	}
	content, err := row.content(evidence[row.ID])
	if err != nil {
		return err
	}
	foreign := row.Plan != s.place.Row.Plan || row.Cadre != s.place.Row.Cadre
	changed := row.Version != submit.Version || content.Kind != submit.Kind || content.Enterprise != submit.Enterprise ||
		content.OccurredOn != submit.OccurredOn || content.Established != submit.Established
	switch {
	case foreign:
		return models.Refuse(models.RefusedUnknownRecord, "record", row.ID)
	case changed:
		return models.Refuse(models.RefusedRecordChanged, "record", row.ID)
	}
	s.words.Claim, err = content.sealed()
	return err
}

func submissionOf(command models.Command) (models.Submit, bool) {
	switch body := command.Body.(type) {
	case models.Submit:
		return body, true
	case models.Dispute:
		return body.Submit, true
	default:
		return models.Submit{}, false
	}
}

// recordsOfEvents names the records whose state the events change, each once.
func recordsOfEvents(events []models.Event) []models.RecordID {
	var ids []models.RecordID
	for _, event := range events {
		id, about := recordOfEvent(event)
		if about && (len(ids) == 0 || ids[len(ids)-1] != id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func recordOfEvent(event models.Event) (models.RecordID, bool) {
	switch body := event.Body.(type) {
	case models.RecordSubmitted:
		return body.Record, true
	case models.RecordWithdrawn:
		return body.Record, true
	case models.RecordAccepted:
		return body.Record, true
	case models.RecordCredited:
		return body.Record, true
	case models.RecordReturned:
		return body.Record, true
	case models.RecordRejected:
		return body.Record, true
	case models.RecordDisputed:
		return body.Record, true
	case models.DisputeUpheld:
		return body.Record, true
	case models.DisputeDismissed:
		return body.Record, true
	case models.RecordYielded:
		return body.Record, true
	case models.CreditRevoked:
		return body.Record, true
	default:
		return "", false
	}
}

// sameGoal compares two goal rows by value.
func sameGoal(a, b goalRow) bool {
	return a.Due == b.Due && a.Required == b.Required && a.Exempted == b.Exempted && a.Credits == b.Credits &&
		a.InReview == b.InReview && a.Met == b.Met && sameInstant(a.BlueAt, b.BlueAt) &&
		sameInstant(a.YellowAt, b.YellowAt) && sameInstant(a.RedAt, b.RedAt) && sameInstant(a.DueAt, b.DueAt) &&
		sameInstant(a.OverdueFrom, b.OverdueFrom) && sameInstant(a.OverdueUntil, b.OverdueUntil)
}

func sameInstant(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
