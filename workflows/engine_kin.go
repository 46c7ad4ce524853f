package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"bangfu/models"
)

// StartEnrolments starts the workflow that starts a plan's enrolled obligations,
// or tells the running one that there are more.
func (e *Engine) StartEnrolments(ctx context.Context, plan models.PlanID) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	id := EnrolmentID(plan)
	_, err := e.client.SignalWithStartWorkflow(ctx, id, SignalMore, nil, client.StartWorkflowOptions{
		ID: id, TaskQueue: QueueObligations,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         "enrolment of " + string(plan),
	}, EnrolmentWorkflow, EnrolmentInput{Plan: plan})
	if err != nil {
		return fmt.Errorf("start the enrolment of %s: %w", plan, outcome(err))
	}
	return nil
}

// Adjudicate carries an adjudicator's decision to both obligations and waits a
// little. Errors: a *models.Refusal when the decision had no effect, ErrPending
// when it is under way and will be carried out in full, ErrUnavailable when
// nothing was started. Giving the same command again is safe.
func (e *Engine) Adjudicate(ctx context.Context, input AdjudicationInput) error {
	body, err := input.adjudicate()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, adjudicationPatience)
	defer cancel()
	run, err := e.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: AdjudicationID(input.Command.ID), TaskQueue: QueueObligations,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		StaticSummary:            "adjudication of " + string(body.Dispute),
	}, AdjudicationWorkflow, input)
	if err != nil {
		return fmt.Errorf("start the adjudication of %s: %w", body.Dispute, outcome(err))
	}
	return adjudicated(ctx, run, input.Command.ID)
}

// AdjudicationOutcome asks for the outcome of a decision that was pending. Errors
// are those of Adjudicate; ErrUnavailable also means that no workflow carries it
// out, so that the same command may be given again.
func (e *Engine) AdjudicationOutcome(ctx context.Context, decision models.CommandID) error {
	ctx, cancel := context.WithTimeout(ctx, outcomePatience)
	defer cancel()
	err := adjudicated(ctx, e.client.GetWorkflow(ctx, AdjudicationID(decision), ""), decision)
	if errors.Is(err, ErrClosed) {
		return fmt.Errorf("adjudication %s: %w", decision, ErrUnavailable)
	}
	return err
}

// adjudicated waits a little for the outcome of a decision.
func adjudicated(ctx context.Context, run client.WorkflowRun, decision models.CommandID) error {
	var result AdjudicationResult
	if err := run.Get(ctx, &result); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("adjudication %s: %w", decision, ErrPending)
		}
		return fmt.Errorf("adjudication %s: %w", decision, outcome(err))
	}
	if result.Refusal != nil {
		return result.Refusal
	}
	return nil
}

// StartBatch starts the workflow that carries an approved proposal out, or finds
// it running. One that has ended is started anew only for rows that it left.
func (e *Engine) StartBatch(ctx context.Context, proposal models.ProposalID) error {
	_, err := e.startBatch(ctx, proposal)
	return err
}

func (e *Engine) startBatch(ctx context.Context, proposal models.ProposalID) (client.WorkflowRun, error) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	run, err := e.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: BatchID(proposal), TaskQueue: QueueObligations,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:            "batch of " + string(proposal),
	}, BatchWorkflow, BatchInput{Proposal: proposal})
	if err != nil {
		return nil, fmt.Errorf("start the batch of %s: %w", proposal, outcome(err))
	}
	return run, nil
}

// Carry starts the batch of an approved proposal and waits a little. Errors:
// ErrPending when it is under way, ErrUnavailable when nothing was started and
// the same may be asked again.
func (e *Engine) Carry(ctx context.Context, proposal models.ProposalID) error {
	run, err := e.startBatch(ctx, proposal)
	if err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, batchPatience)
	defer cancel()
	if err := run.Get(waiting, nil); err != nil {
		if waiting.Err() != nil {
			return fmt.Errorf("batch of %s: %w", proposal, ErrPending)
		}
		return fmt.Errorf("batch of %s: %w", proposal, outcome(err))
	}
	return nil
}

// The hours of the schedules, in Shanghai. A run that was missed while the server
// was down is caught up within the window.
const (
	digestHour, digestMinute       = 8, 30
	reconcileHour, reconcileMinute = 2, 30
	quarterHour, quarterMinute     = 9, 5
	catchUp                        = 36 * time.Hour
)

// Schedules ensures the daily digest and the nightly reconcile. Repeating it
// changes nothing; a schedule that an operator paused stays paused.
func (e *Engine) Schedules(ctx context.Context) error {
	daily := []client.ScheduleOptions{
		dailyAt(ScheduleDigest, DigestWorkflow, digestHour, digestMinute),
		dailyAt(ScheduleReconcile, ReconcileWorkflow, reconcileHour, reconcileMinute),
		dailyAt(ScheduleQuarter, QuarterWorkflow, quarterHour, quarterMinute),
	}
	for _, options := range daily {
		ctx, cancel := context.WithTimeout(ctx, startPatience)
		_, err := e.client.ScheduleClient().Create(ctx, options)
		cancel()
		if err != nil && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
			return fmt.Errorf("create the schedule %s: %w", options.ID, outcome(err))
		}
	}
	return nil
}

func dailyAt(id, workflow string, hour, minute int) client.ScheduleOptions {
	return client.ScheduleOptions{
		ID: id,
		Spec: client.ScheduleSpec{
			Calendars: []client.ScheduleCalendarSpec{{
				Second: []client.ScheduleRange{{Start: 0}},
				Minute: []client.ScheduleRange{{Start: minute}},
				Hour:   []client.ScheduleRange{{Start: hour}},
				// Every day: which of them are working days, the archive knows.
				DayOfMonth: []client.ScheduleRange{{Start: 1, End: 31}},
				Month:      []client.ScheduleRange{{Start: 1, End: 12}},
				DayOfWeek:  []client.ScheduleRange{{Start: 0, End: 6}},
			}},
			TimeZoneName: "Asia/Shanghai",
		},
		Action: &client.ScheduleWorkflowAction{
			ID: id, Workflow: workflow, TaskQueue: QueueObligations, StaticSummary: id,
		},
		Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE,
		CatchupWindow: catchUp,
	}
}
