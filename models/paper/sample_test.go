package paper_test

import (
	"fmt"

	"bangfu/models"
	"bangfu/models/paper"
)

// aBulletin is a bulletin as one is printed: text, a landscape annex and three
// others, signed, dated and numbered.
func aBulletin() paper.Document {
	return paper.Document{
		Agency:     "天津市人民政府政务督查室文件",
		Number:     paper.Number("津政督", 2013, 5),
		Issue:      paper.Issue(5),
		Office:     "天津市人民政府政务督查室",
		Title:      "关于2013年第一季度干部帮扶科技型企业工作督查情况的通报",
		Addressees: "各区、县人民政府，各功能区管委会，市各有关部门",
		Body:       bulletinBody(),
		Attachments: []paper.Attachment{
			{Title: "2013年第一季度区县功能区完成情况", Landscape: true, Body: []paper.Block{paper.Tabulated(unitTable(24))}},
			{Title: "56项任务进度", Body: []paper.Block{paper.Tabulated(taskTable(56))}},
			{Title: "整改清单", Body: []paper.Block{paper.Tabulated(findingTable())}},
			{Title: "部门落实情况", Body: []paper.Block{paper.Paragraph("各部门落实情况如下。"), paper.Tabulated(departmentTable())}},
		},
		Signer:    "天津市人民政府政务督查室",
		Date:      models.MustDate("2013-04-10"),
		CopyTo:    "市委办公厅，市人大常委会办公厅，市政协办公厅，市纪委办公厅，市委组织部，市科委，各区、县委组织部",
		Printer:   "天津市人民政府政务督查室",
		PrintedOn: models.MustDate("2013-04-11"),
		Note:      "数据截止2013年3月31日24时，快照摘要 3f2a9c41d0be77e5",
	}
}

func bulletinBody() []paper.Block {
	return []paper.Block{
		paper.Paragraph("按照《天津市科技型中小企业发展行动计划（2013—2015年）》关于“每季度对各区县、功能区和部门进行督查并向全市通报”的要求，市政府政务督查室对2013年第一季度干部帮扶工作进行了督查。现将有关情况通报如下："),
		paper.Heading(1, "总体情况"),
		paper.Paragraph("截至2013年3月31日24时，全市应完成帮扶指标4,236项，已认定1,127项，完成率26.6%，较上年同期提高3.4个百分点。16个区县、8个功能区中，完成3个，超序时6个，按序时11个，未达序时4个，分别占12.5%、25.0%、45.8%和16.7%。"),
		paper.Heading(2, "引进情况"),
		paper.Paragraph("共引进科技型企业312家，注册资本合计18.6亿元，其中注册资本1000万元以上的企业45家。"),
		paper.Heading(2, "创办情况"),
		paper.Paragraph("共创办科技型企业498家，吸纳就业6,230人。"),
		paper.Heading(3, "科研人员创办"),
		paper.Paragraph("科研院所与高等学校人员创办企业117家。"),
		paper.Heading(4, "在津高校"),
		paper.Paragraph("其中南开大学、天津大学共61家。"),
		paper.Heading(1, "主要做法"),
		paper.Paragraph("和平区建立“一企一策”台账，区级领导干部带头帮扶；滨海高新区对帮扶企业实行专人联络，平均每家企业走访4.2次；西青区将帮扶责任纳入领导班子考核。"),
		paper.Heading(1, "存在问题"),
		paper.Paragraph("督查中发现，个别单位未达序时进度，个别单位未按要求报送自查报告。其中：蓟县应完成96项，已认定7项，完成率7.3%；宁河县应完成88项，已认定8项，完成率9.1%；静海县自查报告晚报6个工作日；市有关部门2项任务尚未启动。"),
		paper.Heading(1, "整改时限与下一步要求"),
		paper.Paragraph("请有关单位于2013年4月30日前完成整改，并将整改情况书面报送市政府政务督查室。各单位要进一步压实责任，对照附件逐项核对，确保二季度末完成率不低于50%。"),
	}
}

func unitTable(count int) paper.Table {
	names := []string{
		"和平区", "河东区", "河西区", "南开区", "河北区", "红桥区", "东丽区", "西青区", "津南区", "北辰区", "武清区", "宝坻区",
		"宁河县", "静海县", "蓟县", "滨海新区", "天津经济技术开发区", "天津港保税区", "滨海高新区", "东疆保税港区", "中新天津生态城",
		"中心商务区", "临港经济区", "海河教育园区",
	}
	table := paper.Table{
		Columns: []paper.Column{
			{Title: "位次", Align: paper.AlignCenter, Weight: 2},
			{Title: "单位", Weight: 6},
			{Title: "应完成", Unit: "项", Align: paper.AlignRight, Weight: 4},
			{Title: "已认定", Unit: "项", Align: paper.AlignRight, Weight: 4},
			{Title: "完成率", Unit: "%", Align: paper.AlignRight, Weight: 4},
			{Title: "同比", Unit: "百分点", Align: paper.AlignRight, Weight: 4},
			{Title: "进度", Align: paper.AlignCenter, Weight: 4},
		},
		Note: "注：应完成不足5项的单位列示但不参加排名；完成率相同的单位位次相同。",
	}
	required, accepted := 0, 0
	for index := range count {
		must, done := 120+index*7, 60-index*2
		required, accepted = required+must, accepted+done
		table.Rows = append(table.Rows, []string{
			fmt.Sprint(index + 1), names[index%len(names)], fmt.Sprint(must), fmt.Sprint(done),
			fmt.Sprintf("%.1f", float64(done)*100/float64(must)), "+1.2", "按序时",
		})
	}
	table.Totals = []string{"", "合计", fmt.Sprint(required), fmt.Sprint(accepted), fmt.Sprintf("%.1f", float64(accepted)*100/float64(required)), "+2.0", ""}
	return table
}

func taskTable(count int) paper.Table {
	table := paper.Table{Columns: []paper.Column{
		{Title: "序号", Align: paper.AlignCenter, Weight: 2},
		{Title: "任务", Weight: 10},
		{Title: "指标", Unit: "年度", Align: paper.AlignRight, Weight: 4},
		{Title: "进度", Align: paper.AlignCenter, Weight: 3},
	}}
	for index := range count {
		table.Rows = append(table.Rows, []string{
			fmt.Sprint(index + 1), "支持科技型中小企业建设研发机构，培育具有自主知识产权的小巨人企业", "1,000家左右", "按序时",
		})
	}
	return table
}

func findingTable() paper.Table {
	return paper.Table{
		Columns: []paper.Column{
			{Title: "单位", Weight: 3}, {Title: "问题", Weight: 9}, {Title: "整改期限", Align: paper.AlignCenter, Weight: 5},
		},
		Rows: [][]string{
			{"蓟县", "完成率7.3%，未达序时进度，3名干部的帮扶指标逾期", "2013年4月30日"},
			{"静海县", "自查报告晚报6个工作日", "2013年4月20日"},
		},
	}
}

func departmentTable() paper.Table {
	return paper.Table{
		Columns: []paper.Column{{Title: "部门", Weight: 3}, {Title: "落实情况", Weight: 9}},
		Rows:    [][]string{{"市科委", "牵头12项任务，按序时推进"}, {"市财政局", "财政投入已下达"}},
	}
}
