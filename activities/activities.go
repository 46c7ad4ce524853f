// Package activities is the only way in which workflows touch the world: the
// archive, mail, and other obligations. Every activity may run twice, and the
// second time changes nothing; none asks the clock what the time of an event is.
package activities

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gocloud.dev/blob"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// ErrClosed says that the obligation's workflow has ended.
var ErrClosed = errors.New("the obligation's workflow has ended")

// Engine is what activities need of the client side of the workflows.
type Engine interface {
	// Start starts an obligation's workflow, or finds it running; ErrClosed says
	// that it has ended.
	Start(ctx context.Context, id models.ObligationID) error
	// StartEnrolments sees to it that the enrolled obligations of a plan get
	// their workflows.
	StartEnrolments(ctx context.Context, plan models.PlanID) error
	// StartBatch starts the workflow that carries an approved proposal out, or
	// finds it running.
	StartBatch(ctx context.Context, proposal models.ProposalID) error
	// Deliver gives a command to an obligation and waits for its outcome. It
	// answers a *models.Refusal, or an error after which the same command may be
	// sent again.
	Deliver(ctx context.Context, id models.ObligationID, command models.Command) error
	// DeliverInspection is Deliver for a subject of the inspection; a subject that
	// no workflow hosts is hosted again.
	DeliverInspection(ctx context.Context, subject string, command inspection.Command) error
	// HostInspection starts the workflow of a subject of the inspection that is not
	// over, or finds it running.
	HostInspection(ctx context.Context, subject string) error
	// HostedInspections reports of each subject of the inspection whether its
	// workflow is open.
	HostedInspections(ctx context.Context, subjects []string) (map[string]bool, error)
	// Hosted reports of each obligation whether its workflow is open.
	Hosted(ctx context.Context, ids []models.ObligationID) (map[models.ObligationID]bool, error)
}

// Settings bound what activities do to the world.
type Settings struct {
	// StartsPerSecond bounds how fast obligations are started; 50 if zero.
	StartsPerSecond float64
	Mail            MailSettings
	Logger          *slog.Logger
	// Files hold the sheets of imports and the files of issued bulletins, where the
	// API has them; nil leaves them alone.
	Files *blob.Bucket
	// KeepRosters is how long the sheet of an import is kept; 365 days if zero,
	// for ever if negative.
	KeepRosters time.Duration
}

// Activities carries out what workflows ask for. Make it with New.
type Activities struct {
	archive         *store.Archive
	engine          Engine
	mail            *mailer
	startsPerSecond float64
	logger          *slog.Logger
	files           *blob.Bucket
	keepRosters     time.Duration
}

// New makes the activities over an archive and an engine.
func New(archive *store.Archive, engine Engine, settings Settings) (*Activities, error) {
	if settings.StartsPerSecond <= 0 {
		settings.StartsPerSecond = 50
	}
	if settings.KeepRosters == 0 {
		settings.KeepRosters = 365 * 24 * time.Hour
	}
	if settings.Logger == nil {
		settings.Logger = slog.New(slog.DiscardHandler)
	}
	mail, err := newMailer(settings.Mail)
	if err != nil {
		return nil, err
	}
	return &Activities{
		archive: archive, engine: engine, mail: mail,
		startsPerSecond: settings.StartsPerSecond, logger: settings.Logger,
		files: settings.Files, keepRosters: settings.KeepRosters,
	}, nil
}
