package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
	"bangfu/models/inspection"
)

// snapshotGoalRow is one goal as it stood at the cut-off. Unit is the unit that
// is inspected, office the cadre's own; met counts at most what is required, and
// head is the digest of the obligation's last event before the cut-off.
type snapshotGoalRow struct {
	Plan     string `gorm:"column:plan;primaryKey"`
	Quarter  string `gorm:"column:quarter;primaryKey"`
	Unit     string `gorm:"column:unit;primaryKey"`
	Cadre    string `gorm:"column:cadre;primaryKey"`
	Kind     string `gorm:"column:kind;primaryKey"`
	Office   string `gorm:"column:office"`
	Required int    `gorm:"column:required"`
	Met      int    `gorm:"column:met"`
	Credits  int    `gorm:"column:credits"`
	Exempted bool   `gorm:"column:exempted"`
	Due      string `gorm:"column:due"`
	Light    string `gorm:"column:light"`
	Closed   string `gorm:"column:closed"`
	Head     string `gorm:"column:head"`
}

func (snapshotGoalRow) TableName() string { return "snapshot_goals" }

type snapshotCreditRow struct {
	Plan       string    `gorm:"column:plan;primaryKey"`
	Quarter    string    `gorm:"column:quarter;primaryKey"`
	Unit       string    `gorm:"column:unit;primaryKey"`
	Record     string    `gorm:"column:record;primaryKey"`
	Cadre      string    `gorm:"column:cadre"`
	Kind       string    `gorm:"column:kind"`
	Enterprise string    `gorm:"column:enterprise_key"`
	CreditedAt time.Time `gorm:"column:credited_at"`
}

func (snapshotCreditRow) TableName() string { return "snapshot_credits" }

// snapshotUnitRow is one unit as it was named and placed, and how far its freeze
// has come.
type snapshotUnitRow struct {
	Plan         string `gorm:"column:plan;primaryKey"`
	Quarter      string `gorm:"column:quarter;primaryKey"`
	Unit         string `gorm:"column:unit;primaryKey"`
	Ordinal      int    `gorm:"column:ordinal"`
	Kind         string `gorm:"column:kind"`
	Name         string `gorm:"column:name"`
	Predecessors string `gorm:"column:predecessors"`
	Obligations  int    `gorm:"column:obligations"`
	Goals        int    `gorm:"column:goals"`
	Credits      int    `gorm:"column:credits"`
	AfterCadre   string `gorm:"column:after_cadre"`
	Frozen       bool   `gorm:"column:frozen"`
	Digest       string `gorm:"column:digest"`
}

func (snapshotUnitRow) TableName() string { return "snapshot_units" }

func (r snapshotUnitRow) predecessors() []models.UnitID {
	return identifiersFrom[models.UnitID](r.Predecessors)
}

// InspectedUnits are the units that a quarter inspects: districts, zones and
// departments that exist on its last day, in the order of the tree. A unit that
// ended within the quarter is asked under its successor, which names it.
func (a *Archive) InspectedUnits(ctx context.Context, quarter models.Quarter) ([]inspection.Inspected, error) {
	tree, err := a.UnitTree(ctx)
	if err != nil {
		return nil, err
	}
	return inspection.UnitsOf(tree, quarter), nil
}

// BeginSnapshot writes down the units of a cycle before the first is frozen.
// Repeating it changes nothing.
func (a *Archive) BeginSnapshot(ctx context.Context, id inspection.ID, units []inspection.Inspected) error {
	rows := make([]snapshotUnitRow, len(units))
	for i, unit := range units {
		rows[i] = snapshotUnitRow{
			Plan: string(id.Plan), Quarter: id.Quarter.String(), Unit: string(unit.ID), Ordinal: i + 1,
			Kind: string(unit.Kind), Name: unit.Name, Predecessors: identifiers(unit.Predecessors),
		}
	}
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		return tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, insertBatch).Error
	})
	if err != nil {
		return fmt.Errorf("begin the snapshot of %s: %w", id, err)
	}
	return nil
}

// freezePage is how many obligations one transaction freezes.
const freezePage = 5000

// FreezeUnit freezes the next page of a unit's obligations as they stood at the
// cut-off, and answers whether the unit is done. What was frozen stays frozen:
// the page and how far it came are one transaction, so that a freeze that was
// killed goes on where it stopped, and freezing again changes nothing.
func (a *Archive) FreezeUnit(ctx context.Context, id inspection.ID, unit models.UnitID, cutOff time.Time) (done bool, err error) {
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		step := freezing{archive: a, tx: tx, id: id, cutOff: instant(cutOff)}
		done, err = step.next(unit)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("freeze %s of %s: %w", unit, id, err)
	}
	return done, nil
}

// freezing is one page of a freeze.
type freezing struct {
	archive *Archive
	tx      *gorm.DB
	id      inspection.ID
	cutOff  time.Time
	// tree is what the seal asks for the offices of those who were transferred.
	tree models.UnitTree
}

func (f *freezing) next(unit models.UnitID) (bool, error) {
	var row snapshotUnitRow
	key := f.tx.Where("plan = ? AND quarter = ? AND unit = ?", string(f.id.Plan), f.id.Quarter.String(), string(unit)).Session(&gorm.Session{})
	if err := locked(key).Take(&row).Error; err != nil {
		return false, known(err)
	}
	if row.Frozen {
		return true, nil
	}
	page, err := f.page(row)
	if err != nil {
		return false, err
	}
	row.Frozen = !page.more
	if page.count > 0 {
		if err := f.copy(row.Unit, page); err != nil {
			return false, err
		}
		row.AfterCadre = page.last
	}
	return row.Frozen, key.Model(&snapshotUnitRow{}).Select("after_cadre", "frozen").Updates(&row).Error
}

// frozenPage is a page of a unit's obligations, as a condition on obligations o.
type frozenPage struct {
	// count is how many they are, last the cadre of the last one; more follow it.
	count  int
	last   string
	more   bool
	where  string
	values []any
}

func (f *freezing) page(row snapshotUnitRow) (frozenPage, error) {
	page := frozenPage{where: "o.plan = ?", values: []any{row.Plan}}
	var units []unitRow
	err := f.tx.Where("unit_id IN ?", append([]models.UnitID{models.UnitID(row.Unit)}, row.predecessors()...)).Find(&units).Error
	if err != nil || len(units) == 0 {
		return page, err
	}
	var paths []string
	for _, unit := range units {
		condition, bounds := under("o.unit_path", unit.Path)
		paths, page.values = append(paths, "("+condition+")"), append(page.values, bounds...)
	}
	page.where += " AND (" + strings.Join(paths, " OR ") + ")"
	if row.AfterCadre != "" {
		page.where, page.values = page.where+" AND o.cadre > ?", append(page.values, row.AfterCadre)
	}
	// The whole rest is counted without sorting it, out of the index alone: most
	// units are one page.
	var rest struct {
		Count int
		Last  string
	}
	of := " FROM obligations o WHERE " + page.where
	err = f.tx.Raw("SELECT COUNT(*) AS count, COALESCE(MAX(o.cadre), '') AS last"+of, page.values...).Scan(&rest).Error
	page.count, page.last = rest.Count, rest.Last
	if err != nil || rest.Count <= freezePage {
		return page, err
	}
	err = f.tx.Raw("SELECT o.cadre"+of+" ORDER BY o.cadre LIMIT 1 OFFSET ?", append(slices.Clone(page.values), freezePage-1)...).Scan(&page.last).Error
	page.count, page.more = freezePage, true
	page.where, page.values = page.where+" AND o.cadre <= ?", append(page.values, page.last)
	return page, err
}

// lightAt is models.Turning.Light over the stored instants, as an expression.
const lightAt = `CASE WHEN g.red_at <= ? THEN 'red' WHEN g.yellow_at <= ? THEN 'yellow' WHEN g.blue_at <= ? THEN 'blue' ELSE 'green' END`

// copy freezes the obligations of a page that did not change since the cut-off, by
// one statement a table. What changes between the two is frozen again by
// the seal, with all else that changed since.
func (f *freezing) copy(unit string, page frozenPage) error {
	quarter := f.id.Quarter.String()
	where := " WHERE " + page.where + " AND o.changed_at < ?"
	values := append(slices.Clone(page.values), f.cutOff)
	err := f.tx.Exec(`INSERT INTO snapshot_goals
 (plan, quarter, unit, cadre, kind, office, required, met, credits, exempted, due, light, closed, head)
 SELECT g.plan, ?, ?, g.cadre, g.kind, o.unit, g.required, CASE WHEN g.credits < g.required THEN g.credits ELSE g.required END,
 g.credits, g.exempted, g.due, `+lightAt+`, o.closed, o.head
 FROM obligations o JOIN goals g ON g.plan = o.plan AND g.cadre = o.cadre`+where,
		append([]any{quarter, unit, f.cutOff, f.cutOff, f.cutOff}, values...)...).Error
	if err != nil {
		return fmt.Errorf("copy goals: %w", err)
	}
	err = f.tx.Exec(`INSERT INTO snapshot_credits (plan, quarter, unit, record, cadre, kind, enterprise_key, credited_at)
 SELECT r.plan, ?, ?, r.id, r.cadre, r.kind, r.enterprise_key, r.credited_at
 FROM obligations o JOIN records r ON r.plan = o.plan AND r.cadre = o.cadre AND r.state = ?`+where,
		append([]any{quarter, unit, string(models.StateCredited)}, values...)...).Error
	if err != nil {
		return fmt.Errorf("copy credits: %w", err)
	}
	return nil
}
