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

// dutyRows: a cadre's own pages, and the records that everybody reads who
// oversees them.
func dutyRows() map[string]row {
	cadre := []auth.Role{auth.RoleCadre}
	unseen := func(status int, form ...string) row {
		filled := url.Values{"key": {"walk"}}
		for i := 0; i+1 < len(form); i += 2 {
			filled.Set(form[i], form[i+1])
		}
		return row{allowed: cadre, ownOnly: cadre, thing: aRecord, status: status, form: filled}
	}
	return map[string]row{
		"GET /duty":          {allowed: cadre},
		"GET /duty/timeline": {allowed: cadre},
		"GET /records/new":   {allowed: cadre},
		"POST /records":      {allowed: cadre, status: http.StatusUnprocessableEntity, form: url.Values{"kind": {"introduce"}}},
		"GET /records/:record": {
			allowed: recordReaders, ownOnly: cadre, thing: aRecord,
		},
		"GET /records/:record/edit":     unseen(0),
		"POST /records/:record/edit":    unseen(http.StatusPreconditionRequired, "kind", "introduce"),
		"POST /records/:record/delete":  unseen(http.StatusPreconditionRequired),
		"GET /records/:record/check":    unseen(0),
		"POST /records/:record/submit":  unseen(http.StatusPreconditionRequired),
		"GET /records/:record/dispute":  unseen(0),
		"POST /records/:record/dispute": unseen(http.StatusPreconditionRequired, "reason", "应属本人"),
		"POST /records/:record/evidence": {
			allowed: cadre, thing: aRecord, status: http.StatusUnprocessableEntity, anywhere: true,
		},
		"POST /records/:record/evidence/:evidence/detach": {
			allowed: cadre, ownOnly: cadre, status: http.StatusPreconditionRequired,
			thing: func(w *walk, at place) map[string]string {
				return map[string]string{"record": aRecord(w, at)["record"], "evidence": "absent"}
			},
		},
		"POST /records/:record/withdraw": unseen(http.StatusPreconditionRequired),
		"GET /records/:record/revoke":    {allowed: []auth.Role{auth.RoleAdjudicator}, thing: aCredit},
		"POST /records/:record/revoke": {
			allowed: []auth.Role{auth.RoleAdjudicator}, thing: aCredit, status: http.StatusUnprocessableEntity,
		},
		"GET /suggest/enterprises": {allowed: businessRoles},
		"GET /suggest/code":        {allowed: businessRoles, status: http.StatusNotFound},
		"GET /notices":             {signedIn: true},
		"POST /notices/read":       {signedIn: true, status: http.StatusSeeOther},
	}
}

// businessRoles are all but the three officers, who read no business data.
var businessRoles = []auth.Role{
	auth.RoleCadre, auth.RoleContact, auth.RoleLeader, auth.RoleDistrictScience, auth.RoleDistrictOrganization, auth.RoleCityScience,
	auth.RoleOrganization, auth.RoleAdjudicator, auth.RoleInspector, auth.RoleSigner, auth.RoleArchivist,
}

var recordReaders = businessRoles

// draft gives the cadre of the walk a draft of their own.
func (w *walk) draft() {
	w.Helper()
	obligation := models.ObligationID{Plan: "demo", Cadre: w.cadre}
	_, err := w.Archive.CreateDraft(w.Context(), store.NewDraft{
		ID: "walk-draft", Obligation: obligation, Content: store.Content{Kind: models.Introduce}, At: time.Now(),
	})
	require.NoError(w, err)
}

// aRecord is a submitted record of somebody else near or far, or the own draft.
func aRecord(w *walk, at place) map[string]string {
	w.Helper()
	return aRecordThatIs(w, at, models.StateUnderReview, models.StateCredited)
}

// aCredit is an accepted record of somebody else.
func aCredit(w *walk, at place) map[string]string {
	w.Helper()
	return aRecordThatIs(w, at, models.StateCredited)
}

func aRecordThatIs(w *walk, at place, states ...models.RecordState) map[string]string {
	w.Helper()
	if at == own {
		return map[string]string{"record": "walk-draft"}
	}
	unit := map[place]models.UnitID{nearby: webtest.Near, faraway: webtest.Far}[at]
	path, err := w.Archive.UnitPath(w.Context(), unit)
	require.NoError(w, err)
	found, err := w.Archive.Records(w.Context(), store.Everything(), store.RecordFilter{
		UnitPath: path, States: states,
	}, store.Page{})
	require.NoError(w, err)
	for _, record := range found.Items {
		if record.Obligation.Cadre != w.cadre {
			return map[string]string{"record": string(record.ID)}
		}
	}
	require.Fail(w, "no record", at)
	return nil
}
