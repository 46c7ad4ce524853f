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
	tree, err := a.UnitTree(ctx)
	if err != nil {
		return false, err
	}
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		step := freezing{archive: a, tx: tx, id: id, cutOff: instant(cutOff), tree: tree}
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
	tree    models.UnitTree
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
		if err := f.freeze(row.Unit, page); err != nil {
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
	var paths []string
	for _, id := range append([]models.UnitID{models.UnitID(row.Unit)}, row.predecessors()...) {
		if unit, known := f.tree.Unit(id); known {
			condition, bounds := under("o.unit_path", unit.Path)
			paths, page.values = append(paths, "("+condition+")"), append(page.values, bounds...)
		}
	}
	if len(paths) == 0 {
		return page, nil
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
	err := f.tx.Raw("SELECT COUNT(*) AS count, COALESCE(MAX(o.cadre), '') AS last"+of, page.values...).Scan(&rest).Error
	page.count, page.last = rest.Count, rest.Last
	if err != nil || rest.Count <= freezePage {
		return page, err
	}
	err = f.tx.Raw("SELECT o.cadre"+of+" ORDER BY o.cadre LIMIT 1 OFFSET ?", append(slices.Clone(page.values), freezePage-1)...).Scan(&page.last).Error
	page.count, page.more = freezePage, true
	page.where, page.values = page.where+" AND o.cadre <= ?", append(page.values, page.last)
	return page, err
}

// freeze copies what nothing has happened to since the cut-off from the
// projections, by one statement a table, and asks the log for the rest. An
// obligation that changes while its page is copied, which only a database with
// many writers allows, is seen among the rest, and its copy is thrown away.
func (f *freezing) freeze(unit string, page frozenPage) error {
	if err := f.copy(unit, page); err != nil {
		return err
	}
	var moved []string
	err := f.tx.Raw("SELECT o.cadre FROM obligations o WHERE "+page.where+" AND (o.changed_at IS NULL OR o.changed_at >= ?) ORDER BY o.cadre",
		append(slices.Clone(page.values), f.cutOff)...).Scan(&moved).Error
	if err != nil {
		return fmt.Errorf("look for what changed since: %w", err)
	}
	for batch := range slices.Chunk(moved, reconcileBatch) {
		for _, table := range []string{"snapshot_goals", "snapshot_credits"} {
			err := f.tx.Exec("DELETE FROM "+table+" WHERE plan = ? AND quarter = ? AND unit = ? AND cadre IN ?",
				string(f.id.Plan), f.id.Quarter.String(), unit, batch).Error
			if err != nil {
				return fmt.Errorf("throw copies away: %w", err)
			}
		}
		rows, err := f.rebuilt(batch)
		if err == nil {
			err = f.keep(rows)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lightAt is models.Turning.Light over the stored instants, as an expression.
const lightAt = `CASE WHEN g.red_at <= ? THEN 'red' WHEN g.yellow_at <= ? THEN 'yellow' WHEN g.blue_at <= ? THEN 'blue' ELSE 'green' END`

// copy freezes the obligations of a page that did not change since the cut-off.
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

// frozenRows are rows of a snapshot that are not kept yet.
type frozenRows struct {
	goals   []snapshotGoalRow
	credits []snapshotCreditRow
}

// rebuilt are the rows of obligations to which something happened since: their log
// up to the cut-off rebuilds what they were. One that was transferred since stands
// where it was then.
func (f *freezing) rebuilt(cadres []string) (frozenRows, error) {
	var rebuilt frozenRows
	subjects := make([]string, len(cadres))
	for i, cadre := range cadres {
		subjects[i] = models.ObligationID{Plan: f.id.Plan, Cadre: models.CadreID(cadre)}.Subject()
	}
	var rows []eventRow
	err := f.tx.Where("subject IN ? AND at < ?", subjects, f.cutOff).Order("subject, sequence").Find(&rows).Error
	if err != nil {
		return rebuilt, fmt.Errorf("read the log: %w", err)
	}
	for start := 0; start < len(rows); {
		end := start
		for end < len(rows) && rows[end].Subject == rows[start].Subject {
			end++
		}
		if err := f.rebuild(rows[start:end], &rebuilt); err != nil {
			return rebuilt, err
		}
		start = end
	}
	return rebuilt, nil
}

// keep writes rows that were rebuilt. One that is there already was copied by the
// page of another unit before the obligation was transferred: it says the same.
func (f *freezing) keep(rows frozenRows) error {
	fresh := f.tx.Clauses(clause.OnConflict{DoNothing: true}).Session(&gorm.Session{})
	if len(rows.goals) > 0 {
		if err := fresh.CreateInBatches(&rows.goals, insertBatch).Error; err != nil {
			return fmt.Errorf("freeze goals: %w", err)
		}
	}
	if len(rows.credits) > 0 {
		if err := fresh.CreateInBatches(&rows.credits, insertBatch).Error; err != nil {
			return fmt.Errorf("freeze credits: %w", err)
		}
	}
	return nil
}

func (f *freezing) rebuild(rows []eventRow, rebuilt *frozenRows) error {
	entries, err := entriesOf(rows)
	if err != nil {
		return err
	}
	var o models.Obligation
	for _, entry := range entries {
		event, err := entry.Event()
		if err != nil {
			return err
		}
		o.Apply(event)
	}
	rules, err := f.archive.rulesIn(f.tx, o.Policy)
	if err != nil {
		return err
	}
	plan, quarter, unit := string(f.id.Plan), f.id.Quarter.String(), string(f.inspected(o.Unit))
	for _, goal := range o.Goals {
		count := o.Credits(goal.Kind)
		rebuilt.goals = append(rebuilt.goals, snapshotGoalRow{
			Plan: plan, Quarter: quarter, Unit: unit, Cadre: string(o.ID.Cadre), Kind: string(goal.Kind), Office: string(o.Unit),
			Required: goal.Required, Met: min(count, goal.Required), Credits: count, Exempted: goal.Exempted, Due: goal.Due.String(),
			Light: string(o.GoalTurning(goal, rules).Light(f.cutOff)), Closed: string(o.Closed), Head: rows[len(rows)-1].SHA256,
		})
	}
	for _, record := range o.Records {
		if record.State == models.StateCredited {
			rebuilt.credits = append(rebuilt.credits, snapshotCreditRow{
				Plan: plan, Quarter: quarter, Unit: unit, Record: string(record.ID), Cadre: string(o.ID.Cadre),
				Kind: string(record.Kind), Enterprise: string(record.Enterprise), CreditedAt: instant(record.CreditedAt),
			})
		}
	}
	return nil
}

// inspected is the inspected unit that stands for an office on the quarter's last day.
func (f *freezing) inspected(office models.UnitID) models.UnitID {
	unit, known := f.tree.Unit(office)
	if !known {
		return office
	}
	best := models.Unit{}
	for _, other := range f.tree.Units() {
		if inspection.Inspects(other.Kind) && other.Path != "" && strings.HasPrefix(unit.Path, other.Path) && len(other.Path) > len(best.Path) {
			best = other
		}
	}
	if heirs := f.tree.On(best.ID, f.id.Quarter.Last()); len(heirs) > 0 {
		return heirs[0]
	}
	return best.ID
}
