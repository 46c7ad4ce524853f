package inspection

import (
	"fmt"
	"slices"
	"strings"

	"bangfu/models"
)

// Rules are the numbers and codes of the inspection in one version of the
// policy. They carry no words, so a workflow may hold them; Figures adds the
// words that officials read. None of them is the plan's word: task 53 only says
// that inspections are quarterly and that a bulletin goes to the whole city.
type Rules struct {
	// ReportWorkingDays is how long a unit has for its report, from the opening.
	ReportWorkingDays int `json:"reportWorkingDays" yaml:"reportWorkingDays"`
	// ReminderWorkingDays are the reminders, in working days before the report is
	// due, from early to late.
	ReminderWorkingDays []int `json:"reminderWorkingDays" yaml:"reminderWorkingDays"`
	// CommentWorkingDays is how long units may comment on the draft bulletin.
	CommentWorkingDays int `json:"commentWorkingDays" yaml:"commentWorkingDays"`
	// SeverityWorkingDays is how long a finding of each severity has for its
	// rectification.
	SeverityWorkingDays map[Severity]int `json:"severityWorkingDays" yaml:"severityWorkingDays"`
	Ladder              LadderRule       `json:"ladder" yaml:"ladder"`
	// Signatures is how many different people sign before a bulletin is issued.
	Signatures int `json:"signatures" yaml:"signatures"`
	// TalkAfterRedQuarters is after how many quarters in a row with a red finding
	// a talk (约谈) is suggested.
	TalkAfterRedQuarters int        `json:"talkAfterRedQuarters" yaml:"talkAfterRedQuarters"`
	Sample               SampleRule `json:"sample" yaml:"sample"`
	// RankLeast is the smallest number of required goals that is ranked.
	RankLeast int      `json:"rankLeast" yaml:"rankLeast"`
	Schedule  Schedule `json:"schedule" yaml:"schedule"`
	// KeptTopics are the topics whose figures an edited bulletin may not drop.
	KeptTopics []Topic `json:"keptTopics" yaml:"keptTopics"`
}

// LadderRule is when the light of a finding turns, in working days around the
// day on which its rectification is due; it is yellow from that day's end.
type LadderRule struct {
	// BlueWorkingDays is how long before the due day the light turns blue.
	BlueWorkingDays int `json:"blueWorkingDays" yaml:"blueWorkingDays"`
	// RedWorkingDays is how long after the due day the light turns red.
	RedWorkingDays int `json:"redWorkingDays" yaml:"redWorkingDays"`
	// HearingWorkingDays is how long the cadre and the unit are heard before a sampled
	// credit may be found false. Findings know no hearing: the unit answers them.
	HearingWorkingDays int `json:"hearingWorkingDays" yaml:"hearingWorkingDays"`
}

// SampleRule says how many credits are drawn to be checked again, and how the
// frame is divided.
type SampleRule struct {
	// SharePercent of the frame is drawn, rounded up, but at least Least and at
	// most Most, and never more than there are.
	SharePercent int    `json:"sharePercent" yaml:"sharePercent"`
	Least        int    `json:"least" yaml:"least"`
	Most         int    `json:"most" yaml:"most"`
	Strata       Strata `json:"strata" yaml:"strata"`
}

// Strata says what divides the frame of a sample.
type Strata string

// The ways to divide a frame.
const (
	StrataUnitKind Strata = "unit-kind" // 按单位和指标项
	StrataUnit     Strata = "unit"      // 按单位
	StrataKind     Strata = "kind"      // 按指标项
	StrataNone     Strata = "none"      // 不分层
)

// AllStrata are all ways to divide a frame.
var AllStrata = []Strata{StrataUnitKind, StrataUnit, StrataKind, StrataNone}

// Valid reports whether the strata are one of AllStrata.
func (s Strata) Valid() bool { return slices.Contains(AllStrata, s) }

// Topic says what a figure of the bulletin is about.
type Topic string

// The topics of the bulletin's figures.
const (
	TopicProgress Topic = "progress" // 任务指标进展
	TopicHelp     Topic = "help"     // 干部帮扶
	TopicOverdue  Topic = "overdue"  // 逾期
	TopicReports  Topic = "reports"  // 自查报告
	TopicFindings Topic = "findings" // 问题整改
	TopicRank     Topic = "rank"     // 位次与增减
	TopicContext  Topic = "context"  // 日期、期次与名称
)

// Topics are all topics.
var Topics = []Topic{TopicProgress, TopicHelp, TopicOverdue, TopicReports, TopicFindings, TopicRank, TopicContext}

// StandardRules are the rules that a new plan starts from.
func StandardRules() Rules {
	return Rules{
		ReportWorkingDays:   10,
		ReminderWorkingDays: []int{3, 1},
		CommentWorkingDays:  3,
		SeverityWorkingDays: map[Severity]int{SeverityMinor: 20, SeveritySerious: 15, SeverityGrave: 10},
		Ladder:              LadderRule{BlueWorkingDays: 5, RedWorkingDays: 5, HearingWorkingDays: 5},
		Signatures:          2, TalkAfterRedQuarters: 2,
		Sample:    SampleRule{SharePercent: 5, Least: 10, Most: 100, Strata: StrataUnitKind},
		RankLeast: models.RankLeast, Schedule: StandardSchedule,
		KeptTopics: []Topic{TopicProgress, TopicHelp, TopicOverdue, TopicReports, TopicFindings},
	}
}

// Check says what is wrong with the rules, or nothing.
func (r Rules) Check() error {
	for key, number := range map[string]int{
		"reportWorkingDays": r.ReportWorkingDays, "commentWorkingDays": r.CommentWorkingDays,
		"ladder.blueWorkingDays": r.Ladder.BlueWorkingDays, "ladder.redWorkingDays": r.Ladder.RedWorkingDays,
		"ladder.hearingWorkingDays": r.Ladder.HearingWorkingDays, "signatures": r.Signatures,
		"talkAfterRedQuarters": r.TalkAfterRedQuarters, "rankLeast": r.RankLeast,
	} {
		if number < 1 {
			return fmt.Errorf("inspection rule %s is %d, less than 1", key, number)
		}
	}
	for i, days := range r.ReminderWorkingDays {
		if days < 1 || days >= r.ReportWorkingDays || i > 0 && days >= r.ReminderWorkingDays[i-1] {
			return fmt.Errorf("inspection reminders %v do not come closer to the due day", r.ReminderWorkingDays)
		}
	}
	for _, severity := range Severities {
		if r.SeverityWorkingDays[severity] < 1 {
			return fmt.Errorf("inspection severity %s has no limit", severity)
		}
	}
	if len(r.SeverityWorkingDays) != len(Severities) {
		return fmt.Errorf("inspection severities %v are not those known", r.SeverityWorkingDays)
	}
	for _, percent := range []int{r.Schedule.AboutPercent, r.Schedule.AheadPoints} {
		if percent < 0 || percent > 100 {
			return fmt.Errorf("inspection tolerance of %d %% is not a share", percent)
		}
	}
	for _, topic := range r.KeptTopics {
		if !slices.Contains(Topics, topic) {
			return fmt.Errorf("inspection topic %q is unknown", topic)
		}
	}
	return r.Sample.check()
}

func (r SampleRule) check() error {
	switch {
	case r.SharePercent < 0 || r.SharePercent > 100:
		return fmt.Errorf("sample share of %d %% is not a share", r.SharePercent)
	case r.Least < 0 || r.Most < r.Least:
		return fmt.Errorf("sample bounds %d to %d are no range", r.Least, r.Most)
	case !r.Strata.Valid():
		return fmt.Errorf("sample strata %q are unknown", r.Strata)
	}
	return nil
}

// Figures explain each number of the rules to the people it binds. All of them
// are settings: the plan orders the inspection and leaves its conduct open.
func (r Rules) Figures() []models.Figure {
	var figures []models.Figure
	add := func(key string, value any, note string) {
		figures = append(figures, models.Figure{
			Key: "inspection." + key, Value: fmt.Sprint(value), Source: models.FromSetting, Note: note,
		})
	}
	add("reportWorkingDays", r.ReportWorkingDays, "任务53：每季度督查一次；原文没有规定报送时限。自督查开启次日起按工作日计，迟报照收并标明。")
	add("reminderWorkingDays", joined(r.ReminderWorkingDays), "报送截止日前几个工作日提醒联络员。")
	add("commentWorkingDays", r.CommentWorkingDays, "通报初稿征求意见的工作日数。")
	for _, severity := range Severities {
		add("severity."+string(severity), r.SeverityWorkingDays[severity], severityNotes[severity])
	}
	add("ladder.blueWorkingDays", r.Ladder.BlueWorkingDays, "整改截止日前几个工作日起亮蓝灯；截止日24时起亮黄灯。")
	add("ladder.redWorkingDays", r.Ladder.RedWorkingDays, "整改截止日后几个工作日仍未销号的亮红灯。")
	add("ladder.hearingWorkingDays", r.Ladder.HearingWorkingDays, "抽查拟认定不实的，听取干部和单位陈述的工作日数；期满才能认定不实。")
	add("signatures", r.Signatures, "通报印发前须由几名不同人员会签。")
	add("talkAfterRedQuarters", r.TalkAfterRedQuarters, "连续几个季度有红灯问题的，提示约谈；是否约谈由有权机关决定。")
	add("sample.sharePercent", r.Sample.SharePercent, "按截止时已认定记录的百分之几抽查，向上取整。")
	add("sample.least", r.Sample.Least, "抽查最少条数；不足的全部抽查。")
	add("sample.most", r.Sample.Most, "抽查最多条数。")
	add("sample.strata", strataTexts[r.Sample.Strata], strataNotes[r.Sample.Strata])
	add("rankLeast", r.RankLeast, "应完成目标少于此数的单位列出而不排位，避免由偶然决定位次。")
	add("schedule.aboutPercent", r.Schedule.AboutPercent, "原文写“左右”的目标，低于目标不超过百分之几的视为达到；0为只列示、不判定。")
	add("schedule.aheadPoints", r.Schedule.AheadPoints, "累计完成率超过时间进度几个百分点以上的为超序时。")
	kept := make([]string, len(r.KeptTopics))
	for i, topic := range r.KeptTopics {
		kept[i] = topicTexts[topic]
	}
	add("keptTopics", strings.Join(kept, "、"), "通报修改时不得删去的数据类别。")
	return figures
}

func joined[T any](values []T) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = fmt.Sprint(value)
	}
	return strings.Join(texts, " ")
}

var severityNotes = map[Severity]string{
	SeverityMinor:   "一般问题的整改时限，按工作日计。",
	SeveritySerious: "较重问题的整改时限，按工作日计。",
	SeverityGrave:   "严重问题的整改时限，按工作日计。",
}

var strataTexts = map[Strata]string{
	StrataUnitKind: "单位、指标项", StrataUnit: "单位", StrataKind: "指标项", StrataNone: "不分层",
}

var topicTexts = map[Topic]string{
	TopicProgress: "任务指标进展", TopicHelp: "干部帮扶", TopicOverdue: "逾期", TopicReports: "自查报告",
	TopicFindings: "问题整改", TopicRank: "位次与增减", TopicContext: "日期、期次与名称",
}

var strataNotes = map[Strata]string{
	StrataUnitKind: "按单位和指标项（引进、创办、转型）分层抽查。",
	StrataUnit:     "按单位分层抽查。",
	StrataKind:     "按指标项（引进、创办、转型）分层抽查。",
	StrataNone:     "不分层，从全部记录中抽查。",
}
