package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
)

// DifferenceKind names what disagrees.
type DifferenceKind string

// Every difference that a reconcile can find.
const (
	// DifferenceChain: the log does not prove itself, or lost its end.
	DifferenceChain DifferenceKind = "chain"
	// DifferenceSnapshot: the events rebuild another aggregate.
	DifferenceSnapshot DifferenceKind = "snapshot"
	// DifferenceObligation: a column that lists read disagrees.
	DifferenceObligation DifferenceKind = "obligation"
	DifferenceGoal       DifferenceKind = "goal"
	DifferenceRecord     DifferenceKind = "record"
	DifferenceClaim      DifferenceKind = "claim"
	DifferenceReview     DifferenceKind = "review"
	DifferenceNotice     DifferenceKind = "notice"
	// DifferenceOrphan: a log without its obligation.
	DifferenceOrphan DifferenceKind = "orphan"
	// DifferenceWorkflow: no workflow hosts an obligation that is not closed.
	DifferenceWorkflow DifferenceKind = "workflow"
)

// Difference is one place where the archive, its log or the engine disagree.
type Difference struct {
	Subject string         `json:"subject"`
	Kind    DifferenceKind `json:"kind"`
	Detail  string         `json:"detail"`
}

// Reconciled counts what a reconcile has looked at.
type Reconciled struct {
	Obligations int `json:"obligations"`
	// Subjects are those of the inspection.
	Subjects    int `json:"subjects,omitempty"`
	Differences int `json:"differences"`
}

// teller counts differences and hands each to report.
func (r *Reconciled) teller(report func(Difference) error) func([]Difference) error {
	return func(differences []Difference) error {
		for _, difference := range differences {
			r.Differences++
			if err := report(difference); err != nil {
				return err
			}
		}
		return nil
	}
}

// Running answers for each of some obligations whether a workflow hosts it.
type Running func(ctx context.Context, ids []models.ObligationID) (map[models.ObligationID]bool, error)

// reconcileBatch is how many obligations are read at once.
const reconcileBatch = 100

// Reconcile goes through all obligations: their logs must prove themselves and
// rebuild the snapshot and everything that pages read, and a workflow must host
// each that is not closed. running may be nil. Every difference goes to report;
// an obligation that changes while it is looked at is looked at again under
// lock before anything is said of it.
func (a *Archive) Reconcile(ctx context.Context, running Running, report func(Difference) error) (Reconciled, error) {
	var summary Reconciled
	tell := summary.teller(report)
	var after obligationRow
	for {
		rows, err := obligationsAfter(a.db(ctx), after)
		if err != nil {
			return summary, err
		}
		if len(rows) == 0 {
			break
		}
		summary.Obligations += len(rows)
		if err := a.reconcileRows(ctx, rows, tell); err != nil {
			return summary, err
		}
		if err := missingWorkflows(ctx, rows, running, tell); err != nil {
			return summary, err
		}
		after = rows[len(rows)-1]
	}
	orphans, err := a.orphans(ctx)
	if err != nil {
		return summary, err
	}
	return summary, tell(orphans)
}

func obligationsAfter(db *gorm.DB, after obligationRow) ([]obligationRow, error) {
	var rows []obligationRow
	err := db.Where("plan > ? OR (plan = ? AND cadre > ?)", after.Plan, after.Plan, after.Cadre).
		Order("plan, cadre").Limit(reconcileBatch).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reconcile: list obligations: %w", err)
	}
	return rows, nil
}

func (a *Archive) reconcileRows(ctx context.Context, rows []obligationRow, tell func([]Difference) error) error {
	evidence, err := a.witnesses(a.db(ctx), rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		differences, err := evidence[row.id()].differences()
		if err != nil {
			return err
		}
		if len(differences) == 0 {
			continue
		}
		if differences, err = a.reconcileLocked(ctx, row.id()); err != nil {
			return err
		}
		if err := tell(differences); err != nil {
			return err
		}
	}
	return nil
}

// ReconcileObligation is Reconcile for one obligation, without its workflow.
func (a *Archive) ReconcileObligation(ctx context.Context, id models.ObligationID) ([]Difference, error) {
	return a.reconcileLocked(ctx, id)
}

// reconcileLocked looks at one obligation while nobody can append to it.
func (a *Archive) reconcileLocked(ctx context.Context, id models.ObligationID) (differences []Difference, err error) {
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		witness, err := a.lockedWitness(tx, id)
		if err != nil {
			return err
		}
		differences, err = witness.differences()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reconcile %s: %w", id, err)
	}
	return differences, nil
}

func (a *Archive) lockedWitness(tx *gorm.DB, id models.ObligationID) (*witness, error) {
	var row obligationRow
	err := locked(tx).Where("plan = ? AND cadre = ?", string(id.Plan), string(id.Cadre)).Take(&row).Error
	if err != nil {
		return nil, known(err)
	}
	evidence, err := a.witnesses(tx, []obligationRow{row})
	if err != nil {
		return nil, err
	}
	return evidence[id], nil
}

func missingWorkflows(ctx context.Context, rows []obligationRow, running Running, tell func([]Difference) error) error {
	if running == nil {
		return nil
	}
	var open []models.ObligationID
	for _, row := range rows {
		if row.Closed == "" {
			open = append(open, row.id())
		}
	}
	if len(open) == 0 {
		return nil
	}
	hosted, err := running(ctx, open)
	if err != nil {
		return fmt.Errorf("reconcile: ask for running workflows: %w", err)
	}
	var missing []Difference
	for _, id := range open {
		if !hosted[id] {
			missing = append(missing, Difference{Subject: id.Subject(), Kind: DifferenceWorkflow, Detail: "no workflow hosts it"})
		}
	}
	return tell(missing)
}

// orphans are logs of obligations without an obligation.
func (a *Archive) orphans(ctx context.Context) ([]Difference, error) {
	var first []eventRow
	err := a.db(ctx).Select("subject", "sequence").Where("sequence = 1 AND kind = ?", string(models.EventEnrolled)).
		Where("NOT EXISTS (SELECT 1 FROM obligations o WHERE events.subject = " + a.subjectOf("o") + ")").Find(&first).Error
	if err != nil {
		return nil, fmt.Errorf("reconcile: look for orphans: %w", err)
	}
	var differences []Difference
	for _, row := range first {
		differences = append(differences, Difference{Subject: row.Subject, Kind: DifferenceOrphan, Detail: "the log has no obligation"})
	}
	return differences, nil
}

// subjectOf is ObligationID.Subject in SQL.
func (a *Archive) subjectOf(table string) string {
	if a.driver == MySQL {
		return "CONCAT('obligation/', " + table + ".plan, '/', " + table + ".cadre)"
	}
	return "'obligation/' || " + table + ".plan || '/' || " + table + ".cadre"
}
