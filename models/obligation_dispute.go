package models

import "time"

func (b Dispute) decide(o *Obligation, rules Rules, c Command) ([]EventBody, error) {
	if err := b.check(o, rules, c); err != nil {
		return nil, err
	}
	if record, known := o.Record(b.Record); known && record.State == StateReturned {
		// A returned record holds its enterprise already.
		return nil, refuseState(record)
	}
	switch {
	case b.Dispute == "" || b.Holder == "" || !b.HolderObligation.Valid():
		return nil, Refuse(RefusedUnknownRecord, "record", string(b.Holder))
	case b.HolderObligation == o.ID:
		return nil, Refuse(RefusedEnterpriseOtherClaim, "record", string(b.Holder))
	}
	return []EventBody{RecordDisputed{Dispute: b, Counted: c.requested}}, nil
}

func (b RecordDisputed) apply(o *Obligation, e Event) {
	record := o.replaceRecord(b.Record)
	*record = Record{
		ID: b.Record, Kind: b.Kind, Enterprise: b.Enterprise, State: StateDisputed,
		SubmittedAt: b.Counted, ActionDue: b.ReviewDue, Returns: record.Returns, Dispute: b.Dispute.Dispute,
		Deputies: record.submittedBy(e.Actor),
	}
}

func (b Adjudicate) decide(o *Obligation, rules Rules, c Command) ([]EventBody, error) {
	record, known := o.Record(b.Record)
	switch {
	case !known:
		return nil, Refuse(RefusedUnknownRecord, "record", string(b.Record))
	case o.barred(record, c.Actor):
		return nil, Refuse(RefusedOwnClaim, "record", string(b.Record))
	case record.State != StateDisputed || record.Dispute != b.Dispute:
		return nil, refuseState(record)
	case !b.Upheld:
		b.ReviewDue = time.Time{}
		return []EventBody{DisputeDismissed{b}}, nil
	case !b.ReviewDue.After(c.At):
		return nil, Refuse(RefusedDeadline)
	}
	return []EventBody{DisputeUpheld{Adjudicate: b, Stage: rules.FirstStage()}}, nil
}

func (b DisputeUpheld) apply(o *Obligation, _ Event) {
	record := o.replaceRecord(b.Record)
	record.State = StateUnderReview
	record.Stage = b.Stage
	record.ActionDue = b.ReviewDue
}

func (b DisputeDismissed) apply(o *Obligation, _ Event) { o.endRecord(b.Record, StateRejected) }

func (b Yield) decide(o *Obligation, _ Rules, c Command) ([]EventBody, error) {
	record, known := o.Record(b.Record)
	switch {
	case !known:
		return nil, Refuse(RefusedUnknownRecord, "record", string(b.Record))
	case o.barred(record, c.Actor):
		return nil, Refuse(RefusedOwnClaim, "record", string(b.Record))
	case !record.State.Active() || record.State == StateDisputed:
		return nil, refuseState(record)
	case b.To == "" || b.Dispute == "":
		return nil, Refuse(RefusedUnknownRecord, "record", string(b.To))
	}
	return []EventBody{RecordYielded{Yield: b, Credited: record.State == StateCredited}}, nil
}

func (b RecordYielded) apply(o *Obligation, _ Event) {
	state := StateRejected
	if b.Credited {
		state = StateRevoked
	}
	o.endRecord(b.Record, state)
}
