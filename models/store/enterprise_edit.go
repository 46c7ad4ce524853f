package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// enterpriseCodes are the codes of one enterprise, read and checked together.
type enterpriseCodes struct {
	key                   models.EnterpriseKey
	unified, registration string
	// override is the approval that admitted a failing check digit.
	override string
}

// codes reads the codes of a registration. A failing check digit passes if two
// people admitted the key; nothing else passes.
func (r registrar) codes(registration Registration) (enterpriseCodes, error) {
	codes, problems := readCodes(registration)
	for _, problem := range problems {
		if !problem.Overridable() || codes.key == "" {
			return enterpriseCodes{}, problem
		}
	}
	if len(problems) == 0 {
		return codes, nil
	}
	override, err := approvedOverride(r.tx, codes.key)
	if errors.Is(err, ErrNotFound) {
		return enterpriseCodes{}, problems[0]
	}
	codes.override = override
	return codes, err
}

// readCodes reads the codes as far as they can be read, and every fault.
func readCodes(registration Registration) (enterpriseCodes, []*models.CodeProblem) {
	var codes enterpriseCodes
	var problems []*models.CodeProblem
	note := func(err error) {
		var problem *models.CodeProblem
		if errors.As(err, &problem) {
			problems = append(problems, problem)
		}
	}
	if models.NormalName(registration.UnifiedCode) != "" {
		unified, key, err := models.ParseUnifiedCode(registration.UnifiedCode)
		codes.unified, codes.key = unified, key
		note(err)
	}
	if models.NormalName(registration.OrganizationCode) != "" {
		key, err := models.ParseOrganizationCode(registration.OrganizationCode)
		note(err)
		switch {
		case codes.key == "":
			codes.key = key
		case key != "" && key != codes.key:
			problems = append(problems, &models.CodeProblem{
				Code: models.CodeOrganization, Fault: models.FaultDisagree, Value: string(key), Expected: string(codes.key),
			})
		}
	}
	if models.NormalName(registration.RegistrationNumber) != "" {
		number, err := models.ParseRegistrationNumber(registration.RegistrationNumber)
		codes.registration = number
		note(err)
	}
	if codes.key == "" && len(problems) == 0 {
		problems = append(problems, &models.CodeProblem{Code: models.CodeOrganization, Fault: models.FaultMissing})
	}
	return codes, problems
}

// EnterpriseEdit changes what the fields that are set say; nil leaves as it is.
// The key never changes: it is what claims are made against.
type EnterpriseEdit struct {
	Name               *string        `json:"name,omitempty"`
	UnifiedCode        *string        `json:"unifiedCode,omitempty"`
	RegistrationNumber *string        `json:"registrationNumber,omitempty"`
	Address            *string        `json:"address,omitempty"`
	LegalPerson        *string        `json:"legalPerson,omitempty"`
	Phone              *string        `json:"phone,omitempty"`
	Established        *models.Date   `json:"established,omitempty"`
	Unit               *models.UnitID `json:"unit,omitempty"`
}

// EditEnterprise changes an enterprise that is still at the version the editor
// saw; otherwise ErrVersion. A changed name leaves the old one as a former name.
func (a *Archive) EditEnterprise(
	ctx context.Context, key models.EnterpriseKey, version int64, edit EnterpriseEdit, by models.AccountID, now time.Time,
) (EnterpriseEntry, error) {
	var edited EnterpriseEntry
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		writer := newRegistrar(tx, by, now)
		changes, err := writer.changes(key, edit)
		if err != nil {
			return err
		}
		changes["version"], changes["updated_at"] = version+1, writer.now
		result := tx.Model(&enterpriseRow{}).Where("enterprise_key = ? AND version = ?", string(key), version).Updates(changes)
		switch {
		case duplicate(result.Error):
			return fmt.Errorf("edit enterprise %s: %w", key, ErrDuplicate)
		case result.Error != nil:
			return fmt.Errorf("edit enterprise %s: %w", key, result.Error)
		case result.RowsAffected != 1:
			return fmt.Errorf("edit enterprise %s: %w", key, missingOrChanged(tx, "enterprises", "enterprise_key", string(key)))
		}
		if err := audit(tx, by, now, "enterprise-edited", "enterprise", string(key), edit); err != nil {
			return err
		}
		edited, err = enterpriseIn(tx, key)
		return err
	})
	return edited, err
}

// changes turns an edit into columns, checks new codes and keeps the old name.
func (r registrar) changes(key models.EnterpriseKey, edit EnterpriseEdit) (map[string]any, error) {
	present, err := enterpriseIn(r.tx, key)
	if err != nil {
		return nil, err
	}
	changes := map[string]any{}
	if edit.UnifiedCode != nil || edit.RegistrationNumber != nil {
		if err := r.codeChanges(present, edit, changes); err != nil {
			return nil, err
		}
	}
	if edit.Name != nil {
		name := plainText(*edit.Name)
		if models.NormalName(name) == "" {
			return nil, ErrEnterpriseName
		}
		if models.NormalName(name) != models.NormalName(present.Name) {
			if err := r.keepNames(key, []string{present.Name}, &r.now); err != nil {
				return nil, err
			}
		}
		changes["name"], changes["normal_name"], changes["pinyin_initials"] = name, models.NormalName(name), r.speller.Initials(name)
	}
	for column, value := range map[string]*string{"address": edit.Address, "legal_person": edit.LegalPerson, "phone": edit.Phone} {
		if value != nil {
			changes[column] = *value
		}
	}
	if edit.Established != nil {
		changes["established_on"] = edit.Established.String()
	}
	if edit.Unit != nil {
		path, err := unitPathOf(r.tx, *edit.Unit)
		if err != nil {
			return nil, err
		}
		changes["unit_id"], changes["unit_path"] = string(*edit.Unit), path
	}
	return changes, nil
}

// codeChanges checks new codes against the key, which stays.
func (r registrar) codeChanges(present EnterpriseEntry, edit EnterpriseEdit, changes map[string]any) error {
	given := Registration{OrganizationCode: string(present.Key)}
	if edit.UnifiedCode != nil {
		given.UnifiedCode = *edit.UnifiedCode
	}
	if edit.RegistrationNumber != nil {
		given.RegistrationNumber = *edit.RegistrationNumber
	}
	codes, err := r.codes(given)
	if err != nil {
		return err
	}
	if edit.UnifiedCode != nil {
		changes["unified_code"] = orNull(codes.unified)
	}
	if edit.RegistrationNumber != nil {
		changes["registration_number"] = orNull(codes.registration)
	}
	if codes.override != "" {
		changes["override_id"] = codes.override
	}
	return nil
}
