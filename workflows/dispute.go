package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
)

// AdjudicationInput is an adjudicator's decision between two claims. Its command
// is the adjudication of the claimant's record; what the holder's obligation is
// told follows from it.
type AdjudicationInput struct {
	// Command has a body of models.Adjudicate. Its ID is the idempotency key.
	Command  models.Command      `json:"command"`
	Claimant models.ObligationID `json:"claimant"`
	// Holder has the record HolderRecord, against which the dispute was brought.
	Holder       models.ObligationID `json:"holder"`
	HolderRecord models.RecordID     `json:"holderRecord"`
}

// adjudicate is the body of the command.
func (i AdjudicationInput) adjudicate() (models.Adjudicate, error) {
	body, ok := i.Command.Body.(models.Adjudicate)
	if !ok || body.Dispute == "" || i.Command.ID == "" || !i.Claimant.Valid() || !i.Holder.Valid() || i.HolderRecord == "" {
		return models.Adjudicate{}, models.Refuse(models.RefusedUnknownCommand)
	}
	return body, nil
}

// AdjudicationResult tells what became of the decision. Refusal is set when the
// decision as a whole had no effect; HolderRefusal when the holder's record held
// nothing any more, which does not stop the decision.
type AdjudicationResult struct {
	Refusal       *models.Refusal `json:"refusal,omitempty"`
	HolderRefusal *models.Refusal `json:"holderRefusal,omitempty"`
}

// refused reports whether the decision had no effect.
func (r AdjudicationResult) refused() bool { return r.Refusal != nil }

// Adjudication carries a decision to both obligations, in an order that never
// leaves two credits: an upheld dispute takes the enterprise from the holder
// first, then gives it to the claimant. Each step is repeated until it is taken
// or refused, so the decision is carried out in full whatever fails between.
//
// A claimant that withdrew in the meantime orphans nothing: the archive gives the
// enterprise to the claimant's record only while that is still disputed, and
// frees it otherwise.
func Adjudication(ctx workflow.Context, input AdjudicationInput) (AdjudicationResult, error) {
	body, err := input.adjudicate()
	if err != nil {
		return AdjudicationResult{}, asRefused(err)
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("- dispute `%s`, upheld: %t, decided on %s\n", body.Dispute, body.Upheld, models.DateOf(input.Command.At)))
	var result AdjudicationResult
	if body.Upheld {
		if err := yieldHolder(ctx, input, body, &result); err != nil || result.refused() {
			return result, err
		}
	}
	err = deliver(ctx, "adjudicate", input.Claimant, input.Command, &result.Refusal)
	return result, err
}

// yieldHolder checks that the claimant's side would be taken, then tells the
// holder. A refusal in the result ends the decision.
func yieldHolder(ctx workflow.Context, input AdjudicationInput, body models.Adjudicate, result *AdjudicationResult) error {
	check := activities.Delivery{Obligation: input.Claimant, Command: input.Command}
	var foreseen activities.DeliveryResult
	foreseeing := workflow.WithActivityOptions(ctx, commandDeliver("foresee"))
	if err := workflow.ExecuteActivity(foreseeing, steps.ForeseeCommand, check).Get(ctx, &foreseen); err != nil {
		return fmt.Errorf("foresee the adjudication of %s: %w", body.Dispute, err)
	}
	result.Refusal = foreseen.Refusal
	if result.refused() {
		return nil
	}
	yield := models.Command{
		ID: YieldCommandID(input.Command.ID), At: input.Command.At, Actor: input.Command.Actor,
		Body: models.Yield{Record: input.HolderRecord, Dispute: body.Dispute, To: body.Record},
	}
	if err := deliver(ctx, "yield", input.Holder, yield, &result.HolderRefusal); err != nil {
		return err
	}
	// A holder that withdrew, was rejected or revoked holds nothing: the decision
	// goes on. Any other refusal means that the enterprise cannot be taken.
	if result.HolderRefusal != nil && result.HolderRefusal.Code != models.RefusedRecordState {
		result.Refusal = result.HolderRefusal
	}
	return nil
}

// deliver hands a command to an obligation until it is taken or refused.
func deliver(ctx workflow.Context, summary string, to models.ObligationID, command models.Command, refusal **models.Refusal) error {
	var result activities.DeliveryResult
	ctx = workflow.WithActivityOptions(ctx, commandDeliver(summary))
	err := workflow.ExecuteActivity(ctx, steps.DeliverCommand, activities.Delivery{Obligation: to, Command: command}).Get(ctx, &result)
	if err != nil {
		return fmt.Errorf("%s on %s: %w", summary, to, err)
	}
	*refusal = result.Refusal
	return nil
}

// adjudicationPatience is how long the client side waits for both steps.
const adjudicationPatience = 5 * time.Second
