package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestUnitsAreToldWhenAskedAndSignersOfTheWholeCityWhenWaitedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		b := town.drafted("2013Q2")
		at := models.MustDate("2013-07-10").Start().Add(10 * time.Hour)
		current, _ := b.cycle().Current()
		b.must("inspector", inspection.OpenComments{Version: current.Version, Due: at.Add(time.Hour)}, at)
		b.must("inspector", inspection.CloseComments{}, at)
		b.issued(at)
		codes := func(audience models.Audience, path string) []string {
			var found []string
			for _, notice := range all(t, 50, func(page store.Page) (store.Paged[store.Notice], error) {
				return archive.Notices(t.Context(), store.NoticeFilter{
					Account: "reader", Interests: []store.Interest{{Audience: audience, Path: path}},
				}, page)
			}) {
				require.Equal(t, b.id.Subject(), notice.Subject)
				found = append(found, string(notice.Code))
			}
			return found
		}
		require.ElementsMatch(t, []string{"comments-opened", "bulletin-issued"}, codes(models.ToContacts, "/tj/120101/"))
		require.ElementsMatch(t, []string{"comments-opened", "bulletin-issued"}, codes(models.ToLeaders, "/tj/120102/"))
		require.Equal(t, []string{"signatures-asked"}, codes(models.ToSigners, "/tj/"))
		require.Empty(t, codes(models.ToSigners, "/tj/120101/"), "a bulletin is about the whole city")
	})
}

func TestAHearingIsToldToWhomeverItConcernsAndToWhoeverDecides(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := withLife(t, archive)
		id := inspection.ID{Plan: duty.id.Plan, Quarter: models.MustQuarter("2013Q2")}
		due := id.Quarter.End().AddDate(0, 0, 7)
		sample := duty.inspected(id.SampleSubject())
		sample.now = id.Quarter.End().Add(time.Hour)
		sample.does("inspector", inspection.Check{Record: "r-1", Result: inspection.ResultFalse, HearingDue: due})
		told := func(interest store.Interest) []store.Notice {
			return all(t, 50, func(page store.Page) (store.Paged[store.Notice], error) {
				return archive.Notices(t.Context(), store.NoticeFilter{Account: "reader", Interests: []store.Interest{interest}}, page)
			})
		}
		hearing := func(interest store.Interest) (store.Notice, bool) {
			for _, notice := range told(interest) {
				if notice.Code == inspection.HearingNotice {
					return notice, true
				}
			}
			return store.Notice{}, false
		}
		for _, interest := range []store.Interest{
			{Audience: models.ToClaimant, Cadre: duty.id.Cadre},
			{Audience: models.ToContacts, Path: "/tj/120101/"},
			{Audience: models.ToLeaders, Path: "/tj/120101/"},
			{Audience: models.ToAdjudicators, Path: "/tj/"},
		} {
			notice, is := hearing(interest)
			require.True(t, is, interest.Audience)
			require.Equal(t, duty.id, notice.Obligation)
			require.EqualValues(t, "r-1", notice.Record)
			require.Equal(t, id.SampleSubject(), notice.Subject)
			ends, err := archive.HearingEnds(t.Context(), told(interest))
			require.NoError(t, err)
			require.Equal(t, map[string]time.Time{notice.ID: due.UTC()}, ends)
		}
		_, elsewhere := hearing(store.Interest{Audience: models.ToContacts, Path: "/tj/120102/"})
		require.False(t, elsewhere)
		for path, items := range map[string]int{"/tj/120101/": 1, "/tj/120102/": 0} {
			found, err := archive.Hearings(t.Context(), store.Reach{Paths: []string{path}}, id.Plan)
			require.NoError(t, err)
			require.Len(t, found, items, path)
		}
		sample.now = due.Add(time.Hour)
		sample.does("adjudicator", inspection.DecideHearing{Record: "r-1"})
		found, err := archive.Hearings(t.Context(), store.Everything(), id.Plan)
		require.NoError(t, err)
		require.Empty(t, found, "nothing waits any more")
	})
}
