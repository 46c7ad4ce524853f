package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// PartOutcome says what became of one row of a proposal.
type PartOutcome string

// The outcomes of a row.
const (
	PartPending PartOutcome = "pending"
	PartApplied PartOutcome = "applied"
	PartRefused PartOutcome = "refused"
)

// ProposalPart is one obligation of a proposal.
type ProposalPart struct {
	Obligation models.ObligationID
	// Sequence is that of the obligation's last event when it was decided on; the
	// command is refused if anything has happened since.
	Sequence int64
	Outcome  PartOutcome
	// Refusal says why the row was refused.
	Refusal   *models.Refusal
	SettledAt time.Time
	// Unit and UnitPath are where the obligation is now.
	Unit     models.UnitID
	UnitPath string
}

type proposalPartRow struct {
	Proposal  string     `gorm:"column:proposal;primaryKey"`
	Plan      string     `gorm:"column:plan;primaryKey"`
	Cadre     string     `gorm:"column:cadre;primaryKey"`
	Sequence  int64      `gorm:"column:sequence"`
	Outcome   string     `gorm:"column:outcome"`
	Code      string     `gorm:"column:code"`
	Params    string     `gorm:"column:params"`
	SettledAt *time.Time `gorm:"column:settled_at"`
	OpenKey   *string    `gorm:"column:open_key"`
}

func (proposalPartRow) TableName() string { return "proposal_rows" }

// row is the part as it is first kept: pending, or refused beforehand.
func (p ProposalPart) row(proposal Proposal) (proposalPartRow, error) {
	row := proposalPartRow{
		Proposal: string(proposal.ID), Plan: string(p.Obligation.Plan), Cadre: string(p.Obligation.Cadre),
		Sequence: p.Sequence, Outcome: string(PartPending),
	}
	if p.Refusal != nil {
		params, err := json.Marshal(p.Refusal.Params)
		row.Outcome, row.Code, row.Params = string(PartRefused), string(p.Refusal.Code), string(params)
		row.SettledAt = instantOrNull(proposal.ProposedAt)
		return row, err
	}
	if proposal.State == ProposalOpen {
		key := openKey(proposal.Body.CommandKind(), p.Obligation)
		row.OpenKey = &key
	}
	return row, nil
}

func openKey(kind models.CommandKind, id models.ObligationID) string {
	return string(kind) + "/" + id.String()
}

// joinedPart is a row with where its obligation is now.
type joinedPart struct {
	Row      proposalPartRow `gorm:"embedded"`
	Unit     string          `gorm:"column:unit"`
	UnitPath string          `gorm:"column:unit_path"`
}

func (r joinedPart) part() (ProposalPart, error) {
	part := ProposalPart{
		Obligation: models.ObligationID{Plan: models.PlanID(r.Row.Plan), Cadre: models.CadreID(r.Row.Cadre)},
		Sequence:   r.Row.Sequence, Outcome: PartOutcome(r.Row.Outcome), SettledAt: orZero(r.Row.SettledAt),
		Unit: models.UnitID(r.Unit), UnitPath: r.UnitPath,
	}
	if r.Row.Code == "" {
		return part, nil
	}
	part.Refusal = &models.Refusal{Code: models.RefusalCode(r.Row.Code)}
	if err := json.Unmarshal([]byte(r.Row.Params), &part.Refusal.Params); err != nil {
		return part, fmt.Errorf("read a row of proposal %s: %w", r.Row.Proposal, err)
	}
	return part, nil
}

const partsJoin = "JOIN obligations o ON o.plan = proposal_rows.plan AND o.cadre = proposal_rows.cadre"

type partFilter struct {
	Proposal models.ProposalID
	Outcome  PartOutcome
}

// ProposalParts lists the rows of a proposal by the cadre's number, all or those
// of one outcome. Who may read the proposal is the caller's to know.
func (a *Archive) ProposalParts(ctx context.Context, id models.ProposalID, outcome PartOutcome, page Page) (Paged[ProposalPart], error) {
	filter := partFilter{Proposal: id, Outcome: outcome}
	var after string
	found, err := page.position(filter, &after)
	if err != nil {
		return Paged[ProposalPart]{}, err
	}
	query := a.db(ctx).Model(&proposalPartRow{}).Select("proposal_rows.*, o.unit, o.unit_path").Joins(partsJoin).
		Where("proposal = ?", string(id))
	if outcome != "" {
		query = query.Where("outcome = ?", string(outcome))
	}
	if found {
		query = query.Where("proposal_rows.cadre > ?", after)
	}
	var rows []joinedPart
	if err := query.Order("proposal_rows.cadre").Limit(page.limit() + 1).Scan(&rows).Error; err != nil {
		return Paged[ProposalPart]{}, fmt.Errorf("list the rows of proposal %s: %w", id, err)
	}
	result, err := paged(page, filter, rows, func(r joinedPart) string { return r.Row.Cadre })
	if err != nil {
		return Paged[ProposalPart]{}, err
	}
	items := make([]ProposalPart, len(result.Items))
	for i, row := range result.Items {
		if items[i], err = row.part(); err != nil {
			return Paged[ProposalPart]{}, err
		}
	}
	return Paged[ProposalPart]{Items: items, Next: result.Next}, nil
}

// ProposalProgress counts the rows by outcome. Tag grows with every change of the
// proposal or of any obligation that it is about, so that a decision can be
// bound to what was seen.
type ProposalProgress struct {
	Pending, Applied, Refused int64
	Tag                       int64
}

// ProposalProgress reads the counts of a proposal.
func (a *Archive) ProposalProgress(ctx context.Context, id models.ProposalID) (ProposalProgress, error) {
	return progressIn(a.db(ctx), id)
}

func progressIn(db *gorm.DB, id models.ProposalID) (ProposalProgress, error) {
	var rows []struct {
		Outcome   string
		Number    int64
		Sequences int64
	}
	err := db.Model(&proposalPartRow{}).Joins(partsJoin).Where("proposal = ?", string(id)).
		Select("outcome, COUNT(*) AS number, SUM(o.sequence) AS sequences").Group("outcome").Scan(&rows).Error
	if err != nil {
		return ProposalProgress{}, fmt.Errorf("count the rows of proposal %s: %w", id, err)
	}
	var versions []int64
	if err := db.Model(&proposalRow{}).Where("id = ?", string(id)).Pluck("version", &versions).Error; err != nil {
		return ProposalProgress{}, fmt.Errorf("read the version of proposal %s: %w", id, err)
	}
	var progress ProposalProgress
	for _, version := range versions {
		progress.Tag = version
	}
	for _, row := range rows {
		switch PartOutcome(row.Outcome) {
		case PartApplied:
			progress.Applied = row.Number
		case PartRefused:
			progress.Refused = row.Number
			// What was refused beforehand is no part of what is decided on.
			continue
		case PartPending:
			progress.Pending = row.Number
		}
		progress.Tag += row.Sequences
	}
	return progress, nil
}

// ProposalPlaces are the parts of the tree where the rows that are to be carried
// out lie now.
func (a *Archive) ProposalPlaces(ctx context.Context, id models.ProposalID) ([]string, error) {
	var paths []string
	err := a.db(ctx).Model(&proposalPartRow{}).Joins(partsJoin).Where("proposal = ? AND outcome <> ?", string(id), string(PartRefused)).
		Distinct().Order("o.unit_path").Pluck("o.unit_path", &paths).Error
	if err != nil {
		return nil, fmt.Errorf("read the units of proposal %s: %w", id, err)
	}
	return paths, nil
}

// ProposalConcerns reports whether the proposal is about one of the cadres.
func (a *Archive) ProposalConcerns(ctx context.Context, id models.ProposalID, cadres []models.CadreID) (bool, error) {
	var count int64
	err := a.db(ctx).Model(&proposalPartRow{}).Where("proposal = ? AND outcome <> ? AND cadre IN ?", string(id), string(PartRefused), cadres).
		Count(&count).Error
	if err != nil {
		return false, fmt.Errorf("look for cadres in proposal %s: %w", id, err)
	}
	return count > 0, nil
}

// OpenProposals names the obligations, of those given, for which a command of the
// kind is proposed and not decided yet.
func (a *Archive) OpenProposals(ctx context.Context, kind models.CommandKind, ids []models.ObligationID) (map[models.ObligationID]bool, error) {
	open := map[models.ObligationID]bool{}
	for start := 0; start < len(ids); start += insertBatch {
		batch := ids[start:min(start+insertBatch, len(ids))]
		keys := make([]string, len(batch))
		for i, id := range batch {
			keys[i] = openKey(kind, id)
		}
		var rows []proposalPartRow
		if err := a.db(ctx).Where("open_key IN ?", keys).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("look for open proposals: %w", err)
		}
		for _, row := range rows {
			open[models.ObligationID{Plan: models.PlanID(row.Plan), Cadre: models.CadreID(row.Cadre)}] = true
		}
	}
	return open, nil
}
