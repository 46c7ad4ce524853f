package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// furnishRecords gives each cadre a draft, a piece of evidence, and a record in
// the first review.
func furnishRecords(w *walk) {
	for _, at := range places {
		w.keep("record", at, w.draft("draft-"+string(at), at))
		submitted := w.draft("submitted-"+string(at), at)
		w.keep("submitted", at, submitted)
		_, err := w.archive.SQL().ExecContext(w.Context(), "UPDATE records SET state = ?, stage = ? WHERE id = ?",
			string(models.StateUnderReview), string(models.StageDistrictScience), submitted)
		require.NoError(w, err)
		sha := strings.Repeat("0", 63) + map[place]string{own: "1", near: "2", far: "3"}[at]
		require.NoError(w, w.blobs.WriteAll(w.Context(), store.EvidenceKey(sha), []byte("evidence"), nil))
		path, err := w.archive.UnitPath(w.Context(), unitAt[at])
		require.NoError(w, err)
		added, err := w.archive.AddEvidence(w.Context(), store.Evidence{
			SHA256: sha, SM3: sha, Size: 8, MediaType: "application/pdf", FileName: "a.pdf", Purpose: store.EvidenceOfClaim,
			Cadre: cadreAt[at], UnitPath: path, UploadedBy: "somebody", UploadedAt: w.clock.read(),
		})
		require.NoError(w, err)
		w.keep("evidence", at, string(added.ID))
	}
}

// recordAs fills {record} with another kind of record than a draft.
func recordAs(kind string) func(*walk, place) call {
	return func(w *walk, at place) call { return call{values: map[string]string{"record": w.thing(kind, at)}} }
}

func (w *walk) draft(id string, at place) string {
	record, err := w.archive.CreateDraft(w.Context(), store.NewDraft{
		ID: models.RecordID(id), Obligation: models.ObligationID{Plan: walkPlan, Cadre: cadreAt[at]},
		Content: store.Content{Kind: "found", EnterpriseName: "甲公司"}, At: w.clock.read(),
	})
	require.NoError(w, err)
	return string(record.ID)
}

// recordRows: drafts and submissions are the cadre's own; what was claimed is
// read by all who work in that part of the tree.
func recordRows() map[string]row {
	record := thingAs("record")
	submitted := recordAs("submitted")
	evidenceOf := func(w *walk, at place) call {
		return call{values: map[string]string{"record": w.thing("record", at), "evidence": w.thing("evidence", at)}}
	}
	fields := map[string]string{"kind": "found"}
	return map[string]row{
		"list-records": {tree: readers, self: cadreOnly, granted: 200, shows: func(w *walk, at place) string {
			return `"` + w.thing("submitted", at) + `"`
		}},
		"get-record": {tree: readers, self: cadreOnly, granted: 200, call: submitted},
		"create-record": {self: cadreOnly, granted: 201, call: func(w *walk, at place) call {
			return call{body: map[string]string{"kind": "found", "obligation": w.thing("obligation", at)}}
		}},
		"edit-record":     {self: cadreOnly, granted: 428, call: bodyTo(record, fields)},
		"delete-record":   {self: cadreOnly, granted: 428, call: record},
		"attach-evidence": {self: cadreOnly, granted: 428, call: bodyTo(evidenceOf, map[string]string{"category": "licence"})},
		"detach-evidence": {self: cadreOnly, granted: 428, call: evidenceOf},
		"submit-record":   {self: cadreOnly, granted: 428, call: keyed("submit", record)},
		"withdraw-record": {self: cadreOnly, granted: 428, call: keyed("withdraw", record)},
		"upload-evidence": {
			any: []auth.Role{auth.RoleCadre, auth.RoleContact, auth.RoleLeader, auth.RoleOrganization, auth.RoleAdjudicator}, granted: http.StatusUnsupportedMediaType,
			call: func(*walk, place) call {
				return call{
					query: "purpose=document&name=a.pdf", body: "no pdf", headers: []with{header("Content-Type", "application/octet-stream")},
				}
			},
		},
		"get-evidence":      {tree: readers, self: cadreOnly, granted: 200, call: thingAs("evidence")},
		"download-evidence": {tree: readers, self: cadreOnly, granted: 200, call: thingAs("evidence")},
	}
}

// reviewRows: each stage has one role that acts; the others who see the record
// look on, the cadre among them. Temporal is down, so a decision that is allowed
// is answered with 503.
func reviewRows() map[string]row {
	onlookers := without(business, auth.RoleDistrictScience)
	at := func(w *walk, where place) call {
		return call{
			values:  map[string]string{"record": w.thing("submitted", where)},
			headers: []with{header("If-Match", etag(1))},
		}
	}
	decide := func(name string, body any) row {
		return row{
			tree: []auth.Role{auth.RoleDistrictScience}, onlookers: onlookers, granted: http.StatusServiceUnavailable,
			call: keyed(name, bodyTo(at, body)),
		}
	}
	return map[string]row{
		"review-queue":  {any: reviewers, granted: 200},
		"list-reviews":  {tree: readers, self: cadreOnly, granted: 200, call: recordAs("submitted")},
		"list-hints":    {tree: hintReaders, granted: 200, call: recordAs("submitted")},
		"accept-record": decide("accept", map[string]string{}),
		"return-record": decide("return", map[string]any{"reasons": map[string]string{"enterpriseName": "名称有误"}}),
		"reject-record": decide("reject", map[string]string{"remark": "不符合要求"}),
	}
}

func TestADraftIsSeenByNobodyButItsCadre(t *testing.T) {
	w := newWalk(t)
	for role, walker := range w.walkers {
		want := http.StatusNotFound
		switch {
		case role == auth.RoleCadre:
			want = http.StatusOK
		case !slices.Contains(readers, role):
			want = http.StatusForbidden
		}
		require.Equal(t, want, walker.get(Prefix+"/records/"+w.thing("record", own)).status, role)
	}
}

func TestEachStageOfTheReviewHasOneRole(t *testing.T) {
	w := newWalk(t)
	record := w.thing("submitted", near)
	for stage, acting := range map[models.Stage]auth.Role{
		models.StageDistrictScience:      auth.RoleDistrictScience,
		models.StageDistrictOrganization: auth.RoleDistrictOrganization,
		models.StageCityScience:          auth.RoleCityScience,
	} {
		_, err := w.archive.SQL().ExecContext(t.Context(), "UPDATE records SET stage = ? WHERE id = ?", string(stage), record)
		require.NoError(t, err)
		for _, role := range reviewers {
			got := w.walkers[role].do(http.MethodPost, Prefix+"/records/"+record+"/accept", map[string]string{},
				ifMatch(etag(1)), header("Idempotency-Key", string(stage)))
			want := http.StatusForbidden
			if role == acting {
				want = http.StatusServiceUnavailable
			}
			require.Equal(t, want, got.status, "%s in %s: %s", role, stage, got.body)
		}
	}
}

func TestReadsGoOnWhileTemporalIsDownAndCommandsSayWhenToComeAgain(t *testing.T) {
	w := newWalk(t)
	reviewer := w.walkers[auth.RoleDistrictScience]
	path := Prefix + "/records/" + w.thing("submitted", near)
	got := reviewer.do(http.MethodPost, path+"/accept", map[string]string{}, ifMatch(etag(1)), header("Idempotency-Key", "k"))
	got.isProblem(t, problem.EngineUnavailable, 503)
	require.NotEmpty(t, got.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, reviewer.get(path).status)
	require.Equal(t, http.StatusOK, reviewer.get(Prefix+"/obligations").status)
	require.Contains(t, w.visitor().get(pathMetrics).body, `bangfu_commands_total{kind="accept",outcome="engine-unavailable"} 1`)
}

func TestAFileIsTakenAsItIsAndAsAForm(t *testing.T) {
	w := newWalk(t)
	cadre := w.walkers[auth.RoleCadre]
	pdf := "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
	plain := cadre.do(http.MethodPost, Prefix+"/evidence?purpose=claim&name=a.pdf", pdf, header("Content-Type", "application/pdf"))
	require.Equal(t, http.StatusCreated, plain.status, plain.body)
	form := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n" +
		"Content-Type: application/pdf\r\n\r\n" + pdf + "\r\n--x--\r\n"
	formed := cadre.do(http.MethodPost, Prefix+"/evidence?purpose=claim", form, header("Content-Type", "multipart/form-data; boundary=x"))
	require.Equal(t, http.StatusCreated, formed.status, formed.body)
	require.Equal(t, plain.field(t, "sha256"), formed.field(t, "sha256"))
	got := cadre.get(plain.header.Get("Location") + "/content")
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, pdf, got.body)
}

// hintReaders are told what is remarkable about others' claims.
var hintReaders = []auth.Role{
	auth.RoleDistrictScience, auth.RoleDistrictOrganization, auth.RoleCityScience,
	auth.RoleOrganization, auth.RoleAdjudicator, auth.RoleInspector,
}
