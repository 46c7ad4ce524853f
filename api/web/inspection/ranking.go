package inspection

import (
	"bangfu/api"
	"bangfu/api/web/assets"
	"bangfu/api/web/page"
	"bangfu/models"
)

func ranking(v *page.Visit) error {
	found, err := readCycle(v)
	if err != nil {
		return err
	}
	var ranked api.RankingBody
	if found.Snapshot != "" {
		if _, err := v.Ask(cycleAPI(v)+"/ranking", nil, &ranked.Body); err != nil {
			return err
		}
	}
	sheet := sheetOfCycle("位次", found.step())
	sheet.Scripts = []string{assets.Charts}
	return v.Show(sheet, rankingPage(found, ranked.Body.Groups))
}

// rankOf is a unit's place with the words of its group; false when it has none.
func rankOf(groups []api.RankGroupView, unit models.UnitID) (api.RankRowView, string, bool) {
	for _, group := range groups {
		for _, row := range group.Rows {
			if row.Unit.ID == unit {
				return row, group.Kind.Text, true
			}
		}
	}
	return api.RankRowView{}, "", false
}

// indicators reports whether a group is ranked by indicators: then the states of
// these are of interest.
func indicators(group api.RankGroupView) bool {
	for _, row := range group.Rows {
		for _, count := range row.States {
			if count > 0 {
				return true
			}
		}
	}
	return false
}
