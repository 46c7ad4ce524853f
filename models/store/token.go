package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"bangfu/models"
)

// TokenPrefix begins every program's token, so that scanners find leaked ones.
const TokenPrefix = "bf_"

// Token lets a program act for an account, with some of its permissions.
type Token struct {
	ID      string
	Account models.AccountID
	Name    string
	// Scopes are permissions; never more than the account's own count.
	Scopes    []string
	CreatedAt time.Time
	ExpiresAt time.Time
	// UsedAt is zero until the first use.
	UsedAt time.Time
}

type tokenRow struct {
	ID        string     `gorm:"column:token_id;primaryKey"`
	Account   string     `gorm:"column:account_id"`
	Name      string     `gorm:"column:name"`
	Digest    string     `gorm:"column:digest"`
	Scopes    string     `gorm:"column:scopes"`
	CreatedAt time.Time  `gorm:"column:created_at;autoCreateTime:false"`
	ExpiresAt time.Time  `gorm:"column:expires_at"`
	UsedAt    *time.Time `gorm:"column:used_at"`
	RevokedAt *time.Time `gorm:"column:revoked_at"`
}

func (tokenRow) TableName() string { return "tokens" }

func (r tokenRow) token() Token {
	return Token{
		ID: r.ID, Account: models.AccountID(r.Account), Name: r.Name, Scopes: strings.Fields(r.Scopes),
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(), UsedAt: orZero(r.UsedAt),
	}
}

// newSecret is 26 characters of base32: 130 bits, so a plain digest suffices.
func newSecret() (secret, digest string) {
	secret = rand.Text()
	return secret, digestOfSecret(secret)
}

func digestOfSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// IssueToken keeps a new token and answers its secret, which is shown once.
func (a *Archive) IssueToken(ctx context.Context, token Token) (secret string, err error) {
	secret, digest := newSecret()
	row := tokenRow{
		ID: token.ID, Account: string(token.Account), Name: token.Name, Digest: digest,
		Scopes:    strings.Join(token.Scopes, " "),
		CreatedAt: instant(token.CreatedAt), ExpiresAt: instant(token.ExpiresAt),
	}
	if err := a.db(ctx).Create(&row).Error; err != nil {
		return "", fmt.Errorf("issue a token: %w", known(err))
	}
	return TokenPrefix + secret, nil
}

// UseToken finds the token of a secret that is neither expired nor revoked, or
// answers ErrNotFound.
func (a *Archive) UseToken(ctx context.Context, secret string, now time.Time) (Token, error) {
	bare, prefixed := strings.CutPrefix(secret, TokenPrefix)
	if !prefixed {
		return Token{}, fmt.Errorf("use a token: %w", ErrNotFound)
	}
	var row tokenRow
	err := a.db(ctx).Where("digest = ? AND revoked_at IS NULL AND expires_at > ?", digestOfSecret(bare), instant(now)).
		Take(&row).Error
	if err != nil {
		return Token{}, fmt.Errorf("use a token: %w", known(err))
	}
	if row.UsedAt == nil || now.Sub(*row.UsedAt) > TouchInterval {
		used := a.db(ctx).Model(&tokenRow{}).Where("token_id = ?", row.ID).Update("used_at", instant(now))
		if used.Error != nil {
			return Token{}, fmt.Errorf("note the use of token %s: %w", row.ID, used.Error)
		}
	}
	return row.token(), nil
}

// Tokens lists the tokens of an account that are not revoked, newest first.
func (a *Archive) Tokens(ctx context.Context, account models.AccountID) ([]Token, error) {
	var rows []tokenRow
	err := a.db(ctx).Where("account_id = ? AND revoked_at IS NULL", string(account)).
		Order("created_at DESC, token_id").Limit(MaximumPageSize).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list tokens of %s: %w", account, err)
	}
	tokens := make([]Token, len(rows))
	for i, row := range rows {
		tokens[i] = row.token()
	}
	return tokens, nil
}

// RevokeToken ends a token of an account.
func (a *Archive) RevokeToken(ctx context.Context, account models.AccountID, id string, now time.Time) error {
	result := a.db(ctx).Model(&tokenRow{}).Where("account_id = ? AND token_id = ? AND revoked_at IS NULL", string(account), id).
		Update("revoked_at", instant(now))
	if result.Error != nil {
		return fmt.Errorf("revoke token %s: %w", id, result.Error)
	}
	if result.RowsAffected == 0 {
		return fmt.Errorf("revoke token %s: %w", id, ErrNotFound)
	}
	return nil
}
