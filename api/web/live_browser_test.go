//go:build !race

// A browser takes minutes: it judges the pages once, in the pass without the race
// detector.

package web_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/api/web/webtest/browser"
)

// asked counts how often the open board has asked for itself.
const asked = `performance.getEntriesByType('resource').filter(e => e.name.includes('/inspections/') && !e.name.includes('/events')).length`

func TestAnOpenBoardShowsAChangeByItselfAndAsksForNothingElse(t *testing.T) {
	quarter := webtest.Open(t, web.New()).OpenQuarter(1)
	contact := quarter.NewAccount("files", auth.RoleContact, webtest.Near)
	writes(t, quarter.Visit(contact), quarter)
	at := "/inspections/" + quarter.ID.String()
	inspector := letIn(t, quarter.House, auth.RoleInspector, at)
	inspector.See("此表一有变化随即更新")
	require.NotContains(t, browser.Evaluate[string](inspector, "document.getElementById('board').innerText"), "已填待签")

	quarter.File(webtest.Near, contact)
	inspector.Until("the board to show the new stage", "document.getElementById('board').innerText.includes('已填待签')")
	require.Equal(t, 1, browser.Evaluate[int](inspector, asked))
	time.Sleep(11 * time.Second) // as long as htmx waits before it asks
	require.Equal(t, 1, browser.Evaluate[int](inspector, asked), "who listens need not ask")
	good(t, inspector, "live")
}

func TestABoardWhoseAnswerFailedAsksAgainAtTheNextWord(t *testing.T) {
	site := web.New()
	site.Pulse = quickly
	quarter := webtest.Open(t, site).OpenQuarter(1)
	inspector := letIn(t, quarter.House, auth.RoleInspector, "/inspections/"+quarter.ID.String())
	inspector.See("此表一有变化随即更新")
	browser.Evaluate[bool](inspector, `(() => {
		window.failed = false;
		document.addEventListener("htmx:before:request", (event) => { window.failed = true; event.preventDefault(); }, { once: true });
		return true;
	})()`)
	quarter.Raise(webtest.Near, "走访记录不全")
	inspector.Until("the board to have asked again", "window.failed && !!document.getElementById('findings-"+string(webtest.Near)+"')")
	const current = `document.querySelector("[data-state]").dataset.state`
	now := browser.Evaluate[string](inspector, current)
	// A board that shows another state than there is, however it came to, hears so.
	browser.Evaluate[string](inspector, current+` = "another"`)
	inspector.Until("the board to show the state that there is", current+" === '"+now+"'")
}

func TestABoardWhoseStreamIsRefusedAsksEveryTenSeconds(t *testing.T) {
	quarter := webtest.Open(t, web.New()).OpenQuarter(1)
	at := "/inspections/" + quarter.ID.String()
	inspector := letIn(t, quarter.House, auth.RoleInspector, "/inspections")
	inspector.Call(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: "const real = EventSource; window.EventSource = class extends real { constructor(url) { super(url.replace('/board/', '/no-board/')); } };",
		})
		return err
	})
	inspector.Visit(at).See("此表每 10 秒自动更新")
	const finding = "!!document.getElementById('findings-" + string(webtest.Near) + "')"
	require.False(t, browser.Evaluate[bool](inspector, finding))
	quarter.Raise(webtest.Near, "走访记录不全")
	inspector.Until("the board to have asked", finding)
	require.Contains(t, browser.Evaluate[string](inspector, "document.body.innerText"), "此表每 10 秒自动更新")
}
