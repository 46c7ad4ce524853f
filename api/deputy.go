package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// DeputyView names the two behind an act that was done in another's place.
type DeputyView struct {
	Account models.AccountID `json:"account" doc:"代理人的账号"`
	Name    string           `json:"name" doc:"代理人"`
	For     CadreRef         `json:"for" doc:"被代理的干部"`
}

// CandidateView is an account that could stand in for somebody.
type CandidateView struct {
	Account models.AccountID `json:"account" doc:"账号"`
	Login   string           `json:"login" doc:"登录名"`
	Name    string           `json:"name" doc:"姓名"`
	Cadre   models.CadreID   `json:"cadre,omitempty" doc:"干部编号"`
	Unit    *UnitRef         `json:"unit,omitempty" doc:"现任职单位"`
}

// CandidateInput is what a deputy is looked for by.
type CandidateInput struct {
	Text string `query:"text" maxLength:"60" doc:"姓名、拼音首字母、干部编号或登录名的开头" example:"zs"`
}

// StandingIn is for whom the caller acts today.
type StandingIn struct {
	Cadre  CadreRef    `json:"cadre" doc:"被代理的干部"`
	From   models.Date `json:"from" format:"date" doc:"第一日"`
	Until  models.Date `json:"until" format:"date" doc:"最后一日"`
	Grants []MyGrant   `json:"grants" doc:"代行的职责；三员不代行"`
}

// MySubstitute is who acts for the caller, now or in time to come.
type MySubstitute struct {
	Name  string      `json:"name" doc:"代理人"`
	From  models.Date `json:"from" format:"date" doc:"第一日"`
	Until models.Date `json:"until" format:"date" doc:"最后一日"`
}

func registerDeputies(api huma.API, s *server, tags []string) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-deputies", Method: http.MethodGet, Path: "/deputies", Tags: tags, Summary: "可以代理他人的账号",
		Description: "职责范围内启用的账号，三员除外；至多 20 个，请以文字缩小范围。",
	}, auth.SubstituteManage, ReachList), s.listDeputies)
}

func (s *server) listDeputies(ctx context.Context, input *CandidateInput) (*ListOf[CandidateView], error) {
	const most = 20
	var officers []string
	for _, role := range auth.OfficerRoles() {
		officers = append(officers, string(role))
	}
	found, err := s.Archive.Candidates(ctx, s.Policy.Reach(principal(ctx), auth.SubstituteManage), input.Text, officers, most)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return list(found, func(one store.Candidate) CandidateView {
		view := CandidateView{Account: one.Account, Login: one.Login, Name: one.Name, Cadre: one.Cadre}
		if one.Unit != "" {
			unit := names.unit(one.Unit)
			view.Unit = &unit
		}
		return view
	}), nil
}

// standIn adds to somebody what they have today by standing in for others. It
// is asked at each request, so that a substitution begins and ends with its days.
func (s *server) standIn(ctx context.Context, who auth.Principal) (auth.Principal, error) {
	substitutions, err := s.Archive.SubstitutionsBy(ctx, who.Account, models.DateOf(s.now()))
	if err != nil {
		return who, err
	}
	for _, one := range substitutions {
		if one.For == who.Cadre {
			continue
		}
		who.SubstituteFor = append(who.SubstituteFor, one.For)
		absent, err := s.Archive.GrantsOfCadre(ctx, one.For)
		if err != nil {
			return who, err
		}
		if lent, given := auth.Lend(who.Grants, one.For, grantsOf(absent)); given {
			who.Lent = append(who.Lent, lent)
		}
	}
	return who, nil
}

// claimantBehalf is the cadre for whom a deputy claims; empty for the cadre.
func (s *server) claimantBehalf(ctx context.Context, record store.Record) models.CadreID {
	behalf, _ := s.Policy.Behalf(principal(ctx), auth.RecordSubmit, record.UnitPath, record.Obligation.Cadre)
	return behalf
}

// nameDeputies learns the names of those who acted for others, and of those
// others. Both belong to what happened, so whoever may read it may read them.
func (s *server) nameDeputies(ctx context.Context, names *directory, acts []models.Actor) error {
	var accounts []models.AccountID
	var cadres []models.CadreID
	for _, act := range acts {
		if act.For != "" {
			accounts, cadres = append(accounts, act.Account), append(cadres, act.For)
		}
	}
	var err error
	if names.deputies, err = s.Archive.AccountNames(ctx, accounts); err != nil {
		return err
	}
	names.absent, err = s.Archive.CadreNames(ctx, cadres)
	return err
}

func (s *server) nameReviewers(ctx context.Context, names *directory, reviews []store.Review) error {
	acts := make([]models.Actor, len(reviews))
	for i, review := range reviews {
		acts[i] = models.Actor{Account: review.Account, For: review.For}
	}
	return s.nameDeputies(ctx, names, acts)
}

// deputy shows whose place somebody acted in; nil for an act by one's own right.
func (d *directory) deputy(account models.AccountID, behalf models.CadreID) *DeputyView {
	if behalf == "" {
		return nil
	}
	return &DeputyView{Account: account, Name: d.deputies[account], For: CadreRef{ID: behalf, Name: d.absent[behalf]}}
}

// standsIn tells the caller for whom they act today.
func (s *server) standsIn(ctx context.Context, who auth.Principal) ([]StandingIn, error) {
	today := []StandingIn{}
	if len(who.SubstituteFor) == 0 {
		return today, nil
	}
	substitutions, err := s.Archive.SubstitutionsBy(ctx, who.Account, models.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	names, err := s.Archive.CadreNames(ctx, who.SubstituteFor)
	if err != nil {
		return nil, err
	}
	for _, one := range substitutions {
		shown := StandingIn{Cadre: CadreRef{ID: one.For, Name: names[one.For]}, From: one.From, Until: one.Until, Grants: []MyGrant{}}
		for _, lent := range who.Lent {
			if lent.For != one.For {
				continue
			}
			for _, grant := range lent.Grants {
				if grant.Role != auth.RoleCadre {
					shown.Grants = append(shown.Grants, MyGrant(grant))
				}
			}
		}
		today = append(today, shown)
	}
	return today, nil
}

// substitutesOf tells a cadre who acts for them, now or in time to come.
func (s *server) substitutesOf(ctx context.Context, cadre models.CadreID) ([]MySubstitute, error) {
	mine := []MySubstitute{}
	if cadre == "" {
		return mine, nil
	}
	all, err := s.Archive.SubstitutesOf(ctx, cadre, models.Date{})
	if err != nil {
		return nil, err
	}
	today := models.DateOf(s.now())
	var accounts []models.AccountID
	for _, one := range all {
		accounts = append(accounts, one.Account)
	}
	names, err := s.Archive.AccountNames(ctx, accounts)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.State(today) != store.SubstitutionPast {
			mine = append(mine, MySubstitute{Name: names[one.Account], From: one.From, Until: one.Until})
		}
	}
	return mine, nil
}
