package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

var accountsNow = time.Date(2014, 3, 3, 9, 0, 0, 0, time.UTC)

func anAccount(t *testing.T, archive *store.Archive, login string) store.Account {
	t.Helper()
	account := store.Account{ID: models.AccountID("id-" + login), Login: login, Name: "甲", PasswordHash: "hash-1"}
	require.NoError(t, archive.CreateAccount(t.Context(), account, accountsNow))
	stored, err := archive.Account(t.Context(), account.ID)
	require.NoError(t, err)
	return stored
}

func TestALogInNameBelongsToOneAccountWhateverItsCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		anAccount(t, archive, "Zhang")
		err := archive.CreateAccount(t.Context(), store.Account{ID: "other", Login: "zHANG"}, accountsNow)
		require.ErrorIs(t, err, store.ErrDuplicate)
		found, err := archive.AccountByLogin(t.Context(), " ZHANG ")
		require.NoError(t, err)
		require.Equal(t, models.AccountID("id-Zhang"), found.ID)
		_, err = archive.AccountByLogin(t.Context(), "li")
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestAnAccountWhoseIDCouldBeMistakenForACommandsIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		for _, id := range []models.AccountID{"", "zhang:1", "a/b", "a b", "账号"} {
			require.Error(t, archive.CreateAccount(t.Context(), store.Account{ID: id, Login: "x"}, accountsNow))
		}
	})
}

func TestAnEditOfAnOldVersionOfAnAccountIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		account := anAccount(t, archive, "zhang")
		name := "乙"
		require.NoError(t, archive.UpdateAccount(t.Context(), account.ID, 1, store.AccountChange{Name: &name}, accountsNow))
		err := archive.UpdateAccount(t.Context(), account.ID, 1, store.AccountChange{Name: &name}, accountsNow)
		require.ErrorIs(t, err, store.ErrVersion)
		err = archive.UpdateAccount(t.Context(), "nobody", 1, store.AccountChange{Name: &name}, accountsNow)
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestTheFifthWrongPasswordLocksAnAccountAndARightOneForgetsTheFirstFour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		account := anAccount(t, archive, "zhang")
		fail := func() store.Account {
			require.NoError(t, archive.SignInFailed(t.Context(), account.ID, 5, time.Hour, accountsNow))
			stored, err := archive.Account(t.Context(), account.ID)
			require.NoError(t, err)
			return stored
		}
		for range 4 {
			require.Zero(t, fail().LockedUntil)
		}
		require.NoError(t, archive.SignInSucceeded(t.Context(), account.ID))
		for range 4 {
			require.Zero(t, fail().LockedUntil)
		}
		require.Equal(t, accountsNow.Add(time.Hour), fail().LockedUntil)
	})
}

func TestANewPasswordKeepsTheFormerHashAndEndsTheOtherSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		account := anAccount(t, archive, "zhang")
		for _, digest := range []string{"here", "elsewhere"} {
			require.NoError(t, archive.OpenSession(t.Context(), digest, account.ID, []byte("{}"), accountsNow.Add(time.Hour), accountsNow))
		}
		require.NoError(t, archive.SetPassword(t.Context(), account.ID, account.Version, store.NewPassword{Hash: "hash-2", KeepSession: "here", History: 5}, accountsNow))
		stored, err := archive.Account(t.Context(), account.ID)
		require.NoError(t, err)
		require.Equal(t, "hash-2", stored.PasswordHash)
		require.Equal(t, accountsNow, stored.PasswordChangedAt)
		former, err := archive.FormerPasswords(t.Context(), account.ID, 5)
		require.NoError(t, err)
		require.Equal(t, []string{"hash-1"}, former)
		sessions, err := archive.Sessions(t.Context(), account.ID, accountsNow)
		require.NoError(t, err)
		require.Len(t, sessions, 1)
		require.Equal(t, store.SessionID("here"), sessions[0].ID)
	})
}

func TestDisablingAnAccountEndsItsSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		account := anAccount(t, archive, "zhang")
		require.NoError(t, archive.OpenSession(t.Context(), "here", account.ID, []byte("{}"), accountsNow.Add(time.Hour), accountsNow))
		disabled := store.AccountDisabled
		require.NoError(t, archive.UpdateAccount(t.Context(), account.ID, 1, store.AccountChange{State: &disabled}, accountsNow))
		_, _, found, err := archive.SessionByDigest(t.Context(), "here", accountsNow)
		require.NoError(t, err)
		require.False(t, found)
	})
}

func TestAccountsAreListedInPagesByLogInName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		for _, login := range []string{"zc", "za", "zb", "other"} {
			anAccount(t, archive, login)
		}
		first, err := archive.Accounts(t.Context(), store.AccountFilter{Login: "z"}, store.Page{Size: 2})
		require.NoError(t, err)
		require.Equal(t, "za", first.Items[0].Login)
		require.Len(t, first.Items, 2)
		second, err := archive.Accounts(t.Context(), store.AccountFilter{Login: "z"}, store.Page{Size: 2, After: first.Next})
		require.NoError(t, err)
		require.Len(t, second.Items, 1)
		require.Equal(t, "zc", second.Items[0].Login)
		require.Empty(t, second.Next)
		_, err = archive.Accounts(t.Context(), store.AccountFilter{}, store.Page{Size: 2, After: first.Next})
		require.ErrorIs(t, err, store.ErrCursor)
	})
}

func TestAGrantIsGivenOnceAndOnlyAgainstTheVersionThatWasChecked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		account := anAccount(t, archive, "zhang")
		grant := store.Grant{ID: "g1", Account: account.ID, Role: "inspector", Unit: "tj", Path: "/tj/", By: "officer", At: accountsNow}
		require.NoError(t, archive.AddGrant(t.Context(), grant, 1))
		grant.ID = "g2"
		require.ErrorIs(t, archive.AddGrant(t.Context(), grant, 1), store.ErrVersion)
		require.ErrorIs(t, archive.AddGrant(t.Context(), grant, 2), store.ErrDuplicate)
		require.ErrorIs(t, archive.RevokeGrant(t.Context(), account.ID, "g9", "officer", 2, accountsNow), store.ErrNotFound)
		require.NoError(t, archive.RevokeGrant(t.Context(), account.ID, "g1", "officer", 2, accountsNow))
		held, err := archive.Grants(t.Context(), account.ID)
		require.NoError(t, err)
		require.Empty(t, held)
		require.NoError(t, archive.AddGrant(t.Context(), grant, 3), "what was taken back may be given again")
	})
}

func TestASessionEndsWhenItExpiresAndARevokedOneIsNotBroughtBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		account := anAccount(t, archive, "zhang")
		expires := accountsNow.Add(time.Hour)
		require.NoError(t, archive.OpenSession(t.Context(), "d", account.ID, []byte("one"), expires, accountsNow))
		_, content, found, err := archive.SessionByDigest(t.Context(), "d", accountsNow)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, "one", string(content))
		_, _, found, err = archive.SessionByDigest(t.Context(), "d", expires)
		require.NoError(t, err)
		require.False(t, found)
		require.ErrorIs(t, archive.RevokeSession(t.Context(), "somebody-else", store.SessionID("d")), store.ErrNotFound)
		require.NoError(t, archive.RevokeSession(t.Context(), account.ID, store.SessionID("d")))
		require.NoError(t, archive.KeepSession(t.Context(), "d", account.ID, []byte("two"), expires, accountsNow))
		_, _, found, err = archive.SessionByDigest(t.Context(), "d", accountsNow)
		require.NoError(t, err)
		require.False(t, found)
	})
}

func TestATokenWorksUntilItExpiresOrIsRevokedAndItsSecretIsNotKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		token := store.Token{
			ID: "t1", Account: "a", Name: "报表", Scopes: []string{"record:read", "plan:read"},
			CreatedAt: accountsNow, ExpiresAt: accountsNow.Add(time.Hour),
		}
		secret, err := archive.IssueToken(t.Context(), token)
		require.NoError(t, err)
		require.Contains(t, secret, store.TokenPrefix)
		used, err := archive.UseToken(t.Context(), secret, accountsNow)
		require.NoError(t, err)
		require.Equal(t, token.Scopes, used.Scopes)
		var kept string
		require.NoError(t, archive.SQL().QueryRowContext(t.Context(), "SELECT digest FROM tokens").Scan(&kept))
		require.NotContains(t, kept, secret[len(store.TokenPrefix):])
		for _, wrong := range []string{"", "bf_", secret[len(store.TokenPrefix):], secret + "A"} {
			_, err = archive.UseToken(t.Context(), wrong, accountsNow)
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		_, err = archive.UseToken(t.Context(), secret, token.ExpiresAt)
		require.ErrorIs(t, err, store.ErrNotFound)
		require.ErrorIs(t, archive.RevokeToken(t.Context(), "b", "t1", accountsNow), store.ErrNotFound)
		require.NoError(t, archive.RevokeToken(t.Context(), "a", "t1", accountsNow))
		_, err = archive.UseToken(t.Context(), secret, accountsNow)
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestALogInLinkIsGoodOnceAndNeverLeadsToAnotherSite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		account := anAccount(t, archive, "zhang")
		now := time.Now()
		for _, elsewhere := range []string{"", "https://example.com/", "//example.com", "/\\example.com", "records"} {
			_, err := archive.IssueLoginLink(t.Context(), account.ID, elsewhere, time.Hour)
			require.Error(t, err)
		}
		_, err := archive.IssueLoginLink(t.Context(), "nobody", "/", time.Hour)
		require.ErrorIs(t, err, store.ErrNotFound)
		secret, err := archive.IssueLoginLink(t.Context(), account.ID, "/records", time.Hour)
		require.NoError(t, err)
		_, err = archive.LoginLink(t.Context(), secret, now.Add(2*time.Hour))
		require.ErrorIs(t, err, store.ErrNotFound, "it expired")
		_, err = archive.LoginLink(t.Context(), secret, now)
		require.NoError(t, err, "looking does not use it up")
		link, err := archive.RedeemLoginLink(t.Context(), secret, now)
		require.NoError(t, err)
		require.Equal(t, "/records", link.Opens)
		_, err = archive.RedeemLoginLink(t.Context(), secret, now)
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestTheAccessLogIsReadNewestFirstAndByItsFilters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		for i, action := range []string{"sign-in", "add-grant", "sign-in"} {
			entry := store.Access{At: accountsNow.Add(time.Duration(i) * time.Minute), Account: "a", Action: action, Status: 200 + i}
			require.NoError(t, archive.LogAccess(t.Context(), entry))
		}
		first, err := archive.AccessLog(t.Context(), store.AccessFilter{Actions: []string{"sign-in"}}, store.Page{Size: 1})
		require.NoError(t, err)
		require.Equal(t, 202, first.Items[0].Status)
		second, err := archive.AccessLog(t.Context(), store.AccessFilter{Actions: []string{"sign-in"}}, store.Page{Size: 1, After: first.Next})
		require.NoError(t, err)
		require.Equal(t, 200, second.Items[0].Status)
		bounded, err := archive.AccessLog(t.Context(), store.AccessFilter{From: accountsNow.Add(time.Minute), Until: accountsNow.Add(2 * time.Minute)}, store.Page{})
		require.NoError(t, err)
		require.Len(t, bounded.Items, 1)
	})
}

func TestTheAccessLogAndTheSessionsAreFoundByWhoseTheyAre(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		require.NoError(t, archive.CreateAccount(t.Context(), store.Account{ID: "0197-a", Login: "wang", Name: "王"}, accountsNow))
		require.NoError(t, archive.CreateAccount(t.Context(), store.Account{ID: "0197-b", Login: "li", Name: "李"}, accountsNow))
		for _, id := range []models.AccountID{"0197-a", "0197-b"} {
			require.NoError(t, archive.LogAccess(t.Context(), store.Access{At: accountsNow, Account: id, Action: "sign-in", LogNumber: "of-" + string(id)}))
			require.NoError(t, archive.OpenSession(t.Context(), "digest-"+string(id), id, []byte("{}"), accountsNow.Add(time.Hour), accountsNow))
		}
		for _, who := range []string{"Wang", " wang ", "王"} {
			log, err := archive.AccessLog(t.Context(), store.AccessFilter{Who: who}, store.Page{})
			require.NoError(t, err)
			require.Len(t, log.Items, 1, who)
			require.EqualValues(t, "0197-a", log.Items[0].Account)
			open, err := archive.OpenSessions(t.Context(), store.OpenSessionFilter{Who: who}, accountsNow, store.Page{})
			require.NoError(t, err)
			require.Len(t, open.Items, 1, who)
			require.EqualValues(t, "0197-a", open.Items[0].Account)
		}
		numbered, err := archive.AccessLog(t.Context(), store.AccessFilter{LogNumber: "of-0197-b"}, store.Page{})
		require.NoError(t, err)
		require.Len(t, numbered.Items, 1)
		nobody, err := archive.AccessLog(t.Context(), store.AccessFilter{Who: "0197-a"}, store.Page{})
		require.NoError(t, err)
		require.Empty(t, nobody.Items)
		known, err := archive.KnownAs(t.Context(), []models.AccountID{"0197-a", "absent"})
		require.NoError(t, err)
		require.Equal(t, map[models.AccountID]store.KnownAs{"0197-a": {Login: "wang", Name: "王"}}, known)
	})
}
