// Package process has what a long-running program owes its operator: one lock a
// folder, health pages, and an orderly end.
package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Drain stops a program's parts in the opposite order of their start: what
// depends on another part is added after it and stopped before it.
type Drain struct {
	logger *slog.Logger
	once   sync.Once
	steps  []step
	err    error
}

type step struct {
	name    string
	timeout time.Duration
	stop    func(context.Context) error
}

// NewDrain makes an empty drain.
func NewDrain(logger *slog.Logger) *Drain { return &Drain{logger: logger} }

// Add adds a part. Its stop gets a context that ends after the timeout; a part
// that overruns is left behind, so that the parts under it still close.
func (d *Drain) Add(name string, timeout time.Duration, stop func(context.Context) error) {
	d.steps = append(d.steps, step{name: name, timeout: timeout, stop: stop})
}

// Run stops every part, once, and answers with what went wrong. That the context
// has ended does not hurry the parts: it is why the program drains.
func (d *Drain) Run(ctx context.Context) error {
	d.once.Do(func() {
		for position := len(d.steps) - 1; position >= 0; position-- {
			d.err = errors.Join(d.err, d.run(ctx, d.steps[position]))
		}
	})
	return d.err
}

func (d *Drain) run(ctx context.Context, step step) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), step.timeout)
	defer cancel()
	began := time.Now()
	done := make(chan error, 1)
	go func() { done <- step.stop(ctx) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case err = <-done: // it ended with its context
		case <-time.After(time.Second):
			err = ctx.Err()
		}
	}
	d.logger.Debug("stopped", "part", step.name, "took", time.Since(began).Round(time.Millisecond).String())
	if err != nil {
		return fmt.Errorf("stopping %s: %w", step.name, err)
	}
	return nil
}
