package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// RecordView is a draft or claim as the API shows it.
type RecordView struct {
	ID             models.RecordID      `json:"id" doc:"记录编号"`
	Obligation     string               `json:"obligation" doc:"帮扶责任" example:"tianjin-2013.TJ-0001"`
	Cadre          CadreRef             `json:"cadre" doc:"申报人"`
	Unit           UnitRef              `json:"unit" doc:"所属单位"`
	Kind           Coded                `json:"kind" doc:"指标项"`
	Enterprise     models.EnterpriseKey `json:"enterprise,omitempty" doc:"组织机构代码（九位）" example:"D2143569X"`
	EnterpriseName string               `json:"enterpriseName,omitempty" doc:"企业名称"`
	OccurredOn     models.Date          `json:"occurredOn,omitzero" format:"date" doc:"帮扶日期"`
	Established    models.Date          `json:"established,omitzero" format:"date" doc:"企业成立日期"`
	Address        string               `json:"address,omitempty" doc:"住所"`
	LegalPerson    string               `json:"legalPerson,omitempty" doc:"法定代表人"`
	Phone          string               `json:"phone,omitempty" doc:"联系电话"`
	Summary        string               `json:"summary,omitempty" doc:"帮扶情况"`
	Result         string               `json:"result,omitempty" doc:"帮扶成效"`
	Evidence       []RecordEvidenceView `json:"evidence" doc:"证据材料"`
	State          Coded                `json:"state" doc:"状态"`
	Stage          *Coded               `json:"stage,omitempty" doc:"正在办理的审核环节"`
	Version        int64                `json:"version" doc:"版本，即 ETag" example:"3"`
	Editable       bool                 `json:"editable" doc:"您现在能否修改：本人或所代理干部的记录，且处于可修改的状态"`
	Returns        int                  `json:"returns" doc:"已退回次数"`
	Dispute        models.DisputeID     `json:"dispute,omitempty" doc:"争议编号"`
	SubmittedAt    *time.Time           `json:"submittedAt,omitempty" doc:"计入期限的提交时间"`
	// ActionDue is the reviewer's limit, or the end of the correction.
	ActionDue    *time.Time `json:"actionDue,omitempty" doc:"审核人应办结或申报人应整改完毕的时间"`
	WorkdaysLeft *int       `json:"workdaysLeft,omitempty" doc:"距该时间的工作日数，负数为已超过"`
	CreditedAt   *time.Time `json:"creditedAt,omitempty" doc:"认定时间"`
	CreatedAt    time.Time  `json:"createdAt" doc:"建立时间"`
	UpdatedAt    time.Time  `json:"updatedAt" doc:"最后更改时间"`
}

// RecordEvidenceView is one file of a record with what it is to prove.
type RecordEvidenceView struct {
	Evidence models.EvidenceID `json:"evidence" doc:"材料编号"`
	Category Coded             `json:"category" doc:"材料类别"`
	FileName string            `json:"fileName,omitempty" doc:"文件名；列表中不给出"`
	Size     int64             `json:"size,omitempty" doc:"字节数；列表中不给出"`
	SHA256   string            `json:"sha256,omitempty" doc:"SHA-256；列表中不给出"`
}

func (s *server) showRecord(record store.Record, names *directory) RecordView {
	content := record.Content
	view := RecordView{
		ID: record.ID, Obligation: record.Obligation.String(), Cadre: names.cadre(record.Obligation.Cadre),
		Unit: names.unit(record.Unit), Kind: codedAs(content.Kind, kindTexts[content.Kind]),
		Enterprise: content.Enterprise, EnterpriseName: content.EnterpriseName,
		OccurredOn: content.OccurredOn, Established: content.Established,
		Address: content.Address, LegalPerson: content.LegalPerson, Phone: content.Phone,
		Summary: content.Summary, Result: content.Result, Evidence: []RecordEvidenceView{},
		State: codedAs(record.State, recordStateTexts[record.State]), Version: record.Version,
		Editable: record.Editable() && names.who.ActsFor(record.Obligation.Cadre), Returns: record.Returns, Dispute: record.Dispute,
		SubmittedAt: moment(record.SubmittedAt), ActionDue: moment(record.ActionDue),
		CreditedAt: moment(record.CreditedAt), CreatedAt: record.CreatedAt, UpdatedAt: record.UpdatedAt,
	}
	if record.Stage != "" {
		stage := codedAs(record.Stage, names.glossary.stage(record.Stage))
		view.Stage = &stage
	}
	if !record.ActionDue.IsZero() {
		left := names.workdaysLeft(s.now(), record.ActionDue)
		view.WorkdaysLeft = &left
	}
	for _, use := range content.Evidence {
		view.Evidence = append(view.Evidence, RecordEvidenceView{
			Evidence: use.Evidence, Category: codedAs(use.Category, names.glossary.evidence(use.Category)),
		})
	}
	return view
}

// showRecords names the people of a page of records at once.
func (s *server) showRecords(ctx context.Context, records store.Paged[store.Record]) (*PageBody[RecordView], error) {
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	people := make([]person, len(records.Items))
	for i, record := range records.Items {
		people[i] = person{id: record.Obligation.Cadre, unitPath: record.UnitPath}
	}
	if err := s.learn(ctx, names, people...); err != nil {
		return nil, err
	}
	return paged(records, func(record store.Record) RecordView { return s.showRecord(record, names) }), nil
}

// RecordListInput is the query of the list of record entries.
type RecordListInput struct {
	Paging
	Plan       models.PlanID        `query:"plan" maxLength:"64" doc:"计划"`
	Cadre      models.CadreID       `query:"cadre" maxLength:"64" doc:"申报人"`
	Mine       bool                 `query:"mine" doc:"只列本人的"`
	Unit       models.UnitID        `query:"unit" maxLength:"64" doc:"只列此单位及其下级的"`
	Kinds      []models.Kind        `query:"kind" enum:"introduce,found,transform" doc:"指标项，可有多个，以逗号分隔"`
	States     []models.RecordState `query:"state" enum:"draft,under-review,returned,withdrawn,rejected,disputed,credited,revoked" doc:"状态，可有多个，以逗号分隔"`
	Stage      models.Stage         `query:"stage" maxLength:"48" doc:"审核环节"`
	Enterprise string               `query:"enterprise" maxLength:"40" doc:"企业的组织机构代码或统一社会信用代码"`
	Text       string               `query:"text" maxLength:"60" doc:"企业名称或代码的一部分"`
}

// RecordInput names the record that is asked for.
type RecordInput struct {
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
}

// RecordBody answers one record with its version as the entity tag.
type RecordBody struct {
	ETag string `header:"ETag"`
	Body RecordDetail
}

// RecordDetail is a record with its history.
type RecordDetail struct {
	Record  RecordView   `json:"record" doc:"记录"`
	Reviews []ReviewView `json:"reviews" doc:"历次审核与裁定，由早到晚"`
	// Missing are the categories that the policy asks for and the record lacks.
	Missing []Coded `json:"missing" doc:"政策要求而尚缺的材料类别"`
}

func registerRecord(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-records", Method: http.MethodGet, Path: "/records", Tags: []string{"记录"},
		Summary: "帮扶记录", Description: "由新到旧，只列查看范围内的记录。草稿只有申报人本人和其代理人看得到。",
	}, auth.RecordRead, ReachList), s.listRecords)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-record", Method: http.MethodGet, Path: "/records/{record}", Tags: []string{"记录"},
		Summary: "一条记录及其材料、审核经过",
	}, auth.RecordRead, ReachObject), s.getRecord)
	registerRecordDraft(api, s)
	registerRecordSubmit(api, s)
}

func (s *server) listRecords(ctx context.Context, input *RecordListInput) (*PageBody[RecordView], error) {
	who := principal(ctx)
	path, err := s.unitFilter(ctx, input.Unit)
	if err != nil {
		return nil, err
	}
	filter := store.RecordFilter{
		Plan: input.Plan, Cadre: input.Cadre, UnitPath: path, Kinds: input.Kinds, States: input.States,
		Stage: input.Stage, Enterprise: tidyKey(input.Enterprise), Text: input.Text,
	}
	if input.Mine {
		if who.Cadre == "" {
			return paged(store.Paged[store.Record]{}, func(store.Record) RecordView { return RecordView{} }), nil
		}
		filter.Cadre = who.Cadre
	}
	if !who.ActsFor(filter.Cadre) {
		filter.States = withoutDrafts(input.States)
	}
	records, err := s.Archive.Records(ctx, s.Policy.Reach(who, auth.RecordRead), filter, input.page())
	if err != nil {
		return nil, err
	}
	return s.showRecords(ctx, records)
}

// withoutDrafts keeps drafts to their authors and who stands in for them: nobody else works with what was
// never submitted.
func withoutDrafts(states []models.RecordState) []models.RecordState {
	if len(states) == 0 {
		states = models.RecordStates
	}
	kept := []models.RecordState{}
	for _, state := range states {
		if state != models.StateDraft {
			kept = append(kept, state)
		}
	}
	if len(kept) == 0 {
		// Only drafts were asked for: none of them is the caller's to see here.
		return []models.RecordState{"none"}
	}
	return kept
}

// visibleRecord reads a record within the caller's reach; a draft is for its
// author and who stands in for them alone.
func (s *server) visibleRecord(ctx context.Context, id models.RecordID) (store.Record, error) {
	who := principal(ctx)
	record, err := s.Archive.Record(ctx, s.Policy.Reach(who, auth.RecordRead), id)
	if err != nil {
		return store.Record{}, err
	}
	if record.State == models.StateDraft && !who.ActsFor(record.Obligation.Cadre) {
		return store.Record{}, store.ErrNotFound
	}
	return record, nil
}

func (s *server) getRecord(ctx context.Context, input *RecordInput) (*RecordBody, error) {
	record, err := s.visibleRecord(ctx, input.Record)
	if err != nil {
		return nil, err
	}
	return s.recordAnswer(ctx, record)
}

// recordAnswer shows one record in full.
func (s *server) recordAnswer(ctx context.Context, record store.Record) (*RecordBody, error) {
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.learn(ctx, names, person{id: record.Obligation.Cadre, unitPath: record.UnitPath}); err != nil {
		return nil, err
	}
	answer := &RecordBody{ETag: etag(record.Version)}
	answer.Body.Record = s.showRecord(record, names)
	for i, use := range record.Content.Evidence {
		// Whoever may read the record may know what is attached to it.
		described, err := s.Archive.Evidence(ctx, store.Everything(), use.Evidence)
		if err != nil {
			return nil, err
		}
		shown := &answer.Body.Record.Evidence[i]
		shown.FileName, shown.Size, shown.SHA256 = described.FileName, described.Size, described.SHA256
	}
	reviews, err := s.Archive.Reviews(ctx, store.Everything(), record.ID)
	if err != nil {
		return nil, err
	}
	if err := s.nameReviewers(ctx, names, reviews); err != nil {
		return nil, err
	}
	answer.Body.Reviews = list(reviews, func(review store.Review) ReviewView { return showReview(review, names) }).Body.Items
	if err := s.name(ctx, actorsOf(answer.Body.Reviews, (*ReviewView).actors)...); err != nil {
		return nil, err
	}
	answer.Body.Missing, err = s.missingEvidence(ctx, record, names)
	return answer, err
}

// missingEvidence compares what the obligation's policy asks with what is there.
func (s *server) missingEvidence(ctx context.Context, record store.Record, names *directory) ([]Coded, error) {
	missing := []Coded{}
	if !record.Editable() {
		return missing, nil
	}
	loaded, err := s.Archive.LoadObligation(ctx, record.Obligation)
	if err != nil {
		return nil, err
	}
	present := record.Content.Categories()
	for _, rule := range loaded.Rules.Goals {
		if rule.Kind != record.Content.Kind {
			continue
		}
		for _, category := range rule.EvidenceAsked {
			if !slices.Contains(present, category) {
				missing = append(missing, codedAs(category, names.glossary.evidence(category)))
			}
		}
	}
	return missing, nil
}

// tidyKey reads the organization code out of whatever code people typed; text
// that is no code stays as it is, so that a filter by it finds nothing.
func tidyKey(text string) models.EnterpriseKey {
	if text == "" {
		return ""
	}
	if _, key, err := models.ParseUnifiedCode(text); err == nil {
		return key
	}
	if key, _ := models.ParseOrganizationCode(text); key != "" {
		return key
	}
	if _, key, _ := models.ParseUnifiedCode(text); key != "" {
		return key
	}
	return models.EnterpriseKey(models.NormalName(text))
}
