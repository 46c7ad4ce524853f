package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// ErrTwoPeople says that whoever asked for an override may not approve it.
var ErrTwoPeople = errors.New("another person must approve the override")

// ErrOverride says that the key has no valid form, or that no scanned licence is
// named.
var ErrOverride = errors.New("the override names no valid code or no document")

type overrideRow struct {
	OverrideID    string     `gorm:"column:override_id;primaryKey"`
	EnterpriseKey string     `gorm:"column:enterprise_key"`
	DocumentID    string     `gorm:"column:document_id"`
	Reason        string     `gorm:"column:reason"`
	RequestedBy   string     `gorm:"column:requested_by"`
	RequestedAt   time.Time  `gorm:"column:requested_at"`
	ApprovedBy    string     `gorm:"column:approved_by"`
	ApprovedAt    *time.Time `gorm:"column:approved_at"`
}

func (overrideRow) TableName() string { return "code_overrides" }

// OverrideEntry is the request, and once two people stand behind it the
// approval, to admit a code that fails its check.
type OverrideEntry struct {
	models.Override
	ID          string    `json:"id"`
	Reason      string    `json:"reason"`
	RequestedAt time.Time `json:"requestedAt"`
	// ApprovedAt is zero until somebody else approved.
	ApprovedAt time.Time `json:"approvedAt,omitzero"`
}

// Approved reports whether two people stand behind the code.
func (o OverrideEntry) Approved() bool { return !o.ApprovedAt.IsZero() && o.Valid() }

func (r overrideRow) entry() OverrideEntry {
	return OverrideEntry{
		Override: models.Override{
			Key: models.EnterpriseKey(r.EnterpriseKey), RequestedBy: models.AccountID(r.RequestedBy),
			ApprovedBy: models.AccountID(r.ApprovedBy), Document: models.EvidenceID(r.DocumentID),
		},
		ID: r.OverrideID, Reason: r.Reason, RequestedAt: r.RequestedAt.UTC(), ApprovedAt: orZero(r.ApprovedAt),
	}
}

// RequestOverride asks that a code be admitted although its check digit fails,
// with a scan of the licence that shows it.
func (a *Archive) RequestOverride(
	ctx context.Context, key models.EnterpriseKey, document models.EvidenceID, reason string, by models.AccountID, now time.Time,
) (OverrideEntry, error) {
	if !models.ValidEnterpriseKey(key) || document == "" || by == "" {
		return OverrideEntry{}, ErrOverride
	}
	id, err := newKey()
	if err != nil {
		return OverrideEntry{}, err
	}
	row := overrideRow{
		OverrideID: id, EnterpriseKey: string(key), DocumentID: string(document), Reason: reason,
		RequestedBy: string(by), RequestedAt: instant(now),
	}
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("evidence_id = ?", row.DocumentID).Take(&evidenceRow{}).Error; err != nil {
			return fmt.Errorf("find the licence of override %s: %w", key, known(err))
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("request override of %s: %w", key, known(err))
		}
		return audit(tx, by, now, "override-requested", "enterprise", row.EnterpriseKey, map[string]string{
			"override": id, "document": row.DocumentID,
		})
	})
	return row.entry(), err
}

// ApproveOverride is the second person's word. Approving again changes nothing.
func (a *Archive) ApproveOverride(ctx context.Context, id string, by models.AccountID, now time.Time) (OverrideEntry, error) {
	var approved OverrideEntry
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		entry, err := overrideIn(tx, id)
		switch {
		case err != nil:
			return err
		case entry.RequestedBy == by || by == "":
			return fmt.Errorf("approve override %s: %w", id, ErrTwoPeople)
		case entry.Approved():
			approved = entry
			return nil
		}
		result := tx.Model(&overrideRow{}).Where("override_id = ? AND approved_by = ''", id).
			Updates(map[string]any{"approved_by": string(by), "approved_at": instant(now)})
		if result.Error != nil {
			return fmt.Errorf("approve override %s: %w", id, result.Error)
		}
		if err := audit(tx, by, now, "override-approved", "enterprise", string(entry.Key), map[string]string{"override": id}); err != nil {
			return err
		}
		approved, err = overrideIn(tx, id)
		return err
	})
	return approved, err
}

// Override is one override, or ErrNotFound.
func (a *Archive) Override(ctx context.Context, id string) (OverrideEntry, error) {
	return overrideIn(a.db(ctx), id)
}

// Overrides are the overrides that wait for a second person, or all of them,
// the oldest first.
func (a *Archive) Overrides(ctx context.Context, waiting bool, page Page) (Paged[OverrideEntry], error) {
	query := a.db(ctx)
	if waiting {
		query = query.Where("approved_at IS NULL")
	}
	filters := struct{ Waiting bool }{waiting}
	var last string
	after, err := page.position(filters, &last)
	if err != nil {
		return Paged[OverrideEntry]{}, err
	}
	if after {
		query = query.Where("override_id > ?", last)
	}
	var rows []overrideRow
	if err := query.Order("override_id").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[OverrideEntry]{}, fmt.Errorf("list overrides: %w", err)
	}
	result, err := paged(page, filters, rows, func(r overrideRow) string { return r.OverrideID })
	return mapped(result, overrideRow.entry), err
}

func overrideIn(tx *gorm.DB, id string) (OverrideEntry, error) {
	var row overrideRow
	if err := tx.Where("override_id = ?", id).Take(&row).Error; err != nil {
		return OverrideEntry{}, fmt.Errorf("read override %s: %w", id, known(err))
	}
	return row.entry(), nil
}

// approvedOverride is the ID of the approval of a key, or ErrNotFound.
func approvedOverride(tx *gorm.DB, key models.EnterpriseKey) (string, error) {
	var row overrideRow
	err := tx.Where("enterprise_key = ? AND approved_at IS NOT NULL", string(key)).Order("override_id").Take(&row).Error
	if err != nil {
		return "", fmt.Errorf("find approved override of %s: %w", key, known(err))
	}
	return row.OverrideID, nil
}
