package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// SubstitutionView says who stands in for whom, from which day to which.
type SubstitutionView struct {
	ID      string           `json:"id" doc:"代理编号"`
	Account models.AccountID `json:"account" doc:"代理人的账号"`
	// Deputy is the name of the account, ByCadre its cadre if it is one's.
	Deputy    string           `json:"deputy" doc:"代理人"`
	ByCadre   models.CadreID   `json:"byCadre,omitempty" doc:"代理人的干部编号"`
	Cadre     CadreRef         `json:"cadre" doc:"被代理的干部"`
	From      models.Date      `json:"from" format:"date" doc:"第一日"`
	Until     models.Date      `json:"until" format:"date" doc:"最后一日，含当日"`
	Reason    string           `json:"reason" doc:"事由"`
	State     Coded            `json:"state" doc:"coming 未开始，current 代理中，past 已结束"`
	CreatedBy models.AccountID `json:"createdBy" doc:"安排人的账号"`
	CreatedAt time.Time        `json:"createdAt" doc:"安排时间"`
	EndedAt   *time.Time       `json:"endedAt,omitempty" doc:"提前终止的时间"`
	EndedBy   models.AccountID `json:"endedBy,omitempty" doc:"终止人的账号"`
	Version   int64            `json:"version" doc:"版本，即 ETag" example:"1"`
}

var substitutionStateTexts = map[store.SubstitutionState]string{
	store.SubstitutionComing: "未开始", store.SubstitutionCurrent: "代理中", store.SubstitutionPast: "已结束",
}

// SubstitutionListInput is the query of the list of substitutions.
type SubstitutionListInput struct {
	Paging
	Cadre   models.CadreID          `query:"cadre" maxLength:"64" doc:"被代理的干部"`
	Account models.AccountID        `query:"account" maxLength:"64" doc:"代理人的账号"`
	On      models.Date             `query:"on" format:"date" doc:"只列此日有效的" example:"2014-05-06"`
	State   store.SubstitutionState `query:"state" enum:"coming,current,past" doc:"状态"`
}

// SubstitutionPath is the substitution in a path.
type SubstitutionPath struct {
	Substitution string `path:"substitution" maxLength:"64" doc:"代理编号"`
}

// ArrangeInput is the request to arrange a substitution.
type ArrangeInput struct {
	Keyed
	Body struct {
		Account models.AccountID `json:"account" minLength:"1" maxLength:"64" doc:"代理人的账号，见 list-deputies"`
		Cadre   models.CadreID   `json:"cadre" minLength:"1" maxLength:"64" doc:"被代理的干部" example:"TJ-0001"`
		From    models.Date      `json:"from" format:"date" doc:"第一日" example:"2014-05-06"`
		Until   models.Date      `json:"until" format:"date" doc:"最后一日，含当日" example:"2014-05-20"`
		Reason  string           `json:"reason" minLength:"1" maxLength:"200" doc:"事由"`
	}
}

// EndSubstitutionInput is the request to end a substitution.
type EndSubstitutionInput struct {
	SubstitutionPath
	Guarded
	Body struct {
		Last models.Date `json:"last,omitzero" format:"date" doc:"改为此日结束（今日或以后）；不填为立即终止"`
	}
}

// SubstitutionBody answers with the substitution.
type SubstitutionBody struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     SubstitutionView
}

func registerSubstitution(api huma.API, s *server) {
	tags := []string{"代理"}
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-substitutions", Method: http.MethodGet, Path: "/substitutions", Tags: tags, Summary: "代理安排",
		Description: "开始日期晚的在前，只列职责范围内干部的。",
	}, auth.SubstituteManage, ReachList), s.listSubstitutions)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-substitution", Method: http.MethodGet, Path: "/substitutions/{substitution}", Tags: tags, Summary: "一项代理安排",
	}, auth.SubstituteManage, ReachObject), s.getSubstitution)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "create-substitution", Method: http.MethodPost, Path: "/substitutions", Tags: tags, Summary: "安排代理（组织部门）",
		Description: "代理期内，代理人可办被代理干部的填报，并代行其账号的业务职责；每次请求时判定。" +
			"三员不得代理他人，也不得由他人代理；代理来的职责不得再转给他人；本人和所代理干部的申报一律回避。须带 Idempotency-Key。",
		DefaultStatus: http.StatusCreated,
	}, auth.SubstituteManage, ReachObject)), s.arrange)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "end-substitution", Method: http.MethodPost, Path: "/substitutions/{substitution}/end", Tags: tags, Summary: "提前结束代理",
		Description: "If-Match 为代理安排的 ETag。立即终止的，随即失效。",
	}, auth.SubstituteManage, ReachObject)), s.endSubstitution)
	registerDeputies(api, s, tags)
}

// showSubstitutions names the people of a list at once: whoever arranges
// substitutions for a cadre may know who they are.
func (s *server) showSubstitutions(ctx context.Context, items []store.Substitution) ([]SubstitutionView, error) {
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	acts := make([]models.Actor, len(items))
	for i, one := range items {
		acts[i] = models.Actor{Account: one.Account, For: one.For}
	}
	if err := s.nameDeputies(ctx, names, acts); err != nil {
		return nil, err
	}
	views := make([]SubstitutionView, len(items))
	for i, one := range items {
		state := one.State(models.DateOf(s.now()))
		views[i] = SubstitutionView{
			ID: one.ID, Account: one.Account, Deputy: names.deputies[one.Account], ByCadre: one.By,
			Cadre: CadreRef{ID: one.For, Name: names.absent[one.For]}, From: one.From, Until: one.Until, Reason: one.Reason,
			State: codedAs(state, substitutionStateTexts[state]), CreatedBy: one.CreatedBy, CreatedAt: one.CreatedAt,
			EndedAt: moment(one.EndedAt), EndedBy: one.EndedBy, Version: one.Version,
		}
	}
	return views, nil
}

func (s *server) listSubstitutions(ctx context.Context, input *SubstitutionListInput) (*PageBody[SubstitutionView], error) {
	found, err := s.Archive.Substitutions(ctx, s.Policy.Reach(principal(ctx), auth.SubstituteManage), store.SubstitutionFilter{
		Cadre: input.Cadre, Account: input.Account, On: input.On, State: input.State, Today: models.DateOf(s.now()),
	}, input.page())
	if err != nil {
		return nil, err
	}
	views, err := s.showSubstitutions(ctx, found.Items)
	if err != nil {
		return nil, err
	}
	return paged(store.Paged[SubstitutionView]{Items: views, Next: found.Next}, func(view SubstitutionView) SubstitutionView { return view }), nil
}

func (s *server) getSubstitution(ctx context.Context, input *SubstitutionPath) (*SubstitutionBody, error) {
	found, err := s.Archive.Substitution(ctx, s.Policy.Reach(principal(ctx), auth.SubstituteManage), input.Substitution)
	if err != nil {
		return nil, err
	}
	return s.substitutionAnswer(ctx, found)
}

func (s *server) substitutionAnswer(ctx context.Context, one store.Substitution) (*SubstitutionBody, error) {
	views, err := s.showSubstitutions(ctx, []store.Substitution{one})
	if err != nil {
		return nil, err
	}
	return &SubstitutionBody{Location: Prefix + "/substitutions/" + one.ID, ETag: etag(one.Version), Body: views[0]}, nil
}

// arrange makes the substitution's ID of the caller and the key, so that asking
// twice makes one.
func (s *server) arrange(ctx context.Context, input *ArrangeInput) (*SubstitutionBody, error) {
	who := principal(ctx)
	switch {
	case input.Key == "":
		return nil, problem.New(problem.IdempotencyMissing)
	case !validKey(input.Key):
		return nil, problem.New(problem.IdempotencyMalformed)
	}
	sum := sha256.Sum256([]byte(commandID(who, input.Key)))
	asked := store.Substitution{
		ID: hex.EncodeToString(sum[:]), Account: input.Body.Account, For: input.Body.Cadre,
		From: input.Body.From, Until: input.Body.Until, Reason: strings.TrimSpace(input.Body.Reason),
	}
	if made, err := s.arrangedBefore(ctx, asked); made != nil || err != nil {
		return made, err
	}
	if err := s.checkArrangement(ctx, &asked); err != nil {
		return nil, err
	}
	added, err := s.Archive.AddSubstitution(ctx, asked, who.Account, s.now())
	if errors.Is(err, store.ErrDuplicate) {
		// Either a twin of this very request was faster, or there is another one.
		if made, lookErr := s.arrangedBefore(ctx, asked); made != nil || lookErr != nil {
			return made, lookErr
		}
		return nil, problem.New(problem.SubstitutionOverlap).At("body.from", "这段时间已安排同一人代理").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return s.substitutionAnswer(ctx, added)
}

// arrangedBefore answers a repeated request with what the first one made.
func (s *server) arrangedBefore(ctx context.Context, asked store.Substitution) (*SubstitutionBody, error) {
	made, err := s.Archive.Substitution(ctx, store.Everything(), asked.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	// The last day may have been moved since.
	case made.Account != asked.Account || made.For != asked.For || made.From != asked.From || made.Reason != asked.Reason:
		return nil, problem.New(problem.IdempotencyReused)
	default:
		return s.substitutionAnswer(ctx, made)
	}
}

// checkArrangement says what is wrong with a substitution, and fills in whose
// account the deputy's is.
func (s *server) checkArrangement(ctx context.Context, asked *store.Substitution) error {
	if _, err := oneLine("body.reason", asked.Reason); err != nil {
		return err
	}
	if err := s.checkDays(asked.From, asked.Until); err != nil {
		return err
	}
	reach := s.Policy.Reach(principal(ctx), auth.SubstituteManage)
	if _, err := s.Archive.Cadre(ctx, reach, asked.For); errors.Is(err, store.ErrNotFound) {
		return invalid("body.cadre", "没有这名干部，或不在您的职责范围内")
	} else if err != nil {
		return err
	}
	deputy, err := s.Archive.Candidate(ctx, reach, asked.Account, nil)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return invalid("body.account", "没有这个账号、账号已停用，或不在您的职责范围内")
	case err != nil:
		return err
	case deputy.Cadre == asked.For:
		return invalid("body.account", "本人不能代理本人")
	case asked.Account == principal(ctx).Account:
		// Otherwise whoever arranges could give themselves anybody's roles.
		return problem.New(problem.OwnAccount).At("body.account", "不能安排自己代理他人，请由另一名组织部门人员安排")
	}
	asked.By = deputy.Cadre
	return s.checkLending(ctx, reach, *asked)
}

// checkDays: a substitution begins today at the earliest, since what somebody
// did before was not done in another's place.
func (s *server) checkDays(from, until models.Date) error {
	today := models.DateOf(s.now())
	switch days := from.DaysUntil(until) + 1; {
	case from.IsZero() || from.Before(today):
		return invalid("body.from", "开始日期不能早于今天（"+today.String()+"）")
	case until.Before(from):
		return invalid("body.until", "结束日期不能早于开始日期")
	case days > s.Settings.SubstitutionDays:
		return invalid("body.until", fmt.Sprintf("一次代理至多 %d 天，现为 %d 天；更长的请到期后再安排", s.Settings.SubstitutionDays, days))
	default:
		return nil
	}
}

// checkLending: officers neither lend nor borrow, and nobody lends what lies
// outside their own part of the tree.
func (s *server) checkLending(ctx context.Context, reach store.Reach, asked store.Substitution) error {
	own, err := s.Archive.Grants(ctx, asked.Account)
	if err != nil {
		return err
	}
	stored, err := s.Archive.GrantsOfCadre(ctx, asked.For)
	if err != nil {
		return err
	}
	lent, given := auth.Lend(grantsOf(own), asked.For, grantsOf(stored))
	if !given {
		return problem.New(problem.SubstitutionOfficer)
	}
	if slices.ContainsFunc(lent.Grants, func(grant auth.Grant) bool {
		return grant.Role != auth.RoleCadre && !reach.Covers(grant.Path, "")
	}) {
		return problem.New(problem.SubstitutionBeyond).At("body.cadre", "该干部的职责超出您的范围")
	}
	return nil
}

func (s *server) endSubstitution(ctx context.Context, input *EndSubstitutionInput) (*SubstitutionBody, error) {
	who, reach := principal(ctx), s.Policy.Reach(principal(ctx), auth.SubstituteManage)
	found, err := s.Archive.Substitution(ctx, reach, input.Substitution)
	if err != nil {
		return nil, err
	}
	version, err := input.seen()
	if err != nil {
		return nil, err
	}
	last := input.Body.Last
	err = s.Archive.EndSubstitution(ctx, found.ID, version, last, who.Account, s.now())
	if errors.Is(err, store.ErrSubstitution) {
		return nil, endingFault(found, models.DateOf(s.now()))
	}
	if err != nil && !errors.Is(err, store.ErrVersion) {
		return nil, err
	}
	ended, readErr := s.Archive.Substitution(ctx, reach, found.ID)
	if readErr != nil {
		return nil, readErr
	}
	asWished := ended.Version == version+1 && (last.IsZero() && ended.EndedBy == who.Account || !last.IsZero() && ended.Until == last)
	if err != nil && !asWished {
		said := problem.Of(err)
		said.Params = map[string]string{"shown": strconv.FormatInt(version, 10), "current": strconv.FormatInt(ended.Version, 10)}
		return nil, said.With("ETag", etag(ended.Version))
	}
	return s.substitutionAnswer(ctx, ended)
}

func endingFault(found store.Substitution, today models.Date) error {
	if found.State(today) == store.SubstitutionPast {
		return problem.New(problem.SubstitutionOver)
	}
	return invalid("body.last", "应在今天（"+today.String()+"）与原定最后一日（"+found.Until.String()+"）之间，且不早于第一日")
}
