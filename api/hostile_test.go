package api

import (
	"archive/zip"
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// Faults that hostile and hurried callers found, so that they stay mended.

func TestScopesThatAreNoTextsAreRefusedAndDoNotBreakTheServer(t *testing.T) {
	h := aHouse(t)
	v := h.signedIn(h.account("inspector", auth.RoleInspector, "tj", ""))
	for _, scopes := range []string{`[{}]`, `[[]]`, `[{"a":{"b":[]}}]`, `[1,"a",null,{}]`, `[["record:read"]]`} {
		v.do(http.MethodPost, Prefix+"/tokens", `{"name":"程序","days":1,"scopes":`+scopes+`}`).
			isProblem(t, problem.RequestInvalid, http.StatusUnprocessableEntity)
	}
	require.NotContains(t, h.log.String(), "panic")
	got := v.do(http.MethodPost, Prefix+"/tokens", `{"name":"程序","days":1,"scopes":["record:read","unit:read","record:read"]}`)
	require.Equal(t, http.StatusCreated, got.status, got.body)
	require.Equal(t, []any{"record:read", "unit:read"}, got.field(t, "scopes"))
}

func TestAnAccountBearsNoWordsThatWouldBreakALineOrAMailHeader(t *testing.T) {
	h := aHouse(t)
	officer := h.signedIn(h.account("officer", auth.RoleSystemOfficer, "tj", ""))
	target := string(h.account("zhangsan", "", "", ""))
	for _, change := range []string{
		`{"email":"a@b.cn\r\nBcc: c@d.cn"}`, `{"email":"null"}`, `{"email":"甲 <a@b.cn>"}`, `{"email":"  "}`,
		`{"name":"   "}`, `{"name":"甲\n乙"}`, `{"name":"\u0000"}`, `{"name":"甲\u202e"}`,
	} {
		got := officer.do(http.MethodPatch, Prefix+"/accounts/"+target, change, header("If-Match", `"1"`))
		require.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", change, got.body)
	}
	for _, account := range []string{
		`{"login":"lisi","name":"甲\n乙"}`, `{"login":"lisi","name":"甲","cadre":"nobody"}`,
		`{"login":"lisi","name":"甲","email":"a@b.cn\r\nBcc: c@d.cn"}`, `{"login":"li si","name":"甲"}`,
	} {
		got := officer.do(http.MethodPost, Prefix+"/accounts", account)
		got.isProblem(t, problem.RequestInvalid, http.StatusUnprocessableEntity)
		require.NotContains(t, got.body, "mail:", "the words of a library, and what was sent")
	}
	got := officer.do(http.MethodPatch, Prefix+"/accounts/"+target, `{"email":"a@b.cn","name":" 张三 "}`, header("If-Match", `"1"`))
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Equal(t, "张三", got.field(t, "name"))
}

func TestABurstOfGuessesHasNoMoreTriesThanTheLockAllows(t *testing.T) {
	h := aHouse(t, func(s *Settings) { s.LockAfter = 3 })
	account := h.account("zhangsan", "", "", "")
	passport, err := newPasswords()
	require.NoError(t, err)
	hash, err := passport.hash(t.Context(), "对的密码-0123456789")
	require.NoError(t, err)
	require.NoError(t, h.archive.SetPassword(t.Context(), account, 1, store.NewPassword{Hash: hash}, h.clock.read()))

	const width = 40
	answers := make([]int, width)
	var guesses sync.WaitGroup
	for i := range width {
		guesses.Go(func() {
			got, err := h.visitor().send(context.WithoutCancel(t.Context()), http.MethodPost, Prefix+"/session",
				map[string]string{"login": "zhangsan", "password": "错的密码"})
			if err == nil {
				answers[i] = got.status
			}
		})
	}
	guesses.Wait()
	judged, refused := 0, 0
	for _, status := range answers {
		switch status {
		case http.StatusUnauthorized:
			judged++
		case http.StatusTooManyRequests:
			refused++
		}
	}
	require.Equal(t, width, judged+refused)
	require.LessOrEqual(t, judged, 3+cap(passport.turns), "those under way when the lock fell")
	h.visitor().do(http.MethodPost, Prefix+"/session", map[string]string{"login": "zhangsan", "password": "对的密码-0123456789"}).
		isProblem(t, problem.AccountLocked, http.StatusTooManyRequests)
	stored, err := h.archive.Account(t.Context(), account)
	require.NoError(t, err)
	require.Equal(t, store.AccountActive, stored.State)
}

func TestAnAddressThatDoesNotExistIsAShortProblemAlsoBelowTheDocumentation(t *testing.T) {
	v := aHouse(t).visitor()
	for _, path := range []string{"/docs/nothing.js", "/docs/..%2f..%2fserver.go", "/docs/%00", "/docs/sub/dir/"} {
		v.get(Prefix+path).isProblem(t, problem.NoSuchAddress, http.StatusNotFound)
	}
	require.Equal(t, http.StatusOK, v.get(Prefix+"/docs/").status)
	long := v.get("/" + strings.Repeat("长", 4000))
	long.isProblem(t, problem.NoSuchAddress, http.StatusNotFound)
	require.Less(t, len(long.body), 3000, "what a caller made up does not fill the answer")
}

func TestAFileWithTwoFacesIsRefused(t *testing.T) {
	for _, content := range []string{
		"<html>%PDF-1.4\n%%EOF", "\n<script>alert(1)</script>\n%PDF-1.4\n", "MZ\x90%PDF-1.4", strings.Repeat("\x00", 100) + "%PDF-1.4",
	} {
		_, err := receive([]byte(content), "两面.pdf", "")
		refusal, refused := isFileRefusal(err)
		require.True(t, refused, "%q", content)
		require.Equal(t, fileType, refusal.fault)
	}
	_, err := receive(append([]byte("\xef\xbb\xbf\r\n"), aPDF()...), "有字节序标记.pdf", "")
	require.NoError(t, err, "some scanners write a mark or a blank line first")
}

func TestAMacroIsFoundUnderAnyName(t *testing.T) {
	for _, hidden := range []struct{ types, part string }{
		{`<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>`, "word/other.bin"},
		{`<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>`, "word/x.bin"},
		{`<Types/>`, "word/VBAPROJECT.BIN "},
	} {
		_, err := receive(zipOf(t, map[string]string{
			"[Content_Types].xml": hidden.types, "word/document.xml": "<w/>", hidden.part: "x",
		}), "表.docx", "")
		refusal, refused := isFileRefusal(err)
		require.True(t, refused, hidden.part)
		require.Equal(t, fileMacro, refusal.fault)
	}
	_, err := receive(zipOf(t, map[string]string{
		"[Content_Types].xml": strings.Repeat(" ", contentTypesLimit+1), "word/document.xml": "<w/>",
	}), "表.docx", "")
	refusal, refused := isFileRefusal(err)
	require.True(t, refused, "a list of types that expands without end is not read")
	require.Equal(t, fileType, refusal.fault)
}

func zipOf(t *testing.T, entries map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	for name, content := range entries {
		entry, err := writer.Create(name)
		require.NoError(t, err)
		_, err = entry.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, writer.Close())
	return buffer.Bytes()
}

func TestARefusalNamesAStateInWordsAndKeepsItsCodeForPrograms(t *testing.T) {
	for _, state := range []models.RecordState{
		models.StateDraft, models.StateUnderReview, models.StateReturned, models.StateWithdrawn, models.StateRejected,
		models.StateDisputed, models.StateCredited, models.StateRevoked,
	} {
		said := problem.Of(models.Refuse(models.RefusedRecordState, "record", "r-1", "state", string(state)))
		require.NotContains(t, said.Detail, string(state))
		require.Equal(t, string(state), said.Params["state"])
	}
}
