package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// GrantView is the grant as the API shows it.
type GrantView struct {
	ID     string           `json:"id" doc:"授权编号"`
	Role   auth.Role        `json:"role" doc:"角色"`
	Unit   models.UnitID    `json:"unit" doc:"单位"`
	Path   string           `json:"path" doc:"单位在单位树中的位置"`
	By     models.AccountID `json:"by" doc:"授予人的账号"`
	ByName string           `json:"byName,omitempty" doc:"授予人"`
	At     time.Time        `json:"at" doc:"授予时间"`
}

func (v *GrantView) actors() []actor { return []actor{{v.By, &v.ByName}} }

func viewGrant(grant store.Grant) GrantView {
	return GrantView{ID: grant.ID, Role: auth.Role(grant.Role), Unit: grant.Unit, Path: grant.Path, By: grant.By, At: grant.At}
}

// GrantsOutput answers with the grants.
type GrantsOutput struct {
	ETag string `header:"ETag"`
	Body PageOf[GrantView]
}

// AddGrantInput is the request to add grant.
type AddGrantInput struct {
	AccountPath
	Guarded
	Body struct {
		Role string `json:"role" maxLength:"32" doc:"角色"`
		Unit string `json:"unit" maxLength:"64" doc:"单位；角色及于该单位及其下属"`
	}
}

// RevokeGrantInput is the request to revoke grant.
type RevokeGrantInput struct {
	AccountPath
	Guarded
	Grant string `path:"grant" maxLength:"64" doc:"授权编号"`
}

func registerGrants(api huma.API, s *server, tags []string) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-grants", Method: http.MethodGet, Path: "/accounts/{account}/grants", Tags: tags, Summary: "账号的职责",
	}, auth.GrantRead, ReachNone), s.listGrants)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "add-grant", Method: http.MethodPost, Path: "/accounts/{account}/grants", Tags: tags,
		Summary: "授予职责（安全保密管理员）", Description: "If-Match 为账号的 ETag。三员职责须由三人分任，且不兼任业务角色。",
		DefaultStatus: http.StatusCreated,
	}, auth.GrantManage, ReachNone)), s.addGrant)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "revoke-grant", Method: http.MethodDelete, Path: "/accounts/{account}/grants/{grant}", Tags: tags,
		Summary: "收回职责（安全保密管理员）", Description: "If-Match 为账号的 ETag。", DefaultStatus: http.StatusNoContent,
	}, auth.GrantManage, ReachNone)), s.revokeGrant)
}

func (s *server) listGrants(ctx context.Context, input *AccountPath) (*GrantsOutput, error) {
	account, err := s.Archive.Account(ctx, models.AccountID(input.Account))
	if err != nil {
		return nil, err
	}
	grants, err := s.Archive.Grants(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	body := paged(store.Paged[store.Grant]{Items: grants}, viewGrant).Body
	return &GrantsOutput{ETag: etag(account.Version), Body: body}, s.name(ctx, actorsOf(body.Items, (*GrantView).actors)...)
}

// addGrant checks the roles held against the version that If-Match names: if
// the account's roles change meanwhile, the archive refuses.
func (s *server) addGrant(ctx context.Context, input *AddGrantInput) (*GrantsOutput, error) {
	version, err := input.seen()
	if err != nil {
		return nil, err
	}
	account, role := models.AccountID(input.Account), auth.Role(input.Body.Role)
	if account == principal(ctx).Account {
		return nil, problem.New(problem.OwnAccount)
	}
	if !role.Valid() {
		return nil, problem.New(problem.UnknownRole, "role", input.Body.Role).At("body.role", "没有这个角色")
	}
	path, err := s.Archive.UnitPath(ctx, models.UnitID(input.Body.Unit))
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.New(problem.UnknownUnit, "unit", input.Body.Unit).At("body.unit", "没有这个单位")
	}
	if err != nil {
		return nil, err
	}
	if err := s.checkSeparation(ctx, account, role); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	err = s.Archive.AddGrant(ctx, store.Grant{
		ID: id.String(), Account: account, Role: string(role), Unit: models.UnitID(input.Body.Unit), Path: path,
		By: principal(ctx).Account, At: s.now(),
	}, version)
	if err != nil {
		return nil, err
	}
	return s.listGrants(ctx, &input.AccountPath)
}

func (s *server) checkSeparation(ctx context.Context, account models.AccountID, added auth.Role) error {
	grants, err := s.Archive.Grants(ctx, account)
	if err != nil {
		return err
	}
	held := make([]auth.Role, 0, len(grants))
	for _, grant := range grants {
		held = append(held, auth.Role(grant.Role))
	}
	if !auth.Separate(held, added) {
		return problem.New(problem.OfficerSeparation).At("body.role", "与已有职责不能兼任")
	}
	return nil
}

func (s *server) revokeGrant(ctx context.Context, input *RevokeGrantInput) (*struct{}, error) {
	version, err := input.seen()
	if err != nil {
		return nil, err
	}
	account := models.AccountID(input.Account)
	if account == principal(ctx).Account {
		return nil, problem.New(problem.OwnAccount)
	}
	err = s.Archive.RevokeGrant(ctx, account, input.Grant, principal(ctx).Account, version, s.now())
	if err != nil {
		return nil, err
	}
	return &struct{}{}, nil
}
