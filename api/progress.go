package api

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// TallyView is one indicator of the city in one quarter.
type TallyView struct {
	Indicator  IndicatorView `json:"indicator" doc:"指标；序号 0 为没有数量和频次的任务"`
	Section    string        `json:"section" doc:"重点任务"`
	TargetText string        `json:"targetText" doc:"目标，保留“以上”“左右”等原文读法"`
	Basis      Coded         `json:"basis" doc:"填报口径"`
	Figures    []string      `json:"figures" doc:"各答复单位合计，按口径逐项；无人填报时为空"`
	Reported   string        `json:"reported,omitempty" doc:"与目标比较的填报数；比例为百分数，按月的取最少的一月" example:"4200"`
	Target     string        `json:"target,omitempty" doc:"比较用的目标数；任务56为应完成数"`
	Percent    string        `json:"percent,omitempty" doc:"完成比例（%），超额不封顶" example:"104.5"`
	Due        string        `json:"due,omitempty" doc:"序时进度（%）" example:"66.7"`
	State      Coded         `json:"state" doc:"done 完成、ahead 超序时、on-schedule 按序时、behind 未达序时、unmeasured 未量化或者未报"`
	System     *SystemView   `json:"system,omitempty" doc:"系统所知"`
	Difference string        `json:"difference,omitempty" doc:"填报数减系统计算数" example:"+12"`
	Reason     string        `json:"reason" doc:"为何由这些单位答复"`
	Shared     bool          `json:"shared" doc:"由各单位分别答复、合计得出"`
	Answerers  []AnswerView  `json:"answerers" doc:"答复单位，按季末的单位；撤并的只列承接单位"`
	Reporting  int           `json:"reporting" doc:"已填报的单位数"`
}

// SystemView is what bangfu itself knows.
type SystemView struct {
	Scope    Coded  `json:"scope" doc:"exact 与原文所求相同，floor 至少，ambiguous 不计算"`
	Value    string `json:"value,omitempty" doc:"计算数"`
	Required int    `json:"required,omitempty" doc:"应完成数（任务56）"`
	Met      int    `json:"met,omitempty" doc:"已完成数，每项至多计到应完成数（任务56）"`
	Reason   string `json:"reason" doc:"依据"`
}

// AnswerView is a unit that answers.
type AnswerView struct {
	Unit   UnitRef   `json:"unit" doc:"单位"`
	Merged []UnitRef `json:"merged" doc:"已并入、由其一并答复的单位"`
}

// SectionView counts the states of a section's tasks.
type SectionView struct {
	Title  string         `json:"title" doc:"重点任务"`
	States map[string]int `json:"states" doc:"各状态的任务数"`
}

// TaskStateView is how a task stands by its indicators.
type TaskStateView struct {
	Number  int    `json:"number" doc:"任务序号"`
	Section string `json:"section" doc:"重点任务"`
	State   Coded  `json:"state" doc:"按最差的指标"`
}

// ProgressInput chooses a quarter and narrows the list.
type ProgressInput struct {
	Plan    models.PlanID `path:"plan" maxLength:"64" doc:"计划代码" example:"tianjin-2013"`
	Quarter string        `query:"quarter" maxLength:"6" doc:"季度，缺省为最近结束的一个" example:"2013Q4"`
	Section string        `query:"section" maxLength:"100" doc:"只列此重点任务"`
	Task    int           `query:"task" minimum:"0" maximum:"999" doc:"只列此任务"`
	Unit    models.UnitID `query:"unit" maxLength:"64" doc:"只列此单位答复的"`
	State   string        `query:"state" enum:"done,ahead,on-schedule,behind,unmeasured" doc:"只列此状态的"`
}

// OverlapView is what the tasks that may count the same enterprise add up to.
type OverlapView struct {
	Reported string `json:"reported,omitempty" doc:"任务1、4、6、7、8、26、27、29填报的企业合计数"`
	System   int    `json:"system" doc:"系统已认定的引进、创办合计（家次）"`
	Distinct int    `json:"distinct" doc:"系统已认定的引进、创办去重数（家）"`
}

// ProgressBody is the progress of a plan in a quarter.
type ProgressBody struct {
	Body struct {
		Quarter  models.Quarter  `json:"quarter" doc:"季度" example:"2013Q4"`
		Quarters []string        `json:"quarters" doc:"可选的季度，由早到晚"`
		Day      models.Date     `json:"day" format:"date" doc:"序时进度算到这一日"`
		Due      string          `json:"due" doc:"计划期的序时进度（%）"`
		Ahead    int             `json:"aheadPoints" doc:"超过序时进度几个百分点为超序时（本系统设置）"`
		Sections []SectionView   `json:"sections" doc:"按重点任务"`
		Tasks    []TaskStateView `json:"tasks" doc:"按任务"`
		Overlap  OverlapView     `json:"overlap" doc:"可能重复计算的企业数"`
		Items    []TallyView     `json:"items" doc:"符合条件的指标"`
	}
}

// EntryInput chooses entries.
type EntryInput struct {
	Paging
	Plan    models.PlanID `path:"plan" maxLength:"64" doc:"计划代码" example:"tianjin-2013"`
	Quarter string        `query:"quarter" maxLength:"6" doc:"只列此季度" example:"2013Q4"`
	Task    int           `query:"task" minimum:"0" maximum:"999" doc:"只列此任务"`
	Unit    models.UnitID `query:"unit" maxLength:"64" doc:"只列此单位及其下属的"`
}

// ProgressEntryView is one unit's word on one indicator in one quarter.
type ProgressEntryView struct {
	Quarter   models.Quarter `json:"quarter" doc:"季度" example:"2013Q4"`
	Task      int            `json:"task" doc:"任务序号"`
	Ordinal   int            `json:"ordinal" doc:"该任务下的序号，0 为没有指标的任务"`
	Unit      UnitRef        `json:"unit" doc:"填报单位"`
	Figures   []string       `json:"figures" doc:"填报数，按口径逐项"`
	Milestone string         `json:"milestone,omitempty" doc:"进展情况"`
	Note      string         `json:"note,omitempty" doc:"说明"`
	// Evidence is fetched by its ID.
	Evidence   []models.EvidenceID `json:"evidence" doc:"材料编号"`
	ReportedAt *time.Time          `json:"reportedAt,omitempty" doc:"填报时间"`
	ETag       string              `json:"etag" doc:"修改时放在 If-Match；尚未填报为 \"0\""`
}

func showProgressEntry(entry store.ProgressEntry, names *directory) ProgressEntryView {
	return ProgressEntryView{
		Quarter: entry.Quarter, Task: entry.Task, Ordinal: entry.Ordinal, Unit: names.unit(entry.Unit),
		Figures: orEmpty(entry.Figures), Milestone: entry.Milestone, Note: entry.Note, Evidence: orEmpty(entry.Evidence),
		ReportedAt: moment(entry.ReportedAt), ETag: etag(entry.Version),
	}
}

// SheetInput names what a unit reports in a quarter.
type SheetInput struct {
	Plan    models.PlanID `path:"plan" maxLength:"64" doc:"计划代码" example:"tianjin-2013"`
	Unit    models.UnitID `path:"unit" maxLength:"64" doc:"单位" example:"tj-kw"`
	Quarter string        `query:"quarter" maxLength:"6" doc:"季度，缺省为最近结束的一个" example:"2013Q4"`
}

// SheetItemView is one indicator that a unit answers for.
type SheetItemView struct {
	Indicator  IndicatorView     `json:"indicator" doc:"指标"`
	TargetText string            `json:"targetText" doc:"目标，保留原文读法"`
	Basis      Coded             `json:"basis" doc:"填报口径"`
	Parts      []string          `json:"parts" doc:"逐项数字的名称"`
	Shared     bool              `json:"shared" doc:"只填本单位的份额"`
	Merged     []UnitRef         `json:"merged" doc:"已并入、一并填报的单位"`
	Entry      ProgressEntryView `json:"entry" doc:"本季度的填报"`
	Former     []string          `json:"former" doc:"上季度的填报数，含并入单位"`
	System     *SystemView       `json:"system,omitempty" doc:"系统所知；分别答复的指标为本单位的数"`
}

// SheetBody is a unit's form of a quarter.
type SheetBody struct {
	Body struct {
		Unit     UnitRef         `json:"unit" doc:"单位"`
		Quarter  models.Quarter  `json:"quarter" doc:"季度" example:"2013Q4"`
		Quarters []string        `json:"quarters" doc:"可填的季度，由早到晚"`
		Editable bool            `json:"editable" doc:"可以填报：您有职责、季度已开始、报告尚未报送"`
		LockedAt *time.Time      `json:"lockedAt,omitempty" doc:"报告报送的时间；此后不能修改"`
		Items    []SheetItemView `json:"items" doc:"该单位答复的各项"`
	}
}

// SheetSummary is how far a unit's form of a quarter is.
type SheetSummary struct {
	Unit     UnitRef    `json:"unit" doc:"单位"`
	Items    int        `json:"items" doc:"应填报的项数"`
	Reported int        `json:"reported" doc:"已填报的项数"`
	LockedAt *time.Time `json:"lockedAt,omitempty" doc:"报告报送的时间"`
	Editable bool       `json:"editable" doc:"由您填报"`
}

// SheetListBody lists the units that answer.
type SheetListBody struct {
	Body struct {
		Quarter  models.Quarter `json:"quarter" doc:"季度" example:"2013Q4"`
		Quarters []string       `json:"quarters" doc:"可选的季度，由早到晚"`
		Items    []SheetSummary `json:"items" doc:"查看范围内的答复单位"`
	}
}

// ReportInput is the request to report an entry.
type ReportInput struct {
	Keyed
	Guarded
	Plan    models.PlanID `path:"plan" maxLength:"64" doc:"计划代码" example:"tianjin-2013"`
	Unit    models.UnitID `path:"unit" maxLength:"64" doc:"单位" example:"tj-kw"`
	Quarter string        `path:"quarter" maxLength:"6" doc:"季度" example:"2013Q4"`
	Task    int           `path:"task" minimum:"1" maximum:"999" doc:"任务序号"`
	Ordinal int           `path:"ordinal" minimum:"0" maximum:"99" doc:"该任务下的序号"`
	Body    struct {
		Figures   []string            `json:"figures,omitempty" maxItems:"3" doc:"填报数，按口径逐项" example:"[\"120\"]"`
		Milestone string              `json:"milestone,omitempty" maxLength:"4000" doc:"进展情况"`
		Note      string              `json:"note,omitempty" maxLength:"4000" doc:"说明；累计数减少时必填"`
		Evidence  []models.EvidenceID `json:"evidence,omitempty" maxItems:"40" doc:"材料编号，以 purpose=progress 上传"`
	}
}

// ReportedBody answers with the entry as it is kept.
type ReportedBody struct {
	ETag string `header:"ETag"`
	Body ProgressEntryView
}

// TrendPoint is one indicator in one quarter.
type TrendPoint struct {
	Quarter   models.Quarter      `json:"quarter" doc:"季度" example:"2013Q4"`
	Reported  string              `json:"reported,omitempty" doc:"全市填报数"`
	Percent   string              `json:"percent,omitempty" doc:"完成比例（%）"`
	State     Coded               `json:"state" doc:"状态"`
	Reporting int                 `json:"reporting" doc:"已填报的单位数"`
	Shares    []ProgressEntryView `json:"shares" doc:"查看范围内各单位的填报"`
}

// TrendView is one indicator over all quarters so far.
type TrendView struct {
	Indicator IndicatorView `json:"indicator" doc:"指标"`
	Basis     Coded         `json:"basis" doc:"填报口径"`
	Points    []TrendPoint  `json:"points" doc:"由早到晚"`
	Now       TallyView     `json:"now" doc:"最近结束的季度"`
}

func registerProgress(api huma.API, s *server) {
	read := func(id, path, reach, summary, description string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{"进展"}, Summary: summary, Description: description,
		}, auth.ProgressRead, reach)
	}
	huma.Register(api, read("get-progress", "/plans/{plan}/progress", ReachNone, "一个季度的任务进展",
		"全市合计、序时进度四种状态、系统所知与填报数之差。各单位的份额另见逐条列表。"), s.progressOf)
	huma.Register(api, read("list-progress-entries", "/plans/{plan}/progress/entries", ReachList, "各单位的填报", ""), s.listProgressEntries)
	huma.Register(api, read("list-progress-sheets", "/plans/{plan}/progress/sheets", ReachList, "各答复单位填报了多少", ""), s.listSheets)
	huma.Register(api, read("get-progress-sheet", "/plans/{plan}/progress/sheets/{unit}", ReachObject, "一个单位一个季度的填报表",
		"带上季度的数和系统所知，供填报。"), s.getSheet)
	huma.Register(api, read("get-task-progress", "/plans/{plan}/tasks/{number}/progress", ReachList, "一项任务各季度的进展", ""), s.taskProgress)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "report-progress", Method: http.MethodPut, Tags: []string{"进展"}, Summary: "填报一条进展",
		Path:        "/plans/{plan}/progress/sheets/{unit}/{quarter}/{task}/{ordinal}",
		Description: "按该指标的口径填写，不必自行加总。If-Match 用所见的 etag，尚未填报的为 \"0\"。报告报送后不能修改。",
	}, auth.ProgressReport, ReachObject), s.reportProgress)
}

func stateView(state inspection.ProgressState) Coded {
	return codedAs(state, state.Text())
}
