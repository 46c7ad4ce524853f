package api

import (
	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
)

// furnishDisputes disputes the record of each cadre that is in the first review.
func furnishDisputes(w *walk) {
	for _, at := range places {
		path, err := w.archive.UnitPath(w.Context(), unitAt[at])
		require.NoError(w, err)
		id := "dispute-" + string(at)
		_, err = w.archive.SQL().ExecContext(w.Context(), `INSERT INTO disputes (id, plan, kind, enterprise_key, record, cadre,
			unit_path, holder_record, holder_plan, holder_cadre, state, opened_at, decided_by)
			VALUES (?, ?, 'found', 'D2143569X', ?, ?, ?, 'holder', ?, 'holder', 'open', ?, '')`,
			id, string(walkPlan), w.thing("submitted", at), string(cadreAt[at]), path, string(walkPlan), w.clock.read().UTC())
		require.NoError(w, err)
		w.keep("dispute", at, id)
	}
}

// enterpriseRows: the register of enterprises is open to all who work with the
// plan, so that nobody claims in vain; a code that fails takes two people.
func enterpriseRows() map[string]row {
	registrars := []auth.Role{auth.RoleCadre, auth.RoleContact}
	confirming := []auth.Role{auth.RoleDistrictScience, auth.RoleCityScience}
	absentKey := values("key", "000000000")
	return map[string]row{
		"list-enterprises":      {any: business, granted: 200},
		"get-enterprise":        {any: business, granted: 404, call: absentKey},
		"check-enterprise-code": {any: business, granted: 200, call: values("text", "D2143569-X")},
		"register-enterprise":   {any: registrars, granted: 422, call: withBody(map[string]string{"name": "无代码公司"})},
		"edit-enterprise":       {any: registrars, granted: 404, call: bodyTo(absentKey, map[string]string{"name": "新名称"})},
		"list-overrides":        {any: confirming, granted: 200},
		"request-override": {any: cadreOnly, granted: 422, call: withBody(map[string]string{
			"code": "D2143569-X", "document": "d", "reason": "证照如此",
		})},
		"approve-override": {any: confirming, granted: 404, call: absent("override")},
	}
}

// disputeRows: whoever reviews or decides in that part of the tree reads them;
// the cadre opens one, the adjudicator settles it.
func disputeRows() map[string]row {
	reading := without(readers, auth.RoleContact, auth.RoleLeader, auth.RoleSigner)
	return map[string]row{
		"list-disputes": {tree: reading, self: cadreOnly, granted: 200, shows: func(w *walk, at place) string {
			return `"` + w.thing("dispute", at) + `"`
		}},
		"get-dispute": {tree: reading, self: cadreOnly, granted: 200, call: thingAs("dispute")},
		"open-dispute": {
			self: cadreOnly, granted: 428, call: keyed("dispute", bodyTo(thingAs("record"), map[string]string{"reason": "我先到的"})),
		},
		"adjudicate-dispute": {
			tree: adjudicator, granted: 428,
			call: keyed("adjudicate", bodyTo(thingAs("dispute"), map[string]any{"upheld": true, "reason": "证据充分"})),
		},
	}
}

// eventRows: the way of an obligation is read by all who read it; the chain by
// those who keep or inspect it; and the auditor proves it without reading it.
func eventRows() map[string]row {
	obligation := thingAs("obligation")
	keepers := []auth.Role{auth.RoleOrganization, auth.RoleInspector, auth.RoleArchivist}
	return map[string]row{
		"obligation-timeline": {tree: readers, self: cadreOnly, granted: 200, call: obligation},
		"obligation-events":   {tree: keepers, self: cadreOnly, granted: 200, call: obligation},
		"verify-obligation-events": {
			any: []auth.Role{auth.RoleAuditor}, tree: []auth.Role{auth.RoleArchivist}, granted: 200, call: obligation,
		},
	}
}

// noticeRows: everybody has their own.
func noticeRows() map[string]row {
	return map[string]row{
		"list-notices":  {signedIn: true, granted: 200},
		"count-notices": {signedIn: true, granted: 200},
		"read-notices":  {signedIn: true, granted: 204, call: withBody(map[string]any{})},
	}
}

// importRows: the roster is the organization department's. What is sent here, as
// a rehearsal, is no roster: whoever is let in is told so.
func importRows() map[string]row {
	noRoster := call{
		query: "name=a.txt&plan=" + string(walkPlan), body: "no roster",
		headers: []with{header("Content-Type", "application/octet-stream")},
	}
	send := func(*walk, place) call { return noRoster }
	return map[string]row{
		"import-cadres":      {any: organization, granted: 422, call: send},
		"import-enterprises": {any: organization, granted: 422, call: send},
		"mark-roster": {any: organization, granted: 422, call: func(*walk, place) call {
			asked := noRoster
			asked.values = map[string]string{"kind": "cadres"}
			return asked
		}},
		"list-imports":        {any: organization, granted: 200},
		"get-import-file":     {any: organization, granted: 404, call: absent("import")},
		"get-import":          {any: organization, granted: 404, call: absent("import")},
		"get-import-workbook": {any: organization, granted: 404, call: absent("import")},
	}
}
