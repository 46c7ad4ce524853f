package inspection

import (
	"bangfu/api"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models/inspection"
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
			data[i] = standing(row, state)
		}
		series = append(series, ui.Series{Type: "bar", Stack: "all", Name: state.Text, Data: data})
	}
	return ui.Bars(names, series, ui.StateColours)
}

// standing counts a unit's indicators in a state. The ranking names one of them
// by a code of its own.
func standing(row api.RankRowView, state api.Coded) int {
	if state.Code == string(inspection.ProgressOnSchedule) {
		return row.States["onSchedule"]
	}
	return row.States[state.Code]
}

// trendChart draws a unit's share at each known quarter's end.
func trendChart(points []point) ui.Drawing {
	var labels []string
	var data []any
	for _, one := range points {
		labels, data = append(labels, one.label), append(data, ui.Share(one.met, one.required))
	}
	return ui.OverTime(labels, shareName, []ui.Series{{Type: "line", Name: shareName, Data: data}}, ui.FigureColours)
}

// point is a unit's outcome at the end of a quarter.
type point struct {
	label                string
	place, required, met int
}

// pointsOf are the quarters that a ranking compares: a year ago, last, this.
func pointsOf(c cycle, row api.RankRowView) []point {
	var points []point
	quarter := quarterOf(c.ID)
	if row.Year != nil {
		points = append(points, point{inspection.QuarterText(quarter.YearBefore()), row.Year.Place, row.Year.Required, row.Year.Met})
	}
	if row.Quarter != nil {
		points = append(points, point{inspection.QuarterText(quarter.Previous()), row.Quarter.Place, row.Quarter.Required, row.Quarter.Met})
	}
	return append(points, point{c.Quarter.Text, row.Place, row.Required, row.Met})
}
