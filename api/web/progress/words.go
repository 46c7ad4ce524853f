package progress

import (
	"strconv"
	"strings"

	"bangfu/api"
)

// measured is a number with its unit.
func measured(number, unit string) string {
	if number == "" {
		return "—"
	}
	return number + " " + unit
}

// parts are the figures of the quarter before, each with its name where there
// are several.
func parts(item api.SheetItemView, figures []string) string {
	if len(figures) != len(item.Parts) || len(figures) == 0 {
		return "未报"
	}
	if len(figures) == 1 {
		return measured(figures[0], item.Indicator.Unit)
	}
	texts := make([]string, len(figures))
	for i, figure := range figures {
		texts[i] = item.Parts[i] + " " + figure
	}
	return strings.Join(texts, "，")
}

// partLabel names one figure of an item, whole, so that it is understood alone.
func partLabel(item formItem, part int) string {
	label := item.Parts[part]
	if item.Basis.Code != "ratio" {
		label += "（" + item.Indicator.Unit + "）"
	}
	return label
}

// itemTitle names an item by its task.
func itemTitle(item formItem) string {
	return "任务 " + strconv.Itoa(item.Indicator.Task) + "：" + item.Indicator.Name
}
