package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// IdleAccount is an active account that somebody should look at, and why.
type IdleAccount struct {
	Account Account
	// NeverUsed: created long ago, and nobody ever came by it.
	NeverUsed bool
	// PostEnded: it belongs to a cadre who holds no post on the day.
	PostEnded bool
}

// The conditions know whether an account was ever used, and not how often or
// when: nobody is measured by it.
const (
	neverUsedCondition = `(accounts.created_at <= ?
 AND NOT EXISTS (SELECT 1 FROM access_log l WHERE l.account_id = accounts.account_id AND l.status < 400)
 AND NOT EXISTS (SELECT 1 FROM tokens t WHERE t.account_id = accounts.account_id AND t.used_at IS NOT NULL))`
	postEndedCondition = `(accounts.cadre_id <> '' AND NOT EXISTS (SELECT 1 FROM postings p
 WHERE p.cadre_id = accounts.cadre_id AND p.from_on <= ? AND (p.to_on = '' OR p.to_on >= ?)))`
)

// idleAccounts chooses active accounts that were created before the instant and
// never used, or whose cadre holds no post on the day.
func idleAccounts(db *gorm.DB, createdBefore time.Time, on models.Date) *gorm.DB {
	day := on.String()
	return db.Model(&accountRow{}).Where("accounts.state = ?", string(AccountActive)).
		Where("("+neverUsedCondition+" OR "+postEndedCondition+")", instant(createdBefore), day, day)
}

type idleRow struct {
	// Account is exported because gorm fills no other.
	Account   accountRow `gorm:"embedded"`
	NeverUsed bool       `gorm:"column:never_used"`
	PostEnded bool       `gorm:"column:post_ended"`
}

func (r idleRow) idle() IdleAccount {
	return IdleAccount{Account: r.Account.account(), NeverUsed: r.NeverUsed, PostEnded: r.PostEnded}
}

// IdleAccounts lists the active accounts that were created before the instant
// and never used, or whose cadre holds no post on the day, by log-in name.
func (a *Archive) IdleAccounts(ctx context.Context, createdBefore time.Time, on models.Date, page Page) (Paged[IdleAccount], error) {
	// The conditions move with time; a page token does not.
	filter := struct{ List string }{"idle-accounts"}
	var after string
	found, err := page.position(filter, &after)
	if err != nil {
		return Paged[IdleAccount]{}, err
	}
	day := on.String()
	query := idleAccounts(a.db(ctx), createdBefore, on).
		Select("accounts.*, "+neverUsedCondition+" AS never_used, "+postEndedCondition+" AS post_ended", instant(createdBefore), day, day).
		Order("accounts.login").Limit(page.limit() + 1)
	if found {
		query = query.Where("accounts.login > ?", after)
	}
	var rows []idleRow
	if err := query.Find(&rows).Error; err != nil {
		return Paged[IdleAccount]{}, fmt.Errorf("list idle accounts: %w", err)
	}
	cut, err := paged(page, filter, rows, func(row idleRow) string { return row.Account.Login })
	return mapped(cut, idleRow.idle), err
}

// CountIdleAccounts counts what IdleAccounts lists.
func (a *Archive) CountIdleAccounts(ctx context.Context, createdBefore time.Time, on models.Date) (count int64, err error) {
	if err := idleAccounts(a.db(ctx), createdBefore, on).Count(&count).Error; err != nil {
		return 0, fmt.Errorf("count idle accounts: %w", err)
	}
	return count, nil
}
