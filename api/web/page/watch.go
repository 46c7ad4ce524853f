package page

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"bangfu/api"
	"bangfu/api/problem"
)

// Pulse is the rhythm of what is live on a page.
type Pulse struct {
	// Look is how often the server looks for a change, Beat the longest silence of a
	// stream, Life when it ends, so that the browser opens it anew as another visit.
	Look, Beat, Life time.Duration
}

// rhythm is the pulse of a site.
var rhythm = Pulse{Look: 2 * time.Second, Beat: 15 * time.Second, Life: 10 * time.Minute}

// streamsMost is how many streams a session may hold open. Over HTTP/1.1 a browser
// has six connections to a site, and the pages need some of them.
const streamsMost = 4

// streams are those that are open: how many each session holds, and the end of the
// server, which does not wait for what never ends by itself.
type streams struct {
	mutex  sync.Mutex
	open   map[string]int
	listen sync.Once
	ending chan struct{}
}

func newStreams() *streams {
	return &streams{open: map[string]int{}, ending: make(chan struct{})}
}

// enter counts one more stream of a session until leave.
func (s *streams) enter(session string) (leave func(), err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.open[session] >= streamsMost {
		return nil, problem.New(problem.TooManyRequests)
	}
	s.open[session]++
	return func() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if s.open[session]--; s.open[session] == 0 {
			delete(s.open, session)
		}
	}, nil
}

// end is closed when the server that serves the request begins to shut down.
func (s *streams) end(r *http.Request) <-chan struct{} {
	s.listen.Do(func() {
		if server, served := r.Context().Value(http.ServerContextKey).(*http.Server); served {
			server.RegisterOnShutdown(sync.OnceFunc(func() { close(s.ending) }))
		}
	})
	return s.ending
}

// Listens reports whether a script waits for a stream of events; a person who
// opens the address of one does not.
func (v *Visit) Listens() bool {
	return strings.Contains(v.Request.Header.Get("Accept"), "text/event-stream")
}

// Watch answers with server-sent events: watching at the beginning, changed
// whenever what look sees is another than seen, and beat in between. It asks at
// every look as the visitor, by Visit.Ask, so that it ends with the session and
// with the right to look. seen is what the page shows that listens; a browser
// that opens a broken stream again says what it was told last.
func (v *Visit) Watch(seen string, look func() (string, error)) error {
	session, err := v.session()
	if err != nil {
		return err
	}
	now, err := look()
	if err != nil {
		return err
	}
	leave, err := v.site.streams.enter(session)
	if err != nil {
		return err
	}
	defer leave()
	if told := v.Request.Header.Get("Last-Event-ID"); told != "" {
		seen = told
	}
	s := v.stream(seen, look)
	defer s.close()
	// A stream that has begun cannot say why it ends: the browser opens it anew, and
	// is told then.
	_ = s.follow(v.Context(), now)
	return nil
}

// session is the number of the visitor's session, as long as it is open: it may be
// ended elsewhere while a request lasts.
func (v *Visit) session() (string, error) {
	var found api.PageOf[api.SessionItem]
	if _, err := v.Ask("/me/sessions", nil, &found); err != nil {
		return "", err
	}
	at := slices.IndexFunc(found.Items, func(one api.SessionItem) bool { return one.Current })
	if at < 0 {
		return "", problem.New(problem.SignInRequired)
	}
	return found.Items[at].ID, nil
}

// stream is an answer that goes on.
type stream struct {
	visit   *Visit
	control *http.ResponseController
	ending  <-chan struct{}
	look    func() (string, error)
	// seen is what the listener knows, spoke when they last heard anything.
	seen  string
	spoke time.Time
}

func (v *Visit) stream(seen string, look func() (string, error)) *stream {
	header := v.writer.Header()
	header.Set("Content-Type", "text/event-stream")
	// A proxy that gathers the answer would keep every event for itself.
	header.Set("X-Accel-Buffering", "no")
	return &stream{
		visit: v, control: http.NewResponseController(belowRouter(v.writer)), ending: v.site.streams.end(v.Request), look: look, seen: seen,
	}
}

// belowRouter is the writer under the router's own, whose Flush does nothing and
// says nothing where the layer below has none itself, as that of the sessions.
func belowRouter(w http.ResponseWriter) http.ResponseWriter {
	if router, wraps := w.(interface{ Unwrap() http.ResponseWriter }); wraps {
		return router.Unwrap()
	}
	return w
}

// follow looks and tells until the visitor, their session, the server or the
// stream's time is gone.
func (s *stream) follow(ctx context.Context, now string) error {
	pulse := s.visit.site.Pulse
	life, pause := time.NewTimer(pulse.Life), time.NewTimer(pulse.Look)
	defer life.Stop()
	defer pause.Stop()
	if err := s.begin(now); err != nil {
		return err
	}
	for {
		if err := s.tell(now, pulse.Beat); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ending:
			return nil
		case <-life.C:
			return nil
		case <-pause.C:
		}
		began := time.Now()
		if _, err := s.visit.session(); err != nil {
			return err
		}
		var err error
		if now, err = s.look(); err != nil {
			return err
		}
		pause.Reset(max(pulse.Look, restful*time.Since(began)))
	}
}

// restful is how many times as long as a look takes the next one waits: what is
// dear to look at is looked at less often.
const restful = 10

// begin says that the stream has come through, and when to open it again once it
// breaks off: not all at once after a server has gone. Without a word of what the
// page shows, it is taken to show what there is now.
func (s *stream) begin(now string) error {
	const soonest, spread = 2000, 3000
	s.seen = cmp.Or(s.seen, now)
	return s.say("retry: %d\nevent: watching\ndata: %s\n\n", soonest+rand.IntN(spread), now)
}

func (s *stream) tell(now string, beat time.Duration) error {
	switch {
	case s.seen != now:
		s.seen = now
		return s.say("event: changed\nid: %s\ndata: %s\n\n", now, now)
	case time.Since(s.spoke) >= beat:
		// Scripts do not hear comments, and want to know a silent stream from a dead one.
		return s.say("event: beat\ndata: %s\n\n", now)
	default:
		return nil
	}
}

// writePatience bounds how long a visitor who does not read is waited for.
const writePatience = 10 * time.Second

func (s *stream) say(format string, values ...any) error {
	s.spoke = time.Now()
	if err := s.control.SetWriteDeadline(s.spoke.Add(writePatience)); err != nil {
		return fmt.Errorf("bound the writing of a stream: %w", err)
	}
	if _, err := fmt.Fprintf(s.visit.writer, format, values...); err != nil {
		return fmt.Errorf("write to a stream: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("send what a stream says: %w", err)
	}
	return nil
}

// close takes the bound off, which would outlive the stream on a connection that
// is used again.
func (s *stream) close() { _ = s.control.SetWriteDeadline(time.Time{}) }
