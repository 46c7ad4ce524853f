package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// RecordFilter chooses records. Empty fields choose all.
type RecordFilter struct {
	Plan       models.PlanID
	Cadre      models.CadreID
	UnitPath   string
	Kinds      []models.Kind
	States     []models.RecordState
	Stage      models.Stage
	Enterprise models.EnterpriseKey
	// Text is a part of the enterprise's name or code.
	Text string
	// Evidence chooses the records that use a file.
	Evidence models.EvidenceID
}

type recordKey struct {
	At time.Time
	ID string
}

// Records lists records within the reach, the newest first.
func (a *Archive) Records(ctx context.Context, reach Reach, filter RecordFilter, page Page) (Paged[Record], error) {
	bound := struct {
		RecordFilter
		List string
	}{filter, "records"}
	var key recordKey
	found, err := page.position(bound, &key)
	if err != nil {
		return Paged[Record]{}, err
	}
	query := a.db(ctx).Scopes(reach.scope("unit_path", "cadre"), filter.scope)
	if found {
		query = query.Where("(created_at < ? OR (created_at = ? AND id < ?))", instant(key.At), instant(key.At), key.ID)
	}
	var rows []recordRow
	if err := query.Order("created_at DESC, id DESC").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Record]{}, fmt.Errorf("list records: %w", err)
	}
	result, err := paged(page, bound, rows, func(r recordRow) recordKey { return recordKey{At: r.CreatedAt.UTC(), ID: r.ID} })
	if err != nil {
		return Paged[Record]{}, err
	}
	return a.recordsOf(ctx, result)
}

func (f RecordFilter) scope(db *gorm.DB) *gorm.DB {
	if f.Plan != "" {
		db = db.Where("plan = ?", string(f.Plan))
	}
	if f.Cadre != "" {
		db = db.Where("cadre = ?", string(f.Cadre))
	}
	if f.UnitPath != "" {
		condition, bounds := under("unit_path", f.UnitPath)
		db = db.Where(condition, bounds...)
	}
	if len(f.Kinds) > 0 {
		db = db.Where("kind IN ?", f.Kinds)
	}
	if len(f.States) > 0 {
		db = db.Where("state IN ?", f.States)
	}
	if f.Stage != "" {
		db = db.Where("stage = ?", string(f.Stage))
	}
	if f.Enterprise != "" {
		db = db.Where("enterprise_key = ?", string(f.Enterprise))
	}
	if f.Evidence != "" {
		db = db.Where("id IN (SELECT record FROM record_evidence WHERE evidence = ?)", string(f.Evidence))
	}
	return textScope(db, f.Text, "enterprise_name", "enterprise_key")
}

// textScope is "one of the columns contains the text", wildcards taken literally.
func textScope(db *gorm.DB, text string, columns ...string) *gorm.DB {
	text = strings.TrimSpace(text)
	if text == "" {
		return db
	}
	pattern := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
	conditions := make([]string, len(columns))
	values := make([]any, len(columns))
	for i, column := range columns {
		conditions[i] = column + " LIKE ? ESCAPE '!'"
		values[i] = pattern
	}
	return db.Where("("+strings.Join(conditions, " OR ")+")", values...)
}

// Seat is one review stage that somebody acts at for the units below a path.
type Seat struct {
	Stage models.Stage
	Path  string
}

// QueueFilter chooses claims that wait for a review.
type QueueFilter struct {
	Plan  models.PlanID
	Kinds []models.Kind
	// Stages chooses stages, for all units within the reach.
	Stages []models.Stage
	// Seats chooses stages together with the units they are held for.
	Seats []Seat
	// Without leaves out the claims of cadres whom the caller may not judge:
	// themselves and those they stand in for.
	Without []models.CadreID
	// DueBefore chooses claims that should be decided before the instant.
	DueBefore time.Time
	Text      string
}

// ReviewQueue lists the claims under review within the reach, those first that
// should be decided first.
func (a *Archive) ReviewQueue(ctx context.Context, reach Reach, filter QueueFilter, page Page) (Paged[Record], error) {
	bound := struct {
		QueueFilter
		List string
	}{filter, "queue"}
	var key recordKey
	found, err := page.position(bound, &key)
	if err != nil {
		return Paged[Record]{}, err
	}
	query := a.db(ctx).Scopes(reach.scope("unit_path", "cadre"), filter.scope)
	if found {
		query = query.Where("(action_due > ? OR (action_due = ? AND id > ?))", instant(key.At), instant(key.At), key.ID)
	}
	var rows []recordRow
	if err := query.Order("action_due, id").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Record]{}, fmt.Errorf("list the review queue: %w", err)
	}
	result, err := paged(page, bound, rows, func(r recordRow) recordKey { return recordKey{At: orZero(r.ActionDue), ID: r.ID} })
	if err != nil {
		return Paged[Record]{}, err
	}
	return a.recordsOf(ctx, result)
}

// QueueLength counts what ReviewQueue lists.
func (a *Archive) QueueLength(ctx context.Context, reach Reach, filter QueueFilter) (int64, error) {
	var count int64
	err := a.db(ctx).Model(&recordRow{}).Scopes(reach.scope("unit_path", "cadre"), filter.scope).Count(&count).Error
	if err != nil {
		return 0, fmt.Errorf("count the review queue: %w", err)
	}
	return count, nil
}

func (f QueueFilter) scope(db *gorm.DB) *gorm.DB {
	db = db.Where("state = ?", string(models.StateUnderReview))
	if f.Plan != "" {
		db = db.Where("plan = ?", string(f.Plan))
	}
	if len(f.Kinds) > 0 {
		db = db.Where("kind IN ?", f.Kinds)
	}
	if len(f.Stages) > 0 {
		db = db.Where("stage IN ?", f.Stages)
	}
	if len(f.Seats) > 0 {
		conditions := make([]string, len(f.Seats))
		var values []any
		for i, seat := range f.Seats {
			condition, bounds := under("unit_path", seat.Path)
			conditions[i] = "(stage = ? AND " + condition + ")"
			values = append(append(values, string(seat.Stage)), bounds...)
		}
		db = db.Where("("+strings.Join(conditions, " OR ")+")", values...)
	}
	if len(f.Without) > 0 {
		db = db.Where("cadre NOT IN ?", f.Without)
	}
	if !f.DueBefore.IsZero() {
		db = db.Where("action_due < ?", instant(f.DueBefore))
	}
	return textScope(db, f.Text, "enterprise_name", "enterprise_key")
}

// recordsOf adds the evidence to a page of rows.
func (a *Archive) recordsOf(ctx context.Context, page Paged[recordRow]) (Paged[Record], error) {
	ids := make([]string, len(page.Items))
	for i, row := range page.Items {
		ids[i] = row.ID
	}
	evidence, err := evidenceOf(a.db(ctx), ids...)
	if err != nil {
		return Paged[Record]{}, err
	}
	items := make([]Record, len(page.Items))
	for i, row := range page.Items {
		if items[i], err = row.record(evidence[row.ID]); err != nil {
			return Paged[Record]{}, err
		}
	}
	return Paged[Record]{Items: items, Next: page.Next}, nil
}
