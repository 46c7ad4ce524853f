package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/store"
)

// creditedAt is the address of an accepted record, which the adjudicator sees.
func creditedAt(t *testing.T, h *webtest.House) string {
	t.Helper()
	found, err := h.Archive.Records(t.Context(), store.Everything(), store.RecordFilter{
		Plan: "demo", States: []models.RecordState{models.StateCredited},
	}, store.Page{Size: 1})
	require.NoError(t, err)
	require.NotEmpty(t, found.Items)
	return "/records/" + string(found.Items[0].ID)
}

// asRevoked is the first form of the order, with a paper.
func asRevoked(t *testing.T, fields map[string]string) (kind string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	form := multipart.NewWriter(body)
	for name, value := range fields {
		require.NoError(t, form.WriteField(name, value))
	}
	file, err := form.CreateFormFile("file", "撤销决定.pdf")
	require.NoError(t, err)
	_, err = file.Write([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"))
	require.NoError(t, err)
	require.NoError(t, form.Close())
	return form.FormDataContentType(), body
}

func TestACreditIsTakenBackWithAReasonAPaperAndASecondLook(t *testing.T) {
	h := webtest.Open(t, web.New())
	adjudicator, at := h.As(auth.RoleAdjudicator), creditedAt(t, h)
	require.Contains(t, adjudicator.Get(at).Body, `href="`+at+`/revoke"`)
	form := adjudicator.Get(at + "/revoke")
	require.Equal(t, http.StatusOK, form.Status)
	key := hidden(t, form.Body, "key")

	empty := adjudicator.Post(at+"/revoke", url.Values{"key": {key}})
	require.Equal(t, http.StatusUnprocessableEntity, empty.Status)
	require.Contains(t, empty.Body, "请写明撤销的理由")
	require.Contains(t, empty.Body, "请附上文件依据")

	kind, body := asRevoked(t, map[string]string{"key": key, "remark": "企业材料不实"})
	check := adjudicator.PostBody(at+"/revoke", kind, body)
	require.Equal(t, http.StatusOK, check.Status, check.Body)
	require.Contains(t, check.Body, "确认撤销认定")
	require.Equal(t, key, hidden(t, check.Body, "key"))
	confirmed := url.Values{"confirmed": {"yes"}}
	for _, name := range []string{"key", "match", "document", "documentName", "remark"} {
		confirmed.Set(name, hidden(t, check.Body, name))
	}
	down := adjudicator.Post(at+"/revoke", confirmed)
	require.Equal(t, http.StatusServiceUnavailable, down.Status, "Temporal is away: the order came as far as that")
	require.Equal(t, key, hidden(t, down.Body, "key"), "given again it is the same order")
	require.Contains(t, down.Body, "企业材料不实")
	require.Equal(t, confirmed.Get("document"), hidden(t, down.Body, "document"))
}

func TestNobodyElseIsOfferedToTakeACreditBack(t *testing.T) {
	h := webtest.Open(t, web.New())
	at := creditedAt(t, h)
	for _, role := range []auth.Role{auth.RoleOrganization, auth.RoleInspector, auth.RoleCityScience} {
		require.NotContains(t, h.As(role).Get(at).Body, "/revoke", role)
		require.Equal(t, http.StatusForbidden, h.As(role).Get(at+"/revoke").Status, role)
	}
	at = "/records/" + aRecordUnderReview(t, h)
	require.NotContains(t, h.As(auth.RoleAdjudicator).Get(at).Body, "/revoke")
	require.Equal(t, at, h.As(auth.RoleAdjudicator).Get(at+"/revoke").Header.Get("Location"), "only a credit is taken back")
}

func aRecordUnderReview(t *testing.T, h *webtest.House) string {
	t.Helper()
	found, err := h.Archive.Records(t.Context(), store.Everything(), store.RecordFilter{
		Plan: "demo", States: []models.RecordState{models.StateUnderReview},
	}, store.Page{Size: 1})
	require.NoError(t, err)
	require.NotEmpty(t, found.Items)
	return string(found.Items[0].ID)
}
