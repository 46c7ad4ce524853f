package models

import "time"

// Light is the colour of a standing. Colours only get worse while nobody acts.
type Light string

// The lights, from good to bad.
const (
	Green  Light = "green"  // 绿
	Blue   Light = "blue"   // 蓝
	Yellow Light = "yellow" // 黄
	Red    Light = "red"    // 红
)

// Lights are all lights from good to bad.
var Lights = []Light{Green, Blue, Yellow, Red}

// Turning holds the instants at which a light turns if no command comes. A
// zero instant means never. It is what the archive stores instead of a light,
// so that a list query and this package cannot disagree.
type Turning struct {
	Blue   time.Time `json:"blue,omitzero"`
	Yellow time.Time `json:"yellow,omitzero"`
	Red    time.Time `json:"red,omitzero"`
}

// Light is the light at an instant.
func (t Turning) Light(asOf time.Time) Light {
	switch {
	case reached(t.Red, asOf):
		return Red
	case reached(t.Yellow, asOf):
		return Yellow
	case reached(t.Blue, asOf):
		return Blue
	default:
		return Green
	}
}

func reached(turn, asOf time.Time) bool { return !turn.IsZero() && !asOf.Before(turn) }

// worst joins two turnings: each colour from the earlier of its instants.
func (t Turning) worst(other Turning) Turning {
	return Turning{
		Blue: earlier(t.Blue, other.Blue), Yellow: earlier(t.Yellow, other.Yellow), Red: earlier(t.Red, other.Red),
	}
}

// earlier is the earlier of two instants of which zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// later is the later of two instants.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// GoalState is what a goal looks like at an instant.
type GoalState string

// The states of a goal (domain.md §1.2).
const (
	GoalNotStarted GoalState = "not-started" // 未启动
	GoalInProgress GoalState = "in-progress" // 进行中: returned, waiting for the cadre
	GoalInReview   GoalState = "in-review"   // 待认定
	GoalDone       GoalState = "done"        // 已完成
	GoalOverdue    GoalState = "overdue"     // 逾期
	GoalSuspended  GoalState = "suspended"   // 中止
	GoalExempted   GoalState = "exempted"    // 免除
)

// ObligationState is what the whole duty looks like at an instant.
type ObligationState string

// The states of an obligation.
const (
	ObligationActive    ObligationState = "active"    // 进行中
	ObligationFulfilled ObligationState = "fulfilled" // 已完成
	ObligationOverdue   ObligationState = "overdue"   // 逾期
	ObligationSuspended ObligationState = "suspended" // 中止
	ObligationClosed    ObligationState = "closed"    // 已办结
)

// ObligationStates are all states of an obligation.
var ObligationStates = []ObligationState{ObligationActive, ObligationFulfilled, ObligationOverdue, ObligationSuspended, ObligationClosed}

// ReasonCode names a reason for a light. Pages hold the words.
type ReasonCode string

// Every reason that an explanation may give.
const (
	BecauseMet            ReasonCode = "goal-met"
	BecauseMetLate        ReasonCode = "goal-met-late"
	BecauseExempted       ReasonCode = "goal-exempted"
	BecauseInReview       ReasonCode = "goal-held-by-review"
	BecauseReturned       ReasonCode = "record-returned"
	BecauseCorrectionOver ReasonCode = "correction-lapsed"
	BecauseOverdue        ReasonCode = "goal-overdue"
	BecauseLateInReview   ReasonCode = "late-claim-in-review"
	BecauseDueSoon        ReasonCode = "goal-due-within"
	BecauseTimeLeft       ReasonCode = "goal-time-left"
	BecauseBehind         ReasonCode = "behind-schedule"
	BecauseSuspended      ReasonCode = "clock-suspended"
	BecauseExtended       ReasonCode = "goal-extended"
	BecauseClosed         ReasonCode = "obligation-closed"
)

// Reason is one part of the explanation of a light: a code and its parameters.
type Reason struct {
	Code   ReasonCode        `json:"code"`
	Params map[string]string `json:"params,omitempty"`
}

func because(code ReasonCode, pairs ...string) Reason {
	return Reason{Code: code, Params: Refuse("", pairs...).Params}
}

// GoalStanding is one goal at an instant.
type GoalStanding struct {
	Kind     Kind      `json:"kind"`
	State    GoalState `json:"state"`
	Light    Light     `json:"light"`
	Required int       `json:"required"`
	Credits  int       `json:"credits"`
	InReview int       `json:"inReview"`
	// Due is the last day as of the instant, suspensions so far included.
	Due Date `json:"due"`
	// DaysLeft counts the days from the instant's day to Due; negative after it.
	DaysLeft int      `json:"daysLeft"`
	Turning  Turning  `json:"turning"`
	Because  []Reason `json:"because"`
}

// Standing is the whole obligation at an instant (进度).
type Standing struct {
	AsOf    time.Time       `json:"asOf"`
	State   ObligationState `json:"state"`
	Light   Light           `json:"light"`
	Goals   []GoalStanding  `json:"goals"`
	Turning Turning         `json:"turning"`
	Because []Reason        `json:"because"`
}

// Turning is when the obligation's light turns if no command comes: the worst
// of its goals, and yellow while it is behind schedule.
func (o *Obligation) Turning(rules Rules) Turning {
	if o.Closed != "" {
		return Turning{}
	}
	var turning Turning
	for _, goal := range o.Goals {
		turning = turning.worst(o.GoalTurning(goal, rules))
	}
	turning.Yellow = earlier(turning.Yellow, o.behindAt())
	return turning
}

// GoalTurning is when the goal's light turns if no command comes.
//
// Overdue (design.md, "The clock"): the due instant has passed, the credits are
// fewer than required, and no submission made in time is still under review.
// A claim under review keeps the light green, since only the reviewer can act;
// a returned one is yellow, since the cadre must act, and holds the due instant
// until its correction lapses.
func (o *Obligation) GoalTurning(goal Goal, rules Rules) Turning {
	if o.Closed != "" || o.goalMet(goal) {
		return Turning{}
	}
	due, comes := o.DueAt(goal)
	hold := o.holdOf(goal, due, comes)
	if hold.open {
		return Turning{Yellow: hold.returnedAt}
	}
	turning := Turning{Yellow: hold.returnedAt}
	if comes {
		turning.Red = later(due, hold.until)
	}
	if blue, ok := o.shift(goal.Due.AddDays(-rules.Lights.BlueDays).Start()); ok {
		turning.Blue = blue
	}
	if yellow, ok := o.shift(goal.Due.AddDays(-rules.Lights.YellowDays).Start()); ok {
		turning.Yellow = earlier(turning.Yellow, yellow)
	}
	return turning
}

// hold is what records in flight do to a goal's due instant.
type hold struct {
	// open: a claim made in time waits for somebody other than the cadre, or for
	// the end of an open suspension.
	open bool
	// until: returned claims made in time hold the due instant until then.
	until time.Time
	// returnedAt is the earliest return that waits for the cadre.
	returnedAt time.Time
}

func (o *Obligation) holdOf(goal Goal, due time.Time, comes bool) hold {
	var result hold
	for _, record := range o.Records {
		if record.Kind != goal.Kind {
			continue
		}
		if record.State == StateReturned {
			result.returnedAt = earlier(result.returnedAt, record.ReturnedAt)
		}
		limit := due
		if !comes {
			// The due instant never comes while the suspension is open.
			limit = record.SubmittedAt.Add(time.Nanosecond)
		}
		if !record.holds(limit) {
			continue
		}
		lapse, lapses := o.CorrectionDue(record)
		result.open = result.open || !lapses
		if lapses {
			result.until = later(result.until, lapse)
		}
	}
	return result
}

// CorrectionDue is when the correction of a returned record lapses: its
// deadline, moved by the days suspended since the return. It is false while an
// open suspension holds it, and for records that are not returned.
func (o *Obligation) CorrectionDue(record Record) (time.Time, bool) {
	if record.State != StateReturned {
		return time.Time{}, false
	}
	lapse := record.ActionDue
	for _, suspension := range o.Suspensions {
		start := later(suspension.From.Start(), record.ReturnedAt)
		end, closed := suspension.end()
		switch {
		case !start.Before(lapse):
		case !closed:
			return time.Time{}, false
		case end.After(start):
			lapse = lapse.Add(end.Sub(start))
		}
	}
	return lapse, true
}

// behindAt is when the obligation falls behind schedule (未达序时进度): its
// fulfilled share, claims under review included, is less than the elapsed share
// of the window, counted in whole requirements.
func (o *Obligation) behindAt() time.Time {
	done, total := o.progress()
	if done >= total {
		return time.Time{}
	}
	instant, comes := o.shift(o.shareDay(done+1, total).Start())
	if !comes {
		return time.Time{}
	}
	return instant
}

// progress counts the requirements that are met or under review, and all.
func (o *Obligation) progress() (done, total int) {
	for _, goal := range o.Goals {
		if goal.Exempted {
			continue
		}
		claims := o.Credits(goal.Kind)
		for _, record := range o.Records {
			if record.Kind == goal.Kind && (record.State == StateUnderReview || record.State == StateDisputed) {
				claims++
			}
		}
		done += min(claims, goal.Required)
		total += goal.Required
	}
	return done, total
}

// shareDay is the first day on which the share of the window has elapsed, the
// window's end being the latest due date.
func (o *Obligation) shareDay(numerator, denominator int) Date {
	days := o.From.DaysUntil(o.lastDue()) + 1
	return o.From.AddDays((days*numerator + denominator - 1) / denominator)
}

func (o *Obligation) lastDue() Date {
	var last Date
	for _, goal := range o.Goals {
		if !goal.Exempted && goal.Due.After(last) {
			last = goal.Due
		}
	}
	if last.IsZero() {
		return o.PlanDue
	}
	return last
}
