package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// TimelineView is one event as people read it.
type TimelineView struct {
	Sequence int64             `json:"sequence" doc:"序号"`
	Kind     models.EventKind  `json:"kind" doc:"事件"`
	At       time.Time         `json:"at" doc:"时间"`
	Account  models.AccountID  `json:"account" doc:"办理账号；system 为系统自动"`
	Deputy   *DeputyView       `json:"deputy,omitempty" doc:"代理办理时，谁代理谁"`
	Record   models.RecordID   `json:"record,omitempty" doc:"记录"`
	Text     string            `json:"text" doc:"说明"`
	Remark   string            `json:"remark,omitempty" doc:"意见"`
	Reasons  map[string]string `json:"reasons,omitempty" doc:"逐项理由"`
	// Proposer and Approver are the two people of what a second one approved.
	Proposer *AccountRef `json:"proposer,omitempty" doc:"提出人；经第二人批准的事项才有"`
	Approver *AccountRef `json:"approver,omitempty" doc:"批准人；经第二人批准的事项才有"`
}

// EntryView is one entry of the chained log, as it is digested.
type EntryView struct {
	Sequence int64            `json:"sequence" doc:"序号，从 1 起无间断"`
	Kind     models.EventKind `json:"kind" doc:"事件"`
	At       time.Time        `json:"at" doc:"时间"`
	Actor    models.Actor     `json:"actor" doc:"办理人"`
	Command  models.CommandID `json:"command" doc:"事项"`
	// Payload and Words are texts, because the digests cover their bytes.
	Payload  string `json:"payload" doc:"事实，规范 JSON 原文"`
	Words    string `json:"words" doc:"文字，规范 JSON 原文"`
	Previous string `json:"previous" doc:"上一条的 SHA-256"`
	SHA256   string `json:"sha256" doc:"本条的 SHA-256"`
	SM3      string `json:"sm3" doc:"本条的 SM3"`
}

// TimelineInput names the timeline that is asked for.
type TimelineInput struct {
	Paging
	Obligation string             `path:"obligation" maxLength:"140" doc:"帮扶责任：计划.干部编号" example:"tianjin-2013.TJ-0001"`
	Kinds      []models.EventKind `query:"kind" doc:"事件，可有多个，以逗号分隔"`
	Oldest     bool               `query:"oldest" doc:"由早到晚排列"`
}

// VerdictBody answers with the verdict.
type VerdictBody struct {
	Body struct {
		Obligation string    `json:"obligation" doc:"帮扶责任"`
		Whole      bool      `json:"whole" doc:"链条是否完整"`
		Entries    int       `json:"entries" doc:"条数"`
		Head       string    `json:"head,omitempty" doc:"最后一条的 SHA-256"`
		CheckedAt  time.Time `json:"checkedAt" doc:"校验时间"`
		Sequence   int64     `json:"sequence,omitempty" doc:"断裂处的序号"`
		Fault      string    `json:"fault,omitempty" doc:"断裂的原因：gap、link、sha256、sm3"`
	}
}

func registerEvent(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "obligation-timeline", Method: http.MethodGet, Path: "/obligations/{obligation}/timeline", Tags: []string{"帮扶责任"},
		Summary: "办理经过", Description: "由新到旧，以文字说明。",
	}, auth.ObligationRead, ReachObject), s.timeline)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "obligation-events", Method: http.MethodGet, Path: "/obligations/{obligation}/events", Tags: []string{"档案"},
		Summary: "事件链", Description: "原样给出每条事件及其摘要，可离线校验。",
	}, auth.EventRead, ReachObject), s.events)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "verify-obligation-events", Method: http.MethodGet, Path: "/obligations/{obligation}/events/verdict", Tags: []string{"档案"},
		Summary: "校验事件链", Description: "重新计算 SHA-256 与 SM3，检查序号和链接。不显示内容。",
	}, auth.EventVerify, ReachObject), s.verifyEvents)
}

// entries lists the log of an obligation within the reach of the permission.
func (s *server) entries(ctx context.Context, input *TimelineInput, permission auth.Permission) (store.Paged[models.Entry], error) {
	id, err := models.ParseObligationID(input.Obligation)
	if err != nil {
		return store.Paged[models.Entry]{}, store.ErrNotFound
	}
	if _, err := s.Archive.Obligation(ctx, s.Policy.Reach(principal(ctx), permission), id, s.now()); err != nil {
		return store.Paged[models.Entry]{}, err
	}
	filter := store.EventFilter{Subject: id.Subject(), Newest: !input.Oldest, Kinds: input.Kinds}
	return s.Archive.Events(ctx, filter, input.page())
}

func (s *server) timeline(ctx context.Context, input *TimelineInput) (*PageBody[TimelineView], error) {
	entries, err := s.entries(ctx, input, auth.ObligationRead)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	acts := make([]models.Actor, len(entries.Items))
	for i, entry := range entries.Items {
		acts[i] = entry.Actor
	}
	if err := s.nameDeputies(ctx, names, acts); err != nil {
		return nil, err
	}
	views := store.Paged[TimelineView]{Next: entries.Next}
	var second []actor
	for _, entry := range entries.Items {
		view, err := showTimeline(entry, names)
		if err != nil {
			return nil, err
		}
		if entry.Actor.Proposer != "" {
			view.Proposer, view.Approver = &AccountRef{ID: entry.Actor.Proposer}, &AccountRef{ID: entry.Actor.Account}
			second = append(second, view.Proposer.actor(), view.Approver.actor())
		}
		views.Items = append(views.Items, view)
	}
	if err := s.name(ctx, second...); err != nil {
		return nil, err
	}
	return paged(views, func(view TimelineView) TimelineView { return view }), nil
}

func showTimeline(entry models.Entry, names *directory) (TimelineView, error) {
	event, err := entry.Event()
	if err != nil {
		return TimelineView{}, err
	}
	var words models.Words
	if err := json.Unmarshal([]byte(entry.Words), &words); err != nil {
		return TimelineView{}, fmt.Errorf("read the words of %s/%d: %w", entry.Subject, entry.Sequence, err)
	}
	return TimelineView{
		Sequence: entry.Sequence, Kind: entry.Kind, At: entry.At, Account: entry.Actor.Account,
		Deputy: names.deputy(entry.Actor.Account, entry.Actor.For),
		Record: recordOfEvent(entry.Payload), Text: names.glossary.event(event.Body, names.unitName),
		Remark: words.Text, Reasons: words.Fields,
	}, nil
}

// recordOfEvent reads the record that an event is about, if it is about one.
func recordOfEvent(payload string) models.RecordID {
	var about struct {
		Record models.RecordID `json:"record"`
	}
	if json.Unmarshal([]byte(payload), &about) != nil {
		return ""
	}
	return about.Record
}

func (s *server) events(ctx context.Context, input *TimelineInput) (*PageBody[EntryView], error) {
	entries, err := s.entries(ctx, input, auth.EventRead)
	if err != nil {
		return nil, err
	}
	return paged(entries, func(entry models.Entry) EntryView {
		return EntryView{
			Sequence: entry.Sequence, Kind: entry.Kind, At: entry.At, Actor: entry.Actor, Command: entry.Command,
			Payload: entry.Payload, Words: entry.Words, Previous: entry.Previous, SHA256: entry.SHA256, SM3: entry.SM3,
		}
	}), nil
}

func (s *server) verifyEvents(ctx context.Context, input *ObligationInput) (*VerdictBody, error) {
	id, err := models.ParseObligationID(input.Obligation)
	if err != nil {
		return nil, store.ErrNotFound
	}
	item, err := s.Archive.Obligation(ctx, s.Policy.Reach(principal(ctx), auth.EventVerify), id, s.now())
	if err != nil {
		return nil, err
	}
	entries, err := s.Archive.Entries(ctx, id.Subject())
	if err != nil {
		return nil, err
	}
	broken, err := s.Archive.Verify(ctx, id.Subject())
	if err != nil {
		return nil, err
	}
	var body VerdictBody
	body.Body.Obligation, body.Body.Entries, body.Body.CheckedAt = id.String(), len(entries), s.now()
	if len(entries) > 0 {
		body.Body.Head = entries[len(entries)-1].SHA256
	}
	switch {
	case broken != nil:
		body.Body.Sequence, body.Body.Fault = broken.Sequence, broken.Fault
	case int64(len(entries)) < item.Obligation.Sequence:
		// The snapshot knows more events than the log holds: cut short at its end.
		body.Body.Sequence, body.Body.Fault = int64(len(entries))+1, "gap"
	default:
		body.Body.Whole = true
	}
	return &body, nil
}
