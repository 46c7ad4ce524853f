package assembly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"

	"bangfu/activities"
	"bangfu/cmd/internal/settings"
	"bangfu/workflows"
)

// startPause is between the tries of a start, which somebody waits for.
const startPause = 250 * time.Millisecond

// AwaitTemporal waits until the engine answers, for as long as the settings
// allow: in a fresh deployment Temporal may come up after this program.
func (p Parts) AwaitTemporal(ctx context.Context, temporal settings.Temporal) error {
	ctx, cancel := context.WithTimeout(ctx, temporal.Wait)
	defer cancel()
	err := until(ctx, backoff.NewConstantBackOff(startPause), func() error { return p.Engine.Ready(ctx) })
	if err != nil {
		return fmt.Errorf("waiting for Temporal at %s, namespace %s: %w", temporal.Address, temporal.Namespace, err)
	}
	return nil
}

// StartWorkers builds the workers and starts polling. A server that says it is
// well may still be too busy to describe its namespace, so that this is tried
// again for as long as the settings allow.
func (p Parts) StartWorkers(
	ctx context.Context, temporal settings.Temporal, worker settings.Worker, mail settings.Mail, publicURL string,
) (*workflows.Workers, error) {
	ctx, cancel := context.WithTimeout(ctx, temporal.Wait)
	defer cancel()
	var workers *workflows.Workers
	err := until(ctx, backoff.NewConstantBackOff(startPause), func() (err error) {
		if workers, err = p.workers(worker, mail, publicURL); err != nil {
			return backoff.Permanent(err)
		}
		return workers.Start()
	})
	if err != nil {
		return nil, fmt.Errorf("starting the workers: %w", err)
	}
	return workers, nil
}

// The pauses between the tries of the duties, which nobody waits for. Up to
// busyPause a failure says no more than that Temporal is busy, as it is after a
// start; from then on somebody should look.
const (
	busyPause = 10 * time.Second
	dutyPause = 15 * time.Minute
)

// StartDuties begins to see to it that the schedules exist and that everything
// the archive has and is not over has its workflow, and answers with what stops
// it. What fails is logged and tried again, with longer and longer pauses: the
// workers poll already, and what they do is worth more than the end of the
// program for one workflow that cannot be started.
func (p Parts) StartDuties(ctx context.Context) (stop func(context.Context) error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	pauses := backoff.NewExponentialBackOff()
	pauses.MaxInterval = dutyPause
	go func() {
		defer close(ended)
		_ = until(ctx, pauses, func() error {
			return errors.Join(p.Engine.Schedules(ctx), activities.CatchUp(ctx, p.Archive, p.Engine))
		}, backoff.WithNotify(p.tellDelay))
	}()
	return func(context.Context) error {
		cancel()
		<-ended
		return nil
	}
}

func (p Parts) tellDelay(err error, pause time.Duration) {
	level := slog.LevelInfo
	if pause > busyPause {
		level = slog.LevelWarn
	}
	p.Logger.Log(context.Background(), level, "not every duty is started yet, trying again", "in", pause.Round(time.Second).String(), "error", err)
}

// until tries again after a pause until it succeeds, fails for good, or the
// context ends; then it answers with the last failure, which says more than that
// time was up.
func until(ctx context.Context, pauses backoff.BackOff, operation func() error, options ...backoff.RetryOption) error {
	var last error
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		last = operation()
		return struct{}{}, last
	}, append(options, backoff.WithBackOff(pauses), backoff.WithMaxElapsedTime(0))...)
	if err != nil {
		return last
	}
	return nil
}
