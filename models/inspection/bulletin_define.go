package inspection

import (
	"fmt"

	"bangfu/models"
)

// topic is what a figure of the query is about.
func (q Query) topic() Topic {
	switch {
	case q.Table == TableCycle || q.Measure == MeasureName || q.Measure == MeasureTask:
		return TopicContext
	case q.Table == TableIndicators:
		return TopicProgress
	case q.Table == TableFindings:
		return TopicFindings
	case q.Report != "" || q.Having == HavingLate:
		return TopicReports
	case q.Measure == MeasureOverdue || q.Having == HavingOverdue:
		return TopicOverdue
	case q.Measure == MeasureChange || q.Measure == MeasureOver || q.Having == HavingFirstComplete || q.Having == HavingOver:
		return TopicRank
	case q.Measure == MeasureCount && q.Having == "":
		return TopicContext
	}
	return TopicHelp
}

// subject is what the figure says something of: a unit, or an indicator of the
// whole city; empty for figures of the whole. Its name has the same subject.
func (q Query) subject() string {
	switch {
	case q.Unit != "":
		return "unit " + string(q.Unit)
	case q.Table == TableIndicators && q.Task != 0 && q.Ordinal != 0:
		return fmt.Sprintf("indicator %d.%d", q.Task, q.Ordinal)
	}
	return ""
}

// Define says in words what a query counts.
func (q Query) Define() string {
	switch q.Table {
	case TableCycle:
		return cycleDefinitions[q.Measure]
	case TableUnits:
		return q.unitFilter() + unitDefinitions[q.Measure]
	case TableIndicators:
		return q.indicatorFilter() + indicatorDefinitions[q.Measure]
	case TableFindings:
		return q.findingFilter() + findingDefinitions[q.Measure]
	}
	return ""
}

func (q Query) unitFilter() string {
	text := ""
	if q.Group != "" {
		text = groupWords(q.Group)
	}
	if q.Unit != "" {
		text = "该单位"
	}
	if q.Report != "" {
		text += "自查报告" + q.Report.Text() + "的"
	}
	if q.Kind != "" {
		text += "指标项为" + goalWords(q.Kind) + "、"
	}
	return text + havingDefinitions[q.Having]
}

func (q Query) indicatorFilter() string {
	text := "全市合计的"
	if q.Unit != "" {
		text = "该单位所承担的"
	}
	if q.State != "" {
		text += q.State.Text() + "的"
	}
	return text
}

func (q Query) findingFilter() string {
	text := ""
	if q.Unit != "" {
		text = "该单位"
	}
	if q.Light != "" && q.Light != models.Green {
		text += "亮" + lightWords(q.Light) + "的"
	}
	return text + havingDefinitions[q.Having]
}

var cycleDefinitions = map[Measure]string{
	MeasureCutOff:  "本次督查冻结数据的时刻",
	MeasureElapsed: "截止时已过天数占行动计划期限总天数的百分比（序时进度）",
}

var unitDefinitions = map[Measure]string{
	MeasureCount:    "被督查单位数",
	MeasureName:     "的名称",
	MeasureRequired: "应完成的帮扶目标数，已免除的不计",
	MeasureMet:      "计入完成的帮扶目标数，每一目标至多计到应完成数",
	MeasureCredits:  "截止时已认定的记录数，超出应完成数的也计",
	MeasureOver:     "已认定的记录超出计入完成数的数量",
	MeasureOverdue:  "截止时已逾期的帮扶目标数",
	MeasureShare:    "完成率＝计入完成的帮扶目标数÷应完成的帮扶目标数",
	MeasureChange:   "完成率与上季度快照相比增减的百分点，按已保留一位小数的完成率相减",
}

var indicatorDefinitions = map[Measure]string{
	MeasureCount:    "指标数",
	MeasureShare:    "指标数占同一范围全部指标数的百分比",
	MeasureTasks:    "指标所属的任务数",
	MeasureName:     "指标的名称",
	MeasureTask:     "指标所属任务的编号",
	MeasureTarget:   "指标的目标，按行动计划原文",
	MeasureReported: "指标截止时的自报数",
	MeasureSystem:   "指标截止时的系统数",
}

var findingDefinitions = map[Measure]string{
	MeasureCount: "督查问题数",
	MeasureText:  "督查问题的原文",
	MeasureDue:   "督查问题的整改截止日，当日24时到期",
	MeasureName:  "督查问题所涉单位的名称",
}

var havingDefinitions = map[Having]string{
	HavingGoals:         "有应完成目标的",
	HavingLate:          "未按期报送自查报告（迟报或者未报）的",
	HavingOverdue:       "已过期限的",
	HavingBehind:        "完成率低于序时进度的",
	HavingComplete:      "已完成全部应完成目标的",
	HavingFirstComplete: "上季度尚未、本季度已完成全部应完成目标的",
	HavingOver:          "已完成全部应完成目标且有超出认定的",
	HavingOpen:          "未销号的",
	HavingNew:           "本季度提出、未销号的",
	HavingEarlier:       "以前季度提出、未销号的",
}
