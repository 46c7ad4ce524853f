package auth

import (
	"slices"

	"bangfu/models"
)

// Lent is what somebody has, for as long as they stand in for a cadre, of what
// the cadre has: the rights over the cadre's own things, and the business roles
// of the cadre's account over the same units.
type Lent struct {
	For    models.CadreID
	Grants []Grant
}

// Lend says what standing in for a cadre gives to a deputy who holds some roles
// of their own. An officer neither lends nor borrows: whoever makes accounts,
// gives roles or reads the log does no business, in nobody's place. What the
// absent cadre has by standing in for others is not among the grants, so that
// nothing is lent onward.
func Lend(deputy []Grant, cadre models.CadreID, absent []Grant) (Lent, bool) {
	if cadre == "" || holdsOfficer(deputy) || holdsOfficer(absent) {
		return Lent{}, false
	}
	// The cadre's own things are covered even when they have no account.
	grants := []Grant{{Role: RoleCadre}}
	for _, grant := range absent {
		if grant.Role != RoleCadre {
			grants = append(grants, grant)
		}
	}
	return Lent{For: cadre, Grants: grants}, true
}

func holdsOfficer(grants []Grant) bool {
	return slices.ContainsFunc(grants, func(grant Grant) bool { return grant.Role.Officer() })
}

// OfficerRoles are the roles that are in three separate hands.
func OfficerRoles() []Role {
	return slices.DeleteFunc(Roles(), func(role Role) bool { return !role.Officer() })
}

// capacity is one of the ways in which a principal has rights: as themselves,
// and once for each cadre for whom they stand in.
type capacity struct {
	self   models.CadreID
	grants []Grant
	// behalf is the cadre for whom they stand in; empty for themselves.
	behalf models.CadreID
}

// capacities come in the order in which they are asked: one's own right first.
func (p Principal) capacities() []capacity {
	all := []capacity{{self: p.Cadre, grants: p.Grants}}
	if holdsOfficer(p.Grants) {
		return all
	}
	for _, lent := range p.Lent {
		all = append(all, capacity{self: lent.For, grants: lent.Grants, behalf: lent.For})
	}
	return all
}

// lends reports whether a permission counts in this capacity. Arranging
// substitutions is not lent: a deputy would pass on what is not theirs.
func (c capacity) lends(permission Permission) bool {
	return c.behalf == "" || permission != SubstituteManage
}
