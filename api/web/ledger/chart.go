package ledger

import (
	"bangfu/api"
	"bangfu/api/web/assets"
	"bangfu/api/web/words"
)

const chartScript = assets.Charts

// option is a chart in ECharts' own words.
type option map[string]any

// colours repeat the order of the kinds; the legend and the table say which.
var colours = []string{"#0b4f8a", "#7a5200", "#1a6b3c"}

// trend draws the credits of each month, one line a kind.
func trend(months []api.MonthView) option {
	var labels []string
	series := make([]option, len(words.Kinds))
	for i, kind := range words.Kinds {
		var data []int
		for _, month := range months {
			data = append(data, month.Credits[kind.Code])
		}
		series[i] = option{"type": "bar", "stack": "all", "name": kind.Text, "data": data}
	}
	for _, month := range months {
		labels = append(labels, month.Month)
	}
	return option{
		"color": colours, "aria": option{"enabled": true, "decal": option{"show": true}}, "legend": option{"top": 0},
		"tooltip": option{"trigger": "axis"}, "grid": option{"left": 40, "right": 16, "top": 40, "bottom": 28},
		"xAxis": option{"type": "category", "data": labels}, "yAxis": option{"type": "value", "minInterval": 1}, "series": series,
	}
}
