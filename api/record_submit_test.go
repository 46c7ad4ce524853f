package api

import (
	"net/http"
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

func TestAnEnterpriseIsClaimedByTheRegistrationNumberOfItsOldLicence(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	number, err := models.NewRegistrationNumber("12010100000001")
	require.NoError(t, err)
	early, _ := cadre.draft("C-1", models.EnterpriseKey(number))
	refused := cadre.do(http.MethodPost, Prefix+"/records/"+early+"/submit", nil, key("a"), ifMatch(`"1"`))
	refused.isProblem(t, problem.Code(models.RefusedEnterpriseKey), http.StatusUnprocessableEntity)
	require.Contains(t, refused.body, "尚未登记")

	known, err := models.NewOrganizationCode("A1234567")
	require.NoError(t, err)
	require.NoError(t, o.archive.SaveEnterprises(t.Context(), []models.Enterprise{{
		Key: known, RegistrationNumber: number, Name: "天津旧照科技有限公司", Established: models.MustDate("2013-06-18"), Unit: "120101",
	}}))
	_, made := cadre.draft("C-1", models.EnterpriseKey(number))
	detail := reads[RecordDetail](t, made, http.StatusCreated)
	require.Equal(t, known, detail.Record.Enterprise)
	require.Equal(t, "天津旧照科技有限公司", detail.Record.EnterpriseName, "what the registry knows is not typed")

	late := cadre.do(http.MethodPost, Prefix+"/records/"+early+"/submit", nil, key("b"), ifMatch(`"1"`))
	late.isProblem(t, problem.Code(models.RefusedEnterpriseKey), http.StatusUnprocessableEntity)
	require.Contains(t, late.body, models.FormatOrganizationCode(known), "a draft from before learns the code")
	nonsense, _ := cadre.draft("C-1", "N/A")
	got := cadre.do(http.MethodPost, Prefix+"/records/"+nonsense+"/submit", nil, key("c"), ifMatch(`"1"`))
	require.Contains(t, got.body, "不是有效的组织机构代码")
}
