package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// SavedViewLimit is how many views one account keeps.
const SavedViewLimit = 30

// sharedViewsShown bounds the views of others that one account sees: each may be
// counted.
const sharedViewsShown = 20

// ErrTooManyViews says that the account keeps as many views as it may.
var ErrTooManyViews = errors.New("the account keeps as many views as it may")

// SavedView is a filter of the ledger under a name. Its terms are the filter's
// names with their values; dates are models.RelativeDate. It holds no rights:
// whoever opens it sees what they see without it.
type SavedView struct {
	ID      string
	Account models.AccountID
	Name    string
	Terms   map[string][]string
	// SharedWith is the unit whose accounts may use it; empty for none.
	SharedWith models.UnitID
	// Starts marks the one view that the account's ledger opens with.
	Starts    bool
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

type savedViewRow struct {
	ID         string    `gorm:"column:view_id;primaryKey"`
	Account    string    `gorm:"column:account_id"`
	Name       string    `gorm:"column:name"`
	Terms      string    `gorm:"column:terms"`
	SharedUnit string    `gorm:"column:shared_unit"`
	Starts     bool      `gorm:"column:starts"`
	Version    int64     `gorm:"column:version"`
	CreatedAt  time.Time `gorm:"column:created_at;autoCreateTime:false"`
	UpdatedAt  time.Time `gorm:"column:updated_at;autoUpdateTime:false"`
}

func (savedViewRow) TableName() string { return "saved_views" }

func (r savedViewRow) view() (SavedView, error) {
	view := SavedView{
		ID: r.ID, Account: models.AccountID(r.Account), Name: r.Name, SharedWith: models.UnitID(r.SharedUnit),
		Starts: r.Starts, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
	if err := json.Unmarshal([]byte(r.Terms), &view.Terms); err != nil {
		return SavedView{}, fmt.Errorf("read the terms of view %s: %w", r.ID, err)
	}
	return view, nil
}

func rowOfView(view SavedView) (savedViewRow, error) {
	terms, err := json.Marshal(view.Terms)
	if err != nil {
		return savedViewRow{}, fmt.Errorf("write the terms of view %s: %w", view.ID, err)
	}
	return savedViewRow{
		ID: view.ID, Account: string(view.Account), Name: view.Name, Terms: string(terms),
		SharedUnit: string(view.SharedWith), Starts: view.Starts, Version: view.Version,
		CreatedAt: instant(view.CreatedAt), UpdatedAt: instant(view.UpdatedAt),
	}, nil
}

// CreateSavedView keeps a new view. Its account's row is locked meanwhile, so
// that two at once neither pass the limit nor both become the start.
func (a *Archive) CreateSavedView(ctx context.Context, view SavedView) error {
	view.Version = 1
	row, err := rowOfView(view)
	if err != nil {
		return err
	}
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := lockAccount(tx, view.Account); err != nil {
			return err
		}
		var count int64
		if err := tx.Model(&savedViewRow{}).Where("account_id = ?", row.Account).Count(&count).Error; err != nil {
			return err
		}
		if count >= SavedViewLimit {
			return ErrTooManyViews
		}
		if err := oneStart(tx, view); err != nil {
			return err
		}
		return known(tx.Create(&row).Error)
	})
	if err != nil {
		return fmt.Errorf("keep a view of %s: %w", view.Account, err)
	}
	return nil
}

func lockAccount(tx *gorm.DB, id models.AccountID) error {
	var row accountRow
	return known(locked(tx).Select("account_id").Where("account_id = ?", string(id)).Take(&row).Error)
}

// oneStart takes the mark from the account's other views. They change for their
// readers, so their versions count on.
func oneStart(tx *gorm.DB, view SavedView) error {
	if !view.Starts {
		return nil
	}
	return tx.Model(&savedViewRow{}).Where("account_id = ? AND view_id <> ? AND starts = ?", string(view.Account), view.ID, true).
		Updates(map[string]any{"starts": false, "version": gorm.Expr("version + 1")}).Error
}

// EditSavedView brings a view of its account to the given state, if its version
// is still the one named.
func (a *Archive) EditSavedView(ctx context.Context, view SavedView) error {
	row, err := rowOfView(view)
	if err != nil {
		return err
	}
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := lockAccount(tx, view.Account); err != nil {
			return err
		}
		result := tx.Model(&savedViewRow{}).
			Where("view_id = ? AND account_id = ? AND version = ?", row.ID, row.Account, row.Version).
			Updates(map[string]any{
				"name": row.Name, "terms": row.Terms, "shared_unit": row.SharedUnit, "starts": row.Starts,
				"version": gorm.Expr("version + 1"), "updated_at": row.UpdatedAt,
			})
		if err := changedView(tx, result, view.Account, row.ID); err != nil {
			return err
		}
		return oneStart(tx, view)
	})
	if err != nil {
		return fmt.Errorf("edit view %s: %w", view.ID, err)
	}
	return nil
}

// DeleteSavedView removes a view of its account, if its version is still the one
// named.
func (a *Archive) DeleteSavedView(ctx context.Context, account models.AccountID, id string, version int64) error {
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		result := tx.Where("view_id = ? AND account_id = ? AND version = ?", id, string(account), version).Delete(&savedViewRow{})
		return changedView(tx, result, account, id)
	})
	if err != nil {
		return fmt.Errorf("delete view %s: %w", id, err)
	}
	return nil
}

// changedView says why a change touched no row.
func changedView(tx *gorm.DB, result *gorm.DB, account models.AccountID, id string) error {
	switch {
	case result.Error != nil:
		return known(result.Error)
	case result.RowsAffected > 0:
		return nil
	}
	var there int64
	if err := tx.Model(&savedViewRow{}).Where("view_id = ? AND account_id = ?", id, string(account)).Count(&there).Error; err != nil {
		return err
	}
	if there == 0 {
		return ErrNotFound
	}
	return ErrVersion
}

// SavedViews are the account's own views, and those that others share with any
// of the units; each part by name.
func (a *Archive) SavedViews(ctx context.Context, account models.AccountID, units []models.UnitID) ([]SavedView, error) {
	var own, shared []savedViewRow
	if err := a.db(ctx).Where("account_id = ?", string(account)).Order("name, view_id").Find(&own).Error; err != nil {
		return nil, fmt.Errorf("list views of %s: %w", account, err)
	}
	if len(units) > 0 {
		err := a.db(ctx).Where("shared_unit IN ? AND account_id <> ?", units, string(account)).
			Order("name, view_id").Limit(sharedViewsShown).Find(&shared).Error
		if err != nil {
			return nil, fmt.Errorf("list views shared with %s: %w", account, err)
		}
	}
	views := make([]SavedView, 0, len(own)+len(shared))
	for _, row := range append(own, shared...) {
		view, err := row.view()
		if err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	return views, nil
}

// SavedView is one view that the account keeps or may use, or ErrNotFound.
func (a *Archive) SavedView(ctx context.Context, account models.AccountID, units []models.UnitID, id string) (SavedView, error) {
	query := a.db(ctx).Where("view_id = ? AND account_id = ?", id, string(account))
	if len(units) > 0 {
		query = a.db(ctx).Where("view_id = ? AND (account_id = ? OR shared_unit IN ?)", id, string(account), units)
	}
	var row savedViewRow
	if err := query.Take(&row).Error; err != nil {
		return SavedView{}, fmt.Errorf("read view %s: %w", id, known(err))
	}
	return row.view()
}
