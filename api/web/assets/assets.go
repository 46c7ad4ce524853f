// Package assets holds the scripts, styles and icons of the pages.
package assets

// HTMX is the configuration of htmx.
const HTMX = "{}"

// URL is the address of a file.
func URL(name string) string { return "/assets/" + name }

// Styles are the style sheets of every page.
func Styles() []string { return []string{"bootstrap.css", "bangfu.css"} }

// Scripts are the scripts of every page.
func Scripts() []string { return []string{"htmx.js", "bangfu.js"} }
