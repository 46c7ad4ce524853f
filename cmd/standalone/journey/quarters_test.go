package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

// The units of the quarters' story: four districts of three cadres, a zone of one,
// and a department without a duty.
const (
	heping     models.UnitID = "120101"
	hedong     models.UnitID = "120102"
	hexi       models.UnitID = "120103"
	nankai     models.UnitID = "120104"
	zone       models.UnitID = "120116-KFQ"
	department models.UnitID = "tj-kw"

	falseRecord models.RecordID = "R-120103-2"
)

var (
	second = inspection.ID{Plan: testPlan, Quarter: models.MustQuarter("2013Q2")}
	third  = inspection.ID{Plan: testPlan, Quarter: models.MustQuarter("2013Q3")}
)

// on is noon of a day.
func on(day string) time.Time { return workflowtest.Noon(day) }

// quarters is a city whose story is told: the production worker and a Temporal
// server, each a process that can be killed, and the hand that gives commands.
// People act in 2013, as late entries would; the clock of the engine is today's,
// so that every step of 2013 is passed as soon as it is known.
type quarters struct {
	*world
	city *city
}

func startQuarters(t *testing.T) *quarters {
	t.Helper()
	c := newCity(t)
	c.temporal.env = append(c.temporal.env, temporalSkips+"=1")
	// The past is filled in before the worker hosts it and passes its reminders.
	(&quarters{world: &world{t: t, archive: c.archive}, city: c}).prepare()
	for _, part := range []*victim{c.temporal, c.worker} {
		part.start()
		t.Cleanup(part.kill)
	}
	connection, err := client.Dial(workflows.ClientOptions(c.temporalAddress, "default", quiet()))
	require.NoError(t, err)
	t.Cleanup(connection.Close)
	w := &world{t: t, archive: c.archive, temporal: connection, engine: workflows.NewEngine(connection)}
	q := &quarters{world: w, city: c}
	q.awaitEngine()
	// The schedule of today must not open what the story opens in 2013.
	q.await("the schedule is paused", func() bool { return w.engine.PauseQuarters(t.Context(), true, "journey") == nil })
	return q
}

// prepare fills the archive with the units, the duties and four credits.
func (q *quarters) prepare() {
	q.t.Helper()
	ctx := q.t.Context()
	require.NoError(q.t, q.archive.SaveUnits(ctx, []models.Unit{
		{ID: hedong, Path: "/tj/120102/", Name: "河东区", Kind: models.UnitDistrict, Parent: "tj"},
		{ID: hexi, Path: "/tj/120103/", Name: "河西区", Kind: models.UnitDistrict, Parent: "tj"},
		{ID: nankai, Path: "/tj/120104/", Name: "南开区", Kind: models.UnitDistrict, Parent: "tj"},
		{ID: zone, Path: "/tj/120116/KFQ/", Name: "开发区", Kind: models.UnitZone, Parent: "tj"},
		{ID: department, Path: "/tj/kw/", Name: "市科委", Kind: models.UnitDepartment, Parent: "tj"},
	}))
	var holiday []models.SpecialDay
	for day := models.MustDate("2013-10-01"); day.Before(models.MustDate("2013-10-08")); day = day.AddDays(1) {
		holiday = append(holiday, models.SpecialDay{Date: day, Name: "国庆节", Source: "演示"})
	}
	require.NoError(q.t, q.archive.SaveWorkdays(ctx, holiday, []int{2013}))
	for _, unit := range []models.UnitID{heping, hedong, hexi, nankai, zone} {
		cadres := 3
		if unit == zone {
			cadres = 1
		}
		for number := range cadres {
			q.enrolIn(unit, number)
		}
	}
	q.credit("R-120101", heping, 0, models.Introduce, 1)
	q.credit("R-120102", hedong, 0, models.Introduce, 2)
	q.credit("R-120103-1", hexi, 0, models.Introduce, 3)
	q.credit(falseRecord, hexi, 1, models.Found, 4)
}

func cadreOf(unit models.UnitID, number int) models.ObligationID {
	return models.ObligationID{Plan: testPlan, Cadre: models.CadreID(fmt.Sprintf("C-%s-%d", unit, number))}
}

func (q *quarters) enrolIn(unit models.UnitID, number int) {
	q.t.Helper()
	id, at := cadreOf(unit, number), models.MustDate("2013-01-01").Start()
	_, err := q.archive.Enrol(q.t.Context(), []store.Enrolment{{Command: models.Command{
		ID: models.CommandID("enrol/" + id.String()), At: at, Actor: models.Actor{Account: models.SystemAccount},
		Body: models.Enrol{Obligation: id, Unit: unit, From: models.MustDate("2013-01-01"), Due: models.MustDate("2015-12-31")},
	}}}, at)
	require.NoError(q.t, err)
}

// credit has a record accepted by every stage, as an import of the past would.
func (q *quarters) credit(record models.RecordID, unit models.UnitID, number int, kind models.Kind, enterprise int) {
	q.t.Helper()
	id, at := cadreOf(unit, number), on("2013-05-06")
	commands := []models.Command{submission(q.draft(id.Cadre, record, kind, modelstest.Enterprise(enterprise), at), at)}
	for _, rule := range modelstest.Rules().Stages {
		commands = append(commands, models.Command{
			ID: models.CommandID(fmt.Sprintf("accept/%s/%s", record, rule.Stage)), At: at,
			Actor: models.Actor{Account: models.AccountID("reviewer-" + string(rule.Stage))},
			Body:  models.Accept{Record: record, Stage: rule.Stage, ReviewDue: at.AddDate(0, 0, 7)},
		})
	}
	for _, command := range commands {
		require.NoError(q.t, workflowtest.AppendBeside(q.t.Context(), q.archive, id, command))
	}
}

func (q *quarters) await(what string, condition func() bool) {
	q.t.Helper()
	eventually(q.t, what, condition)
}

func (q *quarters) awaitEngine() {
	q.t.Helper()
	q.await("Temporal answers", func() bool {
		ctx, cancel := context.WithTimeout(q.t.Context(), time.Second)
		defer cancel()
		return q.engine.Ready(ctx) == nil
	})
}

// opens runs the schedule's workflow of a morning and requires what it opened.
func (q *quarters) opens(day, opened string) {
	q.t.Helper()
	at := models.MustDate(day).Start().Add(9*time.Hour + 5*time.Minute)
	options := client.StartWorkflowOptions{
		ID: "quarterly-inspection-" + day, TaskQueue: workflows.QueueObligations,
		TypedSearchAttributes: temporal.NewSearchAttributes(temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime").ValueSet(at)),
	}
	ctx, cancel := context.WithTimeout(q.t.Context(), patience)
	defer cancel()
	run, err := q.temporal.ExecuteWorkflow(ctx, options, workflows.QuarterWorkflow)
	require.NoError(q.t, err)
	var quarters []string
	require.NoError(q.t, run.Get(ctx, &quarters))
	require.Equal(q.t, opened, strings.Join(quarters, " "), "on %s", day)
}

// give gives a command with its words until it is acknowledged, under the same key.
func (q *quarters) give(subject, name string, account models.AccountID, at time.Time, body inspection.CommandBody, words string) {
	q.t.Helper()
	command := inspection.Command{ID: models.CommandID(subject + "#" + name), At: at, Actor: models.Actor{Account: account}, Body: body}
	_, _, err := q.archive.ReceiveCommand(q.t.Context(), store.CommandRow{
		ID: command.ID, Subject: subject, Kind: body.CommandKind(), Account: account, Words: models.Words{Text: words}, ReceivedAt: at,
	})
	require.NoError(q.t, err)
	require.NoError(q.t, workflowtest.Insist(q.t.Context(), func(ctx context.Context) error {
		return q.engine.DeliverInspection(ctx, subject, command)
	}), "%s", command.ID)
}

// reports has the contacts of units file their forms and the leaders confirm them.
func (q *quarters) reports(id inspection.ID, day string, units ...models.UnitID) {
	q.t.Helper()
	for _, unit := range units {
		subject := id.ReportSubject(unit)
		text, err := q.archive.SaveUnitReportText(q.t.Context(), id, unit, 0, `{"measures":"召开协调会"}`, "contact-"+models.AccountID(unit), on(day))
		require.NoError(q.t, err)
		q.give(subject, "file", "contact-"+models.AccountID(unit), on(day), inspection.File{Version: text.Version, Digest: text.Digest}, "")
		q.give(subject, "confirm", "leader-"+models.AccountID(unit), on(day), inspection.Confirm{Digest: text.Digest}, "")
	}
}

// letsDeadlinePass skips the clock of a unit's report over two reminders and the
// deadline.
func (q *quarters) letsDeadlinePass(unit models.UnitID) {
	q.t.Helper()
	for range 3 {
		q.skipToNextTimer(second.ReportSubject(unit))
	}
	q.await("the deadline is passed", func() bool { return strings.HasSuffix(q.reportStates(second)[unit], " late") })
}

// letsReportsPass skips the clock of the cycle to the deadline of the reports. No
// time is skipped while a child of the run is open, so the run is renewed first.
func (q *quarters) letsReportsPass() {
	q.t.Helper()
	runs := len(q.histories(second.Subject()))
	require.NoError(q.t, q.temporal.SignalWorkflow(q.t.Context(), second.Subject(), "", workflows.SignalRefresh, nil))
	q.await("another run waits for the reports", func() bool {
		timers := q.timers(second.Subject())
		return len(q.histories(second.Subject())) > runs && timers.armed == 1 && !timers.busy
	})
	q.skipToNextTimer(second.Subject())
	q.awaitStage(second, inspection.StageDrafting)
}

func (q *quarters) raise(finding inspection.FindingID, unit models.UnitID, severity inspection.Severity, day, due string) {
	q.t.Helper()
	calendar, err := q.archive.Calendar(q.t.Context())
	require.NoError(q.t, err)
	q.give(inspection.FindingSubject(finding), "raise", "inspector", on(day), inspection.Raise{
		Finding: finding, Inspection: second, Unit: unit, Severity: severity,
		Deadline: inspection.StandardRules().DeadlineOn(calendar, models.MustDate(due)),
	}, "帮扶台账与实际不符")
}

func (q *quarters) steps(finding inspection.FindingID) []inspection.StepID {
	return q.aggregate(inspection.FindingSubject(finding)).(*inspection.Finding).Passed
}

func (q *quarters) asksSignatures(id inspection.ID, day string) {
	q.t.Helper()
	current := q.current(id)
	q.give(id.Subject(), fmt.Sprintf("signatures-%d", current.Ordinal), "inspector", on(day), inspection.AskSignatures{Version: current.Version}, "")
}

func (q *quarters) signs(id inspection.ID, signer models.AccountID, day string) {
	q.t.Helper()
	current := q.current(id)
	q.give(id.Subject(), fmt.Sprintf("sign-%d-%s", current.Ordinal, signer), signer, on(day), inspection.Sign{Digest: current.Digest}, "")
}

func (q *quarters) awaitIssued(id inspection.ID, ordinal int) {
	q.t.Helper()
	issued := q.cycle(id).Bulletins[ordinal-1]
	require.Equal(q.t, inspection.BulletinIssued, issued.Stage, "acknowledged is issued")
	q.await("the files are registered", func() bool { return len(q.cycle(id).Bulletins[ordinal-1].Files) > 0 })
	for _, file := range q.cycle(id).Bulletins[ordinal-1].Files {
		content, err := os.ReadFile(filepath.Join(q.city.files, store.BulletinFileKey(file.SHA256)))
		require.NoError(q.t, err, "%s is kept as it was issued", file.Name)
		require.Equal(q.t, file, inspection.DigestOf(file.Name, content))
	}
	q.await("the reports are ended", func() bool {
		for _, state := range q.reportStates(id) {
			if strings.HasPrefix(state, "due") || strings.HasPrefix(state, "filed") {
				return false
			}
		}
		return true
	})
}

func (q *quarters) awaitStage(id inspection.ID, stage inspection.Stage) {
	q.t.Helper()
	q.await(fmt.Sprintf("%s is %s", id, stage), func() bool { return q.cycle(id).Stage == stage })
}

// awaitAsked waits until every unit's own workflow has asked it.
func (q *quarters) awaitAsked(id inspection.ID) {
	q.t.Helper()
	q.await("every unit is asked", func() bool { return len(q.reportStates(id)) == len(q.cycle(id).Units) })
}

func (q *quarters) aggregate(subject string) inspection.Aggregate {
	q.t.Helper()
	aggregate, err := q.archive.InspectionSubject(q.t.Context(), subject)
	require.NoError(q.t, err)
	return aggregate
}

func (q *quarters) cycle(id inspection.ID) *inspection.Inspection {
	return q.aggregate(id.Subject()).(*inspection.Inspection)
}

func (q *quarters) current(id inspection.ID) inspection.BulletinState {
	q.t.Helper()
	current, open := q.cycle(id).Current()
	require.True(q.t, open)
	return current
}

func (q *quarters) sample(id inspection.ID) map[models.RecordID]store.SampleItem {
	q.t.Helper()
	items, err := q.archive.SampleItems(q.t.Context(), store.Everything(), id)
	require.NoError(q.t, err)
	sample := map[models.RecordID]store.SampleItem{}
	for _, item := range items {
		sample[item.Record] = item
	}
	return sample
}

func (q *quarters) obligation(unit models.UnitID, number int) *models.Obligation {
	return q.load(cadreOf(unit, number))
}

func (q *quarters) text(id inspection.ID, ordinal int, digest string) store.BulletinText {
	q.t.Helper()
	text, err := q.archive.BulletinText(q.t.Context(), store.BulletinKey{Inspection: id, Ordinal: ordinal}, digest)
	require.NoError(q.t, err)
	return text
}

func bulletinOf(t testing.TB, text store.BulletinText) inspection.Bulletin {
	t.Helper()
	var bulletin inspection.Bulletin
	require.NoError(t, json.Unmarshal([]byte(text.Content), &bulletin))
	return bulletin
}

func (q *quarters) keep(id inspection.ID, ordinal int, bulletin inspection.Bulletin, snapshot inspection.Snapshot, at time.Time) store.BulletinText {
	q.t.Helper()
	figures, err := json.Marshal(snapshot)
	require.NoError(q.t, err)
	kept, err := q.archive.KeepBulletin(q.t.Context(), store.BulletinKey{Inspection: id, Ordinal: ordinal}, bulletin, string(figures), "inspector", at)
	require.NoError(q.t, err)
	return kept
}
