package words

import (
	"strings"

	"bangfu/api"
	"bangfu/models"
	"bangfu/models/inspection"
)

// ProgressStates are the states of progress, in the order of bars and columns.
var ProgressStates = progressStates()

func progressStates() []api.Coded {
	states := make([]api.Coded, len(inspection.ProgressStates))
	for i, state := range inspection.ProgressStates {
		states[i] = api.Coded{Code: string(state), Text: state.Text()}
	}
	return states
}

// Quarter reads as 2013年第四季度, of the form that addresses have.
func Quarter(text string) string {
	quarter, err := models.ParseQuarter(text)
	if err != nil {
		return text
	}
	return inspection.QuarterText(quarter)
}

// Figures are what a unit reported on an item, each figure with its name where
// there are several.
func Figures(parts []string, unit string, figures []string) string {
	switch {
	case len(figures) == 0:
		return "未报"
	case len(figures) == 1 && figures[0] == "":
		return "—"
	case len(figures) == 1:
		return figures[0] + " " + unit
	case len(figures) != len(parts):
		return strings.Join(figures, "，")
	}
	texts := make([]string, len(figures))
	for i, figure := range figures {
		texts[i] = parts[i] + " " + figure
	}
	return strings.Join(texts, "，")
}
