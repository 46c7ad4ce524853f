package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

func TestAnUnknownAddressIsAPageForPeopleAndAProblemForPrograms(t *testing.T) {
	h := webtest.Open(t, web.New())
	got := h.As(auth.RoleInspector).Get("/nowhere")
	require.Equal(t, http.StatusNotFound, got.Status)
	require.Equal(t, "text/html; charset=utf-8", got.Header.Get("Content-Type"))
	require.Contains(t, got.Body, "日志编号")
	require.Contains(t, got.Body, got.Header.Get("X-Request-Id"), "the number is the one in the log")
	require.Contains(t, got.Body, "回到首页")

	got = h.As(auth.RoleInspector).Get("/api/v1/nowhere")
	require.Equal(t, http.StatusNotFound, got.Status)
	require.Equal(t, "application/problem+json", got.Header.Get("Content-Type"))
}

func TestAPageRunsNothingInlineAndLoadsNothingFromElsewhere(t *testing.T) {
	h := webtest.Open(t, web.New())
	got := h.As(auth.RoleInspector).Get("/nowhere")
	policy := got.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.Contains(t, policy, "script-src 'self';")
	require.Contains(t, policy, "style-src 'self';")
	require.Contains(t, policy, "frame-ancestors 'none'")
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	require.NotContains(t, got.Body, " style=")
	require.NotContains(t, got.Body, "javascript:")
	require.NotContains(t, got.Body, "http://")
	require.NotContains(t, got.Body, "https://")
}

func TestOneHeadingOneMainAndAWayAroundTheNavigation(t *testing.T) {
	h := webtest.Open(t, web.New())
	got := h.As(auth.RoleInspector).Get("/nowhere")
	require.Equal(t, 1, strings.Count(got.Body, "<h1"))
	require.Equal(t, 1, strings.Count(got.Body, "<main"))
	require.Contains(t, got.Body, `href="#main"`)
	require.Contains(t, got.Body, `<html lang="zh-CN">`)
}

func TestWhoIsNotLoggedInComesBackToWhereTheyWere(t *testing.T) {
	h := webtest.Open(t, web.New())
	got := h.Stranger().Get("/?plan=demo")
	require.Equal(t, http.StatusSeeOther, got.Status)
	require.Equal(t, "/login?next=%2F%3Fplan%3Ddemo", got.Header.Get("Location"))
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	h := webtest.Open(t, web.New())
	got := h.As(auth.RoleInspector).Send(http.MethodPost, "/logout", nil, http.Header{
		"Origin": {"https://elsewhere.example"}, "Sec-Fetch-Site": {"cross-site"},
	})
	require.Equal(t, http.StatusForbidden, got.Status)
	require.Equal(t, "text/html; charset=utf-8", got.Header.Get("Content-Type"))
}
