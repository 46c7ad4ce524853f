package inspection

import (
	"net/url"
	"strconv"
	"strings"

	"bangfu/api/web/ui"
	"bangfu/models"
	"bangfu/models/inspection"
)

// quarterOf is the quarter of a cycle's identity, such as tianjin-2013.2013Q2.
func quarterOf(id string) models.Quarter {
	parsed, err := inspection.ParseID(id)
	if err != nil {
		return models.Quarter{}
	}
	return parsed.Quarter
}

func pathOf(id string) string { return "/inspections/" + url.PathEscape(id) }

func findingPath(id string) string { return "/findings/" + url.PathEscape(id) }

func reportPath(id string, unit models.UnitID) string {
	return "/unit-reports/" + url.PathEscape(id) + "/" + url.PathEscape(string(unit))
}

func unitPath(id string, unit models.UnitID) string {
	return pathOf(id) + "/units/" + url.PathEscape(string(unit))
}

func bulletinPath(id string, ordinal int) string {
	return "/bulletins/" + url.PathEscape(id) + "/" + strconv.Itoa(ordinal)
}

// placeText is a place, or that there is none.
func placeText(place int) string {
	if place == 0 {
		return "不排"
	}
	return "第 " + strconv.Itoa(place) + " 名"
}

// moved says how a place changed since then; nothing when either is missing.
func moved(now, then int) string {
	switch {
	case now == 0 || then == 0:
		return "—"
	case now == then:
		return "持平"
	case now < then:
		return "上升 " + strconv.Itoa(then-now) + " 位"
	default:
		return "下降 " + strconv.Itoa(now-then) + " 位"
	}
}

// short is the beginning of a text, for lists.
func short(text string) string {
	const most = 60
	text = strings.Join(strings.Fields(text), " ")
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return text
}

func quarterOptions(quarters []models.Quarter) []ui.Option {
	options := make([]ui.Option, len(quarters))
	for i, quarter := range quarters {
		options[i] = ui.Option{Value: quarter.String(), Text: inspection.QuarterText(quarter)}
	}
	return options
}
