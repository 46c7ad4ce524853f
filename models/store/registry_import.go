package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/roster"
)

// ImportKind says what a roster is of.
type ImportKind string

// The kinds of rosters.
const (
	ImportOfCadres      ImportKind = "cadres"
	ImportOfEnterprises ImportKind = "enterprises"
)

// ImportState says what became of an import.
type ImportState string

// The outcomes of an import. Only Imported changed anything.
const (
	// ImportRehearsed: a dry run without problems.
	ImportRehearsed ImportState = "rehearsed"
	// ImportRefused: there are problems, so nothing of the file was taken.
	ImportRefused  ImportState = "refused"
	ImportImported ImportState = "imported"
)

// Import is one roster on its way into the archive.
type Import struct {
	Plan models.PlanID
	// FileName and FileDigest (SHA-256) say which file it was.
	FileName, FileDigest string
	// Problems are those that reading the file found. They refuse the import,
	// after the archive has looked for more.
	Problems []roster.Problem
	DryRun   bool
	By       models.AccountID
	Now      time.Time
	// Progress, if set, hears how many rows of all are done.
	Progress func(done, total int)
}

// ImportReport is the outcome of an import.
type ImportReport struct {
	ID    string      `json:"id,omitempty"`
	Kind  ImportKind  `json:"kind"`
	State ImportState `json:"state"`
	// Rows is the number of data rows; each is New, Changed or Unchanged.
	Rows      int `json:"rows"`
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	// Enrolled got an obligation; WithoutDuty are registered only, because of
	// their rank or because their unit is no district or zone.
	Enrolled    int              `json:"enrolled"`
	WithoutDuty int              `json:"withoutDuty"`
	Problems    []roster.Problem `json:"problems,omitempty"`
	// Faults counts the problems where they themselves are not kept.
	Faults int `json:"faults,omitempty"`
}

func newImportReport(kind ImportKind, in Import, rows int) ImportReport {
	return ImportReport{Kind: kind, Rows: rows, Problems: slices.Clone(in.Problems)}
}

// sortProblems puts problems in the order in which people go through the file.
func sortProblems(problems []roster.Problem) {
	slices.SortStableFunc(problems, func(a, b roster.Problem) int {
		// Column letters sort by length first: Z comes before AA.
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(len(a.Column), len(b.Column)), cmp.Compare(a.Column, b.Column))
	})
}

type importRow struct {
	ImportID   string    `gorm:"column:import_id;primaryKey"`
	Kind       string    `gorm:"column:kind"`
	FileName   string    `gorm:"column:file_name"`
	FileDigest string    `gorm:"column:file_digest"`
	RowCount   int       `gorm:"column:row_count"`
	State      string    `gorm:"column:state"`
	Report     string    `gorm:"column:report"`
	ImportedBy string    `gorm:"column:imported_by"`
	ImportedAt time.Time `gorm:"column:imported_at"`
	// Rehearsal marks a dry run; RemovedAt is when the kept sheet was removed.
	Rehearsal bool       `gorm:"column:rehearsal"`
	RemovedAt *time.Time `gorm:"column:removed_at"`
}

func (importRow) TableName() string { return "imports" }

// ImportEntry is an import as the archive remembers it.
type ImportEntry struct {
	ImportReport
	FileName   string           `json:"fileName"`
	FileDigest string           `json:"fileDigest"`
	By         models.AccountID `json:"by"`
	At         time.Time        `json:"at"`
	// Rehearsal: nothing was imported, and no sheet is kept.
	Rehearsal bool `json:"rehearsal"`
	// RemovedAt is when the kept sheet was removed; zero while it is there.
	RemovedAt time.Time `json:"removedAt"`
}

// importer checks and writes one file; the two kinds differ in these steps.
type importer interface {
	// check looks up what the rows need and finds what is wrong with them.
	check(tx *gorm.DB) error
	// write brings the rows into the archive.
	write(tx *gorm.DB) error
}

// errRefusedImport rolls the transaction of a refused import back.
var errRefusedImport = errors.New("the roster has problems")

// runImport checks and, unless it is a rehearsal, writes everything in one
// transaction: either the whole file is in, or nothing of it.
func (a *Archive) runImport(ctx context.Context, in Import, report *ImportReport, start func() importer) error {
	if in.DryRun {
		if err := start().check(a.db(ctx)); err != nil {
			return fmt.Errorf("rehearse import of %s: %w", report.Kind, err)
		}
		sortProblems(report.Problems)
		if report.State = ImportRehearsed; len(report.Problems) > 0 {
			report.State = ImportRefused
		}
		return nil
	}
	id, err := newKey()
	if err != nil {
		return err
	}
	blank := *report
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		// The transaction may be tried again, and then counts from the start.
		*report = blank
		report.ID, report.Problems = id, slices.Clone(in.Problems)
		step := start()
		if err := step.check(tx); err != nil {
			return err
		}
		if sortProblems(report.Problems); len(report.Problems) > 0 {
			return errRefusedImport
		}
		if err := step.write(tx); duplicate(err) || errors.Is(err, ErrVersion) {
			// Somebody brought in or changed the same rows meanwhile: look again.
			return errors.Join(errLost, err)
		} else if err != nil {
			return err
		}
		report.State = ImportImported
		return rememberImport(tx, in, report)
	})
	if errors.Is(err, errRefusedImport) {
		report.State = ImportRefused
		report.New, report.Changed, report.Unchanged, report.Enrolled, report.WithoutDuty = 0, 0, 0, 0, 0
		return a.inTransaction(ctx, func(tx *gorm.DB) error { return rememberImport(tx, in, report) })
	}
	if err != nil {
		return fmt.Errorf("import %s: %w", report.Kind, err)
	}
	return nil
}

func rememberImport(tx *gorm.DB, in Import, report *ImportReport) error {
	data, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("write report of import %s: %w", report.ID, err)
	}
	row := importRow{
		ImportID: report.ID, Kind: string(report.Kind), FileName: cut(in.FileName, 255), FileDigest: in.FileDigest,
		RowCount: report.Rows, State: string(report.State), Report: string(data), ImportedBy: string(in.By), ImportedAt: instant(in.Now),
		Rehearsal: in.DryRun,
	}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("remember import %s: %w", report.ID, known(err))
	}
	return audit(tx, in.By, in.Now, "roster-"+auditedState(in, report), "import", report.ID, map[string]any{
		"kind": report.Kind, "fileDigest": in.FileDigest, "rows": report.Rows, "new": report.New, "changed": report.Changed,
	})
}

// auditedState is the outcome, and for every rehearsal that it was one.
func auditedState(in Import, report *ImportReport) string {
	if in.DryRun {
		return string(ImportRehearsed)
	}
	return string(report.State)
}

// Import is one import with its report, or ErrNotFound.
func (a *Archive) Import(ctx context.Context, id string) (ImportEntry, error) {
	var row importRow
	if err := a.db(ctx).Where("import_id = ?", id).Take(&row).Error; err != nil {
		return ImportEntry{}, fmt.Errorf("read import %s: %w", id, known(err))
	}
	return row.entry()
}

// advance tells the caller how far the import is.
func (in Import) advance(done, total int) {
	if in.Progress != nil {
		in.Progress(done, total)
	}
}

// unitFinder finds units by what rosters call them.
type unitFinder struct {
	tree  models.UnitTree
	names map[string][]models.Unit
	// homes are the paths of districts and zones, whose cadres have the duty.
	homes []string
}

func newUnitFinder(tx *gorm.DB) (*unitFinder, error) {
	var rows []unitRow
	if err := tx.Order("path, unit_id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read units: %w", err)
	}
	units := each(rows, unitRow.unit)
	finder := &unitFinder{tree: models.NewUnitTree(units), names: map[string][]models.Unit{}}
	for _, unit := range units {
		if unit.Kind == models.UnitGroup {
			continue // a name for many units, nobody's place of work
		}
		words := []string{models.NormalName(string(unit.ID)), models.NormalName(unit.Name), models.NormalName(unit.ShortName)}
		slices.Sort(words)
		for _, word := range slices.Compact(words) {
			if word != "" {
				finder.names[word] = append(finder.names[word], unit)
			}
		}
		if unit.Kind == models.UnitDistrict || unit.Kind == models.UnitZone {
			finder.homes = append(finder.homes, unit.Path)
		}
	}
	return finder, nil
}

// find finds the unit that a roster means on a day. The code and value of a
// problem are empty when there is exactly one.
func (f *unitFinder) find(word string, on models.Date) (unit models.Unit, code roster.Code, detail string) {
	found := f.names[models.NormalName(word)]
	if len(found) == 0 {
		return models.Unit{}, roster.UnitUnknown, ""
	}
	var alive []models.Unit
	for _, candidate := range found {
		if candidate.ValidOn(on) {
			alive = append(alive, candidate)
		}
	}
	switch len(alive) {
	case 1:
		return alive[0], "", ""
	case 0:
		return models.Unit{}, roster.UnitEnded, f.lifeOf(found[0])
	default:
		return models.Unit{}, roster.UnitAmbiguous, listed(alive)
	}
}

// lifeOf says how long a unit existed and who came after it.
func (f *unitFinder) lifeOf(unit models.Unit) string {
	life := "至 " + unit.ValidTo.String()
	switch {
	case unit.ValidTo.IsZero():
		life = "自 " + unit.ValidFrom.String() + " 起"
	case !unit.ValidFrom.IsZero():
		life = unit.ValidFrom.String() + " " + life
	}
	var heirs []models.Unit
	for _, id := range unit.Successors {
		if heir, known := f.tree.Unit(id); known {
			heirs = append(heirs, heir)
		}
	}
	if len(heirs) == 0 {
		return life
	}
	return life + "，由 " + listed(heirs) + " 承接"
}

func listed(units []models.Unit) string {
	return strings.Join(each(units, func(u models.Unit) string { return string(u.ID) + " " + u.Name }), "、")
}

// inScope reports whether the cadres of a unit have the duty: the plan lays it
// on districts and functional zones, not on departments of the city.
func (f *unitFinder) inScope(unit models.Unit) bool {
	return slices.ContainsFunc(f.homes, func(home string) bool { return strings.HasPrefix(unit.Path, home) })
}

// lookedUpAtOnce is how many keys one query looks for.
const lookedUpAtOnce = 500

// lookUp reads the rows whose column holds one of the keys.
func lookUp[Row any](tx *gorm.DB, column string, keys []string, keep func(Row)) error {
	slices.Sort(keys)
	for part := range slices.Chunk(slices.Compact(keys), lookedUpAtOnce) {
		var rows []Row
		if err := tx.Where(column+" IN ?", part).Find(&rows).Error; err != nil {
			return fmt.Errorf("look up %s: %w", column, err)
		}
		for _, row := range rows {
			keep(row)
		}
	}
	return nil
}
