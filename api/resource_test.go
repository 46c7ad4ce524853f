package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/seeds"
)

const testPlan models.PlanID = "tianjin-2013"

// office is a house in the middle of the plan, with cadres under the duty.
type office struct{ *house }

func anOffice(t *testing.T) *office {
	t.Helper()
	return furnished(t, aHouse(t))
}

// furnished moves an office with its plan into a house, on a day of 2014.
func furnished(t *testing.T, h *house) *office {
	t.Helper()
	o := &office{h}
	o.clock.advance(time.Date(2014, 3, 3, 2, 0, 0, 0, time.UTC).Sub(o.clock.read()))
	read, err := seeds.Load(seeds.Embedded())
	require.NoError(t, err)
	require.NoError(t, read.Apply(t.Context(), o.archive))
	return o
}

// cadre enrols a cadre in a unit and opens a browser for them.
func (o *office) cadre(id models.CadreID, unit models.UnitID) *visitor {
	o.Helper()
	require.NoError(o, o.archive.SaveCadres(o.Context(), []models.Cadre{{ID: id, Name: "张三", Rank: models.RankDivision}}))
	from, due := models.MustDate("2013-01-01"), models.MustDate("2015-12-31")
	require.NoError(o, o.archive.SavePostings(o.Context(), []models.Posting{{Cadre: id, Unit: unit, Title: "处长", From: from}}))
	_, err := o.archive.Enrol(o.Context(), []store.Enrolment{{Command: models.Command{
		ID: models.CommandID("enrol-" + string(id)), At: from.Start(), Actor: models.Actor{Account: models.SystemAccount},
		Body: models.Enrol{Obligation: models.ObligationID{Plan: testPlan, Cadre: id}, Unit: unit, From: from, Due: due},
	}}}, from.Start())
	require.NoError(o, err)
	return o.signedIn(o.account("cadre-"+string(id), auth.RoleCadre, unit, id))
}

func (o *office) officer(role auth.Role, unit models.UnitID) *visitor {
	o.Helper()
	return o.signedIn(o.account(fmt.Sprintf("%s-%s", role, unit), role, unit, ""))
}

// enterprise registers a company and gives its key.
func (o *office) enterprise(body string) models.EnterpriseKey {
	o.Helper()
	key, err := models.NewOrganizationCode(body)
	require.NoError(o, err)
	require.NoError(o, o.archive.SaveEnterprises(o.Context(), []models.Enterprise{{
		Key: key, Name: "天津" + body + "科技有限公司", Established: models.MustDate("2013-06-18"), Unit: "120101",
	}}))
	return key
}

// reads decodes an answer.
func reads[T any](t *testing.T, got answer, status int) T {
	t.Helper()
	require.Equal(t, status, got.status, got.body)
	var value T
	require.NoError(t, json.Unmarshal([]byte(got.body), &value), got.body)
	return value
}

// upload sends a form with one file.
func (v *visitor) upload(path, name, mediaType string, content []byte) answer {
	v.Helper()
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	head := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="%s"`, name)}}
	if mediaType != "" {
		head.Set("Content-Type", mediaType)
	}
	part, err := writer.CreatePart(head)
	require.NoError(v, err)
	_, err = part.Write(content)
	require.NoError(v, err)
	require.NoError(v, writer.Close())
	return v.do(http.MethodPost, Prefix+path, form.String(), header("Content-Type", writer.FormDataContentType()))
}

func (v *visitor) draft(cadre models.CadreID, key models.EnterpriseKey) (string, answer) {
	v.Helper()
	got := v.do(http.MethodPost, Prefix+"/records", map[string]string{
		"obligation": string(testPlan) + "." + string(cadre), "kind": "found",
		"enterprise": string(key), "occurredOn": "2013-09-10", "summary": "协助办理登记",
	})
	require.Equal(v, http.StatusCreated, got.status, got.body)
	return strings.TrimPrefix(got.header.Get("Location"), Prefix+"/records/"), got
}

// key is the idempotency key of a request.
func key(text string) with { return header("Idempotency-Key", text) }

func TestADraftTakesFromTheRegistryWhatNeedsNoTyping(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	_, got := o.draftOf(cadre, "C-1", "A1234567")
	detail := reads[RecordDetail](t, got, http.StatusCreated)
	require.Equal(t, "天津A1234567科技有限公司", detail.Record.EnterpriseName)
	require.Equal(t, models.MustDate("2013-06-18"), detail.Record.Established)
	require.Equal(t, "草稿", detail.Record.State.Text)
	require.True(t, detail.Record.Editable)
	require.Equal(t, "张三", detail.Record.Cadre.Name)
	require.NotEmpty(t, detail.Missing, "the policy asks for evidence that the draft lacks")
	require.Equal(t, `"1"`, got.header.Get("ETag"))
}

func (o *office) draftOf(cadre *visitor, id models.CadreID, body string) (string, answer) {
	o.Helper()
	return cadre.draft(id, o.enterprise(body))
}

func TestAnEditOnAnOldVersionIsRefusedWithWhatIsThereNow(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	id, _ := o.draftOf(cadre, "C-1", "A1234567")
	form := map[string]string{"kind": "found", "summary": "第一次修改"}
	path := Prefix + "/records/" + id
	cadre.do(http.MethodPut, path, form).isProblem(t, problem.PreconditionRequired, 428)
	got := cadre.do(http.MethodPut, path, form, ifMatch(`"1"`))
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Equal(t, `"2"`, got.header.Get("ETag"))

	stale := cadre.do(http.MethodPut, path, form, ifMatch(`"1"`))
	stale.isProblem(t, problem.VersionConflict, 412)
	require.Contains(t, stale.body, "草稿")
	require.Equal(t, `"2"`, stale.header.Get("ETag"))
	cadre.do(http.MethodDelete, path, nil, ifMatch(`"1"`)).isProblem(t, problem.VersionConflict, 412)
	require.Equal(t, http.StatusNoContent, cadre.do(http.MethodDelete, path, nil, ifMatch(`"2"`)).status)
	cadre.get(path).isProblem(t, problem.NotFound, 404)
}

func TestASubmissionNeedsItsKeyItsVersionAndARegisteredEnterprise(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	id, _ := o.draftOf(cadre, "C-1", "A1234567")
	path := Prefix + "/records/" + id + "/submit"
	cadre.do(http.MethodPost, path, nil, ifMatch(`"1"`)).isProblem(t, problem.IdempotencyMissing, 400)
	cadre.do(http.MethodPost, path, nil, key("a")).isProblem(t, problem.PreconditionRequired, 428)
	cadre.do(http.MethodPost, path, nil, key("a"), ifMatch("3")).isProblem(t, problem.PreconditionInvalid, 400)
	cadre.do(http.MethodPost, path, nil, key("a"), ifMatch(`"7"`)).isProblem(t, problem.VersionConflict, 412)

	down := cadre.do(http.MethodPost, path, nil, key("a"), ifMatch(`"1"`))
	down.isProblem(t, problem.EngineUnavailable, 503)
	require.NotEmpty(t, down.header.Get("Retry-After"))
	again := cadre.do(http.MethodPost, path, nil, key("a"), ifMatch(`"1"`))
	again.isProblem(t, problem.EngineUnavailable, 503)
	other, _ := o.draftOf(cadre, "C-1", "B1234567")
	cadre.do(http.MethodPost, Prefix+"/records/"+other+"/submit", nil, key("a"), ifMatch(`"1"`)).
		isProblem(t, problem.IdempotencyReused, 422)

	unknown, _ := cadre.draft("C-1", "D2143569X")
	got := cadre.do(http.MethodPost, Prefix+"/records/"+unknown+"/submit", nil, key("b"), ifMatch(`"1"`))
	got.isProblem(t, problem.Code(models.RefusedEnterpriseKey), 422)
	require.Contains(t, got.body, "尚未登记")
}

func TestASubmitCommandIsComposedFromTheDraftAndTheCalendar(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	id, _ := o.draftOf(cadre, "C-1", "A1234567")
	evidence := reads[EvidenceView](t, cadre.upload("/evidence", "营业执照.pdf", "application/pdf", aPDF()), http.StatusCreated)
	attached := cadre.do(http.MethodPut, Prefix+"/records/"+id+"/evidence/"+string(evidence.ID),
		map[string]string{"category": "licence"}, ifMatch(`"1"`))
	require.Equal(t, http.StatusOK, attached.status, attached.body)

	record, err := o.archive.Record(t.Context(), store.Everything(), models.RecordID(id))
	require.NoError(t, err)
	rules, err := o.archive.Rules(t.Context(), 1)
	require.NoError(t, err)
	calendar, err := o.archive.Calendar(t.Context())
	require.NoError(t, err)
	composed := submission{record: record, rules: rules, calendar: calendar, now: o.clock.read()}
	body := composed.submit()
	require.Equal(t, models.RecordID(id), body.Record)
	require.EqualValues(t, 2, body.Version, "attaching evidence is a change of the draft")
	require.Equal(t, []models.EvidenceCategory{"licence"}, body.Evidence)
	// Monday 2014-03-03 plus five working days is Monday 2014-03-10, 24:00.
	require.Equal(t, models.MustDate("2014-03-10").End(), body.ReviewDue)

	composed.record.State, composed.record.Stage = models.StateReturned, models.StageCityScience
	require.Equal(t, models.MustDate("2014-03-17").End(), composed.submit().ReviewDue, "a corrected record goes back to its stage")
	words, err := composed.words()
	require.NoError(t, err)
	require.Contains(t, string(words.Claim), "协助办理登记")
}

func TestADecisionIsComposedWithTheNextStagesDeadline(t *testing.T) {
	o := anOffice(t)
	rules, err := o.archive.Rules(t.Context(), 1)
	require.NoError(t, err)
	calendar, err := o.archive.Calendar(t.Context())
	require.NoError(t, err)
	made := decision{rules: rules, calendar: calendar, now: o.clock.read()}
	made.record = store.Record{ID: "R", Stage: models.StageDistrictOrganization}
	require.Equal(t, models.MustDate("2014-03-17").End(), made.accept().ReviewDue, "ten working days for the city")
	made.record.Stage = models.StageCityScience
	require.True(t, made.accept().ReviewDue.IsZero(), "nobody acts after the last stage")
	back := made.giveBack(map[string]string{"summary": "过简", "evidence.licence": "不清晰"})
	require.Equal(t, []string{"evidence.licence", "summary"}, back.Fields)
	require.Equal(t, models.MustDate("2014-03-17").End(), back.CorrectionDue)
}
