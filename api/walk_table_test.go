package api

import (
	"maps"

	"bangfu/api/auth"
)

// furnishing puts the things into the archive that the rows ask for.
func furnishing() []func(*walk) {
	return []func(*walk){furnishAccounts, furnishObligations, furnishRecords, furnishDisputes, furnishProposals, furnishSubstitutions, furnishProgress, furnishInspection, furnishBulletin}
}

// walkTable is every row: one part a resource, each beside its things.
func walkTable() map[string]row {
	table := map[string]row{}
	for _, part := range []map[string]row{
		accountRows(), registryRows(), enterpriseRows(), obligationRows(), eventRows(),
		recordRows(), reviewRows(), disputeRows(), proposalRows(), noticeRows(), importRows(), viewRows(), substitutionRows(), progressRows(), inspectionRows(), bulletinRows(),
	} {
		maps.Copy(table, part)
	}
	return table
}

func furnishAccounts(w *walk) {
	for _, at := range places {
		w.keep("account", at, string(w.account("target-"+string(at), auth.RoleContact, unitAt[at], "")))
	}
}

// accountRows: log-in, oneself, and the three officers, whose work knows no
// part of the tree.
func accountRows() map[string]row {
	system, security, auditor := []auth.Role{auth.RoleSystemOfficer}, []auth.Role{auth.RoleSecurityOfficer}, []auth.Role{auth.RoleAuditor}
	account := func(w *walk, at place) call {
		return call{values: map[string]string{"account": w.thing("account", at)}}
	}
	return map[string]row{
		"get-clock":             {public: true, granted: 200},
		"sign-in":               {public: true, granted: 401, call: wrongPassword},
		"get-session":           {signedIn: true, granted: 200},
		"sign-out":              {signedIn: true, granted: 204, fresh: true},
		"list-sessions":         {signedIn: true, granted: 200},
		"revoke-session":        {signedIn: true, granted: 404, call: absent("session")},
		"get-me":                {signedIn: true, granted: 200},
		"change-password":       {signedIn: true, granted: 422, call: withBody(map[string]string{"password": "short"})},
		"sign-in-code":          {public: true, granted: 401, call: withBody(map[string]string{"code": "000000"})},
		"propose-second-factor": {signedIn: true, granted: 409},
		"confirm-second-factor": {signedIn: true, granted: 404, call: withBody(map[string]string{"code": "000000"})},
		"get-single-sign-on":    {public: true, granted: 200},
		"start-single-sign-on":  {public: true, granted: 404, call: withBody(map[string]string{"next": "/"})},
		"answer-single-sign-on": {public: true, granted: 404, call: withBody(map[string]string{"state": "x", "code": "x"})},
		"set-single-sign-on":    {any: system, granted: 428, call: bodyTo(account, map[string]string{"singleSignOnName": "x"})},
		"reset-second-factor":   {any: system, granted: 428, call: account},
		"list-tokens":           {signedIn: true, granted: 200},
		"issue-token":           {signedIn: true, granted: 422, call: withBody(map[string]any{"name": "x", "days": 1, "scopes": []string{"no:such"}})},
		"revoke-token":          {signedIn: true, granted: 404, call: absent("token")},
		"get-command":           {signedIn: true, granted: 404, call: absent("key")},

		"list-idle-accounts": {any: system, granted: 200},
		"list-accounts":      {any: append(system, security...), granted: 200},
		"get-account":        {any: append(system, security...), granted: 200, call: account},
		"create-account":     {any: system, granted: 422, call: withBody(map[string]string{"login": "no spaces", "name": "x"})},
		"edit-account":       {any: system, granted: 428, call: bodyTo(account, map[string]string{"name": "x"})},
		"issue-login-link":   {any: system, granted: 428, call: account},
		"list-grants":        {any: security, granted: 200, call: account},
		"add-grant":          {any: security, granted: 428, call: bodyTo(account, map[string]string{"role": "contact", "unit": "tj"})},
		"revoke-grant": {any: security, granted: 428, call: func(w *walk, at place) call {
			return call{values: map[string]string{"account": w.thing("account", at), "grant": "absent"}}
		}},
		"list-access-log":    {any: auditor, granted: 200},
		"list-open-sessions": {any: security, granted: 200},
		"end-session": {any: security, granted: 404, call: func(*walk, place) call {
			return call{values: map[string]string{"account": "absent", "session": "absent"}}
		}},
		"self-check": {any: []auth.Role{auth.RoleSystemOfficer, auth.RoleSecurityOfficer, auth.RoleAuditor}, granted: 200},
	}
}

func wrongPassword(*walk, place) call {
	return call{body: map[string]string{"login": "nobody", "password": "wrong"}}
}

// absent asks for something that does not exist.
func absent(parameter string) func(*walk, place) call {
	return func(*walk, place) call { return call{values: map[string]string{parameter: "absent"}} }
}

func withBody(body any) func(*walk, place) call {
	return func(*walk, place) call { return call{body: body} }
}

// bodyTo adds a body to a call.
func bodyTo(build func(*walk, place) call, body any) func(*walk, place) call {
	return func(w *walk, at place) call {
		asked := build(w, at)
		asked.body = body
		return asked
	}
}
