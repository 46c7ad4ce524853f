package workflowtest

import (
	"context"
	"errors"
	"time"

	"bangfu/models"
	"bangfu/workflows"
)

// Patience bounds every wait of a test over a real server for what has to come:
// long enough for a machine that does much else, and for the work of a killed
// worker to be given to another.
const Patience = 4 * time.Minute

// Insist gives a command until it is known what became of it, under one key, as
// callers do that get a 202 or a 503.
func Insist(ctx context.Context, give func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for {
		err := give(ctx)
		if !errors.Is(err, workflows.ErrPending) && !errors.Is(err, workflows.ErrUnavailable) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Execute hands a command to the workflow of an obligation and answers what became
// of it.
func Execute(ctx context.Context, engine *workflows.Engine, id models.ObligationID, command models.Command) (receipt workflows.Receipt, err error) {
	err = Insist(ctx, func(ctx context.Context) (err error) {
		receipt, err = engine.Execute(ctx, id, command)
		return err
	})
	return receipt, err
}
