package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/store"
)

// alsoA gives the demonstration's first cadre a role over the near district.
func (w *walk) alsoA(t *testing.T, role auth.Role) *webtest.Visitor {
	t.Helper()
	path, err := w.Archive.UnitPath(t.Context(), webtest.Near)
	require.NoError(t, err)
	account, err := w.Archive.Account(t.Context(), w.Account(auth.RoleCadre))
	require.NoError(t, err)
	require.NoError(t, w.Archive.AddGrant(t.Context(), store.Grant{
		ID: "also", Account: account.ID, Role: string(role), Unit: webtest.Near, Path: path, By: models.SystemAccount, At: time.Now(),
	}, account.Version))
	w.cadre = account.Cadre
	return w.Visit(account.ID)
}

func TestWhoHasADutyOfTheirOwnReadsTheDossiersOfTheirPeopleWithoutTheChain(t *testing.T) {
	const closed = "您的职责不包括查看事件链原文"
	w := &walk{House: webtest.Open(t, web.New())}
	reviewer := w.alsoA(t, auth.RoleDistrictScience)
	theirs := reviewer.Get("/obligations/" + aDuty(w, nearby)["obligation"] + "/dossier")
	require.Equal(t, http.StatusOK, theirs.Status, theirs.Body)
	require.Contains(t, theirs.Body, closed)
	mine := reviewer.Get("/obligations/" + aDuty(w, own)["obligation"] + "/dossier")
	require.Equal(t, http.StatusOK, mine.Status, mine.Body)
	require.NotContains(t, mine.Body, closed, "one's own chain is open")
	require.Equal(t, http.StatusNotFound, reviewer.Get("/obligations/"+aDuty(w, faraway)["obligation"]+"/dossier").Status)
}
