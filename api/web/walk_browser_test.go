//go:build !race

// A browser takes minutes: it judges the pages once, in the pass without the race
// detector.

package web_test

import (
	"fmt"
	"maps"
	"net/http"
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

func TestEveryPageInABrowserIsAccessibleFitsAPhoneAndMakesItComplainOfNothing(t *testing.T) {
	w := aWalk(t)
	table := rows()
	names := slices.Sorted(maps.Keys(table))
	seen := judged{}
	for _, role := range auth.Roles() {
		t.Run(string(role), func(t *testing.T) {
			who := w.sits(t, role)
			for _, name := range names {
				method, path, _ := strings.Cut(name, " ")
				if page := table[name]; method == http.MethodGet && !partial[name] && page.opens(role) {
					seen.looksGood(t, who.Visit(w.address(t, role, path, page)), name, string(role))
				}
			}
		})
	}
	require.NotContains(t, w.Log.String(), "panic")
}

// judged remembers what kinds of elements axe has seen on a page. Roles differ in
// rows and buttons: a page that shows nothing of a new kind is not judged again.
type judged map[string]bool

// kinds are the kinds of elements of the open page.
const kinds = `[...new Set([...document.querySelectorAll("body, body *:not(svg *, option)")].map(e => [e.tagName, e.className.baseVal ?? e.className,
	e.getAttribute("role"), e.type, e.hidden, e.disabled, e.parentElement.tagName].join(" ")))].join("\n")`

func (j judged) news(name string, shown string) bool {
	news := false
	for kind := range strings.SplitSeq(shown, "\n") {
		key := name + " " + kind
		news = news || !j[key]
		j[key] = true
	}
	return news
}

// looksGood judges the open page on a desktop and on a phone.
func (j judged) looksGood(t *testing.T, who *browser.Person, name, by string) {
	t.Helper()
	judge := j.news(name, browser.Evaluate[string](who, kinds))
	for _, window := range []string{"desktop", "phone"} {
		if window == "phone" {
			who.Phone()
		}
		if judge {
			if found := who.Judge(); len(found) > 0 {
				t.Errorf("%s at %s on a %s:\n%s", name, who.Where(), window, strings.Join(found, "\n"))
			}
			keep(who, by, name, window)
		}
		if wider := who.Sideways(); wider > 0 {
			t.Errorf("%s at %s is %d pixels wider than a %s", name, who.Where(), wider, window)
		}
	}
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
	sent, seen := map[string]bool{}, judged{}
	for _, role := range []auth.Role{auth.RoleCadre, auth.RoleDistrictScience, auth.RoleOrganization, auth.RoleAdjudicator, auth.RoleSystemOfficer, auth.RoleSecurityOfficer} {
		t.Run(string(role), func(t *testing.T) {
			who := w.sits(t, role)
			for _, name := range slices.Sorted(maps.Keys(table)) {
				method, path, _ := strings.Cut(name, " ")
				page := table[name]
				if method != http.MethodPost || page.last || !page.opens(role) || page.status == http.StatusSeeOther || sent[name] {
					continue
				}
				who.Visit("/me").Post(w.address(t, role, path, page), page.form)
				sent[name] = true
				seen.looksGood(t, who, name, string(role))
			}
		})
	}
	require.NotContains(t, w.Log.String(), "panic")
}
