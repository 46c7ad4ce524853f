package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

// quarter is one cycle with skipped time over a real archive.
type quarter struct {
	t       *testing.T
	archive *store.Archive
	env     *testsuite.TestWorkflowEnvironment
	id      inspection.ID
	start   time.Time
	given   int
}

// aQuarter is a world on the first working morning after the second quarter of
// 2013, with one duty in the first district, not run yet.
func aQuarter(t *testing.T) *quarter {
	t.Helper()
	archive := anArchive(t)
	_, err := workflowtest.Enrol(t.Context(), archive, "c-0001", workflowtest.TermFrom, workflowtest.TermDue)
	require.NoError(t, err)
	return quarterOver(t, archive, "2013Q2", "2013-07-01")
}

func quarterOver(t *testing.T, archive *store.Archive, name, from string) *quarter {
	t.Helper()
	env := kinEnvironment(t, &directEngine{archive: archive}, activities.Settings{})
	q := &quarter{
		t: t, archive: archive, env: env, id: workflowtest.Cycle(name),
		start: models.MustDate(from).Start().Add(9*time.Hour + 5*time.Minute),
	}
	env.SetStartTime(q.start)
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{
		ID: q.id.Subject(), TaskQueue: workflows.QueueObligations,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	})
	q.at(0, func(now time.Time) {
		open, err := archive.PrepareInspection(q.ctx(), q.id, now)
		require.NoError(t, err)
		q.must(q.give("", "inspector", open))
	})
	return q
}

func (q *quarter) ctx() context.Context { return context.WithoutCancel(q.t.Context()) }

// at runs something so long after the cycle was opened.
func (q *quarter) at(after time.Duration, do func(now time.Time)) {
	q.env.RegisterDelayedCallback(func() { do(q.start.Add(after)) }, after)
}

// on is at noon of a day.
func (q *quarter) on(day string, do func(now time.Time)) {
	q.at(workflowtest.Noon(day).Sub(q.start), do)
}

// give sends a command to the cycle, or to the subject that is named.
func (q *quarter) give(subject string, account models.AccountID, body inspection.CommandBody) *answer {
	if subject == "" {
		subject = q.id.Subject()
	}
	q.given++
	command := inspection.Command{
		ID: models.CommandID(fmt.Sprintf("%s/%d", account, q.given)), At: q.env.Now(), Actor: models.Actor{Account: account}, Body: body,
	}
	got := &answer{}
	require.NoError(q.t, q.env.UpdateWorkflowByID(subject, string(body.CommandKind()), string(command.ID), got, command))
	return got
}

// must requires, when the world has moved on a little, that a command was taken.
func (q *quarter) must(got *answer) {
	q.env.RegisterDelayedCallback(func() {
		require.True(q.t, got.completed, "not completed: rejected %t, %v", got.rejected, got.err)
		require.NoError(q.t, got.err)
	}, time.Minute)
}

func (q *quarter) cycle() *inspection.Inspection {
	q.t.Helper()
	aggregate, err := q.archive.InspectionSubject(q.ctx(), q.id.Subject())
	require.NoError(q.t, err)
	return aggregate.(*inspection.Inspection)
}

func (q *quarter) report(unit models.UnitID) store.UnitReportItem {
	q.t.Helper()
	reports, err := q.archive.UnitReports(q.ctx(), store.Everything(), store.UnitReportFilter{Plan: q.id.Plan, Quarter: q.id.Quarter, Unit: unit})
	require.NoError(q.t, err)
	require.Len(q.t, reports, 1)
	return reports[0]
}

// files has a unit's contact save and file the form.
func (q *quarter) files(unit models.UnitID, now time.Time) {
	text, err := q.archive.SaveUnitReportText(q.ctx(), q.id, unit, 0, `{"measures":"召开协调会"}`, "contact", now)
	require.NoError(q.t, err)
	q.must(q.give(q.id.ReportSubject(unit), "contact", inspection.File{Version: text.Version, Digest: text.Digest}))
}

// signs has the bulletin's text sent to the signers and signed by two.
func (q *quarter) signs() {
	q.must(q.give("", "inspector", inspection.AskSignatures{Version: q.latest().Version}))
	q.env.RegisterDelayedCallback(func() {
		q.must(q.give("", "signer-1", inspection.Sign{Digest: q.latest().Digest}))
		twice := q.give("", "signer-1", inspection.Sign{Digest: q.latest().Digest})
		q.env.RegisterDelayedCallback(func() {
			require.Equal(q.t, inspection.RefusedSameSigner, twice.refusal(), "%v", twice.err)
			q.must(q.give("", "signer-2", inspection.Sign{Digest: q.latest().Digest}))
		}, time.Hour)
	}, time.Hour)
}

func (q *quarter) latest() inspection.BulletinState {
	current, open := q.cycle().Current()
	require.True(q.t, open, "%+v", q.cycle().Bulletins)
	return current
}

// run runs the cycle until its bulletin is issued, through every run of it.
func (q *quarter) run() {
	q.t.Helper()
	q.env.ExecuteWorkflow(workflows.InspectionWorkflow, workflows.InspectionInput{Plan: q.id.Plan, Quarter: q.id.Quarter})
	require.True(q.t, q.env.IsWorkflowCompleted())
}

func TestAQuarterGoesFromTheButtonToItsBulletin(t *testing.T) {
	q := aQuarter(t)
	q.on("2013-07-05", func(now time.Time) { q.files(workflowtest.Unit, now) })
	q.on("2013-07-08", func(time.Time) {
		filed := q.report(workflowtest.Unit)
		require.Equal(t, inspection.ReportFiled, filed.State)
		own := q.give(q.id.ReportSubject(workflowtest.Unit), "contact", inspection.Confirm{Digest: filed.Digest})
		q.must(q.give(q.id.ReportSubject(workflowtest.Unit), "leader", inspection.Confirm{Digest: filed.Digest}))
		q.env.RegisterDelayedCallback(func() { require.Equal(t, inspection.RefusedSameConfirmer, own.refusal()) }, time.Minute)
	})
	q.on("2013-07-09", func(time.Time) { q.signs() })
	q.run()

	require.Equal(t, inspection.ReportNothing, q.report(workflowtest.OtherUnit).State, "a district without a duty is done by itself")
	require.Equal(t, inspection.ReportConfirmed, q.report(workflowtest.Unit).State)
	cycle := q.cycle()
	require.Equal(t, inspection.StageIssued, cycle.Stage)
	require.Len(t, cycle.Bulletins, 1)
	require.Equal(t, 1, cycle.Bulletins[0].Number)
	require.Equal(t, 2013, cycle.Bulletins[0].Year)
	require.Equal(t, "2013-07-09", cycle.Bulletins[0].IssuedOn.String())
	broken, err := q.archive.Verify(t.Context(), q.id.Subject())
	require.NoError(t, err)
	require.Nil(t, broken)
	require.NoError(t, q.archive.VerifySnapshot(t.Context(), q.id, cycle.Snapshot))
}

func TestAUnitThatNeverReportsIsRemindedMarkedAndBlocksNothing(t *testing.T) {
	q := aQuarter(t)
	q.on("2013-07-17", func(time.Time) {
		late := q.report(workflowtest.Unit)
		require.True(t, late.Late)
		require.False(t, late.Ended)
		require.Equal(t, inspection.StageDrafting, q.cycle().Stage, "the cycle went on without it")
		q.signs()
	})
	q.run()
	missing := q.report(workflowtest.Unit)
	require.Equal(t, inspection.ReportMissing, missing.State)
	require.Equal(t, inspection.StageIssued, q.cycle().Stage)
	entries, err := q.archive.Entries(t.Context(), q.id.ReportSubject(workflowtest.Unit))
	require.NoError(t, err)
	var passed []inspection.StepID
	for _, entry := range entries {
		event, err := inspection.EventOf(entry)
		require.NoError(t, err)
		if step, is := event.Body.(inspection.StepPassed); is {
			passed = append(passed, step.Step)
		}
	}
	require.Equal(t, []inspection.StepID{"remind-2013-07-10", "remind-2013-07-12", "due-2013-07-15"}, passed)
}

func TestAnExtensionIsWaitedFor(t *testing.T) {
	q := aQuarter(t)
	q.on("2013-07-12", func(time.Time) {
		q.must(q.give(q.id.ReportSubject(workflowtest.Unit), "inspector", inspection.Extend{Due: models.MustDate("2013-07-22").End()}))
	})
	q.on("2013-07-18", func(time.Time) {
		require.Equal(t, inspection.StageReporting, q.cycle().Stage, "the unit has until the 22nd")
		require.False(t, q.report(workflowtest.Unit).Late)
	})
	q.on("2013-07-23", func(time.Time) { q.signs() })
	q.run()
	require.Equal(t, inspection.StageIssued, q.cycle().Stage)
}

func TestAnInspectorWhoDraftsEarlySparesNobodyTheTalk(t *testing.T) {
	q := aQuarter(t)
	looked, drafted := 0, 0
	q.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		switch info.ActivityType.Name {
		case "RedUnits":
			looked++
		case "DraftBulletin":
			drafted++
		}
	})
	q.on("2013-07-03", func(now time.Time) {
		text, err := q.archive.DraftBulletin(q.ctx(), q.id, 1, "inspector", now)
		require.NoError(t, err)
		q.must(q.give("", "inspector", inspection.DraftBulletin{Digest: text.Digest}))
	})
	q.on("2013-07-17", func(time.Time) {
		require.Equal(t, int64(1), q.latest().Version)
		q.signs()
	})
	q.run()
	require.Equal(t, inspection.StageIssued, q.cycle().Stage)
	require.Equal(t, 1, looked, "the units that were red for too long are looked for once")
	require.Zero(t, drafted, "what the inspector drafted stands")
}

func TestAUnitThatNobodyCouldAskHoldsUpNobody(t *testing.T) {
	q := aQuarter(t)
	q.env.OnWorkflow(workflows.UnitInspectionWorkflow, mock.Anything, mock.Anything).Return(errors.New("the unit's workflow failed"))
	q.on("2013-07-12", func(time.Time) {
		require.Equal(t, inspection.StageReporting, q.cycle().Stage, "it is waited for until the day")
	})
	q.on("2013-07-17", func(time.Time) {
		require.Equal(t, inspection.StageDrafting, q.cycle().Stage)
		q.signs()
	})
	q.run()
	require.Equal(t, inspection.StageIssued, q.cycle().Stage)
}

func TestACancelledCycleKeepsWhatItHas(t *testing.T) {
	q := aQuarter(t)
	q.on("2013-07-03", func(time.Time) { q.must(q.give("", "inspector", inspection.Cancel{})) })
	q.run()
	cycle := q.cycle()
	require.Equal(t, inspection.StageCancelled, cycle.Stage)
	require.NoError(t, q.archive.VerifySnapshot(t.Context(), q.id, cycle.Snapshot), "nothing of it is lost")
	missing := q.report(workflowtest.Unit)
	require.Equal(t, inspection.ReportMissing, missing.State)
	require.False(t, missing.Late, "its deadline had not come")
}

func TestAFalseCreditIsHeardThenTakenFromItsObligation(t *testing.T) {
	archive := anArchive(t)
	duty, err := workflowtest.Enrol(t.Context(), archive, "c-0001", workflowtest.TermFrom, workflowtest.TermDue)
	require.NoError(t, err)
	noon := workflowtest.Noon("2013-05-06")
	submit, err := duty.Draft(t.Context(), noon, "r-1", models.Introduce, modelstest.Enterprise(1))
	require.NoError(t, err)
	commands := []models.Command{submit}
	for _, stage := range workflowtest.Stages() {
		commands = append(commands, duty.Accept(noon, "r-1", stage))
	}
	for _, command := range commands {
		require.NoError(t, workflowtest.AppendBeside(t.Context(), archive, duty.ID, command))
	}
	q := quarterOver(t, archive, "2013Q2", "2013-07-01")
	sample := q.id.SampleSubject()
	q.on("2013-07-02", func(now time.Time) {
		q.must(q.give(sample, "inspector", inspection.Check{Record: "r-1", Result: inspection.ResultFalse, HearingDue: now.AddDate(0, 0, 7)}))
	})
	q.on("2013-07-04", func(time.Time) {
		early := q.give(sample, "adjudicator", inspection.DecideHearing{Record: "r-1", False: true, Document: "document-1"})
		q.env.RegisterDelayedCallback(func() { require.Equal(t, inspection.RefusedHearing, early.refusal()) }, time.Minute)
	})
	q.on("2013-07-10", func(time.Time) {
		own := q.give(sample, "inspector", inspection.DecideHearing{Record: "r-1", False: true, Document: "document-1"})
		q.must(q.give(sample, "adjudicator", inspection.DecideHearing{Record: "r-1", False: true, Document: "document-1"}))
		q.env.RegisterDelayedCallback(func() { require.Equal(t, inspection.RefusedSameChecker, own.refusal()) }, time.Minute)
	})
	q.on("2013-07-17", func(time.Time) { q.signs() })
	q.run()
	items, err := archive.SampleItems(t.Context(), store.Everything(), q.id)
	require.NoError(t, err)
	require.Len(t, items, 1)
	require.Equal(t, inspection.ItemFalse, items[0].State)
	require.Equal(t, inspection.RevocationTaken, items[0].Revocation)
	loaded, err := archive.LoadObligation(t.Context(), duty.ID)
	require.NoError(t, err)
	require.Zero(t, loaded.Obligation.Credits(models.Introduce), "the goal is open again")
	figures, err := archive.SnapshotFigures(t.Context(), q.id)
	require.NoError(t, err)
	require.Equal(t, 1, figures[0].Credits, "what was frozen stays")
}
