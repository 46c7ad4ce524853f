package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// RecordForm is what a cadre fills in. A draft may be incomplete; what is
// missing is refused when it is submitted.
type RecordForm struct {
	Kind           models.Kind `json:"kind" enum:"introduce,found,transform" doc:"指标项：引进、创办、转型" example:"introduce"`
	Enterprise     string      `json:"enterprise,omitempty" maxLength:"40" doc:"企业的组织机构代码或统一社会信用代码，空格和短横可有可无；已登记的企业也可以填注册号" example:"D2143569-X"`
	EnterpriseName string      `json:"enterpriseName,omitempty" maxLength:"100" doc:"企业名称；不填时取自企业库"`
	OccurredOn     models.Date `json:"occurredOn,omitzero" format:"date" doc:"帮扶日期" example:"2013-09-10"`
	Established    models.Date `json:"established,omitzero" format:"date" doc:"企业成立日期；不填时取自企业库"`
	Address        string      `json:"address,omitempty" maxLength:"200" doc:"住所；不填时取自企业库"`
	LegalPerson    string      `json:"legalPerson,omitempty" maxLength:"60" doc:"法定代表人；不填时取自企业库"`
	Phone          string      `json:"phone,omitempty" maxLength:"40" doc:"联系电话；不填时取自企业库"`
	Summary        string      `json:"summary,omitempty" maxLength:"4000" doc:"帮扶情况"`
	Result         string      `json:"result,omitempty" maxLength:"4000" doc:"帮扶成效"`
}

// CreateRecordInput is the request to create record.
type CreateRecordInput struct {
	Body struct {
		RecordFields
		Obligation string `json:"obligation" maxLength:"140" doc:"帮扶责任" example:"tianjin-2013.TJ-0001"`
	}
}

// RecordFields is RecordForm under an embedded name that the framework reads.
type RecordFields = RecordForm

// EditRecordInput is the request to edit record.
type EditRecordInput struct {
	Guarded
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
	Body   RecordForm
}

// DeleteRecordInput is the request to delete record.
type DeleteRecordInput struct {
	Guarded
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
}

// AttachInput is the request to attach.
type AttachInput struct {
	Guarded
	Record   models.RecordID   `path:"record" maxLength:"64" doc:"记录编号"`
	Evidence models.EvidenceID `path:"evidence" maxLength:"64" doc:"材料编号"`
	Body     struct {
		Category models.EvidenceCategory `json:"category" maxLength:"48" doc:"材料类别" example:"licence"`
	}
}

// DetachInput is the request to detach.
type DetachInput struct {
	Guarded
	Record   models.RecordID   `path:"record" maxLength:"64" doc:"记录编号"`
	Evidence models.EvidenceID `path:"evidence" maxLength:"64" doc:"材料编号"`
}

// CreatedRecord answers 201 with the place of the new record.
type CreatedRecord struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     RecordDetail
}

func registerRecordDraft(api huma.API, s *server) {
	draft := func(id, method, path, summary string, status int) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{"记录"}, Summary: summary, DefaultStatus: status,
		}, auth.RecordDraft, ReachObject)
	}
	huma.Register(api, draft("create-record", http.MethodPost, "/records", "新建草稿", http.StatusCreated), s.createRecord)
	huma.Register(api, draft("edit-record", http.MethodPut, "/records/{record}", "修改草稿或退回、撤回的记录", http.StatusOK), s.editRecord)
	huma.Register(api, draft("delete-record", http.MethodDelete, "/records/{record}", "删除从未提交的草稿", http.StatusNoContent), s.deleteRecord)
	huma.Register(api, draft("attach-evidence", http.MethodPut, "/records/{record}/evidence/{evidence}", "附上一份材料", http.StatusOK), s.attachEvidence)
	huma.Register(api, draft("detach-evidence", http.MethodDelete, "/records/{record}/evidence/{evidence}", "取下一份材料", http.StatusOK), s.detachEvidence)
}

func (s *server) createRecord(ctx context.Context, input *CreateRecordInput) (*CreatedRecord, error) {
	id, err := models.ParseObligationID(input.Body.Obligation)
	if err != nil {
		return nil, invalid("body.obligation", "应为 计划.干部编号")
	}
	loaded, err := s.visibleObligation(ctx, id)
	if err != nil {
		return nil, err
	}
	if !s.Policy.MayOn(principal(ctx), auth.RecordDraft, loaded.UnitPath, id.Cadre) {
		return nil, forbidden("只有承担该责任的干部本人或其代理人可以填报。")
	}
	content, err := s.contentOf(ctx, input.Body.RecordFields, nil)
	if err != nil {
		return nil, err
	}
	key, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make a record's ID: %w", err)
	}
	record, err := s.Archive.CreateDraft(ctx, store.NewDraft{
		ID: models.RecordID(key.String()), Obligation: id, Content: content, At: s.now(),
	})
	if err != nil {
		return nil, err
	}
	answer, err := s.recordAnswer(ctx, record)
	if err != nil {
		return nil, err
	}
	return &CreatedRecord{Location: Prefix + "/records/" + string(record.ID), ETag: answer.ETag, Body: answer.Body}, nil
}

// contentOf turns the form into the archive's content: codes are tidied, whichever
// of its codes an enterprise is named by, and what the registry knows need not be
// typed.
func (s *server) contentOf(ctx context.Context, form RecordForm, evidence []store.RecordEvidence) (store.Content, error) {
	for name, text := range map[string]string{
		"enterpriseName": form.EnterpriseName, "address": form.Address, "legalPerson": form.LegalPerson,
		"phone": form.Phone, "summary": form.Summary, "result": form.Result,
	} {
		if !plain(text) {
			return store.Content{}, invalid("body."+name, "含有无法识别的字符，请以 UTF-8 提交")
		}
	}
	content := store.Content{
		Kind: form.Kind, Enterprise: tidyKey(form.Enterprise), EnterpriseName: strings.TrimSpace(form.EnterpriseName),
		OccurredOn: form.OccurredOn, Established: form.Established, Address: strings.TrimSpace(form.Address),
		LegalPerson: strings.TrimSpace(form.LegalPerson), Phone: strings.TrimSpace(form.Phone),
		Summary: strings.TrimSpace(form.Summary), Result: strings.TrimSpace(form.Result), Evidence: evidence,
	}
	known, found, err := s.enterpriseTyped(ctx, form.Enterprise)
	if err != nil {
		return store.Content{}, err
	}
	if !found {
		return content, nil
	}
	content.Enterprise = known.Key
	for field, value := range map[*string]string{
		&content.EnterpriseName: known.Name, &content.Address: known.Address,
		&content.LegalPerson: known.LegalPerson, &content.Phone: known.Phone,
	} {
		if *field == "" {
			*field = value
		}
	}
	if content.Established.IsZero() {
		content.Established = known.Established
	}
	return content, nil
}

// plain reports whether a text is whole UTF-8 without control characters but
// line ends and tabs. JSON decoding replaces broken bytes by U+FFFD.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r == utf8.RuneError || (r < ' ' && r != '\n' && r != '\r' && r != '\t') || r == 0x7f
	})
}

func (s *server) editRecord(ctx context.Context, input *EditRecordInput) (*RecordBody, error) {
	return s.change(ctx, input.Guarded, input.Record, func(record store.Record) (store.Content, error) {
		return s.contentOf(ctx, input.Body, record.Content.Evidence)
	})
}

func (s *server) attachEvidence(ctx context.Context, input *AttachInput) (*RecordBody, error) {
	return s.change(ctx, input.Guarded, input.Record, func(record store.Record) (store.Content, error) {
		evidence, err := s.Archive.Evidence(ctx, s.Policy.Reach(principal(ctx), auth.EvidenceRead), input.Evidence)
		if err != nil {
			return store.Content{}, err
		}
		if evidence.Cadre != record.Obligation.Cadre || evidence.Purpose != store.EvidenceOfClaim {
			return store.Content{}, invalid("path.evidence", "只能附为该申报人上传的证据材料")
		}
		if _, known := evidenceTexts[input.Body.Category]; !known {
			return store.Content{}, invalid("body.category", "没有这个材料类别")
		}
		content := record.Content
		content.Evidence = append(withoutEvidence(content.Evidence, input.Evidence),
			store.RecordEvidence{Evidence: input.Evidence, Category: input.Body.Category})
		return content, nil
	})
}

func (s *server) detachEvidence(ctx context.Context, input *DetachInput) (*RecordBody, error) {
	return s.change(ctx, input.Guarded, input.Record, func(record store.Record) (store.Content, error) {
		content := record.Content
		content.Evidence = withoutEvidence(content.Evidence, input.Evidence)
		if len(content.Evidence) == len(record.Content.Evidence) {
			return store.Content{}, store.ErrNotFound
		}
		return content, nil
	})
}

func withoutEvidence(uses []store.RecordEvidence, id models.EvidenceID) []store.RecordEvidence {
	return slices.DeleteFunc(slices.Clone(uses), func(use store.RecordEvidence) bool { return use.Evidence == id })
}

// change replaces the content of one's own record at the version that was seen.
func (s *server) change(ctx context.Context, guard conditional, id models.RecordID,
	edit func(store.Record) (store.Content, error),
) (*RecordBody, error) {
	record, err := s.ownRecord(ctx, guard, id)
	if err != nil {
		return nil, err
	}
	content, err := edit(record)
	if err != nil {
		return nil, err
	}
	edited, err := s.Archive.EditDraft(ctx, id, record.Version, content, s.now())
	if err != nil {
		return nil, s.editFault(ctx, err, record)
	}
	return s.recordAnswer(ctx, edited)
}

// ownRecord reads a record that the caller may edit, at the version they saw.
func (s *server) ownRecord(ctx context.Context, guard conditional, id models.RecordID) (store.Record, error) {
	record, err := s.visibleRecord(ctx, id)
	if err != nil {
		return store.Record{}, err
	}
	if !s.Policy.MayOn(principal(ctx), auth.RecordDraft, record.UnitPath, record.Obligation.Cadre) {
		return store.Record{}, forbidden("只有申报人本人或其代理人可以修改。")
	}
	return record, unchanged(guard, record)
}

// unchanged compares the version that was seen with the present one, and tells
// what the record looks like now when they differ.
func unchanged(guard conditional, record store.Record) error {
	err := guard.matches(record.Version)
	if err == nil {
		return nil
	}
	said := problem.Of(err)
	if said.Code == problem.VersionConflict {
		said.Params["state"] = string(record.State)
		said.Params["stage"] = string(record.Stage)
		said.Params["updatedAt"] = record.UpdatedAt.UTC().Format("2006-01-02T15:04:05Z")
		present := recordStateTexts[record.State]
		if record.Stage != "" {
			present += "（" + stageTexts[record.Stage] + "）"
		}
		said.Detail += "该记录已于 " + instantText(record.UpdatedAt) + " 更改，现为：" + present + "。"
	}
	return said
}

// editFault explains why an edit lost against something that happened since.
func (s *server) editFault(ctx context.Context, err error, seen store.Record) error {
	switch {
	case errors.Is(err, store.ErrNotEditable):
		return models.Refuse(models.RefusedRecordState, "record", string(seen.ID), "state", string(seen.State))
	case errors.Is(err, store.ErrVersion):
		present, readErr := s.Archive.Record(ctx, store.Everything(), seen.ID)
		if readErr != nil {
			return err
		}
		return unchanged(conditional{IfMatch: etag(seen.Version)}, present)
	default:
		return err
	}
}

func (s *server) deleteRecord(ctx context.Context, input *DeleteRecordInput) (*struct{}, error) {
	record, err := s.ownRecord(ctx, input.Guarded, input.Record)
	if err != nil {
		return nil, err
	}
	if err := s.Archive.DeleteDraft(ctx, input.Record, record.Version); err != nil {
		return nil, s.editFault(ctx, err, record)
	}
	return nil, nil
}
