package assembly

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"bangfu/activities"
	"bangfu/cmd/internal/settings"
	"bangfu/workflows"
)

// The pauses between tries while Temporal cannot answer.
const (
	shortPause = 250 * time.Millisecond
	longPause  = 5 * time.Second
)

// AwaitTemporal waits until the engine answers, for as long as the settings
// allow: in a fresh deployment Temporal may come up after this program.
func (p Parts) AwaitTemporal(ctx context.Context, temporal settings.Temporal) error {
	ctx, cancel := context.WithTimeout(ctx, temporal.Wait)
	defer cancel()
	err := until(ctx, shortPause, func() error { return p.Engine.Ready(ctx) })
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
	err := until(ctx, shortPause, func() (err error) {
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

// StartDuties sees to it that the schedules exist and that everything the archive
// has and is not over has its workflow. Repeating it changes nothing. While
// Temporal cannot answer it is tried again until the context ends: the workers
// poll already, and what they do is worth more than the end of the program.
func (p Parts) StartDuties(ctx context.Context) error {
	return until(ctx, longPause, func() error {
		err := p.Engine.Schedules(ctx)
		if err == nil {
			err = activities.CatchUp(ctx, p.Archive, p.Engine)
		}
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, workflows.ErrUnavailable):
			return backoff.Permanent(err)
		case ctx.Err() == nil:
			p.Logger.Warn("Temporal does not take the duties yet, trying again", "error", err)
		}
		return err
	})
}

// until tries again after a pause until it succeeds, fails for good, or the
// context ends; then it answers with the last failure, which says more than that
// time was up.
func until(ctx context.Context, pause time.Duration, operation func() error) error {
	var last error
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		last = operation()
		return struct{}{}, last
	}, backoff.WithBackOff(backoff.NewConstantBackOff(pause)), backoff.WithMaxElapsedTime(0))
	if err != nil {
		return last
	}
	return nil
}
