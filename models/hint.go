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
		of   func(ClaimFacts) string
	}{
		{HintSameAddress, func(c ClaimFacts) string { return NormalName(c.Address) }},
		{HintSameLegalPerson, func(c ClaimFacts) string { return NormalName(c.LegalPerson) }},
		{HintSamePhone, func(c ClaimFacts) string { return digitsOf(c.Phone) }},
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

func sharing(claim ClaimFacts, others []ClaimFacts, of func(ClaimFacts) string) []RecordID {
	value := of(claim)
	if value == "" {
		return nil
	}
	var records []RecordID
	for _, other := range others {
		if other.Record != claim.Record && other.Enterprise != claim.Enterprise && of(other) == value {
			records = append(records, other.Record)
		}
	}
	return records
}

// digitsOf keeps what makes two telephone numbers the same.
func digitsOf(phone string) string {
	kept := make([]rune, 0, len(phone))
	for _, r := range phone {
		if r >= '0' && r <= '9' {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
