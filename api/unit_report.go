package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// ReportForm is what a unit writes in its report. What bangfu knows already is
// not asked again.
type ReportForm struct {
	Measures    string `json:"measures" maxLength:"4000" doc:"主要做法；填报时必填"`
	Problems    string `json:"problems,omitempty" maxLength:"4000" doc:"存在问题"`
	NextSteps   string `json:"nextSteps,omitempty" maxLength:"4000" doc:"下一步打算"`
	Explanation string `json:"explanation,omitempty" maxLength:"4000" doc:"差异说明：与系统数据不一致之处"`
}

// UnitReportInput names one unit's report of a cycle.
type UnitReportInput struct {
	InspectionInput
	Unit models.UnitID `path:"unit" maxLength:"64" doc:"单位代码" example:"120101"`
}

// ReportListInput chooses reports.
type ReportListInput struct {
	Plan    models.PlanID `query:"plan" required:"true" maxLength:"64" doc:"计划" example:"tianjin-2013"`
	Quarter string        `query:"quarter" maxLength:"6" doc:"季度" example:"2013Q2"`
	Open    bool          `query:"open" doc:"只列未办结的"`
}

// UnitReportView is one unit's report as lists show it.
type UnitReportView struct {
	Inspection string     `json:"inspection" doc:"督查：计划.季度"`
	Quarter    Coded      `json:"quarter" doc:"季度"`
	Unit       UnitRef    `json:"unit" doc:"单位"`
	State      Coded      `json:"state" doc:"状态"`
	Due        *time.Time `json:"due,omitempty" doc:"截止时间"`
	// WorkdaysLeft is negative after the deadline.
	WorkdaysLeft    int              `json:"workdaysLeft" doc:"距截止的工作日数，负数为已超过"`
	Late            bool             `json:"late" doc:"是否迟报"`
	Ended           bool             `json:"ended" doc:"是否已办结：签报、无须报送或督查已进入下一步"`
	Version         int64            `json:"version" doc:"填报的文本版本，0 为未填报"`
	Digest          string           `json:"digest,omitempty" doc:"填报内容的 SHA-256，含文本和进展"`
	FiledBy         models.AccountID `json:"filedBy,omitempty" doc:"填报的账号"`
	FiledByName     string           `json:"filedByName,omitempty" doc:"填报人"`
	FiledAt         *time.Time       `json:"filedAt,omitempty" doc:"填报时间"`
	ConfirmedBy     models.AccountID `json:"confirmedBy,omitempty" doc:"签报的账号"`
	ConfirmedByName string           `json:"confirmedByName,omitempty" doc:"签报人"`
	ConfirmedAt     *time.Time       `json:"confirmedAt,omitempty" doc:"签报时间"`
	Sequence        int64            `json:"sequence" doc:"事件序号，即 ETag"`
}

func (v *UnitReportView) actors() []actor {
	return []actor{{v.FiledBy, &v.FiledByName}, {v.ConfirmedBy, &v.ConfirmedByName}}
}

// ReportTextView is one version of what the unit wrote.
type ReportTextView struct {
	// Version is the entity tag for the next save; 0 when nothing is saved.
	Version     int64            `json:"version" doc:"文本版本；保存时以其为 If-Match，未保存过为 0"`
	Form        ReportForm       `json:"form" doc:"内容"`
	Digest      string           `json:"digest,omitempty" doc:"SHA-256"`
	Account     models.AccountID `json:"account,omitempty" doc:"保存的账号"`
	AccountName string           `json:"accountName,omitempty" doc:"保存的人"`
	SavedAt     *time.Time       `json:"savedAt,omitempty" doc:"保存时间"`
}

func (v *ReportTextView) actors() []actor { return []actor{{v.Account, &v.AccountName}} }

// ReportFigureView is what bangfu knows of a unit at the cut-off.
type ReportFigureView struct {
	Kind     Coded `json:"kind" doc:"指标项"`
	Required int   `json:"required" doc:"应完成数"`
	Met      int   `json:"met" doc:"已完成数"`
	Credits  int   `json:"credits" doc:"已认定数"`
	Overdue  int   `json:"overdue" doc:"逾期数"`
}

// RemarkView is a word that went with a decision.
type RemarkView struct {
	At          time.Time        `json:"at" doc:"时间"`
	Account     models.AccountID `json:"account" doc:"账号"`
	AccountName string           `json:"accountName" doc:"姓名；系统自动办理的为系统"`
	Deputy      *DeputyView      `json:"deputy,omitempty" doc:"代理办理时，谁代理谁"`
	What        Coded            `json:"what" doc:"事项"`
	Text        string           `json:"text,omitempty" doc:"说明"`
}

func (v *RemarkView) actors() []actor { return []actor{{v.Account, &v.AccountName}} }

// ReportBody answers with one unit's report. The entity tag is that of the
// commands; the text is saved under its own version.
type ReportBody struct {
	ETag string `header:"ETag"`
	Body struct {
		Report       UnitReportView     `json:"report" doc:"报告"`
		Text         ReportTextView     `json:"text" doc:"最新保存的文本"`
		Filed        *ReportTextView    `json:"filed,omitempty" doc:"已填报的文本，待签和已签的以此为准"`
		Figures      []ReportFigureView `json:"figures" doc:"系统数据（截止时）"`
		Cadres       int                `json:"cadres" doc:"有责任的干部数"`
		Progress     ReportProgressView `json:"progress" doc:"随报告报送的任务进展；填报以后锁定，签报即一并确认"`
		Predecessors []UnitRef          `json:"predecessors" doc:"由本单位代为报送的已撤并单位"`
		History      []RemarkView       `json:"history" doc:"办理经过，由旧到新"`
		MayFile      bool               `json:"mayFile" doc:"本人可否填报"`
		MayConfirm   bool               `json:"mayConfirm" doc:"本人可否签报"`
		MayExtend    bool               `json:"mayExtend" doc:"本人可否准予延期"`
	}
}

// SaveReportInput saves the form; If-Match is the version of the text.
type SaveReportInput struct {
	Guarded
	UnitReportInput
	Body ReportForm
}

// SavedReportBody answers with the saved text and its version as entity tag.
type SavedReportBody struct {
	ETag string `header:"ETag"`
	Body ReportTextView
}

// FileReportInput hands the saved form to the unit's leader.
type FileReportInput struct {
	Keyed
	Guarded
	UnitReportInput
	Body struct {
		Version int64 `json:"version" minimum:"1" doc:"所见文本的版本"`
	}
}

// ConfirmReportInput signs what was filed.
type ConfirmReportInput struct {
	Keyed
	Guarded
	UnitReportInput
}

// SendBackReportInput gives the form back to the contact.
type SendBackReportInput struct {
	Keyed
	Guarded
	UnitReportInput
	Body struct {
		Remark string `json:"remark" minLength:"1" maxLength:"2000" doc:"退回的理由"`
	}
}

// ExtendReportInput gives one unit more time.
type ExtendReportInput struct {
	Keyed
	Guarded
	UnitReportInput
	Body struct {
		Due    models.Date `json:"due" format:"date" doc:"新的截止日，当日24时止" example:"2013-07-26"`
		Remark string      `json:"remark" minLength:"1" maxLength:"2000" doc:"延期的理由"`
	}
}

func registerUnitReport(api huma.API, s *server) {
	op := func(id, method, path, summary, description string, permission auth.Permission) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: method, Path: "/inspections/{inspection}/reports/{unit}" + path, Tags: []string{"自查报告"},
			Summary: summary, Description: description,
		}, permission, ReachObject)
	}
	const command = "须带 Idempotency-Key，以及报告的 ETag 作为 If-Match。"
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-unit-reports", Method: http.MethodGet, Path: "/unit-reports", Tags: []string{"自查报告"},
		Summary: "自查报告", Description: "查看范围内各单位的，最近的季度在前。",
	}, auth.InspectionRead, ReachList), s.listReports)
	huma.Register(api, op("get-unit-report", http.MethodGet, "", "一个单位的自查报告", "ETag 用于报告的各个事项；文本的保存以文本版本为 If-Match。",
		auth.InspectionRead), s.getReport)
	huma.Register(api, op("save-unit-report", http.MethodPut, "/text", "保存自查报告的文本",
		"If-Match 为所见文本的版本，未保存过为 \"0\"；他人已保存的答 412，不会被覆盖。答复的 ETag 为新的文本版本。", auth.ReportFile), s.saveReport)
	huma.Register(api, op("file-unit-report", http.MethodPost, "/file", "填报", "把所见版本的文本交单位领导签报。"+command, auth.ReportFile), s.fileReport)
	huma.Register(api, op("confirm-unit-report", http.MethodPost, "/confirm", "签报", "填报人不得签报。"+command, auth.ReportConfirm), s.confirmReport)
	huma.Register(api, op("send-back-unit-report", http.MethodPost, "/send-back", "退回联络员修改", command, auth.ReportConfirm), s.sendBackReport)
	huma.Register(api, op("extend-unit-report", http.MethodPost, "/extend", "准予延期报送", command, auth.InspectionManage), s.extendReport)
}

func showReport(report store.UnitReportItem, names *directory, now time.Time) UnitReportView {
	return UnitReportView{
		Inspection: report.ID.String(), Quarter: codedQuarter(report.ID.Quarter), Unit: names.unit(report.Unit),
		State: codedAs(report.State, report.State.Text()), Due: moment(report.Due), WorkdaysLeft: names.workdaysLeft(now, report.Due),
		Late: report.Late, Ended: report.Ended, Version: report.Version, Digest: report.Digest, FiledBy: report.FiledBy, FiledAt: moment(report.FiledAt),
		ConfirmedBy: report.ConfirmedBy, ConfirmedAt: moment(report.ConfirmedAt), Sequence: report.Sequence,
	}
}

func (s *server) listReports(ctx context.Context, input *ReportListInput) (*ListOf[UnitReportView], error) {
	quarter, err := quarterOf(input.Quarter, "query.quarter")
	if err != nil {
		return nil, err
	}
	reports, err := s.Archive.UnitReports(ctx, s.Policy.Reach(principal(ctx), auth.InspectionRead), store.UnitReportFilter{
		Plan: input.Plan, Quarter: quarter, Open: input.Open,
	})
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	body := list(reports, func(report store.UnitReportItem) UnitReportView { return showReport(report, names, now) })
	return body, s.name(ctx, actorsOf(body.Body.Items, (*UnitReportView).actors)...)
}

// reportAt reads the report that a path names, within the caller's reach.
func (s *server) reportAt(ctx context.Context, input UnitReportInput) (store.UnitReportItem, error) {
	id, err := inspection.ParseID(input.Inspection)
	if err != nil {
		return store.UnitReportItem{}, store.ErrNotFound
	}
	reports, err := s.Archive.UnitReports(ctx, s.Policy.Reach(principal(ctx), auth.InspectionRead), store.UnitReportFilter{
		Plan: id.Plan, Quarter: id.Quarter, Unit: input.Unit,
	})
	if err == nil && (len(reports) != 1 || input.Unit == "") {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.UnitReportItem{}, err
	}
	return reports[0], nil
}

func (s *server) getReport(ctx context.Context, input *UnitReportInput) (*ReportBody, error) {
	report, err := s.reportAt(ctx, *input)
	if err != nil {
		return nil, err
	}
	b, err := s.planBoard(ctx, report.ID.Plan)
	if err != nil {
		return nil, err
	}
	names := b.names
	body := &ReportBody{ETag: etag(report.Sequence)}
	body.Body.Report = showReport(report, names, s.now())
	if body.Body.Text, err = s.reportText(ctx, report, 0); err != nil {
		return nil, err
	}
	if report.Version > 0 {
		filed, err := s.reportText(ctx, report, report.Version)
		if err != nil {
			return nil, err
		}
		body.Body.Filed = &filed
	}
	if err := s.prefill(ctx, body, report, names); err != nil {
		return nil, err
	}
	if body.Body.Progress, err = s.progressWith(ctx, b, report); err != nil {
		return nil, err
	}
	who := principal(ctx)
	may := func(permission auth.Permission) bool {
		return !report.Ended && s.Policy.May(who, permission, report.UnitPath)
	}
	body.Body.MayFile, body.Body.MayExtend = may(auth.ReportFile), may(auth.InspectionManage)
	if body.Body.MayConfirm, err = s.mayConfirm(ctx, report); err != nil {
		return nil, err
	}
	if body.Body.History, err = s.remarks(ctx, report.ID.ReportSubject(report.Unit), names); err != nil {
		return nil, err
	}
	return body, s.name(ctx, body.actors()...)
}

// mayConfirm: whoever confirms is another person than who filed, by another right.
func (s *server) mayConfirm(ctx context.Context, report store.UnitReportItem) (bool, error) {
	right := s.rightOver(ctx, auth.ReportConfirm, report.UnitPath)
	if !right.may || report.Ended || report.State != inspection.ReportFiled {
		return false, nil
	}
	aggregate, err := s.Archive.InspectionSubject(ctx, report.ID.ReportSubject(report.Unit))
	if err != nil {
		return false, err
	}
	filed, is := aggregate.(*inspection.UnitReport)
	return is && !principal(ctx).ActorFor(right.behalf).Repeats(filed.FiledBy, filed.FiledRight), nil
}

func (b *ReportBody) actors() []actor {
	all := append(actorsOf(b.Body.History, (*RemarkView).actors), b.Body.Report.actors()...)
	all = append(all, b.Body.Text.actors()...)
	if b.Body.Filed != nil {
		all = append(all, b.Body.Filed.actors()...)
	}
	return all
}

// prefill puts in what bangfu knows, so that nobody is asked for it.
func (s *server) prefill(ctx context.Context, body *ReportBody, report store.UnitReportItem, names *directory) error {
	figures, err := s.Archive.SnapshotFigures(ctx, report.ID)
	if err != nil {
		return err
	}
	body.Body.Figures, body.Body.Predecessors = []ReportFigureView{}, []UnitRef{}
	for _, unit := range figures {
		if unit.Unit != report.Unit {
			continue
		}
		body.Body.Cadres = unit.Cadres
		for _, kind := range models.Kinds {
			goal := unit.Goals[kind]
			body.Body.Figures = append(body.Body.Figures, ReportFigureView{
				Kind: codedAs(kind, kindTexts[kind]), Required: goal.Required, Met: goal.Met, Credits: goal.Credits, Overdue: goal.Overdue,
			})
		}
		for _, former := range unit.Predecessors {
			body.Body.Predecessors = append(body.Body.Predecessors, names.unit(former))
		}
	}
	return nil
}

// reportText reads a version of the text, the latest for 0. A unit that saved
// nothing yet has an empty form of version 0.
func (s *server) reportText(ctx context.Context, report store.UnitReportItem, version int64) (ReportTextView, error) {
	text, err := s.Archive.UnitReportText(ctx, report.ID, report.Unit, version)
	if errors.Is(err, store.ErrNotFound) && version == 0 {
		return ReportTextView{}, nil
	}
	if err != nil {
		return ReportTextView{}, err
	}
	return showReportText(text)
}

func showReportText(text store.UnitReportText) (ReportTextView, error) {
	view := ReportTextView{Version: text.Version, Digest: text.Digest, Account: text.Account, SavedAt: moment(text.SavedAt)}
	if err := json.Unmarshal([]byte(text.Content), &view.Form); err != nil {
		return view, fmt.Errorf("read version %d of a report: %w", text.Version, err)
	}
	return view, nil
}

// remarks are the words that went with the decisions on a subject.
func (s *server) remarks(ctx context.Context, subject string, names *directory) ([]RemarkView, error) {
	entries, err := s.Archive.Entries(ctx, subject)
	if err != nil {
		return nil, err
	}
	acts := make([]models.Actor, len(entries))
	for i, entry := range entries {
		acts[i] = entry.Actor
	}
	if err := s.nameDeputies(ctx, names, acts); err != nil {
		return nil, err
	}
	views := make([]RemarkView, len(entries))
	for i, entry := range entries {
		var words models.Words
		if err := json.Unmarshal([]byte(entry.Words), &words); err != nil {
			return nil, fmt.Errorf("read the words of %s/%d: %w", subject, entry.Sequence, err)
		}
		views[i] = RemarkView{
			At: entry.At, Account: entry.Actor.Account, Deputy: names.deputy(entry.Actor.Account, entry.Actor.For),
			What: codedAs(entry.Kind, inspectionEventTexts[entry.Kind]), Text: words.Text,
		}
	}
	return views, nil
}
