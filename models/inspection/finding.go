package inspection

import (
	"slices"
	"strconv"
	"time"

	"bangfu/models"
)

// Finding is one problem that an inspection found (问题), with its rectification
// (整改). It has a clock of its own and outlives the quarter.
type Finding struct {
	Position
	ID FindingID `json:"id"`
	// Inspection is the cycle that raised it.
	Inspection ID            `json:"inspection"`
	Unit       models.UnitID `json:"unit"`
	// Task and Record narrow what it is about; 0 and empty mean the unit itself.
	Task     int             `json:"task,omitempty"`
	Record   models.RecordID `json:"record,omitempty"`
	Severity Severity        `json:"severity"`
	State    FindingState    `json:"state"`
	Deadline
	// Round counts how often it was opened.
	Round  int      `json:"round"`
	Passed []StepID `json:"passed,omitempty"`
}

// Deadline is the time for a rectification, with the instants of its ladder: blue
// before it, yellow at it, red some working days after it.
type Deadline struct {
	BlueAt time.Time `json:"blueAt"`
	Due    time.Time `json:"due"`
	RedAt  time.Time `json:"redAt"`
}

// valid reports whether the instants are in their order and to come.
func (d Deadline) valid(at time.Time) bool {
	return d.Due.After(at) && !d.BlueAt.After(d.Due) && d.RedAt.After(d.Due)
}

// The commands of a finding.
type (
	// Raise opens the finding. Its words are in the archive.
	Raise struct {
		Finding    FindingID       `json:"finding"`
		Inspection ID              `json:"inspection"`
		Unit       models.UnitID   `json:"unit"`
		Task       int             `json:"task,omitempty"`
		Record     models.RecordID `json:"record,omitempty"`
		Severity   Severity        `json:"severity"`
		Deadline
	}
	// Answer is the unit's word on its rectification, with evidence.
	Answer struct {
		Evidence []models.EvidenceID `json:"evidence,omitempty"`
	}
	// Settle closes the finding (销号).
	Settle struct{}
	// Reopen asks again, with a new deadline.
	Reopen struct{ Deadline }
	// Drop takes the finding back: it was no problem.
	Drop struct{}
)

// The facts of a finding.
type (
	// Raised says that a problem was found.
	Raised struct{ Raise }
	// Answered says that the unit answered.
	Answered struct{ Answer }
	// Settled says that the inspector accepted the rectification.
	Settled struct{ Settle }
	// Reopened says that the inspector asked again, for the Round-th time.
	Reopened struct {
		Reopen
		Round int `json:"round"`
	}
	// Dropped says that the finding was taken back.
	Dropped struct{ Drop }
)

func (Raise) CommandKind() models.CommandKind  { return "raise-finding" }
func (Answer) CommandKind() models.CommandKind { return "answer-finding" }
func (Settle) CommandKind() models.CommandKind { return "settle-finding" }
func (Reopen) CommandKind() models.CommandKind { return "reopen-finding" }
func (Drop) CommandKind() models.CommandKind   { return "drop-finding" }

func (Raised) EventKind() models.EventKind   { return "finding-raised" }
func (Answered) EventKind() models.EventKind { return "finding-answered" }
func (Settled) EventKind() models.EventKind  { return "finding-settled" }
func (Reopened) EventKind() models.EventKind { return "finding-reopened" }
func (Dropped) EventKind() models.EventKind  { return "finding-dropped" }

// Decide turns a command into events.
func (f *Finding) Decide(c Command) ([]Event, error) {
	subject := f.Subject
	if raise, first := c.Body.(Raise); first {
		subject = FindingSubject(raise.Finding)
	}
	body, err := f.decide(c)
	if err != nil {
		return nil, err
	}
	return numbered(f.Position, subject, c, body), nil
}

func (f *Finding) decide(c Command) (EventBody, error) {
	if _, raises := c.Body.(Raise); raises == (f.Sequence > 0) {
		return nil, f.wrongState()
	}
	switch body := c.Body.(type) {
	case Raise:
		return body.decide(c.At)
	case Answer:
		return Answered{body}, f.must(FindingOpen, FindingAnswered)
	case Settle:
		// What is plain to see may be settled without an answer.
		return Settled{body}, f.must(FindingOpen, FindingAnswered)
	case Reopen:
		if err := f.must(FindingAnswered, FindingClosed); err != nil {
			return nil, err
		}
		if !body.valid(c.At) {
			return nil, models.Refuse(RefusedDeadline)
		}
		return Reopened{Reopen: body, Round: f.Round + 1}, nil
	case Drop:
		return Dropped{body}, f.must(FindingOpen, FindingAnswered)
	case PassStep:
		return f.passStep(body, c.At)
	default:
		return nil, models.Refuse(models.RefusedUnknownCommand)
	}
}

func (b Raise) decide(at time.Time) (EventBody, error) {
	switch {
	case b.Finding == "" || !b.Inspection.Valid() || b.Unit == "" || !slices.Contains(Severities, b.Severity):
		return nil, models.Refuse(models.RefusedUnknownCommand)
	case !b.valid(at):
		return nil, models.Refuse(RefusedDeadline)
	}
	return Raised{b}, nil
}

func (f *Finding) passStep(body PassStep, at time.Time) (EventBody, error) {
	step, comes := f.NextStep()
	if !comes || step.ID != body.Step || step.At.After(at) {
		return nil, models.Refuse(RefusedStep, "step", string(body.Step))
	}
	return StepPassed{PassStep: body, ReachedAt: step.At}, nil
}

func (f *Finding) must(states ...FindingState) error {
	if !slices.Contains(states, f.State) {
		return f.wrongState()
	}
	return nil
}

func (f *Finding) wrongState() error {
	return models.Refuse(RefusedFindingState, "state", string(f.State))
}

// Apply evolves the finding by one event.
func (f *Finding) Apply(e Event) {
	switch body := e.Body.(type) {
	case Raised:
		f.ID, f.Inspection, f.Unit, f.Task, f.Record = body.Finding, body.Inspection, body.Unit, body.Task, body.Record
		f.Severity, f.Deadline, f.State, f.Round = body.Severity, body.Deadline, FindingOpen, 1
	case Answered:
		f.State = FindingAnswered
	case Settled:
		f.State = FindingClosed
	case Reopened:
		f.State, f.Deadline, f.Round = FindingOpen, body.Deadline, body.Round
	case Dropped:
		f.State = FindingWithdrawn
	case StepPassed:
		f.Passed = append(slices.Clone(f.Passed), body.Step)
	}
	f.advance(e)
}

// Light is the finding's light at an instant: an answer in time holds it, since
// only the inspector can act then.
func (f *Finding) Light(asOf time.Time) models.Light {
	if f.State != FindingOpen {
		return models.Green
	}
	return models.Turning{Blue: f.BlueAt, Yellow: f.Due, Red: f.RedAt}.Light(asOf)
}

// The steps of a finding's ladder; each comes once more when it is opened again.
const (
	stepBlue   = "blue"
	stepYellow = "yellow"
	stepRed    = "red"
)

// NextStep is the next turning of the light while the unit has to act.
func (f *Finding) NextStep() (Step, bool) {
	if f.State != FindingOpen {
		return Step{}, false
	}
	round := strconv.Itoa(f.Round)
	return earliest(f.Passed,
		Step{ID: StepID(stepBlue + "-" + round), At: f.BlueAt},
		Step{ID: StepID(stepYellow + "-" + round), At: f.Due},
		Step{ID: StepID(stepRed + "-" + round), At: f.RedAt})
}

// Over reports whether nothing more is asked of the unit.
func (f *Finding) Over() bool { return f.State == FindingClosed || f.State == FindingWithdrawn }
