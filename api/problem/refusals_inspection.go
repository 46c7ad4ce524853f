package problem

import "bangfu/models/inspection"

// inspectionCatalog says every refusal of the quarterly inspection in Chinese.
var inspectionCatalog = map[Code]entry{
	of(inspection.RefusedStage):          {Status: 409, Title: "督查不在此阶段", Detail: "督查当前处于“{stage}”阶段，不能如此办理。", words: wordsOf(inspection.Stages)},
	of(inspection.RefusedQuarter):        {Status: 422, Title: "该季度不能督查", Detail: "{quarter} 尚未开始，或不在计划期内。", Advice: "只能对计划期内当前或以前的季度开启督查。"},
	of(inspection.RefusedOpened):         {Status: 409, Title: "该季度的督查已开启", Detail: "{quarter} 的督查已经开启，一个季度只有一次督查。", Advice: "请到该季度的督查中办理。"},
	of(inspection.RefusedCancelled):      {Status: 409, Title: "督查已取消", Detail: "{quarter} 的督查已经取消，不再接受办理。"},
	of(inspection.RefusedChanged):        {Status: 412, Title: "内容已有变化", Detail: "您看到的是第 {shown} 项记载，现在已到第 {current} 项，事项没有办理。", Advice: "请重新读取后再决定。"},
	of(inspection.RefusedUnit):           {Status: 422, Title: "不是被督查单位", Detail: "{unit} 不在本次督查的单位之内。"},
	of(inspection.RefusedReportState):    {Status: 409, Title: "报告当前状态不能如此办理", Detail: "自查报告当前为“{state}”，不能如此办理。", words: wordsOf(inspection.ReportStates)},
	of(inspection.RefusedReportStale):    {Status: 412, Title: "报告文本已有变化", Detail: "您看到的是文本第 {shown} 版，现在已到第 {current} 版，事项没有办理。", Advice: "请重新读取文本后再填报或签报。"},
	of(inspection.RefusedSameConfirmer):  {Status: 403, Title: "填报人不得签报", Detail: "这份报告是您或您所代理的人填报的，须由单位的另一名领导以自己的职权签报。"},
	of(inspection.RefusedDeadline):       {Status: 422, Title: "期限有误", Detail: "新的期限应晚于现在，也应晚于原定期限（{due}）。"},
	of(inspection.RefusedItem):           {Status: 404, Title: "不在本次抽查之内", Detail: "帮扶记录 {record} 不在本次抽查之内。"},
	of(inspection.RefusedItemState):      {Status: 409, Title: "该条当前状态不能如此办理", Detail: "该条抽查当前为“{state}”，不能如此办理。", words: wordsOf(inspection.ItemStates)},
	of(inspection.RefusedSameChecker):    {Status: 403, Title: "核查人不得裁定", Detail: "这条记录是您或您所代理的人核查的，须由另一人以自己的职权裁定。"},
	of(inspection.RefusedHearing):        {Status: 409, Title: "听取陈述的期限未满", Detail: "听取陈述到 {until} 为止，此后才能认定不实。", Advice: "陈述成立的，现在即可裁定维持认定。"},
	of(inspection.RefusedFindingState):   {Status: 409, Title: "问题当前状态不能如此办理", Detail: "该问题当前为“{state}”，不能如此办理。", words: wordsOf(inspection.FindingStates)},
	of(inspection.RefusedFindingUnknown): {Status: 404, Title: "没有这个问题", Detail: "没有问题 {finding}。"},
	of(inspection.RefusedStep):           {Status: 409, Title: "时点未到", Detail: "时点 {step} 尚未到，或已经办理。"},
}

// bulletinCatalog says every refusal about a bulletin and its words.
var bulletinCatalog = map[Code]entry{
	of(inspection.RefusedBulletin):      {Status: 409, Title: "通报不在此阶段", Detail: "通报当前处于“{stage}”阶段，不能如此办理。", words: wordsOf(inspection.BulletinStages)},
	of(inspection.RefusedBulletinStale): {Status: 412, Title: "通报文本已有变化", Detail: "您看到的文本已不是现在的第 {current} 版，事项没有办理。", Advice: "请重新读取通报后再办理，您的修改请先另存。"},
	of(inspection.RefusedSameSigner):    {Status: 403, Title: "同一人不得会签两次", Detail: "您或您所代理的人已会签过这份通报，须由另一人以自己的职权会签。"},
	of(inspection.RefusedCorrection):    {Status: 409, Title: "已有更正正在办理", Detail: "上一次更正尚未印发，不能再开始一次更正。", Advice: "请在正在办理的更正中修改。"},
	of(inspection.RefusedFreeNumber): {
		Status: 422, Title: "有未与数据绑定的数字", Detail: "“{sectionTitle}”第 {paragraph} 段的“{found}”不是由数据得出的数字。",
		Advice: "通报中的数字只能来自固化的数据，请删去该数字，或改用已有的数据项。",
	},
	of(inspection.RefusedFigureUnknown): {Status: 422, Title: "没有这个数据项", Detail: "“{sectionTitle}”第 {paragraph} 段的“{found}”不是本通报的数据项。"},
	of(inspection.RefusedFigureTwice):   {Status: 422, Title: "同一数据项出现两次", Detail: "“{sectionTitle}”第 {paragraph} 段的“{found}”在别处已出现，一项数据只能出现一次。"},
	of(inspection.RefusedFigureDropped): {Status: 422, Title: "删去了必须保留的数据", Detail: "“{sectionTitle}”删去了必须保留的数据“{found}”。", Advice: "请恢复该数据；可以改写其前后的文字。"},
	of(inspection.RefusedFigureChanged): {Status: 422, Title: "改动了数据的值", Detail: "“{sectionTitle}”第 {paragraph} 段的“{found}”与固化的数据不符。", Advice: "数字不能修改；数据有误的，请更正源头后重新起草。"},
	of(inspection.RefusedFigureAstray):  {Status: 422, Title: "数据与名称不对应", Detail: "“{sectionTitle}”第 {paragraph} 段的“{found}”放到了别的单位或指标之后。"},
	of(inspection.RefusedText):          {Status: 422, Title: "文字不符合要求", Detail: "“{sectionTitle}”第 {paragraph} 段含有标记或无法识别的字符：{found}。"},
	of(inspection.RefusedTextLong):      {Status: 422, Title: "文字过长", Detail: "“{sectionTitle}”第 {paragraph} 段或全文超过了长度上限。"},
	of(inspection.RefusedSections):      {Status: 422, Title: "章节缺失或次序不对", Detail: "通报的章节应与草稿一致，不能增减或调换（{found}）。"},
}

// spoken is a state that knows its words.
type spoken interface {
	~string
	Text() string
}

func wordsOf[S spoken](states []S) map[string]string {
	said := make(map[string]string, len(states))
	for _, state := range states {
		said[string(state)] = state.Text()
	}
	return said
}
