package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// BulletinCommandInput is a command without a body on a bulletin.
type BulletinCommandInput struct {
	Keyed
	Guarded
	BulletinPath
}

// EditSection is one chapter of an edited text.
type EditSection struct {
	Code       inspection.SectionCode `json:"code" maxLength:"32" doc:"部分" example:"overall"`
	Paragraphs []string               `json:"paragraphs" maxItems:"1000" doc:"各段，数据写作 {{f12}} 或者 {{f12|36个}}"`
}

// EditBulletinInput is the request to put another text.
type EditBulletinInput struct {
	Keyed
	Guarded
	BulletinPath
	Body struct {
		Sections []EditSection `json:"sections" maxItems:"20" doc:"全部各部分，依原来的次序"`
	}
}

// CommentInput is what a unit says to a draft.
type CommentInput struct {
	Keyed
	BulletinPath
	Body struct {
		Unit models.UnitID `json:"unit" minLength:"1" maxLength:"64" doc:"提出意见的单位" example:"120101"`
		Text string        `json:"text" minLength:"1" maxLength:"2000" doc:"意见"`
	}
}

// SignInput is the request to sign.
type SignInput struct {
	Keyed
	BulletinPath
	Body struct {
		Digest string `json:"digest" minLength:"64" maxLength:"64" pattern:"^[0-9a-f]*$" doc:"所见文本的 SHA-256，即 digest"`
	}
}

// RecallInput is the request to take a text back.
type RecallInput struct {
	Keyed
	Guarded
	BulletinPath
	Body struct {
		Remark string `json:"remark" minLength:"1" maxLength:"2000" doc:"收回的理由"`
	}
}

// CorrectionInput is the request to correct the bulletin that was issued last.
type CorrectionInput struct {
	Keyed
	Guarded
	InspectionInput
	Body struct {
		Remark string `json:"remark" minLength:"1" maxLength:"2000" doc:"更正的理由"`
	}
}

func registerBulletinText(api huma.API, s *server) {
	act := func(id, path, summary, description string, permission auth.Permission) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: "/bulletins/{inspection}/{ordinal}/" + path, Tags: []string{bulletinTag},
			Summary: summary, Description: "须带 Idempotency-Key。" + description,
		}, permission, ReachObject)
	}
	const guarded = "以督查的 ETag 作为 If-Match。"
	huma.Register(api, act("redraft-bulletin", "redraft", "重新取数", "文字保留，数据按现在已签报的重新读取；未写到的句子在通报的 untold 中给出。"+guarded, auth.InspectionManage), s.redraftBulletin)
	edit := act("edit-bulletin", "text", "修改正文", "以文本的版本（version）作为 If-Match。只改文字；数据只能移动，列为必留的不得删去；全部问题一次指出。", auth.InspectionManage)
	edit.Method = http.MethodPut
	huma.Register(api, edit, s.editBulletin)
	huma.Register(api, act("open-bulletin-comments", "open-comments", "征求意见", "按规定的工作日数计算截止时间，通知各被督查单位。"+guarded, auth.InspectionManage), s.openComments)
	huma.Register(api, act("comment-bulletin", "comments", "提出意见", "单位可以多次提出；不须 If-Match，他人同时提出互不影响。", auth.BulletinComment), s.commentBulletin)
	huma.Register(api, act("close-bulletin-comments", "close-comments", "结束征求意见", guarded, auth.InspectionManage), s.closeComments)
	huma.Register(api, act("ask-bulletin-signatures", "ask-signatures", "送签", "文本不再修改；被督查单位的自查报告就此截止。"+guarded, auth.InspectionManage), s.askSignatures)
	huma.Register(api, act("sign-bulletin", "sign", "会签", "写明所见文本的摘要；最后一人会签时编号印发。", auth.BulletinSign), s.signBulletin)
	huma.Register(api, act("recall-bulletin", "recall", "收回修改", "会签作废，须写明理由。"+guarded, auth.InspectionManage), s.recallBulletin)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "correct-bulletin", Method: http.MethodPost, Path: "/inspections/{inspection}/corrections", Tags: []string{bulletinTag},
		Summary:     "更正已印发的通报",
		Description: "须带 Idempotency-Key，以督查的 ETag 作为 If-Match。已印发的不作改动；更正是新的一份，另行编号，附更正对照表。",
	}, auth.InspectionManage, ReachObject), s.correctBulletin)
}

// onBulletin is a command to the cycle of a bulletin.
type onBulletin struct {
	key     string
	path    BulletinPath
	kind    inspection.CommandBody
	content any
	words   string
	at      string
	need    bool
	// right says by whose right the caller gives it, and refuses who has none.
	right func(context.Context, *bulletinCase) (models.CadreID, error)
	// make checks and makes the body.
	make func(context.Context, *bulletinCase) (inspection.CommandBody, error)
	// guard is nil for commands that are guarded otherwise.
	guard *Guarded
}

// bulletinContent is what was asked of a bulletin: a repeated request is known by
// it, whether or not the bulletin existed when it was first sent.
type bulletinContent struct {
	Inspection string `json:"inspection"`
	Ordinal    int    `json:"ordinal"`
	Content    any    `json:"content,omitempty"`
}

// bulletinCommand gives a command on a bulletin that the caller may see.
func (s *server) bulletinCommand(ctx context.Context, c onBulletin) (*OrderedOutput, error) {
	content := bulletinContent{c.path.Inspection, c.path.Ordinal, c.content}
	return s.inspect(ctx, inspectionCommand{
		Key: c.key, Kind: c.kind.CommandKind(), Content: content, Words: c.words, At: c.at, NeedWords: c.need,
		Prepare: func(ctx context.Context) (inspectionOrder, error) { return s.bulletinOrder(ctx, c) },
	})
}

// bulletinOrder prepares a command on the bulletin that is being worked on.
func (s *server) bulletinOrder(ctx context.Context, c onBulletin) (inspectionOrder, error) {
	b, err := s.bulletinAt(ctx, c.path)
	if err != nil {
		return inspectionOrder{}, err
	}
	order := inspectionOrder{subject: b.cycle.ID.Subject()}
	if c.guard != nil {
		if order.seen, err = c.guard.seen(); err != nil {
			return order, err
		}
	}
	if !b.current() {
		return order, models.Refuse(inspection.RefusedBulletin, "stage", string(b.state.Stage))
	}
	if order.behalf, err = c.right(ctx, b); err != nil {
		return order, err
	}
	order.body, err = c.make(ctx, b)
	return order, err
}

// byManager is the right of those who manage the whole cycle.
func byManager(_ context.Context, b *bulletinCase) (models.CadreID, error) {
	if !b.managing.may {
		return "", forbidden("通报涉及全部被督查单位，须由负责全市督查的人员办理。")
	}
	return b.managing.behalf, nil
}

// atStage refuses before anything is written for a command that cannot be taken.
func (b *bulletinCase) atStage(stage inspection.BulletinStage) error {
	if b.state.Stage != stage {
		return models.Refuse(inspection.RefusedBulletin, "stage", string(b.state.Stage))
	}
	return nil
}

// redraftBulletin writes the text from the figures as they are now. Whether it is
// the first one is asked when the command is prepared: one that is sent again after
// it took effect is answered as it was, whatever the cycle has come to.
func (s *server) redraftBulletin(ctx context.Context, input *BulletinCommandInput) (*OrderedOutput, error) {
	redraft := onBulletin{path: input.BulletinPath, guard: &input.Guarded, right: byManager}
	redraft.make = func(ctx context.Context, b *bulletinCase) (inspection.CommandBody, error) {
		// It is asked here, before anything is written.
		if _, err := input.seenOf(b.cycle.Sequence); err != nil {
			return nil, err
		}
		if err := b.atStage(inspection.BulletinDrafting); err != nil {
			return nil, err
		}
		text, err := s.Archive.RedraftBulletin(ctx, b.key(), principal(ctx).Account, s.now())
		return inspection.DraftBulletin{Digest: text.Digest}, err
	}
	return s.inspect(ctx, inspectionCommand{
		Key: input.Key, Kind: inspection.DraftBulletin{}.CommandKind(),
		Content: bulletinContent{Inspection: input.Inspection, Ordinal: input.Ordinal},
		Prepare: func(ctx context.Context) (inspectionOrder, error) {
			cycle, err := s.cycleAt(ctx, input.Inspection)
			switch {
			case err != nil:
				return inspectionOrder{}, err
			case input.Ordinal == 1 && len(cycle.Bulletins) == 0 && cycle.Stage == inspection.StageReporting:
				return s.earlyOrder(ctx, input)
			}
			return s.bulletinOrder(ctx, redraft)
		},
	})
}

// earlyOrder prepares the first draft before every report is in: the inspector
// need not wait for the day on which the cycle drafts by itself.
func (s *server) earlyOrder(ctx context.Context, input *BulletinCommandInput) (inspectionOrder, error) {
	return s.overCycle(ctx, input.Inspection, input.Guarded, func(cycle *inspection.Inspection) (inspection.CommandBody, error) {
		text, err := s.Archive.DraftBulletin(ctx, cycle.ID, 1, principal(ctx).Account, s.now())
		return inspection.DraftBulletin{Digest: text.Digest}, err
	})
}

func (s *server) editBulletin(ctx context.Context, input *EditBulletinInput) (*OrderedOutput, error) {
	sections := make([]inspection.Section, len(input.Body.Sections))
	for i, section := range input.Body.Sections {
		sections[i] = inspection.Section(section)
	}
	return s.bulletinCommand(ctx, onBulletin{
		key: input.Key, path: input.BulletinPath, kind: inspection.EditBulletin{}, content: sections,
		right: byManager,
		make: func(ctx context.Context, b *bulletinCase) (inspection.CommandBody, error) {
			version, err := input.seen()
			if err != nil {
				return nil, err
			}
			if err := b.atStage(inspection.BulletinDrafting); err != nil {
				return nil, err
			}
			if version != b.state.Version {
				return nil, stale(problem.Code(inspection.RefusedBulletinStale), version, b.state.Version)
			}
			text, err := s.Archive.EditBulletin(ctx, b.key(), sections, principal(ctx).Account, s.now())
			return inspection.EditBulletin{Version: version, Digest: text.Digest}, faultsOf(err)
		},
	})
}

// faultsOf tells everything that is wrong with an edited text, each at its place.
func faultsOf(err error) error {
	var edit *inspection.EditError
	if !errors.As(err, &edit) || len(edit.Faults) == 0 {
		return err
	}
	answer := problem.Of(edit.Faults[0])
	for _, fault := range edit.Faults {
		answer = answer.At(placeOf(fault), problem.Of(fault).Detail)
	}
	return answer
}

// placeOf is where in the request a fault stands. A figure that was dropped has no
// paragraph there any more.
func placeOf(fault *models.Refusal) string {
	section := slices.Index(inspection.SectionCodes, inspection.SectionCode(fault.Params["section"]))
	paragraph, err := strconv.Atoi(fault.Params["paragraph"])
	switch {
	case section < 0:
		return "body.sections"
	case err != nil || paragraph < 1 || fault.Code == inspection.RefusedFigureDropped:
		return "body.sections[" + strconv.Itoa(section) + "]"
	}
	return "body.sections[" + strconv.Itoa(section) + "].paragraphs[" + strconv.Itoa(paragraph-1) + "]"
}

func (s *server) openComments(ctx context.Context, input *BulletinCommandInput) (*OrderedOutput, error) {
	return s.bulletinCommand(ctx, onBulletin{
		key: input.Key, path: input.BulletinPath, guard: &input.Guarded, kind: inspection.OpenComments{},
		right: byManager,
		make: func(ctx context.Context, b *bulletinCase) (inspection.CommandBody, error) {
			calendar, err := s.Archive.Calendar(ctx)
			return inspection.OpenComments{Version: b.state.Version, Due: b.cycle.Rules.CommentsDue(calendar, s.now())}, err
		},
	})
}

func (s *server) commentBulletin(ctx context.Context, input *CommentInput) (*OrderedOutput, error) {
	return s.bulletinCommand(ctx, onBulletin{
		key: input.Key, path: input.BulletinPath, kind: inspection.Comment{}, content: input.Body.Unit,
		words: input.Body.Text, at: "body.text", need: true,
		right: func(ctx context.Context, b *bulletinCase) (models.CadreID, error) {
			at := slices.IndexFunc(b.comments, func(unit models.Unit) bool { return unit.ID == input.Body.Unit })
			if at < 0 {
				return "", forbidden("您不能代表该单位对通报提出意见。")
			}
			return s.rightOver(ctx, auth.BulletinComment, b.comments[at].Path).behalf, nil
		},
		make: func(context.Context, *bulletinCase) (inspection.CommandBody, error) {
			return inspection.Comment{Unit: input.Body.Unit}, nil
		},
	})
}

func (s *server) closeComments(ctx context.Context, input *BulletinCommandInput) (*OrderedOutput, error) {
	return s.bulletinCommand(ctx, onBulletin{
		key: input.Key, path: input.BulletinPath, guard: &input.Guarded, kind: inspection.CloseComments{},
		right: byManager,
		make: func(context.Context, *bulletinCase) (inspection.CommandBody, error) {
			return inspection.CloseComments{}, nil
		},
	})
}

func (s *server) askSignatures(ctx context.Context, input *BulletinCommandInput) (*OrderedOutput, error) {
	return s.bulletinCommand(ctx, onBulletin{
		key: input.Key, path: input.BulletinPath, guard: &input.Guarded, kind: inspection.AskSignatures{},
		right: byManager,
		make: func(_ context.Context, b *bulletinCase) (inspection.CommandBody, error) {
			return inspection.AskSignatures{Version: b.state.Version}, nil
		},
	})
}

func (s *server) signBulletin(ctx context.Context, input *SignInput) (*OrderedOutput, error) {
	return s.bulletinCommand(ctx, onBulletin{
		key: input.Key, path: input.BulletinPath, kind: inspection.Sign{}, content: input.Body.Digest,
		right: func(_ context.Context, b *bulletinCase) (models.CadreID, error) {
			if !b.signing.may {
				return "", forbidden("通报须由负责全市督查的人员会签。")
			}
			return b.signing.behalf, nil
		},
		make: func(context.Context, *bulletinCase) (inspection.CommandBody, error) {
			return inspection.Sign{Digest: input.Body.Digest}, nil
		},
	})
}

func (s *server) recallBulletin(ctx context.Context, input *RecallInput) (*OrderedOutput, error) {
	return s.bulletinCommand(ctx, onBulletin{
		key: input.Key, path: input.BulletinPath, guard: &input.Guarded, kind: inspection.Recall{},
		words: input.Body.Remark, at: "body.remark", need: true,
		right: byManager,
		make:  func(context.Context, *bulletinCase) (inspection.CommandBody, error) { return inspection.Recall{}, nil },
	})
}

func (s *server) correctBulletin(ctx context.Context, input *CorrectionInput) (*OrderedOutput, error) {
	return s.inspect(ctx, inspectionCommand{
		Key: input.Key, Kind: inspection.BeginCorrection{}.CommandKind(), Content: input.Inspection,
		Words: input.Body.Remark, At: "body.remark", NeedWords: true,
		Prepare: func(ctx context.Context) (inspectionOrder, error) {
			return s.overCycle(ctx, input.Inspection, input.Guarded, func(cycle *inspection.Inspection) (inspection.CommandBody, error) {
				text, err := s.Archive.CorrectBulletin(ctx, cycle.ID, principal(ctx).Account, s.now())
				if errors.Is(err, store.ErrBulletin) {
					// Nothing is issued, or a correction is open: the rules say which.
					err = nil
				}
				return inspection.BeginCorrection{Digest: text.Digest}, err
			})
		},
	})
}
