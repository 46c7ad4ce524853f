// Package web is everything that people look at in a browser. It is put together
// here; each family of pages is a package of its own on the frame of api/web/page.
package web

import (
	"bangfu/api/auth"
	"bangfu/api/web/page"
)

// New gives all pages, for api.Services.
func New() *page.Site {
	site := page.NewSite()
	site.Get("/", page.Home, auth.SignedIn)
	for _, mount := range families() {
		mount(site)
	}
	return site
}
