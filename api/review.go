package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// ReviewView is one decision on a record.
type ReviewView struct {
	Sequence int64            `json:"sequence" doc:"事件序号"`
	Round    int              `json:"round" doc:"第几轮"`
	Stage    *Coded           `json:"stage,omitempty" doc:"环节；裁定与撤销没有环节"`
	Action   Coded            `json:"action" doc:"决定"`
	Account  models.AccountID `json:"account" doc:"办理账号"`
	// AccountName is empty only where an account has no name.
	AccountName string            `json:"accountName,omitempty" doc:"办理人"`
	Deputy      *DeputyView       `json:"deputy,omitempty" doc:"代理办理时，谁代理谁"`
	At          time.Time         `json:"at" doc:"时间"`
	Remark      string            `json:"remark,omitempty" doc:"意见"`
	Reasons     map[string]string `json:"reasons,omitempty" doc:"逐项理由，键为字段名"`
}

func (v *ReviewView) actors() []actor { return []actor{{v.Account, &v.AccountName}} }

var reviewTexts = map[models.EventKind]string{
	models.EventRecordAccepted: "通过", models.EventRecordReturned: "退回整改", models.EventRecordRejected: "不予认定",
	models.EventDisputeUpheld: "异议成立", models.EventDisputeDismissed: "异议不成立",
	models.EventRecordYielded: "让出企业", models.EventCreditRevoked: "撤销认定",
}

func showReview(review store.Review, names *directory) ReviewView {
	view := ReviewView{
		Sequence: review.Sequence, Round: review.Round, Action: codedAs(review.Action, reviewTexts[review.Action]),
		Account: review.Account, At: review.At, Remark: review.Words.Text, Reasons: review.Words.Fields,
		Deputy: names.deputy(review.Account, review.For),
	}
	if review.Stage != "" {
		stage := codedAs(review.Stage, names.glossary.stage(review.Stage))
		view.Stage = &stage
	}
	return view
}

// reviewPermissions says which permission a stage asks of its reviewers.
var reviewPermissions = map[models.Stage]auth.Permission{
	models.StageDistrictScience:      auth.ReviewDistrictScience,
	models.StageDistrictOrganization: auth.ReviewDistrictOrganization,
	models.StageCityScience:          auth.ReviewCityScience,
}

// QueueInput names the queue that is asked for.
type QueueInput struct {
	Paging
	Plan      models.PlanID `query:"plan" maxLength:"64" doc:"计划"`
	Stage     models.Stage  `query:"stage" enum:"district-science,district-organization,city-science" doc:"只列此环节"`
	Kinds     []models.Kind `query:"kind" enum:"introduce,found,transform" doc:"指标项，可有多个，以逗号分隔"`
	DueBefore time.Time     `query:"dueBefore" doc:"只列应在此时间前办结的" example:"2013-09-30T16:00:00Z"`
	Text      string        `query:"text" maxLength:"60" doc:"企业名称或代码的一部分"`
}

// DecideInput is the request to decide.
type DecideInput struct {
	Keyed
	Guarded
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
	Body   struct {
		Remark string `json:"remark,omitempty" maxLength:"2000" doc:"意见"`
	}
}

// RejectInput is the request to reject.
type RejectInput struct {
	Keyed
	Guarded
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
	Body   struct {
		Remark string `json:"remark" minLength:"1" maxLength:"2000" doc:"不予认定的理由"`
	}
}

// ReturnInput is the request to return.
type ReturnInput struct {
	Keyed
	Guarded
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
	Body   struct {
		Remark  string            `json:"remark,omitempty" maxLength:"2000" doc:"总的意见"`
		Reasons map[string]string `json:"reasons" doc:"逐项理由，键为字段名（如 enterpriseName、evidence.licence）"`
	}
}

func registerReview(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "review-queue", Method: http.MethodGet, Path: "/reviews/queue", Tags: []string{"审核"},
		Summary: "待审核的记录", Description: "本人有权审核的环节与单位，应先办结的在前；须回避的不列出。",
	}, auth.RecordRead, ReachList), s.reviewQueue)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-reviews", Method: http.MethodGet, Path: "/records/{record}/reviews", Tags: []string{"审核"},
		Summary: "一条记录的审核经过",
	}, auth.RecordRead, ReachObject), s.listReviews)
	registerHint(api, s)
	decide := func(id, path, summary, description string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: path, Tags: []string{"审核"}, Summary: summary,
			Description: description + "须有记录所处环节在该单位的审核权限，否则答 403。",
		}, auth.RecordRead, ReachObject)
	}
	huma.Register(api, decide("accept-record", "/records/{record}/accept", "通过", "通过本环节；最后一个环节通过即为认定。"), s.acceptRecord)
	huma.Register(api, decide("return-record", "/records/{record}/return", "退回整改", "逐项写明理由，整改期限按政策的工作日计算。"), s.returnRecord)
	huma.Register(api, decide("reject-record", "/records/{record}/reject", "不予认定", "写明理由，不可撤回。"), s.rejectRecord)
}

// seats are the stages at which the caller acts, each with its units.
func (s *server) seats(who auth.Principal, only models.Stage) []store.Seat {
	var seats []store.Seat
	for _, stage := range slices.Sorted(maps.Keys(reviewPermissions)) {
		if only != "" && only != stage {
			continue
		}
		reach := s.Policy.Reach(who, reviewPermissions[stage])
		if reach.All {
			seats = append(seats, store.Seat{Stage: stage, Path: "/"})
		}
		for _, path := range reach.Paths {
			seats = append(seats, store.Seat{Stage: stage, Path: path})
		}
	}
	return seats
}

func (s *server) reviewQueue(ctx context.Context, input *QueueInput) (*PageBody[RecordView], error) {
	who := principal(ctx)
	filter := store.QueueFilter{
		Plan: input.Plan, Kinds: input.Kinds, Seats: s.seats(who, input.Stage), Without: who.SubstituteFor,
		DueBefore: input.DueBefore, Text: input.Text,
	}
	if len(filter.Seats) == 0 {
		return nil, forbidden("您没有审核环节。")
	}
	if who.Cadre != "" {
		filter.Without = append(slices.Clone(filter.Without), who.Cadre)
	}
	records, err := s.Archive.ReviewQueue(ctx, s.Policy.Reach(who, auth.RecordRead), filter, input.page())
	if err != nil {
		return nil, err
	}
	return s.showRecords(ctx, records)
}

func (s *server) listReviews(ctx context.Context, input *RecordInput) (*ListOf[ReviewView], error) {
	record, err := s.visibleRecord(ctx, input.Record)
	if err != nil {
		return nil, err
	}
	reviews, err := s.Archive.Reviews(ctx, s.Policy.Reach(principal(ctx), auth.RecordRead), record.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.nameReviewers(ctx, names, reviews); err != nil {
		return nil, err
	}
	body := list(reviews, func(review store.Review) ReviewView { return showReview(review, names) })
	return body, s.name(ctx, actorsOf(body.Body.Items, (*ReviewView).actors)...)
}

// decision is everything that a reviewer's command is composed of.
type decision struct {
	record store.Record
	// behalf is the cadre by whose right a deputy decides; empty for one's own.
	behalf   models.CadreID
	rules    models.Rules
	calendar models.Calendar
	now      time.Time
}

// accept composes the command; the next stage's deadline counts working days
// from today.
func (d decision) accept() models.Accept {
	body := models.Accept{Record: d.record.ID, Stage: d.record.Stage}
	if next, more := d.rules.StageAfter(d.record.Stage); more {
		body.ReviewDue = d.calendar.Deadline(d.now, d.rules.StageWorkingDays(next))
	}
	return body
}

// giveBack composes the return with the names of the fields alone: the reasons
// stay in the archive.
func (d decision) giveBack(reasons map[string]string) models.Return {
	return models.Return{
		Record: d.record.ID, Stage: d.record.Stage, Fields: slices.Sorted(maps.Keys(reasons)),
		CorrectionDue: d.calendar.Deadline(d.now, d.rules.CorrectionWorkingDays),
	}
}

// decide gives a reviewer's command about a record.
func (s *server) decide(ctx context.Context, o order, guard conditional, id models.RecordID, words models.Words,
	compose func(decision) models.CommandBody,
) (*ReceiptOutput, error) {
	answer, err := s.command(ctx, principal(ctx), o, func(ctx context.Context) (prepared, error) {
		made, err := s.reviewable(ctx, guard, id)
		if err != nil {
			return prepared{}, err
		}
		return prepared{
			Obligation: made.record.Obligation, Body: compose(made), Words: words, Seen: models.Seen{Record: made.record.Version},
			For: made.behalf,
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return s.receipt(ctx, answer, id)
}

// reviewable reads a record that the caller may decide on now, at the version
// that they saw. The rules decide again: this is for a clear answer.
func (s *server) reviewable(ctx context.Context, guard conditional, id models.RecordID) (decision, error) {
	who := principal(ctx)
	record, err := s.visibleRecord(ctx, id)
	if err != nil {
		return decision{}, err
	}
	if who.ActsFor(record.Obligation.Cadre) {
		return decision{}, models.Refuse(models.RefusedOwnClaim, "record", string(id))
	}
	if len(s.seats(who, "")) == 0 {
		return decision{}, forbidden("您没有审核权限。")
	}
	if err := unchanged(guard, record); err != nil {
		return decision{}, err
	}
	if record.State != models.StateUnderReview {
		return decision{}, models.Refuse(models.RefusedRecordState, "record", string(id), "state", string(record.State))
	}
	permission, known := reviewPermissions[record.Stage]
	behalf, may := s.Policy.Behalf(who, permission, record.UnitPath, "")
	if !known || !may {
		return decision{}, forbidden("该记录正由" + stageTexts[record.Stage] + "办理，您没有此环节在该单位的审核权限。")
	}
	loaded, err := s.Archive.LoadObligation(ctx, record.Obligation)
	if err != nil {
		return decision{}, err
	}
	calendar, err := s.Archive.Calendar(ctx)
	return decision{record: record, behalf: behalf, rules: loaded.Rules, calendar: calendar, now: s.now()}, err
}

// decisionContent is what a repeated request is told by.
type decisionContent struct {
	Record models.RecordID `json:"record"`
	Words  models.Words    `json:"words"`
}

func (s *server) acceptRecord(ctx context.Context, input *DecideInput) (*ReceiptOutput, error) {
	words := models.Words{Text: strings.TrimSpace(input.Body.Remark)}
	o := order{Key: input.Key, Kind: models.CommandAccept, Content: decisionContent{input.Record, words}}
	return s.decide(ctx, o, input.Guarded, input.Record, words, func(d decision) models.CommandBody { return d.accept() })
}

func (s *server) rejectRecord(ctx context.Context, input *RejectInput) (*ReceiptOutput, error) {
	words := models.Words{Text: strings.TrimSpace(input.Body.Remark)}
	if words.Text == "" || !plain(words.Text) {
		return nil, models.Refuse(models.RefusedNoReasons)
	}
	o := order{Key: input.Key, Kind: models.CommandReject, Content: decisionContent{input.Record, words}}
	return s.decide(ctx, o, input.Guarded, input.Record, words, func(d decision) models.CommandBody {
		return models.Reject{Record: d.record.ID, Stage: d.record.Stage}
	})
}

func (s *server) returnRecord(ctx context.Context, input *ReturnInput) (*ReceiptOutput, error) {
	words := models.Words{Text: strings.TrimSpace(input.Body.Remark), Fields: map[string]string{}}
	for field, reason := range input.Body.Reasons {
		reason = strings.TrimSpace(reason)
		switch {
		case !reviewedField(field):
			return nil, invalid("body.reasons."+shownField(field), "没有这个字段")
		case reason == "" || len([]rune(reason)) > 1000 || !plain(reason):
			return nil, invalid("body.reasons."+field, "请写明理由，至多 1000 字")
		}
		words.Fields[field] = reason
	}
	if len(words.Fields) == 0 {
		return nil, models.Refuse(models.RefusedNoReasons)
	}
	o := order{Key: input.Key, Kind: models.CommandReturn, Content: decisionContent{input.Record, words}}
	return s.decide(ctx, o, input.Guarded, input.Record, words, func(d decision) models.CommandBody {
		return d.giveBack(words.Fields)
	})
}

// reviewedField reports whether a reason may be given for the field: one of
// the form, the evidence as a whole, or one category of it.
func reviewedField(field string) bool {
	if category, ofEvidence := strings.CutPrefix(field, "evidence."); ofEvidence {
		_, known := evidenceTexts[models.EvidenceCategory(category)]
		return known
	}
	return slices.Contains([]string{
		"kind", "enterprise", "enterpriseName", "occurredOn", "established", "address",
		"legalPerson", "phone", "summary", "result", "evidence",
	}, field)
}

// shownField keeps a senseless field name short.
func shownField(field string) string {
	if letters := []rune(field); len(letters) > 40 {
		return string(letters[:40]) + "…"
	}
	return field
}
