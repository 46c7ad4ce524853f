package process

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"
)

// Check is one thing that a program needs in order to serve.
type Check struct {
	Name string
	Run  func(context.Context) error
}

// Health answers /healthz (the process lives) and /readyz (it can serve).
type Health struct {
	draining atomic.Bool
	checks   []Check
}

// checkTimeout bounds a readiness check, which a load balancer asks every few
// seconds.
const checkTimeout = 2 * time.Second

// NewHealth makes health pages over the checks.
func NewHealth(checks ...Check) *Health { return &Health{checks: checks} }

// Draining makes /readyz answer no from now on.
func (h *Health) Draining() { h.draining.Store(true) }

// Handler serves the health pages and the metrics of a program that has no API.
func (h *Health) Handler(metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, nil) })
	mux.HandleFunc("GET "+pathReady, h.ready)
	mux.Handle("GET /metrics", metrics)
	return mux
}

// Gate lets the API answer for itself until the program drains.
func (h *Health) Gate(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path == pathReady && h.draining.Load() {
			h.ready(w, request)
			return
		}
		api.ServeHTTP(w, request)
	})
}

const pathReady = "/readyz"

func (h *Health) ready(w http.ResponseWriter, request *http.Request) {
	if h.draining.Load() {
		answer(w, http.StatusServiceUnavailable, map[string]string{"program": "draining"})
		return
	}
	ctx, cancel := context.WithTimeout(request.Context(), checkTimeout)
	defer cancel()
	status, parts := http.StatusOK, map[string]string{}
	for _, check := range h.checks {
		parts[check.Name] = "ok"
		if err := check.Run(ctx); err != nil {
			// The cause goes to the log by the part itself; a page that anybody may
			// read says no more than which part.
			parts[check.Name], status = "unreachable", http.StatusServiceUnavailable
		}
	}
	answer(w, status, parts)
}

func answer(w http.ResponseWriter, status int, parts map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	word := "ok"
	if status != http.StatusOK {
		word = "unavailable"
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": word, "parts": parts})
}
