package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

const goodPassword = "海河的桥-2014-七座"

// withPassword makes an account whose owner set a password.
func (h *house) withPassword(login string) (models.AccountID, *visitor) {
	h.Helper()
	id := h.account(login, auth.RoleInspector, "tj", "")
	v := h.signedIn(id)
	got := v.do(http.MethodPut, Prefix+"/me/password", map[string]string{"password": goodPassword})
	require.Equal(h, http.StatusNoContent, got.status, got.body)
	return id, v
}

func (v *visitor) signIn(login, password string) answer {
	v.Helper()
	return v.do(http.MethodPost, Prefix+"/session", map[string]string{"login": login, "password": password})
}

func TestSomebodyLogsInSeesThemselvesAndLogsOut(t *testing.T) {
	h := aHouse(t)
	id, _ := h.withPassword("zhang")
	v := h.visitor()
	v.get(Prefix+"/me").isProblem(t, problem.SignInRequired, 401)
	got := v.signIn("ZHANG", goodPassword)
	require.Equal(t, http.StatusOK, got.status, got.body)
	cookie := got.header.Get("Set-Cookie")
	require.Contains(t, cookie, "bangfu=")
	require.Contains(t, cookie, "HttpOnly")
	require.Contains(t, cookie, "SameSite=Lax")
	self := v.get(Prefix + "/me")
	require.Equal(t, string(id), self.field(t, "account"))
	require.Contains(t, self.field(t, "permissions"), string(auth.RecordRead))
	require.NotContains(t, self.body, "argon2")
	require.Equal(t, http.StatusNoContent, v.do(http.MethodDelete, Prefix+"/session", nil).status)
	v.get(Prefix+"/me").isProblem(t, problem.SignInRequired, 401)
}

func TestOverTLSTheCookieIsBoundToTheHost(t *testing.T) {
	h := aHouse(t, func(s *Settings) { s.PublicURL = "https://bangfu.example" })
	secret, err := h.archive.IssueLoginLink(t.Context(), h.account("zhang", "", "", ""), "/", time.Hour)
	require.NoError(t, err)
	cookie := h.visitor().do(http.MethodPost, Prefix+"/login-link/"+secret, nil).header.Get("Set-Cookie")
	require.True(t, strings.HasPrefix(cookie, "__Host-bangfu="), cookie)
	require.Contains(t, cookie, "Secure")
	require.Contains(t, cookie, "Path=/")
}

func TestASessionFromBeforeTheLogInIsWorthNothing(t *testing.T) {
	h := aHouse(t)
	h.withPassword("zhang")
	v := h.visitor()
	first := v.signIn("zhang", goodPassword).header.Get("Set-Cookie")
	second := v.signIn("zhang", goodPassword).header.Get("Set-Cookie")
	require.NotEqual(t, first, second)
	old := h.visitor()
	stolen, _, _ := strings.Cut(first, ";")
	old.get(Prefix+"/me", header("Cookie", stolen)).isProblem(t, problem.SignInRequired, 401)
}

func TestAWrongPasswordAndAnUnknownAccountAreAnsweredAlike(t *testing.T) {
	h := aHouse(t)
	h.withPassword("zhang")
	v := h.visitor()
	wrong, unknown := v.signIn("zhang", "wrong"), v.signIn("nobody", "wrong")
	wrong.isProblem(t, problem.SignInFailed, 401)
	unknown.isProblem(t, problem.SignInFailed, 401)
	require.Equal(t, wrong.field(t, "detail"), unknown.field(t, "detail"))
}

func TestFiveWrongPasswordsLockTheAccountEvenForTheRightOneUntilTheTimeIsOver(t *testing.T) {
	h := aHouse(t)
	h.withPassword("zhang")
	v := h.visitor()
	for range 5 {
		v.signIn("zhang", "wrong").isProblem(t, problem.SignInFailed, 401)
	}
	got := v.signIn("zhang", goodPassword)
	got.isProblem(t, problem.AccountLocked, 429)
	require.NotEmpty(t, got.header.Get("Retry-After"))
	h.clock.advance(16 * time.Minute)
	require.Equal(t, http.StatusOK, v.signIn("zhang", goodPassword).status)
}

func TestADisabledAccountNeitherLogsInNorGoesOn(t *testing.T) {
	h := aHouse(t)
	id, v := h.withPassword("zhang")
	account, err := h.archive.Account(t.Context(), id)
	require.NoError(t, err)
	disabled := store.AccountDisabled
	require.NoError(t, h.archive.UpdateAccount(t.Context(), id, account.Version, store.AccountChange{State: &disabled}, time.Now()))
	v.get(Prefix+"/me").isProblem(t, problem.SignInRequired, 401)
	h.visitor().signIn("zhang", goodPassword).isProblem(t, problem.SignInFailed, 401)
}

func TestSessionsAreListedAndEndedFromElsewhere(t *testing.T) {
	h := aHouse(t)
	_, here := h.withPassword("zhang")
	there := h.visitor()
	require.Equal(t, http.StatusOK, there.signIn("zhang", goodPassword).status)
	items, isList := here.get(Prefix+"/me/sessions").field(t, "items").([]any)
	require.True(t, isList)
	require.Len(t, items, 2)
	for _, item := range items {
		session, _ := item.(map[string]any)
		if session["current"] == true {
			continue
		}
		id, _ := session["id"].(string)
		require.Equal(t, http.StatusNoContent, here.do(http.MethodDelete, Prefix+"/me/sessions/"+id, nil).status)
	}
	there.get(Prefix+"/me").isProblem(t, problem.SignInRequired, 401)
	require.Equal(t, http.StatusOK, here.get(Prefix+"/me").status)
}

func TestALogInLinkIsLookedAtWithoutHarmUsedOnceAndOpensItsPath(t *testing.T) {
	h := aHouse(t)
	link, err := IssueLoginLink(t.Context(), h.archive, h.server.URL, h.account("zhang", "", "", ""), "/records?mine=1", time.Hour)
	require.NoError(t, err)
	path := strings.TrimPrefix(link, h.server.URL)
	v := h.visitor()
	for range 2 {
		page := v.get(path, header("Accept", "text/html"))
		require.Equal(t, http.StatusOK, page.status)
		require.Contains(t, page.body, `<form method="post">`)
		require.NotContains(t, page.body, "<script")
	}
	v.get(Prefix+"/me").isProblem(t, problem.SignInRequired, 401)
	used := v.do(http.MethodPost, path, nil)
	require.Equal(t, http.StatusSeeOther, used.status)
	require.Equal(t, "/records?mine=1", used.header.Get("Location"))
	require.Equal(t, http.StatusOK, v.get(Prefix+"/me").status)
	h.visitor().do(http.MethodPost, path, nil).isProblem(t, problem.LinkInvalid, 410)
	require.NotContains(t, h.log.String(), strings.TrimPrefix(path, Prefix+"/login-link/"), "the secret is not logged")
}

func TestANewPasswordIsLongUncommonAndNew(t *testing.T) {
	h := aHouse(t)
	_, v := h.withPassword("zhangwei")
	set := func(current, next string) answer {
		return v.do(http.MethodPut, Prefix+"/me/password", map[string]string{"current": current, "password": next})
	}
	for _, poor := range []string{"短", "aaaaaaaaaaaaaa", "Password123456!", "zhangwei2014", goodPassword, strings.Repeat("长密码很长", 30)} {
		set(goodPassword, poor).isProblem(t, problem.PasswordWeak, 422)
	}
	set("wrong", "另一个很长的密码-2015").isProblem(t, problem.PasswordWrong, 422)
	require.Equal(t, http.StatusNoContent, set(goodPassword, "另一个很长的密码-2015").status)
	set("另一个很长的密码-2015", goodPassword).isProblem(t, problem.PasswordWeak, 422)
}

func TestWhoMustChangeThePasswordDoesThatFirst(t *testing.T) {
	h := aHouse(t)
	id := models.AccountID("fresh")
	require.NoError(t, h.archive.CreateAccount(t.Context(), store.Account{ID: id, Login: "fresh", MustChange: true}, time.Now()))
	v := h.signedIn(id)
	v.get(Prefix+"/tokens").isProblem(t, problem.PasswordMustChange, 403)
	require.Equal(t, http.StatusOK, v.get(Prefix+"/me").status)
	require.Equal(t, http.StatusNoContent, v.do(http.MethodPut, Prefix+"/me/password", map[string]string{"password": goodPassword}).status)
	require.Equal(t, http.StatusOK, v.get(Prefix+"/tokens").status)
}

func TestAProgramActsByATokenWithinItsScopesUntilItIsRevoked(t *testing.T) {
	h := aHouse(t)
	v := h.signedIn(h.account("zhang", auth.RoleSystemOfficer, "tj", ""))
	issue := func(scopes ...string) answer {
		return v.do(http.MethodPost, Prefix+"/tokens", map[string]any{"name": "报表", "scopes": scopes, "days": 30})
	}
	issue(string(auth.GrantManage)).isProblem(t, problem.ScopeTooWide, 422)
	issue("no:such").isProblem(t, problem.ScopeTooWide, 422)
	got := issue(string(auth.AccountRead))
	require.Equal(t, http.StatusCreated, got.status, got.body)
	secret, _ := got.field(t, "secret").(string)
	require.True(t, strings.HasPrefix(secret, "bf_"))
	require.NotContains(t, v.get(Prefix+"/tokens").body, secret)
	program := h.visitor()
	program.token = secret
	require.Equal(t, http.StatusOK, program.get(Prefix+"/accounts").status)
	program.do(http.MethodPost, Prefix+"/accounts", map[string]string{"login": "li", "name": "乙"}).isProblem(t, problem.Forbidden, 403)
	program.do(http.MethodPost, Prefix+"/tokens", map[string]any{"name": "又一个", "scopes": []string{"account:read"}, "days": 1}).
		isProblem(t, problem.SessionRequired, 403)
	id, _ := got.field(t, "id").(string)
	require.Equal(t, http.StatusNoContent, v.do(http.MethodDelete, Prefix+"/tokens/"+id, nil).status)
	program.get(Prefix+"/accounts").isProblem(t, problem.SignInRequired, 401)
}

func TestATokenExpires(t *testing.T) {
	h := aHouse(t)
	v := h.signedIn(h.account("zhang", auth.RoleSystemOfficer, "tj", ""))
	got := v.do(http.MethodPost, Prefix+"/tokens", map[string]any{"name": "报表", "scopes": []string{"account:read"}, "days": 1})
	program := h.visitor()
	program.token, _ = got.field(t, "secret").(string)
	require.Equal(t, http.StatusOK, program.get(Prefix+"/me").status)
	h.clock.advance(25 * time.Hour)
	program.get(Prefix+"/me").isProblem(t, problem.SignInRequired, 401)
}

func TestASessionEndsWhenItIsNotUsed(t *testing.T) {
	h := aHouse(t)
	v := h.signedIn(h.account("zhang", "", "", ""))
	require.Equal(t, http.StatusOK, v.get(Prefix+"/me").status)
	h.clock.advance(3 * time.Hour)
	v.get(Prefix+"/me").isProblem(t, problem.SignInRequired, 401)
}
