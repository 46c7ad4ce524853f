package inspection

import (
	"slices"
	"strconv"
	"time"

	"bangfu/models"
)

// Stage is how far a cycle has come.
type Stage string

// The stages of a cycle, in their order.
const (
	StageFreezing  Stage = "freezing"  // 固化数据
	StageAsking    Stage = "asking"    // 下发通知
	StageReporting Stage = "reporting" // 单位自查
	StageDrafting  Stage = "drafting"  // 起草通报
	StageIssued    Stage = "issued"    // 已通报
	StageCancelled Stage = "cancelled" // 已取消
)

// Stages are all stages.
var Stages = []Stage{StageFreezing, StageAsking, StageReporting, StageDrafting, StageIssued, StageCancelled}

// Inspection is the cycle of one plan and quarter (督查): opened once, frozen,
// reported on, and issued as a bulletin. The zero value is not opened yet.
type Inspection struct {
	Position
	ID ID `json:"id"`
	// Rules are those that were in force when the cycle was opened.
	Rules  Rules     `json:"rules"`
	Stage  Stage     `json:"stage"`
	CutOff time.Time `json:"cutOff"`
	// Units are those that are inspected, in the order of the tree.
	Units []models.UnitID `json:"units"`
	// Snapshot is the digest of what was frozen.
	Snapshot  string    `json:"snapshot,omitempty"`
	ReportDue time.Time `json:"reportDue,omitzero"`
	// Talks are units that were red in consecutive quarters.
	Talks     []models.UnitID `json:"talks,omitempty"`
	Bulletins []BulletinState `json:"bulletins,omitempty"`
	Passed    []StepID        `json:"passed,omitempty"`
}

// The commands of the cycle that are not about its bulletin.
type (
	// Open begins the cycle. Units, CutOff and Rules come from the archive.
	Open struct {
		Inspection ID              `json:"inspection"`
		Rules      Rules           `json:"rules"`
		CutOff     time.Time       `json:"cutOff"`
		Units      []models.UnitID `json:"units"`
		// Scheduled tells a cycle that the schedule opened from an inspector's.
		Scheduled bool `json:"scheduled,omitempty"`
	}
	// Freeze says that every unit is frozen.
	Freeze struct {
		Snapshot    string `json:"snapshot"`
		Obligations int    `json:"obligations"`
		Goals       int    `json:"goals"`
		Credits     int    `json:"credits"`
		Indicators  int    `json:"indicators"`
	}
	// AskReports says that every unit was asked, and until when.
	AskReports struct {
		Due time.Time `json:"due"`
	}
	// PromptTalks says which units were red for so many quarters that the
	// organization department should talk to them.
	PromptTalks struct {
		Units []models.UnitID `json:"units"`
	}
	// Cancel ends the cycle before its bulletin is issued. Nothing of it is lost.
	Cancel struct{}
)

// The facts of the cycle that are not about its bulletin.
type (
	// Opened says that the cycle began.
	Opened struct{ Open }
	// Frozen says that the figures as of the cut-off are fixed.
	Frozen struct{ Freeze }
	// ReportsAsked says that the units were asked.
	ReportsAsked struct{ AskReports }
	// TalkPrompted says that a talk should be held with each of the units.
	TalkPrompted struct{ PromptTalks }
	// Cancelled says that the cycle ended without a bulletin.
	Cancelled struct{ Cancel }
)

func (Open) CommandKind() models.CommandKind        { return "open-inspection" }
func (Freeze) CommandKind() models.CommandKind      { return "freeze-inspection" }
func (AskReports) CommandKind() models.CommandKind  { return "ask-reports" }
func (PromptTalks) CommandKind() models.CommandKind { return "prompt-talks" }
func (Cancel) CommandKind() models.CommandKind      { return "cancel-inspection" }

func (Opened) EventKind() models.EventKind       { return "inspection-opened" }
func (Frozen) EventKind() models.EventKind       { return "inspection-frozen" }
func (ReportsAsked) EventKind() models.EventKind { return "reports-asked" }
func (TalkPrompted) EventKind() models.EventKind { return "talk-prompted" }
func (Cancelled) EventKind() models.EventKind    { return "inspection-cancelled" }

// Decide turns a command into events.
func (i *Inspection) Decide(c Command) ([]Event, error) {
	subject := i.Subject
	if open, first := c.Body.(Open); first {
		subject = open.Inspection.Subject()
	}
	if err := i.admit(c); err != nil {
		return nil, err
	}
	bodies, err := i.decide(c)
	if err != nil {
		return nil, err
	}
	return numbered(i.Position, subject, c, bodies...), nil
}

// admit refuses what no command can do to the cycle as it is.
func (i *Inspection) admit(c Command) error {
	_, opens := c.Body.(Open)
	switch {
	case c.Body == nil:
		return models.Refuse(models.RefusedUnknownCommand)
	case opens && i.Sequence > 0:
		return models.Refuse(RefusedOpened, "quarter", i.ID.Quarter.String())
	case opens:
		return nil
	case i.Sequence == 0:
		return models.Refuse(RefusedStage, "stage", "")
	case i.Stage == StageCancelled:
		return models.Refuse(RefusedCancelled, "quarter", i.ID.Quarter.String())
	default:
		return nil
	}
}

func (i *Inspection) decide(c Command) ([]EventBody, error) {
	switch body := c.Body.(type) {
	case Open:
		return body.decide(c)
	case Freeze:
		return i.at(StageFreezing, Frozen{body})
	case AskReports:
		return i.at(StageAsking, ReportsAsked{body})
	case PromptTalks:
		return i.promptTalks(body)
	case Cancel:
		if i.Stage == StageIssued {
			return nil, i.wrongStage()
		}
		return []EventBody{Cancelled{body}}, nil
	default:
		return i.decideBulletin(c)
	}
}

// decide refuses a quarter that has not begun, and a cut-off that is not its end:
// for the running quarter the cut-off is the instant of the command.
func (b Open) decide(c Command) ([]EventBody, error) {
	switch {
	case !b.Inspection.Valid() || len(b.Units) == 0 || b.Rules.Check() != nil:
		return nil, models.Refuse(models.RefusedUnknownCommand)
	case c.At.Before(b.Inspection.Quarter.First().Start()), b.CutOff.After(c.At), b.CutOff.After(b.Inspection.Quarter.End()):
		return nil, models.Refuse(RefusedQuarter, "quarter", b.Inspection.Quarter.String())
	}
	return []EventBody{Opened{b}}, nil
}

func (i *Inspection) promptTalks(body PromptTalks) ([]EventBody, error) {
	fresh := slices.DeleteFunc(slices.Clone(body.Units), func(unit models.UnitID) bool {
		return slices.Contains(i.Talks, unit) || !slices.Contains(i.Units, unit)
	})
	if len(fresh) == 0 {
		return nil, models.Refuse(RefusedUnit)
	}
	return []EventBody{TalkPrompted{PromptTalks{Units: fresh}}}, nil
}

// at lets a fact through at one stage only.
func (i *Inspection) at(stage Stage, fact EventBody) ([]EventBody, error) {
	if i.Stage != stage {
		return nil, i.wrongStage()
	}
	return []EventBody{fact}, nil
}

func (i *Inspection) wrongStage() error {
	return models.Refuse(RefusedStage, "stage", string(i.Stage))
}

// Apply evolves the cycle by one event.
func (i *Inspection) Apply(e Event) {
	switch body := e.Body.(type) {
	case Opened:
		i.ID, i.Rules, i.CutOff, i.Units = body.Inspection, body.Rules, body.CutOff, body.Units
		i.Stage = StageFreezing
	case Frozen:
		i.Snapshot, i.Stage = body.Snapshot, StageAsking
	case ReportsAsked:
		i.ReportDue, i.Stage = body.Due, StageReporting
	case TalkPrompted:
		i.Talks = append(slices.Clone(i.Talks), body.Units...)
	case Cancelled:
		i.Stage = StageCancelled
	default:
		i.applyBulletin(e)
	}
	i.advance(e)
}

// NextStep is when the comments on the bulletin close. All else that a cycle does
// by the clock is asked of the archive at its time.
func (i *Inspection) NextStep() (Step, bool) {
	current, open := i.current()
	if !open || current.Stage != BulletinCommenting || i.Stage == StageCancelled {
		return Step{}, false
	}
	return Step{
		ID: StepID("comments-" + strconv.Itoa(current.Ordinal) + "-" + strconv.Itoa(current.Rounds)), At: current.CommentsDue,
	}, true
}

// Over reports whether the cycle was cancelled, or issued with its files
// registered and no correction under way.
func (i *Inspection) Over() bool {
	_, open := i.current()
	_, unfiled := i.Unfiled()
	return i.Stage == StageCancelled || i.Stage == StageIssued && !open && !unfiled
}
