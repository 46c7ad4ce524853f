package page

import (
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

// streams are those that are open, and the end of the server, which does not wait
// for what never ends by itself.
type streams struct {
	mutex sync.Mutex
	// open are the streams of each session, the oldest first, each as the channel
	// whose closing ends it.
	open   map[string][]chan struct{}
	listen sync.Once
	ending chan struct{}
}

func newStreams() *streams {
	return &streams{open: map[string][]chan struct{}{}, ending: make(chan struct{})}
}

// enter opens one more stream of a session until leave. The oldest yields to one
// too many: a browser that vanished without a word cannot be told from one that
// listens, and must not keep out the one that does.
func (s *streams) enter(session string) (yield <-chan struct{}, leave func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	one := make(chan struct{})
	held := append(s.open[session], one)
	if len(held) > streamsMost {
		close(held[0])
		held = held[1:]
	}
	s.open[session] = held
	return one, func() { s.leave(session, one) }
}

func (s *streams) leave(session string, one chan struct{}) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	held := slices.DeleteFunc(s.open[session], func(other chan struct{}) bool { return other == one })
	if s.open[session] = held; len(held) == 0 {
		delete(s.open, session)
	}
}

// hear has ending closed when the server that serves the request begins to shut
// down. The first request to any page does: a server tells nobody who asks after
// it has begun.
func (s *streams) hear(r *http.Request) {
	s.listen.Do(func() {
		if server, served := r.Context().Value(http.ServerContextKey).(*http.Server); served {
			server.RegisterOnShutdown(sync.OnceFunc(func() { close(s.ending) }))
		}
	})
}

// Listens reports whether a script waits for a stream of events; a person who
// opens the address of one does not.
func (v *Visit) Listens() bool {
	return strings.Contains(v.Request.Header.Get("Accept"), "text/event-stream")
}

// Watch answers with server-sent events: watching at the beginning, changed
// whenever what look sees is another than before, and beat in between. Each says
// what was seen last, so that whoever shows something else knows. It asks at every
// look as the visitor, by Visit.Ask, so that it ends with the session and with the
// right to look.
func (v *Visit) Watch(look func() (string, error)) error {
	session, err := v.session()
	if err != nil {
		return err
	}
	seen, err := look()
	if err != nil {
		return err
	}
	yield, leave := v.site.streams.enter(session)
	defer leave()
	s := v.stream(look, seen, yield)
	defer s.close()
	// A stream that has begun cannot say why it ends: the browser opens it anew, and
	// is told then.
	_ = s.follow(v.Context())
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
	look    func() (string, error)
	// yield ends the stream for a later one of the session.
	yield <-chan struct{}
	// seen is what the last look saw, spoke when the listener last heard anything.
	seen  string
	spoke time.Time
}

func (v *Visit) stream(look func() (string, error), seen string, yield <-chan struct{}) *stream {
	header := v.writer.Header()
	header.Set("Content-Type", "text/event-stream")
	// A proxy that gathers the answer would keep every event for itself.
	header.Set("X-Accel-Buffering", "no")
	return &stream{visit: v, control: http.NewResponseController(belowRouter(v.writer)), look: look, seen: seen, yield: yield}
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
// stream's time is gone, or a later stream takes its place.
func (s *stream) follow(ctx context.Context) error {
	pulse := s.visit.site.Pulse
	life, pause := time.NewTimer(pulse.Life), time.NewTimer(pulse.Look)
	defer life.Stop()
	defer pause.Stop()
	for err := s.begin(); ; {
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.visit.site.streams.ending:
			return nil
		case <-s.yield:
			return s.giveWay()
		case <-life.C:
			return nil
		case <-time.After(pulse.Beat - time.Since(s.spoke)):
			// Scripts do not hear comments, and want to know a silent stream from a dead
			// one, however long the next look is off.
			err = s.say("event: beat\ndata: %s\n\n", s.seen)
		case <-pause.C:
			began := time.Now()
			err = s.lookAgain()
			pause.Reset(rest(pulse.Look, time.Since(began)))
		}
	}
}

// rest is how long the next look waits after one that took so long: what is dear
// to look at is looked at less often, but not so seldom that nobody waits for it.
func rest(look, took time.Duration) time.Duration {
	const times, longest = 10, 30 * time.Second
	return max(look, min(times*took, longest))
}

// begin says that the stream has come through, and when to open it again once it
// breaks off: not all at once after a server has gone.
func (s *stream) begin() error {
	const soonest, spread = 2000, 3000
	return s.say("retry: %d\nevent: watching\ndata: %s\n\n", soonest+rand.IntN(spread), s.seen)
}

// giveWay has a browser that does listen come back later, or five open boards
// would displace each other all the time.
func (s *stream) giveWay() error {
	const later = 30 * time.Second
	return s.say("retry: %d\n\n", later.Milliseconds())
}

func (s *stream) lookAgain() error {
	if _, err := s.visit.session(); err != nil {
		return err
	}
	now, err := s.look()
	if err != nil || now == s.seen {
		return err
	}
	s.seen = now
	return s.say("event: changed\ndata: %s\n\n", now)
}

// writePatience bounds how long a word waits for a visitor who does not read. It
// notices nobody who has vanished: the system takes what is written for them as
// long as its buffer lasts, and words are small.
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
