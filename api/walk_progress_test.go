package api

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// governmentAt answers for a share of task 6 at each place.
var governmentAt = map[place]models.UnitID{own: "120101-zf", near: "120101-zf", far: "120102-zf"}

// furnishProgress lets the two governments report for one quarter.
func furnishProgress(w *walk) {
	for at, words := range map[place]string{near: "和平区的进展", far: "河东区的进展"} {
		_, err := w.archive.PutProgress(w.Context(), store.ProgressPut{
			Plan: walkPlan, Actor: models.Actor{Account: "somebody"}, At: w.clock.read(), Command: models.CommandID("walk-progress-" + string(at)),
			Entry: inspection.Entry{
				Quarter: models.MustQuarter("2013Q4"), Task: 6, Ordinal: 1, Unit: governmentAt[at], Figures: []string{"100"}, Milestone: words,
			},
		})
		require.NoError(w, err)
		w.keep("progress", at, words)
	}
	w.keep("progress", own, "和平区的进展")
}

// progressRows: whoever works with the plan sees the city's progress, the shares
// of units in their part of the tree, and contacts report there.
func progressRows() map[string]row {
	plan := func(query string) func(*walk, place) call {
		return func(*walk, place) call {
			return call{values: map[string]string{"plan": string(walkPlan)}, query: query}
		}
	}
	shares := func(w *walk, at place) string { return w.thing("progress", at) }
	sheet := func(_ *walk, at place) call {
		return call{values: map[string]string{"plan": string(walkPlan), "unit": string(governmentAt[at])}, query: "quarter=2013Q4"}
	}
	sheetName := func(_ *walk, at place) string { return `"id":"` + string(governmentAt[at]) + `"` }
	// A cadre has no unit's shares: what lies in their own unit is not theirs.
	nobody := []auth.Role{auth.RoleCadre}
	return map[string]row{
		"get-progress":          {any: business, granted: 200, call: plan("quarter=2013Q4")},
		"list-progress-entries": {tree: readers, empty: nobody, granted: 200, shows: shares, call: plan("quarter=2013Q4")},
		"list-progress-sheets":  {tree: readers, empty: nobody, granted: 200, shows: sheetName, call: plan("quarter=2013Q4")},
		"get-task-progress": {
			tree: readers, empty: nobody, granted: 200, shows: shares,
			call: func(*walk, place) call {
				return call{values: map[string]string{"plan": string(walkPlan), "number": "6"}}
			},
		},
		"get-progress-sheet": {tree: readers, empty: nobody, granted: 200, call: sheet},
		"report-progress": {
			tree: []auth.Role{auth.RoleContact}, granted: http.StatusPreconditionRequired,
			call: func(_ *walk, at place) call {
				return call{
					values: map[string]string{
						"plan": string(walkPlan), "unit": string(governmentAt[at]), "quarter": "2013Q4", "task": "6", "ordinal": "1",
					},
					body: map[string]any{"figures": []string{"120"}}, headers: []with{header("Idempotency-Key", "walk")},
				}
			},
		},
	}
}
