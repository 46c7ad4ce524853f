package browse

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

// person sits at a browser of their own.
type person struct {
	testing.TB
	ctx     context.Context
	program *program
	// scriptless browsers run none of the page's scripts, nor timers of ours.
	scriptless bool
	mutex      sync.Mutex
	faults     []string
}

// patience bounds how long a person waits for anything.
const patience = 40 * time.Second

// at opens a browser.
func (p *program) at(t testing.TB) *person {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	require.NoError(t, err, "the browser tests need chromium: make test-setup installs it")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "zh-CN"))
	allocated, release := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(release)
	ctx, closed := chromedp.NewContext(allocated)
	t.Cleanup(closed)
	who := &person{TB: t, ctx: ctx, program: p}
	require.NoError(t, chromedp.Listen(ctx, who.hear))
	who.do(chromedp.EmulateViewport(1440, 900))
	who.call(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{})
		return err
	})
	t.Cleanup(func() { require.Empty(t, who.complaints(), "the browser complained") })
	return who
}

// hear notes what the browser complains about: errors of scripts, and what the
// content security policy kept from running.
func (w *person) hear(event any) {
	complaint := ""
	switch happened := event.(type) {
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
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.faults = append(w.faults, complaint)
	}
}

func (w *person) complaints() []string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.faults
}

func (w *person) call(command func(context.Context, *chromedp.Target) error) {
	w.Helper()
	w.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		return chromedp.Void{}, command(ctx, target)
	})
}

func (w *person) do(action chromedp.Action[chromedp.Void]) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	require.NoError(w, chromedp.Do(ctx, action), "at %s", w.where())
}

// where is the address of the page, for messages.
func (w *person) where() string {
	at, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(at, w.program.url)
}

// enters logs in by the link of a role: looks at the page, presses its button.
func (p *program) enters(t testing.TB, role string) *person {
	t.Helper()
	who := p.at(t)
	who.enterBy(p.links[role])
	return who
}

func (w *person) enterBy(link string) {
	w.Helper()
	w.do(chromedp.Navigate(link))
	w.press("登录")
	w.sees("退出")
}

// visits opens a page of the program.
func (w *person) visits(path string) *person {
	w.Helper()
	w.do(chromedp.Navigate(w.program.url + path))
	return w
}

// evaluates asks the page.
func evaluates[T any](w *person, script string) T {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	require.NoError(w, err, "at %s: %s", w.where(), script)
	return value
}

// until waits for something to be true of the page. A page that is just being
// replaced answers with an error, which counts as not yet.
func (w *person) until(what, script string) {
	w.Helper()
	deadline := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
		good, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		cancel()
		if err == nil && good {
			return
		}
		if time.Now().After(deadline) {
			body, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.body.innerText.slice(0, 3000)"))
			require.Fail(w, "waited in vain", "%s at %s (%v):\n%s", what, w.where(), err, body)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func quoted(text string) string {
	encoded, _ := json.Marshal(text)
	return string(encoded)
}

// sees waits until the page says something.
func (w *person) sees(text string) *person {
	w.Helper()
	w.until("to see "+text, "document.readyState !== 'loading' && document.body.textContent.includes("+quoted(text)+")")
	return w
}

// arrives waits until the address begins so.
func (w *person) arrives(path string) *person {
	w.Helper()
	w.until("to arrive at "+path, "document.readyState === 'complete' && (location.pathname + location.search).startsWith("+quoted(path)+")")
	return w
}

// press clicks the button or link whose words are these, or begin so.
func (w *person) press(words string) *person {
	w.Helper()
	find := `(() => { const all = [...document.querySelectorAll('button, a')].filter(e => e.offsetParent !== null);
		const words = e => e.innerText.replace(/\s+/g, ' ').trim();
		return all.find(e => words(e) === ` + quoted(words) + `) || all.find(e => words(e).startsWith(` + quoted(words) + `)); })()`
	w.until("the button "+words, "document.readyState === 'complete' && !!"+find)
	click := "setTimeout(() => e.click(), 0)"
	if w.scriptless {
		click = "e.click()"
	}
	// The click may replace the page before its answer comes back.
	_, _ = chromedp.Run(w.ctx, chromedp.Evaluate[bool]("(() => { const e = "+find+"; "+click+"; return true; })()"))
	w.settle()
	return w
}

// settle waits until a page that is being replaced has been.
func (w *person) settle() {
	w.Helper()
	time.Sleep(80 * time.Millisecond) // the click above runs in a task of its own
	w.until("the page to be ready", "document.readyState === 'complete'")
}

// fills puts a value into a field by its ID, as typing does.
func (w *person) fills(id, value string) *person {
	w.Helper()
	w.until("the field "+id, "!!document.getElementById("+quoted(id)+")")
	evaluates[bool](w, `(() => { const e = document.getElementById(`+quoted(id)+`); e.focus(); e.value = `+quoted(value)+`;
		e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	return w
}

// types presses keys where the focus is.
func (w *person) types(keys string) *person {
	w.Helper()
	w.do(chromedp.KeyEvent(keys))
	return w
}

// chooses gives files to a file field.
func (w *person) chooses(id string, files ...string) *person {
	w.Helper()
	w.do(chromedp.SetUploadFiles(chromedp.ID(id), files))
	return w
}

// withoutScripts turns scripts off, as in a browser that forbids them.
func (w *person) withoutScripts() *person {
	w.Helper()
	w.scriptless = true
	w.call(func(ctx context.Context, target *chromedp.Target) error {
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

// judge looks at the open page with axe and for sideways scrolling.
func (w *person) judge() []string {
	w.Helper()
	var found []string
	evaluates[bool](w, axe+"; true")
	script := `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => JSON.stringify(r.violations))`
	ctx, cancel := context.WithTimeout(w.ctx, patience)
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

// sideways reports how far the page is wider than the window.
func (w *person) sideways() int {
	w.Helper()
	return evaluates[int](w, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
}

// picture takes the whole page, or small and light what the window shows of it.
func (w *person) picture(whole bool) []byte {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
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

// pathOf is the path of an address of the program.
func pathOf(t testing.TB, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	return parsed.RequestURI()
}

// confirms presses the first button of the question that is open.
func (w *person) confirms() *person {
	w.Helper()
	w.until("a question", "!!document.querySelector('dialog[open]')")
	evaluates[bool](w, "(() => { setTimeout(() => document.querySelector('dialog[open] .btn-primary').click(), 0); return true; })()")
	w.settle()
	return w
}

// reads runs a script of the page that promises a text of JSON.
func (w *person) reads(script string, into any) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, awaitPromise))
	require.NoError(w, err)
	require.NoError(w, json.Unmarshal([]byte(text), into))
}
