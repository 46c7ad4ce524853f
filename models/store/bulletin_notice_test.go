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
