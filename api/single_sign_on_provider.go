package api

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"bangfu/models/store"
)

// SingleSignOn says which OpenID provider people may log in by. Without an
// issuer the feature is absent.
type SingleSignOn struct {
	// Issuer is the provider's address, under which its description is found.
	Issuer string
	// ClientID and ClientSecret are this program's at the provider.
	ClientID, ClientSecret string
	// NameClaim (preferred_username) names the person in the token.
	NameClaim string
	// Button (统一身份认证登录) is what the log-in page says.
	Button string
	// Scopes (openid, profile) are asked of the provider.
	Scopes []string
	// FactorValues are values of the token's amr or acr that prove a second
	// factor. None by default: no provider is believed unasked.
	FactorValues []string
}

// Configured reports whether people may log in so.
func (s SingleSignOn) Configured() bool { return s.Issuer != "" }

func (s SingleSignOn) withDefaults() SingleSignOn {
	orElse(&s.NameClaim, "preferred_username")
	orElse(&s.Button, "统一身份认证登录")
	if len(s.Scopes) == 0 {
		s.Scopes = []string{oidc.ScopeOpenID, "profile"}
	}
	if !slices.Contains(s.Scopes, oidc.ScopeOpenID) {
		s.Scopes = append([]string{oidc.ScopeOpenID}, s.Scopes...)
	}
	return s
}

// providerTimeout is how long the provider may take to answer once.
const providerTimeout = 5 * time.Second

// provider is the OpenID provider as this program knows it. Its description is
// read when first needed, so that a provider that is down keeps nothing from
// starting, and is kept then; its keys are read again whenever a new one signs.
type provider struct {
	settings SingleSignOn
	answerTo string
	clock    func() time.Time
	client   *http.Client
	reading  singleflight.Group
	known    atomic.Pointer[knownProvider]
}

type knownProvider struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
}

func newProvider(settings SingleSignOn, publicURL string, clock func() time.Time) *provider {
	return &provider{
		settings: settings, answerTo: strings.TrimSuffix(publicURL, "/") + pathSignOnAnswer, clock: clock,
		client: &http.Client{Timeout: providerTimeout},
	}
}

// errProviderAway: the provider did not answer, or not as a provider does.
var errProviderAway = errors.New("the provider of single sign-on does not answer")

// errVouched: what came back does not say, beyond doubt, who somebody is.
var errVouched = errors.New("the provider's answer does not hold")

// discover reads the provider's description, once for all who wait for it.
func (p *provider) discover(ctx context.Context) (*knownProvider, error) {
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	read, err, _ := p.reading.Do("", func() (any, error) {
		// Whoever asked first may leave; the others go on waiting.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.settings.Issuer)
		if err != nil {
			return nil, fmt.Errorf("%w: read its description: %w", errProviderAway, err)
		}
		known, err := p.know(found)
		if err == nil {
			p.known.Store(known)
		}
		return known, err
	})
	if err != nil {
		return nil, err
	}
	return read.(*knownProvider), nil
}

func (p *provider) know(found *oidc.Provider) (*knownProvider, error) {
	var described struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&described); err != nil {
		return nil, fmt.Errorf("%w: read its description: %w", errProviderAway, err)
	}
	endpoint := found.Endpoint()
	// Said outright: trying both ways would spend the code on the first.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	basic := len(described.Methods) == 0 || slices.Contains(described.Methods, "client_secret_basic")
	if p.settings.ClientSecret == "" || !basic {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &knownProvider{
		oauth: oauth2.Config{
			ClientID: p.settings.ClientID, ClientSecret: p.settings.ClientSecret, Endpoint: endpoint,
			RedirectURL: p.answerTo, Scopes: p.settings.Scopes,
		},
		verifier: found.Verifier(&oidc.Config{ClientID: p.settings.ClientID, Now: p.clock}),
	}, nil
}

// address is where the browser goes to log in.
func (p *provider) address(ctx context.Context, started signOnStart) (string, error) {
	known, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	return known.oauth.AuthCodeURL(started.State, oidc.Nonce(started.Nonce), oauth2.S256ChallengeOption(started.Verifier)), nil
}

// vouched is whom the provider vouches for.
type vouched struct {
	// subject is the digest by which the archive knows them.
	subject string
	name    string
	// factor: the token proves a second factor.
	factor bool
}

// redeem exchanges the code for a token and checks all of it.
func (p *provider) redeem(ctx context.Context, code string, started signOnStart) (vouched, error) {
	known, err := p.discover(ctx)
	if err != nil {
		return vouched{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	granted, err := known.oauth.Exchange(ctx, code, oauth2.VerifierOption(started.Verifier))
	if err != nil {
		return vouched{}, exchangeFault(err)
	}
	text, _ := granted.Extra("id_token").(string)
	token, err := known.verifier.Verify(ctx, text)
	if err != nil {
		return vouched{}, fmt.Errorf("%w: %w", errVouched, err)
	}
	if started.Nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(started.Nonce)) != 1 {
		return vouched{}, fmt.Errorf("%w: the token answers another request", errVouched)
	}
	return p.read(token)
}

// exchangeFault tells a code that the provider refuses from a provider that is
// away or out of order.
func exchangeFault(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < http.StatusInternalServerError {
		// Its text may repeat what was sent; the code of the error is enough.
		return fmt.Errorf("%w: the code was refused (%d %s)", errVouched, refused.Response.StatusCode, refused.ErrorCode)
	}
	return fmt.Errorf("%w: exchange a code: %w", errProviderAway, err)
}

// read takes from a token that holds what this program needs.
func (p *provider) read(token *oidc.IDToken) (vouched, error) {
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return vouched{}, fmt.Errorf("%w: %w", errVouched, err)
	}
	party, named := claims["azp"].(string)
	if (named || len(token.Audience) > 1) && party != p.settings.ClientID {
		return vouched{}, fmt.Errorf("%w: the token was made for another program", errVouched)
	}
	if token.Subject == "" {
		return vouched{}, fmt.Errorf("%w: the token names nobody", errVouched)
	}
	name, _ := claims[p.settings.NameClaim].(string)
	// An address that the provider has not verified may be anybody's.
	if verified, _ := claims["email_verified"].(bool); p.settings.NameClaim == "email" && !verified {
		name = ""
	}
	return vouched{
		subject: store.SignOnSubject(token.Issuer, token.Subject), name: name,
		factor: slices.ContainsFunc(append(texts(claims["amr"]), texts(claims["acr"])...), func(value string) bool {
			// An empty setting may be read as one empty value.
			return value != "" && slices.Contains(p.settings.FactorValues, value)
		}),
	}, nil
}

// texts reads a claim that is one text or several.
func texts(claim any) []string {
	switch value := claim.(type) {
	case string:
		return []string{value}
	case []any:
		var found []string
		for _, one := range value {
			if text, isText := one.(string); isText {
				found = append(found, text)
			}
		}
		return found
	default:
		return nil
	}
}
