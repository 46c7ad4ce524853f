package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// aSubstitution is C2's account for C1, in June.
func aSubstitution() store.Substitution {
	return store.Substitution{
		Account: "acc-2", By: "C2", For: "C1", Reason: "出差",
		From: models.MustDate("2014-06-01"), Until: models.MustDate("2014-06-30"),
	}
}

func actsOn(ctx context.Context, t *testing.T, archive *store.Archive, day string) []models.CadreID {
	t.Helper()
	by, err := archive.SubstitutionsBy(ctx, "acc-2", models.MustDate(day))
	require.NoError(t, err)
	of, err := archive.SubstitutesOf(ctx, "C1", models.MustDate(day))
	require.NoError(t, err)
	require.Len(t, of, len(by), "both sides agree")
	cadres := []models.CadreID{}
	for _, one := range by {
		cadres = append(cadres, one.For)
	}
	return cadres
}

func TestASubstituteActsFromTheFirstDayToTheLast(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		given := aSubstitution()
		added, err := archive.AddSubstitution(ctx, given, chief, registryNow)
		require.NoError(t, err)
		for day, expected := range map[string]int{"2014-05-31": 0, "2014-06-01": 1, "2014-06-30": 1, "2014-07-01": 0} {
			require.Len(t, actsOn(ctx, t, archive, day), expected, day)
		}
		require.NoError(t, archive.EndSubstitution(ctx, added.ID, added.Version, models.MustDate("2014-06-10"), chief, registryNow))
		require.Len(t, actsOn(ctx, t, archive, "2014-06-10"), 1)
		require.Empty(t, actsOn(ctx, t, archive, "2014-06-11"))
		all, err := archive.SubstitutesOf(ctx, "C1", models.Date{})
		require.NoError(t, err)
		require.Equal(t, "出差", all[0].Reason)
		given.By = "C1"
		_, err = archive.AddSubstitution(ctx, given, chief, registryNow)
		require.ErrorIs(t, err, store.ErrSubstitution, "nobody stands in for themselves")
	})
}

func TestASubstitutionThatIsEndedAtOnceGivesNothingAndStaysOnRecord(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		added, err := archive.AddSubstitution(ctx, aSubstitution(), chief, registryNow)
		require.NoError(t, err)
		require.Equal(t, store.SubstitutionCurrent, added.State(models.DateOf(registryNow)))
		require.ErrorIs(t, archive.EndSubstitution(ctx, added.ID, 7, models.Date{}, chief, registryNow), store.ErrVersion)
		require.NoError(t, archive.EndSubstitution(ctx, added.ID, 1, models.Date{}, chief, registryNow))
		require.Empty(t, actsOn(ctx, t, archive, "2014-06-02"), "the very day")
		ended, err := archive.Substitution(ctx, store.Everything(), added.ID)
		require.NoError(t, err)
		require.Equal(t, added.Until, ended.Until)
		require.Equal(t, registryNow, ended.EndedAt)
		require.Equal(t, chief, ended.EndedBy)
		require.Equal(t, store.SubstitutionPast, ended.State(models.DateOf(registryNow)))
		require.ErrorIs(t, archive.EndSubstitution(ctx, added.ID, 2, models.Date{}, chief, registryNow), store.ErrSubstitution)
		require.ErrorIs(t, archive.EndSubstitution(ctx, "absent", 1, models.Date{}, chief, registryNow), store.ErrNotFound)
	})
}

func TestTheLastDayIsMovedOnlyWithinWhatIsLeft(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		added, err := archive.AddSubstitution(ctx, aSubstitution(), chief, registryNow)
		require.NoError(t, err)
		for _, day := range []string{"2014-06-01", "2014-06-30", "2014-07-05"} {
			err := archive.EndSubstitution(ctx, added.ID, 1, models.MustDate(day), chief, registryNow)
			require.ErrorIs(t, err, store.ErrSubstitution, day)
		}
		require.NoError(t, archive.EndSubstitution(ctx, added.ID, 1, models.MustDate("2014-06-02"), chief, registryNow))
	})
}

func TestTheSameTwoAreNotArrangedTwiceForTheSameDays(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		first, err := archive.AddSubstitution(ctx, aSubstitution(), chief, registryNow)
		require.NoError(t, err)
		again := aSubstitution()
		again.From, again.Until = again.Until, again.Until.AddDays(9)
		_, err = archive.AddSubstitution(ctx, again, chief, registryNow)
		require.ErrorIs(t, err, store.ErrDuplicate)
		another := again
		another.Account, another.By = "acc-3", "C3"
		_, err = archive.AddSubstitution(ctx, another, chief, registryNow)
		require.NoError(t, err, "somebody else may share it")
		require.NoError(t, archive.EndSubstitution(ctx, first.ID, 1, models.Date{}, chief, registryNow))
		_, err = archive.AddSubstitution(ctx, again, chief, registryNow)
		require.NoError(t, err, "what was ended is in nobody's way")
	})
}

func TestSubstitutionsAreListedWithinTheReachByWhereTheyAre(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		today := models.DateOf(registryNow)
		ids := map[string]string{}
		for name, one := range map[string]store.Substitution{
			"past":    {Account: "acc-2", For: "C1", From: today.AddDays(-9), Until: today.AddDays(-1)},
			"current": {Account: "acc-2", For: "C1", From: today, Until: today},
			"coming":  {Account: "acc-2", For: "C1", From: today.AddDays(1), Until: today.AddDays(9)},
			"hedong":  {Account: "acc-2", For: "C4", From: today, Until: today},
		} {
			one.ID = name
			added, err := archive.AddSubstitution(ctx, one, chief, registryNow)
			require.NoError(t, err)
			ids[name] = added.ID
		}
		heping := store.Reach{Paths: []string{"/tj/120101/"}}
		list := func(reach store.Reach, filter store.SubstitutionFilter) []string {
			filter.Today = today
			found := []string{}
			for _, one := range everyPage(t, func(page store.Page) (store.Paged[store.Substitution], error) {
				return archive.Substitutions(ctx, reach, filter, page)
			}, 2) {
				found = append(found, one.ID)
			}
			return found
		}
		require.Equal(t, []string{"coming", "current", "past"}, list(heping, store.SubstitutionFilter{}))
		for state, name := range map[store.SubstitutionState]string{
			store.SubstitutionPast: "past", store.SubstitutionCurrent: "current", store.SubstitutionComing: "coming",
		} {
			require.Equal(t, []string{name}, list(heping, store.SubstitutionFilter{State: state}), state)
		}
		require.Equal(t, []string{"hedong"}, list(store.Everything(), store.SubstitutionFilter{Cadre: "C4"}))
		require.Empty(t, list(heping, store.SubstitutionFilter{Cadre: "C4"}))
		require.Empty(t, list(store.Reach{}, store.SubstitutionFilter{}))
		require.Len(t, list(heping, store.SubstitutionFilter{On: today}), 1)
		_, err := archive.Substitution(ctx, heping, ids["hedong"])
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestOnlyActiveAccountsWithinTheReachCanStandIn(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		for _, account := range []store.Account{
			{ID: "acc-1", Login: "zhangsan", Name: "张三", Cadre: "C1"},
			{ID: "acc-2", Login: "zxm", Name: "曾小明", Cadre: "C2"},
			{ID: "acc-3", Login: "gone", Name: "欧阳芸", Cadre: "C3", State: store.AccountDisabled},
			{ID: "acc-4", Login: "far", Name: "单永志", Cadre: "C4"},
			{ID: "acc-5", Login: "office", Name: "初审员"},
			{ID: "acc-6", Login: "officer", Name: "管理员"},
		} {
			require.NoError(t, archive.CreateAccount(ctx, account, registryNow))
		}
		for account, role := range map[models.AccountID]string{"acc-5": "district-science", "acc-6": "system-officer", "acc-1": "inspector", "acc-3": "inspector"} {
			require.NoError(t, archive.AddGrant(ctx, store.Grant{
				ID: "g-" + string(account), Account: account, Role: role, Unit: "120101", Path: "/tj/120101/", By: chief, At: registryNow,
			}, 1))
		}
		heping := store.Reach{Paths: []string{"/tj/120101/"}}
		names := func(text string) []string {
			found, err := archive.Candidates(ctx, heping, text, []string{"system-officer"}, 20)
			require.NoError(t, err)
			list := []string{}
			for _, one := range found {
				list = append(list, string(one.Account))
			}
			return list
		}
		require.ElementsMatch(t, []string{"acc-1", "acc-2", "acc-5"}, names(""))
		require.Equal(t, []string{"acc-2"}, names("zxm"))
		require.Equal(t, []string{"acc-2"}, names("小明"))
		require.Equal(t, []string{"acc-2"}, names("C2"))
		require.Equal(t, []string{"acc-5"}, names("office"))
		for account, known := range map[models.AccountID]bool{"acc-2": true, "acc-3": false, "acc-4": false, "acc-6": false, "absent": false} {
			_, err := archive.Candidate(ctx, heping, account, []string{"system-officer"})
			require.Equal(t, known, err == nil, account)
		}
		lent, err := archive.GrantsOfCadre(ctx, "C1")
		require.NoError(t, err)
		require.Len(t, lent, 1)
		lent, err = archive.GrantsOfCadre(ctx, "C3")
		require.NoError(t, err)
		require.Empty(t, lent, "a disabled account has nothing to lend")
	})
}

func TestAListOfSeveralCadresAgreesWithSingleReads(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		postedCadres(ctx, t, archive)
		all, err := archive.Cadres(ctx, store.Everything(), store.CadreFilter{}, store.Page{})
		require.NoError(t, err)
		rapid.Check(t, func(t *rapid.T) {
			reach := store.Reach{
				Cadres: rapid.SliceOfDistinct(rapid.SampledFrom([]models.CadreID{"", "C1", "C2", "C4", "absent"}), rapid.ID).Draw(t, "cadres"),
				Paths:  rapid.SliceOfDistinct(rapid.SampledFrom([]string{"", "/tj/120102/"}), rapid.ID).Draw(t, "paths"),
			}
			listed, err := archive.Cadres(ctx, reach, store.CadreFilter{}, store.Page{})
			require.NoError(t, err)
			for _, one := range all.Items {
				_, err := archive.Cadre(ctx, reach, one.ID)
				covered := reach.Covers(one.UnitPath, one.ID)
				require.Equal(t, covered, err == nil, "single read of %s", one.ID)
				listedToo := false
				for _, item := range listed.Items {
					listedToo = listedToo || item.ID == one.ID
				}
				require.Equal(t, covered, listedToo, "list of %s", one.ID)
			}
		})
	})
}

func TestAReviewByADeputyNamesBothAndAgreesWithTheLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := aTown(t, archive).enrolled("c-1", "120101").submitted("r-1", models.Transform, modelstest.Enterprise(1))
		deputy := models.Actor{Account: "deputy", Cadre: "c-8", SubstituteFor: []models.CadreID{"c-9"}, For: "c-9"}
		duty.do(deputy, models.Accept{Record: "r-1", Stage: models.StageDistrictScience, ReviewDue: duty.now.Add(time.Hour)})
		reviews, err := archive.Reviews(t.Context(), store.Everything(), "r-1")
		require.NoError(t, err)
		require.Equal(t, models.AccountID("deputy"), reviews[0].Account)
		require.Equal(t, models.CadreID("c-9"), reviews[0].For)
		entries, err := archive.Entries(t.Context(), duty.id.Subject())
		require.NoError(t, err)
		require.Equal(t, deputy, entries[len(entries)-1].Actor)
		require.NoError(t, models.VerifyChain(entries))
	})
}
