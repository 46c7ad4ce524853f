package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestADraftKeepsWhatWasTypedAndCountsItsVersions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		typed := content(models.Transform, modelstest.Enterprise(1))
		saved := duty.draft("r-1", models.Transform, modelstest.Enterprise(1))
		require.ElementsMatch(t, typed.Evidence, saved.Content.Evidence)
		saved.Content.Evidence, typed.Evidence = nil, nil
		require.Equal(t, typed, saved.Content)
		require.Equal(t, int64(1), saved.Version)
		require.Equal(t, "/tj/120101/", saved.UnitPath)

		edited, err := archive.EditDraft(t.Context(), "r-1", 1, store.Content{Kind: models.Found}, duty.now.Add(time.Minute))
		require.NoError(t, err)
		require.Equal(t, int64(2), edited.Version)
		require.Equal(t, store.Content{Kind: models.Found, Evidence: []store.RecordEvidence{}}, edited.Content)
		_, err = archive.EditDraft(t.Context(), "r-1", 1, typed, duty.now)
		require.ErrorIs(t, err, store.ErrVersion)
		require.ErrorIs(t, archive.DeleteDraft(t.Context(), "r-1", 1), store.ErrVersion)
		require.NoError(t, archive.DeleteDraft(t.Context(), "r-1", 2))
		_, err = archive.Record(t.Context(), store.Everything(), "r-1")
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestADraftNeedsAnObligationAndAFreshID(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		duty.draft("r-1", models.Found, modelstest.Enterprise(1))
		_, err := archive.CreateDraft(t.Context(), store.NewDraft{ID: "r-1", Obligation: duty.id, At: duty.now})
		require.ErrorIs(t, err, store.ErrDuplicate)
		_, err = archive.CreateDraft(t.Context(), store.NewDraft{ID: "r-2", Obligation: models.ObligationID{Plan: "p", Cadre: "c"}, At: duty.now})
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestARecordUnderReviewIsFrozenUntilItIsReturned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101").submitted("r-1", models.Found, modelstest.Enterprise(1))
		frozen := duty.record("r-1")
		_, err := archive.EditDraft(t.Context(), "r-1", frozen.Version, frozen.Content, duty.now)
		require.ErrorIs(t, err, store.ErrNotEditable)

		duty.do(modelstest.Reviewer(frozen.Stage), models.Return{
			Record: "r-1", Stage: frozen.Stage, Fields: []string{"summary"}, CorrectionDue: duty.now.AddDate(0, 0, 10),
		})
		returned := duty.record("r-1")
		require.True(t, returned.Editable())
		require.Equal(t, 1, returned.Returns)
		require.ErrorIs(t, archive.DeleteDraft(t.Context(), "r-1", returned.Version), store.ErrNotEditable)
		corrected, err := archive.EditDraft(t.Context(), "r-1", returned.Version, frozen.Content, duty.now)
		require.NoError(t, err)
		duty.do(duty.cadre(), submission(corrected, duty.now))
		require.Equal(t, models.StateUnderReview, duty.record("r-1").State)
		duty.whole()
	})
}

func TestARecordIsSeenWithinReachOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-1", "120101").draft("r-1", models.Found, modelstest.Enterprise(1))
		for name, seen := range map[string]struct {
			reach store.Reach
			sees  bool
		}{
			"nobody":               {store.Reach{}, false},
			"the system":           {store.Everything(), true},
			"its district":         {store.Reach{Paths: []string{"/tj/120101/"}}, true},
			"the city":             {store.Reach{Paths: []string{"/tj/"}}, true},
			"another district":     {store.Reach{Paths: []string{"/tj/120102/"}}, false},
			"a like-named unit":    {store.Reach{Paths: []string{"/tj/1201/"}}, false},
			"its cadre":            {store.Reach{Cadres: []models.CadreID{"c-1"}}, true},
			"another cadre":        {store.Reach{Cadres: []models.CadreID{"c-2"}}, false},
			"an empty path":        {store.Reach{Paths: []string{""}}, false},
			"one of several paths": {store.Reach{Paths: []string{"/tj/120102/", "/tj/120101/"}}, true},
		} {
			_, err := archive.Record(t.Context(), seen.reach, "r-1")
			list, listErr := archive.Records(t.Context(), seen.reach, store.RecordFilter{}, store.Page{})
			require.NoError(t, listErr)
			if seen.sees {
				require.NoError(t, err, name)
				require.Len(t, list.Items, 1, name)
			} else {
				require.ErrorIs(t, err, store.ErrNotFound, name)
				require.Empty(t, list.Items, name)
			}
			require.Equal(t, seen.sees, seen.reach.Covers("/tj/120101/", "c-1"), name)
		}
	})
}

func TestTheReviewQueueShowsWhatIsDueFirstToThoseWhoHoldTheSeat(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		for i, unit := range []models.UnitID{"120101", "120101", "120102", "120101"} {
			duty := town.enrolled(models.CadreID(fmt.Sprintf("c-%d", i)), unit)
			id := models.RecordID(fmt.Sprintf("r-%d", i))
			submit := submission(duty.draft(id, models.Found, modelstest.Enterprise(i+1)), town.now)
			submit.ReviewDue = town.now.AddDate(0, 0, 10-i)
			duty.do(duty.cadre(), submit)
		}
		ids := func(filter store.QueueFilter) (ids []models.RecordID) {
			for _, record := range all(t, 1, func(page store.Page) (store.Paged[store.Record], error) {
				return archive.ReviewQueue(t.Context(), store.Reach{Paths: []string{"/tj/"}}, filter, page)
			}) {
				ids = append(ids, record.ID)
			}
			return ids
		}
		require.Equal(t, []models.RecordID{"r-3", "r-2", "r-1", "r-0"}, ids(store.QueueFilter{}))
		seat := store.Seat{Stage: models.StageDistrictScience, Path: "/tj/120101/"}
		require.Equal(t, []models.RecordID{"r-3", "r-1", "r-0"}, ids(store.QueueFilter{Seats: []store.Seat{seat}}))
		require.Equal(t, []models.RecordID{"r-3", "r-0"}, ids(store.QueueFilter{Seats: []store.Seat{seat}, Without: []models.CadreID{"c-1"}}))
		require.Empty(t, ids(store.QueueFilter{Stages: []models.Stage{models.StageCityScience}}))
	})
}

func TestTextFindsPartsOfNamesAndTakesWildcardsLiterally(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		duty.draft("r-1", models.Found, modelstest.Enterprise(1))
		for text, hits := range map[string]int{"某科技": 1, "": 1, "%": 0, "_": 0, "不存在": 0, string(modelstest.Enterprise(1))[:5]: 1} {
			list, err := archive.Records(t.Context(), store.Everything(), store.RecordFilter{Text: text}, store.Page{})
			require.NoError(t, err)
			require.Len(t, list.Items, hits, text)
		}
	})
}

func TestAPageTokenIsRefusedWithOtherFiltersOrWhenDamaged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101")
		for i := range 3 {
			duty.draft(models.RecordID(fmt.Sprintf("r-%d", i)), models.Found, modelstest.Enterprise(i+1))
		}
		filter := store.RecordFilter{Plan: townPlan}
		first, err := archive.Records(t.Context(), store.Everything(), filter, store.Page{Size: 2})
		require.NoError(t, err)
		require.Len(t, first.Items, 2)
		rest, err := archive.Records(t.Context(), store.Everything(), filter, store.Page{Size: 2, After: first.Next})
		require.NoError(t, err)
		require.Len(t, rest.Items, 1)
		require.Empty(t, rest.Next)
		for _, token := range []string{first.Next, "%", "e30", first.Next[:len(first.Next)-4]} {
			other := store.RecordFilter{Plan: townPlan, Cadre: "c-1"}
			_, err = archive.Records(t.Context(), store.Everything(), other, store.Page{After: token})
			require.ErrorIs(t, err, store.ErrCursor)
		}
		_, err = archive.ReviewQueue(t.Context(), store.Everything(), store.QueueFilter{Plan: townPlan}, store.Page{After: first.Next})
		require.ErrorIs(t, err, store.ErrCursor)
	})
}
