package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/seeds"
)

// aPlannedHouse is a house with the real plan, on a day in January 2014.
func aPlannedHouse(t *testing.T) *house {
	t.Helper()
	h := aHouse(t)
	h.clock.now = models.MustDate("2014-01-06").Start().Add(10 * time.Hour)
	read, err := seeds.Load(seeds.Embedded())
	require.NoError(t, err)
	require.NoError(t, read.Apply(t.Context(), h.archive))
	return h
}

// reporter is a contact who reports for a unit.
func (h *house) reporter(unit models.UnitID) *visitor {
	return h.signedIn(h.account("contact-"+string(unit), auth.RoleContact, unit, ""))
}

func entryPath(unit, quarter, item string) string {
	return Prefix + "/plans/tianjin-2013/progress/sheets/" + unit + "/" + quarter + "/" + item
}

// report puts an entry and answers what came of it.
func (v *visitor) report(key, match, path string, body map[string]any) answer {
	v.Helper()
	return v.do(http.MethodPut, path, body, header("Idempotency-Key", key), header("If-Match", match))
}

func figures(of ...string) map[string]any { return map[string]any{"figures": of} }

// tally reads the tally of one indicator.
func (v *visitor) tally(quarter string, task, ordinal int) TallyView {
	v.Helper()
	got := v.get(Prefix + "/plans/tianjin-2013/progress?quarter=" + quarter)
	require.Equal(v, http.StatusOK, got.status, got.body)
	var body ProgressBody
	require.NoError(v, json.Unmarshal([]byte(got.body), &body.Body))
	for _, item := range body.Body.Items {
		if item.Indicator.Task == task && item.Indicator.Ordinal == ordinal {
			return item
		}
	}
	require.Fail(v, "no such item")
	return TallyView{}
}

func TestSharesOfDistrictsAddUpToTheCitysFigureHeldAgainstTheSchedule(t *testing.T) {
	h := aPlannedHouse(t)
	heping, hedong := h.reporter("120101"), h.reporter("120102")
	require.Equal(t, http.StatusOK, heping.report("k1", `"0"`, entryPath("120101-zf", "2013Q4", "6/1"), figures("1,500")).status)
	require.Equal(t, http.StatusOK, hedong.report("k2", `"0"`, entryPath("120102-zf", "2013Q4", "6/1"), figures("499")).status)
	tally := heping.tally("2013Q4", 6, 1)
	require.Equal(t, "1999", tally.Reported)
	require.Equal(t, "behind", tally.State.Code, "a third of 6000 is 2000")
	require.Equal(t, 2, tally.Reporting)
	require.Len(t, tally.Answerers, 16)
	require.Equal(t, "floor", tally.System.Scope.Code)
	require.Equal(t, "+1999", tally.Difference)
	require.Equal(t, http.StatusOK, hedong.report("k3", `"1"`, entryPath("120102-zf", "2013Q4", "6/1"), figures("500")).status)
	require.Equal(t, "on-schedule", heping.tally("2013Q4", 6, 1).State.Code)
	require.Equal(t, http.StatusOK, hedong.report("k4", `"2"`, entryPath("120102-zf", "2013Q4", "6/1"), figures("9000")).status)
	over := heping.tally("2013Q4", 6, 1)
	require.Equal(t, "done", over.State.Code)
	require.Equal(t, "175", over.Percent, "not capped")
	require.NotContains(t, heping.get(Prefix+"/plans/tianjin-2013/progress/entries").body, "120102-zf", "another district's share")
}

func TestAReportSentTwiceIsOneAndAStaleOneIsToldWhatStandsThere(t *testing.T) {
	h := aPlannedHouse(t)
	contact := h.reporter("tj-kw")
	at := entryPath("tj-kw", "2013Q4", "3/1")
	first, again := contact.report("k", `"0"`, at, figures("80")), contact.report("k", `"0"`, at, figures("80"))
	require.Equal(t, http.StatusOK, first.status, first.body)
	require.Equal(t, first.body, again.body)
	require.Equal(t, `"1"`, first.header.Get("ETag"))
	contact.report("k", `"0"`, at, figures("81")).isProblem(t, problem.IdempotencyReused, http.StatusUnprocessableEntity)
	stale := contact.report("other", `"0"`, at, figures("90"))
	stale.isProblem(t, problem.VersionConflict, http.StatusPreconditionFailed)
	require.Contains(t, stale.body, "80")
	require.Equal(t, `"1"`, stale.header.Get("ETag"))
	contact.do(http.MethodPut, at, figures("90"), header("Idempotency-Key", "x")).isProblem(t, problem.PreconditionRequired, http.StatusPreconditionRequired)
	contact.do(http.MethodPut, at, figures("90"), header("If-Match", `"1"`)).isProblem(t, problem.IdempotencyMissing, http.StatusBadRequest)
}

func TestAReportThatTheRulesDoNotAllowSaysWhichFieldAndWhy(t *testing.T) {
	h := aPlannedHouse(t)
	contact := h.reporter("tj-kw")
	require.Equal(t, http.StatusOK, contact.report("k", `"0"`, entryPath("tj-kw", "2013Q3", "3/1"), figures("80")).status)
	for name, given := range map[string]struct {
		item, quarter string
		body          map[string]any
		field, says   string
	}{
		"fell":          {"3/1", "2013Q4", figures("79"), "body.note", "减少"},
		"no number":     {"3/1", "2013Q4", figures("约80"), "body.figures", "不小于 0"},
		"no figure":     {"3/1", "2013Q4", map[string]any{"milestone": "推进中"}, "body.figures", "数量目标"},
		"a ratio":       {"39/1", "2013Q4", figures("11", "10"), "body.figures", "其中数"},
		"not theirs":    {"53/1", "2013Q4", figures("1"), "path.task", "不答复"},
		"no such":       {"3/9", "2013Q4", figures("1"), "path.task", "不答复"},
		"not begun":     {"3/1", "2014Q2", figures("1"), "path.quarter", "尚未开始"},
		"outside":       {"3/1", "2012Q4", figures("1"), "path.quarter", "计划期"},
		"no quarter":    {"3/1", "2013Q5", figures("1"), "path.quarter", "2013Q4"},
		"not evidence":  {"3/1", "2013Q4", map[string]any{"figures": []string{"81"}, "evidence": []string{"absent"}}, "body.evidence", "材料"},
		"only a number": {"5/0", "2013Q4", map[string]any{}, "body.figures", "进展情况"},
	} {
		got := contact.report("key-"+strings.ReplaceAll(name, " ", "-"), `"0"`, entryPath("tj-kw", given.quarter, given.item), given.body)
		got.isProblem(t, problem.RequestInvalid, http.StatusUnprocessableEntity)
		require.Contains(t, got.body, `"location":"`+given.field+`"`, name)
		require.Contains(t, got.body, given.says, name)
	}
	ok := contact.report("noted", `"0"`, entryPath("tj-kw", "2013Q4", "3/1"), map[string]any{"figures": []string{"79"}, "note": "上季度多计一项"})
	require.Equal(t, http.StatusOK, ok.status, ok.body)
}

func TestAFiledReportsEntriesCannotBeChanged(t *testing.T) {
	h := aPlannedHouse(t)
	contact := h.reporter("tj-kw")
	id := inspection.ID{Plan: "tianjin-2013", Quarter: models.MustQuarter("2013Q4")}
	require.NoError(t, h.archive.LockProgress(t.Context(), id, "tj-kw", h.clock.read()))
	contact.report("k", `"0"`, entryPath("tj-kw", "2013Q4", "3/1"), figures("80")).isProblem(t, problem.ProgressLocked, http.StatusConflict)
	sheet := contact.get(Prefix + "/plans/tianjin-2013/progress/sheets/tj-kw?quarter=2013Q4")
	require.Equal(t, false, sheet.field(t, "editable"))
}

func TestTheFormBringsTheFormerFigureAndWhatBangfuKnowsOfTheUnit(t *testing.T) {
	h := aPlannedHouse(t)
	contact := h.reporter("120101")
	require.Equal(t, http.StatusOK, contact.report("k", `"0"`, entryPath("120101-zf", "2013Q3", "6/1"), figures("60")).status)
	var sheet SheetBody
	got := contact.get(Prefix + "/plans/tianjin-2013/progress/sheets/120101-zf?quarter=2013Q4")
	require.NoError(t, json.Unmarshal([]byte(got.body), &sheet.Body), got.body)
	require.True(t, sheet.Body.Editable)
	byTask := map[int]SheetItemView{}
	for _, item := range sheet.Body.Items {
		byTask[item.Indicator.Task] = item
	}
	require.Equal(t, []string{"60"}, byTask[6].Former)
	require.Equal(t, "0", byTask[6].System.Value)
	require.True(t, byTask[6].Shared)
	require.Equal(t, `"0"`, byTask[6].Entry.ETag)
	require.Contains(t, byTask, 52, "the district's share of the money")
	require.NotContains(t, byTask, 3, "the science commission answers for that")
}

func TestEvidenceOfProgressIsTheUnitsOwnAndReadWhereItsReportIs(t *testing.T) {
	h := aPlannedHouse(t)
	contact, stranger := h.reporter("120101"), h.reporter("120102")
	uploaded := contact.do(http.MethodPost, Prefix+"/evidence?purpose=progress&unit=120101-zf&name="+url.QueryEscape("证明.pdf"), "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF",
		header("Content-Type", "application/octet-stream"))
	require.Equal(t, http.StatusCreated, uploaded.status, uploaded.body)
	id, _ := uploaded.field(t, "id").(string)
	body := map[string]any{"figures": []string{"60"}, "evidence": []string{id}}
	require.Equal(t, http.StatusOK, contact.report("k", `"0"`, entryPath("120101-zf", "2013Q4", "6/1"), body).status)
	stranger.report("k", `"0"`, entryPath("120102-zf", "2013Q4", "6/1"), body).isProblem(t, problem.RequestInvalid, http.StatusUnprocessableEntity)
	require.Equal(t, http.StatusOK, contact.get(Prefix+"/evidence/"+id).status)
	require.Equal(t, http.StatusNotFound, stranger.get(Prefix+"/evidence/"+id).status)
	kept, err := h.archive.Evidence(t.Context(), store.Everything(), models.EvidenceID(id))
	require.NoError(t, err)
	require.Equal(t, store.EvidenceOfProgress, kept.Purpose)
}

func TestFiltersNarrowTheIndicatorsAndEveryTaskHasAState(t *testing.T) {
	h := aPlannedHouse(t)
	contact := h.reporter("tj-kw")
	require.Equal(t, http.StatusOK, contact.report("k", `"0"`, entryPath("tj-kw", "2013Q4", "3/1"), figures("300")).status)
	ask := func(query string) ProgressBody {
		var body ProgressBody
		got := contact.get(Prefix + "/plans/tianjin-2013/progress?" + query)
		require.NoError(t, json.Unmarshal([]byte(got.body), &body.Body), got.body)
		return body
	}
	all := ask("")
	require.Equal(t, "2013Q4", all.Body.Quarter.String(), "the last one that has ended")
	require.Len(t, all.Body.Tasks, 56)
	counted := 0
	for _, section := range all.Body.Sections {
		for _, number := range section.States {
			counted += number
		}
	}
	require.Equal(t, 56, counted)
	require.Len(t, ask("state=done").Body.Items, 1)
	for _, item := range ask("unit=tj-zzb").Body.Items {
		require.Contains(t, []int{46, 56}, item.Indicator.Task)
	}
	require.Len(t, ask("task=41").Body.Items, 3)
	require.Contains(t, ask("task=41").Body.Items[2].Indicator.Ambiguity, "未写明")
	section := all.Body.Sections[1].Title
	for _, item := range ask("section=" + url.QueryEscape(section)).Body.Items {
		require.Equal(t, section, item.Section)
	}
	require.Equal(t, http.StatusUnprocessableEntity, contact.get(Prefix+"/plans/tianjin-2013/progress?quarter=nonsense").status)
}
