package inspection

import (
	"bangfu/api"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
)

// rankingChart draws the units of one kind in the order of their places.
func rankingChart(group api.RankGroupView) ui.Drawing {
	var names []string
	var data []any
	for _, row := range group.Rows {
		if row.Place > 0 {
			names, data = append(names, row.Unit.Name), append(data, ui.Share(row.Met, row.Required))
		}
	}
	return ui.Bars(names, []ui.Series{{Type: "bar", Name: shareName, Data: data}}, ui.FigureColours)
}

const shareName = "完成率（%）"

// statesChart draws how the indicators of each unit stand.
func statesChart(group api.RankGroupView) ui.Drawing {
	var names []string
	for _, row := range group.Rows {
		names = append(names, row.Unit.Name)
	}
	var series []ui.Series
	for _, state := range words.ProgressStates {
		data := make([]int, len(group.Rows))
		for i, row := range group.Rows {
			data[i] = row.States[state.Code]
		}
		series = append(series, ui.Series{Type: "bar", Stack: "all", Name: state.Text, Data: data})
	}
	return ui.Bars(names, series, ui.StateColours)
}

// trendChart draws a unit's share at each quarter's cut-off.
func trendChart(quarters []api.UnitTrendView) ui.Drawing {
	var labels []string
	var data []any
	for _, one := range quarters {
		labels, data = append(labels, one.Quarter.Text), append(data, ui.Share(one.Met, one.Required))
	}
	return ui.OverTime(labels, shareName, []ui.Series{{Type: "line", Name: shareName, Data: data}}, ui.FigureColours)
}
