package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// NewPassword replaces a password.
type NewPassword struct {
	// Hash is Argon2id; empty takes the password away.
	Hash string
	// MustChange: somebody else set it, so the person sets another.
	MustChange bool
	// KeepSession is the digest of the one session that stays, if any.
	KeepSession string
	// History is how many former hashes are kept, the replaced one among them.
	History int
}

type formerPasswordRow struct {
	ID        string    `gorm:"column:former_id;primaryKey"`
	Account   string    `gorm:"column:account_id"`
	Hash      string    `gorm:"column:hash"`
	RetiredAt time.Time `gorm:"column:retired_at"`
}

func (formerPasswordRow) TableName() string { return "former_passwords" }

// SetPassword replaces the password of an account that is still of the version,
// keeps the former hash, opens the lock and ends the account's other sessions.
func (a *Archive) SetPassword(ctx context.Context, id models.AccountID, version int64, password NewPassword, now time.Time) error {
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		var changedAt *time.Time
		if password.Hash != "" {
			changedAt = instantOrNull(now)
		}
		// The account first: its row is then locked, and the hash that is read
		// next is the one that is replaced.
		err := bumpAccount(tx, id, version, map[string]any{
			"must_change": password.MustChange, "failures": 0, "locked_until": nil, "password_changed_at": changedAt,
		}, now)
		if err != nil {
			return err
		}
		if err := retirePassword(tx, id, password.History, now); err != nil {
			return err
		}
		if err := tx.Model(&accountRow{}).Where("account_id = ?", string(id)).Update("password_hash", password.Hash).Error; err != nil {
			return fmt.Errorf("set the password of %s: %w", id, err)
		}
		if err := tx.Where("account_id = ? AND token_digest <> ?", string(id), password.KeepSession).Delete(&sessionRow{}).Error; err != nil {
			return fmt.Errorf("end the sessions of %s: %w", id, err)
		}
		return nil
	})
}

// retirePassword moves the present hash, if there is one, to the former ones and
// forgets those beyond the history.
func retirePassword(tx *gorm.DB, id models.AccountID, history int, now time.Time) error {
	var present accountRow
	if err := tx.Select("password_hash").Where("account_id = ?", string(id)).Take(&present).Error; err != nil {
		return fmt.Errorf("read the password of %s: %w", id, known(err))
	}
	if present.PasswordHash != "" {
		key, err := newKey()
		if err != nil {
			return err
		}
		row := formerPasswordRow{ID: key, Account: string(id), Hash: present.PasswordHash, RetiredAt: instant(now)}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("keep a former password of %s: %w", id, err)
		}
	}
	former, err := formerPasswords(tx, id)
	if err != nil {
		return err
	}
	for _, row := range former[min(max(history, 0), len(former)):] {
		if err := tx.Where("former_id = ?", row.ID).Delete(&formerPasswordRow{}).Error; err != nil {
			return fmt.Errorf("forget a former password of %s: %w", id, err)
		}
	}
	return nil
}

func formerPasswords(tx *gorm.DB, id models.AccountID) ([]formerPasswordRow, error) {
	var rows []formerPasswordRow
	err := tx.Where("account_id = ?", string(id)).Order("retired_at DESC, former_id DESC").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read former passwords of %s: %w", id, err)
	}
	return rows, nil
}

// FormerPasswords are the hashes of the passwords that an account had, the
// latest first, at most so many.
func (a *Archive) FormerPasswords(ctx context.Context, id models.AccountID, most int) ([]string, error) {
	rows, err := formerPasswords(a.db(ctx), id)
	if err != nil {
		return nil, err
	}
	hashes := make([]string, 0, len(rows))
	for _, row := range rows[:min(max(most, 0), len(rows))] {
		hashes = append(hashes, row.Hash)
	}
	return hashes, nil
}
