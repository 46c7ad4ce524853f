package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// UnitView is a unit as the API shows it.
type UnitView struct {
	ID             models.UnitID `json:"id" doc:"单位代码；区县用 GB/T 2260 代码" example:"120101"`
	Name           string        `json:"name" doc:"名称" example:"和平区"`
	ShortName      string        `json:"shortName,omitempty" doc:"简称"`
	PinyinInitials string        `json:"pinyinInitials,omitempty" doc:"拼音首字母" example:"hpq"`
	Kind           Coded         `json:"kind" doc:"类别"`
	Parent         models.UnitID `json:"parent,omitempty" doc:"上级单位"`
	Path           string        `json:"path" doc:"在单位树中的位置" example:"/tj/120101/"`
	ValidFrom      models.Date   `json:"validFrom,omitzero" format:"date" doc:"设立日期"`
	ValidTo        models.Date   `json:"validTo,omitzero" format:"date" doc:"撤并前的最后一日"`
	Successors     []UnitRef     `json:"successors,omitempty" doc:"撤并后的承接单位"`
	Members        []UnitRef     `json:"members,omitempty" doc:"单位组的成员"`
	Note           string        `json:"note,omitempty" doc:"来源与不确定之处"`
	Heirs          []UnitRef     `json:"heirs,omitempty" doc:"所问日期当日承接其职责的单位"`
}

func showUnit(unit models.Unit, names *directory) UnitView {
	view := UnitView{
		ID: unit.ID, Name: unit.Name, ShortName: unit.ShortName, PinyinInitials: unit.PinyinInitials,
		Kind: codedAs(unit.Kind, unitKindTexts[unit.Kind]), Parent: unit.Parent, Path: unit.Path,
		ValidFrom: unit.ValidFrom, ValidTo: unit.ValidTo, Note: unit.Note,
	}
	for _, id := range unit.Successors {
		view.Successors = append(view.Successors, names.unit(id))
	}
	for _, id := range unit.Members {
		view.Members = append(view.Members, names.unit(id))
	}
	return view
}

// UnitListInput is the query of the list of unit entries.
type UnitListInput struct {
	Under models.UnitID   `query:"under" maxLength:"64" doc:"只列此单位及其下级"`
	Kind  models.UnitKind `query:"kind" enum:"city,district,zone,department,government,organization,science,office,group" doc:"类别"`
	Text  string          `query:"text" maxLength:"60" doc:"名称、简称、拼音首字母或代码" example:"hpq"`
	On    models.Date     `query:"on" format:"date" doc:"只列当日存在的单位" example:"2014-01-01"`
}

// UnitInput names the unit that is asked for.
type UnitInput struct {
	Unit models.UnitID `path:"unit" maxLength:"64" doc:"单位代码" example:"120101"`
	On   models.Date   `query:"on" format:"date" doc:"另答当日由谁承接" example:"2016-06-01"`
}

// UnitBody answers with the unit.
type UnitBody struct{ Body UnitView }

func registerUnit(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-units", Method: http.MethodGet, Path: "/units", Tags: []string{"单位"},
		Summary: "单位树", Description: "区县、功能区、部门与单位组。全部列出，不分页。",
	}, auth.UnitRead, ReachNone), s.listUnits)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-unit", Method: http.MethodGet, Path: "/units/{unit}", Tags: []string{"单位"},
		Summary: "一个单位及其承接单位",
	}, auth.UnitRead, ReachNone), s.getUnit)
}

func (s *server) listUnits(ctx context.Context, input *UnitListInput) (*ListOf[UnitView], error) {
	filter := store.UnitFilter{Kind: input.Kind, Text: input.Text, On: input.On}
	if input.Under != "" {
		unit, err := s.requireUnit(ctx, input.Under, "query.under")
		if err != nil {
			return nil, err
		}
		filter.Under = unit.Path
	}
	units, err := s.Archive.Units(ctx, filter)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return list(units, func(unit models.Unit) UnitView { return showUnit(unit, names) }), nil
}

func (s *server) getUnit(ctx context.Context, input *UnitInput) (*UnitBody, error) {
	unit, err := s.Archive.Unit(ctx, input.Unit)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	body := UnitBody{Body: showUnit(unit, names)}
	if !input.On.IsZero() {
		for _, id := range names.units.Members(input.Unit, input.On) {
			body.Body.Heirs = append(body.Body.Heirs, names.unit(id))
		}
	}
	return &body, nil
}
