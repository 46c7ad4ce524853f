package activities

import (
	"context"
	"fmt"

	"bangfu/models"
	"bangfu/models/store"
)

// starter is what CatchUp needs of the engine.
type starter interface {
	StartEnrolments(ctx context.Context, plan models.PlanID) error
	StartBatch(ctx context.Context, proposal models.ProposalID) error
	HostInspection(ctx context.Context, subject string) error
}

// CatchUp starts what the archive has and Temporal does not know, because it was
// away or lost: the obligations that were enrolled, the proposals that were
// approved, and the subjects of the inspection that are not over. Repeating it
// changes nothing. One that cannot be started does not hold up the others; the
// error then says how many there are, and what the first one's was.
func CatchUp(ctx context.Context, archive *store.Archive, engine starter) error {
	var left leftovers
	plans, err := archive.Plans(ctx)
	if err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	for _, plan := range plans {
		left.note(engine.StartEnrolments(ctx, plan.ID))
	}
	proposals, err := archive.UnfinishedProposals(ctx)
	if err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	for _, proposal := range proposals {
		left.note(engine.StartBatch(ctx, proposal))
	}
	if err := hostInspections(ctx, archive, engine, &left); err != nil {
		return err
	}
	return left.err()
}

// leftovers count what could not be started.
type leftovers struct {
	count int
	first error
}

func (l *leftovers) note(err error) {
	if err == nil {
		return
	}
	if l.count++; l.first == nil {
		l.first = err
	}
}

func (l *leftovers) err() error {
	if l.count == 0 {
		return nil
	}
	return fmt.Errorf("catch up: %d could not be started, the first one: %w", l.count, l.first)
}

// hostBatch is how many subjects are read at once.
const hostBatch = 200

func hostInspections(ctx context.Context, archive *store.Archive, engine starter, left *leftovers) error {
	after := ""
	for {
		subjects, err := archive.UnhostedInspections(ctx, after, hostBatch)
		if err != nil {
			return fmt.Errorf("catch up with the inspection: %w", err)
		}
		for _, subject := range subjects {
			left.note(engine.HostInspection(ctx, subject))
			after = subject
		}
		if len(subjects) < hostBatch {
			return nil
		}
	}
}
