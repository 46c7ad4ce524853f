package inspection

// Severity is how grave a finding is.
type Severity string

// The severities, from light to grave.
const (
	SeverityMinor   Severity = "minor"   // 一般
	SeveritySerious Severity = "serious" // 较重
	SeverityGrave   Severity = "grave"   // 严重
)

// Severities are all severities, from light to grave.
var Severities = []Severity{SeverityMinor, SeveritySerious, SeverityGrave}

// FindingState is how a finding stands.
type FindingState string

// The states of a finding.
const (
	FindingOpen      FindingState = "open"      // 待整改
	FindingAnswered  FindingState = "answered"  // 已答复，待核
	FindingClosed    FindingState = "closed"    // 已销号
	FindingWithdrawn FindingState = "withdrawn" // 已撤销
)
