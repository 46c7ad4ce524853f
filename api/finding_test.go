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
)

func (q *aQuarter) finding(unit string) map[string]any {
	return map[string]any{"inspection": q.id.String(), "unit": unit, "severity": "serious", "text": "台账不全"}
}

func TestAFindingIsRaisedAnsweredReopenedAndSettled(t *testing.T) {
	q := anInspection(t)
	path := Prefix + "/findings"
	raised := q.inspector.acts(path, q.finding("120101"), "raise", "")
	id := strings.TrimPrefix(raised.field(t, "subject").(string), "finding/")
	require.Equal(t, raised.body, q.inspector.acts(path, q.finding("120101"), "raise", "").body, "a double click raises one")
	one := path + "/" + id
	contact := q.officer(auth.RoleContact, "120101")
	view := reads[struct {
		Finding   FindingView
		MayAnswer bool
	}](t, contact.get(one), 200)
	require.True(t, view.MayAnswer)
	require.Equal(t, "台账不全", view.Finding.Text)
	require.Equal(t, models.MustDate("2014-03-24").End().UTC(), view.Finding.Due.UTC(), "fifteen working days after 3 March")
	q.officer(auth.RoleContact, "120102").get(one).isProblem(t, problem.NotFound, 404)

	text := map[string]any{"text": "已补齐"}
	contact.do(http.MethodPost, one+"/answer", text, key("a"), ifMatch(`"9"`)).isProblem(t, problem.Code(inspection.RefusedChanged), 412)
	contact.do(http.MethodPost, one+"/answer", map[string]any{"text": "已补齐", "evidence": []string{"absent"}}, key("a"), ifMatch(`"1"`)).
		isProblem(t, problem.RequestInvalid, 422)
	q.inspector.do(http.MethodPost, one+"/answer", text, key("a"), ifMatch(`"1"`)).isProblem(t, problem.Forbidden, 403)
	contact.acts(one+"/answer", text, "a", `"1"`)
	contact.do(http.MethodPost, one+"/settle", map[string]string{}, key("s"), ifMatch(`"2"`)).isProblem(t, problem.Forbidden, 403)
	q.inspector.do(http.MethodPost, one+"/reopen", map[string]string{"remark": "仍不全", "dueOn": "2014-03-01"}, key("r"), ifMatch(`"2"`)).
		isProblem(t, problem.Code(inspection.RefusedDeadline), 422)
	q.inspector.acts(one+"/reopen", map[string]string{"remark": "仍不全", "dueOn": "2014-04-11"}, "r", `"2"`)
	q.inspector.acts(one+"/settle", map[string]string{}, "s", `"3"`)
	closed := q.inspector.do(http.MethodPost, one+"/drop", map[string]string{"remark": "误提"}, key("d"), ifMatch(`"4"`))
	closed.isProblem(t, problem.Code(inspection.RefusedFindingState), 409)
	require.Contains(t, closed.body, "已销号")
	body := contact.get(one).body
	require.Contains(t, body, "已补齐")
	require.Contains(t, body, "仍不全")
	listed := reads[PageOf[FindingView]](t, q.inspector.get(path+"?plan="+string(testPlan)+"&state=closed&quarter=2013Q4"), 200)
	require.Len(t, listed.Items, 1)
	require.Equal(t, 2, listed.Items[0].Round)
	require.Equal(t, 422, q.inspector.get(path+"?plan="+string(testPlan)+"&quarter=2013Q9").status)
}

func TestAFindingIsAboutSomethingThatTheCycleInspects(t *testing.T) {
	q := anInspection(t)
	path := Prefix + "/findings"
	for change, code := range map[string]problem.Code{
		"inspection=absent.2013Q4": problem.RequestInvalid, "inspection=nonsense": problem.RequestInvalid,
		"unit=absent": problem.UnknownUnit, "unit=120101-zf": problem.Code(inspection.RefusedUnit), "record=absent": problem.RequestInvalid,
		"severity=fatal": problem.RequestInvalid, "dueOn=2014-02-30": problem.RequestInvalid, "text=\u3000": problem.Code(models.RefusedNoReasons),
	} {
		body := q.finding("120101")
		name, value, _ := strings.Cut(change, "=")
		body[name] = value
		q.inspector.do(http.MethodPost, path, body, key("x")).isProblem(t, code, 422)
	}
	q.officer(auth.RoleInspector, "120102").do(http.MethodPost, path, q.finding("120101"), key("x")).isProblem(t, problem.Forbidden, 403)
	require.Zero(t, q.temporal.given, "what is refused never reaches the engine")
}

func TestAnAnswerThatWasLostIsFoundAgain(t *testing.T) {
	q := anInspection(t)
	q.temporal.deaf = true
	got := q.inspector.do(http.MethodPost, Prefix+"/findings", q.finding("120101"), key("lost"))
	require.Equal(t, 200, got.status, got.body)
	require.Equal(t, "applied", got.field(t, "state"), "the archive has the last word")
}

// sampled draws a sample of one credit of somebody in Heping.
func (q *aQuarter) sampled() (record string, cadre *visitor) {
	q.Helper()
	return q.sampledOf("C-1")
}

func (q *aQuarter) sampledOf(id models.CadreID) (record string, cadre *visitor) {
	q.Helper()
	cadre = q.cadre(id, "120101")
	record, _ = cadre.draft(id, q.enterprise("A1234567"))
	q.execute(`INSERT INTO snapshot_credits (plan, quarter, unit, record, cadre, kind, enterprise_key, credited_at)
		VALUES (?, '2013Q4', '120101', ?, ?, 'found', 'A1234567', ?)`, string(testPlan), record, string(id), models.MustDate("2013-11-01").Start())
	q.gives(q.id.SampleSubject(), models.SystemAccount, inspection.DrawSample{
		Inspection: q.id, Seed: "seed", Items: []inspection.SampleItem{{
			Record: models.RecordID(record), Obligation: models.ObligationID{Plan: testPlan, Cadre: id},
		}},
	})
	return record, cadre
}

func (q *aQuarter) item(v *visitor) (SampleItemView, bool) {
	q.Helper()
	body := reads[struct{ Items []SampleItemView }](q.T, v.get(q.base+"/sample"), 200)
	if len(body.Items) == 0 {
		return SampleItemView{}, false
	}
	return body.Items[0], true
}

func TestASampledCreditIsFalseOnlyAfterAHearingAndByAnotherPerson(t *testing.T) {
	q := anInspection(t)
	record, cadre := q.sampled()
	contact := q.officer(auth.RoleContact, "120101")
	drawn := q.inspector.get(q.base + "/sample")
	require.Equal(t, true, drawn.field(t, "repeats"), "anybody draws the same again")
	require.Contains(t, drawn.body, "sha256sum")
	_, seen := q.item(contact)
	require.False(t, seen, "who is checked does not know what was drawn")
	path := q.base + "/sample/" + record
	q.inspector.do(http.MethodPost, path+"/check", map[string]string{"result": "false"}, key("a"), ifMatch(`"0"`)).
		isProblem(t, problem.Code(models.RefusedNoReasons), 422)
	insider := q.signedIn(q.account("insider", auth.RoleInspector, "tj", "C-1"))
	insider.do(http.MethodPost, path+"/check", map[string]string{"result": "confirmed"}, key("a"), ifMatch(`"0"`)).
		isProblem(t, problem.Code(models.RefusedOwnClaim), 403)
	q.inspector.acts(path+"/check", map[string]string{"result": "false", "remark": "查无此企业"}, "a", `"0"`)
	q.inspector.do(http.MethodPost, path+"/check", map[string]string{"result": "confirmed"}, key("b"), ifMatch(`"0"`)).
		isProblem(t, problem.VersionConflict, 412)
	for _, heard := range []*visitor{contact, cadre} {
		item, seen := q.item(heard)
		require.True(t, seen, "the hearing is for the unit and the cadre")
		require.Equal(t, "查无此企业", item.Remark)
		require.False(t, item.HearingEnd)
	}
	item, _ := q.item(q.inspector)
	tag := etag(item.Version)
	q.inspector.do(http.MethodPost, path+"/check", map[string]string{"result": "confirmed"}, key("b"), ifMatch(tag)).
		isProblem(t, problem.Code(inspection.RefusedItemState), 409)

	adjudicator := q.officer(auth.RoleAdjudicator, "tj")
	verdict := map[string]any{"false": true, "remark": "事实清楚", "document": "absent"}
	adjudicator.do(http.MethodPost, path+"/decide", verdict, key("d"), ifMatch(tag)).isProblem(t, problem.RequestInvalid, 422)
	verdict["document"] = reads[EvidenceView](t, adjudicator.upload("/evidence?purpose=document", "a.pdf", "application/pdf", aPDF()), 201).ID
	early := adjudicator.do(http.MethodPost, path+"/decide", verdict, key("d"), ifMatch(tag))
	early.isProblem(t, problem.Code(inspection.RefusedHearing), 409)
	require.Contains(t, early.body, "2014年3月10日")
	q.clock.advance(10 * 24 * time.Hour)
	adjudicator.acts(path+"/decide", verdict, "d", tag)
	item, _ = q.item(adjudicator)
	require.Equal(t, "不实", item.State.Text)
	require.Equal(t, "待撤销", item.Revocation.Text)
}

// toldOf is what a visitor is told by the code, newest first.
func (q *aQuarter) toldOf(v *visitor, code models.NoticeCode) []NoticeView {
	q.Helper()
	return slices.DeleteFunc(reads[PageOf[NoticeView]](q.T, v.get(Prefix+"/notices?size=200"), 200).Items, func(notice NoticeView) bool {
		return notice.Code != string(code)
	})
}

func TestAHearingIsAnnouncedToWhoeverMaySpeakAndWaitsWithWhoeverDecides(t *testing.T) {
	q := anInspection(t)
	record, cadre := q.sampled()
	contact, leader := q.officer(auth.RoleContact, "120101"), q.officer(auth.RoleLeader, "120101")
	adjudicator, elsewhere := q.officer(auth.RoleAdjudicator, "tj"), q.officer(auth.RoleContact, "120102")
	path := q.base + "/sample/" + record
	hearings := Prefix + "/hearings?plan=" + string(testPlan)
	waiting := func(v *visitor) []SampleItemView {
		return reads[struct{ Items []SampleItemView }](t, v.get(hearings), 200).Items
	}
	require.Empty(t, waiting(adjudicator), "what was drawn is not what waits")
	q.inspector.acts(path+"/check", map[string]string{"result": "false", "remark": "查无此企业"}, "a", `"0"`)
	for _, told := range []*visitor{cadre, contact, leader, adjudicator} {
		notices := q.toldOf(told, inspection.HearingNotice)
		require.Len(t, notices, 1)
		require.Contains(t, notices[0].Text, "2014年3月10日", "it says until when")
		require.EqualValues(t, "C-1", notices[0].Cadre.ID)
		require.Equal(t, q.id.SampleSubject(), notices[0].Subject)
		require.EqualValues(t, record, notices[0].Record)
		_, seen := q.item(told)
		require.True(t, seen, "whoever is told may look")
	}
	require.Empty(t, q.toldOf(elsewhere, inspection.HearingNotice))
	elsewhere.get(hearings).isProblem(t, problem.Forbidden, 403)
	items := waiting(adjudicator)
	require.Len(t, items, 1)
	require.Equal(t, q.id.String(), items[0].Inspection)
	require.True(t, items[0].MayDecide)
	adjudicator.acts(path+"/decide", map[string]any{"false": false, "remark": "陈述成立"}, "d", etag(items[0].Version))
	for _, told := range []*visitor{cadre, contact, leader, adjudicator} {
		require.Len(t, q.toldOf(told, inspection.KeptNotice), 1)
	}
	require.Empty(t, waiting(adjudicator))
}

func TestWhoCheckedACreditDoesNotDecideOnIt(t *testing.T) {
	q := anInspection(t)
	record, _ := q.sampled()
	path := q.base + "/sample/" + record
	adjudicator := q.officer(auth.RoleAdjudicator, "tj")
	q.gives(q.id.SampleSubject(), "account-adjudicator-tj", inspection.Check{
		Record: models.RecordID(record), Result: inspection.ResultFalse, HearingDue: q.clock.read().Add(time.Hour),
	})
	item, _ := q.item(adjudicator)
	require.False(t, item.MayDecide)
	adjudicator.do(http.MethodPost, path+"/decide", map[string]any{"false": false, "remark": "成立"}, key("d"), ifMatch(etag(item.Version))).
		isProblem(t, problem.Code(inspection.RefusedSameChecker), 403)
	adjudicator.do(http.MethodPost, q.base+"/sample/absent/decide", map[string]any{"false": false, "remark": "成立"}, key("d"), ifMatch(`"0"`)).
		isProblem(t, problem.NotFound, 404)
}
