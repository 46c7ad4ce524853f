package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// archiveWrite is one short transaction, run as a local activity within the
// workflow task. Together with its retries it stays well under the ten seconds
// of a workflow task; longer troubles are slept through by the workflow.
func archiveWrite(summary string) workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 7 * time.Second,
		StartToCloseTimeout:    3 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2,
			MaximumInterval: time.Second, MaximumAttempts: 3,
		},
		Summary: summary,
	}
}

// archiveRead is one read by key, under the same bounds as archiveWrite.
func archiveRead(summary string) workflow.LocalActivityOptions { return archiveWrite(summary) }

// commandDeliver hands one command to another obligation. It is retried until it
// is taken or refused: the command's ID makes the retries harmless.
func commandDeliver(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy:         patient(time.Second, time.Minute),
		Summary:             summary,
	}
}

// archiveScan walks a large part of the archive page by page; it resumes from
// its last heartbeat.
func archiveScan(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 12 * time.Hour,
		HeartbeatTimeout:    2 * time.Minute,
		RetryPolicy:         patient(5*time.Second, 5*time.Minute),
		Summary:             summary,
	}
}

// batchCarry carries a proposal out row by row; it resumes at the first row that
// is not settled in the archive.
func batchCarry(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 12 * time.Hour,
		HeartbeatTimeout:    time.Minute,
		RetryPolicy:         patient(time.Second, time.Minute),
		Summary:             summary,
	}
}

// noticeSend works through one batch of mails on the queue for notices. A mail
// server that is down is tried again for as long as it takes.
func noticeSend(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue:           QueueNotices,
		StartToCloseTimeout: time.Hour,
		HeartbeatTimeout:    2 * time.Minute,
		RetryPolicy:         patient(10*time.Second, 15*time.Minute),
		Summary:             summary,
	}
}

// patient retries without an end.
func patient(first, longest time.Duration) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: first, BackoffCoefficient: 2, MaximumInterval: longest}
}
