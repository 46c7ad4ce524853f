package api

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// findingOf is the ID of the finding that a command raises. It is made of the
// command's own, so that a request that is sent again raises no second finding.
func findingOf(command models.CommandID) inspection.FindingID {
	return inspection.FindingID(uuid.NewSHA1(uuid.NameSpaceOID, []byte("finding/"+string(command))).String())
}

func (s *server) raiseFinding(ctx context.Context, input *RaiseFindingInput) (*OrderedOutput, error) {
	content := input.Body
	content.Text = ""
	return s.inspect(ctx, inspectionCommand{
		Key: input.Key, Kind: inspection.Raise{}.CommandKind(), Content: content, Words: input.Body.Text, At: "body.text", NeedWords: true,
		Prepare: func(ctx context.Context) (inspectionOrder, error) {
			return s.composeFinding(ctx, input)
		},
	})
}

// composeFinding checks what the finding is about, and counts its deadline.
func (s *server) composeFinding(ctx context.Context, input *RaiseFindingInput) (inspectionOrder, error) {
	b := input.Body
	cycle, err := s.cycleAt(ctx, b.Inspection)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return inspectionOrder{}, invalid("body.inspection", "没有这次督查")
	case err != nil:
		return inspectionOrder{}, err
	case cycle.Stage == inspection.StageCancelled:
		return inspectionOrder{}, models.Refuse(inspection.RefusedCancelled, "quarter", cycle.ID.Quarter.String())
	}
	unit, err := s.requireUnit(ctx, b.Unit, "body.unit")
	if err != nil {
		return inspectionOrder{}, err
	}
	manages := s.rightOver(ctx, auth.InspectionManage, unit.Path)
	switch {
	case !manages.may:
		return inspectionOrder{}, forbidden("该单位不在您督查的范围内。")
	case !slices.Contains(cycle.Units, b.Unit):
		return inspectionOrder{}, models.Refuse(inspection.RefusedUnit, "unit", unit.Name)
	}
	if err := s.requireAbout(ctx, cycle.ID.Plan, unit, b.Task, b.Record); err != nil {
		return inspectionOrder{}, err
	}
	deadline, err := s.findingDeadline(ctx, cycle.Rules, b.Severity, b.DueOn)
	id := findingOf(commandID(principal(ctx), input.Key))
	return inspectionOrder{subject: inspection.FindingSubject(id), behalf: manages.behalf, body: inspection.Raise{
		Finding: id, Inspection: cycle.ID, Unit: b.Unit, Task: b.Task, Record: b.Record, Severity: b.Severity, Deadline: deadline,
	}}, err
}

// requireAbout checks the task or the record that a finding narrows itself to.
func (s *server) requireAbout(ctx context.Context, plan models.PlanID, unit models.Unit, task int, id models.RecordID) error {
	if task != 0 {
		_, err := s.Archive.Task(ctx, plan, task)
		if errors.Is(err, store.ErrNotFound) {
			return invalid("body.task", "没有任务"+strconv.Itoa(task))
		}
		if err != nil {
			return err
		}
	}
	if id == "" {
		return nil
	}
	record, err := s.Archive.Record(ctx, s.Policy.Reach(principal(ctx), auth.RecordRead), id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return invalid("body.record", "没有这条记录，或不在您的查看范围内")
	case err != nil:
		return err
	case record.Obligation.Plan != plan || !auth.Covers(unit.Path, record.UnitPath):
		return invalid("body.record", "这条记录不属于该单位")
	case principal(ctx).ActsFor(record.Obligation.Cadre):
		return models.Refuse(models.RefusedOwnClaim, "record", string(id))
	}
	return nil
}

// findingDeadline is the time for a rectification: the rules' for its severity, or
// up to the day that the inspector names.
func (s *server) findingDeadline(ctx context.Context, rules inspection.Rules, severity inspection.Severity, on models.Date) (inspection.Deadline, error) {
	calendar, err := s.Archive.Calendar(ctx)
	if err != nil || on.IsZero() {
		return rules.FindingDeadline(calendar, severity, s.now()), err
	}
	return rules.DeadlineOn(calendar, on), nil
}

// onFinding gives a command about one finding.
func (s *server) onFinding(ctx context.Context, input FindingCommand, permission auth.Permission, c inspectionCommand,
	body func(context.Context, store.FindingItem) (inspection.CommandBody, error),
) (*OrderedOutput, error) {
	c.Key, c.Content = input.Key, struct {
		Finding inspection.FindingID `json:"finding"`
		Content any                  `json:"content,omitempty"`
	}{input.Finding, c.Content}
	c.Prepare = func(ctx context.Context) (inspectionOrder, error) {
		finding, err := s.findingAt(ctx, input.FindingInput)
		if err != nil {
			return inspectionOrder{}, err
		}
		held := s.rightOver(ctx, permission, finding.UnitPath)
		if !held.may {
			return inspectionOrder{}, forbidden("该单位的问题不在您办理此事项的范围内。")
		}
		if err := s.requireApart(ctx, finding); err != nil {
			return inspectionOrder{}, err
		}
		seen, err := input.seenOf(finding.Sequence)
		if err != nil {
			return inspectionOrder{}, err
		}
		command, err := body(ctx, finding)
		return inspectionOrder{subject: inspection.FindingSubject(finding.ID), body: command, seen: seen, behalf: held.behalf}, err
	}
	return s.inspect(ctx, c)
}

// requireApart: a finding on somebody's record is not theirs to decide.
func (s *server) requireApart(ctx context.Context, finding store.FindingItem) error {
	if finding.Record == "" {
		return nil
	}
	record, err := s.Archive.Record(ctx, store.Everything(), finding.Record)
	if err == nil && principal(ctx).ActsFor(record.Obligation.Cadre) {
		return models.Refuse(models.RefusedOwnClaim, "record", string(finding.Record))
	}
	return err
}

func (s *server) answerFinding(ctx context.Context, input *AnswerFindingInput) (*OrderedOutput, error) {
	answer := inspection.Answer{Evidence: input.Body.Evidence}
	return s.onFinding(ctx, input.FindingCommand, auth.FindingAnswer, inspectionCommand{
		Kind: answer.CommandKind(), Content: answer, Words: input.Body.Text, At: "body.text", NeedWords: true,
	}, func(ctx context.Context, _ store.FindingItem) (inspection.CommandBody, error) {
		for i, id := range answer.Evidence {
			_, err := s.readableEvidence(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				return nil, invalid("body.evidence["+strconv.Itoa(i)+"]", "没有这份材料，请先上传")
			}
			if err != nil {
				return nil, err
			}
		}
		return answer, nil
	})
}

func (s *server) settleFinding(ctx context.Context, input *SettleFindingInput) (*OrderedOutput, error) {
	return s.onFinding(ctx, input.FindingCommand, auth.InspectionManage, inspectionCommand{
		Kind: inspection.Settle{}.CommandKind(), Words: input.Body.Remark, At: "body.remark",
	}, func(context.Context, store.FindingItem) (inspection.CommandBody, error) {
		return inspection.Settle{}, nil
	})
}

func (s *server) reopenFinding(ctx context.Context, input *ReopenFindingInput) (*OrderedOutput, error) {
	return s.onFinding(ctx, input.FindingCommand, auth.InspectionManage, inspectionCommand{
		Kind: inspection.Reopen{}.CommandKind(), Content: input.Body.DueOn, Words: input.Body.Remark, At: "body.remark", NeedWords: true,
	}, func(ctx context.Context, finding store.FindingItem) (inspection.CommandBody, error) {
		cycle, err := s.Archive.Cycle(ctx, finding.Inspection)
		if err != nil {
			return nil, err
		}
		deadline, err := s.findingDeadline(ctx, cycle.Rules, finding.Severity, input.Body.DueOn)
		return inspection.Reopen{Deadline: deadline}, err
	})
}

func (s *server) dropFinding(ctx context.Context, input *DropFindingInput) (*OrderedOutput, error) {
	return s.onFinding(ctx, input.FindingCommand, auth.InspectionManage, inspectionCommand{
		Kind: inspection.Drop{}.CommandKind(), Words: input.Body.Remark, At: "body.remark", NeedWords: true,
	}, func(context.Context, store.FindingItem) (inspection.CommandBody, error) {
		return inspection.Drop{}, nil
	})
}
