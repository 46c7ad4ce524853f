package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bangfu/models"
)

// LoginLink opens a session for an account once.
type LoginLink struct {
	Account models.AccountID
	// Opens is the path on this server that follows.
	Opens     string
	ExpiresAt time.Time
}

type loginLinkRow struct {
	Digest    string     `gorm:"column:digest;primaryKey"`
	Account   string     `gorm:"column:account_id"`
	Opens     string     `gorm:"column:opens"`
	CreatedAt time.Time  `gorm:"column:created_at;autoCreateTime:false"`
	ExpiresAt time.Time  `gorm:"column:expires_at"`
	UsedAt    *time.Time `gorm:"column:used_at"`
}

func (loginLinkRow) TableName() string { return "login_links" }

// IssueLoginLink makes a link for the account that is good once until the time
// is over, and then opens the path. It answers the link's secret.
func (a *Archive) IssueLoginLink(ctx context.Context, account models.AccountID, opens string, ttl time.Duration) (secret string, err error) {
	// Only a path of this server: never another site, whatever was asked for.
	if !strings.HasPrefix(opens, "/") || strings.HasPrefix(opens, "//") || strings.ContainsAny(opens, "\\\r\n") {
		return "", fmt.Errorf("issue a log-in link: %q is not a path of this server", opens)
	}
	if _, err := a.Account(ctx, account); err != nil {
		return "", fmt.Errorf("issue a log-in link: %w", err)
	}
	secret, digest := newSecret()
	now := time.Now()
	row := loginLinkRow{
		Digest: digest, Account: string(account), Opens: opens,
		CreatedAt: instant(now), ExpiresAt: instant(now.Add(ttl)),
	}
	if err := a.db(ctx).Create(&row).Error; err != nil {
		return "", fmt.Errorf("issue a log-in link: %w", known(err))
	}
	return secret, nil
}

// LoginLink looks at a link without using it; ErrNotFound when it is no longer
// good.
func (a *Archive) LoginLink(ctx context.Context, secret string, now time.Time) (LoginLink, error) {
	var row loginLinkRow
	err := a.db(ctx).Where("digest = ? AND used_at IS NULL AND expires_at > ?", digestOfSecret(secret), instant(now)).
		Take(&row).Error
	if err != nil {
		return LoginLink{}, fmt.Errorf("look at a log-in link: %w", known(err))
	}
	return LoginLink{Account: models.AccountID(row.Account), Opens: row.Opens, ExpiresAt: row.ExpiresAt.UTC()}, nil
}

// RedeemLoginLink uses a link up. Of two who try at once, one gets ErrNotFound.
func (a *Archive) RedeemLoginLink(ctx context.Context, secret string, now time.Time) (LoginLink, error) {
	link, err := a.LoginLink(ctx, secret, now)
	if err != nil {
		return LoginLink{}, err
	}
	result := a.db(ctx).Model(&loginLinkRow{}).
		Where("digest = ? AND used_at IS NULL AND expires_at > ?", digestOfSecret(secret), instant(now)).
		Update("used_at", instant(now))
	if result.Error != nil {
		return LoginLink{}, fmt.Errorf("use a log-in link: %w", result.Error)
	}
	if result.RowsAffected != 1 {
		return LoginLink{}, fmt.Errorf("use a log-in link: %w", ErrNotFound)
	}
	return link, nil
}
