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
	aggregate, err := a.InspectionSubject(ctx, id.Subject())
	if err != nil {
		return inspection.Snapshot{}, err
	}
	cycle, is := aggregate.(*inspection.Inspection)
	if !is || cycle.Snapshot == "" {
		return inspection.Snapshot{}, fmt.Errorf("the figures of %s: %w", id, ErrUnfrozen)
	}
	last := models.DateOf(cycle.CutOff.Add(-time.Second))
	snapshot := inspection.Snapshot{
		Plan: id.Plan, PlanTitle: plan.Title, Quarter: id.Quarter, CutOff: cycle.CutOff, Digest: cycle.Snapshot, Rules: cycle.Rules,
		Elapsed: min(plan.From.DaysUntil(last), plan.From.DaysUntil(plan.To)) + 1, Window: plan.From.DaysUntil(plan.To) + 1,
	}
	if snapshot.Letterhead, err = a.Letterhead(ctx); err != nil {
		return inspection.Snapshot{}, err
	}
	if snapshot.Units, err = a.SnapshotFigures(ctx, id); err != nil {
		return inspection.Snapshot{}, err
	}
	if err := a.addIndividuals(ctx, &snapshot, id); err != nil {
		return inspection.Snapshot{}, err
	}
	if err := a.addReports(ctx, &snapshot, id, at); err != nil {
		return inspection.Snapshot{}, err
	}
	if err := a.addIndicators(ctx, &snapshot, plan); err != nil {
		return inspection.Snapshot{}, err
	}
	if err := a.addFormer(ctx, &snapshot, id); err != nil {
		return inspection.Snapshot{}, err
	}
	return snapshot, a.addFindings(ctx, &snapshot, id, at)
}

// addReports adds how the units' reports count at the instant.
func (a *Archive) addReports(ctx context.Context, snapshot *inspection.Snapshot, id inspection.ID, at time.Time) error {
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
		snapshot.Units[i].Report, snapshot.Units[i].Late = report.State.CountedAt(report.Due, report.Late, at)
	}
	return nil
}

// addFormer puts beside each unit what the bulletins of last quarter and of last
// year said of it: their places are those that were printed. A quarter without an
// issued bulletin has figures, if it was frozen, and no places.
func (a *Archive) addFormer(ctx context.Context, snapshot *inspection.Snapshot, id inspection.ID) error {
	for _, former := range []struct {
		quarter models.Quarter
		into    func(*inspection.UnitFigures, *models.Outcome, int)
	}{
		{id.Quarter.Previous(), func(u *inspection.UnitFigures, o *models.Outcome, place int) {
			u.LastQuarter, u.LastQuarterPlace = o, place
		}},
		{id.Quarter.YearBefore(), func(u *inspection.UnitFigures, o *models.Outcome, place int) {
			u.LastYear, u.LastYearPlace = o, place
		}},
	} {
		rows, err := a.formerRows(ctx, inspection.ID{Plan: id.Plan, Quarter: former.quarter})
		if err != nil {
			return err
		}
		for i := range snapshot.Units {
			if outcome, place, known := formerOf(snapshot.Units[i], rows); known {
				former.into(&snapshot.Units[i], &outcome, place)
			}
		}
	}
	return nil
}

// formerOf is how a unit stood then. One that did not exist stands for those that
// it succeeds: their sum, without a place.
func formerOf(unit inspection.UnitFigures, rows map[models.UnitID]inspection.RankRow) (models.Outcome, int, bool) {
	if row, known := rows[unit.Unit]; known {
		return outcomeOf(unit.Unit, row), row.Place, true
	}
	sum, known := models.Outcome{Unit: unit.Unit}, false
	for _, id := range unit.Predecessors {
		if row, there := rows[id]; there {
			known = true
			sum.Required, sum.Met, sum.Credits = sum.Required+row.Required, sum.Met+row.Met, sum.Credits+row.Credits
		}
	}
	return sum, 0, known
}

func outcomeOf(unit models.UnitID, row inspection.RankRow) models.Outcome {
	return models.Outcome{Unit: unit, Required: row.Required, Met: row.Met, Credits: row.Credits}
}

// formerRows is the ranking that an earlier quarter's bulletin printed, by unit.
func (a *Archive) formerRows(ctx context.Context, id inspection.ID) (map[models.UnitID]inspection.RankRow, error) {
	var issued []bulletinRow
	err := a.db(ctx).Where("plan = ? AND quarter = ? AND stage = ?", string(id.Plan), id.Quarter.String(), string(inspection.BulletinIssued)).
		Order("ordinal DESC").Limit(1).Find(&issued).Error
	if err != nil {
		return nil, fmt.Errorf("look for the bulletin of %s: %w", id, err)
	}
	former := inspection.Snapshot{Plan: id.Plan, Quarter: id.Quarter}
	printed := len(issued) > 0
	if printed {
		text, err := a.BulletinText(ctx, BulletinKey{Inspection: id, Ordinal: issued[0].Ordinal}, issued[0].Digest)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text.Snapshot), &former); err != nil {
			return nil, fmt.Errorf("read the figures of %s: %w", id, err)
		}
	} else if former.Units, err = a.SnapshotFigures(ctx, id); err != nil {
		return nil, err
	}
	rows := map[models.UnitID]inspection.RankRow{}
	for _, group := range inspection.Rank(former).Groups {
		for _, row := range group.Rows {
			if !printed {
				row.Place = 0
			}
			rows[row.Unit] = row
		}
	}
	return rows, nil
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
	snapshot, figures, err := a.figuresOf(ctx, id, at)
	if err != nil {
		return BulletinText{}, err
	}
	return a.KeepBulletin(ctx, BulletinKey{Inspection: id, Ordinal: ordinal}, inspection.Draft(snapshot), figures, by, at)
}

// KeepBulletin keeps a text of a bulletin beside the figures that it was written
// from, under its digest.
func (a *Archive) KeepBulletin(ctx context.Context, key BulletinKey, bulletin inspection.Bulletin, figures string, by models.AccountID, at time.Time) (BulletinText, error) {
	if bulletin.FiguresDigest == "" {
		// An edit keeps the digest that it found: other words are no other figures.
		bulletin.FiguresDigest = figuresDigest(figures)
	}
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
