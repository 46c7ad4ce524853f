package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"bangfu/api/problem"
)

// Sheet is what the layout needs to know of a page.
type Sheet struct {
	// Title is the page's only h1 and the first part of the window's title.
	Title string
	// Here is the path of the navigation's entry that the page belongs to; the
	// page's own when empty.
	Here string
	// Trail are the pages above this one, outermost first.
	Trail []Step
	// Wide pages use the whole width; Bare ones have no navigation (log-in).
	Wide, Bare bool
	// Scripts are further files of the assets that the page needs.
	Scripts []string
}

// Step is one page of a trail.
type Step struct{ Title, Path string }

// Show answers with a whole page.
func (v *Visit) Show(sheet Sheet, body templ.Component) error {
	return v.ShowStatus(http.StatusOK, sheet, body)
}

// ShowStatus is Show with another status, such as 422 for a refused form.
func (v *Visit) ShowStatus(status int, sheet Sheet, body templ.Component) error {
	return v.write(status, layout(v, sheet, body))
}

// Part answers with a part of a page, to be put into the one that is open.
func (v *Visit) Part(body templ.Component) error { return v.write(http.StatusOK, body) }

// PartStatus is Part with another status.
func (v *Visit) PartStatus(status int, body templ.Component) error { return v.write(status, body) }

// JSON answers a script of an open page.
func (v *Visit) JSON(status int, body any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write an answer for a script: %w", err)
	}
	v.send(status, "application/json", content)
	return nil
}

// scripted reports whether a script waits for an answer, which takes no page.
func (v *Visit) scripted() bool {
	return v.Listens() || strings.Contains(v.Request.Header.Get("Accept"), "application/json")
}

// Partial reports whether a script of an open page asks for a part of it.
func (v *Visit) Partial() bool { return v.Request.Header.Get("HX-Request") == "true" }

// See sends the browser on to another page (303), which says something once.
func (v *Visit) See(path string, said ...string) error {
	if len(said) > 0 {
		v.site.door.Keep(v.Context(), "said", strings.Join(said, " "))
	}
	http.Redirect(v.writer, v.Request, path, http.StatusSeeOther)
	return nil
}

// SetHeader sets a header of the answer.
func (v *Visit) SetHeader(name, value string) { v.writer.Header().Set(name, value) }

// write renders a page whole before its first byte leaves, so that a fault
// while rendering becomes a page that says so and not half a page.
func (v *Visit) write(status int, body templ.Component) error {
	var text bytes.Buffer
	if err := body.Render(v.Context(), &text); err != nil {
		return err
	}
	v.send(status, "text/html; charset=utf-8", text.Bytes())
	return nil
}

func (v *Visit) send(status int, kind string, content []byte) {
	v.writer.Header().Set("Content-Type", kind)
	v.writer.WriteHeader(status)
	// The browser may be gone; there is nobody left to tell.
	_, _ = v.writer.Write(content)
}

// refuse shows why something was not done. Who is not logged in is sent to log
// in and comes back to where they were.
func (v *Visit) refuse(err error) {
	said := problem.Of(err)
	if cause := errors.Unwrap(said); cause != nil {
		v.site.door.Failed(v.Context(), cause)
	}
	if said.Instance == "" {
		numbered := *said
		numbered.Instance = v.site.door.LogNumber(v.Context())
		said = &numbered
	}
	for name, values := range said.GetHeaders() {
		v.writer.Header()[name] = values
	}
	if v.scripted() && v.JSON(said.Status, said) == nil {
		return
	}
	if path, elsewhere := v.elsewhere(said); elsewhere && !v.Partial() {
		http.Redirect(v.writer, v.Request, path, http.StatusSeeOther)
		return
	}
	shown := refusalPage(v, said)
	if v.Partial() {
		if v.write(said.Status, refusalPart(said)) == nil {
			return
		}
	} else if v.ShowStatus(said.Status, Sheet{Title: said.Title, Bare: !v.SignedIn()}, shown) == nil {
		return
	}
	v.send(http.StatusInternalServerError, "text/plain; charset=utf-8",
		[]byte("页面无法显示。日志编号 "+v.site.door.LogNumber(v.Context())))
}

// elsewhere is where somebody has to go first.
func (v *Visit) elsewhere(said *problem.Problem) (string, bool) {
	switch said.Code {
	case problem.SignInRequired:
		return "/login?next=" + url.QueryEscape(v.returnPath()), true
	case problem.PasswordMustChange:
		return "/password?next=" + url.QueryEscape(v.returnPath()), true
	case problem.FactorMustEnrol:
		return "/me/code?next=" + url.QueryEscape(v.returnPath()), true
	default:
		return "", false
	}
}

// returnPath is where somebody comes back to after the log-in: the page itself,
// or the page whose form was sent or whose file was asked for.
func (v *Visit) returnPath() string {
	if v.Request.Method == http.MethodGet && !v.file {
		return v.Request.URL.RequestURI()
	}
	if from, err := url.Parse(v.Request.Referer()); err == nil && from.Host == v.Request.Host {
		return from.RequestURI()
	}
	return "/"
}

// number is the log number without its prefix, as people read it out.
func number(said *problem.Problem) string {
	return said.Instance[strings.LastIndex(said.Instance, ":")+1:]
}
