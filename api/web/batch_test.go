package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

func TestABatchOfNothingTickedLeadsBackToTheListAndNeverMeansEverything(t *testing.T) {
	w := &walk{House: webtest.Open(t, web.New())}
	organization := w.Visit(w.NewAccount("forgetful", auth.RoleOrganization, webtest.Near))
	got := organization.Get("/batches?q.light=red&q.unit=")
	require.Equal(t, http.StatusSeeOther, got.Status)
	require.Equal(t, "/obligations?light=red", got.Header.Get("Location"), "the filter is kept")
	require.Contains(t, organization.Get("/obligations?light=red").Body, "没有选中任何一项")
	require.Equal(t, "/obligations?view=all", organization.Get("/batches").Header.Get("Location"))
	unticked := organization.Post("/batches", url.Values{"command": {"close"}, "key": {"k"}, "ground": {"fulfilled"}})
	require.Equal(t, http.StatusSeeOther, unticked.Status)
}

func TestABatchOfEverythingFoundSaysSoFromFormToForm(t *testing.T) {
	w := &walk{House: webtest.Open(t, web.New())}
	organization := w.Visit(w.NewAccount("thorough", auth.RoleOrganization, webtest.Near))
	const all = "台账当前筛选条件下的全部帮扶责任"
	for _, path := range []string{"/batches?whole=yes", "/batches?whole=yes&command=close"} {
		form := organization.Get(path)
		require.Contains(t, form.Body, all, path)
		require.Equal(t, "yes", hidden(t, form.Body, "whole"), path)
	}
	rehearsed := organization.Post("/batches", url.Values{"command": {"close"}, "key": {"k"}, "ground": {"fulfilled"}, "whole": {"yes"}})
	require.Contains(t, rehearsed.Body, "试算完毕")
	require.Equal(t, "yes", hidden(t, rehearsed.Body, "whole"))
	duty := aDuty(w, nearby)["obligation"]
	ticked := organization.Get("/batches?obligation=" + url.QueryEscape(duty)).Body
	require.Contains(t, ticked, "选中的 1 项帮扶责任")
	require.NotContains(t, ticked, `name="whole"`)
}
