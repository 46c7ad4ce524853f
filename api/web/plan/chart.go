package plan

import (
	"slices"
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

// sectionChart draws one bar a section, divided by state.
func sectionChart(sections []api.SectionView) ui.Drawing {
	var titles []string
	for _, section := range sections {
		titles = append(titles, section.Title)
	}
	var series []ui.Series
	for _, state := range words.ProgressStates {
		data := make([]int, len(sections))
		for i, section := range sections {
			data[i] = section.States[state.Code]
		}
		series = append(series, ui.Series{Type: "bar", Stack: "all", Name: state.Text, Data: data})
	}
	return ui.Bars(titles, series, ui.StateColours)
}

// trendChart draws the city's figure by quarter; a quarter without a report is a
// gap.
func trendChart(trend api.TrendView) ui.Drawing {
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
	return ui.OverTime(labels, "", []ui.Series{{Type: "line", Name: trend.Indicator.Name, Data: data}}, ui.FigureColours)
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
			name += "（含并入的" + words.UnitNames(answerer.Merged) + "）"
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
