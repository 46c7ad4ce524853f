package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// OpenSessionView is somebody's log-in that is open.
type OpenSessionView struct {
	Account   models.AccountID `json:"account" doc:"账号编号"`
	Login     string           `json:"login,omitempty" doc:"登录名"`
	Name      string           `json:"name,omitempty" doc:"姓名"`
	ID        string           `json:"id" doc:"会话编号"`
	Current   bool             `json:"current" doc:"是否当前会话"`
	CreatedAt time.Time        `json:"createdAt" doc:"登录时间"`
	SeenAt    time.Time        `json:"seenAt" doc:"最近使用时间"`
	ExpiresAt time.Time        `json:"expiresAt" doc:"到期时间"`
}

// OpenSessionsInput chooses an account.
type OpenSessionsInput struct {
	Paging
	Account string `query:"account" maxLength:"64" doc:"账号编号"`
	Who     string `query:"who" maxLength:"100" doc:"登录名或姓名"`
}

// EndSessionInput names a session of an account.
type EndSessionInput struct {
	Account string `path:"account" maxLength:"64" doc:"账号编号"`
	Session string `path:"session" maxLength:"32" doc:"会话编号"`
}

func registerOpenSessions(api huma.API, s *server) {
	tags := []string{"账号"}
	huma.Register(api, personal(s.operation(huma.Operation{
		OperationID: "list-open-sessions", Method: http.MethodGet, Path: "/sessions", Tags: tags, Summary: "现在有效的登录（安全保密管理员）",
	}, auth.SessionManage, ReachNone)), s.listOpenSessions)
	huma.Register(api, logged(personal(s.operation(huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/sessions/{account}/{session}", Tags: tags,
		Summary: "结束一个登录（安全保密管理员）", DefaultStatus: http.StatusNoContent,
	}, auth.SessionManage, ReachNone))), s.endSession)
}

func (s *server) listOpenSessions(ctx context.Context, input *OpenSessionsInput) (*PageBody[OpenSessionView], error) {
	found, err := s.Archive.OpenSessions(ctx,
		store.OpenSessionFilter{Account: models.AccountID(input.Account), Who: input.Who}, s.now(), input.page())
	if err != nil {
		return nil, err
	}
	known, err := knownAs(ctx, s.Archive, found.Items, func(session store.Session) models.AccountID { return session.Account })
	if err != nil {
		return nil, err
	}
	current := store.SessionID(journeyOf(ctx).session.digest)
	return paged(found, func(session store.Session) OpenSessionView {
		return OpenSessionView{
			Account: session.Account, Login: known[session.Account].Login, Name: known[session.Account].Name, ID: session.ID, Current: session.ID == current,
			CreatedAt: session.CreatedAt, SeenAt: session.SeenAt, ExpiresAt: session.ExpiresAt,
		}
	}), nil
}

func (s *server) endSession(ctx context.Context, input *EndSessionInput) (*struct{}, error) {
	return nil, s.Archive.RevokeSession(ctx, models.AccountID(input.Account), input.Session)
}
