package page

import (
	"net/http"
	"slices"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
)

// Group is a part of the navigation.
type Group struct {
	Title   string
	Entries []Entry
}

// Entry leads to a page.
type Entry struct {
	Title, Path, Icon string
	shown             func(*Visit) bool
}

// any permission of these shows an entry.
func holders(permissions ...auth.Permission) func(*Visit) bool {
	return func(v *Visit) bool { return v.MayAny(permissions...) }
}

// overseers are those who look after others' duties; a cadre has a page of
// their own for theirs.
func overseers(permission auth.Permission) func(*Visit) bool {
	return func(v *Visit) bool {
		return v.May(permission) && (v.lent() || slices.ContainsFunc(v.Me.Grants, func(grant api.MyGrant) bool {
			return grant.Role != auth.RoleCadre
		}))
	}
}

// groups is the whole navigation, in the order in which people work. The first
// entry that somebody sees is their start page.
func groups() []Group {
	return []Group{
		{Title: "工作", Entries: []Entry{
			{Title: "我的帮扶", Path: "/duty", Icon: "clipboard-check", shown: holders(auth.RecordSubmit)},
			{Title: "审核", Path: "/reviews", Icon: "checks", shown: holders(
				auth.ReviewDistrictScience, auth.ReviewDistrictOrganization, auth.ReviewCityScience)},
			{Title: "归属裁定", Path: "/disputes", Icon: "scale", shown: holders(auth.DisputeAdjudicate)},
			{Title: "责任台账", Path: "/obligations", Icon: "list-details", shown: overseers(auth.ObligationRead)},
			{Title: "进展与预测", Path: "/overview", Icon: "chart-line", shown: overseers(auth.ObligationRead)},
			{Title: "任务进展填报", Path: "/progress", Icon: "flag", shown: overseers(auth.ProgressRead)},
			{Title: "待批事项", Path: "/approvals", Icon: "gavel", shown: overseers(auth.ObligationSuspend)},
			{Title: "归属争议", Path: "/disputes", Icon: "scale", shown: func(v *Visit) bool {
				return v.May(auth.DisputeRead) && !v.May(auth.DisputeAdjudicate)
			}},
		}},
		{Title: "督查", Entries: []Entry{
			{Title: "应报事项", Path: "/unit-reports", Icon: "calendar", shown: holders(auth.ReportFile, auth.ReportConfirm)},
			{Title: "督查", Path: "/inspections", Icon: "search", shown: holders(auth.InspectionRead)},
			{Title: "问题整改", Path: "/findings", Icon: "flag", shown: holders(auth.InspectionRead)},
			{Title: "抽查裁定", Path: "/hearings", Icon: "gavel", shown: holders(auth.SampleDecide)},
			{Title: "通报", Path: "/bulletins", Icon: "file", shown: holders(auth.BulletinRead)},
		}},
		{Title: "资料", Entries: []Entry{
			{Title: "干部名册", Path: "/cadres", Icon: "users", shown: overseers(auth.CadreRead)},
			{Title: "企业库", Path: "/enterprises", Icon: "building", shown: holders(auth.EnterpriseRead)},
			{Title: "代码核准", Path: "/enterprise-overrides", Icon: "barcode", shown: holders(auth.EnterpriseConfirm)},
			{Title: "名册导入", Path: "/imports", Icon: "file-import", shown: holders(auth.ImportRun)},
			{Title: "代理安排", Path: "/substitutes", Icon: "arrows-exchange", shown: holders(auth.SubstituteManage)},
			{Title: "任务分解", Path: "/plan", Icon: "hierarchy", shown: holders(auth.PlanRead)},
			{Title: "政策与释义", Path: "/policies", Icon: "book", shown: holders(auth.PlanRead)},
			{Title: "单位", Path: "/units", Icon: "sitemap", shown: holders(auth.UnitRead)},
		}},
		{Title: "管理", Entries: []Entry{
			{Title: "账号", Path: "/accounts", Icon: "id-badge", shown: holders(auth.AccountRead)},
			{Title: "登录会话", Path: "/sessions", Icon: "device-desktop", shown: holders(auth.SessionManage)},
			{Title: "访问日志", Path: "/access-log", Icon: "history", shown: holders(auth.AccessLogRead)},
			{Title: "安全自查", Path: "/self-check", Icon: "shield-check", shown: holders(auth.SelfCheckRead)},
		}},
	}
}

// existing leaves out entries whose pages are not registered.
func (s *Site) existing(all []Group) []Group {
	var kept []Group
	for _, group := range all {
		entries := slices.DeleteFunc(slices.Clone(group.Entries), func(entry Entry) bool {
			return !slices.ContainsFunc(s.routes, func(route Route) bool {
				return route.Method == http.MethodGet && route.Path == entry.Path
			})
		})
		if len(entries) > 0 {
			kept = append(kept, Group{Title: group.Title, Entries: entries})
		}
	}
	return kept
}

// navigation is what the visitor sees of it.
func (v *Visit) navigation() []Group {
	var seen []Group
	for _, group := range v.site.menu {
		entries := slices.DeleteFunc(slices.Clone(group.Entries), func(entry Entry) bool { return !entry.shown(v) })
		if len(entries) > 0 {
			seen = append(seen, Group{Title: group.Title, Entries: entries})
		}
	}
	return seen
}

// here reports whether an entry leads to the part of the site that is open.
func here(v *Visit, sheet Sheet, entry Entry) bool {
	at := sheet.Here
	if at == "" {
		at = v.Request.URL.Path
	}
	return at == entry.Path || strings.HasPrefix(at, entry.Path+"/")
}

// Start is the page that the visitor's day begins with.
func (v *Visit) Start() string {
	for _, group := range v.navigation() {
		return group.Entries[0].Path
	}
	return "/me"
}

// Home sends everybody to the page that their day begins with.
func Home(v *Visit) error { return v.See(v.Start()) }
