package api

import (
	"strconv"
	"strings"
	"time"

	"bangfu/models"
)

// This file is the one home of the Chinese words that the API shows for the
// codes of package models. Problems have their own home in api/problem, and the
// words of grounds and evidence categories belong to the policy; those here are
// only what is shown when a policy does not name them.

// fill puts parameters into a template: {name} becomes the value of name.
func fill(template string, params map[string]string) string {
	if !strings.Contains(template, "{") {
		return template
	}
	pairs := make([]string, 0, 2*len(params))
	for name, value := range params {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

var lightTexts = map[models.Light]string{
	models.Green: "绿灯", models.Blue: "蓝灯", models.Yellow: "黄灯", models.Red: "红灯",
}

var kindTexts = map[models.Kind]string{
	models.Introduce: "引进", models.Found: "创办", models.Transform: "转型",
}

var obligationStateTexts = map[models.ObligationState]string{
	models.ObligationActive: "进行中", models.ObligationFulfilled: "已完成", models.ObligationOverdue: "逾期",
	models.ObligationSuspended: "中止", models.ObligationClosed: "已办结",
}

var goalStateTexts = map[models.GoalState]string{
	models.GoalNotStarted: "未启动", models.GoalInProgress: "进行中", models.GoalInReview: "待认定",
	models.GoalDone: "已完成", models.GoalOverdue: "逾期", models.GoalSuspended: "中止", models.GoalExempted: "免除",
}

var recordStateTexts = map[models.RecordState]string{
	models.StateDraft: "草稿", models.StateUnderReview: "审核中", models.StateReturned: "退回整改",
	models.StateWithdrawn: "已撤回", models.StateRejected: "不予认定", models.StateDisputed: "疑似重复，待裁决",
	models.StateCredited: "已认定", models.StateRevoked: "已撤销认定",
}

var stageTexts = map[models.Stage]string{
	models.StageDistrictScience: "区县科委初审", models.StageDistrictOrganization: "区县组织部复核",
	models.StageCityScience: "市科委认定",
}

var groundTexts = map[models.Ground]string{
	"illness": "长期病休", "maternity": "生育假", "secondment": "援派挂职", "training": "脱产学习",
	"force-majeure": "不可抗力", "policy-change": "政策调整", "enterprise-cause": "企业原因",
	"retirement": "退休", "transfer-out": "调离", "plan-change": "计划调整", "death": "去世",
	"plan-end": "计划期满", models.GroundFulfilled: "全部指标完成",
}

var evidenceTexts = map[models.EvidenceCategory]string{
	"licence": "营业执照", "recognition": "认定文件", "confirmation": "企业确认", "relocation": "迁入证明",
	"founder": "创办人身份类别", "comparison": "转型前后对照表", "route-map": "路线图",
}

var commandTexts = map[models.CommandKind]string{
	models.CommandEnrol: "建立帮扶责任", models.CommandSubmit: "提交记录", models.CommandWithdraw: "撤回记录",
	models.CommandAccept: "审核通过", models.CommandReturn: "退回整改", models.CommandReject: "不予认定",
	models.CommandDispute: "提出异议", models.CommandAdjudicate: "裁决异议", models.CommandYield: "让出企业",
	models.CommandRevoke: "撤销认定", models.CommandSuspend: "中止计时", models.CommandResume: "恢复计时",
	models.CommandExtend: "延期", models.CommandExempt: "免除", models.CommandTransfer: "移交",
	models.CommandAdoptPolicy: "采用新版政策", models.CommandPassRung: "催办节点到达", models.CommandClose: "办结",
}

var reasonTexts = map[models.ReasonCode]string{
	models.BecauseMet:            "已按要求完成。",
	models.BecauseMetLate:        "已完成，但在到期日 {due} 之后才申报。",
	models.BecauseExempted:       "经批准免除。",
	models.BecauseInReview:       "有 {claims} 条记录正在审核，审核期间不计逾期（到期日 {due}）。",
	models.BecauseReturned:       "记录 {record} 已退回，请在 {until} 前整改并重新提交。",
	models.BecauseCorrectionOver: "记录 {record} 的整改期限已于 {until} 届满，不再保留原提交时间。",
	models.BecauseOverdue:        "到期日 {due} 已过 {days} 天，认定数量不足；自 {since} 起逾期。",
	models.BecauseLateInReview:   "有 {claims} 条到期后提交的记录正在审核，认定后解除逾期。",
	models.BecauseDueSoon:        "距到期日 {due} 还有 {days} 天，已进入最后 {within} 天。",
	models.BecauseTimeLeft:       "距到期日 {due} 还有 {days} 天。",
	models.BecauseBehind:         "未达序时进度：{since} 起应完成的数量多于已完成和在审的 {done} 项（共 {total} 项）。",
	models.BecauseSuspended:      "自 {from} 起中止计时{until}。",
	models.BecauseExtended:       "到期日由 {from} 延至 {to}。",
	models.BecauseClosed:         "帮扶责任已办结（{ground}）。",
}

var eventTexts = map[models.EventKind]string{
	models.EventEnrolled:         "建立帮扶责任，期限自 {from} 至 {due}，适用政策第 {policy} 版",
	models.EventRecordSubmitted:  "提交{kind}记录 {record}，进入{stage}",
	models.EventRecordWithdrawn:  "撤回记录 {record}",
	models.EventRecordAccepted:   "{stage}通过记录 {record}",
	models.EventRecordCredited:   "{kind}记录 {record} 获得认定",
	models.EventRecordReturned:   "{stage}第 {round} 次退回记录 {record}，整改截止 {correctionDue}",
	models.EventRecordRejected:   "{stage}不予认定记录 {record}",
	models.EventRecordDisputed:   "就企业归属提出异议，记录 {record} 待裁决",
	models.EventDisputeUpheld:    "异议成立，记录 {record} 进入{stage}",
	models.EventDisputeDismissed: "异议不成立，记录 {record} 不予认定",
	models.EventRecordYielded:    "经裁决，记录 {record} 让出企业",
	models.EventCreditRevoked:    "撤销记录 {record} 的认定",
	models.EventSuspended:        "因{ground}自 {from} 起中止计时{until}",
	models.EventResumed:          "自 {on} 起恢复计时",
	models.EventExtended:         "因{ground}将{kinds}的到期日延至 {due}",
	models.EventExempted:         "因{ground}免除{kinds}",
	models.EventTransferred:      "自 {on} 起由 {former} 移交至 {to}",
	models.EventPolicyAdopted:    "由政策第 {former} 版改用第 {version} 版",
	models.EventRungPassed:       "催办节点：{rung}",
	models.EventClosed:           "帮扶责任办结（{ground}）",
}

var rungTexts = map[models.RungCode]string{
	"schedule-1": "期限已过三分之一，未达序时进度", "schedule-2": "期限已过三分之二，未达序时进度",
	"due-180": "距到期不足 180 天", "due-90": "距到期不足 90 天", "due-30": "距到期不足 30 天", "due-7": "距到期不足 7 天",
	models.RungOverdue: "已逾期", models.RungTalk: "逾期 30 天，提示约谈",
	models.RungCorrectionLapsed: "整改期限届满", models.RungSuspensionEnds: "中止期满，恢复计时",
	models.RungFulfilledClose: "全部完成，自动办结",
}

// noticeTexts has one sentence for every code of a notice. A rung's sentence
// comes from rungTexts.
var noticeTexts = map[models.NoticeCode]string{
	models.ProposalNotice:                           "有一件事项等待第二人批准，请到“待批事项”办理。",
	models.NoticeCode(models.EventEnrolled):         "您的帮扶责任已建立，请查看期限和指标。",
	models.NoticeCode(models.EventRecordSubmitted):  "有新的记录等待{stage}。",
	models.NoticeCode(models.EventRecordAccepted):   "有记录已通过上一环节，等待{stage}。",
	models.NoticeCode(models.EventRecordCredited):   "您的记录已获得认定。",
	models.NoticeCode(models.EventRecordReturned):   "您的记录被退回，请按意见整改后重新提交。",
	models.NoticeCode(models.EventRecordRejected):   "您的记录未获认定，请查看理由。",
	models.NoticeCode(models.EventRecordDisputed):   "有一件企业归属异议等待裁决。",
	models.NoticeCode(models.EventDisputeUpheld):    "企业归属异议成立，记录继续审核。",
	models.NoticeCode(models.EventDisputeDismissed): "企业归属异议不成立，请查看理由。",
	models.NoticeCode(models.EventRecordYielded):    "经裁决，该记录对应的企业归属已变更。",
	models.NoticeCode(models.EventCreditRevoked):    "一条记录的认定已被撤销，相应指标重新计算。",
	models.NoticeCode(models.EventSuspended):        "帮扶责任已中止计时。",
	models.NoticeCode(models.EventResumed):          "帮扶责任已恢复计时。",
	models.NoticeCode(models.EventExtended):         "帮扶责任的到期日已延长。",
	models.NoticeCode(models.EventExempted):         "部分指标已免除。",
	models.NoticeCode(models.EventTransferred):      "帮扶责任已移交至新单位。",
	models.NoticeCode(models.EventPolicyAdopted):    "帮扶责任改用新版政策，请查看变化。",
	models.NoticeCode(models.EventClosed):           "帮扶责任已办结。",
	models.RungNotice:                               "催办提醒：{rung}。",
}

// glossary holds the words that the policy's terms add to the tables above.
type glossary struct{ terms map[string]models.Term }

func newGlossary(terms []models.Term) glossary {
	words := glossary{terms: make(map[string]models.Term, len(terms))}
	for _, term := range terms {
		words.terms[term.Code] = term
	}
	return words
}

func (g glossary) name(code, fallback string) string {
	if term, known := g.terms[code]; known && term.Name != "" {
		return term.Name
	}
	if fallback != "" {
		return fallback
	}
	return code
}

func (g glossary) ground(code models.Ground) string { return g.name(string(code), groundTexts[code]) }

func (g glossary) evidence(code models.EvidenceCategory) string {
	return g.name(string(code), evidenceTexts[code])
}

func (g glossary) stage(code models.Stage) string { return g.name(string(code), stageTexts[code]) }

func (g glossary) rung(code models.RungCode) string { return g.name(string(code), rungTexts[code]) }

func (g glossary) kinds(kinds []models.Kind) string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = kindTexts[kind]
	}
	return strings.Join(names, "、")
}

// reason is the sentence for one reason of a light.
func (g glossary) reason(reason models.Reason) string {
	params := make(map[string]string, len(reason.Params))
	for name, value := range reason.Params {
		params[name] = g.value(name, value)
	}
	if reason.Code == models.BecauseSuspended {
		params["until"] = openEnd(reason.Params["until"])
	}
	return fill(reasonTexts[reason.Code], params)
}

// value writes a parameter the way an official reads it.
func (g glossary) value(name, value string) string {
	switch name {
	case "ground":
		return g.ground(models.Ground(value))
	case "stage":
		return g.stage(models.Stage(value))
	case "kind":
		return kindTexts[models.Kind(value)]
	}
	if date, err := models.ParseDate(value); err == nil {
		return dateText(date)
	}
	if instant, err := time.Parse(time.RFC3339, value); err == nil {
		return instantText(instant)
	}
	return value
}

// openEnd writes the planned end of a suspension, which may be missing.
func openEnd(until string) string {
	date, err := models.ParseDate(until)
	if err != nil {
		return "，未定恢复日期"
	}
	return "，至 " + dateText(date)
}

// event is the sentence for one event. Unit names are looked up by the caller.
func (g glossary) event(body models.EventBody, unitName func(models.UnitID) string) string {
	return fill(eventTexts[body.EventKind()], g.eventParams(body, unitName))
}

func (g glossary) eventParams(body models.EventBody, unitName func(models.UnitID) string) map[string]string {
	switch fact := body.(type) {
	case models.Enrolled:
		return map[string]string{"from": dateText(fact.From), "due": dateText(fact.Due), "policy": versionText(fact.Policy)}
	case models.Suspended:
		return map[string]string{"ground": g.ground(fact.Ground), "from": dateText(fact.From), "until": openEnd(fact.Until.String())}
	case models.Resumed:
		return map[string]string{"on": dateText(fact.On)}
	case models.Extended:
		return map[string]string{"ground": g.ground(fact.Ground), "kinds": g.kinds(fact.Kinds), "due": dateText(fact.Due)}
	case models.Exempted:
		return map[string]string{"ground": g.ground(fact.Ground), "kinds": g.kinds(fact.Kinds)}
	case models.Transferred:
		return map[string]string{"on": dateText(fact.On), "former": unitName(fact.Former), "to": unitName(fact.To)}
	case models.PolicyAdopted:
		return map[string]string{"former": versionText(fact.Former), "version": versionText(fact.Version)}
	case models.RungPassed:
		return map[string]string{"rung": g.rung(fact.Code)}
	case models.Closed:
		return map[string]string{"ground": g.ground(fact.Ground)}
	}
	return g.recordParams(body)
}

// recordParams are the parameters of the facts about one record.
func (g glossary) recordParams(body models.EventBody) map[string]string {
	switch fact := body.(type) {
	case models.RecordSubmitted:
		return map[string]string{"record": string(fact.Record), "kind": kindTexts[fact.Kind], "stage": g.stage(fact.Stage)}
	case models.RecordWithdrawn:
		return map[string]string{"record": string(fact.Record)}
	case models.RecordAccepted:
		return map[string]string{"record": string(fact.Record), "stage": g.stage(fact.Stage)}
	case models.RecordCredited:
		return map[string]string{"record": string(fact.Record), "kind": kindTexts[fact.Kind]}
	case models.RecordReturned:
		return map[string]string{
			"record": string(fact.Record), "stage": g.stage(fact.Stage),
			"round": strconv.Itoa(fact.Round), "correctionDue": instantText(fact.CorrectionDue),
		}
	case models.RecordRejected:
		return map[string]string{"record": string(fact.Record), "stage": g.stage(fact.Stage)}
	case models.RecordDisputed:
		return map[string]string{"record": string(fact.Record)}
	case models.DisputeUpheld:
		return map[string]string{"record": string(fact.Record), "stage": g.stage(fact.Stage)}
	case models.DisputeDismissed:
		return map[string]string{"record": string(fact.Record)}
	case models.RecordYielded:
		return map[string]string{"record": string(fact.Record)}
	case models.CreditRevoked:
		return map[string]string{"record": string(fact.Record)}
	}
	return nil
}

// notice is the sentence for one notice. heardUntil is when the hearing ends of
// which it tells, if it tells of one.
func (g glossary) notice(notice models.Notice, heardUntil time.Time) string {
	if text, known := inspectionNoticeTexts[notice.Code]; known {
		return fill(text, map[string]string{"until": dateText(lastDay(heardUntil))})
	}
	return fill(noticeTexts[notice.Code], map[string]string{
		"stage": g.stage(notice.Stage), "rung": g.rung(notice.Rung),
	})
}

func versionText(version models.PolicyVersion) string { return strconv.Itoa(int(version)) }

// dateText writes a day as 2015年12月31日.
func dateText(date models.Date) string {
	if date.IsZero() {
		return "未定"
	}
	return date.Start().In(models.Shanghai).Format("2006年1月2日")
}

// instantText writes an instant in Shanghai as 2015年12月31日 24:00 would be
// read: an instant at midnight belongs to the end of the day before.
func instantText(instant time.Time) string {
	if instant.IsZero() {
		return "未定"
	}
	local := instant.In(models.Shanghai)
	if local.Hour() == 0 && local.Minute() == 0 && local.Second() == 0 {
		return dateText(models.DateOf(instant).AddDays(-1)) + " 24:00"
	}
	return local.Format("2006年1月2日 15:04")
}
