package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

func TestAPartOfAPageAsksForNothingThatItDoesNotShow(t *testing.T) {
	w := &walk{House: webtest.Open(t, web.New())}
	organization := w.Visit(w.NewAccount("approver", auth.RoleOrganization, webtest.Near))
	at := "/approvals/" + aProposal(w, nearby)["proposal"]
	require.Contains(t, organization.Get(at).Body, "您不能查看这份文件", "there is no such file")
	// What is not asked for cannot be missed.
	for _, table := range []string{"evidence", "notices"} {
		_, err := w.Archive.SQL().ExecContext(t.Context(), "DROP TABLE "+table)
		require.NoError(t, err)
	}
	part := organization.Part(at)
	require.Equal(t, http.StatusOK, part.Status, part.Body)
	require.Contains(t, part.Body, "尚未生效")
}

func TestAFileWhoseNameCannotBeReadIsNotSaidToBeForbidden(t *testing.T) {
	w := &walk{House: webtest.Open(t, web.New())}
	organization := w.Visit(w.NewAccount("approver", auth.RoleOrganization, webtest.Near))
	at := "/approvals/" + aProposal(w, nearby)["proposal"]
	_, err := w.Archive.SQL().ExecContext(t.Context(), "DROP TABLE evidence")
	require.NoError(t, err)
	got := organization.Get(at)
	require.Equal(t, http.StatusInternalServerError, got.Status)
	require.NotContains(t, got.Body, "您不能查看这份文件")
}
