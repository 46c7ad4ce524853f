package workflows

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
)

// Receipt answers an update: the sequence of the command's last event.
type Receipt struct {
	Sequence int64 `json:"sequence"`
}

// How long one run lasts: a year. From its restAge on it continues as new when
// it wakes anyway, mostly for a yearly rung; at its fullAge it wakes for that
// alone. The slack between them saves a wake a year.
const (
	restAge = 360 * 24 * time.Hour
	fullAge = 400 * 24 * time.Hour
)

// troubleFirst and troubleLongest bound the waits between attempts while the
// archive is down; faultAfter is when a command that an archive in good health
// does not take is given up.
const (
	troubleFirst   = time.Second
	troubleLongest = 5 * time.Minute
	faultAfter     = time.Hour
)

// rungRetry is how long a rung that was refused against expectation rests.
const rungRetry = time.Hour

// clockTolerance is how far the server that received a command may be ahead.
const clockTolerance = time.Minute

// Obligation hosts one cadre's duty under one plan for as long as it is open. It
// takes commands as updates, passes the rungs of the ladder when their instants
// come, and ends when the obligation is closed.
func Obligation(ctx workflow.Context, input ObligationInput) error {
	host := &obligationHost{input: input, lock: workflow.NewMutex(ctx)}
	if err := host.setup(ctx); err != nil {
		return err
	}
	return host.run(ctx)
}

// obligationHost is the state of one run. What is in obligation and rules is the
// archive's, as of the last load and the events decided since.
type obligationHost struct {
	input      ObligationInput
	started    time.Time
	obligation models.Obligation
	rules      models.Rules
	// loaded turns true once the aggregate is here; found tells whether the
	// archive knows it.
	loaded, found bool
	// lock lets one command at a time decide and append.
	lock    workflow.Mutex
	refresh workflow.ReceiveChannel
	alarm   alarm
	// rungRests holds rungs back after one was refused against expectation.
	rungRests time.Time
}

// setup registers the handlers before anything can block: an update that arrives
// while the archive is read would otherwise be turned away as unknown. Until the
// aggregate is loaded, validators let everything pass and handlers wait.
func (h *obligationHost) setup(ctx workflow.Context) error {
	h.started = workflow.Now(ctx)
	h.refresh = workflow.GetSignalChannel(ctx, SignalRefresh)
	err := workflow.SetQueryHandlerWithOptions(ctx, QueryStanding,
		func() (models.Standing, error) { return h.standing(ctx) },
		workflow.QueryHandlerOptions{Description: "The standing as of now"})
	if err != nil {
		return err
	}
	for _, kind := range models.UpdateKinds {
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

// run waits for rungs and for reasons to end or to continue as new.
func (h *obligationHost) run(ctx workflow.Context) error {
	for {
		if err := h.passRungs(ctx); err != nil {
			return err
		}
		h.describe(ctx)
		switch {
		case !h.found:
			return leave(ctx, unknownObligation(h.input.ID()))
		case h.obligation.Closed != "":
			return leave(ctx, nil)
		case h.shouldContinue(ctx):
			// The new run reads the archive anyway: what asked for it is answered.
			for h.refresh.ReceiveAsync(nil) {
			}
			return leave(ctx, workflow.NewContinueAsNewError(ctx, ObligationWorkflow, h.input))
		}
		if err := h.rest(ctx); err != nil {
			return leave(ctx, err)
		}
	}
}

// leave ends the run once no handler is under way. The wait is not cancelled
// with the run: what was accepted is finished.
func leave(ctx workflow.Context, with error) error {
	finishing, _ := workflow.NewDisconnectedContext(ctx)
	if err := workflow.Await(finishing, func() bool { return workflow.AllHandlersFinished(finishing) }); err != nil {
		return err
	}
	return with
}

func (h *obligationHost) shouldContinue(ctx workflow.Context) bool {
	return worn(ctx, h.refresh, h.started)
}

// worn reports whether a run should be followed by a new one: it was asked to,
// its history is long, or it is old.
func worn(ctx workflow.Context, refresh workflow.ReceiveChannel, started time.Time) bool {
	return refresh.Len() > 0 ||
		workflow.GetInfo(ctx).GetContinueAsNewSuggested() ||
		workflow.Now(ctx).Sub(started) >= restAge
}

// rest sets the alarm and sleeps until it rings, the next step changes, or
// something asks the run to end.
func (h *obligationHost) rest(ctx workflow.Context) error {
	wake, summary := h.nextWake()
	h.alarm.set(ctx, wake, summary)
	at := h.obligation.Sequence
	return workflow.Await(ctx, func() bool {
		return h.alarm.rang() || h.obligation.Sequence != at || h.shouldContinueNow()
	})
}

// shouldContinueNow is the part of shouldContinue that a message brings about.
func (h *obligationHost) shouldContinueNow() bool { return h.refresh.Len() > 0 }

// nextWake is the instant of the next rung, spread over some minutes, or that of
// the yearly continue-as-new.
func (h *obligationHost) nextWake() (time.Time, string) {
	year := h.started.Add(fullAge)
	// NextRung as of the last event names the earliest rung that is not passed:
	// a rung that was missed is due at once, whatever the clock says.
	rung, comes := h.obligation.NextRung(h.obligation.At, h.rules)
	if !comes {
		return year, "continue as new"
	}
	wake := rung.At.Add(RungOffset(h.input.ID()))
	if wake.Before(h.rungRests) {
		wake = h.rungRests
	}
	if year.Before(wake) {
		return year, "continue as new"
	}
	return wake, string(rung.ID)
}

// standing answers the query.
func (h *obligationHost) standing(ctx workflow.Context) (models.Standing, error) {
	if !h.loaded || !h.found {
		return models.Standing{}, errors.New("the obligation is not loaded")
	}
	return h.obligation.Standing(workflow.Now(ctx), h.rules), nil
}

// describe puts codes and dates where Temporal's own UI shows them. It costs no
// event.
func (h *obligationHost) describe(ctx workflow.Context) {
	if !h.found {
		return
	}
	workflow.SetCurrentDetails(ctx, describeObligation(&h.obligation, h.rules, workflow.Now(ctx)))
}

// decide asks the rules for the events of a command. Reading only.
func (h *obligationHost) decide(ctx workflow.Context, command models.Command) ([]models.Event, error) {
	return h.obligation.Decide(withTrustedInstant(command, workflow.Now(ctx)), h.rules)
}

// withTrustedInstant keeps the instant at which the command was received, unless
// the clock of the server that received it runs ahead.
func withTrustedInstant(command models.Command, now time.Time) models.Command {
	command.At = trustedInstant(command.At, now)
	return command
}

func trustedInstant(received, now time.Time) time.Time {
	if received.After(now.Add(clockTolerance)) {
		return now
	}
	return received
}

// validate refuses without a trace in the history. It changes nothing and does
// not run on replay.
func (h *obligationHost) validate(ctx workflow.Context, command models.Command) error {
	if command.ID == "" || command.Body == nil || !slices.Contains(models.UpdateKinds, command.Body.CommandKind()) {
		return refuse(models.Refuse(models.RefusedUnknownCommand))
	}
	if !h.loaded {
		return nil
	}
	if _, err := h.decide(ctx, command); err != nil {
		return asRefused(err)
	}
	return nil
}

// execute is the handler of every update. It survives a cancelled run: what was
// accepted is carried to its end.
func (h *obligationHost) execute(ctx workflow.Context, command models.Command) (Receipt, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if err := workflow.Await(ctx, func() bool { return h.loaded }); err != nil {
		return Receipt{}, err
	}
	if err := h.lock.Lock(ctx); err != nil {
		return Receipt{}, err
	}
	defer h.lock.Unlock()
	sequence, err := h.commit(ctx, command)
	if err != nil {
		return Receipt{}, asRefused(err)
	}
	return Receipt{Sequence: sequence}, nil
}

// commit has a command decided and its events appended by one step, and applies
// what that answers. The lock is held. The rules are asked inside the step, never
// here: a history keeps the facts, so that a rule which is tightened later cannot
// break the replay of what it once allowed. If another writer was first, the
// archive is read again; a *models.Refusal says why nothing happened.
func (h *obligationHost) commit(ctx workflow.Context, command models.Command) (int64, error) {
	wait := troubleFirst
	for {
		result, err := h.append(ctx, command)
		if err != nil {
			return 0, err
		}
		switch result.Outcome {
		case activities.OutcomeAppended:
			return h.apply(ctx, result.Events, result.Sequence)
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

// apply evolves the aggregate by what the archive has taken. A new policy version
// is read from there.
func (h *obligationHost) apply(ctx workflow.Context, events []models.Event, sequence int64) (int64, error) {
	policy := h.obligation.Policy
	for _, event := range events {
		h.obligation.Apply(event)
	}
	h.describe(ctx)
	if h.obligation.Policy != policy {
		return sequence, h.load(ctx)
	}
	return sequence, nil
}

// passRungs records every rung whose instant has come.
func (h *obligationHost) passRungs(ctx workflow.Context) error {
	for h.found && h.obligation.Closed == "" {
		now := workflow.Now(ctx)
		wake, _ := h.nextWake()
		rung, due := h.obligation.NextRung(now, h.rules)
		if !due || wake.After(now) || rung.At.After(now) {
			return nil
		}
		if err := h.passRung(ctx, rung); err != nil {
			return err
		}
	}
	return nil
}

// passRung records one rung. The rung may have changed while the lock was
// awaited; then it is refused, and the caller looks again.
func (h *obligationHost) passRung(ctx workflow.Context, rung models.Rung) error {
	if err := h.lock.Lock(ctx); err != nil {
		return err
	}
	defer h.lock.Unlock()
	now := workflow.Now(ctx)
	_, err := h.commit(ctx, models.Command{
		ID: rung.CommandID(h.input.ID()), At: now,
		Actor: models.Actor{Account: models.SystemAccount},
		Body:  models.PassRung{Rung: rung.ID},
	})
	refusal, refused := models.AsRefusal(err)
	if !refused {
		return err
	}
	if current, due := h.obligation.NextRung(now, h.rules); due && current.ID == rung.ID {
		workflow.GetLogger(ctx).Warn("rung refused", "obligation", h.input.ID().String(), "rung", string(rung.ID), "code", string(refusal.Code))
		h.rungRests = now.Add(rungRetry)
	}
	return nil
}
