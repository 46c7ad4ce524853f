package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// arranged is the body of a substitution from some days after today to others.
func (o *office) arranged(account models.AccountID, cadre models.CadreID, from, until int) map[string]any {
	today := models.DateOf(o.clock.read())
	return map[string]any{
		"account": account, "cadre": cadre, "from": today.AddDays(from), "until": today.AddDays(until), "reason": "住院",
	}
}

func (v *visitor) arranges(body map[string]any, name string) answer {
	v.Helper()
	return v.do(http.MethodPost, Prefix+"/substitutions", body, key(name))
}

// granted gives a further account of a cadre's a role, or one to somebody else.
func (o *office) granted(login string, role auth.Role, unit models.UnitID, cadre models.CadreID) models.AccountID {
	o.Helper()
	return o.account(login, role, unit, cadre)
}

// until lets the clock run to an instant.
func (o *office) until(instant time.Time) { o.clock.advance(instant.Sub(o.clock.read())) }

func TestADeputyActsOnTheArrangedDaysAndAtNoOtherTime(t *testing.T) {
	o := anOffice(t)
	organizer := o.officer(auth.RoleOrganization, "120101")
	o.cadre("C-1", "120101")
	deputy := o.cadre("C-2", "120101")
	duty := Prefix + "/obligations/" + string(testPlan) + ".C-1"
	require.Equal(t, http.StatusNotFound, deputy.get(duty).status)
	made := reads[SubstitutionView](t, organizer.arranges(o.arranged("account-cadre-C-2", "C-1", 1, 2), "k"), http.StatusCreated)
	require.Equal(t, "coming", made.State.Code)
	require.Equal(t, "张三", made.Cadre.Name)
	require.Equal(t, http.StatusNotFound, deputy.get(duty).status, "the day before")

	o.until(models.MustDate("2014-03-04").Start())
	require.Equal(t, http.StatusOK, deputy.get(duty).status, "from the first instant of the first day")
	id, _ := o.draftOf(deputy, "C-1", "A1234567")
	listed := reads[PageOf[RecordView]](t, deputy.get(Prefix+"/records?cadre=C-1"), http.StatusOK)
	require.Len(t, listed.Items, 1, "the cadre's draft is the deputy's to go on with")
	require.True(t, listed.Items[0].Editable)
	submitted := deputy.do(http.MethodPost, Prefix+"/records/"+id+"/submit", nil, key("s"), ifMatch(`"1"`))
	submitted.isProblem(t, problem.EngineUnavailable, 503)

	o.until(models.MustDate("2014-03-05").End().Add(-time.Second))
	require.Equal(t, http.StatusOK, deputy.get(duty).status, "to the last second of the last day")
	o.until(models.MustDate("2014-03-06").Start())
	require.Equal(t, http.StatusNotFound, deputy.get(duty).status, "the day after")
	require.Equal(t, http.StatusNotFound, deputy.get(Prefix+"/records/"+id).status)
	require.Equal(t, http.StatusNotFound, deputy.do(http.MethodPost, Prefix+"/records/"+id+"/submit", nil, key("t"), ifMatch(`"1"`)).status)
}

func TestASubstitutionThatIsEndedIsOverAtOnce(t *testing.T) {
	o := anOffice(t)
	organizer := o.officer(auth.RoleOrganization, "120101")
	o.cadre("C-1", "120101")
	deputy := o.cadre("C-2", "120101")
	duty := Prefix + "/obligations/" + string(testPlan) + ".C-1"
	got := organizer.arranges(o.arranged("account-cadre-C-2", "C-1", 0, 9), "k")
	place := got.header.Get("Location") + "/end"
	require.Equal(t, http.StatusOK, deputy.get(duty).status)
	organizer.do(http.MethodPost, place, map[string]string{}).isProblem(t, problem.PreconditionRequired, 428)
	organizer.do(http.MethodPost, place, map[string]string{"last": "2014-03-01"}, ifMatch(`"1"`)).isProblem(t, problem.RequestInvalid, 422)
	ended := reads[SubstitutionView](t, organizer.do(http.MethodPost, place, map[string]string{}, ifMatch(`"1"`)), http.StatusOK)
	require.Equal(t, "past", ended.State.Code)
	require.NotNil(t, ended.EndedAt)
	require.Equal(t, http.StatusNotFound, deputy.get(duty).status)
	again := organizer.do(http.MethodPost, place, map[string]string{}, ifMatch(`"1"`))
	require.Equal(t, http.StatusOK, again.status, "a second click finds it done")
	other := o.signedIn(o.account("other", auth.RoleOrganization, "120101", ""))
	other.do(http.MethodPost, place, map[string]string{}, ifMatch(`"1"`)).isProblem(t, problem.VersionConflict, 412)
	other.do(http.MethodPost, place, map[string]string{}, ifMatch(`"2"`)).isProblem(t, problem.SubstitutionOver, 409)
}

func TestWhatCannotBeArrangedIsRefusedWithItsReason(t *testing.T) {
	o := anOffice(t)
	organizer := o.officer(auth.RoleOrganization, "120101")
	o.cadre("C-1", "120101")
	o.cadre("C-2", "120101")
	o.cadre("C-3", "120102")
	o.cadre("C-4", "120101")
	officer := o.granted("officer", auth.RoleSystemOfficer, "120101", "")
	o.granted("absent-officer", auth.RoleAuditor, "120101", "C-4")
	deputy := models.AccountID("account-cadre-C-2")
	organizer.do(http.MethodPost, Prefix+"/substitutions", o.arranged(deputy, "C-1", 0, 1)).isProblem(t, problem.IdempotencyMissing, 400)
	for name, refused := range map[string]struct {
		body  map[string]any
		code  problem.Code
		words string
	}{
		"no such account":      {o.arranged("absent", "C-1", 0, 1), problem.RequestInvalid, "没有这个账号"},
		"an account elsewhere": {o.arranged("account-cadre-C-3", "C-1", 0, 1), problem.RequestInvalid, "没有这个账号"},
		"a cadre elsewhere":    {o.arranged(deputy, "C-3", 0, 1), problem.RequestInvalid, "没有这名干部"},
		"oneself for oneself":  {o.arranged("account-cadre-C-1", "C-1", 0, 1), problem.RequestInvalid, "本人不能代理本人"},
		"whoever arranges":     {o.arranged("account-organization-120101", "C-1", 0, 1), problem.OwnAccount, ""},
		"an officer":           {o.arranged(officer, "C-1", 0, 1), problem.SubstitutionOfficer, ""},
		"for an officer":       {o.arranged(deputy, "C-4", 0, 1), problem.SubstitutionOfficer, ""},
		"days that are over":   {o.arranged(deputy, "C-1", -1, 1), problem.RequestInvalid, "不能早于今天"},
		"an end before":        {o.arranged(deputy, "C-1", 3, 2), problem.RequestInvalid, "不能早于开始日期"},
		"half a year and more": {o.arranged(deputy, "C-1", 0, 184), problem.RequestInvalid, "至多 184 天"},
	} {
		got := organizer.arranges(refused.body, strings.ReplaceAll(name, " ", "-"))
		require.Contains(t, got.body, `"`+string(refused.code)+`"`, name)
		require.Contains(t, got.body, refused.words, name)
		require.GreaterOrEqual(t, got.status, 400, name)
	}
	require.Equal(t, http.StatusCreated, organizer.arranges(o.arranged(deputy, "C-1", 0, 183), "longest").status)
}

func TestAskingTwiceMakesOneSubstitution(t *testing.T) {
	o := anOffice(t)
	organizer := o.officer(auth.RoleOrganization, "120101")
	o.cadre("C-1", "120101")
	o.cadre("C-2", "120101")
	body := o.arranged("account-cadre-C-2", "C-1", 0, 5)
	first := reads[SubstitutionView](t, organizer.arranges(body, "k"), http.StatusCreated)
	require.Equal(t, first, reads[SubstitutionView](t, organizer.arranges(body, "k"), http.StatusCreated))
	organizer.arranges(body, "another").isProblem(t, problem.SubstitutionOverlap, 409)
	body["reason"] = "出差"
	organizer.arranges(body, "k").isProblem(t, problem.IdempotencyReused, 422)
	listed := reads[PageOf[SubstitutionView]](t, organizer.get(Prefix+"/substitutions?state=current&cadre=C-1"), http.StatusOK)
	require.Len(t, listed.Items, 1)
	got := organizer.get(Prefix + "/substitutions/" + first.ID)
	require.Equal(t, `"1"`, got.header.Get("ETag"))
}

// An organization department of a district cannot hand out the city's roles.
func TestNobodyLendsWhatLiesOutsideTheirPartOfTheTree(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	o.cadre("C-2", "120101")
	o.granted("city-reviewer", auth.RoleCityScience, "tj", "C-1")
	body := o.arranged("account-cadre-C-2", "C-1", 0, 5)
	o.officer(auth.RoleOrganization, "120101").arranges(body, "k").isProblem(t, problem.SubstitutionBeyond, 403)
	require.Equal(t, http.StatusCreated, o.officer(auth.RoleOrganization, "tj").arranges(body, "k").status)
}

// reviewed puts a claim before the district science office.
func (o *office) underReview(cadre *visitor, id models.CadreID, code string) string {
	o.Helper()
	record, _ := o.draftOf(cadre, id, code)
	o.execute("UPDATE records SET state = ?, stage = ? WHERE id = ?",
		string(models.StateUnderReview), string(models.StageDistrictScience), record)
	return record
}

func TestTheOpenQueueIsTheDeputysButClaimsOfTheTwoAreNot(t *testing.T) {
	o := anOffice(t)
	absent, deputy, third := o.cadre("C-1", "120101"), o.cadre("C-2", "120101"), o.cadre("C-3", "120101")
	o.granted("reviewer", auth.RoleDistrictScience, "120101", "C-1")
	records := map[models.CadreID]string{
		"C-1": o.underReview(absent, "C-1", "A1234567"), "C-2": o.underReview(deputy, "C-2", "B1234567"),
		"C-3": o.underReview(third, "C-3", "C1234567"),
	}
	deputy.get(Prefix+"/reviews/queue").isProblem(t, problem.Forbidden, 403)
	o.lend("account-cadre-C-2", "C-1")
	queue := reads[PageOf[RecordView]](t, deputy.get(Prefix+"/reviews/queue"), http.StatusOK)
	require.Len(t, queue.Items, 1)
	require.Equal(t, records["C-3"], string(queue.Items[0].ID))
	accept := func(record string) answer {
		return deputy.do(http.MethodPost, Prefix+"/records/"+record+"/accept", map[string]string{}, key("a-"+record), ifMatch(`"1"`))
	}
	accept(records["C-3"]).isProblem(t, problem.EngineUnavailable, 503)
	accept(records["C-2"]).isProblem(t, problem.Code(models.RefusedOwnClaim), 403)
	accept(records["C-1"]).isProblem(t, problem.Code(models.RefusedOwnClaim), 403)
	for _, record := range []string{records["C-1"], records["C-2"]} {
		require.Equal(t, http.StatusForbidden, deputy.get(Prefix+"/records/"+record+"/hints").status)
	}
}

func TestWhatSomebodyHasByStandingInIsNotPassedOn(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	middle, last := o.cadre("C-2", "120101"), o.cadre("C-3", "120101")
	o.granted("reviewer", auth.RoleDistrictScience, "120101", "C-1")
	o.lend("account-cadre-C-2", "C-1")
	o.lend("account-cadre-C-3", "C-2")
	duty := Prefix + "/obligations/" + string(testPlan)
	require.Equal(t, http.StatusOK, middle.get(duty+".C-1").status)
	require.Equal(t, http.StatusOK, last.get(duty+".C-2").status)
	require.Equal(t, http.StatusNotFound, last.get(duty+".C-1").status)
	require.Equal(t, http.StatusOK, middle.get(Prefix+"/reviews/queue").status)
	last.get(Prefix+"/reviews/queue").isProblem(t, problem.Forbidden, 403)
	o.granted("organizer", auth.RoleOrganization, "120101", "C-2")
	last.get(Prefix+"/substitutions").isProblem(t, problem.Forbidden, 403)
}

func TestOneSeesForWhomOneStandsInAndWhoStandsInForOneself(t *testing.T) {
	o := anOffice(t)
	absent, deputy := o.cadre("C-1", "120101"), o.cadre("C-2", "120101")
	o.granted("reviewer", auth.RoleDistrictScience, "120101", "C-1")
	added := o.lend("account-cadre-C-2", "C-1")
	me := reads[Me](t, deputy.get(Prefix+"/me"), http.StatusOK)
	require.Len(t, me.StandsIn, 1)
	require.Equal(t, CadreRef{ID: "C-1", Name: "张三"}, me.StandsIn[0].Cadre)
	require.Equal(t, added.Until, me.StandsIn[0].Until)
	require.Equal(t, []MyGrant{{Role: auth.RoleDistrictScience, Unit: "120101", Path: hepingPath}}, me.StandsIn[0].Grants)
	require.Contains(t, me.Permissions, auth.ReviewDistrictScience)
	require.NotContains(t, me.Grants, me.StandsIn[0].Grants[0], "what is lent is not one's own")
	mine := reads[Me](t, absent.get(Prefix+"/me"), http.StatusOK)
	require.Equal(t, []MySubstitute{{Name: "甲", From: added.From, Until: added.Until}}, mine.Substitutes)
	require.Empty(t, mine.StandsIn)
}

func TestADeputyUploadsForTheCadreAndNobodyElse(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	deputy := o.cadre("C-2", "120101")
	require.Equal(t, http.StatusForbidden, deputy.upload("/evidence?cadre=C-1", "执照.pdf", "application/pdf", aPDF()).status)
	o.lend("account-cadre-C-2", "C-1")
	file := reads[EvidenceView](t, deputy.upload("/evidence?cadre=C-1", "执照.pdf", "application/pdf", aPDF()), http.StatusCreated)
	require.Equal(t, models.CadreID("C-1"), file.Cadre)
	id, _ := o.draftOf(deputy, "C-1", "A1234567")
	attached := deputy.do(http.MethodPut, Prefix+"/records/"+id+"/evidence/"+string(file.ID), map[string]string{"category": "licence"}, ifMatch(`"1"`))
	require.Equal(t, http.StatusOK, attached.status, attached.body)
	own := reads[EvidenceView](t, deputy.upload("/evidence", "执照.pdf", "application/pdf", aPDF()), http.StatusCreated)
	require.Equal(t, models.CadreID("C-2"), own.Cadre)
}

func TestWhoeverStandsInForTheOneWhoAskedIsNoSecondPerson(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	confirmer := o.officer(auth.RoleDistrictScience, "120101")
	licence, err := o.archive.AddEvidence(t.Context(), store.Evidence{
		SHA256: strings.Repeat("a", 64), SM3: strings.Repeat("a", 64), Size: 1, MediaType: "application/pdf", FileName: "执照.pdf",
		Purpose: store.EvidenceDocument, Cadre: "C-1", UnitPath: hepingPath, UploadedBy: "account-cadre-C-1", UploadedAt: o.clock.read(),
	})
	require.NoError(t, err)
	entry, err := o.archive.RequestOverride(t.Context(), "D21435699", licence.ID, "证照如此", "account-cadre-C-1", o.clock.read())
	require.NoError(t, err)
	o.lend("account-district-science-120101", "C-1")
	confirmer.do(http.MethodPost, Prefix+"/enterprise-overrides/"+entry.ID+"/approve", nil).isProblem(t, problem.Forbidden, 403)
}

func TestBorrowedRolesAskForTheSecondFactorThatTheirOwnersNeed(t *testing.T) {
	s := &server{Services: Services{Settings: Settings{SecretKey: []byte("k"), SecondFactorRoles: []auth.Role{auth.RoleOrganization}}}}
	who := auth.Principal{Grants: []auth.Grant{{Role: auth.RoleCadre}}}
	require.False(t, s.needsFactor(who))
	lent, given := auth.Lend(who.Grants, "C-1", []auth.Grant{{Role: auth.RoleOrganization, Path: hepingPath}})
	require.True(t, given)
	who.Lent = []auth.Lent{lent}
	require.True(t, s.needsFactor(who))
}

func TestTheTimelineNamesWhoActedAndForWhom(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	o.cadre("C-2", "120101")
	deputy := models.Actor{Account: "account-cadre-C-2", SubstituteFor: []models.CadreID{"C-2"}, For: "C-2"}
	id := models.ObligationID{Plan: testPlan, Cadre: "C-1"}
	loaded, err := o.archive.LoadObligation(t.Context(), id)
	require.NoError(t, err)
	command := models.Command{ID: "k", At: o.clock.read(), Actor: deputy, Body: models.Transfer{
		To: "120102", On: models.DateOf(o.clock.read()), Document: "d",
	}}
	events, err := loaded.Obligation.Decide(command, loaded.Rules)
	require.NoError(t, err)
	appended, err := o.archive.Append(t.Context(), store.Append{
		Command: command, Expected: loaded.Obligation.Sequence, Events: events, Now: o.clock.read(),
	})
	require.NoError(t, err)
	require.Equal(t, store.Appended, appended.Outcome, appended.Refusal)
	lines := reads[PageOf[TimelineView]](t, cadre.get(Prefix+"/obligations/"+id.String()+"/timeline"), http.StatusOK)
	require.Equal(t, &DeputyView{Account: "account-cadre-C-2", Name: "甲", For: CadreRef{ID: "C-2", Name: "张三"}}, lines.Items[0].Deputy)
	require.Nil(t, lines.Items[len(lines.Items)-1].Deputy)
}
