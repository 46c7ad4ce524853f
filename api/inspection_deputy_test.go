package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
)

// aDeputized is a quarter in which one cadre stands in for two others for some
// days: a contact of Heping, and an inspector of the whole city.
type aDeputized struct {
	*aQuarter
	deputy *visitor
	// absent is the inspector's account.
	absent models.AccountID
}

func (q *aQuarter) deputized() *aDeputized {
	q.Helper()
	organizer := q.officer(auth.RoleOrganization, "tj")
	for _, cadre := range []models.CadreID{"C-1", "C-2", "C-3"} {
		q.cadre(cadre, "120101")
	}
	q.granted("absent-contact", auth.RoleContact, "120101", "C-1")
	inspector := q.granted("absent-inspector", auth.RoleInspector, "tj", "C-2")
	for _, absent := range []models.CadreID{"C-1", "C-2"} {
		got := organizer.arranges(q.arranged("account-cadre-C-3", absent, 0, 9), "for-"+string(absent))
		require.Equal(q, http.StatusCreated, got.status, got.body)
	}
	return &aDeputized{aQuarter: q, deputy: q.signedIn("account-cadre-C-3"), absent: inspector}
}

// lastFor is for whom the last act on a subject was done.
func (d *aDeputized) lastFor(subject string) models.CadreID {
	d.Helper()
	entries, err := d.archive.Entries(d.Context(), subject)
	require.NoError(d, err)
	require.NotEmpty(d, entries)
	return entries[len(entries)-1].Actor.For
}

func TestAnActOfADeputyNamesForWhomItWasDone(t *testing.T) {
	d := anInspection(t).deputized()
	report := d.base + "/reports/120101"
	require.Equal(t, http.StatusOK, d.deputy.do(http.MethodPut, report+"/text", ReportForm{Measures: "做法"}, ifMatch(`"0"`)).status)
	d.deputy.acts(report+"/file", map[string]int{"version": 1}, "file", `"1"`)
	require.EqualValues(t, "C-1", d.lastFor(d.id.ReportSubject("120101")))
	history := reads[struct{ History []RemarkView }](t, d.inspector.get(report), http.StatusOK).History
	require.Equal(t, &DeputyView{Account: "account-cadre-C-3", Name: "甲", For: CadreRef{ID: "C-1", Name: "张三"}}, history[len(history)-1].Deputy)
	d.deputy.acts(d.base+"/reports/120102/extend", map[string]string{"due": "2014-03-28", "remark": "机构调整"}, "extend", `"1"`)
	require.EqualValues(t, "C-2", d.lastFor(d.id.ReportSubject("120102")))

	raised := d.deputy.acts(Prefix+"/findings", d.finding("120101"), "raise", "").field(t, "subject").(string)
	require.EqualValues(t, "C-2", d.lastFor(raised))
	one := Prefix + "/findings/" + raised[len("finding/"):]
	d.deputy.acts(one+"/answer", map[string]string{"text": "已补齐"}, "answer", `"1"`)
	require.EqualValues(t, "C-1", d.lastFor(raised))
	d.inspector.acts(one+"/settle", map[string]string{}, "settle", `"2"`)
	require.Empty(t, d.lastFor(raised), "by one's own right")

	opened := d.deputy.acts(Prefix+"/inspections", map[string]string{"plan": string(testPlan), "quarter": "2013Q3"}, "open", "")
	require.EqualValues(t, "C-2", d.lastFor(opened.field(t, "subject").(string)))
	other := Prefix + "/inspections/" + string(testPlan) + ".2013Q3"
	d.deputy.acts(other+"/cancel", map[string]string{"remark": "重复"}, "cancel", `"1"`)
	require.EqualValues(t, "C-2", d.lastFor(opened.field(t, "subject").(string)))
}

func TestABulletinThatADeputyWorksOnNamesForWhom(t *testing.T) {
	d := anInspection(t).deputized()
	cycle := d.id.Subject()
	step := func(path string, body any, behalf models.CadreID) {
		t.Helper()
		tag := d.inspector.get(d.base).header.Get("ETag")
		d.deputy.acts(bulletinPath(d.id, path), body, path, tag)
		require.Equal(t, behalf, d.lastFor(cycle), path)
	}
	step("/redraft", nil, "C-2")
	step("/open-comments", nil, "C-2")
	step("/comments", map[string]string{"unit": "120101", "text": "无意见"}, "C-1")
	step("/close-comments", nil, "C-2")
	step("/ask-signatures", nil, "C-2")
	signature := map[string]string{"digest": d.current(d.id).Digest}
	step("/sign", signature, "C-2")

	absent := d.signedIn(d.absent)
	seen := absent.get(bulletinPath(d.id, ""))
	require.NotContains(t, reads[BulletinView](t, seen, http.StatusOK).Allowed, "sign")
	tag := d.inspector.get(d.base).header.Get("ETag")
	absent.do(http.MethodPost, bulletinPath(d.id, "/sign"), signature, key("again"), ifMatch(tag)).
		isProblem(t, problem.Code(inspection.RefusedSameSigner), 403)
}

func TestACreditThatADeputyChecksAndAnEntryThatADeputyReportsNameForWhom(t *testing.T) {
	q := anInspection(t)
	record, _ := q.sampledOf("C-9")
	d := q.deputized()
	d.deputy.acts(d.base+"/sample/"+record+"/check", map[string]string{"result": "confirmed"}, "check", `"0"`)
	require.EqualValues(t, "C-2", d.lastFor(d.id.SampleSubject()))

	reported := d.deputy.report("report", `"0"`, entryPath("120101-zf", "2013Q4", "6/1"), figures("100"))
	require.Equal(t, http.StatusOK, reported.status, reported.body)
	require.EqualValues(t, "C-1", d.lastFor(d.id.ProgressSubject("120101-zf")))
}
