package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// SubmitInput is the request to submit.
type SubmitInput struct {
	Keyed
	Guarded
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
}

// ReceiptView says what became of a submission: the number, who acts next, by
// when. A draft never looks submitted without it.
type ReceiptView struct {
	Command CommandAnswer   `json:"command" doc:"事项"`
	Number  models.RecordID `json:"number" doc:"记录编号，即受理编号"`
	State   Coded           `json:"state" doc:"记录现在的状态"`
	Stage   *Coded          `json:"stage,omitempty" doc:"下一环节"`
	// DueBy is when the next stage should have acted.
	DueBy *time.Time `json:"dueBy,omitempty" doc:"下一环节应办结的时间"`
	Text  string     `json:"text" doc:"回执" example:"已受理，由区县科委初审在 2013年9月17日 24:00 前办理。"`
}

// ReceiptOutput answers 200 with the receipt, or 202 while the outcome is not
// known yet.
type ReceiptOutput struct {
	Status     int
	Location   string `header:"Location"`
	RetryAfter string `header:"Retry-After"`
	ETag       string `header:"ETag"`
	Body       ReceiptView
}

func registerRecordSubmit(api huma.API, s *server) {
	act := func(id, path, summary, description string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: path, Tags: []string{"记录"},
			Summary: summary, Description: description,
		}, auth.RecordSubmit, ReachObject)
	}
	huma.Register(api, act("submit-record", "/records/{record}/submit", "提交",
		"提交草稿，或重新提交退回、撤回的记录。企业已由他人申报时答 409 enterprise-claimed-by-another，可由 open-dispute 提出异议。"), s.submitRecord)
	huma.Register(api, act("withdraw-record", "/records/{record}/withdraw", "撤回",
		"撤回尚未认定的记录，企业随即可由他人申报。"), s.withdrawRecord)
}

// submission is everything that a submit command is composed of.
type submission struct {
	record   store.Record
	rules    models.Rules
	calendar models.Calendar
	now      time.Time
}

// stage is where the record goes: a corrected one back to where it was
// returned from, any other one to the first stage.
func (c submission) stage() models.Stage {
	if c.record.State == models.StateReturned && c.record.Stage != "" {
		return c.record.Stage
	}
	return c.rules.FirstStage()
}

// submit composes the command. The deadline counts working days from today.
func (c submission) submit() models.Submit {
	content := c.record.Content
	return models.Submit{
		Record: c.record.ID, Kind: content.Kind, Enterprise: content.Enterprise, Version: c.record.Version,
		OccurredOn: content.OccurredOn, Established: content.Established, Evidence: content.Categories(),
		ReviewDue: c.calendar.Deadline(c.now, c.rules.StageWorkingDays(c.stage())),
	}
}

// words are what is sealed beside the facts: the claim as it was submitted.
func (c submission) words() (models.Words, error) {
	claim, err := json.Marshal(c.record.Content)
	if err != nil {
		return models.Words{}, fmt.Errorf("write the claim of record %s: %w", c.record.ID, err)
	}
	return models.Words{Claim: claim}, nil
}

func (s *server) submitRecord(ctx context.Context, input *SubmitInput) (*ReceiptOutput, error) {
	o := order{Key: input.Key, Kind: models.CommandSubmit, Content: map[string]string{"record": string(input.Record)}}
	answer, err := s.command(ctx, principal(ctx), o, func(ctx context.Context) (prepared, error) {
		composed, err := s.composeSubmission(ctx, input.Guarded, input.Record)
		if err != nil {
			return prepared{}, err
		}
		words, err := composed.words()
		return prepared{
			Obligation: composed.record.Obligation, Body: composed.submit(), Words: words,
			Seen: models.Seen{Record: composed.record.Version}, For: s.claimantBehalf(ctx, composed.record),
		}, err
	})
	if err != nil {
		return nil, s.explainDuplicate(ctx, input.Record, err)
	}
	return s.receipt(ctx, answer, input.Record)
}

// composeSubmission reads what a submission is made of, at the version that
// the cadre saw.
func (s *server) composeSubmission(ctx context.Context, guard conditional, id models.RecordID) (submission, error) {
	record, err := s.submittable(ctx, guard, id)
	if err != nil {
		return submission{}, err
	}
	if !record.Editable() {
		return submission{}, models.Refuse(models.RefusedRecordState, "record", string(id), "state", string(record.State))
	}
	loaded, err := s.Archive.LoadObligation(ctx, record.Obligation)
	if err != nil {
		return submission{}, err
	}
	if err := s.requireEnterprise(ctx, record.Content.Enterprise); err != nil {
		return submission{}, err
	}
	calendar, err := s.Archive.Calendar(ctx)
	return submission{record: record, rules: loaded.Rules, calendar: calendar, now: s.now()}, err
}

// submittable reads a record that the caller may submit or withdraw.
func (s *server) submittable(ctx context.Context, guard conditional, id models.RecordID) (store.Record, error) {
	record, err := s.visibleRecord(ctx, id)
	if err != nil {
		return store.Record{}, err
	}
	if !s.Policy.MayOn(principal(ctx), auth.RecordSubmit, record.UnitPath, record.Obligation.Cadre) {
		return store.Record{}, models.Refuse(models.RefusedNotClaimant)
	}
	return record, unchanged(guard, record)
}

// requireEnterprise: a claim is made for a registered enterprise, whose codes
// were checked when it was registered.
func (s *server) requireEnterprise(ctx context.Context, key models.EnterpriseKey) error {
	entry, found, err := s.enterpriseTyped(ctx, string(key))
	if err != nil || (found && entry.Key == key) {
		return err
	}
	kind, canonical, _, _ := readCode(string(key))
	if !models.ValidEnterpriseKey(key) && (kind != models.CodeRegistration || canonical == "") {
		return models.Refuse(models.RefusedEnterpriseKey, "key", string(key))
	}
	said := problem.New(problem.Code(models.RefusedEnterpriseKey), "key", string(key))
	said.Detail = "企业 " + string(key) + " 尚未登记，请先登记企业。"
	if found {
		// Registered after the draft was saved: saving it again finds the key.
		said.Detail = "注册号 " + string(key) + " 的企业已登记，请返回修改，再保存一次草稿，改用其组织机构代码 " + models.FormatOrganizationCode(entry.Key) + "。"
	}
	return said
}

// explainDuplicate names the conflict to the loser, as far as they may see it,
// and the way to dispute it.
func (s *server) explainDuplicate(ctx context.Context, id models.RecordID, err error) error {
	refusal, refused := models.AsRefusal(err)
	if !refused || refusal.Code != models.RefusedDuplicateCredit {
		return err
	}
	said := problem.Of(err)
	holder, readErr := s.Archive.Record(ctx, store.Everything(), models.RecordID(refusal.Params["record"]))
	if readErr != nil {
		return err
	}
	delete(said.Params, "obligation")
	if s.Policy.Reach(principal(ctx), auth.RecordRead).Covers(holder.UnitPath, holder.Obligation.Cadre) {
		said.Params["obligation"] = holder.Obligation.String()
	}
	// Which unit and how far it has come is what somebody needs to decide
	// whether to dispute; who the cadre is, is not.
	unit, readErr := s.Archive.Unit(ctx, holder.Unit)
	if readErr != nil {
		return err
	}
	said.Params["unit"] = unit.Name
	said.Params["state"] = string(holder.State)
	said.Params["dispute"] = Prefix + "/records/" + string(id) + "/dispute"
	said.Detail += "申报单位：" + unit.Name + "；状态：" + recordStateTexts[holder.State] + "。"
	return said.With("Link", "<"+said.Params["dispute"]+`>; rel="https://bangfu.invalid/rels/dispute"`)
}

func (s *server) withdrawRecord(ctx context.Context, input *SubmitInput) (*ReceiptOutput, error) {
	o := order{Key: input.Key, Kind: models.CommandWithdraw, Content: map[string]string{"record": string(input.Record)}}
	answer, err := s.command(ctx, principal(ctx), o, func(ctx context.Context) (prepared, error) {
		record, err := s.submittable(ctx, input.Guarded, input.Record)
		return prepared{
			Obligation: record.Obligation, Body: models.Withdraw{Record: input.Record}, Seen: models.Seen{Record: record.Version},
			For: s.claimantBehalf(ctx, record),
		}, err
	})
	if err != nil {
		return nil, err
	}
	return s.receipt(ctx, answer, input.Record)
}

// receipt tells what a command did to its record, as the archive has it now.
func (s *server) receipt(ctx context.Context, answer *CommandOutput, id models.RecordID) (*ReceiptOutput, error) {
	record, err := s.Archive.Record(ctx, store.Everything(), id)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	out := &ReceiptOutput{
		Status: answer.Status, Location: answer.Location, RetryAfter: answer.RetryAfter, ETag: etag(record.Version),
		Body: ReceiptView{
			Command: answer.Body, Number: id, State: codedAs(record.State, recordStateTexts[record.State]),
			DueBy: moment(record.ActionDue),
		},
	}
	if record.Stage != "" {
		stage := codedAs(record.Stage, names.glossary.stage(record.Stage))
		out.Body.Stage = &stage
	}
	out.Body.Text = receiptText(answer, record, names)
	return out, nil
}

func receiptText(answer *CommandOutput, record store.Record, names *directory) string {
	switch {
	case answer.Status == http.StatusAccepted:
		return "已受理，正在办理，请到 Location 所示地址查看结果。"
	case record.State == models.StateUnderReview:
		return "已受理，由" + names.glossary.stage(record.Stage) + "在 " + instantText(record.ActionDue) + " 前办理。"
	case record.State == models.StateReturned:
		return "已退回，请申报人在 " + instantText(record.ActionDue) + " 前整改并重新提交。"
	case record.State == models.StateDisputed:
		return "已受理，等待裁定。"
	default:
		return "已办理，记录现为：" + recordStateTexts[record.State] + "。"
	}
}
