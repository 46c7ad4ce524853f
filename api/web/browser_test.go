//go:build !race

// A browser takes minutes: it judges the pages once, in the pass without the race
// detector.

package web_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/api/web/webtest/browser"
	"bangfu/models/store"
)

// letIn is a browser that came by a log-in link of the first account of a role.
func letIn(t *testing.T, h *webtest.House, role auth.Role, opens string) *browser.Person {
	t.Helper()
	who := browser.Open(t, h.URL)
	who.Visit(linkOf(t, h, role, opens)).Press("登录").Arrive(opens)
	return who
}

func linkOf(t *testing.T, h *webtest.House, role auth.Role, opens string) string {
	t.Helper()
	link, err := api.IssueLoginLink(t.Context(), h.Archive, h.URL, h.Account(role), opens, time.Hour)
	require.NoError(t, err)
	return strings.TrimPrefix(link, h.URL)
}

// good fails on what axe finds and on what is wider than the window.
func good(t *testing.T, who *browser.Person, name string) {
	t.Helper()
	judged{}.looksGood(t, who, name, "state")
}

func TestWhatIsTypedIntoANewFormSurvivesALostSessionAndIsRestoredByAButton(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := letIn(t, h, auth.RoleCadre, "/records/new?kind=transform")
	cadre.Fill("enterpriseName", "演示图灵科技有限公司").Fill("summary", "写到一半的帮扶情况")
	cadre.See("已留在本机")
	require.True(t, browser.Evaluate[bool](cadre, "fetch('/logout', {method: 'POST'}).then(() => 0), true"))
	cadre.Until("the session to be over", "fetch('/me', {redirect: 'manual'}).then(a => { window.over = a.type === 'opaqueredirect'; }), window.over === true")
	cadre.Press("保存草稿").Arrive("/login")
	cadre.Visit(linkOf(t, h, auth.RoleCadre, "/records/new")).Press("登录").Arrive("/records/new").See("而未存到服务器的内容")
	good(t, cadre, "restore")
	cadre.Press("恢复未保存的内容")
	require.Equal(t, "写到一半的帮扶情况", browser.Evaluate[string](cadre, "document.getElementById('summary').value"))
	cadre.Press("保存草稿").See("草稿已保存，尚未提交").See("写到一半的帮扶情况")
	cadre.Visit("/records/new")
	require.NotContains(t, browser.Evaluate[string](cadre, "document.body.innerText"), "而未存到服务器的内容", "what was taken is not offered again")
}

func TestWhatADeputyTypesForOneCadreIsNeverOfferedForAnother(t *testing.T) {
	h := webtest.Open(t, web.New())
	own := absentee(t, h)
	found, err := h.Archive.Obligations(t.Context(), store.Everything(), store.ObligationFilter{Plan: "demo"}, time.Now(), store.Page{})
	require.NoError(t, err)
	at := slices.IndexFunc(found.Items, func(one store.ObligationItem) bool {
		return one.Obligation.ID.Cadre != own.ID && one.Obligation.Closed == ""
	})
	require.GreaterOrEqual(t, at, 0)
	other := found.Items[at].Obligation.ID
	standIn(h, h.Account(auth.RoleCadre), other.Cadre)

	deputy := letIn(t, h, auth.RoleCadre, "/records/new?kind=transform")
	deputy.Fill("summary", "本人的帮扶情况").See("已留在本机")
	deputy.Visit("/records/new?for=" + string(other.Cadre)).See("代理")
	require.NotContains(t, browser.Evaluate[string](deputy, "document.body.innerText"), "而未存到服务器的内容")
	require.Equal(t, other.String(), browser.Evaluate[string](deputy, "document.querySelector('input[name=obligation]').value"))
	deputy.Fill("summary", "代为填写的帮扶情况").See("已留在本机")
	require.Empty(t, browser.Evaluate[string](deputy, `Object.values(localStorage).filter(text => text.includes('"obligation"')).join()`),
		"whose duty it is, is the page's word and not what was typed")
	deputy.Visit("/records/new").See("而未存到服务器的内容").Press("恢复未保存的内容")
	require.Equal(t, "本人的帮扶情况", browser.Evaluate[string](deputy, "document.getElementById('summary').value"))
}

func TestReasonsOfAReturnSurviveALostSession(t *testing.T) {
	h := webtest.Open(t, web.New())
	reviewer := letIn(t, h, auth.RoleDistrictScience, "/reviews")
	reviewer.Press(browser.Evaluate[string](reviewer, "document.querySelector('#list a.row-link').innerText"))
	reviewer.Until("a claim", "document.readyState === 'complete' && location.pathname.startsWith('/reviews/')")
	claim := browser.Evaluate[string](reviewer, "location.pathname")
	reviewer.Type("r").Fill("reason.summary", "没有写明何时帮助").See("已留在本机")
	reviewer.Visit("/me").Visit(claim).See("而未存到服务器的内容").Press("恢复未保存的内容")
	require.Equal(t, "没有写明何时帮助", browser.Evaluate[string](reviewer, "document.getElementById('reason.summary').value"))
}

func TestAPDFIsDrawnByTheBrowsersViewerBesideTheClaim(t *testing.T) {
	h := webtest.Open(t, web.New())
	reviewer := letIn(t, h, auth.RoleDistrictScience, "/reviews")
	reviewer.Visit(browser.PathOf(t, browser.Evaluate[string](reviewer, "document.querySelector('#list a.row-link').href")))
	browser.Evaluate[bool](reviewer, "document.querySelectorAll('details').forEach(e => { e.open = true; }), document.querySelector('.evidence-frame').scrollIntoView(), true")
	// The viewer is a page of the browser inside the frame; where the policy of
	// either page keeps it out, there is none.
	reviewer.Frame("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/")
	require.Empty(t, reviewer.TabThrough(), "beside a viewer, too")
}

func TestPagesArePrintedWithoutWhatIsForAScreenAndWholly(t *testing.T) {
	w := aWalk(t)
	who := w.sits(t, auth.RoleOrganization)
	dossier := "/obligations/" + aDuty(w, nearby)["obligation"] + "/dossier"
	for _, path := range []string{dossier, "/obligations", "/overview", "/plan", "/policies/1"} {
		who.Visit(path).OnPaper(true)
		shown := browser.Evaluate[string](who, `[...document.querySelectorAll("nav:not(:has(.tiles)) a, .site-header, .skip-link, button, .btn, form.filters, .alert")]
			.filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 120)).join("\n")`)
		require.Empty(t, shown, path)
		folded := browser.Evaluate[string](who, `[...document.querySelectorAll("main details:not([open]) > :not(summary)")]
			.filter(e => !e.checkVisibility({contentVisibilityAuto: true})).map(e => e.outerHTML.slice(0, 120)).join("\n")`)
		require.Empty(t, folded, "what is folded on the screen is printed: %s", path)
		printed := who.Print()
		require.Greater(t, len(printed), 2000)
		if folder := os.Getenv(picturesTo); folder != "" {
			name := strings.Trim(notInNames.ReplaceAllString(path, "-"), "-")
			require.NoError(t, os.WriteFile(filepath.Join(folder, name+".pdf"), printed, 0o600))
		}
		who.OnPaper(false)
	}
}

func TestEverythingOnAPageIsReachedByTabAndSeenThere(t *testing.T) {
	w := aWalk(t)
	pages := map[auth.Role][]string{
		auth.RoleCadre:           {"/duty", "/records/walk-draft/edit", "/enterprises/new"},
		auth.RoleDistrictScience: {"/reviews", "/reviews/" + aRecord(w, nearby)["record"], "/disputes"},
		auth.RoleOrganization:    {"/overview", "/imports", "/obligations/" + aDuty(w, nearby)["obligation"] + "/commands/suspend"},
		auth.RoleSystemOfficer:   {"/accounts/new", "/self-check"},
	}
	for role, paths := range pages {
		t.Run(string(role), func(t *testing.T) {
			who := w.sits(t, role)
			for _, path := range paths {
				require.Empty(t, who.Visit(path).TabThrough(), path)
			}
		})
	}
}

func TestAChartThatComesAfterItsPageIsDrawn(t *testing.T) {
	h := webtest.Open(t, web.New())
	who := letIn(t, h, auth.RoleOrganization, "/overview")
	who.Until("the chart of overdue goals", `!!document.querySelector('[data-chart*="overdue-trend"] svg')`)
}

func TestTheSkipLinkLeadsPastTheNavigationAndEscapeClosesTheMenu(t *testing.T) {
	h := webtest.Open(t, web.New())
	who := letIn(t, h, auth.RoleInspector, "/overview")
	who.Type("\t")
	require.Contains(t, who.Focused(), "跳到正文")
	who.Type("\r").Until("the text to have the focus", "document.activeElement.id === 'main'")
	who.Phone().Visit("/overview")
	who.Press("菜单")
	who.Until("the menu to be open", "document.querySelector('.site-menu').open")
	browser.Evaluate[bool](who, "document.querySelector('.site-menu a').focus(), true")
	who.Type("\x1b").Until("the menu to be closed", "!document.querySelector('.site-menu').open")
	require.Contains(t, who.Focused(), "菜单")
}

func TestARefusedFormHasTheFocusOnWhatIsWrong(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := letIn(t, h, auth.RoleCadre, "/enterprises/new")
	cadre.Fill("name", "演示科技").Press("登记").See("您填写的内容仍在下面")
	require.Equal(t, "faults", browser.Evaluate[string](cadre, "document.activeElement.id"))
	require.Equal(t, "演示科技", browser.Evaluate[string](cadre, "document.getElementById('name').value"))
	good(t, cadre, "refused")
}

func TestPagesOfRefusalsAreAccessible(t *testing.T) {
	w := aWalk(t)
	cadre := w.sits(t, auth.RoleCadre)
	for _, path := range []string{"/nowhere", "/accounts", "/records/" + aRecord(w, faraway)["record"], "/problems/", "/problems/version-conflict"} {
		good(t, cadre.Visit(path), "GET "+path)
	}
	// A draft that was changed in another window.
	cadre.Visit("/records/walk-draft/edit").Fill("summary", "这一页写的")
	_, err := w.Archive.EditDraft(t.Context(), "walk-draft", 1, store.Content{Kind: "introduce", Summary: "别处写的"}, time.Now())
	require.NoError(t, err)
	cadre.Press("保存草稿").See("改过这份草稿").See("别处写的")
	require.Equal(t, "这一页写的", browser.Evaluate[string](cadre, "document.getElementById('summary').value"))
	good(t, cadre, "412")
}

func TestAnArchiveThatCannotBeReachedIsSaidOnAPage(t *testing.T) {
	h := webtest.Open(t, web.New())
	inspector := letIn(t, h, auth.RoleInspector, "/overview")
	require.NoError(t, h.Archive.Close())
	inspector.Visit("/overview").See("日志编号").See("再试一次")
	require.NotContains(t, browser.Evaluate[string](inspector, "document.body.innerText"), "Idempotency")
	good(t, inspector, "503")
}

func TestThePagesOfTheLogInAreAccessibleInEveryState(t *testing.T) {
	h, now := twoFactors(t)
	inspector := letIn(t, h, auth.RoleInspector, "/me/code")
	good(t, inspector, "factor")
	inspector.Press("取得密钥").See("确认启用")
	good(t, inspector, "factor-shown")
	secret := browser.Evaluate[string](inspector, "document.querySelector('input[name=secret]').value")
	inspector.Fill("code", "000000").Press("确认启用").See("您填写的内容仍在下面")
	good(t, inspector, "factor-refused")
	inspector.Fill("code", codeAt(t, secret, *now)).Press("确认启用").See("动态验证码已启用")
	inspector.Visit("/password")
	good(t, inspector, "password")
	*now = now.Add(time.Minute)
	stranger := browser.Open(t, h.URL)
	stranger.Visit(linkOf(t, h, auth.RoleInspector, "/overview"))
	good(t, stranger, "link")
	stranger.Press("登录").Arrive("/login/code")
	good(t, stranger, "code")
	for range 5 {
		stranger.Visit("/login").Fill("login", "demo-nobody").Fill("password", "not the password").Press("登录").See("账号或密码不正确")
	}
	good(t, stranger, "login-refused")
}
