// Package definition says what every figure on the pages means: how it is
// counted, from what, as of when, and whether the plan or this project says so.
// A page names a definition by its variable, so one that does not exist does not
// compile; a test holds that each stands on the page of definitions.
package definition

// Authority says whose word a definition is.
type Authority string

// The authorities.
const (
	// OfPlan: the words of the action plan.
	OfPlan Authority = "计划原文"
	// OfPolicy: a version of the policy, which each duty pins.
	OfPolicy Authority = "现行办法（政策版本）"
	// OfProject: a setting of this system, which the plan does not speak of.
	OfProject Authority = "本系统的约定，计划没有规定"
)

// Definition is what one figure means.
type Definition struct {
	// Anchor is its place on the page of definitions.
	Anchor string
	Name   string
	// Counted says how, From by which data, AsOf at which instant.
	Counted, From, AsOf string
	Authority           Authority
}

// Path is the address of the definition.
func (d Definition) Path() string { return "/definitions#" + d.Anchor }

// Group is a part of the page of definitions.
type Group struct {
	Title       string
	Definitions []Definition
}

// Where the figures come from and when they hold, in the words of many.
const (
	now       = "打开页面的时刻"
	ledger    = "责任台账（档案库的投影，与事件链同一事务写入，每夜核对）"
	credits   = "三级审核通过后认定的帮扶记录"
	calendar  = "国务院办公厅公布的放假安排与周末"
	roster    = "所上传的名册与干部名册、企业库"
	reachOnly = "；只计本人查看范围内的"
)

// Groups is the page of definitions, in its order.
func Groups() []Group {
	return []Group{
		{Title: "责任与灯", Definitions: []Definition{
			Duties, LightRed, LightYellow, LightBlue, LightGreen, Fulfilled, Suspended, DueThisWeek, DueSoon, BehindOrNear, SavedView, Goals, Matches,
		}},
		{Title: "进展、位次与预测", Definitions: []Definition{
			CreditsByMonth, DueByMonth, OverdueByMonth, UnitProgress, Forecast,
		}},
		{Title: "期限", Definitions: []Definition{DaysLeft, WorkdaysLeft, Workdays, PolicyFigures}},
		{Title: "审核与通知", Definitions: []Definition{Returns, Hints, Evidence, Unread, Proposals, Substitutes}},
		{Title: "计划", Definitions: []Definition{Tasks, Indicators, Progress, ProgressStates, SystemFigures, ProgressItems}},
		{Title: "督查", Definitions: []Definition{UnitReports, Findings, Frozen, Places, SampleItems, Bulletins}},
		{Title: "名册导入", Definitions: []Definition{ImportRows, ImportEnrolled, ImportFaults}},
		{Title: "档案与安全", Definitions: []Definition{Events, IdleAccounts, SelfCheck}},
	}
}
