package workflows

import (
	"fmt"
	"strconv"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	enumspb "go.temporal.io/api/enums/v1"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/inspection"
)

// InspectionInput names the cycle of a run, and how far a run before it has come
// with the units: all else is in the archive.
type InspectionInput struct {
	Plan    models.PlanID  `json:"plan"`
	Quarter models.Quarter `json:"quarter"`
	// Frozen and Asked count the units that are done, in the order of the cycle.
	Frozen int `json:"frozen,omitempty"`
	Asked  int `json:"asked,omitempty"`
	// Reports are the instants of the units' reports, once they are counted.
	Reports *activities.ReportTimes `json:"reports,omitempty"`
	// Prompted: the red units of the quarter were prompted to talk.
	Prompted bool `json:"prompted,omitempty"`
}

// ID is the cycle's identity.
func (i InspectionInput) ID() inspection.ID {
	return inspection.ID{Plan: i.Plan, Quarter: i.Quarter}
}

// inspectionKinds are the commands that people and the schedule give to a cycle.
var inspectionKinds = kindsOf(
	inspection.Open{}, inspection.Cancel{}, inspection.DraftBulletin{}, inspection.EditBulletin{}, inspection.OpenComments{},
	inspection.Comment{}, inspection.CloseComments{}, inspection.AskSignatures{}, inspection.Sign{}, inspection.Recall{},
	inspection.BeginCorrection{},
)

func kindsOf(bodies ...inspection.CommandBody) []models.CommandKind {
	kinds := make([]models.CommandKind, len(bodies))
	for i, body := range bodies {
		kinds[i] = body.CommandKind()
	}
	return kinds
}

// unitsAtOnce bounds how many units are frozen or asked at the same time, and
// historyAtMost after how many events a run that goes through them is followed by
// a new one.
const (
	unitsAtOnce   = 20
	historyAtMost = 1000
	// unitsHeard is how many children may tell a run of their end.
	unitsHeard = 100
)

// Inspection hosts the cycle of one plan and quarter: it freezes the figures,
// asks the units, drafts the bulletin when the reports are in or their time is
// over, and then serves those who write and sign it, until it is issued. A
// correction opens it again.
func Inspection(ctx workflow.Context, input InspectionInput) error {
	h := &cycleHost{input: input, subjectHost: subjectHost{
		subject: input.ID().Subject(), workflow: InspectionWorkflow, kinds: inspectionKinds,
	}}
	h.settled = workflow.GetSignalChannel(ctx, SignalSettled)
	if err := h.setup(ctx); err != nil {
		return err
	}
	if err := h.untilKnown(ctx); err != nil {
		return leave(ctx, err)
	}
	return h.run(ctx)
}

// cycleHost is the state of one run of a cycle.
type cycleHost struct {
	subjectHost
	input InspectionInput
	// settled says that a unit's report was the last that was awaited.
	settled workflow.ReceiveChannel
	// reportsEnded: no unit is waited for any more.
	reportsEnded bool
	// renew asks for a new run: the end of a child is told to the run that began it,
	// and a new one hears nothing of hundreds of them.
	renew bool
}

func (h *cycleHost) cycle() *inspection.Inspection {
	return h.aggregate.(*inspection.Inspection)
}

// run goes from stage to stage. Each step may be repeated: the archive knows what
// is done.
func (h *cycleHost) run(ctx workflow.Context) error {
	for {
		if err := h.passSteps(ctx, h.closeComments); err != nil {
			return leave(ctx, err)
		}
		h.describe(ctx)
		over, err := h.over(ctx)
		switch cycle := h.cycle(); {
		case err != nil:
		case over:
			return leave(ctx, h.finish(ctx, cycle.Stage))
		case h.renew || h.crowded(ctx) || h.shouldContinue(ctx):
			return h.again(ctx, h.input)
		case cycle.Stage == inspection.StageFreezing:
			err = h.freeze(ctx)
		case cycle.Stage == inspection.StageAsking:
			err = h.ask(ctx)
		case cycle.Stage == inspection.StageReporting:
			err = h.awaitReports(ctx)
		default:
			err = h.serve(ctx)
		}
		if err != nil {
			return leave(ctx, err)
		}
	}
}

// crowded reports whether the run's history is long enough for a cycle that goes
// through hundreds of units.
func (h *cycleHost) crowded(ctx workflow.Context) bool {
	return workflow.GetInfo(ctx).GetCurrentHistoryLength() >= historyAtMost
}

func (h *cycleHost) closeComments(step inspection.Step) inspection.CommandBody {
	return inspection.CloseComments{Step: step.ID}
}

// freeze freezes the next units, and seals the snapshot after the last.
func (h *cycleHost) freeze(ctx workflow.Context) error {
	cycle := h.cycle()
	id := h.input.ID()
	if h.input.Frozen == 0 {
		if err := activityOf(ctx, archiveScan("begin snapshot"), nil, steps.BeginSnapshot, id); err != nil {
			return err
		}
	}
	if h.input.Frozen < len(cycle.Units) {
		next := cycle.Units[h.input.Frozen:min(h.input.Frozen+unitsAtOnce, len(cycle.Units))]
		var under []workflow.Future
		for _, unit := range next {
			scan := workflow.WithActivityOptions(ctx, archiveScan("freeze "+string(unit)))
			under = append(under, workflow.ExecuteActivity(scan, steps.FreezeUnit, activities.UnitOfCycle{Inspection: id, Unit: unit, CutOff: cycle.CutOff}))
		}
		for _, one := range under {
			if err := one.Get(ctx, nil); err != nil {
				return fmt.Errorf("freeze %s: %w", id, err)
			}
		}
		h.input.Frozen += len(next)
		return nil
	}
	var sealed inspection.Freeze
	if err := activityOf(ctx, archiveScan("seal snapshot"), &sealed, steps.SealSnapshot, id); err != nil {
		return err
	}
	return h.system(ctx, "freeze", sealed)
}

// ask starts the sample and a child a unit. They outlive the cycle's runs, and
// nothing is awaited of them but that they began: when a cycle goes on, it asks
// the archive what has come in.
func (h *cycleHost) ask(ctx workflow.Context) error {
	cycle := h.cycle()
	if h.input.Reports == nil {
		var times activities.ReportTimes
		if err := h.insist(ctx, archiveRead("time reports"), &times, steps.TimeReports, h.timed(ctx)); err != nil {
			return err
		}
		h.input.Reports = &times
		if err := h.child(ctx, SampleWorkflow, h.input.ID().SampleSubject(), SampleInput{Plan: h.input.Plan, Quarter: h.input.Quarter}).Get(ctx, nil); ignoreStarted(err) != nil {
			return err
		}
	}
	if h.input.Asked < len(cycle.Units) {
		next := cycle.Units[h.input.Asked:min(h.input.Asked+unitsAtOnce, len(cycle.Units))]
		var started []workflow.Future
		for _, unit := range next {
			started = append(started, h.child(ctx, UnitInspectionWorkflow, h.input.ID().ReportSubject(unit), UnitInspectionInput{
				Plan: h.input.Plan, Quarter: h.input.Quarter, Unit: unit, Times: *h.input.Reports,
			}))
		}
		for _, one := range started {
			if err := ignoreStarted(one.Get(ctx, nil)); err != nil {
				return fmt.Errorf("ask the units of %s: %w", h.input.ID(), err)
			}
		}
		h.input.Asked += len(next)
		return nil
	}
	h.renew = len(cycle.Units) > unitsHeard
	return h.system(ctx, "ask-reports", inspection.AskReports{Due: h.input.Reports.Due})
}

// child starts a child that outlives the run, and answers when it has begun.
func (h *cycleHost) child(ctx workflow.Context, name, id string, input any) workflow.Future {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: id, ParentClosePolicy: enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		StaticSummary:         id,
	})
	return workflow.ExecuteChildWorkflow(ctx, name, input).GetChildWorkflowExecution()
}

// ignoreStarted takes a child that a run before this one began for begun.
func ignoreStarted(err error) error {
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return err
}

// awaitReports drafts the bulletin once nobody is left whose deadline is to come.
func (h *cycleHost) awaitReports(ctx workflow.Context) error {
	for h.settled.ReceiveAsync(nil) {
	}
	var outstanding activities.Outstanding
	if err := h.insist(ctx, archiveRead("reports"), &outstanding, steps.OutstandingReports, h.timed(ctx)); err != nil {
		return err
	}
	if outstanding.Timely > 0 {
		return h.rest(ctx, outstanding.Next, "reports due", func() bool { return h.settled.Len() > 0 })
	}
	if err := h.prompt(ctx); err != nil {
		return err
	}
	var digest string
	if err := activityOf(ctx, archiveScan("draft bulletin"), &digest, steps.DraftBulletin, h.timed(ctx)); err != nil {
		return err
	}
	return h.system(ctx, "draft", inspection.DraftBulletin{Digest: digest})
}

// prompt has the leaders of units talked to that were red for too long.
func (h *cycleHost) prompt(ctx workflow.Context) error {
	var red []models.UnitID
	if err := activityOf(ctx, archiveScan("red units"), &red, steps.RedUnits, h.timed(ctx)); err != nil {
		return err
	}
	h.input.Prompted = true
	if len(red) == 0 {
		return nil
	}
	return h.system(ctx, "talks", inspection.PromptTalks{Units: red})
}

// serve waits for those who work on the bulletin. Once its text is final, nobody
// is waited for any more. A first text that an inspector drafted before the
// reports were in overtook the prompt, which is made up for.
func (h *cycleHost) serve(ctx workflow.Context) error {
	current, open := h.cycle().Current()
	if open && current.Ordinal == 1 && !h.input.Prompted &&
		workflow.GetVersion(ctx, changePromptEarlyDrafts, workflow.DefaultVersion, 1) != workflow.DefaultVersion {
		return h.prompt(ctx)
	}
	if open && current.Stage == inspection.BulletinSigning && !h.reportsEnded {
		return h.endReports(ctx)
	}
	if issued, unfiled := h.cycle().Unfiled(); unfiled {
		return h.keepFiles(ctx, issued.Ordinal)
	}
	return h.rest(ctx, time.Time{}, "", never)
}

// finish ends the reports of a cycle that was cancelled, and hears what the last
// reports tell a cycle that needs no telling any more.
func (h *cycleHost) finish(ctx workflow.Context, stage inspection.Stage) error {
	var err error
	if stage == inspection.StageCancelled {
		err = h.endReports(ctx)
	}
	for h.settled.ReceiveAsync(nil) {
	}
	return err
}

// keepFiles registers what the files of an issued bulletin are. It stays out of
// the transaction that issues it: making them takes longer than a transaction may.
func (h *cycleHost) keepFiles(ctx workflow.Context, ordinal int) error {
	var files inspection.KeepFiles
	of := activities.BulletinOfCycle{Inspection: h.input.ID(), Ordinal: ordinal}
	if err := activityOf(ctx, archiveScan("bulletin files"), &files, steps.MakeBulletinFiles, of); err != nil {
		return err
	}
	return h.system(ctx, "files-"+strconv.Itoa(ordinal), files)
}

func (h *cycleHost) endReports(ctx workflow.Context) error {
	h.reportsEnded = true
	return activityOf(ctx, archiveScan("end reports"), nil, steps.EndReports, h.timed(ctx))
}

func (h *cycleHost) timed(ctx workflow.Context) activities.TimedCycle {
	return activities.TimedCycle{Inspection: h.input.ID(), Rules: h.cycle().Rules, At: workflow.Now(ctx)}
}

// describe is what Temporal's own UI shows of a run.
func (h *cycleHost) describe(ctx workflow.Context) {
	cycle := h.cycle()
	text := fmt.Sprintf("- stage: **%s**, units: %d, cut-off: %s\n", cycle.Stage, len(cycle.Units), models.DateOf(cycle.CutOff.Add(-time.Second)))
	if current, open := cycle.Current(); open {
		text += fmt.Sprintf("- bulletin %d: **%s**, version %d, signatures: %d\n", current.Ordinal, current.Stage, current.Version, len(current.Signatures))
	}
	workflow.SetCurrentDetails(ctx, text)
}

// activityOf runs an ordinary activity and waits for it.
func activityOf(ctx workflow.Context, options workflow.ActivityOptions, result any, activity any, argument any) error {
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), activity, argument).Get(ctx, result)
}
