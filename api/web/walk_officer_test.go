package web_test

import (
	"net/http"

	"bangfu/api/auth"
)

// officerRows: accounts, grants and logs in separate hands.
func officerRows() map[string]row {
	system, security, auditor := []auth.Role{auth.RoleSystemOfficer}, []auth.Role{auth.RoleSecurityOfficer}, []auth.Role{auth.RoleAuditor}
	both := []auth.Role{auth.RoleSystemOfficer, auth.RoleSecurityOfficer}
	account := func(w *walk, _ place) map[string]string {
		return map[string]string{"account": string(w.Account(auth.RoleContact))}
	}
	guarded := row{thing: account, anywhere: true, status: http.StatusPreconditionRequired}
	managed, granted := guarded, guarded
	managed.allowed, granted.allowed = system, security
	managed.form = map[string][]string{"name": {"甲"}, "state": {"active"}}
	granted.form = map[string][]string{"role": {"contact"}, "unit": {"tj"}}
	return map[string]row{
		"GET /accounts":                               {allowed: both},
		"GET /accounts/new":                           {allowed: system},
		"POST /accounts":                              {allowed: system, status: http.StatusUnprocessableEntity},
		"GET /accounts/:account":                      {allowed: both, thing: account, anywhere: true},
		"POST /accounts/:account":                     managed,
		"POST /accounts/:account/state":               managed,
		"POST /accounts/:account/link":                managed,
		"POST /accounts/:account/second-factor/reset": managed,
		"POST /accounts/:account/single-sign-on":      managed,
		"GET /idle-accounts":                          {allowed: system},
		"POST /accounts/:account/grants":              granted,
		"POST /accounts/:account/grants/:grant/revoke": {
			allowed: security, anywhere: true, status: http.StatusPreconditionRequired,
			thing: func(w *walk, at place) map[string]string {
				return map[string]string{"account": account(w, at)["account"], "grant": "absent"}
			},
		},
		"GET /access-log": {allowed: auditor},
		"GET /self-check": {allowed: []auth.Role{auth.RoleSystemOfficer, auth.RoleSecurityOfficer, auth.RoleAuditor}},
		"GET /sessions":   {allowed: security},
		"POST /sessions/:account/:session/revoke": {
			allowed: security, anywhere: true, status: http.StatusNotFound,
			thing: func(*walk, place) map[string]string {
				return map[string]string{"account": "absent", "session": "absent"}
			},
		},
	}
}
