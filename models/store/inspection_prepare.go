package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangfu/models"
	"bangfu/models/inspection"
)

// PrepareInspection is the command that opens a cycle: the units of the quarter,
// the rules in force, and the cut-off. That is the quarter's end, or the instant
// itself while the quarter still runs.
func (a *Archive) PrepareInspection(ctx context.Context, id inspection.ID, at time.Time) (inspection.Open, error) {
	plan, err := a.Plan(ctx, id.Plan)
	if err != nil {
		return inspection.Open{}, err
	}
	if !plan.Holds(id.Quarter.First()) && !plan.Holds(id.Quarter.Last()) {
		return inspection.Open{}, models.Refuse(inspection.RefusedQuarter, "quarter", id.Quarter.String())
	}
	rules, _, err := a.InspectionRules(ctx)
	if err != nil {
		return inspection.Open{}, err
	}
	units, err := a.InspectedUnits(ctx, id.Quarter)
	if err != nil {
		return inspection.Open{}, err
	}
	open := inspection.Open{Inspection: id, Rules: rules, CutOff: id.Quarter.End()}
	if at.Before(open.CutOff) {
		open.CutOff = instant(at)
	}
	for _, unit := range units {
		open.Units = append(open.Units, unit.ID)
	}
	return open, nil
}

// BulletinSnapshot gathers what a bulletin is written from: the frozen figures,
// what the units have confirmed by now, the findings, and the figures of the
// quarters beside it.
func (a *Archive) BulletinSnapshot(ctx context.Context, id inspection.ID, at time.Time) (inspection.Snapshot, error) {
	plan, err := a.Plan(ctx, id.Plan)
	if err != nil {
		return inspection.Snapshot{}, err
	}
	cycle, err := a.Inspection(ctx, id)
	if err != nil {
		return inspection.Snapshot{}, err
	}
	last := models.DateOf(cycle.CutOff.Add(-time.Second))
	snapshot := inspection.Snapshot{
		Plan: id.Plan, PlanTitle: plan.Title, Quarter: id.Quarter, CutOff: cycle.CutOff, Digest: cycle.Snapshot,
		Elapsed: min(plan.From.DaysUntil(last), plan.From.DaysUntil(plan.To)) + 1, Window: plan.From.DaysUntil(plan.To) + 1,
	}
	if snapshot.Units, err = a.SnapshotFigures(ctx, id); err != nil {
		return inspection.Snapshot{}, err
	}
	if err := a.addReports(ctx, &snapshot, id); err != nil {
		return inspection.Snapshot{}, err
	}
	if err := a.addFormer(ctx, &snapshot, id); err != nil {
		return inspection.Snapshot{}, err
	}
	return snapshot, a.addFindings(ctx, &snapshot, id, at)
}

func (a *Archive) addReports(ctx context.Context, snapshot *inspection.Snapshot, id inspection.ID) error {
	reports, err := a.UnitReports(ctx, Everything(), UnitReportFilter{Plan: id.Plan, Quarter: id.Quarter})
	if err != nil {
		return err
	}
	byUnit := make(map[models.UnitID]UnitReportItem, len(reports))
	for _, report := range reports {
		byUnit[report.Unit] = report
	}
	for i := range snapshot.Units {
		report := byUnit[snapshot.Units[i].Unit]
		snapshot.Units[i].Report, snapshot.Units[i].Late = report.State, report.Late
	}
	return nil
}

// addFormer puts last quarter's and last year's outcome beside each unit's.
func (a *Archive) addFormer(ctx context.Context, snapshot *inspection.Snapshot, id inspection.ID) error {
	for _, former := range []struct {
		quarter models.Quarter
		into    func(*inspection.UnitFigures, *models.Outcome)
	}{
		{id.Quarter.Previous(), func(u *inspection.UnitFigures, o *models.Outcome) { u.LastQuarter = o }},
		{id.Quarter.YearBefore(), func(u *inspection.UnitFigures, o *models.Outcome) { u.LastYear = o }},
	} {
		figures, err := a.SnapshotFigures(ctx, inspection.ID{Plan: id.Plan, Quarter: former.quarter})
		if err != nil {
			return err
		}
		outcomes := make(map[models.UnitID]models.Outcome, len(figures))
		for _, one := range figures {
			outcomes[one.Unit] = one.Outcome
		}
		for i := range snapshot.Units {
			if outcome, known := outcomes[snapshot.Units[i].Unit]; known {
				former.into(&snapshot.Units[i], &outcome)
			}
		}
	}
	return nil
}

// addFindings adds the findings of this cycle and those that are still open from
// earlier ones.
func (a *Archive) addFindings(ctx context.Context, snapshot *inspection.Snapshot, id inspection.ID, at time.Time) error {
	names := map[models.UnitID]string{}
	for _, unit := range snapshot.Units {
		names[unit.Unit] = unit.Name
	}
	page := Page{Size: MaximumPageSize}
	for {
		part, err := a.Findings(ctx, Everything(), FindingFilter{Plan: id.Plan}, page)
		if err != nil {
			return err
		}
		for _, finding := range part.Items {
			late := id.Quarter.Before(finding.Inspection.Quarter)
			if late || finding.State == inspection.FindingWithdrawn || finding.Inspection.Quarter != id.Quarter && finding.Over() {
				continue
			}
			snapshot.Findings = append(snapshot.Findings, inspection.FindingFigures{
				ID: finding.ID, Unit: finding.Unit, UnitName: names[finding.Unit], Task: finding.Task, Severity: finding.Severity,
				Text: finding.Text, RaisedOn: models.DateOf(finding.RaisedAt), DueOn: models.DateOf(finding.Due.Add(-time.Second)),
				State: finding.State, Light: finding.Light(at), Quarter: finding.Inspection.Quarter,
			})
		}
		if part.Next == "" {
			return nil
		}
		page.After = part.Next
	}
}

// DraftBulletin writes a text of a cycle's bulletin from the frozen data and
// keeps it under its digest, for the command that will name it.
func (a *Archive) DraftBulletin(ctx context.Context, id inspection.ID, ordinal int, by models.AccountID, at time.Time) (BulletinText, error) {
	snapshot, err := a.BulletinSnapshot(ctx, id, at)
	if err != nil {
		return BulletinText{}, err
	}
	figures, err := json.Marshal(snapshot)
	if err != nil {
		return BulletinText{}, fmt.Errorf("write the figures of %s: %w", id, err)
	}
	return a.KeepBulletin(ctx, BulletinKey{Inspection: id, Ordinal: ordinal}, inspection.Draft(snapshot), string(figures), by, at)
}

// KeepBulletin keeps a text of a bulletin beside the figures that it was written
// from, under its digest.
func (a *Archive) KeepBulletin(ctx context.Context, key BulletinKey, bulletin inspection.Bulletin, figures string, by models.AccountID, at time.Time) (BulletinText, error) {
	content, err := bulletin.Canonical()
	if err != nil {
		return BulletinText{}, err
	}
	digest, err := bulletin.Digest()
	if err != nil {
		return BulletinText{}, err
	}
	text := BulletinText{BulletinKey: key, Digest: digest, Content: string(content), Snapshot: figures, Account: by, SavedAt: at}
	return text, a.SaveBulletinText(ctx, text)
}
