package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// A view is a filter of the ledger under a name. It gives no rights: what it
// chooses is read by the reach of whoever opens it, at each request.

// SavedViewView is a view as the API shows it.
type SavedViewView struct {
	ID         string              `json:"id" doc:"视图编号"`
	Name       string              `json:"name" doc:"名称"`
	Mine       bool                `json:"mine" doc:"是否本人的；他人共享的只能使用，不能更改"`
	Owner      string              `json:"owner,omitempty" doc:"共享人姓名"`
	SharedWith *UnitRef            `json:"sharedWith,omitempty" doc:"共享给此单位的人员使用"`
	Start      bool                `json:"start" doc:"是否作为台账的起始视图"`
	Terms      map[string][]string `json:"terms" doc:"条件；日期可以是相对的，如 today+30、week-end、month-end、quarter-end+1"`
	// Query is what the terms mean today, as the query of GET /obligations.
	Query string `json:"query" doc:"条件在今日的含义，即 GET /obligations 的查询" example:"light=red"`
	// Count is absent when it was not asked for, or cannot be told to the caller.
	Count *int64 `json:"count,omitempty" doc:"按本人查看范围计的数目"`
	ETag  string `json:"etag" doc:"更改、删除时的 If-Match"`
}

// SavedViewContent is what a person says of a view.
type SavedViewContent struct {
	Name       string              `json:"name" minLength:"1" maxLength:"40" doc:"名称，同一人的不得重复"`
	Terms      map[string][]string `json:"terms" maxProperties:"9" doc:"条件：unit、kind、state、light、dueAfter、dueBefore、undated、overdueOn、text"`
	SharedWith models.UnitID       `json:"sharedWith,omitempty" maxLength:"64" doc:"共享给本人所在的此单位；不填为不共享"`
	Start      bool                `json:"start,omitempty" doc:"作为台账的起始视图"`
}

// SavedViewListInput asks for the caller's views.
type SavedViewListInput struct {
	Plan   models.PlanID `query:"plan" maxLength:"64" doc:"计数所在的计划"`
	Counts bool          `query:"counts" doc:"一并计数"`
}

// SaveViewInput keeps a new view.
type SaveViewInput struct {
	Keyed
	Body SavedViewContent
}

// SavedViewPath is the view in a path.
type SavedViewPath struct {
	View string `path:"view" maxLength:"64" doc:"视图编号"`
}

// EditViewInput changes a view.
type EditViewInput struct {
	SavedViewPath
	Guarded
	Body SavedViewContent
}

// DeleteViewInput removes a view.
type DeleteViewInput struct {
	SavedViewPath
	Guarded
}

// SavedViewOutput answers with one view.
type SavedViewOutput struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     SavedViewView
}

func registerSavedView(api huma.API, s *server) {
	tags := []string{"本人"}
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-views", Method: http.MethodGet, Path: "/me/views", Tags: tags, Summary: "本人的和共享给本人的台账视图",
	}, auth.ObligationRead, ReachSelf), s.listViews)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "save-view", Method: http.MethodPost, Path: "/me/views", Tags: tags, Summary: "保存台账视图",
		Description: "每人至多 30 个。条件按名称保存，日期可以是相对的，每次打开时按当日换算；视图不带权限，数目和内容按打开人的查看范围。", DefaultStatus: http.StatusCreated,
	}, auth.ObligationRead, ReachSelf), s.saveView)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-view", Method: http.MethodGet, Path: "/me/views/{view}", Tags: tags, Summary: "一个台账视图",
	}, auth.ObligationRead, ReachSelf), s.getView)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "edit-view", Method: http.MethodPut, Path: "/me/views/{view}", Tags: tags, Summary: "更改本人的台账视图",
	}, auth.ObligationRead, ReachSelf), s.editView)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "delete-view", Method: http.MethodDelete, Path: "/me/views/{view}", Tags: tags, Summary: "删除本人的台账视图",
		DefaultStatus: http.StatusNoContent,
	}, auth.ObligationRead, ReachSelf), s.deleteView)
}

// ownUnits are the units that the caller works in: those of their grants.
func ownUnits(who auth.Principal) []models.UnitID {
	var units []models.UnitID
	for _, grant := range who.Grants {
		if !slices.Contains(units, grant.Unit) {
			units = append(units, grant.Unit)
		}
	}
	return units
}

func (s *server) listViews(ctx context.Context, input *SavedViewListInput) (*ListOf[SavedViewView], error) {
	who := principal(ctx)
	views, err := s.Archive.SavedViews(ctx, who.Account, ownUnits(who))
	if err != nil {
		return nil, err
	}
	shown, err := s.showViews(ctx, views)
	if err != nil {
		return nil, err
	}
	if input.Counts {
		for i := range shown {
			if shown[i].Count, err = s.countView(ctx, views[i], input.Plan); err != nil {
				return nil, err
			}
		}
	}
	return list(shown, func(view SavedViewView) SavedViewView { return view }), nil
}

// showViews names units and owners.
func (s *server) showViews(ctx context.Context, views []store.SavedView) ([]SavedViewView, error) {
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	who, today := principal(ctx), models.DateOf(s.now())
	owners := map[models.AccountID]string{}
	shown := make([]SavedViewView, len(views))
	for i, view := range views {
		shown[i] = SavedViewView{
			ID: view.ID, Name: view.Name, Mine: view.Account == who.Account, Start: view.Starts && view.Account == who.Account,
			Terms: view.Terms, Query: models.ViewTerms(view.Terms).On(today).Encode(), ETag: etag(view.Version),
		}
		if view.SharedWith != "" {
			unit := names.unit(view.SharedWith)
			shown[i].SharedWith = &unit
		}
		if shown[i].Mine {
			continue
		}
		if _, known := owners[view.Account]; !known {
			owner, err := s.Archive.Account(ctx, view.Account)
			if err != nil {
				return nil, err
			}
			owners[view.Account] = owner.Name
		}
		shown[i].Owner = owners[view.Account]
	}
	return shown, nil
}

// countView counts by the caller's own reach. What a view filters by may be
// gone, or be a name that the caller may not search by: it has no count then.
func (s *server) countView(ctx context.Context, view store.SavedView, plan models.PlanID) (*int64, error) {
	filter, err := s.obligationFilter(ctx, queryOf(models.ViewTerms(view.Terms).On(models.DateOf(s.now())), plan))
	if said := problem.Of(err); said != nil && said.Status < http.StatusInternalServerError {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	count, err := s.Archive.CountObligations(ctx, s.Policy.Reach(principal(ctx), auth.ObligationRead), filter, s.now())
	return &count, err
}

// queryOf reads the query of a view, whose terms were checked.
func queryOf(values url.Values, plan models.PlanID) obligationFilter {
	date := func(name string) models.Date {
		day, err := models.ParseDate(values.Get(name))
		if err != nil {
			return models.Date{}
		}
		return day
	}
	query := obligationFilter{
		Plan: plan, Unit: models.UnitID(values.Get("unit")), Kind: models.Kind(values.Get("kind")), Text: values.Get("text"),
		DueAfter: date("dueAfter"), DueBefore: date("dueBefore"), OverdueOn: date("overdueOn"), Undated: values.Get("undated") == "true",
	}
	for _, state := range strings.FieldsFunc(values.Get("state"), comma) {
		query.States = append(query.States, models.ObligationState(state))
	}
	for _, light := range strings.FieldsFunc(values.Get("light"), comma) {
		query.Lights = append(query.Lights, models.Light(light))
	}
	return query
}

func comma(letter rune) bool { return letter == ',' }

func (s *server) getView(ctx context.Context, input *SavedViewPath) (*SavedViewOutput, error) {
	who := principal(ctx)
	view, err := s.Archive.SavedView(ctx, who.Account, ownUnits(who), input.View)
	if err != nil {
		return nil, err
	}
	shown, err := s.showViews(ctx, []store.SavedView{view})
	if err != nil {
		return nil, err
	}
	return &SavedViewOutput{ETag: etag(view.Version), Body: shown[0]}, nil
}

// viewOf checks what a person says of a view.
func (s *server) viewOf(ctx context.Context, content SavedViewContent) (store.SavedView, error) {
	name, err := oneLine("body.name", content.Name)
	if err != nil {
		return store.SavedView{}, err
	}
	terms, err := models.ViewTerms(content.Terms).Checked()
	var refused *models.TermError
	switch {
	case errors.As(err, &refused) && !slices.Contains(models.ViewFilters, refused.Filter):
		return store.SavedView{}, invalid("body.terms", "没有“"+shortened(refused.Filter)+"”这个条件")
	case errors.As(err, &refused):
		return store.SavedView{}, invalid("body.terms."+refused.Filter, "“"+shortened(refused.Value)+"”不是这个条件可以取的值")
	case err != nil:
		return store.SavedView{}, err
	}
	for _, text := range slices.Concat(terms["text"], terms["unit"]) {
		if _, err := oneLine("body.terms.text", text); err != nil {
			return store.SavedView{}, err
		}
	}
	// The filter is tried, so that what the ledger would refuse is refused here.
	if _, err := s.obligationFilter(ctx, queryOf(terms.On(models.DateOf(s.now())), "")); err != nil {
		return store.SavedView{}, err
	}
	if content.SharedWith != "" && !slices.Contains(ownUnits(principal(ctx)), content.SharedWith) {
		return store.SavedView{}, invalid("body.sharedWith", "只能共享给本人所在的单位")
	}
	return store.SavedView{
		Account: principal(ctx).Account, Name: name, Terms: terms, SharedWith: content.SharedWith, Starts: content.Start,
		UpdatedAt: s.now(),
	}, nil
}

// saveView keeps a view once however often it is sent: its ID is made of the
// key.
func (s *server) saveView(ctx context.Context, input *SaveViewInput) (*SavedViewOutput, error) {
	who := principal(ctx)
	command, _, err := identify(who, order{Key: input.Key})
	if err != nil {
		return nil, err
	}
	view, err := s.viewOf(ctx, input.Body)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(command))
	view.ID, view.CreatedAt = hex.EncodeToString(sum[:16]), view.UpdatedAt
	kept, err := s.Archive.SavedView(ctx, who.Account, nil, view.ID)
	switch {
	case err == nil && !sameView(kept, view):
		return nil, problem.New(problem.IdempotencyReused)
	case errors.Is(err, store.ErrNotFound):
		err = s.Archive.CreateSavedView(ctx, view)
	}
	if err != nil {
		return nil, viewProblem(err)
	}
	output, err := s.getView(ctx, &SavedViewPath{View: view.ID})
	if err != nil {
		return nil, err
	}
	output.Location = Prefix + "/me/views/" + view.ID
	return output, nil
}

func sameView(a, b store.SavedView) bool {
	return a.Name == b.Name && a.SharedWith == b.SharedWith && a.Starts == b.Starts &&
		maps.EqualFunc(a.Terms, b.Terms, slices.Equal[[]string])
}

// viewProblem says what the archive refuses in the words of views.
func viewProblem(err error) error {
	switch {
	case errors.Is(err, store.ErrTooManyViews):
		return problem.New(problem.ViewLimit)
	case errors.Is(err, store.ErrDuplicate):
		return problem.New(problem.Duplicate).At("body.name", "已有同名的视图，请换一个名称")
	default:
		return err
	}
}

func (s *server) editView(ctx context.Context, input *EditViewInput) (*SavedViewOutput, error) {
	if _, err := s.ownView(ctx, input.View); err != nil {
		return nil, err
	}
	seen, err := input.seen()
	if err != nil {
		return nil, err
	}
	view, err := s.viewOf(ctx, input.Body)
	if err != nil {
		return nil, err
	}
	view.ID, view.Version = input.View, seen
	if err := s.Archive.EditSavedView(ctx, view); err != nil {
		return nil, viewProblem(err)
	}
	return s.getView(ctx, &SavedViewPath{View: input.View})
}

// ownView finds a view of the caller; one that somebody shares with them may be
// read and not changed.
func (s *server) ownView(ctx context.Context, id string) (store.SavedView, error) {
	who := principal(ctx)
	view, err := s.Archive.SavedView(ctx, who.Account, ownUnits(who), id)
	if err == nil && view.Account != who.Account {
		return store.SavedView{}, forbidden("这是他人共享的视图，只能使用，不能更改；可以另存为自己的视图。")
	}
	return view, err
}

func (s *server) deleteView(ctx context.Context, input *DeleteViewInput) (*struct{}, error) {
	if _, err := s.ownView(ctx, input.View); err != nil {
		return nil, err
	}
	seen, err := input.seen()
	if err != nil {
		return nil, err
	}
	if err := s.Archive.DeleteSavedView(ctx, principal(ctx).Account, input.View, seen); err != nil {
		return nil, err
	}
	return &struct{}{}, nil
}

// overdueInstant is the end of a day, or now while that is still to come.
func (s *server) overdueInstant(day models.Date) time.Time {
	if end := day.End(); end.Before(s.now()) {
		return end
	}
	return s.now()
}
