package seeds

import (
	"fmt"
	"io/fs"
	"slices"

	"bangfu/models"
	"bangfu/models/inspection"
)

// loadAnswering reads who answers for which indicator: the default for each,
// replaced by what answering.yaml says.
func (s *Seeds) loadAnswering(files fs.FS) error {
	var settings []struct {
		Task         int                    `yaml:"task"`
		Ordinal      int                    `yaml:"ordinal"`
		Units        []string               `yaml:"units"`
		Reason       string                 `yaml:"reason"`
		SystemKind   models.Kind            `yaml:"systemKind"`
		SystemScope  inspection.SystemScope `yaml:"systemScope"`
		SystemReason string                 `yaml:"systemReason"`
	}
	leads := map[string]models.UnitID{}
	if err := read(files, "answering.yaml", &settings); err != nil {
		return err
	}
	if err := read(files, "leads.yaml", &leads); err != nil {
		return err
	}
	s.Answering = s.defaultAnswering()
	for _, setting := range settings {
		at := slices.IndexFunc(s.Answering, func(one inspection.Answering) bool {
			return one.Task == setting.Task && one.Ordinal == setting.Ordinal
		})
		if at < 0 {
			return fmt.Errorf("answering.yaml: %d.%d is neither an indicator nor a task without one", setting.Task, setting.Ordinal)
		}
		answering := inspection.Answering{
			Plan: s.Plan.ID, Task: setting.Task, Ordinal: setting.Ordinal, Reason: setting.Reason,
			SystemKind: setting.SystemKind, SystemScope: setting.SystemScope, SystemReason: setting.SystemReason,
		}
		for _, name := range setting.Units {
			unit, known := leads[name]
			if !known {
				return fmt.Errorf("answering.yaml: %d.%d: %q is not in leads.yaml", setting.Task, setting.Ordinal, name)
			}
			answering.Units = append(answering.Units, unit)
		}
		s.Answering[at] = answering
	}
	return nil
}

func (s *Seeds) defaultAnswering() []inspection.Answering {
	var all []inspection.Answering
	for _, item := range inspection.AnsweredItems(s.Tasks, s.Indicators, nil, s.Tree()) {
		all = append(all, item.Answering)
	}
	return all
}

// checkAnswering: whoever answers leads the task in the plan, every choice has
// its reason, and a computed figure says of which kind it is.
func (s *Seeds) checkAnswering() error {
	for _, one := range s.Answering {
		where := fmt.Sprintf("answering %d.%d", one.Task, one.Ordinal)
		if len(one.Units) == 0 || one.Reason == "" {
			return fmt.Errorf("%s: nobody answers, or nothing says why", where)
		}
		for _, unit := range one.Units {
			if !slices.Contains(s.Tasks[one.Task-1].Leads, unit) {
				return fmt.Errorf("%s: %s does not lead the task", where, unit)
			}
		}
		computed := one.SystemScope != inspection.SystemNone
		switch {
		case !slices.Contains(inspection.SystemScopes, one.SystemScope):
			return fmt.Errorf("%s: scope %q is unknown", where, one.SystemScope)
		case computed != (one.SystemReason != ""), computed != slices.Contains(models.Kinds, one.SystemKind):
			return fmt.Errorf("%s: a computed figure needs a kind and a reason", where)
		}
	}
	return nil
}
