package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/page"
	"bangfu/api/web/webtest"
)

// quickly is a pulse for tests: a look is a moment, a silence a second.
var quickly = page.Pulse{Look: 20 * time.Millisecond, Beat: time.Second, Life: time.Minute}

// aLiveBoard is a quarter whose board is looked at with a pulse.
func aLiveBoard(t *testing.T, pulse page.Pulse) *webtest.Quarter {
	t.Helper()
	site := web.New()
	site.Pulse = pulse
	return webtest.Open(t, site).OpenQuarter(1)
}

// stream is the address of the stream of a board as its page names it.
func stream(t *testing.T, who *webtest.Visitor, quarter *webtest.Quarter) string {
	t.Helper()
	shown := who.Get("/inspections/" + quarter.ID.String() + "?kind=district")
	require.Equal(t, http.StatusOK, shown.Status)
	found := regexp.MustCompile(`data-live="([^"]+)"`).FindStringSubmatch(shown.Body)
	require.NotNil(t, found)
	return html.UnescapeString(found[1])
}

func TestTheBoardTellsOfAUnitsNewStageAndOfNothingElse(t *testing.T) {
	quarter := aLiveBoard(t, page.Pulse{Look: 20 * time.Millisecond, Beat: time.Minute, Life: time.Minute})
	inspector := quarter.As(auth.RoleInspector)
	contact := quarter.NewAccount("files", auth.RoleContact, webtest.Near)
	at := stream(t, inspector, quarter)
	heard := inspector.Listen(at)
	require.Equal(t, http.StatusOK, heard.Status)
	require.Equal(t, "text/event-stream", heard.Header.Get("Content-Type"))
	require.Equal(t, "no-store", heard.Header.Get("Cache-Control"))
	before := heard.Hear("watching")

	// Every stream looks before its first word: what it says then was seen by now.
	writes(t, quarter.Visit(contact), quarter)
	require.Equal(t, before.Data, inspector.Listen(at).Hear("watching").Data, "a text changes no stage")

	quarter.File(webtest.Near, contact)
	told := heard.Hear("changed")
	require.NotEqual(t, before.Data, told.Data)
	require.Equal(t, told.Data, inspector.Listen(at).Hear("watching").Data, "one change is told once")
	part := inspector.Part("/inspections/" + quarter.ID.String() + "?kind=district").Body
	require.Contains(t, part, "已填待签")
	require.Equal(t, told.Data, state(t, part))
	require.NotContains(t, quarter.Log.String(), "panic")
}

// state is the one that a board says that it shows.
func state(t *testing.T, body string) string {
	t.Helper()
	found := regexp.MustCompile(`data-state="([0-9a-f]+)"`).FindStringSubmatch(body)
	require.NotNil(t, found)
	return found[1]
}

// writes saves a text of the near district's report, which changes no stage.
func writes(t *testing.T, contact *webtest.Visitor, quarter *webtest.Quarter) {
	t.Helper()
	at := "/unit-reports/" + quarter.ID.String() + "/" + string(webtest.Near)
	saved := contact.Post(at, url.Values{"match": {hidden(t, contact.Get(at).Body, "match")}, "measures": {"走访企业"}})
	require.Equal(t, http.StatusSeeOther, saved.Status, saved.Body)
}

func TestEveryWordSaysWhichStateThereIs(t *testing.T) {
	quarter := aLiveBoard(t, quickly)
	inspector := quarter.As(auth.RoleInspector)
	at := stream(t, inspector, quarter)
	shown := state(t, inspector.Get("/inspections/"+quarter.ID.String()+"?kind=district").Body)
	unchanged := inspector.Listen(at)
	require.Equal(t, shown, unchanged.Hear("watching").Data)
	unchanged.Hang()

	quarter.Raise(webtest.Near, "走访记录不全")
	missed := inspector.Listen(at)
	now := missed.Hear("watching").Data
	require.NotEqual(t, shown, now, "who shows what was before is told at once")
	require.Equal(t, now, missed.Hear("beat").Data)
}

func TestAStreamBeatsHoweverLongTheNextLookIsOff(t *testing.T) {
	quarter := aLiveBoard(t, page.Pulse{Look: time.Hour, Beat: 20 * time.Millisecond, Life: time.Hour})
	inspector := quarter.As(auth.RoleInspector)
	heard := inspector.Listen(stream(t, inspector, quarter))
	heard.Hear("watching")
	heard.Hear("beat")
	heard.Hear("beat")
}

func TestAStreamIsForThoseWhoMayOpenTheBoard(t *testing.T) {
	quarter := aLiveBoard(t, quickly)
	at := "/inspections/" + quarter.ID.String() + "/board/events"
	require.Equal(t, http.StatusUnauthorized, quarter.Stranger().Listen(at).Status)
	require.Equal(t, http.StatusForbidden, quarter.As(auth.RoleCadre).Listen(at).Status)
	inspector := quarter.As(auth.RoleInspector)
	require.Equal(t, http.StatusNotFound, inspector.Listen("/inspections/demo.1999Q1/board/events").Status)
	sent := inspector.Get(at)
	require.Equal(t, http.StatusSeeOther, sent.Status, "who opens it as a page is sent to the board")
	require.Equal(t, "/inspections/"+quarter.ID.String(), sent.Header.Get("Location"))
}

func TestAStreamEndsWithTheSessionAndWithTheRight(t *testing.T) {
	quarter := aLiveBoard(t, quickly)
	account := quarter.NewAccount("leaves", auth.RoleInspector, webtest.Near)
	leaver, stays := quarter.Visit(account), quarter.Visit(account)
	at := stream(t, leaver, quarter)
	left, kept := leaver.Listen(at), stays.Listen(at)
	left.Hear("watching")
	kept.Hear("watching")
	require.Equal(t, http.StatusSeeOther, leaver.Post("/logout", nil).Status)
	left.End()
	require.Equal(t, http.StatusUnauthorized, leaver.Listen(at).Status)
	kept.Hear("beat")

	known, err := quarter.Archive.Account(t.Context(), account)
	require.NoError(t, err)
	require.NoError(t, quarter.Archive.RevokeGrant(t.Context(), account, "test-leaves", "officer", known.Version, time.Now()))
	kept.End()
	require.Equal(t, http.StatusForbidden, stays.Listen(at).Status)
}

func TestTheOldestOfFourStreamsOfASessionYieldsToTheFifth(t *testing.T) {
	quarter := aLiveBoard(t, quickly)
	inspector := quarter.As(auth.RoleInspector)
	at := stream(t, inspector, quarter)
	elsewhere := quarter.As(auth.RoleInspector).Listen(at)
	elsewhere.Hear("watching")
	var held []*webtest.Listener
	for range 5 {
		one := inspector.Listen(at)
		one.Hear("watching")
		held = append(held, one)
	}
	held[0].End()
	held[1].Hear("beat")
	elsewhere.Hear("beat")
}

func TestAStreamLivesForItsTimeAndNotLongerThanTheServer(t *testing.T) {
	short := aLiveBoard(t, page.Pulse{Look: 20 * time.Millisecond, Beat: time.Minute, Life: 200 * time.Millisecond})
	inspector := short.As(auth.RoleInspector)
	heard := inspector.Listen(stream(t, inspector, short))
	heard.Hear("watching")
	heard.End()

	long := aLiveBoard(t, quickly)
	inspector = long.As(auth.RoleInspector)
	heard = inspector.Listen(stream(t, inspector, long))
	heard.Hear("watching")
	began := time.Now()
	require.NoError(t, long.Server.Shutdown(t.Context()))
	require.Less(t, time.Since(began), 20*time.Second, "a drain waits for no stream")
	heard.End()
}
