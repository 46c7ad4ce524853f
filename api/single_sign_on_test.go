package api

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/signontest"
	"bangfu/models"
	"bangfu/models/store"
)

// signOnHouse is a house with a provider, and 张三 whom the officer has entered.
func signOnHouse(t *testing.T, change ...func(*Settings)) (*house, *signontest.Provider, models.AccountID) {
	t.Helper()
	var h *house
	p := signontest.Open(t, func() time.Time { return h.clock.read() })
	h = aHouse(t, append([]func(*Settings){func(s *Settings) {
		s.SingleSignOn = SingleSignOn{Issuer: p.URL, ClientID: signontest.ClientID, ClientSecret: signontest.ClientSecret}
	}}, change...)...)
	id := h.account("zhangsan", auth.RoleInspector, "120101", "")
	h.entered(id, "zhang.san")
	return h, p, id
}

// entered is an officer's word for who may open an account.
func (h *house) entered(id models.AccountID, name string) {
	h.Helper()
	account, err := h.archive.Account(h.Context(), id)
	require.NoError(h, err)
	require.NoError(h, h.archive.SetSignOnName(h.Context(), id, account.Version, name, h.clock.read()))
}

func (v *visitor) starts(next string) string {
	v.Helper()
	got := v.do(http.MethodPost, Prefix+"/session/single-sign-on", map[string]string{"next": next})
	require.Equal(v, http.StatusOK, got.status, got.body)
	return got.field(v.T, "address").(string)
}

func (v *visitor) comesBack(with map[string]string) answer {
	v.Helper()
	return v.do(http.MethodPost, Prefix+"/session/single-sign-on/answer", with)
}

func (v *visitor) isNobody() {
	v.Helper()
	v.get(Prefix+"/me").isProblem(v.T, problem.SignInRequired, http.StatusUnauthorized)
}

func (h *house) lastAccess(action string) store.Access {
	h.Helper()
	found, err := h.archive.AccessLog(h.Context(), store.AccessFilter{Actions: []string{action}}, store.Page{Size: 1})
	require.NoError(h, err)
	require.NotEmpty(h, found.Items, action)
	return found.Items[0]
}

const signedOn = "sign-in-by-single-sign-on"

func TestWhomTheProviderVouchesForIsLoggedInUnderANewToken(t *testing.T) {
	h, p, id := signOnHouse(t)
	v := h.visitor()
	address := v.starts("/obligations?light=red")
	before := v.cookie()
	got := v.comesBack(p.Authorize(address))
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Equal(t, "/obligations?light=red", got.field(t, "next"))
	require.Equal(t, string(id), got.field(t, "account"))
	require.NotEqual(t, before, v.cookie(), "a token from before the log-in is worth nothing")
	require.Equal(t, string(id), v.get(Prefix+"/me").field(t, "account"))
	entry := h.lastAccess(signedOn)
	require.Equal(t, id, entry.Account)
	require.Equal(t, http.StatusOK, entry.Status)
	stored, err := h.archive.Account(t.Context(), id)
	require.NoError(t, err)
	require.True(t, stored.SignOnLinked)
}

func (v *visitor) cookie() string {
	v.Helper()
	address, err := url.Parse(v.server.URL)
	require.NoError(v, err)
	cookies := v.browser.Jar.Cookies(address)
	require.Len(v, cookies, 1)
	return cookies[0].Value
}

func TestAnAnswerIsGoodOnceAndInTheBrowserThatAsked(t *testing.T) {
	h, p, _ := signOnHouse(t)
	v := h.visitor()
	back := p.Authorize(v.starts("/"))

	other := h.visitor()
	other.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	other.isNobody()
	other.starts("/")
	other.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	other.isNobody()

	wrong := map[string]string{"state": rand.Text(), "code": back["code"]}
	v.comesBack(wrong).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	v.isNobody()
	require.Equal(t, http.StatusOK, v.comesBack(back).status, "another site's answer spoils nothing")
	v.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
}

func TestAnAnswerThatComesTooLateOrIsARefusalOpensNothing(t *testing.T) {
	h, p, _ := signOnHouse(t)
	late := h.visitor()
	back := p.Authorize(late.starts("/"))
	h.clock.advance(signOnLife + time.Second)
	late.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	late.isNobody()

	v := h.visitor()
	back = p.Authorize(v.starts("/"))
	refused := map[string]string{"state": back["state"], "error": "access_denied"}
	v.comesBack(refused).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	v.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	v.isNobody()

	v = h.visitor()
	back = p.Authorize(v.starts("/"))
	back["issuer"] = "https://elsewhere.example"
	v.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	v.isNobody()
	require.Equal(t, http.StatusUnauthorized, h.lastAccess(signedOn).Status)
}

func TestATokenThatDoesNotHoldOpensNothing(t *testing.T) {
	h, p, _ := signOnHouse(t)
	for name, spoil := range map[string]func(){
		"another nonce":           func() { p.Say(map[string]any{"nonce": "another"}) },
		"no nonce":                func() { p.Say(map[string]any{"nonce": ""}) },
		"another audience":        func() { p.Say(map[string]any{"aud": "another"}) },
		"two audiences, no party": func() { p.Say(map[string]any{"aud": []string{signontest.ClientID, "another"}}) },
		"made for another party":  func() { p.Say(map[string]any{"aud": []string{signontest.ClientID, "another"}, "azp": "another"}) },
		"another issuer":          func() { p.Say(map[string]any{"iss": "https://elsewhere.example"}) },
		"expired":                 func() { p.Say(map[string]any{"exp": h.clock.read().Add(-time.Second).Unix()}) },
		"nobody's":                func() { p.Say(map[string]any{"sub": ""}) },
		"signed by somebody else": func() { p.Forge() },
	} {
		t.Run(name, func(t *testing.T) {
			p.Say(nil)
			spoil()
			v := h.visitor()
			got := v.comesBack(p.Authorize(v.starts("/")))
			got.isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
			v.isNobody()
		})
	}
	p.Say(nil)
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.Authorize(v.starts("/"))).status, "the same without a fault is good")
}

func TestSomebodyWithoutAnActiveAccountIsTurnedAwayAndNoAccountIsMade(t *testing.T) {
	h, p, id := signOnHouse(t)
	stranger := h.visitor()
	p.Say(map[string]any{"sub": "subject-2", "preferred_username": "zhangsan"})
	got := stranger.comesBack(p.Authorize(stranger.starts("/")))
	got.isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
	require.NotContains(t, got.body, "subject-2")
	stranger.isNobody()
	require.Empty(t, h.lastAccess(signedOn).Account)
	accounts, err := h.archive.Accounts(t.Context(), store.AccountFilter{}, store.Page{})
	require.NoError(t, err)
	require.Len(t, accounts.Items, 1)

	p.Say(map[string]any{})
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.Authorize(v.starts("/"))).status)
	stored, err := h.archive.Account(t.Context(), id)
	require.NoError(t, err)
	disabled := store.AccountDisabled
	require.NoError(t, h.archive.UpdateAccount(t.Context(), id, stored.Version, store.AccountChange{State: &disabled}, h.clock.read()))
	v.isNobody()
	v.comesBack(p.Authorize(v.starts("/"))).isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
	v.isNobody()
	entry := h.lastAccess(signedOn)
	require.Equal(t, id, entry.Account)
	require.Equal(t, http.StatusForbidden, entry.Status)
}

func TestANameThatTheProviderGivesToSomebodyElseOpensNothing(t *testing.T) {
	h, p, id := signOnHouse(t)
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.Authorize(v.starts("/"))).status)
	p.Say(map[string]any{"sub": "a successor of the same name"})
	successor := h.visitor()
	successor.comesBack(p.Authorize(successor.starts("/"))).isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
	p.Say(map[string]any{"preferred_username": "zhang.san.renamed"})
	renamed := h.visitor()
	require.Equal(t, string(id), renamed.comesBack(p.Authorize(renamed.starts("/"))).field(t, "account"))
}

func TestAnAddressThatTheProviderHasNotVerifiedNamesNobody(t *testing.T) {
	h, p, id := signOnHouse(t, func(s *Settings) { s.SingleSignOn.NameClaim = "email" })
	h.entered(id, "zhang@example.org")
	p.Say(map[string]any{"email": "zhang@example.org"})
	v := h.visitor()
	v.comesBack(p.Authorize(v.starts("/"))).isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
	p.Say(map[string]any{"email": "zhang@example.org", "email_verified": true})
	require.Equal(t, http.StatusOK, v.comesBack(p.Authorize(v.starts("/"))).status)
}

func TestALogInLeadsOnToThisSiteOnly(t *testing.T) {
	h, p, _ := signOnHouse(t)
	for _, next := range []string{"//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example", "javascript:alert(1)", ""} {
		v := h.visitor()
		got := v.comesBack(p.Authorize(v.starts(next)))
		require.Equal(t, "/", got.field(t, "next"), next)
	}
}

func TestAProviderThatIsAwayIsSaidToBeAndThePasswordStillWorks(t *testing.T) {
	h, p, id := signOnHouse(t)
	p.Leave(true)
	v := h.visitor()
	got := v.do(http.MethodPost, Prefix+"/session/single-sign-on", map[string]string{})
	got.isProblem(t, problem.SignOnUnavailable, http.StatusServiceUnavailable)
	require.Contains(t, got.body, "以账号和密码登录")
	h.password(id, longEnough)
	require.Equal(t, http.StatusOK, v.signsIn("zhangsan", longEnough).status)

	p.Leave(false)
	v = h.visitor()
	back := p.Authorize(v.starts("/"))
	p.Leave(true)
	v.comesBack(back).isProblem(t, problem.SignOnUnavailable, http.StatusServiceUnavailable)
	v.isNobody()
}

func TestWithoutAProviderThereIsNoSingleSignOn(t *testing.T) {
	v := aHouse(t).visitor()
	require.Equal(t, false, v.get(Prefix+"/session/single-sign-on").field(t, "offered"))
	v.do(http.MethodPost, Prefix+"/session/single-sign-on", map[string]string{}).isProblem(t, problem.NotFound, http.StatusNotFound)
	v.comesBack(map[string]string{"state": "x", "code": "x"}).isProblem(t, problem.NotFound, http.StatusNotFound)
}

func TestTheLockOfWrongPasswordsKeepsNobodyFromSingleSignOn(t *testing.T) {
	h, p, id := signOnHouse(t)
	require.NoError(t, h.archive.SignInFailed(t.Context(), id, 1, time.Hour, h.clock.read()))
	v := h.visitor()
	v.signsIn("zhangsan", longEnough).isProblem(t, problem.AccountLocked, http.StatusTooManyRequests)
	require.Equal(t, http.StatusOK, v.comesBack(p.Authorize(v.starts("/"))).status)
}

// factorHouse is a house whose inspectors need a second factor.
func factorHouse(t *testing.T, proofs ...string) (*house, *signontest.Provider, models.AccountID) {
	t.Helper()
	return signOnHouse(t, func(s *Settings) {
		s.SecretKey, s.SecondFactorRoles = bytes.Repeat([]byte{7}, 32), []auth.Role{auth.RoleInspector}
		s.SingleSignOn.FactorValues = proofs
	})
}

func (v *visitor) enrols() (secret string) {
	v.Helper()
	secret = v.do(http.MethodPost, Prefix+"/me/second-factor", nil).field(v.T, "secret").(string)
	code, err := totp.GenerateCode(secret, v.clock.read())
	require.NoError(v, err)
	require.Equal(v, http.StatusNoContent, v.do(http.MethodPut, Prefix+"/me/second-factor", map[string]string{"code": code}).status)
	return secret
}

func TestSingleSignOnStandsForThePasswordAndNotForTheCode(t *testing.T) {
	h, p, id := factorHouse(t)
	p.Say(map[string]any{"amr": []string{"pwd", "mfa"}, "acr": "mfa"})
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.Authorize(v.starts("/"))).status)
	v.get(Prefix+"/obligations").isProblem(t, problem.FactorMustEnrol, http.StatusForbidden)
	secret := v.enrols()

	h.clock.advance(time.Minute)
	v = h.visitor()
	got := v.comesBack(p.Authorize(v.starts("/overview")))
	require.Equal(t, true, got.field(t, "codeNeeded"), "nobody said that this provider's word is believed")
	require.Equal(t, "/overview", got.field(t, "next"))
	v.isNobody()
	code, err := totp.GenerateCode(secret, h.clock.read())
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, v.do(http.MethodPost, Prefix+"/session/code", map[string]string{"code": code}).status)
	require.Equal(t, string(id), v.get(Prefix+"/me").field(t, "account"))
}

func TestAProviderThatProvesASecondFactorIsBelievedWhereTheSettingsSaySo(t *testing.T) {
	h, p, _ := factorHouse(t, "", "mfa", "urn:example:gold")
	for claim, value := range map[string]any{"amr": []string{"pwd", "mfa"}, "acr": "urn:example:gold"} {
		p.Say(map[string]any{claim: value})
		v := h.visitor()
		got := v.comesBack(p.Authorize(v.starts("/")))
		require.Equal(t, http.StatusOK, got.status, got.body)
		require.Equal(t, http.StatusOK, v.get(Prefix+"/obligations").status, "nothing needs to be set up either")
	}
	for _, proof := range []string{"urn:example:silver", ""} {
		p.Say(map[string]any{"amr": []string{"pwd", ""}, "acr": proof})
		v := h.visitor()
		require.Equal(t, http.StatusOK, v.comesBack(p.Authorize(v.starts("/"))).status)
		v.get(Prefix+"/obligations").isProblem(t, problem.FactorMustEnrol, http.StatusForbidden)
	}
}

func TestWhoNeedsNoPasswordIsNotAskedToSetOne(t *testing.T) {
	h, p, _ := signOnHouse(t)
	fresh := store.Account{ID: "fresh", Login: "lisi", Name: "李四", MustChange: true}
	require.NoError(t, h.archive.CreateAccount(t.Context(), fresh, h.clock.read()))
	h.entered("fresh", "li.si")
	p.Say(map[string]any{"sub": "subject-li", "preferred_username": "li.si"})
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.Authorize(v.starts("/"))).status)
	require.Equal(t, false, v.get(Prefix+"/me").field(t, "mustChangePassword"))
	require.Equal(t, http.StatusOK, v.get(Prefix+"/me/sessions").status)
}

func TestTheSystemOfficerEntersWhoTheProviderMayVouchForAndNobodyTheirOwn(t *testing.T) {
	h, p, id := signOnHouse(t)
	officer := h.account("officer", auth.RoleSystemOfficer, "tj", "")
	v := h.signedIn(officer)
	put := func(account models.AccountID, name, version string) answer {
		return v.do(http.MethodPut, Prefix+"/accounts/"+string(account)+"/single-sign-on", map[string]string{"singleSignOnName": name}, header("If-Match", version))
	}
	put(officer, "officer", `"2"`).isProblem(t, problem.OwnAccount, http.StatusConflict)
	other := h.account("lisi", "", "", "")
	put(other, "zhang.san", `"1"`).isProblem(t, problem.Duplicate, http.StatusConflict)
	put(other, "li\u200bsi", `"1"`).isProblem(t, problem.RequestInvalid, http.StatusUnprocessableEntity)
	put(other, "li.si", `"7"`).isProblem(t, problem.VersionConflict, http.StatusPreconditionFailed)
	got := put(other, "  li.si ", `"1"`)
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Equal(t, "li.si", got.field(t, "singleSignOnName"))
	require.Equal(t, "set-single-sign-on", h.lastAccess("set-single-sign-on").Action)

	person := h.visitor()
	require.Equal(t, http.StatusOK, person.comesBack(p.Authorize(person.starts("/"))).status)
	account, err := h.archive.Account(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, put(id, "", etag(account.Version)).status)
	again := h.visitor()
	again.comesBack(p.Authorize(again.starts("/"))).isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
}

func TestTheProvidersDescriptionIsReadOnceAndNotAtTheStart(t *testing.T) {
	h, p, _ := signOnHouse(t)
	require.Zero(t, p.Asked())
	for range 3 {
		h.visitor().starts("/")
	}
	require.Equal(t, 1, p.Asked())
	require.False(t, strings.Contains(h.log.String(), signontest.ClientSecret))
}
