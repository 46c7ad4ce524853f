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

// substitutionRows: the organization department's, over its own cadres.
func substitutionRows() map[string]row {
	organization := []auth.Role{auth.RoleOrganization}
	return map[string]row{
		"GET /substitutes":               {allowed: organization},
		"GET /substitutes/new":           {allowed: organization},
		"POST /substitutes":              {allowed: organization, status: http.StatusUnprocessableEntity},
		"GET /substitutes/:substitution": {allowed: organization, thing: aSubstitution},
		"POST /substitutes/:substitution/end": {
			allowed: organization, thing: aSubstitution, status: http.StatusPreconditionRequired,
		},
		"GET /suggest/deputies": {allowed: organization},
		"GET /suggest/cadres":   {allowed: organization},
	}
}

// aSubstitution is one that begins tomorrow, for a cadre near or far.
func aSubstitution(w *walk, at place) map[string]string {
	w.Helper()
	cadre := w.cadre
	if at != own {
		cadre = models.CadreID(aCadre(w, at)["cadre"])
	}
	id := "walk-" + string(at)
	if _, err := w.Archive.Substitution(w.Context(), store.Everything(), id); err == nil {
		return map[string]string{"substitution": id}
	}
	tomorrow := models.DateOf(time.Now()).AddDays(1)
	_, err := w.Archive.AddSubstitution(w.Context(), store.Substitution{
		ID: id, Account: w.Account(auth.RoleContact), For: cadre, From: tomorrow, Until: tomorrow, Reason: "出差",
	}, "walk", time.Now())
	require.NoError(w, err)
	return map[string]string{"substitution": id}
}

// standIn lets an account act for a cadre from today on.
func standIn(h *webtest.House, account models.AccountID, cadre models.CadreID) store.Substitution {
	h.Helper()
	today := models.DateOf(time.Now())
	added, err := h.Archive.AddSubstitution(h.Context(), store.Substitution{
		Account: account, For: cadre, From: today, Until: today.AddDays(5), Reason: "住院",
	}, "organizer", time.Now())
	require.NoError(h, err)
	return added
}
