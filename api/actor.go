package api

import (
	"context"

	"bangfu/models"
)

// actor is an account that did something, with the place in a view where the name
// goes. Whoever may read what happened may read who did it.
type actor struct {
	account models.AccountID
	name    *string
}

// actorsOf gathers those who acted in a page of views.
func actorsOf[View any](views []View, actors func(*View) []actor) []actor {
	var all []actor
	for i := range views {
		all = append(all, actors(&views[i])...)
	}
	return all
}

// systemText names what acts when nobody does.
const systemText = "系统"

// name puts the names into their places, all read at once. An account that is
// nowhere keeps its number for a name.
func (s *server) name(ctx context.Context, actors ...actor) error {
	var wanted []models.AccountID
	asked := map[models.AccountID]bool{"": true, models.SystemAccount: true}
	for _, one := range actors {
		if !asked[one.account] {
			asked[one.account] = true
			wanted = append(wanted, one.account)
		}
	}
	names, err := s.Archive.AccountNames(ctx, wanted)
	if err != nil {
		return err
	}
	names[models.SystemAccount] = systemText
	for _, one := range actors {
		if name, known := names[one.account]; known {
			*one.name = name
		} else {
			*one.name = string(one.account)
		}
	}
	return nil
}
