package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

// Sealed is what a snapshot holds, with the digest over it.
type Sealed struct {
	Digest                      string
	Obligations, Goals, Credits int
}

// ErrUnfrozen says that a snapshot cannot be sealed: a unit is not frozen yet.
var ErrUnfrozen = errors.New("a unit of the snapshot is not frozen yet")

// ErrSnapshot says that the frozen rows are not those that were sealed.
var ErrSnapshot = errors.New("the frozen rows are not those that were sealed")

// ChangedRows is ErrSnapshot with the unit whose rows are others; Unit is empty
// when the units themselves are.
type ChangedRows struct {
	Inspection inspection.ID
	Unit       models.UnitID
	Name       string
	// The counts that were sealed, and those that were found.
	Stated, Found string
}

// Error names the unit.
func (c *ChangedRows) Error() string {
	if c.Unit == "" {
		return fmt.Sprintf("verify the units of %s: %v", c.Inspection, ErrSnapshot)
	}
	return fmt.Sprintf("verify %s of %s: %v (%s, found %s)", c.Unit, c.Inspection, ErrSnapshot, c.Stated, c.Found)
}

// Unwrap says that it is an ErrSnapshot.
func (c *ChangedRows) Unwrap() error { return ErrSnapshot }

// words are the same for the people who asked.
func (c *ChangedRows) words() string {
	if c.Unit == "" {
		return "被督查单位的固化数据与登记的摘要不一致"
	}
	return fmt.Sprintf("单位 %s（%s）的固化数据已被改动：登记 %s，现有 %s", c.Name, c.Unit, c.Stated, c.Found)
}

// sealedWords are the counts and the digest of a unit's rows in one line.
func (r snapshotUnitRow) sealedWords() string {
	return fmt.Sprintf("%d/%d/%d %.12s", r.Obligations, r.Goals, r.Credits, r.Digest)
}

// SealSnapshot freezes what changed since the cut-off, when all units are frozen,
// then reads every frozen row in order and writes down, a unit, how many there are
// and their SHA-256; the snapshot's digest is taken over the units. It holds some
// rows at a time, so its memory does not grow with their number.
//
// alive is told how far it came: given as after, it goes on there. Repeating it
// gives the same digest.
func (a *Archive) SealSnapshot(ctx context.Context, id inspection.ID, cutOff time.Time, after string, alive func(last string)) (Sealed, error) {
	units, err := a.snapshotUnits(ctx, id)
	if err != nil {
		return Sealed{}, err
	}
	for _, unit := range units {
		if !unit.Frozen {
			return Sealed{}, fmt.Errorf("seal %s of %s: %w", unit.Unit, id, ErrUnfrozen)
		}
	}
	if after, err = a.freezeChanged(ctx, id, units, cutOff, after, alive); err != nil {
		return Sealed{}, err
	}
	var sealed Sealed
	whole := sha256.New()
	for _, unit := range units {
		if err := a.digestUnit(ctx, &unit); err != nil {
			return Sealed{}, fmt.Errorf("seal %s of %s: %w", unit.Unit, id, err)
		}
		err := a.db(ctx).Model(&snapshotUnitRow{}).Where("plan = ? AND quarter = ? AND unit = ?", unit.Plan, unit.Quarter, unit.Unit).
			Select("obligations", "goals", "credits", "digest").Updates(&unit).Error
		if err != nil {
			return Sealed{}, fmt.Errorf("seal %s of %s: %w", unit.Unit, id, err)
		}
		line(whole, unit.Unit, unit.Kind, unit.Name, unit.Predecessors, unit.Digest)
		sealed.Obligations += unit.Obligations
		sealed.Goals += unit.Goals
		sealed.Credits += unit.Credits
		alive(after)
	}
	sealed.Digest = hex.EncodeToString(whole.Sum(nil))
	return sealed, nil
}

// VerifySnapshot reads every frozen row again: ErrSnapshot names the first unit
// whose rows are not those that were sealed.
func (a *Archive) VerifySnapshot(ctx context.Context, id inspection.ID, digest string) error {
	units, err := a.snapshotUnits(ctx, id)
	if err != nil {
		return err
	}
	whole := sha256.New()
	for _, unit := range units {
		stated := unit
		if err := a.digestUnit(ctx, &unit); err != nil {
			return fmt.Errorf("verify %s of %s: %w", unit.Unit, id, err)
		}
		if unit != stated {
			return &ChangedRows{
				Inspection: id, Unit: models.UnitID(unit.Unit), Name: unit.Name, Stated: stated.sealedWords(), Found: unit.sealedWords(),
			}
		}
		line(whole, unit.Unit, unit.Kind, unit.Name, unit.Predecessors, unit.Digest)
	}
	if hex.EncodeToString(whole.Sum(nil)) != digest {
		return &ChangedRows{Inspection: id}
	}
	return nil
}

func (a *Archive) snapshotUnits(ctx context.Context, id inspection.ID) ([]snapshotUnitRow, error) {
	var units []snapshotUnitRow
	err := a.db(ctx).Where("plan = ? AND quarter = ?", string(id.Plan), id.Quarter.String()).Order("ordinal, unit").Find(&units).Error
	if err != nil {
		return nil, fmt.Errorf("list the frozen units of %s: %w", id, err)
	}
	return units, nil
}

// digestUnit counts the unit's rows and takes their digest.
func (a *Archive) digestUnit(ctx context.Context, unit *snapshotUnitRow) error {
	sum := sha256.New()
	unit.Obligations, unit.Goals, unit.Credits = 0, 0, 0
	last := ""
	var row snapshotGoalRow
	goals := []any{
		&row.Cadre, &row.Kind, &row.Office, &row.Required, &row.Met, &row.Credits, &row.Exempted, &row.Due, &row.Light, &row.Closed, &row.Head,
	}
	err := a.stream(ctx, `SELECT cadre, kind, office, required, met, credits, exempted, due, light, closed, head
 FROM snapshot_goals WHERE plan = ? AND quarter = ? AND unit = ? ORDER BY cadre, kind`, unit, goals, func() {
		line(sum, row.Cadre, row.Kind, row.Office, strconv.Itoa(row.Required), strconv.Itoa(row.Met), strconv.Itoa(row.Credits),
			strconv.FormatBool(row.Exempted), row.Due, row.Light, row.Closed, row.Head)
		unit.Goals++
		if row.Cadre != last {
			unit.Obligations++
			last = row.Cadre
		}
	})
	if err != nil {
		return err
	}
	var credit snapshotCreditRow
	credits := []any{&credit.Record, &credit.Cadre, &credit.Kind, &credit.Enterprise, &credit.CreditedAt}
	err = a.stream(ctx, `SELECT record, cadre, kind, enterprise_key, credited_at
 FROM snapshot_credits WHERE plan = ? AND quarter = ? AND unit = ? ORDER BY record`, unit, credits, func() {
		line(sum, credit.Record, credit.Cadre, credit.Kind, credit.Enterprise, credit.CreditedAt.UTC().Format(time.RFC3339Nano))
		unit.Credits++
	})
	unit.Digest = hex.EncodeToString(sum.Sum(nil))
	return err
}

// stream reads the rows of one unit into the same places, one after the other.
func (a *Archive) stream(ctx context.Context, query string, unit *snapshotUnitRow, into []any, each func()) (err error) {
	var rows *sql.Rows
	if rows, err = a.pool.QueryContext(ctx, query, unit.Plan, unit.Quarter, unit.Unit); err != nil {
		return fmt.Errorf("read frozen rows: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read a frozen row: %w", err)
		}
		each()
	}
	return rows.Err()
}

// line adds one row to a digest: its parts, each ended by a unit separator, and a
// record separator. No part holds either.
func line(sum hash.Hash, parts ...string) {
	// Writing to a hash never fails.
	for _, part := range parts {
		_, _ = sum.Write([]byte(part))
		_, _ = sum.Write([]byte{0x1f})
	}
	_, _ = sum.Write([]byte{0x1e})
}

// overdueGoals counts frozen goals that were overdue, as an expression.
const overdueGoals = "SUM(CASE WHEN light = 'red' AND met < required THEN 1 ELSE 0 END)"

// SnapshotFigures are the frozen figures of every unit of a cycle, in the order
// of the tree, by one statement over the frozen rows.
func (a *Archive) SnapshotFigures(ctx context.Context, id inspection.ID) ([]inspection.UnitFigures, error) {
	units, err := a.snapshotUnits(ctx, id)
	if err != nil {
		return nil, err
	}
	var sums []struct {
		Unit, Kind                              string
		Cadres, Required, Met, Credits, Overdue int
	}
	err = a.db(ctx).Session(&gorm.Session{}).Table("snapshot_goals").
		Where("plan = ? AND quarter = ? AND exempted = ?", string(id.Plan), id.Quarter.String(), false).
		Select("unit, kind, COUNT(*) AS cadres, SUM(required) AS required, SUM(met) AS met, SUM(credits) AS credits, " +
			overdueGoals + " AS overdue").
		Group("unit, kind").Order("unit, kind").Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("sum the frozen goals of %s: %w", id, err)
	}
	figures := make([]inspection.UnitFigures, len(units))
	at := map[string]*inspection.UnitFigures{}
	for i, unit := range units {
		figures[i] = inspection.UnitFigures{
			Unit: models.UnitID(unit.Unit), Name: unit.Name, Kind: models.UnitKind(unit.Kind), Goals: map[models.Kind]inspection.GoalFigures{},
			Outcome: models.Outcome{Unit: models.UnitID(unit.Unit), Cadres: unit.Obligations}, Predecessors: unit.predecessors(),
		}
		at[unit.Unit] = &figures[i]
	}
	for _, sum := range sums {
		one := at[sum.Unit]
		if one == nil {
			return nil, fmt.Errorf("frozen goals of a unit %s that %s does not inspect: %w", sum.Unit, id, ErrSnapshot)
		}
		one.Goals[models.Kind(sum.Kind)] = inspection.GoalFigures{Required: sum.Required, Met: sum.Met, Credits: sum.Credits, Overdue: sum.Overdue}
		one.Required += sum.Required
		one.Met += sum.Met
		one.Credits += sum.Credits
		one.Overdue += sum.Overdue
	}
	return figures, nil
}
