package models

import (
	"fmt"
	"strings"
)

// Identifiers are opaque strings that never carry a person's name. They are
// the only words, beside instants and codes, that may enter a Temporal history.
type (
	// PlanID names a plan, such as "tianjin-2013".
	PlanID string
	// UnitID names a unit, such as "120101" or "120116-KFQ".
	UnitID string
	// CadreID is the personnel number of a cadre, never an identity-card number.
	CadreID string
	// AccountID names an account that logs in.
	AccountID string
	// RecordID names one claim of one cadre for one enterprise and one kind.
	RecordID string
	// EvidenceID names one piece of evidence or one official document.
	EvidenceID string
	// DisputeID names one dispute over an enterprise's claim.
	DisputeID string
	// CommandID is the idempotency key of a command: the Idempotency-Key of the
	// request, the update ID in Temporal and the unique key in the archive.
	CommandID string
	// EnterpriseKey is the nine-character organization code without its dash.
	EnterpriseKey string
)

// ObligationID is the identity of one cadre's duty under one plan.
type ObligationID struct {
	Plan  PlanID  `json:"plan"`
	Cadre CadreID `json:"cadre"`
}

const obligationPrefix = "obligation/"

// Subject is the name of the obligation in the event log and the ID of the
// workflow that hosts it: obligation/<plan>/<cadre>.
func (id ObligationID) Subject() string {
	return obligationPrefix + string(id.Plan) + "/" + string(id.Cadre)
}

// String is the identity as API paths show it: <plan>.<cadre>.
func (id ObligationID) String() string { return string(id.Plan) + "." + string(id.Cadre) }

// Valid reports whether both parts are present and free of separators.
func (id ObligationID) Valid() bool {
	return id.Plan != "" && id.Cadre != "" && !strings.ContainsAny(string(id.Plan)+string(id.Cadre), "/. \t\n")
}

// ParseObligationID reads the form that String writes.
func ParseObligationID(text string) (ObligationID, error) {
	plan, cadre, found := strings.Cut(text, ".")
	id := ObligationID{Plan: PlanID(plan), Cadre: CadreID(cadre)}
	if !found || !id.Valid() {
		return ObligationID{}, fmt.Errorf("obligation ID %q is not <plan>.<cadre>", text)
	}
	return id, nil
}

// ParseSubject reads the form that Subject writes.
func ParseSubject(subject string) (ObligationID, error) {
	rest, found := strings.CutPrefix(subject, obligationPrefix)
	plan, cadre, split := strings.Cut(rest, "/")
	id := ObligationID{Plan: PlanID(plan), Cadre: CadreID(cadre)}
	if !found || !split || !id.Valid() {
		return ObligationID{}, fmt.Errorf("subject %q is not an obligation", subject)
	}
	return id, nil
}
