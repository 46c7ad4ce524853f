package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
)

func faults(problems []*models.CodeProblem) []models.CodeFault {
	var result []models.CodeFault
	for _, problem := range problems {
		result = append(result, problem.Fault)
	}
	return result
}

func TestTheTwoCodesOfOneEnterpriseMustAgree(t *testing.T) {
	identity, problems := models.EnterpriseCodes{
		Organization: "08594815-8", Unified: "91440300085948158H", Registration: "440301108548379",
	}.Identify(nil)
	require.Empty(t, problems)
	require.Equal(t, models.EnterpriseIdentity{
		Key: "085948158", UnifiedCode: "91440300085948158H", RegistrationNumber: "440301108548379",
	}, identity)

	_, problems = models.EnterpriseCodes{Organization: "19220382-1", Unified: "91440300085948158H"}.Identify(nil)
	require.Equal(t, []models.CodeFault{models.FaultDisagree}, faults(problems))
	require.Equal(t, "085948158", problems[0].Expected)
}

func TestARegistrationNumberAloneGivesNoKey(t *testing.T) {
	identity, problems := models.EnterpriseCodes{Registration: "440301108548379"}.Identify(nil)
	require.Empty(t, identity.Key)
	require.Equal(t, []models.CodeFault{models.FaultMissing}, faults(problems))
	require.Equal(t, models.CodeOrganization, problems[0].Code)
}

func TestAFieldOfDashesIsAnEmptyField(t *testing.T) {
	identity, problems := models.EnterpriseCodes{Organization: "D2143569-X", Unified: " — ", Registration: "-"}.Identify(nil)
	require.Empty(t, problems)
	require.Equal(t, models.EnterpriseIdentity{Key: "D2143569X"}, identity)
}

func TestAFailingCheckDigitNeedsTwoPeople(t *testing.T) {
	codes := models.EnterpriseCodes{Organization: "D2143569-1"}
	_, problems := codes.Identify(nil)
	require.Equal(t, []models.CodeFault{models.FaultCheckDigit}, faults(problems))

	good := models.Override{Key: "D21435691", RequestedBy: "chen", ApprovedBy: "li", Document: "licence"}
	identity, problems := codes.Identify(&good)
	require.Empty(t, problems)
	require.Equal(t, models.EnterpriseKey("D21435691"), identity.Key)

	for name, change := range map[string]func(*models.Override){
		"the same person twice": func(o *models.Override) { o.ApprovedBy = o.RequestedBy },
		"nobody approved":       func(o *models.Override) { o.ApprovedBy = "" },
		"nobody requested":      func(o *models.Override) { o.RequestedBy = "" },
		"no licence":            func(o *models.Override) { o.Document = "" },
		"another enterprise":    func(o *models.Override) { o.Key = "192203821" },
	} {
		override := good
		change(&override)
		_, problems := codes.Identify(&override)
		require.NotEmpty(t, problems, name)
	}
}

func TestNoOverrideAdmitsAMalformedOrSelfDefinedCode(t *testing.T) {
	override := models.Override{Key: "PDY000019", RequestedBy: "chen", ApprovedBy: "li", Document: "licence"}
	for _, text := range []string{"PDY00001-9", "PDY0001", "津Y000019-1"} {
		_, problems := models.EnterpriseCodes{Organization: text}.Identify(&override)
		require.NotEmpty(t, problems, text)
	}
}

func TestNamesAreComparedWithoutTheirPunctuation(t *testing.T) {
	require.Equal(t, models.NormalName("天津ＡＢ科技（集团）有限公司"), models.NormalName(" 天津ab科技(集团) 有限公司"))
	require.NotEqual(t, models.NormalName("天津一科技有限公司"), models.NormalName("天津二科技有限公司"))
}
