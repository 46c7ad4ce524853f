package models

import (
	"strconv"
	"time"
)

// Standing is what the obligation looks like at an instant, with the reasons.
// The instant must not be earlier than the last event.
func (o *Obligation) Standing(asOf time.Time, rules Rules) Standing {
	standing := Standing{AsOf: asOf.UTC(), Turning: o.Turning(rules)}
	standing.Light = standing.Turning.Light(asOf)
	overdue := false
	for _, goal := range o.Goals {
		goalStanding := o.goalStanding(goal, asOf, rules)
		overdue = overdue || goalStanding.State == GoalOverdue
		standing.Goals = append(standing.Goals, goalStanding)
	}
	suspension, suspended := o.SuspendedAt(asOf)
	switch {
	case o.Closed != "":
		standing.State = ObligationClosed
		standing.Because = append(standing.Because, because(BecauseClosed, "ground", string(o.Closed)))
	case o.Met():
		standing.State = ObligationFulfilled
	case suspended:
		standing.State = ObligationSuspended
	case overdue:
		standing.State = ObligationOverdue
	default:
		standing.State = ObligationActive
	}
	if suspended && o.Closed == "" {
		standing.Because = append(standing.Because, because(BecauseSuspended,
			"from", suspension.From.String(), "until", suspension.Until.String()))
	}
	if behind := o.behindAt(); o.Closed == "" && reached(behind, asOf) {
		done, total := o.progress()
		standing.Because = append(standing.Because, because(BecauseBehind, "since", DateOf(behind).String(),
			"done", strconv.Itoa(done), "total", strconv.Itoa(total)))
	}
	return standing
}

func (o *Obligation) goalStanding(goal Goal, asOf time.Time, rules Rules) GoalStanding {
	standing := GoalStanding{
		Kind: goal.Kind, Required: goal.Required, Credits: o.Credits(goal.Kind),
		InReview: o.inReview(goal.Kind), Due: o.dueDay(goal, asOf), Turning: o.GoalTurning(goal, rules),
	}
	standing.Light = standing.Turning.Light(asOf)
	standing.DaysLeft = DateOf(asOf).DaysUntil(standing.Due)
	standing.State = o.goalState(goal, asOf, standing)
	standing.Because = o.explain(goal, asOf, rules, standing)
	return standing
}

func (o *Obligation) inReview(kind Kind) int {
	count := 0
	for _, record := range o.Records {
		if record.Kind == kind && (record.State == StateUnderReview || record.State == StateDisputed) {
			count++
		}
	}
	return count
}

// dueDay is the goal's last day with the suspended days up to the instant.
func (o *Obligation) dueDay(goal Goal, asOf time.Time) Date {
	end := goal.Due.End()
	for _, suspension := range o.Suspensions {
		start := suspension.From.Start()
		if !start.Before(end) {
			continue
		}
		until, closed := suspension.end()
		if !closed {
			until = later(start, DateOf(asOf).Start())
		}
		if until.After(start) {
			end = end.Add(until.Sub(start))
		}
	}
	return DateOf(end).AddDays(-1)
}

func (o *Obligation) goalState(goal Goal, asOf time.Time, standing GoalStanding) GoalState {
	_, suspended := o.SuspendedAt(asOf)
	switch {
	case goal.Exempted:
		return GoalExempted
	case standing.Credits >= goal.Required:
		return GoalDone
	case standing.Light == Red:
		return GoalOverdue
	case suspended:
		return GoalSuspended
	case standing.InReview > 0:
		return GoalInReview
	case o.anyRecord(goal.Kind):
		return GoalInProgress
	default:
		return GoalNotStarted
	}
}

func (o *Obligation) anyRecord(kind Kind) bool {
	for _, record := range o.Records {
		if record.Kind == kind {
			return true
		}
	}
	return false
}
