package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func aView(account models.AccountID, id string) store.SavedView {
	at := models.MustDate("2014-01-02").Start()
	return store.SavedView{
		ID: id, Account: account, Name: "本月到期 " + id, Terms: map[string][]string{"dueBefore": {"month-end"}, "light": {"red", "yellow"}},
		CreatedAt: at, UpdatedAt: at,
	}
}

func TestAViewIsKeptEditedAndDeletedByItsOwnerAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		ctx := t.Context()
		owner, other := anAccount(t, archive, "owner").ID, anAccount(t, archive, "other").ID
		view := aView(owner, "v-1")
		require.NoError(t, archive.CreateSavedView(ctx, view))
		kept, err := archive.SavedView(ctx, owner, nil, "v-1")
		require.NoError(t, err)
		view.Version = 1
		require.Equal(t, view, kept)
		require.ErrorIs(t, archive.CreateSavedView(ctx, store.SavedView{ID: "v-2", Account: owner, Name: view.Name}), store.ErrDuplicate)

		// Others find it only where it is shared, and cannot change it there either.
		_, err = archive.SavedView(ctx, other, []models.UnitID{"120101"}, "v-1")
		require.ErrorIs(t, err, store.ErrNotFound)
		kept.SharedWith = "120101"
		require.NoError(t, archive.EditSavedView(ctx, kept))
		require.ErrorIs(t, archive.EditSavedView(ctx, kept), store.ErrVersion, "a stale tab")
		shared, err := archive.SavedViews(ctx, other, []models.UnitID{"120101"})
		require.NoError(t, err)
		require.Len(t, shared, 1)
		foreign := shared[0]
		foreign.Account = other
		require.ErrorIs(t, archive.EditSavedView(ctx, foreign), store.ErrNotFound)
		require.ErrorIs(t, archive.DeleteSavedView(ctx, other, "v-1", 2), store.ErrNotFound)
		elsewhere, err := archive.SavedViews(ctx, other, []models.UnitID{"120102"})
		require.NoError(t, err)
		require.Empty(t, elsewhere)

		require.ErrorIs(t, archive.DeleteSavedView(ctx, owner, "v-1", 1), store.ErrVersion)
		require.NoError(t, archive.DeleteSavedView(ctx, owner, "v-1", 2))
		require.ErrorIs(t, archive.DeleteSavedView(ctx, owner, "v-1", 2), store.ErrNotFound)
	})
}

func TestOneViewOfAnAccountStartsAndThirtyAreTheMost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		ctx := t.Context()
		owner := anAccount(t, archive, "owner").ID
		var together sync.WaitGroup
		refused := make(chan error, store.SavedViewLimit+5)
		for i := range store.SavedViewLimit + 5 {
			together.Go(func() {
				view := aView(owner, fmt.Sprintf("v-%02d", i))
				view.Starts = true
				if err := archive.CreateSavedView(ctx, view); err != nil {
					refused <- err
				}
			})
		}
		together.Wait()
		close(refused)
		require.Len(t, refused, 5)
		for err := range refused {
			require.ErrorIs(t, err, store.ErrTooManyViews)
		}
		views, err := archive.SavedViews(ctx, owner, nil)
		require.NoError(t, err)
		require.Len(t, views, store.SavedViewLimit)
		starting := 0
		for _, view := range views {
			if view.Starts {
				starting++
			}
		}
		require.Equal(t, 1, starting)
	})
}
