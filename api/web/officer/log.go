package officer

import (
	"net/http"
	"net/url"
	"time"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/models"
)

func accessLog(v *page.Visit) error {
	query := url.Values{}
	for _, name := range []string{"who", "action", "logNumber", "after"} {
		if value := v.Query(name); value != "" {
			query.Set(name, value)
		}
	}
	for name, instant := range map[string]func(models.Date) time.Time{"from": models.Date.Start, "until": models.Date.End} {
		if v.Query(name) == "" {
			continue
		}
		day, err := models.ParseDate(v.Query(name))
		if err != nil {
			return problem.New(problem.RequestInvalid).At("query."+name, "请填写日期，如 2014-03-01")
		}
		query.Set(name, instant(day).Format(time.RFC3339))
	}
	var found api.PageOf[api.AccessView]
	if _, err := v.Ask("/access-log", query, &found); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "访问日志", Wide: true}, logPage(v, found.Items, v.Onward("/access-log", found.Next)))
}

func selfCheck(v *page.Visit) error {
	var found api.SelfCheckBody
	if _, err := v.Ask("/self-check", nil, &found.Body); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "安全自查"}, checkPage(found))
}

func sessions(v *page.Visit) error {
	items, next, err := page.Listed[api.OpenSessionView](v, "/sessions", "who")
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "登录会话"}, sessionsPage(v, items, next))
}

func endSession(v *page.Visit) error {
	path := "/sessions/" + url.PathEscape(v.Path("account")) + "/" + url.PathEscape(v.Path("session"))
	if _, err := v.Do(http.MethodDelete, path, nil, nil); err != nil {
		return err
	}
	return v.See("/sessions", "该登录已结束。")
}

func result(status int) string {
	switch {
	case status < http.StatusBadRequest:
		return "成功"
	case status == http.StatusUnauthorized:
		return "登录失败"
	case status == http.StatusForbidden || status == http.StatusNotFound:
		return "拒绝"
	default:
		return "未成功"
	}
}

// holder is whose account it is, as officers recognise it.
func holder(login, name string) string {
	if login == "" {
		return "—"
	}
	return login + "（" + name + "）"
}
