package ui_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/ui"
	"bangfu/models"
)

func TestDatesAndNumbersReadAsOfficialsWriteThem(t *testing.T) {
	day, err := models.ParseDate("2013-05-06")
	require.NoError(t, err)
	require.Equal(t, "2013年5月6日", ui.Day(day))
	require.Equal(t, "—", ui.Day(models.Date{}))
	require.Equal(t, "2013年5月6日 24:00", ui.Moment(day.End()), "a day's end belongs to the day")
	require.Equal(t, "2013年5月6日 08:30", ui.Moment(day.Start().Add(8*time.Hour+30*time.Minute)))
	require.Equal(t, "还剩 3 个工作日", ui.WorkdaysLeft(3))
	require.Equal(t, "今日到期", ui.WorkdaysLeft(0))
	require.Equal(t, "已超 2 天", ui.DaysLeft(-2))
	require.Equal(t, "1,234,567", ui.Number(1234567))
	require.Equal(t, "-100", ui.Number(-100))
	require.Equal(t, "33.3%", ui.Percent(1, 3))
	require.Equal(t, "—", ui.Percent(0, 0))
	require.Equal(t, "1.5 MB", ui.Bytes(3<<19))
}

func rendered(t *testing.T, part templ.Component) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, part.Render(t.Context(), &text))
	return text.String()
}

func TestALightIsNeverColourAlone(t *testing.T) {
	for _, light := range []models.Light{models.Green, models.Blue, models.Yellow, models.Red} {
		html := rendered(t, ui.Light(api.Coded{Code: string(light), Text: "字样"}))
		require.Contains(t, html, "字样")
		require.Regexp(t, `icons\.svg#[a-z-]+"`, html)
	}
}

func TestAFaultLeadsToItsFieldAndWhatWasTypedStays(t *testing.T) {
	said := problem.New(problem.RequestInvalid).At("body.summary", "请填写帮扶情况")
	said.Instance = "urn:bangfu:log:ABC"
	require.Contains(t, rendered(t, ui.Faults(said)), `href="#summary"`)
	require.Contains(t, rendered(t, ui.Faults(said)), "ABC")
	field := ui.With(said, ui.Field{Name: "summary", Label: "帮扶情况", Value: `<b>"已填"</b>`, Rows: 3, Hint: "简要说明"})[0]
	html := rendered(t, ui.Input(field))
	require.Contains(t, html, `aria-invalid="true"`)
	require.Contains(t, html, `aria-describedby="summary-hint summary-fault"`)
	require.Contains(t, html, "&lt;b&gt;")
	require.NotContains(t, html, "<b>")
	require.NotContains(t, html, " style=")
}
