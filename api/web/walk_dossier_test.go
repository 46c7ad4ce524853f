package web_test

import (
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/store"
)

// dossierRows: a duty is read within one's reach; its clock is the organization
// department's.
func dossierRows() map[string]row {
	cadre := []auth.Role{auth.RoleCadre}
	command := func(w *walk, at place) map[string]string {
		return map[string]string{"obligation": aDuty(w, at)["obligation"], "command": "suspend"}
	}
	organization := []auth.Role{auth.RoleOrganization}
	return map[string]row{
		"GET /obligations/:obligation":                    {allowed: businessRoles, ownOnly: cadre, thing: aDuty},
		"GET /obligations/:obligation/dossier":            {allowed: businessRoles, ownOnly: cadre, thing: aDuty},
		"GET /obligations/:obligation/commands/:command":  {allowed: organization, thing: command},
		"POST /obligations/:obligation/commands/:command": {allowed: organization, thing: command, status: http.StatusUnprocessableEntity},
	}
}

// aDuty is somebody else's duty near or far, or one's own.
func aDuty(w *walk, at place) map[string]string {
	w.Helper()
	if at == own {
		return map[string]string{"obligation": models.ObligationID{Plan: "demo", Cadre: w.cadre}.String()}
	}
	unit := map[place]models.UnitID{nearby: webtest.Near, faraway: webtest.Far}[at]
	path, err := w.Archive.UnitPath(w.Context(), unit)
	require.NoError(w, err)
	found, err := w.Archive.Obligations(w.Context(), store.Everything(),
		store.ObligationFilter{Plan: "demo", UnitPath: path, States: []models.ObligationState{models.ObligationActive}}, time.Now(), store.Page{})
	require.NoError(w, err)
	for _, item := range found.Items {
		if item.Obligation.ID.Cadre != w.cadre {
			return map[string]string{"obligation": item.Obligation.ID.String()}
		}
	}
	require.Fail(w, "no duty", at)
	return nil
}
