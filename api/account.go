package api

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// AccountView is the account as the API shows it.
type AccountView struct {
	ID          models.AccountID   `json:"id" doc:"账号编号"`
	Login       string             `json:"login" doc:"账号"`
	Name        string             `json:"name" doc:"姓名"`
	Cadre       models.CadreID     `json:"cadre,omitempty" doc:"干部编号"`
	Email       string             `json:"email,omitempty" doc:"电子邮件"`
	State       store.AccountState `json:"state" enum:"active,disabled" doc:"active 启用，disabled 停用"`
	MustChange  bool               `json:"mustChangePassword" doc:"须先修改密码"`
	LockedUntil *time.Time         `json:"lockedUntil,omitempty" doc:"锁定至"`
	// SecondFactor tells that one is set up, and nothing of it.
	SecondFactor bool `json:"secondFactor" doc:"是否已设置动态验证码"`
	// SignOnName and SignOnLinked say by whom single sign-on opens the account.
	SignOnName   string    `json:"singleSignOnName,omitempty" doc:"统一认证名"`
	SignOnLinked bool      `json:"singleSignOnLinked" doc:"本人是否已用统一认证登录过，从而绑定"`
	Version      int64     `json:"version" doc:"版本，即 ETag"`
	CreatedAt    time.Time `json:"createdAt" doc:"建账时间"`
	UpdatedAt    time.Time `json:"updatedAt" doc:"最近更改时间"`
}

func viewAccount(account store.Account) AccountView {
	view := AccountView{
		ID: account.ID, Login: account.Login, Name: account.Name, Cadre: account.Cadre, Email: account.Email,
		State: account.State, MustChange: account.MustChange, SecondFactor: account.SecondFactor != "", Version: account.Version,
		SignOnName: account.SignOnName, SignOnLinked: account.SignOnLinked,
		CreatedAt: account.CreatedAt, UpdatedAt: account.UpdatedAt,
	}
	if !account.LockedUntil.IsZero() {
		view.LockedUntil = &account.LockedUntil
	}
	return view
}

// AccountOutput answers with the account.
type AccountOutput struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     AccountView
}

// AccountsInput names the accounts that is asked for.
type AccountsInput struct {
	Paging
	Login string `query:"login" maxLength:"64" doc:"账号的开头"`
	State string `query:"state" enum:"active,disabled" doc:"状态"`
	Cadre string `query:"cadre" maxLength:"64" doc:"干部编号"`
}

// AccountPath is the account in a path. It is exported because the framework
// fills embedded parts by reflection, which reaches exported ones only.
type AccountPath struct {
	Account string `path:"account" maxLength:"64" doc:"账号编号"`
}

// CreateAccountInput is the request to create account.
type CreateAccountInput struct {
	Body struct {
		Login string `json:"login" minLength:"2" maxLength:"64" pattern:"^[A-Za-z0-9._@-]+$" patternDescription:"字母、数字和 . _ @ -" doc:"账号"`
		Name  string `json:"name" minLength:"1" maxLength:"100" doc:"姓名"`
		Cadre string `json:"cadre,omitempty" maxLength:"64" doc:"干部编号"`
		Email string `json:"email,omitempty" maxLength:"255" format:"email" doc:"电子邮件"`
	}
}

// EditAccountInput is the request to edit account.
type EditAccountInput struct {
	AccountPath
	Guarded
	Body struct {
		Name  *string `json:"name,omitempty" minLength:"1" maxLength:"100" doc:"姓名"`
		Email *string `json:"email,omitempty" maxLength:"255" doc:"电子邮件，空字符串为清除"`
		State *string `json:"state,omitempty" enum:"active,disabled" doc:"启用或停用；停用时结束其全部会话"`
	}
}

func registerAccounts(api huma.API, s *server) {
	tags := []string{"账号"}
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-accounts", Method: http.MethodGet, Path: "/accounts", Tags: tags, Summary: "账号列表",
	}, auth.AccountRead, ReachNone), s.listAccounts)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-account", Method: http.MethodGet, Path: "/accounts/{account}", Tags: tags, Summary: "一个账号",
	}, auth.AccountRead, ReachNone), s.getAccount)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-idle-accounts", Method: http.MethodGet, Path: "/idle-accounts", Tags: tags, Summary: "待清查的账号（系统管理员）",
		Description: "建账 90 天以上从未使用的，或干部已无在任职务的。只列是否用过，不列次数和时间。",
	}, auth.AccountManage, ReachNone), s.listIdle)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "create-account", Method: http.MethodPost, Path: "/accounts", Tags: tags, Summary: "建立账号（系统管理员）",
		Description: "新账号没有密码和职责：以登录链接首次登录，职责由安全保密管理员授予。", DefaultStatus: http.StatusCreated,
	}, auth.AccountManage, ReachNone)), s.createAccount)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "edit-account", Method: http.MethodPatch, Path: "/accounts/{account}", Tags: tags,
		Summary: "修改、启用或停用账号（系统管理员）",
	}, auth.AccountManage, ReachNone)), s.editAccount)
	huma.Register(api, logged(personal(s.operation(huma.Operation{
		OperationID: "issue-login-link", Method: http.MethodPost, Path: "/accounts/{account}/login-links", Tags: tags,
		Summary: "签发一次性登录链接（系统管理员）", DefaultStatus: http.StatusCreated,
		Description: "链接 24 小时内有效，只能使用一次；用于首次登录和忘记密码。原密码随即作废，登录后须设新密码。",
	}, auth.AccountManage, ReachNone))), s.issueLink)
	registerGrants(api, s, tags)
	registerAccessLog(api, s, tags)
}

func (s *server) listAccounts(ctx context.Context, input *AccountsInput) (*PageBody[AccountView], error) {
	rows, err := s.Archive.Accounts(ctx, store.AccountFilter{
		Login: input.Login, State: store.AccountState(input.State), Cadre: models.CadreID(input.Cadre),
	}, input.page())
	if err != nil {
		return nil, err
	}
	return paged(rows, viewAccount), nil
}

func (s *server) getAccount(ctx context.Context, input *AccountPath) (*AccountOutput, error) {
	account, err := s.Archive.Account(ctx, models.AccountID(input.Account))
	if err != nil {
		return nil, err
	}
	return &AccountOutput{ETag: etag(account.Version), Body: viewAccount(account)}, nil
}

func (s *server) createAccount(ctx context.Context, input *CreateAccountInput) (*AccountOutput, error) {
	name, err := oneLine("body.name", input.Body.Name)
	if err != nil {
		return nil, err
	}
	if err := mailAddress("body.email", input.Body.Email); err != nil {
		return nil, err
	}
	if err := s.knownCadre(ctx, models.CadreID(input.Body.Cadre)); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	account := store.Account{
		ID: models.AccountID(id.String()), Login: input.Body.Login, Name: name,
		Cadre: models.CadreID(input.Body.Cadre), Email: input.Body.Email, MustChange: true,
	}
	if err := s.Archive.CreateAccount(ctx, account, s.now()); err != nil {
		return nil, err
	}
	output, err := s.getAccount(ctx, &AccountPath{Account: string(account.ID)})
	if err != nil {
		return nil, err
	}
	output.Location = Prefix + "/accounts/" + string(account.ID)
	return output, nil
}

// knownCadre: an account belongs to a cadre of the register, or to none.
func (s *server) knownCadre(ctx context.Context, id models.CadreID) error {
	if id == "" {
		return nil
	}
	_, err := s.Archive.Cadre(ctx, store.Everything(), id)
	if errors.Is(err, store.ErrNotFound) {
		return invalid("body.cadre", "没有这名干部")
	}
	return err
}

// oneLine is a name that fits on a line: without blanks around it, and without
// characters that a log, a mail header or a page could take for something else.
func oneLine(location, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", invalid(location, "不能为空")
	}
	if !plain(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		return "", invalid(location, "含有控制字符或不可见的字符")
	}
	return text, nil
}

// mailAddress is a bare address, or nothing: a name or a line break beside it
// would end up in the headers of letters.
func mailAddress(location, text string) error {
	if text == "" {
		return nil
	}
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return invalid(location, "应为电子邮件地址，如 name@example.cn")
	}
	return nil
}

// checkedChange refuses words that an account cannot bear.
func checkedChange(name, email *string) (store.AccountChange, error) {
	change := store.AccountChange{Email: email}
	if name != nil {
		line, err := oneLine("body.name", *name)
		if err != nil {
			return store.AccountChange{}, err
		}
		change.Name = &line
	}
	if email != nil {
		if err := mailAddress("body.email", *email); err != nil {
			return store.AccountChange{}, err
		}
	}
	return change, nil
}

// editAccount never lets officers disable themselves: nobody would be left to
// undo it.
func (s *server) editAccount(ctx context.Context, input *EditAccountInput) (*AccountOutput, error) {
	version, err := input.seen()
	if err != nil {
		return nil, err
	}
	id := models.AccountID(input.Account)
	change, err := checkedChange(input.Body.Name, input.Body.Email)
	if err != nil {
		return nil, err
	}
	if input.Body.State != nil {
		if id == principal(ctx).Account {
			return nil, problem.New(problem.OwnAccount)
		}
		state := store.AccountState(*input.Body.State)
		change.State = &state
	}
	if err := s.Archive.UpdateAccount(ctx, id, version, change, s.now()); err != nil {
		return nil, err
	}
	return s.getAccount(ctx, &input.AccountPath)
}

// LinkOutput answers with the link.
type LinkOutput struct {
	Body struct {
		Link      string    `json:"link" doc:"登录链接，只显示这一次"`
		ExpiresAt time.Time `json:"expiresAt" doc:"到期时间"`
	}
}

// linkLife is how long a link that an officer gives out is good.
const linkLife = 24 * time.Hour

// IssueLinkInput is the request to issue link.
type IssueLinkInput struct {
	AccountPath
	Guarded
}

// issueLink is also the way back for whoever forgot a password: the former
// password ends here, so that a new one must be set after the log-in.
func (s *server) issueLink(ctx context.Context, input *IssueLinkInput) (*LinkOutput, error) {
	version, err := input.seen()
	if err != nil {
		return nil, err
	}
	id := models.AccountID(input.Account)
	if id == principal(ctx).Account {
		return nil, problem.New(problem.OwnAccount)
	}
	gone := store.NewPassword{MustChange: true, History: s.Settings.PasswordHistory}
	if err := s.Archive.SetPassword(ctx, id, version, gone, s.now()); err != nil {
		return nil, err
	}
	link, err := IssueLoginLink(ctx, s.Archive, s.Settings.PublicURL, id, "/", linkLife)
	if err != nil {
		return nil, err
	}
	output := &LinkOutput{}
	output.Body.Link, output.Body.ExpiresAt = link, s.now().Add(linkLife)
	return output, nil
}
