package web_test

import (
	"net/http"
	"net/url"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/models/store"
)

// reviewRows: the queue and the decisions are for the three stages, disputes
// for those who settle them and those who may read them.
func reviewRows() map[string]row {
	reviewers := []auth.Role{auth.RoleDistrictScience, auth.RoleDistrictOrganization, auth.RoleCityScience}
	readers := []auth.Role{
		auth.RoleCadre, auth.RoleDistrictScience, auth.RoleDistrictOrganization, auth.RoleCityScience,
		auth.RoleOrganization, auth.RoleAdjudicator, auth.RoleInspector, auth.RoleArchivist,
	}
	stale := url.Values{"key": {"walk"}, "remark": {"意见"}, "reject-remark": {"理由"}, "reason.summary": {"过于简略"}}
	decision := row{allowed: reviewers, thing: aRecord, status: http.StatusPreconditionRequired, form: stale}
	return map[string]row{
		"GET /reviews":                 {allowed: reviewers},
		"GET /reviews/:record":         {allowed: reviewers, thing: aRecord},
		"POST /reviews/:record/accept": decision,
		"POST /reviews/:record/return": decision,
		"POST /reviews/:record/reject": decision,
		"GET /disputes":                {allowed: readers},
		"GET /disputes/:dispute":       {allowed: readers, thing: aDispute, anywhere: true, status: http.StatusNotFound},
		"POST /disputes/:dispute/adjudicate": {
			allowed: []auth.Role{auth.RoleAdjudicator}, thing: aDispute, anywhere: true, status: http.StatusNotFound,
			form: url.Values{"upheld": {"yes"}, "reason": {"理由"}, "key": {"walk"}},
		},
	}
}

// aDispute lies in a third district: out of everybody's reach in the walk.
func aDispute(w *walk, _ place) map[string]string {
	w.Helper()
	found, err := w.Archive.Disputes(w.Context(), store.Everything(), store.DisputeFilter{}, store.Page{})
	require.NoError(w, err)
	require.NotEmpty(w, found.Items)
	return map[string]string{"dispute": string(found.Items[0].ID)}
}
