package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models/store"
)

// TokenView is the token as the API shows it.
type TokenView struct {
	ID        string     `json:"id" doc:"令牌编号"`
	Name      string     `json:"name" doc:"用途"`
	Scopes    []string   `json:"scopes" doc:"权限"`
	CreatedAt time.Time  `json:"createdAt" doc:"签发时间"`
	ExpiresAt time.Time  `json:"expiresAt" doc:"到期时间"`
	UsedAt    *time.Time `json:"usedAt,omitempty" doc:"最近使用时间"`
}

func viewToken(token store.Token) TokenView {
	view := TokenView{
		ID: token.ID, Name: token.Name, Scopes: token.Scopes, CreatedAt: token.CreatedAt, ExpiresAt: token.ExpiresAt,
	}
	if !token.UsedAt.IsZero() {
		view.UsedAt = &token.UsedAt
	}
	return view
}

// IssueTokenInput is the request to issue token.
type IssueTokenInput struct {
	Body struct {
		Name   string   `json:"name" minLength:"1" maxLength:"100" doc:"用途"`
		Scopes []string `json:"scopes" minItems:"1" maxItems:"64" doc:"权限，须为本人权限的一部分；重复的只算一次"`
		Days   int      `json:"days" minimum:"1" maximum:"366" doc:"有效天数"`
	}
}

// IssuedToken is the issued token as the API shows it.
type IssuedToken struct {
	TokenView
	Secret string `json:"secret" doc:"令牌，只显示这一次"`
}

// IssuedTokenOutput answers with the issued token.
type IssuedTokenOutput struct {
	Location string `header:"Location"`
	Body     IssuedToken
}

// TokenInput names the token that is asked for.
type TokenInput struct {
	Token string `path:"token" maxLength:"64" doc:"令牌编号"`
}

func registerTokens(api huma.API, s *server) {
	tags := []string{"程序令牌"}
	huma.Register(api, personal(s.operation(huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/tokens", Tags: tags, Summary: "本人的程序令牌",
	}, auth.SignedIn, ReachSelf)), s.listTokens)
	huma.Register(api, logged(personal(s.operation(huma.Operation{
		OperationID: "issue-token", Method: http.MethodPost, Path: "/tokens", Tags: tags, Summary: "签发程序令牌",
		DefaultStatus: http.StatusCreated,
	}, auth.SignedIn, ReachSelf))), s.issueToken)
	huma.Register(api, logged(personal(s.operation(huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: "/tokens/{token}", Tags: tags, Summary: "吊销程序令牌",
		DefaultStatus: http.StatusNoContent,
	}, auth.SignedIn, ReachSelf))), s.revokeToken)
}

func (s *server) listTokens(ctx context.Context, _ *struct{}) (*PageBody[TokenView], error) {
	tokens, err := s.Archive.Tokens(ctx, principal(ctx).Account)
	if err != nil {
		return nil, err
	}
	return paged(store.Paged[store.Token]{Items: tokens}, viewToken), nil
}

// issueToken gives a program some of the caller's own permissions. What the
// caller loses later, the token loses with them.
func (s *server) issueToken(ctx context.Context, input *IssueTokenInput) (*IssuedTokenOutput, error) {
	who := principal(ctx)
	name, err := oneLine("body.name", input.Body.Name)
	if err != nil {
		return nil, err
	}
	for _, scope := range input.Body.Scopes {
		permission := auth.Permission(scope)
		if !slices.Contains(auth.Permissions(), permission) || !s.Policy.Holds(who, permission) {
			return nil, problem.New(problem.ScopeTooWide, "scope", scope).At("body.scopes", "超出本人的权限")
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	// Not left to the framework: its check for doubles panics on lists and objects.
	scopes := slices.Clone(input.Body.Scopes)
	slices.Sort(scopes)
	now := s.now()
	token := store.Token{
		ID: id.String(), Account: who.Account, Name: name, Scopes: slices.Compact(scopes),
		CreatedAt: now, ExpiresAt: now.AddDate(0, 0, input.Body.Days),
	}
	secret, err := s.Archive.IssueToken(ctx, token)
	if err != nil {
		return nil, err
	}
	return &IssuedTokenOutput{
		Location: Prefix + "/tokens/" + token.ID, Body: IssuedToken{TokenView: viewToken(token), Secret: secret},
	}, nil
}

func (s *server) revokeToken(ctx context.Context, input *TokenInput) (*struct{}, error) {
	if err := s.Archive.RevokeToken(ctx, principal(ctx).Account, input.Token, s.now()); err != nil {
		return nil, err
	}
	return &struct{}{}, nil
}
