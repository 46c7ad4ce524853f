package signin

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/web/page"
)

func codeForm(v *page.Visit) error {
	return v.Show(page.Sheet{Title: "动态验证码", Bare: true}, codePage(page.LocalPath(v.Query("next")), nil))
}

// signInCode completes a log-in. Without a password given before, it starts anew.
func signInCode(v *page.Visit) error {
	next := page.LocalPath(v.Form("next"))
	var opened api.SessionView
	if _, err := v.Do(http.MethodPost, "/session/code", map[string]string{"code": v.Form("code")}, &opened); err != nil {
		said := page.Said(err)
		if said.Code == "sign-in-required" {
			return err
		}
		return v.ShowStatus(said.Status, page.Sheet{Title: "动态验证码", Bare: true}, codePage(next, said))
	}
	if opened.MustChange {
		return v.See("/password?next=" + url.QueryEscape(next))
	}
	return v.See(next)
}

func factorSheet(v *page.Visit) page.Sheet {
	return page.Sheet{Title: "我的动态验证码", Here: "/me", Bare: v.Me.MustEnrol}
}

func factorPage(v *page.Visit) error {
	return v.Show(factorSheet(v), factorIntroduction(v.Me, page.LocalPath(v.Query("next"))))
}

// proposeFactor shows the secret in the answer itself: it is nowhere else.
func proposeFactor(v *page.Visit) error {
	var proposed api.ProposedFactor
	if _, err := v.Do(http.MethodPost, "/me/second-factor", nil, &proposed); err != nil {
		return err
	}
	v.SetHeader("Cache-Control", "no-store")
	return v.Show(factorSheet(v), factorProposal(proposed, page.LocalPath(v.Form("next")), nil))
}

func confirmFactor(v *page.Visit) error {
	next := page.LocalPath(v.Form("next"))
	if _, err := v.Do(http.MethodPut, "/me/second-factor", map[string]string{"code": v.Form("code")}, nil); err != nil {
		said := page.Said(err)
		// The secret and its picture come back with the form that showed them.
		shown := api.ProposedFactor{Secret: v.Form("secret"), Image: page.DataImage(v.Form("image"))}
		return v.ShowStatus(said.Status, factorSheet(v), factorProposal(shown, next, said))
	}
	return v.See(next, "动态验证码已启用，下次登录时须输入。")
}
