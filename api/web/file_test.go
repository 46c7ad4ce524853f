package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

func TestTheLedgerIsTakenAwayAsAWorkbookAndARefusalIsAPageWithAWayBack(t *testing.T) {
	house := webtest.Open(t, web.New())
	organization := house.As(auth.RoleOrganization)
	require.Contains(t, organization.Get("/obligations?light=red&plan=demo").Body, `href="/obligations/export?`)
	got := organization.Get("/obligations/export?light=red&plan=demo")
	require.Equal(t, http.StatusOK, got.Status)
	require.Contains(t, got.Header.Get("Content-Disposition"), "attachment")
	require.Contains(t, got.Header["Cache-Control"], "no-store")
	book, err := excelize.OpenReader(bytes.NewReader([]byte(got.Body)))
	require.NoError(t, err)
	lines, err := book.GetRows("Sheet1")
	require.NoError(t, err)
	require.Greater(t, len(lines), 2)

	from := http.Header{"Referer": {house.URL + "/obligations?light=red"}}
	refused := organization.Send(http.MethodGet, "/obligations/export?light=purple", nil, from)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Contains(t, refused.Header.Get("Content-Type"), "text/html")
	require.Empty(t, refused.Header.Get("Content-Disposition"))
	require.Contains(t, refused.Body, `href="/obligations?light=red"`)

	over := house.Stranger().Send(http.MethodGet, "/obligations/export?light=red", nil, from)
	require.Equal(t, http.StatusSeeOther, over.Status)
	require.Equal(t, "/login?next="+url.QueryEscape("/obligations?light=red"), over.Header.Get("Location"),
		"after the log-in comes the page with the link, not a file on top of the log-in")
}

func TestARosterThatWasTriedIsTakenAwayWithWhatIsWrongInEachRow(t *testing.T) {
	organization := webtest.Open(t, web.New()).As(auth.RoleOrganization)
	text := "干部编号,姓名,职级,单位,职务,任职日期\nA1,张三,无此级,没有的单位,局长,2013-01-05\n"
	tried := organization.Post("/imports", url.Values{"kind": {"cadres"}, "name": {"名册.xlsx"}, "text": {text}})
	require.Equal(t, http.StatusUnprocessableEntity, tried.Status, tried.Body)
	require.Contains(t, tried.Body, `formaction="/imports/marked"`)
	marked := organization.Post("/imports/marked", url.Values{"kind": {"cadres"}, "name": {"名册.xlsx"}, "text": {text}})
	require.Equal(t, http.StatusOK, marked.Status, marked.Body)
	require.Contains(t, marked.Header.Get("Content-Disposition"), url.PathEscape("标注-名册"))
	require.Contains(t, marked.Body, "任职日期,错误")
	require.Contains(t, marked.Body, "张三,无此级")
	require.Regexp(t, "局长,2013-01-05,.+", marked.Body)
}
