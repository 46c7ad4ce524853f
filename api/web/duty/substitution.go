package duty

import (
	"net/url"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/models"
)

// whose says about which cadre a page is: the visitor, or one for whom they
// stand in today.
type whose struct {
	id    models.CadreID
	name  string
	other bool
}

// represented reads from the address whose page it is. A cadre for whom the
// visitor does not stand in today is not found, whatever the address says.
// Somebody without a duty of their own begins with the first they stand in for.
func represented(v *page.Visit) (whose, error) {
	asked := models.CadreID(v.Query("for"))
	if asked == "" && v.Me.Cadre == "" && len(v.Me.StandsIn) > 0 {
		asked = v.Me.StandsIn[0].Cadre.ID
	}
	if asked == "" || asked == v.Me.Cadre {
		return whose{id: v.Me.Cadre, name: v.Me.Name}, nil
	}
	standing, found := v.StandsInFor(asked)
	if !found {
		return whose{}, problem.New(problem.NotFound)
	}
	return deputised(standing.Cadre), nil
}

func deputised(cadre api.CadreRef) whose {
	return whose{id: cadre.ID, name: page.NameOf(cadre), other: true}
}

// of is whose a record is, for the frame of its pages.
func of(v *page.Visit, cadre models.CadreID) whose {
	if standing, found := v.StandsInFor(cadre); found && cadre != v.Me.Cadre {
		return deputised(standing.Cadre)
	}
	return whose{id: v.Me.Cadre, name: v.Me.Name}
}

// title heads the pages of a duty.
func (w whose) title() string {
	if w.other {
		return w.name + "的帮扶（代理）"
	}
	return "我的帮扶"
}

// path is an address of these pages that keeps whose page it is.
func (w whose) path(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	if w.other {
		query.Set("for", string(w.id))
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
