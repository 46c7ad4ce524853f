package models

import (
	"fmt"
	"strconv"
	"time"
)

// Quarter is a calendar quarter in Shanghai, written 2013Q1. The zero value
// means that no quarter is set.
type Quarter struct {
	year int16
	// number is 1 to 4.
	number int8
}

const (
	quartersOfYear  = 4
	monthsOfQuarter = 3
)

// NewQuarter is the quarter of the year, 1 to 4; anything else is no quarter.
func NewQuarter(year, number int) Quarter {
	if year < 1 || year > 9999 || number < 1 || number > quartersOfYear {
		return Quarter{}
	}
	return Quarter{year: int16(year), number: int8(number)}
}

// QuarterOf is the quarter that holds the day.
func QuarterOf(day Date) Quarter {
	month := int(day.Start().In(Shanghai).Month())
	return NewQuarter(day.Year(), (month-1)/monthsOfQuarter+1)
}

// ParseQuarter reads the form that String writes.
func ParseQuarter(text string) (Quarter, error) {
	const length, split = len("2013Q1"), 4
	if len(text) == length && text[split] == 'Q' {
		year, yearFault := strconv.Atoi(text[:split])
		number, numberFault := strconv.Atoi(text[split+1:])
		quarter := NewQuarter(year, number)
		if yearFault == nil && numberFault == nil && !quarter.IsZero() && quarter.String() == text {
			return quarter, nil
		}
	}
	return Quarter{}, fmt.Errorf("quarter %q is not YYYYQn", text)
}

// MustQuarter is ParseQuarter for constants and tests.
func MustQuarter(text string) Quarter {
	quarter, err := ParseQuarter(text)
	if err != nil {
		panic(err)
	}
	return quarter
}

// IsZero reports whether no quarter is set.
func (q Quarter) IsZero() bool { return q == Quarter{} }

// Year and Number are the parts of the quarter.
func (q Quarter) Year() int { return int(q.year) }

// Number is 1 to 4.
func (q Quarter) Number() int { return int(q.number) }

// First is the quarter's first day.
func (q Quarter) First() Date {
	return NewDate(q.Year(), time.Month((q.Number()-1)*monthsOfQuarter+1), 1)
}

// Last is the quarter's last day.
func (q Quarter) Last() Date { return q.Next().First().AddDays(-1) }

// End is the cut-off of the quarter's inspection: 24:00 in Shanghai of its last
// day, the first instant that no longer belongs to it.
func (q Quarter) End() time.Time { return q.Last().End() }

// Holds reports whether the day lies in the quarter.
func (q Quarter) Holds(day Date) bool { return QuarterOf(day) == q }

// Add is the quarter that many quarters later, or earlier when negative.
func (q Quarter) Add(quarters int) Quarter {
	index := q.Year()*quartersOfYear + q.Number() - 1 + quarters
	return NewQuarter(index/quartersOfYear, index%quartersOfYear+1)
}

// Next is the quarter after this one.
func (q Quarter) Next() Quarter { return q.Add(1) }

// Previous is the quarter before this one.
func (q Quarter) Previous() Quarter { return q.Add(-1) }

// YearBefore is the same quarter of the year before (同期).
func (q Quarter) YearBefore() Quarter { return q.Add(-quartersOfYear) }

// Before reports whether q is an earlier quarter than other.
func (q Quarter) Before(other Quarter) bool {
	return q.year < other.year || q.year == other.year && q.number < other.number
}

// OpensOn is the day on which the quarter's inspection opens: the first working
// day after it.
func (q Quarter) OpensOn(calendar Calendar) Date { return calendar.AddWorkdays(q.Last(), 1) }

// String writes 2013Q1, or nothing for the zero value.
func (q Quarter) String() string {
	if q.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04dQ%d", q.year, q.number)
}

// MarshalText writes the form of String.
func (q Quarter) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads the form of String.
func (q *Quarter) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*q = Quarter{}
		return nil
	}
	quarter, err := ParseQuarter(string(text))
	if err != nil {
		return err
	}
	*q = quarter
	return nil
}

// Quarters are the quarters that the plan's window touches, in order.
func (p Plan) Quarters() []Quarter {
	var quarters []Quarter
	for quarter := QuarterOf(p.From); !QuarterOf(p.To).Before(quarter); quarter = quarter.Next() {
		quarters = append(quarters, quarter)
	}
	return quarters
}
