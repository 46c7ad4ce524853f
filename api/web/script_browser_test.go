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
