package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// Pages are what people look at in a browser. They come from a package of their
// own, which asks this one through a Door: see api/web.
type Pages interface {
	// Mount registers the pages' routes.
	Mount(router gin.IRoutes, door Door)
	// Refuse shows a refusal to somebody who asked for a page.
	Refuse(w http.ResponseWriter, r *http.Request, said *problem.Problem)
	// Show shows something that the API itself has to say to people.
	Show(w http.ResponseWriter, r *http.Request, status int, said Statement)
}

// Statement is something to be read, perhaps with one button that posts to the
// same address.
type Statement struct {
	Title    string
	Sections []Section
	Button   string
}

// Section is a part of a statement; its title may be empty.
type Section struct {
	ID, Title string
	Lines     []string
}

// Door leads a page to the API of the same process: the same session, rights,
// idempotency and access log as any other caller has, and no other way in.
type Door struct {
	s      *server
	inside http.Handler
	engine *engineWatch
}

// Request is what a page asks of the API.
type Request struct {
	Method string
	// Path is without the prefix, such as "/obligations".
	Path  string
	Query url.Values
	// Header is added to the request; Body is sent as it is.
	Header http.Header
	Body   io.Reader
}

// Answer is what the API said, whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Ask carries a request through the API on behalf of whoever asked for the page.
func (d Door) Ask(outer *http.Request, asked Request) (Answer, error) {
	recorder := &answerRecorder{header: http.Header{}}
	if err := d.carry(recorder, outer, asked); err != nil {
		return Answer{}, err
	}
	return recorder.answer(), nil
}

// carry has the API answer a request into w.
func (d Door) carry(w http.ResponseWriter, outer *http.Request, asked Request) error {
	address := Prefix + asked.Path
	if len(asked.Query) > 0 {
		address += "?" + asked.Query.Encode()
	}
	inner, err := http.NewRequestWithContext(outer.Context(), asked.Method, address, asked.Body)
	if err != nil {
		return fmt.Errorf("ask the API for %s: %w", asked.Path, err)
	}
	for name, values := range asked.Header {
		inner.Header[name] = values
	}
	inner.Header.Set("Accept", "application/json")
	inner.RemoteAddr, inner.Host = outer.RemoteAddr, outer.Host
	d.inside.ServeHTTP(w, inner)
	return nil
}

// Now is the server's clock.
func (d Door) Now() time.Time { return d.s.now() }

// SignedIn reports whether the request comes with a session of somebody.
func (d Door) SignedIn(ctx context.Context) bool {
	return journeyOf(ctx).inSession && d.s.sessions.GetString(ctx, sessionAccount) != ""
}

// Keep puts a text into the session, for a later page.
func (d Door) Keep(ctx context.Context, name, text string) {
	if d.s.sessions.GetString(ctx, pageKey+name) != text {
		d.s.sessions.Put(ctx, pageKey+name, text)
	}
}

// Kept reads a text that an earlier page kept.
func (d Door) Kept(ctx context.Context, name string) string {
	return d.s.sessions.GetString(ctx, pageKey+name)
}

// Take reads a text that an earlier page kept, once.
func (d Door) Take(ctx context.Context, name string) string {
	return d.s.sessions.PopString(ctx, pageKey+name)
}

// pageKey keeps what pages remember apart from what decides who somebody is.
const pageKey = "page."

// LogNumber is the number under which the request stands in the log.
func (d Door) LogNumber(ctx context.Context) string { return journeyOf(ctx).number }

// Failed puts the cause of a page that could not be shown into the log.
func (d Door) Failed(ctx context.Context, err error) { journeyOf(ctx).cause = err }

// Refused puts into the access log that a page was not for an account, as an
// operation that is not is.
func (d Door) Refused(r *http.Request, account models.AccountID, status int) {
	d.s.writeAccess(withSource(r.Context(), sourceOf(r)), store.Access{
		Account: account, Action: actionOpenPage, Object: r.URL.Path, Status: status,
	})
}

// EngineReady reports whether Temporal answered when last asked. It never waits.
func (d Door) EngineReady() bool { return d.engine.ready() }

// answerRecorder keeps an answer of the API in memory, for a page.
type answerRecorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *answerRecorder) Header() http.Header { return w.header }

func (w *answerRecorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
}

func (w *answerRecorder) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(data)
}

func (w *answerRecorder) answer() Answer {
	w.WriteHeader(http.StatusOK)
	return Answer{Status: w.status, Header: w.header, Body: w.body.Bytes()}
}

// engineWatch remembers whether the engine answers, so that no page waits for
// an engine that does not.
type engineWatch struct {
	probe   func(context.Context) error
	mutex   sync.Mutex
	asked   time.Time
	asking  bool
	answers bool
}

// watchInterval is how old an answer of the engine may grow before it is asked
// again.
const watchInterval = 3 * time.Second

func newEngineWatch(probe func(context.Context) error) *engineWatch {
	return &engineWatch{probe: probe, answers: true}
}

func (w *engineWatch) ready() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if !w.asking && time.Since(w.asked) > watchInterval {
		w.asking = true
		go w.ask()
	}
	return w.answers
}

func (w *engineWatch) ask() {
	// No request waits for this answer, so it has no request's context.
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	err := w.probe(ctx)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.answers, w.asking, w.asked = err == nil, false, time.Now()
}

// mountPages lets the pages in, if the program has any.
func (s *server) mountPages(engine *gin.Engine) {
	if s.Pages == nil {
		return
	}
	s.Pages.Mount(engine, Door{s: s, inside: engine, engine: newEngineWatch(s.Engine.Ready)})
}

// wantsPage tells somebody at a browser from a program: pages live outside of
// the API's path, and browsers ask for HTML by name.
func wantsPage(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, Prefix) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// ReadProblem reads a refusal out of an answer of the API.
func ReadProblem(answer Answer) *problem.Problem {
	var said problem.Problem
	if err := json.Unmarshal(answer.Body, &said); err != nil || said.Code == "" {
		return problem.New(problem.Internal).Because(fmt.Errorf("the API answered %d without a problem", answer.Status))
	}
	if after := answer.Header.Get("Retry-After"); after != "" {
		return said.With("Retry-After", after)
	}
	return &said
}
