package models

import (
	"fmt"
	"strings"
)

// ValidEnterpriseKey reports whether the key has the form of an organization
// code without its dash: nine characters, digits or capitals. Check digits are
// judged when the enterprise is registered.
func ValidEnterpriseKey(key EnterpriseKey) bool {
	if len(key) != organizationCodeLength {
		return false
	}
	for _, c := range string(key) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// EnterpriseCode names one of the codes that registers give an enterprise.
type EnterpriseCode string

// The three codes (domain.md §3).
const (
	CodeOrganization EnterpriseCode = "organization-code"   // 组织机构代码 GB 11714-1997
	CodeUnified      EnterpriseCode = "unified-code"        // 统一社会信用代码 GB 32100-2015
	CodeRegistration EnterpriseCode = "registration-number" // 注册号 GS 15-2006
)

// CodeFault says what is wrong with a code.
type CodeFault string

// The faults. Codes are stable, as the API answers with them.
const (
	FaultMissing     CodeFault = "missing"
	FaultLength      CodeFault = "length"
	FaultCharacter   CodeFault = "character"
	FaultCheckDigit  CodeFault = "check-digit"
	FaultSelfDefined CodeFault = "self-defined" // PDY…, given by no register
	FaultCategory    CodeFault = "category"     // not a code of an enterprise
	FaultRegion      CodeFault = "region"       // positions 3–8 hold no division code
	FaultEmbedded    CodeFault = "embedded-organization-code"
	FaultDisagree    CodeFault = "codes-disagree" // two codes of different bodies
)

// CodeProblem is one fault of one code, as precise as a reader needs to mend it.
type CodeProblem struct {
	Code  EnterpriseCode `json:"code"`
	Fault CodeFault      `json:"fault"`
	// Value is the code as it was understood.
	Value string `json:"value"`
	// Position of the first wrong character, from 1; 0 when it is the whole.
	Position int `json:"position,omitempty"`
	// Expected is the check digit, length or key that would have been right.
	Expected string `json:"expected,omitempty"`
}

// Error names the code, the fault and what would be right.
func (p *CodeProblem) Error() string {
	text := fmt.Sprintf("%s %q: %s", p.Code, p.Value, p.Fault)
	if p.Position > 0 {
		text += fmt.Sprintf(" at %d", p.Position)
	}
	if p.Expected != "" {
		text += " (expected " + p.Expected + ")"
	}
	return text
}

// Overridable reports whether two people may admit the code all the same: the
// form is right and only the arithmetic fails, as it does for some real codes.
func (p *CodeProblem) Overridable() bool {
	return p.Fault == FaultCheckDigit || p.Fault == FaultEmbedded
}

const (
	organizationCodeLength   = 9
	unifiedCodeLength        = 18
	registrationNumberLength = 15
	base36                   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	base31                   = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	digits                   = "0123456789"
)

// narrow turns full-width letters, digits and signs into their narrow forms.
func narrow(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '！' && c <= '～':
			return c - '！' + '!'
		case c == '\u3000':
			return ' '
		default:
			return c
		}
	}, text)
}

// tidyCode drops what people type into codes: spaces, dashes of every width,
// full-width and lower-case letters.
func tidyCode(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case strings.ContainsRune(" \t\r\n\u00a0-‐‑‒–—―−－", c):
			return -1
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		default:
			return c
		}
	}, narrow(text))
}

// LooksLikeCode reports whether the text holds letters and digits, and nothing
// else but what people type between them.
func LooksLikeCode(text string) bool {
	value := tidyCode(text)
	return value != "" && strings.Trim(value, base36) == ""
}

// checkForm finds a wrong length or the first character outside the alphabet.
func checkForm(code EnterpriseCode, value string, length int, alphabet string) error {
	runes := []rune(value)
	if len(runes) == 0 {
		return &CodeProblem{Code: code, Fault: FaultMissing}
	}
	if len(runes) != length {
		return &CodeProblem{Code: code, Fault: FaultLength, Value: value, Expected: fmt.Sprint(length)}
	}
	for i, c := range runes {
		if !strings.ContainsRune(alphabet, c) {
			return &CodeProblem{Code: code, Fault: FaultCharacter, Value: value, Position: i + 1}
		}
	}
	return nil
}

// organizationCheck is the check digit of an organization code's eight
// characters: 11 − (ΣCᵢWᵢ mod 11), with 10 written X and 11 written 0.
func organizationCheck(body string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, weight := range weights {
		sum += strings.IndexByte(base36, body[i]) * weight
	}
	return "0X987654321"[sum%11]
}

// unifiedCheck is the check digit of a unified code's first 17 characters:
// (31 − ΣCᵢWᵢ mod 31) mod 31 with Wᵢ = 3^(i−1) mod 31.
func unifiedCheck(body string) byte {
	sum, weight := 0, 1
	for i := range unifiedCodeLength - 1 {
		sum += strings.IndexByte(base31, body[i]) * weight
		weight = weight * 3 % 31
	}
	return base31[(31-sum%31)%31]
}

// registrationCheck is the check digit of a registration number's first 14
// digits by ISO 7064 MOD 11,10.
func registrationCheck(body string) byte {
	product := 10
	for i := range registrationNumberLength - 1 {
		sum := (product + int(body[i]-'0')) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	return digits[(11-product)%10]
}

// ParseOrganizationCode reads an organization code as people write it and
// returns the nine-character key, or a *CodeProblem. When only the check digit
// is wrong the key is returned beside the problem, for an override.
func ParseOrganizationCode(text string) (EnterpriseKey, error) {
	value := tidyCode(text)
	if err := checkForm(CodeOrganization, value, organizationCodeLength, base36); err != nil {
		return "", err
	}
	if selfDefined(value) {
		return "", &CodeProblem{Code: CodeOrganization, Fault: FaultSelfDefined, Value: value}
	}
	if check := organizationCheck(value[:8]); value[8] != check {
		return EnterpriseKey(value), &CodeProblem{
			Code: CodeOrganization, Fault: FaultCheckDigit, Value: value, Position: 9, Expected: string(check),
		}
	}
	return EnterpriseKey(value), nil
}

// selfDefined recognises PDY00001–PDY99999, which no register gives out.
func selfDefined(value string) bool {
	return strings.HasPrefix(value, "PDY") && strings.Trim(value[3:8], digits) == ""
}

// FormatOrganizationCode writes the key as licences print it: XXXXXXXX-X.
func FormatOrganizationCode(key EnterpriseKey) string {
	if len(key) != organizationCodeLength {
		return string(key)
	}
	return string(key[:8]) + "-" + string(key[8:])
}

// ParseUnifiedCode reads a unified code as people write it and returns its
// canonical form and the key inside it, or a *CodeProblem. When only check
// digits are wrong both are returned beside the problem, for an override.
func ParseUnifiedCode(text string) (string, EnterpriseKey, error) {
	value := tidyCode(text)
	if err := checkForm(CodeUnified, value, unifiedCodeLength, base31); err != nil {
		return "", "", err
	}
	// Position 1 is the registering authority (9: market regulation), position
	// 2 the kind of body (1: enterprise, 2: 个体工商户, 3: 农民专业合作社).
	if value[0] != '9' || value[1] != '1' {
		position := 1
		if value[0] == '9' {
			position = 2
		}
		return "", "", &CodeProblem{Code: CodeUnified, Fault: FaultCategory, Value: value, Position: position, Expected: "91"}
	}
	if strings.Trim(value[2:8], digits) != "" {
		return "", "", &CodeProblem{Code: CodeUnified, Fault: FaultRegion, Value: value, Position: 3}
	}
	key := EnterpriseKey(value[8:17])
	if selfDefined(string(key)) {
		return "", "", &CodeProblem{Code: CodeUnified, Fault: FaultSelfDefined, Value: value, Position: 9}
	}
	if check := unifiedCheck(value); value[17] != check {
		return value, key, &CodeProblem{
			Code: CodeUnified, Fault: FaultCheckDigit, Value: value, Position: 18, Expected: string(check),
		}
	}
	if check := organizationCheck(value[8:16]); value[16] != check {
		return value, key, &CodeProblem{
			Code: CodeUnified, Fault: FaultEmbedded, Value: value, Position: 17, Expected: string(check),
		}
	}
	return value, key, nil
}

// ParseRegistrationNumber reads a 15-digit registration number as people write
// it and returns its canonical form, or a *CodeProblem. When only the check
// digit is wrong the number is returned beside the problem, for an override.
func ParseRegistrationNumber(text string) (string, error) {
	value := tidyCode(text)
	if err := checkForm(CodeRegistration, value, registrationNumberLength, digits); err != nil {
		return "", err
	}
	if value[6] > '5' {
		// Digit 7: 0–3 domestic, 4–5 foreign capital, 6–9 sole traders (个体).
		return "", &CodeProblem{Code: CodeRegistration, Fault: FaultCategory, Value: value, Position: 7, Expected: "0-5"}
	}
	if check := registrationCheck(value); value[14] != check {
		return value, &CodeProblem{
			Code: CodeRegistration, Fault: FaultCheckDigit, Value: value, Position: 15, Expected: string(check),
		}
	}
	return value, nil
}

// NewOrganizationCode completes eight characters to a valid key.
func NewOrganizationCode(body string) (EnterpriseKey, error) {
	body = tidyCode(body)
	if err := checkForm(CodeOrganization, body, organizationCodeLength-1, base36); err != nil {
		return "", err
	}
	return ParseOrganizationCode(body + string(organizationCheck(body)))
}

// NewUnifiedCode completes a six-digit division code and a key to a valid
// unified code of an enterprise.
func NewUnifiedCode(region string, key EnterpriseKey) (string, error) {
	body := "91" + region + string(key)
	if err := checkForm(CodeUnified, body, unifiedCodeLength-1, base31); err != nil {
		return "", err
	}
	code, _, err := ParseUnifiedCode(body + string(unifiedCheck(body)))
	return code, err
}

// NewRegistrationNumber completes 14 digits to a valid registration number.
func NewRegistrationNumber(body string) (string, error) {
	if err := checkForm(CodeRegistration, body, registrationNumberLength-1, digits); err != nil {
		return "", err
	}
	return ParseRegistrationNumber(body + string(registrationCheck(body)))
}
