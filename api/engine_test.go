package api

import (
	"context"
	"encoding/json"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/stretchr/testify/require"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
	"bangfu/workflows"
)

// directTemporal stands in for the connection to Temporal: it carries out a
// command of the inspection on the archive by the workflows' own activities. The
// real server is met by the tests of the standalone program.
type directTemporal struct {
	client.Client
	acts *activities.Activities
	// deaf loses the answers of what it carries out.
	deaf   bool
	given  int
	paused bool
	note   string
}

func (d *directTemporal) Close() {}

func (d *directTemporal) UpdateWorkflow(ctx context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	var command inspection.Command
	data, err := json.Marshal(options.Args[0])
	if err == nil {
		err = json.Unmarshal(data, &command)
	}
	if err != nil {
		return nil, err
	}
	state, err := d.acts.LoadSubject(ctx, options.WorkflowID)
	if err != nil {
		return nil, err
	}
	d.given++
	result, err := d.acts.AppendSubject(ctx, activities.SubjectAppend{
		Subject: options.WorkflowID, Aggregate: state.Aggregate, Command: command, Now: command.At,
	})
	switch {
	case err != nil:
		return nil, err
	case d.deaf:
		return nil, client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.DeadlineExceeded)
	case result.Refusal != nil:
		return nil, temporal.NewApplicationErrorWithOptions("refused", workflows.TypeRefused, temporal.ApplicationErrorOptions{
			NonRetryable: true, Details: []any{*result.Refusal},
		})
	}
	return updated{sequence: result.Sequence}, nil
}

func (d *directTemporal) ScheduleClient() client.ScheduleClient { return directSchedules{direct: d} }

type updated struct {
	client.WorkflowUpdateHandle
	sequence int64
}

func (u updated) Get(_ context.Context, into any) error {
	*into.(*workflows.Receipt) = workflows.Receipt{Sequence: u.sequence}
	return nil
}

type directSchedules struct {
	client.ScheduleClient
	direct *directTemporal
}

func (s directSchedules) GetHandle(context.Context, string) client.ScheduleHandle {
	return directSchedule{direct: s.direct}
}

type directSchedule struct {
	client.ScheduleHandle
	direct *directTemporal
}

func (s directSchedule) Describe(context.Context) (*client.ScheduleDescription, error) {
	return &client.ScheduleDescription{Schedule: client.Schedule{State: &client.ScheduleState{Paused: s.direct.paused, Note: s.direct.note}}}, nil
}

func (s directSchedule) Pause(_ context.Context, options client.SchedulePauseOptions) error {
	s.direct.paused, s.direct.note = true, options.Note
	return nil
}

func (s directSchedule) Unpause(_ context.Context, options client.ScheduleUnpauseOptions) error {
	s.direct.paused, s.direct.note = false, options.Note
	return nil
}

// aQuarter is an office on 3 March 2014 with the cycle of 2013's last quarter open
// and two districts asked for their reports.
type aQuarter struct {
	*office
	temporal  *directTemporal
	id        inspection.ID
	inspector *visitor
	base      string
}

func anInspection(t *testing.T) *aQuarter {
	t.Helper()
	archive := storetest.Open(t, store.SQLite)
	acts, err := activities.New(archive, nil, activities.Settings{})
	require.NoError(t, err)
	direct := &directTemporal{acts: acts}
	q := &aQuarter{
		office: furnished(t, aHouseOver(t, archive, direct)), temporal: direct,
		id: inspection.ID{Plan: testPlan, Quarter: models.MustQuarter("2013Q4")},
	}
	q.opensCycle(q.id)
	q.inspector = q.officer("inspector", "tj")
	q.base = Prefix + "/inspections/" + q.id.String()
	return q
}

// acts sends a command and expects it to take effect.
func (v *visitor) acts(path string, body any, keyText, tag string) answer {
	v.Helper()
	changes := []with{key(keyText)}
	if tag != "" {
		changes = append(changes, ifMatch(tag))
	}
	got := v.do("POST", path, body, changes...)
	require.Equal(v, 200, got.status, got.body)
	require.Equal(v, "applied", got.field(v.T, "state"))
	return got
}
