package api

import (
	"database/sql"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"bangfu/api/problem"
	"bangfu/models"
)

// Metrics are what /metrics shows. The registry is shared: the worker's
// activities and Temporal's own meters register in it too.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	commands *prometheus.CounterVec
}

// NewMetrics registers the API's metrics; nil means a registry of its own.
func NewMetrics(registry *prometheus.Registry) *Metrics {
	if registry == nil {
		registry = prometheus.NewRegistry()
		registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	}
	m := &Metrics{
		registry: registry,
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bangfu_http_request_seconds", Help: "Duration of requests by route, method and status class.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bangfu_commands_total", Help: "Commands by kind and outcome.",
		}, []string{"kind", "outcome"}),
	}
	registry.MustRegister(m.requests, m.commands)
	return m
}

// Registry is where others register what they measure.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// watchPool shows the archive's pool. A pool that is watched already stays so.
func (m *Metrics) watchPool(pool *sql.DB) {
	err := m.registry.Register(collectors.NewDBStatsCollector(pool, "archive"))
	var already prometheus.AlreadyRegisteredError
	if err != nil && !errors.As(err, &already) {
		panic(err) // only a clash of names in the program itself can cause it
	}
}

func (m *Metrics) request(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, knownMethod(method), strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

// knownMethod keeps made-up methods from becoming labels.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}

func (m *Metrics) command(kind models.CommandKind, err error) {
	m.commands.WithLabelValues(string(kind), outcomeOf(err)).Inc()
}

// outcomeOf is the code that the caller was told, or "accepted".
func outcomeOf(err error) string {
	if err == nil {
		return "accepted"
	}
	return string(problem.Of(err).Code)
}

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
