package webtest

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// Event is one of a stream of server-sent events.
type Event struct{ Name, Data string }

// Listener is a browser's script that listens to a stream.
type Listener struct {
	*House
	Status int
	Header http.Header
	// Hang leaves, as a browser does whose page is closed.
	Hang   func()
	events chan Event
}

// hearing bounds how long a listener waits for anything.
const hearing = time.Minute

// Listen opens a stream of events.
func (v *Visitor) Listen(path string) *Listener {
	v.Helper()
	ctx, hang := context.WithCancel(v.Context())
	v.Cleanup(hang)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.URL+path, nil)
	require.NoError(v, err)
	request.Header.Set("Accept", "text/event-stream")
	response, err := v.browser.Do(request)
	require.NoError(v, err)
	v.Cleanup(func() { _ = response.Body.Close() })
	// More than any test leaves unheard, so that the reader never waits for one.
	const unheard = 100
	l := &Listener{House: v.House, Status: response.StatusCode, Header: response.Header, Hang: hang, events: make(chan Event, unheard)}
	go l.read(response.Body)
	return l
}

func (l *Listener) read(body io.Reader) {
	defer close(l.events)
	var event Event
	for lines := bufio.NewScanner(body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "event":
			event.Name = value
		case "data":
			event.Data = value
		case "":
			l.events <- event
			event = Event{}
		}
	}
}

// Hear waits for the next event, which has to be of this name.
func (l *Listener) Hear(name string) Event {
	l.Helper()
	select {
	case event, open := <-l.events:
		require.True(l, open, "the stream ended before it said %s", name)
		require.Equal(l, name, event.Name)
		return event
	case <-time.After(hearing):
		require.Fail(l, "heard nothing", name)
		return Event{}
	}
}

// End waits until the stream ends, whatever it says before.
func (l *Listener) End() {
	l.Helper()
	for {
		select {
		case _, open := <-l.events:
			if !open {
				return
			}
		case <-time.After(hearing):
			require.Fail(l, "the stream goes on")
		}
	}
}
