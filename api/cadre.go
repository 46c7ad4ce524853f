package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// CadreView is a cadre as the registry holds them, in their present unit.
type CadreView struct {
	ID             models.CadreID `json:"id" doc:"干部编号" example:"TJ-0001"`
	Name           string         `json:"name" doc:"姓名"`
	PinyinInitials string         `json:"pinyinInitials,omitempty" doc:"姓名拼音首字母"`
	Rank           Coded          `json:"rank" doc:"职级"`
	Unit           UnitRef        `json:"unit" doc:"现任职单位"`
}

// PostingView is one office of a cadre.
type PostingView struct {
	Unit          UnitRef        `json:"unit" doc:"任职单位"`
	Title         string         `json:"title" doc:"职务"`
	From          models.Date    `json:"from" format:"date" doc:"任职日期"`
	To            models.Date    `json:"to,omitzero" format:"date" doc:"离任前的最后一日；在任时没有此项"`
	SubstituteFor models.CadreID `json:"substituteFor,omitempty" doc:"代理何人"`
}

// CadreListInput is the query of the list of cadre entries.
type CadreListInput struct {
	Paging
	Unit models.UnitID `query:"unit" maxLength:"64" doc:"只列此单位及其下级的干部"`
	Rank models.Rank   `query:"rank" enum:"division-deputy,division,bureau-deputy,bureau" doc:"职级"`
	Text string        `query:"text" maxLength:"60" doc:"姓名、拼音首字母或编号" example:"zs"`
}

// CadreInput names the cadre that is asked for.
type CadreInput struct {
	Cadre models.CadreID `path:"cadre" maxLength:"64" doc:"干部编号" example:"TJ-0001"`
}

// CadreBody answers with the cadre.
type CadreBody struct{ Body CadreView }

func registerCadre(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-cadres", Method: http.MethodGet, Path: "/cadres", Tags: []string{"干部"},
		Summary: "干部名册", Description: "按单位和编号排列，只列查看范围内的干部。",
	}, auth.CadreRead, ReachList), s.listCadres)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-cadre", Method: http.MethodGet, Path: "/cadres/{cadre}", Tags: []string{"干部"},
		Summary: "一名干部",
	}, auth.CadreRead, ReachObject), s.getCadre)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-postings", Method: http.MethodGet, Path: "/cadres/{cadre}/postings", Tags: []string{"干部"},
		Summary: "一名干部的任职经历",
	}, auth.CadreRead, ReachObject), s.listPostings)
}

func showCadre(entry store.CadreEntry, names *directory) CadreView {
	return CadreView{
		ID: entry.ID, Name: entry.Name, PinyinInitials: entry.PinyinInitials,
		Rank: codedAs(entry.Rank, rankTexts[entry.Rank]), Unit: names.unit(entry.Unit),
	}
}

func (s *server) listCadres(ctx context.Context, input *CadreListInput) (*PageBody[CadreView], error) {
	under, err := s.unitFilter(ctx, input.Unit)
	if err != nil {
		return nil, err
	}
	reach := s.Policy.Reach(principal(ctx), auth.CadreRead)
	filter := store.CadreFilter{Under: under, Rank: input.Rank, Text: input.Text}
	cadres, err := s.Archive.Cadres(ctx, reach, filter, input.page())
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return paged(cadres, func(entry store.CadreEntry) CadreView { return showCadre(entry, names) }), nil
}

func (s *server) getCadre(ctx context.Context, input *CadreInput) (*CadreBody, error) {
	entry, err := s.Archive.Cadre(ctx, s.Policy.Reach(principal(ctx), auth.CadreRead), input.Cadre)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return &CadreBody{Body: showCadre(entry, names)}, nil
}

func (s *server) listPostings(ctx context.Context, input *CadreInput) (*ListOf[PostingView], error) {
	if _, err := s.Archive.Cadre(ctx, s.Policy.Reach(principal(ctx), auth.CadreRead), input.Cadre); err != nil {
		return nil, err
	}
	postings, err := s.Archive.Postings(ctx, input.Cadre)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return list(postings, func(posting models.Posting) PostingView {
		return PostingView{
			Unit: names.unit(posting.Unit), Title: posting.Title, From: posting.From, To: posting.To,
			SubstituteFor: posting.SubstituteFor,
		}
	}), nil
}
