package api

import (
	"context"
	"errors"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// openInspection opens the cycle of a quarter by hand. The units, the rules and
// the cut-off are the archive's, so that it is the same cycle as the schedule's.
func (s *server) openInspection(ctx context.Context, input *OpenInspectionInput) (*OrderedOutput, error) {
	quarter, err := quarterOf(input.Body.Quarter, "body.quarter")
	if err != nil {
		return nil, err
	}
	id := inspection.ID{Plan: input.Body.Plan, Quarter: quarter}
	if !id.Valid() {
		return nil, invalid("body.plan", "没有这个计划")
	}
	return s.inspect(ctx, inspectionCommand{
		Key: input.Key, Kind: inspection.Open{}.CommandKind(), Content: input.Body,
		Prepare: func(ctx context.Context) (inspectionOrder, error) {
			behalf, err := s.requireOverall(ctx, auth.InspectionManage)
			if err != nil {
				return inspectionOrder{}, err
			}
			open, err := s.Archive.PrepareInspection(ctx, id, s.now())
			if errors.Is(err, store.ErrNotFound) {
				err = invalid("body.plan", "没有这个计划")
			}
			return inspectionOrder{subject: id.Subject(), body: open, behalf: behalf}, err
		},
	})
}

func (s *server) cancelInspection(ctx context.Context, input *CancelInspectionInput) (*OrderedOutput, error) {
	return s.inspect(ctx, inspectionCommand{
		Key: input.Key, Kind: inspection.Cancel{}.CommandKind(), Content: input.Inspection,
		Words: input.Body.Remark, At: "body.remark", NeedWords: true,
		Prepare: func(ctx context.Context) (inspectionOrder, error) {
			return s.overCycle(ctx, input.Inspection, input.Guarded, func(*inspection.Inspection) (inspection.CommandBody, error) {
				return inspection.Cancel{}, nil
			})
		},
	})
}

// overCycle prepares a command that is about a whole cycle. The body is made once
// the caller may give it and nothing changed since they looked.
func (s *server) overCycle(ctx context.Context, text string, seen Guarded,
	body func(*inspection.Inspection) (inspection.CommandBody, error),
) (inspectionOrder, error) {
	cycle, err := s.cycleAt(ctx, text)
	if err != nil {
		return inspectionOrder{}, err
	}
	behalf, err := s.requireOverall(ctx, auth.InspectionManage)
	if err != nil {
		return inspectionOrder{}, err
	}
	order := inspectionOrder{subject: cycle.Subject, behalf: behalf}
	if order.seen, err = seen.seenOf(cycle.Sequence); err != nil {
		return order, err
	}
	order.body, err = body(cycle)
	return order, err
}

// seenOf reads the sequence of a subject that the caller saw, and says at once
// when the subject has gone on.
func (c conditional) seenOf(current int64) (int64, error) {
	seen, err := c.seen()
	if err == nil && seen != current {
		err = stale(problem.Code(inspection.RefusedChanged), seen, current)
	}
	return seen, err
}

func (s *server) schedule(ctx context.Context, _ *struct{}) (*InspectionScheduleBody, error) {
	found, err := s.Engine.QuarterSchedule(ctx)
	if err != nil {
		return nil, err
	}
	calendar, err := s.Archive.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	quarter := models.QuarterOf(models.DateOf(s.now()))
	var body InspectionScheduleBody
	body.Body.Paused, body.Body.By, body.Body.Last = found.Paused, models.AccountID(found.Note), moment(found.Last)
	body.Body.Next = append(body.Body.Next, found.Next...)
	body.Body.Opens, body.Body.Quarter = quarter.OpensOn(calendar), codedQuarter(quarter)
	return &body, s.name(ctx, actor{body.Body.By, &body.Body.ByName})
}

func (s *server) pauseSchedule(ctx context.Context, _ *struct{}) (*InspectionScheduleBody, error) {
	return s.setSchedule(ctx, true)
}

func (s *server) resumeSchedule(ctx context.Context, _ *struct{}) (*InspectionScheduleBody, error) {
	return s.setSchedule(ctx, false)
}

// setSchedule pauses the schedule or lets it go on. The schedule keeps who did it;
// doing it again changes nothing, so it needs no key.
func (s *server) setSchedule(ctx context.Context, pause bool) (*InspectionScheduleBody, error) {
	if _, err := s.requireOverall(ctx, auth.InspectionManage); err != nil {
		return nil, err
	}
	if err := s.Engine.PauseQuarters(ctx, pause, string(principal(ctx).Account)); err != nil {
		return nil, err
	}
	return s.schedule(ctx, nil)
}
