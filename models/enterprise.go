package models

import (
	"errors"
	"slices"
	"strings"
)

// Enterprise is a company as the registers know it (企业).
type Enterprise struct {
	// Key is the organization code without its dash: positions 9–17 of a
	// unified code. It is what a claim is made against.
	Key EnterpriseKey `json:"key" yaml:"key"`
	// UnifiedCode is the 18-character code in use since 2015-10-01, if known.
	UnifiedCode string `json:"unifiedCode,omitempty" yaml:"unifiedCode,omitempty"`
	// RegistrationNumber is the 15-digit number of the older register, if known.
	RegistrationNumber string   `json:"registrationNumber,omitempty" yaml:"registrationNumber,omitempty"`
	Name               string   `json:"name" yaml:"name"`
	FormerNames        []string `json:"formerNames,omitempty" yaml:"formerNames,omitempty"`
	Address            string   `json:"address,omitempty" yaml:"address,omitempty"`
	LegalPerson        string   `json:"legalPerson,omitempty" yaml:"legalPerson,omitempty"`
	Phone              string   `json:"phone,omitempty" yaml:"phone,omitempty"`
	// Established is the day of the first licence (成立日期).
	Established Date `json:"established,omitzero" yaml:"established,omitempty"`
	// Unit is the district or zone where the enterprise has its seat.
	Unit UnitID `json:"unit,omitempty" yaml:"unit,omitempty"`
	// Override admits a code that fails its check, on two people's word.
	Override *Override `json:"override,omitempty" yaml:"override,omitempty"`
}

// Override admits an enterprise whose printed code fails its check digit: some
// real codes do (domain.md §3). Two people answer for it with the licence.
type Override struct {
	Key         EnterpriseKey `json:"key" yaml:"key"`
	RequestedBy AccountID     `json:"requestedBy" yaml:"requestedBy"`
	ApprovedBy  AccountID     `json:"approvedBy" yaml:"approvedBy"`
	Document    EvidenceID    `json:"document" yaml:"document"`
}

// Valid reports whether two different people and a document answer for the key.
func (o Override) Valid() bool {
	return ValidEnterpriseKey(o.Key) && o.RequestedBy != "" && o.ApprovedBy != "" &&
		o.RequestedBy != o.ApprovedBy && o.Document != ""
}

// NormalName is the name as names are compared: full-width forms made narrow,
// spaces and brackets dropped, letters capital. It is for finding, not showing.
func NormalName(name string) string {
	var text strings.Builder
	for _, c := range narrow(name) {
		if strings.ContainsRune(" \t\u3000()（）[]【】·.,，。-—_\"'“”", c) {
			continue
		}
		text.WriteRune(c)
	}
	return strings.ToUpper(text.String())
}

// EnterpriseCodes are the codes of one enterprise as somebody typed them.
type EnterpriseCodes struct {
	Organization string `json:"organization,omitempty"`
	Unified      string `json:"unified,omitempty"`
	Registration string `json:"registration,omitempty"`
}

// EnterpriseIdentity is what valid codes say: the key and the canonical forms.
type EnterpriseIdentity struct {
	Key                EnterpriseKey `json:"key"`
	UnifiedCode        string        `json:"unifiedCode,omitempty"`
	RegistrationNumber string        `json:"registrationNumber,omitempty"`
}

// Identify reads the codes of one enterprise and finds every problem. Either an
// organization code or a unified code is needed, since the key comes from
// there; both must name the same body. An override that is valid and is for
// this key silences the problems that are overridable, and no others.
func (c EnterpriseCodes) Identify(override *Override) (EnterpriseIdentity, []*CodeProblem) {
	var identity EnterpriseIdentity
	var problems []*CodeProblem
	note := func(err error) {
		var problem *CodeProblem
		if errors.As(err, &problem) {
			problems = append(problems, problem)
		}
	}
	if tidyCode(c.Unified) != "" {
		code, key, err := ParseUnifiedCode(c.Unified)
		identity.UnifiedCode, identity.Key = code, key
		note(err)
	}
	if tidyCode(c.Organization) != "" || tidyCode(c.Unified) == "" {
		key, err := ParseOrganizationCode(c.Organization)
		note(err)
		switch {
		case identity.Key == "":
			identity.Key = key
		case key != "" && key != identity.Key:
			problems = append(problems, &CodeProblem{
				Code: CodeOrganization, Fault: FaultDisagree, Value: string(key), Expected: string(identity.Key),
			})
		}
	}
	if tidyCode(c.Registration) != "" {
		number, err := ParseRegistrationNumber(c.Registration)
		identity.RegistrationNumber = number
		note(err)
	}
	if override != nil && override.Valid() && override.Key == identity.Key {
		problems = slices.DeleteFunc(problems, (*CodeProblem).Overridable)
	}
	return identity, problems
}
