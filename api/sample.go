package api

import (
	"time"

	"bangfu/models"
	"bangfu/models/inspection"
)

// SampleItemView is one sampled credit.
type SampleItemView struct {
	Record     models.RecordID  `json:"record" doc:"记录编号"`
	Obligation string           `json:"obligation" doc:"帮扶责任"`
	Cadre      CadreRef         `json:"cadre" doc:"干部"`
	Unit       UnitRef          `json:"unit" doc:"单位"`
	Kind       Coded            `json:"kind" doc:"指标项"`
	State      Coded            `json:"state" doc:"核查状态"`
	Remark     string           `json:"remark,omitempty" doc:"最近的核查或裁定说明"`
	CheckedBy  models.AccountID `json:"checkedBy,omitempty" doc:"核查的账号"`
	CheckedAt  *time.Time       `json:"checkedAt,omitempty" doc:"核查时间"`
	HearingDue *time.Time       `json:"hearingDue,omitempty" doc:"听取陈述的截止时间；此后才能认定不实"`
	DecidedBy  models.AccountID `json:"decidedBy,omitempty" doc:"裁定的账号"`
	DecidedAt  *time.Time       `json:"decidedAt,omitempty" doc:"裁定时间"`
	Revocation *Coded           `json:"revocation,omitempty" doc:"不实的认定是否已撤销"`
	// Version is the entity tag of the item: items are checked side by side.
	Version int64 `json:"version" doc:"本条的版本，作为 If-Match"`
	// Lot is the number by which the item was drawn.
	Lot        string `json:"lot" doc:"抽签值：SHA-256(种子/记录编号)"`
	MayCheck   bool   `json:"mayCheck" doc:"本人现在可否核查"`
	MayDecide  bool   `json:"mayDecide" doc:"本人现在可否裁定；自己核查的须由他人裁定"`
	HearingEnd bool   `json:"heard" doc:"听取陈述的期限是否已过"`
}

// SampleBody answers with the sample of a cycle.
type SampleBody struct {
	Body struct {
		Inspection string           `json:"inspection" doc:"督查"`
		Seed       string           `json:"seed,omitempty" doc:"种子，即固化数据的 SHA-256；尚未抽取时没有"`
		Explained  []string         `json:"explained" doc:"怎样抽取、怎样重抽"`
		Repeats    bool             `json:"repeats" doc:"以同一种子重抽，结果是否相同"`
		Items      []SampleItemView `json:"items" doc:"查看范围内的各条"`
	}
}

// SampleItemInput names one sampled credit; If-Match is the item's version.
type SampleItemInput struct {
	Keyed
	Guarded
	InspectionInput
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
}

// SampleItemKeyed is SampleItemInput under an embedded name of its own.
type SampleItemKeyed = SampleItemInput

// CheckItemInput records what an inspector found.
type CheckItemInput struct {
	SampleItemKeyed
	Body struct {
		Result inspection.CheckResult `json:"result" enum:"confirmed,doubtful,false" doc:"属实、存疑、不实；不实即开始听取陈述"`
		Remark string                 `json:"remark,omitempty" maxLength:"2000" doc:"核查说明；存疑、不实时必填"`
	}
}

// DecideItemInput settles after the hearing whether the credit is false.
type DecideItemInput struct {
	SampleItemKeyed
	Body struct {
		False    bool              `json:"false" doc:"true 认定不实并撤销认定，false 陈述成立、维持认定"`
		Document models.EvidenceID `json:"document,omitempty" maxLength:"64" doc:"文件依据的材料编号；认定不实时必填"`
		Remark   string            `json:"remark" minLength:"1" maxLength:"2000" doc:"理由"`
	}
}
