package browse

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/web/webtest/browser"
)

// person sits at a browser and uses the program. The verbs below are those of
// the browser, short, so that a journey reads as one line of steps.
type person struct{ *browser.Person }

// at opens a browser.
func (p *program) at(t testing.TB) *person {
	t.Helper()
	return &person{browser.Open(t, p.url)}
}

// enters logs in by the link of a role: looks at the page, presses its button.
func (p *program) enters(t testing.TB, role string) *person {
	t.Helper()
	who := p.at(t)
	who.EnterBy(p.links[role])
	return who
}

func (w *person) then(*browser.Person) *person { return w }

func (w *person) visits(path string) *person      { w.Helper(); return w.then(w.Visit(path)) }
func (w *person) sees(text string) *person        { w.Helper(); return w.then(w.See(text)) }
func (w *person) arrives(path string) *person     { w.Helper(); return w.then(w.Arrive(path)) }
func (w *person) press(words string) *person      { w.Helper(); return w.then(w.Press(words)) }
func (w *person) fills(id, value string) *person  { w.Helper(); return w.then(w.Fill(id, value)) }
func (w *person) types(keys string) *person       { w.Helper(); return w.then(w.Type(keys)) }
func (w *person) chooses(id, file string) *person { w.Helper(); return w.then(w.Choose(id, file)) }
func (w *person) confirms() *person               { w.Helper(); return w.then(w.Confirm()) }
func (w *person) withoutScripts() *person         { w.Helper(); return w.then(w.WithoutScripts()) }
func (w *person) until(what, script string)       { w.Helper(); w.Until(what, script) }
func (w *person) reads(script string, into any)   { w.Helper(); w.Read(script, into) }
func (w *person) judge() []string                 { w.Helper(); return w.Judge() }

// visitsUntilItSays opens a page again and again, as somebody does who waits for
// news that the page does not tell by itself.
func (w *person) visitsUntilItSays(path, words string) {
	w.Helper()
	for end := time.Now().Add(browser.Patience); ; {
		w.visits(path)
		said := evaluates[string](w, "document.body.innerText")
		if strings.Contains(said, words) {
			return
		}
		require.True(w, time.Now().Before(end), "%s at %s:\n%s", words, path, said)
	}
}

func evaluates[T any](w *person, script string) T {
	w.Helper()
	return browser.Evaluate[T](w.Person, script)
}

func quoted(text string) string { return browser.Quoted(text) }
