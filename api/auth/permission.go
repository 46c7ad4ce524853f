// Package auth says who somebody is and what they may do in which part of the
// unit tree. The policy file gives roles their permissions; grants, kept in
// the archive, give accounts their roles in parts of the tree.
package auth

// Permission is one thing that may be done.
type Permission string

// Public and SignedIn mark operations that ask for no permission.
const (
	// Public needs no log-in.
	Public Permission = "public"
	// SignedIn needs a log-in and nothing more: it is about oneself.
	SignedIn Permission = "signed-in"
)

// Reading what everybody who works with the plan may read.
const (
	UnitRead Permission = "unit:read"
	// PlanRead covers plans, tasks, indicators, policies and the calendar.
	PlanRead Permission = "plan:read"
)

// Progress of the plan's tasks by quarter.
const (
	// ProgressRead shows the city's totals to everybody who works with the plan,
	// and the shares of units within reach.
	ProgressRead Permission = "progress:read"
	// ProgressReport covers reporting for one's unit.
	ProgressReport Permission = "progress:report"
)

// People and enterprises.
const (
	// CadreRead covers cadres, their postings and who stands in for them.
	CadreRead          Permission = "cadre:read"
	SubstituteManage   Permission = "substitute:manage"
	EnterpriseRead     Permission = "enterprise:read"
	EnterpriseRegister Permission = "enterprise:register"
	// EnterpriseOverride asks for, and EnterpriseConfirm grants, a real code
	// whose check digit fails: two people.
	EnterpriseOverride Permission = "enterprise:override"
	EnterpriseConfirm  Permission = "enterprise:confirm"
)

// Records and their evidence.
const (
	EvidenceUpload Permission = "evidence:upload"
	EvidenceRead   Permission = "evidence:read"
	RecordRead     Permission = "record:read"
	// RecordDraft covers creating, editing and deleting one's own drafts.
	RecordDraft Permission = "record:draft"
	// RecordSubmit covers submitting and withdrawing one's own records.
	RecordSubmit Permission = "record:submit"
	RecordRevoke Permission = "record:revoke"
	// HintRead covers what is remarkable about others' claims.
	HintRead Permission = "hint:read"
)

// Reviews: one permission a stage.
const (
	ReviewDistrictScience      Permission = "review:district-science"
	ReviewDistrictOrganization Permission = "review:district-organization"
	ReviewCityScience          Permission = "review:city-science"
)

// Obligations and the commands of the clock.
const (
	ObligationRead Permission = "obligation:read"
	// ObligationExport covers taking lists away as a workbook.
	ObligationExport      Permission = "obligation:export"
	ObligationSuspend     Permission = "obligation:suspend"
	ObligationResume      Permission = "obligation:resume"
	ObligationExtend      Permission = "obligation:extend"
	ObligationExempt      Permission = "obligation:exempt"
	ObligationTransfer    Permission = "obligation:transfer"
	ObligationClose       Permission = "obligation:close"
	ObligationAdoptPolicy Permission = "obligation:adopt-policy"
)

// Disputes, the log and bulk work.
const (
	DisputeRead       Permission = "dispute:read"
	DisputeOpen       Permission = "dispute:open"
	DisputeAdjudicate Permission = "dispute:adjudicate"
	// EventRead reads the chained entries, EventVerify only proves the chain.
	EventRead   Permission = "event:read"
	EventVerify Permission = "event:verify"
	ImportRun   Permission = "import:run"
)

// The quarterly inspection.
const (
	// InspectionRead covers the cycles, and of them what concerns the units within
	// reach: board rows, reports, findings, frozen goals, places.
	InspectionRead Permission = "inspection:read"
	// InspectionManage covers what an inspector does: opening and cancelling, the
	// schedule, the bulletin's words, a unit's extension, findings, checks.
	InspectionManage Permission = "inspection:manage"
	// ReportFile covers writing and filing a unit's report, ReportConfirm signing
	// it or giving it back: two people.
	ReportFile    Permission = "report:file"
	ReportConfirm Permission = "report:confirm"
	// SampleRead shows sampled credits once a hearing is open, SampleSurvey also
	// before: whoever is checked need not know what was drawn.
	SampleRead   Permission = "sample:read"
	SampleSurvey Permission = "sample:survey"
	// SampleDecide settles after the hearing whether a credit is false.
	SampleDecide  Permission = "sample:decide"
	FindingAnswer Permission = "finding:answer"
	// BulletinRead reads what was issued.
	BulletinRead    Permission = "bulletin:read"
	BulletinComment Permission = "bulletin:comment"
	BulletinSign    Permission = "bulletin:sign"
)

// Accounts, in the separate hands of three officers.
const (
	AccountRead   Permission = "account:read"
	AccountManage Permission = "account:manage"
	GrantRead     Permission = "grant:read"
	GrantManage   Permission = "grant:manage"
	AccessLogRead Permission = "access-log:read"
	// SessionManage covers seeing and ending others' log-ins.
	SessionManage Permission = "session:manage"
	// SelfCheckRead covers the self-check of the program's safety.
	SelfCheckRead Permission = "self-check:read"
)

// Permissions lists all permissions that the policy file may give.
func Permissions() []Permission {
	return []Permission{
		UnitRead, PlanRead, ProgressRead, ProgressReport, CadreRead, SubstituteManage,
		EnterpriseRead, EnterpriseRegister, EnterpriseOverride, EnterpriseConfirm,
		EvidenceUpload, EvidenceRead, RecordRead, RecordDraft, RecordSubmit, RecordRevoke, HintRead,
		ReviewDistrictScience, ReviewDistrictOrganization, ReviewCityScience,
		ObligationRead, ObligationExport, ObligationSuspend, ObligationResume, ObligationExtend, ObligationExempt,
		ObligationTransfer, ObligationClose, ObligationAdoptPolicy,
		DisputeRead, DisputeOpen, DisputeAdjudicate, EventRead, EventVerify, ImportRun,
		InspectionRead, InspectionManage, ReportFile, ReportConfirm, SampleRead, SampleSurvey, SampleDecide, FindingAnswer,
		BulletinRead, BulletinComment, BulletinSign,
		AccountRead, AccountManage, GrantRead, GrantManage, AccessLogRead, SessionManage, SelfCheckRead,
	}
}
