// Package browser lets tests sit at a Chromium and do what a person does: look,
// click, type. What the browser complains of — an error of a script, something
// that the content security policy kept from running — fails the test.
package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// axe judges accessibility: axe-core, Mozilla Public License 2.0.
//
//go:embed testdata/axe.min.js
var axe string

// Person sits at a browser of their own.
type Person struct {
	testing.TB
	ctx context.Context
	// Site is where the pages are, such as "http://127.0.0.1:8080".
	Site string
	// scriptless browsers run none of the page's scripts, nor timers of ours.
	scriptless bool
	mutex      sync.Mutex
	faults     []string
	// loading are the frames that a page is being loaded into.
	loading map[cdp.FrameID]bool
}

// Patience bounds how long a person waits for anything.
const Patience = 2 * time.Minute

// Open opens a browser whose pages are those of a site.
func Open(t testing.TB, site string) *Person {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	require.NoError(t, err, "the browser tests need chromium: make test-setup installs it")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "zh-CN"))
	allocated, release := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(release)
	ctx, closed := chromedp.NewContext(allocated)
	t.Cleanup(closed)
	who := &Person{TB: t, ctx: ctx, Site: site, loading: map[cdp.FrameID]bool{}}
	require.NoError(t, chromedp.Listen(ctx, who.hear))
	who.Do(chromedp.EmulateViewport(1440, 900))
	who.Call(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{})
		return err
	})
	t.Cleanup(func() { require.Empty(t, who.Complaints(), "the browser complained") })
	return who
}

// hear notes what is being loaded, and what the browser complains about: errors
// of scripts, and what the content security policy kept from running.
func (w *Person) hear(event any) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	complaint := ""
	switch happened := event.(type) {
	case *page.EventFrameStartedLoading:
		w.loading[happened.FrameID] = true
	case *page.EventFrameStoppedLoading:
		delete(w.loading, happened.FrameID)
	case *page.EventFrameDetached:
		delete(w.loading, happened.FrameID)
	case *runtime.EventExceptionThrown:
		complaint = "exception: " + happened.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		if happened.Type == "error" {
			complaint = "console error"
		}
	case *log.EventEntryAdded:
		// A refused form is answered with 4xx on purpose.
		if happened.Entry.Level == "error" && happened.Entry.Source != "network" {
			complaint = fmt.Sprintf("%s: %s", happened.Entry.Source, happened.Entry.Text)
		}
	}
	if complaint != "" {
		w.faults = append(w.faults, complaint)
	}
}

func (w *Person) Complaints() []string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.faults
}

func (w *Person) Call(command func(context.Context, *chromedp.Target) error) {
	w.Helper()
	w.Do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		return chromedp.Void{}, command(ctx, target)
	})
}

func (w *Person) Do(action chromedp.Action[chromedp.Void]) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	require.NoError(w, chromedp.Do(ctx, action), "at %s", w.Where())
}

// Where is the address of the page, for messages.
func (w *Person) Where() string {
	at, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(at, w.Site)
}

func (w *Person) EnterBy(link string) {
	w.Helper()
	w.Do(chromedp.Navigate(link))
	w.Press("登录")
	w.See("退出")
}

// Visit opens a page of the program.
func (w *Person) Visit(path string) *Person {
	w.Helper()
	w.Do(chromedp.Navigate(w.Site + path))
	return w
}

// Leave shows an empty page, as somebody does who closes the tab.
func (w *Person) Leave() {
	w.Helper()
	w.Do(chromedp.Navigate("about:blank"))
}

// Evaluate asks the page.
func Evaluate[T any](w *Person, script string) T {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	require.NoError(w, err, "at %s: %s", w.Where(), script)
	return value
}

// Until waits for something to be true of the page. A page that is just being
// replaced answers with an error, which counts as not yet.
func (w *Person) Until(what, script string) {
	w.Helper()
	deadline := time.Now().Add(Patience)
	for {
		ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
		good, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		cancel()
		if err == nil && good {
			return
		}
		if time.Now().After(deadline) {
			body, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.body.innerText.slice(0, 3000)"))
			require.Fail(w, "waited in vain", "%s at %s (%v):\n%s", what, w.Where(), err, body)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Quoted is a text as a script writes it.
func Quoted(text string) string {
	encoded, _ := json.Marshal(text)
	return string(encoded)
}

// See waits until the page says something, and its scripts have been run.
func (w *Person) See(text string) *Person {
	w.Helper()
	w.Until("to see "+text, "document.readyState === 'complete' && document.body.textContent.includes("+Quoted(text)+")")
	return w
}

// Arrive waits until the address begins so.
func (w *Person) Arrive(path string) *Person {
	w.Helper()
	w.Until("to arrive at "+path, "document.readyState === 'complete' && (location.pathname + location.search).startsWith("+Quoted(path)+")")
	return w
}

// Press clicks the button or link whose words are these, or begin so.
func (w *Person) Press(words string) *Person {
	w.Helper()
	find := `(() => { const all = [...document.querySelectorAll('button, a, summary')].filter(e => e.offsetParent !== null);
		const words = e => e.innerText.replace(/\s+/g, ' ').trim();
		return all.find(e => words(e) === ` + Quoted(words) + `) || all.find(e => words(e).startsWith(` + Quoted(words) + `)); })()`
	w.Until("the button "+words, "document.readyState === 'complete' && !!"+find)
	w.click(find)
	return w
}

// click presses what a script finds, and waits until the page that it leads to has
// been loaded. The script goes on for a moment after the click, in which a form is
// sent: until the next page comes, the one before would answer every question. It
// may be replaced before it answers, which is no fault.
func (w *Person) click(find string) {
	w.Helper()
	script := "(e => new Promise(done => setTimeout(() => { e.click(); setTimeout(() => done(true), 50); }, 0)))(" + find + ")"
	if w.scriptless {
		script = "(" + find + ".click(), true)"
	}
	ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
	defer cancel()
	_, _ = chromedp.Run(ctx, chromedp.Evaluate[bool](script, awaitPromise))
	if w.scriptless {
		time.Sleep(100 * time.Millisecond) // nothing in the page tells the time
	}
	require.Eventually(w, func() bool { return !w.isLoading() }, Patience, 10*time.Millisecond, "what was pressed leads to a page")
	w.Until("the page to be ready", "document.readyState === 'complete'")
}

func (w *Person) isLoading() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return len(w.loading) > 0
}

// Fill puts a value into a field by its ID, as typing does.
func (w *Person) Fill(id, value string) *Person {
	w.Helper()
	w.Until("the field "+id, "!!document.getElementById("+Quoted(id)+")")
	Evaluate[bool](w, `(() => { const e = document.getElementById(`+Quoted(id)+`); e.focus(); e.value = `+Quoted(value)+`;
		e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	return w
}

// Type presses keys where the focus is.
func (w *Person) Type(keys string) *Person {
	w.Helper()
	w.Do(chromedp.KeyEvent(keys))
	return w
}

// Choose gives files to a file field.
func (w *Person) Choose(id string, files ...string) *Person {
	w.Helper()
	w.Do(chromedp.SetUploadFiles(chromedp.ID(id), files))
	return w
}

// WithoutScripts turns scripts off, as in a browser that forbids them.
func (w *Person) WithoutScripts() *Person {
	w.Helper()
	w.scriptless = true
	w.Call(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	return w
}

// violation is what axe finds wrong.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML   string `json:"html"`
		Target any    `json:"target"`
	} `json:"nodes"`
}

// Judge looks at the open page with axe and for sideways scrolling.
func (w *Person) Judge() []string {
	w.Helper()
	var found []string
	// What is being loaded is dimmed until it is there.
	w.Until("what the page loads to be there", "!document.querySelector('.htmx-request')")
	Evaluate[bool](w, axe+"; true")
	script := `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => JSON.stringify(r.violations))`
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, awaitPromise))
	require.NoError(w, err)
	var violations []violation
	require.NoError(w, json.Unmarshal([]byte(text), &violations))
	for _, one := range violations {
		found = append(found, fmt.Sprintf("%s %s: %.200s", one.ID, one.Help, one.Nodes[0].HTML))
	}
	return found
}

func awaitPromise(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }

// Sideways reports how far the page is wider than the window.
func (w *Person) Sideways() int {
	w.Helper()
	return Evaluate[int](w, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
}

// Picture takes the whole page, or small and light what the window shows of it.
func (w *Person) Picture(whole bool) []byte {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	asked := page.CaptureScreenshotParams{Format: "png", CaptureBeyondViewport: new(true)}
	if !whole {
		asked = page.CaptureScreenshotParams{Format: "webp", Quality: new(int64(70))}
	}
	shot, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) ([]byte, error) {
		taken, err := cdp.Call(ctx, target, page.CaptureScreenshot, asked)
		return taken.Data, err
	})
	require.NoError(w, err)
	return shot
}

// PathOf is the path of an address of the program.
func PathOf(t testing.TB, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	return parsed.RequestURI()
}

// Confirm presses the first button of the question that is open.
func (w *Person) Confirm() *Person {
	w.Helper()
	w.Until("a question", "!!document.querySelector('dialog[open]')")
	w.click("document.querySelector('dialog[open] .btn-primary')")
	return w
}

// Read runs a script of the page that promises a text of JSON.
func (w *Person) Read(script string, into any) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, awaitPromise))
	require.NoError(w, err)
	require.NoError(w, json.Unmarshal([]byte(text), into))
}
