package page

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/assets"
)

// Handler answers a visit. An error becomes the page of its problem.
type Handler func(*Visit) error

// Route is a page, or a form's address, with who may use it.
type Route struct {
	Method, Path string
	// Allowed: somebody who holds any of these permissions may use it.
	Allowed []auth.Permission
	handler Handler
	// early pages open before the password is changed or the second factor is set.
	early bool
	// file: what is answered is kept by the browser and shows no page.
	file bool
}

// Site is all pages.
type Site struct {
	routes []Route
	door   api.Door
	plans  planList
	// menu is the navigation without entries whose pages do not exist.
	menu []Group
	// Pulse is the rhythm of what is live; it is set before the site is mounted.
	Pulse   Pulse
	streams *streams
}

// NewSite has no pages yet; families add theirs.
func NewSite() *Site { return &Site{Pulse: rhythm, streams: newStreams()} }

// Get registers a page for whoever holds any of the permissions. auth.Public is
// for everybody, auth.SignedIn for everybody who is logged in.
func (s *Site) Get(path string, handler Handler, allowed ...auth.Permission) {
	s.add(Route{Method: http.MethodGet, Path: path, handler: handler, Allowed: allowed})
}

// File registers the address of a file that a link of a page fetches. Whoever
// has to log in first comes back to the page with the link.
func (s *Site) File(path string, handler Handler, allowed ...auth.Permission) {
	s.add(Route{Method: http.MethodGet, Path: path, handler: handler, Allowed: allowed, file: true})
}

// Post registers the address of a form.
func (s *Site) Post(path string, handler Handler, allowed ...auth.Permission) {
	s.add(Route{Method: http.MethodPost, Path: path, handler: handler, Allowed: allowed})
}

// Early registers a page that is open to somebody who has logged in but must
// first change the password or set up the second factor.
func (s *Site) Early(method, path string, handler Handler) {
	s.add(Route{Method: method, Path: path, handler: handler, Allowed: []auth.Permission{auth.SignedIn}, early: true})
}

func (s *Site) add(route Route) {
	if len(route.Allowed) == 0 {
		panic(fmt.Sprintf("page %s %s does not say who may open it", route.Method, route.Path))
	}
	s.routes = append(s.routes, route)
}

// Routes lists what is registered, for the tests of who may open what.
func (s *Site) Routes() []Route { return slices.Clone(s.routes) }

// Mount gives the routes to the program's router.
func (s *Site) Mount(router gin.IRoutes, door api.Door) {
	s.door, s.menu = door, s.existing(groups())
	router.GET(assets.Prefix+"*file", gin.WrapH(assets.Handler()))
	for _, route := range s.routes {
		router.Handle(route.Method, route.Path, func(c *gin.Context) { s.serve(c, route) })
	}
}

// serve finds out who visits and whether the page is for them, then opens it.
func (s *Site) serve(c *gin.Context, route Route) {
	s.streams.hear(c.Request)
	pageHeaders(c.Writer.Header())
	v := &Visit{site: s, writer: c.Writer, parameters: c.Params, Request: c.Request, file: route.file}
	if err := s.open(v, route); err != nil {
		v.refuse(err)
	}
}

func (s *Site) open(v *Visit, route Route) error {
	public := slices.Contains(route.Allowed, auth.Public)
	if err := v.recognise(); err != nil && !public {
		return err
	}
	if !public && !route.early && v.Me.MustChange {
		return problem.New(problem.PasswordMustChange)
	}
	if !public && !route.early && v.Me.MustEnrol {
		return problem.New(problem.FactorMustEnrol)
	}
	if !public && !slices.ContainsFunc(route.Allowed, v.May) {
		refusal := problem.New(problem.Forbidden)
		s.door.Refused(v.Request, v.Me.Account, refusal.Status)
		return refusal
	}
	if v.Request.Method == http.MethodPost {
		if err := v.readForm(); err != nil {
			return err
		}
	}
	return route.handler(v)
}

// Refuse shows a refusal that was said before a page was found, such as an
// unknown address or too many requests.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, said *problem.Problem) {
	pageHeaders(w.Header())
	v := &Visit{site: s, writer: w, Request: r}
	// Who it is only decides on the navigation that is shown around the refusal.
	if said.Code != problem.ArchiveUnavailable && said.Code != problem.TooManyRequests {
		_ = v.recognise()
	}
	v.refuse(said)
}

// policy is what browsers may do on a page: nothing comes from elsewhere,
// nothing runs inline. Charts size their elements by style attributes, which
// only scripts of ours set.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; " +
	"img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; form-action 'self'; manifest-src 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

func pageHeaders(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("Cache-Control", "no-store")
}

// LocalPath keeps a path that a form or an address names on this site; anything
// else becomes the start page.
func LocalPath(path string) string {
	return api.LocalPath(path)
}

// DataImage keeps the address of a picture that a form brought back, if it is
// one that holds its picture in itself.
func DataImage(address string) string {
	if strings.HasPrefix(address, "data:image/png;base64,") {
		return address
	}
	return ""
}
