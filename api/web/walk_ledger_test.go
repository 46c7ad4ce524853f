package web_test

import (
	"net/http"

	"bangfu/api/auth"
)

// ledgerRows: everybody who reads duties sees theirs, whatever their part of the
// tree is.
func ledgerRows() map[string]row {
	return map[string]row{
		"GET /obligations": {allowed: businessRoles},
		"GET /obligations/export": {allowed: []auth.Role{
			auth.RoleContact, auth.RoleLeader, auth.RoleOrganization, auth.RoleInspector, auth.RoleArchivist,
		}},
		"GET /ledger/views":   {allowed: businessRoles},
		"GET /ledger/figures": {allowed: businessRoles},
		"GET /overview":       {allowed: businessRoles},
		"GET /overview/trend": {allowed: businessRoles},
		// Views belong to whoever saved them: nobody finds another's.
		"GET /ledger/saved":               {allowed: businessRoles},
		"GET /ledger/saved/new":           {allowed: businessRoles},
		"POST /ledger/saved":              {allowed: businessRoles, status: http.StatusUnprocessableEntity},
		"GET /ledger/saved/:view":         {allowed: businessRoles, thing: nothing("view"), anywhere: true, status: http.StatusNotFound},
		"POST /ledger/saved/:view":        {allowed: businessRoles, thing: nothing("view"), anywhere: true, status: http.StatusUnprocessableEntity},
		"POST /ledger/saved/:view/delete": {allowed: businessRoles, thing: nothing("view"), anywhere: true, status: http.StatusNotFound},
	}
}
