package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"bangfu/api/auth"
	"bangfu/models"
)

// place says where a thing lies, seen by a walker who has a role in Heping and,
// as a cadre, is walkerCadre.
type place string

const (
	// own: in Heping, and the walking cadre's.
	own place = "own"
	// near: in Heping, another cadre's.
	near place = "near"
	// far: in Hedong, another cadre's.
	far place = "far"
)

var places = []place{own, near, far}

// cadreAt and unitAt say whose the things are and where.
var (
	cadreAt = map[place]models.CadreID{own: "walker", near: "neighbour", far: "stranger"}
	unitAt  = map[place]models.UnitID{own: "120101", near: "120101", far: "120102"}
)

// call is how a row asks for an operation at a place.
type call struct {
	// values fill the path's {parameters}.
	values  map[string]string
	query   string
	body    any
	headers []with
}

// row is what is expected of one operation. It is written down from what each
// role is for, not from the policy file.
type row struct {
	// public: anybody. signedIn: whoever logged in, whatever their roles.
	public, signedIn bool
	// any may do it everywhere, tree in their part of the tree, self to what is
	// their own. All others are forbidden.
	any, tree, self []auth.Role
	// onlookers see the thing, in their part of the tree or if it is their own,
	// and may not do this to it: forbidden where they see it, not found elsewhere.
	onlookers []auth.Role
	// empty hold the permission over nothing: lists show them nothing, single
	// things are not found.
	empty []auth.Role
	// granted is the status when it is allowed. Acts that would change what
	// other steps of the walk need are asked for without their precondition: 428
	// or 422 then shows that the caller was let in.
	granted int
	// hidden is the status for somebody who may do it, but not there: 404.
	hidden int
	// shows is text that a list contains when, and only when, the caller may see
	// what lies at the place.
	shows func(w *walk, at place) string
	// call builds the request; nil means one without parameters.
	call func(w *walk, at place) call
	// fresh: each step uses a session of its own, since it ends it.
	fresh bool
}

// walk goes through every operation of the document.
type walk struct {
	*house
	mutex    sync.Mutex
	things   map[string]map[place]string
	walkers  map[auth.Role]*visitor
	accounts map[auth.Role]models.AccountID
}

// keep remembers the ID of a thing at a place; thing finds it again.
func (w *walk) keep(kind string, at place, id string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.things[kind] == nil {
		w.things[kind] = map[place]string{}
	}
	w.things[kind][at] = id
}

func (w *walk) thing(kind string, at place) string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.things[kind][at]
}

// noRole walks as somebody who logged in and has no role at all.
const noRole auth.Role = "no role"

func newWalk(t *testing.T) *walk {
	w := &walk{
		house: aHouse(t), things: map[string]map[place]string{},
		walkers: map[auth.Role]*visitor{}, accounts: map[auth.Role]models.AccountID{},
	}
	for _, role := range auth.Roles() {
		cadre := models.CadreID("")
		if role == auth.RoleCadre {
			cadre = cadreAt[own]
		}
		w.accounts[role] = w.account("walker-"+string(role), role, unitAt[own], cadre)
	}
	w.accounts[noRole] = w.account("walker-none", "", "", "")
	for role, account := range w.accounts {
		w.walkers[role] = w.signedIn(account)
	}
	for _, furnish := range furnishing() {
		furnish(w)
	}
	return w
}

type documented struct {
	ID           string `json:"operationId"`
	method, path string
}

// document reads the operations that the API says it has.
func (w *walk) document() []documented {
	var document struct {
		Paths map[string]map[string]documented `json:"paths"`
	}
	require.NoError(w, json.Unmarshal([]byte(w.visitor().get(Prefix+"/openapi.json").body), &document))
	var operations []documented
	for path, methods := range document.Paths {
		for method, operation := range methods {
			operation.method, operation.path = strings.ToUpper(method), path
			operations = append(operations, operation)
		}
	}
	sort.Slice(operations, func(i, j int) bool { return operations[i].ID < operations[j].ID })
	require.NotEmpty(w, operations)
	return operations
}

func TestEveryOperationAnswersEveryRoleAsExpectedInsideAndOutsideItsPartOfTheTree(t *testing.T) {
	w := newWalk(t)
	table := walkTable()
	documented := map[string]bool{}
	var group errgroup.Group
	group.SetLimit(16)
	findings := &findings{}
	for _, operation := range w.document() {
		documented[operation.ID] = true
		expected, known := table[operation.ID]
		if !known {
			findings.add("%s (%s %s) has no row in walk_table_test.go", operation.ID, operation.method, operation.path)
			continue
		}
		group.Go(func() error { w.anonymously(operation, expected, findings); return nil })
		for role := range w.accounts {
			for _, at := range places {
				group.Go(func() error { w.step(operation, expected, role, at, findings); return nil })
			}
		}
	}
	require.NoError(t, group.Wait())
	for id := range table {
		if !documented[id] {
			findings.add("%s has a row but is no operation", id)
		}
	}
	sort.Strings(findings.lines)
	require.Empty(t, findings.lines, strings.Join(findings.lines, "\n"))
}

type findings struct {
	mutex sync.Mutex
	lines []string
}

func (f *findings) add(format string, values ...any) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.lines = append(f.lines, fmt.Sprintf(format, values...))
}

func (w *walk) anonymously(operation documented, expected row, found *findings) {
	want := http.StatusUnauthorized
	if expected.public {
		want = expected.granted
	}
	got, err := w.ask(w.visitor(), operation, expected, own)
	if err != nil || got.status != want {
		found.add("%s by nobody: %d instead of %d (%v) %s", operation.ID, got.status, want, err, got.body)
	}
}

func (w *walk) step(operation documented, expected row, role auth.Role, at place, found *findings) {
	walker := w.walkers[role]
	if expected.fresh {
		walker = w.signedIn(w.accounts[role])
	}
	got, err := w.ask(walker, operation, expected, at)
	want := expected.status(role, at)
	if err != nil || got.status != want {
		found.add("%s by %s, %s: %d instead of %d (%v) %s", operation.ID, role, at, got.status, want, err, got.body)
		return
	}
	if expected.shows == nil || got.status >= http.StatusMultipleChoices {
		return
	}
	text := expected.shows(w, at)
	if shown := strings.Contains(got.body, text); shown != expected.reaches(role, at) {
		found.add("%s by %s: shows %q of %s: %t", operation.ID, role, text, at, shown)
	}
}

func (r row) may(role auth.Role) bool {
	return slices.Contains(r.any, role) || slices.Contains(r.tree, role) || slices.Contains(r.self, role) || slices.Contains(r.empty, role)
}

func (r row) reaches(role auth.Role, at place) bool {
	return slices.Contains(r.any, role) || slices.Contains(r.tree, role) && at != far || slices.Contains(r.self, role) && at == own
}

// status is what the role gets for something at the place.
func (r row) status(role auth.Role, at place) int {
	switch {
	case r.public || r.signedIn:
		return r.granted
	case slices.Contains(r.onlookers, role):
		if at == far || role == auth.RoleCadre && at != own {
			return http.StatusNotFound
		}
		return http.StatusForbidden
	case !r.may(role):
		return http.StatusForbidden
	case r.shows != nil || r.reaches(role, at):
		return r.granted
	case r.hidden != 0:
		return r.hidden
	default:
		return http.StatusNotFound
	}
}

func (w *walk) ask(walker *visitor, operation documented, expected row, at place) (answer, error) {
	asked := call{}
	if expected.call != nil {
		asked = expected.call(w, at)
	}
	path := operation.path
	for name, value := range asked.values {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	if strings.Contains(path, "{") {
		return answer{}, fmt.Errorf("the row fills not all of %s", operation.path)
	}
	if asked.query != "" {
		path += "?" + asked.query
	}
	return walker.send(w.Context(), operation.method, Prefix+path, asked.body, asked.headers...)
}
