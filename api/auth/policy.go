package auth

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v3"
	"github.com/casbin/casbin/v3/model"
	stringadapter "github.com/casbin/casbin/v3/persist/string-adapter"

	"bangfu/models"
	"bangfu/models/store"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// Policy answers what a principal may do. It is read-only after it is built
// and safe for many requests at once.
type Policy struct {
	enforcer *casbin.Enforcer
}

// NewPolicy reads the embedded policy file.
func NewPolicy() (*Policy, error) {
	definition, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read the access model: %w", err)
	}
	enforcer, err := casbin.NewEnforcer(definition, stringadapter.NewAdapter(policyText))
	if err != nil {
		return nil, fmt.Errorf("read the access policy: %w", err)
	}
	enforcer.AddFunction("reaches", func(arguments ...any) (any, error) {
		scope, grant, self, path, owner, err := fiveTexts(arguments)
		if err != nil {
			return false, err
		}
		return reaches(scope, grant, self, path, owner), nil
	})
	return &Policy{enforcer: enforcer}, nil
}

func fiveTexts(arguments []any) (scope, grant, self, path, owner string, err error) {
	texts := make([]string, 5)
	if len(arguments) != len(texts) {
		return "", "", "", "", "", fmt.Errorf("reaches takes %d texts, not %d", len(texts), len(arguments))
	}
	for i, argument := range arguments {
		text, isText := argument.(string)
		if !isText {
			return "", "", "", "", "", fmt.Errorf("reaches takes texts, not %T", argument)
		}
		texts[i] = text
	}
	return texts[0], texts[1], texts[2], texts[3], texts[4], nil
}

// The scopes of the policy file.
const (
	scopeTree = "tree"
	scopeOwn  = "own"
	scopeAny  = "any"
)

func reaches(scope, grant, self, path, owner string) bool {
	switch scope {
	case scopeAny:
		return true
	case scopeTree:
		return Covers(grant, path)
	case scopeOwn:
		return self != "" && self == owner
	default:
		return false
	}
}

// Covers reports whether a part of the tree contains a unit: "/tj/" covers
// "/tj/120101/", and "/tj/1/" does not cover "/tj/10/". Both end with a slash;
// anything else covers nothing.
func Covers(part, path string) bool {
	return strings.HasPrefix(part, "/") && strings.HasSuffix(part, "/") && strings.HasPrefix(path, part)
}

// May reports whether the principal may do something to what lies at the path
// of the unit tree. Rights over one's own things do not count here; see MayOn.
func (policy *Policy) May(p Principal, permission Permission, unitPath string) bool {
	return policy.MayOn(p, permission, unitPath, "")
}

// MayOn is May for something that belongs to a cadre: their own rights count.
func (policy *Policy) MayOn(p Principal, permission Permission, unitPath string, owner models.CadreID) bool {
	_, may := policy.Behalf(p, permission, unitPath, owner)
	return may
}

// Behalf is MayOn, and says by whose right: empty when the principal's own is
// enough, otherwise the cadre for whom they stand in.
func (policy *Policy) Behalf(p Principal, permission Permission, unitPath string, owner models.CadreID) (models.CadreID, bool) {
	if !p.inScope(permission) {
		return "", false
	}
	for _, c := range p.capacities() {
		if c.lends(permission) && slices.ContainsFunc(c.grants, func(grant Grant) bool {
			return policy.allows(grant, c.self, permission, unitPath, owner)
		}) {
			return c.behalf, true
		}
	}
	return "", false
}

// Holds reports whether the principal has the permission anywhere at all.
func (policy *Policy) Holds(p Principal, permission Permission) bool {
	reach := policy.Reach(p, permission)
	return reach.All || len(reach.Paths) > 0 || len(reach.Cadres) > 0
}

// Reach says over what the principal has the permission, as lists and single
// reads of the archive apply it. It asks the same policy as May.
func (policy *Policy) Reach(p Principal, permission Permission) store.Reach {
	var reach store.Reach
	if !p.inScope(permission) {
		return reach
	}
	for _, c := range p.capacities() {
		if c.lends(permission) {
			policy.widen(&reach, c, permission)
		}
	}
	return reach
}

// widen adds to a reach what somebody has in one capacity.
func (policy *Policy) widen(reach *store.Reach, c capacity, permission Permission) {
	const nowhere = ""
	for _, grant := range c.grants {
		switch {
		case policy.allows(grant, "", permission, nowhere, ""):
			reach.All = true
		case policy.allows(grant, "", permission, grant.Path, ""):
			if !slices.Contains(reach.Paths, grant.Path) {
				reach.Paths = append(reach.Paths, grant.Path)
			}
		case c.self != "" && policy.allows(grant, c.self, permission, nowhere, c.self):
			if !slices.Contains(reach.Cadres, c.self) {
				reach.Cadres = append(reach.Cadres, c.self)
			}
		}
	}
}

func (policy *Policy) allows(grant Grant, self models.CadreID, permission Permission, path string, owner models.CadreID) bool {
	allowed, err := policy.enforcer.Enforce(
		string(grant.Role), grant.Path, string(self), string(permission), path, string(owner))
	return err == nil && allowed
}

// inScope reports whether a program's token was given the permission.
func (p Principal) inScope(permission Permission) bool {
	return p.Scopes == nil || slices.Contains(p.Scopes, permission)
}
