package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

const passphrase = "海河边上的第七棵老槐树"

// withPassword gives the inspector a password and answers the login.
func withPassword(t *testing.T, h *webtest.House) string {
	t.Helper()
	visitor := h.As(auth.RoleInspector)
	account, err := h.Archive.Account(t.Context(), h.Account(auth.RoleInspector))
	require.NoError(t, err)
	set := visitor.Post("/password", url.Values{"password": {passphrase}, "again": {passphrase}, "next": {"/overview"}})
	require.Equal(t, http.StatusSeeOther, set.Status, set.Body)
	require.Equal(t, "/overview", set.Header.Get("Location"))
	return account.Login
}

func TestWhoLogsInComesBackToThePageAndNeverToAnotherSite(t *testing.T) {
	h := webtest.Open(t, web.New())
	login := withPassword(t, h)
	for next, arrives := range map[string]string{
		"/overview?plan=demo": "/overview?plan=demo", "//elsewhere.example": "/", "https://elsewhere.example": "/",
		"/\\elsewhere.example": "/", "": "/",
	} {
		visitor := h.Stranger()
		got := visitor.Post("/login", url.Values{"login": {login}, "password": {passphrase}, "next": {next}})
		require.Equal(t, http.StatusSeeOther, got.Status, got.Body)
		require.Equal(t, arrives, got.Header.Get("Location"))
		require.Equal(t, http.StatusOK, visitor.Get("/overview").Status)
	}
}

func TestAWrongPasswordKeepsTheLoginAndSaysNothingMore(t *testing.T) {
	h := webtest.Open(t, web.New())
	login := withPassword(t, h)
	got := h.Stranger().Post("/login", url.Values{"login": {login}, "password": {"a wrong password"}})
	require.Equal(t, http.StatusUnauthorized, got.Status)
	require.Contains(t, got.Body, "账号或密码不正确")
	require.Contains(t, got.Body, `value="`+login+`"`)
	require.NotContains(t, got.Body, "a wrong password")
	unknown := h.Stranger().Post("/login", url.Values{"login": {"nobody-at-all"}, "password": {"a wrong password"}})
	require.Equal(t, got.Status, unknown.Status)
	require.Contains(t, unknown.Body, "账号或密码不正确", "an unknown account is refused in the same words")
}

func TestALockedAccountSaysHowLongItStaysLocked(t *testing.T) {
	h := webtest.Open(t, web.New())
	login := withPassword(t, h)
	wrong := url.Values{"login": {login}, "password": {"a wrong password"}}
	for range 5 {
		require.Equal(t, http.StatusUnauthorized, h.Stranger().Post("/login", wrong).Status)
	}
	got := h.Stranger().Post("/login", url.Values{"login": {login}, "password": {passphrase}})
	require.Equal(t, http.StatusTooManyRequests, got.Status)
	require.Contains(t, got.Body, "15 分钟后再试")
	require.NotEmpty(t, got.Header.Get("Retry-After"))
}

func TestAfterTheLogOutThePageIsGone(t *testing.T) {
	h := webtest.Open(t, web.New())
	visitor := h.As(auth.RoleInspector)
	got := visitor.Post("/logout", nil)
	require.Equal(t, "/login", got.Header.Get("Location"))
	require.Contains(t, got.Header.Get("Clear-Site-Data"), "cache")
	require.Equal(t, http.StatusSeeOther, visitor.Get("/overview").Status)
}

func TestPasswordsThatDifferAreNotSet(t *testing.T) {
	h := webtest.Open(t, web.New())
	got := h.As(auth.RoleInspector).Post("/password", url.Values{"password": {passphrase}, "again": {passphrase + "x"}})
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Contains(t, got.Body, "两次输入的新密码不一致")
	require.NotContains(t, got.Body, passphrase)
}

func TestEverybodySeesWhatTheSystemHoldsAboutThem(t *testing.T) {
	h := webtest.Open(t, web.New())
	for _, role := range auth.Roles() {
		got := h.As(role).Get("/me")
		require.Equal(t, http.StatusOK, got.Status)
		for _, text := range []string{"系统保存了什么", "不收集身份证号", "职责"} {
			require.Contains(t, got.Body, text, role)
		}
		require.Equal(t, role == auth.RoleCadre, strings.Contains(got.Body, "任职经历、帮扶责任"), role)
	}
}
