package telemetry_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/cmd/internal/telemetry"
)

func TestTemporalsTimersAreShownInSecondsWithBucketsThatTellThemApart(t *testing.T) {
	metrics, err := telemetry.New(slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	metrics.Temporal().Timer("temporal_request_latency").Record(20 * time.Millisecond)
	metrics.Temporal().Counter("temporal_workflow_completed").Inc(1)

	recorder := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	page := recorder.Body.String()
	require.Contains(t, page, `temporal_request_latency_seconds_bucket{le="0.01"} 0`)
	require.Contains(t, page, `temporal_request_latency_seconds_bucket{le="0.025"} 1`)
	require.Contains(t, page, "temporal_workflow_completed_total 1")
	require.Contains(t, page, "go_goroutines")
	require.NoError(t, metrics.Close(t.Context()))
}
