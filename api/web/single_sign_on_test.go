package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/signontest"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/models/store"
)

// signOnHouse is a house with a provider of single sign-on.
func signOnHouse(t *testing.T) (*webtest.House, *signontest.Provider) {
	t.Helper()
	p := signontest.Open(t, time.Now)
	return webtest.Open(t, web.New(), func(services *api.Services) {
		services.Settings.SingleSignOn = api.SingleSignOn{
			Issuer: p.URL, ClientID: signontest.ClientID, ClientSecret: signontest.ClientSecret, Button: "用市政务认证登录",
		}
	}), p
}

// back is the address that the provider sends the browser back to.
func back(with map[string]string) string {
	return "/login/single-sign-on/callback?" + url.Values{"state": {with["state"]}, "code": {with["code"]}}.Encode()
}

func TestThePageToLogInOffersSingleSignOnWhereThereIsAProvider(t *testing.T) {
	h, _ := signOnHouse(t)
	shown := h.Stranger().Get("/login?next=%2Foverview%3Fplan%3Ddemo")
	require.Contains(t, shown.Body, "用市政务认证登录")
	require.Contains(t, shown.Body, `href="/login/single-sign-on?next=%2Foverview%3Fplan%3Ddemo"`)
	without := webtest.Open(t, web.New()).Stranger()
	require.NotContains(t, without.Get("/login").Body, "single-sign-on")
	require.Equal(t, http.StatusNotFound, without.Get("/login/single-sign-on").Status)
}

func TestTheOfficerEntersANameAndThePersonComesByTheProvider(t *testing.T) {
	h, p := signOnHouse(t)
	at := "/accounts/" + string(h.Account(auth.RoleInspector))
	officer := h.As(auth.RoleSystemOfficer)
	enter := func(path, name string) webtest.Answer {
		return officer.Post(path+"/single-sign-on", url.Values{"match": {hidden(t, officer.Get(path).Body, "match")}, "singleSignOnName": {name}})
	}
	require.Equal(t, http.StatusSeeOther, enter(at, "zhang.san").Status)
	require.Contains(t, officer.Get(at).Body, "zhang.san（待本人首次登录绑定）")
	twice := enter("/accounts/"+string(h.Account(auth.RoleContact)), "zhang.san")
	require.Equal(t, http.StatusConflict, twice.Status)
	require.Contains(t, twice.Body, "另一个账号已登记这个统一认证名")

	person := h.Stranger()
	sent := person.Get("/login/single-sign-on?next=%2Foverview")
	require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
	answer := back(p.Authorize(sent.Header.Get("Location")))
	came := person.Get(answer)
	require.Equal(t, http.StatusSeeOther, came.Status, came.Body)
	require.Equal(t, "/overview", came.Header.Get("Location"))
	require.Equal(t, http.StatusOK, person.Get("/overview").Status)
	require.Contains(t, person.Get("/me").Body, "zhang.san")
	require.Contains(t, officer.Get(at).Body, "zhang.san（已绑定）")

	require.Equal(t, http.StatusUnauthorized, person.Get(answer).Status, "the answer is good once")
	require.Equal(t, http.StatusOK, person.Get("/overview").Status, "and whoever is logged in stays so")
	person.Post("/logout", nil)
	require.Equal(t, http.StatusSeeOther, person.Get("/overview").Status)
}

func TestARefusalOfSingleSignOnStandsBesideTheFormOfThePassword(t *testing.T) {
	h, p := signOnHouse(t)
	refused := func(got webtest.Answer, status int, words string) {
		require.Equal(t, status, got.Status, got.Body)
		require.Contains(t, got.Body, words)
		require.Contains(t, got.Body, `name="password"`)
	}
	stranger := h.Stranger()
	refused(stranger.Get("/login/single-sign-on/callback?state=x&code=y"), http.StatusUnauthorized, "单点登录没有完成")
	refused(stranger.Get("/login/single-sign-on/callback"), http.StatusUnauthorized, "单点登录没有完成")
	refused(stranger.Get("/login/single-sign-on/callback?state="+strings.Repeat("x", 5000)), http.StatusUnprocessableEntity, "账号")
	sent := stranger.Get("/login/single-sign-on")
	refused(stranger.Get(back(p.Authorize(sent.Header.Get("Location")))), http.StatusForbidden, "没有对应的账号")

	away, gone := signOnHouse(t)
	gone.Leave(true)
	got := away.Stranger().Get("/login/single-sign-on?next=%2Foverview")
	refused(got, http.StatusServiceUnavailable, "认证系统暂时不可用")
	require.Contains(t, got.Body, `name="next" value="/overview"`)
}

func TestAPasswordPastItsAgeSaysSoAndLeadsBackToThePage(t *testing.T) {
	now := time.Now()
	h := webtest.Open(t, web.New(), func(services *api.Services) {
		services.Clock = func() time.Time { return now }
		// Sessions end by the machine's clock: they have to outlast the one turned here.
		services.Settings.SessionIdle, services.Settings.SessionLife = 200*24*time.Hour, 200*24*time.Hour
	})
	login := withPassword(t, h)
	now = now.AddDate(0, 0, 91)
	visitor := h.Stranger()
	came := visitor.Post("/login", url.Values{"login": {login}, "password": {passphrase}, "next": {"/overview"}})
	require.Equal(t, "/password?next=%2Foverview", came.Header.Get("Location"))
	require.Contains(t, visitor.Get("/password?next=%2Foverview").Body, "密码已到更换期限")
	require.Equal(t, http.StatusSeeOther, visitor.Get("/overview").Status)
	same := visitor.Post("/password", url.Values{"current": {passphrase}, "password": {passphrase}, "again": {passphrase}})
	require.Equal(t, http.StatusUnprocessableEntity, same.Status)
	require.Contains(t, same.Body, "近期用过的密码")
	next := passphrase + "下"
	changed := visitor.Post("/password", url.Values{"current": {passphrase}, "password": {next}, "again": {next}, "next": {"/overview"}})
	require.Equal(t, "/overview", changed.Header.Get("Location"), changed.Body)
	require.Equal(t, http.StatusOK, visitor.Get("/overview").Status)
}

func TestTheSystemOfficerSeesAccountsThatNobodyUsesAndNotHowOftenOthersAreUsed(t *testing.T) {
	h := webtest.Open(t, web.New())
	require.NoError(t, h.Archive.CreateAccount(t.Context(), store.Account{ID: "old", Login: "a-old-and-idle", Name: "旧账号"}, time.Now().AddDate(0, 0, -91)))
	officer := h.As(auth.RoleSystemOfficer)
	shown := officer.Get("/idle-accounts")
	require.Equal(t, http.StatusOK, shown.Status, shown.Body)
	require.Contains(t, shown.Body, "a-old-and-idle")
	require.Contains(t, shown.Body, "建账 90 天以上从未使用")
	require.Contains(t, officer.Get("/accounts").Body, `href="/idle-accounts"`)
	require.Regexp(t, "待清查的账号 [1-9][0-9]* 个", officer.Get("/self-check").Body)
}
