package models

import (
	"slices"
	"strings"
)

// UnitKind says what a unit is.
type UnitKind string

// The kinds of units.
const (
	UnitCity         UnitKind = "city"         // 市
	UnitDistrict     UnitKind = "district"     // 区县
	UnitZone         UnitKind = "zone"         // 功能区
	UnitDepartment   UnitKind = "department"   // 市级部门
	UnitGovernment   UnitKind = "government"   // 区县人民政府、功能区管委会
	UnitOrganization UnitKind = "organization" // 区县委组织部、功能区党群部门
	UnitScience      UnitKind = "science"      // 区县科委、功能区科技部门
	UnitOffice       UnitKind = "office"       // other offices and work units
	UnitGroup        UnitKind = "group"        // several units under one name in the plan
)

// UnitKinds are all kinds of units.
var UnitKinds = []UnitKind{
	UnitCity, UnitDistrict, UnitZone, UnitDepartment, UnitGovernment,
	UnitOrganization, UnitScience, UnitOffice, UnitGroup,
}

// Unit is one place in the tree of units (单位). Codes of districts are those of
// GB/T 2260; functional zones have none and carry internal codes.
type Unit struct {
	ID UnitID `json:"id" yaml:"id"`
	// Path places the unit in the tree: "/tj/120101/zzb/". Rights reach along it.
	Path      string `json:"path" yaml:"path"`
	Name      string `json:"name" yaml:"name"`
	ShortName string `json:"shortName" yaml:"shortName"`
	// PinyinInitials let people type "hpq" for 和平区.
	PinyinInitials string   `json:"pinyinInitials" yaml:"pinyinInitials"`
	Kind           UnitKind `json:"kind" yaml:"kind"`
	Parent         UnitID   `json:"parent,omitempty" yaml:"parent,omitempty"`
	// ValidFrom and ValidTo are the first and last day of the unit's life; zero
	// means before and after all plans.
	ValidFrom Date `json:"validFrom,omitzero" yaml:"validFrom,omitempty"`
	ValidTo   Date `json:"validTo,omitzero" yaml:"validTo,omitempty"`
	// Successors took over from the day after ValidTo.
	Successors []UnitID `json:"successors,omitempty" yaml:"successors,omitempty"`
	// Members are the units that a group stands for; none when the plan leaves
	// open who they are.
	Members []UnitID `json:"members,omitempty" yaml:"members,omitempty"`
	// Note says where a code or a date comes from, or what is uncertain.
	Note string `json:"note,omitempty" yaml:"note,omitempty"`
}

// ValidOn reports whether the unit exists on the day.
func (u Unit) ValidOn(day Date) bool {
	return (u.ValidFrom.IsZero() || !day.Before(u.ValidFrom)) && (u.ValidTo.IsZero() || !day.After(u.ValidTo))
}

// Holds reports whether the other unit is this one or below it.
func (u Unit) Holds(path string) bool { return u.Path != "" && strings.HasPrefix(path, u.Path) }

// Rank is the rank of a cadre (职级).
type Rank string

// The ranks from division level upwards, which the plan addresses.
const (
	RankDivisionDeputy Rank = "division-deputy" // 副处级
	RankDivision       Rank = "division"        // 正处级
	RankBureauDeputy   Rank = "bureau-deputy"   // 副局级
	RankBureau         Rank = "bureau"          // 正局级
)

// Ranks are all ranks, from low to high.
var Ranks = []Rank{RankDivisionDeputy, RankDivision, RankBureauDeputy, RankBureau}

// Valid reports whether the rank is one of Ranks.
func (r Rank) Valid() bool { return slices.Contains(Ranks, r) }

// Cadre is a person under the duty (干部), known by personnel number.
type Cadre struct {
	ID             CadreID `json:"id" yaml:"id"`
	Name           string  `json:"name" yaml:"name"`
	PinyinInitials string  `json:"pinyinInitials" yaml:"pinyinInitials"`
	Rank           Rank    `json:"rank" yaml:"rank"`
}

// Posting is a cadre's office in a unit for a time (任职).
type Posting struct {
	Cadre CadreID `json:"cadre" yaml:"cadre"`
	Unit  UnitID  `json:"unit" yaml:"unit"`
	Title string  `json:"title" yaml:"title"`
	From  Date    `json:"from" yaml:"from"`
	// To is the last day, zero while the posting lasts.
	To Date `json:"to,omitzero" yaml:"to,omitempty"`
	// SubstituteFor is set when the posting stands in for another cadre (代理).
	SubstituteFor CadreID `json:"substituteFor,omitempty" yaml:"substituteFor,omitempty"`
}

// ValidOn reports whether the posting holds on the day.
func (p Posting) ValidOn(day Date) bool {
	return !day.Before(p.From) && (p.To.IsZero() || !day.After(p.To))
}

// UnitTree answers questions about a set of units.
type UnitTree struct {
	byID  map[UnitID]Unit
	order []UnitID
}

// NewUnitTree reads units in the order given; a later unit of the same ID wins.
func NewUnitTree(units []Unit) UnitTree {
	tree := UnitTree{byID: make(map[UnitID]Unit, len(units))}
	for _, unit := range units {
		if _, known := tree.byID[unit.ID]; !known {
			tree.order = append(tree.order, unit.ID)
		}
		tree.byID[unit.ID] = unit
	}
	return tree
}

// Unit finds a unit.
func (t UnitTree) Unit(id UnitID) (Unit, bool) {
	unit, known := t.byID[id]
	return unit, known
}

// Units are all units in their order.
func (t UnitTree) Units() []Unit {
	units := make([]Unit, len(t.order))
	for i, id := range t.order {
		units[i] = t.byID[id]
	}
	return units
}

// On resolves a unit to what stands in its place on a day: itself while it
// exists, else its successors' successors. A unit that a cycle or an unknown
// successor hides yields nothing.
func (t UnitTree) On(id UnitID, day Date) []UnitID {
	return t.on(id, day, map[UnitID]bool{})
}

func (t UnitTree) on(id UnitID, day Date, seen map[UnitID]bool) []UnitID {
	unit, known := t.byID[id]
	if !known || seen[id] {
		return nil
	}
	seen[id] = true
	if unit.ValidTo.IsZero() || !day.After(unit.ValidTo) {
		return []UnitID{id}
	}
	var result []UnitID
	for _, successor := range unit.Successors {
		for _, heir := range t.on(successor, day, seen) {
			if !slices.Contains(result, heir) {
				result = append(result, heir)
			}
		}
	}
	return result
}

// Members are the units that a lead stands for on a day: the members of a
// group, or the unit itself, each resolved to its successors.
func (t UnitTree) Members(id UnitID, day Date) []UnitID {
	unit, known := t.byID[id]
	if !known {
		return nil
	}
	if unit.Kind != UnitGroup {
		return t.On(id, day)
	}
	var result []UnitID
	for _, member := range unit.Members {
		for _, heir := range t.On(member, day) {
			if !slices.Contains(result, heir) {
				result = append(result, heir)
			}
		}
	}
	return result
}
