package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// MyGrant is one role of whoever asks.
type MyGrant struct {
	Role auth.Role     `json:"role" doc:"角色"`
	Unit models.UnitID `json:"unit" doc:"单位"`
	Path string        `json:"path" doc:"单位在单位树中的位置"`
}

// Me is who asks: roles, permissions, and what the system holds about them.
type Me struct {
	Account       models.AccountID `json:"account" doc:"账号编号"`
	Login         string           `json:"login" doc:"账号"`
	Name          string           `json:"name" doc:"姓名"`
	Email         string           `json:"email,omitempty" doc:"电子邮件"`
	Cadre         models.CadreID   `json:"cadre,omitempty" doc:"干部编号"`
	SubstituteFor []models.CadreID `json:"substituteFor" doc:"今日代理的干部"`
	// StandsIn says for whom the caller acts today and with which roles,
	// Substitutes who acts for the caller now or will.
	StandsIn    []StandingIn      `json:"standsIn" doc:"今日代理何人、至何日、代行哪些职责"`
	Substitutes []MySubstitute    `json:"substitutes" doc:"何人正在或将要代理本人"`
	Grants      []MyGrant         `json:"grants" doc:"职责"`
	Permissions []auth.Permission `json:"permissions" doc:"权限"`
	MustChange  bool              `json:"mustChangePassword" doc:"须先修改密码"`
	// TooOld: it must change because of its age.
	TooOld      bool `json:"passwordTooOld,omitempty" doc:"密码已到更换期限"`
	HasPassword bool `json:"hasPassword" doc:"是否设有密码"`
	// SignOnName is the name under which single sign-on opens the account.
	SignOnName string `json:"singleSignOnName,omitempty" doc:"统一认证名"`
	// SecondFactor and MustEnrol say whether a code is asked for at the log-in.
	SecondFactor bool `json:"secondFactor" doc:"是否已设置动态验证码"`
	MustEnrol    bool `json:"mustEnrolSecondFactor,omitempty" doc:"须先设置动态验证码"`
	// Held lists, in words, what the system keeps about the caller.
	Held      []string  `json:"held" doc:"系统保存的有关本人的信息"`
	CreatedAt time.Time `json:"createdAt" doc:"建账时间"`
	UpdatedAt time.Time `json:"updatedAt" doc:"最近更改时间"`
}

// MeOutput answers with the me.
type MeOutput struct {
	ETag string `header:"ETag"`
	Body Me
}

// PasswordInput names the password that is asked for.
type PasswordInput struct {
	Body struct {
		Current  string `json:"current,omitempty" maxLength:"128" doc:"原密码；尚未设过密码时不填"`
		Password string `json:"password" maxLength:"512" doc:"新密码，不少于 10 个字符"`
	}
}

func registerMe(api huma.API, s *server) {
	tags := []string{"本人"}
	huma.Register(api, beforePassword(s.operation(huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: "/me", Tags: tags, Summary: "我是谁，有哪些职责，系统保存了我的哪些信息",
	}, auth.SignedIn, ReachSelf)), s.me)
	huma.Register(api, logged(personal(beforePassword(s.operation(huma.Operation{
		OperationID: "change-password", Method: http.MethodPut, Path: "/me/password", Tags: tags, Summary: "修改本人密码",
		Description: "修改后，其他会话全部结束。", DefaultStatus: http.StatusNoContent,
	}, auth.SignedIn, ReachSelf)))), s.changePassword)
}

// held is what the archive keeps about a person; it has no identity-card
// number and no address.
func held(account store.Account) []string {
	kept := []string{"账号、姓名、密码及曾用密码的散列值", "职责及其授予记录", "登录会话与程序令牌（均为散列值）", "登录与管理操作的记录（时间、来源地址、结果）"}
	if account.Email != "" {
		kept = append(kept, "电子邮件地址，用于发送提醒")
	}
	if account.SignOnName != "" {
		kept = append(kept, "统一认证名，及认证系统中唯一标识的散列值")
	}
	if account.Cadre != "" {
		kept = append(kept, "干部编号、任职经历、帮扶责任、帮扶记录及其审核情况")
	}
	return kept
}

func (s *server) me(ctx context.Context, _ *struct{}) (*MeOutput, error) {
	who := principal(ctx)
	account, err := s.Archive.Account(ctx, who.Account)
	if err != nil {
		return nil, err
	}
	body := Me{
		Account: account.ID, Login: account.Login, Name: account.Name, Email: account.Email, Cadre: account.Cadre,
		SubstituteFor: append([]models.CadreID{}, who.SubstituteFor...), Grants: []MyGrant{},
		Permissions: []auth.Permission{}, MustChange: who.MustChange, Held: held(account),
		TooOld: s.sessions.GetBool(ctx, sessionTooOld), SignOnName: account.SignOnName, HasPassword: account.PasswordHash != "",
		SecondFactor: account.SecondFactor != "", MustEnrol: who.MustEnrol,
		CreatedAt: account.CreatedAt, UpdatedAt: account.UpdatedAt,
	}
	for _, grant := range who.Grants {
		body.Grants = append(body.Grants, MyGrant(grant))
	}
	for _, permission := range auth.Permissions() {
		if s.Policy.Holds(who, permission) {
			body.Permissions = append(body.Permissions, permission)
		}
	}
	if body.StandsIn, err = s.standsIn(ctx, who); err != nil {
		return nil, err
	}
	body.Substitutes, err = s.substitutesOf(ctx, who.Cadre)
	return &MeOutput{ETag: etag(account.Version), Body: body}, err
}

// changePassword asks for the present password, except from an account that
// came by a log-in link and has none yet. A wrong one counts as a failed log-in.
func (s *server) changePassword(ctx context.Context, input *PasswordInput) (*struct{}, error) {
	account, err := s.Archive.Account(ctx, principal(ctx).Account)
	if err != nil {
		return nil, err
	}
	if account.PasswordHash != "" {
		if err := s.confirmPassword(ctx, account, input.Body.Current); err != nil {
			return nil, err
		}
	}
	former, err := s.Archive.FormerPasswords(ctx, account.ID, s.Settings.PasswordHistory)
	if err != nil {
		return nil, err
	}
	if err := s.passport.checkNew(ctx, input.Body.Password, account, former); err != nil {
		return nil, err
	}
	hash, err := s.passport.hash(ctx, input.Body.Password)
	if err != nil {
		return nil, err
	}
	set := store.NewPassword{Hash: hash, KeepSession: journeyOf(ctx).session.digest, History: s.Settings.PasswordHistory}
	if err := s.Archive.SetPassword(ctx, account.ID, account.Version, set, s.now()); err != nil {
		return nil, err
	}
	s.sessions.Remove(ctx, sessionTooOld)
	return &struct{}{}, nil
}

func (s *server) confirmPassword(ctx context.Context, account store.Account, password string) error {
	if now := s.now(); now.Before(account.LockedUntil) {
		return locked(account.LockedUntil.Sub(now))
	}
	matches, err := s.passport.match(ctx, password, account.PasswordHash)
	if err != nil {
		return err
	}
	if matches {
		return nil
	}
	if err := s.Archive.SignInFailed(ctx, account.ID, s.Settings.LockAfter, s.Settings.LockFor, s.now()); err != nil {
		return err
	}
	return problem.New(problem.PasswordWrong).At("body.current", "原密码不正确")
}
