package inspection_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

const (
	hour = time.Hour
	days = 24 * time.Hour
)

var walked = inspection.ID{Plan: "tianjin-2013", Quarter: models.MustQuarter("2013Q2")}

// walk is the life of one subject under drawn commands.
type walk struct {
	aggregate inspection.Aggregate
	events    []inspection.Event
	now       time.Time
	given     int
	// drawn draws what the next command wishes.
	drawn func(t *rapid.T, w *walk) inspection.CommandBody
	// holds is what must be true after every event.
	holds func(t *rapid.T, w *walk, event inspection.Event)
}

// pick draws one of n with about the same chance each; plain ranges prefer small
// numbers, which would leave most commands undrawn.
func pick(t *rapid.T, n int, what string) int {
	return int((rapid.Uint64().Draw(t, what) * 0x9E3779B97F4A7C15 >> 33) % uint64(n))
}

// most is the right value but for one draw in eight.
func most[T any](t *rapid.T, right, wrong T) T {
	if pick(t, 8, "wrong") == 0 {
		return wrong
	}
	return right
}

// leap is when the next command comes: at once, a little earlier than the last
// (another server's clock), around the next step, or after a while.
func (w *walk) leap(t *rapid.T) {
	wait := time.Duration(rapid.Int64Range(0, int64(12*days/time.Microsecond)).Draw(t, "wait")) * time.Microsecond
	switch pick(t, 8, "leap") {
	case 0:
	case 1:
		w.now = w.now.Add(-min(wait, hour))
	case 2, 3, 4:
		if step, comes := w.aggregate.NextStep(); comes && step.At.After(w.now) {
			w.now = step.At.Add(time.Duration(pick(t, 3, "around")-1) * time.Microsecond)
		}
	default:
		w.now = w.now.Add(wait)
	}
}

// give has one command decided and, if it is taken, applied; the archive's part,
// the number of a document, is played.
func (w *walk) give(t *rapid.T, actor models.Actor, body inspection.CommandBody) error {
	w.given++
	command := inspection.Command{ID: models.CommandID(fmt.Sprintf("command-%d", w.given)), At: w.now, Actor: actor, Body: body}
	require.Equal(t, command, again(t, command), "a command is the same after a journey through JSON")
	before := written(t, w.aggregate)
	events, err := w.aggregate.Decide(command)
	require.Equal(t, before, written(t, w.aggregate), "deciding changes nothing")
	if err != nil {
		refusal, refused := models.AsRefusal(err)
		require.True(t, refused, "%v", err)
		require.NotEmpty(t, refusal.Code)
		require.Empty(t, events)
		return err
	}
	require.NotEmpty(t, events)
	for _, event := range events {
		if issued, is := event.Body.(inspection.Issued); is {
			issued.Number = 10 + issued.Ordinal
			event.Body = issued
		}
		w.follow(t, command, event)
	}
	return nil
}

// follow applies one event and checks what holds of the log.
func (w *walk) follow(t *rapid.T, command inspection.Command, event inspection.Event) {
	log := w.aggregate.Log()
	require.Equal(t, log.Sequence+1, event.Sequence, "the log has no gap")
	require.False(t, event.At.Before(log.At), "the log is in the order of time")
	require.Equal(t, command.ID, event.Command)
	require.Equal(t, command.Actor, event.Actor)
	if log.Subject != "" {
		require.Equal(t, log.Subject, event.Subject)
	}
	read := again(t, event)
	require.Equal(t, event, read, "an event is the same after a journey through JSON")
	w.aggregate.Apply(event)
	w.events = append(w.events, event)
	require.Equal(t, event.Sequence, w.aggregate.Log().Sequence)
	require.IsType(t, w.aggregate, inspection.New(event.Subject), "the name of the subject says what it is")
	if w.holds != nil {
		w.holds(t, w, event)
	}
}

// lives draws a life of so many commands, and rebuilds it from its events.
func (w *walk) lives(t *rapid.T, commands int) {
	for range commands {
		w.leap(t)
		_ = w.give(t, drawActor(t), w.drawn(t, w))
	}
	rebuilt := inspection.New(w.aggregate.Log().Subject)
	events := make([]inspection.Event, len(w.events))
	for i, event := range w.events {
		events[i] = again(t, event)
	}
	inspection.Rebuild(rebuilt, events)
	require.Equal(t, written(t, w.aggregate), written(t, rebuilt), "the events rebuild the subject")
	kept := inspection.New(w.aggregate.Log().Subject)
	require.NoError(t, json.Unmarshal([]byte(written(t, w.aggregate)), kept))
	require.Equal(t, written(t, w.aggregate), written(t, kept), "the snapshot is the subject")
}

func written(t *rapid.T, value any) string {
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// again is the value after a journey through JSON.
func again[T any](t *rapid.T, value T) T {
	var read T
	require.NoError(t, json.Unmarshal([]byte(written(t, value)), &read))
	return read
}

// drawActor is one of five people, some of whom are cadres or stand in for one.
func drawActor(t *rapid.T) models.Actor {
	number := pick(t, 5, "actor")
	actor := models.Actor{Account: models.AccountID(fmt.Sprintf("account-%d", number))}
	switch number {
	case 3:
		actor.Cadre = "c-1"
	case 4:
		actor.SubstituteFor = []models.CadreID{"c-1"}
		if rapid.Bool().Draw(t, "by the right of another") {
			actor.For = "c-1"
		}
	}
	return actor
}

// aCycle is a cycle on the morning after its quarter, opened by the schedule.
func aCycle(t *rapid.T) *walk {
	w := &walk{aggregate: &inspection.Inspection{}, now: walked.Quarter.End().Add(9 * hour).UTC(), drawn: drawCycle}
	rules := inspection.StandardRules()
	rules.Signatures = 1 + pick(t, 3, "signatures")
	require.NoError(t, w.give(t, models.Actor{Account: models.SystemAccount}, inspection.Open{
		Inspection: walked, Rules: rules, CutOff: walked.Quarter.End().UTC(), Units: []models.UnitID{"120101", "120102"},
	}))
	return w
}

func drawCycle(t *rapid.T, w *walk) inspection.CommandBody {
	cycle := w.aggregate.(*inspection.Inspection)
	current, _ := cycle.Current()
	seen, digest := most(t, current.Version, current.Version-1), fmt.Sprintf("digest-%d", w.given)
	if cycle.Stage != inspection.StageDrafting && cycle.Stage != inspection.StageIssued && pick(t, 3, "forward") > 0 {
		return forward(cycle, digest, w.now)
	}
	switch pick(t, 14, "command") {
	case 0:
		return inspection.Open{Inspection: walked, Rules: cycle.Rules, CutOff: cycle.CutOff, Units: cycle.Units}
	case 1:
		return forward(cycle, digest, w.now)
	case 2:
		return inspection.PromptTalks{Units: []models.UnitID{most[models.UnitID](t, "120101", "120109")}}
	case 3:
		return inspection.DraftBulletin{Digest: digest}
	case 4:
		return inspection.EditBulletin{Version: seen, Digest: digest}
	case 5:
		return inspection.OpenComments{Version: seen, Due: w.now.Add(time.Duration(pick(t, 100, "due")-10) * hour)}
	case 6:
		return inspection.Comment{Unit: most[models.UnitID](t, "120102", "120109")}
	case 7:
		step, _ := w.aggregate.NextStep()
		return inspection.CloseComments{Step: most(t, step.ID, "comments-9-9")}
	case 8:
		return inspection.AskSignatures{Version: seen}
	case 9, 10, 11:
		return inspection.Sign{Digest: most(t, current.Digest, "another")}
	case 12:
		return inspection.BeginCorrection{Digest: digest}
	default:
		if pick(t, 4, "cancel") == 0 {
			return inspection.Cancel{}
		}
		return inspection.Recall{}
	}
}

// forward is what the cycle's own workflow gives next.
func forward(cycle *inspection.Inspection, digest string, now time.Time) inspection.CommandBody {
	switch cycle.Stage {
	case inspection.StageFreezing:
		return inspection.Freeze{Snapshot: digest, Obligations: 1, Goals: 3}
	case inspection.StageAsking:
		return inspection.AskReports{Due: now.Add(14 * days)}
	default:
		return inspection.DraftBulletin{Digest: digest}
	}
}

// aReport is a unit's report that was asked for.
func aReport(t *rapid.T) *walk {
	w := &walk{aggregate: &inspection.UnitReport{}, now: walked.Quarter.End().Add(9 * hour).UTC(), drawn: drawReport}
	due := w.now.Add(time.Duration(5+pick(t, 10, "due")) * days)
	require.NoError(t, w.give(t, models.Actor{Account: models.SystemAccount}, inspection.Ask{
		Inspection: walked, Unit: "120101", Due: due, Reminders: []time.Time{due.Add(-3 * days), due.Add(-1 * days)},
		Nothing: pick(t, 20, "nothing") == 0,
	}))
	return w
}

func drawReport(t *rapid.T, w *walk) inspection.CommandBody {
	report := w.aggregate.(*inspection.UnitReport)
	switch pick(t, 10, "command") {
	case 0, 1:
		return inspection.File{Version: most(t, report.Version+1, report.Version), Digest: fmt.Sprintf("digest-%d", w.given)}
	case 2:
		return inspection.SendBack{}
	case 3:
		return inspection.Confirm{Digest: most(t, report.Digest, "another")}
	case 4:
		due := most(t, later(report.Due, w.now), report.Due).Add(time.Duration(pick(t, 6, "more")) * days)
		return inspection.Extend{Due: due, Reminders: []time.Time{later(w.now, due.Add(-1*days))}}
	case 5:
		if pick(t, 6, "end") == 0 {
			return inspection.End{}
		}
		return inspection.Ask{Inspection: walked, Unit: "120101", Due: report.Due}
	default:
		step, _ := report.NextStep()
		return inspection.PassStep{Step: most(t, step.ID, "remind-2013-01-01")}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// aSample is a drawn sample of three credits.
func aSample(t *rapid.T) *walk {
	w := &walk{aggregate: &inspection.Sample{}, now: walked.Quarter.End().Add(10 * hour).UTC(), drawn: drawSampled}
	draw := inspection.DrawSample{Inspection: walked, Seed: "seed"}
	for i := range 3 {
		draw.Items = append(draw.Items, inspection.SampleItem{
			Record:     models.RecordID(fmt.Sprintf("r-%d", i)),
			Obligation: models.ObligationID{Plan: walked.Plan, Cadre: models.CadreID(fmt.Sprintf("c-%d", i))},
		})
	}
	require.NoError(t, w.give(t, models.Actor{Account: models.SystemAccount}, draw))
	return w
}

func drawSampled(t *rapid.T, w *walk) inspection.CommandBody {
	record := models.RecordID(fmt.Sprintf("r-%d", pick(t, 3, "record")))
	record = most(t, record, "r-9")
	switch pick(t, 9, "command") {
	case 0, 1, 2:
		results := []inspection.CheckResult{inspection.ResultConfirmed, inspection.ResultDoubtful, inspection.ResultFalse, inspection.ResultFalse, "unheard-of"}
		return inspection.Check{
			Record: record, Result: results[pick(t, len(results), "result")], HearingDue: w.now.Add(time.Duration(pick(t, 100, "hearing")-5) * hour),
		}
	case 3, 4, 5:
		return inspection.DecideHearing{Record: record, False: pick(t, 3, "false") > 0, Document: most[models.EvidenceID](t, "document-1", "")}
	case 6, 7:
		return inspection.AnswerRevocation{Record: record, Taken: pick(t, 2, "taken") == 0}
	default:
		return inspection.DrawSample{Inspection: walked, Seed: "another seed"}
	}
}

// aFinding is a finding that was raised.
func aFinding(t *rapid.T) *walk {
	w := &walk{aggregate: &inspection.Finding{}, now: walked.Quarter.End().Add(11 * hour).UTC(), drawn: drawFindings}
	require.NoError(t, w.give(t, models.Actor{Account: "account-0"}, inspection.Raise{
		Finding: "finding-1", Inspection: walked, Unit: "120101", Severity: inspection.SeverityGrave, Deadline: aDeadline(t, w.now, 1),
	}))
	return w
}

// aDeadline is a ladder that begins so many days after now at the least.
func aDeadline(t *rapid.T, now time.Time, least int) inspection.Deadline {
	due := now.Add(time.Duration(least+pick(t, 20, "due")) * days)
	return inspection.Deadline{
		BlueAt: due.Add(-time.Duration(pick(t, 6, "blue")) * days), Due: due, RedAt: due.Add(time.Duration(1+pick(t, 6, "red")) * days),
	}
}

func drawFindings(t *rapid.T, w *walk) inspection.CommandBody {
	switch pick(t, 12, "command") {
	case 0, 1:
		return inspection.Answer{Evidence: []models.EvidenceID{"evidence-1"}}
	case 2:
		return inspection.Settle{}
	case 3, 4:
		return inspection.Reopen{Deadline: aDeadline(t, w.now, pick(t, 2, "least"))}
	case 5:
		if pick(t, 5, "drop") == 0 {
			return inspection.Drop{}
		}
		return inspection.Raise{Finding: "finding-1", Inspection: walked, Unit: "120101", Severity: inspection.SeverityMinor, Deadline: aDeadline(t, w.now, 1)}
	default:
		step, _ := w.aggregate.NextStep()
		return inspection.PassStep{Step: most(t, step.ID, "red-9")}
	}
}
