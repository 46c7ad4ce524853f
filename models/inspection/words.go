package inspection

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangfu/models"
	"bangfu/models/paper"
)

// Text is what pages and bulletins show for the state.
func (p ProgressState) Text() string {
	switch p {
	case ProgressDone:
		return "完成"
	case ProgressAhead:
		return "超序时"
	case ProgressOnSchedule:
		return "按序时"
	case ProgressBehind:
		return "未达序时"
	case ProgressUnmeasured:
		return "未量化或者未报"
	}
	return string(p)
}

// ProgressStates are all states, from good to bad, and what cannot be compared.
var ProgressStates = []ProgressState{ProgressDone, ProgressAhead, ProgressOnSchedule, ProgressBehind, ProgressUnmeasured}

// Text is what pages and bulletins show for the state.
func (r ReportState) Text() string {
	switch r {
	case ReportDue:
		return "待报"
	case ReportFiled:
		return "已填待签"
	case ReportConfirmed:
		return "已签报"
	case ReportNothing:
		return "无须报送"
	case ReportMissing:
		return "未报"
	}
	return string(r)
}

// ReportStates are all states of a unit's report, from open to closed.
var ReportStates = []ReportState{ReportDue, ReportFiled, ReportConfirmed, ReportNothing, ReportMissing}

// FindingStates are all states of a finding.
var FindingStates = []FindingState{FindingOpen, FindingAnswered, FindingClosed, FindingWithdrawn}

// Text is what pages show for the stage of a cycle.
func (s Stage) Text() string {
	switch s {
	case StageFreezing:
		return "固化数据"
	case StageAsking:
		return "下发通知"
	case StageReporting:
		return "单位自查"
	case StageDrafting:
		return "起草通报"
	case StageIssued:
		return "已通报"
	case StageCancelled:
		return "已取消"
	}
	return string(s)
}

// Text is what pages show for the stage of a bulletin.
func (s BulletinStage) Text() string {
	switch s {
	case BulletinDrafting:
		return "起草"
	case BulletinCommenting:
		return "征求意见"
	case BulletinSigning:
		return "会签"
	case BulletinIssued:
		return "已印发"
	}
	return string(s)
}

// Text is what pages show for the state of a sampled credit.
func (s ItemState) Text() string {
	switch s {
	case ItemDrawn:
		return "待核"
	case ItemConfirmed:
		return "属实"
	case ItemDoubtful:
		return "存疑"
	case ItemHearing:
		return "拟认定不实，听取陈述"
	case ItemDismissed:
		return "陈述成立，维持认定"
	case ItemFalse:
		return "不实"
	}
	return string(s)
}

// Text is what pages show for what became of the credit of a false item.
func (r Revocation) Text() string {
	switch r {
	case RevocationPending:
		return "待撤销"
	case RevocationTaken:
		return "已撤销"
	case RevocationRefused:
		return "撤销未成"
	}
	return string(r)
}

// Text is what pages and bulletins show for the severity.
func (s Severity) Text() string {
	switch s {
	case SeverityMinor:
		return "一般"
	case SeveritySerious:
		return "较重"
	case SeverityGrave:
		return "严重"
	}
	return string(s)
}

// Text is what pages and bulletins show for the state.
func (f FindingState) Text() string {
	switch f {
	case FindingOpen:
		return "待整改"
	case FindingAnswered:
		return "已答复待核"
	case FindingClosed:
		return "已销号"
	case FindingWithdrawn:
		return "已撤销"
	}
	return string(f)
}

// Open reports whether the finding still asks for something: an answer that
// nobody has checked does not close it.
func (f FindingState) Open() bool { return f == FindingOpen || f == FindingAnswered }

// groupWords are the kinds of units that are inspected, as bulletins call them.
func groupWords(kind models.UnitKind) string {
	switch kind {
	case models.UnitDistrict:
		return "区县"
	case models.UnitZone:
		return "功能区"
	case models.UnitDepartment:
		return "市级部门"
	case models.UnitCity, models.UnitGovernment, models.UnitOrganization, models.UnitScience, models.UnitOffice, models.UnitGroup:
	}
	return "其他单位"
}

func goalWords(kind models.Kind) string {
	switch kind {
	case models.Introduce:
		return "引进"
	case models.Found:
		return "创办"
	case models.Transform:
		return "转型"
	}
	return string(kind)
}

func lightWords(light models.Light) string {
	switch light {
	case models.Green:
		return "绿灯"
	case models.Blue:
		return "蓝灯"
	case models.Yellow:
		return "黄灯"
	case models.Red:
		return "红灯"
	}
	return "—"
}

// dateWords is 2013年3月31日, or a dash for no date.
func dateWords(date models.Date) string {
	return cmp.Or(paper.DateText(date), none)
}

// instantWords writes midnight as the end of the day before, as cut-offs are
// written: 2013年3月31日24时.
func instantWords(at time.Time) string {
	if at.IsZero() {
		return "—"
	}
	local := at.In(models.Shanghai)
	if day := models.DateOf(at); day.Start().Equal(at) {
		return dateWords(day.AddDays(-1)) + "24时"
	}
	return local.Format("2006年1月2日15时04分")
}

// quarterWords is 2013年第一季度.
func quarterWords(quarter models.Quarter) string {
	if quarter.IsZero() {
		return "—"
	}
	return fmt.Sprintf("%d年第%s季度", quarter.Year(), paper.Numeral(quarter.Number()))
}

// QuarterText is what pages show for a quarter: 2013年第一季度.
func QuarterText(quarter models.Quarter) string { return quarterWords(quarter) }

// sameNumber compares decimal numbers by value: 12.50 is 12.5. What is no
// decimal number is the same as nothing.
func sameNumber(a, b string) bool {
	left, known := plainDecimal(a)
	right, understood := plainDecimal(b)
	return known && understood && left == right
}

// plainDecimal drops the zeros that do not change a decimal number.
func plainDecimal(text string) (string, bool) {
	whole, part, _ := strings.Cut(text, ".")
	if text == "" || whole == "" || strings.Trim(whole+part, "0123456789") != "" {
		return "", false
	}
	whole, part = strings.TrimLeft(whole, "0"), strings.TrimRight(part, "0")
	return whole + "." + part, true
}

// tenths is a share in tenths of a percent, rounded half up, except that only
// all is 100.0% and only nothing is 0.0%: a bulletin never rounds a unit into or
// out of completion.
func tenths(part, whole int) int {
	const thousand = 1000
	if whole <= 0 {
		return 0
	}
	share := (2*thousand*part + whole) / (2 * whole)
	switch {
	case part < whole:
		share = min(share, thousand-1)
	case part > whole:
		share = max(share, thousand+1)
	}
	if part > 0 {
		share = max(share, 1)
	}
	return share
}

// tenthsWords writes tenths of a percent as a number with one decimal.
func tenthsWords(tenths int) string {
	const ten = 10
	sign := ""
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	return sign + strconv.Itoa(tenths/ten) + "." + strconv.Itoa(tenths%ten)
}
