package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/inspection"
)

// The walk opens every page as every role, over things near (in the unit of the
// grant), far (in another) and one's own. A page that is registered without a
// row, or a row without a page, fails.

// place says where a thing lies, as seen from the visitor.
type place string

const (
	nearby  place = "near"
	faraway place = "far"
	own     place = "own"
)

// row says who may open a page and what they find.
type row struct {
	// public pages open without a log-in, signedIn ones to everybody logged in.
	public, signedIn bool
	// allowed may open the page; everybody else is refused (403).
	allowed []auth.Role
	// status is what the allowed get; 200 when zero.
	status int
	// thing gives the values of the path's parameters; nil for pages about no
	// single thing. A thing out of reach is not found (404).
	thing func(*walk, place) map[string]string
	// ownOnly pages about a thing open to those whose thing it is, nearby is not
	// enough (404). Only cadres own things.
	ownOnly []auth.Role
	// blind may open such pages and find nothing wherever it lies (404).
	blind []auth.Role
	// redirects are sent on to the one thing that is theirs.
	redirects []auth.Role
	// anywhere pages show things wherever they lie.
	anywhere bool
	// form is what a POST sends.
	form url.Values
	// last pages end the visit, so they are tried after all others.
	last bool
}

// walk is a house with a visitor a role, each granted over the near district.
type walk struct {
	*webtest.House
	visitors map[auth.Role]*webtest.Visitor
	stranger *webtest.Visitor
	// quarter is under way, issued is over; findings by where their unit lies.
	quarter, issued *webtest.Quarter
	findings        map[place]inspection.FindingID
	// cadre is the demonstration's first cadre, who lives in the near district.
	cadre models.CadreID
}

// rows is the whole table: one part a family, each in a file of its own.
func rows() map[string]row {
	table := map[string]row{"GET /": {signedIn: true, status: http.StatusSeeOther}}
	for _, part := range []map[string]row{signinRows(), dutyRows(), reviewRows(), ledgerRows(), dossierRows(), approvalRows(), registryRows(), planRows(), officerRows(), substitutionRows(), progressRows(), inspectionRows()} {
		maps.Copy(table, part)
	}
	return table
}

// aWalk is left out of a short run: it asks for one page after another, so that
// there is nothing for the race detector to find.
func aWalk(t *testing.T) *walk {
	t.Helper()
	if testing.Short() {
		t.Skip("hundreds of pages, one after another")
	}
	w := &walk{House: webtest.Open(t, web.New()), visitors: map[auth.Role]*webtest.Visitor{}}
	w.stranger = w.Stranger()
	for _, role := range auth.Roles() {
		if role == auth.RoleCadre {
			w.visitors[role] = w.As(role)
			continue
		}
		w.visitors[role] = w.Visit(w.NewAccount("walk-"+string(role), role, webtest.Near))
	}
	account, err := w.Archive.Account(t.Context(), w.Account(auth.RoleCadre))
	require.NoError(t, err)
	w.cadre = account.Cadre
	w.draft()
	w.inspect()
	return w
}

func TestEveryPageHasARow(t *testing.T) {
	var registered []string
	for _, route := range web.New().Routes() {
		registered = append(registered, route.Method+" "+route.Path)
	}
	slices.Sort(registered)
	require.Equal(t, registered, slices.Sorted(maps.Keys(rows())))
}

func TestPagesOpenToWhomTheyAreForAndToNobodyElse(t *testing.T) {
	w := aWalk(t)
	table := rows()
	names := slices.SortedFunc(maps.Keys(table), func(a, b string) int {
		if table[a].last != table[b].last {
			return map[bool]int{true: 1, false: -1}[table[a].last]
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		t.Run(name, func(t *testing.T) { w.everybodyTries(t, name, table[name]) })
	}
	require.NotContains(t, w.Log.String(), "panic")
}

func (w *walk) everybodyTries(t *testing.T, name string, page row) {
	method, path, _ := strings.Cut(name, " ")
	if !page.public {
		answered := w.try(t, w.stranger, method, path, page, nearby)
		require.Equal(t, http.StatusSeeOther, answered.Status, "a stranger is sent to log in")
		require.Contains(t, answered.Header.Get("Location"), "/login")
	}
	for _, role := range auth.Roles() {
		places := []place{nearby}
		if page.thing != nil {
			places = []place{nearby, faraway}
			if role == auth.RoleCadre {
				places = append(places, own)
			}
		}
		for _, at := range places {
			answered := w.try(t, w.visitors[role], method, path, page, at)
			require.Equal(t, page.expected(role, at), answered.Status, "%s, %s: %s", role, at, answered.Body)
		}
	}
}

func (w *walk) try(t *testing.T, visitor *webtest.Visitor, method, path string, page row, at place) webtest.Answer {
	t.Helper()
	if page.thing != nil {
		for parameter, value := range page.thing(w, at) {
			path = strings.Replace(path, ":"+parameter, url.PathEscape(value), 1)
		}
	}
	require.NotContains(t, path, "/:", "the row does not fill the path")
	if method == http.MethodPost {
		return visitor.Post(path, page.form)
	}
	return visitor.Get(path)
}

func (r row) expected(role auth.Role, at place) int {
	granted := r.status
	if granted == 0 {
		granted = http.StatusOK
	}
	switch {
	case r.public || r.signedIn:
		return granted
	case !slices.Contains(r.allowed, role):
		return http.StatusForbidden
	case slices.Contains(r.blind, role):
		return http.StatusNotFound
	case slices.Contains(r.redirects, role):
		return http.StatusSeeOther
	case r.thing == nil || r.anywhere:
		return granted
	case at == faraway, at == nearby && slices.Contains(r.ownOnly, role):
		return http.StatusNotFound
	default:
		return granted
	}
}

// address fills the parameters of a page's path with what the role may open.
func (w *walk) address(t *testing.T, role auth.Role, path string, page row) string {
	t.Helper()
	if page.thing == nil {
		return path
	}
	at := nearby
	if role == auth.RoleCadre {
		at = own
	}
	for parameter, value := range page.thing(w, at) {
		path = strings.Replace(path, ":"+parameter, url.PathEscape(value), 1)
	}
	require.NotContains(t, path, "/:")
	return path
}

// partial answers are no pages of their own: scripts put them into one.
var partial = map[string]bool{
	"GET /ledger/views": true, "GET /ledger/figures": true, "GET /suggest/code": true, "GET /suggest/enterprises": true,
	"GET /suggest/cadres": true, "GET /suggest/deputies": true, "GET /inspections/:inspection/board/events": true,
	"GET /obligations/export": true,
}

// opens reports whether a role is shown the page.
func (r row) opens(role auth.Role) bool {
	return r.public || r.signedIn || slices.Contains(r.allowed, role)
}
