package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestTheSelfCheckSeesAnOfficerWhoHoldsSomethingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		now := time.Now()
		require.NoError(t, archive.CreateAccount(t.Context(), store.Account{ID: "a", Login: "a", Name: "甲"}, now))
		officers := []string{"system-officer", "auditor"}
		_, err := archive.SQL().ExecContext(t.Context(), `INSERT INTO grants
			(grant_id, account_id, role_name, unit_id, unit_path, granted_by, granted_at, revoked_by) VALUES ('1', 'a', 'auditor', 'tj', '/tj/', 'x', ?, '')`, now)
		require.NoError(t, err)
		facts, err := archive.SafetyFacts(t.Context(), officers, now)
		require.NoError(t, err)
		require.EqualValues(t, 1, facts.Accounts)
		require.Zero(t, facts.MixedOfficers)

		_, err = archive.SQL().ExecContext(t.Context(), `INSERT INTO grants
			(grant_id, account_id, role_name, unit_id, unit_path, granted_by, granted_at, revoked_by) VALUES ('2', 'a', 'contact', 'tj', '/tj/', 'x', ?, '')`, now)
		require.NoError(t, err)
		facts, err = archive.SafetyFacts(t.Context(), officers, now)
		require.NoError(t, err)
		require.EqualValues(t, 1, facts.MixedOfficers)
	})
}

func TestTheSelfCheckSeesWhoIsMissingFromTheLogAndWhoJudgedTheirOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		now := time.Now()
		require.NoError(t, archive.CreateAccount(t.Context(), store.Account{ID: "a", Login: "a", Name: "甲", Cadre: "c1"}, now))
		require.NoError(t, archive.OpenSession(t.Context(), "d1", "a", []byte("{}"), now.Add(time.Hour), now))
		facts, err := archive.SafetyFacts(t.Context(), []string{"auditor"}, now)
		require.NoError(t, err)
		require.EqualValues(t, 1, facts.Unseen)
		require.Zero(t, facts.OwnReviews)
		require.Zero(t, facts.SharedLogins)

		require.NoError(t, archive.LogAccess(t.Context(), store.Access{At: now, Account: "a", Action: "sign-in", Object: "/session"}))
		facts, err = archive.SafetyFacts(t.Context(), []string{"auditor"}, now)
		require.NoError(t, err)
		require.Zero(t, facts.Unseen)
		require.EqualValues(t, 1, facts.Incomplete, "the line does not say from where")
	})
}

func TestOpenSessionsAreListedForTheSecurityOfficerPageByPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		now := time.Now()
		for _, digest := range []string{"d1", "d2", "d3"} {
			require.NoError(t, archive.OpenSession(t.Context(), digest, models.AccountID("of-"+digest), []byte("{}"), now.Add(time.Hour), now))
		}
		require.NoError(t, archive.OpenSession(t.Context(), "over", "of-over", []byte("{}"), now.Add(-time.Hour), now))
		seen := map[models.AccountID]bool{}
		page := store.Page{Size: 2}
		for {
			found, err := archive.OpenSessions(t.Context(), store.OpenSessionFilter{}, now, page)
			require.NoError(t, err)
			for _, session := range found.Items {
				require.False(t, seen[session.Account], "shown twice")
				seen[session.Account] = true
			}
			if found.Next == "" {
				break
			}
			page.After = found.Next
		}
		require.Len(t, seen, 3)
		one, err := archive.OpenSessions(t.Context(), store.OpenSessionFilter{Account: "of-d2"}, now, store.Page{})
		require.NoError(t, err)
		require.Len(t, one.Items, 1)
	})
}
