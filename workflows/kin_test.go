package workflows_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"gocloud.dev/blob/memblob"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/roster"
	"bangfu/models/store"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

// directEngine carries commands straight into the archive, as the obligations'
// workflows would. It fails as often as it is told to.
type directEngine struct {
	archive *store.Archive
	started []models.ObligationID
	// enrolments are the plans whose unstarted obligations were asked for.
	enrolments []models.PlanID
	// batches are the proposals that were asked to be carried out.
	batches []models.ProposalID
	// hosted are the subjects of the inspection that were to be hosted.
	hosted []string
	// failures is how many calls fail before one succeeds.
	failures int
}

var errLostConnection = errors.New("the connection is lost")

func (e *directEngine) fails() bool {
	e.failures--
	return e.failures >= 0
}

func (e *directEngine) Start(_ context.Context, id models.ObligationID) error {
	if e.fails() {
		return errLostConnection
	}
	e.started = append(e.started, id)
	return nil
}

func (e *directEngine) Deliver(ctx context.Context, id models.ObligationID, command models.Command) error {
	if e.fails() {
		return errLostConnection
	}
	return workflowtest.AppendBeside(ctx, e.archive, id, command)
}

// DeliverInspection appends beside the subject's workflow, as another writer would.
func (e *directEngine) DeliverInspection(ctx context.Context, subject string, command inspection.Command) error {
	if e.fails() {
		return errLostConnection
	}
	return workflowtest.AppendInspectionBeside(ctx, e.archive, subject, command)
}

// HostInspection remembers which subjects were to be hosted.
func (e *directEngine) HostInspection(_ context.Context, subject string) error {
	if e.fails() {
		return errLostConnection
	}
	e.hosted = append(e.hosted, subject)
	return nil
}

// HostedInspections finds hosted what was to be.
func (e *directEngine) HostedInspections(_ context.Context, subjects []string) (map[string]bool, error) {
	hosted := make(map[string]bool, len(subjects))
	for _, subject := range e.hosted {
		hosted[subject] = true
	}
	return hosted, nil
}

func (e *directEngine) StartEnrolments(_ context.Context, plan models.PlanID) error {
	e.enrolments = append(e.enrolments, plan)
	return nil
}

func (e *directEngine) StartBatch(_ context.Context, proposal models.ProposalID) error {
	e.batches = append(e.batches, proposal)
	return nil
}

func (e *directEngine) Hosted(_ context.Context, ids []models.ObligationID) (map[models.ObligationID]bool, error) {
	hosted := make(map[models.ObligationID]bool, len(ids))
	for _, id := range ids {
		hosted[id] = true
	}
	return hosted, nil
}

func kinEnvironment(t *testing.T, engine *directEngine, settings activities.Settings) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	acts, err := activities.New(engine.archive, engine, settings)
	require.NoError(t, err)
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(30 * time.Second)
	workflows.RegisterWorkflows(env)
	env.RegisterActivity(acts)
	return env
}

// aDispute is a claim of one duty that another duty disputes.
type aDispute struct {
	engine           *directEngine
	holder, claimant *workflowtest.Duty
	now              time.Time
}

func newDispute(t *testing.T) aDispute {
	t.Helper()
	archive := anArchive(t)
	now := workflowtest.Noon("2013-03-01")
	d := aDispute{engine: &directEngine{archive: archive}, now: now}
	var err error
	d.holder, err = workflowtest.Enrol(t.Context(), archive, "holder", workflowtest.TermFrom, workflowtest.TermDue)
	require.NoError(t, err)
	d.claimant, err = workflowtest.Enrol(t.Context(), archive, "claimant", workflowtest.TermFrom, workflowtest.TermDue)
	require.NoError(t, err)
	claim, err := d.holder.Draft(t.Context(), now, "held", models.Introduce, modelstest.Enterprise(1))
	require.NoError(t, err)
	d.do(t, d.holder, claim)
	dispute, err := d.claimant.DraftDispute(t.Context(), now, "disputing", models.Introduce, modelstest.Enterprise(1), "held", d.holder.ID)
	require.NoError(t, err)
	d.do(t, d.claimant, dispute)
	return d
}

func (d aDispute) do(t *testing.T, duty *workflowtest.Duty, command models.Command) {
	t.Helper()
	require.NoError(t, workflowtest.AppendBeside(t.Context(), d.engine.archive, duty.ID, command))
}

func (d aDispute) decision(upheld bool) workflows.AdjudicationInput {
	return workflows.AdjudicationInput{
		Claimant: d.claimant.ID, Holder: d.holder.ID, HolderRecord: "held",
		Command: d.claimant.Command(d.now.Add(time.Hour), modelstest.Adjudicator(), models.Adjudicate{
			Record: "disputing", Dispute: "dispute-disputing", Upheld: upheld, ReviewDue: d.now.AddDate(0, 0, 7),
		}),
	}
}

func (d aDispute) settle(t *testing.T, input workflows.AdjudicationInput) workflows.AdjudicationResult {
	t.Helper()
	env := kinEnvironment(t, d.engine, activities.Settings{})
	env.ExecuteWorkflow(workflows.AdjudicationWorkflow, input)
	require.NoError(t, env.GetWorkflowError())
	var result workflows.AdjudicationResult
	require.NoError(t, env.GetWorkflowResult(&result))
	return result
}

func (d aDispute) state(t *testing.T, duty *workflowtest.Duty, record models.RecordID) models.RecordState {
	t.Helper()
	loaded, err := d.engine.archive.LoadObligation(t.Context(), duty.ID)
	require.NoError(t, err)
	found, known := loaded.Obligation.Record(record)
	require.True(t, known)
	return found.State
}

func (d aDispute) holds(t *testing.T) models.RecordID {
	t.Helper()
	claim, err := d.engine.archive.Claim(t.Context(), workflowtest.Plan, models.Introduce, modelstest.Enterprise(1))
	if errors.Is(err, store.ErrNotFound) {
		return ""
	}
	require.NoError(t, err)
	return claim.Record
}

func TestAnUpheldDisputeMovesTheEnterprise(t *testing.T) {
	d := newDispute(t)
	d.engine.failures = 3
	input := d.decision(true)
	result := d.settle(t, input)
	require.Nil(t, result.Refusal)
	require.Equal(t, models.StateRejected, d.state(t, d.holder, "held"))
	require.Equal(t, models.StateUnderReview, d.state(t, d.claimant, "disputing"))
	require.EqualValues(t, "disputing", d.holds(t))

	again := d.settle(t, input)
	require.Nil(t, again.Refusal, "a decision that took effect is not refused when it is repeated")
}

func TestADismissedDisputeLeavesTheHolderAlone(t *testing.T) {
	d := newDispute(t)
	result := d.settle(t, d.decision(false))
	require.Nil(t, result.Refusal)
	require.Equal(t, models.StateUnderReview, d.state(t, d.holder, "held"))
	require.Equal(t, models.StateRejected, d.state(t, d.claimant, "disputing"))
	require.EqualValues(t, "held", d.holds(t))
}

func TestADisputeOverARecordThatWasWithdrawnStillGivesTheEnterprise(t *testing.T) {
	d := newDispute(t)
	d.do(t, d.holder, d.holder.Command(d.now, d.holder.Claimant(), models.Withdraw{Record: "held"}))
	require.Empty(t, d.holds(t))
	result := d.settle(t, d.decision(true))
	require.Nil(t, result.Refusal)
	require.Equal(t, models.RefusedRecordState, result.HolderRefusal.Code)
	require.EqualValues(t, "disputing", d.holds(t))
}

func TestAClaimantWhoWithdrewTakesNothingFromTheHolder(t *testing.T) {
	d := newDispute(t)
	d.do(t, d.claimant, d.claimant.Command(d.now, d.claimant.Claimant(), models.Withdraw{Record: "disputing"}))
	result := d.settle(t, d.decision(true))
	require.Equal(t, models.RefusedRecordState, result.Refusal.Code)
	require.Equal(t, models.StateUnderReview, d.state(t, d.holder, "held"))
	require.EqualValues(t, "held", d.holds(t))
}

func TestNobodyAdjudicatesTheirOwnClaim(t *testing.T) {
	d := newDispute(t)
	input := d.decision(true)
	input.Command.Actor.SubstituteFor = []models.CadreID{"claimant"}
	require.Equal(t, models.RefusedOwnClaim, d.settle(t, input).Refusal.Code)
	input = d.decision(true)
	input.Command.Actor.SubstituteFor = []models.CadreID{"holder"}
	require.Equal(t, models.RefusedOwnClaim, d.settle(t, input).Refusal.Code)
	require.EqualValues(t, "held", d.holds(t))
}

func TestAnEnrolmentStartsEachObligationOnceAndGoesOnAfterAFailure(t *testing.T) {
	archive := anArchive(t)
	for _, cadre := range []models.CadreID{"c-1", "c-2", "c-3"} {
		_, err := workflowtest.Enrol(t.Context(), archive, cadre, workflowtest.TermFrom, workflowtest.TermDue)
		require.NoError(t, err)
	}
	engine := &directEngine{archive: archive}
	env := kinEnvironment(t, engine, activities.Settings{StartsPerSecond: 1000})
	engine.failures = 1
	env.ExecuteWorkflow(workflows.EnrolmentWorkflow, workflows.EnrolmentInput{Plan: workflowtest.Plan})
	require.NoError(t, env.GetWorkflowError())
	require.Len(t, engine.started, 3)
	left, err := archive.Unstarted(t.Context(), workflowtest.Plan, models.ObligationID{}, 10)
	require.NoError(t, err)
	require.Empty(t, left)

	again := kinEnvironment(t, engine, activities.Settings{StartsPerSecond: 1000})
	again.ExecuteWorkflow(workflows.EnrolmentWorkflow, workflows.EnrolmentInput{Plan: workflowtest.Plan})
	require.NoError(t, again.GetWorkflowError())
	require.Len(t, engine.started, 3, "nothing is started twice")
}

func TestANightlyReconcileHostsWhatNoWorkflowHosts(t *testing.T) {
	archive := anArchive(t)
	now := workflowtest.Noon("2013-07-02")
	cycle, finding := workflowtest.Cycle("2013Q2"), inspection.FindingSubject("f-1")
	give := func(subject string, body inspection.CommandBody) {
		require.NoError(t, workflowtest.AppendInspectionBeside(t.Context(), archive, subject, inspection.Command{
			ID: models.CommandID(subject + string(body.CommandKind())), At: now, Actor: models.Actor{Account: "inspector"}, Body: body,
		}))
	}
	open, err := archive.PrepareInspection(t.Context(), cycle, now)
	require.NoError(t, err)
	give(cycle.Subject(), open)
	give(finding, inspection.Raise{
		Finding: "f-1", Inspection: cycle, Unit: open.Units[0], Severity: inspection.SeverityMinor,
		Deadline: inspection.Deadline{BlueAt: now, Due: now.AddDate(0, 0, 7), RedAt: now.AddDate(0, 0, 9)},
	})
	engine := &directEngine{archive: archive}
	reconcile := func() activities.ReconcileSummary {
		env := kinEnvironment(t, engine, activities.Settings{})
		env.ExecuteWorkflow(workflows.ReconcileWorkflow)
		require.NoError(t, env.GetWorkflowError())
		var summary activities.ReconcileSummary
		require.NoError(t, env.GetWorkflowResult(&summary))
		return summary
	}
	require.Equal(t, activities.ReconcileSummary{Checked: 2}, reconcile())
	require.Equal(t, []string{finding, cycle.Subject()}, engine.hosted)
	give(finding, inspection.Settle{})
	engine.hosted = nil
	reconcile()
	require.Equal(t, []string{cycle.Subject()}, engine.hosted, "what is over needs no workflow")
}

func TestAReconcileOfAHealthyArchiveFindsNothing(t *testing.T) {
	d := newDispute(t)
	env := kinEnvironment(t, d.engine, activities.Settings{})
	env.ExecuteWorkflow(workflows.ReconcileWorkflow)
	require.NoError(t, env.GetWorkflowError())
	var summary activities.ReconcileSummary
	require.NoError(t, env.GetWorkflowResult(&summary))
	require.Equal(t, activities.ReconcileSummary{Checked: 2}, summary)
	require.NotEmpty(t, d.engine.enrolments, "what was enrolled while Temporal was away is started")
}

func TestTheNightlyRunRemovesSheetsThatWereKeptLongEnoughAndNoOthers(t *testing.T) {
	d := newDispute(t)
	ctx, archive := t.Context(), d.engine.archive
	files := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	env := kinEnvironment(t, d.engine, activities.Settings{Files: files, KeepRosters: 10 * 24 * time.Hour})
	now := env.Now()
	// Refused imports keep their sheets like others.
	imported := func(digest string, by models.AccountID, days int) {
		in := store.Import{FileName: "r.csv", FileDigest: digest, By: by, Now: now.AddDate(0, 0, -days), Problems: []roster.Problem{{Row: 1, Code: roster.UnitUnknown}}}
		_, err := archive.ImportEnterprises(ctx, in, nil)
		require.NoError(t, err)
		if by != models.SystemAccount {
			require.NoError(t, files.WriteAll(ctx, store.RosterKey(digest), []byte(digest), nil))
		}
	}
	imported("old", "a", 11)
	imported("again", "a", 40)
	imported("again", "a", 3)
	imported("young", "a", 9)
	imported("by-hand", models.SystemAccount, 40)
	imported("lost", "a", 40)
	require.NoError(t, files.Delete(ctx, store.RosterKey("lost")))

	env.ExecuteWorkflow(workflows.ReconcileWorkflow)
	require.NoError(t, env.GetWorkflowError())
	for digest, kept := range map[string]bool{"old": false, "again": true, "young": true} {
		exists, err := files.Exists(ctx, store.RosterKey(digest))
		require.NoError(t, err)
		require.Equal(t, kept, exists, digest)
	}
	entries, err := archive.Imports(ctx, "", store.Page{})
	require.NoError(t, err)
	require.Len(t, entries.Items, 6, "the entries stay")
	for _, entry := range entries.Items {
		gone := entry.FileDigest == "old" || entry.FileDigest == "by-hand"
		require.Equal(t, gone, !entry.RemovedAt.IsZero(), "%s: what was not found is not said to be removed", entry.FileDigest)
	}
	audited, err := archive.AuditEntries(ctx, store.AuditFilter{Kind: "import"}, store.Page{})
	require.NoError(t, err)
	removed := 0
	for _, entry := range audited.Items {
		if entry.Action == "roster-removed" {
			removed++
		}
	}
	require.Equal(t, 2, removed)
}
