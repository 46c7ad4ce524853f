package workflows_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

var errDown = errors.New("the archive is down")

func requireAs[T error](err error, target *T) bool { return errors.As(err, target) }

func continuedAsNew(err error) bool {
	var next *workflow.ContinueAsNewError
	return errors.As(err, &next)
}

func TestAFreshObligationStandsWhereItsWindowSays(t *testing.T) {
	w := aTerm(t)
	w.on("2013-02-01", func(now time.Time) {
		standing := w.standing()
		require.Equal(t, models.ObligationActive, standing.State)
		require.Equal(t, models.Green, standing.Light)
		require.True(t, standing.AsOf.Equal(now))
		require.Len(t, standing.Goals, 3)
	})
	w.runUntil("2013-02-02")
	require.EqualValues(t, 1, w.archived().Sequence)
}

func TestARecordIsCreditedAfterThreeStages(t *testing.T) {
	w := aTerm(t)
	var answers []*answer
	w.on("2013-03-01", func(now time.Time) {
		answers = append(answers, w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1)))
	})
	for i, stage := range workflowtest.Stages() {
		w.on(models.MustDate("2013-03-02").AddDays(i).String(), func(now time.Time) {
			answers = append(answers, w.give(w.duty.Accept(now, "r-1", stage)))
		})
	}
	w.runUntil("2013-04-01")
	for i, got := range answers {
		require.NoError(t, got.err, "command %d", i)
		require.True(t, got.completed)
	}
	require.EqualValues(t, 2, answers[0].receipt.Sequence)
	require.EqualValues(t, 6, answers[3].receipt.Sequence, "the last stage accepts and credits")
	record, _ := w.record("r-1")
	require.Equal(t, models.StateCredited, record.State)
}

func TestAWholeTermPassesEveryRungInOrder(t *testing.T) {
	archive := anArchive(t)
	duty, err := workflowtest.Enrol(t.Context(), archive, "c-0001", workflowtest.TermFrom, workflowtest.TermDue)
	require.NoError(t, err)
	steps := duty.Term()
	now := workflowtest.TermFrom.Start().Add(8 * time.Hour)
	runs, given := 0, 0
	var w *world
	for {
		w = aWorld(t, archive, duty, now)
		for _, step := range steps[given:] {
			w.at(step.At, func() {
				command, err := step.Make(t.Context())
				require.NoError(t, err)
				got := w.give(command)
				require.False(t, got.rejected, "%v", got.err)
				given++
			})
		}
		runs++
		err := w.run()
		now = w.env.Now()
		if !continuedAsNew(err) {
			require.NoError(t, err, "a fulfilled obligation ends by itself")
			break
		}
		require.Less(t, runs, 6)
	}
	require.Equal(t, len(steps), given)
	passed := w.rungs()
	require.Equal(t, append(workflowtest.TermRungs, models.RungFulfilledClose), codes(passed))
	for _, rung := range passed {
		late := rung.recorded.Sub(rung.reached)
		require.GreaterOrEqual(t, late, time.Duration(0), "%s", rung.code)
		if rung.code != models.RungFulfilledClose {
			require.LessOrEqual(t, late, 5*time.Minute, "%s", rung.code)
		}
	}
	require.Equal(t, models.GroundFulfilled, w.archived().Closed)
	require.Equal(t, 4, runs, "continues as new once a year, with a rung")
}

func TestRefusedCommandsLeaveNoTrace(t *testing.T) {
	w := aTerm(t)
	w.on("2013-03-01", func(now time.Time) {
		require.False(t, w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1)).rejected)
	})
	var answers []*answer
	var expected []models.RefusalCode
	refuse := func(command models.Command, code models.RefusalCode) {
		answers, expected = append(answers, w.give(command)), append(expected, code)
	}
	w.on("2013-03-02", func(now time.Time) {
		own := models.Accept{Record: "r-1", Stage: models.StageDistrictScience, ReviewDue: now.AddDate(0, 0, 7)}
		refuse(w.duty.Accept(now, "r-1", models.StageCityScience), models.RefusedStage)
		refuse(w.duty.Accept(now, "unknown", models.StageDistrictScience), models.RefusedUnknownRecord)
		refuse(w.duty.Command(now, w.duty.Claimant(), own), models.RefusedOwnClaim)
		refuse(w.duty.Close(now), models.RefusedOpenRecords)
		// The clock's own command is no update at all.
		refuse(w.duty.Command(now, modelstest.Organizer(), models.PassRung{Rung: "schedule-1@2015-12-31"}), "")
	})
	w.runUntil("2013-03-03")
	require.Len(t, answers, 5)
	for i, got := range answers {
		require.False(t, got.accepted, "%d", i)
		require.True(t, got.rejected, "%d", i)
		require.Equal(t, expected[i], got.refusal())
	}
	require.EqualValues(t, 2, w.archived().Sequence)
}

func TestAReturnedRecordLapses(t *testing.T) {
	w := aTerm(t)
	until := workflowtest.Noon("2013-03-20")
	w.on("2013-03-01", func(now time.Time) { w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1)) })
	w.on("2013-03-02", func(now time.Time) {
		require.False(t, w.give(w.duty.Return(now, "r-1", models.StageDistrictScience, until)).rejected)
	})
	w.on("2013-03-03", func(time.Time) { require.Equal(t, models.Yellow, w.standing().Light) })
	w.runUntil("2013-04-01")
	require.Equal(t, []models.RungCode{models.RungCorrectionLapsed}, codes(w.rungs()))
	require.True(t, w.rungs()[0].reached.Equal(until))
}

func TestASuspensionMovesTheLadder(t *testing.T) {
	w := aTerm(t)
	w.on("2013-06-01", func(now time.Time) { require.False(t, w.give(w.duty.Suspend(now)).rejected) })
	w.on("2013-08-01", func(time.Time) {
		require.Equal(t, models.ObligationSuspended, w.standing().State)
	})
	w.on("2013-09-01", func(now time.Time) { require.False(t, w.give(w.duty.Resume(now)).rejected) })
	require.True(t, continuedAsNew(w.run()))
	require.Empty(t, w.rungs(), "a year has passed, a third of the window has not")
	next := aWorld(t, w.archive, w.duty, w.env.Now())
	next.runUntil("2014-05-01")
	rungs := next.rungs()
	require.Equal(t, []models.RungCode{"schedule-1"}, codes(rungs))
	// 2014-01-01 and the 92 days from 2013-06-01 to 2013-09-01.
	require.True(t, rungs[0].reached.Equal(models.MustDate("2014-04-03").Start()), "%s", rungs[0].reached)
}

func TestAWorkflowThatWasAwayPassesTheLastMissedRungAtOnce(t *testing.T) {
	w := aDuty(t, workflowtest.TermFrom, workflowtest.TermDue, workflowtest.Noon("2016-01-10"))
	w.runUntil("2016-01-11")
	rungs := w.rungs()
	require.Equal(t, []models.RungCode{models.RungOverdue}, codes(rungs), "the overdue one supersedes six reminders")
	require.True(t, rungs[0].reached.Equal(models.MustDate("2015-12-31").End()))
	require.True(t, rungs[0].recorded.Equal(w.start))
}

func TestAnotherWritersEventsAreReadBeforeDeciding(t *testing.T) {
	w := aTerm(t)
	var got *answer
	w.on("2013-03-01", func(now time.Time) {
		require.NoError(t, workflowtest.AppendBeside(t.Context(), w.archive, w.duty.ID, w.duty.Suspend(now)))
		got = w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1))
	})
	w.on("2013-03-02", func(time.Time) { require.Equal(t, models.ObligationSuspended, w.standing().State) })
	w.runUntil("2013-03-03")
	require.NoError(t, got.err)
	require.EqualValues(t, 3, got.receipt.Sequence)
}

func TestAStaleDecisionIsRefusedAfterReading(t *testing.T) {
	w := aTerm(t)
	var got *answer
	w.on("2013-03-01", func(now time.Time) {
		require.NoError(t, workflowtest.AppendBeside(t.Context(), w.archive, w.duty.ID, w.duty.Suspend(now)))
		got = w.give(w.duty.Suspend(now))
	})
	w.runUntil("2013-03-03")
	require.True(t, got.accepted, "the stale view allowed it")
	require.Equal(t, models.RefusedSuspended, got.refusal())
	require.EqualValues(t, 2, w.archived().Sequence)
}

func TestARepeatedCommandAnswersWithItsFirstSequence(t *testing.T) {
	w := aTerm(t)
	var again, next *answer
	w.on("2013-03-01", func(now time.Time) {
		command := w.duty.Suspend(now)
		require.NoError(t, workflowtest.AppendBeside(t.Context(), w.archive, w.duty.ID, command))
		again = w.give(command)
	})
	w.on("2013-03-02", func(now time.Time) { next = w.give(w.duty.Resume(now)) })
	w.runUntil("2013-03-03")
	require.NoError(t, again.err)
	require.EqualValues(t, 2, again.receipt.Sequence)
	require.NoError(t, next.err, "the aggregate was read again")
	require.EqualValues(t, 3, next.receipt.Sequence)
}

func TestTheArchiveRefusesASecondClaimOnAnEnterprise(t *testing.T) {
	w := aTerm(t)
	rival, err := workflowtest.Enrol(t.Context(), w.archive, "c-0002", workflowtest.TermFrom, workflowtest.TermDue)
	require.NoError(t, err)
	var got *answer
	w.on("2013-03-01", func(now time.Time) {
		claim, err := rival.Draft(t.Context(), now, "rival", models.Introduce, modelstest.Enterprise(1))
		require.NoError(t, err)
		require.NoError(t, workflowtest.AppendBeside(t.Context(), w.archive, rival.ID, claim))
		got = w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1))
	})
	w.runUntil("2013-03-03")
	require.Equal(t, models.RefusedDuplicateCredit, got.refusal())
	require.EqualValues(t, 1, w.archived().Sequence)
}

func TestAnArchiveThatIsDownDelaysAndLosesNothing(t *testing.T) {
	w := aTerm(t)
	var down atomic.Bool
	w.whileDown(&down)
	var got *answer
	w.on("2013-03-01", func(now time.Time) {
		down.Store(true)
		got = w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1))
	})
	w.at(workflowtest.Noon("2013-03-01").Add(3*time.Hour), func() {
		require.True(t, got.accepted)
		require.False(t, got.completed)
		down.Store(false)
	})
	w.runUntil("2013-03-02")
	require.NoError(t, got.err)
	record, found := w.record("r-1")
	require.True(t, found)
	require.True(t, record.SubmittedAt.Equal(workflowtest.Noon("2013-03-01")), "the instant of the request counts")
}

func TestAnArchiveThatIsDownAtTheStartHoldsTheFirstCommand(t *testing.T) {
	w := aTerm(t)
	var down atomic.Bool
	down.Store(true)
	w.whileDown(&down)
	var got *answer
	w.at(w.start.Add(time.Minute), func() {
		got = w.submit(w.start.Add(time.Minute), "r-1", models.Introduce, modelstest.Enterprise(1))
	})
	w.at(w.start.Add(time.Hour), func() { down.Store(false) })
	w.runUntil("2013-03-02")
	require.NoError(t, got.err)
	require.EqualValues(t, 2, got.receipt.Sequence)
}

func TestTheFirstCommandMayComeWithTheStart(t *testing.T) {
	w := aTerm(t)
	var got *answer
	w.at(w.start, func() { got = w.submit(w.start, "r-1", models.Introduce, modelstest.Enterprise(1)) })
	w.runUntil("2013-03-02")
	require.NoError(t, got.err)
	require.EqualValues(t, 2, got.receipt.Sequence)
}

func TestACommandOnlyTheArchiveCannotTakeFailsAlone(t *testing.T) {
	w := aTerm(t)
	var down atomic.Bool
	w.whileAppendFails(&down)
	var lost, next *answer
	w.on("2013-03-01", func(now time.Time) {
		down.Store(true)
		lost = w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1))
	})
	w.on("2013-03-02", func(now time.Time) {
		require.True(t, lost.completed)
		down.Store(false)
		next = w.give(w.duty.Suspend(now))
	})
	w.runUntil("2013-03-03")
	var application *temporal.ApplicationError
	require.ErrorAs(t, lost.err, &application)
	require.Equal(t, workflows.TypeArchiveFault, application.Type())
	require.NoError(t, next.err)
}

func TestANewPolicyVersionBringsItsRules(t *testing.T) {
	w := aTerm(t)
	var adopted, unknown *answer
	w.on("2013-03-01", func(now time.Time) {
		adopted = w.give(w.duty.Command(now, modelstest.Organizer(), models.AdoptPolicy{Version: 2, Document: "document-1"}))
	})
	w.on("2013-03-02", func(now time.Time) {
		unknown = w.give(w.duty.Command(now, modelstest.Organizer(), models.AdoptPolicy{Version: 9, Document: "document-1"}))
	})
	w.runUntil("2013-03-03")
	require.NoError(t, adopted.err)
	require.Equal(t, models.RefusedPolicy, unknown.refusal(), "a version that nobody has published")
	require.EqualValues(t, 2, w.archived().Policy)
}

func TestAServerWhoseClockRunsAheadIsNotBelieved(t *testing.T) {
	w := aTerm(t)
	var got *answer
	w.on("2013-03-01", func(now time.Time) {
		got = w.submit(now.Add(time.Hour), "r-1", models.Introduce, modelstest.Enterprise(1))
	})
	w.runUntil("2013-03-02")
	require.NoError(t, got.err)
	record, _ := w.record("r-1")
	require.True(t, record.SubmittedAt.Equal(workflowtest.Noon("2013-03-01")))
}

func TestARefreshContinuesAsNewAndReadsTheArchiveAgain(t *testing.T) {
	w := aTerm(t)
	w.on("2013-03-01", func(now time.Time) {
		require.NoError(t, workflowtest.AppendBeside(t.Context(), w.archive, w.duty.ID, w.duty.Suspend(now)))
		w.env.SignalWorkflow(workflows.SignalRefresh, nil)
	})
	require.True(t, continuedAsNew(w.run()))
	require.True(t, w.env.Now().Before(workflowtest.Noon("2013-03-02")))
	next := aWorld(t, w.archive, w.duty, w.env.Now())
	next.on("2013-03-02", func(time.Time) { require.Equal(t, models.ObligationSuspended, next.standing().State) })
	next.runUntil("2013-03-03")
}

func TestARunWaitsForItsHandlersBeforeItContinuesAsNew(t *testing.T) {
	w := aTerm(t)
	var down atomic.Bool
	w.whileDown(&down)
	var got *answer
	w.on("2013-03-01", func(now time.Time) {
		down.Store(true)
		got = w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1))
		w.env.SignalWorkflow(workflows.SignalRefresh, nil)
	})
	w.at(workflowtest.Noon("2013-03-01").Add(time.Hour), func() { down.Store(false) })
	require.True(t, continuedAsNew(w.run()))
	require.NoError(t, got.err)
	require.True(t, got.completed)
	require.EqualValues(t, 2, got.receipt.Sequence)
}

func TestARunThatTheServerFindsTooLongContinuesAsNew(t *testing.T) {
	w := aTerm(t)
	w.on("2013-03-01", func(now time.Time) {
		w.env.SetContinueAsNewSuggested(true)
		w.submit(now, "r-1", models.Introduce, modelstest.Enterprise(1))
	})
	require.True(t, continuedAsNew(w.run()))
}

func TestAClosedObligationEndsItsWorkflow(t *testing.T) {
	w := aTerm(t)
	var got *answer
	w.on("2013-03-01", func(now time.Time) { got = w.give(w.duty.Close(now)) })
	require.NoError(t, w.run())
	require.NoError(t, got.err)
	require.EqualValues(t, 2, got.receipt.Sequence)
	require.True(t, w.env.Now().Before(workflowtest.Noon("2013-03-02")))

	again := aWorld(t, w.archive, w.duty, w.env.Now())
	require.NoError(t, again.run(), "a run that finds it closed ends at once")
}

func TestAnObligationThatIsNotEnrolledFailsItsRun(t *testing.T) {
	w := aTerm(t)
	w.duty.ID.Cadre = "nobody"
	err := w.run()
	var application *temporal.ApplicationError
	require.ErrorAs(t, err, &application)
	require.Equal(t, workflows.TypeUnknownObligation, application.Type())
}
