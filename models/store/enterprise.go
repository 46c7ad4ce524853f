package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
	"bangfu/models/pinyin"
)

type enterpriseRow struct {
	EnterpriseKey      string    `gorm:"column:enterprise_key;primaryKey"`
	UnifiedCode        *string   `gorm:"column:unified_code"`
	RegistrationNumber *string   `gorm:"column:registration_number"`
	Name               string    `gorm:"column:name"`
	NormalName         string    `gorm:"column:normal_name"`
	PinyinInitials     string    `gorm:"column:pinyin_initials"`
	Address            string    `gorm:"column:address"`
	LegalPerson        string    `gorm:"column:legal_person"`
	Phone              string    `gorm:"column:phone"`
	EstablishedOn      string    `gorm:"column:established_on"`
	UnitID             string    `gorm:"column:unit_id"`
	UnitPath           string    `gorm:"column:unit_path"`
	OverrideID         string    `gorm:"column:override_id"`
	Version            int64     `gorm:"column:version"`
	CreatedBy          string    `gorm:"column:created_by"`
	Created            time.Time `gorm:"column:created_at"`
	Updated            time.Time `gorm:"column:updated_at"`
}

func (enterpriseRow) TableName() string { return "enterprises" }

type enterpriseNameRow struct {
	EnterpriseKey  string     `gorm:"column:enterprise_key;primaryKey"`
	Name           string     `gorm:"column:name"`
	NormalName     string     `gorm:"column:normal_name;primaryKey"`
	PinyinInitials string     `gorm:"column:pinyin_initials"`
	Ended          *time.Time `gorm:"column:ended_at"`
}

func (enterpriseNameRow) TableName() string { return "enterprise_names" }

// EnterpriseEntry is an enterprise as the registry holds it.
type EnterpriseEntry struct {
	models.Enterprise
	UnitPath  string           `json:"unitPath,omitempty"`
	Version   int64            `json:"version"`
	CreatedBy models.AccountID `json:"createdBy,omitempty"`
	UpdatedAt time.Time        `json:"updatedAt"`
}

func (r enterpriseRow) entry() EnterpriseEntry {
	return EnterpriseEntry{
		Enterprise: models.Enterprise{
			Key: models.EnterpriseKey(r.EnterpriseKey), UnifiedCode: orEmpty(r.UnifiedCode),
			RegistrationNumber: orEmpty(r.RegistrationNumber), Name: r.Name, Address: r.Address,
			LegalPerson: r.LegalPerson, Phone: r.Phone, Established: day(r.EstablishedOn), Unit: models.UnitID(r.UnitID),
		},
		UnitPath: r.UnitPath, Version: r.Version, CreatedBy: models.AccountID(r.CreatedBy), UpdatedAt: r.Updated.UTC(),
	}
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// registrar writes enterprises in one transaction.
type registrar struct {
	tx      *gorm.DB
	speller *pinyin.Speller
	by      models.AccountID
	now     time.Time
}

func newRegistrar(tx *gorm.DB, by models.AccountID, now time.Time) registrar {
	return registrar{tx: tx, speller: pinyin.NewSpeller(), by: by, now: instant(now)}
}

func (r registrar) row(enterprise models.Enterprise, unitPath, override string) enterpriseRow {
	return enterpriseRow{
		EnterpriseKey: string(enterprise.Key), UnifiedCode: orNull(enterprise.UnifiedCode),
		RegistrationNumber: orNull(enterprise.RegistrationNumber), Name: enterprise.Name,
		NormalName: models.NormalName(enterprise.Name), PinyinInitials: r.speller.Initials(enterprise.Name),
		Address: enterprise.Address, LegalPerson: enterprise.LegalPerson, Phone: enterprise.Phone,
		EstablishedOn: enterprise.Established.String(), UnitID: string(enterprise.Unit), UnitPath: unitPath,
		OverrideID: override, Version: 1, CreatedBy: string(r.by), Created: r.now, Updated: r.now,
	}
}

// keepNames keeps former names, which people go on searching by.
func (r registrar) keepNames(key models.EnterpriseKey, names []string, ended *time.Time) error {
	var rows []enterpriseNameRow
	seen := map[string]bool{}
	for _, name := range names {
		if normal := models.NormalName(name); normal != "" && !seen[normal] {
			seen[normal] = true
			rows = append(rows, enterpriseNameRow{
				EnterpriseKey: string(key), Name: name, NormalName: normal,
				PinyinInitials: r.speller.Initials(name), Ended: ended,
			})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := r.tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return fmt.Errorf("keep former names of %s: %w", key, err)
	}
	return nil
}

// SaveEnterprises saves enterprises with codes that were checked before, or
// brings saved ones to the given state. It is for seeds: people register.
func (a *Archive) SaveEnterprises(ctx context.Context, enterprises []models.Enterprise) error {
	now := time.Now()
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		paths, err := unitPathsIn(tx)
		if err != nil {
			return err
		}
		writer := newRegistrar(tx, models.SystemAccount, now)
		rows := make([]enterpriseRow, len(enterprises))
		for i, enterprise := range enterprises {
			rows[i] = writer.row(enterprise, paths[enterprise.Unit], "")
		}
		if err := saveRows(tx, rows, "enterprises", "unified_code", "registration_number", "name", "normal_name",
			"pinyin_initials", "address", "legal_person", "phone", "established_on", "unit_id", "unit_path"); err != nil {
			return err
		}
		for _, enterprise := range enterprises {
			if err := writer.keepNames(enterprise.Key, enterprise.FormerNames, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

func unitPathsIn(tx *gorm.DB) (map[models.UnitID]string, error) {
	var rows []unitRow
	if err := tx.Select("unit_id", "path").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read unit paths: %w", err)
	}
	paths := make(map[models.UnitID]string, len(rows))
	for _, row := range rows {
		paths[models.UnitID(row.UnitID)] = row.Path
	}
	return paths, nil
}

// Enterprise is one enterprise with its former names and its override, or
// ErrNotFound. The registry of enterprises is open to all who sign in: who
// claims one must be able to see that it exists.
func (a *Archive) Enterprise(ctx context.Context, key models.EnterpriseKey) (EnterpriseEntry, error) {
	return enterpriseIn(a.db(ctx), key)
}

func enterpriseIn(tx *gorm.DB, key models.EnterpriseKey) (EnterpriseEntry, error) {
	var row enterpriseRow
	if err := tx.Where("enterprise_key = ?", string(key)).Take(&row).Error; err != nil {
		return EnterpriseEntry{}, fmt.Errorf("read enterprise %s: %w", key, known(err))
	}
	entries := []EnterpriseEntry{row.entry()}
	if err := addFormerNames(tx, entries); err != nil {
		return EnterpriseEntry{}, err
	}
	if row.OverrideID != "" {
		override, err := overrideIn(tx, row.OverrideID)
		if err != nil {
			return EnterpriseEntry{}, err
		}
		entries[0].Override = &override.Override
	}
	return entries[0], nil
}

func addFormerNames(tx *gorm.DB, entries []EnterpriseEntry) error {
	places := make(map[string]int, len(entries))
	keys := make([]string, len(entries))
	for i, entry := range entries {
		keys[i], places[string(entry.Key)] = string(entry.Key), i
	}
	var rows []enterpriseNameRow
	if err := tx.Where("enterprise_key IN ?", keys).Order("enterprise_key, ended_at, normal_name").Find(&rows).Error; err != nil {
		return fmt.Errorf("read former names: %w", err)
	}
	for _, row := range rows {
		i := places[row.EnterpriseKey]
		entries[i].FormerNames = append(entries[i].FormerNames, row.Name)
	}
	return nil
}

// EnterpriseFilter narrows the list of enterprises; empty fields do not.
type EnterpriseFilter struct {
	// Text is part of a present or former name, initials, or any code, as
	// people write them.
	Text string
	// Under keeps the enterprises seated in the unit with this path and below.
	Under string
}

// Enterprises are the enterprises of the filter by organization code.
func (a *Archive) Enterprises(ctx context.Context, filter EnterpriseFilter, page Page) (Paged[EnterpriseEntry], error) {
	query := a.db(ctx)
	if filter.Under != "" {
		condition, bounds := under("unit_path", filter.Under)
		query = query.Where(condition, bounds...)
	}
	query = query.Scopes(enterpriseText(filter.Text))
	var last string
	after, err := page.position(filter, &last)
	if err != nil {
		return Paged[EnterpriseEntry]{}, err
	}
	if after {
		query = query.Where("enterprise_key > ?", last)
	}
	var rows []enterpriseRow
	if err := query.Order("enterprise_key").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[EnterpriseEntry]{}, fmt.Errorf("list enterprises: %w", err)
	}
	result, err := paged(page, filter, rows, func(r enterpriseRow) string { return r.EnterpriseKey })
	if err != nil {
		return Paged[EnterpriseEntry]{}, err
	}
	entries := mapped(result, enterpriseRow.entry)
	return entries, addFormerNames(a.db(ctx), entries.Items)
}

// enterpriseText searches names, former names, initials and codes at once.
// Codes forgive spaces, dashes and case, as names do: both are compared in the
// form of models.NormalName.
func enterpriseText(text string) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		normal := models.NormalName(text)
		if normal == "" {
			return db
		}
		if !isASCII(normal) {
			return db.Where(`(normal_name LIKE ? ESCAPE '!' OR enterprise_key IN
				(SELECT enterprise_key FROM enterprise_names WHERE normal_name LIKE ? ESCAPE '!'))`,
				containing(normal), containing(normal))
		}
		part, start, initials := containing(normal), startingWith(normal), containing(strings.ToLower(normal))
		return db.Where(`(normal_name LIKE ? ESCAPE '!' OR pinyin_initials LIKE ? ESCAPE '!'
			OR enterprise_key LIKE ? ESCAPE '!' OR unified_code LIKE ? ESCAPE '!' OR registration_number LIKE ? ESCAPE '!'
			OR enterprise_key IN (SELECT enterprise_key FROM enterprise_names
				WHERE normal_name LIKE ? ESCAPE '!' OR pinyin_initials LIKE ? ESCAPE '!'))`,
			part, initials, start, part, start, part, initials)
	}
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// EnterpriseExists refuses to register an enterprise, or to give it a code,
// that the registry holds already; it shows which.
type EnterpriseExists struct{ Existing EnterpriseEntry }

// Error names the key only: logs hold no names.
func (e *EnterpriseExists) Error() string {
	return fmt.Sprintf("enterprise %s: %s", e.Existing.Key, ErrDuplicate)
}

// Unwrap makes it an ErrDuplicate.
func (e *EnterpriseExists) Unwrap() error { return ErrDuplicate }

// ErrEnterpriseName says that the enterprise has no name.
var ErrEnterpriseName = errors.New("the enterprise has no name")

// Registration is what people say about an enterprise they register. Codes are
// as written: at least one of the first two must be there.
type Registration struct {
	UnifiedCode        string
	OrganizationCode   string
	RegistrationNumber string
	Name               string
	FormerNames        []string
	Address            string
	LegalPerson        string
	Phone              string
	Established        models.Date
	Unit               models.UnitID
}

// RegisterEnterprise checks the codes and registers the enterprise. A code that
// fails its check is a *models.CodeProblem, unless two people admitted the key;
// an enterprise that is there already is an *EnterpriseExists.
func (a *Archive) RegisterEnterprise(ctx context.Context, registration Registration, by models.AccountID, now time.Time) (EnterpriseEntry, error) {
	var registered EnterpriseEntry
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		key, err := newRegistrar(tx, by, now).register(registration)
		var exists *EnterpriseExists
		if duplicate(err) && !errors.As(err, &exists) {
			// Somebody registers the same enterprise: look again, to show theirs.
			return errors.Join(errLost, err)
		}
		if err != nil {
			return err
		}
		registered, err = enterpriseIn(tx, key)
		return err
	})
	return registered, err
}

func (r registrar) register(registration Registration) (models.EnterpriseKey, error) {
	if models.NormalName(registration.Name) == "" {
		return "", ErrEnterpriseName
	}
	codes, err := r.codes(registration)
	if err != nil {
		return "", err
	}
	if err := r.refuseExisting(codes); err != nil {
		return "", err
	}
	path := ""
	if registration.Unit != "" {
		if path, err = unitPathOf(r.tx, registration.Unit); err != nil {
			return "", err
		}
	}
	enterprise := models.Enterprise{
		Key: codes.key, UnifiedCode: codes.unified, RegistrationNumber: codes.registration,
		Name: plainText(registration.Name), Address: registration.Address, LegalPerson: registration.LegalPerson,
		Phone: registration.Phone, Established: registration.Established, Unit: registration.Unit,
	}
	row := r.row(enterprise, path, codes.override)
	if err := r.tx.Create(&row).Error; err != nil {
		return "", fmt.Errorf("register enterprise %s: %w", codes.key, known(err))
	}
	if err := r.keepNames(codes.key, registration.FormerNames, nil); err != nil {
		return "", err
	}
	return codes.key, audit(r.tx, r.by, r.now, "enterprise-registered", "enterprise", row.EnterpriseKey, enterprise)
}

// refuseExisting shows the enterprise that holds one of the codes already.
func (r registrar) refuseExisting(codes enterpriseCodes) error {
	query := r.tx.Where("enterprise_key = ?", string(codes.key))
	if codes.unified != "" {
		query = query.Or("unified_code = ?", codes.unified)
	}
	if codes.registration != "" {
		query = query.Or("registration_number = ?", codes.registration)
	}
	var rows []enterpriseRow
	if err := query.Limit(1).Find(&rows).Error; err != nil {
		return fmt.Errorf("look for enterprise %s: %w", codes.key, err)
	}
	if len(rows) == 0 {
		return nil
	}
	existing, err := enterpriseIn(r.tx, models.EnterpriseKey(rows[0].EnterpriseKey))
	if err != nil {
		return err
	}
	return &EnterpriseExists{Existing: existing}
}
