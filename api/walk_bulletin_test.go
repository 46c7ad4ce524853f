package api

import (
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// issuedCycle is the cycle whose bulletin is out.
var issuedCycle = inspection.ID{Plan: walkPlan, Quarter: models.MustQuarter("2013Q3")}

// drafts writes the first text of an open cycle's bulletin.
func (h *house) drafts(id inspection.ID) {
	h.Helper()
	text, err := h.archive.DraftBulletin(h.Context(), id, 1, models.SystemAccount, h.clock.read())
	require.NoError(h, err)
	h.gives(id.Subject(), models.SystemAccount, inspection.DraftBulletin{Digest: text.Digest})
}

// current is the bulletin that a cycle works on.
func (h *house) current(id inspection.ID) inspection.BulletinState {
	h.Helper()
	cycle, err := h.archive.Cycle(h.Context(), id)
	require.NoError(h, err)
	state, _ := cycle.Current()
	return state
}

// issues has the present text signed by two and its files registered.
func (h *house) issues(id inspection.ID) {
	h.Helper()
	state := h.current(id)
	h.gives(id.Subject(), "inspector", inspection.AskSignatures{Version: state.Version})
	h.gives(id.Subject(), "signer-1", inspection.Sign{Digest: state.Digest})
	h.gives(id.Subject(), "signer-2", inspection.Sign{Digest: state.Digest})
	files, err := h.archive.BulletinFiles(h.Context(), store.BulletinKey{Inspection: id, Ordinal: state.Ordinal})
	require.NoError(h, err)
	h.gives(id.Subject(), models.SystemAccount, inspection.KeepFiles{Ordinal: state.Ordinal, Files: inspection.Digests(files)})
}

func furnishBulletin(w *walk) {
	w.opensCycle(issuedCycle)
	w.drafts(issuedCycle)
	w.issues(issuedCycle)
}

// bulletinRows: what is issued is everybody's who works with the plan; what is
// done to a bulletin is about the whole city and never about an issued one.
func bulletinRows() map[string]row {
	inspector := []auth.Role{auth.RoleInspector}
	issued := values("inspection", issuedCycle.String(), "ordinal", "1")
	figure := values("inspection", issuedCycle.String(), "ordinal", "1", "figure", "f1")
	file := values("inspection", issuedCycle.String(), "ordinal", "1", "file", string(inspection.FileAnnexes))
	const conflict = http.StatusConflict
	remark := map[string]string{"remark": "理由"}
	byPlan := func(*walk, place) call { return call{query: "plan=" + string(walkPlan)} }
	return map[string]row{
		"list-bulletins":    {any: business, granted: 200, call: byPlan},
		"get-bulletin":      {any: business, granted: 200, call: issued},
		"list-figure-rows":  {any: business, granted: 200, call: figure},
		"download-bulletin": {any: business, granted: 200, call: file},
		"verify-bulletin": {
			any:     []auth.Role{auth.RoleContact, auth.RoleLeader, auth.RoleOrganization, auth.RoleInspector, auth.RoleSigner, auth.RoleArchivist},
			granted: 200, call: issued,
		},
		"redraft-bulletin":        {any: inspector, granted: 428, call: keyed("redraft", issued)},
		"edit-bulletin":           {any: inspector, granted: conflict, call: keyed("edit", bodyTo(issued, map[string]any{"sections": []any{}}))},
		"open-bulletin-comments":  {any: inspector, granted: 428, call: keyed("open-comments", issued)},
		"close-bulletin-comments": {any: inspector, granted: 428, call: keyed("close-comments", issued)},
		"ask-bulletin-signatures": {any: inspector, granted: 428, call: keyed("ask", issued)},
		"recall-bulletin":         {any: inspector, granted: 428, call: keyed("recall", bodyTo(issued, remark))},
		"comment-bulletin": {
			any: []auth.Role{auth.RoleContact, auth.RoleLeader}, granted: conflict,
			call: keyed("comment", bodyTo(issued, map[string]string{"unit": "120101", "text": "无意见"})),
		},
		"sign-bulletin": {
			any: []auth.Role{auth.RoleInspector, auth.RoleSigner}, granted: conflict,
			call: keyed("sign", bodyTo(issued, map[string]string{"digest": strings.Repeat("0", 64)})),
		},
		"correct-bulletin": {
			any: inspector, granted: http.StatusForbidden,
			call: keyed("correct", bodyTo(values("inspection", issuedCycle.String()), remark)),
		},
	}
}
