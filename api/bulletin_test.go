package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// bureau is a walk with those who work on the bulletin of the whole city.
type bureau struct {
	*walk
	inspector, signer *visitor
}

// aBureau has a bulletin of walkCycle being drafted.
func aBureau(t *testing.T) *bureau {
	w := newWalk(t)
	w.drafts(walkCycle)
	return &bureau{
		walk:      w,
		inspector: w.signedIn(w.account("city-inspector", auth.RoleInspector, "tj", "")),
		signer:    w.signedIn(w.account("city-signer", auth.RoleSigner, "tj", "")),
	}
}

func bulletinPath(id inspection.ID, rest string) string {
	return Prefix + "/bulletins/" + id.String() + "/1" + rest
}

func (d *bureau) read(v *visitor, id inspection.ID) BulletinView {
	d.Helper()
	got := v.get(bulletinPath(id, ""))
	require.Equal(d, http.StatusOK, got.status, got.body)
	var view BulletinView
	require.NoError(d, json.Unmarshal([]byte(got.body), &view))
	return view
}

func TestADraftIsSeenByThoseWhoWriteItByUnitsWhenAskedAndBySignersWhenAsked(t *testing.T) {
	d := aBureau(t)
	contact, cadre, district := d.walkers[auth.RoleContact], d.walkers[auth.RoleCadre], d.walkers[auth.RoleInspector]
	sees := func(v *visitor) int { return v.get(bulletinPath(walkCycle, "")).status }
	require.Equal(t, []int{200, 404, 404, 404, 404}, []int{sees(d.inspector), sees(d.signer), sees(contact), sees(cadre), sees(district)})
	require.Equal(t, []string{"redraft", "edit", "open-comments", "ask-signatures"}, d.read(d.inspector, walkCycle).Allowed)

	state := d.current(walkCycle)
	d.gives(walkCycle.Subject(), "inspector", inspection.OpenComments{Version: state.Version, Due: d.clock.read().Add(time.Hour)})
	require.Equal(t, []int{200, 200, 200, 404, 404}, []int{sees(d.inspector), sees(d.signer), sees(contact), sees(cadre), sees(district)})
	view := d.read(contact, walkCycle)
	require.Equal(t, []string{"comment"}, view.Allowed)
	require.Equal(t, []UnitRef{{ID: "120101", Name: "和平区"}}, view.Units)
	require.Empty(t, view.Number)
	require.Empty(t, view.Sections[0].Paragraphs[0].Editable, "who does not edit gets no tokens")
	far := contact.do(http.MethodPost, bulletinPath(walkCycle, "/comments"), map[string]string{"unit": "120102", "text": "意见"}, header("Idempotency-Key", "c1"))
	require.Equal(t, http.StatusForbidden, far.status, far.body)

	d.gives(walkCycle.Subject(), "account-walker-contact", inspection.Comment{Unit: "120101"})
	d.gives(walkCycle.Subject(), "account-walker-leader", inspection.Comment{Unit: "120102"})
	require.Len(t, d.read(contact, walkCycle).Comments, 1, "a unit reads its own comments")
	require.Len(t, d.read(d.inspector, walkCycle).Comments, 2)

	d.gives(walkCycle.Subject(), "inspector", inspection.CloseComments{})
	d.gives(walkCycle.Subject(), "inspector", inspection.AskSignatures{Version: d.current(walkCycle).Version})
	require.Equal(t, []int{200, 200, 404, 404, 404}, []int{sees(d.inspector), sees(d.signer), sees(contact), sees(cadre), sees(district)})
	require.Equal(t, []string{"sign"}, d.read(d.signer, walkCycle).Allowed)
}

func TestACycleShowsTheStageOfItsDraftToThoseWhoMayReadTheDraft(t *testing.T) {
	d := aBureau(t)
	stages := func(id inspection.ID) []string {
		var shown []string
		for _, v := range []*visitor{d.inspector, d.signer, d.walkers[auth.RoleContact], d.walkers[auth.RoleInspector]} {
			detail := reads[InspectionDetail](t, v.get(Prefix+"/inspections/"+id.String()), http.StatusOK)
			if detail.Bulletin == nil {
				detail.Bulletin = &BulletinRef{}
			}
			shown = append(shown, detail.Bulletin.Stage.Code)
		}
		return shown
	}
	require.Equal(t, []string{"drafting", "", "", ""}, stages(walkCycle))
	d.gives(walkCycle.Subject(), "inspector", inspection.OpenComments{Version: d.current(walkCycle).Version, Due: d.clock.read().Add(time.Hour)})
	require.Equal(t, []string{"commenting", "commenting", "commenting", ""}, stages(walkCycle))
	d.gives(walkCycle.Subject(), "inspector", inspection.CloseComments{})
	d.gives(walkCycle.Subject(), "inspector", inspection.AskSignatures{Version: d.current(walkCycle).Version})
	require.Equal(t, []string{"signing", "signing", "", ""}, stages(walkCycle))
	require.Equal(t, []string{"issued", "issued", "issued", "issued"}, stages(issuedCycle))

	d.gives(walkCycle.Subject(), "inspector", inspection.Cancel{})
	require.Equal(t, []string{"", "", "", ""}, stages(walkCycle), "nobody reads the draft of a cycle that was cancelled")
	require.NotContains(t, d.inspector.get(Prefix+"/bulletins?plan="+string(walkPlan)).body, walkCycle.String())
}

func TestAnInspectorDraftsBeforeAllReportsAreInAndOnceUnderOneKey(t *testing.T) {
	q := anInspection(t)
	path := bulletinPath(q.id, "/redraft")
	tag := q.inspector.get(q.base).header.Get("ETag")
	for _, role := range []auth.Role{auth.RoleContact, auth.RoleInspector} {
		q.officer(role, "120101").do(http.MethodPost, path, nil, key("early"), ifMatch(tag)).isProblem(t, problem.Forbidden, 403)
	}
	q.officer(auth.RoleSigner, "tj").do(http.MethodPost, path, nil, key("early"), ifMatch(tag)).isProblem(t, problem.Forbidden, 403)
	q.inspector.do(http.MethodPost, path, nil, key("early")).isProblem(t, problem.PreconditionRequired, 428)
	q.inspector.do(http.MethodPost, path, nil, key("early"), ifMatch(`"1"`)).isProblem(t, problem.Code(inspection.RefusedChanged), 412)
	q.inspector.do(http.MethodPost, Prefix+"/bulletins/"+q.id.String()+"/2/redraft", nil, key("second"), ifMatch(tag)).isProblem(t, problem.NotFound, 404)
	require.Zero(t, q.temporal.given, "what is refused never reaches the engine")

	early := q.inspector.acts(path, nil, "early", tag)
	require.EqualValues(t, 1, q.current(q.id).Version)
	again := q.inspector.acts(path, nil, "early", tag)
	require.Equal(t, early.body, again.body, "now there is a bulletin, and the answer is that of then")
	q.inspector.do(http.MethodPost, path, nil, key("late"), ifMatch(tag)).isProblem(t, problem.Code(inspection.RefusedChanged), 412)
	q.inspector.acts(path, nil, "late", early.header.Get("ETag"))
	require.EqualValues(t, 2, q.current(q.id).Version)
	require.Equal(t, early.body, q.inspector.acts(path, nil, "early", tag).body)
	require.Equal(t, 2, q.temporal.given)
}

func TestAnEditIsRefusedWithAllItsFaultsAtTheirPlaces(t *testing.T) {
	d := aBureau(t)
	view := d.read(d.inspector, walkCycle)
	sections := make([]EditSection, len(view.Sections))
	for i, section := range view.Sections {
		sections[i].Code = section.Code
		for _, paragraph := range section.Paragraphs {
			sections[i].Paragraphs = append(sections[i].Paragraphs, paragraph.Editable)
		}
	}
	put := func(key, version string, sections []EditSection) answer {
		return d.inspector.do(http.MethodPut, bulletinPath(walkCycle, "/text"), map[string]any{"sections": sections},
			header("Idempotency-Key", key), header("If-Match", version))
	}
	stale := put("e0", `"7"`, sections)
	stale.isProblem(t, problem.Code(inspection.RefusedBulletinStale), http.StatusPreconditionFailed)
	require.Equal(t, etag(view.Version), stale.header.Get("ETag"))

	at := len(sections[1].Paragraphs)
	sections[1].Paragraphs = append(sections[1].Paragraphs, "共办理99件。", "见{{f999}}。")
	refused := put("e1", etag(view.Version), sections)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status, refused.body)
	for _, place := range []string{strconv.Itoa(at), strconv.Itoa(at + 1)} {
		require.Contains(t, refused.body, `"location":"body.sections[1].paragraphs[`+place+`]"`)
	}

	sections[1].Paragraphs = append(sections[1].Paragraphs[:at], "各单位领导重视，措施具体。")
	taken := put("e2", etag(view.Version), sections)
	require.Equal(t, http.StatusServiceUnavailable, taken.status, "the text passes; nobody hosts the cycle here: %s", taken.body)
	require.Equal(t, http.StatusPreconditionRequired, d.inspector.do(http.MethodPut, bulletinPath(walkCycle, "/text"),
		map[string]any{"sections": sections}, header("Idempotency-Key", "e3")).status)
}

func TestAnIssuedBulletinIsEverybodysAndItsFilesAreThoseThatWereRegistered(t *testing.T) {
	d := aBureau(t)
	cadre := d.walkers[auth.RoleCadre]
	view := d.read(cadre, issuedCycle)
	require.Equal(t, "issued", view.Stage.Code)
	require.Contains(t, view.Number, "津政督〔")
	require.Empty(t, view.Allowed)
	require.Empty(t, view.Signatures, "who signed is for those who work on it")
	require.Len(t, d.read(d.inspector, issuedCycle).Signatures, 2)
	require.Equal(t, []string{"correct"}, d.read(d.inspector, issuedCycle).Allowed)
	for _, file := range view.Files {
		got := cadre.get(file.Href)
		require.Equal(t, http.StatusOK, got.status, got.body)
		require.Equal(t, `"`+file.SHA256+`"`, got.header.Get("ETag"))
		require.Len(t, got.body, int(file.Size))
		require.Contains(t, got.header.Get("Content-Disposition"), "attachment")
	}
	log := d.walkers[auth.RoleAuditor].get(Prefix + "/access-log?action=download-bulletin")
	require.Contains(t, log.body, "download-bulletin")
	require.Equal(t, http.StatusNotFound, cadre.get(Prefix+"/bulletins/"+issuedCycle.String()+"/2").status)

	list := cadre.get(Prefix + "/bulletins?plan=" + string(walkPlan))
	require.Contains(t, list.body, view.Number)
	require.NotContains(t, list.body, walkCycle.String(), "a draft is not listed")
	require.Contains(t, d.inspector.get(Prefix+"/bulletins?plan="+string(walkPlan)).body, walkCycle.String())
}

func TestAnIssuedFileIsGivenAsItWasKeptAndNeverAnotherInItsPlace(t *testing.T) {
	d := aBureau(t)
	cadre := d.walkers[auth.RoleCadre]
	file := d.read(cadre, issuedCycle).Files[0]
	made := cadre.get(file.Href)
	require.Equal(t, http.StatusOK, made.status, "files that were never kept are made again")
	key := store.BulletinFileKey(file.SHA256)
	require.NoError(t, d.blobs.WriteAll(t.Context(), key, []byte(made.body), nil))
	require.Equal(t, made.body, cadre.get(file.Href).body)
	require.NoError(t, d.blobs.WriteAll(t.Context(), key, []byte("something else"), nil))
	altered := cadre.get(file.Href)
	require.Equal(t, http.StatusInternalServerError, altered.status)
	require.NotContains(t, altered.body, "something else")
}

func TestEveryFigureOpensTheRowsThatGiveIt(t *testing.T) {
	d := aBureau(t)
	view := d.read(d.walkers[auth.RoleCadre], issuedCycle)
	require.NotEmpty(t, view.Figures)
	counted := 0
	for _, figure := range view.Figures {
		got := d.walkers[auth.RoleCadre].get(figure.Rows)
		require.Equal(t, http.StatusOK, got.status, got.body)
		var rows FigureRowsView
		require.NoError(t, json.Unmarshal([]byte(got.body), &rows))
		if strings.HasPrefix(figure.Definition, "应完成") && figure.Unit == "个" {
			sum := 0
			for _, row := range rows.Rows {
				number, err := strconv.Atoi(row.Cells[1])
				require.NoError(t, err)
				sum += number
			}
			require.Equal(t, figure.Value, strconv.Itoa(sum), figure.Definition)
			counted++
		}
	}
	require.Positive(t, counted, "%+v", view.Figures)
}

func TestAUnitWhoseReportWasEndedEarlyIsNotCalledInTime(t *testing.T) {
	var view FigureRowsView
	view.unitRows(inspection.Snapshot{Units: []inspection.UnitFigures{
		{Unit: "1", Report: inspection.ReportMissing}, {Unit: "2", Report: inspection.ReportMissing, Late: true}, {Unit: "3", Report: inspection.ReportConfirmed},
	}}, inspection.Query{Table: inspection.TableUnits})
	var times []string
	for _, row := range view.Rows {
		times = append(times, row.Cells[len(row.Cells)-1])
	}
	require.Equal(t, []string{"截止提前", "未按期", "按期"}, times)
}

func TestNamesOfIndividualsAreShownOnlyToThoseWhoMayReadThemAll(t *testing.T) {
	d := aBureau(t)
	_, err := d.archive.SQL().ExecContext(t.Context(), "UPDATE snapshot_goals SET light = 'red', met = 0 WHERE quarter = ?", walkCycle.Quarter.String())
	require.NoError(t, err)
	text, err := d.archive.RedraftBulletin(t.Context(), (&bulletinCase{
		cycle: &inspection.Inspection{ID: walkCycle}, state: inspection.BulletinState{Ordinal: 1},
	}).key(), "inspector", d.clock.read())
	require.NoError(t, err)
	d.gives(walkCycle.Subject(), "inspector", inspection.DraftBulletin{Digest: text.Digest})
	d.issues(walkCycle)
	restricted := func(v *visitor) int {
		count := 0
		for _, annex := range d.read(v, walkCycle).Annexes {
			if annex.Restricted {
				count++
			}
		}
		return count
	}
	require.Equal(t, []int{1, 1}, []int{restricted(d.inspector), restricted(d.signer)}, "they read every cadre of the city")
	for _, v := range []*visitor{d.walkers[auth.RoleContact], d.walkers[auth.RoleCadre], d.walkers[auth.RoleInspector]} {
		require.Zero(t, restricted(v))
	}
}

func TestAVerificationSaysItemByItemWhatItMeasuredAndNamesWhatWasChanged(t *testing.T) {
	d := aBureau(t)
	verify := func() BulletinVerifyView {
		got := d.inspector.get(bulletinPath(issuedCycle, "/verify"))
		require.Equal(t, http.StatusOK, got.status, got.body)
		var view BulletinVerifyView
		require.NoError(t, json.Unmarshal([]byte(got.body), &view))
		return view
	}
	good := verify()
	require.True(t, good.Good, "%+v", good.Steps)
	require.Len(t, good.Steps, 6+len(inspection.FileNames))
	_, err := d.archive.SQL().ExecContext(t.Context(), "UPDATE snapshot_goals SET required = required + 1 WHERE quarter = ? AND unit = '120101'", issuedCycle.Quarter.String())
	require.NoError(t, err)
	bad := verify()
	require.False(t, bad.Good)
	require.Contains(t, bad.Steps[1].Detail, "和平区（120101）")
	draft := d.inspector.get(bulletinPath(walkCycle, "/verify"))
	require.Equal(t, http.StatusConflict, draft.status, draft.body)
}
