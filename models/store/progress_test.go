package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

var (
	firstQuarter = inspection.ID{Plan: townPlan, Quarter: models.MustQuarter("2013Q1")}
	contact      = models.Actor{Account: "contact"}
)

// aReport is a unit's word on an indicator, as first reported.
func aReport(unit models.UnitID, task, ordinal int, figures ...string) store.ProgressPut {
	return store.ProgressPut{
		Plan: townPlan, Actor: contact, At: models.MustDate("2013-04-01").Start().Add(9 * time.Hour),
		Command: models.CommandID(fmt.Sprintf("put/%s/%d/%d/%v", unit, task, ordinal, figures)),
		Entry: inspection.Entry{
			Quarter: firstQuarter.Quarter, Task: task, Ordinal: ordinal, Unit: unit, Figures: figures,
			Milestone: "推进中", Evidence: []models.EvidenceID{"evidence-1"},
		},
	}
}

func (w *town) reports(put store.ProgressPut) store.ProgressEntry {
	w.t.Helper()
	kept, err := w.archive.PutProgress(w.t.Context(), put)
	require.NoError(w.t, err)
	return kept
}

func TestAnEntryIsKeptWithItsLogAndReadBackAsItWas(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		for _, put := range []store.ProgressPut{aReport("120101", 6, 1, "12.50"), aReport("120101", 5, 0)} {
			kept := w.reports(put)
			require.Equal(t, int64(1), kept.Version)
			read, err := archive.Progress(t.Context(), store.Everything(), store.ProgressKey{
				Plan: townPlan, Quarter: firstQuarter.Quarter, Unit: "120101", Task: put.Entry.Task, Ordinal: put.Entry.Ordinal,
			})
			require.NoError(t, err)
			require.Equal(t, kept, read)
			require.Equal(t, put.Entry.Canonical(), read.Entry)
		}
		corrected := aReport("120101", 6, 1, "13")
		corrected.Seen = 1
		require.Equal(t, int64(2), w.reports(corrected).Version)
		entries, err := archive.Entries(t.Context(), firstQuarter.ProgressSubject("120101"))
		require.NoError(t, err)
		require.Len(t, entries, 3)
		require.NoError(t, models.VerifyChain(entries))
		require.Contains(t, entries[2].Payload, `"version":2`)
		require.Equal(t, "progress/tianjin-2013/2013Q1/120101", entries[2].Subject)
		w.whole()
	})
}

func TestAnEntryThatWasChangedElsewhereIsNotOverwritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		w.reports(aReport("120101", 6, 1, "12"))
		_, err := archive.PutProgress(t.Context(), aReport("120101", 6, 1, "14"))
		require.ErrorIs(t, err, store.ErrVersion)
		ahead := aReport("120101", 7, 1, "14")
		ahead.Seen = 3
		_, err = archive.PutProgress(t.Context(), ahead)
		require.ErrorIs(t, err, store.ErrVersion)
	})
}

func TestTheSameCommandIsCarriedOutOnceAndForOneEntryOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		put := aReport("120101", 6, 1, "12")
		first, second := w.reports(put), w.reports(put)
		require.Equal(t, first, second)
		put.Entry.Figures = []string{"15"}
		_, err := archive.PutProgress(t.Context(), put)
		require.ErrorIs(t, err, store.ErrCommandReused)
		entries, err := archive.Entries(t.Context(), firstQuarter.ProgressSubject("120101"))
		require.NoError(t, err)
		require.Len(t, entries, 1)
	})
}

func TestOfTwoWhoReportAtOnceOneWinsAndTheChainIsWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		aTown(t, archive)
		var group sync.WaitGroup
		faults := make([]error, 8)
		for i := range faults {
			group.Go(func() {
				_, faults[i] = archive.PutProgress(t.Context(), aReport("120101", 6, 1, fmt.Sprint(i)))
			})
		}
		group.Wait()
		won := 0
		for _, err := range faults {
			if err == nil {
				won++
				continue
			}
			require.True(t, errors.Is(err, store.ErrVersion), "%v", err)
		}
		require.Equal(t, 1, won)
		broken, err := archive.Verify(t.Context(), firstQuarter.ProgressSubject("120101"))
		require.NoError(t, err)
		require.Nil(t, broken)
	})
}

func TestAFiledReportLocksItsEntriesUntilItIsSentBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		w.reports(aReport("120101", 6, 1, "12"))
		filed := models.MustDate("2013-04-10").Start()
		require.NoError(t, archive.LockProgress(t.Context(), firstQuarter, "120101", filed))
		since, err := archive.ProgressLocked(t.Context(), firstQuarter, "120101")
		require.NoError(t, err)
		require.True(t, filed.Equal(since))
		late := aReport("120101", 6, 1, "13")
		late.Seen = 1
		_, err = archive.PutProgress(t.Context(), late)
		require.ErrorIs(t, err, store.ErrLocked)
		require.Equal(t, int64(1), w.reports(aReport("120101", 6, 1, "12")).Version, "what was carried out before is answered")
		w.reports(aReport("120102", 6, 1, "7"))
		require.NoError(t, archive.UnlockProgress(t.Context(), firstQuarter, "120101"))
		require.Equal(t, int64(2), w.reports(late).Version)
	})
}

func TestListsOfEntriesWalkPageByPageWithinTheReach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		for _, unit := range []models.UnitID{"120101", "120102", "120116-KFQ"} {
			for ordinal := range 3 {
				w.reports(aReport(unit, 6, ordinal, "1"))
			}
		}
		list := func(reach store.Reach, filter store.ProgressFilter) []store.ProgressEntry {
			filter.Plan = townPlan
			return all(t, 2, func(page store.Page) (store.Paged[store.ProgressEntry], error) {
				return archive.ProgressEntries(t.Context(), reach, filter, page)
			})
		}
		require.Len(t, list(store.Everything(), store.ProgressFilter{}), 9)
		require.Len(t, list(store.Reach{Paths: []string{"/tj/120101/"}}, store.ProgressFilter{}), 3)
		require.Empty(t, list(store.Reach{Cadres: []models.CadreID{"somebody"}}, store.ProgressFilter{}))
		require.Len(t, list(store.Everything(), store.ProgressFilter{Task: 6, Ordinal: 0}), 3)
		require.Len(t, list(store.Everything(), store.ProgressFilter{Task: 6, AnyOrdinal: true, Under: "/tj/120102/"}), 3)
		require.Empty(t, list(store.Everything(), store.ProgressFilter{Quarters: []models.Quarter{models.MustQuarter("2013Q2")}}))
		_, err := archive.Progress(t.Context(), store.Reach{Paths: []string{"/tj/120102/"}}, store.ProgressKey{
			Plan: townPlan, Quarter: firstQuarter.Quarter, Unit: "120101", Task: 6, Ordinal: 1,
		})
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestWhoAnswersIsSavedAndMayBeCorrected(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		setting := inspection.Answering{
			Plan: townPlan, Task: 6, Ordinal: 1, Units: []models.UnitID{"groups"}, Reason: "各区县分别答复",
			SystemKind: models.Introduce, SystemScope: inspection.SystemFloor, SystemReason: "引进的企业",
		}
		require.NoError(t, archive.SaveAnswering(t.Context(), []inspection.Answering{setting}))
		setting.Units = []models.UnitID{"tj-kw"}
		require.NoError(t, archive.SaveAnswering(t.Context(), []inspection.Answering{setting}))
		saved, err := archive.Answering(t.Context(), townPlan)
		require.NoError(t, err)
		require.Equal(t, []inspection.Answering{setting}, saved)
	})
}

func TestACompanyThatTwoCadresHelpedIsCountedOnceThoughOneDutyWentOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		first, second := w.enrolled("c-1", "120101"), w.enrolled("c-2", "120102")
		first.credited("r-1", models.Introduce, "192203821")
		second.credited("r-2", models.Found, "192203821")
		cutOff := w.now.Add(time.Hour)
		w.now = w.now.Add(24 * time.Hour)
		first.do(modelstest.Adjudicator(), models.Revoke{Record: "r-1", Document: "document"})
		then, err := archive.SystemFigures(t.Context(), townPlan, cutOff)
		require.NoError(t, err)
		require.Equal(t, 1, then.Distinct, "one duty is rebuilt, the other added up")
		require.Len(t, then.Units, 6)
	})
}

func TestAUnitThatLeadsATaskHasSomethingToReportThoughNobodySettledWhoAnswers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		require.NoError(t, archive.SaveTasks(t.Context(), []models.Task{{
			Plan: townPlan, Number: 6, Section: "一", KeyWork: "引进", Text: "引进企业", Leads: []models.UnitID{"120101"}, LeadText: "和平区",
		}}))
		id := cycle("2013Q2")
		w.freeze(t, id, id.Quarter.End())
		for unit, nothing := range map[models.UnitID]bool{"120101": false, "120102": true} {
			got, err := archive.NothingToReport(t.Context(), id, unit)
			require.NoError(t, err)
			require.Equal(t, nothing, got, unit)
		}
	})
}

func TestWhatBangfuKnowsIsTheSameHoweverLateItIsAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		first, second := w.enrolled("c-1", "120101"), w.enrolled("c-2", "120102")
		first.credited("r-1", models.Introduce, "D2143569X")
		second.credited("r-2", models.Found, "192203821")
		cutOff := w.now.Add(time.Hour)
		before, err := archive.SystemFigures(t.Context(), townPlan, cutOff)
		require.NoError(t, err)
		required, met, credits := before.Of(models.Introduce)
		require.Equal(t, [3]int{2, 1, 1}, [3]int{required, met, credits})
		require.Equal(t, 2, before.Distinct)

		// Time goes on: a credit is taken back, a company is introduced once more.
		w.now = w.now.Add(24 * time.Hour)
		first.do(modelstest.Adjudicator(), models.Revoke{Record: "r-1", Document: "document"})
		first.credited("r-3", models.Introduce, "192203821")
		after, err := archive.SystemFigures(t.Context(), townPlan, cutOff)
		require.NoError(t, err)
		require.Equal(t, before, after)
		now, err := archive.SystemFigures(t.Context(), townPlan, w.now.Add(time.Hour))
		require.NoError(t, err)
		required, met, credits = now.Of(models.Introduce)
		require.Equal(t, [3]int{2, 1, 1}, [3]int{required, met, credits})
		require.Equal(t, 1, now.Distinct, "introduced and founded, one company")
		early, err := archive.SystemFigures(t.Context(), townPlan, w.now.AddDate(-1, 0, 0))
		require.NoError(t, err)
		require.Empty(t, early.Units)
	})
}
