package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
)

// GrantsOfCadre lists the roles in force of the active accounts of a cadre,
// oldest first: what somebody who stands in for the cadre works with.
func (a *Archive) GrantsOfCadre(ctx context.Context, cadre models.CadreID) ([]Grant, error) {
	if cadre == "" {
		return nil, nil
	}
	accounts := a.db(ctx).Model(&accountRow{}).Select("account_id").
		Where("cadre_id = ? AND state = ?", string(cadre), string(AccountActive))
	var rows []grantRow
	err := a.db(ctx).Where("account_id IN (?) AND revoked_at IS NULL", accounts).Order("granted_at, grant_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list grants of cadre %s: %w", cadre, err)
	}
	return each(rows, grantRow.grant), nil
}

// AccountNames are the names of the accounts of a page. Whether the caller may
// see them is asked before.
func (a *Archive) AccountNames(ctx context.Context, accounts []models.AccountID) (map[models.AccountID]string, error) {
	names := make(map[models.AccountID]string, len(accounts))
	if len(accounts) == 0 {
		return names, nil
	}
	var rows []accountRow
	if err := a.db(ctx).Select("account_id", "name").Where("account_id IN ?", accounts).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("name accounts: %w", err)
	}
	for _, row := range rows {
		names[models.AccountID(row.ID)] = row.Name
	}
	return names, nil
}

// Candidate is an account that could stand in for somebody.
type Candidate struct {
	Account models.AccountID
	Login   string
	Name    string
	// Cadre and Unit are set when it belongs to a cadre of the registry.
	Cadre models.CadreID
	Unit  models.UnitID
}

// Candidates are active accounts within the reach whose name, initials, number
// or log-in name match the text, by name: those of its cadres, and those without
// a cadre that have a role in one of its units. The roles that are named exclude
// their holders.
func (a *Archive) Candidates(ctx context.Context, reach Reach, text string, excluded []string, most int) ([]Candidate, error) {
	return a.candidates(ctx, reach, excluded, most, func(query *gorm.DB) *gorm.DB {
		text := plainText(text)
		if text == "" {
			return query
		}
		return query.Where("(accounts.name LIKE ? ESCAPE '!' OR cadres.name LIKE ? ESCAPE '!' OR cadres.pinyin_initials LIKE ? ESCAPE '!'"+
			" OR cadres.cadre_id LIKE ? ESCAPE '!' OR accounts.login LIKE ? ESCAPE '!')",
			containing(text), containing(text), startingWith(lower(text)), startingWith(text), startingWith(lower(text)))
	})
}

// Candidate is the account if it could stand in for somebody, or ErrNotFound.
func (a *Archive) Candidate(ctx context.Context, reach Reach, account models.AccountID, excluded []string) (Candidate, error) {
	found, err := a.candidates(ctx, reach, excluded, 1, func(query *gorm.DB) *gorm.DB {
		return query.Where("accounts.account_id = ?", string(account))
	})
	switch {
	case err != nil:
		return Candidate{}, err
	case len(found) == 0:
		return Candidate{}, fmt.Errorf("look for deputy %s: %w", account, ErrNotFound)
	default:
		return found[0], nil
	}
}

func (a *Archive) candidates(ctx context.Context, reach Reach, excluded []string, most int, narrow func(*gorm.DB) *gorm.DB) ([]Candidate, error) {
	var rows []struct {
		AccountID, Login, AccountName string
		CadreID, UnitID               *string
	}
	query := a.db(ctx).Table("accounts").
		Select("accounts.account_id AS account_id, accounts.login AS login, accounts.name AS account_name, cadres.cadre_id AS cadre_id, cadres.unit_id AS unit_id").
		Joins("LEFT JOIN cadres ON cadres.cadre_id = accounts.cadre_id").
		Where("accounts.state = ?", string(AccountActive))
	held := a.db(ctx).Model(&grantRow{}).Select("account_id").Where("revoked_at IS NULL")
	if !reach.All {
		cadres := a.db(ctx).Model(&cadreRow{}).Select("cadre_id").Scopes(reach.scope("unit_path", "cadre_id"))
		roles := held.Session(&gorm.Session{}).Scopes(reach.scope("unit_path", ""))
		query = query.Where("(accounts.cadre_id IN (?) OR accounts.cadre_id = '' AND accounts.account_id IN (?))", cadres, roles)
	}
	if len(excluded) > 0 {
		query = query.Where("accounts.account_id NOT IN (?)", held.Session(&gorm.Session{}).Where("role_name IN ?", excluded))
	}
	if err := narrow(query).Order("accounts.name, accounts.account_id").Limit(most).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list deputies: %w", err)
	}
	found := make([]Candidate, len(rows))
	for i, row := range rows {
		found[i] = Candidate{Account: models.AccountID(row.AccountID), Login: row.Login, Name: row.AccountName}
		if row.CadreID != nil && row.UnitID != nil {
			found[i].Cadre, found[i].Unit = models.CadreID(*row.CadreID), models.UnitID(*row.UnitID)
		}
	}
	return found, nil
}
