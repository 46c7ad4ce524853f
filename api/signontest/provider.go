// Package signontest gives tests a small OpenID provider in their own process.
package signontest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
)

// Provider is a small OpenID provider: description, keys, and codes that
// are good once, for the verifier whose challenge came with the request.
type Provider struct {
	testing.TB
	// URL is the issuer.
	URL   string
	now   func() time.Time
	mutex sync.Mutex
	key   *rsa.PrivateKey
	away  bool
	asked int
	codes map[string]url.Values
	// claims go into every token, over those that a good one has.
	claims map[string]any
	// signer signs in place of the published key.
	signer *rsa.PrivateKey
}

// What the provider knows the program by.
const (
	ClientID     = "bangfu"
	ClientSecret = "a secret with / and ="
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

// Open starts a provider whose clock is the one given.
func Open(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	p := &Provider{TB: t, now: now, key: providerKey(), codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
			"token_endpoint_auth_methods_supported": []string{"client_secret_basic"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: keyID, Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", p.token)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

func (p *Provider) answer(w http.ResponseWriter, body any) {
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

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	code := r.PostFormValue("code")
	p.mutex.Lock()
	request, known := p.codes[code]
	delete(p.codes, code)
	p.mutex.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	secret, err := url.QueryUnescape(password)
	if err != nil || !known || user != ClientID || secret != ClientSecret || request.Get("redirect_uri") != r.PostFormValue("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(challenge[:]) != request.Get("code_challenge") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	p.answer(w, map[string]any{"access_token": "none", "token_type": "Bearer", "id_token": p.sign(request.Get("nonce"))})
}

func (p *Provider) sign(nonce string) string {
	now := p.now()
	claims := map[string]any{
		"iss": p.URL, "aud": ClientID, "sub": "subject-1", "nonce": nonce, "preferred_username": "zhang.san",
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

// Authorize is what happens at the provider: somebody logs in there, and the
// browser comes back with a code.
func (p *Provider) Authorize(address string) map[string]string {
	p.Helper()
	asked, err := url.Parse(address)
	require.NoError(p, err)
	require.Equal(p, p.URL+"/authorize", asked.Scheme+"://"+asked.Host+asked.Path)
	query := asked.Query()
	require.Equal(p, "code", query.Get("response_type"))
	require.Equal(p, ClientID, query.Get("client_id"))
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

// Say puts claims into the tokens from now on, over those that a good one has,
// and nothing else; nil makes them good again.
func (p *Provider) Say(claims map[string]any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.claims, p.signer = claims, nil
}

// Forge signs the tokens from now on with a key that is not the published one.
func (p *Provider) Forge() {
	p.Helper()
	forger, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(p, err)
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.signer = forger
}

// Leave takes the provider away, or brings it back.
func (p *Provider) Leave(away bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.away = away
}

// Asked is how many answers it has given.
func (p *Provider) Asked() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.asked
}
