package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
)

// ErrPosting says that the posting has no unit or first day, or ends before it
// begins.
var ErrPosting = errors.New("the posting is incomplete")

type postingRow struct {
	PostingID     string `gorm:"column:posting_id;primaryKey"`
	CadreID       string `gorm:"column:cadre_id"`
	UnitID        string `gorm:"column:unit_id"`
	Title         string `gorm:"column:title"`
	FromOn        string `gorm:"column:from_on"`
	ToOn          string `gorm:"column:to_on"`
	SubstituteFor string `gorm:"column:substitute_for"`
}

func (postingRow) TableName() string { return "postings" }

func (r postingRow) posting() models.Posting {
	return models.Posting{
		Cadre: models.CadreID(r.CadreID), Unit: models.UnitID(r.UnitID), Title: r.Title,
		From: day(r.FromOn), To: day(r.ToOn), SubstituteFor: models.CadreID(r.SubstituteFor),
	}
}

func newPostingRow(posting models.Posting) (postingRow, error) {
	if posting.Cadre == "" || posting.Unit == "" || posting.From.IsZero() || (!posting.To.IsZero() && posting.To.Before(posting.From)) {
		return postingRow{}, fmt.Errorf("posting of %s: %w", posting.Cadre, ErrPosting)
	}
	key, err := newKey()
	return postingRow{
		PostingID: key, CadreID: string(posting.Cadre), UnitID: string(posting.Unit), Title: posting.Title,
		FromOn: posting.From.String(), ToOn: posting.To.String(), SubstituteFor: string(posting.SubstituteFor),
	}, err
}

// SavePostings saves postings, or brings the titles and last days of saved ones
// to the given state. A posting is known by cadre, unit and first day.
func (a *Archive) SavePostings(ctx context.Context, postings []models.Posting) error {
	rows := make([]postingRow, len(postings))
	cadres := make([]string, len(postings))
	for i, posting := range postings {
		row, err := newPostingRow(posting)
		if err != nil {
			return err
		}
		rows[i], cadres[i] = row, row.CadreID
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		return saveAndPlace(tx, rows, cadres)
	})
}

func saveAndPlace(tx *gorm.DB, rows []postingRow, cadres []string) error {
	if len(rows) > 0 {
		conflict := clause.OnConflict{
			Columns:   []clause.Column{{Name: "cadre_id"}, {Name: "unit_id"}, {Name: "from_on"}, {Name: "substitute_for"}},
			DoUpdates: clause.AssignmentColumns([]string{"title", "to_on"}),
		}
		if err := tx.Clauses(conflict).CreateInBatches(rows, savedAtOnce).Error; err != nil {
			return fmt.Errorf("save postings: %w", known(err))
		}
	}
	return placeCadres(tx, cadres)
}

// placeCadres repeats the unit of the posting in force in the cadre's own row:
// the latest that has not ended, or the latest of all. A post held for another
// (代理) does not move anybody.
func placeCadres(tx *gorm.DB, cadres []string) error {
	slices.Sort(cadres)
	for part := range slices.Chunk(slices.Compact(cadres), savedAtOnce) {
		err := tx.Exec(`UPDATE cadres SET
			unit_id = COALESCE((SELECT p.unit_id FROM postings p WHERE p.cadre_id = cadres.cadre_id AND p.substitute_for = ''
				ORDER BY (p.to_on = '') DESC, p.from_on DESC, p.posting_id DESC LIMIT 1), ''),
			unit_path = COALESCE((SELECT u.path FROM postings p JOIN units u ON u.unit_id = p.unit_id
				WHERE p.cadre_id = cadres.cadre_id AND p.substitute_for = ''
				ORDER BY (p.to_on = '') DESC, p.from_on DESC, p.posting_id DESC LIMIT 1), '')
			WHERE cadre_id IN ?`, part).Error
		if err != nil {
			return fmt.Errorf("place cadres in their units: %w", err)
		}
	}
	return nil
}

// Postings are all postings of a cadre, the latest first.
func (a *Archive) Postings(ctx context.Context, cadre models.CadreID) ([]models.Posting, error) {
	var rows []postingRow
	err := a.db(ctx).Where("cadre_id = ?", string(cadre)).Order("from_on DESC, posting_id DESC").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list postings of %s: %w", cadre, err)
	}
	return each(rows, postingRow.posting), nil
}

// AddPosting gives a known cadre another post in a known unit.
func (a *Archive) AddPosting(ctx context.Context, posting models.Posting, by models.AccountID, now time.Time) error {
	row, err := newPostingRow(posting)
	if err != nil {
		return err
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		if _, err := unitPathOf(tx, posting.Unit); err != nil {
			return err
		}
		if err := tx.Where("cadre_id = ?", row.CadreID).Take(&cadreRow{}).Error; err != nil {
			return fmt.Errorf("add posting of %s: %w", posting.Cadre, known(err))
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("add posting of %s: %w", posting.Cadre, known(err))
		}
		if err := placeCadres(tx, []string{row.CadreID}); err != nil {
			return err
		}
		return audit(tx, by, now, "posting-added", "cadre", row.CadreID, posting)
	})
}

// EndPosting sets the last day of the cadre's open posting in the unit.
func (a *Archive) EndPosting(
	ctx context.Context, cadre models.CadreID, unit models.UnitID, last models.Date, by models.AccountID, now time.Time,
) error {
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		result := tx.Model(&postingRow{}).
			Where("cadre_id = ? AND unit_id = ? AND to_on = '' AND from_on <= ?", string(cadre), string(unit), last.String()).
			Update("to_on", last.String())
		if result.Error != nil {
			return fmt.Errorf("end posting of %s: %w", cadre, result.Error)
		}
		if result.RowsAffected == 0 {
			return fmt.Errorf("end posting of %s: %w", cadre, ErrNotFound)
		}
		if err := placeCadres(tx, []string{string(cadre)}); err != nil {
			return err
		}
		return audit(tx, by, now, "posting-ended", "cadre", string(cadre), map[string]string{"unit": string(unit), "to": last.String()})
	})
}

// movePosting moves a cadre to a unit in the transaction of the transfer: the
// open postings end on the day before, a new one begins, with the same title.
// Moving twice to the same unit on the same day changes nothing.
func movePosting(tx *gorm.DB, cadre models.CadreID, to models.UnitID, on models.Date) error {
	var open []postingRow
	err := tx.Where("cadre_id = ? AND to_on = '' AND substitute_for = ''", string(cadre)).Order("from_on, posting_id").Find(&open).Error
	if err != nil {
		return fmt.Errorf("read postings of %s: %w", cadre, err)
	}
	title := ""
	for _, row := range open {
		if row.UnitID == string(to) {
			return nil
		}
		title = row.Title
		// A posting that began on the day of the move, or later, never was one day old.
		last := on.AddDays(-1)
		if last.Before(day(row.FromOn)) {
			last = day(row.FromOn)
		}
		if err := tx.Model(&postingRow{}).Where("posting_id = ?", row.PostingID).Update("to_on", last.String()).Error; err != nil {
			return fmt.Errorf("end posting of %s: %w", cadre, err)
		}
	}
	row, err := newPostingRow(models.Posting{Cadre: cadre, Unit: to, Title: title, From: on})
	if err != nil {
		return err
	}
	return saveAndPlace(tx, []postingRow{row}, []string{row.CadreID})
}
