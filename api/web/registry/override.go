package registry

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
)

// mountOverrides: a real code whose check digit fails is admitted by two people.
func mountOverrides(site *page.Site) {
	site.Get("/enterprise-overrides", overrides, auth.EnterpriseConfirm)
	site.Get("/enterprise-overrides/new", newOverride, auth.EnterpriseOverride)
	site.Post("/enterprise-overrides", requestOverride, auth.EnterpriseOverride)
	site.Post("/enterprise-overrides/:override/approve", approveOverride, auth.EnterpriseConfirm)
}

func overrides(v *page.Visit) error {
	items, next, err := page.Listed[api.OverrideView](v, "/enterprise-overrides")
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "代码核准"}, overridesPage(v, items, next))
}

func newOverride(v *page.Visit) error {
	return v.Show(enterpriseSheet("申请核准代码"), overrideForm("", "", nil))
}

// requestOverride files the scan of the licence, then asks for the second person.
func requestOverride(v *page.Visit) error {
	code, reason := v.Form("code"), v.Form("reason")
	again := func(err error) error {
		said := page.Said(err)
		return v.ShowStatus(said.Status, enterpriseSheet("申请核准代码"), overrideForm(code, reason, said))
	}
	files := v.Files("file")
	if len(files) == 0 {
		return again(problem.New(problem.RequestInvalid).At("body.file", "请附上证照扫描件"))
	}
	scan, err := v.Upload(files[0], url.Values{"purpose": {"claim"}})
	if err != nil {
		return again(err)
	}
	body := map[string]any{"code": code, "reason": reason, "document": scan.ID}
	if _, err := v.Do(http.MethodPost, "/enterprise-overrides", body, nil); err != nil {
		return again(err)
	}
	return v.See("/enterprises", "已申请核准，由另一人核对证照后生效；生效后即可登记企业。")
}

func approveOverride(v *page.Visit) error {
	path := "/enterprise-overrides/" + url.PathEscape(v.Path("override")) + "/approve"
	if _, err := v.Do(http.MethodPost, path, nil, nil); err != nil {
		return err
	}
	return v.See("/enterprise-overrides", "代码已核准。")
}
