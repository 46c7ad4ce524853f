package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

// aSheet opens the form of the near district's government.
func aSheet(t *testing.T, h *webtest.House) (contact *webtest.Visitor, path, body string) {
	t.Helper()
	contact = h.Visit(h.NewAccount("contact", auth.RoleContact, webtest.Near))
	sent := contact.Get("/progress?plan=demo")
	require.Equal(t, http.StatusSeeOther, sent.Status, "whoever reports for one unit is sent to its form")
	path = sent.Header.Get("Location")
	shown := contact.Get(path)
	require.Equal(t, http.StatusOK, shown.Status)
	return contact, path, shown.Body
}

// whole reads the form as a browser would send it.
func whole(t *testing.T, body string) url.Values {
	t.Helper()
	form := url.Values{"key": {hidden(t, body, "key")}, "quarter": {hidden(t, body, "quarter")}}
	for _, input := range regexp.MustCompile(`<input type="hidden" name="(match-[0-9-]+)" value="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		form.Set(input[1], regexp.MustCompile(`&#34;`).ReplaceAllString(input[2], `"`))
	}
	for _, input := range regexp.MustCompile(`id="(figure-[0-9-]+)" name="[^"]+" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		form.Set(input[1], input[2])
	}
	for _, input := range regexp.MustCompile(`<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>`).FindAllStringSubmatch(body, -1) {
		form.Set(input[1], input[2])
	}
	return form
}

func address(path string) string { return regexp.MustCompile(`^[^?]+`).FindString(path) }

func TestAContactReportsWhatChangedAndNothingElse(t *testing.T) {
	h := webtest.Open(t, web.New())
	contact, path, body := aSheet(t, h)
	untouched := contact.Post(address(path), whole(t, body))
	require.Equal(t, http.StatusSeeOther, untouched.Status, untouched.Body)
	require.Contains(t, contact.Get(untouched.Header.Get("Location")).Body, "已填报 0 项")
	form := whole(t, body)
	require.NotEmpty(t, form.Get("match-6-1"))
	form.Set("figure-6-1-0", "99999")
	for range 2 {
		sent := contact.Post(address(path), form)
		require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
	}
	require.Contains(t, contact.Get(path).Body, `value="99999"`)
	require.Contains(t, contact.Get("/plan?plan=demo").Body, "完成", "more than the target is shown")
}

func TestWhatWasTypedStaysInARefusedReportAndTheRestIsKept(t *testing.T) {
	h := webtest.Open(t, web.New())
	contact, path, body := aSheet(t, h)
	form := whole(t, body)
	form.Set("figure-6-1-0", "约一百<b>家</b>")
	form.Set("figure-41-3-0", "123456")
	got := contact.Post(address(path), form)
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Contains(t, got.Body, "约一百&lt;b&gt;家&lt;/b&gt;")
	require.Contains(t, got.Body, `href="#item-6-1"`)
	require.Contains(t, got.Body, "已填报 1 项，1 项没有保存")
	require.NotEqual(t, form.Get("key"), hidden(t, got.Body, "key"))
	again := whole(t, got.Body)
	again.Set("figure-6-1-0", "99999")
	require.Equal(t, http.StatusSeeOther, contact.Post(address(path), again).Status)
}

func TestAReportThatSomebodyElseChangedIsNotOverwritten(t *testing.T) {
	h := webtest.Open(t, web.New())
	contact, path, body := aSheet(t, h)
	first, second := whole(t, body), whole(t, body)
	first.Set("figure-6-1-0", "99998")
	require.Equal(t, http.StatusSeeOther, contact.Post(address(path), first).Status)
	second.Set("key", "another")
	second.Set("figure-6-1-0", "99997")
	got := contact.Post(address(path), second)
	require.Equal(t, http.StatusPreconditionFailed, got.Status)
	require.Contains(t, got.Body, "99998")
	require.Contains(t, got.Body, `value="99997"`)
}

// withFile is a form as a browser sends it with a file for one of its fields.
func withFile(t *testing.T, form url.Values, field string) (kind string, content *bytes.Buffer) {
	t.Helper()
	content = &bytes.Buffer{}
	writer := multipart.NewWriter(content)
	for name, values := range form {
		for _, value := range values {
			require.NoError(t, writer.WriteField(name, value))
		}
	}
	file, err := writer.CreateFormFile(field, "证明.pdf")
	require.NoError(t, err)
	_, err = file.Write([]byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return writer.FormDataContentType(), content
}

func TestAFileThatCameWithARefusedItemIsThereWhenItIsCorrected(t *testing.T) {
	h := webtest.Open(t, web.New())
	contact, path, body := aSheet(t, h)
	form := whole(t, body)
	form.Set("figure-6-1-0", "约一百家")
	kind, content := withFile(t, form, "file-6-1")
	refused := contact.PostBody(address(path), kind, content)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status, refused.Body)
	again := whole(t, refused.Body)
	again.Set("figure-6-1-0", "99999")
	again.Set("keep-6-1", keptFile(t, refused.Body))
	saved := contact.Post(address(path), again)
	require.Equal(t, http.StatusSeeOther, saved.Status, saved.Body)
	require.Equal(t, again.Get("keep-6-1"), keptFile(t, contact.Get(path).Body))
}

func TestAFileThatSomebodyElseAttachedMeanwhileIsNotTakenOffBySavingAgain(t *testing.T) {
	h := webtest.Open(t, web.New())
	contact, path, body := aSheet(t, h)
	kind, content := withFile(t, whole(t, body), "file-6-1")
	sent := contact.PostBody(address(path), kind, content)
	require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
	theirs := keptFile(t, contact.Get(path).Body)

	late := whole(t, body)
	late.Set("key", "another")
	late.Set("figure-6-1-0", "99997")
	refused := contact.Post(address(path), late)
	require.Equal(t, http.StatusPreconditionFailed, refused.Status, refused.Body)
	again := whole(t, refused.Body)
	again.Set("keep-6-1", keptFile(t, refused.Body))
	require.Equal(t, theirs, again.Get("keep-6-1"))
	saved := contact.Post(address(path), again)
	require.Equal(t, http.StatusSeeOther, saved.Status, saved.Body)
	require.Equal(t, theirs, keptFile(t, contact.Get(path).Body))
}

// keptFile is the one file that the form keeps with an item.
func keptFile(t *testing.T, body string) string {
	t.Helper()
	kept := regexp.MustCompile(`name="keep-6-1" value="([^"]+)"`).FindAllStringSubmatch(body, -1)
	require.Len(t, kept, 1)
	return kept[0][1]
}

func TestEvidenceIsAttachedToAnEntryAndTakenOffAgain(t *testing.T) {
	h := webtest.Open(t, web.New())
	contact, path, body := aSheet(t, h)
	kind, content := withFile(t, whole(t, body), "file-6-1")
	sent := contact.PostBody(address(path), kind, content)
	require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
	shown := contact.Get(path).Body
	fetched := contact.Get("/evidence/" + keptFile(t, shown) + "/content")
	require.Equal(t, http.StatusOK, fetched.Status)
	require.Contains(t, fetched.Header.Get("Content-Disposition"), "attachment")
	require.Contains(t, fetched.Header.Get("Content-Security-Policy"), "sandbox", "the file's own policy, not the pages'")
	without := whole(t, shown)
	require.Equal(t, http.StatusSeeOther, contact.Post(address(path), without).Status)
	require.NotContains(t, contact.Get(path).Body, "keep-6-1")
}

func TestThePlanShowsProgressInWordsAndATasksTrend(t *testing.T) {
	h := webtest.Open(t, web.New())
	inspector, cadre := h.As(auth.RoleInspector), h.As(auth.RoleCadre)
	plan := inspector.Get("/plan?plan=demo").Body
	for _, text := range []string{"未达序时", "超序时", "按序时", "未量化或者未报", "去重后", "填报与系统相差", "20 场（左右", "个单位已报", "计划没有写明是哪些单位", "原文未明确"} {
		require.Contains(t, plan, text)
	}
	task := inspector.Get("/plan/tasks/6?plan=demo").Body
	require.Contains(t, task, "各单位各季度")
	require.Contains(t, task, "和平区人民政府")
	require.NotContains(t, cadre.Get("/plan/tasks/6?plan=demo").Body, "各单位各季度", "a cadre sees the city's totals")
	behind := inspector.Get("/plan?plan=demo&state=behind").Body
	require.NotContains(t, behind, "没有符合条件的任务")
	require.NotContains(t, regexp.MustCompile(`(?s)<h2>进一步.*`).FindString(behind), `state-good`)
}
