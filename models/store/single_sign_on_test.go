package store_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestANameOfSingleSignOnOpensOneAccountToWhoeverCameFirstUnderIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		zhang, li := anAccount(t, archive, "zhang"), anAccount(t, archive, "li")
		subject := func(text string) string { return store.SignOnSubject("https://id.example", text) }
		come := func(who, name string) (models.AccountID, error) {
			account, err := archive.AccountBySignOn(t.Context(), subject(who), name, accountsNow)
			return account.ID, err
		}
		_, err := come("s1", "zhang")
		require.ErrorIs(t, err, store.ErrNotFound, "a log-in name is not a name of single sign-on")
		require.NoError(t, archive.SetSignOnName(t.Context(), zhang.ID, zhang.Version, "zhang.san", accountsNow))
		err = archive.SetSignOnName(t.Context(), li.ID, li.Version, "zhang.san", accountsNow)
		require.ErrorIs(t, err, store.ErrDuplicate)
		err = archive.SetSignOnName(t.Context(), zhang.ID, zhang.Version, "other", accountsNow)
		require.ErrorIs(t, err, store.ErrVersion)
		for _, strange := range []string{"", "Zhang.San", "zhang.san ", "li"} {
			_, err = come("s1", strange)
			require.ErrorIs(t, err, store.ErrNotFound, "%q", strange)
		}

		found, err := come("s1", "zhang.san")
		require.NoError(t, err)
		require.Equal(t, zhang.ID, found)
		_, err = come("s2", "zhang.san")
		require.ErrorIs(t, err, store.ErrNotFound, "the provider gave the name to somebody else")
		found, err = come("s1", "renamed")
		require.NoError(t, err)
		require.Equal(t, zhang.ID, found, "the subject decides")

		stored, err := archive.Account(t.Context(), zhang.ID)
		require.NoError(t, err)
		require.True(t, stored.SignOnLinked)
		require.NoError(t, archive.SetSignOnName(t.Context(), zhang.ID, stored.Version, "", accountsNow))
		_, err = come("s1", "zhang.san")
		require.ErrorIs(t, err, store.ErrNotFound, "taken away, the link is gone as well")
	})
}

func TestADisabledAccountIsNotLinkedToAnybody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		zhang := anAccount(t, archive, "zhang")
		require.NoError(t, archive.SetSignOnName(t.Context(), zhang.ID, 1, "zhang.san", accountsNow))
		disabled := store.AccountDisabled
		require.NoError(t, archive.UpdateAccount(t.Context(), zhang.ID, 2, store.AccountChange{State: &disabled}, accountsNow))
		found, err := archive.AccountBySignOn(t.Context(), "digest", "zhang.san", accountsNow)
		require.NoError(t, err)
		require.Equal(t, store.AccountDisabled, found.State)
		require.False(t, found.SignOnLinked)
	})
}

func TestOfTwoWhoComeAtOnceUnderOneNameOneIsLinked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		zhang := anAccount(t, archive, "zhang")
		require.NoError(t, archive.SetSignOnName(t.Context(), zhang.ID, 1, "zhang.san", accountsNow))
		const width = 8
		errs := make([]error, width)
		var coming sync.WaitGroup
		for i := range width {
			coming.Go(func() {
				_, errs[i] = archive.AccountBySignOn(t.Context(), store.SignOnSubject("issuer", string(rune('a'+i))), "zhang.san", accountsNow)
			})
		}
		coming.Wait()
		linked := 0
		for _, err := range errs {
			if err == nil {
				linked++
				continue
			}
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		require.Equal(t, 1, linked)
	})
}
