// Package page is the frame of every page: which routes there are and who may
// open them, the door to the API, the layout with its navigation, and what a
// refusal looks like. A family of pages is a package beside it with a function
//
//	func Mount(site *page.Site)
//
// that registers its routes. Its handlers ask the API by Visit.Ask and change
// things by Visit.Do; they know neither the archive nor the engine.
package page
