package journey

import (
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// skipToNextTimer lets the server skip time exactly once: to the next timer of
// the workflow. Then time runs at its own pace again, so that commands can be
// given at a virtual instant that stands still. A session of one skip holds
// across continue-as-new, which a fast-forward does not.
func (w *world) skipToNextTimer(workflow string) {
	w.t.Helper()
	before := w.timers(workflow)
	_, err := w.temporal.WorkflowService().UpdateWorkflowExecutionOptions(w.t.Context(), &workflowservice.UpdateWorkflowExecutionOptionsRequest{
		Namespace:         "default",
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: workflow},
		WorkflowExecutionOptions: &workflowpb.WorkflowExecutionOptions{
			TimeSkippingConfig: &commonpb.TimeSkippingConfig{Enabled: true, MaxSessionSkipCount: 1},
		},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"time_skipping_config"}},
	})
	require.NoError(w.t, err)
	eventually(w.t, "a timer fires and the workflow rests on the next", func() bool {
		now := w.timers(workflow)
		return now.fired > before.fired && (now.ended || now.armed == 1 && !now.busy)
	})
}

// timers is what the histories of a workflow say of its one timer.
type timers struct {
	// fired counts over all runs; armed is of the current run.
	fired, armed int
	// busy: a workflow task is under way. ended: the last run is over.
	busy, ended bool
}

func (w *world) timers(workflow string) timers {
	w.t.Helper()
	var seen timers
	for _, run := range w.histories(workflow) {
		seen.armed = 0
		for _, event := range run {
			switch event.GetEventType() { //nolint:exhaustive // only timers matter here
			case enumspb.EVENT_TYPE_TIMER_STARTED:
				seen.armed++
			case enumspb.EVENT_TYPE_TIMER_CANCELED:
				seen.armed--
			case enumspb.EVENT_TYPE_TIMER_FIRED:
				seen.armed--
				seen.fired++
			}
		}
	}
	described, err := w.temporal.DescribeWorkflowExecution(w.t.Context(), workflow, "")
	require.NoError(w.t, err)
	seen.busy = described.GetPendingWorkflowTask() != nil
	seen.ended = described.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	return seen
}

// virtualNow is the workflow's own instant.
func (w *world) virtualNow(workflow string) time.Time {
	w.t.Helper()
	described, err := w.temporal.DescribeWorkflowExecution(w.t.Context(), workflow, "")
	require.NoError(w.t, err)
	current := described.GetWorkflowExtendedInfo().GetTimeSkippingInfo().GetCurrentTime()
	if current == nil {
		return time.Now().UTC()
	}
	return current.AsTime()
}

// histories are the events of all runs of a workflow, first run first.
func (w *world) histories(workflow string) [][]*historypb.HistoryEvent {
	w.t.Helper()
	var runs [][]*historypb.HistoryEvent
	first := w.firstRun(workflow)
	for run := first; run != ""; {
		var events []*historypb.HistoryEvent
		next := ""
		history := w.temporal.GetWorkflowHistory(w.t.Context(), workflow, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for history.HasNext() {
			event, err := history.Next()
			require.NoError(w.t, err)
			events = append(events, event)
			if continued := event.GetWorkflowExecutionContinuedAsNewEventAttributes(); continued != nil {
				next = continued.GetNewExecutionRunId()
			}
		}
		runs = append(runs, events)
		run = next
	}
	return runs
}

func (w *world) firstRun(workflow string) string {
	described, err := w.temporal.DescribeWorkflowExecution(w.t.Context(), workflow, "")
	require.NoError(w.t, err)
	return described.GetWorkflowExecutionInfo().GetFirstRunId()
}
