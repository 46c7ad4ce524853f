package workflowtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/workflows"
)

// scenario drives one obligation to the state that a golden history shows.
type scenario struct {
	name string
	// from and due are the window in days from today.
	from, due int
	drive     func(w *writer) error
	// prompt asks for an obligation whose rungs are not spread, so that a timer
	// fires within the scenario.
	prompt bool
}

// cadre names the scenario's cadre.
func (s scenario) cadre() models.CadreID {
	name := models.CadreID("golden-" + s.name)
	for n := 0; s.prompt; n++ {
		cadre := models.CadreID(fmt.Sprintf("%s-%d", name, n))
		if workflows.RungOffset(models.ObligationID{Plan: Plan, Cadre: cadre}) == 0 {
			return cadre
		}
	}
	return name
}

// scenarios are all golden histories of an obligation. A rung is missed, and so
// passed at once, when the window lies such that it is the last one before today.
func scenarios() []scenario {
	all := []scenario{
		{name: "fresh", from: -10, due: 1000, drive: nothing},
		{name: "in-review", from: -10, due: 1000, drive: inReview},
		{name: "returned", from: -10, due: 1000, drive: returned},
		{name: "credited-three-times", from: -10, due: 1000, drive: creditedThreeTimes},
		{name: "suspended-resumed", from: -10, due: 1000, drive: suspendedResumed},
		{name: "policy-adopted", from: -10, due: 1000, drive: policyAdopted},
		{name: "refused-by-archive", from: -10, due: 1000, drive: refusedByArchive},
		{name: "stale-healed", from: -10, due: 1000, drive: staleHealed},
		{name: "correction-lapsed", from: -10, due: 1000, drive: correctionLapsed, prompt: true},
		{name: "overdue", from: -800, due: -5, drive: overdue},
		{name: "continued-as-new", from: -10, due: 1000, drive: continuedAsNew},
		{name: "closed", from: -10, due: 1000, drive: closed},
	}
	rungs := []struct {
		code      models.RungCode
		from, due int
	}{
		{"schedule-1", -400, 600},
		{"schedule-2", -800, 200},
		{"due-180", -800, 150},
		{"due-90", -800, 60},
		{"due-30", -800, 20},
		{"due-7", -800, 5},
		{models.RungOverdue, -800, -5},
		{models.RungTalk, -800, -40},
	}
	for _, rung := range rungs {
		all = append(all, scenario{
			name: "rung-" + string(rung.code), from: rung.from, due: rung.due,
			drive: func(w *writer) error { return w.untilPassed(rung.code) },
		})
	}
	return all
}

// HistoryNames are the golden histories that must exist.
func HistoryNames() []string {
	var names []string
	for _, each := range scenarios() {
		names = append(names, each.name)
	}
	for _, each := range kindred() {
		names = append(names, each.name)
	}
	for _, each := range inspections() {
		names = append(names, each.name)
	}
	return names
}

// writer drives one scenario over a real server.
type writer struct {
	ctx     context.Context
	client  client.Client
	engine  *workflows.Engine
	archive *store.Archive
	duty    *Duty
	now     time.Time
	name    string
	// run is the run whose history is kept; empty means the latest.
	run string
}

// WriteHistories drives every scenario whose history the folder lacks over a real
// server whose workers serve the archive, and writes its history. What is there
// stays: it is evidence about the code of then. The archive must be fresh and
// migrated. It takes some seconds.
func WriteHistories(ctx context.Context, temporal client.Client, archive *store.Archive, folder string) error {
	if err := Prepare(ctx, archive); err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	today := models.DateOf(now)
	for _, each := range scenarios() {
		file := filepath.Join(folder, each.name+".json")
		if exists(file) {
			continue
		}
		duty, err := Enrol(ctx, archive, each.cadre(), today.AddDays(each.from), today.AddDays(each.due))
		if err != nil {
			return err
		}
		w := &writer{ctx: ctx, client: temporal, engine: workflows.NewEngine(temporal), archive: archive, duty: duty, now: now, name: each.name}
		if err := w.write(each, file); err != nil {
			return fmt.Errorf("history %s: %w", each.name, err)
		}
	}
	if err := writeKindred(ctx, temporal, archive, folder, now); err != nil {
		return err
	}
	return writeInspections(ctx, temporal, archive, folder, now)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func (w *writer) write(each scenario, file string) error {
	if err := w.engine.Start(w.ctx, w.duty.ID); err != nil {
		return err
	}
	if err := w.untilLoaded(); err != nil {
		return err
	}
	if err := each.drive(w); err != nil {
		return err
	}
	history, err := settledHistory(w.ctx, w.client, w.duty.ID.Subject(), w.run)
	if err != nil {
		return err
	}
	return keep(history, file)
}

// keep writes a history without the names of machines.
func keep(history *historypb.History, file string) error {
	anonymise(history.ProtoReflect())
	data, err := protojson.MarshalOptions{Multiline: true}.Marshal(history)
	if err != nil {
		return fmt.Errorf("write as JSON: %w", err)
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}

// settledHistory reads the history when no workflow task is under way.
func settledHistory(ctx context.Context, temporal client.Client, workflowID, run string) (*historypb.History, error) {
	var history *historypb.History
	err := until(ctx, "the history to settle", func() (bool, error) {
		history = &historypb.History{}
		iterator := temporal.GetWorkflowHistory(ctx, workflowID, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for iterator.HasNext() {
			event, err := iterator.Next()
			if err != nil {
				return false, err
			}
			history.Events = append(history.Events, event)
		}
		last := history.Events[len(history.Events)-1].GetEventType()
		return last != enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED && last != enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED &&
			last != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED && last != enumspb.EVENT_TYPE_TIMER_FIRED, nil
	})
	return history, err
}

// until polls a condition for at most two minutes: a cycle over many units takes
// its time.
func (w *writer) until(what string, holds func() (bool, error)) error {
	return until(w.ctx, what, holds)
}

func until(ctx context.Context, what string, holds func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		held, err := holds()
		if held {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s: %w", what, errorOr(err, ctx.Err()))
		case <-ticker.C:
		}
	}
}

func errorOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (w *writer) untilLoaded() error {
	return w.until("the obligation to load", func() (bool, error) {
		_, err := w.engine.Standing(w.ctx, w.duty.ID)
		return err == nil, err
	})
}

func (w *writer) untilPassed(code models.RungCode) error {
	return w.until("the rung "+string(code), func() (bool, error) {
		loaded, err := w.archive.LoadObligation(w.ctx, w.duty.ID)
		return slices.ContainsFunc(loaded.Obligation.Passed, func(id models.RungID) bool {
			return strings.HasPrefix(string(id), string(code)+"@")
		}), err
	})
}

func (w *writer) give(commands ...models.Command) error {
	for _, command := range commands {
		if _, err := Execute(w.ctx, w.engine, w.duty.ID, command); err != nil {
			return fmt.Errorf("%s: %w", command.Body.CommandKind(), err)
		}
	}
	return nil
}

func (w *writer) record(name string) models.RecordID {
	return models.RecordID(string(w.duty.ID.Cadre) + "-" + name)
}

// enterprise is one of the scenario's own enterprises.
func (w *writer) enterprise(n int) models.EnterpriseKey {
	return modelstest.Enterprise(1000 + 10*slices.Index(HistoryNames(), w.name) + n)
}

func (w *writer) submit(name string, kind models.Kind, n int) error {
	command, err := w.duty.Draft(w.ctx, w.now, w.record(name), kind, w.enterprise(n))
	if err != nil {
		return err
	}
	return w.give(command)
}

func nothing(*writer) error { return nil }

func inReview(w *writer) error { return w.submit("first", models.Introduce, 1) }

func returned(w *writer) error {
	if err := inReview(w); err != nil {
		return err
	}
	return w.give(w.duty.Return(w.now, w.record("first"), models.StageDistrictScience, w.now.AddDate(0, 0, 14)))
}

// correctionLapsed lets a timer fire: the only rung that can be set to a second.
func correctionLapsed(w *writer) error {
	if err := inReview(w); err != nil {
		return err
	}
	until := time.Now().UTC().Add(time.Second)
	if err := w.give(w.duty.Return(w.now, w.record("first"), models.StageDistrictScience, until)); err != nil {
		return err
	}
	return w.untilPassed(models.RungCorrectionLapsed)
}

func creditedThreeTimes(w *writer) error {
	for i, kind := range models.Kinds {
		name := string(kind)
		if err := w.submit(name, kind, i); err != nil {
			return err
		}
		for _, stage := range Stages() {
			if err := w.give(w.duty.Accept(w.now, w.record(name), stage)); err != nil {
				return err
			}
		}
	}
	return nil
}

func suspendedResumed(w *writer) error {
	return w.give(w.duty.Suspend(w.now), w.duty.Resume(w.now))
}

func policyAdopted(w *writer) error {
	return w.give(w.duty.Command(w.now, modelstest.Organizer(), models.AdoptPolicy{Version: 2, Document: "document-1"}))
}

// refusedByArchive claims an enterprise that another duty holds.
func refusedByArchive(w *writer) error {
	today := models.DateOf(w.now)
	rival, err := Enrol(w.ctx, w.archive, w.duty.ID.Cadre+"-rival", today.AddDays(-10), today.AddDays(1000))
	if err != nil {
		return err
	}
	claim, err := rival.Draft(w.ctx, w.now, w.record("rival"), models.Introduce, w.enterprise(1))
	if err != nil {
		return err
	}
	if _, err := Execute(w.ctx, w.engine, rival.ID, claim); err != nil {
		return err
	}
	err = inReview(w)
	if refusal, refused := models.AsRefusal(err); !refused || refusal.Code != models.RefusedDuplicateCredit {
		return fmt.Errorf("the second claim was not refused: %w", err)
	}
	return nil
}

// staleHealed appends beside the workflow, as an import would, and goes on.
func staleHealed(w *writer) error {
	if err := AppendBeside(w.ctx, w.archive, w.duty.ID, w.duty.Suspend(w.now)); err != nil {
		return err
	}
	return inReview(w)
}

func overdue(w *writer) error {
	if err := w.untilPassed(models.RungOverdue); err != nil {
		return err
	}
	return inReview(w)
}

func continuedAsNew(w *writer) error {
	described, err := w.client.DescribeWorkflowExecution(w.ctx, w.duty.ID.Subject(), "")
	if err != nil {
		return err
	}
	w.run = described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	if err := inReview(w); err != nil {
		return err
	}
	if err := w.engine.Refresh(w.ctx, w.duty.ID); err != nil {
		return err
	}
	return w.until("the next run", func() (bool, error) {
		described, err := w.client.DescribeWorkflowExecution(w.ctx, w.duty.ID.Subject(), "")
		return err == nil && described.GetWorkflowExecutionInfo().GetExecution().GetRunId() != w.run, err
	})
}

func closed(w *writer) error {
	if err := w.give(w.duty.Close(w.now)); err != nil {
		return err
	}
	return w.until("the workflow to end", func() (bool, error) {
		running, err := w.engine.Running(w.ctx, w.duty.ID)
		return err == nil && !running, err
	})
}

// anonymise takes the names of machines out of a history.
func anonymise(message protoreflect.Message) {
	if queue, ok := message.Interface().(*taskqueuepb.TaskQueue); ok && queue.GetKind() == enumspb.TASK_QUEUE_KIND_STICKY {
		queue.Name = "sticky"
	}
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Name() == "identity" && field.Kind() == protoreflect.StringKind:
			message.Set(field, protoreflect.ValueOfString("worker"))
		case field.IsMap():
		case field.IsList() && field.Message() != nil:
			list := value.List()
			for i := range list.Len() {
				anonymise(list.Get(i).Message())
			}
		case field.Message() != nil:
			anonymise(value.Message())
		}
		return true
	})
}
