// Package webtest gives tests the whole program but Temporal: the API with the
// pages over an archive that holds the demonstration.
package webtest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/seeds"
	"bangfu/workflows"
)

// The districts of the demonstration whose people the tests play.
const (
	Near models.UnitID = "120101"
	Far  models.UnitID = "120103"
)

// House is a server over an archive of its own.
type House struct {
	testing.TB
	Archive  *store.Archive
	Blobs    *blob.Bucket
	Server   *http.Server
	URL      string
	Log      *Log
	accounts seeds.DemonstrationAccounts
}

// Log is what the program wrote.
type Log struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write adds a line.
func (l *Log) Write(data []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(data)
}

// String is everything so far.
func (l *Log) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// template is the archive with the demonstration, written once a test binary
// and copied for every house.
var template struct {
	once     sync.Once
	content  []byte
	accounts seeds.DemonstrationAccounts
	blobs    *blob.Bucket
	err      error
}

func demonstration() error {
	template.once.Do(func() { template.err = writeTemplate() })
	return template.err
}

func writeTemplate() error {
	folder, err := os.MkdirTemp("", "bangfu-webtest-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx := context.Background()
	file := filepath.Join(folder, "archive.db")
	archive, err := store.Open(ctx, store.Settings{Driver: store.SQLite, DSN: file + "?_pragma=synchronous(OFF)"})
	if err != nil {
		return err
	}
	if err := archive.Migrate(ctx); err != nil {
		return err
	}
	content, err := seeds.Load(seeds.Embedded())
	if err != nil {
		return err
	}
	if err := content.Apply(ctx, archive); err != nil {
		return err
	}
	template.blobs = memblob.OpenBucket(nil)
	if template.accounts, err = seeds.Demonstration(ctx, archive, template.blobs, time.Now()); err != nil {
		return err
	}
	// Closing brings the write-ahead log into the file.
	if err := archive.Close(); err != nil {
		return err
	}
	template.content, err = os.ReadFile(file)
	return err
}

// Open starts a house whose pages are those given. Temporal cannot be reached,
// as on a day when its cluster is down: what needs it answers 503.
func Open(t testing.TB, pages api.Pages, change ...func(*api.Services)) *House {
	t.Helper()
	require.NoError(t, demonstration())
	file := filepath.Join(t.TempDir(), "archive.db")
	require.NoError(t, os.WriteFile(file, template.content, 0o600))
	archive, err := store.Open(t.Context(), store.Settings{Driver: store.SQLite, DSN: file + "?_pragma=synchronous(OFF)"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, archive.Close()) })
	temporal, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: silent{}})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	policy, err := auth.NewPolicy()
	require.NoError(t, err)
	h := &House{TB: t, Archive: archive, Blobs: template.blobs, Log: &Log{}, accounts: template.accounts}
	services := api.Services{
		Archive: archive, Engine: workflows.NewEngine(temporal), Policy: policy, Blobs: h.Blobs,
		Clock: time.Now, Logger: slog.New(slog.NewJSONHandler(h.Log, nil)), Pages: pages,
		Settings: api.Settings{PublicURL: "http://127.0.0.1", LoginLimit: -1, CommandLimit: -1, RequestLimit: -1, Version: "test"},
	}
	for _, with := range change {
		with(&services)
	}
	handler, err := api.New(services)
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	h.Server, h.URL = server.Config, server.URL
	return h
}

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

// Account is the first account of a role in the demonstration.
func (h *House) Account(role auth.Role) models.AccountID {
	h.Helper()
	account, found := h.accounts.Of(string(role))
	require.True(h, found, "the demonstration has no %s", role)
	return account.Account
}

// NewAccount opens an account with one role at a unit.
func (h *House) NewAccount(login string, role auth.Role, unit models.UnitID) models.AccountID {
	h.Helper()
	id := models.AccountID("test-" + login)
	require.NoError(h, h.Archive.CreateAccount(h.Context(), store.Account{ID: id, Login: login, Name: "测试" + login}, time.Now()))
	path, err := h.Archive.UnitPath(h.Context(), unit)
	require.NoError(h, err)
	require.NoError(h, h.Archive.AddGrant(h.Context(), store.Grant{
		ID: "test-" + login, Account: id, Role: string(role), Unit: unit, Path: path, By: models.SystemAccount, At: time.Now(),
	}, 1))
	return id
}

// Visitor is a browser without scripts: it keeps cookies and follows no redirect.
type Visitor struct {
	*House
	browser *http.Client
}

// Stranger is a browser of somebody who has not logged in.
func (h *House) Stranger() *Visitor {
	h.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(h, err)
	return &Visitor{House: h, browser: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// Visit is a browser of somebody who came by a log-in link.
func (h *House) Visit(account models.AccountID) *Visitor {
	h.Helper()
	v := h.Stranger()
	link, err := api.IssueLoginLink(h.Context(), h.Archive, h.URL, account, "/", time.Hour)
	require.NoError(h, err)
	answered := v.Send(http.MethodPost, strings.TrimPrefix(link, h.URL), nil, nil)
	require.Equal(h, http.StatusSeeOther, answered.Status, answered.Body)
	return v
}

// As is a browser of the first account of a role in the demonstration.
func (h *House) As(role auth.Role) *Visitor {
	h.Helper()
	return h.Visit(h.Account(role))
}

// Answer is a page as it came.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Get opens a page.
func (v *Visitor) Get(path string) Answer {
	v.Helper()
	return v.Send(http.MethodGet, path, nil, nil)
}

// Part asks for a part of a page, as a script of an open page does.
func (v *Visitor) Part(path string) Answer {
	v.Helper()
	return v.Send(http.MethodGet, path, nil, http.Header{"Hx-Request": {"true"}})
}

// Post sends a form.
func (v *Visitor) Post(path string, form url.Values) Answer {
	v.Helper()
	return v.Send(http.MethodPost, path, strings.NewReader(form.Encode()),
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// PostBody sends a form of another kind, such as one with files.
func (v *Visitor) PostBody(path, kind string, body io.Reader) Answer {
	v.Helper()
	return v.Send(http.MethodPost, path, body, http.Header{"Content-Type": {kind}})
}

// Send sends any request, with further headers.
func (v *Visitor) Send(method, path string, body io.Reader, header http.Header) Answer {
	v.Helper()
	// Against hanging, not a measure: a busy machine takes its time.
	ctx, cancel := context.WithTimeout(v.Context(), 2*time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, v.URL+path, body)
	require.NoError(v, err)
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Accept", "text/html,application/xhtml+xml")
	response, err := v.browser.Do(request)
	require.NoError(v, err)
	content, err := io.ReadAll(response.Body)
	require.NoError(v, err)
	require.NoError(v, response.Body.Close())
	return Answer{Status: response.StatusCode, Header: response.Header, Body: string(content)}
}
