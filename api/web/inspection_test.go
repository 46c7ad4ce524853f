package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/inspection"
)

// aReport is the address of the near district's report in a fresh quarter, with
// its contact and leader.
func aReport(t *testing.T) (quarter *webtest.Quarter, at string, contact, leader *webtest.Visitor) {
	t.Helper()
	h := webtest.Open(t, web.New())
	quarter = h.OpenQuarter(1)
	at = "/unit-reports/" + quarter.ID.String() + "/" + string(webtest.Near)
	return quarter, at, h.Visit(h.NewAccount("reports", auth.RoleContact, webtest.Near)), h.Visit(h.NewAccount("signs", auth.RoleLeader, webtest.Near))
}

// written is the report's form with some words, as its page gave it.
func written(t *testing.T, page, words string) url.Values {
	t.Helper()
	return url.Values{
		"key": {hidden(t, page, "key")}, "match": {hidden(t, page, "match")}, "sequence": {hidden(t, page, "sequence")}, "measures": {words},
	}
}

func TestAReportIsFoundAmongWhatIsDueAndWhatIsSavedIsThereAgain(t *testing.T) {
	_, at, contact, _ := aReport(t)
	require.Contains(t, contact.Get("/unit-reports?plan=demo").Body, `href="`+at+`"`)
	page := contact.Get(at)
	require.Contains(t, page.Body, "系统数据")
	saved := contact.Post(at, written(t, page.Body, "走访企业三十家"))
	require.Equal(t, http.StatusSeeOther, saved.Status, saved.Body)
	require.Contains(t, contact.Get(at).Body, "走访企业三十家")
}

func TestALateReportSaysThatItIsStillTakenOnlyWhileItIs(t *testing.T) {
	quarter, at, contact, _ := aReport(t)
	const taken = "仍可报送"
	_, err := quarter.Archive.SQL().ExecContext(t.Context(), "UPDATE unit_reports SET late = ?", true)
	require.NoError(t, err)
	require.Contains(t, contact.Get(at).Body, taken)
	quarter.Give(quarter.ID.ReportSubject(webtest.Near), models.SystemAccount, inspection.End{}, "")
	_, err = quarter.Archive.SQL().ExecContext(t.Context(), "UPDATE unit_reports SET late = ?", true)
	require.NoError(t, err)
	require.NotContains(t, contact.Get(at).Body, taken)
}

func TestAReportSavedElsewhereIsShownWithBothContents(t *testing.T) {
	_, at, contact, _ := aReport(t)
	stale := contact.Get(at)
	require.Equal(t, http.StatusSeeOther, contact.Post(at, written(t, stale.Body, "在另一处写的")).Status)
	got := contact.Post(at, written(t, stale.Body, "在这一处写的"))
	require.Equal(t, http.StatusPreconditionFailed, got.Status)
	require.Contains(t, got.Body, "在另一处写的")
	require.Contains(t, got.Body, "在这一处写的")
	again := contact.Post(at, written(t, got.Body, "在这一处写的"))
	require.Equal(t, http.StatusSeeOther, again.Status, "the second try knows what it replaces")
}

func TestFilingTwiceFromOnePageIsOneCommandAndLosesNothing(t *testing.T) {
	_, at, contact, _ := aReport(t)
	form := written(t, contact.Get(at).Body, "组织银企对接")
	form.Set("then", "file")
	for range 2 {
		// Temporal is away: it is not known whether the command took effect.
		got := contact.Post(at, form)
		require.Equal(t, http.StatusServiceUnavailable, got.Status, got.Body)
		require.Equal(t, form.Get("key"), hidden(t, got.Body, "key"), "sent again it is the same command")
		require.Contains(t, got.Body, "组织银企对接")
	}
	require.Contains(t, contact.Get(at).Body, "第", "the text was saved before")
}

func TestAScriptSavesAReportAsOneTypes(t *testing.T) {
	_, at, contact, _ := aReport(t)
	form := written(t, contact.Get(at).Body, "写到一半")
	got := contact.Send(http.MethodPost, at, strings.NewReader(form.Encode()), http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "X-Autosave": {"1"},
	})
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	require.JSONEq(t, `{"match":"\"1\""}`, got.Body)
}

func TestALeaderReadsWhatWasFiledAndGivesItBackOnlyWithReasons(t *testing.T) {
	quarter, at, contact, leader := aReport(t)
	require.Equal(t, http.StatusSeeOther, contact.Post(at, written(t, contact.Get(at).Body, "走访企业")).Status)
	quarter.File(webtest.Near, "test-reports")
	page := leader.Get(at)
	require.Contains(t, page.Body, `action="`+at+`/commands/confirm"`)
	require.Contains(t, page.Body, "走访企业")
	require.NotContains(t, contact.Get(at).Body, "/commands/confirm", "whoever filed does not sign")
	back := leader.Get(at + "/commands/send-back")
	form := url.Values{"key": {hidden(t, back.Body, "key")}, "match": {hidden(t, back.Body, "match")}}
	got := leader.Post(at+"/commands/send-back", form)
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Contains(t, got.Body, `href="#remark"`)
	form.Set("remark", "请补充做法")
	got = leader.Post(at+"/commands/send-back", form)
	require.Equal(t, http.StatusServiceUnavailable, got.Status)
	require.Contains(t, got.Body, "请补充做法")
}

func TestProgressThatGoesWithAReportIsReadBeforeItIsSigned(t *testing.T) {
	quarter, at, contact, leader := aReport(t)
	require.NoError(t, quarter.Archive.SaveAnswering(t.Context(), []inspection.Answering{{
		Plan: quarter.ID.Plan, Task: 3, Ordinal: 1, Units: []models.UnitID{webtest.Near + "-zf"}, Reason: "一项还没有填的",
	}}))
	progress := regexp.MustCompile(`href="(/progress/[^"?]+\?quarter=[^"]+)"`)
	link := progress.FindStringSubmatch(contact.Get(at).Body)
	require.NotNil(t, link, "the report leads to the progress")
	form := whole(t, contact.Get(link[1]).Body)
	form.Set("figure-6-1-0", "98765")
	form.Set("note-6-1", "含开发区的一批")
	require.Equal(t, http.StatusSeeOther, contact.Post(address(link[1]), form).Status)
	page := contact.Get(at).Body
	require.Contains(t, page, "98765")
	require.Regexp(t, `已填 [1-9]\d*/\d+ 项`, page)
	require.Contains(t, page, "项未填", "a warning")
	require.Equal(t, http.StatusSeeOther, contact.Post(at, written(t, page, "走访企业")).Status)
	quarter.File(webtest.Near, "test-reports")
	signs := leader.Get(at).Body
	read, signed := strings.Index(signs, "98765"), strings.Index(signs, "/commands/confirm")
	require.Positive(t, read)
	require.Greater(t, signed, read, "what is signed stands above the button")
	require.Contains(t, signs, "含开发区的一批")
	require.Contains(t, signs, progress.FindString(page))
	require.Contains(t, contact.Get(at).Body, "进展已锁定")
}

func TestWhatALeaderReadIsWhatTheySignEvenOnTheSecondTry(t *testing.T) {
	quarter, at, contact, leader := aReport(t)
	require.Equal(t, http.StatusSeeOther, contact.Post(at, written(t, contact.Get(at).Body, "走访企业")).Status)
	quarter.File(webtest.Near, "test-reports")
	page := leader.Get(at)
	quarter.Give(quarter.ID.ReportSubject(webtest.Near), "test-signs", inspection.SendBack{}, "再看看")
	seen := hidden(t, page.Body, "match")
	got := leader.Post(at+"/commands/confirm", url.Values{"key": {hidden(t, page.Body, "key")}, "match": {seen}})
	require.GreaterOrEqual(t, got.Status, http.StatusConflict)
	require.Equal(t, seen, hidden(t, got.Body, "match"), "the form does not take up what was not read")
}

func TestACycleIsCancelledOnlyAfterItsReasonsWereShownOnceMore(t *testing.T) {
	h := webtest.Open(t, web.New())
	at := "/inspections/" + h.OpenQuarter(1).ID.String()
	inspector := h.As(auth.RoleInspector)
	require.Contains(t, inspector.Get(at).Body, at+"/commands/cancel")
	form := url.Values{}
	page := inspector.Get(at + "/commands/cancel")
	form.Set("key", hidden(t, page.Body, "key"))
	form.Set("match", hidden(t, page.Body, "match"))
	form.Set("remark", "数据口径有误")
	check := inspector.Post(at+"/commands/cancel", form)
	require.Equal(t, http.StatusOK, check.Status)
	require.Contains(t, check.Body, "数据口径有误")
	require.Equal(t, form.Get("key"), hidden(t, check.Body, "key"))
	form.Set("confirmed", "yes")
	given := inspector.Post(at+"/commands/cancel", form)
	require.Equal(t, http.StatusServiceUnavailable, given.Status)
	require.Contains(t, given.Body, "数据口径有误")
	require.Equal(t, form.Get("key"), hidden(t, given.Body, "key"))
}

func TestTheBoardAsksForItselfAndKeepsItsFilter(t *testing.T) {
	h := webtest.Open(t, web.New())
	at := "/inspections/" + h.OpenQuarter(1).ID.String()
	inspector := h.As(auth.RoleInspector)
	whole := inspector.Get(at + "?kind=district")
	require.Contains(t, whole.Body, `hx-get="`+at+`?kind=district"`)
	part := inspector.Part(at + "?kind=district")
	require.NotContains(t, part.Body, "<html")
	require.Contains(t, part.Body, `id="unit-`+string(webtest.Near)+`"`)
	require.NotContains(t, inspector.Part(at+"?kind=zone").Body, `id="unit-`+string(webtest.Near)+`"`)
}

func TestEveryNoticeOfTheInspectionLeadsToWhatItIsAbout(t *testing.T) {
	h := webtest.Open(t, web.New())
	contact := h.Visit(h.NewAccount("told", auth.RoleContact, webtest.Near))
	quarter := h.OpenQuarter(1)
	finding := quarter.Raise(webtest.Near, "走访记录不全")
	quarter.Draft()
	quarter.Give(quarter.ID.Subject(), h.Account(auth.RoleInspector), inspection.OpenComments{Version: 1, Due: time.Now().Add(time.Hour)}, "")
	notices := contact.Get("/notices").Body
	require.NotContains(t, notices, `href="/obligations/"`)
	for _, path := range []string{
		"/findings/" + string(finding), "/unit-reports/" + quarter.ID.String() + "/" + string(webtest.Near), "/inspections/" + quarter.ID.String(),
	} {
		require.Contains(t, notices, `href="`+path+`"`)
		require.Equal(t, http.StatusOK, contact.Get(path).Status, path)
	}
}

func TestAHearingIsFoundByWhoeverDecidesAndByWhoeverIsHeard(t *testing.T) {
	h := webtest.Open(t, web.New())
	quarter := h.OpenQuarter(1)
	record := quarter.SampledIn(webtest.Near)
	adjudicator := h.Visit(h.NewAccount("decides", auth.RoleAdjudicator, webtest.Near))
	require.Contains(t, adjudicator.Get("/hearings?plan=demo").Body, "没有待裁定的抽查")
	quarter.Give(quarter.ID.SampleSubject(), h.Account(auth.RoleInspector), inspection.Check{
		Record: record, Result: inspection.ResultFalse, HearingDue: time.Now().AddDate(0, 0, 7),
	}, "查无此企业")
	sample := "/inspections/" + quarter.ID.String() + "/sample"
	item := sample + "/" + string(record)
	for _, heard := range []*webtest.Visitor{
		adjudicator, h.Visit(h.NewAccount("told", auth.RoleContact, webtest.Near)), h.Visit(h.NewAccount("leads", auth.RoleLeader, webtest.Near)),
	} {
		require.Contains(t, heard.Get("/notices").Body, `href="`+item+`"`)
		page := heard.Get(item)
		require.Equal(t, http.StatusOK, page.Status)
		require.Contains(t, page.Body, "查无此企业")
	}
	page := adjudicator.Get("/hearings?plan=demo").Body
	require.Contains(t, page, `<a class="row-link" href="`+item+`"`)
	require.Contains(t, page, "陈述期内")
	for _, path := range []string{"/hearings?plan=demo", sample, item} {
		page := adjudicator.Get(path)
		require.Equal(t, http.StatusOK, page.Status, path)
		require.Contains(t, page.Body, `href="/hearings"`, "the menu leads there")
		require.NotContains(t, page.Body, `href="/inspections"`, "no link leads where they may not go")
	}
	require.Contains(t, adjudicator.Get(item).Body, "/commands/decide")
}

func TestAUnitSeesAllOfItsFindingsHoweverManyThereAre(t *testing.T) {
	h := webtest.Open(t, web.New())
	quarter := h.OpenQuarter(1)
	const many = 53
	for range many {
		quarter.Raise(webtest.Near, "走访记录不全")
	}
	contact := h.Visit(h.NewAccount("many", auth.RoleContact, webtest.Near))
	for _, path := range []string{"/unit-reports?plan=demo", "/inspections/" + quarter.ID.String() + "/units/" + string(webtest.Near)} {
		require.Equal(t, many, strings.Count(contact.Get(path).Body, `class="row-link" href="/findings/`), path)
	}
}

// theDraft opens a quarter's draft in the editor.
func theDraft(t *testing.T) (inspector *webtest.Visitor, at string, form url.Values) {
	t.Helper()
	h := webtest.Open(t, web.New())
	quarter := h.OpenQuarter(1)
	quarter.Draft()
	inspector = h.As(auth.RoleInspector)
	at = "/bulletins/" + quarter.ID.String() + "/1"
	page := inspector.Get(at + "/edit")
	require.Equal(t, http.StatusOK, page.Status, page.Body)
	form = url.Values{"key": {hidden(t, page.Body, "key")}, "match": {hidden(t, page.Body, "match")}, "then": {"save"}}
	for _, area := range regexp.MustCompile(`(?s)<textarea[^>]* name="(section-[a-z]+)"[^>]*>\n?(.*?)</textarea>`).FindAllStringSubmatch(page.Body, -1) {
		form.Set(area[1], html.UnescapeString(area[2]))
	}
	require.Contains(t, form.Get("section-overall"), "{{f1|")
	return inspector, at, form
}

func TestAnEditorIsRefusedANumberAndKeepsTheWords(t *testing.T) {
	inspector, at, form := theDraft(t)
	form.Set("section-practice", form.Get("section-practice")+"\n各单位另走访企业37家。")
	got := inspector.Post(at+"/edit", form)
	require.Equal(t, http.StatusUnprocessableEntity, got.Status, got.Body)
	require.Contains(t, got.Body, "“37”")
	require.Contains(t, got.Body, `href="#section-practice"`)
	require.Contains(t, got.Body, "各单位另走访企业37家。</textarea>")
}

func TestWordsAreTakenAndAStaleEditorIsToldSo(t *testing.T) {
	inspector, at, form := theDraft(t)
	form.Set("section-practice", form.Get("section-practice")+"\n各单位普遍加强了走访。")
	got := inspector.Post(at+"/edit", form)
	require.Equal(t, http.StatusServiceUnavailable, got.Status, "the words are good, only Temporal is away")
	require.Equal(t, form.Get("key"), hidden(t, got.Body, "key"))
	form.Set("match", `"99"`)
	stale := inspector.Post(at+"/edit", form)
	require.Equal(t, http.StatusPreconditionFailed, stale.Status)
	require.Contains(t, stale.Body, "各单位普遍加强了走访。</textarea>")
}

func TestAPreviewShowsWhatIsTypedWithTheNumbersInTheirPlaces(t *testing.T) {
	inspector, at, form := theDraft(t)
	form.Set("section-practice", "各单位普遍加强了走访。")
	got := inspector.Post(at+"/preview", form)
	require.Equal(t, http.StatusOK, got.Status)
	require.NotContains(t, got.Body, "<html")
	require.Contains(t, got.Body, "各单位普遍加强了走访。")
	require.NotContains(t, got.Body, "{{f")
	require.Contains(t, got.Body, at+"/figures/f1")
	form.Set("then", "preview")
	require.Contains(t, inspector.Post(at+"/edit", form).Body, "各单位普遍加强了走访。</textarea>", "without scripts a button shows it")
}

func TestEveryNumberOfABulletinOpensItsDefinition(t *testing.T) {
	inspector, at, _ := theDraft(t)
	page := inspector.Get(at).Body
	links := regexp.MustCompile(`href="(/bulletins/[^"]+/figures/f[0-9]+)"`).FindAllStringSubmatch(page, -1)
	require.NotEmpty(t, links)
	for _, link := range links[:min(5, len(links))] {
		got := inspector.Get(link[1])
		require.Equal(t, http.StatusOK, got.Status, got.Body)
		require.Contains(t, got.Body, "口径")
	}
}
