package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// SubjectState is a subject of the inspection as the archive has it, written as
// its own aggregate. Sequence is 0 while the archive does not know it.
type SubjectState struct {
	Sequence  int64           `json:"sequence"`
	Aggregate json.RawMessage `json:"aggregate,omitempty"`
}

// SubjectAppend is one command with the aggregate that is to decide it. It is
// handed to a local activity, so it never enters a history.
type SubjectAppend struct {
	Subject   string
	Aggregate json.RawMessage
	Command   inspection.Command
	Now       time.Time
}

// SubjectResult answers an append. Histories hold it: Events are the facts as
// they were written then, so that a replay never asks the rules of today.
type SubjectResult struct {
	Outcome  AppendOutcome      `json:"outcome"`
	Sequence int64              `json:"sequence,omitempty"`
	Events   []inspection.Event `json:"events,omitempty"`
	Refusal  *models.Refusal    `json:"refusal,omitempty"`
}

// LoadSubject reads the aggregate of a subject of the inspection.
func (a *Activities) LoadSubject(ctx context.Context, subject string) (SubjectState, error) {
	aggregate, err := a.archive.InspectionSubject(ctx, subject)
	if err != nil {
		return SubjectState{}, err
	}
	state := SubjectState{Sequence: aggregate.Log().Sequence}
	if state.Sequence == 0 {
		return state, nil
	}
	if state.Aggregate, err = json.Marshal(aggregate); err != nil {
		return SubjectState{}, fmt.Errorf("load %s: %w", subject, err)
	}
	return state, nil
}

// AppendSubject decides a command of the inspection and writes its events in one
// transaction. Repeating it is harmless: the command's ID is unique.
func (a *Activities) AppendSubject(ctx context.Context, input SubjectAppend) (SubjectResult, error) {
	aggregate := inspection.New(input.Subject)
	if aggregate == nil {
		return SubjectResult{Outcome: OutcomeRefused, Refusal: models.Refuse(models.RefusedUnknownCommand)}, nil
	}
	if len(input.Aggregate) > 0 {
		if err := json.Unmarshal(input.Aggregate, aggregate); err != nil {
			return SubjectResult{}, fmt.Errorf("read %s: %w", input.Subject, err)
		}
	}
	events, err := aggregate.Decide(input.Command)
	if refusal, refused := models.AsRefusal(err); refused {
		answer, err := a.refused(ctx, input.Command.ID, refusal)
		return SubjectResult{Outcome: answer.Outcome, Sequence: answer.Sequence, Refusal: answer.Refusal}, err
	}
	if err != nil {
		return SubjectResult{}, fmt.Errorf("decide %s: %w", input.Command.ID, err)
	}
	result, written, err := a.archive.AppendInspection(ctx, store.InspectionAppend{
		Command: input.Command, Expected: aggregate.Log().Sequence, Events: events, Now: input.Now,
	})
	if err != nil {
		return SubjectResult{}, fmt.Errorf("append %s: %w", input.Command.ID, err)
	}
	answer := SubjectResult{Outcome: AppendOutcome(result.Outcome), Sequence: result.Sequence, Refusal: result.Refusal}
	if answer.Outcome == OutcomeAppended {
		answer.Events = written
	}
	return answer, nil
}

// UnitOfCycle names one unit of a cycle.
type UnitOfCycle struct {
	Inspection inspection.ID `json:"inspection"`
	Unit       models.UnitID `json:"unit"`
	CutOff     time.Time     `json:"cutOff"`
}

// FreezeUnit copies the duties of one unit page by page. The archive keeps how
// far it came, so an attempt that died is taken up where it stopped.
func (a *Activities) FreezeUnit(ctx context.Context, unit UnitOfCycle) error {
	for page := 1; ; page++ {
		done, err := a.archive.FreezeUnit(ctx, unit.Inspection, unit.Unit, unit.CutOff)
		if err != nil || done {
			return err
		}
		activity.RecordHeartbeat(ctx, page)
	}
}

// BeginSnapshot writes down the units of a cycle, before the first is frozen.
func (a *Activities) BeginSnapshot(ctx context.Context, id inspection.ID) error {
	units, err := a.archive.InspectedUnits(ctx, id.Quarter)
	if err != nil {
		return err
	}
	return a.archive.BeginSnapshot(ctx, id, units)
}

// SealSnapshot freezes what changed since the cut-off, and takes the digest over
// everything that was frozen. An attempt that died is taken up after the last cadre
// that it told.
func (a *Activities) SealSnapshot(ctx context.Context, id inspection.ID) (inspection.Freeze, error) {
	cycle, err := a.archive.Cycle(ctx, id)
	if err != nil {
		return inspection.Freeze{}, err
	}
	last := ""
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &last); err != nil {
			return inspection.Freeze{}, fmt.Errorf("read how far the freeze of %s came: %w", id, err)
		}
	}
	sealed, err := a.archive.SealSnapshot(ctx, id, cycle.CutOff, last, func(cadre string) { activity.RecordHeartbeat(ctx, cadre) })
	return inspection.Freeze{
		Snapshot: sealed.Digest, Obligations: sealed.Obligations, Goals: sealed.Goals, Credits: sealed.Credits,
	}, err
}

// ReportTimes are the instants of the units' reports.
type ReportTimes struct {
	Due       time.Time   `json:"due"`
	Reminders []time.Time `json:"reminders,omitempty"`
}

// TimeReports counts the working days of the units' reports from the day of the
// instant.
func (a *Activities) TimeReports(ctx context.Context, input TimedCycle) (ReportTimes, error) {
	calendar, err := a.archive.Calendar(ctx)
	if err != nil {
		return ReportTimes{}, err
	}
	due, reminders := input.Rules.ReportTimes(calendar, input.At)
	return ReportTimes{Due: due, Reminders: reminders}, nil
}

// TimedCycle is a cycle at an instant.
type TimedCycle struct {
	Inspection inspection.ID    `json:"inspection"`
	Rules      inspection.Rules `json:"rules"`
	At         time.Time        `json:"at"`
}

// Outstanding tells what a cycle still waits for.
type Outstanding struct {
	// Timely counts the reports that are not confirmed yet and whose deadline is
	// still to come; Next is the earliest of these.
	Timely int       `json:"timely"`
	Next   time.Time `json:"next,omitzero"`
}

// OutstandingReports asks the archive for the reports that a cycle waits for. A
// unit whose own workflow has not asked it yet is waited for as well, until the
// day on which all reports are due: one that never could be asked holds up nobody.
func (a *Activities) OutstandingReports(ctx context.Context, input TimedCycle) (Outstanding, error) {
	aggregate, err := a.archive.InspectionSubject(ctx, input.Inspection.Subject())
	if err != nil {
		return Outstanding{}, err
	}
	cycle, is := aggregate.(*inspection.Inspection)
	if !is {
		return Outstanding{}, fmt.Errorf("%s is no cycle", input.Inspection)
	}
	reports, err := a.archive.UnitReports(ctx, store.Everything(), store.UnitReportFilter{
		Plan: input.Inspection.Plan, Quarter: input.Inspection.Quarter,
	})
	if err != nil {
		return Outstanding{}, err
	}
	var outstanding Outstanding
	// A cycle that is still asking has no such day yet.
	due := cycle.ReportDue
	if unasked := len(cycle.Units) - len(reports); unasked > 0 && (due.IsZero() || due.After(input.At)) {
		outstanding.Timely, outstanding.Next = unasked, due
	}
	for _, report := range reports {
		if report.Ended || !report.Due.After(input.At) {
			continue
		}
		outstanding.Timely++
		if outstanding.Next.IsZero() || report.Due.Before(outstanding.Next) {
			outstanding.Next = report.Due
		}
	}
	return outstanding, nil
}

// NothingToReport reports whether a unit has nothing to say in a cycle: it had no
// duties at the cut-off and answers for no indicator.
func (a *Activities) NothingToReport(ctx context.Context, unit UnitOfCycle) (bool, error) {
	return a.archive.NothingToReport(ctx, unit.Inspection, unit.Unit)
}

// EndReports closes every report of a cycle that is still open: who has not
// reported by now is named as such.
func (a *Activities) EndReports(ctx context.Context, input TimedCycle) error {
	reports, err := a.archive.UnitReports(ctx, store.Everything(), store.UnitReportFilter{
		Plan: input.Inspection.Plan, Quarter: input.Inspection.Quarter, Open: true,
	})
	if err != nil {
		return err
	}
	for _, report := range reports {
		activity.RecordHeartbeat(ctx)
		subject := input.Inspection.ReportSubject(report.Unit)
		err := a.engine.DeliverInspection(ctx, subject, inspection.Command{
			ID: models.CommandID(subject + "/end"), At: input.At, Actor: systemActor(), Body: inspection.End{},
		})
		if _, refused := models.AsRefusal(err); err != nil && !refused {
			return fmt.Errorf("end the report of %s: %w", report.Unit, err)
		}
	}
	return nil
}

func systemActor() models.Actor { return models.Actor{Account: models.SystemAccount} }

// RedUnits are the units that were red in the cycle's quarter and in as many
// quarters before it as the rules say.
func (a *Activities) RedUnits(ctx context.Context, input TimedCycle) ([]models.UnitID, error) {
	var red []models.UnitID
	quarter := input.Inspection.Quarter
	for back := range input.Rules.TalkAfterRedQuarters {
		units, err := a.archive.RedUnits(ctx, input.Inspection.Plan, quarter.Add(-back))
		if err != nil {
			return nil, err
		}
		if back == 0 {
			red = units
			continue
		}
		red = slices.DeleteFunc(red, func(unit models.UnitID) bool { return !slices.Contains(units, unit) })
	}
	return red, nil
}

// DrawSample draws the credits that are checked again. The seed is the digest of
// the frozen rows: nobody chooses it, and everybody can draw again.
func (a *Activities) DrawSample(ctx context.Context, id inspection.ID) (inspection.DrawSample, error) {
	aggregate, err := a.archive.InspectionSubject(ctx, id.Subject())
	if err != nil {
		return inspection.DrawSample{}, err
	}
	cycle, is := aggregate.(*inspection.Inspection)
	if !is || cycle.Snapshot == "" {
		return inspection.DrawSample{}, fmt.Errorf("draw the sample of %s: %w", id, store.ErrUnfrozen)
	}
	frame, err := a.archive.SnapshotCredits(ctx, id)
	if err != nil {
		return inspection.DrawSample{}, err
	}
	drawn := inspection.Draw(cycle.Snapshot, frame, cycle.Rules.Sample)
	sample := inspection.DrawSample{Inspection: id, Seed: drawn.Seed}
	for _, credit := range drawn.Credits {
		sample.Items = append(sample.Items, inspection.SampleItem{Record: credit.Record, Obligation: credit.Obligation})
	}
	return sample, nil
}

// FalseCredit is a sampled credit that was found false.
type FalseCredit struct {
	Inspection inspection.ID         `json:"inspection"`
	Item       inspection.SampleItem `json:"item"`
	Now        time.Time             `json:"now"`
}

// RevokeCredit takes a false credit back on its obligation, with the words of the
// decision as its reasons. The obligation's refusal is an answer.
func (a *Activities) RevokeCredit(ctx context.Context, credit FalseCredit) (inspection.AnswerRevocation, error) {
	item := credit.Item
	id := models.CommandID(credit.Inspection.SampleSubject() + "/revoke/" + string(item.Record))
	words, err := a.archive.SampleRemark(ctx, credit.Inspection, item.Record)
	if err != nil {
		return inspection.AnswerRevocation{}, err
	}
	_, _, err = a.archive.ReceiveCommand(ctx, store.CommandRow{
		ID: id, Subject: item.Obligation.Subject(), Kind: models.CommandRevoke, Account: item.DecidedBy,
		Words: models.Words{Text: words}, ReceivedAt: credit.Now,
	})
	if err != nil {
		return inspection.AnswerRevocation{}, err
	}
	result, err := a.DeliverCommand(ctx, Delivery{Obligation: item.Obligation, Command: models.Command{
		ID: id, At: item.DecidedAt, Actor: models.Actor{Account: item.DecidedBy},
		Body: models.Revoke{Record: item.Record, Document: item.Document},
	}})
	if err != nil {
		return inspection.AnswerRevocation{}, err
	}
	answer := inspection.AnswerRevocation{Record: item.Record, Taken: result.Refusal == nil}
	if result.Refusal != nil {
		answer.Code = result.Refusal.Code
		return answer, a.archive.ForgetCommand(ctx, id)
	}
	return answer, nil
}

// OpenQuarters opens the cycles that are due: that of the quarter before the day,
// once its first working day has come, and any that was missed since the first
// that was opened in its time. It answers which it opened; one that is open
// already is left alone.
func (a *Activities) OpenQuarters(ctx context.Context, now time.Time) ([]string, error) {
	plans, err := a.archive.Plans(ctx)
	if err != nil {
		return nil, err
	}
	calendar, err := a.archive.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	var opened []string
	for _, plan := range plans {
		cycles, err := a.archive.Inspections(ctx, plan.ID)
		if err != nil {
			return opened, err
		}
		for _, quarter := range inspection.DueQuarters(plan, openingsOf(cycles), calendar, models.DateOf(now)) {
			id := inspection.ID{Plan: plan.ID, Quarter: quarter}
			if err := a.openQuarter(ctx, id, now); err != nil {
				return opened, err
			}
			opened = append(opened, id.String())
			activity.RecordHeartbeat(ctx)
		}
	}
	return opened, nil
}

func (a *Activities) openQuarter(ctx context.Context, id inspection.ID, now time.Time) error {
	open, err := a.archive.PrepareInspection(ctx, id, now)
	if err != nil {
		return err
	}
	open.Scheduled = true
	err = a.engine.DeliverInspection(ctx, id.Subject(), inspection.Command{
		ID: models.CommandID(id.Subject() + "/open"), At: now, Actor: systemActor(), Body: open,
	})
	if refusal, refused := models.AsRefusal(err); refused && refusal.Code == inspection.RefusedOpened {
		return nil
	}
	return err
}

func openingsOf(cycles []store.Inspection) []inspection.Opening {
	openings := make([]inspection.Opening, len(cycles))
	for i, cycle := range cycles {
		openings[i] = inspection.Opening{Quarter: cycle.ID.Quarter, At: cycle.OpenedAt, Scheduled: cycle.Scheduled}
	}
	return openings
}
