package store

import (
	"context"
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
