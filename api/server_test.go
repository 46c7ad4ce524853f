package api

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
)

var update = flag.Bool("update", false, "write the committed copies of what the tests compare")

const goldenDocument = "openapi.golden.json"

func TestTheOpenAPIDocumentIsTheCommittedOne(t *testing.T) {
	got := aHouse(t).visitor().get(Prefix + "/openapi.json")
	require.Equal(t, http.StatusOK, got.status)
	document := indented(t, got.body)
	if *update {
		require.NoError(t, os.WriteFile(goldenDocument, []byte(document), 0o644))
	}
	committed, err := os.ReadFile(goldenDocument)
	require.NoError(t, err)
	require.Equal(t, string(committed), document, "the API changed: if it was meant to, run the test with -update")
	require.Contains(t, document, `"openapi": "3.1.0"`)
}

func TestTheDocumentationPageLoadsNothingFromElsewhereAndRunsNothingInline(t *testing.T) {
	v := aHouse(t).visitor()
	page := v.get(Prefix + "/docs/")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.header.Get("Content-Security-Policy"), "script-src 'self';")
	require.NotContains(t, page.body, "http://")
	require.NotContains(t, page.body, "https://")
	for _, script := range strings.Split(page.body, "<script")[1:] {
		require.True(t, strings.HasPrefix(script, ` src="`), script)
		require.Contains(t, script, `"></script>`)
	}
	for _, file := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "start.js"} {
		require.Contains(t, page.body, file)
		require.Equal(t, http.StatusOK, v.get(Prefix+"/docs/"+file).status)
	}
	require.Contains(t, []int{301, 302, 307, 308}, v.get(Prefix+"/docs").status)
}

func TestEveryProblemTypeOpensOnAnExplanation(t *testing.T) {
	v := aHouse(t).visitor()
	for _, code := range problem.Codes() {
		got := v.get(problem.TypePrefix + string(code))
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, string(code), got.field(t, "code"))
	}
	page := v.get(problem.TypePrefix+"not-found", header("Accept", "text/html"))
	require.Contains(t, page.header.Get("Content-Type"), "text/html")
	require.Contains(t, page.body, "没有找到")
	v.get(problem.TypePrefix+"no-such-code").isProblem(t, problem.NotFound, 404)
}

func TestWhatDoesNotExistIsAProblemToo(t *testing.T) {
	v := aHouse(t).visitor()
	v.get("/nowhere").isProblem(t, problem.NoSuchAddress, 404)
	v.get(Prefix+"/nowhere").isProblem(t, problem.NoSuchAddress, 404)
	v.do(http.MethodPut, Prefix+"/clock", nil).isProblem(t, problem.MethodNotAllowed, 405)
}

func TestABadBodyIsExplainedPlaceByPlaceInChinese(t *testing.T) {
	v := aHouse(t).visitor()
	got := v.do(http.MethodPost, Prefix+"/session", map[string]any{"login": "zhang", "extra": 1})
	got.isProblem(t, problem.RequestInvalid, 422)
	require.Contains(t, got.body, `"location":"body"`)
	require.Contains(t, got.body, "缺少必填字段 password")
	require.Contains(t, got.body, "没有这个字段")
	broken := v.do(http.MethodPost, Prefix+"/session", "{")
	require.Contains(t, []int{400, 422}, broken.status)
	require.NotRegexp(t, `"message":"[^"]*[a-z]{6}`, broken.body, "no English in the messages")
}

func TestAPasswordInARefusedRequestIsNeitherRepeatedNorLogged(t *testing.T) {
	h := aHouse(t)
	secret := strings.Repeat("hunter2", 40)
	got := h.visitor().do(http.MethodPost, Prefix+"/session", map[string]any{"login": "zhang", "password": secret})
	got.isProblem(t, problem.RequestInvalid, 422)
	require.NotContains(t, got.body, "hunter2")
	require.NotContains(t, h.log.String(), "hunter2")
}

func TestEveryAnswerHasALogNumberAndTheHeadersThatGuardIt(t *testing.T) {
	h := aHouse(t)
	got := h.visitor().get(Prefix + "/clock")
	require.Equal(t, http.StatusOK, got.status)
	require.Len(t, got.header.Get(headerLogNumber), 16)
	require.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
	require.Contains(t, got.header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Empty(t, got.header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, h.log.String(), got.header.Get(headerLogNumber))
	require.Contains(t, h.log.String(), `"route":"/api/v1/clock"`)
}

func TestAPanicIsAProblemWithALogNumberAndNotTheEndOfTheServer(t *testing.T) {
	h := aHouse(t)
	s := &server{Services: Services{Logger: nil}}
	s.Logger, s.Metrics = logTo(h.log), NewMetrics(nil)
	problem.Install()
	engine := gin.New()
	api := humagin.New(engine, huma.DefaultConfig("t", "1"))
	huma.Register(api, huma.Operation{OperationID: "burst", Method: http.MethodGet, Path: "/burst"}, burst)
	h.server.Config.Handler = s.observe(engine)
	got := h.visitor().get("/burst")
	got.isProblem(t, problem.Internal, 500)
	require.NotContains(t, got.body, "a pipe")
	require.Contains(t, h.log.String(), "a pipe")
}

func TestWhatFailsBecauseItsSenderLeftIsNoFaultOfTheProgram(t *testing.T) {
	var written bytes.Buffer
	s := &server{Services: Services{Logger: logTo(&written), Metrics: NewMetrics(nil)}}
	fails := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Door{}.Failed(r.Context(), errors.New("the archive is gone"))
		w.WriteHeader(http.StatusInternalServerError)
	})
	ctx, leave := context.WithCancel(t.Context())
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/duty", nil)
	s.observe(fails).ServeHTTP(httptest.NewRecorder(), request)
	require.Contains(t, written.String(), `"level":"ERROR"`)
	require.Contains(t, written.String(), `"cause":"the archive is gone"`)
	written.Reset()
	leave()
	s.observe(fails).ServeHTTP(httptest.NewRecorder(), request)
	require.Contains(t, written.String(), `"level":"INFO"`)
	require.Contains(t, written.String(), `"status":499`)
}

func TestAnOperationThatDoesNotSayWhoMayUseItIsNobodys(t *testing.T) {
	require.NotEqual(t, auth.Public, permissionOf(&huma.Operation{}))
	policy, err := auth.NewPolicy()
	require.NoError(t, err)
	for _, role := range auth.Roles() {
		who := auth.Principal{Grants: []auth.Grant{{Role: role, Path: cityPath}}, Cadre: "c"}
		require.False(t, policy.Holds(who, permissionOf(&huma.Operation{})))
	}
}

func TestAnotherSiteCannotUseAVisitorsSession(t *testing.T) {
	h := aHouse(t)
	v := h.signedIn(h.account("zhang", auth.RoleInspector, "tj", ""))
	evil := []with{header("Origin", "https://evil.example"), header("Sec-Fetch-Site", "cross-site")}
	v.do(http.MethodDelete, Prefix+"/session", nil, evil...).isProblem(t, problem.CrossOrigin, 403)
	require.Equal(t, http.StatusOK, v.get(Prefix+"/me").status)
	require.Equal(t, http.StatusNoContent, v.do(http.MethodDelete, Prefix+"/session", nil, header("Sec-Fetch-Site", "same-origin")).status)
}

func TestWhoAsksTooOftenIsToldToWait(t *testing.T) {
	h := aHouse(t, func(s *Settings) { s.LoginLimit = 3 })
	v := h.visitor()
	wrong := map[string]string{"login": "zhang", "password": "wrong"}
	for range 3 {
		v.do(http.MethodPost, Prefix+"/session", wrong).isProblem(t, problem.SignInFailed, 401)
	}
	got := v.do(http.MethodPost, Prefix+"/session", wrong)
	got.isProblem(t, problem.TooManyRequests, 429)
	require.NotEmpty(t, got.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, v.get(Prefix+"/clock").status, "reading goes on")
}

func TestOnlyATrustedProxySaysForWhomItSpeaks(t *testing.T) {
	sourceSeen := func(h *house) string {
		v := h.visitor()
		v.do(http.MethodPost, Prefix+"/session", map[string]string{"login": "nobody", "password": "wrong"},
			header("X-Forwarded-For", "198.51.100.9, 203.0.113.7"))
		var seen string
		require.NoError(h, h.archive.SQL().QueryRowContext(h.Context(), "SELECT source FROM access_log").Scan(&seen))
		return seen
	}
	require.Equal(t, "127.0.0.1", sourceSeen(aHouse(t)))
	require.Equal(t, "203.0.113.7", sourceSeen(aHouse(t, func(s *Settings) { s.TrustedProxies = []string{"127.0.0.0/8"} })))
}

func TestProbesSayWhichPartIsNotReady(t *testing.T) {
	v := aHouse(t).visitor()
	require.Equal(t, http.StatusOK, v.get(pathHealth).status)
	got := v.get(pathReady)
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.JSONEq(t, `{"ready":false,"parts":{"archive":{"ready":true},"engine":{"ready":false}}}`, got.body)
}

func TestMetricsCountByRouteAndShowTheArchivesPool(t *testing.T) {
	v := aHouse(t).visitor()
	v.get(Prefix + "/clock")
	v.get("/nowhere/1")
	shown := v.get(pathMetrics).body
	require.Contains(t, shown, `bangfu_http_request_seconds_count{method="GET",route="/api/v1/clock",status="2xx"} 1`)
	require.Contains(t, shown, `route="none"`)
	require.NotContains(t, shown, "nowhere")
	require.Contains(t, shown, `go_sql_open_connections{db_name="archive"}`)
}
