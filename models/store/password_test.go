package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestFormerPasswordsAreKeptAsFarBackAsTheHistoryGoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		account := anAccount(t, archive, "zhang")
		other := anAccount(t, archive, "li")
		require.NoError(t, archive.SetPassword(t.Context(), other.ID, 1, store.NewPassword{Hash: "other-2", History: 3}, accountsNow))
		require.Equal(t, accountsNow, account.PasswordChangedAt)
		set := func(hash string, history int) store.Account {
			account, err := archive.Account(t.Context(), account.ID)
			require.NoError(t, err)
			at := accountsNow.Add(time.Duration(account.Version) * time.Hour)
			require.NoError(t, archive.SetPassword(t.Context(), account.ID, account.Version, store.NewPassword{Hash: hash, History: history}, at))
			account, err = archive.Account(t.Context(), account.ID)
			require.NoError(t, err)
			require.Equal(t, hash, account.PasswordHash)
			return account
		}
		former := func(most int) []string {
			hashes, err := archive.FormerPasswords(t.Context(), account.ID, most)
			require.NoError(t, err)
			return hashes
		}
		for i := 2; i <= 6; i++ {
			set(fmt.Sprintf("hash-%d", i), 3)
		}
		require.Equal(t, []string{"hash-5", "hash-4", "hash-3"}, former(10))
		require.Equal(t, []string{"hash-5"}, former(1))
		require.Zero(t, set("", 3).PasswordChangedAt, "no password has no age")
		require.Equal(t, []string{"hash-6", "hash-5", "hash-4"}, former(10))
		set("hash-7", 3)
		require.Equal(t, []string{"hash-6", "hash-5", "hash-4"}, former(10), "no password is no former password")
		set("hash-8", 0)
		require.Empty(t, former(10), "a history of none forgets all")
		hashes, err := archive.FormerPasswords(t.Context(), other.ID, 10)
		require.NoError(t, err)
		require.Equal(t, []string{"hash-1"}, hashes, "nobody else's")
		err = archive.SetPassword(t.Context(), account.ID, 1, store.NewPassword{Hash: "late"}, accountsNow)
		require.ErrorIs(t, err, store.ErrVersion)
	})
}
