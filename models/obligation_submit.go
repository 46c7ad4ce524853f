package models

import (
	"slices"
	"time"
)

func (b Submit) decide(o *Obligation, rules Rules, c Command) ([]EventBody, error) {
	if err := b.check(o, rules, c); err != nil {
		return nil, err
	}
	fact := RecordSubmitted{Submit: b, Stage: rules.FirstStage(), Counted: c.requested}
	if record, known := o.Record(b.Record); known && record.State == StateReturned {
		fact.Stage = record.Stage
		if lapse, lapses := o.CorrectionDue(record); !lapses || c.requested.Before(lapse) {
			fact.Counted = record.SubmittedAt
		}
	}
	return []EventBody{fact}, nil
}

// check holds what a plain submission and a disputed one have in common.
func (b Submit) check(o *Obligation, rules Rules, c Command) error {
	goal, known := o.Goal(b.Kind)
	rule, ruled := rules.goal(b.Kind)
	switch {
	case !known || !ruled:
		return Refuse(RefusedUnknownKind, "kind", string(b.Kind))
	case !c.Actor.claims(o.ID.Cadre):
		return Refuse(RefusedNotClaimant)
	case b.Record == "":
		return Refuse(RefusedUnknownRecord)
	case goal.Exempted:
		return Refuse(RefusedGoalExempted, "kind", string(b.Kind))
	case !ValidEnterpriseKey(b.Enterprise):
		return Refuse(RefusedEnterpriseKey, "key", string(b.Enterprise))
	case !b.ReviewDue.After(c.At):
		return Refuse(RefusedDeadline)
	}
	if err := b.checkRecord(o); err != nil {
		return err
	}
	if err := b.checkDates(o, rule, c.At); err != nil {
		return err
	}
	for _, category := range rule.EvidenceAsked {
		if !slices.Contains(b.Evidence, category) {
			return Refuse(RefusedEvidence, "category", string(category))
		}
	}
	return nil
}

func (b Submit) checkRecord(o *Obligation) error {
	if record, known := o.Record(b.Record); known {
		if record.State != StateReturned && record.State != StateWithdrawn {
			return refuseState(record)
		}
		if record.State == StateReturned && (record.Kind != b.Kind || record.Enterprise != b.Enterprise) {
			return Refuse(RefusedRecordChanged, "record", string(b.Record))
		}
	}
	for _, other := range o.Records {
		if other.ID == b.Record || other.Enterprise != b.Enterprise || !other.State.Active() {
			continue
		}
		if other.Kind != b.Kind {
			return Refuse(RefusedEnterpriseOtherGoal, "record", string(other.ID), "kind", string(other.Kind))
		}
		return Refuse(RefusedEnterpriseOtherClaim, "record", string(other.ID))
	}
	return nil
}

// checkDates applies the definitions of the kinds (domain.md §2) and the rule
// that nothing is claimed before it happened (§1.3, records from the future).
func (b Submit) checkDates(o *Obligation, rule GoalRule, at time.Time) error {
	today := DateOf(at)
	switch {
	case b.OccurredOn.IsZero() || b.Established.IsZero():
		return Refuse(RefusedDate)
	case b.OccurredOn.After(today) || b.Established.After(today):
		return Refuse(RefusedFutureDate, "today", today.String())
	case b.OccurredOn.Before(o.From):
		return Refuse(RefusedOutsideWindow, "from", o.From.String(), "date", b.OccurredOn.String())
	case rule.Established == EstablishedInside && b.Established.Before(o.From),
		rule.Established == EstablishedEarlier && !b.Established.Before(o.From):
		return Refuse(RefusedEstablishment, "rule", string(rule.Established), "from", o.From.String(), "date", b.Established.String())
	}
	return nil
}

func (b RecordSubmitted) apply(o *Obligation, e Event) {
	record := o.replaceRecord(b.Record)
	returns := record.Returns
	*record = Record{
		ID: b.Record, Kind: b.Kind, Enterprise: b.Enterprise, State: StateUnderReview,
		Stage: b.Stage, SubmittedAt: b.Counted, ActionDue: b.ReviewDue,
		Returns: returns, Accepted: record.Accepted, Deputies: record.submittedBy(e.Actor),
	}
}

// replaceRecord gives the place of a record, new or known, in a fresh list, so
// that copies of the obligation never share a change.
func (o *Obligation) replaceRecord(id RecordID) *Record {
	o.Records = slices.Clone(o.Records)
	if i := o.recordIndex(id); i >= 0 {
		return &o.Records[i]
	}
	o.Records = append(o.Records, Record{ID: id})
	return &o.Records[len(o.Records)-1]
}

func (b Withdraw) decide(o *Obligation, _ Rules, c Command) ([]EventBody, error) {
	record, known := o.Record(b.Record)
	switch {
	case !known:
		return nil, Refuse(RefusedUnknownRecord, "record", string(b.Record))
	case !c.Actor.claims(o.ID.Cadre):
		return nil, Refuse(RefusedNotClaimant)
	case !record.State.Active() || record.State == StateCredited:
		return nil, refuseState(record)
	}
	return []EventBody{RecordWithdrawn{b}}, nil
}

func (b RecordWithdrawn) apply(o *Obligation, _ Event) {
	o.endRecord(b.Record, StateWithdrawn)
}

// endRecord leaves a record in a state in which nobody has to act.
func (o *Obligation) endRecord(id RecordID, state RecordState) {
	record := o.replaceRecord(id)
	record.State = state
	record.Stage, record.Accepted = "", nil
	record.ActionDue, record.ReturnedAt = time.Time{}, time.Time{}
}

func refuseState(record Record) *Refusal {
	return Refuse(RefusedRecordState, "record", string(record.ID), "state", string(record.State))
}
