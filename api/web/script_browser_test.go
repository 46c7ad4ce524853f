//go:build !race

// A browser takes minutes: it judges the pages once, in the pass without the race
// detector.

package web_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/api/web/webtest/browser"
)

// lookedAt is true once a page has been there long enough to have been read by
// somebody who presses keys.
const lookedAt = "performance.now() - performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd > 1000"

// aKey is a script that presses A.
func aKey(held string) string {
	return "document.body?.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true, repeat: " + held + "}))"
}

func TestAKeyThatIsHeldDownOrPressedAsThePageComesAcceptsNothing(t *testing.T) {
	h := webtest.Open(t, web.New())
	reviewer := letIn(t, h, auth.RoleDistrictScience, "/reviews")
	claim := browser.PathOf(t, browser.Evaluate[string](reviewer, "document.querySelector('#list a.row-link').href"))
	reviewer.Call(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: "addEventListener('DOMContentLoaded', () => " + aKey("false") + ")",
		})
		return err
	})
	reviewer.Visit(claim).Until("the claim to have been looked at", lookedAt)
	require.Equal(t, claim, browser.Evaluate[string](reviewer, "location.pathname"), "as the page came nobody had looked")
	require.False(t, browser.Evaluate[bool](reviewer, aKey("true")+"; [...document.forms].some(form => form.dataset.sent)"), "held down")
	reviewer.Type("a").See("日志编号")
	require.Equal(t, claim+"/accept", browser.Evaluate[string](reviewer, "location.pathname"), "Temporal is away, but the key was heard")
}

// Codes by the standard's own example, right and with another check digit.
const (
	goodCode  = "D2143569X"
	wrongCode = "D21435690"
)

func TestAVerdictOnACodeIsOfTheCodeThatStandsInTheField(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := letIn(t, h, auth.RoleCadre, "/records/new?kind=transform")
	verdict := func() string {
		return browser.Evaluate[string](cadre, "document.getElementById('code-verdict').textContent")
	}
	cadre.Fill("enterprise", wrongCode).See("代码不正确")
	cadre.Fill("enterpriseName", "天津演示")
	cadre.Until("a suggestion", "!!document.querySelector('.suggest-list:not([hidden]) li')")
	browser.Evaluate[bool](cadre, "document.querySelector('.suggest-list li').dispatchEvent(new MouseEvent('mousedown', {bubbles: true, cancelable: true}))")
	cadre.See("有效。").See("企业库：")
	require.NotContains(t, verdict(), "代码不正确", "what is picked is judged")
	cadre.Fill("enterprise", browser.Evaluate[string](cadre, "document.getElementById('enterprise').value.slice(0, -1)"))
	require.Empty(t, verdict(), "what is not complete has no verdict")
}

func TestACodeIsJudgedBeforeItsEnterpriseIsRegistered(t *testing.T) {
	h := webtest.Open(t, web.New())
	cadre := letIn(t, h, auth.RoleCadre, "/enterprises/new")
	cadre.Fill("organizationCode", wrongCode).See("代码不正确")
	cadre.Fill("organizationCode", goodCode).See("企业库中还没有这家企业")
	require.Equal(t, "0", browser.Evaluate[string](cadre, "String(document.querySelectorAll('#organizationCode-verdict a').length)"),
		"nobody is sent to the form that is open")
	good(t, cadre, "judged")
}

// whileSaving presses a button after the server has saved a draft and before the
// page hears of it; with a save that hangs, after it was asked for.
func whileSaving(who *browser.Person, button string, hangs bool) {
	answer := "real(...sent).then(answer => { press(); return new Promise(come => setTimeout(() => come(answer), 1000)); })"
	if hangs {
		answer = "(press(), new Promise(() => {}))"
	}
	browser.Evaluate[bool](who, `(() => { const real = fetch;
		const press = () => [...document.querySelectorAll("button")].find(e => e.innerText.trim() === `+browser.Quoted(button)+`).click();
		window.fetch = (...sent) => `+answer+`; return true; })()`)
}

func TestADraftThatIsBeingSavedIsSentOnceItHasBeen(t *testing.T) {
	w := aWalk(t)
	cadre := w.sits(t, auth.RoleCadre)
	for _, hangs := range []bool{false, true} {
		cadre.Visit("/records/walk-draft/edit")
		whileSaving(cadre, "核对提交", hangs)
		typed := map[bool]string{false: "慢慢存下的", true: "一直没有存下的"}[hangs]
		cadre.Fill("summary", typed)
		cadre.Until("an answer", "!document.querySelector('form[data-autosave]') || !!document.getElementById('faults')")
		require.Equal(t, "/records/walk-draft/check", browser.Evaluate[string](cadre, "location.pathname"), "nobody else changed it")
		cadre.See(typed)
	}
}
