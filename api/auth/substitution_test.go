package auth_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/api/auth"
	"bangfu/models"
)

// lentBy makes a deputy of somebody, as the door does at each request.
func lentBy(deputy auth.Principal, cadre models.CadreID, absent ...auth.Grant) auth.Principal {
	deputy.SubstituteFor = append(deputy.SubstituteFor, cadre)
	if lent, given := auth.Lend(deputy.Grants, cadre, absent); given {
		deputy.Lent = append(deputy.Lent, lent)
	}
	return deputy
}

func TestADeputyHasTheCadresRightsAndThoseOfTheirRoles(t *testing.T) {
	p := policy(t)
	deputy := somebody(auth.RoleCadre, heping)
	deputy.Cadre = "c1"
	deputy = lentBy(deputy, "c2", auth.Grant{Role: auth.RoleCadre, Path: hedong}, auth.Grant{Role: auth.RoleDistrictScience, Path: hedong})
	for _, permission := range []auth.Permission{auth.RecordSubmit, auth.RecordDraft, auth.EvidenceUpload, auth.DisputeOpen, auth.ObligationRead} {
		behalf, may := p.Behalf(deputy, permission, hedong, "c2")
		require.True(t, may, permission)
		require.Equal(t, models.CadreID("c2"), behalf, permission)
		behalf, may = p.Behalf(deputy, permission, heping, "c1")
		require.True(t, may, permission)
		require.Empty(t, behalf, "one's own right comes first")
	}
	require.False(t, p.MayOn(deputy, auth.RecordSubmit, hedong, "c3"))
	behalf, may := p.Behalf(deputy, auth.ReviewDistrictScience, hedong, "c9")
	require.True(t, may)
	require.Equal(t, models.CadreID("c2"), behalf)
	require.False(t, p.May(deputy, auth.ReviewDistrictScience, heping), "the same units and no others")
	require.Equal(t, []models.CadreID{"c1", "c2"}, p.Reach(deputy, auth.RecordSubmit).Cadres)
	require.Equal(t, []string{hedong}, p.Reach(deputy, auth.ReviewDistrictScience).Paths)
}

func TestOfficersNeitherLendNorBorrow(t *testing.T) {
	p := policy(t)
	for _, officer := range auth.OfficerRoles() {
		borrower := lentBy(somebody(officer, "/tj/"), "c2", auth.Grant{Role: auth.RoleInspector, Path: "/tj/"})
		require.False(t, p.Holds(borrower, auth.RecordRead), officer)
		require.False(t, p.Holds(borrower, auth.RecordSubmit), officer)
		deputy := lentBy(somebody(auth.RoleContact, heping), "c2", auth.Grant{Role: officer, Path: "/tj/"}, auth.Grant{Role: auth.RoleInspector, Path: "/tj/"})
		for _, permission := range []auth.Permission{auth.AccountManage, auth.GrantManage, auth.AccessLogRead, auth.RecordSubmit, auth.EventRead} {
			require.False(t, p.Holds(deputy, permission), "%s %s", officer, permission)
		}
		// Whoever becomes an officer while standing in has nothing of it any more.
		later := lentBy(somebody(auth.RoleContact, heping), "c2", auth.Grant{Role: auth.RoleInspector, Path: "/tj/"})
		later.Grants = []auth.Grant{{Role: officer, Path: "/tj/"}}
		require.False(t, p.Holds(later, auth.RecordRead), officer)
	}
}

func TestWhatIsLentIsNotPassedOn(t *testing.T) {
	p := policy(t)
	deputy := lentBy(somebody(auth.RoleCadre, heping), "c2", auth.Grant{Role: auth.RoleOrganization, Path: heping})
	require.True(t, p.May(deputy, auth.ObligationSuspend, heping))
	require.False(t, p.Holds(deputy, auth.SubstituteManage))
	own := somebody(auth.RoleOrganization, heping)
	require.True(t, p.May(own, auth.SubstituteManage, heping))
}

func TestATokenOfADeputyIsAsNarrowAsItsScopes(t *testing.T) {
	p := policy(t)
	deputy := lentBy(somebody(auth.RoleCadre, heping), "c2")
	deputy.Scopes = []auth.Permission{auth.ObligationRead}
	require.True(t, p.MayOn(deputy, auth.ObligationRead, hedong, "c2"))
	require.False(t, p.MayOn(deputy, auth.RecordSubmit, hedong, "c2"))
}

func TestListsAndSingleReadsOfADeputyFollowTheSameRule(t *testing.T) {
	p := policy(t)
	paths := []string{"/tj/", heping, hepingOffice, hedong}
	cadres := []models.CadreID{"c1", "c2", "c3"}
	rapid.Check(t, func(t *rapid.T) {
		grants := func(name string) []auth.Grant {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) auth.Grant {
				return auth.Grant{Role: rapid.SampledFrom(auth.Roles()).Draw(t, "role"), Path: rapid.SampledFrom(paths).Draw(t, "part")}
			}), 0, 3).Draw(t, name)
		}
		who := auth.Principal{Account: "a", Cadre: rapid.SampledFrom(append([]models.CadreID{""}, cadres...)).Draw(t, "self"), Grants: grants("own")}
		alone := who
		for _, cadre := range rapid.SliceOfDistinct(rapid.SampledFrom(cadres), rapid.ID).Draw(t, "stands in for") {
			if cadre != who.Cadre {
				who = lentBy(who, cadre, grants("absent")...)
			}
		}
		permission := rapid.SampledFrom(auth.Permissions()).Draw(t, "permission")
		path, owner := rapid.SampledFrom(paths).Draw(t, "path"), rapid.SampledFrom(cadres).Draw(t, "owner")
		behalf, may := p.Behalf(who, permission, path, owner)
		require.Equal(t, may, p.Reach(who, permission).Covers(path, owner), "list and single read")
		if p.MayOn(alone, permission, path, owner) {
			require.True(t, may)
			require.Empty(t, behalf, "an own right needs no other")
		} else if may {
			require.Contains(t, who.SubstituteFor, behalf)
			require.NotEqual(t, auth.SubstituteManage, permission)
		}
	})
}
