package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// AccountState says whether an account may log in.
type AccountState string

// An account is active or disabled; it is never deleted, since the log names it.
const (
	AccountActive   AccountState = "active"
	AccountDisabled AccountState = "disabled"
)

// Valid reports whether the state exists.
func (s AccountState) Valid() bool { return s == AccountActive || s == AccountDisabled }

// Account is who may log in.
type Account struct {
	ID models.AccountID
	// Login is compared without case.
	Login string
	Name  string
	// Cadre is set when the account belongs to a cadre.
	Cadre models.CadreID
	Email string
	State AccountState
	// PasswordHash is Argon2id; empty means no password. PasswordChangedAt is when
	// it was set, zero without one.
	PasswordHash      string
	PasswordChangedAt time.Time
	// MustChange: the password was set by somebody else.
	MustChange bool
	// SecondFactor is the sealed secret of the second factor; empty means none.
	SecondFactor string
	// SignOnName is the person's name at the provider of single sign-on, empty when
	// they have none; SignOnLinked: somebody came under it, and only they may.
	SignOnName   string
	SignOnLinked bool
	// Failures are wrong passwords in a row; LockedUntil is zero when open.
	Failures    int
	LockedUntil time.Time
	// Version counts changes of the account and of its grants.
	Version              int64
	CreatedAt, UpdatedAt time.Time
}

type accountRow struct {
	ID            string     `gorm:"column:account_id;primaryKey"`
	Login         string     `gorm:"column:login"`
	Name          string     `gorm:"column:name"`
	Cadre         string     `gorm:"column:cadre_id"`
	Email         string     `gorm:"column:email"`
	State         string     `gorm:"column:state"`
	PasswordHash  string     `gorm:"column:password_hash"`
	ChangedAt     *time.Time `gorm:"column:password_changed_at"`
	MustChange    bool       `gorm:"column:must_change"`
	Failures      int        `gorm:"column:failures"`
	LockedUntil   *time.Time `gorm:"column:locked_until"`
	SecondFactor  string     `gorm:"column:second_factor"`
	FactorStep    int64      `gorm:"column:second_factor_step"`
	SignOnName    *string    `gorm:"column:single_sign_on_name"`
	SignOnSubject *string    `gorm:"column:single_sign_on_subject"`
	Version       int64      `gorm:"column:version"`
	CreatedAt     time.Time  `gorm:"column:created_at;autoCreateTime:false"`
	UpdatedAt     time.Time  `gorm:"column:updated_at;autoUpdateTime:false"`
}

func (accountRow) TableName() string { return "accounts" }

func (r accountRow) account() Account {
	account := Account{
		ID: models.AccountID(r.ID), Login: r.Login, Name: r.Name, Cadre: models.CadreID(r.Cadre), Email: r.Email,
		State: AccountState(r.State), PasswordHash: r.PasswordHash, PasswordChangedAt: orZero(r.ChangedAt),
		MustChange: r.MustChange, Failures: r.Failures, LockedUntil: orZero(r.LockedUntil),
		SecondFactor: r.SecondFactor, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		SignOnLinked: r.SignOnSubject != nil,
	}
	if r.SignOnName != nil {
		account.SignOnName = *r.SignOnName
	}
	return account
}

// foldLogin is the form in which log-in names are kept and compared.
func foldLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// CreateAccount adds an account as version 1, or answers ErrDuplicate when its
// ID or its log-in name is taken.
func (a *Archive) CreateAccount(ctx context.Context, account Account, now time.Time) error {
	if foldLogin(account.Login) == "" {
		return errors.New("create account: it has no log-in name")
	}
	// The IDs of commands are <account>:<key>, so that no account may have a
	// colon: it could take the commands of another one.
	if account.ID == "" || len(account.ID) > 64 || strings.ContainsFunc(string(account.ID), notOfAnID) {
		return fmt.Errorf("create account: %q is no ID", account.ID)
	}
	if account.State == "" {
		account.State = AccountActive
	}
	row := accountRow{
		ID: string(account.ID), Login: foldLogin(account.Login), Name: account.Name, Cadre: string(account.Cadre),
		Email: account.Email, State: string(account.State), PasswordHash: account.PasswordHash,
		MustChange: account.MustChange, Version: 1, CreatedAt: instant(now), UpdatedAt: instant(now),
	}
	if account.PasswordHash != "" {
		row.ChangedAt = instantOrNull(now)
	}
	if err := a.db(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("create account %s: %w", account.ID, known(err))
	}
	return nil
}

func notOfAnID(letter rune) bool {
	return letter <= ' ' || letter > '~' || letter == ':' || letter == '/'
}

// Account reads an account by its ID.
func (a *Archive) Account(ctx context.Context, id models.AccountID) (Account, error) {
	return a.accountWhere(ctx, "account_id = ?", string(id))
}

// AccountByLogin reads an account by its log-in name.
func (a *Archive) AccountByLogin(ctx context.Context, login string) (Account, error) {
	return a.accountWhere(ctx, "login = ?", foldLogin(login))
}

func (a *Archive) accountWhere(ctx context.Context, condition, value string) (Account, error) {
	var row accountRow
	if err := a.db(ctx).Where(condition, value).Take(&row).Error; err != nil {
		return Account{}, fmt.Errorf("read account: %w", known(err))
	}
	return row.account(), nil
}

// KnownAs is what an officer recognises an account by.
type KnownAs struct{ Login, Name string }

// KnownAs tells what the accounts of a page are recognised by. Whether the
// caller may see it is asked before.
func (a *Archive) KnownAs(ctx context.Context, accounts []models.AccountID) (map[models.AccountID]KnownAs, error) {
	known := make(map[models.AccountID]KnownAs, len(accounts))
	if len(accounts) == 0 {
		return known, nil
	}
	var rows []accountRow
	if err := a.db(ctx).Select("account_id", "login", "name").Where("account_id IN ?", accounts).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("recognise accounts: %w", err)
	}
	for _, row := range rows {
		known[models.AccountID(row.ID)] = KnownAs{Login: row.Login, Name: row.Name}
	}
	return known, nil
}

// whoseAccounts are those whose log-in name or name it is, for a condition.
func (a *Archive) whoseAccounts(ctx context.Context, who string) *gorm.DB {
	return a.db(ctx).Model(&accountRow{}).Select("account_id").
		Where("login = ? OR name = ?", foldLogin(who), strings.TrimSpace(who))
}

// AccountFilter narrows the list of accounts. Zero fields do not.
type AccountFilter struct {
	// Login is the beginning of the log-in name.
	Login string
	State AccountState
	Cadre models.CadreID
}

// Accounts lists accounts by log-in name.
func (a *Archive) Accounts(ctx context.Context, filter AccountFilter, page Page) (Paged[Account], error) {
	filter.Login = foldLogin(filter.Login)
	query := a.db(ctx).Order("login").Limit(page.limit() + 1)
	if filter.Login != "" {
		query = query.Where("login >= ? AND login < ?", filter.Login, successor(filter.Login))
	}
	if filter.State != "" {
		query = query.Where("state = ?", string(filter.State))
	}
	if filter.Cadre != "" {
		query = query.Where("cadre_id = ?", string(filter.Cadre))
	}
	var after string
	if found, err := page.position(filter, &after); err != nil {
		return Paged[Account]{}, err
	} else if found {
		query = query.Where("login > ?", after)
	}
	var rows []accountRow
	if err := query.Find(&rows).Error; err != nil {
		return Paged[Account]{}, fmt.Errorf("list accounts: %w", err)
	}
	cut, err := paged(page, filter, rows, func(row accountRow) string { return row.Login })
	return mapped(cut, accountRow.account), err
}

// AccountChange names what an edit changes; nil leaves a field as it is.
type AccountChange struct {
	Name, Email *string
	State       *AccountState
}

// UpdateAccount edits an account that is still of the version, or answers
// ErrVersion. Disabling ends its sessions.
func (a *Archive) UpdateAccount(ctx context.Context, id models.AccountID, version int64, change AccountChange, now time.Time) error {
	values := map[string]any{}
	if change.Name != nil {
		values["name"] = *change.Name
	}
	if change.Email != nil {
		values["email"] = *change.Email
	}
	if change.State != nil {
		values["state"] = string(*change.State)
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := bumpAccount(tx, id, version, values, now); err != nil {
			return err
		}
		if change.State == nil || *change.State == AccountActive {
			return nil
		}
		if err := tx.Where("account_id = ?", string(id)).Delete(&sessionRow{}).Error; err != nil {
			return fmt.Errorf("end the sessions of %s: %w", id, err)
		}
		return nil
	})
}

// bumpAccount changes an account of the version and counts the change.
func bumpAccount(tx *gorm.DB, id models.AccountID, version int64, values map[string]any, now time.Time) error {
	set := map[string]any{"version": gorm.Expr("version + 1"), "updated_at": instant(now)}
	for column, value := range values {
		set[column] = value
	}
	result := tx.Model(&accountRow{}).Where("account_id = ? AND version = ?", string(id), version).Updates(set)
	if result.Error != nil {
		return fmt.Errorf("change account %s: %w", id, result.Error)
	}
	if result.RowsAffected == 1 {
		return nil
	}
	var count int64
	if err := tx.Model(&accountRow{}).Where("account_id = ?", string(id)).Count(&count).Error; err != nil {
		return fmt.Errorf("look for account %s: %w", id, err)
	}
	if count == 0 {
		return fmt.Errorf("change account %s: %w", id, ErrNotFound)
	}
	return fmt.Errorf("change account %s: %w", id, ErrVersion)
}

// SignInFailed counts a wrong password. The limit-th in a row locks the account
// for a time; the count begins anew when the lock opens.
func (a *Archive) SignInFailed(ctx context.Context, id models.AccountID, limit int, lockFor time.Duration, now time.Time) error {
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		// One statement first, so that two failures at once count twice.
		counted := tx.Model(&accountRow{}).Where("account_id = ?", string(id)).Update("failures", gorm.Expr("failures + 1"))
		if counted.Error != nil {
			return fmt.Errorf("count a failed log-in of %s: %w", id, counted.Error)
		}
		err := tx.Model(&accountRow{}).Where("account_id = ? AND failures >= ?", string(id), limit).
			Updates(map[string]any{"failures": 0, "locked_until": instant(now.Add(lockFor))}).Error
		if err != nil {
			return fmt.Errorf("lock account %s: %w", id, err)
		}
		return nil
	})
}

// SignInSucceeded forgets the wrong passwords.
func (a *Archive) SignInSucceeded(ctx context.Context, id models.AccountID) error {
	err := a.db(ctx).Model(&accountRow{}).Where("account_id = ? AND failures > 0", string(id)).
		Updates(map[string]any{"failures": 0, "locked_until": nil}).Error
	if err != nil {
		return fmt.Errorf("forget failed log-ins of %s: %w", id, err)
	}
	return nil
}
