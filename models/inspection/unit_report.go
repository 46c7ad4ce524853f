package inspection

import (
	"slices"
	"strconv"
	"time"

	"bangfu/models"
)

// UnitReport is one unit's report in one cycle (自查报告): asked for, filed by the
// unit's contact, confirmed by a leader. What it says is in the archive.
type UnitReport struct {
	Position
	ID    ID            `json:"id"`
	Unit  models.UnitID `json:"unit"`
	State ReportState   `json:"state"`
	// Due is 24:00 of the last day for the report; Reminders come before it.
	Due       time.Time   `json:"due"`
	Reminders []time.Time `json:"reminders,omitempty"`
	// Version is that of the content that was filed last, Digest what it said.
	Version int64            `json:"version,omitempty"`
	Digest  string           `json:"digest,omitempty"`
	FiledBy models.AccountID `json:"filedBy,omitempty"`
	// FiledRight is the cadre by whose right it was filed.
	FiledRight models.CadreID `json:"filedRight,omitempty"`
	FiledAt    time.Time      `json:"filedAt,omitzero"`
	// Late: the deadline passed before the report was confirmed. It blocks nothing.
	Late   bool     `json:"late,omitempty"`
	Ended  bool     `json:"ended,omitempty"`
	Passed []StepID `json:"passed,omitempty"`
}

// The commands of a unit's report.
type (
	// Ask asks the unit. A unit that has nothing to report is done at once.
	Ask struct {
		Inspection ID            `json:"inspection"`
		Unit       models.UnitID `json:"unit"`
		Due        time.Time     `json:"due"`
		Reminders  []time.Time   `json:"reminders,omitempty"`
		Nothing    bool          `json:"nothing,omitempty"`
	}
	// File hands the saved form, as it was shown, to the unit's leader.
	File struct {
		Version int64  `json:"version"`
		Digest  string `json:"digest"`
	}
	// SendBack gives the form back to the contact, with reasons.
	SendBack struct{}
	// Confirm signs what was filed.
	Confirm struct {
		Digest string `json:"digest"`
	}
	// Extend gives one unit more time.
	Extend struct {
		Due       time.Time   `json:"due"`
		Reminders []time.Time `json:"reminders,omitempty"`
	}
	// PassStep records that a step of the clock was reached. Only the clock gives it.
	PassStep struct {
		Step StepID `json:"step"`
	}
	// End closes the report when the cycle goes on without it.
	End struct{}
)

// The facts of a unit's report.
type (
	// Asked says that the unit was asked.
	Asked struct{ Ask }
	// Filed says that the contact filed the form.
	Filed struct{ File }
	// SentBack says that the leader gave it back.
	SentBack struct{ SendBack }
	// Confirmed says that the leader signed it.
	Confirmed struct{ Confirm }
	// Extended says that the unit has more time.
	Extended struct{ Extend }
	// StepPassed says that a reminder or the deadline was reached at its instant.
	StepPassed struct {
		PassStep
		// ReachedAt is the step's own instant; the event's may be later.
		ReachedAt time.Time `json:"reachedAt"`
	}
	// Ended says that the report is closed: Missing if it was never confirmed, and
	// Early if its deadline was still to come. Before there was Early, whoever was
	// missing was late.
	Ended struct {
		End
		Missing bool `json:"missing,omitempty"`
		Early   bool `json:"early,omitempty"`
	}
)

func (Ask) CommandKind() models.CommandKind      { return "ask-report" }
func (File) CommandKind() models.CommandKind     { return "file-report" }
func (SendBack) CommandKind() models.CommandKind { return "send-back-report" }
func (Confirm) CommandKind() models.CommandKind  { return "confirm-report" }
func (Extend) CommandKind() models.CommandKind   { return "extend-report" }
func (PassStep) CommandKind() models.CommandKind { return "pass-step" }
func (End) CommandKind() models.CommandKind      { return "end-report" }

func (Asked) EventKind() models.EventKind      { return "report-asked" }
func (Filed) EventKind() models.EventKind      { return "report-filed" }
func (SentBack) EventKind() models.EventKind   { return "report-sent-back" }
func (Confirmed) EventKind() models.EventKind  { return "report-confirmed" }
func (Extended) EventKind() models.EventKind   { return "report-extended" }
func (StepPassed) EventKind() models.EventKind { return "step-passed" }
func (Ended) EventKind() models.EventKind      { return "report-ended" }

// The steps of a report's clock are its reminders and its deadline; one more of
// each after an extension.
const (
	stepRemind = "remind"
	stepDue    = "due"
)

// Decide turns a command into events.
func (r *UnitReport) Decide(c Command) ([]Event, error) {
	subject := r.Subject
	if ask, first := c.Body.(Ask); first {
		subject = ask.Inspection.ReportSubject(ask.Unit)
	}
	body, err := r.decide(c)
	if err != nil {
		return nil, err
	}
	return numbered(r.Position, subject, c, body), nil
}

func (r *UnitReport) decide(c Command) (EventBody, error) {
	if _, asks := c.Body.(Ask); asks == (r.Sequence > 0) {
		return nil, r.wrongState()
	}
	switch body := c.Body.(type) {
	case Ask:
		if !body.Inspection.Valid() || body.Unit == "" || body.Due.IsZero() {
			return nil, models.Refuse(models.RefusedUnknownCommand)
		}
		return Asked{body}, nil
	case File:
		return r.file(body)
	case SendBack:
		return SentBack{body}, r.must(ReportFiled)
	case Confirm:
		return r.confirm(body, c.Actor)
	case Extend:
		return r.extend(body, c.At)
	case PassStep:
		return r.passStep(body, c.At)
	case End:
		if r.Over() {
			return nil, r.wrongState()
		}
		return Ended{End: body, Missing: r.State != ReportConfirmed, Early: r.instantOf(c).Before(r.Due)}, nil
	default:
		return nil, models.Refuse(models.RefusedUnknownCommand)
	}
}

// file may be given again before the leader signs: the last form counts.
func (r *UnitReport) file(body File) (EventBody, error) {
	if r.Ended || r.State != ReportDue && r.State != ReportFiled {
		return nil, r.wrongState()
	}
	if body.Version <= 0 || body.Digest == "" || r.State == ReportFiled && body.Version <= r.Version {
		return nil, models.Refuse(RefusedReportStale,
			"shown", strconv.FormatInt(body.Version, 10), "current", strconv.FormatInt(r.Version, 10))
	}
	return Filed{body}, nil
}

func (r *UnitReport) confirm(body Confirm, actor models.Actor) (EventBody, error) {
	if err := r.must(ReportFiled); err != nil {
		return nil, err
	}
	switch {
	case body.Digest != r.Digest:
		return nil, models.Refuse(RefusedReportStale, "current", strconv.FormatInt(r.Version, 10))
	case actor.Repeats(r.FiledBy, r.FiledRight):
		return nil, models.Refuse(RefusedSameConfirmer)
	}
	return Confirmed{body}, nil
}

func (r *UnitReport) extend(body Extend, at time.Time) (EventBody, error) {
	if r.Over() {
		return nil, r.wrongState()
	}
	if !body.Due.After(r.Due) || !body.Due.After(at) {
		return nil, models.Refuse(RefusedDeadline, "due", models.DateOf(r.Due.Add(-time.Second)).String())
	}
	return Extended{body}, nil
}

func (r *UnitReport) passStep(body PassStep, at time.Time) (EventBody, error) {
	step, comes := r.NextStep()
	if !comes || step.ID != body.Step || step.At.After(at) {
		return nil, models.Refuse(RefusedStep, "step", string(body.Step))
	}
	return StepPassed{PassStep: body, ReachedAt: step.At}, nil
}

func (r *UnitReport) must(state ReportState) error {
	if r.Ended || r.State != state {
		return r.wrongState()
	}
	return nil
}

func (r *UnitReport) wrongState() error {
	return models.Refuse(RefusedReportState, "state", string(r.State))
}

// Apply evolves the report by one event.
func (r *UnitReport) Apply(e Event) {
	switch body := e.Body.(type) {
	case Asked:
		r.ID, r.Unit, r.Due, r.Reminders = body.Inspection, body.Unit, body.Due, body.Reminders
		r.State = ReportDue
		if body.Nothing {
			r.State, r.Ended = ReportNothing, true
		}
	case Filed:
		r.State, r.Version, r.Digest = ReportFiled, body.Version, body.Digest
		r.FiledBy, r.FiledRight, r.FiledAt = e.Actor.Account, e.Actor.Right(), e.At
	case SentBack:
		r.State = ReportDue
	case Confirmed:
		r.State, r.Ended = ReportConfirmed, true
		r.Late = r.Late || !e.At.Before(r.Due)
	case Extended:
		r.Due, r.Reminders, r.Late = body.Due, body.Reminders, false
	case StepPassed:
		r.Passed = append(slices.Clone(r.Passed), body.Step)
		r.Late = r.Late || body.Step == r.dueStep().ID
	case Ended:
		r.Ended = true
		if body.Missing {
			r.State, r.Late = ReportMissing, r.Late || !body.Early
		}
	}
	r.advance(e)
}

// dueStep is the deadline as a step: an extended one is another.
func (r *UnitReport) dueStep() Step {
	return Step{ID: StepID(stepDue + "-" + models.DateOf(r.Due.Add(-time.Nanosecond)).String()), At: r.Due}
}

// NextStep is the next reminder, or the deadline.
func (r *UnitReport) NextStep() (Step, bool) {
	if r.Over() {
		return Step{}, false
	}
	steps := []Step{r.dueStep()}
	for _, at := range r.Reminders {
		steps = append(steps, Step{ID: StepID(stepRemind + "-" + models.DateOf(at).String()), At: at})
	}
	return earliest(r.Passed, steps...)
}

// CountedAt is how a report counts in figures that are gathered at an instant, and
// whether it is late. A report stays open until the bulletin goes to the signers,
// long after its deadline; a unit that has filed nothing by then counts as missing,
// or no draft would ever name one. The deadline decides and not the clock's step,
// which may come a moment after the instant.
func (s ReportState) CountedAt(due time.Time, late bool, at time.Time) (ReportState, bool) {
	open := s == ReportDue || s == ReportFiled
	if !open || !late && at.Before(due) {
		return s, late
	}
	if s == ReportDue {
		s = ReportMissing
	}
	return s, true
}

// Over reports whether the report is confirmed, needless or closed.
func (r *UnitReport) Over() bool { return r.Ended }
