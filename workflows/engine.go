package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"bangfu/models"
)

// How long the client side waits. A command that was accepted in time and is not
// done yet is pending, not lost.
const (
	acceptPatience  = 3 * time.Second
	outcomePatience = 2 * time.Second
	startPatience   = 5 * time.Second
)

// Engine is the client side of the workflows, used by whatever gives commands.
type Engine struct{ client client.Client }

// NewEngine makes the client side over a connection to Temporal.
func NewEngine(temporal client.Client) *Engine { return &Engine{client: temporal} }

// Execute gives a command to its obligation, starting the workflow if it is not
// running, and waits for the outcome. The command's ID makes repeating safe.
//
// Errors: a *models.Refusal when the rules say no; ErrUnavailable when nothing
// was accepted; ErrPending when it was accepted and the outcome is not known yet
// (ask Outcome, or read the archive's command); ErrClosed when the workflow has
// ended with its obligation.
func (e *Engine) Execute(ctx context.Context, id models.ObligationID, command models.Command) (Receipt, error) {
	return e.execute(ctx, addressed{
		command: command.ID, name: string(command.Body.CommandKind()), argument: command,
		start: startOptions(id), workflow: ObligationWorkflow, input: InputOf(id),
	})
}

// addressed is a command on its way to the workflow that hosts its subject, with
// what starts that workflow if it does not run.
type addressed struct {
	command  models.CommandID
	name     string
	argument any
	start    client.StartWorkflowOptions
	workflow string
	input    any
}

func (e *Engine) execute(ctx context.Context, to addressed) (Receipt, error) {
	receipt, err := e.update(ctx, to)
	if !isOrphaned(err) {
		return receipt, outcome(err)
	}
	// A run accepted the update and closed. Whether the archive has the command,
	// the next run knows only by asking it; if the rules now refuse, it may be
	// because the command took effect, so that the caller reads the archive.
	receipt, err = e.update(ctx, to)
	if _, refused := refusalOf(err); refused || isOrphaned(err) {
		return Receipt{}, fmt.Errorf("command %s: %w", to.command, ErrPending)
	}
	return receipt, outcome(err)
}

// Deliver is Execute for callers that need no receipt.
func (e *Engine) Deliver(ctx context.Context, id models.ObligationID, command models.Command) error {
	_, err := e.Execute(ctx, id, command)
	if errors.Is(err, ErrClosed) {
		return models.Refuse(models.RefusedClosed)
	}
	return err
}

// update sends the command to the running workflow and, if there is none, starts
// it with the same update: starting costs the server a write that almost no
// command needs. Waiting for acceptance is enough: what completes in the same
// workflow task comes back with it.
func (e *Engine) update(ctx context.Context, to addressed) (Receipt, error) {
	accepting, cancel := context.WithTimeout(ctx, acceptPatience)
	defer cancel()
	options := client.UpdateWorkflowOptions{
		UpdateID: string(to.command), WorkflowID: to.start.ID, UpdateName: to.name, Args: []any{to.argument},
		WaitForStage: client.WorkflowUpdateStageAccepted,
	}
	handle, err := e.client.UpdateWorkflow(accepting, options)
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		handle, err = e.client.UpdateWithStartWorkflow(accepting, client.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: e.client.NewWithStartWorkflowOperation(to.start, to.workflow, to.input),
			UpdateOptions:          options,
		})
	}
	if err != nil {
		return Receipt{}, notAccepted(err)
	}
	return receiptOf(ctx, handle)
}

// Outcome asks for the outcome of a command that was pending. Read the archive's
// command first: it knows what took effect, also in runs that have ended. Errors
// are those of Execute; ErrUnavailable means that no run knows the command, so
// that it may be sent again.
func (e *Engine) Outcome(ctx context.Context, id models.ObligationID, command models.CommandID) (Receipt, error) {
	return e.pending(ctx, id.Subject(), command)
}

func (e *Engine) pending(ctx context.Context, workflow string, command models.CommandID) (Receipt, error) {
	handle := e.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{
		WorkflowID: workflow, UpdateID: string(command),
	})
	receipt, err := receiptOf(ctx, handle)
	if isOrphaned(err) {
		return Receipt{}, fmt.Errorf("command %s: %w", command, ErrPending)
	}
	return receipt, outcome(err)
}

// receiptOf waits a little for an accepted update.
func receiptOf(ctx context.Context, handle client.WorkflowUpdateHandle) (Receipt, error) {
	waiting, cancel := context.WithTimeout(ctx, outcomePatience)
	defer cancel()
	var receipt Receipt
	err := handle.Get(waiting, &receipt)
	// An update that no run knows was never accepted, or belongs to a run that has
	// ended; then the archive has it, since a run ends only after its handlers.
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return Receipt{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	var timeout *client.WorkflowUpdateServiceTimeoutOrCanceledError
	if errors.As(err, &timeout) {
		return Receipt{}, fmt.Errorf("%w: %w", ErrPending, err)
	}
	return receipt, err
}

// notAccepted says that an update which timed out before it was accepted left no
// trace. All other errors keep their kind.
func notAccepted(err error) error {
	var timeout *client.WorkflowUpdateServiceTimeoutOrCanceledError
	if errors.As(err, &timeout) {
		return fmt.Errorf("%w: not accepted in time: %w", ErrUnavailable, err)
	}
	return err
}

// outcome is the one place where Temporal's errors become this package's.
func outcome(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) || errors.Is(err, ErrPending) || errors.Is(err, ErrClosed) {
		return err
	}
	if refusal, refused := refusalOf(err); refused {
		return refusal
	}
	var (
		started     *serviceerror.WorkflowExecutionAlreadyStarted
		missing     *serviceerror.NotFound
		application *temporal.ApplicationError
	)
	switch {
	case errors.As(err, &started), errors.As(err, &missing):
		// Update-with-start finds every workflow but one that has ended.
		return fmt.Errorf("%w: %w", ErrClosed, err)
	case errors.As(err, &application):
		// The worker answered with something that is not a refusal: a fault here.
		return fmt.Errorf("the obligation's workflow failed the command: %w", err)
	default:
		// WorkflowNotReady, ResourceExhausted, Unavailable, a deadline, a lost
		// connection: nothing is known to be accepted, and repeating is safe.
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
}

// startOptions start an obligation, or use the run that is there. A run that
// ended with its obligation is not started again; one that failed or was
// terminated is, since the archive says that the obligation is open.
func startOptions(id models.ObligationID) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: id.Subject(), TaskQueue: QueueObligations,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		StaticSummary:            "obligation " + id.String(),
	}
}

// Start starts an obligation's workflow, or finds it running. ErrClosed says that
// it has ended.
func (e *Engine) Start(ctx context.Context, id models.ObligationID) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	options := startOptions(id)
	options.WorkflowExecutionErrorWhenAlreadyStarted = true
	_, err := e.client.ExecuteWorkflow(ctx, options, ObligationWorkflow, InputOf(id))
	if err != nil {
		return fmt.Errorf("start obligation %s: %w", id, outcome(err))
	}
	return nil
}

// Refresh makes the workflow read the archive again in a new run.
func (e *Engine) Refresh(ctx context.Context, id models.ObligationID) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	if err := e.client.SignalWorkflow(ctx, id.Subject(), "", SignalRefresh, nil); err != nil {
		return fmt.Errorf("refresh obligation %s: %w", id, outcome(err))
	}
	return nil
}

// Running reports whether the obligation's workflow is open.
func (e *Engine) Running(ctx context.Context, id models.ObligationID) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	return e.open(ctx, id.Subject())
}

// open reports whether a workflow is.
func (e *Engine) open(ctx context.Context, workflow string) (bool, error) {
	described, err := e.client.DescribeWorkflowExecution(ctx, workflow, "")
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", workflow, outcome(err))
	}
	return described.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

// Hosted is Running for some obligations. Each is asked for by itself: visibility
// is behind and forgets, a description is exact.
func (e *Engine) Hosted(ctx context.Context, ids []models.ObligationID) (map[models.ObligationID]bool, error) {
	hosted := make(map[models.ObligationID]bool, len(ids))
	for _, id := range ids {
		open, err := e.Running(ctx, id)
		if err != nil {
			return nil, err
		}
		hosted[id] = open
	}
	return hosted, nil
}

// Standing asks the workflow itself for its standing; lists ask the archive.
func (e *Engine) Standing(ctx context.Context, id models.ObligationID) (models.Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	var standing models.Standing
	value, err := e.client.QueryWorkflow(ctx, id.Subject(), "", QueryStanding)
	if err == nil {
		err = value.Get(&standing)
	}
	if err != nil {
		return models.Standing{}, fmt.Errorf("standing of %s: %w", id, outcome(err))
	}
	return standing, nil
}

// Ready reports whether Temporal answers.
func (e *Engine) Ready(ctx context.Context) error {
	if _, err := e.client.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}
