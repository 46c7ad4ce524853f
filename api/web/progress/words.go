package progress

import (
	"strconv"
)

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
