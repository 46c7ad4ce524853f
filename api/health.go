package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	pathHealth  = "/healthz"
	pathReady   = "/readyz"
	pathMetrics = "/metrics"
)

// probeTimeout bounds how long a probe waits for one part.
const probeTimeout = 2 * time.Second

// part is what /readyz says of one part.
type part struct {
	Ready bool `json:"ready"`
}

type readiness struct {
	Ready bool            `json:"ready"`
	Parts map[string]part `json:"parts"`
}

// mountHealth mounts what machines watch: alive, ready, and the metrics.
func (s *server) mountHealth(engine *gin.Engine) {
	engine.GET(pathHealth, func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"alive": true, "version": s.Settings.Version})
	})
	engine.GET(pathReady, func(c *gin.Context) {
		state := s.readiness(c.Request.Context())
		status := http.StatusOK
		if !state.Ready {
			status = http.StatusServiceUnavailable
		}
		c.JSON(status, state)
	})
	engine.GET(pathMetrics, gin.WrapH(s.Metrics.handler()))
}

// readiness asks each part at once. Why a part is not ready is in the log, not
// in the answer, which anybody may read.
func (s *server) readiness(ctx context.Context) readiness {
	probes := map[string]func(context.Context) error{"archive": s.Archive.Ping, "engine": s.Engine.Ready}
	type answer struct {
		name string
		err  error
	}
	answers := make(chan answer, len(probes))
	for name, probe := range probes {
		go func() {
			bounded, cancel := context.WithTimeout(ctx, probeTimeout)
			defer cancel()
			answers <- answer{name: name, err: probe(bounded)}
		}()
	}
	state := readiness{Ready: true, Parts: map[string]part{}}
	for range probes {
		got := <-answers
		state.Parts[got.name] = part{Ready: got.err == nil}
		if got.err != nil {
			state.Ready = false
			s.Logger.WarnContext(ctx, "part not ready", "part", got.name, "cause", got.err.Error())
		}
	}
	return state
}
