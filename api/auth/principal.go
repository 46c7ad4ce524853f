package auth

import (
	"context"
	"slices"

	"bangfu/models"
)

// Role is what somebody is in a part of the unit tree.
type Role string

// Every role.
const (
	RoleCadre                Role = "cadre"
	RoleContact              Role = "contact"
	RoleLeader               Role = "leader"
	RoleDistrictScience      Role = "district-science"
	RoleDistrictOrganization Role = "district-organization"
	RoleCityScience          Role = "city-science"
	RoleOrganization         Role = "organization"
	RoleAdjudicator          Role = "adjudicator"
	RoleInspector            Role = "inspector"
	RoleSigner               Role = "signer"
	RoleArchivist            Role = "archivist"
	RoleAuditor              Role = "auditor"
	RoleSystemOfficer        Role = "system-officer"
	RoleSecurityOfficer      Role = "security-officer"
)

// Roles lists every role.
func Roles() []Role {
	return []Role{
		RoleCadre, RoleContact, RoleLeader, RoleDistrictScience, RoleDistrictOrganization, RoleCityScience,
		RoleOrganization, RoleAdjudicator, RoleInspector, RoleSigner, RoleArchivist,
		RoleAuditor, RoleSystemOfficer, RoleSecurityOfficer,
	}
}

// Valid reports whether the role exists.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Officer reports whether the role is one of the three that must be in
// separate hands (三员分立): system, security and audit.
func (r Role) Officer() bool {
	return r == RoleSystemOfficer || r == RoleSecurityOfficer || r == RoleAuditor
}

// Grant is a role in a part of the tree.
type Grant struct {
	Role Role
	Unit models.UnitID
	Path string
}

// Principal is who gives a request.
type Principal struct {
	Account models.AccountID
	// Cadre is set when the account belongs to a cadre.
	Cadre  models.CadreID
	Grants []Grant
	// SubstituteFor are the cadres that this one stands in for today. They bar
	// from deciding, whether or not anything is lent.
	SubstituteFor []models.CadreID
	// Lent is what those cadres' rights are today; see Lend.
	Lent []Lent
	// Scopes narrows a program's token to some permissions; nil means all.
	Scopes []Permission
	// Token is the ID of the program's token, empty for a person's session.
	Token string
	// MustChange: nothing but changing the password is allowed.
	MustChange bool
	// MustEnrol: nothing but setting up the second factor is allowed.
	MustEnrol bool
}

// Actor is the principal as commands carry it.
func (p Principal) Actor() models.Actor {
	return models.Actor{Account: p.Account, Cadre: p.Cadre, SubstituteFor: p.SubstituteFor}
}

// ActorFor is Actor for a command that is given by a cadre's right, if it is
// given by another's at all.
func (p Principal) ActorFor(cadre models.CadreID) models.Actor {
	actor := p.Actor()
	actor.For = cadre
	return actor
}

// ActsFor reports whether the principal is the cadre or stands in for them.
func (p Principal) ActsFor(cadre models.CadreID) bool {
	return cadre != "" && (p.Cadre == cadre || slices.Contains(p.SubstituteFor, cadre))
}

// Is reports whether the principal has the role anywhere, as their own.
func (p Principal) Is(role Role) bool {
	return slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role == role })
}

type contextKey struct{}

// WithPrincipal puts the principal into the context of a request.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// FromContext finds who gives the request, and false when nobody logged in.
func FromContext(ctx context.Context) (Principal, bool) {
	p, found := ctx.Value(contextKey{}).(Principal)
	return p, found
}

// Separate reports whether an account with these roles may hold the added one.
// The three officers are three people, and an officer does no business: whoever
// makes accounts, gives roles or reads the log does not act under them.
func Separate(held []Role, added Role) bool {
	for _, role := range held {
		if role != added && (role.Officer() || added.Officer()) {
			return false
		}
	}
	return true
}
