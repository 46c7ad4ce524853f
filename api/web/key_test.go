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

func TestACommandWhoseOutcomeNobodyKnowsIsGivenAgainUnderItsKey(t *testing.T) {
	w := &walk{House: webtest.Open(t, web.New())}
	organization := w.Visit(w.NewAccount("keeper", auth.RoleOrganization, webtest.Near))
	at := "/obligations/" + aDuty(w, nearby)["obligation"] + "/commands/close"
	form := organization.Get(at).Body
	filled := url.Values{"key": {hidden(t, form, "key")}, "match": {hidden(t, form, "match")}, "ground": {"fulfilled"}}
	check := organization.Post(at, filled)
	require.Equal(t, http.StatusOK, check.Status, check.Body)
	require.Equal(t, filled.Get("key"), hidden(t, check.Body, "key"), "it is one command from its first form on")

	filled.Set("confirmed", "yes")
	unknown := organization.Post(at, filled)
	require.Equal(t, http.StatusServiceUnavailable, unknown.Status, "Temporal is away")
	require.Equal(t, filled.Get("key"), hidden(t, unknown.Body, "key"))
	filled.Del("confirmed")
	require.Equal(t, filled.Get("key"), hidden(t, organization.Post(at, filled).Body, "key"))
}

func TestABatchKeepsItsKeyThroughRehearsalsAndCorrections(t *testing.T) {
	w := &walk{House: webtest.Open(t, web.New())}
	organization := w.Visit(w.NewAccount("keeper", auth.RoleOrganization, webtest.Near))
	duty := aDuty(w, nearby)["obligation"]
	form := organization.Get("/batches?" + url.Values{"command": {"close"}, "obligation": {duty}}.Encode()).Body
	filled := url.Values{"key": {hidden(t, form, "key")}, "command": {"close"}, "obligation": {duty}, "ground": {"fulfilled"}}
	rehearsed := organization.Post("/batches", filled)
	require.Equal(t, http.StatusOK, rehearsed.Status, rehearsed.Body)
	require.Contains(t, rehearsed.Body, "试算完毕")
	require.Equal(t, filled.Get("key"), hidden(t, rehearsed.Body, "key"))
	filled.Set("back", "yes")
	require.Equal(t, filled.Get("key"), hidden(t, organization.Post("/batches", filled).Body, "key"))
}
