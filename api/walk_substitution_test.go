package api

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// furnishSubstitutions arranges one for the cadre at each place. The deputy has
// no roles of their own and is asked for nothing in the walk itself.
func furnishSubstitutions(w *walk) {
	w.account("somebody", auth.RoleContact, unitAt[near], "")
	today := models.DateOf(w.clock.read())
	for _, at := range places {
		added, err := w.archive.AddSubstitution(w.Context(), store.Substitution{
			Account: "account-somebody", For: cadreAt[at], From: today.AddDays(5), Until: today.AddDays(9), Reason: "出差",
		}, "walk", w.clock.read())
		require.NoError(w, err)
		w.keep("substitution", at, added.ID)
	}
}

// substitutionRows: the organization department arranges them for its cadres.
func substitutionRows() map[string]row {
	substitution := thingAs("substitution")
	return map[string]row{
		"list-substitutions": {tree: organization, granted: 200, shows: func(w *walk, at place) string {
			return `"` + w.thing("substitution", at) + `"`
		}},
		"get-substitution": {tree: organization, granted: 200, call: substitution},
		"end-substitution": {tree: organization, granted: 428, call: bodyTo(substitution, map[string]string{})},
		"create-substitution": {any: organization, granted: http.StatusBadRequest, call: func(_ *walk, at place) call {
			return call{body: map[string]any{
				"account": "account-somebody", "cadre": cadreAt[at], "from": "2014-01-01", "until": "2014-01-01", "reason": "出差",
			}}
		}},
		"list-deputies": {any: organization, granted: 200},
	}
}

// deputyFor is somebody without a role who stands in for a cadre today.
func (w *walk) deputyFor(cadre models.CadreID) *visitor {
	w.Helper()
	account := w.account("deputy-of-"+string(cadre), "", "", "")
	w.lend(account, cadre)
	return w.signedIn(account)
}

func (h *house) lend(account models.AccountID, cadre models.CadreID) store.Substitution {
	h.Helper()
	today := models.DateOf(h.clock.read())
	added, err := h.archive.AddSubstitution(h.Context(), store.Substitution{
		Account: account, For: cadre, From: today, Until: today.AddDays(3), Reason: "出差",
	}, "organizer", h.clock.read())
	require.NoError(h, err)
	return added
}

func TestADeputyOfACadreIsAnsweredAsTheCadreIs(t *testing.T) {
	w := newWalk(t)
	deputy := w.deputyFor(cadreAt[own])
	w.everywhere(t, func(operation documented, expected row, at place, found *findings) {
		// Whose an upload is must be said by a deputy; whoever ends a session ends it.
		if operation.ID == "upload-evidence" || expected.fresh {
			return
		}
		got, err := w.ask(deputy, operation, expected, at)
		if want := expected.status(auth.RoleCadre, at); err != nil || got.status != want {
			found.add("%s, %s: %d instead of %d (%v) %s", operation.ID, at, got.status, want, err, got.body)
		}
	})
}

func TestADeputyOfAnOfficeHasItsPartOfTheTreeAndNoMore(t *testing.T) {
	w := newWalk(t)
	for _, role := range without(readers, auth.RoleCadre) {
		cadre := models.CadreID("absent-" + string(role))
		require.NoError(t, w.archive.SaveCadres(t.Context(), []models.Cadre{{ID: cadre, Name: "乙", Rank: "division-head"}}))
		w.account("absent-"+string(role), role, unitAt[own], cadre)
		deputy := w.deputyFor(cadre)
		w.everywhere(t, func(operation documented, expected row, at place, found *findings) {
			if expected.public || expected.signedIn || expected.fresh || expected.shows != nil || slices.Contains(expected.any, auth.RoleCadre) {
				return
			}
			if expected.granted == http.StatusForbidden {
				// An act over the whole city, which an office of a district never has:
				// lent or not, it is refused alike.
				return
			}
			got, err := w.ask(deputy, operation, expected, at)
			if err != nil {
				found.add("%s as %s, %s: %v", operation.ID, role, at, err)
			}
			lent := expected.reaches(role, at) && substitutionRows()[operation.ID].granted == 0
			if (got.status == expected.granted) != lent {
				found.add("%s as %s, %s: %d, lent: %t %s", operation.ID, role, at, got.status, lent, got.body)
			}
		})
	}
}

func (w *walk) everywhere(t *testing.T, try func(documented, row, place, *findings)) {
	t.Helper()
	var group errgroup.Group
	group.SetLimit(8)
	found := &findings{}
	table := walkTable()
	for _, operation := range w.document() {
		for _, at := range places {
			group.Go(func() error { try(operation, table[operation.ID], at, found); return nil })
		}
	}
	require.NoError(t, group.Wait())
	require.Empty(t, found.lines)
}
