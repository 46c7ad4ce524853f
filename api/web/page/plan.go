package page

import (
	"slices"
	"sync"
	"time"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/models"
)

// planList remembers the plans for a moment: every page asks which one it is
// about, and they change once in years.
type planList struct {
	mutex sync.Mutex
	items []api.PlanView
	until time.Time
}

const plansKept = 30 * time.Second

// Plans lists the plans; whoever may not read plans sees none.
func (v *Visit) Plans() []api.PlanView {
	if !v.May(auth.PlanRead) {
		return nil
	}
	known := &v.site.plans
	known.mutex.Lock()
	defer known.mutex.Unlock()
	if known.items == nil || time.Now().After(known.until) {
		var found struct {
			Items []api.PlanView `json:"items"`
		}
		if _, err := v.Ask("/plans", nil, &found); err != nil {
			// The page itself asks the API too and says what is wrong.
			return known.items
		}
		known.items, known.until = found.Items, time.Now().Add(plansKept)
	}
	return known.items
}

// Plan is the plan that the visitor works on: the one that the address names,
// which is remembered, or else the one whose time it is.
func (v *Visit) Plan() models.PlanID {
	plans := v.Plans()
	known := func(id string) bool {
		return slices.ContainsFunc(plans, func(plan api.PlanView) bool { return string(plan.ID) == id })
	}
	if asked := v.Query("plan"); known(asked) {
		v.site.door.Keep(v.Context(), "plan", asked)
		return models.PlanID(asked)
	}
	if kept := v.site.door.Kept(v.Context(), "plan"); known(kept) {
		return models.PlanID(kept)
	}
	return current(plans, models.DateOf(v.Now()))
}

// current is the plan that a day lies in, or else the last one to have begun.
func current(plans []api.PlanView, today models.Date) models.PlanID {
	var last api.PlanView
	for _, plan := range plans {
		if !today.Before(plan.From) && !plan.To.Before(today) {
			return plan.ID
		}
		if last.ID == "" || last.From.Before(plan.From) {
			last = plan
		}
	}
	return last.ID
}

// PlanView is the plan that the visitor works on, whole.
func (v *Visit) PlanView() api.PlanView {
	id := v.Plan()
	for _, plan := range v.Plans() {
		if plan.ID == id {
			return plan
		}
	}
	return api.PlanView{}
}
