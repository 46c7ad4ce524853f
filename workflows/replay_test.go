package workflows_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"bangfu/models/modelstest"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

const histories = "testdata/histories"

func readHistory(t *testing.T, name string) *historypb.History {
	t.Helper()
	file, err := os.Open(filepath.Join(histories, name+".json"))
	require.NoError(t, err, "write it with: go test ./cmd/standalone/journey -run TestWriteGoldenHistories -write-histories")
	defer func() { require.NoError(t, file.Close()) }()
	history, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
	require.NoError(t, err)
	return history
}

func TestGoldenHistoriesReplay(t *testing.T) {
	files, err := os.ReadDir(histories)
	require.NoError(t, err)
	names := workflowtest.HistoryNames()
	for _, file := range files {
		if name, isHistory := strings.CutSuffix(file.Name(), ".json"); isHistory && !slices.Contains(names, name) {
			// Histories of older releases stay and must replay as well.
			names = append(names, name)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{})
			require.NoError(t, err)
			workflows.RegisterWorkflows(replayer)
			quiet := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
			require.NoError(t, replayer.ReplayWorkflowHistory(quiet, readHistory(t, name)))
		})
	}
}

// TestGoldenHistoriesShowWhatTheyAreNamedFor: a history that ended
// before its point would replay and prove nothing.
func TestGoldenHistoriesShowWhatTheyAreNamedFor(t *testing.T) {
	for name, shown := range map[string]enumspb.EventType{
		"cycle-many-units":      enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
		"cycle-comments-lapsed": enumspb.EVENT_TYPE_TIMER_FIRED,
		"cycle-issued":          enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"cycle-corrected":       enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"cycle-cancelled":       enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"cycle-reporting":       enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
		"cycle-drafted-early":   enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
		"cycle-commented":       enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
		"report-confirmed":      enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"report-late":           enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"report-extended":       enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
		"report-nothing":        enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"report-ended":          enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"sample-revoked":        enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"finding-turned":        enumspb.EVENT_TYPE_TIMER_FIRED,
		"finding-settled":       enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"enrolment-started":     enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"adjudication-upheld":   enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"batch-carried":         enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		"finding-reopened":      enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
	} {
		require.True(t, slices.ContainsFunc(readHistory(t, name).Events, func(event *historypb.HistoryEvent) bool {
			return event.GetEventType() == shown
		}), "%s shows no %s", name, shown)
	}
}

func TestGoldenHistoriesHoldNoWordsOfPeople(t *testing.T) {
	for _, name := range workflowtest.HistoryNames() {
		data, err := os.ReadFile(filepath.Join(histories, name+".json"))
		require.NoError(t, err)
		for _, r := range string(data) {
			require.Less(t, r, rune(0x2E80), "%s holds a character that only words need", name)
		}
	}
}

func TestAStepCostsTheEventsThatTheDocumentationSays(t *testing.T) {
	count := func(name string) int { return len(readHistory(t, name).Events) }
	start := count("fresh")
	require.Equal(t, 6, start)
	require.Equal(t, start+6+2, count("in-review"), "the first claim moves the timer")
	require.LessOrEqual(t, count("credited-three-times"), start+12*6+3*2, "twelve updates, the timer moves when a record is submitted")
	for _, code := range modelstest.Rules().Rungs {
		require.LessOrEqual(t, count("rung-"+string(code.Code)), start+6)
	}
	timers := 0
	for _, event := range readHistory(t, "credited-three-times").Events {
		if event.GetEventType() == enumspb.EVENT_TYPE_TIMER_STARTED {
			timers++
		}
	}
	require.LessOrEqual(t, timers, 4)
}
