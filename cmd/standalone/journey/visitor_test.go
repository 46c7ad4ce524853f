package journey

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
)

// visitor is somebody with a browser of their own.
type visitor struct {
	t      *testing.T
	url    string
	client *http.Client
}

// answer is what a visitor got, and from where.
type answer struct {
	status   int
	at, etag string
	kind     string
	body     string
}

func (r *trial) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	return &visitor{t: r.t, url: r.url, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// enters is a visitor who has used the link of a role.
func (r *trial) enters(role string) *visitor {
	r.t.Helper()
	visitor := r.visitor()
	opened := visitor.ask(http.MethodPost, r.links[role], nil)
	require.Equal(r.t, http.StatusOK, opened.status, opened.body)
	return visitor
}

// ask sends a request, with content as JSON, and follows where it leads.
func (v *visitor) ask(method, address string, content any, headers ...string) answer {
	v.t.Helper()
	var body io.Reader
	if content != nil {
		data, err := json.Marshal(content)
		require.NoError(v.t, err)
		body = bytes.NewReader(data)
		headers = append(headers, "Content-Type", "application/json")
	}
	return v.send(method, address, body, headers...)
}

func (v *visitor) send(method, address string, body io.Reader, headers ...string) answer {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, address, body)
	require.NoError(v.t, err)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := v.client.Do(request)
	require.NoError(v.t, err)
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	require.NoError(v.t, err)
	return answer{
		status: response.StatusCode, at: response.Request.URL.String(), body: string(data),
		etag: response.Header.Get("ETag"), kind: response.Header.Get("Content-Type"),
	}
}

// isProblem requires a refusal that a program can tell by its code.
func (a answer) isProblem(t *testing.T, status int, code string) {
	t.Helper()
	require.Equal(t, status, a.status, a.body)
	require.Equal(t, "application/problem+json", strings.Split(a.kind, ";")[0])
	var problem struct{ Type, Title string }
	require.NoError(t, json.Unmarshal([]byte(a.body), &problem))
	require.True(t, strings.HasSuffix(problem.Type, code), problem.Type)
	require.NotEmpty(t, problem.Title)
}

func (v *visitor) get(path string, into any) (etag string) {
	v.t.Helper()
	got := v.ask(http.MethodGet, v.url+path, nil)
	require.Equal(v.t, http.StatusOK, got.status, got.body)
	require.NoError(v.t, json.Unmarshal([]byte(got.body), into))
	return got.etag
}

// seenCity is how much an official of the city sees.
type seenCity struct {
	Total          int64
	Lights, States map[string]int64
	Records        int
}

func (v *visitor) sees() seenCity {
	v.t.Helper()
	var city seenCity
	v.get("/obligations/counts?plan=demo", &city)
	require.NotZero(v.t, city.Total)
	for next := ""; ; {
		var page struct {
			Items []json.RawMessage
			Next  string
		}
		v.get("/records?plan=demo&size=200&after="+url.QueryEscape(next), &page)
		city.Records += len(page.Items)
		if next = page.Next; next == "" {
			return city
		}
	}
}

// drafts writes a draft for the visitor's own duty.
func (v *visitor) drafts(form map[string]string) (record string) {
	v.t.Helper()
	var duties struct{ Items []struct{ ID string } }
	v.get("/obligations?plan=demo", &duties)
	require.NotEmpty(v.t, duties.Items)
	form["obligation"] = duties.Items[0].ID
	made := v.ask(http.MethodPost, v.url+"/records", form, "Idempotency-Key", "draft-"+form["kind"])
	require.Equal(v.t, http.StatusCreated, made.status, made.body)
	return identified(v.t, made.body)
}

// submits registers an enterprise, writes a complete claim for it and hands it in.
func (v *visitor) submits() (record string) {
	v.t.Helper()
	code := string(modelstest.Enterprise(31415926))
	registered := v.ask(http.MethodPost, v.url+"/enterprises", map[string]string{
		"organizationCode": code, "name": "演示幸存科技有限公司", "established": "2009-05-12", "legalPerson": "演示人",
		"address": "演示路一号", "phone": "02200000000", "unit": "120101",
	}, "Idempotency-Key", "enterprise")
	require.Equal(v.t, http.StatusCreated, registered.status, registered.body)
	record = v.drafts(map[string]string{
		"kind": "transform", "enterprise": code, "occurredOn": models.DateOf(time.Now()).String(),
		"summary": "帮助企业制定技术路线图。", "result": "已认定为科技型中小企业。",
	})
	for _, category := range []string{"licence", "recognition", "confirmation", "comparison", "route-map"} {
		paper := v.uploads(category)
		etag := v.get("/records/"+record, &struct{}{})
		put := v.ask(http.MethodPut, v.url+"/records/"+record+"/evidence/"+paper, map[string]string{"category": category}, "If-Match", etag)
		require.Equal(v.t, http.StatusOK, put.status, put.body)
	}
	submitted := v.commands(record, "submit", nil)
	require.Equal(v.t, http.StatusOK, submitted.status, submitted.body)
	return record
}

func (v *visitor) uploads(name string) (evidence string) {
	v.t.Helper()
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	part, err := writer.CreateFormFile("file", name+".pdf")
	require.NoError(v.t, err)
	_, err = fmt.Fprintf(part, "%%PDF-1.4\n%% %s\n%%%%EOF\n", name)
	require.NoError(v.t, err)
	require.NoError(v.t, writer.Close())
	taken := v.send(http.MethodPost, v.url+"/evidence", &form, "Content-Type", writer.FormDataContentType())
	require.Equal(v.t, http.StatusCreated, taken.status, taken.body)
	return identified(v.t, taken.body)
}

// commands gives a command about a record as the visitor sees it now, again
// under its key until it is known what became of it.
func (v *visitor) commands(record, verb string, content any) (got answer) {
	v.t.Helper()
	etag := v.get("/records/"+record, &struct{}{})
	eventually(v.t, verb+" of "+record+" has an outcome", func() bool {
		got = v.ask(http.MethodPost, v.url+"/records/"+record+"/"+verb, content, "If-Match", etag, "Idempotency-Key", verb+"-"+record)
		return got.status != http.StatusAccepted && got.status != http.StatusServiceUnavailable
	})
	return got
}

func (v *visitor) stateOf(record string) string {
	v.t.Helper()
	var shown struct {
		Record struct{ State struct{ Code string } }
	}
	v.get("/records/"+record, &shown)
	return shown.Record.State.Code
}

// identified is the ID of what an answer is about.
func identified(t *testing.T, body string) string {
	t.Helper()
	type identity struct{ ID string }
	var said struct {
		identity
		Record identity
	}
	require.NoError(t, json.Unmarshal([]byte(body), &said))
	if said.Record.ID != "" {
		return said.Record.ID
	}
	require.NotEmpty(t, said.ID, body)
	return said.ID
}
