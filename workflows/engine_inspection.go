package workflows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"bangfu/models"
	"bangfu/models/inspection"
)

// ExecuteInspection gives a command to a subject of the inspection (a cycle, a
// unit's report, a sample, a finding), starting its workflow if it is not
// running, and waits for the outcome. Errors are those of Execute.
func (e *Engine) ExecuteInspection(ctx context.Context, subject string, command inspection.Command) (Receipt, error) {
	to, err := addressOf(subject)
	if err != nil {
		return Receipt{}, err
	}
	to.command, to.name, to.argument = command.ID, string(command.Body.CommandKind()), command
	return e.execute(ctx, to)
}

// DeliverInspection is ExecuteInspection for callers that need no receipt.
func (e *Engine) DeliverInspection(ctx context.Context, subject string, command inspection.Command) error {
	_, err := e.ExecuteInspection(ctx, subject, command)
	return err
}

// InspectionOutcome is Outcome for a subject of the inspection.
func (e *Engine) InspectionOutcome(ctx context.Context, subject string, command models.CommandID) (Receipt, error) {
	return e.pending(ctx, subject, command)
}

// HostInspection starts the workflow of a subject that is not over, or finds it
// running: what a lost engine is rebuilt by.
func (e *Engine) HostInspection(ctx context.Context, subject string) error {
	to, err := addressOf(subject)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	if _, err := e.client.ExecuteWorkflow(ctx, to.start, to.workflow, to.input); err != nil {
		return fmt.Errorf("host %s: %w", subject, outcome(err))
	}
	return nil
}

// HostedInspections reports of each subject whether its workflow is open.
func (e *Engine) HostedInspections(ctx context.Context, subjects []string) (map[string]bool, error) {
	hosted := make(map[string]bool, len(subjects))
	for _, subject := range subjects {
		asking, cancel := context.WithTimeout(ctx, startPatience)
		open, err := e.open(asking, subject)
		cancel()
		if err != nil {
			return nil, err
		}
		hosted[subject] = open
	}
	return hosted, nil
}

// addressOf says which workflow hosts a subject. A run that has ended may be
// followed by another: a correction opens an issued cycle again, and a finding
// may be reopened.
func addressOf(subject string) (addressed, error) {
	to := addressed{start: client.StartWorkflowOptions{
		ID: subject, TaskQueue: QueueObligations, StaticSummary: subject,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}}
	kind, rest, _ := strings.Cut(subject, "/")
	parts := strings.Split(rest, "/")
	if kind == "finding" && len(parts) == 1 && rest != "" {
		to.workflow, to.input = FindingWorkflow, FindingInput{Finding: inspection.FindingID(rest)}
		return to, nil
	}
	if len(parts) < 2 {
		return to, fmt.Errorf("subject %q is none of the inspection's", subject)
	}
	quarter, err := models.ParseQuarter(parts[1])
	if err != nil {
		return to, fmt.Errorf("subject %q: %w", subject, err)
	}
	plan := models.PlanID(parts[0])
	switch {
	case kind == "inspection" && len(parts) == 2:
		to.workflow, to.input = InspectionWorkflow, InspectionInput{Plan: plan, Quarter: quarter}
	case kind == "sample" && len(parts) == 2:
		to.workflow, to.input = SampleWorkflow, SampleInput{Plan: plan, Quarter: quarter}
	case kind == "unit-report" && len(parts) == 3:
		to.workflow = UnitInspectionWorkflow
		to.input = UnitInspectionInput{Plan: plan, Quarter: quarter, Unit: models.UnitID(parts[2])}
	default:
		return to, fmt.Errorf("subject %q is none of the inspection's", subject)
	}
	return to, nil
}

// QuarterSchedule is how the schedule of the quarterly inspection stands.
type QuarterSchedule struct {
	Paused bool
	Note   string
	// Next are the instants at which it looks for quarters that are due.
	Next []time.Time
	// Last is when it last ran; zero before the first.
	Last time.Time
}

// QuarterSchedule describes the schedule.
func (e *Engine) QuarterSchedule(ctx context.Context) (QuarterSchedule, error) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	described, err := e.client.ScheduleClient().GetHandle(ctx, ScheduleQuarter).Describe(ctx)
	if err != nil {
		return QuarterSchedule{}, fmt.Errorf("describe the schedule: %w", outcome(err))
	}
	schedule := QuarterSchedule{Next: described.Info.NextActionTimes}
	if state := described.Schedule.State; state != nil {
		schedule.Paused, schedule.Note = state.Paused, state.Note
	}
	if recent := described.Info.RecentActions; len(recent) > 0 {
		schedule.Last = recent[len(recent)-1].ActualTime
	}
	return schedule, nil
}

// PauseQuarters stops the schedule from opening quarters, or lets it go on. The
// note is a code of who did it, never a text.
func (e *Engine) PauseQuarters(ctx context.Context, pause bool, note string) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	handle := e.client.ScheduleClient().GetHandle(ctx, ScheduleQuarter)
	var err error
	if pause {
		err = handle.Pause(ctx, client.SchedulePauseOptions{Note: note})
	} else {
		err = handle.Unpause(ctx, client.ScheduleUnpauseOptions{Note: note})
	}
	if err != nil {
		return fmt.Errorf("pause the schedule: %w", errors.Join(outcome(err)))
	}
	return nil
}
