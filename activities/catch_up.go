package activities

import (
	"context"
	"errors"
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
// changes nothing. One that cannot be started does not hold up the others, unless
// several in a row say that the engine is away; the error then says how many
// there are, and what the first one's was.
func CatchUp(ctx context.Context, archive *store.Archive, engine starter) error {
	var left leftovers
	plans, err := archive.Plans(ctx)
	if err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	for _, plan := range plans {
		left.try(func() error { return engine.StartEnrolments(ctx, plan.ID) })
	}
	proposals, err := archive.UnfinishedProposals(ctx)
	if err != nil {
		return errors.Join(left.err(), fmt.Errorf("catch up: %w", err))
	}
	for _, proposal := range proposals {
		left.try(func() error { return engine.StartBatch(ctx, proposal) })
	}
	err = hostInspections(ctx, archive, engine, &left)
	return errors.Join(left.err(), err)
}

// hopeless is how many failures in a row end a catch-up: an engine that is away
// lets each of thousands wait for its time to be up.
const hopeless = 5

// leftovers count what could not be started.
type leftovers struct {
	count int
	inRow int
	first error
}

// try starts one, unless there is no hope.
func (l *leftovers) try(start func() error) {
	if l.noHope() {
		return
	}
	err := start()
	if err == nil {
		l.inRow = 0
		return
	}
	l.inRow++
	if l.count++; l.first == nil {
		l.first = err
	}
}

func (l *leftovers) noHope() bool { return l.inRow >= hopeless }

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
	for !left.noHope() {
		subjects, err := archive.UnhostedInspections(ctx, after, hostBatch)
		if err != nil {
			return fmt.Errorf("catch up with the inspection: %w", err)
		}
		for _, subject := range subjects {
			left.try(func() error { return engine.HostInspection(ctx, subject) })
			after = subject
		}
		if len(subjects) < hostBatch {
			return nil
		}
	}
	return nil
}
