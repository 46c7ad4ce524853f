package browse

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/web/webtest/browser"
)

// rounds are the pages that each role opens in a day. What stands in quotes is
// the link on the page before by which a single thing is found.
var rounds = map[string][]string{
	"cadre":                 {"/duty", "/duty/timeline", "/records/new?kind=introduce", "/notices", "/enterprises", "/enterprises/new", "/plan", "/plan/tasks/56", "/policies/1", "/workdays", "/units", "/me", "/me/sessions", "/password", "/duty →main .cards a[href^='/records/']:not([href*='new'])"},
	"contact":               {"/unit-reports", "/inspections", "/findings", "/bulletins", "/progress", "/obligations", "/overview", "/cadres", "/enterprises"},
	"district-science":      {"/reviews", "/reviews →#list a.row-link", "/enterprise-overrides", "/disputes"},
	"district-organization": {"/reviews", "/reviews →#list a.row-link"},
	"city-science":          {"/reviews", "/reviews →#list a.row-link"},
	"organization":          {"/obligations", "/obligations?light=red", "/overview", "/cadres", "/cadres →tbody a.row-link", "/imports", "/obligations →#list a.row-link", "/approvals", "/substitutes", "/substitutes/new", "/ledger/saved", "/ledger/saved/new?light=red", "/definitions", "/batches?whole=yes&q.unit=120101", "/obligations →#list a.row-link →a[href$='/commands/extend']"},
	"adjudicator":           {"/disputes", "/disputes →tbody a.row-link"},
	"leader":                {"/unit-reports", "/inspections", "/bulletins"},
	"signer":                {"/inspections", "/bulletins"},
	"inspector":             {"/inspections", "/findings", "/findings/new", "/bulletins", "/overview", "/obligations", "/plan", "/plan/tasks/6", "/progress", "/progress/tj-kw"},
	"archivist":             {"/obligations", "/obligations →#list a.row-link →a[href$='/dossier']"},
	"auditor":               {"/access-log", "/self-check"},
	"system-officer":        {"/accounts", "/accounts/new", "/accounts →tbody a.row-link", "/idle-accounts"},
	"security-officer":      {"/accounts", "/accounts →tbody a.row-link", "/sessions"},
}

// walkTo follows links from a page to a single thing.
func (w *person) walkTo(way string) {
	w.Helper()
	steps := strings.Split(way, " →")
	w.visits(steps[0])
	for _, selector := range steps[1:] {
		w.until("a link "+selector, "document.readyState === 'complete' && !!document.querySelector("+quoted(selector)+")")
		w.visits(browser.PathOf(w, evaluates[string](w, "document.querySelector("+quoted(selector)+").href")))
	}
}

// picturesTo names the folder for pictures of every page; none are taken without.
const picturesTo = "BANGFU_PICTURES"

func TestEveryPageOfEveryRoleIsAccessibleFitsAPhoneAndMakesTheBrowserComplainOfNothing(t *testing.T) {
	program := aProgram(t)
	folder := os.Getenv(picturesTo)
	roles := make([]string, 0, len(rounds))
	for role := range rounds {
		roles = append(roles, role)
	}
	slices.Sort(roles)
	for _, role := range roles {
		t.Run(role, func(t *testing.T) {
			who := program.enters(t, role)
			for number, way := range rounds[role] {
				who.Desktop()
				who.walkTo(way)
				require.NotContains(t, evaluates[string](who, "document.title"), "没有找到", way)
				require.Empty(t, who.judge(), "%s at 1440 px", way)
				who.keep(folder, fmt.Sprintf("%s-%02d-desktop", role, number))
				who.Phone()
				require.Empty(t, who.judge(), "%s at 390 px", way)
				require.LessOrEqual(t, who.Sideways(), 0, "%s at 390 px is wider than the window", way)
				who.keep(folder, fmt.Sprintf("%s-%02d-phone", role, number))
			}
		})
	}
}

func (w *person) keep(folder, name string) {
	w.Helper()
	if folder == "" {
		return
	}
	w.Keep(folder, name)
}

func TestTheLogInPageIsAccessible(t *testing.T) {
	who := aProgram(t).at(t)
	for _, path := range []string{"/login", "/problems/sign-in-failed"} {
		who.visits(path)
		require.Empty(t, who.judge(), path)
	}
}
