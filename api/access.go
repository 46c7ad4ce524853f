package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// AccessInput names the access that is asked for.
type AccessInput struct {
	Paging
	Account   string    `query:"account" maxLength:"64" doc:"账号编号"`
	Who       string    `query:"who" maxLength:"100" doc:"登录名或姓名"`
	Action    string    `query:"action" maxLength:"64" doc:"操作的代码，或其名称中的文字"`
	LogNumber string    `query:"logNumber" maxLength:"64" doc:"日志编号"`
	From      time.Time `query:"from" doc:"自此时起"`
	Until     time.Time `query:"until" doc:"至此时止"`
}

// AccessView is the access as the API shows it.
type AccessView struct {
	At      time.Time        `json:"at" doc:"时间"`
	Account models.AccountID `json:"account,omitempty" doc:"账号编号；登录失败且账号不存在时没有"`
	Login   string           `json:"login,omitempty" doc:"登录名"`
	Name    string           `json:"name,omitempty" doc:"姓名"`
	Token   string           `json:"token,omitempty" doc:"程序令牌编号"`
	Action  string           `json:"action" doc:"操作的代码"`
	// ActionText is the action in words.
	ActionText string `json:"actionText" doc:"操作"`
	Object     string `json:"object" doc:"对象"`
	Status     int    `json:"status" doc:"结果（HTTP 状态码）"`
	Source     string `json:"source" doc:"来源地址"`
	LogNumber  string `json:"logNumber" doc:"日志编号"`
}

func (s *server) viewAccess(access store.Access, by store.KnownAs) AccessView {
	return AccessView{
		At: access.At, Account: access.Account, Login: by.Login, Name: by.Name, Token: access.Token,
		Action: access.Action, ActionText: s.actions.text(access.Action), Object: access.Object,
		Status: access.Status, Source: access.Source, LogNumber: access.LogNumber,
	}
}

func registerAccessLog(api huma.API, s *server, tags []string) {
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "list-access-log", Method: http.MethodGet, Path: "/access-log", Tags: tags, Summary: "访问日志（安全审计员）",
		Description: "登录、账号与职责的管理、被拒绝的操作，最新的在前。日志只增不改，查看本身也记入日志。",
	}, auth.AccessLogRead, ReachNone)), s.listAccess)
}

func (s *server) listAccess(ctx context.Context, input *AccessInput) (*PageBody[AccessView], error) {
	rows, err := s.Archive.AccessLog(ctx, store.AccessFilter{
		Account: models.AccountID(input.Account), Who: input.Who, Actions: s.actions.matching(input.Action),
		LogNumber: strings.TrimSpace(input.LogNumber), From: input.From, Until: input.Until,
	}, input.page())
	if err != nil {
		return nil, err
	}
	known, err := knownAs(ctx, s.Archive, rows.Items, func(access store.Access) models.AccountID { return access.Account })
	if err != nil {
		return nil, err
	}
	return paged(rows, func(access store.Access) AccessView { return s.viewAccess(access, known[access.Account]) }), nil
}
