package ledger

import (
	"bangfu/api"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
)

// colours repeat the order of the kinds; the legend and the table say which.
var colours = []string{"#0b4f8a", "#7a5200", "#1a6b3c"}

// trend draws the credits of each month, one series a kind.
func trend(months []api.MonthView) ui.Drawing {
	var labels []string
	for _, month := range months {
		labels = append(labels, month.Month)
	}
	var series []ui.Series
	for _, kind := range words.Kinds {
		data := make([]int, len(months))
		for i, month := range months {
			data[i] = month.Credits[kind.Code]
		}
		series = append(series, ui.Series{Type: "bar", Stack: "all", Name: kind.Text, Data: data})
	}
	return ui.OverTime(labels, "", series, colours)
}
