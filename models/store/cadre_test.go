package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
)

// postedCadres are three cadres of 和平区 and two of 河东区.
func postedCadres(ctx context.Context, t *testing.T, archive *store.Archive) {
	t.Helper()
	var cadres []models.Cadre
	var postings []models.Posting
	for i, name := range []string{"张三", "曾小明", "欧阳芸", "单永志", "李四"} {
		unit := models.UnitID("120101")
		if i >= 3 {
			unit = "120102"
		}
		id := models.CadreID(fmt.Sprintf("C%d", i+1))
		cadres = append(cadres, models.Cadre{ID: id, Name: name, Rank: models.RankDivision})
		postings = append(postings, models.Posting{Cadre: id, Unit: unit, Title: "局长", From: models.MustDate("2013-01-01")})
	}
	for range 2 {
		require.NoError(t, archive.SaveCadres(ctx, cadres))
		require.NoError(t, archive.SavePostings(ctx, postings))
	}
}

func cadreIDs(entries []store.CadreEntry) []models.CadreID {
	ids := []models.CadreID{}
	for _, entry := range entries {
		ids = append(ids, entry.ID)
	}
	return ids
}

func TestCadresAreListedWithinTheReachAndFoundAsPeopleType(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		list := func(reach store.Reach, filter store.CadreFilter) []models.CadreID {
			return cadreIDs(everyPage(t, func(page store.Page) (store.Paged[store.CadreEntry], error) {
				return archive.Cadres(ctx, reach, filter, page)
			}, 2))
		}
		heping := store.Reach{Paths: []string{"/tj/120101/"}}
		require.Equal(t, []models.CadreID{"C1", "C2", "C3", "C4", "C5"}, list(store.Everything(), store.CadreFilter{}))
		require.Equal(t, []models.CadreID{"C1", "C2", "C3"}, list(heping, store.CadreFilter{}))
		require.Equal(t, []models.CadreID{"C3"}, list(store.Reach{Cadres: []models.CadreID{"C3"}}, store.CadreFilter{}))
		require.Empty(t, list(store.Reach{}, store.CadreFilter{}))
		require.Equal(t, []models.CadreID{"C2"}, list(store.Everything(), store.CadreFilter{Text: "zx"}), "曾 is zeng as a surname")
		require.Equal(t, []models.CadreID{"C4"}, list(store.Everything(), store.CadreFilter{Text: "SYZ"}))
		require.Equal(t, []models.CadreID{"C3"}, list(store.Everything(), store.CadreFilter{Text: "阳芸"}))
		require.Equal(t, []models.CadreID{"C5"}, list(store.Everything(), store.CadreFilter{Text: "C5"}))
		require.Equal(t, []models.CadreID{"C4", "C5"}, list(store.Everything(), store.CadreFilter{Under: "/tj/120102/"}))
		require.Empty(t, list(store.Everything(), store.CadreFilter{Rank: models.RankBureau}))

		_, err := archive.Cadre(ctx, heping, "C4")
		require.ErrorIs(t, err, store.ErrNotFound, "a single read has the reach of the list")
		page, err := archive.Cadres(ctx, heping, store.CadreFilter{}, store.Page{Size: 1})
		require.NoError(t, err)
		_, err = archive.Cadres(ctx, heping, store.CadreFilter{Text: "z"}, store.Page{After: page.Next})
		require.ErrorIs(t, err, store.ErrCursor)
	})
}

func TestACadreStandsInTheUnitOfTheLatestOpenPosting(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		unitOf := func() models.UnitID {
			entry, err := archive.Cadre(ctx, store.Everything(), "C1")
			require.NoError(t, err)
			return entry.Unit
		}
		require.Equal(t, models.UnitID("120101"), unitOf())
		acting := models.Posting{Cadre: "C1", Unit: "120102", Title: "代理", From: models.MustDate("2014-01-01"), SubstituteFor: "C4"}
		require.NoError(t, archive.AddPosting(ctx, acting, chief, registryNow))
		require.Equal(t, models.UnitID("120101"), unitOf(), "acting for another moves nobody")
		require.ErrorIs(t, archive.AddPosting(ctx, acting, chief, registryNow), store.ErrDuplicate)

		require.NoError(t, archive.EndPosting(ctx, "C1", "120101", models.MustDate("2014-03-31"), chief, registryNow))
		require.NoError(t, archive.AddPosting(ctx, models.Posting{Cadre: "C1", Unit: "120116-KFQ", From: models.MustDate("2014-04-01")}, chief, registryNow))
		require.Equal(t, models.UnitID("120116-KFQ"), unitOf())
		require.ErrorIs(t, archive.EndPosting(ctx, "C1", "120101", models.MustDate("2014-04-30"), chief, registryNow), store.ErrNotFound)
		require.ErrorIs(t, archive.AddPosting(ctx, models.Posting{Cadre: "C1", Unit: "nowhere", From: models.MustDate("2014-04-01")}, chief, registryNow), store.ErrNotFound)
		require.ErrorIs(t, archive.AddPosting(ctx, models.Posting{Cadre: "C1", Unit: "120101"}, chief, registryNow), store.ErrPosting)

		postings, err := archive.Postings(ctx, "C1")
		require.NoError(t, err)
		require.Len(t, postings, 3)
		require.Equal(t, models.MustDate("2014-03-31"), postings[2].To)
	})
}

func TestMovingACadreTwiceMovesOnce(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		for range 2 {
			require.NoError(t, archive.MovePosting(ctx, "C1", "120102", models.MustDate("2014-07-01")))
		}
		postings, err := archive.Postings(ctx, "C1")
		require.NoError(t, err)
		require.Equal(t, []models.Posting{
			{Cadre: "C1", Unit: "120102", Title: "局长", From: models.MustDate("2014-07-01")},
			{Cadre: "C1", Unit: "120101", Title: "局长", From: models.MustDate("2013-01-01"), To: models.MustDate("2014-06-30")},
		}, postings)
		entry, err := archive.Cadre(ctx, store.Everything(), "C1")
		require.NoError(t, err)
		require.Equal(t, "/tj/120102/", entry.UnitPath)
	})
}

func TestAnEditOfAnOlderVersionIsRefused(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		edited := models.Cadre{ID: "C1", Name: "张叁", Rank: models.RankBureau}
		require.NoError(t, archive.EditCadre(ctx, edited, 1, clerk, registryNow))
		require.ErrorIs(t, archive.EditCadre(ctx, edited, 1, clerk, registryNow), store.ErrVersion)
		edited.ID = "nobody"
		require.ErrorIs(t, archive.EditCadre(ctx, edited, 1, clerk, registryNow), store.ErrNotFound)
		entry, err := archive.Cadre(ctx, store.Everything(), "C1")
		require.NoError(t, err)
		require.Equal(t, int64(2), entry.Version)
		require.Equal(t, models.RankBureau, entry.Rank)
	})
}
