package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/roster"
)

// ImportEnterprises brings a roster of enterprises into the archive, all or
// nothing, and again without doubles. An enterprise that is there already gets
// the codes and particulars that it lacked; its name and key stay.
func (a *Archive) ImportEnterprises(ctx context.Context, in Import, rows []roster.Enterprise) (ImportReport, error) {
	report := newImportReport(ImportOfEnterprises, in, len(rows))
	err := a.runImport(ctx, in, &report, func() importer {
		return &enterpriseImport{in: in, rows: rows, report: &report}
	})
	return report, err
}

// enterpriseImport is one roster of enterprises under way.
type enterpriseImport struct {
	in     Import
	rows   []roster.Enterprise
	report *ImportReport

	units *unitFinder
	codes []enterpriseCodes
	// places are the units that the rows turned out to mean.
	places    []models.Unit
	known     map[models.EnterpriseKey]enterpriseRow
	former    map[models.EnterpriseKey][]string
	numbers   map[string]enterpriseRow
	unified   map[string]enterpriseRow
	overrides map[models.EnterpriseKey]string
}

func (e *enterpriseImport) problem(row roster.Enterprise, field roster.Field, code roster.Code, value, detail string) {
	e.report.Problems = append(e.report.Problems, row.Problem(field, code, value, detail))
}

func (e *enterpriseImport) check(tx *gorm.DB) (err error) {
	if e.units, err = newUnitFinder(tx); err != nil {
		return err
	}
	faults := make([][]*models.CodeProblem, len(e.rows))
	e.codes, e.places = make([]enterpriseCodes, len(e.rows)), make([]models.Unit, len(e.rows))
	for i, row := range e.rows {
		e.codes[i], faults[i] = readCodes(Registration{
			UnifiedCode: row.UnifiedCode, OrganizationCode: row.OrganizationCode, RegistrationNumber: row.RegistrationNumber,
		})
	}
	if err := e.lookUp(tx); err != nil {
		return err
	}
	firstKey, firstNumber := map[models.EnterpriseKey]int{}, map[string]int{}
	for i, row := range e.rows {
		e.checkFaults(row, i, faults[i])
		e.checkDoubles(row, e.codes[i], firstKey, firstNumber)
		e.checkParticulars(row, i)
		e.checkExisting(row, e.codes[i])
		switch held, known := e.known[e.codes[i].key]; {
		case !known:
			e.report.New++
		case len(e.additions(row, i, held)) > 0:
			e.report.Changed++
		default:
			e.report.Unchanged++
		}
		if (i+1)%savedAtOnce == 0 && e.in.DryRun {
			e.in.advance(i+1, len(e.rows))
		}
	}
	return nil
}

// lookUp reads what the archive knows of the enterprises of the roster.
func (e *enterpriseImport) lookUp(tx *gorm.DB) error {
	e.known, e.former = map[models.EnterpriseKey]enterpriseRow{}, map[models.EnterpriseKey][]string{}
	e.numbers, e.unified, e.overrides = map[string]enterpriseRow{}, map[string]enterpriseRow{}, map[models.EnterpriseKey]string{}
	var keys, numbers, unified []string
	for _, codes := range e.codes {
		keys, numbers, unified = append(keys, string(codes.key)), append(numbers, codes.registration), append(unified, codes.unified)
	}
	keep := func(r enterpriseRow) {
		e.known[models.EnterpriseKey(r.EnterpriseKey)] = r
		e.numbers[orEmpty(r.RegistrationNumber)], e.unified[orEmpty(r.UnifiedCode)] = r, r
	}
	if err := lookUp(tx, "enterprise_key", slices.Clone(keys), keep); err != nil {
		return err
	}
	if err := lookUp(tx, "registration_number", numbers, keep); err != nil {
		return err
	}
	if err := lookUp(tx, "unified_code", unified, keep); err != nil {
		return err
	}
	err := lookUp(tx, "enterprise_key", slices.Clone(keys), func(r enterpriseNameRow) {
		key := models.EnterpriseKey(r.EnterpriseKey)
		e.former[key] = append(e.former[key], r.NormalName)
	})
	if err != nil {
		return err
	}
	approved := tx.Where("approved_at IS NOT NULL").Session(&gorm.Session{})
	return lookUp(approved, "enterprise_key", keys, func(r overrideRow) {
		e.overrides[models.EnterpriseKey(r.EnterpriseKey)] = r.OverrideID
	})
}

// checkFaults names every fault of the codes, unless two people admitted it.
func (e *enterpriseImport) checkFaults(row roster.Enterprise, index int, faults []*models.CodeProblem) {
	for _, fault := range faults {
		override, admitted := e.overrides[e.codes[index].key]
		switch {
		case fault.Overridable() && admitted:
			e.codes[index].override = override
		case fault.Fault == models.FaultMissing:
			e.problem(row, roster.FieldUnifiedCode, roster.CodeMissing, "", "")
		case fault.Fault == models.FaultDisagree:
			e.problem(row, roster.FieldOrganization, roster.CodesDisagree, row.OrganizationCode, fault.Expected)
		default:
			e.problem(row, roster.FieldOf(fault.Code), roster.CodeInvalid, fault.Value, roster.FaultText(fault))
		}
	}
}

func (e *enterpriseImport) checkDoubles(
	row roster.Enterprise, codes enterpriseCodes, firstKey map[models.EnterpriseKey]int, firstNumber map[string]int,
) {
	if codes.key != "" {
		if earlier, taken := firstKey[codes.key]; taken {
			e.problem(row, keyField(row), roster.EnterpriseDuplicate, string(codes.key), strconv.Itoa(earlier))
			return
		}
		firstKey[codes.key] = row.Row
	}
	if codes.registration != "" {
		if earlier, taken := firstNumber[codes.registration]; taken {
			e.problem(row, roster.FieldRegistration, roster.EnterpriseDuplicate, codes.registration, strconv.Itoa(earlier))
			return
		}
		firstNumber[codes.registration] = row.Row
	}
}

// keyField is the field that the key was read from.
func keyField(row roster.Enterprise) roster.Field {
	if row.UnifiedCode != "" {
		return roster.FieldUnifiedCode
	}
	return roster.FieldOrganization
}

func (e *enterpriseImport) checkParticulars(row roster.Enterprise, index int) {
	today := models.DateOf(e.in.Now)
	if row.Established.After(today) {
		e.problem(row, roster.FieldEstablished, roster.EstablishedInFuture, row.Established.String(), "")
	}
	if row.Unit == "" {
		return
	}
	// A seat is where it was when the file was written: while the plan ran, or today.
	unit, code, detail := e.units.find(row.Unit, today)
	if code == roster.UnitEnded {
		if former := e.units.names[models.NormalName(row.Unit)]; len(former) == 1 {
			unit, code = former[0], ""
		}
	}
	if code != "" {
		e.problem(row, roster.FieldUnit, code, row.Unit, detail)
		return
	}
	e.places[index] = unit
}

// checkExisting compares the row with what the archive holds under its codes.
func (e *enterpriseImport) checkExisting(row roster.Enterprise, codes enterpriseCodes) {
	if codes.key == "" {
		return
	}
	if holder, taken := e.numbers[codes.registration]; taken && codes.registration != "" && holder.EnterpriseKey != string(codes.key) {
		e.problem(row, roster.FieldRegistration, roster.RegistrationTaken, codes.registration, holder.Name)
	}
	held, known := e.known[codes.key]
	if !known {
		return
	}
	normal := models.NormalName(row.Name)
	if normal != "" && normal != held.NormalName && !slices.Contains(e.former[codes.key], normal) {
		e.problem(row, roster.FieldName, roster.EnterpriseOtherName, row.Name, held.Name)
	}
	for _, pair := range []struct {
		field       roster.Field
		read, saved string
	}{
		{roster.FieldUnifiedCode, codes.unified, orEmpty(held.UnifiedCode)},
		{roster.FieldRegistration, codes.registration, orEmpty(held.RegistrationNumber)},
	} {
		if pair.read != "" && pair.saved != "" && pair.read != pair.saved {
			e.problem(row, pair.field, roster.EnterpriseOtherCodes, pair.read, pair.saved)
		}
	}
}

// additions are the columns in which the row says more than the archive knows,
// or says another address, person or phone.
func (e *enterpriseImport) additions(row roster.Enterprise, index int, held enterpriseRow) map[string]any {
	changes := map[string]any{}
	codes, place := e.codes[index], e.places[index]
	if codes.unified != "" && held.UnifiedCode == nil {
		changes["unified_code"] = codes.unified
	}
	if codes.registration != "" && held.RegistrationNumber == nil {
		changes["registration_number"] = codes.registration
	}
	if !row.Established.IsZero() && held.EstablishedOn == "" {
		changes["established_on"] = row.Established.String()
	}
	if place.ID != "" && held.UnitID == "" {
		changes["unit_id"], changes["unit_path"] = string(place.ID), place.Path
	}
	for _, particular := range []struct{ column, read, saved string }{
		{"address", row.Address, held.Address}, {"legal_person", row.LegalPerson, held.LegalPerson}, {"phone", row.Phone, held.Phone},
	} {
		if particular.read != "" && particular.read != particular.saved {
			changes[particular.column] = particular.read
		}
	}
	return changes
}

func (e *enterpriseImport) write(tx *gorm.DB) error {
	writer := newRegistrar(tx, e.in.By, e.in.Now)
	for first := 0; first < len(e.rows); first += savedAtOnce {
		last := min(first+savedAtOnce, len(e.rows))
		if err := e.writePart(writer, first, last); err != nil {
			return err
		}
		e.in.advance(last, len(e.rows))
	}
	return nil
}

func (e *enterpriseImport) writePart(writer registrar, first, last int) error {
	var added []enterpriseRow
	var entries []auditRow
	for i := first; i < last; i++ {
		row, key := e.rows[i], e.codes[i].key
		held, known := e.known[key]
		changes := e.additions(row, i, held)
		switch {
		case !known:
			added = append(added, writer.row(e.enterprise(i), e.places[i].Path, e.codes[i].override))
		case len(changes) > 0:
			if err := e.update(writer, held, changes); err != nil {
				return err
			}
		}
		if !known || len(changes) > 0 {
			entry, err := newAuditRow(e.in.By, e.in.Now, "enterprise-imported", "enterprise", string(key), map[string]string{"import": e.report.ID})
			if err != nil {
				return err
			}
			entries = append(entries, entry)
		}
		if err := writer.keepNames(key, row.FormerNames, nil); err != nil {
			return err
		}
	}
	if len(added) > 0 {
		if err := writer.tx.Create(&added).Error; err != nil {
			return fmt.Errorf("save enterprises: %w", known(err))
		}
	}
	if len(entries) > 0 {
		if err := writer.tx.Create(&entries).Error; err != nil {
			return fmt.Errorf("write audit entries: %w", err)
		}
	}
	return nil
}

func (e *enterpriseImport) enterprise(index int) models.Enterprise {
	row, codes := e.rows[index], e.codes[index]
	return models.Enterprise{
		Key: codes.key, UnifiedCode: codes.unified, RegistrationNumber: codes.registration, Name: row.Name,
		Address: row.Address, LegalPerson: row.LegalPerson, Phone: row.Phone,
		Established: row.Established, Unit: e.places[index].ID,
	}
}

func (e *enterpriseImport) update(writer registrar, held enterpriseRow, changes map[string]any) error {
	changes["version"], changes["updated_at"] = held.Version+1, writer.now
	result := writer.tx.Model(&enterpriseRow{}).
		Where("enterprise_key = ? AND version = ?", held.EnterpriseKey, held.Version).Updates(changes)
	if result.Error != nil {
		return fmt.Errorf("update enterprise %s: %w", held.EnterpriseKey, known(result.Error))
	}
	if result.RowsAffected != 1 {
		return fmt.Errorf("update enterprise %s: %w", held.EnterpriseKey, ErrVersion)
	}
	return nil
}
