package models

import (
	"slices"
	"strconv"
	"time"
)

// RungCode names a step of the reminder ladder (催办节点).
type RungCode string

// The steps that the aggregate itself adds to the policy's ladder.
const (
	RungCorrectionLapsed RungCode = "correction-lapsed"
	RungSuspensionEnds   RungCode = "suspension-ends"
	RungFulfilledClose   RungCode = "fulfilled-close"
)

// The steps of the policy's ladder that also reach the organization department.
const (
	RungOverdue RungCode = "overdue" // 逾期
	RungTalk    RungCode = "talk"    // 约谈提示
)

// RungAnchor says what a step is counted from and on what condition it is due.
type RungAnchor string

// The anchors of a ladder's steps.
const (
	// AnchorShare: when a share of the window has elapsed, if behind schedule.
	AnchorShare RungAnchor = "share"
	// AnchorDue: so many days before the due date, if a goal waits for the cadre.
	AnchorDue RungAnchor = "due"
	// AnchorOverdue: so many days after the due instant, and not before the light
	// is red.
	AnchorOverdue RungAnchor = "overdue"
)

// RungID is unique within an obligation, so that each step is taken once: the
// code and the due date, record round or day that it belongs to.
type RungID string

// Rung is one step with its instant.
type Rung struct {
	ID     RungID
	Code   RungCode
	At     time.Time
	Kinds  []Kind
	Record RecordID
}

// CommandID is the idempotency key under which the clock records the rung.
func (r Rung) CommandID(obligation ObligationID) CommandID {
	return CommandID(obligation.Subject() + "/rung/" + string(r.ID))
}

func rungID(code RungCode, of string) RungID { return RungID(string(code) + "@" + of) }

// NextRung is the next step of the ladder if no command comes: the earliest
// after the instant, or, if steps were missed (no worker ran), the last missed
// one, which supersedes those before it. A step is due at the later of its
// instant and the moment when its condition holds.
func (o *Obligation) NextRung(after time.Time, rules Rules) (Rung, bool) {
	if !o.Enrolled() || o.Closed != "" {
		return Rung{}, false
	}
	var next Rung
	found := false
	for _, epoch := range o.epochs() {
		if rung, ok := o.nextOfLadder(epoch, after, rules); ok && (!found || rung.At.Before(next.At)) {
			next, found = rung, true
		}
	}
	for _, rung := range o.singleRungs(rules) {
		if !slices.Contains(o.Passed, rung.ID) && (!found || rung.At.Before(next.At)) {
			next, found = rung, true
		}
	}
	return next, found
}

// epochs are the distinct due dates of the goals that are still asked for.
// Extending a goal starts a new ladder; suspending does not.
func (o *Obligation) epochs() []Date {
	var dates []Date
	for _, goal := range o.Goals {
		if !goal.Exempted && !slices.Contains(dates, goal.Due) {
			dates = append(dates, goal.Due)
		}
	}
	slices.SortFunc(dates, func(a, b Date) int { return b.DaysUntil(a) })
	return dates
}

// nextOfLadder is the policy's ladder for the goals due on one date.
func (o *Obligation) nextOfLadder(due Date, after time.Time, rules Rules) (Rung, bool) {
	var missed, next Rung
	haveMissed, haveNext := false, false
	for _, rule := range rules.Rungs {
		id := rungID(rule.Code, due.String())
		if slices.Contains(o.Passed, id) {
			// A step that was taken supersedes every step before it.
			haveMissed, haveNext = false, false
			continue
		}
		rung, ok := o.rungOf(rule, due, rules)
		if !ok {
			continue
		}
		rung.ID, rung.Code = id, rule.Code
		if !rung.At.After(after) {
			missed, haveMissed = rung, true
		} else if !haveNext || !rung.At.After(next.At) {
			// Of two steps at one instant the later one supersedes the other.
			next, haveNext = rung, true
		}
	}
	if haveMissed {
		return missed, true
	}
	return next, haveNext
}

func (o *Obligation) rungOf(rule RungRule, due Date, rules Rules) (Rung, bool) {
	var rung Rung
	switch rule.Anchor {
	case AnchorShare:
		done, total := o.progress()
		if due != o.lastDue() || done*rule.Denominator >= total*rule.Numerator {
			return Rung{}, false
		}
		at, comes := o.shift(o.shareDay(rule.Numerator, rule.Denominator).Start())
		rung.At = at
		if !comes {
			return Rung{}, false
		}
		rung.Kinds = o.kindsDue(due, func(goal Goal) bool { return o.waitsForCadre(goal) })
	case AnchorDue:
		at, comes := o.shift(due.AddDays(rule.Days).Start())
		if !comes {
			return Rung{}, false
		}
		rung.At = at
		rung.Kinds = o.kindsDue(due, func(goal Goal) bool { return o.waitsForCadre(goal) })
	case AnchorOverdue:
		rung.At = o.overdueStep(due, rule.Days, rules)
		// Goals that a returned claim still holds then are not overdue yet.
		rung.Kinds = o.kindsDue(due, func(goal Goal) bool { return reached(o.GoalTurning(goal, rules).Red, rung.At) })
	}
	return rung, len(rung.Kinds) > 0
}

// overdueStep is the earliest instant at which a goal of the date is red and so
// many days have passed since its due instant: a claim that lapses late gives no
// time back. Zero means never.
func (o *Obligation) overdueStep(due Date, days int, rules Rules) time.Time {
	var step time.Time
	for _, goal := range o.Goals {
		red := o.GoalTurning(goal, rules).Red
		dueAt, comes := o.DueAt(goal)
		if goal.Due == due && comes && !red.IsZero() {
			step = earlier(step, later(red, dueAt.AddDate(0, 0, days)))
		}
	}
	return step
}

// waitsForCadre reports whether the goal is unmet and nobody else must act.
func (o *Obligation) waitsForCadre(goal Goal) bool {
	return !o.goalMet(goal) && o.inReview(goal.Kind) == 0
}

func (o *Obligation) kindsDue(due Date, include func(Goal) bool) []Kind {
	var kinds []Kind
	for _, goal := range o.Goals {
		if goal.Due == due && !goal.Exempted && include(goal) {
			kinds = append(kinds, goal.Kind)
		}
	}
	return kinds
}

// singleRungs are the steps that no ladder has: the lapse of a correction, the
// end of a planned suspension, and the closing of a fulfilled obligation.
func (o *Obligation) singleRungs(rules Rules) []Rung {
	var rungs []Rung
	for _, record := range o.Records {
		if lapse, lapses := o.CorrectionDue(record); lapses {
			rungs = append(rungs, Rung{
				ID:   rungID(RungCorrectionLapsed, string(record.ID)+"#"+strconv.Itoa(record.Returns)),
				Code: RungCorrectionLapsed, At: lapse, Kinds: []Kind{record.Kind}, Record: record.ID,
			})
		}
	}
	for _, suspension := range o.Suspensions {
		if suspension.Resumed.IsZero() && !suspension.Until.IsZero() {
			rungs = append(rungs, Rung{
				ID: rungID(RungSuspensionEnds, suspension.From.String()), Code: RungSuspensionEnds, At: suspension.Until.End(),
			})
		}
	}
	if o.Met() && !o.openRecords() {
		last, comes := o.shift(o.lastDue().AddDays(rules.CloseAfterDays).End())
		if comes {
			rungs = append(rungs, Rung{ID: rungID(RungFulfilledClose, o.lastDue().String()), Code: RungFulfilledClose, At: last})
		}
	}
	return rungs
}

func (o *Obligation) openRecords() bool {
	return slices.ContainsFunc(o.Records, func(r Record) bool { return r.State.Active() && r.State != StateCredited })
}

func (b PassRung) decide(o *Obligation, rules Rules, c Command) ([]EventBody, error) {
	rung, due := o.NextRung(c.At, rules)
	if c.Actor.Account != SystemAccount || !due || rung.ID != b.Rung || rung.At.After(c.At) {
		return nil, Refuse(RefusedRung, "rung", string(b.Rung))
	}
	passed := RungPassed{Rung: rung.ID, Code: rung.Code, Kinds: rung.Kinds, Record: rung.Record, ReachedAt: rung.At}
	if rung.Code == RungFulfilledClose {
		return []EventBody{passed, Closed{Close{Ground: GroundFulfilled}}}, nil
	}
	return []EventBody{passed}, nil
}

func (b RungPassed) apply(o *Obligation, _ Event) { o.Passed = append(slices.Clone(o.Passed), b.Rung) }
