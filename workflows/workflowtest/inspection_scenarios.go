package workflowtest

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/client"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/workflows"
)

func cycleReporting(w *quarterWriter) error {
	if _, err := w.duty(); err != nil {
		return err
	}
	return w.open(inspection.StageReporting)
}

// cycleDrafted has no duties: its units are done at once, and its bulletin is
// drafted.
func cycleDrafted(w *quarterWriter) error { return w.open(inspection.StageDrafting) }

// cycleDraftedEarly is drafted by an inspector while a report is still awaited.
func cycleDraftedEarly(w *quarterWriter) error {
	if err := cycleReporting(w); err != nil {
		return err
	}
	text, err := w.archive.DraftBulletin(w.ctx, w.id, 1, "inspector", w.now)
	if err != nil {
		return err
	}
	if err := w.give(w.subject, "inspector", inspection.DraftBulletin{Digest: text.Digest}); err != nil {
		return err
	}
	if err := w.untilStage(inspection.StageDrafting); err != nil {
		return err
	}
	return w.give(w.subject, "inspector", inspection.EditBulletin{Version: 1, Digest: text.Digest})
}

func cycleCommented(w *quarterWriter) error {
	if err := cycleDrafted(w); err != nil {
		return err
	}
	for _, given := range []struct {
		account models.AccountID
		body    inspection.CommandBody
	}{
		{"inspector", inspection.OpenComments{Version: 1, Due: w.now.AddDate(0, 0, 3)}},
		{"contact", inspection.Comment{Unit: Unit}},
		{"inspector", inspection.CloseComments{}},
		{"inspector", inspection.EditBulletin{Version: 1, Digest: "fixture digest"}},
	} {
		if err := w.give(w.subject, given.account, given.body); err != nil {
			return err
		}
	}
	return nil
}

// cycleCommentsLapsed lets the timer of the comment round fire.
func cycleCommentsLapsed(w *quarterWriter) error {
	if err := cycleDrafted(w); err != nil {
		return err
	}
	due := time.Now().UTC().Add(time.Second)
	if err := w.give(w.subject, "inspector", inspection.OpenComments{Version: 1, Due: due}); err != nil {
		return err
	}
	return until(w.ctx, "the round to close", func() (bool, error) {
		cycle, err := w.cycle()
		return err == nil && cycle.Bulletins[0].Stage == inspection.BulletinDrafting, err
	})
}

func cycleIssued(w *quarterWriter) error {
	if err := cycleDrafted(w); err != nil {
		return err
	}
	if err := w.signed(); err != nil {
		return err
	}
	return w.untilEnded(w.subject)
}

func (w *quarterWriter) signed() error {
	cycle, err := w.cycle()
	if err != nil {
		return err
	}
	current, _ := cycle.Current()
	if err := w.give(w.subject, "inspector", inspection.AskSignatures{Version: current.Version}); err != nil {
		return err
	}
	for _, signer := range []models.AccountID{"signer-1", "signer-2"} {
		if err := w.give(w.subject, signer, inspection.Sign{Digest: current.Digest}); err != nil {
			return err
		}
	}
	return nil
}

// cycleCorrected is the run that a correction begins after the issue.
func cycleCorrected(w *quarterWriter) error {
	if err := cycleIssued(w); err != nil {
		return err
	}
	cycle, err := w.cycle()
	if err != nil {
		return err
	}
	// The files of the correction are made from a text of its own.
	issued := cycle.Bulletins[0]
	text, err := w.archive.BulletinText(w.ctx, store.BulletinKey{Inspection: cycle.ID, Ordinal: issued.Ordinal}, issued.Digest)
	if err != nil {
		return err
	}
	text.Ordinal++
	if err := w.archive.SaveBulletinText(w.ctx, text); err != nil {
		return err
	}
	if err := w.give(w.subject, "inspector", inspection.BeginCorrection{Digest: issued.Digest}); err != nil {
		return err
	}
	if err := w.signed(); err != nil {
		return err
	}
	return w.untilEnded(w.subject)
}

func cycleCancelled(w *quarterWriter) error {
	if err := cycleReporting(w); err != nil {
		return err
	}
	if err := w.give(w.subject, "inspector", inspection.Cancel{}); err != nil {
		return err
	}
	return w.untilEnded(w.subject)
}

// manyUnits is more than one run hears of, so that the cycle goes on in another.
const manyUnits = 120

// cycleManyUnits keeps the first run: it freezes and asks every unit, and
// continues as new.
func cycleManyUnits(w *quarterWriter) error {
	units := make([]models.Unit, manyUnits)
	for i := range units {
		id := models.UnitID(fmt.Sprintf("1209%03d", i))
		units[i] = models.Unit{ID: id, Path: "/tj/" + string(id) + "/", Name: "fixture zone", Kind: models.UnitZone, Parent: "tj"}
	}
	if err := w.archive.SaveUnits(w.ctx, units); err != nil {
		return err
	}
	if err := w.open(inspection.StageDrafting); err != nil {
		return err
	}
	described, err := w.client.DescribeWorkflowExecution(w.ctx, w.subject, "")
	if err != nil {
		return err
	}
	w.run = described.GetWorkflowExecutionInfo().GetFirstRunId()
	if w.run == described.GetWorkflowExecutionInfo().GetExecution().GetRunId() {
		return fmt.Errorf("a cycle over %d units did not continue as new", manyUnits)
	}
	return nil
}

// asked hosts the report of a unit that is due at an instant.
func (w *quarterWriter) asked(unit models.UnitID, due time.Time) error {
	if _, err := w.duty(); err != nil {
		return err
	}
	if err := w.frozenBeside(); err != nil {
		return err
	}
	w.subject = w.id.ReportSubject(unit)
	times := activities.ReportTimes{Due: due, Reminders: []time.Time{due.AddDate(0, 0, -3), due.AddDate(0, 0, -1)}}
	_, err := w.client.ExecuteWorkflow(w.ctx, client.StartWorkflowOptions{ID: w.subject, TaskQueue: workflows.QueueObligations, StaticSummary: w.subject},
		workflows.UnitInspectionWorkflow, workflows.UnitInspectionInput{Plan: w.id.Plan, Quarter: w.id.Quarter, Unit: unit, Times: times})
	if err != nil {
		return err
	}
	return until(w.ctx, "the unit to be asked", func() (bool, error) {
		aggregate, err := w.archive.InspectionSubject(w.ctx, w.subject)
		return err == nil && aggregate.Log().Sequence > 0, err
	})
}

// filed files the form and confirms it.
func (w *quarterWriter) filed() error {
	for version := range int64(2) {
		text, err := w.archive.SaveUnitReportText(w.ctx, w.id, Unit, version, `{"measures":"fixture"}`, "contact", w.now)
		if err != nil {
			return err
		}
		if err := w.give(w.subject, "contact", inspection.File{Version: text.Version, Digest: text.Digest}); err != nil {
			return err
		}
		if version == 0 {
			if err := w.give(w.subject, "leader", inspection.SendBack{}); err != nil {
				return err
			}
			continue
		}
		if err := w.give(w.subject, "leader", inspection.Confirm{Digest: text.Digest}); err != nil {
			return err
		}
	}
	return w.untilEnded(w.subject)
}

func reportConfirmed(w *quarterWriter) error {
	if err := w.asked(Unit, w.now.AddDate(0, 0, 14)); err != nil {
		return err
	}
	return w.filed()
}

func reportLate(w *quarterWriter) error {
	if err := w.asked(Unit, w.now.AddDate(0, 0, -1)); err != nil {
		return err
	}
	if err := w.untilPassed(w.subject, 3); err != nil {
		return err
	}
	return w.filed()
}

func reportExtended(w *quarterWriter) error {
	if err := w.asked(Unit, w.now.AddDate(0, 0, -1)); err != nil {
		return err
	}
	if err := w.untilPassed(w.subject, 3); err != nil {
		return err
	}
	due := w.now.AddDate(0, 0, 7)
	return w.give(w.subject, "inspector", inspection.Extend{Due: due, Reminders: []time.Time{due.AddDate(0, 0, -1)}})
}

func reportNothing(w *quarterWriter) error {
	if err := w.asked(OtherUnit, w.now.AddDate(0, 0, 14)); err != nil {
		return err
	}
	return w.untilEnded(w.subject)
}

func reportEnded(w *quarterWriter) error {
	if err := w.asked(Unit, w.now.AddDate(0, 0, 14)); err != nil {
		return err
	}
	if err := w.give(w.subject, models.SystemAccount, inspection.End{}); err != nil {
		return err
	}
	return w.untilEnded(w.subject)
}

// sampleDrawn draws the one credit of the quarter.
func sampleDrawn(w *quarterWriter) error {
	duty, err := w.duty()
	if err != nil {
		return err
	}
	noon := Noon("2013-05-06")
	record := w.record()
	submit, err := duty.Draft(w.ctx, noon, record, models.Introduce, modelstest.Enterprise(1))
	if err != nil {
		return err
	}
	commands := []models.Command{submit}
	for _, stage := range Stages() {
		commands = append(commands, duty.Accept(noon, record, stage))
	}
	for _, command := range commands {
		if err := AppendBeside(w.ctx, w.archive, duty.ID, command); err != nil {
			return err
		}
	}
	if err := w.frozenBeside(); err != nil {
		return err
	}
	w.subject = w.id.SampleSubject()
	_, err = w.client.ExecuteWorkflow(w.ctx, client.StartWorkflowOptions{ID: w.subject, TaskQueue: workflows.QueueObligations, StaticSummary: w.subject},
		workflows.SampleWorkflow, workflows.SampleInput{Plan: w.id.Plan, Quarter: w.id.Quarter})
	if err != nil {
		return err
	}
	return until(w.ctx, "the sample to be drawn", func() (bool, error) {
		items, err := w.archive.SampleItems(w.ctx, store.Everything(), w.id)
		return len(items) == 1, err
	})
}

func (w *quarterWriter) record() models.RecordID { return models.RecordID(string(w.id.Plan) + "-r") }

// sampleRevoked finds the credit false, hears the cadre, and takes it back.
func sampleRevoked(w *quarterWriter) error {
	if err := sampleDrawn(w); err != nil {
		return err
	}
	checked := Noon("2013-07-02")
	err := w.giveAt(checked, w.subject, "inspector", inspection.Check{
		Record: w.record(), Result: inspection.ResultFalse, HearingDue: checked.AddDate(0, 0, 7),
	})
	if err != nil {
		return err
	}
	err = w.giveAt(checked.AddDate(0, 0, 8), w.subject, "adjudicator", inspection.DecideHearing{
		Record: w.record(), False: true, Document: "document-1",
	})
	if err != nil {
		return err
	}
	return w.untilEnded(w.subject)
}

// raised raises a finding at an instant, with its ladder around a deadline.
func (w *quarterWriter) raised(at time.Time, deadline inspection.Deadline) error {
	finding := inspection.FindingID(w.id.Plan)
	w.subject = inspection.FindingSubject(finding)
	return w.giveAt(at, w.subject, "inspector", inspection.Raise{
		Finding: finding, Inspection: w.id, Unit: Unit, Severity: inspection.SeverityGrave, Deadline: deadline,
	})
}

func ladder(due time.Time) inspection.Deadline {
	return inspection.Deadline{BlueAt: due.AddDate(0, 0, -5), Due: due, RedAt: due.AddDate(0, 0, 5)}
}

func findingRaised(w *quarterWriter) error {
	return w.raised(w.now, ladder(w.now.AddDate(0, 0, 14)))
}

// findingTurned lets the timer of the first turn fire.
func findingTurned(w *quarterWriter) error {
	deadline := ladder(w.now.AddDate(0, 0, 14))
	deadline.BlueAt = time.Now().UTC().Add(time.Second)
	if err := w.raised(w.now, deadline); err != nil {
		return err
	}
	return w.untilPassed(w.subject, 1)
}

// findingRed passes every turn, and is answered.
func findingRed(w *quarterWriter) error {
	if err := w.raised(w.now.AddDate(0, 0, -40), ladder(w.now.AddDate(0, 0, -20))); err != nil {
		return err
	}
	if err := w.untilPassed(w.subject, 3); err != nil {
		return err
	}
	return w.give(w.subject, "contact", inspection.Answer{Evidence: []models.EvidenceID{"evidence-1"}})
}

func findingSettled(w *quarterWriter) error {
	if err := findingRed(w); err != nil {
		return err
	}
	if err := w.give(w.subject, "inspector", inspection.Settle{}); err != nil {
		return err
	}
	return w.untilEnded(w.subject)
}

// findingReopened is the run that a reopening begins.
func findingReopened(w *quarterWriter) error {
	if err := findingSettled(w); err != nil {
		return err
	}
	return w.give(w.subject, "inspector", inspection.Reopen{Deadline: ladder(w.now.AddDate(0, 0, 14))})
}
