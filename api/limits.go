package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/httprate"

	"bangfu/api/problem"
)

// limitRates bounds requests a minute: everything by address, changes by
// address and account, log-ins by address. An account is known here by the
// digest of its credential, before anything is looked up.
func (s *server) limitRates(next http.Handler) http.Handler {
	everything := limiter(s.Settings.RequestLimit, httprate.KeyByIP)
	changes := limiter(s.Settings.CommandLimit, httprate.KeyByIP, s.credentialKey)
	signIns := limiter(s.Settings.LoginLimit, httprate.KeyByIP)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if watched(r) {
			next.ServeHTTP(w, r)
			return
		}
		handler := next
		switch {
		case r.Method == http.MethodPost && signInPath(r.URL.Path), r.URL.Path == pathSignOn:
			// Reading this page logs in: it makes the provider work.
			handler = signIns(handler)
		case changing(r.Method):
			handler = changes(handler)
		}
		everything(handler).ServeHTTP(w, r)
	})
}

// watched requests come from probes, which must never be told to wait.
func watched(r *http.Request) bool {
	return r.URL.Path == pathHealth || r.URL.Path == pathReady || r.URL.Path == pathMetrics
}

func signInPath(path string) bool {
	return path == Prefix+"/session" || path == Prefix+"/session/code" || strings.HasPrefix(path, Prefix+"/session/single-sign-on") || path == "/login" || path == "/login/code" || strings.HasPrefix(path, Prefix+"/login-link/")
}

func changing(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

func limiter(perMinute int, keys ...httprate.KeyFunc) func(http.Handler) http.Handler {
	if perMinute < 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	limit := httprate.NewRateLimiter(perMinute, time.Minute,
		httprate.WithKeyFuncs(keys...),
		httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
			writeProblem(w, r, problem.New(problem.TooManyRequests))
		}),
		httprate.WithErrorHandler(func(w http.ResponseWriter, r *http.Request, err error) {
			writeProblem(w, r, problem.New(problem.Internal).Because(err))
		}),
		httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"}))
	return limit.Handler
}

func (s *server) credentialKey(r *http.Request) (string, error) {
	credential := bearer(r.Header.Get("Authorization"))
	if cookie, err := r.Cookie(s.sessions.Cookie.Name); credential == "" && err == nil {
		credential = cookie.Value
	}
	sum := sha256.Sum256([]byte(credential))
	return hex.EncodeToString(sum[:8]), nil
}
