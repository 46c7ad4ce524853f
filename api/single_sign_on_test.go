package api

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// openIDProvider is a small OpenID provider: description, keys, and codes that
// are good once, for the verifier whose challenge came with the request.
type openIDProvider struct {
	*testing.T
	server *httptest.Server
	clock  *testClock
	mutex  sync.Mutex
	key    *rsa.PrivateKey
	away   bool
	asked  int
	codes  map[string]url.Values
	// claims go into every token, over those that a good one has.
	claims map[string]any
	// signer signs in place of the published key.
	signer *rsa.PrivateKey
}

const (
	clientID     = "bangfu"
	clientSecret = "a secret with / and ="
	keyID        = "key-1"
)

// providerKey is made once: making one takes longer than all that it is for.
var providerKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func aProvider(t *testing.T) *openIDProvider {
	t.Helper()
	p := &openIDProvider{T: t, key: providerKey(), codes: map[string]url.Values{}, claims: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{
			"issuer": p.server.URL, "authorization_endpoint": p.server.URL + "/authorize", "token_endpoint": p.server.URL + "/token",
			"jwks_uri": p.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
			"token_endpoint_auth_methods_supported": []string{"client_secret_basic"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: keyID, Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

func (p *openIDProvider) answer(w http.ResponseWriter, body any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.asked++
	if p.away {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		p.Error(err)
	}
}

func (p *openIDProvider) token(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	code := r.PostFormValue("code")
	p.mutex.Lock()
	request, known := p.codes[code]
	delete(p.codes, code)
	p.mutex.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	secret, err := url.QueryUnescape(password)
	if err != nil || !known || user != clientID || secret != clientSecret || request.Get("redirect_uri") != r.PostFormValue("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(challenge[:]) != request.Get("code_challenge") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	p.answer(w, map[string]any{"access_token": "none", "token_type": "Bearer", "id_token": p.sign(request.Get("nonce"))})
}

func (p *openIDProvider) sign(nonce string) string {
	now := p.clock.read()
	claims := map[string]any{
		"iss": p.server.URL, "aud": clientID, "sub": "subject-1", "nonce": nonce, "preferred_username": "zhang.san",
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for name, value := range p.claims {
		claims[name] = value
	}
	key := p.key
	if p.signer != nil {
		key = p.signer
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: keyID}}, nil)
	if err != nil {
		p.Error(err)
		return ""
	}
	content, err := json.Marshal(claims)
	if err != nil {
		p.Error(err)
		return ""
	}
	signed, err := signer.Sign(content)
	if err != nil {
		p.Error(err)
		return ""
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		p.Error(err)
	}
	return text
}

// authorize is what happens at the provider: somebody logs in there, and the
// browser comes back with a code.
func (p *openIDProvider) authorize(address string) map[string]string {
	p.Helper()
	asked, err := url.Parse(address)
	require.NoError(p, err)
	require.Equal(p, p.server.URL+"/authorize", asked.Scheme+"://"+asked.Host+asked.Path)
	query := asked.Query()
	require.Equal(p, "code", query.Get("response_type"))
	require.Equal(p, clientID, query.Get("client_id"))
	require.Equal(p, "http://127.0.0.1/login/single-sign-on/callback", query.Get("redirect_uri"))
	require.Equal(p, "S256", query.Get("code_challenge_method"))
	require.Equal(p, "openid profile", query.Get("scope"))
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		require.GreaterOrEqual(p, len(query.Get(name)), 26, name)
	}
	code := rand.Text()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.codes[code] = query
	return map[string]string{"state": query.Get("state"), "code": code}
}

// signOnHouse is a house with a provider, and 张三 whom the officer has entered.
func signOnHouse(t *testing.T, change ...func(*Settings)) (*house, *openIDProvider, models.AccountID) {
	t.Helper()
	p := aProvider(t)
	h := aHouse(t, append([]func(*Settings){func(s *Settings) {
		s.SingleSignOn = SingleSignOn{Issuer: p.server.URL, ClientID: clientID, ClientSecret: clientSecret}
	}}, change...)...)
	p.clock = h.clock
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
	found, err := h.archive.AccessLog(h.Context(), store.AccessFilter{Action: action}, store.Page{Size: 1})
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
	got := v.comesBack(p.authorize(address))
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
	back := p.authorize(v.starts("/"))

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
	back := p.authorize(late.starts("/"))
	h.clock.advance(signOnLife + time.Second)
	late.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	late.isNobody()

	v := h.visitor()
	back = p.authorize(v.starts("/"))
	refused := map[string]string{"state": back["state"], "error": "access_denied"}
	v.comesBack(refused).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	v.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	v.isNobody()

	v = h.visitor()
	back = p.authorize(v.starts("/"))
	back["issuer"] = "https://elsewhere.example"
	v.comesBack(back).isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
	v.isNobody()
	require.Equal(t, http.StatusUnauthorized, h.lastAccess(signedOn).Status)
}

func TestATokenThatDoesNotHoldOpensNothing(t *testing.T) {
	h, p, _ := signOnHouse(t)
	forger, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for name, spoil := range map[string]func(){
		"another nonce":           func() { p.claims = map[string]any{"nonce": "another"} },
		"no nonce":                func() { p.claims = map[string]any{"nonce": ""} },
		"another audience":        func() { p.claims = map[string]any{"aud": "another"} },
		"two audiences, no party": func() { p.claims = map[string]any{"aud": []string{clientID, "another"}} },
		"made for another party":  func() { p.claims = map[string]any{"aud": []string{clientID, "another"}, "azp": "another"} },
		"another issuer":          func() { p.claims = map[string]any{"iss": "https://elsewhere.example"} },
		"expired":                 func() { p.claims = map[string]any{"exp": h.clock.read().Add(-time.Second).Unix()} },
		"nobody's":                func() { p.claims = map[string]any{"sub": ""} },
		"signed by somebody else": func() { p.claims, p.signer = map[string]any{}, forger },
	} {
		t.Run(name, func(t *testing.T) {
			p.mutex.Lock()
			p.signer = nil
			spoil()
			p.mutex.Unlock()
			v := h.visitor()
			got := v.comesBack(p.authorize(v.starts("/")))
			got.isProblem(t, problem.SignOnRefused, http.StatusUnauthorized)
			v.isNobody()
		})
	}
	p.mutex.Lock()
	p.signer, p.claims = nil, map[string]any{}
	p.mutex.Unlock()
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.authorize(v.starts("/"))).status, "the same without a fault is good")
}

func TestSomebodyWithoutAnActiveAccountIsTurnedAwayAndNoAccountIsMade(t *testing.T) {
	h, p, id := signOnHouse(t)
	stranger := h.visitor()
	p.claims = map[string]any{"sub": "subject-2", "preferred_username": "zhangsan"}
	got := stranger.comesBack(p.authorize(stranger.starts("/")))
	got.isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
	require.NotContains(t, got.body, "subject-2")
	stranger.isNobody()
	require.Empty(t, h.lastAccess(signedOn).Account)
	accounts, err := h.archive.Accounts(t.Context(), store.AccountFilter{}, store.Page{})
	require.NoError(t, err)
	require.Len(t, accounts.Items, 1)

	p.claims = map[string]any{}
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.authorize(v.starts("/"))).status)
	stored, err := h.archive.Account(t.Context(), id)
	require.NoError(t, err)
	disabled := store.AccountDisabled
	require.NoError(t, h.archive.UpdateAccount(t.Context(), id, stored.Version, store.AccountChange{State: &disabled}, h.clock.read()))
	v.isNobody()
	v.comesBack(p.authorize(v.starts("/"))).isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
	v.isNobody()
	entry := h.lastAccess(signedOn)
	require.Equal(t, id, entry.Account)
	require.Equal(t, http.StatusForbidden, entry.Status)
}

func TestANameThatTheProviderGivesToSomebodyElseOpensNothing(t *testing.T) {
	h, p, id := signOnHouse(t)
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.authorize(v.starts("/"))).status)
	p.claims = map[string]any{"sub": "a successor of the same name"}
	successor := h.visitor()
	successor.comesBack(p.authorize(successor.starts("/"))).isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
	p.claims = map[string]any{"preferred_username": "zhang.san.renamed"}
	renamed := h.visitor()
	require.Equal(t, string(id), renamed.comesBack(p.authorize(renamed.starts("/"))).field(t, "account"))
}

func TestAnAddressThatTheProviderHasNotVerifiedNamesNobody(t *testing.T) {
	h, p, id := signOnHouse(t, func(s *Settings) { s.SingleSignOn.NameClaim = "email" })
	h.entered(id, "zhang@example.org")
	p.claims = map[string]any{"email": "zhang@example.org"}
	v := h.visitor()
	v.comesBack(p.authorize(v.starts("/"))).isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
	p.claims = map[string]any{"email": "zhang@example.org", "email_verified": true}
	require.Equal(t, http.StatusOK, v.comesBack(p.authorize(v.starts("/"))).status)
}

func TestALogInLeadsOnToThisSiteOnly(t *testing.T) {
	h, p, _ := signOnHouse(t)
	for _, next := range []string{"//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example", "javascript:alert(1)", ""} {
		v := h.visitor()
		got := v.comesBack(p.authorize(v.starts(next)))
		require.Equal(t, "/", got.field(t, "next"), next)
	}
}

func TestAProviderThatIsAwayIsSaidToBeAndThePasswordStillWorks(t *testing.T) {
	h, p, id := signOnHouse(t)
	p.away = true
	v := h.visitor()
	got := v.do(http.MethodPost, Prefix+"/session/single-sign-on", map[string]string{})
	got.isProblem(t, problem.SignOnUnavailable, http.StatusServiceUnavailable)
	require.Contains(t, got.body, "以账号和密码登录")
	h.password(id, longEnough)
	require.Equal(t, http.StatusOK, v.signsIn("zhangsan", longEnough).status)

	p.mutex.Lock()
	p.away = false
	p.mutex.Unlock()
	v = h.visitor()
	back := p.authorize(v.starts("/"))
	p.mutex.Lock()
	p.away = true
	p.mutex.Unlock()
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
	require.Equal(t, http.StatusOK, v.comesBack(p.authorize(v.starts("/"))).status)
}

// factorHouse is a house whose inspectors need a second factor.
func factorHouse(t *testing.T, proofs ...string) (*house, *openIDProvider, models.AccountID) {
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
	p.claims = map[string]any{"amr": []string{"pwd", "mfa"}, "acr": "mfa"}
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.authorize(v.starts("/"))).status)
	v.get(Prefix+"/obligations").isProblem(t, problem.FactorMustEnrol, http.StatusForbidden)
	secret := v.enrols()

	h.clock.advance(time.Minute)
	v = h.visitor()
	got := v.comesBack(p.authorize(v.starts("/overview")))
	require.Equal(t, true, got.field(t, "codeNeeded"), "nobody said that this provider's word is believed")
	require.Equal(t, "/overview", got.field(t, "next"))
	v.isNobody()
	code, err := totp.GenerateCode(secret, h.clock.read())
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, v.do(http.MethodPost, Prefix+"/session/code", map[string]string{"code": code}).status)
	require.Equal(t, string(id), v.get(Prefix+"/me").field(t, "account"))
}

func TestAProviderThatProvesASecondFactorIsBelievedWhereTheSettingsSaySo(t *testing.T) {
	h, p, _ := factorHouse(t, "mfa", "urn:example:gold")
	for claim, value := range map[string]any{"amr": []string{"pwd", "mfa"}, "acr": "urn:example:gold"} {
		p.claims = map[string]any{claim: value}
		v := h.visitor()
		got := v.comesBack(p.authorize(v.starts("/")))
		require.Equal(t, http.StatusOK, got.status, got.body)
		require.Equal(t, http.StatusOK, v.get(Prefix+"/obligations").status, "nothing needs to be set up either")
	}
	p.claims = map[string]any{"amr": []string{"pwd"}, "acr": "urn:example:silver"}
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.authorize(v.starts("/"))).status)
	v.get(Prefix+"/obligations").isProblem(t, problem.FactorMustEnrol, http.StatusForbidden)
}

func TestWhoNeedsNoPasswordIsNotAskedToSetOne(t *testing.T) {
	h, p, _ := signOnHouse(t)
	fresh := store.Account{ID: "fresh", Login: "lisi", Name: "李四", MustChange: true}
	require.NoError(t, h.archive.CreateAccount(t.Context(), fresh, h.clock.read()))
	h.entered("fresh", "li.si")
	p.claims = map[string]any{"sub": "subject-li", "preferred_username": "li.si"}
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.comesBack(p.authorize(v.starts("/"))).status)
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
	require.Equal(t, http.StatusOK, person.comesBack(p.authorize(person.starts("/"))).status)
	account, err := h.archive.Account(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, put(id, "", etag(account.Version)).status)
	again := h.visitor()
	again.comesBack(p.authorize(again.starts("/"))).isProblem(t, problem.SignOnUnknown, http.StatusForbidden)
}

func TestTheProvidersDescriptionIsReadOnceAndNotAtTheStart(t *testing.T) {
	h, p, _ := signOnHouse(t)
	require.Zero(t, p.asked)
	for range 3 {
		h.visitor().starts("/")
	}
	require.Equal(t, 1, p.asked)
	require.False(t, strings.Contains(h.log.String(), clientSecret))
}
