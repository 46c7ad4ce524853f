// Package embedded runs a whole Temporal server inside this process, over one
// SQLite file. It is for evaluation and for tests: nothing ever migrates that
// file, so production runs a Temporal cluster of its own.
//
// This is the only package, tests aside, that links go.temporal.io/server;
// nothing but cmd/standalone may import it.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

// Settings say where the server keeps its state and where it listens.
type Settings struct {
	// File is the SQLite file. It is created, with its schema, when missing.
	File string
	// Host is the loopback address to listen on; empty means 127.0.0.1.
	Host string
	// Port is the frontend's port; 0 takes any free one.
	Port int
	// Namespace is created when missing; empty means "default".
	Namespace string
	// Retention is how long a closed run stays readable in a namespace made
	// now; zero means Retention. It never changes an existing namespace.
	Retention time.Duration
	// TimeSkipping lets tests move a workflow's clock. Never set it elsewhere.
	TimeSkipping bool
	// Logger receives the server's warnings; nil is silent.
	Logger *slog.Logger
}

// Retention is the default time that closed runs stay readable: longer than a
// plan's term, because an evaluation wants to look back, and one file on one
// machine has room for it.
const Retention = 5 * 365 * 24 * time.Hour

// ErrBusyPort says that another program already listens on the frontend's port.
var ErrBusyPort = errors.New("port is in use")

// Server is a running Temporal server.
type Server struct {
	address   string
	namespace string
	internal  temporal.Server
	logger    *serverLogger
	stop      sync.Once
	stopError error
}

// Start starts a server and returns once its services run. A server that could
// not start has stopped whatever it had started.
func Start(ctx context.Context, settings Settings) (*Server, error) {
	settings = settings.withDefaults()
	if err := prepareFile(settings); err != nil {
		return nil, err
	}
	// Chosen last: until the services listen, anybody else may take them.
	ports, err := choosePorts(ctx, settings.Host, settings.Port)
	if err != nil {
		return nil, err
	}
	server := &Server{
		address:   net.JoinHostPort(settings.Host, strconv.Itoa(ports.frontend)),
		namespace: settings.Namespace,
		logger:    newServerLogger(settings.Logger),
	}
	return server, server.start(ctx, configure(settings, ports), ports, settings)
}

// StartTemporal is Start for callers that need no more than an address and a
// way to stop.
func StartTemporal(ctx context.Context, settings Settings) (address string, stop func() error, err error) {
	server, err := Start(ctx, settings)
	if err != nil {
		return "", nil, err
	}
	return server.Address(), server.Stop, nil
}

// Address is the frontend's host and port, for client.Options.HostPort.
func (s *Server) Address() string { return s.address }

// Namespace is the namespace that the server made sure of.
func (s *Server) Namespace() string { return s.namespace }

// Failed yields the failure of a server that could not go on after its start.
func (s *Server) Failed() <-chan error { return s.logger.fatal }

// Stop stops the services. It may be called more than once; stop every worker
// and client before it.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		if s.internal != nil {
			s.stopError = s.internal.Stop()
		}
	})
	return s.stopError
}

// start builds and starts the server on a goroutine of its own: Temporal
// reports some failures by Logger.Fatal, which here ends that goroutine alone.
func (s *Server) start(ctx context.Context, configuration *config.Config, ports ports, settings Settings) error {
	done := make(chan error, 1)
	go func() {
		err := errStartAborted
		defer func() { done <- err }()
		err = s.build(configuration, ports, settings)
		if err == nil {
			err = s.internal.Start()
		}
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = <-done // a half-started server cannot be stopped cleanly: let it finish, then stop it
		if err == nil {
			err = context.Cause(ctx)
		}
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, errStartAborted) {
		err = <-s.logger.fatal
	}
	if s.internal != nil {
		_ = s.Stop()
	}
	return fmt.Errorf("starting the embedded Temporal server: %w", err)
}

var errStartAborted = errors.New("start was aborted")

func (s *Server) build(configuration *config.Config, ports ports, settings Settings) error {
	authorizer, err := authorization.GetAuthorizerFromConfig(&configuration.Global.Authorization)
	if err != nil {
		return fmt.Errorf("choosing the authorizer: %w", err)
	}
	claimMapper, err := authorization.GetClaimMapperFromConfig(&configuration.Global.Authorization, s.logger)
	if err != nil {
		return fmt.Errorf("choosing the claim mapper: %w", err)
	}
	local := func(port int) static.Hosts {
		return static.SingleLocalHost(net.JoinHostPort(settings.Host, strconv.Itoa(port)))
	}
	s.internal, err = temporal.NewServer(
		temporal.WithConfig(configuration),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(map[primitives.ServiceName]static.Hosts{
			primitives.FrontendService: local(ports.frontend),
			primitives.HistoryService:  local(ports.history),
			primitives.MatchingService: local(ports.matching),
			primitives.WorkerService:   local(ports.worker),
		}),
		temporal.WithLogger(s.logger),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claimMapper }),
		temporal.WithDynamicConfigClient(dynamicSettings(settings)),
	)
	return err
}

func (settings Settings) withDefaults() Settings {
	if settings.Host == "" {
		settings.Host = "127.0.0.1"
	}
	if settings.Namespace == "" {
		settings.Namespace = "default"
	}
	if settings.Retention == 0 {
		settings.Retention = Retention
	}
	return settings
}
