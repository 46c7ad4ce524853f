package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/pinyin"
	"bangfu/models/roster"
)

// ImportCadres brings a roster of cadres into the archive and gives those in
// the plan's scope their obligation, all or nothing, and again without doubles.
// Problems are in the report; the error means that the archive failed.
func (a *Archive) ImportCadres(ctx context.Context, in Import, rows []roster.Cadre) (ImportReport, error) {
	report := newImportReport(ImportOfCadres, in, len(rows))
	err := a.runImport(ctx, in, &report, func() importer {
		return &cadreImport{archive: a, in: in, rows: rows, report: &report}
	})
	return report, err
}

// cadreImport is one roster of cadres under way.
type cadreImport struct {
	archive *Archive
	in      Import
	rows    []roster.Cadre
	report  *ImportReport

	plan     models.Plan
	units    *unitFinder
	known    map[models.CadreID]cadreRow
	postings map[models.CadreID]postingRow
	enrolled map[models.CadreID]bool
	// places are the units that the rows turned out to mean.
	places []models.Unit
}

func (c *cadreImport) problem(row roster.Cadre, field roster.Field, code roster.Code, value, detail string) {
	c.report.Problems = append(c.report.Problems, row.Problem(field, code, value, detail))
}

func (c *cadreImport) check(tx *gorm.DB) (err error) {
	if c.plan, err = planOf(tx, c.in.Plan); err != nil {
		return err
	}
	if c.units, err = newUnitFinder(tx); err != nil {
		return err
	}
	if err := c.lookUp(tx); err != nil {
		return err
	}
	first := map[models.CadreID]int{}
	c.places = make([]models.Unit, len(c.rows))
	for i, row := range c.rows {
		if earlier, taken := first[row.Number]; taken && row.Number != "" {
			c.problem(row, roster.FieldNumber, roster.NumberDuplicate, string(row.Number), strconv.Itoa(earlier))
		} else {
			first[row.Number] = row.Row
		}
		c.checkPosting(row, i)
		c.checkIdentity(row, c.places[i])
		c.count(row, c.places[i])
		if (i+1)%savedAtOnce == 0 && c.in.DryRun {
			c.in.advance(i+1, len(c.rows))
		}
	}
	return nil
}

// lookUp reads what the archive knows of the cadres of the roster.
func (c *cadreImport) lookUp(tx *gorm.DB) error {
	c.known, c.postings, c.enrolled = map[models.CadreID]cadreRow{}, map[models.CadreID]postingRow{}, map[models.CadreID]bool{}
	keys := make([]string, 0, len(c.rows))
	for _, row := range c.rows {
		if row.Number != "" {
			keys = append(keys, string(row.Number))
		}
	}
	err := lookUp(tx, "cadre_id", slices.Clone(keys), func(r cadreRow) { c.known[models.CadreID(r.CadreID)] = r })
	if err != nil {
		return err
	}
	open := tx.Where("to_on = '' AND substitute_for = ''").Session(&gorm.Session{})
	if err := lookUp(open, "cadre_id", slices.Clone(keys), func(r postingRow) { c.postings[models.CadreID(r.CadreID)] = r }); err != nil {
		return err
	}
	enrolled := tx.Select("plan", "cadre").Where("plan = ?", string(c.in.Plan)).Session(&gorm.Session{})
	return lookUp(enrolled, "cadre", keys, func(r obligationRow) { c.enrolled[models.CadreID(r.Cadre)] = true })
}

// from is the first day of the posting: as written, else that of the plan.
func (c *cadreImport) from(row roster.Cadre) models.Date {
	if row.From.IsZero() {
		return c.plan.From
	}
	return row.From
}

// windowFrom is the first day of the duty: cadres who join later start later.
func (c *cadreImport) windowFrom(row roster.Cadre) models.Date {
	if from := c.from(row); from.After(c.plan.From) {
		return from
	}
	return c.plan.From
}

func (c *cadreImport) checkPosting(row roster.Cadre, index int) {
	if row.From.After(models.DateOf(c.in.Now)) {
		c.problem(row, roster.FieldFrom, roster.PostingFuture, row.From.String(), "")
	} else if row.From.After(c.plan.To) {
		c.problem(row, roster.FieldFrom, roster.PostingOutsidePlan, row.From.String(), c.plan.To.String())
	}
	if row.Unit == "" {
		return
	}
	unit, code, detail := c.units.find(row.Unit, c.windowFrom(row))
	if code != "" {
		c.problem(row, roster.FieldUnit, code, row.Unit, detail)
		return
	}
	c.places[index] = unit
}

// checkIdentity compares the row with what the archive holds under its number.
func (c *cadreImport) checkIdentity(row roster.Cadre, place models.Unit) {
	held, known := c.known[row.Number]
	if !known || row.Number == "" {
		return
	}
	if row.Name != "" && models.NormalName(held.Name) != models.NormalName(row.Name) {
		c.problem(row, roster.FieldName, roster.CadreOtherName, row.Name, held.Name)
	}
	posting, posted := c.postings[row.Number]
	if posted && place.ID != "" && posting.UnitID != string(place.ID) {
		name := posting.UnitID
		if unit, found := c.units.tree.Unit(models.UnitID(posting.UnitID)); found {
			name = unit.Name
		}
		c.problem(row, roster.FieldUnit, roster.CadreOtherUnit, row.Unit, name)
	}
}

func (c *cadreImport) count(row roster.Cadre, place models.Unit) {
	switch held, known := c.known[row.Number]; {
	case !known:
		c.report.New++
	case c.changes(row, held):
		c.report.Changed++
	default:
		c.report.Unchanged++
	}
	switch {
	case !row.Rank.Valid() || !c.units.inScope(place):
		c.report.WithoutDuty++
	case !c.enrolled[row.Number]:
		c.report.Enrolled++
	}
}

func (c *cadreImport) changes(row roster.Cadre, held cadreRow) bool {
	posting, posted := c.postings[row.Number]
	return held.CadreRank != string(row.Rank) || !posted || (row.Title != "" && posting.Title != row.Title)
}

func (c *cadreImport) write(tx *gorm.DB) error {
	speller := pinyin.NewSpeller()
	var done int
	for part := range slices.Chunk(c.rows, savedAtOnce) {
		if err := c.writePart(tx, part, c.places[done:done+len(part)], speller); err != nil {
			return err
		}
		done += len(part)
		c.in.advance(done, len(c.rows))
	}
	return nil
}

// cadrePart collects what a part of the roster writes.
type cadrePart struct {
	added, changed []cadreRow
	postings       []postingRow
	entries        []auditRow
	placed         []string
	enrolments     []Enrolment
}

func (c *cadreImport) writePart(tx *gorm.DB, rows []roster.Cadre, places []models.Unit, speller *pinyin.Speller) error {
	var part cadrePart
	for i, row := range rows {
		if held, known := c.known[row.Number]; !known || c.changes(row, held) {
			if err := c.collect(&part, row, places[i], speller); err != nil {
				return err
			}
		}
		if row.Rank.Valid() && c.units.inScope(places[i]) && !c.enrolled[row.Number] {
			part.enrolments = append(part.enrolments, c.enrolment(row, places[i]))
		}
	}
	if err := part.write(tx); err != nil || len(part.enrolments) == 0 {
		return err
	}
	if _, err := c.archive.enrolIn(tx, part.enrolments, c.in.Now); err != nil {
		return fmt.Errorf("enrol cadres: %w", err)
	}
	return nil
}

func (c *cadreImport) collect(part *cadrePart, row roster.Cadre, place models.Unit, speller *pinyin.Speller) error {
	cadre := newCadreRow(models.Cadre{ID: row.Number, Name: row.Name, Rank: row.Rank}, speller, c.in.Now)
	posting, err := c.postingOf(row, place)
	if err != nil {
		return err
	}
	entry, err := newAuditRow(c.in.By, c.in.Now, "cadre-imported", "cadre", string(row.Number), map[string]string{
		"import": c.report.ID, "rank": string(row.Rank), "unit": string(place.ID),
	})
	if err != nil {
		return err
	}
	if held, known := c.known[row.Number]; known {
		cadre.Version = held.Version + 1
		part.changed = append(part.changed, cadre)
	} else {
		part.added = append(part.added, cadre)
	}
	part.postings, part.entries = append(part.postings, posting), append(part.entries, entry)
	part.placed = append(part.placed, cadre.CadreID)
	return nil
}

// write inserts new cadres without "or update", so that somebody who brings the
// same cadres in at the same time is noticed.
func (p cadrePart) write(tx *gorm.DB) error {
	if len(p.added) > 0 {
		if err := tx.Create(&p.added).Error; err != nil {
			return fmt.Errorf("save cadres: %w", known(err))
		}
	}
	for _, cadre := range p.changed {
		result := tx.Model(&cadreRow{}).Where("cadre_id = ? AND version = ?", cadre.CadreID, cadre.Version-1).
			Updates(map[string]any{"cadre_rank": cadre.CadreRank, "version": cadre.Version, "updated_at": cadre.Updated})
		if result.Error != nil {
			return fmt.Errorf("save cadre %s: %w", cadre.CadreID, result.Error)
		}
		if result.RowsAffected != 1 {
			return fmt.Errorf("save cadre %s: %w", cadre.CadreID, ErrVersion)
		}
	}
	if err := saveAndPlace(tx, p.postings, p.placed); err != nil {
		return err
	}
	if len(p.entries) > 0 {
		if err := tx.Create(&p.entries).Error; err != nil {
			return fmt.Errorf("write audit entries: %w", err)
		}
	}
	return nil
}

// postingOf is the posting of the row: the open one it confirms, or a new one.
func (c *cadreImport) postingOf(row roster.Cadre, place models.Unit) (postingRow, error) {
	if posting, posted := c.postings[row.Number]; posted {
		if row.Title != "" {
			posting.Title = row.Title
		}
		return posting, nil
	}
	return newPostingRow(models.Posting{Cadre: row.Number, Unit: place.ID, Title: row.Title, From: c.from(row)})
}

func (c *cadreImport) enrolment(row roster.Cadre, place models.Unit) Enrolment {
	id := models.ObligationID{Plan: c.plan.ID, Cadre: row.Number}
	return Enrolment{Command: models.Command{
		// One enrolment a cadre and plan, whichever file brings it first.
		ID: models.CommandID("enrol." + id.String()), At: c.in.Now, Actor: models.Actor{Account: c.in.By},
		Body: models.Enrol{Obligation: id, Unit: place.ID, From: c.windowFrom(row), Due: c.plan.To},
	}}
}
