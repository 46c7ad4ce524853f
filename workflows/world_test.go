package workflows_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

// world is one obligation's workflow with skipped time over a real archive.
type world struct {
	t       *testing.T
	archive *store.Archive
	acts    *activities.Activities
	env     *testsuite.TestWorkflowEnvironment
	duty    *workflowtest.Duty
	start   time.Time
}

// anArchive is a fresh archive with a policy and units.
func anArchive(t *testing.T) *store.Archive {
	t.Helper()
	archive := storetest.Open(t, store.SQLite)
	require.NoError(t, workflowtest.Prepare(t.Context(), archive))
	return archive
}

// aTerm is a world at the first morning of a whole term, not run yet.
func aTerm(t *testing.T) *world {
	t.Helper()
	return aDuty(t, workflowtest.TermFrom, workflowtest.TermDue, workflowtest.TermFrom.Start().Add(8*time.Hour))
}

func aDuty(t *testing.T, from, due models.Date, start time.Time) *world {
	t.Helper()
	archive := anArchive(t)
	duty, err := workflowtest.Enrol(t.Context(), archive, "c-0001", from, due)
	require.NoError(t, err)
	return aWorld(t, archive, duty, start)
}

func aWorld(t *testing.T, archive *store.Archive, duty *workflowtest.Duty, start time.Time) *world {
	t.Helper()
	acts, err := activities.New(archive, nil, activities.Settings{})
	require.NoError(t, err)
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(start)
	env.SetTestTimeout(30 * time.Second)
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{
		ID: duty.ID.Subject(), TaskQueue: workflows.QueueObligations,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
	})
	workflows.RegisterWorkflows(env)
	env.RegisterActivity(acts)
	return &world{t: t, archive: archive, acts: acts, env: env, duty: duty, start: start}
}

// at runs something at an instant of the workflow's clock.
func (w *world) at(instant time.Time, do func()) {
	w.env.RegisterDelayedCallback(do, instant.Sub(w.start))
}

// on is at noon of a day.
func (w *world) on(day string, do func(now time.Time)) {
	noon := workflowtest.Noon(day)
	w.at(noon, func() { do(noon) })
}

// run runs the workflow until it ends.
func (w *world) run() error {
	w.env.ExecuteWorkflow(workflows.ObligationWorkflow, workflows.InputOf(w.duty.ID))
	require.True(w.t, w.env.IsWorkflowCompleted())
	return w.env.GetWorkflowError()
}

// runUntil stops the workflow by a cancellation on a day.
func (w *world) runUntil(day string) {
	w.t.Helper()
	w.on(day, func(time.Time) { w.env.CancelWorkflow() })
	err := w.run()
	require.True(w.t, temporal.IsCanceledError(err), "the run ended otherwise: %v", err)
}

// answer is what an update came to.
type answer struct {
	accepted, rejected, completed bool
	receipt                       workflows.Receipt
	err                           error
}

func (a *answer) Accept() { a.accepted = true }

func (a *answer) Reject(err error) { a.rejected, a.err = true, err }

func (a *answer) Complete(success any, err error) {
	a.completed, a.err = true, err
	if receipt, ok := success.(workflows.Receipt); ok {
		a.receipt = receipt
	}
}

// refusal is the code of the refusal that the answer carries.
func (a *answer) refusal() models.RefusalCode {
	var application *temporal.ApplicationError
	var refusal models.Refusal
	if requireAs(a.err, &application) && application.Type() == workflows.TypeRefused {
		_ = application.Details(&refusal)
	}
	return refusal.Code
}

// give sends a command now.
func (w *world) give(command models.Command) *answer {
	got := &answer{}
	w.env.UpdateWorkflow(string(command.Body.CommandKind()), string(command.ID), got, command)
	return got
}

func (w *world) submit(now time.Time, record models.RecordID, kind models.Kind, enterprise models.EnterpriseKey) *answer {
	command, err := w.duty.Draft(context.WithoutCancel(w.t.Context()), now, record, kind, enterprise)
	require.NoError(w.t, err)
	return w.give(command)
}

// archived is the obligation as the archive has it.
func (w *world) archived() models.Obligation {
	w.t.Helper()
	loaded, err := w.archive.LoadObligation(context.WithoutCancel(w.t.Context()), w.duty.ID)
	require.NoError(w.t, err)
	return loaded.Obligation
}

// standing asks the workflow.
func (w *world) standing() models.Standing {
	w.t.Helper()
	value, err := w.env.QueryWorkflow(workflows.QueryStanding)
	require.NoError(w.t, err)
	var standing models.Standing
	require.NoError(w.t, value.Get(&standing))
	return standing
}

// rungs are the codes of the rungs in the archive's log, in order, with the
// instants at which they were reached and recorded.
func (w *world) rungs() []passedRung {
	w.t.Helper()
	entries, err := w.archive.Entries(context.WithoutCancel(w.t.Context()), w.duty.ID.Subject())
	require.NoError(w.t, err)
	require.NoError(w.t, models.VerifyChain(entries))
	var passed []passedRung
	for _, entry := range entries {
		event, err := entry.Event()
		require.NoError(w.t, err)
		if body, ok := event.Body.(models.RungPassed); ok {
			passed = append(passed, passedRung{body.Code, body.ReachedAt, event.At})
		}
	}
	return passed
}

type passedRung struct {
	code              models.RungCode
	reached, recorded time.Time
}

func codes(rungs []passedRung) []models.RungCode {
	all := make([]models.RungCode, len(rungs))
	for i, rung := range rungs {
		all[i] = rung.code
	}
	return all
}

// whileDown makes every step on the archive fail while down is true.
func (w *world) whileDown(down *atomic.Bool) {
	w.env.OnActivity(w.acts.LoadObligation, mock.Anything, mock.Anything).Return(
		func(ctx context.Context, id models.ObligationID) (activities.LoadedObligation, error) {
			if down.Load() {
				return activities.LoadedObligation{}, errDown
			}
			return w.acts.LoadObligation(ctx, id)
		})
	w.env.OnActivity(w.acts.AppendEvents, mock.Anything, mock.Anything).Return(
		func(ctx context.Context, input activities.AppendInput) (activities.AppendResult, error) {
			if down.Load() {
				return activities.AppendResult{}, errDown
			}
			return w.acts.AppendEvents(ctx, input)
		})
}

// whileAppendFails makes appends fail, and nothing else, while broken is true.
func (w *world) whileAppendFails(broken *atomic.Bool) {
	w.env.OnActivity(w.acts.AppendEvents, mock.Anything, mock.Anything).Return(
		func(ctx context.Context, input activities.AppendInput) (activities.AppendResult, error) {
			if broken.Load() {
				return activities.AppendResult{}, errDown
			}
			return w.acts.AppendEvents(ctx, input)
		})
}

// record is one record as the archive has it.
func (w *world) record(id models.RecordID) (models.Record, bool) {
	w.t.Helper()
	obligation := w.archived()
	return obligation.Record(id)
}
