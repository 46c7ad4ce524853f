package plan

import (
	"slices"
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/models"
)

// states are the four states and what is not judged, in the order of the bars.
var states = []api.Coded{
	{Code: "done", Text: "完成"},
	{Code: "ahead", Text: "超序时"},
	{Code: "on-schedule", Text: "按序时"},
	{Code: "behind", Text: "未达序时"},
	{Code: "unmeasured", Text: "不判定"},
}

// colours repeat the order of the states; the legend, the patterns and the table
// say which.
var colours = []string{"#1a6b3c", "#0b4f8a", "#4a6fa5", "#a3272b", "#6b6b6b"}

// option is a chart in ECharts' own words.
type option map[string]any

// sectionChart draws one bar a section, divided by state.
func sectionChart(sections []api.SectionView) option {
	var titles []string
	series := make([]option, len(states))
	for i, state := range states {
		data := []int{}
		for _, section := range sections {
			data = append(data, section.States[state.Code])
		}
		series[i] = option{"type": "bar", "stack": "all", "name": state.Text, "data": data}
	}
	for _, section := range sections {
		titles = append(titles, section.Title)
	}
	return option{
		"color": colours, "aria": option{"enabled": true, "decal": option{"show": true}}, "legend": option{},
		"tooltip": option{"trigger": "axis"}, "grid": option{"left": 16, "right": 24, "top": 40, "bottom": 24, "containLabel": true},
		"xAxis": option{"type": "value", "minInterval": 1}, "yAxis": option{"type": "category", "data": titles, "inverse": true},
		"series": series,
	}
}

// trendChart draws the city's figure by quarter; a quarter without a report is a
// gap.
func trendChart(trend api.TrendView) option {
	var labels []string
	var data []any
	for _, point := range trend.Points {
		labels = append(labels, point.Quarter.String())
		number, err := strconv.ParseFloat(point.Reported, 64)
		if err != nil {
			data = append(data, nil)
			continue
		}
		data = append(data, number)
	}
	return option{
		"color": colours[1:2], "aria": option{"enabled": true}, "tooltip": option{"trigger": "axis"},
		"grid":  option{"left": 16, "right": 16, "top": 24, "bottom": 24, "containLabel": true},
		"xAxis": option{"type": "category", "data": labels}, "yAxis": option{"type": "value"},
		"series": []option{{"type": "line", "name": trend.Indicator.Name, "data": data, "showSymbol": true}},
	}
}

// quarterName reads as 2013年第4季度.
func quarterName(text string) string {
	quarter, err := models.ParseQuarter(text)
	if err != nil {
		return text
	}
	return strconv.Itoa(quarter.Year()) + "年第" + strconv.Itoa(quarter.Number()) + "季度"
}

// measured is a number with its unit, or a dash.
func measured(number, unit string) string {
	switch {
	case number == "":
		return "—"
	case unit == "%":
		return number + "%"
	default:
		return number + " " + unit
	}
}

func percent(number string) string {
	if number == "" {
		return "—"
	}
	return number + "%"
}

// answerersText names who answers: all of them when they are few, else how many.
func answerersText(item api.TallyView) string {
	const few = 3
	if len(item.Answerers) == 0 {
		return "计划没有写明是哪些单位"
	}
	var names []string
	for _, answerer := range item.Answerers {
		name := answerer.Unit.Name
		if len(answerer.Merged) > 0 {
			var merged []string
			for _, unit := range answerer.Merged {
				merged = append(merged, unit.Name)
			}
			name += "（含并入的" + strings.Join(merged, "、") + "）"
		}
		names = append(names, name)
	}
	if len(names) > few {
		return strings.Join(names[:few], "、") + "等 " + strconv.Itoa(len(names)) + " 个单位"
	}
	return strings.Join(names, "、")
}

// unitsOf are the units whose shares a trend shows, in order of appearance.
func unitsOf(trend api.TrendView) []api.UnitRef {
	var units []api.UnitRef
	for _, point := range trend.Points {
		for _, share := range point.Shares {
			if !slices.Contains(units, share.Unit) {
				units = append(units, share.Unit)
			}
		}
	}
	return units
}

// shareOf is what one unit reported in a quarter.
func shareOf(point api.TrendPoint, unit models.UnitID) string {
	for _, share := range point.Shares {
		if share.Unit.ID == unit {
			text := strings.Join(share.Figures, "、")
			if share.Milestone != "" {
				text = strings.TrimSpace(text + " " + share.Milestone)
			}
			return text
		}
	}
	return "—"
}
