package page

import (
	"net/url"
	"slices"

	"bangfu/api"
	"bangfu/models"
)

// ActsFor reports whether the visitor is the cadre or stands in for them today.
func (v *Visit) ActsFor(cadre models.CadreID) bool {
	return cadre != "" && (v.Me.Cadre == cadre || slices.Contains(v.Me.SubstituteFor, cadre))
}

// StandsInFor is what the visitor has today in the place of a cadre.
func (v *Visit) StandsInFor(cadre models.CadreID) (api.StandingIn, bool) {
	i := slices.IndexFunc(v.Me.StandsIn, func(one api.StandingIn) bool { return one.Cadre.ID == cadre })
	if i < 0 {
		return api.StandingIn{}, false
	}
	return v.Me.StandsIn[i], true
}

// lent reports whether the visitor has roles besides a cadre's own rights by
// standing in for somebody.
func (v *Visit) lent() bool {
	return slices.ContainsFunc(v.Me.StandsIn, func(one api.StandingIn) bool { return len(one.Grants) > 0 })
}

// DutyOf is the page of a cadre's duty for whoever stands in for them.
func DutyOf(cadre models.CadreID) string { return "/duty?for=" + url.QueryEscape(string(cadre)) }

// NameOf is a cadre's name, or the number where the name may not be read.
func NameOf(cadre api.CadreRef) string {
	if cadre.Name == "" {
		return string(cadre.ID)
	}
	return cadre.Name
}
