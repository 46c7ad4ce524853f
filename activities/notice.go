package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"golang.org/x/time/rate"

	"bangfu/models"
	"bangfu/models/store"
)

// DigestDay is a day whose digests are prepared or sent, and the workflow's now.
type DigestDay struct {
	Day models.Date `json:"day"`
	Now time.Time   `json:"now"`
}

// DigestsPrepared counts the digests of a day. Mail is false when no mail server
// is set or the day is no working day, so that there is nothing to send.
type DigestsPrepared struct {
	Prepared int  `json:"prepared"`
	Mail     bool `json:"mail"`
}

// DigestsSent counts one batch. Done is true when no digest waits any more.
type DigestsSent struct {
	Sent int  `json:"sent"`
	Done bool `json:"done"`
}

const (
	accountPage = 200
	digestPage  = 100
	// digestAttempts is how often a letter may be refused for good before it is
	// left to the pages, where its notices are anyway.
	digestAttempts = 5
)

// PrepareDigests gathers the day's notices into one digest a person: whoever has
// an address and an open account. On days that are not working days it does
// nothing; their notices are in the next digest.
func (a *Activities) PrepareDigests(ctx context.Context, day DigestDay) (DigestsPrepared, error) {
	if a.mail == nil {
		return DigestsPrepared{}, nil
	}
	calendar, err := a.archive.Calendar(ctx)
	if err != nil {
		return DigestsPrepared{}, fmt.Errorf("read the calendar: %w", err)
	}
	if !calendar.IsWorkday(day.Day) {
		return DigestsPrepared{}, nil
	}
	result := DigestsPrepared{Mail: true}
	page := store.Page{Size: accountPage}
	for {
		accounts, err := a.archive.Accounts(ctx, store.AccountFilter{State: store.AccountActive}, page)
		if err != nil {
			return result, fmt.Errorf("list accounts: %w", err)
		}
		recipients, err := a.recipients(ctx, accounts.Items)
		if err != nil {
			return result, err
		}
		prepared, err := a.archive.PrepareDigests(ctx, day.Day, recipients, day.Now)
		if err != nil {
			return result, err
		}
		result.Prepared += prepared
		activity.RecordHeartbeat(ctx)
		if page.After = accounts.Next; page.After == "" {
			return result, nil
		}
	}
}

// recipients are the accounts that have an address and something to be told.
func (a *Activities) recipients(ctx context.Context, accounts []store.Account) ([]store.Recipient, error) {
	var recipients []store.Recipient
	for _, account := range accounts {
		if account.Email == "" {
			continue
		}
		grants, err := a.archive.Grants(ctx, account.ID)
		if err != nil {
			return nil, err
		}
		recipient := store.Recipient{Account: account.ID, Address: account.Email, Interests: InterestsOf(account.Cadre, grants)}
		if len(recipient.Interests) > 0 {
			recipients = append(recipients, recipient)
		}
	}
	return recipients, nil
}

// The roles whose holders are told of an obligation's events.
const (
	roleOrganization         = "organization"
	roleDistrictOrganization = "district-organization"
	roleAdjudicator          = "adjudicator"
	roleContact              = "contact"
	roleLeader               = "leader"
	roleInspector            = "inspector"
	roleSigner               = "signer"
)

// InterestsOf is what somebody is told about: their own obligation, what waits
// at the stages where they review, and, in an organization department, what goes
// wrong in its units.
func InterestsOf(cadre models.CadreID, grants []store.Grant) []store.Interest {
	var interests []store.Interest
	if cadre != "" {
		interests = append(interests, store.Interest{Audience: models.ToClaimant, Cadre: cadre})
	}
	for _, grant := range grants {
		switch stage := models.Stage(grant.Role); stage {
		case models.StageDistrictScience, models.StageDistrictOrganization, models.StageCityScience:
			interests = append(interests, store.Interest{Audience: models.ToReviewers, Stage: stage, Path: grant.Path})
		}
		switch grant.Role {
		case roleOrganization, roleDistrictOrganization:
			interests = append(interests, store.Interest{Audience: models.ToOrganization, Path: grant.Path})
		case roleAdjudicator:
			interests = append(interests, store.Interest{Audience: models.ToAdjudicators, Path: grant.Path})
		case roleContact:
			interests = append(interests, store.Interest{Audience: models.ToContacts, Path: grant.Path})
		case roleLeader:
			interests = append(interests, store.Interest{Audience: models.ToLeaders, Path: grant.Path})
		case roleInspector:
			interests = append(interests, store.Interest{Audience: models.ToInspectors, Path: grant.Path},
				store.Interest{Audience: models.ToSigners, Path: grant.Path})
		case roleSigner:
			interests = append(interests, store.Interest{Audience: models.ToSigners, Path: grant.Path})
		}
	}
	return interests
}

// SendDigests mails one batch, those tried least first, over one connection. A
// digest is marked after the server took it: around a crash it may be sent twice,
// under one Message-ID, and is never lost. A server that is down fails the
// activity, which is tried again for as long as it takes.
func (a *Activities) SendDigests(ctx context.Context, day DigestDay) (DigestsSent, error) {
	if a.mail == nil {
		return DigestsSent{Done: true}, nil
	}
	filter := store.DigestFilter{Until: day.Day, AttemptsBelow: digestAttempts}
	pending, err := a.archive.PendingDigests(ctx, filter, store.Page{Size: digestPage})
	if err != nil {
		return DigestsSent{}, err
	}
	if len(pending.Items) == 0 {
		return DigestsSent{Done: true}, nil
	}
	connection, err := a.mail.connect(ctx)
	if err != nil {
		return DigestsSent{}, err
	}
	defer connection.close()
	var result DigestsSent
	limiter := rate.NewLimiter(rate.Limit(a.mail.settings.PerSecond), 1)
	for _, digest := range pending.Items {
		if err := limiter.Wait(ctx); err != nil {
			return result, err
		}
		sent, err := a.sendDigest(ctx, connection, digest)
		if err != nil {
			return result, err
		}
		if sent {
			result.Sent++
		}
		activity.RecordHeartbeat(ctx)
	}
	// A whole page that was refused for good is tried again until it runs out of
	// attempts; then nothing is pending.
	return result, nil
}

// sendDigest mails one digest and marks what became of it. An error means that
// the server, not the letter, is at fault.
func (a *Activities) sendDigest(ctx context.Context, connection *mailConnection, digest store.Digest) (sent bool, err error) {
	err = connection.send(letter{account: digest.Account, day: digest.Day, address: digest.Address, notices: digest.Notices})
	if errors.Is(err, errUnmailable) {
		a.logger.WarnContext(ctx, "a digest was refused for good", "account", string(digest.Account), "day", digest.Day.String())
		return false, a.archive.MarkFailed(ctx, digest.Account, digest.Day, "refused by the mail server")
	}
	if err != nil {
		return false, err
	}
	// The mark says that the server took it; its instant is for people to read.
	return true, a.archive.MarkSent(context.WithoutCancel(ctx), digest.Account, digest.Day, time.Now().UTC())
}
