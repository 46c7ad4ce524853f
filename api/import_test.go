package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
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

func TestARefusedImportIsRememberedWithItsProblemsAndARehearsalWithItsCountsAlone(t *testing.T) {
	o := anOffice(t)
	organization := o.officer(auth.RoleOrganization, "120101")
	file := []byte("干部编号,姓名,职级,单位,职务\nC-9,,正处级,和平区,局长\n")
	rehearsed := organization.upload(cadresPath, "名册.csv", "", file)
	view := reads[ImportView](t, rehearsed, http.StatusUnprocessableEntity)
	require.Equal(t, "第 2 行 B 列（姓名）：必填项为空", view.Problems[0].Text)
	require.Empty(t, rehearsed.header.Get("Location"))
	kept, err := o.blobs.Exists(t.Context(), store.RosterKey(view.FileDigest))
	require.NoError(t, err)
	require.False(t, kept, "a rehearsal keeps no file")

	refused := organization.upload(cadresPath+"&dryRun=false", "名册.csv", "", file)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status, refused.body)
	report := reads[ImportView](t, organization.get(refused.header.Get("Location")), http.StatusOK)
	require.Equal(t, string(store.ImportRefused), report.State.Code)
	require.Len(t, report.Problems, 1)
	marked := organization.get(refused.header.Get("Location") + "/workbook")
	require.Equal(t, http.StatusOK, marked.status)
	require.Contains(t, marked.body, "必填项为空")
}

func TestPastImportsAreListedToWhoeverMadeThemAndTheirSheetsFetchedOnRecord(t *testing.T) {
	o := anOffice(t)
	organization, neighbour, city := o.officer(auth.RoleOrganization, "120101"), o.officer(auth.RoleOrganization, "120102"), o.officer(auth.RoleOrganization, "tj")
	file := []byte("干部编号,姓名,职级,单位,职务\nC-9,李四,正处级,和平区,局长\n")
	faulty := []byte("干部编号,姓名,职级,单位,职务\nC-9,,正处级,和平区,局长\n")
	require.Equal(t, http.StatusUnprocessableEntity, organization.upload(cadresPath, "有错.csv", "", faulty).status)
	require.Equal(t, http.StatusOK, organization.upload(cadresPath, "名册.csv", "", file).status)
	imported := reads[ImportView](t, organization.upload(cadresPath+"&dryRun=false", "名册.csv", "", file), http.StatusCreated)

	listed := func(v *visitor) []ImportView {
		return reads[PageOf[ImportView]](t, v.get(Prefix+"/imports"), http.StatusOK).Items
	}
	items := listed(organization)
	require.Len(t, items, 3)
	require.Equal(t, imported.ID, items[0].ID)
	require.Equal(t, "甲", items[0].By)
	require.True(t, items[0].Kept)
	require.False(t, items[0].Rehearsal)
	require.True(t, items[2].Rehearsal)
	require.Equal(t, 1, items[2].Faults)
	require.Empty(t, items[2].Problems, "the cells that were at fault are not kept")
	require.False(t, items[2].Kept)
	require.Empty(t, listed(neighbour))
	require.Len(t, listed(city), 3)

	sheet := Prefix + "/imports/" + imported.ID + "/file"
	neighbour.get(sheet).isProblem(t, problem.NotFound, http.StatusNotFound)
	organization.get(Prefix+"/imports/"+items[2].ID+"/file").isProblem(t, problem.RosterNotKept, http.StatusNotFound)
	fetched := organization.get(sheet)
	require.Equal(t, string(file), fetched.body)
	require.True(t, strings.HasPrefix(fetched.header.Get("Content-Disposition"), "attachment; "), "it is kept, not shown: %v", fetched.header)
	require.Contains(t, o.officer(auth.RoleAuditor, "tj").get(Prefix+"/access-log?action=get-import-file").body, imported.ID)

	later := o.clock.read().AddDate(1, 0, 0)
	noted, err := o.archive.RosterRemoved(t.Context(), imported.FileDigest, later, later)
	require.NoError(t, err)
	require.True(t, noted)
	organization.get(sheet).isProblem(t, problem.RosterRemoved, http.StatusGone)
	organization.get(Prefix+"/imports/"+imported.ID+"/workbook").isProblem(t, problem.RosterRemoved, http.StatusGone)
	require.NotNil(t, listed(organization)[0].RemovedAt, "the entry stays")
}
