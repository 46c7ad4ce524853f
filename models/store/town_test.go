package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
)

// town is an archive with a plan, its policy and a few units.
type town struct {
	t       testing.TB
	archive *store.Archive
	now     time.Time
	given   int
}

const townPlan models.PlanID = "tianjin-2013"

func aTown(t testing.TB, archive *store.Archive) *town {
	t.Helper()
	ctx := t.Context()
	for version := models.PolicyVersion(1); version <= 3; version++ {
		policy := models.Policy{Rules: modelstest.Rules(), Title: "办法"}
		policy.Version = version
		require.NoError(t, archive.SavePolicy(ctx, policy))
	}
	w := &town{t: t, archive: archive, now: models.MustDate("2013-06-03").Start().Add(9 * time.Hour)}
	w.plan(townPlan)
	require.NoError(t, archive.SaveUnits(ctx, []models.Unit{
		{ID: "120101", Path: "/tj/120101/", Name: "和平区", Kind: models.UnitDistrict, Parent: "tj"},
		{ID: "120102", Path: "/tj/120102/", Name: "河东区", Kind: models.UnitDistrict, Parent: "tj"},
		{ID: "120116-KFQ", Path: "/tj/120116/KFQ/", Name: "开发区", Kind: models.UnitZone, Parent: "tj"},
	}))
	return w
}

func (w *town) plan(id models.PlanID) {
	w.t.Helper()
	require.NoError(w.t, w.archive.SavePlan(w.t.Context(), models.Plan{
		ID: id, Title: "行动计划", From: models.MustDate("2013-01-01"), To: models.MustDate("2015-12-31"), Policy: 1,
	}))
}

// duty is the obligation of one cadre of the town.
type duty struct {
	*town
	id models.ObligationID
}

// enrolment is the command that enrols a cadre for the whole plan.
func (w *town) enrolment(cadre models.CadreID, unit models.UnitID) store.Enrolment {
	id := models.ObligationID{Plan: townPlan, Cadre: cadre}
	return store.Enrolment{Command: models.Command{
		ID: models.CommandID("enrol/" + id.String()), At: w.now, Actor: modelstest.Organizer(),
		Body: models.Enrol{Obligation: id, Unit: unit, From: models.MustDate("2013-01-01"), Due: models.MustDate("2015-12-31")},
	}}
}

func (w *town) enrolled(cadre models.CadreID, unit models.UnitID) *duty {
	w.t.Helper()
	count, err := w.archive.Enrol(w.t.Context(), []store.Enrolment{w.enrolment(cadre, unit)}, w.now)
	require.NoError(w.t, err)
	require.Equal(w.t, 1, count)
	return &duty{town: w, id: models.ObligationID{Plan: townPlan, Cadre: cadre}}
}

func (d *duty) cadre() models.Actor {
	return models.Actor{Account: models.AccountID("account-" + string(d.id.Cadre)), Cadre: d.id.Cadre}
}

// content is a form that the rules accept.
func content(kind models.Kind, enterprise models.EnterpriseKey) store.Content {
	established := models.MustDate("2013-02-01")
	if kind == models.Transform {
		established = models.MustDate("2010-02-01")
	}
	result := store.Content{
		Kind: kind, Enterprise: enterprise, EnterpriseName: "天津某科技有限公司", OccurredOn: models.MustDate("2013-05-06"),
		Established: established, Address: "和平区某路1号", LegalPerson: "某某", Phone: "022-00000000",
		Summary: "协助办理落户", Result: "已取得认定",
	}
	for i, category := range modelstest.AllEvidence() {
		result.Evidence = append(result.Evidence, store.RecordEvidence{
			Evidence: models.EvidenceID(fmt.Sprintf("evidence-%d", i)), Category: category,
		})
	}
	return result
}

func (d *duty) draft(id models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) store.Record {
	d.t.Helper()
	record, err := d.archive.CreateDraft(d.t.Context(), store.NewDraft{
		ID: id, Obligation: d.id, Content: content(kind, enterprise), At: d.now,
	})
	require.NoError(d.t, err)
	return record
}

func submission(record store.Record, now time.Time) models.Submit {
	return models.Submit{
		Record: record.ID, Kind: record.Content.Kind, Enterprise: record.Content.Enterprise, Version: record.Version,
		OccurredOn: record.Content.OccurredOn, Established: record.Content.Established,
		Evidence: record.Content.Categories(), ReviewDue: now.AddDate(0, 0, 7),
	}
}

func (d *duty) command(actor models.Actor, body models.CommandBody) models.Command {
	d.given++
	return models.Command{ID: models.CommandID(fmt.Sprintf("%s/%d", d.id, d.given)), At: d.now, Actor: actor, Body: body}
}

// decided decides a command on what the archive holds.
func (d *duty) decided(command models.Command) store.Append {
	d.t.Helper()
	loaded, err := d.archive.LoadObligation(d.t.Context(), d.id)
	require.NoError(d.t, err)
	events, err := loaded.Obligation.Decide(command, loaded.Rules)
	require.NoError(d.t, err)
	return store.Append{Command: command, Expected: loaded.Obligation.Sequence, Events: events, Now: d.now}
}

// try decides and appends, and answers the outcome.
func (d *duty) try(actor models.Actor, body models.CommandBody) store.AppendResult {
	d.t.Helper()
	result, err := d.archive.Append(d.t.Context(), d.decided(d.command(actor, body)))
	require.NoError(d.t, err)
	return result
}

// do is try for what must be appended.
func (d *duty) do(actor models.Actor, body models.CommandBody) *duty {
	d.t.Helper()
	result := d.try(actor, body)
	require.Equal(d.t, store.Appended, result.Outcome, "%s: %v", body.CommandKind(), result.Refusal)
	return d
}

func (d *duty) submitted(id models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) *duty {
	d.t.Helper()
	return d.do(d.cadre(), submission(d.draft(id, kind, enterprise), d.now))
}

func (d *duty) accepted(id models.RecordID) *duty {
	d.t.Helper()
	stage := d.record(id).Stage
	return d.do(modelstest.Reviewer(stage), models.Accept{Record: id, Stage: stage, ReviewDue: d.now.AddDate(0, 0, 7)})
}

func (d *duty) credited(id models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) *duty {
	d.t.Helper()
	d.submitted(id, kind, enterprise)
	for range modelstest.Rules().Stages {
		d.accepted(id)
	}
	return d
}

func (w *town) record(id models.RecordID) store.Record {
	w.t.Helper()
	record, err := w.archive.Record(w.t.Context(), store.Everything(), id)
	require.NoError(w.t, err)
	return record
}

// whole requires that a reconcile finds nothing.
func (w *town) whole() {
	w.t.Helper()
	_, err := w.archive.Reconcile(w.t.Context(), nil, func(difference store.Difference) error {
		return fmt.Errorf("%s: %s: %s", difference.Subject, difference.Kind, difference.Detail)
	})
	require.NoError(w.t, err)
}

// execute runs a statement beside the archive.
func (w *town) execute(statement string, values ...any) {
	w.t.Helper()
	_, err := w.archive.SQL().ExecContext(w.t.Context(), statement, values...)
	require.NoError(w.t, err)
}

// all walks every page of a list.
func all[T any](t testing.TB, size int, list func(store.Page) (store.Paged[T], error)) []T {
	t.Helper()
	var items []T
	page := store.Page{Size: size}
	for {
		part, err := list(page)
		require.NoError(t, err)
		require.LessOrEqual(t, len(part.Items), size)
		items = append(items, part.Items...)
		if part.Next == "" {
			return items
		}
		page.After = part.Next
	}
}
