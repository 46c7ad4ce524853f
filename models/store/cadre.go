package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/pinyin"
)

type cadreRow struct {
	CadreID        string    `gorm:"column:cadre_id;primaryKey"`
	Name           string    `gorm:"column:name"`
	PinyinInitials string    `gorm:"column:pinyin_initials"`
	CadreRank      string    `gorm:"column:cadre_rank"`
	UnitID         string    `gorm:"column:unit_id"`
	UnitPath       string    `gorm:"column:unit_path"`
	Version        int64     `gorm:"column:version"`
	Created        time.Time `gorm:"column:created_at"`
	Updated        time.Time `gorm:"column:updated_at"`
}

func (cadreRow) TableName() string { return "cadres" }

// CadreEntry is a cadre as the registry holds it, with the unit of the posting
// in force.
type CadreEntry struct {
	models.Cadre
	Unit     models.UnitID `json:"unit"`
	UnitPath string        `json:"unitPath"`
	Version  int64         `json:"version"`
}

func (r cadreRow) entry() CadreEntry {
	return CadreEntry{
		Cadre: models.Cadre{
			ID: models.CadreID(r.CadreID), Name: r.Name, PinyinInitials: r.PinyinInitials, Rank: models.Rank(r.CadreRank),
		},
		Unit: models.UnitID(r.UnitID), UnitPath: r.UnitPath, Version: r.Version,
	}
}

func newCadreRow(cadre models.Cadre, speller *pinyin.Speller, now time.Time) cadreRow {
	if cadre.PinyinInitials == "" {
		cadre.PinyinInitials = speller.NameInitials(cadre.Name)
	}
	return cadreRow{
		CadreID: string(cadre.ID), Name: cadre.Name, PinyinInitials: cadre.PinyinInitials, CadreRank: string(cadre.Rank),
		Version: 1, Created: instant(now), Updated: instant(now),
	}
}

// SaveCadres saves cadres, or brings the names and ranks of saved ones to the
// given state. Postings are saved by SavePostings.
func (a *Archive) SaveCadres(ctx context.Context, cadres []models.Cadre) error {
	rows, speller, now := make([]cadreRow, len(cadres)), pinyin.NewSpeller(), time.Now()
	for i, cadre := range cadres {
		rows[i] = newCadreRow(cadre, speller, now)
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		return saveRows(tx, rows, "cadres", "name", "pinyin_initials", "cadre_rank")
	})
}

// Cadre is one cadre within the reach, or ErrNotFound.
func (a *Archive) Cadre(ctx context.Context, reach Reach, id models.CadreID) (CadreEntry, error) {
	var row cadreRow
	err := a.db(ctx).Scopes(reach.scope("unit_path", "cadre_id")).Where("cadre_id = ?", string(id)).Take(&row).Error
	if err != nil {
		return CadreEntry{}, fmt.Errorf("read cadre %s: %w", id, known(err))
	}
	return row.entry(), nil
}

// CadreFilter narrows the list of cadres; empty fields do not.
type CadreFilter struct {
	// Under keeps the cadres of the unit with this path and of those below it.
	Under string
	Rank  models.Rank
	// Text is part of a name, initials, or the start of a personnel number.
	Text string
}

// Cadres are the cadres within the reach, by unit and personnel number.
func (a *Archive) Cadres(ctx context.Context, reach Reach, filter CadreFilter, page Page) (Paged[CadreEntry], error) {
	query := a.db(ctx).Scopes(reach.scope("unit_path", "cadre_id"))
	if filter.Under != "" {
		condition, bounds := under("unit_path", filter.Under)
		query = query.Where(condition, bounds...)
	}
	if filter.Rank != "" {
		query = query.Where("cadre_rank = ?", string(filter.Rank))
	}
	if text := plainText(filter.Text); text != "" {
		query = query.Where("(name LIKE ? ESCAPE '!' OR pinyin_initials LIKE ? ESCAPE '!' OR cadre_id LIKE ? ESCAPE '!')",
			containing(text), startingWith(lower(text)), startingWith(text))
	}
	var last [2]string
	after, err := page.position(filter, &last)
	if err != nil {
		return Paged[CadreEntry]{}, err
	}
	if after {
		query = query.Where("(unit_path > ? OR (unit_path = ? AND cadre_id > ?))", last[0], last[0], last[1])
	}
	var rows []cadreRow
	if err := query.Order("unit_path, cadre_id").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[CadreEntry]{}, fmt.Errorf("list cadres: %w", err)
	}
	result, err := paged(page, filter, rows, func(r cadreRow) [2]string { return [2]string{r.UnitPath, r.CadreID} })
	return mapped(result, cadreRow.entry), err
}

// EditCadre changes a cadre's name or rank, if it is still at the version that
// the editor saw; otherwise ErrVersion.
func (a *Archive) EditCadre(ctx context.Context, cadre models.Cadre, version int64, by models.AccountID, now time.Time) error {
	row := newCadreRow(cadre, pinyin.NewSpeller(), now)
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		result := tx.Model(&cadreRow{}).Where("cadre_id = ? AND version = ?", row.CadreID, version).Updates(map[string]any{
			"name": row.Name, "pinyin_initials": row.PinyinInitials, "cadre_rank": row.CadreRank,
			"version": version + 1, "updated_at": row.Updated,
		})
		if result.Error != nil {
			return fmt.Errorf("edit cadre %s: %w", cadre.ID, result.Error)
		}
		if result.RowsAffected != 1 {
			return fmt.Errorf("edit cadre %s: %w", cadre.ID, missingOrChanged(tx, "cadres", "cadre_id", row.CadreID))
		}
		return audit(tx, by, now, "cadre-edited", "cadre", row.CadreID, map[string]string{"rank": row.CadreRank})
	})
}

// missingOrChanged tells why no row of the expected version was there.
func missingOrChanged(tx *gorm.DB, table, column, key string) error {
	var count int64
	if err := tx.Table(table).Where(column+" = ?", key).Count(&count).Error; err != nil {
		return fmt.Errorf("look for %s in %s: %w", key, table, err)
	}
	if count == 0 {
		return ErrNotFound
	}
	return ErrVersion
}

type substitutionRow struct {
	SubstitutionID string    `gorm:"column:substitution_id;primaryKey"`
	AccountID      string    `gorm:"column:account_id"`
	ByCadre        string    `gorm:"column:by_cadre"`
	ForCadre       string    `gorm:"column:for_cadre"`
	FromOn         string    `gorm:"column:from_on"`
	UntilOn        string    `gorm:"column:until_on"`
	Reason         string    `gorm:"column:reason"`
	CreatedBy      string    `gorm:"column:created_by"`
	Created        time.Time `gorm:"column:created_at"`
}

func (substitutionRow) TableName() string { return "substitutions" }

// Substitution lets an account act for a cadre for a time, visibly (代理). It
// also bars the account from deciding on that cadre's claims.
type Substitution struct {
	ID      string           `json:"id"`
	Account models.AccountID `json:"account"`
	// By is the cadre whose account it is, if it is one's.
	By  models.CadreID `json:"by,omitempty"`
	For models.CadreID `json:"for"`
	// From and Until are the first and the last day.
	From      models.Date      `json:"from"`
	Until     models.Date      `json:"until"`
	Reason    string           `json:"reason"`
	CreatedBy models.AccountID `json:"createdBy"`
	CreatedAt time.Time        `json:"createdAt"`
}

func (r substitutionRow) substitution() Substitution {
	return Substitution{
		ID: r.SubstitutionID, Account: models.AccountID(r.AccountID), By: models.CadreID(r.ByCadre),
		For: models.CadreID(r.ForCadre), From: day(r.FromOn), Until: day(r.UntilOn), Reason: r.Reason,
		CreatedBy: models.AccountID(r.CreatedBy), CreatedAt: r.Created.UTC(),
	}
}

// ErrSubstitution says that the substitution lacks an account, a cadre or a last
// day, or that the cadre would stand in for themselves.
var ErrSubstitution = errors.New("the substitution is incomplete")

// AddSubstitution adds a substitution and answers it with its ID.
func (a *Archive) AddSubstitution(ctx context.Context, added Substitution, by models.AccountID, now time.Time) (Substitution, error) {
	if added.Account == "" || added.For == "" || added.By == added.For ||
		added.From.IsZero() || added.Until.Before(added.From) {
		return Substitution{}, ErrSubstitution
	}
	key, err := newKey()
	if err != nil {
		return Substitution{}, err
	}
	row := substitutionRow{
		SubstitutionID: key, AccountID: string(added.Account), ByCadre: string(added.By), ForCadre: string(added.For),
		FromOn: added.From.String(), UntilOn: added.Until.String(), Reason: added.Reason,
		CreatedBy: string(by), Created: instant(now),
	}
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("add substitution for %s: %w", added.For, known(err))
		}
		return audit(tx, by, now, "substitution-added", "cadre", row.ForCadre, map[string]string{
			"substitution": key, "account": row.AccountID, "from": row.FromOn, "until": row.UntilOn,
		})
	})
	return row.substitution(), err
}

// EndSubstitution sets the last day of a substitution to an earlier one.
func (a *Archive) EndSubstitution(ctx context.Context, id string, last models.Date, by models.AccountID, now time.Time) error {
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		var row substitutionRow
		if err := tx.Where("substitution_id = ?", id).Take(&row).Error; err != nil {
			return fmt.Errorf("end substitution %s: %w", id, known(err))
		}
		if !last.Before(day(row.UntilOn)) {
			return nil
		}
		if err := tx.Model(&substitutionRow{}).Where("substitution_id = ?", id).Update("until_on", last.String()).Error; err != nil {
			return fmt.Errorf("end substitution %s: %w", id, err)
		}
		return audit(tx, by, now, "substitution-ended", "cadre", row.ForCadre, map[string]string{
			"substitution": id, "until": last.String(),
		})
	})
}

// SubstitutesOf are those who may act for the cadre on the day, and all of them
// for the zero day.
func (a *Archive) SubstitutesOf(ctx context.Context, cadre models.CadreID, on models.Date) ([]Substitution, error) {
	query := a.db(ctx).Where("for_cadre = ?", string(cadre))
	if !on.IsZero() {
		query = query.Where("from_on <= ? AND until_on >= ?", on.String(), on.String())
	}
	var rows []substitutionRow
	if err := query.Order("from_on, substitution_id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list substitutes of %s: %w", cadre, err)
	}
	return each(rows, substitutionRow.substitution), nil
}

// SubstituteFor are the cadres for whom the account may act on the day.
func (a *Archive) SubstituteFor(ctx context.Context, account models.AccountID, on models.Date) ([]models.CadreID, error) {
	var cadres []models.CadreID
	err := a.db(ctx).Model(&substitutionRow{}).Distinct("for_cadre").
		Where("account_id = ? AND from_on <= ? AND until_on >= ?", string(account), on.String(), on.String()).
		Order("for_cadre").Pluck("for_cadre", &cadres).Error
	if err != nil {
		return nil, fmt.Errorf("list whom %s stands in for: %w", account, err)
	}
	return cadres, nil
}
