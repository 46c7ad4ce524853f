package models

import (
	"slices"
	"strconv"
	"time"
)

func (b Accept) decide(o *Obligation, rules Rules, c Command) ([]EventBody, error) {
	record, err := o.reviewable(b.Record, b.Stage, c)
	if err != nil {
		return nil, err
	}
	if slices.Contains(record.Accepted, c.Actor.Account) {
		return nil, Refuse(RefusedSameReviewer, "record", string(b.Record))
	}
	next, more := rules.StageAfter(b.Stage)
	if !more {
		b.ReviewDue = time.Time{}
		return []EventBody{
			RecordAccepted{Accept: b},
			RecordCredited{Record: b.Record, Kind: record.Kind, Enterprise: record.Enterprise},
		}, nil
	}
	if !b.ReviewDue.After(c.At) {
		return nil, Refuse(RefusedDeadline)
	}
	return []EventBody{RecordAccepted{Accept: b, Next: next}}, nil
}

// reviewable finds a record that the actor may decide on at the stage.
func (o *Obligation) reviewable(id RecordID, stage Stage, c Command) (Record, error) {
	record, known := o.Record(id)
	switch {
	case !known:
		return Record{}, Refuse(RefusedUnknownRecord, "record", string(id))
	case o.barred(record, c.Actor):
		return Record{}, Refuse(RefusedOwnClaim, "record", string(id))
	case record.State != StateUnderReview:
		return Record{}, refuseState(record)
	case record.Stage != stage:
		return Record{}, Refuse(RefusedStage, "record", string(id), "stage", string(record.Stage))
	}
	return record, nil
}

// barred reports whether a record is so near to the actor that somebody else
// must decide on it: theirs, that of a cadre for whom they stand in, or one
// that they submitted for a cadre.
func (o *Obligation) barred(record Record, actor Actor) bool {
	return actor.actsFor(o.ID.Cadre) || slices.Contains(record.Deputies, actor.Account)
}

func (b RecordAccepted) apply(o *Obligation, e Event) {
	record := o.replaceRecord(b.Record)
	record.Accepted = append(slices.Clone(record.Accepted), e.Actor.Account)
	record.Stage = b.Next
	record.ActionDue = b.ReviewDue
}

func (b RecordCredited) apply(o *Obligation, e Event) {
	record := o.replaceRecord(b.Record)
	record.State = StateCredited
	record.Stage = ""
	record.ActionDue = time.Time{}
	record.CreditedAt = e.At
}

func (b Return) decide(o *Obligation, rules Rules, c Command) ([]EventBody, error) {
	record, err := o.reviewable(b.Record, b.Stage, c)
	if err != nil {
		return nil, err
	}
	switch {
	case len(b.Fields) == 0:
		return nil, Refuse(RefusedNoReasons)
	case record.Returns >= rules.ReturnLimit:
		return nil, Refuse(RefusedReturnLimit, "limit", strconv.Itoa(rules.ReturnLimit))
	case !b.CorrectionDue.After(c.At):
		return nil, Refuse(RefusedDeadline)
	}
	return []EventBody{RecordReturned{Return: b, Round: record.Returns + 1}}, nil
}

func (b RecordReturned) apply(o *Obligation, e Event) {
	record := o.replaceRecord(b.Record)
	record.State = StateReturned
	record.Returns = b.Round
	record.ActionDue = b.CorrectionDue
	record.ReturnedAt = e.At
}

// A returned record whose correction lapsed may be refused too: otherwise a
// cadre who left or died could never be exempted or closed, and the enterprise
// would stay claimed.
func (b Reject) decide(o *Obligation, _ Rules, c Command) ([]EventBody, error) {
	if record, known := o.Record(b.Record); known && record.Stage == b.Stage && !o.barred(record, c.Actor) {
		if lapse, lapses := o.CorrectionDue(record); lapses && !c.requested.Before(lapse) {
			return []EventBody{RecordRejected{b}}, nil
		}
	}
	if _, err := o.reviewable(b.Record, b.Stage, c); err != nil {
		return nil, err
	}
	return []EventBody{RecordRejected{b}}, nil
}

func (b RecordRejected) apply(o *Obligation, _ Event) { o.endRecord(b.Record, StateRejected) }

func (b Revoke) decide(o *Obligation, _ Rules, c Command) ([]EventBody, error) {
	record, known := o.Record(b.Record)
	switch {
	case !known:
		return nil, Refuse(RefusedUnknownRecord, "record", string(b.Record))
	case o.barred(record, c.Actor):
		return nil, Refuse(RefusedOwnClaim, "record", string(b.Record))
	case record.State != StateCredited:
		return nil, refuseState(record)
	case b.Document == "":
		return nil, Refuse(RefusedNoDocument)
	}
	return []EventBody{CreditRevoked{b}}, nil
}

func (b CreditRevoked) apply(o *Obligation, _ Event) { o.endRecord(b.Record, StateRevoked) }
