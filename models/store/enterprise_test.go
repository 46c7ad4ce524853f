package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/store"
)

func enterpriseKeys(ctx context.Context, t *testing.T, archive *store.Archive, filter store.EnterpriseFilter) []models.EnterpriseKey {
	t.Helper()
	keys := []models.EnterpriseKey{}
	for _, entry := range everyPage(t, func(page store.Page) (store.Paged[store.EnterpriseEntry], error) {
		return archive.Enterprises(ctx, filter, page)
	}, 2) {
		keys = append(keys, entry.Key)
	}
	return keys
}

func TestEnterprisesAreFoundByNameFormerNameInitialsAndAnyCode(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		unified, err := models.NewUnifiedCode("120101", theKey(t, 1))
		require.NoError(t, err)
		enterprises := []models.Enterprise{
			{Key: theKey(t, 1), UnifiedCode: unified, Name: "天津海河（集团）有限公司", FormerNames: []string{"天津渤海机械厂"}, Unit: "120101"},
			{Key: theKey(t, 2), RegistrationNumber: "440301108548379", Name: "滨海新能源科技有限公司", Unit: "120116-KFQ"},
			{Key: theKey(t, 3), Name: "100%_甲公司", Unit: "120102"},
		}
		for range 2 {
			require.NoError(t, archive.SaveEnterprises(ctx, enterprises))
		}
		for text, expected := range map[string][]models.EnterpriseKey{
			"":                       {theKey(t, 1), theKey(t, 2), theKey(t, 3)},
			"海河(集团)":                 {theKey(t, 1)},
			" 海河 集团 ":                {theKey(t, 1)},
			"渤海机械":                   {theKey(t, 1)},
			"bhjx":                   {theKey(t, 1)},
			"TJHH":                   {theKey(t, 1)},
			"xny":                    {theKey(t, 2)},
			"440301 108548379":       {theKey(t, 2)},
			strings.ToLower(unified): {theKey(t, 1)},
			models.FormatOrganizationCode(theKey(t, 2)): {theKey(t, 2)},
			"100%":  {theKey(t, 3)},
			"%":     {theKey(t, 3)},
			"没有的公司": {},
		} {
			require.Equal(t, expected, enterpriseKeys(ctx, t, archive, store.EnterpriseFilter{Text: text}), text)
		}
		require.Equal(t, []models.EnterpriseKey{theKey(t, 1)}, enterpriseKeys(ctx, t, archive, store.EnterpriseFilter{Under: "/tj/120101/"}))
		entry, err := archive.Enterprise(ctx, theKey(t, 1))
		require.NoError(t, err)
		require.Equal(t, []string{"天津渤海机械厂"}, entry.FormerNames)
		require.Equal(t, "/tj/120101/", entry.UnitPath)
	})
}

func TestAnEnterpriseIsRegisteredOnceUnderItsOrganizationCode(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		registration := store.Registration{UnifiedCode: "9135 0100-m000100y43", Name: " 海河  公司 ", Unit: "120101", Established: models.MustDate("2013-05-06")}
		registered, err := archive.RegisterEnterprise(ctx, registration, clerk, registryNow)
		require.NoError(t, err)
		require.Equal(t, models.EnterpriseKey("M000100Y4"), registered.Key)
		require.Equal(t, "91350100M000100Y43", registered.UnifiedCode)
		require.Equal(t, clerk, registered.CreatedBy)
		require.Equal(t, models.MustDate("2013-05-06"), registered.Established)

		var exists *store.EnterpriseExists
		_, err = archive.RegisterEnterprise(ctx, store.Registration{OrganizationCode: "M000100Y-4", Name: "另一名称"}, clerk, registryNow)
		require.ErrorAs(t, err, &exists)
		require.ErrorIs(t, err, store.ErrDuplicate)
		require.Equal(t, "海河 公司", exists.Existing.Name, "the refusal shows what is there")
		entries, err := archive.AuditEntries(ctx, store.AuditFilter{Kind: "enterprise"}, store.Page{})
		require.NoError(t, err)
		require.Len(t, entries.Items, 1)
	})
}

func TestOfManyWhoRegisterTheSameEnterpriseOneDoes(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		const people = 8
		answers := make(chan error, people)
		for range people {
			go func() {
				_, err := archive.RegisterEnterprise(ctx, store.Registration{OrganizationCode: "D2143569-X", Name: "公司"}, clerk, registryNow)
				answers <- err
			}()
		}
		registered := 0
		for range people {
			err := <-answers
			var exists *store.EnterpriseExists
			if err == nil {
				registered++
			} else {
				require.ErrorAs(t, err, &exists)
				require.Equal(t, models.EnterpriseKey("D2143569X"), exists.Existing.Key)
			}
		}
		require.Equal(t, 1, registered)
	})
}

func TestCodesThatFailTheirCheckAreRefused(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		for name, test := range map[string]struct {
			registration store.Registration
			fault        models.CodeFault
		}{
			"none":              {store.Registration{}, models.FaultMissing},
			"only the register": {store.Registration{RegistrationNumber: "440301108548379"}, models.FaultMissing},
			"check digit":       {store.Registration{UnifiedCode: "91350100M000100Y4Z"}, models.FaultCharacter},
			"last digit":        {store.Registration{OrganizationCode: "D2143569-1"}, models.FaultCheckDigit},
			"register digit":    {store.Registration{OrganizationCode: "D2143569-X", RegistrationNumber: "440301108548370"}, models.FaultCheckDigit},
			"two bodies":        {store.Registration{UnifiedCode: "91350100M000100Y43", OrganizationCode: "D2143569-X"}, models.FaultDisagree},
			"self-defined":      {store.Registration{OrganizationCode: "PDY00001-7"}, models.FaultSelfDefined},
		} {
			test.registration.Name = "公司"
			_, err := archive.RegisterEnterprise(ctx, test.registration, clerk, registryNow)
			var problem *models.CodeProblem
			require.ErrorAs(t, err, &problem, name)
			require.Equal(t, test.fault, problem.Fault, name)
		}
		_, err := archive.RegisterEnterprise(ctx, store.Registration{OrganizationCode: "D2143569-X", Name: " （ ） "}, clerk, registryNow)
		require.ErrorIs(t, err, store.ErrEnterpriseName)
		require.Empty(t, enterpriseKeys(ctx, t, archive, store.EnterpriseFilter{}))
	})
}

func TestAFailingCodeNeedsTwoPeople(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		failing := store.Registration{OrganizationCode: "D2143569-1", Name: "老证公司"}
		const key = models.EnterpriseKey("D21435691")
		_, err := archive.RequestOverride(ctx, key, "no such scan", "", clerk, registryNow)
		require.ErrorIs(t, err, store.ErrNotFound)
		licence, err := archive.AddEvidence(ctx, anUpload("a", store.EvidenceDocument))
		require.NoError(t, err)
		requested, err := archive.RequestOverride(ctx, key, licence.ID, "证照如此", clerk, registryNow)
		require.NoError(t, err)
		require.False(t, requested.Approved())

		var problem *models.CodeProblem
		_, err = archive.RegisterEnterprise(ctx, failing, clerk, registryNow)
		require.ErrorAs(t, err, &problem, "one person is not enough")
		_, err = archive.ApproveOverride(ctx, requested.ID, clerk, registryNow)
		require.ErrorIs(t, err, store.ErrTwoPeople)
		waiting, err := archive.Overrides(ctx, true, store.Page{})
		require.NoError(t, err)
		require.Len(t, waiting.Items, 1)

		for range 2 {
			approved, err := archive.ApproveOverride(ctx, requested.ID, chief, registryNow)
			require.NoError(t, err)
			require.True(t, approved.Approved())
		}
		registered, err := archive.RegisterEnterprise(ctx, failing, clerk, registryNow)
		require.NoError(t, err)
		require.Equal(t, &models.Override{Key: key, RequestedBy: clerk, ApprovedBy: chief, Document: licence.ID}, registered.Override)
		_, err = archive.RegisterEnterprise(ctx, store.Registration{OrganizationCode: "D2143569-2", Name: "别家"}, clerk, registryNow)
		require.ErrorAs(t, err, &problem, "an approval admits one key only")
	})
}

func TestANewNameLeavesTheOldOneBehind(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		_, err := archive.RegisterEnterprise(ctx, store.Registration{OrganizationCode: "D2143569-X", Name: "旧名公司"}, clerk, registryNow)
		require.NoError(t, err)
		name, phone := "新名公司", "022-1"
		edited, err := archive.EditEnterprise(ctx, "D2143569X", 1, store.EnterpriseEdit{Name: &name, Phone: &phone}, chief, registryNow)
		require.NoError(t, err)
		require.Equal(t, "新名公司", edited.Name)
		require.Equal(t, []string{"旧名公司"}, edited.FormerNames)
		require.Equal(t, int64(2), edited.Version)
		require.Equal(t, []models.EnterpriseKey{"D2143569X"}, enterpriseKeys(ctx, t, archive, store.EnterpriseFilter{Text: "旧名"}))

		_, err = archive.EditEnterprise(ctx, "D2143569X", 1, store.EnterpriseEdit{Phone: &phone}, chief, registryNow)
		require.ErrorIs(t, err, store.ErrVersion)
		_, err = archive.EditEnterprise(ctx, "19220382X", 1, store.EnterpriseEdit{Phone: &phone}, chief, registryNow)
		require.ErrorIs(t, err, store.ErrNotFound)
		other := "91350100M000100Y43"
		var problem *models.CodeProblem
		_, err = archive.EditEnterprise(ctx, "D2143569X", 2, store.EnterpriseEdit{UnifiedCode: &other}, chief, registryNow)
		require.ErrorAs(t, err, &problem)
		require.Equal(t, models.FaultDisagree, problem.Fault, "the key never changes")
		right, err := models.NewUnifiedCode("120101", "D2143569X")
		require.NoError(t, err)
		edited, err = archive.EditEnterprise(ctx, "D2143569X", 2, store.EnterpriseEdit{UnifiedCode: &right}, chief, registryNow)
		require.NoError(t, err)
		require.Equal(t, right, edited.UnifiedCode)
	})
}

// anUpload is an upload of a content that the letter stands for.
func anUpload(letter string, purpose store.EvidencePurpose) store.Evidence {
	return store.Evidence{
		SHA256: strings.Repeat(letter, 64), SM3: strings.Repeat(letter, 64), Size: 7, MediaType: "application/pdf",
		FileName: strings.Repeat("营", 300) + ".pdf", Purpose: purpose, Cadre: "C1", UnitPath: "/tj/120101/",
		UploadedBy: clerk, UploadedAt: registryNow,
	}
}

func TestEvidenceIsReadWithinTheReachAndKeptOnce(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		added, err := archive.AddEvidence(ctx, anUpload("a", store.EvidenceOfClaim))
		require.NoError(t, err)
		again, err := archive.AddEvidence(ctx, anUpload("a", store.EvidenceOfClaim))
		require.NoError(t, err)
		require.Equal(t, added, again, "the same upload is kept once")
		document, err := archive.AddEvidence(ctx, anUpload("a", store.EvidenceDocument))
		require.NoError(t, err)
		require.NotEqual(t, added.ID, document.ID)

		for name, reach := range map[string]store.Reach{
			"own": {Cadres: []models.CadreID{"C1"}}, "district": {Paths: []string{"/tj/120101/"}}, "city": {Paths: []string{"/tj/"}}, "all": {All: true},
		} {
			found, err := archive.Evidence(ctx, reach, added.ID)
			require.NoError(t, err, name)
			require.Equal(t, added, found)
		}
		for name, reach := range map[string]store.Reach{
			"another cadre": {Cadres: []models.CadreID{"C2"}}, "next district": {Paths: []string{"/tj/120102/"}}, "nobody": {},
		} {
			_, err := archive.Evidence(ctx, reach, added.ID)
			require.ErrorIs(t, err, store.ErrNotFound, name)
		}
		first, err := archive.EvidenceByDigest(ctx, added.SHA256)
		require.NoError(t, err)
		require.Equal(t, added.ID, first.ID)
		_, err = archive.EvidenceByDigest(ctx, strings.Repeat("b", 64))
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = archive.AddEvidence(ctx, store.Evidence{Purpose: store.EvidenceOfClaim})
		require.ErrorIs(t, err, store.ErrEvidence)
	})
}
