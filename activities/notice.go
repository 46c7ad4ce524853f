package activities

import (
	"context"
	"errors"
	"time"

	"bangfu/models"
)

// DigestDay is a day whose digests are prepared or sent, and the workflow's now.
type DigestDay struct {
	Day models.Date `json:"day"`
	Now time.Time   `json:"now"`
}

// DigestsPrepared counts the digests of a day. Mail is false when no mail server
// is set, so that there is nothing to send.
type DigestsPrepared struct {
	Prepared int  `json:"prepared"`
	Mail     bool `json:"mail"`
}

// DigestsSent counts one batch. Done is true when no digest waits any more.
type DigestsSent struct {
	Sent int  `json:"sent"`
	Done bool `json:"done"`
}

// PrepareDigests gathers the day's notices into one digest a person.
func (a *Activities) PrepareDigests(ctx context.Context, day DigestDay) (DigestsPrepared, error) {
	return DigestsPrepared{}, errors.ErrUnsupported
}

// SendDigests mails one batch.
func (a *Activities) SendDigests(ctx context.Context, day DigestDay) (DigestsSent, error) {
	return DigestsSent{}, errors.ErrUnsupported
}
