package inspection

import (
	"slices"

	"bangfu/models"
)

// SystemScope says how a figure that bangfu computes compares with the plan's.
type SystemScope string

// The scopes of a computed figure.
const (
	// SystemNone: bangfu knows nothing of it.
	SystemNone SystemScope = ""
	// SystemExact: it is what the plan asks for.
	SystemExact SystemScope = "exact"
	// SystemFloor: credited records are a part of what the plan counts, so the
	// true figure is at least that.
	SystemFloor SystemScope = "floor"
	// SystemAmbiguous: records touch it, but the plan's words do not say whether
	// they count. Nothing is computed.
	SystemAmbiguous SystemScope = "ambiguous"
)

// SystemScopes are all scopes.
var SystemScopes = []SystemScope{SystemNone, SystemExact, SystemFloor, SystemAmbiguous}

// Answering is the setting of who answers for one indicator (牵头答复). A task
// has several leads, one of which answers.
type Answering struct {
	Plan    models.PlanID `yaml:"plan"`
	Task    int           `yaml:"task"`
	Ordinal int           `yaml:"ordinal"`
	// Units answer: a department for the city's figure, or groups, each of whose
	// members answers for its share.
	Units []models.UnitID `yaml:"units"`
	// Reason says why these, in words for officials.
	Reason string `yaml:"reason"`
	// SystemKind is the kind of credited record that the computed figure counts.
	SystemKind   models.Kind `yaml:"systemKind"`
	SystemScope  SystemScope `yaml:"systemScope"`
	SystemReason string      `yaml:"systemReason"`
}

// DefaultAnswering is who answers when no setting says otherwise: the first
// lead; when that is a group, all groups among the leads, since each of their
// members answers for its share.
func DefaultAnswering(indicator models.Indicator, task models.Task, tree models.UnitTree) Answering {
	answering := Answering{Plan: indicator.Plan, Task: indicator.Task, Ordinal: indicator.Ordinal}
	if len(task.Leads) == 0 {
		return answering
	}
	isGroup := func(id models.UnitID) bool {
		unit, _ := tree.Unit(id)
		return unit.Kind == models.UnitGroup
	}
	if !isGroup(task.Leads[0]) {
		answering.Units = task.Leads[:1:1]
		answering.Reason = "牵头部门中列第一位的单位答复全市数字。"
		return answering
	}
	for _, lead := range task.Leads {
		if isGroup(lead) {
			answering.Units = append(answering.Units, lead)
		}
	}
	answering.Reason = "列第一位的牵头部门是合称，由其各成员单位分别答复本单位数字，全市数字为各单位之和。"
	return answering
}

// AnsweredItem is an item that is reported on, its task, and who answers for it.
type AnsweredItem struct {
	Indicator models.Indicator
	Task      models.Task
	Answering Answering
}

// AnsweredItems are those of Items with who answers: as it was settled, or by
// default.
func AnsweredItems(tasks []models.Task, indicators []models.Indicator, settled []Answering, tree models.UnitTree) []AnsweredItem {
	byNumber := map[int]models.Task{}
	for _, task := range tasks {
		byNumber[task.Number] = task
	}
	var items []AnsweredItem
	for _, indicator := range Items(tasks, indicators) {
		item := AnsweredItem{Indicator: indicator, Task: byNumber[indicator.Task]}
		item.Answering = DefaultAnswering(indicator, item.Task, tree)
		for _, one := range settled {
			if one.Task == indicator.Task && one.Ordinal == indicator.Ordinal {
				item.Answering = one
			}
		}
		items = append(items, item)
	}
	return items
}

// Answerer is a unit that answers on a day.
type Answerer struct {
	Unit models.UnitID
	// Merged are the units that it took over from and answers for.
	Merged []models.UnitID
}

// Answerers resolves who answers on a day: groups are taken apart, and a unit
// that is gone answers once, under its successor. A group whose members the plan
// leaves open yields nobody.
func (a Answering) Answerers(tree models.UnitTree, day models.Date) []Answerer {
	var found []Answerer
	for _, named := range a.Units {
		members := []models.UnitID{named}
		if unit, known := tree.Unit(named); known && unit.Kind == models.UnitGroup {
			members = unit.Members
		}
		for _, member := range members {
			for _, heir := range tree.On(member, day) {
				i := slices.IndexFunc(found, func(one Answerer) bool { return one.Unit == heir })
				if i < 0 {
					found = append(found, Answerer{Unit: heir})
					i = len(found) - 1
				}
				if heir != member && !slices.Contains(found[i].Merged, member) {
					found[i].Merged = append(found[i].Merged, member)
				}
			}
		}
	}
	return found
}

// Shared reports whether the city's figure is the sum of shares.
func (a Answering) Shared(tree models.UnitTree) bool {
	return slices.ContainsFunc(a.Units, func(id models.UnitID) bool {
		unit, _ := tree.Unit(id)
		return unit.Kind == models.UnitGroup
	})
}

// AnswersFor finds the answerer that a unit is.
func AnswersFor(answerers []Answerer, unit models.UnitID) (Answerer, bool) {
	i := slices.IndexFunc(answerers, func(one Answerer) bool { return one.Unit == unit })
	if i < 0 {
		return Answerer{}, false
	}
	return answerers[i], true
}

// FormerOf is what a unit and those merged into it had reported for the quarter
// before, added up; nil when nothing. A unit that was split hands no figure on:
// how much of it belongs to whom nobody knows.
func FormerOf(basis Basis, answerer Answerer, tree models.UnitTree, day models.Date, before []Entry) *Entry {
	var own []Entry
	for _, entry := range before {
		merged := slices.Contains(answerer.Merged, entry.Unit) && len(tree.On(entry.Unit, day)) == 1
		if entry.Unit == answerer.Unit || merged {
			own = append(own, entry)
		}
	}
	if len(own) == 0 {
		return nil
	}
	former := own[0]
	former.Unit, former.Figures = answerer.Unit, Sum(basis, own)
	return &former
}
