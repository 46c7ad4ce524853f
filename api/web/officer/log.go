package officer

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/web/page"
)

func accessLog(v *page.Visit) error {
	items, next, err := page.Listed[api.AccessView](v, "/access-log", "account", "action")
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "访问日志", Wide: true}, logPage(v, items, next))
}

func selfCheck(v *page.Visit) error {
	var found api.SelfCheckBody
	if _, err := v.Ask("/self-check", nil, &found.Body); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "安全自查"}, checkPage(found))
}

func sessions(v *page.Visit) error {
	items, next, err := page.Listed[api.OpenSessionView](v, "/sessions", "account")
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

// actions are the operations of the log in words; others are shown as they are.
var actions = map[string]string{
	"sign-in": "登录", "sign-out": "退出", "sign-in-by-link": "用链接登录", "sign-in-code": "输入动态验证码",
	"sign-in-by-single-sign-on": "单点登录", "set-single-sign-on": "登记统一认证名", "reset-second-factor": "取消动态验证码",
	"propose-second-factor": "取得动态验证码密钥", "confirm-second-factor": "启用动态验证码", "change-password": "修改密码",
	"create-account": "建立账号", "edit-account": "更改账号", "issue-login-link": "签发登录链接", "add-grant": "授予职责",
	"revoke-grant": "收回职责", "revoke-session": "结束会话", "end-session": "结束他人会话", "issue-token": "签发令牌",
	"revoke-token": "吊销令牌", "export-obligations": "导出台账", "list-access-log": "查看访问日志",
	"import-cadres": "导入干部名册", "import-enterprises": "导入企业名册", "download-evidence": "下载材料",
}

func action(code string) string {
	if text, known := actions[code]; known {
		return text
	}
	return code
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
