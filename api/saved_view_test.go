package api

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
)

const viewsPath = Prefix + "/me/views"

// named is a view's content.
func named(name string, terms map[string][]string) map[string]any {
	if terms == nil {
		terms = map[string][]string{}
	}
	return map[string]any{"name": name, "terms": terms}
}

func (v *visitor) saves(key string, content any) answer {
	v.Helper()
	return v.do(http.MethodPost, viewsPath, content, header("Idempotency-Key", key))
}

func TestAViewMeansADayLaterWhatItsTermsSay(t *testing.T) {
	o := anOffice(t)
	o.cadre("c-1", "120101")
	organization := o.officer(auth.RoleOrganization, "120101")
	saved := reads[SavedViewView](t, organization.saves("k-1", named("本季度到期", map[string][]string{
		"dueAfter": {"today"}, "dueBefore": {"quarter-end"},
	})), http.StatusCreated)
	require.Equal(t, url.Values{"dueAfter": {"2014-03-03"}, "dueBefore": {"2014-03-31"}}.Encode(), saved.Query)
	o.clock.advance(30 * 24 * time.Hour)
	organization = o.signedIn("account-organization-120101")
	read := reads[SavedViewView](t, organization.get(viewsPath+"/"+saved.ID), http.StatusOK)
	require.Equal(t, url.Values{"dueAfter": {"2014-04-02"}, "dueBefore": {"2014-06-30"}}.Encode(), read.Query)
	require.Equal(t, saved.ETag, read.ETag)
}

func TestSendingAViewTwiceKeepsOneAndAnotherUnderItsKeyIsRefused(t *testing.T) {
	o := anOffice(t)
	organization := o.officer(auth.RoleOrganization, "120101")
	content := named("红灯", map[string][]string{"light": {"red"}})
	organization.saves("", content).isProblem(t, problem.IdempotencyMissing, http.StatusBadRequest)
	first := reads[SavedViewView](t, organization.saves("k", content), http.StatusCreated)
	require.Equal(t, first, reads[SavedViewView](t, organization.saves("k", content), http.StatusCreated))
	organization.saves("k", named("黄灯", map[string][]string{"light": {"yellow"}})).isProblem(t, problem.IdempotencyReused, http.StatusUnprocessableEntity)
	same := organization.saves("other", content)
	same.isProblem(t, problem.Duplicate, http.StatusConflict)
	require.Contains(t, same.body, "已有同名的视图")
	require.Len(t, reads[struct{ Items []SavedViewView }](t, organization.get(viewsPath), http.StatusOK).Items, 1)
}

func TestAViewIsEditedAndDeletedByWhatWasSeen(t *testing.T) {
	o := anOffice(t)
	organization := o.officer(auth.RoleOrganization, "120101")
	saved := reads[SavedViewView](t, organization.saves("k", named("红灯", map[string][]string{"light": {"red"}})), http.StatusCreated)
	path := viewsPath + "/" + saved.ID
	change := map[string]any{"name": "红灯和黄灯", "terms": map[string][]string{"light": {"red", "yellow"}}, "start": true}
	organization.do(http.MethodPut, path, change).isProblem(t, problem.PreconditionRequired, http.StatusPreconditionRequired)
	edited := reads[SavedViewView](t, organization.do(http.MethodPut, path, change, header("If-Match", saved.ETag)), http.StatusOK)
	require.Equal(t, "light=red%2Cyellow", edited.Query)
	require.True(t, edited.Start)
	organization.do(http.MethodPut, path, change, header("If-Match", saved.ETag)).isProblem(t, problem.VersionConflict, http.StatusPreconditionFailed)
	organization.do(http.MethodDelete, path, nil, header("If-Match", saved.ETag)).isProblem(t, problem.VersionConflict, http.StatusPreconditionFailed)
	require.Equal(t, http.StatusNoContent, organization.do(http.MethodDelete, path, nil, header("If-Match", edited.ETag)).status)
	organization.get(path).isProblem(t, problem.NotFound, http.StatusNotFound)
}

func TestUnknownTermsAreRefusedWithTheirPlace(t *testing.T) {
	o := anOffice(t)
	organization := o.officer(auth.RoleOrganization, "120101")
	for said, terms := range map[string]map[string][]string{
		"没有“plan”这个条件":        {"plan": {"tianjin-2013"}},
		"“purple”不是这个条件可以取的值": {"light": {"purple"}},
		"“soon”不是这个条件可以取的值":   {"dueBefore": {"soon"}},
		"没有这个单位":              {"unit": {"999999"}},
	} {
		refused := organization.saves("k", named("x", terms))
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, refused.body)
		require.Contains(t, refused.body, said)
	}
	elsewhere := map[string]any{"name": "x", "terms": map[string][]string{}, "sharedWith": "120102"}
	require.Contains(t, organization.saves("k", elsewhere).body, "只能共享给本人所在的单位")
	for i := range 30 {
		require.Equal(t, http.StatusCreated, organization.saves(fmt.Sprint("n-", i), named(fmt.Sprint("v", i), nil)).status)
	}
	organization.saves("n-31", named("v31", nil)).isProblem(t, problem.ViewLimit, http.StatusConflict)
}

func TestASharedViewShowsNoMoreThanItsReaderSeesAndCannotBeChangedByThem(t *testing.T) {
	o := anOffice(t)
	o.cadre("c-1", "120101")
	o.cadre("c-2", "120101")
	o.cadre("c-3", "120102")
	organization := o.officer(auth.RoleOrganization, "120101")
	contact, own, stranger := o.officer(auth.RoleContact, "120101"), o.signedIn("account-cadre-c-1"), o.officer(auth.RoleContact, "120102")
	saved := reads[SavedViewView](t, organization.saves("k", map[string]any{"name": "全区", "terms": map[string][]string{}, "sharedWith": "120101"}), http.StatusCreated)
	counts := viewsPath + "?counts=true&plan=" + string(testPlan)
	for _, one := range []struct {
		v    *visitor
		sees int64
	}{{organization, 2}, {contact, 2}, {own, 1}} {
		items := reads[struct{ Items []SavedViewView }](t, one.v.get(counts), http.StatusOK).Items
		require.Len(t, items, 1)
		require.NotNil(t, items[0].Count)
		require.Equal(t, one.sees, *items[0].Count, "each counts by their own reach")
	}
	require.Empty(t, reads[struct{ Items []SavedViewView }](t, stranger.get(counts), http.StatusOK).Items)
	stranger.get(viewsPath+"/"+saved.ID).isProblem(t, problem.NotFound, http.StatusNotFound)
	read := reads[SavedViewView](t, contact.get(viewsPath+"/"+saved.ID), http.StatusOK)
	require.False(t, read.Mine)
	require.Equal(t, "甲", read.Owner)
	contact.do(http.MethodPut, viewsPath+"/"+saved.ID, named("我的", nil), header("If-Match", read.ETag)).isProblem(t, problem.Forbidden, http.StatusForbidden)
	contact.do(http.MethodDelete, viewsPath+"/"+saved.ID, nil, header("If-Match", read.ETag)).isProblem(t, problem.Forbidden, http.StatusForbidden)
}

func TestEachMonthOfTheTrendOpensItsRows(t *testing.T) {
	o := anOffice(t)
	for i := range 3 {
		o.cadre(models.CadreID(fmt.Sprint("c-", i)), "120101")
	}
	o.clock.advance(700 * 24 * time.Hour) // 1 February 2016
	organization := o.officer(auth.RoleOrganization, "120101")
	body := reads[struct {
		Months []TrendMonthView
	}](t, organization.get(Prefix+"/outcomes/trend?plan="+string(testPlan)), http.StatusOK)
	months := body.Months
	require.Equal(t, "2013-01", months[0].Month)
	require.Equal(t, "2016-02", months[len(months)-1].Month, "the months go on as long as something may be overdue")
	last := months[35]
	require.Equal(t, "2015-12", last.Month)
	require.Equal(t, map[string]int64{"introduce": 3, "found": 3, "transform": 3}, last.Due)
	require.Equal(t, last.Due, last.Overdue)
	require.Equal(t, models.MustDate("2015-12-31").End(), last.AsOf.UTC())
	require.Zero(t, months[34].Overdue["found"])
	require.Equal(t, o.clock.read().UTC(), months[len(months)-1].AsOf.UTC(), "the present month is as of now")

	list := func(query string) int {
		return len(reads[PageOf[ObligationView]](t, organization.get(Prefix+"/obligations?kind=found&plan="+string(testPlan)+"&"+query), http.StatusOK).Items)
	}
	require.Equal(t, 3, list("overdueOn=2015-12-31"))
	require.Equal(t, 0, list("overdueOn=2015-12-30"))
	require.Equal(t, 3, list("overdueOn=2999-12-31"), "a day to come is now")
	require.Equal(t, 3, list("dueAfter=2015-12-01&dueBefore=2015-12-31"))
	require.Equal(t, 0, list("dueAfter=2015-11-01&dueBefore=2015-11-30"))
	require.Equal(t, 0, list("undated=true"))
}
