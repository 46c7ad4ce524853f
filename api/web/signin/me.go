package signin

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/words"
)

// me answers what the system holds about whoever asks.
func me(v *page.Visit) error {
	units, err := words.Units(v)
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "系统保存的有关我的信息"}, mePage(v.Me, units))
}

func sessions(v *page.Visit) error {
	var found api.PageOf[api.SessionItem]
	if _, err := v.Ask("/me/sessions", nil, &found); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "我的登录", Here: "/me", Trail: []page.Step{{Title: "关于我", Path: "/me"}}}, sessionsPage(found))
}

func revokeSession(v *page.Visit) error {
	if _, err := v.Do(http.MethodDelete, "/me/sessions/"+url.PathEscape(v.Path("session")), nil, nil); err != nil {
		return err
	}
	return v.See("/me/sessions", "该登录已结束。")
}

// differing says that the new password was not typed the same way twice.
func differing() *problem.Problem {
	return problem.New(problem.RequestInvalid).At("body.again", "两次输入的新密码不一致")
}
