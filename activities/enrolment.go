package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"golang.org/x/time/rate"

	"bangfu/models"
)

// EnrolmentRound counts what one round has started.
type EnrolmentRound struct {
	Started int `json:"started"`
}

// enrolmentProgress is the heartbeat of a round.
type enrolmentProgress struct {
	After   models.ObligationID `json:"after"`
	Started int                 `json:"started"`
}

const enrolmentPage = 200

// StartObligations starts the workflow of every enrolled obligation of a plan
// that has none yet, at a bounded rate. It resumes behind its last heartbeat, and
// the archive marks what was started, so that nothing is started for nothing.
func (a *Activities) StartObligations(ctx context.Context, plan models.PlanID) (EnrolmentRound, error) {
	var progress enrolmentProgress
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &progress); err != nil {
			// Older details are no loss: the archive's marks say where to go on.
			progress = enrolmentProgress{}
		}
	}
	limiter := rate.NewLimiter(rate.Limit(a.startsPerSecond), max(1, int(a.startsPerSecond/10)))
	for {
		page, err := a.archive.Unstarted(ctx, plan, progress.After, enrolmentPage)
		if err != nil {
			return EnrolmentRound{}, fmt.Errorf("list unstarted obligations of %s: %w", plan, err)
		}
		if len(page) == 0 {
			return EnrolmentRound{Started: progress.Started}, nil
		}
		if err := a.startPage(ctx, page, limiter, &progress); err != nil {
			return EnrolmentRound{}, err
		}
	}
}

// startPage starts one page and marks what was started even if it fails midway.
func (a *Activities) startPage(ctx context.Context, page []models.ObligationID, limiter *rate.Limiter, progress *enrolmentProgress) error {
	var failed error
	settled := *progress
	started := make([]models.ObligationID, 0, len(page))
	for _, id := range page {
		if failed = limiter.Wait(ctx); failed != nil {
			break
		}
		failed = a.engine.Start(ctx, id)
		if errors.Is(failed, ErrClosed) {
			// Ended already: there is nothing to start.
			failed = nil
		}
		if failed != nil {
			break
		}
		started = append(started, id)
		progress.After = id
		progress.Started++
		// What is not marked yet would be started again: it costs little.
		activity.RecordHeartbeat(ctx, settled)
	}
	if len(started) > 0 {
		// The mark says that a workflow exists; its instant is for people to read.
		marking, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := a.archive.MarkStarted(marking, started, time.Now().UTC()); err != nil {
			return errors.Join(failed, fmt.Errorf("mark %d obligations as started: %w", len(started), err))
		}
		activity.RecordHeartbeat(ctx, *progress)
	}
	return failed
}
