// Package officer holds the pages of the three officers (三员): accounts for
// the system officer, grants for the security officer, the log for the auditor.
// None of them shows business data.
package officer

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/accounts", accounts, auth.AccountRead)
	site.Get("/accounts/new", newAccount, auth.AccountManage)
	site.Post("/accounts", createAccount, auth.AccountManage)
	site.Get("/idle-accounts", idleAccounts, auth.AccountManage)
	site.Get("/accounts/:account", account, auth.AccountRead)
	site.Post("/accounts/:account", editAccount, auth.AccountManage)
	site.Post("/accounts/:account/state", switchAccount, auth.AccountManage)
	site.Post("/accounts/:account/link", issueLink, auth.AccountManage)
	site.Post("/accounts/:account/second-factor/reset", resetFactor, auth.AccountManage)
	site.Post("/accounts/:account/single-sign-on", setSignOnName, auth.AccountManage)
	site.Post("/accounts/:account/grants", addGrant, auth.GrantManage)
	site.Post("/accounts/:account/grants/:grant/revoke", revokeGrant, auth.GrantManage)
	site.Get("/access-log", accessLog, auth.AccessLogRead)
	site.Get("/self-check", selfCheck, auth.SelfCheckRead)
	site.Get("/sessions", sessions, auth.SessionManage)
	site.Post("/sessions/:account/:session/revoke", endSession, auth.SessionManage)
}

func pathOf(account string) string { return "/accounts/" + url.PathEscape(account) }

func accounts(v *page.Visit) error {
	items, next, err := page.Listed[api.AccountView](v, "/accounts", "login", "state")
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "账号"}, accountsPage(v, items, next))
}

func idleAccounts(v *page.Visit) error {
	items, next, err := page.Listed[api.IdleAccountView](v, "/idle-accounts")
	if err != nil {
		return err
	}
	return v.Show(accountSheet("待清查的账号"), idlePage(items, next))
}

func accountSheet(title string) page.Sheet {
	return page.Sheet{Title: title, Here: "/accounts", Trail: []page.Step{{Title: "账号", Path: "/accounts"}}}
}

func newAccount(v *page.Visit) error {
	return v.Show(accountSheet("建立账号"), accountForm(url.Values{}, nil))
}

func createAccount(v *page.Visit) error {
	body, values := map[string]any{"login": "", "name": ""}, url.Values{}
	for _, name := range []string{"login", "name", "cadre", "email"} {
		values.Set(name, v.Form(name))
		if v.Form(name) != "" {
			body[name] = v.Form(name)
		}
	}
	var made api.AccountView
	if _, err := v.Do(http.MethodPost, "/accounts", body, &made); err != nil {
		said := page.Said(err)
		return v.ShowStatus(said.Status, accountSheet("建立账号"), accountForm(values, said))
	}
	return v.See(pathOf(string(made.ID)), "账号已建立。职责由安全保密管理员授予；请签发登录链接交给本人。")
}

// person is one account as its page shows it.
type person struct {
	account api.AccountView
	etag    string
	grants  []api.GrantView
	mayRead bool
	units   []api.UnitView
	said    *problem.Problem
	// offer tells whether people may log in by a provider.
	offer api.SignOnOffer
	// link is a log-in link, shown once.
	link *api.LinkOutput
}

func read(v *page.Visit) (person, error) {
	var shown person
	var err error
	at := pathOf(v.Path("account"))
	if shown.etag, err = v.Ask(at, nil, &shown.account); err != nil {
		return shown, err
	}
	if shown.mayRead = v.May(auth.GrantRead); shown.mayRead {
		var grants api.PageOf[api.GrantView]
		if _, err = v.Ask(at+"/grants", nil, &grants); err != nil {
			return shown, err
		}
		shown.grants = grants.Items
	}
	if _, err = v.Ask("/session/single-sign-on", nil, &shown.offer); err != nil {
		return shown, err
	}
	shown.units, err = words.UnitList(v)
	return shown, err
}

func account(v *page.Visit) error {
	shown, err := read(v)
	if err != nil {
		return err
	}
	return v.Show(accountSheet(shown.account.Name), accountPage(v, shown))
}

// again shows the account with why something was refused.
func again(v *page.Visit, err error) error {
	said := page.Said(err)
	shown, readErr := read(v)
	if readErr != nil {
		return err
	}
	shown.said = said
	return v.ShowStatus(said.Status, accountSheet(shown.account.Name), accountPage(v, shown))
}

func editAccount(v *page.Visit) error {
	body := map[string]any{"name": v.Form("name"), "email": v.Form("email")}
	if _, err := v.Do(http.MethodPatch, pathOf(v.Path("account")), body, nil, page.Match(v.Form("match"))); err != nil {
		return again(v, err)
	}
	return v.See(pathOf(v.Path("account")), "已保存。")
}

func switchAccount(v *page.Visit) error {
	body := map[string]any{"state": v.Form("state")}
	if _, err := v.Do(http.MethodPatch, pathOf(v.Path("account")), body, nil, page.Match(v.Form("match"))); err != nil {
		return again(v, err)
	}
	return v.See(pathOf(v.Path("account")), "账号的状态已更改；停用的，其登录已全部结束。")
}

// issueLink shows the link in the answer itself: it is nowhere else to be seen.
func issueLink(v *page.Visit) error {
	var made api.LinkOutput
	if _, err := v.Do(http.MethodPost, pathOf(v.Path("account"))+"/login-links", nil, &made.Body, page.Match(v.Form("match"))); err != nil {
		return again(v, err)
	}
	shown, err := read(v)
	if err != nil {
		return err
	}
	shown.link = &made
	return v.Show(accountSheet(shown.account.Name), accountPage(v, shown))
}

func resetFactor(v *page.Visit) error {
	path := pathOf(v.Path("account")) + "/second-factor"
	if _, err := v.Do(http.MethodDelete, path, nil, nil, page.Match(v.Form("match"))); err != nil {
		return again(v, err)
	}
	return v.See(pathOf(v.Path("account")), "动态验证码已取消，本人下次登录后重新设置。")
}

func setSignOnName(v *page.Visit) error {
	path := pathOf(v.Path("account")) + "/single-sign-on"
	name := v.Form("singleSignOnName")
	if _, err := v.Do(http.MethodPut, path, map[string]any{"singleSignOnName": name}, nil, page.Match(v.Form("match"))); err != nil {
		return again(v, err)
	}
	if name == "" {
		return v.See(pathOf(v.Path("account")), "统一认证名已取消，本人不能再以单点登录进入。")
	}
	return v.See(pathOf(v.Path("account")), "统一认证名已登记；本人首次以此名登录后即绑定。")
}

func addGrant(v *page.Visit) error {
	body := map[string]any{"role": v.Form("role"), "unit": v.Form("unit")}
	if _, err := v.Do(http.MethodPost, pathOf(v.Path("account"))+"/grants", body, nil, page.Match(v.Form("match"))); err != nil {
		return again(v, err)
	}
	return v.See(pathOf(v.Path("account")), "职责已授予，随即生效。")
}

func revokeGrant(v *page.Visit) error {
	path := pathOf(v.Path("account")) + "/grants/" + url.PathEscape(v.Path("grant"))
	if _, err := v.Do(http.MethodDelete, path, nil, nil, page.Match(v.Form("match"))); err != nil {
		return again(v, err)
	}
	return v.See(pathOf(v.Path("account")), "职责已收回，随即生效。")
}

func roleChoices() []ui.Option {
	options := []ui.Option{{Value: "", Text: "请选择"}}
	for _, role := range auth.Roles() {
		options = append(options, ui.Option{Value: string(role), Text: words.Role(role)})
	}
	return options
}

func (p person) unitChoices() []ui.Option {
	options := []ui.Option{{Value: "", Text: "请选择"}}
	for _, unit := range p.units {
		if unit.ValidTo.IsZero() {
			options = append(options, ui.Option{Value: string(unit.ID), Text: unit.Name})
		}
	}
	return options
}

func (p person) unitName(id string) string {
	for _, unit := range p.units {
		if string(unit.ID) == id {
			return unit.Name
		}
	}
	return id
}
