package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/ui"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/store"
)

// absentee is the demonstration's first cadre.
func absentee(t *testing.T, h *webtest.House) store.CadreEntry {
	t.Helper()
	account, err := h.Archive.Account(t.Context(), h.Account(auth.RoleCadre))
	require.NoError(t, err)
	entry, err := h.Archive.Cadre(t.Context(), store.Everything(), account.Cadre)
	require.NoError(t, err)
	return entry
}

func TestAnOrganizationDepartmentArrangesByNumberNameOrInitialsAndEndsAtOnce(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := absentee(t, h)
	organizer := h.Visit(h.NewAccount("organizer", auth.RoleOrganization, webtest.Near))
	h.NewAccount("daili", auth.RoleContact, webtest.Near)
	require.Contains(t, organizer.Get("/").Header.Get("Location"), "/obligations")
	require.Contains(t, organizer.Get("/obligations").Body, `href="/substitutes"`, "the navigation leads there")
	require.Contains(t, organizer.Get("/suggest/deputies?q=daili").Body, "测试daili")
	require.Contains(t, organizer.Get("/suggest/cadres?q="+url.QueryEscape(cadre.PinyinInitials)).Body, cadre.Name)

	page := organizer.Get("/substitutes/new")
	today := models.DateOf(time.Now())
	form := url.Values{
		"key": {hidden(t, page.Body, "key")}, "cadre": {string(cadre.ID) + " " + cadre.Name}, "deputy": {"daili"},
		"from": {today.String()}, "until": {today.AddDays(-3).String()}, "reason": {"住院<治疗>"},
	}
	refused := organizer.Post("/substitutes", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Contains(t, refused.Body, "结束日期不能早于开始日期")
	require.Contains(t, refused.Body, "住院&lt;治疗&gt;", "what was typed stays")
	form.Set("until", today.AddDays(9).String())
	form.Set("key", hidden(t, refused.Body, "key"))
	for range 2 {
		require.Equal(t, http.StatusSeeOther, organizer.Post("/substitutes", form).Status, "sent twice it is one")
	}
	list := organizer.Get("/substitutes").Body
	require.Equal(t, 1, strings.Count(list, "住院&lt;治疗&gt;"))
	require.Contains(t, list, "测试daili")

	at := regexp.MustCompile(`/substitutes/[0-9a-f]{64}`).FindString(list)
	match := hidden(t, organizer.Get(at).Body, "match")
	require.Equal(t, http.StatusUnprocessableEntity, organizer.Post(at+"/end", url.Values{"match": {match}, "when": {"later"}}).Status)
	require.Equal(t, http.StatusSeeOther, organizer.Post(at+"/end", url.Values{"match": {match}, "when": {"now"}}).Status)
	over := organizer.Get(at).Body
	require.Contains(t, over, "提前终止")
	require.NotContains(t, over, "立即终止")
}

func TestAFormThatMeansSeveralPeopleAsksWhichOne(t *testing.T) {
	h := webtest.Open(t, web.New())
	organizer := h.Visit(h.NewAccount("organizer", auth.RoleOrganization, webtest.Near))
	h.NewAccount("tong1", auth.RoleContact, webtest.Near)
	h.NewAccount("tong2", auth.RoleContact, webtest.Near)
	today := models.DateOf(time.Now()).String()
	form := url.Values{
		"key": {"k"}, "cadre": {string(absentee(t, h).ID)}, "deputy": {"tong"}, "from": {today}, "until": {today}, "reason": {"出差"},
	}
	got := organizer.Post("/substitutes", form)
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Contains(t, got.Body, `href="#deputy"`)
	require.Contains(t, got.Body, "tong1 测试tong1、tong2 测试tong2")
	form.Set("deputy", "walk-officer")
	require.Contains(t, organizer.Post("/substitutes", form).Body, "没有这个人的账号")
}

func TestADeputySeesWhoseDutyItIsAndOpensNobodyElses(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := absentee(t, h)
	deputy := h.Visit(h.NewAccount("deputy", auth.RoleCadre, webtest.Near))
	before := deputy.Get("/duty?for=" + string(cadre.ID) + "&plan=demo")
	require.Equal(t, http.StatusForbidden, before.Status, "nothing of theirs and nothing of others")
	require.Equal(t, http.StatusNotFound, h.As(auth.RoleCadre).Get("/duty?for=somebody&plan=demo").Status)
	require.NotContains(t, before.Body, "今日代理")
	added := standIn(h, "test-deputy", cadre.ID)

	got := deputy.Get("/duty?for=" + string(cadre.ID) + "&plan=demo")
	require.Equal(t, http.StatusOK, got.Status)
	require.Contains(t, got.Body, cadre.Name+"的帮扶（代理）")
	require.Contains(t, got.Body, "今日代理")
	require.Contains(t, got.Body, "（至"+ui.Day(added.Until)+"）")
	require.Contains(t, got.Body, "三项任务")
	require.Contains(t, got.Body, "/records/new?for="+string(cadre.ID))
	require.Equal(t, http.StatusOK, deputy.Get("/duty?plan=demo").Status, "without a duty of one's own it is the first one's")
	require.Equal(t, http.StatusNotFound, deputy.Get("/duty?for=nobody&plan=demo").Status)

	form := deputy.Get("/records/new?kind=transform&plan=demo&for=" + string(cadre.ID))
	made := deputy.Post("/records?for="+string(cadre.ID), url.Values{
		"kind": {"transform"}, "summary": {"代为填写"}, "obligation": {hidden(t, form.Body, "obligation")},
	})
	require.Equal(t, http.StatusSeeOther, made.Status, made.Body)
	at := regexp.MustCompile(`^/records/[^/]+`).FindString(made.Header.Get("Location"))
	edit := deputy.Get(at + "/edit").Body
	require.Contains(t, edit, cadre.Name+"的帮扶（代理）")
	removed := deputy.Post(at+"/delete", url.Values{"match": {hidden(t, edit, "match")}})
	require.Equal(t, "/duty?for="+string(cadre.ID), removed.Header.Get("Location"))

	me := deputy.Get("/me").Body
	require.Contains(t, me, "今日代理")
	require.Contains(t, h.As(auth.RoleCadre).Get("/me").Body, "测试deputy")
	require.NoError(t, h.Archive.EndSubstitution(t.Context(), added.ID, 1, models.Date{}, "organizer", time.Now()))
	require.Equal(t, http.StatusForbidden, deputy.Get("/duty?for="+string(cadre.ID)+"&plan=demo").Status)
}

func TestTheOpenQueueOfAnAbsentReviewerIsTheDeputys(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := absentee(t, h)
	path, err := h.Archive.UnitPath(t.Context(), webtest.Near)
	require.NoError(t, err)
	account, err := h.Archive.Account(t.Context(), h.Account(auth.RoleCadre))
	require.NoError(t, err)
	require.NoError(t, h.Archive.AddGrant(t.Context(), store.Grant{
		ID: "reviewer", Account: account.ID, Role: string(auth.RoleDistrictScience), Unit: webtest.Near, Path: path, By: "officer", At: time.Now(),
	}, account.Version))
	deputy := h.Visit(h.NewAccount("deputy", auth.RoleContact, webtest.Near))
	require.Equal(t, http.StatusForbidden, deputy.Get("/reviews?plan=demo").Status)
	standIn(h, "test-deputy", cadre.ID)
	queue := deputy.Get("/reviews?plan=demo")
	require.Equal(t, http.StatusOK, queue.Status)
	require.Contains(t, queue.Body, `href="/reviews"`)
	at := regexp.MustCompile(`/reviews/[^/"?]+`).FindString(queue.Body)
	require.NotEmpty(t, at)
	require.Contains(t, deputy.Get(at).Body, "通过")
}
