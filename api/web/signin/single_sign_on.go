package signin

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/page"
)

// startSignOn sends the browser to the provider. It is a link and no form: a
// browser holds a form's redirect to the policy of the page, which knows no
// other site.
func startSignOn(v *page.Visit) error {
	next := page.LocalPath(v.Query("next"))
	if v.SignedIn() {
		return v.See(next)
	}
	var started api.StartSignOnOutput
	if _, err := v.Do(http.MethodPost, "/session/single-sign-on", map[string]string{"next": next}, &started.Body); err != nil {
		return signOnRefused(v, next, err)
	}
	return v.See(started.Body.Address)
}

// answerSignOn is where the provider sends the browser back to.
func answerSignOn(v *page.Visit) error {
	body := map[string]string{"state": v.Query("state")}
	for field, parameter := range map[string]string{"code": "code", "error": "error", "issuer": "iss"} {
		if value := v.Query(parameter); value != "" {
			body[field] = value
		}
	}
	var opened api.SignOnView
	if _, err := v.Do(http.MethodPost, "/session/single-sign-on/answer", body, &opened); err != nil {
		return signOnRefused(v, "/", err)
	}
	next := page.LocalPath(opened.Next)
	if opened.CodeNeeded {
		return v.See("/login/code?next=" + url.QueryEscape(next))
	}
	return v.See(next)
}

// signOnRefused says why beside the form, so that the password is at hand.
func signOnRefused(v *page.Visit, next string, err error) error {
	said := page.Said(err)
	if v.SignedIn() || said.Code == problem.NotFound {
		return err
	}
	return showForm(v, said.Status, next, "", said)
}
