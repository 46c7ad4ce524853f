package api

import (
	"strings"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/seeds"
)

const walkPlan models.PlanID = "tianjin-2013"

// Who reads what lies in their part of the tree, and who works with the plan.
var (
	readers = []auth.Role{
		auth.RoleContact, auth.RoleLeader, auth.RoleDistrictScience, auth.RoleDistrictOrganization, auth.RoleCityScience,
		auth.RoleOrganization, auth.RoleAdjudicator, auth.RoleInspector, auth.RoleSigner, auth.RoleArchivist,
	}
	cadreOnly    = []auth.Role{auth.RoleCadre}
	organization = []auth.Role{auth.RoleOrganization}
	adjudicator  = []auth.Role{auth.RoleAdjudicator}
	reviewers    = []auth.Role{auth.RoleDistrictScience, auth.RoleDistrictOrganization, auth.RoleCityScience}
	business     = append([]auth.Role{auth.RoleCadre}, readers...)
)

func without(roles []auth.Role, left ...auth.Role) []auth.Role {
	var kept []auth.Role
	for _, role := range roles {
		gone := false
		for _, one := range left {
			gone = gone || one == role
		}
		if !gone {
			kept = append(kept, role)
		}
	}
	return kept
}

// furnishObligations enrols the three cadres of the walk.
func furnishObligations(w *walk) {
	read, err := seeds.Load(seeds.Embedded())
	require.NoError(w, err)
	require.NoError(w, read.Apply(w.Context(), w.archive))
	var enrolments []store.Enrolment
	for _, at := range places {
		cadre, unit := cadreAt[at], unitAt[at]
		require.NoError(w, w.archive.SaveCadres(w.Context(), []models.Cadre{{ID: cadre, Name: "甲", Rank: "division-head"}}))
		require.NoError(w, w.archive.SavePostings(w.Context(), []models.Posting{{Cadre: cadre, Unit: unit, Title: "处长", From: read.Plan.From}}))
		id := models.ObligationID{Plan: walkPlan, Cadre: cadre}
		w.keep("obligation", at, id.String())
		w.keep("cadre", at, string(cadre))
		enrolments = append(enrolments, store.Enrolment{Command: models.Command{
			ID: models.CommandID("enrol-" + string(cadre)), At: read.Plan.From.Start(), Actor: models.Actor{Account: models.SystemAccount},
			Body: models.Enrol{Obligation: id, Unit: unit, From: read.Plan.From, Due: read.Plan.To},
		}})
	}
	enrolled, err := w.archive.Enrol(w.Context(), enrolments, read.Plan.From.Start())
	require.NoError(w, err)
	require.Equal(w, len(places), enrolled)
}

// thingAs fills a path's parameter with the thing of that kind at the place.
func thingAs(kind string) func(*walk, place) call {
	return func(w *walk, at place) call { return call{values: map[string]string{kind: w.thing(kind, at)}} }
}

// keyed gives a call an idempotency key of its own.
func keyed(name string, build func(*walk, place) call) func(*walk, place) call {
	return func(w *walk, at place) call {
		asked := build(w, at)
		asked.headers = append(asked.headers, header("Idempotency-Key", name+"-"+string(at)))
		return asked
	}
}

func values(pairs ...string) func(*walk, place) call {
	filled := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		filled[pairs[i]] = pairs[i+1]
	}
	return func(*walk, place) call { return call{values: filled} }
}

// registryRows: units are for everybody with a role; the plan and its policy for
// all who work with it, which the three officers do not.
func registryRows() map[string]row {
	plan := values("plan", string(walkPlan), "number", "56")
	cadre := func(_ *walk, at place) string { return string(cadreAt[at]) }
	return map[string]row{
		"list-units":      {any: auth.Roles(), granted: 200},
		"get-unit":        {any: auth.Roles(), granted: 200, call: values("unit", "120102")},
		"list-plans":      {any: business, granted: 200},
		"get-plan":        {any: business, granted: 200, call: plan},
		"list-tasks":      {any: business, granted: 200, call: plan},
		"get-task":        {any: business, granted: 200, call: plan},
		"list-indicators": {any: business, granted: 200, call: plan},
		"list-policies":   {any: business, granted: 200},
		"get-policy":      {any: business, granted: 200, call: values("version", "1")},
		"list-workdays": {any: business, granted: 200, call: func(*walk, place) call {
			return call{query: "year=2013"}
		}},
		"list-cadres":   {tree: readers, self: cadreOnly, granted: 200, shows: cadre},
		"get-cadre":     {tree: readers, self: cadreOnly, granted: 200, call: thingAs("cadre")},
		"list-postings": {tree: readers, self: cadreOnly, granted: 200, call: thingAs("cadre")},
	}
}

// obligationRows: read by all who work in that part of the tree and by the
// cadre; the clock is the organization department's alone.
func obligationRows() map[string]row {
	rows := map[string]row{
		"list-obligations": {tree: readers, self: cadreOnly, granted: 200, shows: func(w *walk, at place) string {
			return `"` + w.thing("obligation", at) + `"`
		}},
		"count-obligations":  {any: business, granted: 200},
		"export-obligations": {any: []auth.Role{auth.RoleContact, auth.RoleLeader, auth.RoleOrganization, auth.RoleInspector, auth.RoleArchivist}, granted: 200},
		"get-outcomes":       {any: business, granted: 404, call: func(*walk, place) call { return call{query: "plan=absent"} }},
		"get-obligation":     {tree: readers, self: cadreOnly, granted: 200, call: thingAs("obligation")},
		"revoke-credit": {tree: adjudicator, granted: 428, call: keyed("revoke", func(w *walk, at place) call {
			return call{
				values: map[string]string{"obligation": w.thing("obligation", at), "record": w.thing("submitted", at)},
				body:   map[string]string{"document": "d", "remark": "理由"},
			}
		})},
	}
	for name, body := range map[string]any{
		"suspend-obligation":  map[string]string{"from": "2013-03-01", "ground": "illness", "document": "d"},
		"resume-obligation":   map[string]string{"on": "2013-03-01"},
		"extend-obligation":   map[string]any{"kinds": []string{"found"}, "due": "2016-03-01", "ground": "force-majeure", "document": "d"},
		"exempt-obligation":   map[string]any{"kinds": []string{"found"}, "ground": "illness", "document": "d"},
		"transfer-obligation": map[string]string{"to": "120102", "on": "2013-03-01", "document": "d"},
		"adopt-policy":        map[string]any{"version": 1, "document": "d"},
		"close-obligation":    map[string]string{"ground": "retirement", "document": "d"},
	} {
		short, _, _ := strings.Cut(name, "-")
		rows[name] = row{tree: organization, granted: 428, call: keyed(short, bodyTo(thingAs("obligation"), body))}
	}
	return rows
}
