package models

import (
	"slices"
	"strconv"
)

// longestSuspension, in days, is no rule of the plan: a planned end beyond it is
// a slip of the pen, and one beyond some centuries no clock can count.
const longestSuspension = 3660

func (b Suspend) decide(o *Obligation, rules Rules, c Command) ([]EventBody, error) {
	today := DateOf(c.At)
	switch {
	case !slices.Contains(rules.SuspensionGrounds, b.Ground):
		return nil, Refuse(RefusedGround, "ground", string(b.Ground))
	case b.Document == "":
		return nil, Refuse(RefusedNoDocument)
	case b.From.IsZero() || b.From.Before(o.From) || b.From.DaysUntil(today) > rules.SuspensionBackdateDays:
		return nil, Refuse(RefusedDate, "from", b.From.String(), "backdateDays", strconv.Itoa(rules.SuspensionBackdateDays))
	case b.From.After(today):
		return nil, Refuse(RefusedFutureDate, "today", today.String())
	case !b.Until.IsZero() && (b.Until.Before(today) || b.From.DaysUntil(b.Until) > longestSuspension):
		return nil, Refuse(RefusedDate, "until", b.Until.String())
	}
	if len(o.Suspensions) > 0 {
		last := o.Suspensions[len(o.Suspensions)-1]
		end, closed := last.end()
		if !closed || end.After(b.From.Start()) {
			return nil, Refuse(RefusedSuspended, "from", last.From.String())
		}
	}
	return []EventBody{Suspended{b}}, nil
}

func (b Suspended) apply(o *Obligation, _ Event) {
	o.Suspensions = append(slices.Clone(o.Suspensions), Suspension{From: b.From, Until: b.Until})
}

func (b Resume) decide(o *Obligation, _ Rules, c Command) ([]EventBody, error) {
	today := DateOf(c.At)
	suspension, suspended := o.SuspendedAt(c.At)
	switch {
	case !suspended:
		return nil, Refuse(RefusedNotSuspended)
	case b.On.After(today):
		return nil, Refuse(RefusedFutureDate, "today", today.String())
	case b.On.IsZero() || b.On.Before(suspension.From):
		return nil, Refuse(RefusedDate, "on", b.On.String(), "from", suspension.From.String())
	}
	return []EventBody{Resumed{b}}, nil
}

func (b Resumed) apply(o *Obligation, _ Event) {
	o.Suspensions = slices.Clone(o.Suspensions)
	o.Suspensions[len(o.Suspensions)-1].Resumed = b.On
}

func (b Extend) decide(o *Obligation, rules Rules, _ Command) ([]EventBody, error) {
	if err := o.checkRelief(b.Kinds, b.Ground, rules.ExtensionGrounds, b.Document); err != nil {
		return nil, err
	}
	latest := o.PlanDue.AddDays(rules.ExtensionLimitDays)
	for _, kind := range b.Kinds {
		if goal, _ := o.Goal(kind); !b.Due.After(goal.Due) || b.Due.After(latest) {
			return nil, Refuse(RefusedDate, "due", b.Due.String(), "after", goal.Due.String(), "latest", latest.String())
		}
	}
	return []EventBody{Extended{b}}, nil
}

func (b Extended) apply(o *Obligation, _ Event) {
	o.Goals = slices.Clone(o.Goals)
	for i := range o.Goals {
		if slices.Contains(b.Kinds, o.Goals[i].Kind) {
			o.Goals[i].Due = b.Due
		}
	}
}

func (b Exempt) decide(o *Obligation, rules Rules, _ Command) ([]EventBody, error) {
	if err := o.checkRelief(b.Kinds, b.Ground, rules.ExemptionGrounds, b.Document); err != nil {
		return nil, err
	}
	for _, record := range o.Records {
		if slices.Contains(b.Kinds, record.Kind) && record.State.Active() && record.State != StateCredited {
			return nil, Refuse(RefusedOpenRecords, "record", string(record.ID))
		}
	}
	return []EventBody{Exempted{b}}, nil
}

func (b Exempted) apply(o *Obligation, _ Event) {
	o.Goals = slices.Clone(o.Goals)
	for i := range o.Goals {
		if slices.Contains(b.Kinds, o.Goals[i].Kind) {
			o.Goals[i].Exempted = true
		}
	}
}

// checkRelief holds what extending and exempting have in common.
func (o *Obligation) checkRelief(kinds []Kind, ground Ground, allowed []Ground, document EvidenceID) error {
	switch {
	case !slices.Contains(allowed, ground):
		return Refuse(RefusedGround, "ground", string(ground))
	case document == "":
		return Refuse(RefusedNoDocument)
	case len(kinds) == 0:
		return Refuse(RefusedUnknownKind)
	}
	for _, kind := range kinds {
		goal, known := o.Goal(kind)
		if !known {
			return Refuse(RefusedUnknownKind, "kind", string(kind))
		}
		if goal.Exempted {
			return Refuse(RefusedGoalExempted, "kind", string(kind))
		}
	}
	return nil
}

func (b Transfer) decide(o *Obligation, _ Rules, c Command) ([]EventBody, error) {
	today := DateOf(c.At)
	switch {
	case b.To == "" || b.To == o.Unit:
		return nil, Refuse(RefusedSameUnit, "unit", string(b.To))
	case b.Document == "":
		return nil, Refuse(RefusedNoDocument)
	case b.On.IsZero() || b.On.Before(o.From):
		return nil, Refuse(RefusedDate, "on", b.On.String())
	case b.On.After(today):
		return nil, Refuse(RefusedFutureDate, "today", today.String())
	}
	return []EventBody{Transferred{Transfer: b, Former: o.Unit}}, nil
}

func (b Transferred) apply(o *Obligation, _ Event) { o.Unit = b.To }

func (b Close) decide(o *Obligation, rules Rules, _ Command) ([]EventBody, error) {
	switch {
	case b.Ground == GroundFulfilled && !o.Met():
		return nil, Refuse(RefusedUnfulfilled)
	case b.Ground != GroundFulfilled && !slices.Contains(rules.ClosingGrounds, b.Ground):
		return nil, Refuse(RefusedGround, "ground", string(b.Ground))
	case b.Ground != GroundFulfilled && b.Document == "":
		return nil, Refuse(RefusedNoDocument)
	}
	for _, record := range o.Records {
		if record.State.Active() && record.State != StateCredited {
			return nil, Refuse(RefusedOpenRecords, "record", string(record.ID))
		}
	}
	return []EventBody{Closed{b}}, nil
}

func (b Closed) apply(o *Obligation, _ Event) { o.Closed = b.Ground }
