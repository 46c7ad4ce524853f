package workflows

import (
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"bangfu/activities"
)

// Settings bound what one worker process does. The zero value is usable.
type Settings struct {
	// NoticesPerSecond bounds the queue for notices over all workers; 1 if zero.
	NoticesPerSecond float64
	// StickyRuns is how many open runs are kept in memory; 10,000 if zero.
	StickyRuns int
	// LocalActivities bounds the concurrent steps on the archive; 64 if zero. It
	// should not exceed the archive's pool by much.
	LocalActivities int
	// StopTimeout is how long a stopping worker finishes what it began; 10 s if
	// zero.
	StopTimeout time.Duration
}

func (s Settings) withDefaults() Settings {
	if s.NoticesPerSecond <= 0 {
		s.NoticesPerSecond = 1
	}
	if s.StickyRuns <= 0 {
		s.StickyRuns = 10_000
	}
	if s.LocalActivities <= 0 {
		s.LocalActivities = 64
	}
	if s.StopTimeout <= 0 {
		s.StopTimeout = 10 * time.Second
	}
	return s
}

// ClientOptions connect to Temporal with a logger at Info: the SDK's own writes a
// line a command at Debug and costs four fifths of the throughput.
func ClientOptions(address, namespace string, logger *slog.Logger) client.Options {
	return client.Options{
		HostPort: address, Namespace: namespace,
		Logger: log.NewStructuredLogger(slog.New(atLeastInfo{logger.Handler()})),
	}
}

// Workers are the workers of one process: one a task queue.
type Workers struct {
	workers []worker.Worker
	failed  chan error
}

// NewWorkers makes the workers. StickyRuns sets a limit of the whole process.
func NewWorkers(temporal client.Client, acts *activities.Activities, settings Settings) *Workers {
	settings = settings.withDefaults()
	worker.SetStickyWorkflowCacheSize(settings.StickyRuns)
	failed := make(chan error, 1)
	report := func(err error) {
		select {
		case failed <- fmt.Errorf("a worker stopped for good: %w", err):
		default: // the first one is enough to end the program
		}
	}
	obligations := worker.New(temporal, QueueObligations, worker.Options{
		WorkerStopTimeout:                       settings.StopTimeout,
		MaxConcurrentLocalActivityExecutionSize: settings.LocalActivities,
		WorkflowTaskPollerBehavior:              autoscaling(),
		ActivityTaskPollerBehavior:              autoscaling(),
		OnFatalError:                            report,
	})
	Register(obligations, acts)
	notices := worker.New(temporal, QueueNotices, worker.Options{
		WorkerStopTimeout:            settings.StopTimeout,
		DisableWorkflowWorker:        true,
		TaskQueueActivitiesPerSecond: settings.NoticesPerSecond,
		ActivityTaskPollerBehavior:   autoscaling(),
		OnFatalError:                 report,
	})
	registerActivities(notices, acts)
	return &Workers{workers: []worker.Worker{obligations, notices}, failed: failed}
}

func autoscaling() worker.PollerBehavior {
	return worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{
		InitialNumberOfPollers: 4, MinimumNumberOfPollers: 2, MaximumNumberOfPollers: 32,
	})
}

// Failed gets the error of a worker that has stopped for good, as when its
// namespace is no more: a program that lived on would look well and do nothing.
func (w *Workers) Failed() <-chan error { return w.failed }

// Start starts polling; it does not block. If one worker cannot start, none runs,
// and these workers are of no more use.
func (w *Workers) Start() error {
	for i, each := range w.workers {
		if err := each.Start(); err != nil {
			for _, started := range w.workers[:i] {
				started.Stop()
			}
			return err
		}
	}
	return nil
}

// Stop stops polling and waits for what is under way, notices first.
func (w *Workers) Stop() {
	for i := len(w.workers) - 1; i >= 0; i-- {
		w.workers[i].Stop()
	}
}
