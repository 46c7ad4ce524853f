package models

// PolicyVersion numbers the versions of the policy, from 1.
type PolicyVersion int

// Stage is one of the review stages, in the policy's order.
type Stage string

// The stages of policy version 1.
const (
	StageDistrictScience      Stage = "district-science"      // 区县科委初审
	StageDistrictOrganization Stage = "district-organization" // 区县组织部复核
	StageCityScience          Stage = "city-science"          // 市科委认定
)

// EvidenceCategory is the code of a kind of evidence, such as "licence".
type EvidenceCategory string

// Ground is the code of a ground for suspending, extending, exempting or
// closing.
type Ground string

// GroundFulfilled closes an obligation whose goals are all met.
const GroundFulfilled Ground = "fulfilled"

// Establishment says when an enterprise must have been established for a kind.
type Establishment string

// The three rules of establishment.
const (
	EstablishedAnyTime Establishment = "any-time"
	EstablishedInside  Establishment = "inside-window"
	EstablishedEarlier Establishment = "before-window"
)

// Rules are the numbers and codes of one policy version. They carry no words,
// so a workflow may hold them; Policy adds the words that officials read.
type Rules struct {
	Version PolicyVersion `json:"version" yaml:"version"`
	Goals   []GoalRule    `json:"goals" yaml:"goals"`
	Stages  []StageRule   `json:"stages" yaml:"stages"`
	// CorrectionWorkingDays is how long a returned record may be corrected.
	CorrectionWorkingDays int `json:"correctionWorkingDays" yaml:"correctionWorkingDays"`
	// ReturnLimit is how often one record may be returned.
	ReturnLimit int        `json:"returnLimit" yaml:"returnLimit"`
	Lights      LightRule  `json:"lights" yaml:"lights"`
	Rungs       []RungRule `json:"rungs" yaml:"rungs"`
	// SuspensionBackdateDays is how far back a suspension may begin.
	SuspensionBackdateDays int      `json:"suspensionBackdateDays" yaml:"suspensionBackdateDays"`
	SuspensionGrounds      []Ground `json:"suspensionGrounds" yaml:"suspensionGrounds"`
	// ExtensionLimitDays is how far behind the plan's end a due date may move.
	ExtensionLimitDays int      `json:"extensionLimitDays" yaml:"extensionLimitDays"`
	ExtensionGrounds   []Ground `json:"extensionGrounds" yaml:"extensionGrounds"`
	ExemptionGrounds   []Ground `json:"exemptionGrounds" yaml:"exemptionGrounds"`
	ClosingGrounds     []Ground `json:"closingGrounds" yaml:"closingGrounds"`
	// SecondApproval are the commands that take effect only once a second person
	// of the same department approves them.
	SecondApproval []CommandKind `json:"secondApproval,omitempty" yaml:"secondApproval,omitempty"`
	// CloseAfterDays is how long after the last due date an obligation whose
	// goals are all met stays open, so that a credit can still be revoked.
	CloseAfterDays int `json:"closeAfterDays" yaml:"closeAfterDays"`
}

// GoalRule is what the policy asks of every cadre for one kind.
type GoalRule struct {
	Kind          Kind               `json:"kind" yaml:"kind"`
	Required      int                `json:"required" yaml:"required"`
	Established   Establishment      `json:"established" yaml:"established"`
	EvidenceAsked []EvidenceCategory `json:"evidenceAsked" yaml:"evidenceAsked"`
}

// StageRule is one review stage with its limit in working days.
type StageRule struct {
	Stage       Stage `json:"stage" yaml:"stage"`
	WorkingDays int   `json:"workingDays" yaml:"workingDays"`
}

// LightRule says how many days before the due instant a light turns.
type LightRule struct {
	BlueDays   int `json:"blueDays" yaml:"blueDays"`
	YellowDays int `json:"yellowDays" yaml:"yellowDays"`
}

// RungRule is one step of the reminder ladder.
type RungRule struct {
	Code RungCode `json:"code" yaml:"code"`
	// Anchor is what the step is counted from.
	Anchor RungAnchor `json:"anchor" yaml:"anchor"`
	// Days is the distance in days from the due date (before it when negative)
	// or after it while the light is red.
	Days int `json:"days,omitempty" yaml:"days,omitempty"`
	// Numerator and Denominator give the share of the window for AnchorShare.
	Numerator   int `json:"numerator,omitempty" yaml:"numerator,omitempty"`
	Denominator int `json:"denominator,omitempty" yaml:"denominator,omitempty"`
}

// goal returns the rule for a kind.
func (r Rules) goal(kind Kind) (GoalRule, bool) {
	for _, rule := range r.Goals {
		if rule.Kind == kind {
			return rule, true
		}
	}
	return GoalRule{}, false
}

// StageAfter returns the stage that follows, and false after the last one. A
// stage that this version does not have is followed by the first: a record
// that was under way when a new policy was adopted is reviewed in full.
func (r Rules) StageAfter(stage Stage) (Stage, bool) {
	for i, rule := range r.Stages {
		if rule.Stage != stage {
			continue
		}
		if i+1 < len(r.Stages) {
			return r.Stages[i+1].Stage, true
		}
		return "", false
	}
	return r.FirstStage(), len(r.Stages) > 0
}

// StageWorkingDays is the limit of a stage in working days, 0 if unknown.
func (r Rules) StageWorkingDays(stage Stage) int {
	for _, rule := range r.Stages {
		if rule.Stage == stage {
			return rule.WorkingDays
		}
	}
	return 0
}

// FirstStage is where a new submission goes.
func (r Rules) FirstStage() Stage {
	if len(r.Stages) == 0 {
		return ""
	}
	return r.Stages[0].Stage
}

// FigureSource says whether a figure is the plan's word or this project's setting.
type FigureSource string

// The two sources of a figure.
const (
	FromPlan    FigureSource = "plan"
	FromSetting FigureSource = "setting"
)

// Figure explains one number or definition of a policy to the people it binds.
type Figure struct {
	Key    string       `json:"key" yaml:"key"`
	Value  string       `json:"value" yaml:"value"`
	Source FigureSource `json:"source" yaml:"source"`
	Note   string       `json:"note,omitempty" yaml:"note,omitempty"`
}

// Term is a code with the Chinese words that pages show for it.
type Term struct {
	Code string `json:"code" yaml:"code"`
	Name string `json:"name" yaml:"name"`
	Text string `json:"text,omitempty" yaml:"text,omitempty"`
}

// Policy is one version of the rules together with its words.
type Policy struct {
	Rules   `yaml:",inline"`
	Title   string   `json:"title" yaml:"title"`
	Terms   []Term   `json:"terms" yaml:"terms"`
	Figures []Figure `json:"figures" yaml:"figures"`
}
