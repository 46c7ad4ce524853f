package api

import "bangfu/models/inspection"

// The words of progress by quarter.

var basisTexts = map[inspection.Basis]string{
	inspection.BasisCumulative: "自计划开始的累计数", inspection.BasisYearToDate: "本年以来的累计数",
	inspection.BasisQuarter: "本季度的次数", inspection.BasisMonths: "本季度各月的次数", inspection.BasisStock: "季末的数量",
	inspection.BasisRatio: "季末：其中数与总数", inspection.BasisMilestone: "进展文字",
}

// partTexts name the figures of a basis, part by part.
func partTexts(basis inspection.Basis) []string {
	switch basis {
	case inspection.BasisMonths:
		return []string{"第一个月", "第二个月", "第三个月"}
	case inspection.BasisRatio:
		return []string{"其中数", "总数"}
	case inspection.BasisMilestone:
		return []string{}
	case inspection.BasisCumulative, inspection.BasisYearToDate, inspection.BasisQuarter, inspection.BasisStock:
		return []string{basisTexts[basis]}
	default:
		return []string{}
	}
}

var systemScopeTexts = map[inspection.SystemScope]string{
	inspection.SystemExact: "系统计算", inspection.SystemFloor: "系统所知（至少）", inspection.SystemAmbiguous: "原文未明确，不计算",
}

var entryFaultTexts = map[inspection.EntryFault]string{
	inspection.FaultNoWord:     "请填写数字或者进展情况。",
	inspection.FaultNoFigure:   "该指标有数量目标，请填写数字；没有进展的填 0。",
	inspection.FaultFigures:    "数字的个数与该指标的填报口径不符。",
	inspection.FaultNumber:     "应为不小于 0 的数，至多 15 位、4 位小数，如 1200 或 12.5。",
	inspection.FaultWhole:      "次数应为整数。",
	inspection.FaultRatio:      "总数应大于 0，其中数不得大于总数。",
	inspection.FaultFell:       "累计数比上季度减少，请在说明中写明原因。",
	inspection.FaultMilestone:  "进展情况至多 2000 字。",
	inspection.FaultNote:       "说明至多 2000 字。",
	inspection.FaultEvidence:   "一条进展至多附 20 份材料。",
	inspection.FaultNotAnswers: "该单位不答复这条指标。",
	inspection.FaultNotBegun:   "该季度尚未开始。",
	inspection.FaultOutside:    "该季度不在计划期内。",
}
