package web_test

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/models/store"
)

// registryRows: the roster within one's reach, enterprises for everybody who
// works with them, imports for the organization department.
func registryRows() map[string]row {
	cadre := []auth.Role{auth.RoleCadre}
	registrars := []auth.Role{auth.RoleCadre, auth.RoleContact}
	confirmers := []auth.Role{auth.RoleDistrictScience, auth.RoleCityScience}
	organization := []auth.Role{auth.RoleOrganization}
	everywhere := func(w *walk, _ place) map[string]string { return map[string]string{"key": anEnterprise(w)} }
	return map[string]row{
		"GET /cadres":                   {allowed: businessRoles},
		"GET /cadres/:cadre":            {allowed: businessRoles, ownOnly: cadre, thing: aCadre},
		"GET /enterprises":              {allowed: businessRoles},
		"GET /enterprises/new":          {allowed: registrars},
		"POST /enterprises":             {allowed: registrars, status: http.StatusUnprocessableEntity},
		"GET /enterprises/:key":         {allowed: businessRoles, thing: everywhere, anywhere: true},
		"POST /enterprises/:key":        {allowed: registrars, thing: everywhere, anywhere: true, status: http.StatusUnprocessableEntity},
		"GET /units":                    {signedIn: true},
		"GET /enterprise-overrides":     {allowed: confirmers},
		"GET /enterprise-overrides/new": {allowed: cadre},
		"POST /enterprise-overrides":    {allowed: cadre, status: http.StatusUnprocessableEntity},
		"POST /enterprise-overrides/:override/approve": {
			allowed: confirmers, thing: nothing("override"), anywhere: true, status: http.StatusNotFound,
		},
		"GET /imports":  {allowed: organization},
		"POST /imports": {allowed: organization, status: http.StatusUnprocessableEntity},
		"GET /evidence/:evidence/content": {
			allowed: businessRoles, thing: nothing("evidence"), anywhere: true, status: http.StatusNotFound,
		},
		"POST /imports/marked": {allowed: organization, status: http.StatusUnprocessableEntity, form: url.Values{"kind": {"cadres"}}},
		"GET /imports/:import/file": {
			allowed: organization, thing: nothing("import"), anywhere: true, status: http.StatusNotFound,
		},
		"GET /imports/:import/workbook": {
			allowed: organization, thing: nothing("import"), anywhere: true, status: http.StatusNotFound,
		},
		"POST /imports/run": {allowed: organization, status: http.StatusUnprocessableEntity, form: url.Values{"kind": {"cadres"}}},
	}
}

// planRows: everybody who works with the plan reads all of it.
func planRows() map[string]row {
	return map[string]row{
		"GET /plan": {allowed: businessRoles},
		"GET /plan/tasks/:number": {
			allowed: businessRoles, anywhere: true,
			thing: func(*walk, place) map[string]string { return map[string]string{"number": "56"} },
		},
		"GET /policies": {allowed: businessRoles},
		"GET /policies/:version": {
			allowed: businessRoles, anywhere: true,
			thing: func(*walk, place) map[string]string { return map[string]string{"version": "1"} },
		},
		"GET /workdays":    {allowed: businessRoles},
		"GET /definitions": {signedIn: true},
	}
}

// aCadre is somebody else near or far, or oneself.
func aCadre(w *walk, at place) map[string]string {
	w.Helper()
	if at == own {
		return map[string]string{"cadre": string(w.cadre)}
	}
	obligation := aDuty(w, at)["obligation"]
	return map[string]string{"cadre": obligation[len("demo."):]}
}

func anEnterprise(w *walk) string {
	w.Helper()
	found, err := w.Archive.Records(w.Context(), store.Everything(), store.RecordFilter{Plan: "demo"}, store.Page{})
	require.NoError(w, err)
	i := slices.IndexFunc(found.Items, func(r store.Record) bool { return r.Content.Enterprise != "" })
	require.GreaterOrEqual(w, i, 0)
	return string(found.Items[i].Content.Enterprise)
}
