package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// Grant gives an account a role in a part of the unit tree.
type Grant struct {
	ID      string
	Account models.AccountID
	// Role is one of those of the access policy.
	Role string
	Unit models.UnitID
	// Path is the unit's in the tree.
	Path string
	// By is the officer who gave it, or the system.
	By models.AccountID
	At time.Time
}

type grantRow struct {
	ID        string     `gorm:"column:grant_id;primaryKey"`
	Account   string     `gorm:"column:account_id"`
	Role      string     `gorm:"column:role_name"`
	Unit      string     `gorm:"column:unit_id"`
	Path      string     `gorm:"column:unit_path"`
	GrantedBy string     `gorm:"column:granted_by"`
	GrantedAt time.Time  `gorm:"column:granted_at"`
	RevokedBy string     `gorm:"column:revoked_by"`
	RevokedAt *time.Time `gorm:"column:revoked_at"`
}

func (grantRow) TableName() string { return "grants" }

func (r grantRow) grant() Grant {
	return Grant{
		ID: r.ID, Account: models.AccountID(r.Account), Role: r.Role, Unit: models.UnitID(r.Unit),
		Path: r.Path, By: models.AccountID(r.GrantedBy), At: r.GrantedAt.UTC(),
	}
}

// Grants lists the roles of an account that are in force, oldest first.
func (a *Archive) Grants(ctx context.Context, account models.AccountID) ([]Grant, error) {
	var rows []grantRow
	err := a.db(ctx).Where("account_id = ? AND revoked_at IS NULL", string(account)).
		Order("granted_at, grant_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list grants of %s: %w", account, err)
	}
	return each(rows, grantRow.grant), nil
}

// AddGrant gives a role to an account that is still of the version, or answers
// ErrVersion: whoever checked the account's other roles checked the right ones.
// The same role at the same place answers ErrDuplicate.
func (a *Archive) AddGrant(ctx context.Context, grant Grant, version int64) error {
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := bumpAccount(tx, grant.Account, version, nil, grant.At); err != nil {
			return err
		}
		var same int64
		err := tx.Model(&grantRow{}).Where("account_id = ? AND role_name = ? AND unit_path = ? AND revoked_at IS NULL",
			string(grant.Account), grant.Role, grant.Path).Count(&same).Error
		if err != nil {
			return fmt.Errorf("look for the same grant: %w", err)
		}
		if same > 0 {
			return fmt.Errorf("grant %s to %s: %w", grant.Role, grant.Account, ErrDuplicate)
		}
		row := grantRow{
			ID: grant.ID, Account: string(grant.Account), Role: grant.Role, Unit: string(grant.Unit), Path: grant.Path,
			GrantedBy: string(grant.By), GrantedAt: instant(grant.At),
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("grant %s to %s: %w", grant.Role, grant.Account, known(err))
		}
		return nil
	})
}

// RevokeGrant takes a role back from an account that is still of the version.
// The grant stays in the table with its end.
func (a *Archive) RevokeGrant(ctx context.Context, account models.AccountID, id string, by models.AccountID, version int64, now time.Time) error {
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := bumpAccount(tx, account, version, nil, now); err != nil {
			return err
		}
		result := tx.Model(&grantRow{}).Where("grant_id = ? AND account_id = ? AND revoked_at IS NULL", id, string(account)).
			Updates(map[string]any{"revoked_by": string(by), "revoked_at": instant(now)})
		if result.Error != nil {
			return fmt.Errorf("revoke grant %s: %w", id, result.Error)
		}
		if result.RowsAffected == 0 {
			return fmt.Errorf("revoke grant %s: %w", id, ErrNotFound)
		}
		return nil
	})
}
