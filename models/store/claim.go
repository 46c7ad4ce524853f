package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
)

// Claim is the hold of one record on an enterprise for a kind, city-wide.
type Claim struct {
	Plan       models.PlanID
	Kind       models.Kind
	Enterprise models.EnterpriseKey
	Record     models.RecordID
	Obligation models.ObligationID
	// Credited tells a credit from a claim that is still on its way.
	Credited bool
}

// ClaimState is what a claim holds its enterprise as.
type ClaimState string

// The states of a claim.
const (
	Claimed  ClaimState = "claimed"
	Credited ClaimState = "credited"
)

type claimRow struct {
	Plan          string `gorm:"column:plan;primaryKey"`
	Kind          string `gorm:"column:kind;primaryKey"`
	EnterpriseKey string `gorm:"column:enterprise_key;primaryKey"`
	Record        string `gorm:"column:record"`
	Cadre         string `gorm:"column:cadre"`
	State         string `gorm:"column:state"`
}

func (claimRow) TableName() string { return "claims" }

func (r claimRow) claim() Claim {
	return Claim{
		Plan: models.PlanID(r.Plan), Kind: models.Kind(r.Kind), Enterprise: models.EnterpriseKey(r.EnterpriseKey),
		Record:     models.RecordID(r.Record),
		Obligation: models.ObligationID{Plan: models.PlanID(r.Plan), Cadre: models.CadreID(r.Cadre)},
		Credited:   r.State == string(Credited),
	}
}

// Claim reads who holds an enterprise for a kind, or ErrNotFound.
func (a *Archive) Claim(ctx context.Context, plan models.PlanID, kind models.Kind, key models.EnterpriseKey) (Claim, error) {
	var row claimRow
	err := a.db(ctx).Where("plan = ? AND kind = ? AND enterprise_key = ?", string(plan), string(kind), string(key)).Take(&row).Error
	if err != nil {
		return Claim{}, fmt.Errorf("read the claim on %s: %w", key, known(err))
	}
	return row.claim(), nil
}

// ClaimsOfEnterprise lists the claims on an enterprise, of every plan and kind.
func (a *Archive) ClaimsOfEnterprise(ctx context.Context, key models.EnterpriseKey) ([]Claim, error) {
	var rows []claimRow
	if err := a.db(ctx).Where("enterprise_key = ?", string(key)).Order("plan, kind").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list the claims on %s: %w", key, err)
	}
	claims := make([]Claim, len(rows))
	for i, row := range rows {
		claims[i] = row.claim()
	}
	return claims, nil
}

// takeClaim makes the record the holder of its enterprise, or refuses with the
// holder's name. The primary key decides between rivals; the loser waits here
// until the winner's transaction ends.
func takeClaim(tx *gorm.DB, claim claimRow) error {
	result := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&claim)
	if result.Error != nil || result.RowsAffected == 1 {
		return result.Error
	}
	var holder claimRow
	err := locked(tx).Where("plan = ? AND kind = ? AND enterprise_key = ?", claim.Plan, claim.Kind, claim.EnterpriseKey).Take(&holder).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		// Released since: the transaction is tried again.
		return errLost
	case err != nil:
		return err
	case holder.Record == claim.Record:
		return nil
	}
	return models.Refuse(models.RefusedDuplicateCredit, "record", holder.Record, "obligation", holder.claim().Obligation.String())
}

// moveClaims carries out what an event does to the claims. It runs after the
// record's row was written, so that the two orders of a withdrawal and a
// hand-over to the same record wait for each other there.
func moveClaims(tx *gorm.DB, o *models.Obligation, event models.Event) error {
	switch body := event.Body.(type) {
	case models.RecordSubmitted:
		return takeClaim(tx, claimOf(o, body.Record, Claimed))
	case models.DisputeUpheld:
		return takeClaim(tx, claimOf(o, body.Record, Claimed))
	case models.RecordCredited:
		return tx.Model(&claimRow{}).Where("record = ?", string(body.Record)).Update("state", string(Credited)).Error
	case models.RecordWithdrawn:
		return releaseClaim(tx, body.Record)
	case models.RecordRejected:
		return releaseClaim(tx, body.Record)
	case models.CreditRevoked:
		return releaseClaim(tx, body.Record)
	case models.DisputeDismissed:
		return releaseClaim(tx, body.Record)
	case models.RecordYielded:
		return handOverClaim(tx, body)
	default:
		return nil
	}
}

func claimOf(o *models.Obligation, id models.RecordID, state ClaimState) claimRow {
	record, _ := o.Record(id)
	return claimRow{
		Plan: string(o.ID.Plan), Kind: string(record.Kind), EnterpriseKey: string(record.Enterprise),
		Record: string(id), Cadre: string(o.ID.Cadre), State: string(state),
	}
}

func releaseClaim(tx *gorm.DB, record models.RecordID) error {
	return tx.Where("record = ?", string(record)).Delete(&claimRow{}).Error
}

// handOverClaim gives the enterprise to the record that won the dispute, if
// that is still disputed; otherwise the enterprise is free.
func handOverClaim(tx *gorm.DB, yielded models.RecordYielded) error {
	var winner recordRow
	err := locked(tx).Select("id", "cadre", "state").Where("id = ?", string(yielded.To)).Take(&winner).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && winner.State != string(models.StateDisputed)) {
		return releaseClaim(tx, yielded.Record)
	}
	if err != nil {
		return err
	}
	return tx.Model(&claimRow{}).Where("record = ?", string(yielded.Record)).
		Updates(map[string]any{"record": winner.ID, "cadre": winner.Cadre, "state": string(Claimed)}).Error
}

// locked reads a row and keeps others from changing it until the transaction
// ends. On SQLite the whole transaction already excludes other writers.
func locked(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "UPDATE"}) }
