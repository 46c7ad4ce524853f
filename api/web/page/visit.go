package page

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
)

// Visit is one request for a page.
type Visit struct {
	Request *http.Request
	// Me is who visits; empty on public pages without a log-in.
	Me api.Me
	// Unread counts the visitor's notices, for whole pages.
	Unread int64

	site       *Site
	writer     http.ResponseWriter
	parameters gin.Params
	// file: the address is a file's, which no page stays at.
	file bool
}

// Context is the request's.
func (v *Visit) Context() context.Context { return v.Request.Context() }

// Now is the server's clock.
func (v *Visit) Now() time.Time { return v.site.door.Now() }

// Door leads to the API and the session, for the log-in pages.
func (v *Visit) Door() api.Door { return v.site.door }

// Path is a part of the address, such as the record of "/records/:record".
func (v *Visit) Path(name string) string { return v.parameters.ByName(name) }

// Query is one value of the address's query.
func (v *Visit) Query(name string) string { return v.Request.URL.Query().Get(name) }

// Queries are all values of one name.
func (v *Visit) Queries(name string) []string { return v.Request.URL.Query()[name] }

// Form is one value of the posted form, without surrounding space.
func (v *Visit) Form(name string) string { return strings.TrimSpace(v.Request.PostForm.Get(name)) }

// Forms are all values of one name of the posted form.
func (v *Visit) Forms(name string) []string { return v.Request.PostForm[name] }

// SignedIn reports whether the page is shown to somebody who has logged in.
func (v *Visit) SignedIn() bool { return v.Me.Account != "" }

// May reports whether the visitor holds a permission anywhere.
func (v *Visit) May(permission auth.Permission) bool {
	switch permission {
	case auth.Public:
		return true
	case auth.SignedIn:
		return v.SignedIn()
	default:
		return slices.Contains(v.Me.Permissions, permission)
	}
}

// MayAny reports whether the visitor holds any of the permissions anywhere.
func (v *Visit) MayAny(permissions ...auth.Permission) bool {
	return slices.ContainsFunc(permissions, v.May)
}

// NewKey makes the key of a command that a form will give: it goes into the
// form, so that sending the form twice is one command.
func (v *Visit) NewKey() string { return rand.Text() }

// recognise finds out who visits.
func (v *Visit) recognise() error {
	if !v.site.door.SignedIn(v.Context()) {
		return problem.New(problem.SignInRequired)
	}
	if _, err := v.Ask("/me", nil, &v.Me); err != nil {
		return err
	}
	// Neither a part of a page nor a stream has a head to show the count in.
	if v.Me.MustChange || v.Me.MustEnrol || v.Partial() || v.Listens() {
		return nil
	}
	var count api.NoticeCountBody
	if _, err := v.Ask("/notices/counts", nil, &count.Body); err != nil {
		return err
	}
	v.Unread = count.Body.Unread
	return nil
}

// formMemory is how much of an upload is kept in memory; the rest goes to disk.
const formMemory = 1 << 20

func (v *Visit) readForm() error {
	kind, _, _ := mime.ParseMediaType(v.Request.Header.Get("Content-Type"))
	var err error
	if kind == "multipart/form-data" {
		err = v.Request.ParseMultipartForm(formMemory)
	} else {
		err = v.Request.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return problem.New(problem.RequestTooLarge)
	case err != nil:
		return problem.New(problem.RequestMalformed).Because(err)
	default:
		return nil
	}
}

// Mark adds a header to a change.
type Mark func(http.Header)

// Key names the command, so that it happens once however often it is sent.
func Key(key string) Mark { return func(h http.Header) { h.Set("Idempotency-Key", key) } }

// Match is the ETag of what the visitor saw: the change is refused when it is
// no longer so.
func Match(etag string) Mark {
	return func(h http.Header) {
		if etag != "" {
			h.Set("If-Match", etag)
		}
	}
}

// Header sets any other header.
func Header(name, value string) Mark { return func(h http.Header) { h.Set(name, value) } }

// Ask reads something of the API, such as "/records/R1", and answers its ETag.
// A refusal is a *problem.Problem.
func (v *Visit) Ask(path string, query url.Values, into any) (etag string, err error) {
	answer, err := v.site.door.Ask(v.Request, api.Request{
		Method: http.MethodGet, Path: path, Query: query, Header: http.Header{},
	})
	if err != nil {
		return "", err
	}
	return answer.Header.Get("ETag"), decode(answer, into)
}

// Do changes something by the API. A body that is a reader is sent as it is,
// nil sends none, anything else is sent as JSON. The answer's status tells 200
// from 202 (given, its outcome not known yet).
func (v *Visit) Do(method, path string, body, into any, marks ...Mark) (status int, err error) {
	asked := api.Request{Method: method, Path: path, Header: http.Header{}}
	switch content := body.(type) {
	case nil:
	case io.Reader:
		asked.Body = content
	default:
		encoded, err := json.Marshal(content)
		if err != nil {
			return 0, fmt.Errorf("write the body of %s: %w", path, err)
		}
		asked.Body = bytes.NewReader(encoded)
		asked.Header.Set("Content-Type", "application/json")
	}
	for _, mark := range marks {
		mark(asked.Header)
	}
	answer, err := v.site.door.Ask(v.Request, asked)
	if err != nil {
		return 0, err
	}
	return answer.Status, decode(answer, into)
}

// Fetch hands the visitor a file of the API as it comes; a refusal becomes a page.
func (v *Visit) Fetch(asked api.Request) error {
	answer, err := v.site.door.Fetch(v.writer, v.Request, asked)
	if err != nil {
		return err
	}
	return decode(answer, nil)
}

// Download is Fetch of what stands at an address of the API.
func (v *Visit) Download(path string, query url.Values) error {
	return v.Fetch(api.Request{Method: http.MethodGet, Path: path, Query: query, Header: http.Header{}})
}

func decode(answer api.Answer, into any) error {
	if answer.Status >= http.StatusBadRequest {
		return api.ReadProblem(answer)
	}
	if into == nil || len(answer.Body) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer.Body, into); err != nil {
		return fmt.Errorf("read an answer of the API: %w", err)
	}
	return nil
}

// Said is the problem of a refusal, to be shown beside the form that was
// refused. Anything that is not about the request (an archive that cannot be
// reached, a fault of the program) is logged under the number that it shows.
func Said(err error) *problem.Problem { return problem.Of(err) }

// Beyond reports whether a part of a page is out of the visitor's reach. A right
// that they hold somewhere, as a cadre does over their own chain, need not reach
// what the page is about, which is then not found.
func Beyond(err error) bool {
	if err == nil {
		return false
	}
	status := Said(err).Status
	return status == http.StatusForbidden || status == http.StatusNotFound
}

// KeyAfter is the key with which a refused form is shown again: the same one as
// long as it is not known whether the command took effect, or it would happen
// twice; a new one after a plain refusal.
func KeyAfter(v *Visit, said *problem.Problem) string {
	if said.Status >= http.StatusInternalServerError || said.Status == http.StatusTooManyRequests || said.Code == problem.IdempotencyBusy {
		return v.Form("key")
	}
	return v.NewKey()
}

// Reads reports whether an answer's body is what a page expects, whatever its
// status says.
func Reads(answer api.Answer, into any) bool { return json.Unmarshal(answer.Body, into) == nil }

// Decode reads an answer of the API, or the refusal that it is.
func Decode(answer api.Answer, into any) error { return decode(answer, into) }
