package page

import (
	"strings"

	"bangfu/api/problem"
	"bangfu/models"
)

// windowTitle names the page first, since tabs cut titles short.
func windowTitle(v *Visit, sheet Sheet) string {
	title := sheet.Title + " · 帮扶责任管理"
	if v.Unread > 0 {
		return "● " + title
	}
	return title
}

// printed says who printed a page and when, for the paper's last line.
func printed(v *Visit) string {
	at := v.Now().In(models.Shanghai).Format("2006年1月2日 15:04")
	if v.Me.Name == "" {
		return at
	}
	return v.Me.Name + "，" + at
}

// advice says what to do about a refusal.
func advice(said *problem.Problem) string {
	explained, _ := problem.Explain(said.Code)
	// A form carries its key by itself: people need not know of it.
	if strings.Contains(explained.Advice, "Idempotency-Key") {
		return "请稍后再试一次，不会重复办理。"
	}
	return explained.Advice
}
