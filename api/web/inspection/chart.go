package inspection

import (
	"bangfu/api"
	"bangfu/api/web/assets"
)

const chartScript = assets.Charts

// option is a chart in ECharts' own words.
type option map[string]any

// states of indicators, in the order of the bars; colours, patterns and the table
// beside them say which.
var indicatorStates = []api.Coded{
	{Code: "done", Text: "完成"},
	{Code: "ahead", Text: "超序时"},
	{Code: "onSchedule", Text: "按序时"},
	{Code: "behind", Text: "未达序时"},
	{Code: "unmeasured", Text: "未量化或者未报"},
}

var (
	stateColours = []string{"#1a6b3c", "#0b4f8a", "#4a6fa5", "#a3272b", "#6b6b6b"}
	shareColours = []string{"#0b4f8a"}
)

// share is a share in percent with one decimal, or nothing of nothing.
func share(met, required int) any {
	if required == 0 {
		return nil
	}
	const thousand, ten = 1000, 10
	return float64(met*thousand/required) / ten
}

// rankingChart draws the units of one kind in the order of their places.
func rankingChart(group api.RankGroupView) option {
	var names []string
	var data []any
	for _, row := range group.Rows {
		if row.Place > 0 {
			names, data = append(names, row.Unit.Name), append(data, share(row.Met, row.Required))
		}
	}
	return bars(names, []option{{"type": "bar", "name": "完成率（%）", "data": data}}, shareColours)
}

// statesChart draws how the indicators of each unit stand.
func statesChart(group api.RankGroupView) option {
	var names []string
	series := make([]option, len(indicatorStates))
	for i, state := range indicatorStates {
		data := []int{}
		for _, row := range group.Rows {
			data = append(data, row.States[state.Code])
		}
		series[i] = option{"type": "bar", "stack": "all", "name": state.Text, "data": data}
	}
	for _, row := range group.Rows {
		names = append(names, row.Unit.Name)
	}
	return bars(names, series, stateColours)
}

func bars(names []string, series []option, colours []string) option {
	return option{
		"color": colours, "aria": option{"enabled": true, "decal": option{"show": len(series) > 1}}, "legend": option{"show": len(series) > 1},
		"tooltip": option{"trigger": "axis"}, "grid": option{"left": 16, "right": 24, "top": 40, "bottom": 24, "containLabel": true},
		"xAxis": option{"type": "value"}, "yAxis": option{"type": "category", "data": names, "inverse": true}, "series": series,
	}
}

// trendChart draws a unit's share at each known quarter's end.
func trendChart(points []point) option {
	var labels []string
	var data []any
	for _, one := range points {
		labels, data = append(labels, one.label), append(data, share(one.met, one.required))
	}
	return option{
		"color": shareColours, "aria": option{"enabled": true}, "tooltip": option{"trigger": "axis"},
		"grid":  option{"left": 16, "right": 16, "top": 32, "bottom": 24, "containLabel": true},
		"xAxis": option{"type": "category", "data": labels}, "yAxis": option{"type": "value", "name": "完成率（%）"},
		"series": []option{{"type": "line", "name": "完成率（%）", "data": data, "showSymbol": true}},
	}
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
		points = append(points, point{quarterName(quarter.YearBefore()), row.Year.Place, row.Year.Required, row.Year.Met})
	}
	if row.Quarter != nil {
		points = append(points, point{quarterName(quarter.Previous()), row.Quarter.Place, row.Quarter.Required, row.Quarter.Met})
	}
	return append(points, point{c.Quarter.Text, row.Place, row.Required, row.Met})
}
