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

// SignOnSubject is the digest of who somebody is at a provider of single
// sign-on. The subject itself is not kept: nobody needs to read it.
func SignOnSubject(issuer, subject string) string {
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	return hex.EncodeToString(sum[:])
}

// SetSignOnName enters the name under which the provider knows the person, or
// takes it away when it is empty. Who was linked before is so no longer. A name
// that another account has is ErrDuplicate.
func (a *Archive) SetSignOnName(ctx context.Context, id models.AccountID, version int64, name string, now time.Time) error {
	var stored *string
	if name != "" {
		stored = &name
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		err := bumpAccount(tx, id, version, map[string]any{"single_sign_on_name": stored, "single_sign_on_subject": nil}, now)
		if err != nil {
			return fmt.Errorf("enter a name of single sign-on: %w", known(err))
		}
		return nil
	})
}

// AccountBySignOn finds the account of somebody whom a provider vouches for. The
// first time it is the account with the name, which is linked to the subject;
// from then on only the subject decides, so that a name that the provider gives
// to somebody else later opens nothing. A disabled account is answered and never
// linked. ErrNotFound means that there is no such account.
func (a *Archive) AccountBySignOn(ctx context.Context, subject, name string, now time.Time) (Account, error) {
	linked, err := a.accountWhere(ctx, "single_sign_on_subject = ?", subject)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return linked, err
	}
	if name == "" {
		return Account{}, fmt.Errorf("find an account by single sign-on: %w", ErrNotFound)
	}
	named, err := a.accountWhere(ctx, "single_sign_on_name = ?", name)
	if err != nil {
		return Account{}, err
	}
	// MySQL compares texts without the blanks at their end.
	if named.SignOnName != name || named.SignOnLinked {
		return Account{}, fmt.Errorf("find an account by single sign-on: %w", ErrNotFound)
	}
	if named.State != AccountActive {
		return named, nil
	}
	result := a.db(ctx).Model(&accountRow{}).
		Where("account_id = ? AND single_sign_on_name = ? AND single_sign_on_subject IS NULL AND state = ?",
			string(named.ID), name, string(AccountActive)).
		Updates(map[string]any{"single_sign_on_subject": subject, "version": gorm.Expr("version + 1"), "updated_at": instant(now)})
	if err := result.Error; err != nil && !duplicate(known(err)) {
		return Account{}, fmt.Errorf("link %s to single sign-on: %w", named.ID, err)
	}
	// Whether this request linked it or another one at once: what is there counts.
	return a.accountWhere(ctx, "single_sign_on_subject = ?", subject)
}
