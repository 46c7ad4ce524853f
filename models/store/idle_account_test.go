package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestAnAccountThatNobodyUsesOrWhoseCadreHasLeftIsToBeLookedAt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		now := time.Date(2014, 6, 3, 9, 0, 0, 0, time.UTC)
		today, long := models.DateOf(now), now.AddDate(0, 0, -90)
		create := func(login string, cadre models.CadreID, at time.Time) {
			account := store.Account{ID: models.AccountID(login), Login: login, Name: "甲", Cadre: cadre}
			require.NoError(t, archive.CreateAccount(t.Context(), account, at))
		}
		used := func(login string, status int) {
			require.NoError(t, archive.LogAccess(t.Context(), store.Access{Account: models.AccountID(login), Action: "sign-in", Status: status, At: now}))
		}
		posted := func(cadre models.CadreID, from, to models.Date) {
			require.NoError(t, archive.SavePostings(t.Context(), []models.Posting{{Cadre: cadre, Unit: "tj", From: from, To: to}}))
		}
		create("a-new", "", now.AddDate(0, 0, -89))
		create("b-never", "", long)
		create("c-used", "", long)
		used("c-used", 200)
		create("d-only-failed", "", long)
		used("d-only-failed", 401)
		create("e-in-post", "C1", long)
		used("e-in-post", 303)
		posted("C1", today.AddDays(-400), today)
		create("f-left", "C2", long)
		used("f-left", 200)
		posted("C2", today.AddDays(-400), today.AddDays(-1))
		create("g-never-and-left", "C3", long)
		create("h-disabled", "", long)
		disabled := store.AccountDisabled
		require.NoError(t, archive.UpdateAccount(t.Context(), "h-disabled", 1, store.AccountChange{State: &disabled}, now))

		type found struct{ never, left bool }
		got := map[string]found{}
		page := store.Page{Size: 2}
		for {
			list, err := archive.IdleAccounts(t.Context(), long, today, page)
			require.NoError(t, err)
			for _, one := range list.Items {
				require.NotContains(t, got, one.Account.Login, "shown twice")
				got[one.Account.Login] = found{one.NeverUsed, one.PostEnded}
			}
			if page.After = list.Next; page.After == "" {
				break
			}
		}
		require.Equal(t, map[string]found{
			"b-never": {never: true}, "d-only-failed": {never: true}, "f-left": {left: true}, "g-never-and-left": {never: true, left: true},
		}, got)
		count, err := archive.CountIdleAccounts(t.Context(), long, today)
		require.NoError(t, err)
		require.EqualValues(t, len(got), count)
	})
}
