package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/models/store"
)

const cadresPath = "/imports/cadres?plan=" + string(testPlan)

func TestAnImportWhileTheEngineIsDownIsDoneAndSaysWhatFollows(t *testing.T) {
	o := anOffice(t)
	organization := o.officer(auth.RoleOrganization, "120101")
	file := []byte("干部编号,姓名,职级,单位,职务\nC-9,李四,正处级,和平区,局长\n")
	imported := reads[ImportView](t, organization.upload(cadresPath+"&dryRun=false", "名册.csv", "", file), http.StatusCreated)
	require.Equal(t, 1, imported.Enrolled)
	require.Equal(t, enrolmentsLater, imported.Note)
}

func TestARefusedImportIsRememberedWithItsProblemsAndARehearsalIsNot(t *testing.T) {
	o := anOffice(t)
	organization := o.officer(auth.RoleOrganization, "120101")
	file := []byte("干部编号,姓名,职级,单位,职务\nC-9,,正处级,和平区,局长\n")
	rehearsed := organization.upload(cadresPath, "名册.csv", "", file)
	view := reads[ImportView](t, rehearsed, http.StatusUnprocessableEntity)
	require.Equal(t, "第 2 行 B 列（姓名）：必填项为空", view.Problems[0].Text)
	require.Empty(t, rehearsed.header.Get("Location"))
	kept, err := o.blobs.Exists(t.Context(), rosterKey(view.FileDigest))
	require.NoError(t, err)
	require.False(t, kept, "a rehearsal keeps nothing")

	refused := organization.upload(cadresPath+"&dryRun=false", "名册.csv", "", file)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status, refused.body)
	report := reads[ImportView](t, organization.get(refused.header.Get("Location")), http.StatusOK)
	require.Equal(t, string(store.ImportRefused), report.State.Code)
	require.Len(t, report.Problems, 1)
	marked := organization.get(refused.header.Get("Location") + "/workbook")
	require.Equal(t, http.StatusOK, marked.status)
	require.Contains(t, marked.body, "必填项为空")
}
