package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

func TestAPageTokenBelongsToItsFilters(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	o.cadre("C-2", "120101")
	o.cadre("C-3", "120102")
	city := o.officer(auth.RoleOrganization, "tj")
	first := reads[PageOf[ObligationView]](t, city.get(Prefix+"/obligations?size=2"), http.StatusOK)
	require.Len(t, first.Items, 2)
	require.NotEmpty(t, first.Next)
	second := reads[PageOf[ObligationView]](t, city.get(Prefix+"/obligations?size=2&after="+first.Next), http.StatusOK)
	require.Len(t, second.Items, 1)
	require.Empty(t, second.Next)
	city.get(Prefix+"/obligations?light=red&after="+first.Next).isProblem(t, problem.CursorInvalid, 400)
	city.get(Prefix+"/cadres?after="+first.Next).isProblem(t, problem.CursorInvalid, 400)
	huge := reads[PageOf[ObligationView]](t, city.get(Prefix+"/obligations?size=1000000"), http.StatusOK)
	require.Len(t, huge.Items, 3)

	heping := o.officer(auth.RoleOrganization, "120101")
	part := reads[PageOf[ObligationView]](t, heping.get(Prefix+"/obligations?size=1&after="+first.Next), http.StatusOK)
	for _, item := range part.Items {
		require.Equal(t, models.UnitID("120101"), item.Unit.ID, "a token never opens what lies outside the reach")
	}
}

func TestAStandingIsExplainedInChineseAndCountsOpenTheirRows(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	city := o.officer(auth.RoleOrganization, "tj")
	got := city.get(Prefix + "/obligations/tianjin-2013.C-1")
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Equal(t, `"1"`, got.header.Get("ETag"))
	require.Contains(t, got.body, "未达序时进度")
	require.Contains(t, got.body, "距到期日 2015年12月31日 还有")
	counts := reads[struct {
		Total  int64            `json:"total"`
		Lights map[string]int64 `json:"lights"`
	}](t, city.get(Prefix+"/obligations/counts"), http.StatusOK)
	require.EqualValues(t, 1, counts.Total)
	for light, number := range counts.Lights {
		rows := reads[PageOf[ObligationView]](t, city.get(Prefix+"/obligations?light="+light), http.StatusOK)
		require.Len(t, rows.Items, int(number), light)
	}
}

func TestTheTimelineReadsAsSentencesAndTheChainProvesItself(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	timeline := reads[PageOf[TimelineView]](t, cadre.get(Prefix+"/obligations/tianjin-2013.C-1/timeline"), http.StatusOK)
	require.Equal(t, "建立帮扶责任，期限自 2013年1月1日 至 2015年12月31日，适用政策第 1 版", timeline.Items[0].Text)
	events := reads[PageOf[EntryView]](t, cadre.get(Prefix+"/obligations/tianjin-2013.C-1/events"), http.StatusOK)
	require.Len(t, events.Items[0].SHA256, 64)
	archivist := o.officer(auth.RoleArchivist, "tj")
	verdict := archivist.get(Prefix + "/obligations/tianjin-2013.C-1/events/verdict")
	require.Equal(t, true, verdict.field(t, "whole"), verdict.body)
}

func TestEvidenceIsTakenByItsContentAndGivenBackSafely(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	o.cadre("C-2", "120102")
	added := reads[EvidenceView](t, cadre.upload("/evidence", "营业执照.pdf", "application/pdf", aPDF()), http.StatusCreated)
	require.Equal(t, "营业执照.pdf", added.FileName)
	again := reads[EvidenceView](t, cadre.upload("/evidence", "副本.pdf", "", aPDF()), http.StatusCreated)
	require.Equal(t, added.SHA256, again.SHA256)

	file := cadre.get(Prefix + "/evidence/" + string(added.ID) + "/content")
	require.Equal(t, http.StatusOK, file.status)
	require.Equal(t, string(aPDF()), file.body)
	require.Equal(t, "nosniff", file.header.Get("X-Content-Type-Options"))
	require.Contains(t, file.header.Get("Content-Disposition"), "attachment; ")
	require.Contains(t, file.header.Get("Content-Disposition"), "filename*=UTF-8''%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7.pdf")

	stranger := o.officer(auth.RoleDistrictScience, "120102")
	stranger.get(Prefix+"/evidence/"+string(added.ID)).isProblem(t, problem.NotFound, 404)
	stranger.get(Prefix+"/evidence/"+string(added.ID)+"/content").isProblem(t, problem.NotFound, 404)
}

func TestAnUploadThatIsNotWhatItSaysLeavesNothing(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	program := append([]byte("MZ\x90\x00"), make([]byte, 300)...)
	cadre.upload("/evidence", "认定.pdf", "application/pdf", program).isProblem(t, problem.MediaType, 415)
	cadre.upload("/evidence", "照片.png", "image/png", aPDF()).isProblem(t, problem.MediaType, 415)
	cadre.upload("/evidence", "a.pdf", "", nil).isProblem(t, problem.RequestInvalid, 422)
	cadre.upload("/evidence", "\xc4\xe3.pdf", "", aPDF()).isProblem(t, problem.RequestInvalid, 422)
	raw := cadre.do(http.MethodPost, Prefix+"/evidence?name=a.pdf", string(aPDF()), header("Content-Type", "application/pdf"))
	require.Equal(t, http.StatusCreated, raw.status, raw.body)
	broken := cadre.do(http.MethodPost, Prefix+"/evidence", "--x\r\nbroken", header("Content-Type", "multipart/form-data; boundary=x"))
	broken.isProblem(t, problem.RequestMalformed, 400)
}

func TestAnUploadOverTheLimitIsRefused(t *testing.T) {
	h := aHouse(t, func(s *Settings) { s.MaximumUpload = 1 << 20 })
	cadre := h.signedIn(h.account("c", auth.RoleCadre, "120101", "C-1"))
	large := append(aPDF(), make([]byte, 1<<20)...)
	cadre.upload("/evidence", "a.pdf", "", large).isProblem(t, problem.RequestTooLarge, 413)
}

func TestAnEnterpriseIsRegisteredOnceAndItsCodesAreJudged(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	form := map[string]string{"name": "天津示例科技有限公司", "organizationCode": "D2143569-X", "established": "2013-06-18"}
	got := cadre.do(http.MethodPost, Prefix+"/enterprises", form)
	require.Equal(t, http.StatusCreated, got.status, got.body)
	twice := cadre.do(http.MethodPost, Prefix+"/enterprises", form)
	twice.isProblem(t, problem.Duplicate, 409)
	require.Contains(t, twice.body, "天津示例科技有限公司")
	form["organizationCode"] = "D2143569-1"
	wrong := cadre.do(http.MethodPost, Prefix+"/enterprises", form)
	wrong.isProblem(t, problem.RequestInvalid, 422)
	require.Contains(t, wrong.body, "校验位不符，应为 X")

	check := reads[CodeCheckView](t, cadre.get(Prefix+"/enterprise-codes/d2143569x"), http.StatusOK)
	require.True(t, check.Valid)
	require.Equal(t, "天津示例科技有限公司", check.Enterprise.Name)
	check = reads[CodeCheckView](t, cadre.get(Prefix+"/enterprise-codes/91350100M000100Y4Z"), http.StatusOK)
	require.False(t, check.Valid)

	edited := cadre.do(http.MethodPatch, Prefix+"/enterprises/D2143569X", map[string]string{"name": "天津更名科技有限公司"}, ifMatch(`"1"`))
	require.Equal(t, http.StatusOK, edited.status, edited.body)
	require.Contains(t, edited.body, "天津示例科技有限公司", "the old name stays as a former name")
	cadre.do(http.MethodPatch, Prefix+"/enterprises/D2143569X", map[string]string{"name": "再更名"}, ifMatch(`"1"`)).
		isProblem(t, problem.VersionConflict, 412)
	found := reads[PageOf[EnterpriseView]](t, cadre.get(Prefix+"/enterprises?text=%E7%A4%BA%E4%BE%8B"), http.StatusOK)
	require.Len(t, found.Items, 1, "people go on searching by the former name")
}

func TestACodeThatFailsTakesTwoPeople(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	licence := reads[EvidenceView](t, cadre.upload("/evidence", "执照.pdf", "", aPDF()), http.StatusCreated)
	asked := reads[OverrideView](t, cadre.do(http.MethodPost, Prefix+"/enterprise-overrides",
		map[string]string{"code": "D2143569-1", "document": string(licence.ID), "reason": "证照如此"}), http.StatusCreated)
	science := o.officer(auth.RoleDistrictScience, "120101")
	require.Len(t, reads[PageOf[OverrideView]](t, science.get(Prefix+"/enterprise-overrides"), http.StatusOK).Items, 1)
	approved := reads[OverrideView](t, science.do(http.MethodPost, Prefix+"/enterprise-overrides/"+asked.ID+"/approve", nil), http.StatusOK)
	require.NotNil(t, approved.ApprovedAt)
	got := cadre.do(http.MethodPost, Prefix+"/enterprises", map[string]string{"name": "天津某某公司", "organizationCode": "D2143569-1"})
	require.Equal(t, http.StatusCreated, got.status, got.body)
}

func TestTheClocksDecisionsAskForKeyVersionDocumentAndDistance(t *testing.T) {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	organization := o.officer(auth.RoleOrganization, "120101")
	path := Prefix + "/obligations/tianjin-2013.C-1/suspend"
	body := map[string]string{"from": "2014-03-01", "ground": "illness", "document": "absent"}
	organization.do(http.MethodPost, path, body, ifMatch(`"1"`)).isProblem(t, problem.IdempotencyMissing, 400)
	organization.do(http.MethodPost, path, body, key("k")).isProblem(t, problem.PreconditionRequired, 428)
	organization.do(http.MethodPost, path, body, key("k"), ifMatch(`"9"`)).isProblem(t, problem.VersionConflict, 412)
	organization.do(http.MethodPost, path, body, key("k"), ifMatch(`"1"`)).isProblem(t, problem.RequestInvalid, 422)
	document := reads[EvidenceView](t, organization.upload("/evidence?purpose=document", "批复.pdf", "", aPDF()), http.StatusCreated)
	body["document"] = string(document.ID)
	proposed := organization.do(http.MethodPost, path, body, key("k"), ifMatch(`"1"`))
	require.Equal(t, http.StatusAccepted, proposed.status, "the policy wants a second person: %s", proposed.body)
	require.Equal(t, "proposed", proposed.field(t, "state"))
	closing := map[string]string{"ground": "retirement", "document": body["document"]}
	organization.do(http.MethodPost, Prefix+"/obligations/tianjin-2013.C-1/close", closing, key("c"), ifMatch(`"1"`)).
		isProblem(t, problem.EngineUnavailable, 503)

	own := o.signedIn(o.account("both", auth.RoleOrganization, "120101", "C-1"))
	own.do(http.MethodPost, path, body, key("own"), ifMatch(`"1"`)).isProblem(t, problem.Forbidden, 403)
}

func TestARosterIsRehearsedImportedAndNotDoubled(t *testing.T) {
	o := anOffice(t)
	organization := o.officer(auth.RoleOrganization, "120101")
	roster := func(unit string) []byte {
		return []byte("干部编号,姓名,职级,单位,职务\nC-9,李四,正处级," + unit + ",局长\n")
	}
	const path = "/imports/cadres?plan=tianjin-2013"
	rehearsed := reads[ImportView](t, organization.upload(path, "名册.csv", "", roster("和平区")), http.StatusOK)
	require.Equal(t, string(store.ImportRehearsed), rehearsed.State.Code)
	got := organization.upload(path+"&dryRun=false", "名册.csv", "", roster("和平区"))
	imported := reads[ImportView](t, got, http.StatusCreated)
	require.Equal(t, 1, imported.Enrolled)
	again := reads[ImportView](t, organization.upload(path+"&dryRun=false", "名册.csv", "", roster("和平区")), http.StatusCreated)
	require.Equal(t, 1, again.Unchanged)
	require.Zero(t, again.Enrolled)
	require.Equal(t, http.StatusOK, organization.get(got.header.Get("Location")+"/workbook").status)

	outside := reads[ImportView](t, organization.upload(path, "名册.csv", "", roster("河东区")), http.StatusUnprocessableEntity)
	require.Contains(t, outside.Problems[0].Text, "没有名称或代码为“河东区”的单位")
	marked := organization.upload("/imports/cadres/marked?plan=tianjin-2013", "名册.csv", "", roster("河东区"))
	require.Equal(t, http.StatusOK, marked.status, marked.body)
	require.True(t, strings.Contains(marked.body, "错误"), marked.body)

	other := o.officer(auth.RoleOrganization, "120102")
	other.get(got.header.Get("Location")).isProblem(t, problem.NotFound, 404)
}

func TestANoticeIsForWhoHoldsTheOfficeAndIsReadOnce(t *testing.T) {
	o := anOffice(t)
	cadre := o.cadre("C-1", "120101")
	mine := reads[PageOf[NoticeView]](t, cadre.get(Prefix+"/notices?unread=true"), http.StatusOK)
	require.Len(t, mine.Items, 1)
	require.Equal(t, "您的帮扶责任已建立，请查看期限和指标。", mine.Items[0].Text)
	require.Equal(t, http.StatusNoContent, cadre.do(http.MethodPost, Prefix+"/notices/read", map[string]any{}).status)
	require.EqualValues(t, 0, cadre.get(Prefix+"/notices/counts").field(t, "unread"))
	stranger := o.cadre("C-2", "120101")
	require.NotContains(t, stranger.get(Prefix+"/notices").body, "C-1")
}
