package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// FindingView is one finding.
type FindingView struct {
	ID         inspection.FindingID `json:"id" doc:"问题编号"`
	Inspection string               `json:"inspection" doc:"提出问题的督查"`
	Quarter    Coded                `json:"quarter" doc:"季度"`
	Unit       UnitRef              `json:"unit" doc:"单位"`
	Task       int                  `json:"task,omitempty" doc:"任务序号；不涉及任务时没有"`
	Record     models.RecordID      `json:"record,omitempty" doc:"记录编号；不涉及记录时没有"`
	Severity   Coded                `json:"severity" doc:"程度"`
	State      Coded                `json:"state" doc:"状态"`
	Light      Coded                `json:"light" doc:"灯；已答复待核和已销号的为绿灯"`
	Text       string               `json:"text" doc:"问题"`
	Due        time.Time            `json:"due" doc:"整改截止时间"`
	RedAt      time.Time            `json:"redAt" doc:"转红灯的时间"`
	// WorkdaysLeft is negative after the deadline.
	WorkdaysLeft int              `json:"workdaysLeft" doc:"距截止的工作日数，负数为已超过"`
	Round        int              `json:"round" doc:"第几次要求整改"`
	RaisedBy     models.AccountID `json:"raisedBy" doc:"提出的账号"`
	RaisedByName string           `json:"raisedByName" doc:"提出人"`
	RaisedAt     time.Time        `json:"raisedAt" doc:"提出时间"`
	ClosedAt     *time.Time       `json:"closedAt,omitempty" doc:"销号或撤销时间"`
	Sequence     int64            `json:"sequence" doc:"事件序号，即 ETag"`
}

func (v *FindingView) actors() []actor { return []actor{{v.RaisedBy, &v.RaisedByName}} }

// FindingWordView is one word that passed between the unit and the inspector.
type FindingWordView struct {
	Kind        Coded               `json:"kind" doc:"事项"`
	Account     models.AccountID    `json:"account" doc:"账号"`
	AccountName string              `json:"accountName" doc:"姓名"`
	At          time.Time           `json:"at" doc:"时间"`
	Text        string              `json:"text,omitempty" doc:"内容"`
	Evidence    []models.EvidenceID `json:"evidence" doc:"材料编号"`
}

func (v *FindingWordView) actors() []actor { return []actor{{v.Account, &v.AccountName}} }

// FindingListInput chooses findings.
type FindingListInput struct {
	Paging
	Plan    models.PlanID             `query:"plan" required:"true" maxLength:"64" doc:"计划" example:"tianjin-2013"`
	Quarter string                    `query:"quarter" maxLength:"6" doc:"提出问题的季度" example:"2013Q2"`
	Unit    models.UnitID             `query:"unit" maxLength:"64" doc:"单位"`
	States  []inspection.FindingState `query:"state" enum:"open,answered,closed,withdrawn" doc:"状态，可有多个，以逗号分隔"`
}

// FindingInput names the finding that is asked for.
type FindingInput struct {
	Finding inspection.FindingID `path:"finding" maxLength:"64" doc:"问题编号"`
}

// FindingBody answers with one finding and the words about it.
type FindingBody struct {
	ETag string `header:"ETag"`
	Body struct {
		Finding   FindingView       `json:"finding" doc:"问题"`
		Words     []FindingWordView `json:"words" doc:"往来，由旧到新"`
		MayAnswer bool              `json:"mayAnswer" doc:"本人可否答复"`
		MayManage bool              `json:"mayManage" doc:"本人可否销号、重新要求整改、撤销"`
	}
}

// RaiseFindingInput is the request to raise a finding.
type RaiseFindingInput struct {
	Keyed
	Body struct {
		Inspection string              `json:"inspection" minLength:"1" maxLength:"80" doc:"督查" example:"tianjin-2013.2013Q2"`
		Unit       models.UnitID       `json:"unit" minLength:"1" maxLength:"64" doc:"被督查单位" example:"120101"`
		Task       int                 `json:"task,omitempty" minimum:"0" maximum:"9999" doc:"任务序号"`
		Record     models.RecordID     `json:"record,omitempty" maxLength:"64" doc:"记录编号"`
		Severity   inspection.Severity `json:"severity" enum:"minor,serious,grave" doc:"程度"`
		DueOn      models.Date         `json:"dueOn,omitzero" format:"date" doc:"整改截止日；不填时按程度计工作日"`
		Text       string              `json:"text" minLength:"1" maxLength:"4000" doc:"问题"`
	}
}

// FindingCommand is what every command on a finding has in common.
type FindingCommand struct {
	Keyed
	Guarded
	FindingInput
}

// AnswerFindingInput is the unit's word on its rectification.
type AnswerFindingInput struct {
	FindingCommand
	Body struct {
		Text     string              `json:"text" minLength:"1" maxLength:"4000" doc:"整改情况"`
		Evidence []models.EvidenceID `json:"evidence,omitempty" maxItems:"20" doc:"材料编号"`
	}
}

// SettleFindingInput closes the finding.
type SettleFindingInput struct {
	FindingCommand
	Body struct {
		Remark string `json:"remark,omitempty" maxLength:"2000" doc:"说明"`
	}
}

// ReopenFindingInput asks again, with a new deadline.
type ReopenFindingInput struct {
	FindingCommand
	Body struct {
		DueOn  models.Date `json:"dueOn,omitzero" format:"date" doc:"新的截止日；不填时按程度计工作日"`
		Remark string      `json:"remark" minLength:"1" maxLength:"2000" doc:"理由"`
	}
}

// DropFindingInput takes the finding back.
type DropFindingInput struct {
	FindingCommand
	Body struct {
		Remark string `json:"remark" minLength:"1" maxLength:"2000" doc:"撤销的理由"`
	}
}

func registerFinding(api huma.API, s *server) {
	op := func(id, method, path, summary, description string, permission auth.Permission, reach string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{"问题整改"}, Summary: summary, Description: description,
		}, permission, reach)
	}
	const command = "须带 Idempotency-Key，以及问题的 ETag 作为 If-Match。"
	const one = "/findings/{finding}"
	huma.Register(api, op("list-findings", http.MethodGet, "/findings", "问题", "查看范围内的，截止最早的在前。", auth.InspectionRead, ReachList), s.listFindings)
	huma.Register(api, op("get-finding", http.MethodGet, one, "一个问题及其往来", "", auth.InspectionRead, ReachObject), s.getFinding)
	huma.Register(api, op("raise-finding", http.MethodPost, "/findings", "提出问题",
		"对单位、任务或记录提出；不填截止日的按程度计工作日。须带 Idempotency-Key，答复的 subject 为 finding/问题编号。", auth.InspectionManage, ReachObject), s.raiseFinding)
	huma.Register(api, op("answer-finding", http.MethodPost, one+"/answer", "答复整改情况", command, auth.FindingAnswer, ReachObject), s.answerFinding)
	huma.Register(api, op("settle-finding", http.MethodPost, one+"/settle", "销号", command, auth.InspectionManage, ReachObject), s.settleFinding)
	huma.Register(api, op("reopen-finding", http.MethodPost, one+"/reopen", "重新要求整改", command, auth.InspectionManage, ReachObject), s.reopenFinding)
	huma.Register(api, op("drop-finding", http.MethodPost, one+"/drop", "撤销问题", "不是问题的予以撤销。"+command, auth.InspectionManage, ReachObject), s.dropFinding)
}

func showFinding(finding store.FindingItem, names *directory, now time.Time) FindingView {
	light := finding.Light(now)
	return FindingView{
		ID: finding.ID, Inspection: finding.Inspection.String(), Quarter: codedQuarter(finding.Inspection.Quarter), Unit: names.unit(finding.Unit),
		Task: finding.Task, Record: finding.Record, Severity: codedAs(finding.Severity, finding.Severity.Text()),
		State: codedAs(finding.State, finding.State.Text()), Light: codedAs(light, lightTexts[light]), Text: finding.Text,
		Due: finding.Due, RedAt: finding.RedAt, WorkdaysLeft: names.workdaysLeft(now, finding.Due), Round: finding.Round,
		RaisedBy: finding.RaisedBy, RaisedAt: finding.RaisedAt, ClosedAt: moment(finding.ClosedAt), Sequence: finding.Sequence,
	}
}

func (s *server) listFindings(ctx context.Context, input *FindingListInput) (*PageBody[FindingView], error) {
	quarter, err := quarterOf(input.Quarter, "query.quarter")
	if err != nil {
		return nil, err
	}
	findings, err := s.Archive.Findings(ctx, s.Policy.Reach(principal(ctx), auth.InspectionRead), store.FindingFilter{
		Plan: input.Plan, Quarter: quarter, Unit: input.Unit, States: input.States,
	}, input.page())
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	body := paged(findings, func(finding store.FindingItem) FindingView { return showFinding(finding, names, now) })
	return body, s.name(ctx, actorsOf(body.Body.Items, (*FindingView).actors)...)
}

func (s *server) getFinding(ctx context.Context, input *FindingInput) (*FindingBody, error) {
	finding, err := s.findingAt(ctx, *input)
	if err != nil {
		return nil, err
	}
	words, err := s.Archive.FindingWords(ctx, finding.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	body := &FindingBody{ETag: etag(finding.Sequence)}
	body.Body.Finding = showFinding(finding, names, s.now())
	body.Body.Words = list(words, func(word store.FindingWord) FindingWordView {
		return FindingWordView{
			Kind: codedAs(word.Kind, inspectionEventTexts[word.Kind]), Account: word.Account, At: word.At, Text: word.Text, Evidence: word.Evidence,
		}
	}).Body.Items
	who := principal(ctx)
	body.Body.MayAnswer = finding.State.Open() && s.Policy.May(who, auth.FindingAnswer, finding.UnitPath)
	body.Body.MayManage = s.Policy.May(who, auth.InspectionManage, finding.UnitPath)
	return body, s.name(ctx, append(actorsOf(body.Body.Words, (*FindingWordView).actors), body.Body.Finding.actors()...)...)
}

// findingAt reads a finding within the caller's reach.
func (s *server) findingAt(ctx context.Context, input FindingInput) (store.FindingItem, error) {
	return s.Archive.Finding(ctx, s.Policy.Reach(principal(ctx), auth.InspectionRead), input.Finding)
}
