package api

import (
	"time"

	"bangfu/models"
)

// ReportForm is what a unit writes in its report. What bangfu knows already is
// not asked again.
type ReportForm struct {
	Measures    string `json:"measures" maxLength:"4000" doc:"主要做法；填报时必填"`
	Problems    string `json:"problems,omitempty" maxLength:"4000" doc:"存在问题"`
	NextSteps   string `json:"nextSteps,omitempty" maxLength:"4000" doc:"下一步打算"`
	Explanation string `json:"explanation,omitempty" maxLength:"4000" doc:"差异说明：与系统数据不一致之处"`
}

// ReportInput names one unit's report of a cycle.
type ReportInput struct {
	InspectionInput
	Unit models.UnitID `path:"unit" maxLength:"64" doc:"单位代码" example:"120101"`
}

// ReportListInput chooses reports.
type ReportListInput struct {
	Plan    models.PlanID `query:"plan" required:"true" maxLength:"64" doc:"计划" example:"tianjin-2013"`
	Quarter string        `query:"quarter" maxLength:"6" doc:"季度" example:"2013Q2"`
	Open    bool          `query:"open" doc:"只列未办结的"`
}

// UnitReportView is one unit's report as lists show it.
type UnitReportView struct {
	Inspection string     `json:"inspection" doc:"督查：计划.季度"`
	Quarter    Coded      `json:"quarter" doc:"季度"`
	Unit       UnitRef    `json:"unit" doc:"单位"`
	State      Coded      `json:"state" doc:"状态"`
	Due        *time.Time `json:"due,omitempty" doc:"截止时间"`
	// WorkdaysLeft is negative after the deadline.
	WorkdaysLeft int              `json:"workdaysLeft" doc:"距截止的工作日数，负数为已超过"`
	Late         bool             `json:"late" doc:"是否迟报"`
	Ended        bool             `json:"ended" doc:"是否已办结：签报、无须报送或督查已进入下一步"`
	Version      int64            `json:"version" doc:"填报的文本版本，0 为未填报"`
	FiledBy      models.AccountID `json:"filedBy,omitempty" doc:"填报的账号"`
	FiledAt      *time.Time       `json:"filedAt,omitempty" doc:"填报时间"`
	ConfirmedBy  models.AccountID `json:"confirmedBy,omitempty" doc:"签报的账号"`
	ConfirmedAt  *time.Time       `json:"confirmedAt,omitempty" doc:"签报时间"`
	Sequence     int64            `json:"sequence" doc:"事件序号，即 ETag"`
}

// ReportTextView is one version of what the unit wrote.
type ReportTextView struct {
	// Version is the entity tag for the next save; 0 when nothing is saved.
	Version int64            `json:"version" doc:"文本版本；保存时以其为 If-Match，未保存过为 0"`
	Form    ReportForm       `json:"form" doc:"内容"`
	Digest  string           `json:"digest,omitempty" doc:"SHA-256"`
	Account models.AccountID `json:"account,omitempty" doc:"保存的账号"`
	SavedAt *time.Time       `json:"savedAt,omitempty" doc:"保存时间"`
}

// ReportFigureView is what bangfu knows of a unit at the cut-off.
type ReportFigureView struct {
	Kind     Coded `json:"kind" doc:"指标项"`
	Required int   `json:"required" doc:"应完成数"`
	Met      int   `json:"met" doc:"已完成数"`
	Credits  int   `json:"credits" doc:"已认定数"`
	Overdue  int   `json:"overdue" doc:"逾期数"`
}

// RemarkView is a word that went with a decision.
type RemarkView struct {
	At      time.Time        `json:"at" doc:"时间"`
	Account models.AccountID `json:"account" doc:"账号"`
	What    Coded            `json:"what" doc:"事项"`
	Text    string           `json:"text,omitempty" doc:"说明"`
}

// ReportBody answers with one unit's report. The entity tag is that of the
// commands; the text is saved under its own version.
type ReportBody struct {
	ETag string `header:"ETag"`
	Body struct {
		Report       UnitReportView     `json:"report" doc:"报告"`
		Text         ReportTextView     `json:"text" doc:"最新保存的文本"`
		Filed        *ReportTextView    `json:"filed,omitempty" doc:"已填报的文本，待签和已签的以此为准"`
		Figures      []ReportFigureView `json:"figures" doc:"系统数据（截止时）"`
		Cadres       int                `json:"cadres" doc:"有责任的干部数"`
		Predecessors []UnitRef          `json:"predecessors" doc:"由本单位代为报送的已撤并单位"`
		History      []RemarkView       `json:"history" doc:"办理经过，由旧到新"`
		MayFile      bool               `json:"mayFile" doc:"本人可否填报"`
		MayConfirm   bool               `json:"mayConfirm" doc:"本人可否签报"`
		MayExtend    bool               `json:"mayExtend" doc:"本人可否准予延期"`
	}
}

// SaveReportInput saves the form; If-Match is the version of the text.
type SaveReportInput struct {
	Guarded
	ReportInput
	Body ReportForm
}

// SavedReportBody answers with the saved text and its version as entity tag.
type SavedReportBody struct {
	ETag string `header:"ETag"`
	Body ReportTextView
}

// FileReportInput hands the saved form to the unit's leader.
type FileReportInput struct {
	Keyed
	Guarded
	ReportInput
	Body struct {
		Version int64 `json:"version" minimum:"1" doc:"所见文本的版本"`
	}
}

// ConfirmReportInput signs what was filed.
type ConfirmReportInput struct {
	Keyed
	Guarded
	ReportInput
}

// SendBackReportInput gives the form back to the contact.
type SendBackReportInput struct {
	Keyed
	Guarded
	ReportInput
	Body struct {
		Remark string `json:"remark" minLength:"1" maxLength:"2000" doc:"退回的理由"`
	}
}

// ExtendReportInput gives one unit more time.
type ExtendReportInput struct {
	Keyed
	Guarded
	ReportInput
	Body struct {
		Due    models.Date `json:"due" format:"date" doc:"新的截止日，当日24时止" example:"2013-07-26"`
		Remark string      `json:"remark" minLength:"1" maxLength:"2000" doc:"延期的理由"`
	}
}
