package models

import "strconv"

func (b Enrol) decide(_ *Obligation, rules Rules, _ Command) ([]EventBody, error) {
	switch {
	case !b.Obligation.Valid() || b.Unit == "":
		return nil, Refuse(RefusedInvalidEnrolment, "obligation", b.Obligation.String())
	case b.From.IsZero() || b.Due.Before(b.From):
		return nil, Refuse(RefusedDate, "from", b.From.String(), "due", b.Due.String())
	}
	goals := make([]Goal, len(rules.Goals))
	for i, rule := range rules.Goals {
		goals[i] = Goal{Kind: rule.Kind, Required: rule.Required, Due: b.Due}
	}
	return []EventBody{Enrolled{
		Obligation: b.Obligation, Unit: b.Unit, Policy: rules.Version,
		From: b.From, Due: b.Due, Goals: goals,
	}}, nil
}

func (b Enrolled) apply(o *Obligation, _ Event) {
	o.ID, o.Unit, o.Policy = b.Obligation, b.Unit, b.Policy
	o.From, o.PlanDue = b.From, b.Due
	o.Goals = append([]Goal(nil), b.Goals...)
}

func (b AdoptPolicy) decide(o *Obligation, _ Rules, _ Command) ([]EventBody, error) {
	if b.Version <= o.Policy {
		return nil, Refuse(RefusedPolicy, "version", strconv.Itoa(int(b.Version)), "pinned", strconv.Itoa(int(o.Policy)))
	}
	if b.Document == "" {
		return nil, Refuse(RefusedNoDocument)
	}
	return []EventBody{PolicyAdopted{AdoptPolicy: b, Former: o.Policy}}, nil
}

func (b PolicyAdopted) apply(o *Obligation, _ Event) { o.Policy = b.Version }
