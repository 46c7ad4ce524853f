package web_test

// ledgerRows: everybody who reads duties sees theirs, whatever their part of the
// tree is.
func ledgerRows() map[string]row {
	return map[string]row{
		"GET /obligations":    {allowed: businessRoles},
		"GET /ledger/views":   {allowed: businessRoles},
		"GET /ledger/figures": {allowed: businessRoles},
		"GET /overview":       {allowed: businessRoles},
	}
}
