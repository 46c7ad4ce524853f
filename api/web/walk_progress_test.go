package web_test

import (
	"net/http"
	"net/url"

	"bangfu/api/auth"
)

// progressRows: whoever works with the plan may look at units' reports in their
// part of the tree, contacts report. A cadre sees the city's totals alone.
func progressRows() map[string]row {
	government := func(_ *walk, at place) map[string]string {
		if at == faraway {
			return map[string]string{"unit": "120103-zf"}
		}
		return map[string]string{"unit": "120101-zf"}
	}
	return map[string]row{
		"GET /progress":       {allowed: businessRoles, redirects: []auth.Role{auth.RoleContact}},
		"GET /progress/:unit": {allowed: businessRoles, thing: government, blind: []auth.Role{auth.RoleCadre}},
		"POST /progress/:unit": {
			allowed: []auth.Role{auth.RoleContact}, thing: government, status: http.StatusSeeOther, form: url.Values{"key": {"walk"}},
		},
	}
}
