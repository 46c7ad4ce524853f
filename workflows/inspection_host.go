package workflows

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/inspection"
)

// subjectHost is the state of one run that hosts a subject of the inspection: a
// cycle, a unit's report, a sample or a finding. It does for them what
// obligationHost does for an obligation: it takes commands as updates, passes the
// steps of the subject's clock, and continues as new.
type subjectHost struct {
	subject string
	// workflow is the name under which the next run is started.
	workflow string
	kinds    []models.CommandKind

	started   time.Time
	aggregate inspection.Aggregate
	loaded    bool
	lock      workflow.Mutex
	refresh   workflow.ReceiveChannel
	alarm     alarm
	// stepRests holds the clock back after a step was refused against expectation.
	stepRests time.Time
}

// setup registers the handlers before anything can block, then reads the archive.
// Until then validators let everything pass and handlers wait.
func (h *subjectHost) setup(ctx workflow.Context) error {
	h.started = workflow.Now(ctx)
	h.lock = workflow.NewMutex(ctx)
	h.aggregate = inspection.New(h.subject)
	h.refresh = workflow.GetSignalChannel(ctx, SignalRefresh)
	for _, kind := range h.kinds {
		err := workflow.SetUpdateHandlerWithOptions(ctx, string(kind), h.execute, workflow.UpdateHandlerOptions{
			Validator: h.validate, Description: string(kind),
		})
		if err != nil {
			return err
		}
	}
	if err := h.load(ctx); err != nil {
		return err
	}
	h.loaded = true
	return nil
}

// known reports whether the archive knows the subject.
func (h *subjectHost) known() bool { return h.aggregate.Log().Sequence > 0 }

// load reads the aggregate, however long that takes.
func (h *subjectHost) load(ctx workflow.Context) error {
	var state activities.SubjectState
	if err := h.insist(ctx, archiveRead("load"), &state, steps.LoadSubject, h.subject); err != nil {
		return err
	}
	return h.take(state)
}

func (h *subjectHost) take(state activities.SubjectState) error {
	aggregate := inspection.New(h.subject)
	if state.Sequence > 0 {
		// The aggregate's own form: no clock, no chance, maps in the order of keys.
		err := json.Unmarshal(state.Aggregate, aggregate) //workflowcheck:ignore
		if err != nil {
			return fmt.Errorf("read %s: %w", h.subject, err)
		}
	}
	h.aggregate = aggregate
	return nil
}

// validate refuses without a trace in the history. It changes nothing and does
// not run on replay.
func (h *subjectHost) validate(ctx workflow.Context, command inspection.Command) error {
	if command.ID == "" || command.Body == nil || !slices.Contains(h.kinds, command.Body.CommandKind()) {
		return refuse(models.Refuse(models.RefusedUnknownCommand))
	}
	if !h.loaded {
		return nil
	}
	if _, err := h.aggregate.Decide(h.trusted(ctx, command)); err != nil {
		return asRefused(err)
	}
	return nil
}

// trusted is the command with the instant that is believed of it.
func (h *subjectHost) trusted(ctx workflow.Context, command inspection.Command) inspection.Command {
	command.At = trustedInstant(command.At, workflow.Now(ctx))
	return command
}

// execute is the handler of every update. What was accepted is carried to its end.
func (h *subjectHost) execute(ctx workflow.Context, command inspection.Command) (Receipt, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if err := workflow.Await(ctx, func() bool { return h.loaded }); err != nil {
		return Receipt{}, err
	}
	sequence, err := h.give(ctx, command)
	if err != nil {
		return Receipt{}, asRefused(err)
	}
	return Receipt{Sequence: sequence}, nil
}

// give has a command decided and written by one step, and applies what that
// answers: a history keeps the facts, never the wish to decide them again.
func (h *subjectHost) give(ctx workflow.Context, command inspection.Command) (int64, error) {
	if err := h.lock.Lock(ctx); err != nil {
		return 0, err
	}
	defer h.lock.Unlock()
	wait := troubleFirst
	for {
		result, err := h.append(ctx, command)
		if err != nil {
			return 0, err
		}
		switch result.Outcome {
		case activities.OutcomeAppended:
			for _, event := range result.Events {
				h.aggregate.Apply(event)
			}
			return result.Sequence, nil
		case activities.OutcomeRepeated:
			return result.Sequence, h.load(ctx)
		case activities.OutcomeRefused:
			return 0, result.Refusal
		case activities.OutcomeStale:
			if err := h.load(ctx); err != nil {
				return 0, err
			}
		}
		// Other writers are rare, so one pause after each keeps a fault of the
		// archive from filling a workflow task without an end.
		if wait, err = h.wait(ctx, "stale", wait, nil); err != nil {
			return 0, err
		}
	}
}

// append waits for an archive that is down.
func (h *subjectHost) append(ctx workflow.Context, command inspection.Command) (activities.SubjectResult, error) {
	aggregate, err := json.Marshal(h.aggregate) //workflowcheck:ignore
	if err != nil {
		return activities.SubjectResult{}, fmt.Errorf("write %s: %w", h.subject, err)
	}
	input := activities.SubjectAppend{
		Subject: h.subject, Aggregate: aggregate, Command: h.trusted(ctx, command), Now: workflow.Now(ctx),
	}
	options := archiveWrite(string(command.Body.CommandKind()))
	wait := troubleFirst
	for {
		var result activities.SubjectResult
		err := attempt(ctx, options, &result, steps.AppendSubject, input)
		if err == nil || temporal.IsCanceledError(err) {
			return result, err
		}
		if workflow.Now(ctx).Sub(input.Now) >= faultAfter {
			var state activities.SubjectState
			if attempt(ctx, archiveRead("probe"), &state, steps.LoadSubject, h.subject) == nil {
				return result, temporal.NewNonRetryableApplicationError("the archive does not take the command", TypeArchiveFault, err)
			}
		}
		if wait, err = h.wait(ctx, options.Summary, wait, err); err != nil {
			return result, err
		}
	}
}

// wait sleeps between two attempts.
func (h *subjectHost) wait(ctx workflow.Context, step string, wait time.Duration, cause error) (time.Duration, error) {
	return pause(ctx, h.logger(ctx), step, wait, cause)
}

// insist runs one step on the archive, however long that takes.
func (h *subjectHost) insist(ctx workflow.Context, options workflow.LocalActivityOptions, result any, activity any, argument any) error {
	return insist(ctx, h.logger(ctx), options, result, activity, argument)
}

func (h *subjectHost) logger(ctx workflow.Context) log.Logger {
	return log.With(workflow.GetLogger(ctx), "subject", h.subject)
}

// own gives a command of the workflow's own under a name that makes it happen
// once.
func (h *subjectHost) own(ctx workflow.Context, name string, body inspection.CommandBody) error {
	_, err := h.give(ctx, inspection.Command{
		ID: models.CommandID(h.subject + "/" + name), At: workflow.Now(ctx),
		Actor: models.Actor{Account: models.SystemAccount}, Body: body,
	})
	return err
}

// system is own where a refusal is an answer: somebody else was first, or the
// subject has gone on.
func (h *subjectHost) system(ctx workflow.Context, name string, body inspection.CommandBody) error {
	err := h.own(ctx, name, body)
	if _, refused := models.AsRefusal(err); refused {
		return nil
	}
	return err
}

// passSteps records every step of the clock whose instant has come. body makes
// the command that passes one.
func (h *subjectHost) passSteps(ctx workflow.Context, body func(inspection.Step) inspection.CommandBody) error {
	for h.known() && !h.aggregate.Over() {
		now := workflow.Now(ctx)
		step, comes := h.aggregate.NextStep()
		if !comes || step.At.After(now) || now.Before(h.stepRests) {
			return nil
		}
		_, err := h.give(ctx, inspection.Command{
			ID: step.CommandID(h.subject), At: now, Actor: models.Actor{Account: models.SystemAccount}, Body: body(step),
		})
		refusal, refused := models.AsRefusal(err)
		if err != nil && !refused {
			return err
		}
		if next, still := h.aggregate.NextStep(); refused && still && next.ID == step.ID {
			workflow.GetLogger(ctx).Warn("step refused", "subject", h.subject, "step", string(step.ID), "code", string(refusal.Code))
			h.stepRests = now.Add(rungRetry)
		}
	}
	return nil
}

// passStep is the body for subjects whose steps are mere facts.
func passStep(step inspection.Step) inspection.CommandBody {
	return inspection.PassStep{Step: step.ID}
}

// rest sleeps until the next step, an instant of the caller's, or a change. An
// instant that is zero never comes.
func (h *subjectHost) rest(ctx workflow.Context, until time.Time, summary string, changed func() bool) error {
	wake, why := h.started.Add(fullAge), "continue as new"
	if !until.IsZero() && until.Before(wake) {
		wake, why = until, summary
	}
	if step, comes := h.aggregate.NextStep(); comes {
		at := step.At
		if at.Before(h.stepRests) {
			at = h.stepRests
		}
		if at.Before(wake) {
			wake, why = at, string(step.ID)
		}
	}
	h.alarm.set(ctx, wake, why)
	at := h.aggregate.Log().Sequence
	return workflow.Await(ctx, func() bool {
		return h.alarm.rang() || h.aggregate.Log().Sequence != at || h.refresh.Len() > 0 || changed()
	})
}

// never is the change that nobody waits for.
func never() bool { return false }

// shouldContinue reports whether the run should be followed by a new one.
func (h *subjectHost) shouldContinue(ctx workflow.Context) bool {
	return worn(ctx, h.refresh, h.started)
}

// again ends the run in favour of a new one.
func (h *subjectHost) again(ctx workflow.Context, input any) error {
	for h.refresh.ReceiveAsync(nil) {
	}
	return leave(ctx, workflow.NewContinueAsNewError(ctx, h.workflow, input))
}

// over reports whether the subject is over once no handler is under way: a
// command that was accepted meanwhile may have opened it again.
func (h *subjectHost) over(ctx workflow.Context) (bool, error) {
	if !h.aggregate.Over() {
		return false, nil
	}
	err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return h.aggregate.Over(), err
}

// untilKnown waits for the command that makes the subject; a run that was started
// for a subject which nobody makes fails after a while, so that it may be started
// again.
func (h *subjectHost) untilKnown(ctx workflow.Context) error {
	if h.known() {
		return nil
	}
	h.alarm.set(ctx, h.started.Add(birthPatience), "birth")
	if err := workflow.Await(ctx, func() bool { return h.known() || h.alarm.rang() }); err != nil {
		return err
	}
	if !h.known() {
		return temporal.NewNonRetryableApplicationError(h.subject+" is not in the archive", TypeUnknownSubject, nil)
	}
	return nil
}

// birthPatience is how long a run waits for the command that makes its subject.
const birthPatience = time.Hour
