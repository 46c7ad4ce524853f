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
	inspection.Reopened{}.EventKind(): "重新要求整改", inspection.Dropped{}.EventKind(): "撤销问题",
}
