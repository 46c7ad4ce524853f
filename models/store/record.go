package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// Content is the form of a claim, at most twelve fields for the cadre
// (domain.md §1.3: enter once). What is missing is refused at submission, not
// while it is a draft.
type Content struct {
	Kind models.Kind `json:"kind"`
	// Enterprise is the organization code, EnterpriseName the name as typed.
	Enterprise     models.EnterpriseKey `json:"enterprise"`
	EnterpriseName string               `json:"enterpriseName"`
	// OccurredOn is the day of the help, Established that of the enterprise.
	OccurredOn  models.Date `json:"occurredOn"`
	Established models.Date `json:"established"`
	Address     string      `json:"address"`
	LegalPerson string      `json:"legalPerson"`
	Phone       string      `json:"phone"`
	// Summary is what the cadre did, Result what came of it.
	Summary  string           `json:"summary"`
	Result   string           `json:"result"`
	Evidence []RecordEvidence `json:"evidence"`
}

// RecordEvidence is one uploaded file and what it is to prove.
type RecordEvidence struct {
	Evidence models.EvidenceID       `json:"evidence"`
	Category models.EvidenceCategory `json:"category"`
}

// Categories are the distinct categories of the evidence, sorted, as
// models.Submit names them.
func (c Content) Categories() []models.EvidenceCategory {
	categories := make([]models.EvidenceCategory, 0, len(c.Evidence))
	for _, evidence := range c.Evidence {
		categories = append(categories, evidence.Category)
	}
	slices.Sort(categories)
	return slices.Compact(categories)
}

// sealed is the canonical JSON of the content as an event keeps it.
func (c Content) sealed() (json.RawMessage, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("write the content of a record: %w", err)
	}
	return data, nil
}

// Record is a draft or claim as pages show it.
type Record struct {
	ID         models.RecordID
	Obligation models.ObligationID
	// Unit and UnitPath are the obligation's, also after a transfer.
	Unit     models.UnitID
	UnitPath string
	Content  Content
	State    models.RecordState
	Stage    models.Stage
	// Version counts every change, of the draft and of the claim.
	Version     int64
	Returns     int
	Dispute     models.DisputeID
	SubmittedAt time.Time
	// ActionDue is when the reviewer should have acted, or the correction lapses.
	ActionDue  time.Time
	CreditedAt time.Time
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Editable reports whether the cadre may change the content.
func (r Record) Editable() bool { return slices.Contains(editableStates, r.State) }

var editableStates = []models.RecordState{models.StateDraft, models.StateReturned, models.StateWithdrawn}

type recordRow struct {
	ID             string     `gorm:"column:id;primaryKey"`
	Plan           string     `gorm:"column:plan"`
	Cadre          string     `gorm:"column:cadre"`
	Unit           string     `gorm:"column:unit"`
	UnitPath       string     `gorm:"column:unit_path"`
	Kind           string     `gorm:"column:kind"`
	EnterpriseKey  string     `gorm:"column:enterprise_key"`
	EnterpriseName string     `gorm:"column:enterprise_name"`
	OccurredOn     string     `gorm:"column:occurred_on"`
	EstablishedOn  string     `gorm:"column:established_on"`
	Address        string     `gorm:"column:address"`
	LegalPerson    string     `gorm:"column:legal_person"`
	Phone          string     `gorm:"column:phone"`
	LikeAddress    string     `gorm:"column:like_address"`
	LikePerson     string     `gorm:"column:like_legal_person"`
	LikePhone      string     `gorm:"column:like_phone"`
	Summary        string     `gorm:"column:summary"`
	Result         string     `gorm:"column:result"`
	State          string     `gorm:"column:state"`
	Stage          string     `gorm:"column:stage"`
	Version        int64      `gorm:"column:version"`
	ReturnCount    int        `gorm:"column:return_count"`
	Dispute        string     `gorm:"column:dispute"`
	SubmittedAt    *time.Time `gorm:"column:submitted_at"`
	ActionDue      *time.Time `gorm:"column:action_due"`
	CreditedAt     *time.Time `gorm:"column:credited_at"`
	CreatedAt      time.Time  `gorm:"column:created_at;autoCreateTime:false"`
	UpdatedAt      time.Time  `gorm:"column:updated_at;autoUpdateTime:false"`
}

func (recordRow) TableName() string { return "records" }

type evidenceUseRow struct {
	Record   string `gorm:"column:record;primaryKey"`
	Evidence string `gorm:"column:evidence;primaryKey"`
	Category string `gorm:"column:category"`
}

func (evidenceUseRow) TableName() string { return "record_evidence" }

func (r *recordRow) setContent(c Content) {
	r.Kind, r.EnterpriseKey, r.EnterpriseName = string(c.Kind), string(c.Enterprise), c.EnterpriseName
	r.OccurredOn, r.EstablishedOn = c.OccurredOn.String(), c.Established.String()
	r.Address, r.LegalPerson, r.Phone = c.Address, c.LegalPerson, c.Phone
	like := models.LikenessOf(c.Address, c.LegalPerson, c.Phone)
	r.LikeAddress, r.LikePerson, r.LikePhone = like.Address, like.LegalPerson, like.Phone
	r.Summary, r.Result = c.Summary, c.Result
}

func (r recordRow) content(evidence []evidenceUseRow) (Content, error) {
	content := Content{
		Kind: models.Kind(r.Kind), Enterprise: models.EnterpriseKey(r.EnterpriseKey), EnterpriseName: r.EnterpriseName,
		Address: r.Address, LegalPerson: r.LegalPerson, Phone: r.Phone, Summary: r.Summary, Result: r.Result,
		Evidence: []RecordEvidence{},
	}
	if err := content.OccurredOn.UnmarshalText([]byte(r.OccurredOn)); err != nil {
		return Content{}, fmt.Errorf("read record %s: %w", r.ID, err)
	}
	if err := content.Established.UnmarshalText([]byte(r.EstablishedOn)); err != nil {
		return Content{}, fmt.Errorf("read record %s: %w", r.ID, err)
	}
	for _, use := range evidence {
		content.Evidence = append(content.Evidence, RecordEvidence{
			Evidence: models.EvidenceID(use.Evidence), Category: models.EvidenceCategory(use.Category),
		})
	}
	return content, nil
}

func (r recordRow) record(evidence []evidenceUseRow) (Record, error) {
	content, err := r.content(evidence)
	return Record{
		ID:         models.RecordID(r.ID),
		Obligation: models.ObligationID{Plan: models.PlanID(r.Plan), Cadre: models.CadreID(r.Cadre)},
		Unit:       models.UnitID(r.Unit), UnitPath: r.UnitPath, Content: content,
		State: models.RecordState(r.State), Stage: models.Stage(r.Stage), Version: r.Version,
		Returns: r.ReturnCount, Dispute: models.DisputeID(r.Dispute),
		SubmittedAt: orZero(r.SubmittedAt), ActionDue: orZero(r.ActionDue), CreditedAt: orZero(r.CreditedAt),
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}, err
}

// evidenceOf reads the evidence of records in a fixed order.
func evidenceOf(db *gorm.DB, records ...string) (map[string][]evidenceUseRow, error) {
	uses := map[string][]evidenceUseRow{}
	if len(records) == 0 {
		return uses, nil
	}
	var rows []evidenceUseRow
	if err := db.Where("record IN ?", records).Order("record, category, evidence").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the evidence of records: %w", err)
	}
	for _, row := range rows {
		uses[row.Record] = append(uses[row.Record], row)
	}
	return uses, nil
}

// NewDraft is a record as its cadre first saves it.
type NewDraft struct {
	ID         models.RecordID
	Obligation models.ObligationID
	Content    Content
	At         time.Time
}

// CreateDraft saves a new draft under an obligation. It answers ErrNotFound
// without the obligation and ErrDuplicate when the ID is taken.
func (a *Archive) CreateDraft(ctx context.Context, draft NewDraft) (Record, error) {
	row := recordRow{
		ID: string(draft.ID), Plan: string(draft.Obligation.Plan), Cadre: string(draft.Obligation.Cadre),
		State: string(models.StateDraft), Version: 1, CreatedAt: instant(draft.At), UpdatedAt: instant(draft.At),
	}
	row.setContent(draft.Content)
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		var home obligationRow
		err := locked(tx).Select("unit", "unit_path").
			Where("plan = ? AND cadre = ?", row.Plan, row.Cadre).Take(&home).Error
		if err != nil {
			return known(err)
		}
		row.Unit, row.UnitPath = home.Unit, home.UnitPath
		if err := tx.Create(&row).Error; err != nil {
			return known(err)
		}
		return replaceEvidence(tx, row.ID, draft.Content.Evidence, false)
	})
	if err != nil {
		return Record{}, fmt.Errorf("create draft %s: %w", draft.ID, err)
	}
	return a.Record(ctx, Everything(), draft.ID)
}

// EditDraft replaces the content of a record that its cadre may edit. version
// is the one that was shown: another one answers ErrVersion, a record that is
// frozen ErrNotEditable.
func (a *Archive) EditDraft(ctx context.Context, id models.RecordID, version int64, content Content, at time.Time) (Record, error) {
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := editable(tx, id, version); err != nil {
			return err
		}
		var row recordRow
		row.setContent(content)
		row.Version, row.UpdatedAt = version+1, instant(at)
		err := tx.Model(&recordRow{}).Where("id = ?", string(id)).
			Select("kind", "enterprise_key", "enterprise_name", "occurred_on", "established_on", "address",
				"legal_person", "phone", "like_address", "like_legal_person", "like_phone", "summary", "result", "version", "updated_at").Updates(row).Error
		if err != nil {
			return err
		}
		return replaceEvidence(tx, string(id), content.Evidence, true)
	})
	if err != nil {
		return Record{}, fmt.Errorf("edit record %s: %w", id, err)
	}
	return a.Record(ctx, Everything(), id)
}

// DeleteDraft removes a draft that was never submitted.
func (a *Archive) DeleteDraft(ctx context.Context, id models.RecordID, version int64) error {
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := editable(tx, id, version); err != nil {
			return err
		}
		result := tx.Where("id = ? AND state = ?", string(id), string(models.StateDraft)).Delete(&recordRow{})
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected == 0 {
			return ErrNotEditable
		}
		return replaceEvidence(tx, string(id), nil, true)
	})
	if err != nil {
		return fmt.Errorf("delete draft %s: %w", id, err)
	}
	return nil
}

// editable locks a record and checks that it may be edited at the version.
func editable(tx *gorm.DB, id models.RecordID, version int64) error {
	var row recordRow
	err := locked(tx).Select("state", "version").Where("id = ?", string(id)).Take(&row).Error
	switch {
	case err != nil:
		return known(err)
	case !slices.Contains(editableStates, models.RecordState(row.State)):
		return ErrNotEditable
	case row.Version != version:
		return ErrVersion
	}
	return nil
}

func replaceEvidence(tx *gorm.DB, record string, evidence []RecordEvidence, replaces bool) error {
	if replaces {
		if err := tx.Where("record = ?", record).Delete(&evidenceUseRow{}).Error; err != nil {
			return err
		}
	}
	var rows []evidenceUseRow
	for _, use := range evidence {
		if !slices.ContainsFunc(rows, func(r evidenceUseRow) bool { return r.Evidence == string(use.Evidence) }) {
			rows = append(rows, evidenceUseRow{Record: record, Evidence: string(use.Evidence), Category: string(use.Category)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

// Record reads one record within the reach, or ErrNotFound.
func (a *Archive) Record(ctx context.Context, reach Reach, id models.RecordID) (Record, error) {
	db := a.db(ctx)
	var row recordRow
	if err := db.Scopes(reach.scope("unit_path", "cadre")).Where("id = ?", string(id)).Take(&row).Error; err != nil {
		return Record{}, fmt.Errorf("read record %s: %w", id, known(err))
	}
	evidence, err := evidenceOf(a.db(ctx), row.ID)
	if err != nil {
		return Record{}, err
	}
	return row.record(evidence[row.ID])
}
