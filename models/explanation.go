package models

import (
	"strconv"
	"time"
)

// explain gives the reasons for a goal's light in the order of their weight.
func (o *Obligation) explain(goal Goal, asOf time.Time, rules Rules, standing GoalStanding) []Reason {
	var reasons []Reason
	due := standing.Due.String()
	switch standing.State {
	case GoalExempted:
		reasons = append(reasons, because(BecauseExempted))
	case GoalDone:
		reasons = append(reasons, o.explainDone(goal))
	case GoalOverdue:
		// Counted from the due instant, also when a claim held it for a while.
		since, _ := o.DueAt(goal)
		reasons = append(reasons, because(BecauseOverdue, "due", due,
			"since", since.Format(time.RFC3339), "days", strconv.Itoa(-standing.DaysLeft)))
		if standing.InReview > 0 {
			reasons = append(reasons, because(BecauseLateInReview, "claims", strconv.Itoa(standing.InReview)))
		}
	case GoalInReview:
		reasons = append(reasons, because(BecauseInReview, "claims", strconv.Itoa(standing.InReview), "due", due))
	case GoalNotStarted, GoalInProgress, GoalSuspended:
		left := explainTime(standing, asOf, rules)
		if left.Code == BecauseTimeLeft {
			// Time is no reason for a light then: a returned record is.
			return append(append(o.explainReturned(goal, asOf), left), o.explainExtended(goal)...)
		}
		reasons = append(reasons, left)
	}
	return append(append(reasons, o.explainReturned(goal, asOf)...), o.explainExtended(goal)...)
}

// explainReturned names the records that wait for the cadre's correction.
func (o *Obligation) explainReturned(goal Goal, asOf time.Time) []Reason {
	var reasons []Reason
	for _, record := range o.Records {
		if record.Kind != goal.Kind || record.State != StateReturned {
			continue
		}
		code, until := BecauseReturned, ""
		if lapse, lapses := o.CorrectionDue(record); lapses {
			until = lapse.Format(time.RFC3339)
			if !asOf.Before(lapse) {
				code = BecauseCorrectionOver
			}
		}
		reasons = append(reasons, because(code, "record", string(record.ID), "until", until))
	}
	return reasons
}

// explainExtended tells that the due date is not the plan's.
func (o *Obligation) explainExtended(goal Goal) []Reason {
	if goal.Due == o.PlanDue {
		return nil
	}
	return []Reason{because(BecauseExtended, "from", o.PlanDue.String(), "to", goal.Due.String())}
}

func explainTime(standing GoalStanding, asOf time.Time, rules Rules) Reason {
	left := strconv.Itoa(standing.DaysLeft)
	due := standing.Due.String()
	switch {
	case standing.DaysLeft <= rules.Lights.YellowDays && standing.Turning.Light(asOf) == Yellow:
		return because(BecauseDueSoon, "due", due, "days", left, "within", strconv.Itoa(rules.Lights.YellowDays))
	case standing.DaysLeft <= rules.Lights.BlueDays && standing.Turning.Light(asOf) != Green:
		return because(BecauseDueSoon, "due", due, "days", left, "within", strconv.Itoa(rules.Lights.BlueDays))
	default:
		return because(BecauseTimeLeft, "due", due, "days", left)
	}
}

// explainDone tells whether the goal was met by claims made in time.
func (o *Obligation) explainDone(goal Goal) Reason {
	due, comes := o.DueAt(goal)
	inTime := 0
	for _, record := range o.Records {
		if record.Kind == goal.Kind && record.State == StateCredited && (!comes || record.SubmittedAt.Before(due)) {
			inTime++
		}
	}
	if inTime < goal.Required {
		return because(BecauseMetLate, "due", goal.Due.String())
	}
	return because(BecauseMet)
}
