package web_test

import (
	"net/http"
	"net/url"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/store"
)

// approvalRows: whoever oversees duties sees what waits for a second person; the
// organization department decides, and works on many at once.
func approvalRows() map[string]row {
	var overseers []auth.Role
	for _, role := range businessRoles {
		if role != auth.RoleCadre {
			overseers = append(overseers, role)
		}
	}
	organization := []auth.Role{auth.RoleOrganization}
	decision := func(w *walk, at place) map[string]string {
		return map[string]string{"proposal": aProposal(w, at)["proposal"], "decision": "reject"}
	}
	return map[string]row{
		"GET /approvals":                      {allowed: overseers},
		"GET /approvals/:proposal":            {allowed: overseers, thing: aProposal},
		"POST /approvals/:proposal/:decision": {allowed: organization, thing: decision, status: http.StatusUnprocessableEntity, form: url.Values{"key": {"k"}}},
		"GET /batches":                        {allowed: organization, status: http.StatusSeeOther},
		"POST /batches":                       {allowed: organization, status: http.StatusUnprocessableEntity, form: url.Values{"command": {"extend"}, "whole": {"yes"}}},
	}
}

// aProposal is one about somebody's duty near or far, made once a place. A cadre
// has none of their own: they are told once it is decided.
func aProposal(w *walk, at place) map[string]string {
	w.Helper()
	id := models.ProposalID("walk-" + string(at))
	if _, err := w.Archive.Proposal(w.Context(), store.Everything(), id); err == nil {
		return map[string]string{"proposal": string(id)}
	}
	duty, err := models.ParseObligationID(aDuty(w, at)["obligation"])
	require.NoError(w, err)
	unit := map[place]models.UnitID{nearby: webtest.Near, own: webtest.Near, faraway: webtest.Far}[at]
	path, err := w.Archive.UnitPath(w.Context(), unit)
	require.NoError(w, err)
	_, _, err = w.Archive.Propose(w.Context(), store.Proposal{
		ID: id, Plan: "demo", Body: models.Exempt{Kinds: models.Kinds, Ground: "illness", Document: "absent"}, Document: "absent",
		UnitPath: path, Proposer: "somebody", ProposedAt: time.Now(), State: store.ProposalOpen,
		Command: models.CommandID("somebody:" + id), Digest: "x",
	}, []store.ProposalPart{{Obligation: duty, Sequence: 1}})
	require.NoError(w, err)
	return map[string]string{"proposal": string(id)}
}
