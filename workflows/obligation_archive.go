package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
)

// steps gives typed references to the activities; it is never called.
var steps *activities.Activities

// append has a command decided and its events taken by the archive. It waits for an archive that is
// down; one that can be read and still does not take the command after a long
// time has a fault that waiting does not mend, and only the command fails.
func (h *obligationHost) append(ctx workflow.Context, command models.Command) (activities.AppendResult, error) {
	input := activities.AppendInput{
		Command: withTrustedInstant(command, workflow.Now(ctx)), Obligation: h.obligation, Rules: h.rules,
		Now: workflow.Now(ctx),
	}
	options := archiveWrite(string(command.Body.CommandKind()))
	began := workflow.Now(ctx)
	wait := troubleFirst
	for {
		var result activities.AppendResult
		err := attempt(ctx, options, &result, steps.AppendEvents, input)
		if err == nil || temporal.IsCanceledError(err) {
			return result, err
		}
		if workflow.Now(ctx).Sub(began) >= faultAfter {
			var loaded activities.LoadedObligation
			if attempt(ctx, archiveRead("probe"), &loaded, steps.LoadObligation, h.input.ID()) == nil {
				return result, temporal.NewNonRetryableApplicationError("the archive does not take the command", TypeArchiveFault, err)
			}
		}
		if wait, err = h.wait(ctx, options.Summary, wait, err); err != nil {
			return result, err
		}
	}
}

// load reads the aggregate and its rules from the archive, however long that
// takes.
func (h *obligationHost) load(ctx workflow.Context) error {
	var loaded activities.LoadedObligation
	if err := insist(ctx, h.logger(ctx), archiveRead("load"), &loaded, steps.LoadObligation, h.input.ID()); err != nil {
		return err
	}
	h.obligation, h.rules, h.found = loaded.Obligation, loaded.Rules, loaded.Found
	return nil
}

// insist repeats one step on the archive until it answers or is cancelled.
func insist(ctx workflow.Context, logger log.Logger, options workflow.LocalActivityOptions, result any, activity any, argument any) error {
	wait := troubleFirst
	for {
		err := attempt(ctx, options, result, activity, argument)
		if err == nil || temporal.IsCanceledError(err) {
			return err
		}
		if wait, err = pause(ctx, logger, options.Summary, wait, err); err != nil {
			return err
		}
	}
}

// attempt runs one step on the archive as a local activity.
func attempt(ctx workflow.Context, options workflow.LocalActivityOptions, result any, activity any, argument any) error {
	return workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(ctx, options), activity, argument).Get(ctx, result)
}

// wait sleeps between two attempts.
func (h *obligationHost) wait(ctx workflow.Context, step string, wait time.Duration, cause error) (time.Duration, error) {
	return pause(ctx, h.logger(ctx), step, wait, cause)
}

func (h *obligationHost) logger(ctx workflow.Context) log.Logger {
	return log.With(workflow.GetLogger(ctx), "obligation", h.input.ID().String())
}

// pause sleeps between two attempts on a timer, so that an archive that is down
// holds up the command and nothing else: no workflow task hangs and no run fails.
func pause(ctx workflow.Context, logger log.Logger, step string, wait time.Duration, cause error) (time.Duration, error) {
	logger.Warn("archive step failed, waiting", "step", step, "wait", wait, "error", cause)
	return min(2*wait, troubleLongest), workflow.Sleep(ctx, wait)
}

// asRefused turns a refusal into the error that travels through Temporal.
func asRefused(err error) error {
	if refusal, ok := models.AsRefusal(err); ok {
		return refuse(refusal)
	}
	return err
}

// unknownObligation fails the run, so that it may be started again after the
// obligation was enrolled.
func unknownObligation(id models.ObligationID) error {
	return temporal.NewNonRetryableApplicationError(
		fmt.Sprintf("obligation %s is not in the archive", id), TypeUnknownObligation, nil)
}

// alarm is the one timer of a run. Moving it costs two events, so it moves only
// when the instant does.
type alarm struct {
	at     time.Time
	timer  workflow.Future
	cancel workflow.CancelFunc
}

func (a *alarm) set(ctx workflow.Context, at time.Time, summary string) {
	if a.timer != nil && a.at.Equal(at) && !a.timer.IsReady() {
		return
	}
	a.clear()
	timing, cancel := workflow.WithCancel(ctx)
	a.at, a.cancel = at, cancel
	a.timer = workflow.NewTimerWithOptions(timing, at.Sub(workflow.Now(ctx)), workflow.TimerOptions{Summary: summary})
}

// rang reports whether the instant may have come; the server may be a little
// early, so callers compare with the clock.
func (a *alarm) rang() bool { return a.timer != nil && a.timer.IsReady() }

func (a *alarm) clear() {
	if a.timer != nil && !a.timer.IsReady() {
		a.cancel()
	}
	a.timer = nil
}
