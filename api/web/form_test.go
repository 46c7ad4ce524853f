package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

// hidden reads the hidden field of a page.
func hidden(t *testing.T, body, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(body)
	require.NotNil(t, found, name)
	return regexp.MustCompile(`&#34;`).ReplaceAllString(found[1], `"`)
}

// aDraft makes a draft by the form and answers its address.
func aDraft(t *testing.T, cadre *webtest.Visitor) string {
	t.Helper()
	form := cadre.Get("/records/new?kind=transform&plan=demo")
	made := cadre.Post("/records", url.Values{
		"kind": {"transform"}, "summary": {"写到一半"}, "obligation": {hidden(t, form.Body, "obligation")},
	})
	require.Equal(t, http.StatusSeeOther, made.Status, made.Body)
	return regexp.MustCompile(`^/records/[^/]+`).FindString(made.Header.Get("Location"))
}

func TestTheFormAsksForAtMostTwelveThings(t *testing.T) {
	h := webtest.Open(t, web.New())
	got := h.As(auth.RoleCadre).Get("/records/new?plan=demo")
	require.LessOrEqual(t, len(regexp.MustCompile(`<(input|select|textarea)[^>]* id="`).FindAllString(got.Body, -1)), 12+1, "twelve fields and the plan")
}

func TestWhatWasTypedStaysInARefusedForm(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := h.As(auth.RoleCadre)
	at := aDraft(t, cadre)
	match := hidden(t, cadre.Get(at+"/edit").Body, "match")
	got := cadre.Post(at+"/edit", url.Values{"kind": {"transform"}, "occurredOn": {"不是日期"}, "summary": {"<b>已经写好的话</b>"}, "match": {match}})
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Contains(t, got.Body, "&lt;b&gt;已经写好的话&lt;/b&gt;")
	require.Contains(t, got.Body, `href="#occurredOn"`)
	require.NotContains(t, got.Body, "<b>已经写好的话")
}

func TestADraftThatWasChangedElsewhereIsShownWithBothContents(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := h.As(auth.RoleCadre)
	at := aDraft(t, cadre)
	stale := hidden(t, cadre.Get(at+"/edit").Body, "match")
	first := cadre.Post(at+"/edit", url.Values{"kind": {"transform"}, "summary": {"在另一处写的"}, "match": {stale}})
	require.Equal(t, http.StatusSeeOther, first.Status)
	got := cadre.Post(at+"/edit", url.Values{"kind": {"transform"}, "summary": {"在这一处写的"}, "match": {stale}})
	require.Equal(t, http.StatusPreconditionFailed, got.Status)
	require.Contains(t, got.Body, "在另一处写的")
	require.Contains(t, got.Body, "在这一处写的")
	again := cadre.Post(at+"/edit", url.Values{"kind": {"transform"}, "summary": {"在这一处写的"}, "match": {hidden(t, got.Body, "match")}})
	require.Equal(t, http.StatusSeeOther, again.Status, "the second try knows what it replaces")
}

func TestWhileTemporalIsAwayADraftIsKeptAndTheFormComesBackUnderTheSameKey(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := h.As(auth.RoleCadre)
	returned := regexp.MustCompile(`/records/[^/"]+/edit`).FindAllString(cadre.Get("/duty?plan=demo").Body, -1)
	require.NotEmpty(t, returned)
	for _, path := range returned {
		at := path[:len(path)-len("/edit")]
		check := cadre.Get(at + "/check")
		key := hidden(t, check.Body, "key")
		got := cadre.Post(at+"/submit", url.Values{"key": {key}, "match": {hidden(t, check.Body, "match")}})
		if got.Status != http.StatusServiceUnavailable {
			continue // a draft that is refused for what it lacks
		}
		require.Equal(t, key, hidden(t, got.Body, "key"), "sent again it is the same command")
		require.Contains(t, got.Body, "日志编号")
		return
	}
	require.Fail(t, "no draft came as far as Temporal")
}

func TestAReviewerWhoActsOnAStaleClaimKeepsTheirWords(t *testing.T) {
	h := webtest.Open(t, web.New())
	reviewer := h.As(auth.RoleDistrictScience)
	at := regexp.MustCompile(`/reviews/[^/"?]+`).FindString(reviewer.Get("/reviews?plan=demo").Body)
	require.NotEmpty(t, at)
	got := reviewer.Post(at+"/return", url.Values{"key": {"stale"}, "match": {`"0"`}, "reason.summary": {"请写明方式"}})
	require.Equal(t, http.StatusPreconditionFailed, got.Status)
	require.Contains(t, got.Body, "请写明方式")
	require.NotEqual(t, "stale", hidden(t, got.Body, "key"))
}

func TestALoginLinkLooksLikeThePagesAndChangesNothingWhenItIsLookedAt(t *testing.T) {
	h := webtest.Open(t, web.New())
	link, err := h.Archive.IssueLoginLink(t.Context(), h.Account(auth.RoleInspector), "/overview", 3600e9)
	require.NoError(t, err)
	path := "/api/v1/login-link/" + link
	for range 2 {
		got := h.Stranger().Get(path)
		require.Equal(t, http.StatusOK, got.Status)
		require.Contains(t, got.Body, "site-brand")
	}
	require.Equal(t, http.StatusSeeOther, h.Stranger().Post(path, nil).Status)
	require.Equal(t, http.StatusGone, h.Stranger().Post(path, nil).Status)
}

func TestAPictureIsShownInThePageAndAnythingElseIsOnlyStored(t *testing.T) {
	h := webtest.Open(t, web.New())
	reviewer := h.As(auth.RoleDistrictScience)
	at := regexp.MustCompile(`/reviews/[^/"?]+`).FindString(reviewer.Get("/reviews?plan=demo").Body)
	file := regexp.MustCompile(`/api/v1/evidence/[^/"]+/content`).FindString(reviewer.Get(at).Body)
	require.NotEmpty(t, file)
	shown, stored := reviewer.Get(file+"?inline=true"), reviewer.Get(file)
	require.Contains(t, shown.Header.Get("Content-Disposition"), "inline")
	require.Contains(t, shown.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'")
	require.NotContains(t, shown.Header.Get("Content-Security-Policy"), "script")
	require.Equal(t, "application/pdf", shown.Header.Get("Content-Type"))
	require.Contains(t, stored.Header.Get("Content-Disposition"), "attachment")
	require.Contains(t, stored.Header.Get("Content-Security-Policy"), "sandbox")
}
