package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
)

func TestAChangedEntryIsFoundAtItsPlace(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	// Somebody with the database in hand takes the guard away first.
	o.execute("DROP TRIGGER events_keep_update")
	o.execute("UPDATE events SET words = '{\"text\":\"另一回事\"}' WHERE sequence = 1")
	auditor := o.officer(auth.RoleAuditor, "tj")
	verdict := auditor.get(Prefix + "/obligations/tianjin-2013.C-1/events/verdict")
	require.Equal(t, http.StatusOK, verdict.status, verdict.body)
	require.Equal(t, false, verdict.field(t, "whole"))
	require.EqualValues(t, 1, verdict.field(t, "sequence"))
	require.Equal(t, "sha256", verdict.field(t, "fault"))
}
