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

// NoticeView is one message to the caller.
type NoticeView struct {
	ID   string `json:"id" doc:"通知编号"`
	Code string `json:"code" doc:"事由代码"`
	Text string `json:"text" doc:"通知内容"`
	// Subject is what the notice is about; Obligation and Cadre are absent when that
	// is a cycle, a report or a finding. With a sample, Record is the sampled credit.
	Subject    string          `json:"subject" doc:"通知所关的事项，如 obligation/…、inspection/…、unit-report/…、sample/…、finding/…"`
	Obligation string          `json:"obligation,omitempty" doc:"帮扶责任；督查季度、自查报告和问题的通知没有"`
	Cadre      CadreRef        `json:"cadre" doc:"干部"`
	Record     models.RecordID `json:"record,omitempty" doc:"记录"`
	Kinds      []Coded         `json:"kinds,omitempty" doc:"指标项"`
	At         time.Time       `json:"at" doc:"时间"`
	Read       bool            `json:"read" doc:"是否已读"`
}

// NoticeListInput is the query of the list of notice entries.
type NoticeListInput struct {
	Paging
	Unread bool `query:"unread" doc:"只列未读的"`
}

// NoticeCountBody answers with the notice count.
type NoticeCountBody struct {
	Body struct {
		Unread int64 `json:"unread" doc:"未读数"`
	}
}

// MarkReadInput is the request to mark read.
type MarkReadInput struct {
	Body struct {
		Notices []string `json:"notices,omitempty" maxItems:"200" doc:"通知编号；不填即为此刻以前的全部"`
	}
}

func registerNotice(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-notices", Method: http.MethodGet, Path: "/notices", Tags: []string{"通知"},
		Summary: "本人的通知", Description: "由新到旧。收件人按阅读时的职务确定。",
	}, auth.SignedIn, ReachSelf), s.listNotices)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "count-notices", Method: http.MethodGet, Path: "/notices/counts", Tags: []string{"通知"},
		Summary: "本人的未读通知数",
	}, auth.SignedIn, ReachSelf), s.countNotices)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "read-notices", Method: http.MethodPost, Path: "/notices/read", Tags: []string{"通知"},
		Summary: "标为已读", DefaultStatus: http.StatusNoContent,
	}, auth.SignedIn, ReachSelf), s.readNotices)
}

// interests are the parts of the notices that are for the caller: their own,
// and those for whoever holds their offices now.
func (s *server) interests(who auth.Principal) []store.Interest {
	var interests []store.Interest
	for _, cadre := range append([]models.CadreID{who.Cadre}, who.SubstituteFor...) {
		if cadre != "" {
			interests = append(interests, store.Interest{Audience: models.ToClaimant, Cadre: cadre})
		}
	}
	for _, seat := range s.seats(who, "") {
		interests = append(interests, store.Interest{Audience: models.ToReviewers, Stage: seat.Stage, Path: seat.Path})
	}
	offices := []struct {
		audience   models.Audience
		permission auth.Permission
	}{
		{models.ToOrganization, auth.ObligationSuspend},
		{models.ToAdjudicators, auth.DisputeAdjudicate},
		{models.ToContacts, auth.ReportFile},
		{models.ToLeaders, auth.ReportConfirm},
		{models.ToInspectors, auth.InspectionManage},
		{models.ToSigners, auth.BulletinSign},
	}
	for _, office := range offices {
		reach := s.Policy.Reach(who, office.permission)
		paths := slices.Clone(reach.Paths)
		if reach.All {
			paths = append(paths, "/")
		}
		for _, path := range paths {
			interests = append(interests, store.Interest{Audience: office.audience, Path: path})
		}
	}
	return interests
}

func (s *server) noticeFilter(ctx context.Context, unread bool) store.NoticeFilter {
	who := principal(ctx)
	return store.NoticeFilter{Account: who.Account, Interests: s.interests(who), Unread: unread}
}

func (s *server) listNotices(ctx context.Context, input *NoticeListInput) (*PageBody[NoticeView], error) {
	notices, err := s.Archive.Notices(ctx, s.noticeFilter(ctx, input.Unread), input.page())
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	people := make([]person, len(notices.Items))
	for i, notice := range notices.Items {
		people[i] = person{id: notice.Obligation.Cadre, unitPath: notice.UnitPath}
	}
	if err := s.learn(ctx, names, people...); err != nil {
		return nil, err
	}
	hearings, err := s.Archive.HearingEnds(ctx, notices.Items)
	if err != nil {
		return nil, err
	}
	return paged(notices, func(notice store.Notice) NoticeView { return showNotice(notice, hearings[notice.ID], names) }), nil
}

// showNotice puts a notice into words. heardUntil is when the hearing ends of which
// it tells, if it tells of one.
func showNotice(notice store.Notice, heardUntil time.Time, names *directory) NoticeView {
	view := NoticeView{
		ID: notice.ID, Code: string(notice.Code), Text: names.glossary.notice(notice.Notice, heardUntil),
		Subject: notice.Subject, Cadre: names.cadre(notice.Obligation.Cadre),
		Record: notice.Record, At: notice.At, Read: notice.Read,
	}
	if notice.Obligation.Cadre != "" {
		view.Obligation = notice.Obligation.String()
	}
	for _, kind := range notice.Kinds {
		view.Kinds = append(view.Kinds, codedAs(kind, kindTexts[kind]))
	}
	return view
}

func (s *server) countNotices(ctx context.Context, _ *struct{}) (*NoticeCountBody, error) {
	unread, err := s.Archive.UnreadNotices(ctx, s.noticeFilter(ctx, true))
	var body NoticeCountBody
	body.Body.Unread = unread
	return &body, err
}

func (s *server) readNotices(ctx context.Context, input *MarkReadInput) (*struct{}, error) {
	return nil, s.Archive.MarkRead(ctx, s.noticeFilter(ctx, true), input.Body.Notices, s.now())
}
