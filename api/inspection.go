package api

import (
	"time"

	"bangfu/models"
)

// InspectionInput names the cycle that is asked for.
type InspectionInput struct {
	Inspection string `path:"inspection" maxLength:"80" doc:"督查：计划.季度" example:"tianjin-2013.2013Q2"`
}

// InspectionListInput chooses the plan whose cycles are listed.
type InspectionListInput struct {
	Plan models.PlanID `query:"plan" required:"true" maxLength:"64" doc:"计划" example:"tianjin-2013"`
}

// BulletinRef names the bulletin that a cycle has come to.
type BulletinRef struct {
	Ordinal int   `json:"ordinal" doc:"本季第几份，更正的为第二份起"`
	Stage   Coded `json:"stage" doc:"所处阶段"`
	// Number is the document's in the register; absent before it is issued.
	Number   string       `json:"number,omitempty" doc:"文号" example:"津政督〔2013〕5号"`
	IssuedOn *models.Date `json:"issuedOn,omitempty" format:"date" doc:"印发日期"`
}

// InspectionView is one cycle as lists show it.
type InspectionView struct {
	ID        string           `json:"id" doc:"督查：计划.季度" example:"tianjin-2013.2013Q2"`
	Plan      models.PlanID    `json:"plan" doc:"计划"`
	Quarter   Coded            `json:"quarter" doc:"季度，代码如 2013Q2"`
	Stage     Coded            `json:"stage" doc:"阶段"`
	CutOff    time.Time        `json:"cutOff" doc:"数据截止时间"`
	ReportDue *time.Time       `json:"reportDue,omitempty" doc:"自查报告截止时间；尚未下发通知时没有"`
	Snapshot  string           `json:"snapshot,omitempty" doc:"固化数据的 SHA-256"`
	Scheduled bool             `json:"scheduled" doc:"true 为定时开启，false 为督查员开启"`
	OpenedBy  models.AccountID `json:"openedBy" doc:"开启的账号"`
	OpenedAt  time.Time        `json:"openedAt" doc:"开启时间"`
	Sequence  int64            `json:"sequence" doc:"事件序号，即 ETag"`
}

// SeverityView is one severity with the time that it gives.
type SeverityView struct {
	Severity    Coded       `json:"severity" doc:"程度"`
	WorkingDays int         `json:"workingDays" doc:"整改时限（工作日）"`
	DueOn       models.Date `json:"dueOn" format:"date" doc:"今天提出的截止日"`
}

// InspectionDetail is one cycle with what concerns the units within reach.
type InspectionDetail struct {
	InspectionView
	Units int `json:"units" doc:"查看范围内的被督查单位数"`
	// Reports counts them by the state of their report.
	Reports    map[string]int `json:"reports" doc:"按自查报告状态计数：unasked（未下发）、due、filed、confirmed、nothing、missing"`
	Late       int            `json:"late" doc:"迟报的单位数"`
	Findings   map[string]int `json:"findings" doc:"本季提出的问题按状态计数：open、answered、closed、withdrawn"`
	Sampled    int            `json:"sampled" doc:"抽查条数"`
	Talks      []UnitRef      `json:"talks" doc:"提示约谈的单位"`
	Bulletin   *BulletinRef   `json:"bulletin,omitempty" doc:"现在的通报；无权查看未印发通报的只见已印发的"`
	Severities []SeverityView `json:"severities" doc:"各种程度的整改时限"`
	// MayManage: the caller may decide for the whole cycle.
	MayManage bool `json:"mayManage" doc:"本人可否办理整个督查的事项"`
}

// InspectionBody answers with one cycle.
type InspectionBody struct {
	ETag string `header:"ETag"`
	Body InspectionDetail
}

// OpenInspectionInput is the request to open a cycle.
type OpenInspectionInput struct {
	Keyed
	Body struct {
		Plan    models.PlanID `json:"plan" minLength:"1" maxLength:"64" doc:"计划" example:"tianjin-2013"`
		Quarter string        `json:"quarter" minLength:"6" maxLength:"6" doc:"季度，当前或以前的" example:"2013Q2"`
	}
}

// CancelInspectionInput is the request to cancel a cycle.
type CancelInspectionInput struct {
	Keyed
	Guarded
	InspectionInput
	Body struct {
		Remark string `json:"remark" minLength:"1" maxLength:"2000" doc:"取消的理由"`
	}
}

// BoardRowView is one unit on the inspector's board.
type BoardRowView struct {
	Unit UnitRef `json:"unit" doc:"单位"`
	Kind Coded   `json:"kind" doc:"单位类别"`
	// Report has the code unasked until the unit was asked.
	Report       Coded      `json:"report" doc:"自查报告状态，unasked 为尚未下发"`
	Late         bool       `json:"late" doc:"是否迟报"`
	Due          *time.Time `json:"due,omitempty" doc:"截止时间"`
	FiledAt      *time.Time `json:"filedAt,omitempty" doc:"填报时间"`
	ConfirmedAt  *time.Time `json:"confirmedAt,omitempty" doc:"签报时间"`
	Sequence     int64      `json:"sequence" doc:"报告的事件序号，即 ETag；未下发为 0"`
	OpenFindings int        `json:"openFindings" doc:"未销号的问题数，含以前季度的"`
	// Light is the worst of the open findings.
	Light        *Coded    `json:"light,omitempty" doc:"未销号问题中最重的灯；没有问题时没有此项"`
	Required     int       `json:"required" doc:"截止时应完成数"`
	Met          int       `json:"met" doc:"截止时已完成数，每项至多计到应完成数"`
	Credits      int       `json:"credits" doc:"截止时已认定数"`
	Overdue      int       `json:"overdue" doc:"截止时逾期的指标项数"`
	Predecessors []UnitRef `json:"predecessors,omitempty" doc:"由本单位代为报送的已撤并单位"`
}

// FormerView is how a unit stood before.
type FormerView struct {
	Place    int `json:"place" doc:"当时通报印出的位次，0 为没有"`
	Required int `json:"required" doc:"应完成数"`
	Met      int `json:"met" doc:"已完成数"`
	Change   int `json:"change" doc:"至今完成率的变化，单位为 0.1 个百分点"`
}

// RankRowView is one unit with its place.
type RankRowView struct {
	Unit     UnitRef        `json:"unit" doc:"单位"`
	Place    int            `json:"place" doc:"位次，同分并列；0 为不排位"`
	Unranked *Coded         `json:"unranked,omitempty" doc:"不排位的原因"`
	Required int            `json:"required" doc:"应完成数；市级部门为经核实的指标数"`
	Met      int            `json:"met" doc:"已完成数；市级部门为未落后序时进度的指标数"`
	Credits  int            `json:"credits" doc:"已认定数"`
	States   map[string]int `json:"states" doc:"指标按进度计数：done、ahead、onSchedule、behind、unmeasured"`
	Quarter  *FormerView    `json:"lastQuarter,omitempty" doc:"上季度"`
	Year     *FormerView    `json:"lastYear,omitempty" doc:"上年同期"`
}

// RankGroupView is the order of the units of one kind, within the caller's reach.
type RankGroupView struct {
	Kind    Coded         `json:"kind" doc:"单位类别；各类分别排位"`
	Formula string        `json:"formula" doc:"排位的算法，与表同列"`
	Rows    []RankRowView `json:"rows" doc:"各单位；位次按全市排"`
}

// RankingBody answers with the ranking.
type RankingBody struct {
	Body struct {
		CutOff   time.Time       `json:"cutOff" doc:"数据截止时间"`
		Snapshot string          `json:"snapshot" doc:"固化数据的 SHA-256"`
		Groups   []RankGroupView `json:"groups" doc:"区县、功能区、市级部门"`
	}
}

// FrozenGoalInput chooses frozen goals of a cycle.
type FrozenGoalInput struct {
	Paging
	InspectionInput
	Unit  models.UnitID `query:"unit" maxLength:"64" doc:"被督查单位"`
	Kind  models.Kind   `query:"kind" enum:"introduce,found,transform" doc:"指标项"`
	Light models.Light  `query:"light" enum:"green,blue,yellow,red" doc:"灯"`
	Unmet bool          `query:"unmet" doc:"只列未完成的"`
}

// FrozenGoalView is one goal of one cadre as it stood at the cut-off.
type FrozenGoalView struct {
	Cadre    CadreRef    `json:"cadre" doc:"干部"`
	Unit     UnitRef     `json:"unit" doc:"被督查单位"`
	Office   UnitRef     `json:"office" doc:"干部所在单位"`
	Kind     Coded       `json:"kind" doc:"指标项"`
	Required int         `json:"required" doc:"应完成数"`
	Met      int         `json:"met" doc:"已完成数"`
	Credits  int         `json:"credits" doc:"已认定数"`
	Overdue  bool        `json:"overdue" doc:"截止时是否逾期"`
	Exempted bool        `json:"exempted" doc:"是否免除"`
	Due      models.Date `json:"due" format:"date" doc:"到期日"`
	Light    Coded       `json:"light" doc:"灯"`
	Closed   *Coded      `json:"closed,omitempty" doc:"截止时责任已办结的事由"`
}

// InspectionScheduleBody tells how the schedule stands.
type InspectionScheduleBody struct {
	Body struct {
		Paused bool `json:"paused" doc:"是否已暂停"`
		// By is whoever paused or resumed it last.
		By   models.AccountID `json:"by,omitempty" doc:"最近暂停或恢复的账号"`
		Next []time.Time      `json:"next" doc:"以后几次检查的时间；到季度后第一个工作日即开启"`
		Last *time.Time       `json:"last,omitempty" doc:"最近一次检查的时间"`
		// Opens is when the running quarter's cycle will be opened.
		Opens   models.Date `json:"opens" format:"date" doc:"本季度督查的开启日"`
		Quarter Coded       `json:"quarter" doc:"本季度"`
	}
}
