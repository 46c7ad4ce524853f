package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// ProposalDecision approves, rejects or withdraws a proposal.
type ProposalDecision struct {
	Proposal models.ProposalID
	State    ProposalState
	By       models.AccountID
	// Command is the idempotency key: the same decision given twice is one.
	Command models.CommandID
	Remark  string
	// Seen is the tag of what the decider looked at; ErrVersion when the proposal
	// or one of its obligations is no longer so.
	Seen int64
}

// DecideProposal decides once, whoever is first. An approved proposal's rows are
// bound to the obligations as they are in this transaction.
func (a *Archive) DecideProposal(ctx context.Context, decision ProposalDecision, now time.Time) (Proposal, error) {
	var decided Proposal
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		query := "SELECT * FROM proposals WHERE id = ?"
		if a.driver == MySQL {
			query += " FOR UPDATE"
		}
		var rows []proposalRow
		if err := tx.Raw(query, string(decision.Proposal)).Scan(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrNotFound
		}
		var err error
		decided, err = decideIn(tx, rows[0], decision, now)
		return err
	})
	if err != nil {
		return Proposal{}, fmt.Errorf("decide on proposal %s: %w", decision.Proposal, err)
	}
	return decided, nil
}

func decideIn(tx *gorm.DB, row proposalRow, decision ProposalDecision, now time.Time) (Proposal, error) {
	if row.Decision == string(decision.Command) && row.State == string(decision.State) {
		return row.proposal()
	}
	if row.State != string(ProposalOpen) {
		return Proposal{}, models.Refuse(RefusedProposalDecided, "state", row.State, "proposal", row.ID)
	}
	// The rows may be proposed for again, and carry the events that are there now.
	// The tag is looked at afterwards: events only come, so one that is still what
	// was seen proves that nothing was bound that nobody saw.
	err := tx.Exec(`UPDATE proposal_rows SET open_key = NULL, sequence = (SELECT o.sequence FROM obligations o
 WHERE o.plan = proposal_rows.plan AND o.cadre = proposal_rows.cadre) WHERE proposal = ? AND outcome = ?`,
		row.ID, string(PartPending)).Error
	if err != nil {
		return Proposal{}, err
	}
	progress, err := progressIn(tx, decision.Proposal)
	if err != nil {
		return Proposal{}, err
	}
	if progress.Tag != decision.Seen {
		return Proposal{}, ErrVersion
	}
	former := row.Version
	row.State, row.Decider, row.DecidedAt = string(decision.State), string(decision.By), instantOrNull(now)
	row.DecisionRemark, row.Decision, row.Version = decision.Remark, string(decision.Command), former+1
	result := tx.Model(&proposalRow{}).Where("id = ? AND version = ?", row.ID, former).
		Select("state", "decider", "decided_at", "decision_remark", "decision", "version").Updates(row)
	if result.Error != nil {
		return Proposal{}, result.Error
	}
	if result.RowsAffected != 1 {
		return Proposal{}, errLost
	}
	return row.proposal()
}

// SettlePart keeps what became of one row; nil means that it took effect.
// Repeating it changes nothing.
func (a *Archive) SettlePart(ctx context.Context, id models.ProposalID, obligation models.ObligationID, refusal *models.Refusal, now time.Time) error {
	changes := map[string]any{"outcome": string(PartApplied), "settled_at": instant(now)}
	if refusal != nil {
		params, err := json.Marshal(refusal.Params)
		if err != nil {
			return fmt.Errorf("write a row of proposal %s: %w", id, err)
		}
		changes["outcome"], changes["code"], changes["params"] = string(PartRefused), string(refusal.Code), string(params)
	}
	err := a.db(ctx).Model(&proposalPartRow{}).Where("proposal = ? AND plan = ? AND cadre = ? AND outcome = ?",
		string(id), string(obligation.Plan), string(obligation.Cadre), string(PartPending)).Updates(changes).Error
	if err != nil {
		return fmt.Errorf("settle %s of proposal %s: %w", obligation, id, err)
	}
	return nil
}

// FinishProposal marks an approved proposal whose rows are all settled.
func (a *Archive) FinishProposal(ctx context.Context, id models.ProposalID, now time.Time) error {
	err := a.db(ctx).Model(&proposalRow{}).Where("id = ? AND state = ? AND finished_at IS NULL", string(id), string(ProposalApproved)).
		Where("NOT EXISTS (SELECT 1 FROM proposal_rows r WHERE r.proposal = proposals.id AND r.outcome = ?)", string(PartPending)).
		Updates(map[string]any{"finished_at": instant(now), "version": gorm.Expr("version + 1")}).Error
	if err != nil {
		return fmt.Errorf("finish proposal %s: %w", id, err)
	}
	return nil
}

// UnfinishedProposals names what was approved and is not carried out yet.
func (a *Archive) UnfinishedProposals(ctx context.Context) ([]models.ProposalID, error) {
	var ids []models.ProposalID
	err := a.db(ctx).Model(&proposalRow{}).Where("state = ? AND finished_at IS NULL", string(ProposalApproved)).
		Order("id").Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("list unfinished proposals: %w", err)
	}
	return ids, nil
}
