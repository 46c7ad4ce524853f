package process_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/cmd/internal/process"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestPartsStopInTheOppositeOrderOfTheirStart(t *testing.T) {
	var stopped []string
	drain := process.NewDrain(quiet())
	for _, name := range []string{"archive", "client", "workers", "http"} {
		drain.Add(name, time.Second, func(context.Context) error {
			stopped = append(stopped, name)
			return nil
		})
	}
	require.NoError(t, drain.Run(t.Context()))
	require.NoError(t, drain.Run(t.Context()), "a second time does nothing")
	require.Equal(t, []string{"http", "workers", "client", "archive"}, stopped)
}

func TestAPartThatHangsIsLeftBehindAndNamed(t *testing.T) {
	drain := process.NewDrain(quiet())
	closed := false
	drain.Add("archive", time.Second, func(context.Context) error {
		closed = true
		return nil
	})
	never := make(chan struct{})
	drain.Add("workers", 10*time.Millisecond, func(context.Context) error {
		<-never
		return nil
	})
	err := drain.Run(t.Context())
	close(never)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "workers")
	require.True(t, closed, "what lies under it is closed all the same")
}

func TestOneProcessAtATimeWorksInAFolder(t *testing.T) {
	folder := t.TempDir()
	release, err := process.LockFolder(folder)
	require.NoError(t, err)
	_, err = process.LockFolder(folder)
	require.ErrorIs(t, err, process.ErrLocked)
	require.NoError(t, release())
	again, err := process.LockFolder(folder)
	require.NoError(t, err)
	require.NoError(t, again())
}

func TestABusyPortIsNamedInOneLine(t *testing.T) {
	listener, err := process.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	_, err = process.Listen(t.Context(), listener.Addr().String())
	require.ErrorIs(t, err, process.ErrBusyPort)
	require.ErrorContains(t, err, listener.Addr().String())
}

func status(t *testing.T, handler http.Handler, path string) int {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, http.NoBody))
	return recorder.Code
}

func TestAProgramThatDrainsIsAliveButNotReady(t *testing.T) {
	health := process.NewHealth(process.Check{Name: "archive", Run: func(context.Context) error { return nil }})
	handler := health.Handler(http.NotFoundHandler())
	require.Equal(t, http.StatusOK, status(t, handler, "/readyz"))
	health.Draining()
	require.Equal(t, http.StatusServiceUnavailable, status(t, handler, "/readyz"))
	require.Equal(t, http.StatusOK, status(t, handler, "/healthz"))
	gated := health.Gate(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	require.Equal(t, http.StatusServiceUnavailable, status(t, gated, "/readyz"))
	require.Equal(t, http.StatusTeapot, status(t, gated, "/api/v1/clock"), "requests are served to the end")
}

func TestAPartOutOfReachMakesTheProgramNotReady(t *testing.T) {
	health := process.NewHealth(process.Check{Name: "temporal", Run: func(context.Context) error { return errors.New("away") }})
	require.Equal(t, http.StatusServiceUnavailable, status(t, health.Handler(http.NotFoundHandler()), "/readyz"))
}

func TestARequestInFlightIsAnsweredBeforeTheServerStops(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		w.WriteHeader(http.StatusNoContent)
	})}
	var configuration net.ListenConfig
	listener, err := configuration.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	process.Serve(listener, server, make(chan error, 1))

	answered := make(chan int, 1)
	go func() {
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- 0
			return
		}
		_ = answer.Body.Close()
		answered <- answer.StatusCode
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- process.StopServing(server, 0)(t.Context()) }()
	close(leave)
	require.Equal(t, http.StatusNoContent, <-answered)
	require.NoError(t, <-stopped)
}
