package progress

import (
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/models"
)

// quarterText reads as 2013年第4季度.
func quarterText(quarter models.Quarter) string {
	return strconv.Itoa(quarter.Year()) + "年第" + strconv.Itoa(quarter.Number()) + "季度"
}

// quarterName is quarterText of the form that addresses have.
func quarterName(text string) string {
	quarter, err := models.ParseQuarter(text)
	if err != nil {
		return text
	}
	return quarterText(quarter)
}

// unitsText names units one after the other.
func unitsText(units []api.UnitRef) string {
	names := make([]string, len(units))
	for i, unit := range units {
		names[i] = unit.Name
	}
	return strings.Join(names, "、")
}

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
