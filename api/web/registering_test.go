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
	"bangfu/models"
	"bangfu/models/store"
)

// claimedBefore makes the draft of a company by the form and answers its address.
func claimedBefore(t *testing.T, cadre *webtest.Visitor, code string) string {
	t.Helper()
	form := cadre.Get("/records/new?kind=found&plan=demo")
	made := cadre.Post("/records", url.Values{
		"kind": {"found"}, "enterprise": {code}, "enterpriseName": {"演示法拉第科技有限公司"}, "occurredOn": {"2014-03-03"},
		"established": {"2014-03-01"}, "address": {"演示路七号"}, "legalPerson": {"演示人"}, "phone": {"022-27300001"},
		"summary": {"协助办理登记"}, "obligation": {hidden(t, form.Body, "obligation")},
	})
	require.Equal(t, http.StatusSeeOther, made.Status, made.Body)
	return regexp.MustCompile(`^/records/[^/]+`).FindString(made.Header.Get("Location"))
}

func aCode(t *testing.T, stem string) models.EnterpriseKey {
	t.Helper()
	key, err := models.NewOrganizationCode(stem)
	require.NoError(t, err)
	return key
}

func TestACompanyThatNobodyRegisteredIsRegisteredFromTheDraftByOnePress(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre, key := h.As(auth.RoleCadre), aCode(t, "ZY770001")
	at := claimedBefore(t, cadre, string(key))
	id := at[len("/records/"):]
	require.Contains(t, cadre.Get(at+"/edit").Body, `href="/enterprises/new?record=`+id+`"`)
	check := cadre.Get(at + "/check")
	require.Contains(t, check.Body, "按草稿登记这家企业", "the page warns before the submission is refused")

	refused := cadre.Post(at+"/submit", url.Values{"key": {hidden(t, check.Body, "key")}, "match": {hidden(t, check.Body, "match")}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Contains(t, refused.Body, "尚未登记")
	require.Contains(t, refused.Body, "按草稿登记这家企业", "the refusal leads on")

	for range 2 {
		registered := cadre.Post("/enterprises", url.Values{"record": {id}, "drafted": {"yes"}})
		require.Equal(t, http.StatusSeeOther, registered.Status, registered.Body)
		require.Equal(t, at+"/check", registered.Header.Get("Location"), "also when it is pressed twice")
	}
	found, err := h.Archive.Enterprise(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, "演示法拉第科技有限公司", found.Name)
	require.Equal(t, "演示路七号", found.Address)
	require.Equal(t, "2014-03-01", found.Established.String())
	check = cadre.Get(at + "/check")
	require.NotContains(t, check.Body, "按草稿登记这家企业")
	require.NotContains(t, check.Body, "/enterprises/new")
}

func TestTheFormToRegisterACompanyIsFilledInFromTheDraftAndLeadsBackToIt(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre, key := h.As(auth.RoleCadre), aCode(t, "ZY770002")
	at := claimedBefore(t, cadre, "N/A")
	id := at[len("/records/"):]
	form := cadre.Get("/enterprises/new?record=" + id)
	for _, text := range []string{"演示法拉第科技有限公司", "演示路七号", "演示人", "022-27300001", "2014-03-01", "N/A"} {
		require.Contains(t, form.Body, `value="`+text+`"`)
	}
	wrong := cadre.Post("/enterprises", url.Values{"record": {id}, "name": {"演示法拉第科技有限公司"}, "organizationCode": {"N/A"}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
	require.Equal(t, id, hidden(t, wrong.Body, "record"), "a refused form knows where it came from")
	right := cadre.Post("/enterprises", url.Values{"record": {id}, "name": {"演示法拉第科技有限公司"}, "organizationCode": {string(key)}})
	require.Equal(t, at+"/check", right.Header.Get("Location"), right.Body)
	record, err := h.Archive.Record(t.Context(), store.Everything(), models.RecordID(id))
	require.NoError(t, err)
	require.Equal(t, key, record.Content.Enterprise, "the draft names the company that was registered for it")
	require.Equal(t, "协助办理登记", record.Content.Summary)
}

func TestTheDraftOfSomebodyElseFillsInNoForm(t *testing.T) {
	h := webtest.Open(t, web.New())
	at := claimedBefore(t, h.As(auth.RoleCadre), string(aCode(t, "ZY770003")))
	id := at[len("/records/"):]
	contact := h.As(auth.RoleContact)
	require.Equal(t, http.StatusNotFound, contact.Get("/enterprises/new?record="+id).Status)
	require.Equal(t, http.StatusNotFound, contact.Post("/enterprises", url.Values{"record": {id}, "drafted": {"yes"}}).Status)
	require.Equal(t, http.StatusOK, contact.Get("/enterprises/new").Status)
}

func TestTextThatIsNoCodeIsSaidToBeNone(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := h.As(auth.RoleCadre)
	for _, text := range []string{"N/A", "待补", "../x"} {
		check := cadre.Get(claimedBefore(t, cadre, text) + "/check")
		require.Equal(t, http.StatusOK, check.Status, text)
		require.Contains(t, check.Body, "代码不正确", text)
		verdict := cadre.Part("/suggest/code?text=" + url.QueryEscape(text))
		require.Equal(t, http.StatusOK, verdict.Status, text)
	}
}
