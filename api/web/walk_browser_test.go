package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web/webtest/browser"
	"bangfu/models"
)

// picturesTo names the folder for pictures of every page; none are taken without.
const picturesTo = "BANGFU_PAGE_PICTURES"

// account is the one with which a role walks.
func (w *walk) account(role auth.Role) models.AccountID {
	if role == auth.RoleCadre {
		return w.Account(role)
	}
	return models.AccountID("test-walk-" + string(role))
}

// sits is a role at a browser.
func (w *walk) sits(t *testing.T, role auth.Role) *browser.Person {
	t.Helper()
	link, err := api.IssueLoginLink(t.Context(), w.Archive, w.URL, w.account(role), "/me", time.Hour)
	require.NoError(t, err)
	who := browser.Open(t, w.URL)
	who.EnterBy(link)
	return who
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
}

// opens reports whether a role is shown the page.
func (r row) opens(role auth.Role) bool {
	return r.public || r.signedIn || slices.Contains(r.allowed, role)
}

func TestEveryPageInABrowserIsAccessibleFitsAPhoneAndMakesItComplainOfNothing(t *testing.T) {
	w := aWalk(t)
	table := rows()
	names := slices.Sorted(maps.Keys(table))
	judgedOnAPhone := map[string]bool{}
	for _, role := range auth.Roles() {
		t.Run(string(role), func(t *testing.T) {
			who := w.sits(t, role)
			for _, name := range names {
				method, path, _ := strings.Cut(name, " ")
				if page := table[name]; method == http.MethodGet && !partial[name] && page.opens(role) {
					looksGood(t, who.Visit(w.address(t, role, path, page)), name, &judgedOnAPhone, string(role))
				}
			}
		})
	}
	require.NotContains(t, w.Log.String(), "panic")
}

// looksGood judges the open page on a desktop and on a phone. What differs
// between roles are rows and buttons, so axe looks at a page on the phone once.
func looksGood(t *testing.T, who *browser.Person, name string, onAPhone *map[string]bool, by string) {
	t.Helper()
	if found := who.Judge(); len(found) > 0 {
		t.Errorf("%s at %s, 1440 px:\n%s", name, who.Where(), strings.Join(found, "\n"))
	}
	keep(who, by, name, "desktop")
	who.Phone()
	if !(*onAPhone)[name] {
		(*onAPhone)[name] = true
		if found := who.Judge(); len(found) > 0 {
			t.Errorf("%s at %s, 390 px:\n%s", name, who.Where(), strings.Join(found, "\n"))
		}
	}
	if wider := who.Sideways(); wider > 0 {
		t.Errorf("%s at %s is %d pixels wider than a phone", name, who.Where(), wider)
	}
	keep(who, by, name, "phone")
	who.Desktop()
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

func keep(who *browser.Person, by, name, window string) {
	if folder := os.Getenv(picturesTo); folder != "" {
		who.Keep(folder, fmt.Sprintf("%s-%s-%s", strings.Trim(notInNames.ReplaceAllString(name, "-"), "-"), by, window))
	}
}

func TestEveryRefusedFormInABrowserIsAccessibleAndFitsAPhone(t *testing.T) {
	w := aWalk(t)
	table := rows()
	onAPhone := map[string]bool{}
	for _, role := range []auth.Role{auth.RoleCadre, auth.RoleDistrictScience, auth.RoleOrganization, auth.RoleAdjudicator, auth.RoleSystemOfficer, auth.RoleSecurityOfficer} {
		t.Run(string(role), func(t *testing.T) {
			who := w.sits(t, role)
			for _, name := range slices.Sorted(maps.Keys(table)) {
				method, path, _ := strings.Cut(name, " ")
				page := table[name]
				if method != http.MethodPost || page.last || !page.opens(role) || page.status == http.StatusSeeOther || onAPhone[name] {
					continue
				}
				who.Visit("/me").Post(w.address(t, role, path, page), page.form)
				looksGood(t, who, name, &onAPhone, string(role))
			}
		})
	}
	require.NotContains(t, w.Log.String(), "panic")
}
