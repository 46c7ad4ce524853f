package standalone

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"gocloud.dev/blob"

	"bangfu/cmd/internal/assembly"
	"bangfu/cmd/internal/logging"
	"bangfu/cmd/internal/process"
	"bangfu/cmd/internal/settings"
	"bangfu/cmd/internal/telemetry"
	"bangfu/cmd/standalone/embedded"
	"bangfu/models/store"
	"bangfu/seeds"
	"bangfu/workflows"
)

// trial is what Run builds, part by part.
type trial struct {
	Settings
	logger   *slog.Logger
	drain    *process.Drain
	health   *process.Health
	failed   chan error
	archive  *store.Archive
	files    *blob.Bucket
	temporal *embedded.Server
	accounts seeds.DemonstrationAccounts
	parts    assembly.Parts
	workers  *workflows.Workers
	listener net.Listener
}

// Run starts everything, says where it answers, and runs until the context ends
// or a part fails; then it drains in the opposite order of the start. What was
// acknowledged before a kill -9 is there at the next start.
func Run(ctx context.Context, settings Settings) (err error) {
	settings = settings.withDefaults()
	logger, err := logging.New(settings.LogTo, settings.log())
	if err != nil {
		return err
	}
	t := &trial{
		Settings: settings, logger: logger, drain: process.NewDrain(logger),
		health: process.NewHealth(), failed: make(chan error, 1),
	}
	defer func() { err = errors.Join(err, t.drain.Run(ctx)) }()
	// What fails fast and by somebody's mistake comes first: a second instance, a
	// busy port, a folder or an archive that cannot be used.
	steps := []func(context.Context) error{
		t.lock, t.listen, t.openArchive, t.openFiles, t.fill,
		t.startTemporal, t.connect, t.startWorkers, t.startDuties, t.serve,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	select {
	case <-ctx.Done():
		t.say("Stopping.")
		return nil
	case err := <-t.failed:
		return err
	case err := <-t.workers.Failed():
		return err
	case err := <-t.temporal.Failed():
		return fmt.Errorf("the embedded Temporal server stopped: %w", err)
	}
}

func (t *trial) say(format string, values ...any) { fmt.Fprintf(t.Out, format+"\n", values...) }

func (t *trial) lock(context.Context) error {
	release, err := process.LockFolder(t.Data)
	if err != nil {
		return err
	}
	t.drain.Add("lock", time.Second, func(context.Context) error { return release() })
	return nil
}

func (t *trial) listen(ctx context.Context) error {
	listener, err := process.Listen(ctx, t.httpAddress())
	if err != nil {
		return fmt.Errorf("%w; choose another with --http-port", err)
	}
	t.listener = listener
	if err := t.checkTemporalPort(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	t.drain.Add("port", time.Second, func(context.Context) error {
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

// checkTemporalPort looks whether the port is free before anything is written;
// Temporal itself opens it some seconds later.
func (t *trial) checkTemporalPort(ctx context.Context) error {
	probe, err := process.Listen(ctx, net.JoinHostPort(loopback, strconv.Itoa(t.TemporalPort)))
	if err != nil {
		return fmt.Errorf("%w; choose another with --temporal-port", err)
	}
	return probe.Close()
}

func (t *trial) openArchive(ctx context.Context) error {
	archive, err := assembly.OpenArchive(ctx, settings.Archive{
		Driver: store.SQLite, DSN: t.archiveFile(), AllowTrialDB: true,
	}, t.logger)
	if err != nil {
		return err
	}
	t.archive = archive
	t.drain.Add("archive", t.DrainTimeout, func(context.Context) error { return archive.Close() })
	if err := archive.Migrate(ctx); err != nil {
		return fmt.Errorf("%s: %w", t.archiveFile(), err)
	}
	return nil
}

func (t *trial) openFiles(ctx context.Context) error {
	if err := os.MkdirAll(t.filesFolder(), 0o700); err != nil {
		return fmt.Errorf("making the folder of evidence files: %w", err)
	}
	files, err := assembly.OpenFiles(ctx, settings.Files{URL: "file://" + t.filesFolder()})
	if err != nil {
		return err
	}
	t.files = files
	t.drain.Add("evidence files", t.DrainTimeout, func(context.Context) error { return files.Close() })
	return nil
}

func (t *trial) startTemporal(ctx context.Context) error {
	server, err := embedded.Start(ctx, embedded.Settings{
		File: t.temporalFile(), Port: t.TemporalPort, Namespace: namespace, Logger: t.logger,
	})
	if errors.Is(err, embedded.ErrBusyPort) {
		return fmt.Errorf("%w; choose another with --temporal-port", err)
	}
	if err != nil {
		return err
	}
	t.temporal = server
	t.drain.Add("Temporal", t.DrainTimeout, func(context.Context) error { return server.Stop() })
	return nil
}

func (t *trial) connect(ctx context.Context) error {
	metrics, err := telemetry.New(t.logger)
	if err != nil {
		return err
	}
	t.drain.Add("metrics", time.Second, metrics.Close)
	var connection client.Client
	if connection, err = assembly.ConnectTemporal(t.reach(), metrics, t.logger); err != nil {
		return err
	}
	t.drain.Add("Temporal's client", time.Second, func(context.Context) error {
		connection.Close()
		return nil
	})
	t.parts = assembly.Parts{
		Archive: t.archive, Temporal: connection, Engine: workflows.NewEngine(connection),
		Files: t.files, Metrics: metrics, Logger: t.logger,
	}
	return t.parts.AwaitTemporal(ctx, t.reach())
}

func (t *trial) startWorkers(ctx context.Context) error {
	work := settings.Worker{StopTimeout: t.DrainTimeout / 2, NoticesPerSecond: 1}
	workers, err := t.parts.StartWorkers(ctx, t.reach(), work, settings.Mail{}, t.address())
	if err != nil {
		return err
	}
	t.workers = workers
	t.drain.Add("workers", t.DrainTimeout, func(context.Context) error {
		workers.Stop()
		return nil
	})
	return nil
}

func (t *trial) startDuties(ctx context.Context) error {
	t.drain.Add("duties", t.DrainTimeout, t.parts.StartDuties(ctx))
	return nil
}

// reach is how the embedded Temporal is reached.
func (t *trial) reach() settings.Temporal {
	return settings.Temporal{Address: t.temporal.Address(), Namespace: namespace, Wait: time.Minute}
}

func (t *trial) serve(ctx context.Context) error {
	key, err := t.secretKey()
	if err != nil {
		return err
	}
	configuration := t.http(t.address(), key)
	handler, err := t.parts.API(configuration) //nolint:contextcheck // each request brings its own context
	if err != nil {
		return fmt.Errorf("building the API: %w", err)
	}
	server := assembly.HTTPServer(t.health.Gate(handler), configuration, t.logger)
	process.Serve(t.listener, server, t.failed)
	t.drain.Add("HTTP", t.DrainTimeout, process.StopServing(server, 0))
	t.drain.Add("readiness", time.Second, func(context.Context) error {
		t.health.Draining()
		return nil
	})
	return t.welcome(ctx)
}

// secretKey is made at the first start and kept beside the state.
func (t *trial) secretKey() (string, error) {
	kept, err := os.ReadFile(t.keyFile())
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the key of second factors: %w", err)
	}
	const size = 32
	key := make([]byte, size)
	if _, err := rand.Read(key); err != nil {
		return "", fmt.Errorf("making the key of second factors: %w", err)
	}
	text := hex.EncodeToString(key)
	if err := os.WriteFile(t.keyFile(), []byte(text+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keeping the key of second factors: %w", err)
	}
	return text, nil
}

func (t *trial) address() string { return "http://" + t.listener.Addr().String() }
