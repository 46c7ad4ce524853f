package models

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// RefusalCode names one reason why a command is refused. Codes are stable: they
// are the last part of the problem type that the API answers with.
type RefusalCode string

// Every refusal of the obligation.
const (
	RefusedUnknownCommand       RefusalCode = "unknown-command"
	RefusedNotEnrolled          RefusalCode = "obligation-not-enrolled"
	RefusedAlreadyEnrolled      RefusalCode = "obligation-already-enrolled"
	RefusedClosed               RefusalCode = "obligation-closed"
	RefusedSuspended            RefusalCode = "obligation-suspended"
	RefusedNotSuspended         RefusalCode = "obligation-not-suspended"
	RefusedOpenRecords          RefusalCode = "obligation-has-open-records"
	RefusedUnfulfilled          RefusalCode = "obligation-unfulfilled"
	RefusedInvalidEnrolment     RefusalCode = "enrolment-invalid"
	RefusedUnknownKind          RefusalCode = "kind-unknown"
	RefusedGoalExempted         RefusalCode = "goal-exempted"
	RefusedUnknownRecord        RefusalCode = "record-unknown"
	RefusedRecordState          RefusalCode = "record-state"
	RefusedRecordChanged        RefusalCode = "record-changed"
	RefusedObligationChanged    RefusalCode = "obligation-changed"
	RefusedStage                RefusalCode = "review-stage"
	RefusedNotClaimant          RefusalCode = "not-the-claimant"
	RefusedOwnClaim             RefusalCode = "review-own-claim"
	RefusedSameReviewer         RefusalCode = "review-same-reviewer"
	RefusedReturnLimit          RefusalCode = "return-limit"
	RefusedNoReasons            RefusalCode = "reasons-missing"
	RefusedNoDocument           RefusalCode = "document-missing"
	RefusedGround               RefusalCode = "ground-unknown"
	RefusedDate                 RefusalCode = "date-invalid"
	RefusedFutureDate           RefusalCode = "date-in-future"
	RefusedOutsideWindow        RefusalCode = "date-outside-window"
	RefusedEstablishment        RefusalCode = "enterprise-establishment"
	RefusedEvidence             RefusalCode = "evidence-missing"
	RefusedEnterpriseKey        RefusalCode = "enterprise-key-invalid"
	RefusedEnterpriseOtherGoal  RefusalCode = "enterprise-serves-another-goal"
	RefusedEnterpriseOtherClaim RefusalCode = "enterprise-already-claimed"
	RefusedDuplicateCredit      RefusalCode = "enterprise-claimed-by-another"
	RefusedDeadline             RefusalCode = "deadline-invalid"
	RefusedSameUnit             RefusalCode = "transfer-same-unit"
	RefusedRung                 RefusalCode = "rung-not-due"
	RefusedPolicy               RefusalCode = "policy-not-newer"
	RefusedSecondApproval       RefusalCode = "second-approval-missing"
	RefusedOwnProposal          RefusalCode = "proposal-own"
)

// Refusal is a typed, expected "no": the command had no effect and the message
// parameters say why. It never fails a workflow.
type Refusal struct {
	Code   RefusalCode       `json:"code"`
	Params map[string]string `json:"params,omitempty"`
}

// Error names the code and its parameters in a fixed order.
func (r *Refusal) Error() string {
	parts := make([]string, 0, len(r.Params))
	for key, value := range r.Params {
		parts = append(parts, key+"="+value)
	}
	sort.Strings(parts)
	return strings.TrimSpace(fmt.Sprintf("refused: %s %s", r.Code, strings.Join(parts, " ")))
}

// Refuse builds a refusal from pairs of parameter name and value.
func Refuse(code RefusalCode, pairs ...string) *Refusal {
	refusal := &Refusal{Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if refusal.Params == nil {
			refusal.Params = make(map[string]string, len(pairs)/2)
		}
		refusal.Params[pairs[i]] = pairs[i+1]
	}
	return refusal
}

// AsRefusal finds a refusal in an error chain.
func AsRefusal(err error) (*Refusal, bool) {
	var refusal *Refusal
	found := errors.As(err, &refusal)
	return refusal, found
}
