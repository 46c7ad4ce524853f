package inspection

import (
	"slices"

	"bangfu/models"
)

// Inspected is a unit that a quarter inspects.
type Inspected struct {
	ID   models.UnitID
	Name string
	Kind models.UnitKind
	Path string
	// Predecessors are units that this one stands for: they ended by the quarter's
	// last day, and it succeeds them.
	Predecessors []models.UnitID
}

// Inspects reports whether units of the kind are inspected: the plan names
// districts, functional zones and departments of the city (task 53).
func Inspects(kind models.UnitKind) bool {
	return kind == models.UnitDistrict || kind == models.UnitZone || kind == models.UnitDepartment
}

// UnitsOf are the units that a quarter inspects, in the order of the tree: those
// that exist on its last day, each with the units that it stands for. A unit with
// several successors is asked under the first, and once.
func UnitsOf(tree models.UnitTree, quarter models.Quarter) []Inspected {
	last := quarter.Last()
	var units []Inspected
	for _, unit := range tree.Units() {
		if Inspects(unit.Kind) && unit.ValidOn(last) {
			units = append(units, Inspected{ID: unit.ID, Name: unit.Name, Kind: unit.Kind, Path: unit.Path})
		}
	}
	for _, unit := range tree.Units() {
		if !Inspects(unit.Kind) || unit.ValidTo.IsZero() || !unit.ValidTo.Before(last) && unit.ValidOn(last) {
			continue
		}
		heirs := tree.On(unit.ID, last)
		if len(heirs) == 0 {
			continue
		}
		if i := slices.IndexFunc(units, func(one Inspected) bool { return one.ID == heirs[0] }); i >= 0 && units[i].ID != unit.ID {
			units[i].Predecessors = append(units[i].Predecessors, unit.ID)
		}
	}
	return units
}
