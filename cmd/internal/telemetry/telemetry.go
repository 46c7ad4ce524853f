// Package telemetry gathers what the programs can be watched by into one
// Prometheus registry: Temporal's SDK, the archive's pool, the runtime, and
// what the API and the activities add to it.
package telemetry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
)

// secondsBuckets suit Temporal's timers, which the SDK measures in seconds. The
// library's own buckets are made for milliseconds and would put every latency
// into the first.
var secondsBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// Metrics is a registry and what writes to it.
type Metrics struct {
	registry *prometheus.Registry
	provider *metric.MeterProvider
	temporal client.MetricsHandler
}

// New makes a registry with the runtime's and Temporal's metrics.
func New(logger *slog.Logger) (*Metrics, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry),
		otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		return nil, fmt.Errorf("connecting Temporal's metrics to the registry: %w", err)
	}
	provider := metric.NewMeterProvider(metric.WithReader(exporter), metric.WithView(metric.NewView(
		metric.Instrument{Kind: metric.InstrumentKindHistogram},
		metric.Stream{Aggregation: metric.AggregationExplicitBucketHistogram{Boundaries: secondsBuckets}},
	)))
	handler := opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter:                provider.Meter("temporal-sdk-go"),
		UseMonotonicCounters: true,
		// Left to itself the handler panics: no metric is worth an obligation.
		OnError: func(err error) { logger.Warn("metric not recorded", "error", err) },
	})
	return &Metrics{registry: registry, provider: provider, temporal: handler}, nil
}

// Registry is where the API and the activities register their own metrics.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Temporal goes into client.Options.MetricsHandler.
func (m *Metrics) Temporal() client.MetricsHandler { return m.temporal }

// WatchPool adds the archive's connection pool.
func (m *Metrics) WatchPool(pool *sql.DB) error {
	err := m.registry.Register(collectors.NewDBStatsCollector(pool, "archive"))
	if already := (prometheus.AlreadyRegisteredError{}); errors.As(err, &already) {
		return nil
	}
	return err
}

// Handler serves /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Close ends the gathering.
func (m *Metrics) Close(ctx context.Context) error { return m.provider.Shutdown(ctx) }
