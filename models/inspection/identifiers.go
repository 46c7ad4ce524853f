package inspection

import (
	"fmt"
	"strings"

	"bangfu/models"
)

// FindingID names one finding; it carries no meaning.
type FindingID string

// ID is the identity of the inspection of one plan and quarter.
type ID struct {
	Plan    models.PlanID  `json:"plan"`
	Quarter models.Quarter `json:"quarter"`
}

// The beginnings of the subjects in the event log, which are also those of the
// workflows' IDs.
const (
	cyclePrefix   = "inspection/"
	reportPrefix  = "unit-report/"
	samplePrefix  = "sample/"
	findingPrefix = "finding/"
)

// Subject is the name of the cycle in the event log and the ID of the workflow
// that hosts it: inspection/<plan>/<quarter>.
func (id ID) Subject() string { return cyclePrefix + id.path() }

// SampleSubject is the same for the cycle's sample: sample/<plan>/<quarter>.
func (id ID) SampleSubject() string { return samplePrefix + id.path() }

// ReportSubject is the same for one unit's report:
// unit-report/<plan>/<quarter>/<unit>.
func (id ID) ReportSubject(unit models.UnitID) string {
	return reportPrefix + id.path() + "/" + string(unit)
}

// FindingSubject is the same for a finding: finding/<id>.
func FindingSubject(id FindingID) string { return findingPrefix + string(id) }

func (id ID) path() string { return string(id.Plan) + "/" + id.Quarter.String() }

// String is the identity as addresses show it: <plan>.<quarter>.
func (id ID) String() string { return string(id.Plan) + "." + id.Quarter.String() }

// Valid reports whether both parts are present and free of separators.
func (id ID) Valid() bool {
	return id.Plan != "" && !id.Quarter.IsZero() && !strings.ContainsAny(string(id.Plan), "/. \t\n")
}

// ParseID reads the form that String writes.
func ParseID(text string) (ID, error) {
	plan, quarter, found := strings.Cut(text, ".")
	parsed, err := models.ParseQuarter(quarter)
	id := ID{Plan: models.PlanID(plan), Quarter: parsed}
	if !found || err != nil || !id.Valid() {
		return ID{}, fmt.Errorf("inspection %q is not <plan>.<quarter>", text)
	}
	return id, nil
}

// kindOf is the beginning of a subject's name, up to its first slash.
func kindOf(subject string) string {
	before, _, found := strings.Cut(subject, "/")
	if !found {
		return ""
	}
	return before + "/"
}
