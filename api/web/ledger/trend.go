package ledger

import (
	"net/url"

	"bangfu/api"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

// monthRows is the list of what one figure of a month counts.
func monthRows(month api.TrendMonthView, kind string, overdue bool) string {
	first, err := models.ParseDate(month.Month + "-01")
	if err != nil {
		return everything
	}
	last := models.RelativeDate(models.MonthEnd).On(first)
	query := url.Values{"kind": {kind}}
	if overdue {
		query.Set("overdueOn", last.String())
	} else {
		query.Set("dueAfter", first.String())
		query.Set("dueBefore", last.String())
	}
	return "/obligations?" + query.Encode()
}

// overdueChart draws the goals that were overdue at each month's end as lines,
// and those that fall due as bars.
func overdueChart(months []api.TrendMonthView) ui.Drawing {
	var labels []string
	for _, month := range months {
		labels = append(labels, month.Month)
	}
	var series []ui.Series
	for _, kind := range words.Kinds {
		var overdue []any
		due := make([]int64, len(months))
		for i, month := range months {
			due[i] = month.Due[kind.Code]
			// A month to come has no figure, which is not none.
			if month.Overdue == nil {
				overdue = append(overdue, nil)
				continue
			}
			overdue = append(overdue, month.Overdue[kind.Code])
		}
		series = append(series,
			ui.Series{Type: "line", Name: kind.Text + "：月终逾期", Data: overdue},
			ui.Series{Type: "bar", Stack: "due", Name: kind.Text + "：到期", Data: due})
	}
	return ui.OverTime(labels, "", series, nil)
}
