package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/pinyin"
)

type unitRow struct {
	UnitID         string `gorm:"column:unit_id;primaryKey"`
	Path           string `gorm:"column:path"`
	Name           string `gorm:"column:name"`
	ShortName      string `gorm:"column:short_name"`
	PinyinInitials string `gorm:"column:pinyin_initials"`
	Kind           string `gorm:"column:kind"`
	Parent         string `gorm:"column:parent"`
	ValidFrom      string `gorm:"column:valid_from"`
	ValidTo        string `gorm:"column:valid_to"`
	Successors     string `gorm:"column:successors"`
	Members        string `gorm:"column:members"`
	Note           string `gorm:"column:note"`
}

func (unitRow) TableName() string { return "units" }

func (r unitRow) unit() models.Unit {
	return models.Unit{
		ID: models.UnitID(r.UnitID), Path: r.Path, Name: r.Name, ShortName: r.ShortName,
		PinyinInitials: r.PinyinInitials, Kind: models.UnitKind(r.Kind), Parent: models.UnitID(r.Parent),
		ValidFrom: day(r.ValidFrom), ValidTo: day(r.ValidTo),
		Successors: identifiersFrom[models.UnitID](r.Successors), Members: identifiersFrom[models.UnitID](r.Members),
		Note: r.Note,
	}
}

// SaveUnits saves units, or brings saved ones to the given state. Initials that
// are missing are spelled.
func (a *Archive) SaveUnits(ctx context.Context, units []models.Unit) error {
	speller := pinyin.NewSpeller()
	rows := make([]unitRow, len(units))
	for i, unit := range units {
		if unit.PinyinInitials == "" {
			unit.PinyinInitials = speller.Initials(unit.Name)
		}
		rows[i] = unitRow{
			UnitID: string(unit.ID), Path: unit.Path, Name: unit.Name, ShortName: unit.ShortName,
			PinyinInitials: unit.PinyinInitials, Kind: string(unit.Kind), Parent: string(unit.Parent),
			ValidFrom: unit.ValidFrom.String(), ValidTo: unit.ValidTo.String(),
			Successors: identifiers(unit.Successors), Members: identifiers(unit.Members), Note: unit.Note,
		}
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error { return saveRows(tx, rows, "units") })
}

// UnitFilter narrows the list of units; empty fields do not.
type UnitFilter struct {
	// Under keeps the unit with this path and those below it.
	Under string
	Kind  models.UnitKind
	// Text is part of a name, initials, or the start of a code.
	Text string
	// On keeps the units that exist on the day.
	On models.Date
}

// Units are the units of the filter in the order of the tree. There are few
// enough of them to be read at once.
func (a *Archive) Units(ctx context.Context, filter UnitFilter) ([]models.Unit, error) {
	query := a.db(ctx)
	if filter.Under != "" {
		condition, bounds := under("path", filter.Under)
		query = query.Where(condition, bounds...)
	}
	if filter.Kind != "" {
		query = query.Where("kind = ?", string(filter.Kind))
	}
	if text := plainText(filter.Text); text != "" {
		query = query.Where(
			"(name LIKE ? ESCAPE '!' OR short_name LIKE ? ESCAPE '!' OR pinyin_initials LIKE ? ESCAPE '!' OR unit_id LIKE ? ESCAPE '!')",
			containing(text), containing(text), startingWith(lower(text)), startingWith(text))
	}
	if !filter.On.IsZero() {
		on := filter.On.String()
		query = query.Where("valid_from <= ? AND (valid_to = '' OR valid_to >= ?)", on, on)
	}
	var rows []unitRow
	if err := query.Order("path, unit_id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	return each(rows, unitRow.unit), nil
}

// UnitTree are all units as a tree that answers for days and successors.
func (a *Archive) UnitTree(ctx context.Context) (models.UnitTree, error) {
	units, err := a.Units(ctx, UnitFilter{})
	if err != nil {
		return models.UnitTree{}, err
	}
	return models.NewUnitTree(units), nil
}

// Unit is one unit, or ErrNotFound.
func (a *Archive) Unit(ctx context.Context, id models.UnitID) (models.Unit, error) {
	return unitOf(a.db(ctx), id)
}

// UnitPath is the path of a unit, or ErrNotFound.
func (a *Archive) UnitPath(ctx context.Context, id models.UnitID) (string, error) {
	return unitPathOf(a.db(ctx), id)
}

func unitOf(tx *gorm.DB, id models.UnitID) (models.Unit, error) {
	var row unitRow
	if err := tx.Where("unit_id = ?", string(id)).Take(&row).Error; err != nil {
		return models.Unit{}, fmt.Errorf("read unit %s: %w", id, known(err))
	}
	return row.unit(), nil
}

func unitPathOf(tx *gorm.DB, id models.UnitID) (string, error) {
	var row unitRow
	if err := tx.Select("path").Where("unit_id = ?", string(id)).Take(&row).Error; err != nil {
		return "", fmt.Errorf("read path of unit %s: %w", id, known(err))
	}
	return row.Path, nil
}
