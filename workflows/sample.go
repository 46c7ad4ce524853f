package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/inspection"
)

// SampleInput names the sample of a cycle.
type SampleInput struct {
	Plan    models.PlanID  `json:"plan"`
	Quarter models.Quarter `json:"quarter"`
}

// ID is the cycle's identity.
func (i SampleInput) ID() inspection.ID { return inspection.ID{Plan: i.Plan, Quarter: i.Quarter} }

var sampleKinds = kindsOf(inspection.Check{}, inspection.DecideHearing{})

// Sample hosts the sample of one cycle: it draws, takes what inspectors find, and
// carries a false credit to its obligation. It ends when every credit is settled,
// which may be after the quarter.
func Sample(ctx workflow.Context, input SampleInput) error {
	h := &subjectHost{subject: input.ID().SampleSubject(), workflow: SampleWorkflow, kinds: sampleKinds}
	if err := h.setup(ctx); err != nil {
		return err
	}
	if err := h.draw(ctx, input.ID()); err != nil {
		return leave(ctx, err)
	}
	for {
		if err := h.revoke(ctx, input.ID()); err != nil {
			return leave(ctx, err)
		}
		over, err := h.over(ctx)
		switch {
		case err != nil || over:
			return leave(ctx, err)
		case h.shouldContinue(ctx):
			return h.again(ctx, input)
		}
		if err := h.rest(ctx, time.Time{}, "", never); err != nil {
			return leave(ctx, err)
		}
	}
}

func (h *subjectHost) draw(ctx workflow.Context, id inspection.ID) error {
	if h.known() {
		return nil
	}
	var drawn inspection.DrawSample
	if err := activityOf(ctx, archiveScan("draw sample"), &drawn, steps.DrawSample, id); err != nil {
		return err
	}
	return h.own(ctx, "draw", drawn)
}

// revoke carries every false credit to its obligation and records the answer. It
// is repeated until the obligation takes or refuses it.
func (h *subjectHost) revoke(ctx workflow.Context, id inspection.ID) error {
	for _, item := range h.aggregate.(*inspection.Sample).Pending() {
		var answer inspection.AnswerRevocation
		options := commandDeliver("revoke " + string(item.Record))
		credit := activities.FalseCredit{Inspection: id, Item: item, Now: workflow.Now(ctx)}
		if err := activityOf(ctx, options, &answer, steps.RevokeCredit, credit); err != nil {
			return err
		}
		if err := h.system(ctx, "revocation/"+string(item.Record), answer); err != nil {
			return err
		}
	}
	return nil
}
