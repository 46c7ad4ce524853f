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
// changes nothing.
func CatchUp(ctx context.Context, archive *store.Archive, engine starter) error {
	plans, err := archive.Plans(ctx)
	if err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	for _, plan := range plans {
		if err := engine.StartEnrolments(ctx, plan.ID); err != nil {
			return fmt.Errorf("catch up with %s: %w", plan.ID, err)
		}
	}
	proposals, err := archive.UnfinishedProposals(ctx)
	if err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	for _, proposal := range proposals {
		if err := engine.StartBatch(ctx, proposal); err != nil {
			return fmt.Errorf("catch up with proposal %s: %w", proposal, err)
		}
	}
	return hostInspections(ctx, archive, engine)
}

// hostBatch is how many subjects are read at once.
const hostBatch = 200

func hostInspections(ctx context.Context, archive *store.Archive, engine starter) error {
	after := ""
	for {
		subjects, err := archive.UnhostedInspections(ctx, after, hostBatch)
		if err != nil {
			return fmt.Errorf("catch up with the inspection: %w", err)
		}
		for _, subject := range subjects {
			if err := engine.HostInspection(ctx, subject); err != nil {
				return fmt.Errorf("catch up with %s: %w", subject, err)
			}
			after = subject
		}
		if len(subjects) < hostBatch {
			return nil
		}
	}
}
