package inspection

import (
	"math/big"
	"regexp"
	"strings"
)

// decimalPlaces is how many digits behind the point a figure may have: the
// plan's finest unit is 亿元, of which the fourth digit is 万元.
const decimalPlaces = 4

var figureForm = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,4})?$`)

// Decimal is an exact number that is not negative, as reports hold it. The zero
// value is no number.
type Decimal struct{ value *big.Rat }

// ParseDecimal reads a number as officials write it: thousands may be divided
// by commas, and letters of full width are read as plain ones. False means that
// it is no number of at most 15 digits with at most four behind the point.
func ParseDecimal(text string) (Decimal, bool) {
	plain := strings.Map(func(letter rune) rune {
		switch {
		case letter == ',' || letter == '，' || letter == ' ' || letter == '\u3000':
			return -1
		case letter >= '０' && letter <= '９':
			return letter - '０' + '0'
		case letter == '．':
			return '.'
		default:
			return letter
		}
	}, text)
	if !figureForm.MatchString(plain) {
		return Decimal{}, false
	}
	value, read := new(big.Rat).SetString(plain)
	return Decimal{value: value}, read
}

// decimalOf is ParseDecimal of what was parsed before; anything else is no number.
func decimalOf(text string) Decimal {
	number, _ := ParseDecimal(text)
	return number
}

// whole is an integer as a Decimal.
func whole(number int) Decimal { return Decimal{value: new(big.Rat).SetInt64(int64(number))} }

// Known reports whether there is a number.
func (d Decimal) Known() bool { return d.value != nil }

// String writes the number without needless zeros, or nothing.
func (d Decimal) String() string {
	if d.value == nil {
		return ""
	}
	return decimalText(d.value, decimalPlaces)
}

// rat is the number, zero when there is none.
func (d Decimal) rat() *big.Rat {
	if d.value == nil {
		return new(big.Rat)
	}
	return d.value
}

// plus adds; no number and no number are no number.
func (d Decimal) plus(other Decimal) Decimal {
	if d.value == nil || other.value == nil {
		if d.value == nil {
			return other
		}
		return d
	}
	return Decimal{value: new(big.Rat).Add(d.value, other.value)}
}

// Less reports whether both are numbers and d is the smaller one.
func (d Decimal) Less(other Decimal) bool {
	return d.value != nil && other.value != nil && d.value.Cmp(other.value) < 0
}

// decimalText rounds half away from zero to so many places and leaves out
// zeros at the end.
func decimalText(number *big.Rat, places int) string {
	text := number.FloatString(places)
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

// Deviation is reported less computed, with its sign; empty unless both are
// numbers.
func Deviation(reported, computed string) string {
	a, b := decimalOf(reported), decimalOf(computed)
	if !a.Known() || !b.Known() {
		return ""
	}
	difference := new(big.Rat).Sub(a.value, b.value)
	text := decimalText(difference, decimalPlaces)
	if difference.Sign() > 0 {
		return "+" + text
	}
	return text
}
