package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangfu/api"
	"bangfu/models"
)

// Day reads as 2013年5月6日; a missing date as a dash.
func Day(date models.Date) string {
	if date.IsZero() {
		return "—"
	}
	return date.Start().In(models.Shanghai).Format("2006年1月2日")
}

// Moment reads as 2013年5月6日 14:03, by the clock of Shanghai. The end of a day
// is said as 24:00 of that day, as deadlines are.
func Moment(at time.Time) string {
	if at.IsZero() {
		return "—"
	}
	local := at.In(models.Shanghai)
	if local.Hour() == 0 && local.Minute() == 0 && local.Second() == 0 {
		return local.Add(-time.Minute).Format("2006年1月2日") + " 24:00"
	}
	return local.Format("2006年1月2日 15:04")
}

// MomentOf is Moment of an instant that may be missing.
func MomentOf(at *time.Time) string {
	if at == nil {
		return "—"
	}
	return Moment(*at)
}

// DaysLeft says how far a date is away.
func DaysLeft(days int) string { return left(days, "天", "今天到期") }

// WorkdaysLeft says how many working days are left.
func WorkdaysLeft(days int) string { return left(days, "个工作日", "今日到期") }

func left(days int, unit, today string) string {
	switch {
	case days > 0:
		return fmt.Sprintf("还剩 %d %s", days, unit)
	case days == 0:
		return today
	default:
		return fmt.Sprintf("已超 %d %s", -days, unit)
	}
}

// Number groups thousands: 12,345.
func Number[N int | int64](number N) string {
	text := strconv.FormatInt(int64(number), 10)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// Percent is a share of a whole with one decimal; nothing of nothing is a dash.
func Percent(part, whole int64) string {
	if whole == 0 {
		return "—"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + "%"
}

// Bytes reads as 1.5 MB.
func Bytes(size int64) string {
	const step = 1024
	switch {
	case size < step:
		return strconv.FormatInt(size, 10) + " 字节"
	case size < step*step:
		return strconv.FormatFloat(float64(size)/step, 'f', 1, 64) + " KB"
	default:
		return strconv.FormatFloat(float64(size)/step/step, 'f', 1, 64) + " MB"
	}
}

// Or is the text, or a dash where there is none.
func Or(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// Named is the name of a record's enterprise, or says that there is none yet.
func Named(enterprise string) string {
	if enterprise == "" {
		return "（未填企业名称）"
	}
	return enterprise
}

// Lights are all lights with their words, the worst first.
var Lights = []api.Coded{
	{Code: string(models.Red), Text: "红"},
	{Code: string(models.Yellow), Text: "黄"},
	{Code: string(models.Blue), Text: "蓝"},
	{Code: string(models.Green), Text: "绿"},
}

// LightOf is a light with its word.
func LightOf(light models.Light) api.Coded {
	for _, one := range Lights {
		if one.Code == string(light) {
			return one
		}
	}
	return api.Coded{Code: string(light), Text: string(light)}
}

// lightIcons: every light has a shape of its own.
var lightIcons = map[string]string{
	string(models.Green): "circle-check", string(models.Blue): "info-circle",
	string(models.Yellow): "alert-triangle", string(models.Red): "alert-octagon",
}

// stateTones say whether a state is good, bad or waiting; the word says which.
var stateTones = map[string]string{
	string(models.StateCredited): "state-good", "fulfilled": "state-good",
	string(models.StateRejected): "state-bad", string(models.StateRevoked): "state-bad",
	"overdue": "state-bad", string(models.StateReturned): "state-bad",
	string(models.StateUnderReview): "state-wait", "in-review": "state-wait",
	"done": "state-good", "ahead": "state-good", "on-schedule": "state-wait", "behind": "state-bad",
}

// Digits is a number as programs write it.
func Digits[N int | int64](number N) string { return strconv.FormatInt(int64(number), 10) }
