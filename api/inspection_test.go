package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

func TestAQuarterIsOpenedOnceAndByWhoeverInspectsTheWholeCity(t *testing.T) {
	q := anInspection(t)
	path := Prefix + "/inspections"
	first := map[string]string{"plan": string(testPlan), "quarter": "2013Q3"}
	q.officer(auth.RoleInspector, "120101").do(http.MethodPost, path, first, key("a")).isProblem(t, problem.Forbidden, 403)
	got := q.inspector.acts(path, first, "open", "")
	require.Equal(t, "inspection/"+string(testPlan)+"/2013Q3", got.field(t, "subject"))
	again := q.inspector.acts(path, first, "open", "")
	require.Equal(t, got.field(t, "sequence"), again.field(t, "sequence"), "the same key is the same opening")
	q.inspector.do(http.MethodPost, path, first, key("other")).isProblem(t, problem.Code(inspection.RefusedOpened), 409)
	first["quarter"] = "2014Q2"
	q.inspector.do(http.MethodPost, path, first, key("open")).isProblem(t, problem.IdempotencyReused, 422)
	future := q.inspector.do(http.MethodPost, path, first, key("b"))
	future.isProblem(t, problem.Code(inspection.RefusedQuarter), 422)
	require.Contains(t, future.body, "2014年第二季度")
	for _, bad := range []string{"2013Q5", "2013q1", "20131"} {
		first["quarter"] = bad
		require.Equal(t, 422, q.inspector.do(http.MethodPost, path, first, key("c")).status, bad)
	}
	q.inspector.do(http.MethodPost, path, map[string]string{"plan": "absent", "quarter": "2013Q3"}, key("d")).isProblem(t, problem.RequestInvalid, 422)
	list := reads[struct{ Items []InspectionView }](t, q.inspector.get(path+"?plan="+string(testPlan)), http.StatusOK)
	require.Len(t, list.Items, 2)
	require.Equal(t, "2013年第四季度", list.Items[0].Quarter.Text)
	outcome := q.inspector.get(Prefix + "/commands/b3Blbg")
	require.Equal(t, "applied", outcome.field(t, "state"), outcome.body)
}

func TestACancelledCycleIsLeftWithReasonsAndAStaleTabIsTold(t *testing.T) {
	q := anInspection(t)
	seen := q.inspector.get(q.base)
	detail := reads[InspectionDetail](t, seen, http.StatusOK)
	require.Equal(t, "单位自查", detail.Stage.Text)
	require.True(t, detail.MayManage)
	require.Equal(t, 2, detail.Reports["due"])
	require.Equal(t, detail.Units-2, detail.Reports[reportUnasked])
	require.Len(t, detail.Severities, 3)
	require.Equal(t, inspection.StandardRules().Figures(), detail.Rules, "what the cycle pinned, each number with its meaning")
	path := q.base + "/cancel"
	q.inspector.do(http.MethodPost, path, map[string]string{"remark": "　"}, key("a"), ifMatch(seen.header.Get("ETag"))).
		isProblem(t, problem.Code(models.RefusedNoReasons), 422)
	remark := map[string]string{"remark": "重复开启"}
	q.inspector.do(http.MethodPost, path, remark, key("a")).isProblem(t, problem.PreconditionRequired, 428)
	q.inspector.do(http.MethodPost, path, remark, key("a"), ifMatch(`"1"`)).isProblem(t, problem.Code(inspection.RefusedChanged), 412)
	q.inspector.acts(path, remark, "a", seen.header.Get("ETag"))
	late := q.inspector.do(http.MethodPost, path, remark, key("b"), ifMatch(q.inspector.get(q.base).header.Get("ETag")))
	late.isProblem(t, problem.Code(inspection.RefusedCancelled), 409)
	require.Equal(t, "已取消", reads[InspectionDetail](t, q.inspector.get(q.base), http.StatusOK).Stage.Text)
	row, err := q.archive.Command(t.Context(), "account-inspector-tj:a")
	require.NoError(t, err)
	require.Equal(t, "重复开启", row.Words.Text)
}

func TestTheScheduleIsPausedAndResumedByName(t *testing.T) {
	q := anInspection(t)
	path := Prefix + "/inspection-schedule"
	paused := q.inspector.do(http.MethodPost, path+"/pause", nil)
	require.Equal(t, true, paused.field(t, "paused"), paused.body)
	require.Equal(t, "account-inspector-tj", paused.field(t, "by"))
	require.Equal(t, "2014-04-01", paused.field(t, "opens"))
	require.Equal(t, true, q.inspector.do(http.MethodPost, path+"/pause", nil).field(t, "paused"))
	require.Equal(t, false, q.inspector.do(http.MethodPost, path+"/resume", nil).field(t, "paused"))
	q.officer(auth.RoleInspector, "120101").do(http.MethodPost, path+"/pause", nil).isProblem(t, problem.Forbidden, 403)
}

func TestAContactFilesAndALeaderWhoDidNotConfirms(t *testing.T) {
	q := anInspection(t)
	contact, leader := q.officer(auth.RoleContact, "120101"), q.officer(auth.RoleLeader, "120101")
	both := q.signedIn(q.account("both", auth.RoleContact, "120101", ""))
	require.NoError(t, q.archive.AddGrant(t.Context(), store.Grant{
		ID: "both-leader", Account: "account-both", Role: string(auth.RoleLeader), Unit: "120101", Path: hepingPath, By: models.SystemAccount, At: q.clock.read(),
	}, 2))
	path := q.base + "/reports/120101"
	form := ReportForm{Measures: " 召开协调会 ", Problems: "进展不平衡"}

	contact.do(http.MethodPut, path+"/text", form).isProblem(t, problem.PreconditionRequired, 428)
	q.officer(auth.RoleContact, "120102").do(http.MethodPut, path+"/text", form, ifMatch(`"0"`)).isProblem(t, problem.NotFound, 404)
	leader.do(http.MethodPut, path+"/text", form, ifMatch(`"0"`)).isProblem(t, problem.Forbidden, 403)
	contact.do(http.MethodPut, path+"/text", map[string]string{"measures": strings.Repeat("长", 4001)}, ifMatch(`"0"`)).isProblem(t, problem.RequestInvalid, 422)
	contact.do(http.MethodPut, path+"/text", ReportForm{Measures: "a\x00b"}, ifMatch(`"0"`)).isProblem(t, problem.RequestInvalid, 422)
	saved := contact.do(http.MethodPut, path+"/text", form, ifMatch(`"0"`))
	require.Equal(t, `"1"`, saved.header.Get("ETag"), saved.body)
	require.Equal(t, "召开协调会", reads[ReportTextView](t, saved, 200).Form.Measures)
	both.do(http.MethodPut, path+"/text", form, ifMatch(`"0"`)).isProblem(t, problem.Code(inspection.RefusedReportStale), 412)

	file := map[string]int{"version": 2}
	contact.do(http.MethodPost, path+"/file", file, key("f"), ifMatch(`"1"`)).isProblem(t, problem.Code(inspection.RefusedReportStale), 412)
	require.Equal(t, http.StatusOK, both.do(http.MethodPut, path+"/text", ReportForm{Problems: "没有做法"}, ifMatch(`"1"`)).status)
	both.do(http.MethodPost, path+"/file", file, key("f"), ifMatch(`"1"`)).isProblem(t, problem.RequestInvalid, 422)
	require.Equal(t, http.StatusOK, both.do(http.MethodPut, path+"/text", form, ifMatch(`"2"`)).status)
	file["version"] = 3
	leader.do(http.MethodPost, path+"/confirm", nil, key("c"), ifMatch(`"1"`)).isProblem(t, problem.Code(inspection.RefusedReportState), 409)
	filed := both.acts(path+"/file", file, "f", `"1"`)
	require.Equal(t, filed.body, both.acts(path+"/file", file, "f", `"1"`).body, "a double click files once")

	body := reads[struct {
		Report              UnitReportView
		MayConfirm, MayFile bool
		Filed               ReportTextView
	}](t, both.get(path), http.StatusOK)
	require.Equal(t, "已填待签", body.Report.State.Text)
	require.False(t, body.MayConfirm, "not by whoever filed it")
	require.Equal(t, "进展不平衡", body.Filed.Form.Problems)
	both.do(http.MethodPost, path+"/confirm", nil, key("c"), ifMatch(`"2"`)).isProblem(t, problem.Code(inspection.RefusedSameConfirmer), 403)
	q.officer(auth.RoleLeader, "120102").do(http.MethodPost, path+"/confirm", nil, key("c"), ifMatch(`"2"`)).isProblem(t, problem.NotFound, 404)
	leader.acts(path+"/send-back", map[string]string{"remark": "请补充数据"}, "back", `"2"`)
	both.acts(path+"/file", map[string]int{"version": 3}, "g", `"3"`)
	leader.acts(path+"/confirm", nil, "c", `"4"`)
	contact.do(http.MethodPut, path+"/text", form, ifMatch(`"3"`)).isProblem(t, problem.ReportClosed, 409)
	history := leader.get(path).body
	require.Contains(t, history, "请补充数据")
	require.Contains(t, history, `"text":"签报"`)
	rows := reads[struct{ Items []BoardRowView }](t, contact.get(q.base+"/units"), http.StatusOK)
	require.Len(t, rows.Items, 1, "a unit sees its own row")
	require.Equal(t, "已签报", rows.Items[0].Report.Text)
}

func TestOneUnitGetsMoreTimeAndNoOtherDoes(t *testing.T) {
	q := anInspection(t)
	path := q.base + "/reports/120101"
	body := map[string]string{"due": "2014-03-01", "remark": "机构调整"}
	q.inspector.do(http.MethodPost, path+"/extend", body, key("a"), ifMatch(`"1"`)).isProblem(t, problem.Code(inspection.RefusedDeadline), 422)
	body["due"] = "2014-03-28"
	q.officer(auth.RoleContact, "120101").do(http.MethodPost, path+"/extend", body, key("a"), ifMatch(`"1"`)).isProblem(t, problem.Forbidden, 403)
	q.inspector.acts(path+"/extend", body, "b", `"1"`)
	due := func(unit string) time.Time {
		return *reads[struct{ Report UnitReportView }](t, q.inspector.get(q.base+"/reports/"+unit), http.StatusOK).Report.Due
	}
	require.Equal(t, models.MustDate("2014-03-28").End().UTC(), due("120101").UTC())
	require.True(t, due("120102").Before(due("120101")))
}

func TestFilingLocksWhatTheUnitsBelowReportedAndSendingBackOpensIt(t *testing.T) {
	q := anInspection(t)
	put := func(id, figure string, seen int64) error {
		_, err := q.archive.PutProgress(t.Context(), store.ProgressPut{
			Plan: testPlan, Actor: models.Actor{Account: "somebody"}, At: q.clock.read(), Command: models.CommandID(id), Seen: seen,
			Entry: inspection.Entry{Quarter: q.id.Quarter, Task: 6, Ordinal: 1, Unit: "120101-zf", Figures: []string{figure}},
		})
		return err
	}
	require.NoError(t, put("p-1", "100", 0))
	contact, leader := q.officer(auth.RoleContact, "120101"), q.officer(auth.RoleLeader, "120101")
	path := q.base + "/reports/120101"
	saved := reads[ReportTextView](t, contact.do(http.MethodPut, path+"/text", ReportForm{Measures: "做法"}, ifMatch(`"0"`)), 200)
	before, err := q.archive.UnitReportDigest(t.Context(), q.id, "120101", saved.Version)
	require.NoError(t, err)
	require.NotEqual(t, saved.Digest, before, "the digest covers the entries too")
	require.NoError(t, put("p-2", "120", 1))
	contact.acts(path+"/file", map[string]int64{"version": saved.Version}, "f", `"1"`)
	shown := reads[handedOver](t, leader.get(path), 200)
	require.NotEqual(t, before, shown.Report.Digest)
	require.Equal(t, []string{"120"}, shown.entry(t, "120101-zf", 6, 1).Figures, "whoever signs sees what is signed")
	require.ErrorIs(t, put("p-3", "130", 2), store.ErrLocked)
	leader.acts(path+"/send-back", map[string]string{"remark": "请核对"}, "b", `"2"`)
	require.NoError(t, put("p-4", "140", 2))
}

// handedOver is a report with the progress that goes with it.
type handedOver struct {
	Report   UnitReportView
	Progress ReportProgressView
}

func (h handedOver) entry(t *testing.T, unit models.UnitID, task, ordinal int) ProgressEntryView {
	t.Helper()
	for _, one := range h.Progress.Entries {
		if one.Entry.Unit.ID == unit && one.Entry.Task == task && one.Entry.Ordinal == ordinal {
			return one.Entry
		}
	}
	require.Fail(t, "no such entry")
	return ProgressEntryView{}
}

func TestAReportNamesWhatItsUnitAnswersForAndHasNotFilledIn(t *testing.T) {
	q := anInspection(t)
	path := q.base + "/reports/120101"
	contact := q.officer(auth.RoleContact, "120101")
	empty := reads[handedOver](t, contact.get(path), 200).Progress
	require.NotZero(t, empty.Items)
	require.Zero(t, empty.Reported)
	require.Len(t, empty.Entries, empty.Items)
	at := entryPath("120101-zf", "2013Q4", "6/1")
	require.Equal(t, http.StatusOK, contact.report("own", `"0"`, at, map[string]any{"figures": []string{"1500"}, "note": "含存量"}).status)
	put := func(unit models.UnitID, task int) {
		_, err := q.archive.PutProgress(t.Context(), store.ProgressPut{
			Plan: testPlan, Actor: models.Actor{Account: "somebody"}, At: q.clock.read(), Command: models.CommandID(unit),
			Entry: inspection.Entry{Quarter: q.id.Quarter, Task: task, Ordinal: 1, Unit: unit, Figures: []string{"7"}},
		})
		require.NoError(t, err)
	}
	put("120102-zf", 6)
	put("120101", 6)
	shown := reads[handedOver](t, contact.get(path), 200)
	require.Equal(t, 1, shown.Progress.Reported, "neither a neighbour's nor what nobody is asked for")
	require.Equal(t, empty.Items, shown.Progress.Items)
	require.Len(t, shown.Progress.Entries, empty.Items+1, "what is covered by the digest is shown, asked for or not")
	require.Equal(t, []string{"7"}, shown.entry(t, "120101", 6, 1).Figures)
	require.Equal(t, "含存量", shown.entry(t, "120101-zf", 6, 1).Note)
	unfilled := slices.DeleteFunc(shown.Progress.Entries, func(one ReportEntryView) bool { return one.Entry.ReportedAt != nil })
	require.Len(t, unfilled, empty.Items-1)
	require.Len(t, shown.Progress.Sheets, 1)
	require.True(t, shown.Progress.Sheets[0].Editable)
}
