package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// DisputeState is how a dispute stands.
type DisputeState string

// The states of a dispute.
const (
	DisputeOpen      DisputeState = "open"
	DisputeUpheld    DisputeState = "upheld"
	DisputeDismissed DisputeState = "dismissed"
	// DisputeWithdrawn: the claimant took the disputing record back.
	DisputeWithdrawn DisputeState = "withdrawn"
)

// Dispute is one conflict over an enterprise between two records.
type Dispute struct {
	ID         models.DisputeID
	Kind       models.Kind
	Enterprise models.EnterpriseKey
	// Record and Obligation are the disputing side's, Holder… the other's.
	Record           models.RecordID
	Obligation       models.ObligationID
	UnitPath         string
	HolderRecord     models.RecordID
	HolderObligation models.ObligationID
	State            DisputeState
	OpenedAt         time.Time
	DecidedAt        time.Time
	DecidedBy        models.AccountID
}

type disputeRow struct {
	ID            string     `gorm:"column:id;primaryKey"`
	Plan          string     `gorm:"column:plan"`
	Kind          string     `gorm:"column:kind"`
	EnterpriseKey string     `gorm:"column:enterprise_key"`
	Record        string     `gorm:"column:record"`
	Cadre         string     `gorm:"column:cadre"`
	UnitPath      string     `gorm:"column:unit_path"`
	HolderRecord  string     `gorm:"column:holder_record"`
	HolderPlan    string     `gorm:"column:holder_plan"`
	HolderCadre   string     `gorm:"column:holder_cadre"`
	State         string     `gorm:"column:state"`
	OpenedAt      time.Time  `gorm:"column:opened_at"`
	DecidedAt     *time.Time `gorm:"column:decided_at"`
	DecidedBy     string     `gorm:"column:decided_by"`
}

func (disputeRow) TableName() string { return "disputes" }

func (r disputeRow) dispute() Dispute {
	return Dispute{
		ID: models.DisputeID(r.ID), Kind: models.Kind(r.Kind), Enterprise: models.EnterpriseKey(r.EnterpriseKey),
		Record:           models.RecordID(r.Record),
		Obligation:       models.ObligationID{Plan: models.PlanID(r.Plan), Cadre: models.CadreID(r.Cadre)},
		UnitPath:         r.UnitPath,
		HolderRecord:     models.RecordID(r.HolderRecord),
		HolderObligation: models.ObligationID{Plan: models.PlanID(r.HolderPlan), Cadre: models.CadreID(r.HolderCadre)},
		State:            DisputeState(r.State), OpenedAt: r.OpenedAt.UTC(), DecidedAt: orZero(r.DecidedAt),
		DecidedBy: models.AccountID(r.DecidedBy),
	}
}

// DisputeFilter chooses disputes. Empty fields choose all.
type DisputeFilter struct {
	Plan   models.PlanID
	State  DisputeState
	Record models.RecordID
}

type disputeKey struct {
	At time.Time
	ID string
}

// Disputes lists disputes whose disputing side is within the reach, the oldest
// first.
func (a *Archive) Disputes(ctx context.Context, reach Reach, filter DisputeFilter, page Page) (Paged[Dispute], error) {
	var key disputeKey
	found, err := page.position(filter, &key)
	if err != nil {
		return Paged[Dispute]{}, err
	}
	query := a.db(ctx).Scopes(reach.scope("unit_path", "cadre"))
	if filter.Plan != "" {
		query = query.Where("plan = ?", string(filter.Plan))
	}
	if filter.State != "" {
		query = query.Where("state = ?", string(filter.State))
	}
	if filter.Record != "" {
		query = query.Where("record = ?", string(filter.Record))
	}
	if found {
		query = query.Where("(opened_at > ? OR (opened_at = ? AND id > ?))", instant(key.At), instant(key.At), key.ID)
	}
	var rows []disputeRow
	if err := query.Order("opened_at, id").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Dispute]{}, fmt.Errorf("list disputes: %w", err)
	}
	result, err := paged(page, filter, rows, func(r disputeRow) disputeKey { return disputeKey{At: r.OpenedAt.UTC(), ID: r.ID} })
	return mapped(result, disputeRow.dispute), err
}

// Dispute reads one dispute within the reach, or ErrNotFound.
func (a *Archive) Dispute(ctx context.Context, reach Reach, id models.DisputeID) (Dispute, error) {
	var row disputeRow
	err := a.db(ctx).Scopes(reach.scope("unit_path", "cadre")).Where("id = ?", string(id)).Take(&row).Error
	if err != nil {
		return Dispute{}, fmt.Errorf("read dispute %s: %w", id, known(err))
	}
	return row.dispute(), nil
}

// projectDispute carries out what an event does to the disputes.
func projectDispute(tx *gorm.DB, o *models.Obligation, unitPath string, event models.Event) error {
	switch body := event.Body.(type) {
	case models.RecordDisputed:
		return known(tx.Create(new(disputeRowOf(o, unitPath, body, event.At))).Error)
	case models.DisputeUpheld:
		return decideDispute(tx, string(body.Dispute), DisputeUpheld, event)
	case models.DisputeDismissed:
		return decideDispute(tx, string(body.Dispute), DisputeDismissed, event)
	case models.RecordWithdrawn:
		return tx.Model(&disputeRow{}).Where("record = ? AND state = ?", string(body.Record), string(DisputeOpen)).
			Updates(decision(DisputeWithdrawn, event)).Error
	default:
		return nil
	}
}

func disputeRowOf(o *models.Obligation, unitPath string, body models.RecordDisputed, at time.Time) disputeRow {
	return disputeRow{
		ID: string(body.Dispute.Dispute), Plan: string(o.ID.Plan), Kind: string(body.Kind),
		EnterpriseKey: string(body.Enterprise), Record: string(body.Record), Cadre: string(o.ID.Cadre), UnitPath: unitPath,
		HolderRecord: string(body.Holder), HolderPlan: string(body.HolderObligation.Plan),
		HolderCadre: string(body.HolderObligation.Cadre), State: string(DisputeOpen), OpenedAt: instant(at),
	}
}

func decideDispute(tx *gorm.DB, id string, state DisputeState, event models.Event) error {
	return tx.Model(&disputeRow{}).Where("id = ?", id).Updates(decision(state, event)).Error
}

func decision(state DisputeState, event models.Event) map[string]any {
	return map[string]any{
		"state": string(state), "decided_at": instant(event.At), "decided_by": string(event.Actor.Account),
	}
}
