package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"bangfu/cmd/internal/assembly"
	"bangfu/cmd/internal/process"
	"bangfu/cmd/internal/settings"
	"bangfu/cmd/internal/telemetry"
	"bangfu/workflows"
)

// closing bounds how long closing a connection may take in a drain.
const closing = 5 * time.Second

type apiCommand struct {
	HTTP     settings.HTTP     `embed:"" prefix:"http-" group:"HTTP"`
	Archive  settings.Archive  `embed:"" prefix:"archive-" group:"Archive"`
	Temporal settings.Temporal `embed:"" prefix:"temporal-" group:"Temporal"`
	Files    settings.Files    `embed:"" prefix:"files-" group:"Evidence files"`
}

// Run serves the API until a signal.
func (c apiCommand) Run(env *environment) (err error) {
	drain := process.NewDrain(env.logger)
	defer func() { err = errors.Join(err, drain.Run(env)) }()
	listener, err := process.Listen(env, c.HTTP.Listen)
	if err != nil {
		return err
	}
	drain.Add("port", closing, func(context.Context) error { _ = listener.Close(); return nil })
	parts, err := connect(env, drain, c.Archive, c.Temporal)
	if err != nil {
		return err
	}
	if parts.Files, err = assembly.OpenFiles(env, c.Files); err != nil {
		return err
	}
	drain.Add("evidence files", closing, func(context.Context) error { return parts.Files.Close() })
	handler, err := parts.API(c.HTTP)
	if err != nil {
		return fmt.Errorf("building the API: %w", err)
	}
	health, failed := process.NewHealth(), make(chan error, 1)
	server := assembly.HTTPServer(health.Gate(handler), c.HTTP, env.logger)
	process.Serve(listener, server, failed)
	drain.Add("HTTP", c.HTTP.DrainDelay+c.HTTP.DrainTimeout, process.StopServing(server, c.HTTP.DrainDelay))
	drain.Add("readiness", closing, func(context.Context) error { health.Draining(); return nil })
	env.logger.Info("api serves", "address", listener.Addr().String())
	return wait(env, failed, nil)
}

type workerCommand struct {
	Worker    settings.Worker   `embed:"" prefix:"worker-" group:"Worker"`
	Archive   settings.Archive  `embed:"" prefix:"archive-" group:"Archive"`
	Temporal  settings.Temporal `embed:"" prefix:"temporal-" group:"Temporal"`
	Mail      settings.Mail     `embed:"" prefix:"mail-" group:"Mail"`
	Files     settings.Files    `embed:"" prefix:"files-" group:"Evidence files"`
	PublicURL string            `name:"http-public-url" help:"How people reach the API from outside, for links in mails." env:"BANGFU_HTTP_PUBLIC_URL"`
}

// Run works until a signal.
func (c workerCommand) Run(env *environment) (err error) {
	drain := process.NewDrain(env.logger)
	defer func() { err = errors.Join(err, drain.Run(env)) }()
	listener, err := process.Listen(env, c.Worker.Listen)
	if err != nil {
		return err
	}
	drain.Add("port", closing, func(context.Context) error { _ = listener.Close(); return nil })
	parts, err := connect(env, drain, c.Archive, c.Temporal)
	if err != nil {
		return err
	}
	// The nightly run removes sheets of old imports from where the API keeps them.
	if parts.Files, err = assembly.OpenFiles(env, c.Files); err != nil {
		return err
	}
	drain.Add("files", closing, func(context.Context) error { return parts.Files.Close() })
	if err := parts.Metrics.WatchPool(parts.Archive.SQL()); err != nil {
		return fmt.Errorf("watching the archive's connections: %w", err)
	}
	health, failed := process.NewHealth(
		process.Check{Name: "archive", Run: parts.Archive.Ping},
		process.Check{Name: "temporal", Run: parts.Engine.Ready},
	), make(chan error, 1)
	server := &http.Server{
		Handler: health.Handler(parts.Metrics.Handler()), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(env.logger.Handler(), slog.LevelWarn),
	}
	// The health pages answer while the workers stop: they are closed after them.
	process.Serve(listener, server, failed)
	drain.Add("health pages", closing, process.StopServing(server, 0))
	if err := parts.AwaitTemporal(env, c.Temporal); err != nil {
		return err
	}
	workers, err := c.work(env, drain, parts)
	if err != nil {
		return err
	}
	drain.Add("readiness", closing, func(context.Context) error { health.Draining(); return nil })
	env.logger.Info("worker polls", "address", listener.Addr().String())
	return wait(env, failed, workers.Failed())
}

// work starts the workers, and sees to it that the schedules exist and that
// what was enrolled while no worker ran gets its workflows. Nothing waits for
// that: the workers do what is there already.
func (c workerCommand) work(env *environment, drain *process.Drain, parts assembly.Parts) (*workflows.Workers, error) {
	workers, err := parts.StartWorkers(env, c.Temporal, c.Worker, c.Mail, c.PublicURL)
	if err != nil {
		return nil, err
	}
	drain.Add("workers", c.Worker.StopTimeout+closing, func(context.Context) error { workers.Stop(); return nil })
	drain.Add("duties", closing, parts.StartDuties(env))
	return workers, nil
}

// connect opens what both services need; the archive must be of this version.
func connect(env *environment, drain *process.Drain, archive settings.Archive, temporal settings.Temporal) (assembly.Parts, error) {
	opened, err := assembly.OpenArchive(env, archive, env.logger)
	if err != nil {
		return assembly.Parts{}, err
	}
	drain.Add("archive", closing, func(context.Context) error { return opened.Close() })
	if err := assembly.CheckSchema(env, opened); err != nil {
		return assembly.Parts{}, err
	}
	metrics, err := telemetry.New(env.logger)
	if err != nil {
		return assembly.Parts{}, err
	}
	drain.Add("metrics", closing, metrics.Close)
	connection, err := assembly.ConnectTemporal(temporal, metrics, env.logger)
	if err != nil {
		return assembly.Parts{}, err
	}
	drain.Add("temporal client", closing, func(context.Context) error { connection.Close(); return nil })
	return assembly.Parts{
		Archive: opened, Temporal: connection, Engine: workflows.NewEngine(connection), Metrics: metrics, Logger: env.logger,
	}, nil
}

// wait lasts until a signal, which is how a service ends well, or a failure of
// what it does itself or of its workers, if it has any.
func wait(env *environment, failed, working <-chan error) error {
	select {
	case <-env.Done():
		env.logger.Info("draining")
		return nil
	case err := <-failed:
		return err
	case err := <-working:
		return err
	}
}
