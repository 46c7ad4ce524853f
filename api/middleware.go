package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"bangfu/api/problem"
)

// journey is what the outer layers want to know of a request that only the
// inner ones find out.
type journey struct {
	number  string
	route   string
	cause   error
	session loadedSession
	// inSession: the session is loaded; layers further out must not ask for it.
	inSession bool
	// refuse shows a refusal as a page; nil where there are no pages.
	refuse func(http.ResponseWriter, *http.Request, *problem.Problem)
}

type journeyKey struct{}

func journeyOf(ctx context.Context) *journey {
	if found, ok := ctx.Value(journeyKey{}).(*journey); ok {
		return found
	}
	return &journey{}
}

// headerLogNumber carries the log number of every answer.
const headerLogNumber = "X-Request-Id"

// wrap puts the layers around the router, the last one outermost.
func (s *server) wrap(inner http.Handler) (http.Handler, error) {
	proxies, err := parseProxies(s.Settings.TrustedProxies)
	if err != nil {
		return nil, err
	}
	handler := s.sessions.LoadAndSave(insideSession(inner))
	handler = s.limitBody(handler)
	handler = s.refuseCrossOrigin(handler)
	handler = securityHeaders(handler)
	handler = s.limitRates(handler)
	handler = believeProxies(proxies, handler)
	return s.observe(handler), nil
}

// observe gives every request a log number, turns panics into problems, and
// writes one log line and one measurement a request. The line names nobody.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		trip := &journey{number: rand.Text()[:16]}
		if s.Pages != nil {
			trip.refuse = s.Pages.Refuse
		}
		r = r.WithContext(context.WithValue(r.Context(), journeyKey{}, trip))
		w.Header().Set(headerLogNumber, trip.number)
		recorder := &statusRecorder{ResponseWriter: w}
		began := time.Now()
		defer func() {
			if panicked := recover(); panicked != nil {
				s.recovered(recorder, r, panicked)
			}
			s.report(r, trip, recorder.code(), time.Since(began))
		}()
		next.ServeHTTP(recorder, r)
	})
}

func (s *server) recovered(w *statusRecorder, r *http.Request, panicked any) {
	if err, isError := panicked.(error); isError && errors.Is(err, http.ErrAbortHandler) {
		panic(panicked)
	}
	s.Logger.ErrorContext(r.Context(), "request panicked", "log", journeyOf(r.Context()).number,
		"panic", fmt.Sprint(panicked), "stack", string(debug.Stack()))
	if w.status == 0 {
		writeProblem(w, r, problem.New(problem.Internal))
	}
}

func (s *server) report(r *http.Request, trip *journey, status int, took time.Duration) {
	route := trip.route
	if route == "" {
		route = "none"
	}
	if status >= http.StatusInternalServerError && errors.Is(r.Context().Err(), context.Canceled) {
		status = statusLeft
	}
	s.Metrics.request(route, r.Method, status, took)
	level := slog.LevelInfo
	attributes := []any{
		"log", trip.number, "method", r.Method, "route", route, "status", status,
		"milliseconds", took.Milliseconds(),
	}
	if trip.cause != nil && status >= http.StatusInternalServerError {
		level = slog.LevelError
		attributes = append(attributes, "cause", trip.cause.Error())
	}
	s.Logger.Log(r.Context(), level, "request", attributes...)
}

// statusLeft stands in the log and the measurements for a request whose sender
// went away before the answer: what then failed is no fault of the program.
const statusLeft = 499

// statusRecorder remembers the status that was written.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusRecorder) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(data)
}

func (w *statusRecorder) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// rememberRoute tells the outer layers which route matched, so that metrics
// count routes and not addresses.
func rememberRoute(c *gin.Context) {
	// A page asks the API in turn; what counts is the route of the page.
	if trip := journeyOf(c.Request.Context()); trip.route == "" {
		trip.route = c.FullPath()
	}
	c.Next()
}

// number puts the log number into every problem and keeps its cause for the log.
func (s *server) number(ctx huma.Context, _ string, body any) (any, error) {
	said, isProblem := body.(*problem.Problem)
	if !isProblem {
		return body, nil
	}
	trip := journeyOf(ctx.Context())
	if cause := said.Unwrap(); cause != nil {
		trip.cause = cause
	}
	for name, values := range said.GetHeaders() {
		for _, value := range values {
			ctx.SetHeader(name, value)
		}
	}
	numbered := *said
	numbered.Instance = instance(trip.number)
	return &numbered, nil
}

func instance(number string) string { return "urn:bangfu:log:" + number }

// writeProblem answers with a problem outside of the framework.
func writeProblem(w http.ResponseWriter, r *http.Request, said *problem.Problem) {
	trip := journeyOf(r.Context())
	if cause := said.Unwrap(); cause != nil {
		trip.cause = cause
	}
	for name, values := range said.GetHeaders() {
		w.Header()[name] = values
	}
	numbered := *said
	numbered.Instance = instance(trip.number)
	if trip.refuse != nil && wantsPage(r) {
		trip.refuse(w, r, &numbered)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(said.Status)
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(&numbered)
}

// securityHeaders are those of an API that also serves a few pages: nothing is
// loaded from elsewhere, nothing runs inline, nothing frames it.
func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		// Not "no-referrer": with it, browsers hide the origin of a form of our own.
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
				"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		header.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// refuseCrossOrigin keeps other sites from using a visitor's session. Programs
// with a token carry no ambient authority and are let through.
func (s *server) refuseCrossOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, problem.New(problem.CrossOrigin))
	}))
	guarded := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if bearer(r.Header.Get("Authorization")) != "" {
			next.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// limitBody bounds every body by the largest upload; the framework bounds JSON
// far lower, operation by operation.
func (s *server) limitBody(next http.Handler) http.Handler {
	const formOverhead = 1 << 20
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, s.Settings.MaximumUpload+formOverhead)
		next.ServeHTTP(w, r)
	})
}

// insideSession tells what is said from here on from what the layers around
// the session say.
func insideSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		journeyOf(r.Context()).inSession = true
		next.ServeHTTP(w, r)
	})
}

func parseProxies(networks []string) ([]netip.Prefix, error) {
	proxies := make([]netip.Prefix, 0, len(networks))
	for _, network := range networks {
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			return nil, fmt.Errorf("read trusted proxy %q: %w", network, err)
		}
		proxies = append(proxies, prefix)
	}
	return proxies, nil
}

// believeProxies replaces the address of a trusted proxy by the one that it
// says it speaks for: the last one that is no trusted proxy itself.
func believeProxies(proxies []netip.Prefix, next http.Handler) http.Handler {
	trusted := func(text string) bool {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return false
		}
		for _, prefix := range proxies {
			if prefix.Contains(address.Unmap()) {
				return true
			}
		}
		return false
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if trusted(sourceOf(r)) {
			hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
			for i := len(hops) - 1; i >= 0; i-- {
				hop := strings.TrimSpace(hops[i])
				if _, err := netip.ParseAddr(hop); err != nil {
					break
				}
				r.RemoteAddr = net.JoinHostPort(hop, "0")
				if !trusted(hop) {
					break
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// sourceOf is the address that a request came from, without its port.
func sourceOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
