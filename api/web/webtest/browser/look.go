package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Desktop makes the window that of a desktop, 1440 pixels wide.
func (w *Person) Desktop() *Person {
	w.Helper()
	w.Do(chromedp.EmulateViewport(1440, 900))
	return w
}

// Phone makes the window that of a phone, 390 pixels wide.
func (w *Person) Phone() *Person {
	w.Helper()
	w.Do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	return w
}

// OnPaper shows the page as it would be printed, or as on a screen again.
func (w *Person) OnPaper(printed bool) *Person {
	w.Helper()
	medium := ""
	if printed {
		medium = "print"
	}
	w.Call(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium})
		return err
	})
	return w
}

// Print is the open page as a PDF on the paper that its style sheet names.
func (w *Person) Print() []byte {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	printed, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) ([]byte, error) {
		answer, err := cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)})
		return answer.Data, err
	})
	require.NoError(w, err)
	return printed
}

// Post sends a form with hidden fields, as a form of the page would.
func (w *Person) Post(path string, fields url.Values) *Person {
	w.Helper()
	encoded, err := json.Marshal(fields)
	require.NoError(w, err)
	send := `(() => { const form = document.createElement("form"); form.method = "post"; form.action = ` + Quoted(path) + `;
		for (const [name, values] of Object.entries(` + string(encoded) + ` || {})) for (const value of values) {
			const field = document.createElement("input"); field.type = "hidden"; field.name = name; field.value = value; form.append(field); }
		window.leaving = true; document.body.append(form); setTimeout(() => HTMLFormElement.prototype.submit.call(form), 0); return true; })()`
	Evaluate[bool](w, send)
	w.Until("the answer to the form", "!window.leaving && document.readyState === 'complete'")
	return w
}

// Frame waits until the browser has opened a page of its own, such as its viewer
// of PDFs, inside the page.
func (w *Person) Frame(address string) {
	w.Helper()
	var seen []string
	deadline := time.Now().Add(Patience)
	for time.Now().Before(deadline) {
		seen = nil
		w.Call(func(ctx context.Context, to *chromedp.Target) error {
			all, err := cdp.Call(ctx, to, target.GetTargets, target.GetTargetsParams{Filter: target.Filter{{}}})
			for _, one := range all.TargetInfos {
				seen = append(seen, one.URL)
			}
			return err
		})
		if slices.ContainsFunc(seen, func(url string) bool { return strings.HasPrefix(url, address) }) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	require.Fail(w, "waited in vain", "for %s; there are %s", address, seen)
}

// Keep writes pictures of the open page into a folder: the whole page for
// looking at, and small and light what the window shows of it.
func (w *Person) Keep(folder, name string) {
	w.Helper()
	require.NoError(w, os.MkdirAll(folder, 0o755))
	require.NoError(w, os.WriteFile(filepath.Join(folder, name+".png"), w.Picture(true), 0o600))
	require.NoError(w, os.WriteFile(filepath.Join(folder, name+".webp"), w.Picture(false), 0o600))
}

// Focused says where the focus is, for messages and comparisons.
func (w *Person) Focused() string {
	w.Helper()
	return Evaluate[string](w, `(() => { const e = document.activeElement; return !e || e === document.body ? "" :
		e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.name ? "[" + e.name + "]" : "") + " " + (e.innerText || e.value || "").trim().slice(0, 30); })()`)
}

// reachable marks what Tab must come to: everything that can be pressed or
// filled in and is seen. Of radio buttons with one name Tab comes to one. What is
// in a frame is passed over: a viewer of files takes a dozen presses and answers
// late, and shows by itself where the focus is.
const reachable = `(() => { const seen = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0;
	const named = new Set(); let count = 0;
	for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
		if (e.disabled || !seen(e) || e.tabIndex < 0) continue;
		if (e.type === "radio") { const group = e.name; if (named.has(group)) continue; named.add(group); e.dataset.tabGroup = group; }
		e.dataset.tabWanted = String(count++); }
	document.querySelectorAll("iframe").forEach(e => { e.tabIndex = -1; });
	document.activeElement.blur(); window.scrollTo(0, 0);
	return count; })()`

// tabbed notes that the focus has come somewhere and whether that is seen.
const tabbed = `(() => { const e = document.activeElement; if (!e || e === document.body) return "";
	const wanted = e.type === "radio" ? document.querySelector('input[data-tab-group="' + CSS.escape(e.name) + '"]') || e : e;
	wanted.dataset.tabReached = "1";
	const style = getComputedStyle(e), box = e.getBoundingClientRect();
	const drawn = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
	const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
	return (inside ? "" : "out of the window: ") + (drawn ? "" : "no focus ring on ") + (drawn && inside ? "fine" : e.outerHTML.slice(0, 200)); })()`

// missed are those that Tab did not come to.
const missed = `[...document.querySelectorAll("[data-tab-wanted]:not([data-tab-reached])")].map(e => e.outerHTML.slice(0, 200)).join("\n")`

// TabThrough presses Tab through the whole page and reports what it does not
// come to, or comes to unseen.
func (w *Person) TabThrough() []string {
	w.Helper()
	var found []string
	// A date takes several presses: year, month, day, calendar.
	presses := Evaluate[int](w, reachable) + 4*Evaluate[int](w, "document.querySelectorAll('input[type=date]').length")
	// What a page loads after the count takes presses too.
	const late = 12
	for pressed := 0; pressed < presses || pressed < presses+late && Evaluate[string](w, missed) != ""; pressed++ {
		w.Type("\t")
		said := Evaluate[string](w, tabbed)
		// The ring fades in, and a browser that has much to draw scrolls late.
		for settled := time.Now().Add(15 * time.Second); said != "fine" && said != "" && time.Now().Before(settled); {
			time.Sleep(20 * time.Millisecond)
			said = Evaluate[string](w, tabbed)
		}
		if said != "fine" && said != "" {
			found = append(found, said)
		}
	}
	if left := Evaluate[string](w, missed); left != "" {
		found = append(found, fmt.Sprintf("not reached by Tab: %s", left))
	}
	return found
}
