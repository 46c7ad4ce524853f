package api

import (
	"context"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// UnitTrendInput names a unit of a cycle.
type UnitTrendInput struct {
	InspectionInput
	Unit models.UnitID `path:"unit" maxLength:"64" doc:"单位" example:"120101"`
}

// UnitTrendView is how a unit stood at one quarter's cut-off.
type UnitTrendView struct {
	Quarter  Coded `json:"quarter" doc:"季度"`
	Required int   `json:"required" doc:"应完成的目标（项），不含免予的"`
	Met      int   `json:"met" doc:"已完成的目标（项）"`
	Overdue  int   `json:"overdue" doc:"逾期的目标（项）"`
}

// unitTrend answers with the frozen outcome of every quarter of the plan until the
// cycle's.
func (s *server) unitTrend(ctx context.Context, input *UnitTrendInput) (*ListOf[UnitTrendView], error) {
	cycle, err := s.cycleAt(ctx, input.Inspection)
	if err != nil {
		return nil, err
	}
	tree, err := s.Archive.UnitTree(ctx)
	if err != nil {
		return nil, err
	}
	unit, known := tree.Unit(input.Unit)
	if !known || !s.Policy.Reach(principal(ctx), auth.InspectionRead).Covers(unit.Path, "") {
		return nil, problem.New(problem.NotFound)
	}
	trend, err := s.Archive.UnitTrend(ctx, cycle.ID, input.Unit)
	if err != nil {
		return nil, err
	}
	return list(trend, func(outcome store.QuarterOutcome) UnitTrendView {
		return UnitTrendView{Quarter: codedQuarter(outcome.Quarter), Required: outcome.Required, Met: outcome.Met, Overdue: outcome.Overdue}
	}), nil
}
