package models

import (
	"slices"
	"time"
)

// RecordState is where a record is on its way from claim to credit. A draft
// lives in the archive alone and is unknown to the aggregate.
type RecordState string

// The states of a record (domain.md §1.2).
const (
	StateDraft       RecordState = "draft"        // 草稿
	StateUnderReview RecordState = "under-review" // 审核中
	StateReturned    RecordState = "returned"     // 退回整改
	StateWithdrawn   RecordState = "withdrawn"    // 撤回
	StateRejected    RecordState = "rejected"     // 不予认定
	StateDisputed    RecordState = "disputed"     // 疑似重复-待裁决
	StateCredited    RecordState = "credited"     // 已认定
	StateRevoked     RecordState = "revoked"      // 撤销认定
)

// RecordStates are all states in the order of a record's life.
var RecordStates = []RecordState{
	StateDraft, StateUnderReview, StateReturned, StateWithdrawn,
	StateRejected, StateDisputed, StateCredited, StateRevoked,
}

// Active reports whether the record still claims its enterprise.
func (s RecordState) Active() bool {
	switch s {
	case StateUnderReview, StateReturned, StateDisputed, StateCredited:
		return true
	case StateDraft, StateWithdrawn, StateRejected, StateRevoked:
		return false
	default:
		return false
	}
}

// Record is one claim as the aggregate sees it: identifiers, codes, instants.
type Record struct {
	ID         RecordID      `json:"id"`
	Kind       Kind          `json:"kind"`
	Enterprise EnterpriseKey `json:"enterprise"`
	State      RecordState   `json:"state"`
	// Stage is the review stage that must act next while under review.
	Stage Stage `json:"stage,omitempty"`
	// SubmittedAt is the submission that counts against the due instant. A
	// correction within its deadline keeps it; a lapsed one starts anew.
	SubmittedAt time.Time `json:"submittedAt"`
	// ActionDue is when the reviewer should have acted (under review) or when
	// the correction lapses (returned; see Obligation.CorrectionDue).
	ActionDue time.Time `json:"actionDue,omitzero"`
	// ReturnedAt is the latest return while the record is returned.
	ReturnedAt time.Time `json:"returnedAt,omitzero"`
	Returns    int       `json:"returns,omitempty"`
	// Accepted are the accounts that accepted in the present pass, in order.
	Accepted []AccountID `json:"accepted,omitempty"`
	Dispute  DisputeID   `json:"dispute,omitempty"`
	// CreditedAt is when the last stage accepted.
	CreditedAt time.Time `json:"creditedAt,omitzero"`
	// Deputies are the accounts that submitted it for the cadre. They never
	// decide on it, not even when they no longer stand in for the cadre.
	Deputies []AccountID `json:"deputies,omitempty"`
}

// submittedBy is the list of deputies after a submission by the actor.
func (r Record) submittedBy(actor Actor) []AccountID {
	deputy := actor.deputy()
	if deputy == "" || slices.Contains(r.Deputies, deputy) {
		return r.Deputies
	}
	return append(slices.Clone(r.Deputies), deputy)
}

// holds reports whether the record, made before the due instant, keeps its goal
// from being overdue for as long as its state lasts.
func (r Record) holds(due time.Time) bool {
	if !r.SubmittedAt.Before(due) {
		return false
	}
	switch r.State {
	case StateUnderReview, StateDisputed, StateReturned:
		return true
	case StateDraft, StateWithdrawn, StateRejected, StateCredited, StateRevoked:
		return false
	default:
		return false
	}
}
