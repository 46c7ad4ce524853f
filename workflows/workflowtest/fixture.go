// Package workflowtest has what tests of the workflows share: an archive with
// what an obligation needs, scenarios as lists of commands, and the writer of the
// golden histories. It never links the Temporal server.
package workflowtest

import (
	"context"
	"fmt"
	"time"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
)

// Plan is the plan of the fixtures.
const Plan models.PlanID = "tianjin-2013"

// Unit and OtherUnit are districts of the fixtures.
const (
	Unit      models.UnitID = "120101"
	OtherUnit models.UnitID = "120102"
)

// Prepare puts the policy, its successor and the units into a fresh, migrated
// archive. What is there of it already stays.
func Prepare(ctx context.Context, archive *store.Archive) error {
	for version := models.PolicyVersion(1); version <= 2; version++ {
		if _, err := archive.Policy(ctx, version); err == nil {
			continue
		}
		rules := modelstest.Rules()
		rules.Version = version
		policy := models.Policy{Rules: rules, Title: fmt.Sprintf("fixture %d", version)}
		if err := archive.SavePolicy(ctx, policy); err != nil {
			return fmt.Errorf("save the policy: %w", err)
		}
	}
	err := archive.SaveUnits(ctx, []models.Unit{
		{ID: "tj", Path: "/tj/", Name: "fixture city"},
		{ID: Unit, Path: "/tj/120101/", Name: "fixture district one", Kind: models.UnitDistrict, Parent: "tj"},
		{ID: OtherUnit, Path: "/tj/120102/", Name: "fixture district two", Kind: models.UnitDistrict, Parent: "tj"},
	})
	if err != nil {
		return fmt.Errorf("save the units: %w", err)
	}
	plan := models.Plan{ID: Plan, Title: "fixture plan", From: TermFrom, To: TermDue, Policy: 1}
	if err := archive.SavePlan(ctx, plan); err != nil {
		return fmt.Errorf("save the plan: %w", err)
	}
	return nil
}

// Duty is one cadre's obligation and the hand that gives its commands. It keeps
// no state of the obligation.
type Duty struct {
	ID      models.ObligationID
	archive *store.Archive
	given   int
}

// Enrol begins a duty with a window, as of the first day of it.
func Enrol(ctx context.Context, archive *store.Archive, cadre models.CadreID, from, due models.Date) (*Duty, error) {
	return EnrolUnder(ctx, archive, Plan, cadre, from, due)
}

// EnrolUnder is Enrol under another plan than that of the fixtures.
func EnrolUnder(ctx context.Context, archive *store.Archive, plan models.PlanID, cadre models.CadreID, from, due models.Date) (*Duty, error) {
	duty := &Duty{ID: models.ObligationID{Plan: plan, Cadre: cadre}, archive: archive}
	enrolment := store.Enrolment{Command: models.Command{
		ID: models.CommandID(duty.ID.Subject() + "/enrol"), At: from.Start(), Actor: modelstest.Organizer(),
		Body: models.Enrol{Obligation: duty.ID, Unit: Unit, From: from, Due: due},
	}}
	if _, err := archive.Enrol(ctx, []store.Enrolment{enrolment}, from.Start()); err != nil {
		return nil, fmt.Errorf("enrol %s: %w", duty.ID, err)
	}
	return duty, nil
}

// Claimant is the cadre as an actor.
func (d *Duty) Claimant() models.Actor {
	return models.Actor{Account: models.AccountID("account-" + string(d.ID.Cadre)), Cadre: d.ID.Cadre}
}

// Command makes a command with a fresh ID.
func (d *Duty) Command(at time.Time, actor models.Actor, body models.CommandBody) models.Command {
	d.given++
	return models.Command{
		ID: models.CommandID(fmt.Sprintf("%s/%04d", d.ID.Subject(), d.given)), At: at, Actor: actor, Body: body,
	}
}

// Draft saves a draft and makes the command that submits it.
func (d *Duty) Draft(ctx context.Context, at time.Time, record models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) (models.Command, error) {
	submit, err := d.draft(ctx, at, record, kind, enterprise)
	return d.Command(at, d.Claimant(), submit), err
}

// DraftDispute saves a draft and makes the command that disputes a holder.
func (d *Duty) DraftDispute(ctx context.Context, at time.Time, record models.RecordID, kind models.Kind, enterprise models.EnterpriseKey, holder models.RecordID, of models.ObligationID) (models.Command, error) {
	submit, err := d.draft(ctx, at, record, kind, enterprise)
	return d.Command(at, d.Claimant(), models.Dispute{
		Submit: submit, Dispute: models.DisputeID("dispute-" + string(record)), Holder: holder, HolderObligation: of,
	}), err
}

func (d *Duty) draft(ctx context.Context, at time.Time, record models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) (models.Submit, error) {
	loaded, err := d.archive.LoadObligation(ctx, d.ID)
	if err != nil {
		return models.Submit{}, fmt.Errorf("load %s: %w", d.ID, err)
	}
	established := loaded.Obligation.From
	if kind == models.Transform {
		established = established.AddDays(-1000)
	}
	content := store.Content{
		Kind: kind, Enterprise: enterprise, OccurredOn: models.DateOf(at), Established: established,
	}
	for i, category := range modelstest.AllEvidence() {
		content.Evidence = append(content.Evidence, store.RecordEvidence{
			Evidence: models.EvidenceID(fmt.Sprintf("%s-%d", record, i)), Category: category,
		})
	}
	saved, err := d.archive.CreateDraft(ctx, store.NewDraft{ID: record, Obligation: d.ID, Content: content, At: at})
	if err != nil {
		return models.Submit{}, fmt.Errorf("save the draft of %s: %w", record, err)
	}
	return models.Submit{
		Record: record, Kind: kind, Enterprise: enterprise, Version: saved.Version,
		OccurredOn: content.OccurredOn, Established: established, Evidence: content.Categories(),
		ReviewDue: at.AddDate(0, 0, 7),
	}, nil
}

// Accept is the acceptance of a record at a stage.
func (d *Duty) Accept(at time.Time, record models.RecordID, stage models.Stage) models.Command {
	return d.Command(at, modelstest.Reviewer(stage), models.Accept{
		Record: record, Stage: stage, ReviewDue: at.AddDate(0, 0, 7),
	})
}

// Return sends a record back for correction until an instant.
func (d *Duty) Return(at time.Time, record models.RecordID, stage models.Stage, until time.Time) models.Command {
	return d.Command(at, modelstest.Reviewer(stage), models.Return{
		Record: record, Stage: stage, Fields: []string{"summary"}, CorrectionDue: until,
	})
}

// Suspend stops the clock from the day of the instant.
func (d *Duty) Suspend(at time.Time) models.Command {
	return d.Command(at, modelstest.Organizer(), models.Suspend{
		From: models.DateOf(at), Ground: "illness", Document: "document-1",
	})
}

// Resume starts the clock on the day of the instant.
func (d *Duty) Resume(at time.Time) models.Command {
	return d.Command(at, modelstest.Organizer(), models.Resume{On: models.DateOf(at)})
}

// Close ends the duty.
func (d *Duty) Close(at time.Time) models.Command {
	return d.Command(at, modelstest.Organizer(), models.Close{Ground: "retirement", Document: "document-1"})
}

// Stages are the stages of the fixtures in order.
func Stages() []models.Stage {
	return []models.Stage{models.StageDistrictScience, models.StageDistrictOrganization, models.StageCityScience}
}

// AppendBeside decides a command and appends its events without the workflow, as
// another writer would.
func AppendBeside(ctx context.Context, archive *store.Archive, id models.ObligationID, command models.Command) error {
	loaded, err := archive.LoadObligation(ctx, id)
	if err != nil {
		return err
	}
	events, err := loaded.Obligation.Decide(command, loaded.Rules)
	if err != nil {
		return err
	}
	result, err := archive.Append(ctx, store.Append{
		Command: command, Expected: loaded.Obligation.Sequence, Events: events, Now: command.At,
	})
	if err != nil {
		return err
	}
	if result.Outcome != store.Appended {
		return fmt.Errorf("append beside: %s", result.Outcome)
	}
	return nil
}
