package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

// DifferenceProjection: what lists read of a subject of the inspection disagrees
// with it.
const DifferenceProjection DifferenceKind = "projection"

// HostedSubjects answers for each of some subjects of the inspection whether a
// workflow hosts it.
type HostedSubjects func(ctx context.Context, subjects []string) (map[string]bool, error)

// ReconcileInspections is Reconcile for the subjects of the inspection: each log
// must prove itself and rebuild the snapshot and what lists read of it, and a
// workflow must host each that is not over. It answers how many there are.
func (a *Archive) ReconcileInspections(ctx context.Context, hosted HostedSubjects, report func(Difference) error) (Reconciled, error) {
	var summary Reconciled
	tell := summary.teller(report)
	after := ""
	for {
		var rows []subjectRow
		if err := a.db(ctx).Where("subject > ?", after).Order("subject").Limit(reconcileBatch).Find(&rows).Error; err != nil {
			return summary, fmt.Errorf("reconcile: list subjects of the inspection: %w", err)
		}
		if len(rows) == 0 {
			break
		}
		summary.Subjects += len(rows)
		for _, row := range rows {
			differences, err := a.reconcileSubject(ctx, row.Subject)
			if err == nil {
				err = tell(differences)
			}
			if err != nil {
				return summary, err
			}
		}
		if err := unhosted(ctx, rows, hosted, tell); err != nil {
			return summary, err
		}
		after = rows[len(rows)-1].Subject
	}
	orphans, err := a.orphanSubjects(ctx)
	if err != nil {
		return summary, err
	}
	return summary, tell(orphans)
}

// reconcileSubject looks at a subject once, and again under lock before anything
// is said of it.
func (a *Archive) reconcileSubject(ctx context.Context, subject string) ([]Difference, error) {
	differences, err := subjectDifferences(a.db(ctx), a.db(ctx), subject)
	if err == nil && len(differences) > 0 {
		err = a.inTransaction(ctx, func(tx *gorm.DB) error {
			differences, err = subjectDifferences(tx, locked(tx), subject)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("reconcile %s: %w", subject, err)
	}
	return differences, nil
}

func subjectDifferences(db, lock *gorm.DB, subject string) ([]Difference, error) {
	differ := func(kind DifferenceKind, detail string) []Difference {
		return []Difference{{Subject: subject, Kind: kind, Detail: detail}}
	}
	row, err := subjectIn(lock, subject)
	if err != nil {
		return nil, err
	}
	var logged []eventRow
	if err := db.Where("subject = ?", subject).Order("sequence").Find(&logged).Error; err != nil {
		return nil, err
	}
	entries, err := entriesOf(logged)
	if err != nil {
		return nil, err
	}
	broken, err := brokenChain(models.VerifyChain(entries))
	switch {
	case err != nil:
		return nil, err
	case broken != nil:
		return differ(DifferenceChain, broken.Error()), nil
	case len(entries) == 0:
		return differ(DifferenceChain, "the log is empty"), nil
	}
	if last := entries[len(entries)-1]; last.Sequence != row.Sequence || last.SHA256 != row.Head {
		return differ(DifferenceChain, fmt.Sprintf("the log ends at %d, the subject at %d", last.Sequence, row.Sequence)), nil
	}
	rebuilt, err := rebuildSubject(subject, entries)
	if err != nil {
		return nil, err
	}
	same, err := sameAggregate(row, rebuilt)
	switch {
	case err != nil:
		return differ(DifferenceSnapshot, fmt.Sprintf("it cannot be read: %v", err)), nil
	case !same:
		return differ(DifferenceSnapshot, "the events rebuild another aggregate"), nil
	case row.Hosted == rebuilt.Over():
		return differ(DifferenceSnapshot, "whether a workflow has to host it is wrong"), nil
	}
	listed, err := listedAs(db, rebuilt)
	if err == nil && !listed {
		return differ(DifferenceProjection, "lists show another state"), nil
	}
	return nil, err
}

func rebuildSubject(subject string, entries []models.Entry) (inspection.Aggregate, error) {
	aggregate := inspection.New(subject)
	if aggregate == nil {
		return nil, fmt.Errorf("subject %q is none of the inspection's", subject)
	}
	for _, entry := range entries {
		event, err := inspection.EventOf(entry)
		if err != nil {
			return nil, err
		}
		aggregate.Apply(event)
	}
	return aggregate, nil
}

// sameAggregate compares the snapshot with what the events rebuild, as both are
// read from their texts.
func sameAggregate(row subjectRow, rebuilt inspection.Aggregate) (bool, error) {
	stored, err := row.aggregate()
	if err != nil {
		return false, err
	}
	text, err := json.Marshal(rebuilt)
	if err != nil {
		return false, err
	}
	expected, err := subjectRow{Subject: row.Subject, Sequence: row.Sequence, Aggregate: string(text)}.aggregate()
	if err != nil {
		return false, err
	}
	left, err := json.Marshal(stored)
	if err != nil {
		return false, err
	}
	right, err := json.Marshal(expected)
	return string(left) == string(right), err
}

// listedAs reports whether the row that lists read is at the aggregate's state.
func listedAs(db *gorm.DB, aggregate inspection.Aggregate) (bool, error) {
	var count int64
	var err error
	switch is := aggregate.(type) {
	case *inspection.Inspection:
		err = db.Model(&inspectionRow{}).Where("plan = ? AND quarter = ? AND stage = ? AND sequence = ? AND snapshot = ?",
			string(is.ID.Plan), is.ID.Quarter.String(), string(is.Stage), is.Sequence, is.Snapshot).Count(&count).Error
	case *inspection.UnitReport:
		err = db.Model(&unitReportRow{}).Where("plan = ? AND quarter = ? AND unit = ? AND state = ? AND sequence = ? AND late = ? AND ended = ?",
			string(is.ID.Plan), is.ID.Quarter.String(), string(is.Unit), string(is.State), is.Sequence, is.Late, is.Ended).Count(&count).Error
	case *inspection.Finding:
		err = db.Model(&findingRow{}).Where("id = ? AND unit = ? AND state = ? AND sequence = ? AND round = ?",
			string(is.ID), string(is.Unit), string(is.State), is.Sequence, is.Round).Count(&count).Error
	case *inspection.Sample:
		return sampleListedAs(db, is)
	}
	return count == 1, err
}

func sampleListedAs(db *gorm.DB, sample *inspection.Sample) (bool, error) {
	var rows []sampleItemRow
	err := db.Where("plan = ? AND quarter = ?", string(sample.ID.Plan), sample.ID.Quarter.String()).Order("ordinal").Find(&rows).Error
	if err != nil || len(rows) != len(sample.Items) {
		return false, err
	}
	for i, item := range sample.Items {
		if rows[i].Record != string(item.Record) || rows[i].State != string(item.State) || rows[i].Revocation != string(item.Revocation) {
			return false, nil
		}
	}
	return true, nil
}

func unhosted(ctx context.Context, rows []subjectRow, hosted HostedSubjects, tell func([]Difference) error) error {
	var open []string
	for _, row := range rows {
		if row.Hosted {
			open = append(open, row.Subject)
		}
	}
	if hosted == nil || len(open) == 0 {
		return nil
	}
	running, err := hosted(ctx, open)
	if err != nil {
		return fmt.Errorf("reconcile: ask for running workflows: %w", err)
	}
	var missing []Difference
	for _, subject := range open {
		if !running[subject] {
			missing = append(missing, Difference{Subject: subject, Kind: DifferenceWorkflow, Detail: "no workflow hosts it"})
		}
	}
	return tell(missing)
}

// orphanSubjects are logs of the inspection without their subject.
func (a *Archive) orphanSubjects(ctx context.Context) ([]Difference, error) {
	var subjects []string
	err := a.db(ctx).Model(&eventRow{}).Where("sequence = 1 AND kind IN ?", inspection.FirstEvents()).
		Where("NOT EXISTS (SELECT 1 FROM inspection_subjects s WHERE s.subject = events.subject)").Order("subject").Pluck("subject", &subjects).Error
	if err != nil {
		return nil, fmt.Errorf("reconcile: look for orphans of the inspection: %w", err)
	}
	return each(subjects, func(subject string) Difference {
		return Difference{Subject: subject, Kind: DifferenceOrphan, Detail: "the log has no subject"}
	}), nil
}
