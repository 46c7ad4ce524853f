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
