package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/store"
)

func aSavedView(account models.AccountID) store.SavedView {
	return store.SavedView{
		ID: "view-1", Account: account, Name: "红灯", Terms: map[string][]string{"light": {"red"}},
		CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}
}

func TestAFilterIsKeptAsAViewAndItsDateGoesOnWithTheDays(t *testing.T) {
	house := webtest.Open(t, web.New())
	v := house.As(auth.RoleOrganization)
	today := models.DateOf(time.Now())
	list := v.Get("/obligations?light=red&dueBefore=" + today.AddDays(30).String())
	require.Contains(t, list.Body, "把现在的条件存为视图")
	form := v.Get("/ledger/saved/new?light=red&dueBefore=" + today.AddDays(30).String())
	require.Equal(t, http.StatusOK, form.Status)
	require.Contains(t, form.Body, `value="today+30" selected`, "a day is first kept as it lies from today")
	require.Contains(t, form.Body, "今日后 30 天")

	content := url.Values{"key": {"k-1"}, "name": {"三十天内的红灯"}, "light": {"red"}, "dueBefore": {"today+30"}}
	saved := v.Post("/ledger/saved", content)
	require.Equal(t, http.StatusSeeOther, saved.Status, saved.Body)
	again := v.Post("/ledger/saved", content)
	require.Equal(t, saved.Header.Get("Location"), again.Header.Get("Location"), "sent twice, kept once")

	opened := v.Get(saved.Header.Get("Location"))
	require.Contains(t, opened.Body, "三十天内的红灯")
	require.NotContains(t, opened.Body, "条件已改动")
	address, err := url.Parse(saved.Header.Get("Location"))
	require.NoError(t, err)
	query := address.Query()
	query.Set("light", "yellow")
	changed := v.Get("/obligations?" + query.Encode())
	require.Contains(t, changed.Body, "条件已改动")
	require.Contains(t, changed.Body, "另存为视图")
	tiles := v.Part("/ledger/views")
	require.Contains(t, tiles.Body, "三十天内的红灯")
}

func TestTheLedgerOpensWithTheStartViewAndTheWholeStaysReachable(t *testing.T) {
	house := webtest.Open(t, web.New())
	view := aSavedView(house.Account(auth.RoleOrganization))
	view.Starts = true
	require.NoError(t, house.Archive.CreateSavedView(t.Context(), view))
	v := house.As(auth.RoleOrganization)
	opened := v.Get("/obligations")
	require.Equal(t, http.StatusSeeOther, opened.Status)
	require.Equal(t, "/obligations?light=red&view=view-1", opened.Header.Get("Location"))
	require.Equal(t, http.StatusOK, v.Get("/obligations?view=all").Status)
	require.Contains(t, v.Get("/overview").Body, `href="/obligations?view=all"`)
}

func TestAStaleTabChangesNoViewAndARefusedFormKeepsWhatWasTyped(t *testing.T) {
	house := webtest.Open(t, web.New())
	require.NoError(t, house.Archive.CreateSavedView(t.Context(), aSavedView(house.Account(auth.RoleOrganization))))
	v := house.As(auth.RoleOrganization)
	form := v.Get("/ledger/saved/view-1")
	require.Contains(t, form.Body, `name="match" value="&#34;1&#34;"`)
	change := url.Values{"match": {`"1"`}, "name": {"红灯二"}, "light": {"red"}}
	require.Equal(t, http.StatusSeeOther, v.Post("/ledger/saved/view-1", change).Status)
	change.Set("name", "旧标签页的名称")
	stale := v.Post("/ledger/saved/view-1", change)
	require.Equal(t, http.StatusPreconditionFailed, stale.Status)
	require.Contains(t, stale.Body, "旧标签页的名称")
	require.Equal(t, http.StatusPreconditionFailed, v.Post("/ledger/saved/view-1/delete", url.Values{"match": {`"1"`}}).Status)
	empty := v.Post("/ledger/saved", url.Values{"key": {"k"}, "name": {""}, "dueAfter": {"week-end"}})
	require.Equal(t, http.StatusUnprocessableEntity, empty.Status)
	require.Contains(t, empty.Body, `value="week-end" selected`)
	require.Equal(t, http.StatusSeeOther, v.Post("/ledger/saved/view-1/delete", url.Values{"match": {`"2"`}}).Status)
	require.NotContains(t, v.Get("/ledger/saved").Body, "红灯二")
}

func TestTheTrendOfTheOverviewOpensTheRowsOfEachFigure(t *testing.T) {
	house := webtest.Open(t, web.New())
	v := house.As(auth.RoleOrganization)
	require.Contains(t, v.Get("/overview").Body, `hx-get="/overview/trend"`)
	part := v.Part("/overview/trend")
	require.Equal(t, http.StatusOK, part.Status)
	require.False(t, strings.Contains(part.Body, "<main"), "a part, not a page")
	require.Contains(t, part.Body, "overdueOn=")
	require.Contains(t, part.Body, "按现在掌握的情况")
	require.Contains(t, v.Get("/overview/trend").Body, "<main")
}
