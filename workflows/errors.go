package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"bangfu/activities"
	"bangfu/models"
)

// The types of the application errors that workflows give. Clients match them,
// so they stay.
const (
	// TypeRefused carries a models.Refusal as its detail.
	TypeRefused = "refused"
	// TypeUnknownObligation ends a run whose obligation is not in the archive. The
	// run fails, and does not complete, so that it can be started once the
	// obligation is enrolled.
	TypeUnknownObligation = "obligation-unknown"
	// TypeUnknownSubject is the same for a subject of the inspection.
	TypeUnknownSubject = "subject-unknown"
	// TypeArchiveFault fails one command that the archive can neither take nor
	// refuse although it can be read. Nothing is known to have happened.
	TypeArchiveFault = "archive-fault"
	// typeOrphaned is the server's word for an update that was accepted by a run
	// which then closed: its outcome is known to the archive alone.
	typeOrphaned = "AcceptedUpdateCompletedWorkflow"
)

// What the client side answers besides a refusal (*models.Refusal).
var (
	// ErrUnavailable: nothing was accepted; the same command may be sent again.
	ErrUnavailable = errors.New("the engine cannot take commands now")
	// ErrPending: the command was accepted and its outcome is not known yet.
	ErrPending = errors.New("the command is accepted and under way")
	// ErrClosed: the obligation's workflow has ended.
	ErrClosed = activities.ErrClosed
)

// refuse wraps a refusal for the way through Temporal: expected, so benign, and
// useless to retry.
func refuse(refusal *models.Refusal) error {
	return temporal.NewApplicationErrorWithOptions("refused: "+string(refusal.Code), TypeRefused, temporal.ApplicationErrorOptions{
		NonRetryable: true,
		Category:     temporal.ApplicationErrorCategoryBenign,
		Details:      []any{*refusal},
	})
}

// refusalOf reads back what refuse wrapped.
func refusalOf(err error) (*models.Refusal, bool) {
	var application *temporal.ApplicationError
	if !errors.As(err, &application) || application.Type() != TypeRefused {
		return nil, false
	}
	var refusal models.Refusal
	readable := application.Details(&refusal)
	return &refusal, readable == nil && refusal.Code != ""
}

func isOrphaned(err error) bool {
	var application *temporal.ApplicationError
	return errors.As(err, &application) && application.Type() == typeOrphaned
}
