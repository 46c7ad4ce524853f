package api

import (
	"bangfu/models"
	"bangfu/models/inspection"
)

// inspectionEventTexts says what happened to a subject of the inspection; the
// states' words are those of package inspection.
var inspectionEventTexts = map[models.EventKind]string{
	inspection.Opened{}.EventKind(): "开启督查", inspection.Frozen{}.EventKind(): "数据已固化",
	inspection.ReportsAsked{}.EventKind(): "下发通知", inspection.TalkPrompted{}.EventKind(): "连续红灯，提示约谈",
	inspection.Drafted{}.EventKind(): "起草通报", inspection.Edited{}.EventKind(): "修改通报文字",
	inspection.CommentsOpened{}.EventKind(): "征求意见", inspection.Commented{}.EventKind(): "反馈意见",
	inspection.CommentsClosed{}.EventKind(): "征求意见结束", inspection.SignaturesAsked{}.EventKind(): "送签",
	inspection.Signed{}.EventKind(): "会签", inspection.Recalled{}.EventKind(): "撤回修改", inspection.Issued{}.EventKind(): "印发通报",
	inspection.CorrectionBegun{}.EventKind(): "开始更正", inspection.Cancelled{}.EventKind(): "取消督查",
	inspection.Asked{}.EventKind(): "下发通知", inspection.Filed{}.EventKind(): "填报", inspection.SentBack{}.EventKind(): "退回修改",
	inspection.Confirmed{}.EventKind(): "签报", inspection.Extended{}.EventKind(): "准予延期",
	inspection.StepPassed{}.EventKind(): "到达提醒或截止的时点", inspection.Ended{}.EventKind(): "督查进入下一步，报告截止",
	inspection.SampleDrawn{}.EventKind(): "抽取", inspection.Checked{}.EventKind(): "核查",
	inspection.HearingDecided{}.EventKind(): "裁定", inspection.RevocationAnswered{}.EventKind(): "撤销认定的结果",
	inspection.Raised{}.EventKind(): "提出问题", inspection.Answered{}.EventKind(): "答复整改情况", inspection.Settled{}.EventKind(): "销号",
	inspection.FilesKept{}.EventKind(): "登记文件摘要", inspection.Reopened{}.EventKind(): "重新要求整改", inspection.Dropped{}.EventKind(): "撤销问题",
}

// inspectionNoticeTexts has one sentence for every notice of the inspection.
var inspectionNoticeTexts = map[models.NoticeCode]string{
	models.NoticeCode(inspection.Asked{}.EventKind()):           "本单位的季度自查报告已下发，请按期填报。",
	models.NoticeCode(inspection.SentBack{}.EventKind()):        "本单位的自查报告被退回，请修改后重新填报。",
	models.NoticeCode(inspection.Extended{}.EventKind()):        "本单位自查报告的截止时间已延长。",
	models.NoticeCode(inspection.Filed{}.EventKind()):           "本单位的自查报告已填报，请审阅签报。",
	models.NoticeCode(inspection.Confirmed{}.EventKind()):       "有单位签报了自查报告。",
	inspection.ReminderNotice:                                   "提醒：本单位的自查报告即将截止，领导签报以后才算报送。",
	inspection.OverdueNotice:                                    "本单位的自查报告已过截止时间，请尽快补报。",
	models.NoticeCode(inspection.Raised{}.EventKind()):          "督查对本单位提出问题，请按期整改。",
	models.NoticeCode(inspection.Answered{}.EventKind()):        "有单位答复了整改情况，请核实。",
	models.NoticeCode(inspection.Settled{}.EventKind()):         "本单位的一个问题已销号。",
	models.NoticeCode(inspection.Reopened{}.EventKind()):        "本单位的一个问题须继续整改，请查看理由和期限。",
	models.NoticeCode(inspection.Dropped{}.EventKind()):         "对本单位提出的一个问题已撤销。",
	inspection.BlueNotice:                                       "本单位的一个问题临近整改期限，亮蓝灯，请抓紧整改并答复。",
	inspection.YellowNotice:                                     "本单位的一个问题已到整改期限，亮黄灯，请立即整改并答复。",
	inspection.RedNotice:                                        "督查提出的一个问题逾期仍未整改，已亮红灯。",
	inspection.HearingNotice:                                    "督查抽查拟认定一条记录不实，听取干部和单位的陈述至{until}，期满后由核查人以外的裁决员裁定。裁定以前认定不受影响。",
	inspection.FalseNotice:                                      "听取陈述以后，督查抽查的一条记录被认定不实，其认定将撤销，请查看理由。",
	inspection.KeptNotice:                                       "听取陈述以后，督查抽查的一条记录维持认定。",
	models.NoticeCode(inspection.TalkPrompted{}.EventKind()):    "有单位连续出现红灯问题，提示约谈。",
	models.NoticeCode(inspection.CommentsOpened{}.EventKind()):  "督查通报征求意见稿已发出，请在截止时间前提出意见。",
	models.NoticeCode(inspection.SignaturesAsked{}.EventKind()): "有一份督查通报等待会签。",
	models.NoticeCode(inspection.Recalled{}.EventKind()):        "送签或征求意见的督查通报已收回修改。",
	models.NoticeCode(inspection.Issued{}.EventKind()):          "督查通报已印发，请查看。",
}
