package inspection_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

const commandsOfALife = 40

func TestAnIssuedBulletinNeverChangesAndWasSignedByDifferentPeople(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := aCycle(t)
		issued := map[int]inspection.BulletinState{}
		w.holds = func(t *rapid.T, w *walk, event inspection.Event) {
			cycle := w.aggregate.(*inspection.Inspection)
			for i, bulletin := range cycle.Bulletins {
				require.Equal(t, i+1, bulletin.Ordinal)
				if former, is := issued[bulletin.Ordinal]; is {
					require.Equal(t, former, bulletin, "by %s", event.Body.EventKind())
				}
				require.True(t, i == len(cycle.Bulletins)-1 || bulletin.Stage == inspection.BulletinIssued, "a correction follows an issued bulletin")
				if bulletin.Stage == inspection.BulletinIssued {
					issued[bulletin.Ordinal] = bulletin
				}
				requireSignatures(t, bulletin, cycle.Rules.Signatures)
			}
		}
		w.lives(t, commandsOfALife)
	})
}

// requireSignatures: nobody signs twice, by no other's hand either, and a bulletin is issued by the last
// signature that is asked for, neither before nor after.
func requireSignatures(t *rapid.T, bulletin inspection.BulletinState, asked int) {
	signers, rights := map[models.AccountID]bool{}, map[models.CadreID]bool{}
	for _, signature := range bulletin.Signatures {
		require.False(t, signers[signature.Account], "%s signed twice", signature.Account)
		signers[signature.Account] = true
		require.False(t, signature.Right != "" && rights[signature.Right], "%s signed by a right that was used", signature.Account)
		rights[signature.Right] = true
	}
	if bulletin.Stage == inspection.BulletinIssued {
		require.Len(t, signers, asked)
		require.Equal(t, 10+bulletin.Ordinal, bulletin.Number)
		require.False(t, bulletin.IssuedOn.IsZero())
		return
	}
	require.Zero(t, bulletin.Number)
	if bulletin.Stage == inspection.BulletinDrafting {
		require.Empty(t, signers, "who signed another text has not signed this one")
	}
}

func TestACycleGoesForwardAndItsTextsAreNumberedWithoutGaps(t *testing.T) {
	order := map[inspection.Stage]int{}
	for i, stage := range inspection.Stages {
		order[stage] = i
	}
	rapid.Check(t, func(t *rapid.T) {
		w := aCycle(t)
		stage, versions, rounds := inspection.StageFreezing, map[int]int64{}, map[inspection.StepID]bool{}
		w.holds = func(t *rapid.T, w *walk, event inspection.Event) {
			cycle := w.aggregate.(*inspection.Inspection)
			require.GreaterOrEqual(t, order[cycle.Stage], order[stage])
			require.False(t, stage == inspection.StageIssued && cycle.Stage == inspection.StageCancelled, "an issued cycle is not cancelled")
			require.NotEqual(t, inspection.StageCancelled, stage, "a cancelled cycle takes nothing")
			stage = cycle.Stage
			for _, bulletin := range cycle.Bulletins {
				require.LessOrEqual(t, bulletin.Version-versions[bulletin.Ordinal], int64(1))
				require.GreaterOrEqual(t, bulletin.Version, versions[bulletin.Ordinal])
				versions[bulletin.Ordinal] = bulletin.Version
			}
			if drafted, is := event.Body.(inspection.Drafted); is && drafted.Version > 1 {
				require.NotEqual(t, models.SystemAccount, event.Actor.Account, "the cycle never writes over what somebody drafted")
			}
			if closed, is := event.Body.(inspection.CommentsClosed); is && closed.Step != "" {
				require.False(t, rounds[closed.Step], "%s is passed once", closed.Step)
				rounds[closed.Step] = true
			}
		}
		w.lives(t, commandsOfALife)
		if w.aggregate.(*inspection.Inspection).Stage == inspection.StageCancelled {
			require.True(t, w.aggregate.Over())
			_, comes := w.aggregate.NextStep()
			require.False(t, comes, "nothing is awaited of a cancelled cycle")
		}
	})
}

func TestEveryCommandOfALifeOfACycleIsTakenSomewhere(t *testing.T) {
	untaken := map[models.EventKind]bool{}
	for _, body := range []inspection.EventBody{
		inspection.Opened{},
		inspection.Frozen{},
		inspection.ReportsAsked{},
		inspection.TalkPrompted{},
		inspection.Cancelled{},
		inspection.Drafted{},
		inspection.Edited{},
		inspection.CommentsOpened{},
		inspection.Commented{},
		inspection.CommentsClosed{},
		inspection.SignaturesAsked{},
		inspection.Signed{},
		inspection.Recalled{},
		inspection.Issued{},
		inspection.CorrectionBegun{},
		inspection.Asked{},
		inspection.Filed{},
		inspection.SentBack{},
		inspection.Confirmed{},
		inspection.Extended{},
		inspection.StepPassed{},
		inspection.Ended{},
		inspection.SampleDrawn{},
		inspection.Checked{},
		inspection.HearingDecided{},
		inspection.RevocationAnswered{},
		inspection.Raised{},
		inspection.Answered{},
		inspection.Settled{},
		inspection.Reopened{},
		inspection.Dropped{},
	} {
		untaken[body.EventKind()] = true
	}
	// Some events are rare; a short run walks few lives at a time.
	for round := 0; round < 20 && len(untaken) > 0; round++ {
		rapid.Check(t, func(t *rapid.T) {
			for _, w := range []*walk{aCycle(t), aReport(t), aSample(t), aFinding(t)} {
				w.lives(t, commandsOfALife)
				for _, event := range w.events {
					delete(untaken, event.Body.EventKind())
				}
			}
		})
	}
	require.Empty(t, untaken, "the walks never come to these, so they prove nothing of them")
}

func TestAReportPassesEachStepOnceInOrderAndIsSignedByAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := aReport(t)
		var last time.Time
		passed := map[inspection.StepID]bool{}
		var filed models.Actor
		ended := w.aggregate.Over()
		w.holds = func(t *rapid.T, w *walk, event inspection.Event) {
			report := w.aggregate.(*inspection.UnitReport)
			require.False(t, ended, "a report that is over takes nothing")
			ended = report.Over()
			switch body := event.Body.(type) {
			case inspection.StepPassed:
				require.False(t, passed[body.Step], "%s is passed once", body.Step)
				require.False(t, body.ReachedAt.Before(last), "steps are passed in order")
				require.False(t, event.At.Before(body.ReachedAt), "no step is passed before its time")
				passed[body.Step], last = true, body.ReachedAt
			case inspection.Filed:
				filed = event.Actor
			case inspection.Confirmed:
				require.False(t, event.Actor.Repeats(filed.Account, filed.Right()), "a second person, by a right of their own")
				require.Equal(t, body.Digest, report.Digest, "what is signed is what was filed")
				require.Equal(t, report.Late, !event.At.Before(report.Due) || slices.ContainsFunc(report.Passed, func(step inspection.StepID) bool {
					return step == inspection.StepID("due-"+models.DateOf(report.Due.Add(-time.Nanosecond)).String())
				}))
			case inspection.Extended:
				require.False(t, report.Late, "who has more time is not late")
			case inspection.Ended:
				require.Equal(t, inspection.ReportMissing, report.State)
				require.Equal(t, body.Early, event.At.Before(report.Due))
				require.True(t, report.Late || body.Early, "who let the deadline pass is late")
			}
			if report.Over() {
				_, comes := report.NextStep()
				require.False(t, comes)
			}
		}
		w.lives(t, commandsOfALife)
	})
}

func TestAFalseCreditIsHeardAndDecidedByAnotherBeforeItIsTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := aSample(t)
		before := *w.aggregate.(*inspection.Sample)
		w.holds = func(t *rapid.T, w *walk, event inspection.Event) {
			sample := *w.aggregate.(*inspection.Sample)
			require.Len(t, sample.Items, 3)
			require.Equal(t, "seed", sample.Seed, "the draw stays")
			for i, item := range sample.Items {
				former := before.Items[i]
				require.Equal(t, former.Record, item.Record)
				if item.State == inspection.ItemFalse && former.State != inspection.ItemFalse {
					require.Equal(t, inspection.ItemHearing, former.State)
					require.False(t, event.At.Before(former.HearingDue), "the hearing is over")
					require.False(t, event.Actor.Repeats(former.CheckedBy, former.CheckedRight), "a second person, by a right of their own")
					require.False(t, item.Obligation.Cadre == "c-1" && (event.Actor.Cadre == "c-1" || len(event.Actor.SubstituteFor) > 0), "nobody decides on their own")
					require.NotEmpty(t, item.Document)
				}
				if former.Revocation == inspection.RevocationTaken || former.Revocation == inspection.RevocationRefused {
					require.Equal(t, former, item, "an answered revocation is answered")
				}
				require.Equal(t, item.State == inspection.ItemFalse, item.Revocation != "")
			}
			require.Equal(t, sample.Over() && len(sample.Pending()) > 0, false, "who waits for a revocation is not over")
			before = sample
		}
		w.lives(t, commandsOfALife)
	})
}

func TestALightOfAFindingOnlyWorsensWhileNobodyActs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := aFinding(t)
		steps := map[inspection.StepID]bool{}
		w.holds = func(t *rapid.T, w *walk, event inspection.Event) {
			finding := w.aggregate.(*inspection.Finding)
			if body, is := event.Body.(inspection.StepPassed); is {
				require.False(t, steps[body.Step], "%s is passed once", body.Step)
				steps[body.Step] = true
				require.False(t, event.At.Before(body.ReachedAt))
			}
			from := event.At
			light := slices.Index(models.Lights, finding.Light(from))
			for range 8 {
				from = from.Add(time.Duration(pick(t, 200, "wait")) * hour)
				next := slices.Index(models.Lights, finding.Light(from))
				require.GreaterOrEqual(t, next, light)
				light = next
			}
			if finding.State != inspection.FindingOpen {
				require.Equal(t, models.Green, finding.Light(from), "only an open finding has a light")
				_, comes := finding.NextStep()
				require.False(t, comes)
			}
		}
		w.lives(t, commandsOfALife)
		if w.aggregate.(*inspection.Finding).State == inspection.FindingWithdrawn {
			require.Error(t, w.give(t, drawActor(t), inspection.Reopen{Deadline: aDeadline(t, w.now, 1)}), "what was no problem is not asked again")
		}
	})
}

// TestAnOpenFindingTurnsBlueYellowRed lets the clock alone act.
func TestAnOpenFindingTurnsBlueYellowRed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := aFinding(t)
		var turned []models.Light
		for {
			step, comes := w.aggregate.NextStep()
			if !comes {
				break
			}
			finding := w.aggregate.(*inspection.Finding)
			w.now = step.At.Add(-time.Microsecond)
			require.Error(t, w.give(t, models.Actor{Account: models.SystemAccount}, inspection.PassStep{Step: step.ID}), "before its time")
			w.now = step.At
			require.NoError(t, w.give(t, models.Actor{Account: models.SystemAccount}, inspection.PassStep{Step: step.ID}))
			turned = append(turned, finding.Light(finding.RedAt))
		}
		require.Len(t, turned, 3)
		require.Equal(t, []inspection.StepID{"blue-1", "yellow-1", "red-1"}, w.aggregate.(*inspection.Finding).Passed)
	})
}
