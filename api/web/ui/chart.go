package ui

import "slices"

// Drawing is a chart in the words of ECharts, for Chart.
type Drawing map[string]any

// Series is one row of numbers of a chart. A number that is nil is a gap.
type Series struct {
	// Type is bar or line.
	Type string `json:"type"`
	Name string `json:"name"`
	// Stack is the same for bars that lie upon each other.
	Stack string `json:"stack,omitempty"`
	Data  any    `json:"data"`
}

// StateColours repeat the order of the states of progress, FigureColours have
// one figure. Legends, patterns and the table beside a chart say which is which.
var (
	StateColours  = []string{"#1a6b3c", "#0b4f8a", "#4a6fa5", "#a3272b", "#6b6b6b"}
	FigureColours = []string{"#0b4f8a"}
)

// Bars draws a bar a name, one below the other.
func Bars(names []string, series []Series, colours []string) Drawing {
	drawn := drawing(series, colours)
	drawn["xAxis"], drawn["yAxis"] = scale(series, ""), Drawing{"type": "category", "data": names, "inverse": true}
	return drawn
}

// OverTime draws bars and lines from the left, which is long ago, to the right.
func OverTime(labels []string, unit string, series []Series, colours []string) Drawing {
	drawn := drawing(series, colours)
	drawn["xAxis"], drawn["yAxis"] = Drawing{"type": "category", "data": labels}, scale(series, unit)
	return drawn
}

// drawing is what all charts have; without colours they take those of ECharts.
func drawing(series []Series, colours []string) Drawing {
	several := len(series) > 1
	drawn := Drawing{
		"aria":    Drawing{"enabled": true, "decal": Drawing{"show": several}},
		"legend":  Drawing{"show": several, "type": "scroll", "top": 0},
		"tooltip": Drawing{"trigger": "axis"},
		"grid":    Drawing{"left": 16, "right": 24, "top": 40, "bottom": 24, "containLabel": true},
		"series":  series,
	}
	if len(colours) > 0 {
		drawn["color"] = colours
	}
	return drawn
}

// scale is the axis of the numbers; between counts there is nothing to mark.
func scale(series []Series, unit string) Drawing {
	axis := Drawing{"type": "value", "name": unit}
	if slices.ContainsFunc(series, counts) {
		axis["minInterval"] = 1
	}
	return axis
}

func counts(one Series) bool {
	switch one.Data.(type) {
	case []int, []int64:
		return true
	default:
		return false
	}
}

// Share is a share in percent with one decimal for a chart; nothing of nothing
// is a gap.
func Share(part, whole int) any {
	if whole == 0 {
		return nil
	}
	const thousand, ten = 1000, 10
	return float64(part*thousand/whole) / ten
}
