package api

import (
	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
)

// furnishProposals leaves a proposal about each of the three duties.
func furnishProposals(w *walk) {
	for _, at := range places {
		id := models.ObligationID{Plan: walkPlan, Cadre: cadreAt[at]}
		path, err := w.archive.UnitPath(w.Context(), unitAt[at])
		require.NoError(w, err)
		proposal := models.ProposalID("proposal-" + string(at))
		_, _, err = w.archive.Propose(w.Context(), store.Proposal{
			ID: proposal, Plan: walkPlan, Body: models.Exempt{Kinds: models.Kinds, Ground: "illness", Document: "absent"},
			UnitPath: path, Proposer: "somebody", ProposedAt: w.clock.read(), State: store.ProposalOpen,
			Command: models.CommandID("somebody:" + proposal), Digest: "x",
		}, []store.ProposalPart{{Obligation: id, Sequence: 1}})
		require.NoError(w, err)
		w.keep("proposal", at, string(proposal))
	}
}

// proposalRows: seen by all who oversee duties in that part of the tree, decided
// on by the organization department alone. A cadre is told once it is decided.
func proposalRows() map[string]row {
	order := map[string]any{"kind": "resume", "on": "2014-03-01", "query": map[string]string{"plan": "no-such-plan"}}
	onlookers := without(readers, organization...)
	decision := func(id string) row {
		return row{tree: organization, onlookers: onlookers, granted: 428, call: keyed(id, bodyTo(thingAs("proposal"), map[string]string{"remark": "x"}))}
	}
	rows := map[string]row{
		"list-proposals": {tree: readers, granted: 200, shows: func(w *walk, at place) string {
			return `"` + w.thing("proposal", at) + `"`
		}},
		"get-proposal":       {tree: readers, granted: 200, call: thingAs("proposal")},
		"list-proposal-rows": {tree: readers, granted: 200, call: thingAs("proposal")},
		"reject-proposal":    decision("reject"),
		"approve-proposal":   decision("approve"),
		"withdraw-proposal":  {tree: nil, onlookers: readers, granted: 428, call: keyed("withdraw", bodyTo(thingAs("proposal"), map[string]string{}))},
		"rehearse-batch":     {any: organization, granted: 422, call: withBody(order)},
		"give-batch":         {any: organization, granted: 428, call: keyed("batch", withBody(order))},
	}
	return rows
}
