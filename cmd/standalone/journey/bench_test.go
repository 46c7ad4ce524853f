package journey

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// The floors: what the same server and the same database do at best for a
// durable command, with nothing of the duty in it.
const (
	floorQueue  = "floor"
	floorEntity = "FloorEntity"
	floorStart  = "FloorStart"
)

// floor is a bare workflow whose update runs a local activity that inserts one row.
type floor struct{ pool *sql.DB }

func (f *floor) insert(ctx context.Context, id string) error {
	_, err := f.pool.ExecContext(ctx, "INSERT INTO floor (id) VALUES (?)", id)
	return err
}

func (f *floor) entity(ctx workflow.Context) error {
	err := workflow.SetUpdateHandler(ctx, "write", func(ctx workflow.Context, id string) error {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: 7 * time.Second})
		return workflow.ExecuteLocalActivity(ctx, f.insert, id).Get(ctx, nil)
	})
	if err != nil {
		return err
	}
	return workflow.Sleep(ctx, 365*24*time.Hour)
}

// newFloor prepares the table and a worker of its own.
func newFloor(b *testing.B, w *world) {
	b.Helper()
	pool := w.archive.SQL()
	_, err := pool.ExecContext(b.Context(), "CREATE TABLE floor (id VARCHAR(100) PRIMARY KEY)")
	require.NoError(b, err)
	bare := &floor{pool: pool}
	workers := worker.New(w.temporal, floorQueue, worker.Options{
		WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{
			InitialNumberOfPollers: 4, MinimumNumberOfPollers: 2, MaximumNumberOfPollers: 32,
		}),
	})
	workers.RegisterWorkflowWithOptions(bare.entity, workflow.RegisterOptions{Name: floorEntity})
	workers.RegisterWorkflowWithOptions(func(ctx workflow.Context) error {
		return workflow.Sleep(ctx, 365*24*time.Hour)
	}, workflow.RegisterOptions{Name: floorStart})
	require.NoError(b, workers.Start())
	b.Cleanup(workers.Stop)
}

// BenchmarkSubmit compares submissions with bare updates, one caller and many,
// in turns, so that a noisy machine disturbs both.
func BenchmarkSubmit(b *testing.B) {
	for _, driver := range storetest.Drivers {
		for _, callers := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/callers=%d", driver, callers), func(b *testing.B) { benchmarkSubmit(b, driver, callers) })
		}
	}
}

const (
	entities = 64
	batch    = 128
)

func benchmarkSubmit(b *testing.B, driver string, callers int) {
	w := newWorld(b, driver, false)
	newFloor(b, w)
	cadres := w.startedCadres(entities)
	w.startFloors(entities)
	var bare, ours comparison
	number := 0
	for b.Loop() {
		b.StopTimer()
		drafts := make([]store.Record, batch)
		now := time.Now()
		for i := range drafts {
			number++
			cadre := cadres[number%entities]
			kind := models.Kinds[number%len(models.Kinds)]
			drafts[i] = w.draft(cadre, models.RecordID(fmt.Sprintf("R-%d", number)), kind, modelstest.Enterprise(number), now)
		}
		b.StartTimer()
		bare.measure(callers, batch, func(i int) error { return w.bareUpdate(number, i) })
		ours.measure(callers, batch, func(i int) error {
			_, err := w.engine.Execute(b.Context(), drafts[i].Obligation, submission(drafts[i], now))
			return err
		})
		require.NoError(b, bare.failed)
		require.NoError(b, ours.failed)
	}
	report(b, "commands", &ours, &bare)
}

func (w *world) bareUpdate(round, i int) error {
	handle, err := w.temporal.UpdateWorkflow(w.t.Context(), client.UpdateWorkflowOptions{
		WorkflowID: fmt.Sprintf("floor/%d", i%entities), UpdateID: fmt.Sprintf("%d/%d", round, i), UpdateName: "write",
		Args: []any{fmt.Sprintf("%d/%d", round, i)}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	return handle.Get(w.t.Context(), nil)
}

// BenchmarkEnrol compares enrolling cadres, to the running workflow, with bare
// workflow starts by as many callers.
func BenchmarkEnrol(b *testing.B) {
	w := newWorld(b, store.MySQL, false)
	newFloor(b, w)
	today := models.DateOf(time.Now())
	var bare, ours comparison
	round := 0
	for b.Loop() {
		round++
		bare.measure(1, batch, func(i int) error {
			_, err := w.temporal.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{
				ID: fmt.Sprintf("floor/start/%d/%d", round, i), TaskQueue: floorQueue,
				WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			}, floorStart)
			return err
		})
		cadres := make([]models.CadreID, batch)
		for i := range cadres {
			cadres[i] = models.CadreID(fmt.Sprintf("C-%d-%d", round, i))
		}
		begun := time.Now()
		w.enrol(today, today.AddDays(3*365), begun, cadres...)
		require.NoError(b, w.engine.StartEnrolments(b.Context(), testPlan))
		eventually(b, "every enrolled obligation is started", func() bool {
			left, err := w.archive.Unstarted(b.Context(), testPlan, models.ObligationID{}, 1)
			return err == nil && len(left) == 0
		})
		ours.took += time.Since(begun)
		ours.count += batch
		require.NoError(b, bare.failed)
	}
	report(b, "enrolments", &ours, &bare)
}

// startedCadres enrols cadres and waits until their workflows run.
func (w *world) startedCadres(count int) []models.CadreID {
	w.t.Helper()
	today := models.DateOf(time.Now())
	cadres := make([]models.CadreID, count)
	for i := range cadres {
		cadres[i] = models.CadreID(fmt.Sprintf("C-%d", i))
	}
	w.enrol(today, today.AddDays(3*365), time.Now(), cadres...)
	for _, cadre := range cadres {
		require.NoError(w.t, w.engine.Start(w.t.Context(), models.ObligationID{Plan: testPlan, Cadre: cadre}))
	}
	return cadres
}

func (w *world) startFloors(count int) {
	w.t.Helper()
	for i := range count {
		_, err := w.temporal.ExecuteWorkflow(w.t.Context(), client.StartWorkflowOptions{
			ID: fmt.Sprintf("floor/%d", i), TaskQueue: floorQueue,
		}, floorEntity)
		require.NoError(w.t, err)
	}
}

// comparison collects one side of a benchmark.
type comparison struct {
	lock    sync.Mutex
	took    time.Duration
	count   int
	latency []time.Duration
	failed  error
}

// measure runs the work by so many callers and adds up what it took.
func (c *comparison) measure(callers, count int, work func(i int) error) {
	var next atomic.Int64
	var group sync.WaitGroup
	begun := time.Now()
	for range callers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < count; i = int(next.Add(1)) - 1 {
				before := time.Now()
				err := work(i)
				c.add(time.Since(before), err)
			}
		})
	}
	group.Wait()
	c.took += time.Since(begun)
	c.count += count
}

func (c *comparison) add(latency time.Duration, err error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.latency = append(c.latency, latency)
	if err != nil {
		c.failed = err
	}
}

func (c *comparison) perSecond() float64 { return float64(c.count) / c.took.Seconds() }

func (c *comparison) median() float64 {
	if len(c.latency) == 0 {
		return 0
	}
	slices.Sort(c.latency)
	return float64(c.latency[len(c.latency)/2].Microseconds()) / 1000
}

// report prints both sides and the ratio, the number that survives a change of
// machine.
func report(b *testing.B, what string, ours, bare *comparison) {
	b.ReportMetric(ours.perSecond(), what+"/s")
	b.ReportMetric(bare.perSecond(), "floor/s")
	b.ReportMetric(ours.perSecond()/bare.perSecond(), "ratio")
	if median := ours.median(); median > 0 {
		b.ReportMetric(median, "ms-p50")
		b.ReportMetric(bare.median(), "floor-ms-p50")
	}
	b.ReportMetric(0, "ns/op")
}
