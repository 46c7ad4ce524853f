package models

import (
	"strconv"
	"time"
)

// HintCode names what is remarkable about a claim.
type HintCode string

// What a reviewer is told to look at. A hint is never a verdict: chance and
// honest reasons give each of them.
const (
	HintSameAddress     HintCode = "same-address"      // 住所相同
	HintSameLegalPerson HintCode = "same-legal-person" // 法定代表人相同
	HintSamePhone       HintCode = "same-phone"        // 电话相同
	HintYoungEnterprise HintCode = "young-enterprise"  // 帮扶前不久才成立
	HintLateEntry       HintCode = "late-entry"        // 事后补录
)

// The bounds from which a claim is remarkable, in days.
const (
	youngEnterpriseDays = 30
	lateEntryDays       = 180
)

// ClaimFacts are what claims are compared by.
type ClaimFacts struct {
	Record                      RecordID
	Enterprise                  EnterpriseKey
	Kind                        Kind
	Address, LegalPerson, Phone string
	OccurredOn, Established     Date
	SubmittedAt                 time.Time
}

// Likeness is what claims share or do not, in the form in which it is compared: a
// dash or a space hides nothing. The archive finds claims by it.
type Likeness struct{ Address, LegalPerson, Phone string }

// LikenessOf brings what was typed into the form that is compared.
func LikenessOf(address, legalPerson, phone string) Likeness {
	return Likeness{Address: NormalName(address), LegalPerson: NormalName(legalPerson), Phone: digitsOf(phone)}
}

func (c ClaimFacts) likeness() Likeness { return LikenessOf(c.Address, c.LegalPerson, c.Phone) }

// Hint is one remarkable thing with the claims that share it.
type Hint struct {
	Code    HintCode
	Params  map[string]string
	Records []RecordID
}

// Hints compares a claim with others of the same plan. Claims of the same
// enterprise share everything for a good reason and are left out.
func Hints(claim ClaimFacts, others []ClaimFacts) []Hint {
	var hints []Hint
	for _, compared := range []struct {
		code HintCode
		of   func(Likeness) string
	}{
		{HintSameAddress, func(l Likeness) string { return l.Address }},
		{HintSameLegalPerson, func(l Likeness) string { return l.LegalPerson }},
		{HintSamePhone, func(l Likeness) string { return l.Phone }},
	} {
		if sharing := sharing(claim, others, compared.of); len(sharing) > 0 {
			hints = append(hints, Hint{Code: compared.code, Records: sharing})
		}
	}
	if !claim.Established.IsZero() && !claim.OccurredOn.IsZero() && claim.Kind != Found {
		if days := claim.Established.DaysUntil(claim.OccurredOn); days >= 0 && days < youngEnterpriseDays {
			hints = append(hints, Hint{Code: HintYoungEnterprise, Params: map[string]string{"days": strconv.Itoa(days)}})
		}
	}
	if !claim.OccurredOn.IsZero() && !claim.SubmittedAt.IsZero() {
		if days := claim.OccurredOn.DaysUntil(DateOf(claim.SubmittedAt)); days > lateEntryDays {
			hints = append(hints, Hint{Code: HintLateEntry, Params: map[string]string{"days": strconv.Itoa(days)}})
		}
	}
	return hints
}

func sharing(claim ClaimFacts, others []ClaimFacts, of func(Likeness) string) []RecordID {
	value := of(claim.likeness())
	if value == "" {
		return nil
	}
	var records []RecordID
	for _, other := range others {
		if other.Record != claim.Record && other.Enterprise != claim.Enterprise && of(other.likeness()) == value {
			records = append(records, other.Record)
		}
	}
	return records
}

// digitsOf keeps what makes two telephone numbers the same.
func digitsOf(phone string) string {
	kept := make([]rune, 0, len(phone))
	for _, r := range narrow(phone) {
		if r >= '0' && r <= '9' {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
