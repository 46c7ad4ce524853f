package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func claimantOf(cadre models.CadreID) []store.Interest {
	return []store.Interest{{Audience: models.ToClaimant, Cadre: cadre}}
}

func reviewerAt(path string) []store.Interest {
	return []store.Interest{{Audience: models.ToReviewers, Stage: models.StageDistrictScience, Path: path}}
}

func TestANoticeReachesThoseItIsForUntilTheyReadIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101").submitted("r-1", models.Found, modelstest.Enterprise(1))
		for name, expected := range map[string]struct {
			interests []store.Interest
			count     int64
		}{
			"the claimant": {claimantOf("c-1"), 1}, "another cadre": {claimantOf("c-2"), 0}, "nobody": {nil, 0},
			"the district's reviewer": {reviewerAt("/tj/120101/"), 1}, "another district's": {reviewerAt("/tj/120102/"), 0},
			"both": {append(claimantOf("c-1"), reviewerAt("/tj/")...), 2},
		} {
			count, err := archive.UnreadNotices(t.Context(), store.NoticeFilter{Account: "a", Interests: expected.interests})
			require.NoError(t, err)
			require.Equal(t, expected.count, count, name)
		}
		filter := store.NoticeFilter{Account: "a", Interests: append(claimantOf("c-1"), reviewerAt("/tj/")...)}
		notices := all(t, 1, func(page store.Page) (store.Paged[store.Notice], error) {
			return archive.Notices(t.Context(), filter, page)
		})
		require.Len(t, notices, 2)
		require.False(t, notices[0].Read)

		// Somebody else's mark is not mine, and I cannot mark what is not for me.
		require.NoError(t, archive.MarkRead(t.Context(), store.NoticeFilter{Account: "a", Interests: claimantOf("c-2")}, []string{notices[0].ID}, duty.now))
		require.NoError(t, archive.MarkRead(t.Context(), store.NoticeFilter{Account: "b", Interests: filter.Interests}, nil, duty.now))
		count, err := archive.UnreadNotices(t.Context(), filter)
		require.NoError(t, err)
		require.Equal(t, int64(2), count)
		require.NoError(t, archive.MarkRead(t.Context(), filter, []string{notices[0].ID}, duty.now))
		unread := filter
		unread.Unread = true
		left, err := archive.Notices(t.Context(), unread, store.Page{})
		require.NoError(t, err)
		require.Len(t, left.Items, 1)
		require.Equal(t, notices[1].ID, left.Items[0].ID)
	})
}

func TestAPersonGetsOneDigestADayAndEachNoticeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101").submitted("r-1", models.Found, modelstest.Enterprise(1))
		day := models.DateOf(duty.now)
		recipients := []store.Recipient{
			{Account: "cadre", Address: "c@example.test", Interests: claimantOf("c-1")},
			{Account: "reviewer", Address: "r@example.test", Interests: reviewerAt("/tj/")},
			{Account: "stranger", Address: "s@example.test", Interests: claimantOf("c-2")},
		}
		prepare := func(day models.Date) int {
			prepared, err := archive.PrepareDigests(t.Context(), day, recipients, duty.now)
			require.NoError(t, err)
			return prepared
		}
		require.Equal(t, 2, prepare(day))
		require.Zero(t, prepare(day), "a repetition makes no second digest")
		require.Zero(t, prepare(day.AddDays(1)), "what was told is not told again")

		duty.do(modelstest.Reviewer(models.StageDistrictScience), models.Reject{Record: "r-1", Stage: models.StageDistrictScience})
		require.Equal(t, 1, prepare(day.AddDays(1)))
		pending := func() []store.Digest {
			return all(t, 1, func(page store.Page) (store.Paged[store.Digest], error) {
				return archive.PendingDigests(t.Context(), store.DigestFilter{Until: day.AddDays(1), AttemptsBelow: 2}, page)
			})
		}
		require.Len(t, pending(), 3)
		require.NoError(t, archive.MarkSent(t.Context(), "cadre", day, duty.now))
		require.NoError(t, archive.MarkFailed(t.Context(), "reviewer", day, "down"))
		left := pending()
		require.Len(t, left, 2)
		require.Equal(t, models.AccountID("cadre"), left[0].Account, "those tried least come first")
		require.Equal(t, "down", left[1].LastError)
		require.NoError(t, archive.MarkFailed(t.Context(), "reviewer", day, "down"))
		require.Len(t, pending(), 1)

		notices, err := archive.DigestNotices(t.Context(), "cadre", day.AddDays(1), store.Page{})
		require.NoError(t, err)
		require.Len(t, notices.Items, 1)
		require.Equal(t, models.NoticeCode(models.EventRecordRejected), notices.Items[0].Code)
	})
}
