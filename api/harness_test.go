package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
	"bangfu/workflows"
)

// The places of the tests' small tree.
const (
	cityPath   = "/tj/"
	hepingPath = "/tj/120101/"
	hedongPath = "/tj/120102/"
)

// house is the whole API over a real archive. Its engine is a connection to a
// port where nobody listens: Temporal is down.
type house struct {
	*testing.T
	archive *store.Archive
	blobs   *blob.Bucket
	server  *httptest.Server
	log     *logBuffer
	clock   *testClock
}

// testClock is the server's clock in the test's hands.
type testClock struct {
	mutex sync.Mutex
	now   time.Time
}

func (c *testClock) read() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *testClock) advance(by time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(by)
}

type logBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *logBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(data)
}

func (b *logBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}

// aHouse builds the API with limits lifted unless the settings say otherwise.
func aHouse(t *testing.T, change ...func(*Settings)) *house {
	t.Helper()
	temporal, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: quiet{}})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	return aHouseOver(t, storetest.Open(t, store.SQLite), temporal, change...)
}

// aHouseOver is aHouse over another connection to Temporal.
func aHouseOver(t *testing.T, archive *store.Archive, temporal client.Client, change ...func(*Settings)) *house {
	t.Helper()
	policy, err := auth.NewPolicy()
	require.NoError(t, err)
	blobs := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, blobs.Close()) })
	h := &house{T: t, archive: archive, blobs: blobs, log: &logBuffer{}, clock: &testClock{now: time.Now()}}
	settings := Settings{PublicURL: "http://127.0.0.1", LoginLimit: -1, CommandLimit: -1, RequestLimit: -1, Version: "test"}
	for _, with := range change {
		with(&settings)
	}
	handler, err := New(Services{
		Archive: archive, Engine: workflows.NewEngine(temporal), Policy: policy, Blobs: blobs, Clock: h.clock.read,
		Logger: slog.New(slog.NewJSONHandler(h.log, nil)), Settings: settings,
	})
	require.NoError(t, err)
	h.server = httptest.NewServer(handler)
	t.Cleanup(h.server.Close)
	require.NoError(t, archive.SaveUnits(t.Context(), []models.Unit{
		{ID: "tj", Path: cityPath, Name: "天津市", Kind: models.UnitCity},
		{ID: "120101", Path: hepingPath, Name: "和平区", Kind: models.UnitDistrict, Parent: "tj"},
		{ID: "120102", Path: hedongPath, Name: "河东区", Kind: models.UnitDistrict, Parent: "tj"},
	}))
	return h
}

// quiet keeps the Temporal client's complaints out of the tests' output.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// account makes an active account with one role at a unit.
func (h *house) account(login string, role auth.Role, unit models.UnitID, cadre models.CadreID) models.AccountID {
	h.Helper()
	id := models.AccountID("account-" + login)
	require.NoError(h, h.archive.CreateAccount(h.Context(), store.Account{ID: id, Login: login, Name: "甲", Cadre: cadre}, h.clock.read()))
	if role == "" {
		return id
	}
	path, err := h.archive.UnitPath(h.Context(), unit)
	require.NoError(h, err)
	require.NoError(h, h.archive.AddGrant(h.Context(), store.Grant{
		ID: "grant-" + login, Account: id, Role: string(role), Unit: unit, Path: path, By: models.SystemAccount, At: h.clock.read(),
	}, 1))
	return id
}

// visitor is a browser: it keeps cookies and follows no redirect.
type visitor struct {
	*house
	browser *http.Client
	token   string
}

func (h *house) visitor() *visitor {
	h.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(h, err)
	return &visitor{house: h, browser: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// signedIn is a browser that came by a log-in link.
func (h *house) signedIn(account models.AccountID) *visitor {
	h.Helper()
	v := h.visitor()
	secret, err := h.archive.IssueLoginLink(h.Context(), account, "/", 24*365*time.Hour)
	require.NoError(h, err)
	got := v.do(http.MethodPost, Prefix+"/login-link/"+secret, nil)
	require.Equal(h, http.StatusSeeOther, got.status, got.body)
	return v
}

// answer is a response read whole.
type answer struct {
	status int
	header http.Header
	body   string
}

// field reads one field of a JSON answer.
func (a answer) field(t *testing.T, name string) any {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &fields), a.body)
	return fields[name]
}

// isProblem asks for a problem of the code, with a log number.
func (a answer) isProblem(t *testing.T, code problem.Code, status int) {
	t.Helper()
	require.Equal(t, status, a.status, a.body)
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	var said problem.Problem
	require.NoError(t, json.Unmarshal([]byte(a.body), &said))
	require.Equal(t, code, said.Code)
	require.Equal(t, status, said.Status)
	require.Equal(t, "/problems/"+string(code), said.Type)
	require.Equal(t, instance(a.header.Get(headerLogNumber)), said.Instance)
}

type with func(*http.Request)

func header(name, value string) with { return func(r *http.Request) { r.Header.Set(name, value) } }

// do sends a request; a body that is no text is sent as JSON.
func (v *visitor) do(method, path string, body any, changes ...with) answer {
	v.Helper()
	got, err := v.send(v.Context(), method, path, body, changes...)
	require.NoError(v, err)
	return got
}

// send is do for goroutines, which must not end a test.
func (v *visitor) send(ctx context.Context, method, path string, body any, changes ...with) (answer, error) {
	var content io.Reader
	if text, isText := body.(string); isText {
		content = strings.NewReader(text)
	} else if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		content = bytes.NewReader(data)
	}
	// Against hanging, not a measure: a busy machine takes its time.
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, v.server.URL+path, content)
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if v.token != "" {
		request.Header.Set("Authorization", "Bearer "+v.token)
	}
	for _, change := range changes {
		change(request)
	}
	response, err := v.browser.Do(request)
	if err != nil {
		return answer{}, err
	}
	data, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return answer{}, err
	}
	return answer{status: response.StatusCode, header: response.Header, body: string(data)}, nil
}

func (v *visitor) get(path string, changes ...with) answer {
	v.Helper()
	return v.do(http.MethodGet, path, nil, changes...)
}
