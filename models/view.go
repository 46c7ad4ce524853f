package models

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// ViewTerms are a filter of the ledger as a view keeps it: the filter's names
// with their values, dates as RelativeDate. Whatever has no entry chooses all.
type ViewTerms map[string][]string

// ViewFilters are the names that a view may filter by, in the order of the
// ledger's form.
var ViewFilters = []string{"unit", "kind", "state", "light", "dueAfter", "dueBefore", "undated", "overdueOn", "text"}

// TermError says which term of a view cannot be.
type TermError struct{ Filter, Value string }

// Error names the term.
func (e *TermError) Error() string { return fmt.Sprintf("no term of a view: %s=%s", e.Filter, e.Value) }

// viewTextMost is as long as the ledger's own search.
const viewTextMost = 60

// Checked gives the terms in their one way of writing: known filters alone,
// nothing empty, each value once. The first that cannot be is a *TermError.
// Whether a unit exists is not known here.
func (t ViewTerms) Checked() (ViewTerms, error) {
	checked := ViewTerms{}
	for _, filter := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(ViewFilters, filter) {
			return nil, &TermError{Filter: filter}
		}
		values := t[filter]
		if severalTerms(filter) {
			values = strings.Split(strings.Join(values, ","), ",")
		}
		for _, value := range values {
			if value == "" {
				continue
			}
			written, possible := checkedTerm(filter, value)
			if !possible {
				return nil, &TermError{Filter: filter, Value: value}
			}
			if !slices.Contains(checked[filter], written) {
				checked[filter] = append(checked[filter], written)
			}
		}
		if !severalTerms(filter) && len(checked[filter]) > 1 {
			return nil, &TermError{Filter: filter, Value: checked[filter][1]}
		}
		slices.Sort(checked[filter])
	}
	return checked, nil
}

// severalTerms reports whether a filter may have more than one value; the
// ledger's query then has them in one, with commas.
func severalTerms(filter string) bool { return filter == "state" || filter == "light" }

func checkedTerm(filter, value string) (string, bool) {
	switch filter {
	case "kind":
		return value, Kind(value).Valid()
	case "state":
		return value, slices.Contains(ObligationStates, ObligationState(value))
	case "light":
		return value, slices.Contains(Lights, Light(value))
	case "dueAfter", "dueBefore", "overdueOn":
		date, err := ParseRelativeDate(value)
		return string(date), err == nil
	case "undated":
		return value, value == "true"
	case "unit":
		return value, len(value) <= viewTextMost
	default:
		return value, len([]rune(value)) <= viewTextMost
	}
}

// On is the filter that the terms mean on a day, as the ledger's query has it.
func (t ViewTerms) On(today Date) url.Values {
	query := url.Values{}
	for filter, values := range t {
		switch filter {
		case "dueAfter", "dueBefore", "overdueOn":
			for _, value := range values {
				query.Add(filter, RelativeDate(value).On(today).String())
			}
		default:
			query.Set(filter, strings.Join(values, ","))
		}
	}
	return query
}
