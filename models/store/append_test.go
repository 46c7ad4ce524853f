package store_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestARecordGoesFromDraftToCreditAndEverythingFollows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101").credited("r-1", models.Introduce, modelstest.Enterprise(1))

		record := duty.record("r-1")
		require.Equal(t, models.StateCredited, record.State)
		require.Equal(t, duty.now, record.CreditedAt)
		claim, err := archive.Claim(t.Context(), townPlan, models.Introduce, modelstest.Enterprise(1))
		require.NoError(t, err)
		require.True(t, claim.Credited)
		require.Equal(t, duty.id, claim.Obligation)

		reviews, err := archive.Reviews(t.Context(), store.Everything(), "r-1")
		require.NoError(t, err)
		require.Len(t, reviews, 3)
		require.Equal(t, models.StageDistrictScience, reviews[0].Stage)
		require.Equal(t, models.EventRecordAccepted, reviews[2].Action)

		entries, err := archive.Entries(t.Context(), duty.id.Subject())
		require.NoError(t, err)
		require.NoError(t, models.VerifyChain(entries))
		require.Len(t, entries, 6)
		require.Contains(t, entries[1].Words, "协助办理落户", "the submitted content is sealed into the log")
		duty.whole()
	})
}

func TestARepeatedCommandAnswersTheSequenceOfItsFirstApplication(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		decided := duty.decided(duty.command(duty.cadre(), submission(duty.draft("r-1", models.Found, modelstest.Enterprise(1)), duty.now)))
		first, err := archive.Append(t.Context(), decided)
		require.NoError(t, err)
		require.Equal(t, store.Appended, first.Outcome)
		duty.do(duty.cadre(), models.Withdraw{Record: "r-1"})

		again, err := archive.Append(t.Context(), decided)
		require.NoError(t, err)
		require.Equal(t, store.AppendResult{Outcome: store.Repeated, Sequence: first.Sequence}, again)
		require.Equal(t, models.StateWithdrawn, duty.record("r-1").State)
	})
}

func TestOfManyEqualCommandsAtOnceExactlyOneIsAppended(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		command := duty.command(duty.cadre(), submission(duty.draft("r-1", models.Found, modelstest.Enterprise(1)), duty.now))
		decided := duty.decided(command)
		results := make([]store.AppendResult, 16)
		var group sync.WaitGroup
		for i := range results {
			group.Go(func() {
				result, err := archive.Append(t.Context(), decided)
				if err == nil {
					results[i] = result
				}
			})
		}
		group.Wait()
		outcomes := map[store.AppendOutcome]int{}
		for _, result := range results {
			outcomes[result.Outcome]++
			require.Equal(t, int64(2), result.Sequence)
		}
		require.Equal(t, map[store.AppendOutcome]int{store.Appended: 1, store.Repeated: 15}, outcomes)
		duty.whole()
	})
}

func TestAnAppendToALogThatMovedOnIsStale(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		late := duty.decided(duty.command(duty.cadre(), submission(duty.draft("r-1", models.Found, modelstest.Enterprise(1)), duty.now)))
		duty.submitted("r-2", models.Introduce, modelstest.Enterprise(2))

		result, err := archive.Append(t.Context(), late)
		require.NoError(t, err)
		require.Equal(t, store.AppendResult{Outcome: store.Stale, Sequence: 2}, result)
		require.Equal(t, models.StateDraft, duty.record("r-1").State)
	})
}

func TestADecisionOnWhatHasChangedSinceIsRefusedWhereItWouldTakeEffect(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		duty.submitted("r-1", models.Found, modelstest.Enterprise(1))
		shown := duty.record("r-1")

		stale := duty.command(duty.cadre(), models.Withdraw{Record: "r-1"})
		stale.Seen = models.Seen{Record: shown.Version - 1}
		result, err := archive.Append(t.Context(), duty.decided(stale))
		require.NoError(t, err)
		require.Equal(t, store.Refused, result.Outcome)
		require.Equal(t, models.RefusedRecordChanged, result.Refusal.Code)

		stale.Seen = models.Seen{Sequence: 1}
		result, err = archive.Append(t.Context(), duty.decided(stale))
		require.NoError(t, err)
		require.Equal(t, models.RefusedObligationChanged, result.Refusal.Code)
		require.Equal(t, shown, duty.record("r-1"), "a refusal changes nothing")

		stale.Seen = models.Seen{Record: shown.Version, Sequence: 2}
		result, err = archive.Append(t.Context(), duty.decided(stale))
		require.NoError(t, err)
		require.Equal(t, store.Appended, result.Outcome)
	})
}

func TestADraftThatChangedSinceItWasShownIsNotSubmitted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		shown := duty.draft("r-1", models.Found, modelstest.Enterprise(1))
		changed := shown.Content
		changed.Summary = "改写"
		_, err := archive.EditDraft(t.Context(), "r-1", shown.Version, changed, duty.now)
		require.NoError(t, err)

		result := duty.try(duty.cadre(), submission(shown, duty.now))
		require.Equal(t, store.Refused, result.Outcome)
		require.Equal(t, models.RefusedRecordChanged, result.Refusal.Code)
		entries, err := archive.Entries(t.Context(), duty.id.Subject())
		require.NoError(t, err)
		require.Len(t, entries, 1, "a refusal leaves nothing")
	})
}

func TestWordsOfACommandAreSealedIntoItsEvent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101").submitted("r-1", models.Found, modelstest.Enterprise(1))
		stage := models.StageDistrictScience
		command := duty.command(modelstest.Reviewer(stage), models.Return{
			Record: "r-1", Stage: stage, Fields: []string{"established"}, CorrectionDue: duty.now.AddDate(0, 0, 10),
		})
		received := store.CommandRow{
			ID: command.ID, Subject: duty.id.Subject(), Kind: models.CommandReturn, Account: command.Actor.Account,
			ContentDigest: "digest", Words: models.Words{Text: "请更正", Fields: map[string]string{"established": "与执照不符"}}, ReceivedAt: duty.now,
		}
		_, fresh, err := archive.ReceiveCommand(t.Context(), received)
		require.NoError(t, err)
		require.True(t, fresh)
		stored, fresh, err := archive.ReceiveCommand(t.Context(), received)
		require.NoError(t, err)
		require.False(t, fresh, "the key is known")
		require.Equal(t, store.CommandReceived, stored.State)

		result, err := archive.Append(t.Context(), duty.decided(command))
		require.NoError(t, err)
		require.Equal(t, store.Appended, result.Outcome)
		applied, err := archive.Command(t.Context(), command.ID)
		require.NoError(t, err)
		require.Equal(t, store.CommandApplied, applied.State)
		require.Equal(t, result.Sequence, applied.Sequence)
		require.NoError(t, archive.ForgetCommand(t.Context(), command.ID))
		_, err = archive.Command(t.Context(), command.ID)
		require.NoError(t, err, "what was applied is not forgotten")

		reviews, err := archive.Reviews(t.Context(), store.Everything(), "r-1")
		require.NoError(t, err)
		require.Equal(t, "请更正", reviews[0].Words.Text)
		require.Equal(t, "与执照不符", reviews[0].Words.Fields["established"])
		entries, err := archive.Entries(t.Context(), duty.id.Subject())
		require.NoError(t, err)
		require.Contains(t, entries[2].Words, "与执照不符")
	})
}

func TestACommandThatWasForgottenMayBeUsedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		row := store.CommandRow{ID: "key", Subject: "obligation/p/c", Kind: models.CommandSubmit, ContentDigest: "one"}
		_, fresh, err := archive.ReceiveCommand(t.Context(), row)
		require.NoError(t, err)
		require.True(t, fresh)
		require.NoError(t, archive.ForgetCommand(t.Context(), "key"))
		row.ContentDigest = "two"
		_, fresh, err = archive.ReceiveCommand(t.Context(), row)
		require.NoError(t, err)
		require.True(t, fresh)
	})
}

func TestATransferTakesTheRecordsAlong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101").submitted("r-1", models.Found, modelstest.Enterprise(1))
		duty.draft("r-2", models.Introduce, modelstest.Enterprise(2))
		duty.do(modelstest.Organizer(), models.Transfer{To: "120102", On: models.DateOf(duty.now), Document: "d"})

		for _, id := range []models.RecordID{"r-1", "r-2"} {
			require.Equal(t, "/tj/120102/", duty.record(id).UnitPath)
		}
		_, err := archive.Obligation(t.Context(), store.Reach{Paths: []string{"/tj/120101/"}}, duty.id, duty.now)
		require.ErrorIs(t, err, store.ErrNotFound)
		item, err := archive.Obligation(t.Context(), store.Reach{Paths: []string{"/tj/120102/"}}, duty.id, duty.now)
		require.NoError(t, err)
		require.Equal(t, models.UnitID("120102"), item.Obligation.Unit)

		result := duty.try(modelstest.Organizer(), models.Transfer{To: "nowhere", On: models.DateOf(duty.now), Document: "d"})
		require.Equal(t, store.RefusedUnknownUnit, result.Refusal.Code)
		result = duty.try(modelstest.Organizer(), models.AdoptPolicy{Version: 9, Document: "d"})
		require.Equal(t, models.RefusedPolicy, result.Refusal.Code)
		duty.whole()
	})
}

func TestTheLogRefusesUpdateAndDelete(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		aTown(t, archive).enrolled("c-1", "120101")
		for _, statement := range []string{"UPDATE events SET payload = '{}'", "DELETE FROM events"} {
			_, err := archive.SQL().ExecContext(t.Context(), statement)
			require.ErrorContains(t, err, "append-only")
		}
	})
}

func TestEnrollingIsRepeatableAndAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		batch := []store.Enrolment{town.enrolment("c-1", "120101"), town.enrolment("c-2", "120102"), town.enrolment("c-1", "120101")}
		count, err := archive.Enrol(t.Context(), batch, town.now)
		require.NoError(t, err)
		require.Equal(t, 2, count)
		count, err = archive.Enrol(t.Context(), append(batch, town.enrolment("c-3", "120101")), town.now)
		require.NoError(t, err)
		require.Equal(t, 1, count)

		_, err = archive.Enrol(t.Context(), []store.Enrolment{town.enrolment("c-4", "120101"), town.enrolment("c-5", "nowhere")}, town.now)
		refusal, refused := models.AsRefusal(err)
		require.True(t, refused)
		require.Equal(t, store.RefusedUnknownUnit, refusal.Code)

		ids, err := archive.Unstarted(t.Context(), townPlan, models.ObligationID{}, 2)
		require.NoError(t, err)
		require.Len(t, ids, 2)
		require.NoError(t, archive.MarkStarted(t.Context(), ids, town.now))
		ids, err = archive.Unstarted(t.Context(), townPlan, models.ObligationID{}, 10)
		require.NoError(t, err)
		require.Equal(t, []models.ObligationID{{Plan: townPlan, Cadre: "c-3"}}, ids)
		town.whole()
	})
}
