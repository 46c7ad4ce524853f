package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

func TestTheLoserOfAnEnterpriseLearnsTheConflictButNotThePerson(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	o.cadre("C-2", "120102")
	holder, err := o.archive.CreateDraft(t.Context(), store.NewDraft{
		ID: "held", Obligation: models.ObligationID{Plan: testPlan, Cadre: "C-2"},
		Content: store.Content{Kind: models.Found, Enterprise: "D2143569X"}, At: o.clock.read(),
	})
	require.NoError(t, err)
	policy, err := auth.NewPolicy()
	require.NoError(t, err)
	s := &server{Services: Services{Archive: o.archive, Policy: policy, Clock: o.clock.read}}
	refusal := func() error {
		return models.Refuse(models.RefusedDuplicateCredit, "record", string(holder.ID), "obligation", holder.Obligation.String())
	}
	grant := func(role auth.Role, path string, cadre models.CadreID) auth.Principal {
		return auth.Principal{Account: "a", Cadre: cadre, Grants: []auth.Grant{{Role: role, Path: path}}}
	}

	loser := auth.WithPrincipal(t.Context(), grant(auth.RoleCadre, hepingPath, "C-1"))
	said := problem.Of(s.explainDuplicate(loser, "mine", refusal()))
	require.Equal(t, 409, said.Status)
	require.Equal(t, "河东区", said.Params["unit"])
	require.Equal(t, Prefix+"/records/mine/dispute", said.Params["dispute"])
	require.Contains(t, said.GetHeaders().Get("Link"), "/records/mine/dispute")
	require.NotContains(t, said.Params, "obligation", "the obligation's ID names the cadre")
	require.NotContains(t, said.Detail, "C-2")

	seeing := auth.WithPrincipal(t.Context(), grant(auth.RoleOrganization, cityPath, ""))
	said = problem.Of(s.explainDuplicate(seeing, "mine", refusal()))
	require.Equal(t, holder.Obligation.String(), said.Params["obligation"])
}

func TestAReviewersSeatsAreTheirStagesWithTheirUnits(t *testing.T) {
	policy, err := auth.NewPolicy()
	require.NoError(t, err)
	s := &server{Services: Services{Policy: policy}}
	who := auth.Principal{Account: "a", Grants: []auth.Grant{
		{Role: auth.RoleDistrictScience, Path: hepingPath}, {Role: auth.RoleCityScience, Path: cityPath},
	}}
	require.ElementsMatch(t, []store.Seat{
		{Stage: models.StageDistrictScience, Path: hepingPath}, {Stage: models.StageCityScience, Path: cityPath},
	}, s.seats(who, ""))
	require.Len(t, s.seats(who, models.StageCityScience), 1)
	require.Empty(t, s.seats(auth.Principal{Account: "b"}, ""))
}
