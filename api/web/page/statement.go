package page

import (
	"net/http"

	"bangfu/api"
)

// Show shows what the API itself has to say to people: the question behind a
// log-in link, the explanation of a problem.
func (s *Site) Show(w http.ResponseWriter, r *http.Request, status int, said api.Statement) {
	pageHeaders(w.Header())
	v := &Visit{site: s, writer: w, Request: r}
	// Who it is only decides on the navigation around it.
	_ = v.recognise()
	if err := v.ShowStatus(status, Sheet{Title: said.Title, Bare: said.Button != "" || !v.SignedIn()}, statementPage(said)); err != nil {
		v.refuse(err)
	}
}
