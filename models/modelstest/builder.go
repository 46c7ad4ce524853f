package modelstest

import (
	"fmt"
	"time"

	"bangfu/models"
)

// TB is what builders need of a test; *testing.T and *rapid.T both have it.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Builder carries an obligation through its life. Every step is decided by the
// rules and applied; a refusal of a named step fails the test.
type Builder struct {
	t          TB
	Obligation models.Obligation
	Rules      models.Rules
	// Events are all events so far, Commands those that were not refused.
	Events   []models.Event
	Commands []models.Command
	// Now is the instant of the next command.
	Now   time.Time
	id    models.ObligationID
	unit  models.UnitID
	given int
}

// AnObligation starts a builder: plan tianjin-2013, cadre c-0001 in unit
// 120101, rules of version 1, not enrolled yet.
func AnObligation(t TB) *Builder {
	return &Builder{
		t: t, Rules: Rules(), unit: "120101",
		id:  models.ObligationID{Plan: "tianjin-2013", Cadre: "c-0001"},
		Now: models.MustDate("2013-01-01").Start(),
	}
}

// Of names the cadre; before Enrolled.
func (b *Builder) Of(cadre models.CadreID) *Builder { b.id.Cadre = cadre; return b }

// Under names the plan; before Enrolled.
func (b *Builder) Under(plan models.PlanID) *Builder { b.id.Plan = plan; return b }

// In names the unit; before Enrolled.
func (b *Builder) In(unit models.UnitID) *Builder { b.unit = unit; return b }

// By replaces the rules.
func (b *Builder) By(rules models.Rules) *Builder { b.Rules = rules; return b }

// At moves the clock to an instant.
func (b *Builder) At(instant time.Time) *Builder { b.Now = instant; return b }

// On moves the clock to noon of a day in Shanghai.
func (b *Builder) On(day string) *Builder {
	b.Now = models.MustDate(day).Start().Add(12 * time.Hour)
	return b
}

// Cadre is the claimant as an actor.
func (b *Builder) Cadre() models.Actor {
	return models.Actor{Account: models.AccountID("account-" + string(b.id.Cadre)), Cadre: b.id.Cadre}
}

// Command makes a command at the present instant, with a fresh ID.
func (b *Builder) Command(actor models.Actor, body models.CommandBody) models.Command {
	b.given++
	return models.Command{
		ID: models.CommandID(fmt.Sprintf("%s-%04d", b.id, b.given)), At: b.Now, Actor: actor, Body: body,
	}
}

// Try decides a command and applies what follows; it returns the refusal.
func (b *Builder) Try(command models.Command) ([]models.Event, error) {
	events, err := b.Obligation.Decide(command, b.Rules)
	if err != nil {
		return nil, err
	}
	for _, event := range events {
		b.Obligation.Apply(event)
	}
	b.Events = append(b.Events, events...)
	b.Commands = append(b.Commands, command)
	return events, nil
}

// Do gives a command that must not be refused.
func (b *Builder) Do(actor models.Actor, body models.CommandBody) *Builder {
	b.t.Helper()
	if _, err := b.Try(b.Command(actor, body)); err != nil {
		b.t.Fatalf("%s at %s: %v", body.CommandKind(), b.Now, err)
	}
	return b
}

// Refused gives a command that must be refused and returns the code.
func (b *Builder) Refused(actor models.Actor, body models.CommandBody) models.RefusalCode {
	b.t.Helper()
	_, err := b.Obligation.Decide(b.Command(actor, body), b.Rules)
	refusal, ok := models.AsRefusal(err)
	if !ok {
		b.t.Fatalf("%s at %s was not refused: %v", body.CommandKind(), b.Now, err)
		return ""
	}
	return refusal.Code
}

// Enrolled begins the duty for the whole plan, 2013-01-01 to 2015-12-31.
func (b *Builder) Enrolled() *Builder {
	b.t.Helper()
	return b.EnrolledFor("2013-01-01", "2015-12-31")
}

// EnrolledFor begins the duty for a window.
func (b *Builder) EnrolledFor(from, due string) *Builder {
	b.t.Helper()
	return b.Do(Organizer(), models.Enrol{
		Obligation: b.id, Unit: b.unit, From: models.MustDate(from), Due: models.MustDate(due),
	})
}

// Claim is a submission that the rules accept for the kind at the instant.
func (b *Builder) Claim(record models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) models.Submit {
	today := models.DateOf(b.Now)
	established := b.Obligation.From
	if kind == models.Transform {
		established = b.Obligation.From.AddDays(-1000)
	}
	return models.Submit{
		Record: record, Kind: kind, Enterprise: enterprise, Version: 1, OccurredOn: today,
		Established: established, Evidence: AllEvidence(), ReviewDue: b.Now.AddDate(0, 0, 7),
	}
}

// Submitted submits a record.
func (b *Builder) Submitted(record models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) *Builder {
	b.t.Helper()
	return b.Do(b.Cadre(), b.Claim(record, kind, enterprise))
}

// Resubmitted submits a returned record again.
func (b *Builder) Resubmitted(record models.RecordID) *Builder {
	b.t.Helper()
	found := b.mustRecord(record)
	return b.Submitted(record, found.Kind, found.Enterprise)
}

// Disputed submits a record against another cadre's claim.
func (b *Builder) Disputed(record models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) *Builder {
	b.t.Helper()
	return b.Do(b.Cadre(), models.Dispute{
		Submit: b.Claim(record, kind, enterprise), Dispute: models.DisputeID("dispute-" + record), Holder: "held-elsewhere",
		HolderObligation: models.ObligationID{Plan: b.id.Plan, Cadre: "c-9999"},
	})
}

// Accepted passes the record at its present stage.
func (b *Builder) Accepted(record models.RecordID) *Builder {
	b.t.Helper()
	stage := b.mustRecord(record).Stage
	return b.Do(Reviewer(stage), models.Accept{Record: record, Stage: stage, ReviewDue: b.Now.AddDate(0, 0, 7)})
}

// Returned sends the record back with ten days to correct it.
func (b *Builder) Returned(record models.RecordID) *Builder {
	b.t.Helper()
	return b.ReturnedUntil(record, b.Now.AddDate(0, 0, 10))
}

// ReturnedUntil sends the record back with a deadline for the correction.
func (b *Builder) ReturnedUntil(record models.RecordID, until time.Time) *Builder {
	b.t.Helper()
	stage := b.mustRecord(record).Stage
	return b.Do(Reviewer(stage), models.Return{
		Record: record, Stage: stage, Fields: []string{"established"}, CorrectionDue: until,
	})
}

// Rejected refuses the record at its present stage.
func (b *Builder) Rejected(record models.RecordID) *Builder {
	b.t.Helper()
	stage := b.mustRecord(record).Stage
	return b.Do(Reviewer(stage), models.Reject{Record: record, Stage: stage})
}

// Credited submits a record and accepts it at all stages, all at once.
func (b *Builder) Credited(record models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) *Builder {
	b.t.Helper()
	b.Submitted(record, kind, enterprise)
	for range b.Rules.Stages {
		b.Accepted(record)
	}
	return b
}

// Fulfilled credits one record for each goal.
func (b *Builder) Fulfilled() *Builder {
	b.t.Helper()
	for i, kind := range models.Kinds {
		b.Credited(models.RecordID("fulfilling-"+kind), kind, Enterprise(7001+i))
	}
	return b
}

// Suspended stops the clock from a day; until may be empty.
func (b *Builder) Suspended(from, until string) *Builder {
	b.t.Helper()
	body := models.Suspend{From: models.MustDate(from), Ground: "illness", Document: "document-suspend"}
	if until != "" {
		body.Until = models.MustDate(until)
	}
	return b.Do(Organizer(), body)
}

// Resumed starts the clock again on a day.
func (b *Builder) Resumed(on string) *Builder {
	b.t.Helper()
	return b.Do(Organizer(), models.Resume{On: models.MustDate(on)})
}

// Extended moves the due date of the kinds, or of all.
func (b *Builder) Extended(due string, kinds ...models.Kind) *Builder {
	b.t.Helper()
	if len(kinds) == 0 {
		kinds = models.Kinds
	}
	return b.Do(Organizer(), models.Extend{
		Kinds: kinds, Due: models.MustDate(due), Ground: "force-majeure", Document: "document-extend",
	})
}

// Exempted frees the cadre of the kinds, or of all.
func (b *Builder) Exempted(kinds ...models.Kind) *Builder {
	b.t.Helper()
	if len(kinds) == 0 {
		kinds = models.Kinds
	}
	return b.Do(Organizer(), models.Exempt{Kinds: kinds, Ground: "retirement", Document: "document-exempt"})
}

// ClosedFor ends the obligation.
func (b *Builder) ClosedFor(ground models.Ground) *Builder {
	b.t.Helper()
	return b.Do(Organizer(), models.Close{Ground: ground, Document: "document-close"})
}

// RungsUntil lets the clock pass every rung that comes up to an instant, each
// at its own instant or at the last event's, and returns them.
func (b *Builder) RungsUntil(end time.Time) []models.Rung {
	b.t.Helper()
	var passed []models.Rung
	for {
		rung, comes := b.Obligation.NextRung(b.Now, b.Rules)
		if !comes || rung.At.After(end) {
			b.Now = end
			return passed
		}
		if rung.At.After(b.Now) {
			b.Now = rung.At
		}
		b.Do(Clock(), models.PassRung{Rung: rung.ID})
		passed = append(passed, rung)
		if len(passed) > 1000 {
			b.t.Fatalf("the ladder does not end: %v", rung)
		}
	}
}

func (b *Builder) mustRecord(id models.RecordID) models.Record {
	b.t.Helper()
	record, known := b.Obligation.Record(id)
	if !known {
		b.t.Fatalf("no record %s", id)
	}
	return record
}
