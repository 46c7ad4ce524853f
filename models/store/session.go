package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// Session is a browser that is logged in.
type Session struct {
	// ID names the session without opening it.
	ID        string
	Account   models.AccountID
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

type sessionRow struct {
	Digest    string    `gorm:"column:token_digest;primaryKey"`
	ID        string    `gorm:"column:session_id"`
	Account   string    `gorm:"column:account_id"`
	Content   []byte    `gorm:"column:content"`
	CreatedAt time.Time `gorm:"column:created_at;autoCreateTime:false"`
	SeenAt    time.Time `gorm:"column:seen_at"`
	ExpiresAt time.Time `gorm:"column:expires_at"`
}

func (sessionRow) TableName() string { return "sessions" }

func (r sessionRow) session() Session {
	return Session{
		ID: r.ID, Account: models.AccountID(r.Account), CreatedAt: r.CreatedAt.UTC(),
		SeenAt: r.SeenAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
}

// SessionID names the session with the digest of its token.
func SessionID(digest string) string {
	sum := sha256.Sum256([]byte("session/" + digest))
	return hex.EncodeToString(sum[:8])
}

// SessionByDigest reads a session that has not expired, with its content.
func (a *Archive) SessionByDigest(ctx context.Context, digest string, now time.Time) (session Session, content []byte, found bool, err error) {
	var row sessionRow
	err = a.db(ctx).Where("token_digest = ? AND expires_at > ?", digest, instant(now)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Session{}, nil, false, nil
	}
	if err != nil {
		return Session{}, nil, false, fmt.Errorf("read a session: %w", err)
	}
	return row.session(), row.Content, true, nil
}

// OpenSession keeps a new session.
func (a *Archive) OpenSession(ctx context.Context, digest string, account models.AccountID, content []byte, expires, now time.Time) error {
	row := sessionRow{
		Digest: digest, ID: SessionID(digest), Account: string(account), Content: content,
		CreatedAt: instant(now), SeenAt: instant(now), ExpiresAt: instant(expires),
	}
	if err := a.db(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("open a session: %w", known(err))
	}
	return nil
}

// KeepSession writes what changed of a session. One that was revoked meanwhile
// is not brought back.
func (a *Archive) KeepSession(ctx context.Context, digest string, account models.AccountID, content []byte, expires, now time.Time) error {
	err := a.db(ctx).Model(&sessionRow{}).Where("token_digest = ?", digest).Updates(map[string]any{
		"account_id": string(account), "content": content, "seen_at": instant(now), "expires_at": instant(expires),
	}).Error
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	return nil
}

// TouchInterval is how old "last seen" may be before it is written again, so
// that reading does not write to the archive each time.
const TouchInterval = time.Minute

// DropSession ends the session with the digest.
func (a *Archive) DropSession(ctx context.Context, digest string) error {
	if err := a.db(ctx).Where("token_digest = ?", digest).Delete(&sessionRow{}).Error; err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// DropExpiredSessions tidies up; sessions that expired are dead anyway.
func (a *Archive) DropExpiredSessions(ctx context.Context, now time.Time) error {
	if err := a.db(ctx).Where("expires_at <= ?", instant(now)).Delete(&sessionRow{}).Error; err != nil {
		return fmt.Errorf("drop expired sessions: %w", err)
	}
	return nil
}

// Sessions lists the sessions of an account that are open, newest first.
func (a *Archive) Sessions(ctx context.Context, account models.AccountID, now time.Time) ([]Session, error) {
	var rows []sessionRow
	err := a.db(ctx).Omit("content").Where("account_id = ? AND expires_at > ?", string(account), instant(now)).
		Order("created_at DESC, session_id").Limit(MaximumPageSize).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list sessions of %s: %w", account, err)
	}
	sessions := make([]Session, len(rows))
	for i, row := range rows {
		sessions[i] = row.session()
	}
	return sessions, nil
}

// RevokeSession ends one session of an account.
func (a *Archive) RevokeSession(ctx context.Context, account models.AccountID, id string) error {
	result := a.db(ctx).Where("account_id = ? AND session_id = ?", string(account), id).Delete(&sessionRow{})
	if result.Error != nil {
		return fmt.Errorf("revoke session %s: %w", id, result.Error)
	}
	if result.RowsAffected == 0 {
		return fmt.Errorf("revoke session %s: %w", id, ErrNotFound)
	}
	return nil
}

// sessionKey is the sort key of the list of open sessions.
type sessionKey struct {
	At time.Time
	ID string
}

// OpenSessionFilter narrows the open sessions. Zero fields do not.
type OpenSessionFilter struct {
	Account models.AccountID
	// Who is the log-in name or the name of the account.
	Who string
}

// OpenSessions lists everybody's open sessions, newest first.
func (a *Archive) OpenSessions(ctx context.Context, chosen OpenSessionFilter, now time.Time, page Page) (Paged[Session], error) {
	filter := struct{ List, Account, Who string }{"open-sessions", string(chosen.Account), chosen.Who}
	var key sessionKey
	found, err := page.position(filter, &key)
	if err != nil {
		return Paged[Session]{}, err
	}
	query := a.db(ctx).Omit("content").Where("expires_at > ? AND account_id <> ''", instant(now))
	if chosen.Account != "" {
		query = query.Where("account_id = ?", string(chosen.Account))
	}
	if chosen.Who != "" {
		query = query.Where("account_id IN (?)", a.whoseAccounts(ctx, chosen.Who))
	}
	if found {
		query = query.Where("(created_at < ? OR (created_at = ? AND session_id < ?))", instant(key.At), instant(key.At), key.ID)
	}
	var rows []sessionRow
	if err := query.Order("created_at DESC, session_id DESC").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Session]{}, fmt.Errorf("list open sessions: %w", err)
	}
	cut, err := paged(page, filter, rows, func(row sessionRow) sessionKey {
		return sessionKey{At: row.CreatedAt.UTC(), ID: row.ID}
	})
	return mapped(cut, sessionRow.session), err
}
