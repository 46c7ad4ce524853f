package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

// twoFactors is a house whose inspectors need a second factor, with a clock in
// the test's hands.
func twoFactors(t *testing.T) (*webtest.House, *time.Time) {
	t.Helper()
	now := time.Now()
	h := webtest.Open(t, web.New(), func(services *api.Services) {
		services.Clock = func() time.Time { return now }
		services.Settings.SecretKey = bytes.Repeat([]byte{7}, 32)
		services.Settings.SecondFactorRoles = []auth.Role{auth.RoleInspector}
	})
	return h, &now
}

func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	require.NoError(t, err)
	return code
}

// enrols sets up the second factor and answers its secret.
func enrols(t *testing.T, visitor *webtest.Visitor, now time.Time) string {
	t.Helper()
	shown := visitor.Post("/me/code", url.Values{"next": {"/overview"}})
	require.Equal(t, http.StatusOK, shown.Status, shown.Body)
	require.Contains(t, shown.Body, `src="data:image/png;base64,`)
	secret := regexp.MustCompile(`name="secret" value="([A-Z2-7]+)"`).FindStringSubmatch(shown.Body)[1]
	wrong := visitor.Post("/me/code/confirm", url.Values{"code": {"000000"}, "secret": {secret}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
	require.Contains(t, wrong.Body, secret, "the secret is still there to be read off")
	confirmed := visitor.Post("/me/code/confirm", url.Values{"code": {codeAt(t, secret, now)}, "next": {"/overview"}})
	require.Equal(t, http.StatusSeeOther, confirmed.Status, confirmed.Body)
	return secret
}

func TestWhoNeedsASecondFactorSetsItUpBeforeAnythingElse(t *testing.T) {
	h, now := twoFactors(t)
	inspector := h.As(auth.RoleInspector)
	got := inspector.Get("/overview")
	require.Equal(t, http.StatusSeeOther, got.Status)
	require.Equal(t, "/me/code?next=%2Foverview", got.Header.Get("Location"))
	require.Equal(t, http.StatusForbidden, inspector.Get("/api/v1/obligations").Status, "the API asks for it too")
	enrols(t, inspector, *now)
	require.Equal(t, http.StatusOK, inspector.Get("/overview").Status)
	require.Equal(t, http.StatusOK, h.As(auth.RoleContact).Get("/overview").Status, "others need none")
}

func TestALogInIsNothingBeforeItsCodeAndACodeIsGoodOnce(t *testing.T) {
	h, now := twoFactors(t)
	inspector := h.As(auth.RoleInspector)
	secret := enrols(t, inspector, *now)
	account, err := h.Archive.Account(t.Context(), h.Account(auth.RoleInspector))
	require.NoError(t, err)
	require.NotContains(t, account.SecondFactor, secret, "the secret is sealed")
	set := inspector.Post("/password", url.Values{"password": {passphrase}, "again": {passphrase}})
	require.Equal(t, http.StatusSeeOther, set.Status, set.Body)

	*now = now.Add(time.Minute)
	asks := func() *webtest.Visitor {
		visitor := h.Stranger()
		given := visitor.Post("/login", url.Values{"login": {account.Login}, "password": {passphrase}, "next": {"/overview"}})
		require.Equal(t, "/login/code?next=%2Foverview", given.Header.Get("Location"), given.Body)
		require.Equal(t, http.StatusSeeOther, visitor.Get("/overview").Status, "the password alone opens nothing")
		return visitor
	}
	code := url.Values{"code": {codeAt(t, secret, *now)}, "next": {"/overview"}}
	visitor := asks()
	require.Equal(t, http.StatusUnauthorized, visitor.Post("/login/code", url.Values{"code": {"000000"}}).Status)
	came := visitor.Post("/login/code", code)
	require.Equal(t, "/overview", came.Header.Get("Location"), came.Body)
	require.Equal(t, http.StatusOK, visitor.Get("/overview").Status)
	require.Equal(t, http.StatusUnauthorized, asks().Post("/login/code", code).Status, "the same code a second time")
}

func TestWrongCodesLockTheAccountAsWrongPasswordsDo(t *testing.T) {
	h, now := twoFactors(t)
	inspector := h.As(auth.RoleInspector)
	secret := enrols(t, inspector, *now)
	visitor := h.Stranger()
	opened, err := api.IssueLoginLink(t.Context(), h.Archive, h.URL, h.Account(auth.RoleInspector), "/overview", time.Hour)
	require.NoError(t, err)
	came := visitor.Post(strings.TrimPrefix(opened, h.URL), nil)
	require.Equal(t, "/login/code?next=%2Foverview", came.Header.Get("Location"), "a link stands for the password only")
	for range 5 {
		require.Equal(t, http.StatusUnauthorized, visitor.Post("/login/code", url.Values{"code": {"000000"}}).Status)
	}
	*now = now.Add(time.Minute)
	got := visitor.Post("/login/code", url.Values{"code": {codeAt(t, secret, *now)}})
	require.Equal(t, http.StatusTooManyRequests, got.Status)
	require.Contains(t, got.Body, "分钟后再试")
}

func TestTheSystemOfficerTakesAwayTheSecondFactorOfALostTelephone(t *testing.T) {
	h, now := twoFactors(t)
	inspector := h.As(auth.RoleInspector)
	enrols(t, inspector, *now)
	officer := h.As(auth.RoleSystemOfficer)
	at := "/accounts/" + string(h.Account(auth.RoleInspector))
	page := officer.Get(at)
	require.Contains(t, page.Body, "取消动态验证码")
	reset := officer.Post(at+"/second-factor/reset", url.Values{"match": {hidden(t, page.Body, "match")}})
	require.Equal(t, http.StatusSeeOther, reset.Status, reset.Body)
	require.Equal(t, "/me/code?next=%2Foverview", inspector.Get("/overview").Header.Get("Location"), "it is set up anew")
}

func TestAfterTheCodeAndANewPasswordThePageIsStillWhereOneWanted(t *testing.T) {
	h, now := twoFactors(t)
	inspector := h.As(auth.RoleInspector)
	secret := enrols(t, inspector, *now)
	require.Equal(t, http.StatusSeeOther, inspector.Post("/password", url.Values{"password": {passphrase}, "again": {passphrase}}).Status)
	account, err := h.Archive.Account(t.Context(), h.Account(auth.RoleInspector))
	require.NoError(t, err)
	_, err = h.Archive.SQL().ExecContext(t.Context(), "UPDATE accounts SET must_change = 1 WHERE login = ?", account.Login)
	require.NoError(t, err)
	*now = now.Add(time.Minute)
	visitor := h.Stranger()
	visitor.Post("/login", url.Values{"login": {account.Login}, "password": {passphrase}, "next": {"/overview"}})
	came := visitor.Post("/login/code", url.Values{"code": {codeAt(t, secret, *now)}, "next": {"/overview"}})
	require.Equal(t, "/password?next=%2Foverview", came.Header.Get("Location"), came.Body)
}
