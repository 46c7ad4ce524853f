package problem

import "bangfu/models"

// refusalCatalog says every refusal of the rules in Chinese. A conflict with
// the present state is 409, a matter of who may act is 403, and content that
// the rules do not allow is 422.
var refusalCatalog = map[Code]entry{
	of(models.RefusedUnknownCommand):       {Status: 422, Title: "没有这种事项", Detail: "没有“{kind}”这种事项。"},
	of(models.RefusedNotEnrolled):          {Status: 409, Title: "尚未签订责任书", Detail: "该干部在本计划下没有帮扶责任。"},
	of(models.RefusedAlreadyEnrolled):      {Status: 409, Title: "已签订责任书", Detail: "该干部在本计划下已有帮扶责任。"},
	of(models.RefusedClosed):               {Status: 409, Title: "帮扶责任已终结", Detail: "该帮扶责任已终结（事由：{ground}），不再接受办理。"},
	of(models.RefusedSuspended):            {Status: 409, Title: "帮扶责任中止期间", Detail: "该帮扶责任自 {from} 起处于中止期间。"},
	of(models.RefusedNotSuspended):         {Status: 409, Title: "没有中止", Detail: "该帮扶责任没有处于中止期间。"},
	of(models.RefusedOpenRecords):          {Status: 409, Title: "尚有未办结的帮扶记录", Detail: "帮扶记录 {record} 尚未办结。", Advice: "请先办结或撤回该记录。"},
	of(models.RefusedUnfulfilled):          {Status: 409, Title: "责任尚未完成", Detail: "各项指标尚未全部完成，不能以完成为由终结。"},
	of(models.RefusedInvalidEnrolment):     {Status: 422, Title: "责任书信息有误", Detail: "{obligation} 不是有效的帮扶责任。"},
	of(models.RefusedUnknownKind):          {Status: 422, Title: "没有这个指标项", Detail: "没有“{kind}”这个指标项。"},
	of(models.RefusedGoalExempted):         {Status: 409, Title: "该指标项已免除", Detail: "指标项“{kind}”已免除，无需申报。"},
	of(models.RefusedUnknownRecord):        {Status: 404, Title: "没有这条帮扶记录", Detail: "没有帮扶记录 {record}。"},
	of(models.RefusedRecordState):          {Status: 409, Title: "记录当前状态不能如此办理", Detail: "帮扶记录 {record} 当前状态为“{state}”，不能如此办理。"},
	of(models.RefusedObligationChanged):    {Status: 412, Title: "帮扶责任已有变化", Detail: "您看到的是第 {shown} 项记载，现在已到第 {current} 项，事项没有办理。", Advice: "请重新读取后再决定。"},
	of(models.RefusedRecordChanged):        {Status: 412, Title: "记录已被更改", Detail: "帮扶记录 {record} 在您查看之后已被更改。", Advice: "请重新查看后再提交。"},
	of(models.RefusedStage):                {Status: 409, Title: "不在本审核环节", Detail: "帮扶记录 {record} 当前处于“{stage}”环节。"},
	of(models.RefusedNotClaimant):          {Status: 403, Title: "不是申报人", Detail: "只有申报人本人可以办理。"},
	of(models.RefusedOwnClaim):             {Status: 403, Title: "须回避", Detail: "帮扶记录 {record} 是您本人或您代理的干部的申报，您应当回避。"},
	of(models.RefusedSameReviewer):         {Status: 403, Title: "同一人不得审核两个环节", Detail: "您已审核过帮扶记录 {record} 的前一环节。"},
	of(models.RefusedReturnLimit):          {Status: 409, Title: "退回次数已达上限", Detail: "一条记录至多退回 {limit} 次，请作出认可或不予认可的决定。"},
	of(models.RefusedNoReasons):            {Status: 422, Title: "缺少理由", Detail: "请逐项写明理由。"},
	of(models.RefusedNoDocument):           {Status: 422, Title: "缺少文件依据", Detail: "此事项须附文件依据。"},
	of(models.RefusedGround):               {Status: 422, Title: "事由不在规定之列", Detail: "“{ground}”不是规定的事由。"},
	of(models.RefusedDate):                 {Status: 422, Title: "日期有误", Detail: "日期缺失，或不在允许的范围内。"},
	of(models.RefusedFutureDate):           {Status: 422, Title: "日期不能晚于今天", Detail: "日期不能晚于今天（{today}）。"},
	of(models.RefusedOutsideWindow):        {Status: 422, Title: "不在计划期内", Detail: "帮扶日期 {date} 不在责任期内（自 {from} 起）。"},
	of(models.RefusedEstablishment):        {Status: 422, Title: "企业成立日期不符", Detail: "企业成立日期 {date} 不符合该指标项的要求（责任期自 {from} 起）。"},
	of(models.RefusedEvidence):             {Status: 422, Title: "缺少证据材料", Detail: "缺少“{category}”材料。"},
	of(models.RefusedEnterpriseKey):        {Status: 422, Title: "组织机构代码有误", Detail: "“{key}”不是有效的组织机构代码。"},
	of(models.RefusedEnterpriseOtherGoal):  {Status: 409, Title: "企业已用于其他指标项", Detail: "该企业已由帮扶记录 {record} 用于指标项“{kind}”。"},
	of(models.RefusedEnterpriseOtherClaim): {Status: 409, Title: "企业已申报", Detail: "该企业已由您的帮扶记录 {record} 申报。"},
	of(models.RefusedDuplicateCredit): {
		Status: 409, Title: "企业已由他人申报", Detail: "该企业在本指标项下已由帮扶记录 {record} 申报。",
		Advice: "如认为应归您所有，请提出争议，由裁定人裁定。",
	},
	of(models.RefusedDeadline): {Status: 422, Title: "期限有误", Detail: "办理期限缺失或早于现在。"},
	of(models.RefusedSameUnit): {Status: 409, Title: "已在该单位", Detail: "该帮扶责任已在单位 {unit}。"},
	of(models.RefusedRung):     {Status: 409, Title: "催办节点未到", Detail: "催办节点 {rung} 尚未到时间或已经办理。"},
	of(models.RefusedPolicy):   {Status: 409, Title: "政策版本不更新", Detail: "第 {version} 版不比现行的第 {pinned} 版更新。"},
	of(models.RefusedSecondApproval): {
		Status: 409, Title: "须经第二人批准", Detail: "按适用的政策，此事项须由同部门的另一人批准后才生效。",
		Advice: "请先提出，再由另一名有此职责的人员在“待批事项”中批准。",
	},
	of(models.RefusedOwnProposal): {Status: 403, Title: "不能批准本人提出的事项", Detail: "此事项由您本人提出，须由另一人批准。"},
}

func of(code models.RefusalCode) Code { return Code(code) }

// stateWords are the states of a record as a refusal names them.
var stateWords = map[string]string{
	string(models.StateDraft): "草稿", string(models.StateUnderReview): "审核中", string(models.StateReturned): "退回整改",
	string(models.StateWithdrawn): "已撤回", string(models.StateRejected): "不予认定", string(models.StateDisputed): "待裁决",
	string(models.StateCredited): "已认定", string(models.StateRevoked): "已撤销认定",
	"proposed": "待批准", "approved": "已批准",
}
