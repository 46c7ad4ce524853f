package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// ProposalState says how far a proposal (待批事项) has come.
type ProposalState string

// The states of a proposal. An approved one is carried out row by row.
const (
	ProposalOpen      ProposalState = "proposed"
	ProposalApproved  ProposalState = "approved"
	ProposalRejected  ProposalState = "rejected"
	ProposalWithdrawn ProposalState = "withdrawn"
)

// ProposalStates lists all of them.
var ProposalStates = []ProposalState{ProposalOpen, ProposalApproved, ProposalRejected, ProposalWithdrawn}

// What the archive alone knows of proposals.
const (
	// RefusedProposalOpen: the same is already proposed for the obligation.
	RefusedProposalOpen models.RefusalCode = "proposal-open"
	// RefusedProposalDecided: somebody has decided on the proposal, or taken it back.
	RefusedProposalDecided models.RefusalCode = "proposal-decided"
)

// Proposal is a command for one obligation or many that waits for a second
// person, or was confirmed for many at once.
type Proposal struct {
	ID   models.ProposalID
	Plan models.PlanID
	// Body is the command, the same for every row.
	Body     models.CommandBody
	Document models.EvidenceID
	Remark   string
	// Scope says in words what was chosen.
	Scope string
	// Size counts the rows.
	Size int
	// UnitPath covers all rows.
	UnitPath   string
	Proposer   models.AccountID
	ProposedAt time.Time
	State      ProposalState
	// Decider is who approved, rejected or withdrew it.
	Decider        models.AccountID
	DecidedAt      time.Time
	DecisionRemark string
	// FinishedAt is when an approved proposal's last row was settled.
	FinishedAt time.Time
	Version    int64
	// Command is the idempotency key under which it was made, Digest tells a
	// repeated request from another one, Decision is the key of the decision.
	Command  models.CommandID
	Digest   string
	Decision models.CommandID
}

type proposalRow struct {
	ID             string     `gorm:"column:id;primaryKey"`
	Plan           string     `gorm:"column:plan"`
	Kind           string     `gorm:"column:kind"`
	Body           string     `gorm:"column:body"`
	Document       string     `gorm:"column:document"`
	Remark         string     `gorm:"column:remark"`
	Scope          string     `gorm:"column:scope"`
	Size           int        `gorm:"column:size"`
	UnitPath       string     `gorm:"column:unit_path"`
	Proposer       string     `gorm:"column:proposer"`
	ProposedAt     time.Time  `gorm:"column:proposed_at"`
	State          string     `gorm:"column:state"`
	Decider        string     `gorm:"column:decider"`
	DecidedAt      *time.Time `gorm:"column:decided_at"`
	DecisionRemark string     `gorm:"column:decision_remark"`
	FinishedAt     *time.Time `gorm:"column:finished_at"`
	Version        int64      `gorm:"column:version"`
	Command        string     `gorm:"column:command"`
	ContentDigest  string     `gorm:"column:content_digest"`
	Decision       string     `gorm:"column:decision"`
}

func (proposalRow) TableName() string { return "proposals" }

func (p Proposal) row() (proposalRow, error) {
	// The command's own form keeps the kind beside the body.
	body, err := json.Marshal(models.Command{ID: models.CommandID(p.ID), Body: p.Body})
	if err != nil {
		return proposalRow{}, fmt.Errorf("write proposal %s: %w", p.ID, err)
	}
	return proposalRow{
		ID: string(p.ID), Plan: string(p.Plan), Kind: string(p.Body.CommandKind()), Body: string(body),
		Document: string(p.Document), Remark: p.Remark, Scope: p.Scope, Size: p.Size, UnitPath: p.UnitPath,
		Proposer: string(p.Proposer), ProposedAt: instant(p.ProposedAt), State: string(p.State),
		Decider: string(p.Decider), DecidedAt: instantOrNull(p.DecidedAt), DecisionRemark: p.DecisionRemark,
		FinishedAt: instantOrNull(p.FinishedAt), Version: p.Version,
		Command: string(p.Command), ContentDigest: p.Digest, Decision: string(p.Decision),
	}, nil
}

func (r proposalRow) proposal() (Proposal, error) {
	var command models.Command
	if err := json.Unmarshal([]byte(r.Body), &command); err != nil {
		return Proposal{}, fmt.Errorf("read proposal %s: %w", r.ID, err)
	}
	return Proposal{
		ID: models.ProposalID(r.ID), Plan: models.PlanID(r.Plan), Body: command.Body, Document: models.EvidenceID(r.Document),
		Remark: r.Remark, Scope: r.Scope, Size: r.Size, UnitPath: r.UnitPath,
		Proposer: models.AccountID(r.Proposer), ProposedAt: r.ProposedAt.UTC(), State: ProposalState(r.State),
		Decider: models.AccountID(r.Decider), DecidedAt: orZero(r.DecidedAt), DecisionRemark: r.DecisionRemark,
		FinishedAt: orZero(r.FinishedAt), Version: r.Version,
		Command: models.CommandID(r.Command), Digest: r.ContentDigest, Decision: models.CommandID(r.Decision),
	}, nil
}

// Propose keeps a proposal with its rows. A key that was used before answers the
// proposal of then, fresh is false, and the caller compares Digest. Rows that
// are refused already are kept with their reason; RefusedProposalOpen says that
// somebody has proposed the same for one of the others.
func (a *Archive) Propose(ctx context.Context, proposal Proposal, parts []ProposalPart) (stored Proposal, fresh bool, err error) {
	if proposal.ID == "" || proposal.Command == "" || proposal.Body == nil || len(parts) == 0 {
		return Proposal{}, false, errors.New("propose: no ID, key, command or rows")
	}
	proposal.Version, proposal.Size = 1, len(parts)
	row, err := proposal.row()
	if err != nil {
		return Proposal{}, false, err
	}
	rows := make([]proposalPartRow, len(parts))
	for i, part := range parts {
		if rows[i], err = part.row(proposal); err != nil {
			return Proposal{}, false, err
		}
	}
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return known(err)
		}
		if err := tx.CreateInBatches(&rows, insertBatch).Error; duplicate(err) {
			return models.Refuse(RefusedProposalOpen)
		} else if err != nil {
			return err
		}
		if proposal.State != ProposalOpen {
			return nil
		}
		notice := proposalNotice(proposal, parts[0].Obligation)
		return tx.Create(&notice).Error
	})
	if duplicate(err) {
		stored, err = a.ProposalByCommand(ctx, proposal.Command)
		return stored, false, err
	}
	if err != nil {
		return Proposal{}, false, fmt.Errorf("propose %s: %w", proposal.ID, err)
	}
	return proposal, true, nil
}

// proposalNotice tells the department that something waits. It names the first
// obligation; the page of the proposal shows all.
func proposalNotice(proposal Proposal, first models.ObligationID) noticeRow {
	return noticeRow{
		ID: string(proposal.ID), Subject: "proposal/" + string(proposal.ID), Plan: string(first.Plan), Cadre: string(first.Cadre),
		UnitPath: proposal.UnitPath, Audience: string(models.ToOrganization), Code: string(models.ProposalNotice),
		At: instant(proposal.ProposedAt),
	}
}

// ProposalByCommand reads the proposal that was made under a key.
func (a *Archive) ProposalByCommand(ctx context.Context, command models.CommandID) (Proposal, error) {
	return a.proposalWhere(ctx, a.db(ctx).Where("command = ?", string(command)))
}

// Proposal reads a proposal within the reach, or ErrNotFound.
func (a *Archive) Proposal(ctx context.Context, reach Reach, id models.ProposalID) (Proposal, error) {
	return a.proposalWhere(ctx, a.db(ctx).Where("id = ?", string(id)).Scopes(reach.scope("unit_path", "")))
}

func (a *Archive) proposalWhere(_ context.Context, query *gorm.DB) (Proposal, error) {
	var row proposalRow
	if err := query.Take(&row).Error; err != nil {
		return Proposal{}, fmt.Errorf("read a proposal: %w", known(err))
	}
	return row.proposal()
}

// ProposalFilter chooses proposals. Empty fields choose all.
type ProposalFilter struct {
	Plan       models.PlanID
	State      ProposalState
	Proposer   models.AccountID
	Obligation models.ObligationID
}

type proposalKey struct {
	At time.Time
	ID string
}

// Proposals lists proposals within the reach, the newest first.
func (a *Archive) Proposals(ctx context.Context, reach Reach, filter ProposalFilter, page Page) (Paged[Proposal], error) {
	var key proposalKey
	found, err := page.position(filter, &key)
	if err != nil {
		return Paged[Proposal]{}, err
	}
	query := a.db(ctx).Scopes(reach.scope("unit_path", ""))
	for column, value := range map[string]string{
		"plan": string(filter.Plan), "state": string(filter.State), "proposer": string(filter.Proposer),
	} {
		if value != "" {
			query = query.Where(column+" = ?", value)
		}
	}
	if filter.Obligation.Valid() {
		query = query.Where("id IN (?)", a.db(ctx).Model(&proposalPartRow{}).Select("proposal").
			Where("plan = ? AND cadre = ?", string(filter.Obligation.Plan), string(filter.Obligation.Cadre)))
	}
	if found {
		query = query.Where("(proposed_at < ? OR (proposed_at = ? AND id < ?))", instant(key.At), instant(key.At), key.ID)
	}
	var rows []proposalRow
	if err := query.Order("proposed_at DESC, id DESC").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Proposal]{}, fmt.Errorf("list proposals: %w", err)
	}
	result, err := paged(page, filter, rows, func(r proposalRow) proposalKey {
		return proposalKey{At: r.ProposedAt.UTC(), ID: r.ID}
	})
	if err != nil {
		return Paged[Proposal]{}, err
	}
	items := make([]Proposal, len(result.Items))
	for i, row := range result.Items {
		if items[i], err = row.proposal(); err != nil {
			return Paged[Proposal]{}, err
		}
	}
	return Paged[Proposal]{Items: items, Next: result.Next}, nil
}

// CoveringPath is the lowest part of the tree that holds all of the paths.
func CoveringPath(paths ...string) string {
	if len(paths) == 0 {
		return ""
	}
	covering := paths[0]
	for _, path := range paths[1:] {
		for covering != "" && !strings.HasPrefix(path, covering) {
			covering = covering[:strings.LastIndex(strings.TrimSuffix(covering, "/"), "/")+1]
		}
	}
	return covering
}
