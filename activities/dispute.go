package activities

import (
	"context"
	"errors"
	"fmt"

	"bangfu/models"
	"bangfu/models/store"
)

// Delivery is a command on its way to an obligation.
type Delivery struct {
	Obligation models.ObligationID `json:"obligation"`
	Command    models.Command      `json:"command"`
}

// DeliveryResult says whether the command was taken. A refusal is an answer, not
// an error.
type DeliveryResult struct {
	Refusal *models.Refusal `json:"refusal,omitempty"`
}

// ForeseeCommand asks the rules what they would say to a command, as of the
// archive, and changes nothing.
func (a *Activities) ForeseeCommand(ctx context.Context, delivery Delivery) (DeliveryResult, error) {
	if applied, err := a.applied(ctx, delivery.Command.ID); applied || err != nil {
		return DeliveryResult{}, err
	}
	loaded, err := a.archive.LoadObligation(ctx, delivery.Obligation)
	if errors.Is(err, store.ErrNotFound) && !loaded.Obligation.Enrolled() {
		return DeliveryResult{Refusal: models.Refuse(models.RefusedNotEnrolled)}, nil
	}
	if err != nil {
		return DeliveryResult{}, fmt.Errorf("load obligation %s: %w", delivery.Obligation, err)
	}
	_, err = loaded.Obligation.Decide(delivery.Command, loaded.Rules)
	return answered(err)
}

// DeliverCommand gives a command to an obligation. A refusal of a command that
// took effect in an earlier attempt is no refusal: the archive knows.
func (a *Activities) DeliverCommand(ctx context.Context, delivery Delivery) (DeliveryResult, error) {
	if applied, err := a.applied(ctx, delivery.Command.ID); applied || err != nil {
		return DeliveryResult{}, err
	}
	result, err := answered(a.engine.Deliver(ctx, delivery.Obligation, delivery.Command))
	if result.Refusal == nil {
		return result, err
	}
	if applied, err := a.applied(ctx, delivery.Command.ID); applied || err != nil {
		return DeliveryResult{}, err
	}
	return result, nil
}

func answered(err error) (DeliveryResult, error) {
	if refusal, refused := models.AsRefusal(err); refused {
		return DeliveryResult{Refusal: refusal}, nil
	}
	return DeliveryResult{}, err
}

// applied reports whether the command took effect.
func (a *Activities) applied(ctx context.Context, id models.CommandID) (bool, error) {
	row, err := a.archive.Command(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read command %s: %w", id, err)
	}
	return row.State == store.CommandApplied, nil
}
