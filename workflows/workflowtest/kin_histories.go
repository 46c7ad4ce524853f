package workflowtest

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"go.temporal.io/sdk/client"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/workflows"
)

// kin drives a workflow beside the obligations to the end that a golden history
// shows, and answers its workflow ID.
type kin struct {
	name  string
	drive func(w *kinWriter) (workflowID string, err error)
}

// kindred are all golden histories of workflows that act on several obligations.
func kindred() []kin {
	return []kin{
		{"enrolment-started", enrolmentStarted},
		{"adjudication-upheld", func(w *kinWriter) (string, error) { return adjudicated(w, true) }},
		{"adjudication-dismissed", func(w *kinWriter) (string, error) { return adjudicated(w, false) }},
		{"batch-carried", batchCarried},
	}
}

type kinWriter struct {
	ctx     context.Context
	client  client.Client
	engine  *workflows.Engine
	archive *store.Archive
	plan    models.PlanID
	now     time.Time
}

func writeKindred(ctx context.Context, temporal client.Client, archive *store.Archive, folder string, now time.Time) error {
	for _, each := range kindred() {
		file := filepath.Join(folder, each.name+".json")
		if exists(file) {
			continue
		}
		w := &kinWriter{
			ctx: ctx, client: temporal, engine: workflows.NewEngine(temporal), archive: archive,
			plan: models.PlanID("golden-" + each.name), now: now,
		}
		if err := w.write(each, file); err != nil {
			return fmt.Errorf("history %s: %w", each.name, err)
		}
	}
	return nil
}

func (w *kinWriter) write(each kin, file string) error {
	today := models.DateOf(w.now)
	plan := models.Plan{ID: w.plan, Title: "fixture plan", From: today.AddDays(-30), To: today.AddDays(1000), Policy: 1}
	if err := w.archive.SavePlan(w.ctx, plan); err != nil {
		return err
	}
	workflowID, err := each.drive(w)
	if err != nil {
		return err
	}
	history, err := settledHistory(w.ctx, w.client, workflowID, "")
	if err != nil {
		return err
	}
	return keep(history, file)
}

func (w *kinWriter) enrolled(cadre models.CadreID) (*Duty, error) {
	today := models.DateOf(w.now)
	return EnrolUnder(w.ctx, w.archive, w.plan, cadre, today.AddDays(-30), today.AddDays(1000))
}

// ends waits for a workflow to end without an error.
func (w *kinWriter) ends(workflowID string) (string, error) {
	return workflowID, w.client.GetWorkflow(w.ctx, workflowID, "").Get(w.ctx, nil)
}

func enrolmentStarted(w *kinWriter) (string, error) {
	for _, cadre := range []models.CadreID{"first", "second"} {
		if _, err := w.enrolled(cadre); err != nil {
			return "", err
		}
	}
	if err := w.engine.StartEnrolments(w.ctx, w.plan); err != nil {
		return "", err
	}
	return w.ends(workflows.EnrolmentID(w.plan))
}

// adjudicated has one cadre dispute another's claim, and decides it.
func adjudicated(w *kinWriter, upheld bool) (string, error) {
	holder, err := w.enrolled("holder")
	if err != nil {
		return "", err
	}
	claimant, err := w.enrolled("claimant")
	if err != nil {
		return "", err
	}
	held, disputing := models.RecordID(w.plan+"-held"), models.RecordID(w.plan+"-disputing")
	claim, err := holder.Draft(w.ctx, w.now, held, models.Introduce, modelstest.Enterprise(1))
	if err != nil {
		return "", err
	}
	if err := w.gives(holder, claim); err != nil {
		return "", err
	}
	dispute, err := claimant.DraftDispute(w.ctx, w.now, disputing, models.Introduce, modelstest.Enterprise(1), held, holder.ID)
	if err != nil {
		return "", err
	}
	if err := w.gives(claimant, dispute); err != nil {
		return "", err
	}
	decision := claimant.Command(w.now, modelstest.Adjudicator(), models.Adjudicate{
		Record: disputing, Dispute: models.DisputeID("dispute-" + string(disputing)), Upheld: upheld, ReviewDue: w.now.AddDate(0, 0, 7),
	})
	input := workflows.AdjudicationInput{Claimant: claimant.ID, Holder: holder.ID, HolderRecord: held, Command: decision}
	err = Insist(w.ctx, func(ctx context.Context) error { return w.engine.Adjudicate(ctx, input) })
	if err != nil {
		return "", err
	}
	return w.ends(workflows.AdjudicationID(decision.ID))
}

// gives gives a command to an obligation through its workflow.
func (w *kinWriter) gives(duty *Duty, command models.Command) error {
	if err := w.engine.Start(w.ctx, duty.ID); err != nil {
		return err
	}
	_, err := Execute(w.ctx, w.engine, duty.ID, command)
	return err
}

// batchCarried carries an approved proposal out for two obligations, of which one
// was closed meanwhile and refuses.
func batchCarried(w *kinWriter) (string, error) {
	if err := w.archive.CreateAccount(w.ctx, store.Account{ID: "second", Login: "second", Name: "second approver"}, w.now); err != nil {
		return "", err
	}
	proposal := store.Proposal{
		ID: models.ProposalID(w.plan), Plan: w.plan, Document: "d", UnitPath: "/tj/", Proposer: "organizer", ProposedAt: w.now,
		Body:  models.Extend{Kinds: models.Kinds, Due: models.DateOf(w.now).AddDays(1030), Ground: "force-majeure", Document: "d"},
		State: store.ProposalOpen, Command: "organizer:golden", Digest: "golden",
	}
	var parts []store.ProposalPart
	var last *Duty
	for _, cadre := range []models.CadreID{"one", "closed"} {
		duty, err := w.enrolled(cadre)
		if err != nil {
			return "", err
		}
		if err := w.engine.Start(w.ctx, duty.ID); err != nil {
			return "", err
		}
		last, parts = duty, append(parts, store.ProposalPart{Obligation: duty.ID, Sequence: 1})
	}
	if _, _, err := w.archive.Propose(w.ctx, proposal, parts); err != nil {
		return "", err
	}
	progress, err := w.archive.ProposalProgress(w.ctx, proposal.ID)
	if err != nil {
		return "", err
	}
	_, err = w.archive.DecideProposal(w.ctx, store.ProposalDecision{
		Proposal: proposal.ID, State: store.ProposalApproved, By: "second", Command: "second:golden", Seen: progress.Tag,
	}, w.now)
	if err != nil {
		return "", err
	}
	if err := w.gives(last, last.Command(w.now, modelstest.Organizer(), models.Close{Ground: "retirement", Document: "d"})); err != nil {
		return "", err
	}
	if err := w.engine.StartBatch(w.ctx, proposal.ID); err != nil {
		return "", err
	}
	return w.ends(workflows.BatchID(proposal.ID))
}
