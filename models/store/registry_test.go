package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// The world of the registry's tests: one plan, one policy, a small tree of units.
const (
	registryPlan models.PlanID    = "tianjin-2013"
	clerk        models.AccountID = "clerk"
	chief        models.AccountID = "chief"
)

var registryNow = time.Date(2014, time.June, 2, 1, 30, 0, 0, time.UTC)

func registryUnits() []models.Unit {
	day := models.MustDate
	return []models.Unit{
		{ID: "tj", Path: "/tj/", Name: "天津市", Kind: models.UnitCity},
		{ID: "120101", Path: "/tj/120101/", Name: "和平区", ShortName: "和平", Kind: models.UnitDistrict, Parent: "tj"},
		{ID: "120101-zzb", Path: "/tj/120101/zzb/", Name: "和平区委组织部", Kind: models.UnitOrganization, Parent: "120101"},
		{ID: "120102", Path: "/tj/120102/", Name: "河东区", Kind: models.UnitDistrict, Parent: "tj"},
		{
			ID: "120221", Path: "/tj/120221/", Name: "宁河县", ShortName: "宁河", Kind: models.UnitDistrict, Parent: "tj",
			ValidTo: day("2015-08-31"), Successors: []models.UnitID{"120117"},
		},
		{ID: "120117", Path: "/tj/120117/", Name: "宁河区", ShortName: "宁河", Kind: models.UnitDistrict, Parent: "tj", ValidFrom: day("2015-09-01")},
		{ID: "120116-KFQ", Path: "/tj/120116-KFQ/", Name: "天津经济技术开发区", ShortName: "开发区", Kind: models.UnitZone, Parent: "tj"},
		{ID: "kw", Path: "/tj/kw/", Name: "市科学技术委员会", ShortName: "市科委", Kind: models.UnitDepartment, Parent: "tj"},
		{ID: "qx", Path: "/tj/qx/", Name: "各区县", Kind: models.UnitGroup, Parent: "tj", Members: []models.UnitID{"120101", "120102"}},
	}
}

// aRegistry fills an archive with the world above.
func aRegistry(t *testing.T, archive *store.Archive) context.Context {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, archive.SavePolicy(ctx, registryPolicy()))
	require.NoError(t, archive.SavePlan(ctx, models.Plan{
		ID: registryPlan, Title: "行动计划", From: models.MustDate("2013-01-01"), To: models.MustDate("2015-12-31"), Policy: 1,
	}))
	require.NoError(t, archive.SaveUnits(ctx, registryUnits()))
	return ctx
}

func registryPolicy() models.Policy {
	return models.Policy{
		Rules: modelstest.Rules(), Title: "第一版",
		Terms:   []models.Term{{Code: "introduce", Name: "引进"}},
		Figures: []models.Figure{{Key: "returnLimit", Value: "3", Source: models.FromSetting}},
	}
}

// inRegistry runs a test on every database with the world in place.
func inRegistry(t *testing.T, test func(t *testing.T, ctx context.Context, archive *store.Archive)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, archive *store.Archive) { test(t, aRegistry(t, archive), archive) })
}

// theKey is a valid organization code of its own for each number.
func theKey(t testing.TB, number int) models.EnterpriseKey {
	t.Helper()
	key, err := models.NewOrganizationCode(fmt.Sprintf("%08d", number))
	require.NoError(t, err)
	return key
}

func everyPage[T any](t *testing.T, list func(store.Page) (store.Paged[T], error), size int) []T {
	t.Helper()
	var all []T
	page := store.Page{Size: size}
	for {
		got, err := list(page)
		require.NoError(t, err)
		require.LessOrEqual(t, len(got.Items), size)
		all = append(all, got.Items...)
		if got.Next == "" {
			return all
		}
		page.After = got.Next
	}
}

func TestPlanTasksAndIndicatorsAreSavedAgainWithoutDoubles(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		tasks := []models.Task{
			{Plan: registryPlan, Number: 56, Section: "五", KeyWork: "督查", Text: "帮扶", Leads: []models.UnitID{"120101", "qx"}, LeadText: "市委组织部"},
			{Plan: registryPlan, Number: 1, Section: "一", KeyWork: "引进", Text: "引进企业", Leads: []models.UnitID{"kw"}},
		}
		indicators := []models.Indicator{{
			Plan: registryPlan, Task: 56, Ordinal: 1, Name: "引进", Target: "1", Unit: "家",
			Period: models.PeriodTotal, Qualifier: models.TargetExact, Verbatim: "引进一家",
		}}
		for range 2 {
			require.NoError(t, archive.SaveTasks(ctx, tasks))
			require.NoError(t, archive.SaveIndicators(ctx, indicators))
		}
		tasks[0].Text = "帮扶企业"
		require.NoError(t, archive.SaveTasks(ctx, tasks))

		saved, err := archive.Tasks(ctx, registryPlan)
		require.NoError(t, err)
		require.Equal(t, []models.Task{tasks[1], tasks[0]}, saved)
		one, err := archive.Task(ctx, registryPlan, 56)
		require.NoError(t, err)
		require.Equal(t, "帮扶企业", one.Text)
		_, err = archive.Task(ctx, registryPlan, 57)
		require.ErrorIs(t, err, store.ErrNotFound)
		figures, err := archive.Indicators(ctx, registryPlan)
		require.NoError(t, err)
		require.Equal(t, indicators, figures)
		plans, err := archive.Plans(ctx)
		require.NoError(t, err)
		require.Len(t, plans, 1)
		require.Equal(t, models.MustDate("2015-12-31"), plans[0].To)
	})
}

func TestUnitsAreATreeThatIsSearchedAsPeopleType(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		require.NoError(t, archive.SaveUnits(ctx, registryUnits()))
		names := func(filter store.UnitFilter) []string {
			units, err := archive.Units(ctx, filter)
			require.NoError(t, err)
			found := []string{}
			for _, unit := range units {
				found = append(found, string(unit.ID))
			}
			return found
		}
		require.Len(t, names(store.UnitFilter{}), len(registryUnits()))
		require.Equal(t, []string{"120101", "120101-zzb"}, names(store.UnitFilter{Under: "/tj/120101/"}))
		require.Equal(t, []string{"120101", "120101-zzb"}, names(store.UnitFilter{Text: "和平"}))
		require.Equal(t, []string{"120101", "120101-zzb"}, names(store.UnitFilter{Text: "HPQ"}))
		require.Equal(t, []string{"120117", "120221"}, names(store.UnitFilter{Text: "宁河"}))
		require.Equal(t, []string{"120221"}, names(store.UnitFilter{Text: "宁河", On: models.MustDate("2015-08-31")}))
		require.Equal(t, []string{"120117"}, names(store.UnitFilter{Text: "宁河", On: models.MustDate("2015-09-01")}))
		require.Equal(t, []string{"120116-KFQ"}, names(store.UnitFilter{Kind: models.UnitZone}))
		require.Empty(t, names(store.UnitFilter{Text: "100%"}), "a percent sign is text")

		path, err := archive.UnitPath(ctx, "120101-zzb")
		require.NoError(t, err)
		require.Equal(t, "/tj/120101/zzb/", path)
		_, err = archive.UnitPath(ctx, "nowhere")
		require.ErrorIs(t, err, store.ErrNotFound)
		tree, err := archive.UnitTree(ctx)
		require.NoError(t, err)
		require.Equal(t, []models.UnitID{"120117"}, tree.On("120221", models.MustDate("2016-01-01")))
		require.Equal(t, []models.UnitID{"120101", "120102"}, tree.Members("qx", models.MustDate("2014-01-01")))
	})
}

func TestASavedPolicyVersionNeverChanges(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		require.NoError(t, archive.SavePolicy(ctx, registryPolicy()), "the same content may be saved again")
		for _, change := range []func(*models.Policy){
			func(p *models.Policy) { p.ReturnLimit++ },
			func(p *models.Policy) { p.Title = "改" },
			func(p *models.Policy) { p.Terms[0].Name = "引入" },
		} {
			changed := registryPolicy()
			change(&changed)
			require.ErrorIs(t, archive.SavePolicy(ctx, changed), store.ErrPolicySaved)
		}
		saved, err := archive.Policy(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, registryPolicy(), saved)
		rules, err := archive.Rules(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, registryPolicy().Rules, rules)
		_, err = archive.Rules(ctx, 2)
		require.ErrorIs(t, err, store.ErrNotFound)
		for _, statement := range []string{"UPDATE policies SET title = 'x'", "DELETE FROM policies"} {
			_, err := archive.SQL().ExecContext(ctx, statement)
			require.ErrorContains(t, err, "never changes")
		}
	})
}

func TestAnOfficialsDayWinsOverTheNotice(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		holiday := models.MustDate("2014-10-01")
		exchange := models.MustDate("2014-09-28")
		days := []models.SpecialDay{
			{Date: holiday, Name: "国庆节", Source: "notice"}, {Date: exchange, Working: true, Name: "国庆节调休", Source: "notice"},
		}
		for range 2 {
			require.NoError(t, archive.SaveWorkdays(ctx, days, []int{2014, 2015}))
		}
		calendar, err := archive.Calendar(ctx)
		require.NoError(t, err)
		require.False(t, calendar.IsWorkday(holiday))
		require.True(t, calendar.IsWorkday(exchange))
		require.Equal(t, []int{2014, 2015}, calendar.Years())

		require.NoError(t, archive.OverrideWorkday(ctx, models.SpecialDay{Date: holiday, Working: true, Name: "抢险"}, chief, registryNow))
		require.NoError(t, archive.SaveWorkdays(ctx, days, nil), "saving the notice again leaves the override")
		calendar, err = archive.Calendar(ctx)
		require.NoError(t, err)
		require.True(t, calendar.IsWorkday(holiday))
		listed, err := archive.Workdays(ctx, exchange, holiday)
		require.NoError(t, err)
		require.Len(t, listed, 2)
		require.Equal(t, "抢险", listed[1].Name)
	})
}

func TestTheAuditOfTheRegistryOnlyGrows(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		for day := range 5 {
			special := models.SpecialDay{Date: models.NewDate(2014, time.May, 1+day), Working: true, Name: "加班"}
			require.NoError(t, archive.OverrideWorkday(ctx, special, chief, registryNow))
		}
		entries := everyPage(t, func(page store.Page) (store.Paged[store.AuditEntry], error) {
			return archive.AuditEntries(ctx, store.AuditFilter{Kind: "workday"}, page)
		}, 2)
		require.Len(t, entries, 5)
		require.Equal(t, "2014-05-05", entries[0].Object, "the latest comes first")
		require.Equal(t, chief, entries[0].Account)
		require.Equal(t, registryNow, entries[0].At)
		require.True(t, strings.Contains(entries[0].Detail, "加班"))
		for _, statement := range []string{"UPDATE audit_entries SET account_id = 'x'", "DELETE FROM audit_entries"} {
			_, err := archive.SQL().ExecContext(ctx, statement)
			require.ErrorContains(t, err, "only ever added")
		}
	})
}
