package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/inspection"
)

// UnitInspectionInput names one unit's report of a cycle. Times are used when the
// unit is asked; an extension is in the archive.
type UnitInspectionInput struct {
	Plan    models.PlanID          `json:"plan"`
	Quarter models.Quarter         `json:"quarter"`
	Unit    models.UnitID          `json:"unit"`
	Times   activities.ReportTimes `json:"times"`
}

func (i UnitInspectionInput) id() inspection.ID {
	return inspection.ID{Plan: i.Plan, Quarter: i.Quarter}
}

var reportKinds = kindsOf(inspection.File{}, inspection.SendBack{}, inspection.Confirm{}, inspection.Extend{}, inspection.End{})

// UnitInspection hosts one unit's report in one cycle: it asks, reminds, marks
// what is late, and ends when a leader of the unit has confirmed or the cycle
// goes on. A unit without anything to report is done at once.
func UnitInspection(ctx workflow.Context, input UnitInspectionInput) error {
	h := &subjectHost{
		subject: input.id().ReportSubject(input.Unit), workflow: UnitInspectionWorkflow, kinds: reportKinds,
	}
	if err := h.setup(ctx); err != nil {
		return err
	}
	if err := h.ask(ctx, input); err != nil {
		return leave(ctx, err)
	}
	for {
		if err := h.passSteps(ctx, passStep); err != nil {
			return leave(ctx, err)
		}
		switch {
		case h.aggregate.Over():
			return leave(ctx, h.settle(ctx, input))
		case h.shouldContinue(ctx):
			return h.again(ctx, input)
		}
		if err := h.rest(ctx, time.Time{}, "", never); err != nil {
			return leave(ctx, err)
		}
	}
}

// ask begins the report, unless a run before this one did.
func (h *subjectHost) ask(ctx workflow.Context, input UnitInspectionInput) error {
	if h.known() {
		return nil
	}
	var nothing bool
	unit := activities.UnitOfCycle{Inspection: input.id(), Unit: input.Unit}
	if err := activityOf(ctx, archiveScan("nothing to report"), &nothing, steps.NothingToReport, unit); err != nil {
		return err
	}
	return h.own(ctx, "ask", inspection.Ask{
		Inspection: input.id(), Unit: input.Unit, Due: input.Times.Due, Reminders: input.Times.Reminders, Nothing: nothing,
	})
}

// settle tells the cycle when this report was the last that it waits for. One
// signal a cycle instead of one a unit keeps the cycle's history short.
func (h *subjectHost) settle(ctx workflow.Context, input UnitInspectionInput) error {
	var outstanding activities.Outstanding
	cycle := activities.TimedCycle{Inspection: input.id(), At: workflow.Now(ctx)}
	if err := h.insist(ctx, archiveRead("reports"), &outstanding, steps.OutstandingReports, cycle); err != nil {
		return err
	}
	if outstanding.Timely > 0 {
		return nil
	}
	// A cycle that has gone on, or ended, needs no telling.
	err := workflow.SignalExternalWorkflow(ctx, input.id().Subject(), "", SignalSettled, nil).Get(ctx, nil)
	if err != nil {
		workflow.GetLogger(ctx).Info("the cycle was not told", "subject", h.subject, "error", fmt.Sprint(err))
	}
	return nil
}
