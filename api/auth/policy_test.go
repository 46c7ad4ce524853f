package auth_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/api/auth"
	"bangfu/models"
)

const (
	heping       = "/tj/120101/"
	hepingOffice = "/tj/120101/zzb/"
	hedong       = "/tj/120102/"
)

func policy(t testing.TB) *auth.Policy {
	t.Helper()
	read, err := auth.NewPolicy()
	require.NoError(t, err)
	return read
}

func somebody(role auth.Role, path string) auth.Principal {
	return auth.Principal{Account: "a", Grants: []auth.Grant{{Role: role, Path: path}}}
}

func TestAPartOfTheTreeCoversWhatIsBelowItAndNotWhatIsBesideIt(t *testing.T) {
	require.True(t, auth.Covers("/tj/", heping))
	require.True(t, auth.Covers(heping, heping))
	require.True(t, auth.Covers(heping, hepingOffice))
	require.False(t, auth.Covers(hepingOffice, heping))
	require.False(t, auth.Covers("/tj/1/", "/tj/10/"))
	require.False(t, auth.Covers("/tj/1", "/tj/10/"), "a part without its slash covers nothing")
	require.False(t, auth.Covers("", heping))
}

func TestThePolicyFileNamesOnlyRolesScopesAndPermissionsThatExist(t *testing.T) {
	text, err := os.ReadFile("policy.csv")
	require.NoError(t, err)
	reader := csv.NewReader(strings.NewReader(string(text)))
	reader.Comment, reader.TrimLeadingSpace, reader.FieldsPerRecord = '#', true, 4
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	given := map[auth.Permission]bool{}
	seen := map[string]bool{}
	for _, row := range rows {
		require.True(t, auth.Role(row[1]).Valid(), row)
		require.Contains(t, []string{"tree", "own", "any"}, row[2])
		require.True(t, slices.Contains(auth.Permissions(), auth.Permission(row[3])), row)
		require.False(t, seen[strings.Join(row, ",")], "twice: %v", row)
		seen[strings.Join(row, ",")] = true
		given[auth.Permission(row[3])] = true
	}
	for _, permission := range auth.Permissions() {
		require.True(t, given[permission], "nobody has %s", permission)
	}
}

func TestAReviewerActsAtTheirStageInTheirDistrictOnly(t *testing.T) {
	p := policy(t)
	science := somebody(auth.RoleDistrictScience, heping)
	require.True(t, p.May(science, auth.ReviewDistrictScience, hepingOffice))
	require.False(t, p.May(science, auth.ReviewDistrictScience, hedong))
	require.False(t, p.May(science, auth.ReviewDistrictOrganization, hepingOffice))
	require.False(t, p.May(science, auth.ReviewCityScience, hepingOffice))
	city := somebody(auth.RoleCityScience, "/tj/")
	require.True(t, p.May(city, auth.ReviewCityScience, hedong))
	require.False(t, p.May(city, auth.ReviewDistrictScience, hedong))
}

func TestACadreHasRightsOverTheirOwnOnly(t *testing.T) {
	p := policy(t)
	cadre := somebody(auth.RoleCadre, heping)
	cadre.Cadre = "c1"
	require.True(t, p.MayOn(cadre, auth.RecordSubmit, heping, "c1"))
	require.False(t, p.MayOn(cadre, auth.RecordSubmit, heping, "c2"))
	require.False(t, p.May(cadre, auth.RecordSubmit, heping))
	require.Equal(t, []models.CadreID{"c1"}, p.Reach(cadre, auth.ObligationRead).Cadres)
	require.Empty(t, p.Reach(cadre, auth.ObligationRead).Paths)
	cadre.Cadre = ""
	require.False(t, p.MayOn(cadre, auth.RecordSubmit, heping, ""), "an account without a cadre owns nothing")
}

func TestOfficersReadNoBusinessData(t *testing.T) {
	p := policy(t)
	for _, role := range []auth.Role{auth.RoleSystemOfficer, auth.RoleSecurityOfficer, auth.RoleAuditor} {
		for _, permission := range []auth.Permission{
			auth.CadreRead, auth.EnterpriseRead, auth.EvidenceRead, auth.RecordRead, auth.ObligationRead, auth.DisputeRead, auth.EventRead,
			auth.InspectionRead, auth.SampleRead, auth.BulletinRead,
		} {
			require.False(t, p.Holds(somebody(role, "/tj/"), permission), "%s %s", role, permission)
		}
	}
}

func TestTheThreeOfficersAreThreePeople(t *testing.T) {
	officers := []auth.Role{auth.RoleSystemOfficer, auth.RoleSecurityOfficer, auth.RoleAuditor}
	for _, held := range auth.Roles() {
		for _, added := range auth.Roles() {
			apart := held != added && (slices.Contains(officers, held) || slices.Contains(officers, added))
			require.Equal(t, !apart, auth.Separate([]auth.Role{held}, added), "%s and %s", held, added)
		}
	}
	require.True(t, auth.Separate(nil, auth.RoleAuditor))
}

func TestATokenIsAsNarrowAsItsScopes(t *testing.T) {
	p := policy(t)
	program := somebody(auth.RoleInspector, "/tj/")
	program.Scopes = []auth.Permission{auth.RecordRead, auth.RecordRevoke}
	require.True(t, p.May(program, auth.RecordRead, heping))
	require.False(t, p.May(program, auth.ObligationRead, heping), "not in its scopes")
	require.False(t, p.May(program, auth.RecordRevoke, heping), "not its owner's either")
	program.Scopes = []auth.Permission{}
	require.False(t, p.Holds(program, auth.RecordRead))
}

func TestListsAndSingleReadsFollowTheSameRule(t *testing.T) {
	p := policy(t)
	paths := []string{"/tj/", heping, hepingOffice, hedong, "/tj/1/", "/tj/10/"}
	cadres := []models.CadreID{"", "c1", "c2"}
	rapid.Check(t, func(t *rapid.T) {
		who := auth.Principal{Account: "a", Cadre: rapid.SampledFrom(cadres).Draw(t, "self")}
		for range rapid.IntRange(0, 3).Draw(t, "grants") {
			who.Grants = append(who.Grants, auth.Grant{
				Role: rapid.SampledFrom(auth.Roles()).Draw(t, "role"), Path: rapid.SampledFrom(paths).Draw(t, "part"),
			})
		}
		permission := rapid.SampledFrom(auth.Permissions()).Draw(t, "permission")
		path := rapid.SampledFrom(paths).Draw(t, "path")
		owner := rapid.SampledFrom([]models.CadreID{"c1", "c2"}).Draw(t, "owner")
		reach := p.Reach(who, permission)
		if reach.Covers(path, owner) != p.MayOn(who, permission, path, owner) {
			t.Fatalf("%v on %s at %s of %s: list and single read differ", who, permission, path, owner)
		}
	})
}
