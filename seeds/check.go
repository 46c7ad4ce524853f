package seeds

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"bangfu/models"
)

// check finds what one file says against another.
func (s *Seeds) check() error {
	for _, check := range []func() error{s.checkUnits, s.checkTasks, s.checkIndicators, s.checkAnswering, s.checkPolicy} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Seeds) checkUnits() error {
	tree := s.Tree()
	if len(tree.Units()) != len(s.Units) {
		return fmt.Errorf("units.yaml: a unit is listed twice")
	}
	paths := make(map[string]models.UnitID, len(s.Units))
	for _, unit := range s.Units {
		if other, taken := paths[unit.Path]; taken {
			return fmt.Errorf("unit %s has the path of %s", unit.ID, other)
		}
		paths[unit.Path] = unit.ID
		if !slices.Contains(models.UnitKinds, unit.Kind) {
			return fmt.Errorf("unit %s: kind %q is unknown", unit.ID, unit.Kind)
		}
		if err := checkPath(tree, unit); err != nil {
			return err
		}
		for _, other := range slices.Concat(unit.Successors, unit.Members) {
			if _, known := tree.Unit(other); !known {
				return fmt.Errorf("unit %s names the unknown unit %s", unit.ID, other)
			}
		}
		if len(unit.Successors) > 0 && unit.ValidTo.IsZero() {
			return fmt.Errorf("unit %s has successors and no last day", unit.ID)
		}
	}
	return nil
}

// checkPath: a path is that of the parent and one more segment.
func checkPath(tree models.UnitTree, unit models.Unit) error {
	if unit.Parent == "" {
		if unit.Kind != models.UnitCity || strings.Count(unit.Path, "/") != 2 {
			return fmt.Errorf("unit %s has no parent", unit.ID)
		}
		return nil
	}
	parent, known := tree.Unit(unit.Parent)
	if !known {
		return fmt.Errorf("unit %s: parent %s is unknown", unit.ID, unit.Parent)
	}
	if path.Dir(strings.TrimSuffix(unit.Path, "/"))+"/" != parent.Path || !strings.HasSuffix(unit.Path, "/") {
		return fmt.Errorf("unit %s: path %s does not lie below %s", unit.ID, unit.Path, parent.Path)
	}
	return nil
}

func (s *Seeds) checkTasks() error {
	tree := s.Tree()
	for i, task := range s.Tasks {
		if task.Number != i+1 {
			return fmt.Errorf("tasks.yaml: task %d stands in place %d", task.Number, i+1)
		}
		for _, lead := range task.Leads {
			if _, known := tree.Unit(lead); !known {
				return fmt.Errorf("task %d: lead %s is not in units.yaml", task.Number, lead)
			}
		}
	}
	return nil
}

func (s *Seeds) checkIndicators() error {
	ordinal := map[int]int{}
	for _, indicator := range s.Indicators {
		ordinal[indicator.Task]++
		switch {
		case indicator.Task < 1 || indicator.Task > len(s.Tasks):
			return fmt.Errorf("indicator %q: task %d is unknown", indicator.Name, indicator.Task)
		case indicator.Ordinal != ordinal[indicator.Task]:
			return fmt.Errorf("indicator %d.%d stands in place %d", indicator.Task, indicator.Ordinal, ordinal[indicator.Task])
		case !slices.Contains(models.Periods, indicator.Period):
			return fmt.Errorf("indicator %d.%d: period %q is unknown", indicator.Task, indicator.Ordinal, indicator.Period)
		case !slices.Contains(models.Qualifiers, indicator.Qualifier):
			return fmt.Errorf("indicator %d.%d: qualifier %q is unknown", indicator.Task, indicator.Ordinal, indicator.Qualifier)
		case !strings.Contains(s.Tasks[indicator.Task-1].Text, indicator.Verbatim):
			return fmt.Errorf("indicator %d.%d: %q is not in the task's text", indicator.Task, indicator.Ordinal, indicator.Verbatim)
		case indicator.Target == "" && indicator.TargetText == "":
			return fmt.Errorf("indicator %d.%d says no target", indicator.Task, indicator.Ordinal)
		}
	}
	return nil
}

// checkPolicy: every code that rules use has a Chinese name, once.
func (s *Seeds) checkPolicy() error {
	if s.Plan.Policy != s.Policy.Version {
		return fmt.Errorf("plan.yaml: policy %d is not the one in policy-1.yaml", s.Plan.Policy)
	}
	names := map[string]string{}
	for _, term := range s.Policy.Terms {
		if names[term.Code] != "" || term.Name == "" {
			return fmt.Errorf("policy: term %q is named twice or not at all", term.Code)
		}
		names[term.Code] = term.Name
	}
	for _, code := range ruleCodes(s.Policy.Rules) {
		if names[code] == "" {
			return fmt.Errorf("policy: code %q has no name", code)
		}
	}
	return nil
}

// ruleCodes are all codes that the rules and the aggregate can show to people.
func ruleCodes(rules models.Rules) []string {
	var codes []string
	for _, goal := range rules.Goals {
		codes = append(codes, string(goal.Kind), string(goal.Established))
		codes = append(codes, texts(goal.EvidenceAsked)...)
	}
	for _, stage := range rules.Stages {
		codes = append(codes, string(stage.Stage))
	}
	for _, rung := range rules.Rungs {
		codes = append(codes, string(rung.Code))
	}
	codes = append(codes, string(models.RungCorrectionLapsed), string(models.RungSuspensionEnds),
		string(models.RungFulfilledClose), string(models.GroundFulfilled))
	for _, grounds := range [][]models.Ground{
		rules.SuspensionGrounds, rules.ExtensionGrounds, rules.ExemptionGrounds, rules.ClosingGrounds,
	} {
		codes = append(codes, texts(grounds)...)
	}
	codes = append(codes, texts(models.RecordStates)...)
	codes = append(codes, texts(models.ObligationStates)...)
	codes = append(codes, texts(models.Lights)...)
	codes = append(codes, texts(models.Ranks)...)
	return append(codes, texts([]models.GoalState{
		models.GoalNotStarted, models.GoalInProgress, models.GoalInReview, models.GoalDone,
		models.GoalOverdue, models.GoalSuspended, models.GoalExempted,
	})...)
}

func texts[T ~string](values []T) []string {
	result := make([]string, len(values))
	for i, value := range values {
		result[i] = string(value)
	}
	return result
}
