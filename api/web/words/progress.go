package words

import (
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
