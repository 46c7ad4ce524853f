package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// tidy trims the form and says what of it cannot be kept.
func (f ReportForm) tidy() (ReportForm, error) {
	said := problem.New(problem.RequestInvalid)
	for _, field := range []struct {
		name string
		text *string
	}{{"measures", &f.Measures}, {"problems", &f.Problems}, {"nextSteps", &f.NextSteps}, {"explanation", &f.Explanation}} {
		*field.text = strings.TrimSpace(*field.text)
		if !plain(*field.text) {
			said = said.At("body."+field.name, "含有无法识别的字符，请以 UTF-8 提交")
		}
	}
	if len(said.Errors) > 0 {
		return f, said
	}
	return f, nil
}

// saveReport keeps a version of the text. It is a draft: filing hands it over.
func (s *server) saveReport(ctx context.Context, input *SaveReportInput) (*SavedReportBody, error) {
	report, err := s.reportFor(ctx, input.UnitReportInput, auth.ReportFile)
	if err != nil {
		return nil, err
	}
	seen, err := input.seen()
	if err != nil {
		return nil, err
	}
	form, err := input.Body.tidy()
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(form)
	if err != nil {
		return nil, fmt.Errorf("write a report: %w", err)
	}
	text, err := s.Archive.SaveUnitReportText(ctx, report.ID, report.Unit, seen, string(content), principal(ctx).Account, s.now())
	switch {
	case errors.Is(err, store.ErrNotEditable):
		return nil, problem.New(problem.ReportClosed).Because(err)
	case errors.Is(err, store.ErrVersion), errors.Is(err, store.ErrDuplicate):
		return nil, s.textConflict(ctx, report, seen)
	case err != nil:
		return nil, err
	}
	view, err := showReportText(text)
	if err != nil {
		return nil, err
	}
	body := &SavedReportBody{ETag: etag(text.Version), Body: view}
	return body, s.name(ctx, body.Body.actors()...)
}

// textConflict says which version somebody else has saved meanwhile.
func (s *server) textConflict(ctx context.Context, report store.UnitReportItem, seen int64) error {
	latest, err := s.reportText(ctx, report, 0)
	if err != nil {
		return err
	}
	return stale(problem.Code(inspection.RefusedReportStale), seen, latest.Version)
}

// reportFor reads a report that the caller may do something to: what they may not
// even read is not found.
func (s *server) reportFor(ctx context.Context, input UnitReportInput, permission auth.Permission) (store.UnitReportItem, error) {
	report, err := s.reportAt(ctx, input)
	if err == nil && !s.Policy.May(principal(ctx), permission, report.UnitPath) {
		err = forbidden("该单位的自查报告不在您办理此事项的范围内。")
	}
	return report, err
}

// reportCommand is a command on one unit's report, before it is composed.
type reportCommand struct {
	key        string
	seen       Guarded
	input      UnitReportInput
	permission auth.Permission
	kind       models.CommandKind
	content    any
	remark     string
	needRemark bool
	body       func(ctx context.Context, report store.UnitReportItem) (inspection.CommandBody, error)
}

func (s *server) onReport(ctx context.Context, c reportCommand) (*OrderedOutput, error) {
	return s.inspect(ctx, inspectionCommand{
		Key: c.key, Kind: c.kind, Words: c.remark, At: "body.remark", NeedWords: c.needRemark,
		Content: struct {
			Report  UnitReportInput `json:"report"`
			Content any             `json:"content,omitempty"`
		}{c.input, c.content},
		Prepare: func(ctx context.Context) (inspectionOrder, error) {
			report, err := s.reportFor(ctx, c.input, c.permission)
			if err != nil {
				return inspectionOrder{}, err
			}
			seen, err := c.seen.seenOf(report.Sequence)
			if err != nil {
				return inspectionOrder{}, err
			}
			body, err := c.body(ctx, report)
			return inspectionOrder{
				subject: report.ID.ReportSubject(report.Unit), body: body, seen: seen, behalf: s.rightOver(ctx, c.permission, report.UnitPath).behalf,
			}, err
		},
	})
}

// fileReport hands over the latest text, which must be the one that was seen and
// must say something.
func (s *server) fileReport(ctx context.Context, input *FileReportInput) (*OrderedOutput, error) {
	return s.onReport(ctx, reportCommand{
		key: input.Key, seen: input.Guarded, input: input.UnitReportInput, permission: auth.ReportFile,
		kind: inspection.File{}.CommandKind(), content: input.Body,
		body: func(ctx context.Context, report store.UnitReportItem) (inspection.CommandBody, error) {
			latest, err := s.reportText(ctx, report, 0)
			if err != nil {
				return nil, err
			}
			switch {
			case latest.Version == 0:
				return nil, invalid("body.version", "还没有保存过文本，请先填写并保存")
			case latest.Version != input.Body.Version:
				return nil, stale(problem.Code(inspection.RefusedReportStale), input.Body.Version, latest.Version)
			case latest.Form.Measures == "":
				return nil, invalid("body.measures", "请先填写主要做法")
			}
			digest, err := s.Archive.UnitReportDigest(ctx, report.ID, report.Unit, latest.Version)
			return inspection.File{Version: latest.Version, Digest: digest}, err
		},
	})
}

func (s *server) confirmReport(ctx context.Context, input *ConfirmReportInput) (*OrderedOutput, error) {
	return s.onReport(ctx, reportCommand{
		key: input.Key, seen: input.Guarded, input: input.UnitReportInput, permission: auth.ReportConfirm,
		kind: inspection.Confirm{}.CommandKind(),
		body: func(_ context.Context, report store.UnitReportItem) (inspection.CommandBody, error) {
			return inspection.Confirm{Digest: report.Digest}, nil
		},
	})
}

func (s *server) sendBackReport(ctx context.Context, input *SendBackReportInput) (*OrderedOutput, error) {
	return s.onReport(ctx, reportCommand{
		key: input.Key, seen: input.Guarded, input: input.UnitReportInput, permission: auth.ReportConfirm,
		kind: inspection.SendBack{}.CommandKind(), remark: input.Body.Remark, needRemark: true,
		body: func(context.Context, store.UnitReportItem) (inspection.CommandBody, error) {
			return inspection.SendBack{}, nil
		},
	})
}

func (s *server) extendReport(ctx context.Context, input *ExtendReportInput) (*OrderedOutput, error) {
	return s.onReport(ctx, reportCommand{
		key: input.Key, seen: input.Guarded, input: input.UnitReportInput, permission: auth.InspectionManage,
		kind: inspection.Extend{}.CommandKind(), content: input.Body.Due, remark: input.Body.Remark, needRemark: true,
		body: func(ctx context.Context, _ store.UnitReportItem) (inspection.CommandBody, error) {
			calendar, err := s.Archive.Calendar(ctx)
			if err != nil {
				return nil, err
			}
			cycle, err := s.cycleAt(ctx, input.Inspection)
			if err != nil {
				return nil, err
			}
			due, reminders := cycle.Rules.ExtendedTimes(calendar, input.Body.Due, s.now())
			return inspection.Extend{Due: due, Reminders: reminders}, nil
		},
	})
}
