package workflowtest

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/workflows"
)

// inspected drives a cycle, a unit's report, a sample or a finding to the state
// that a golden history shows. Each has a plan of its own, so that each has its
// own quarter.
type inspected struct {
	name  string
	drive func(w *quarterWriter) error
}

// inspections are all golden histories of the inspection. The one with many units
// comes last: its units are inspected by every cycle after it.
func inspections() []inspected {
	return []inspected{
		{"cycle-reporting", cycleReporting},
		{"cycle-drafted", cycleDrafted},
		{"cycle-drafted-early", cycleDraftedEarly},
		{"cycle-commented", cycleCommented},
		{"cycle-comments-lapsed", cycleCommentsLapsed},
		{"cycle-issued", cycleIssued},
		{"cycle-corrected", cycleCorrected},
		{"cycle-cancelled", cycleCancelled},
		{"report-confirmed", reportConfirmed},
		{"report-late", reportLate},
		{"report-extended", reportExtended},
		{"report-nothing", reportNothing},
		{"report-ended", reportEnded},
		{"sample-drawn", sampleDrawn},
		{"sample-revoked", sampleRevoked},
		{"finding-raised", findingRaised},
		{"finding-turned", findingTurned},
		{"finding-red-answered", findingRed},
		{"finding-settled", findingSettled},
		{"finding-reopened", findingReopened},
		{"cycle-many-units", cycleManyUnits},
	}
}

// quarterWriter drives one scenario of the inspection over a real server.
type quarterWriter struct {
	ctx     context.Context
	client  client.Client
	engine  *workflows.Engine
	archive *store.Archive
	id      inspection.ID
	now     time.Time
	given   int
	// subject and run are those whose history is kept; no run means the latest.
	subject, run string
}

func writeInspections(ctx context.Context, temporal client.Client, archive *store.Archive, folder string, now time.Time) error {
	for _, each := range inspections() {
		file := filepath.Join(folder, each.name+".json")
		if exists(file) {
			continue
		}
		w := &quarterWriter{
			ctx: ctx, client: temporal, engine: workflows.NewEngine(temporal), archive: archive, now: now,
			id: inspection.ID{Plan: models.PlanID("golden-" + each.name), Quarter: models.MustQuarter("2013Q2")},
		}
		w.subject = w.id.Subject()
		if err := w.write(each, file); err != nil {
			return fmt.Errorf("history %s: %w", each.name, err)
		}
	}
	return nil
}

func (w *quarterWriter) write(each inspected, file string) error {
	plan := models.Plan{ID: w.id.Plan, Title: "fixture plan", From: TermFrom, To: TermDue, Policy: 1}
	if err := w.archive.SavePlan(w.ctx, plan); err != nil {
		return err
	}
	if err := each.drive(w); err != nil {
		return err
	}
	history, err := settledHistory(w.ctx, w.client, w.subject, w.run)
	if err != nil {
		return err
	}
	return keep(history, file)
}

// give gives a command to a subject through its workflow.
func (w *quarterWriter) give(subject string, account models.AccountID, body inspection.CommandBody) error {
	return w.giveAt(w.now, subject, account, body)
}

func (w *quarterWriter) giveAt(at time.Time, subject string, account models.AccountID, body inspection.CommandBody) error {
	command := w.command(at, subject, account, body)
	err := Insist(w.ctx, func(ctx context.Context) error {
		_, err := w.engine.ExecuteInspection(ctx, subject, command)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", body.CommandKind(), err)
	}
	return nil
}

func (w *quarterWriter) command(at time.Time, subject string, account models.AccountID, body inspection.CommandBody) inspection.Command {
	w.given++
	return inspection.Command{
		ID: models.CommandID(fmt.Sprintf("%s/%04d", subject, w.given)), At: at, Actor: models.Actor{Account: account}, Body: body,
	}
}

// duty enrols a cadre, so that the first district has something to report.
func (w *quarterWriter) duty() (*Duty, error) {
	return EnrolUnder(w.ctx, w.archive, w.id.Plan, "c-0001", TermFrom, TermDue)
}

// open opens the cycle by its workflow and waits for a stage.
func (w *quarterWriter) open(stage inspection.Stage) error {
	open, err := w.archive.PrepareInspection(w.ctx, w.id, w.now)
	if err != nil {
		return err
	}
	if err := w.give(w.id.Subject(), "inspector", open); err != nil {
		return err
	}
	return w.untilStage(stage)
}

func (w *quarterWriter) untilStage(stage inspection.Stage) error {
	return until(w.ctx, "the stage "+string(stage), func() (bool, error) {
		cycle, err := w.cycle()
		return err == nil && cycle.Stage == stage, err
	})
}

func (w *quarterWriter) cycle() (*inspection.Inspection, error) {
	aggregate, err := w.archive.InspectionSubject(w.ctx, w.id.Subject())
	if err != nil {
		return nil, err
	}
	return aggregate.(*inspection.Inspection), nil
}

func (w *quarterWriter) untilEnded(subject string) error {
	return until(w.ctx, "the workflow "+subject+" to end", func() (bool, error) {
		described, err := w.client.DescribeWorkflowExecution(w.ctx, subject, "")
		return err == nil && described.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, err
	})
}

// untilPassed waits until a subject's log holds so many steps of its clock.
func (w *quarterWriter) untilPassed(subject string, count int) error {
	return until(w.ctx, "the steps of "+subject, func() (bool, error) {
		entries, err := w.archive.Entries(w.ctx, subject)
		passed := 0
		for _, entry := range entries {
			if entry.Kind == (inspection.StepPassed{}).EventKind() {
				passed++
			}
		}
		return passed >= count, err
	})
}

// frozenBeside opens and freezes the cycle without its workflow, for the scenarios
// that are about something else.
func (w *quarterWriter) frozenBeside() error {
	open, err := w.archive.PrepareInspection(w.ctx, w.id, w.now)
	if err != nil {
		return err
	}
	if err := AppendInspectionBeside(w.ctx, w.archive, w.id.Subject(), w.command(w.now, w.id.Subject(), "inspector", open)); err != nil {
		return err
	}
	units, err := w.archive.InspectedUnits(w.ctx, w.id.Quarter)
	if err != nil {
		return err
	}
	if err := w.archive.BeginSnapshot(w.ctx, w.id, units); err != nil {
		return err
	}
	for _, unit := range units {
		for done := false; !done; {
			if done, err = w.archive.FreezeUnit(w.ctx, w.id, unit.ID, open.CutOff); err != nil {
				return err
			}
		}
	}
	sealed, err := w.archive.SealSnapshot(w.ctx, w.id, open.CutOff, "", func(string) {})
	if err != nil {
		return err
	}
	return AppendInspectionBeside(w.ctx, w.archive, w.id.Subject(), w.command(w.now, w.id.Subject(), models.SystemAccount, inspection.Freeze{
		Snapshot: sealed.Digest, Obligations: sealed.Obligations, Goals: sealed.Goals, Credits: sealed.Credits,
	}))
}
