package journey

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"bangfu/activities"
	"bangfu/cmd/standalone/embedded"
	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

// testPlan is the plan of every obligation in these tests.
const testPlan models.PlanID = "journey"

const patience = workflowtest.Patience

// world is an archive, a Temporal server and workers between them.
type world struct {
	t        testing.TB
	archive  *store.Archive
	temporal client.Client
	engine   *workflows.Engine
}

// quiet logs what went wrong and nothing else.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// newWorld starts everything on loopback; it stops with the test.
func newWorld(t testing.TB, driver string, timeSkipping bool) *world {
	t.Helper()
	return newWorldWith(t, driver, timeSkipping, activities.Settings{StartsPerSecond: 1000}, workflows.Settings{})
}

// newWorldWith is newWorld with settings for what workers do to the world.
func newWorldWith(t testing.TB, driver string, timeSkipping bool, doing activities.Settings, working workflows.Settings) *world {
	t.Helper()
	archive := storetest.Open(t, driver)
	prepareArchive(t, archive)
	server, err := embedded.Start(t.Context(), embedded.Settings{
		File: filepath.Join(t.TempDir(), "temporal.db"), TimeSkipping: timeSkipping, Logger: quiet(),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	temporal, err := client.Dial(workflows.ClientOptions(server.Address(), server.Namespace(), quiet()))
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	engine := workflows.NewEngine(temporal)
	doing.Logger = quiet()
	acts, err := activities.New(archive, engine, doing)
	require.NoError(t, err)
	workers := workflows.NewWorkers(temporal, acts, working)
	require.NoError(t, workers.Start())
	t.Cleanup(workers.Stop)
	return &world{t: t, archive: archive, temporal: temporal, engine: engine}
}

// prepareArchive gives an archive the policy, the plan and a few units.
func prepareArchive(t testing.TB, archive *store.Archive) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, archive.SavePolicy(ctx, models.Policy{Rules: modelstest.Rules(), Title: "政策第1版"}))
	require.NoError(t, archive.SavePlan(ctx, models.Plan{
		ID: testPlan, Title: "演示计划", From: models.MustDate("2013-01-01"), To: models.MustDate("2015-12-31"), Policy: 1,
	}))
	require.NoError(t, archive.SaveUnits(ctx, []models.Unit{
		{ID: "tj", Path: "/tj/", Name: "天津市", Kind: models.UnitCity},
		{ID: "120101", Path: "/tj/120101/", Name: "和平区", Kind: models.UnitDistrict, Parent: "tj"},
	}))
}

// enrol gives cadres the duty with a window, and starts nothing.
func (w *world) enrol(from, due models.Date, at time.Time, cadres ...models.CadreID) {
	w.t.Helper()
	enrolments := make([]store.Enrolment, len(cadres))
	for i, cadre := range cadres {
		id := models.ObligationID{Plan: testPlan, Cadre: cadre}
		enrolments[i] = store.Enrolment{Command: models.Command{
			ID: models.CommandID("enrol/" + id.String()), At: at, Actor: models.Actor{Account: models.SystemAccount},
			Body: models.Enrol{Obligation: id, Unit: "120101", From: from, Due: due},
		}}
	}
	count, err := w.archive.Enrol(w.t.Context(), enrolments, at)
	require.NoError(w.t, err)
	require.Equal(w.t, len(cadres), count)
}

// draft saves a complete draft for a cadre.
func (w *world) draft(cadre models.CadreID, record models.RecordID, kind models.Kind, key models.EnterpriseKey, at time.Time) store.Record {
	w.t.Helper()
	established := models.DateOf(at)
	if kind == models.Transform {
		established = established.AddDays(-20 * 365)
	}
	content := store.Content{
		Kind: kind, Enterprise: key, EnterpriseName: "演示科技有限公司", OccurredOn: models.DateOf(at), Established: established,
		Address: "和平区演示路1号", Summary: "帮助企业落户", Result: "已取得认定",
	}
	for _, category := range modelstest.AllEvidence() {
		content.Evidence = append(content.Evidence, store.RecordEvidence{
			Evidence: models.EvidenceID(fmt.Sprintf("%s-%s", record, category)), Category: category,
		})
	}
	saved, err := w.archive.CreateDraft(w.t.Context(), store.NewDraft{
		ID: record, Obligation: models.ObligationID{Plan: testPlan, Cadre: cadre}, Content: content, At: at,
	})
	require.NoError(w.t, err)
	return saved
}

// submission is the command that hands a draft to the reviewers.
func submission(record store.Record, at time.Time) models.Command {
	return models.Command{
		ID: models.CommandID("submit/" + string(record.ID)), At: at,
		Actor: models.Actor{Account: models.AccountID(record.Obligation.Cadre), Cadre: record.Obligation.Cadre},
		Body: models.Submit{
			Record: record.ID, Kind: record.Content.Kind, Enterprise: record.Content.Enterprise, Version: record.Version,
			OccurredOn: record.Content.OccurredOn, Established: record.Content.Established,
			Evidence: record.Content.Categories(), ReviewDue: at.AddDate(0, 0, 7),
		},
	}
}

// give hands a command to the engine and fails the test if it is not taken.
func (w *world) give(id models.ObligationID, command models.Command) workflows.Receipt {
	w.t.Helper()
	receipt, err := w.execute(id, command)
	require.NoError(w.t, err, "command %s", command.ID)
	return receipt
}

// execute hands a command to the engine and answers what became of it.
func (w *world) execute(id models.ObligationID, command models.Command) (workflows.Receipt, error) {
	return workflowtest.Execute(w.t.Context(), w.engine, id, command)
}

// adjudicate carries a decision out and answers what became of it.
func (w *world) adjudicate(decision workflows.AdjudicationInput) error {
	return workflowtest.Insist(w.t.Context(), func(ctx context.Context) error { return w.engine.Adjudicate(ctx, decision) })
}

// accept passes a record through every stage.
func (w *world) accept(id models.ObligationID, record models.RecordID, at time.Time) {
	w.t.Helper()
	for _, rule := range modelstest.Rules().Stages {
		w.give(id, models.Command{
			ID: models.CommandID(fmt.Sprintf("accept/%s/%s", record, rule.Stage)), At: at,
			Actor: models.Actor{Account: models.AccountID("reviewer-" + string(rule.Stage))},
			Body:  models.Accept{Record: record, Stage: rule.Stage, ReviewDue: at.AddDate(0, 0, 7)},
		})
	}
}

// eventually polls a condition until it holds.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, patience, 20*time.Millisecond, what)
}
