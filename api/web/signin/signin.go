// Package signin holds the pages of logging in and of oneself: password,
// sessions, and what the system holds about whoever asks.
package signin

import (
	"net/http"
	"net/url"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/login", form, auth.Public)
	site.Post("/login", signIn, auth.Public)
	site.Get("/login/single-sign-on", startSignOn, auth.Public)
	site.Get("/login/single-sign-on/callback", answerSignOn, auth.Public)
	site.Get("/login/code", codeForm, auth.Public)
	site.Post("/login/code", signInCode, auth.Public)
	site.Early(http.MethodPost, "/logout", signOut)
	site.Early(http.MethodGet, "/me/code", factorPage)
	site.Early(http.MethodPost, "/me/code", proposeFactor)
	site.Early(http.MethodPost, "/me/code/confirm", confirmFactor)
	site.Early(http.MethodGet, "/password", passwordForm)
	site.Early(http.MethodPost, "/password", changePassword)
	site.Get("/me", me, auth.SignedIn)
	site.Get("/me/sessions", sessions, auth.SignedIn)
	site.Post("/me/sessions/:session/revoke", revokeSession, auth.SignedIn)
}

func form(v *page.Visit) error {
	if v.SignedIn() {
		return v.See(page.LocalPath(v.Query("next")))
	}
	return showForm(v, http.StatusOK, page.LocalPath(v.Query("next")), "", nil)
}

// showForm shows the form to log in, with the other way in if there is one.
func showForm(v *page.Visit, status int, next, login string, said *problem.Problem) error {
	var offer api.SignOnOffer
	if _, err := v.Ask("/session/single-sign-on", nil, &offer); err != nil {
		return err
	}
	if said != nil {
		for name, values := range said.GetHeaders() {
			v.SetHeader(name, strings.Join(values, ", "))
		}
	}
	return v.ShowStatus(status, page.Sheet{Title: "登录", Bare: true}, signInForm(next, login, offer, said))
}

// signIn opens a session through the API, which counts failures and locks.
func signIn(v *page.Visit) error {
	next, login := page.LocalPath(v.Form("next")), v.Form("login")
	body := map[string]string{"login": login, "password": v.Request.PostForm.Get("password")}
	var opened api.SessionView
	if _, err := v.Do(http.MethodPost, "/session", body, &opened); err != nil {
		said := page.Said(err)
		return showForm(v, said.Status, next, login, said)
	}
	if opened.CodeNeeded {
		return v.See("/login/code?next=" + url.QueryEscape(next))
	}
	if opened.MustChange {
		return v.See("/password?next=" + url.QueryEscape(next))
	}
	return v.See(next)
}

// signOut ends the session. What the browser kept of pages goes with it; drafts
// stay, under the account that wrote them.
func signOut(v *page.Visit) error {
	if _, err := v.Do(http.MethodDelete, "/session", nil, nil); err != nil {
		return err
	}
	v.SetHeader("Clear-Site-Data", `"cache"`)
	return v.See("/login")
}

func passwordForm(v *page.Visit) error {
	return v.Show(passwordSheet(v), passwordPage(v.Me, page.LocalPath(v.Query("next")), nil))
}

// passwordSheet: who has to change the password first sees nothing else.
func passwordSheet(v *page.Visit) page.Sheet {
	return page.Sheet{Title: "修改密码", Here: "/me", Bare: v.Me.MustChange}
}

func changePassword(v *page.Visit) error {
	next := page.LocalPath(v.Form("next"))
	body := map[string]string{"current": v.Request.PostForm.Get("current"), "password": v.Request.PostForm.Get("password")}
	if body["password"] != v.Request.PostForm.Get("again") {
		return v.ShowStatus(http.StatusUnprocessableEntity, passwordSheet(v), passwordPage(v.Me, next, differing()))
	}
	if body["current"] == "" {
		delete(body, "current")
	}
	if _, err := v.Do(http.MethodPut, "/me/password", body, nil); err != nil {
		said := page.Said(err)
		return v.ShowStatus(said.Status, passwordSheet(v), passwordPage(v.Me, next, said))
	}
	return v.See(next, "密码已修改，您在别处的登录已全部退出。")
}
