package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
)

// What the files of the registry share: how days and lists are stored, how rows
// are saved again without doubles, how text is searched, and who changed what.

// day reads a stored day; a stored day was written by Date.String.
func day(text string) models.Date {
	date, err := models.ParseDate(text)
	if err != nil {
		return models.Date{}
	}
	return date
}

// identifiers writes a list of identifiers as JSON.
func identifiers[T ~string](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	data, _ := json.Marshal(list) // strings always marshal
	return string(data)
}

// identifiersFrom reads what identifiers wrote.
func identifiersFrom[T ~string](text string) []T {
	var list []T
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) == 0 {
		return nil
	}
	return list
}

// savedAtOnce is how many rows one statement inserts.
const savedAtOnce = 200

// saveRows inserts rows, or brings the ones that exist to the given state.
func saveRows[Row any](tx *gorm.DB, rows []Row, what string, updated ...string) error {
	if len(rows) == 0 {
		return nil
	}
	conflict := clause.OnConflict{UpdateAll: len(updated) == 0}
	if len(updated) > 0 {
		conflict.DoUpdates = clause.AssignmentColumns(updated)
	}
	if err := tx.Clauses(conflict).CreateInBatches(rows, savedAtOnce).Error; err != nil {
		return fmt.Errorf("save %s: %w", what, known(err))
	}
	return nil
}

// containing is a LIKE pattern for text anywhere in a column, to be used with
// ESCAPE '!' because a backslash means different things to the two databases.
func containing(text string) string { return "%" + startingWith(text) }

// startingWith is a LIKE pattern for text at the start of a column.
func startingWith(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
}

// AuditEntry says who changed what in the registry, and when. Obligations have
// the event log for this; the registry has these entries.
type AuditEntry struct {
	ID      string
	At      time.Time
	Account models.AccountID
	// Action is a verb of the registry, such as "enterprise-registered".
	Action string
	// Kind and Object name what was changed.
	Kind, Object string
	// Detail is JSON, as much as a reader needs to see the change.
	Detail string
	// Source is where the request came from, if known.
	Source string
}

type auditRow struct {
	AuditID    string    `gorm:"column:audit_id;primaryKey"`
	HappenedAt time.Time `gorm:"column:happened_at"`
	AccountID  string    `gorm:"column:account_id"`
	Action     string    `gorm:"column:action"`
	ObjectKind string    `gorm:"column:object_kind"`
	ObjectID   string    `gorm:"column:object_id"`
	Detail     string    `gorm:"column:detail"`
	Source     string    `gorm:"column:source"`
}

func (auditRow) TableName() string { return "audit_entries" }

func (r auditRow) entry() AuditEntry {
	return AuditEntry{
		ID: r.AuditID, At: r.HappenedAt.UTC(), Account: models.AccountID(r.AccountID), Action: r.Action,
		Kind: r.ObjectKind, Object: r.ObjectID, Detail: r.Detail, Source: r.Source,
	}
}

// newKey makes an identifier that sorts by the time it was made, which keeps
// inserts together without being a sequence.
func newKey() (string, error) {
	key, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	return key.String(), nil
}

// newAuditRow makes an entry; detail becomes JSON.
func newAuditRow(by models.AccountID, at time.Time, action, kind, object string, detail any) (auditRow, error) {
	key, err := newKey()
	if err != nil {
		return auditRow{}, err
	}
	data, err := json.Marshal(detail)
	if err != nil {
		return auditRow{}, fmt.Errorf("write audit entry of %s %s: %w", kind, object, err)
	}
	return auditRow{
		AuditID: key, HappenedAt: instant(at), AccountID: string(by), Action: action,
		ObjectKind: kind, ObjectID: object, Detail: string(data),
	}, nil
}

// audit adds an entry in the transaction of the change itself.
func audit(tx *gorm.DB, by models.AccountID, at time.Time, action, kind, object string, detail any) error {
	row, err := newAuditRow(by, at, action, kind, object, detail)
	if err != nil {
		return err
	}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("write audit entry of %s %s: %w", kind, object, err)
	}
	return nil
}

// AuditFilter narrows the audit entries; empty fields do not.
type AuditFilter struct {
	Kind, Object string
	Account      models.AccountID
}

// AuditEntries are the entries, the latest first.
func (a *Archive) AuditEntries(ctx context.Context, filter AuditFilter, page Page) (Paged[AuditEntry], error) {
	query := a.db(ctx)
	if filter.Kind != "" {
		query = query.Where("object_kind = ?", filter.Kind)
	}
	if filter.Object != "" {
		query = query.Where("object_id = ?", filter.Object)
	}
	if filter.Account != "" {
		query = query.Where("account_id = ?", string(filter.Account))
	}
	var last string
	after, err := page.position(filter, &last)
	if err != nil {
		return Paged[AuditEntry]{}, err
	}
	if after {
		query = query.Where("audit_id < ?", last)
	}
	var rows []auditRow
	if err := query.Order("audit_id DESC").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[AuditEntry]{}, fmt.Errorf("list audit entries: %w", err)
	}
	result, err := paged(page, filter, rows, func(r auditRow) string { return r.AuditID })
	return mapped(result, auditRow.entry), err
}

// plainText trims what people type into a search box.
func plainText(text string) string { return strings.Join(strings.Fields(text), " ") }

// lower is for initials, which are stored in small letters.
func lower(text string) string { return strings.ToLower(text) }

// cut keeps a text within so many characters of its column.
func cut(text string, longest int) string {
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	return string(runes[:longest])
}
