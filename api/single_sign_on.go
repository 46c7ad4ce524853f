package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/oauth2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// Single sign-on is OpenID Connect by the authorization code with PKCE. State,
// nonce and verifier stay in the session of the browser that began, so an
// answer is good in that browser only, and once. It opens accounts that an
// officer has linked; it makes none. See decision 14.

const (
	// sessionSignOn holds what was asked of the provider.
	sessionSignOn = "sign-on"
	// sessionMeans says how somebody logged in, where it matters later.
	sessionMeans = "means"
	// sessionFactor: whoever vouched for them had asked for a second factor.
	sessionFactor = "factor"
	// pathSignOnAnswer is the page that the provider sends the browser back to.
	pathSignOnAnswer = "/login/single-sign-on/callback"
	// pathSignOn is the page that begins.
	pathSignOn = "/login/single-sign-on"
	// signOnLife is how long somebody may take at the provider.
	signOnLife = 10 * time.Minute
)

// means is how somebody logged in.
type means string

const (
	byPassword means = "password"
	byLink     means = "link"
	bySignOn   means = "single-sign-on"
)

// signOnStart is what was asked of the provider.
type signOnStart struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Next     string    `json:"next"`
	At       time.Time `json:"at"`
}

// SignOnOffer says whether people may log in by a provider.
type SignOnOffer struct {
	Offered bool   `json:"offered" doc:"是否启用单点登录"`
	Button  string `json:"button,omitempty" doc:"按钮文字"`
}

// SignOnOfferOutput answers with the offer.
type SignOnOfferOutput struct{ Body SignOnOffer }

// StartSignOnInput asks for the provider's address.
type StartSignOnInput struct {
	Body struct {
		Next string `json:"next,omitempty" maxLength:"2048" doc:"登录后打开的本站路径"`
	}
}

// StartSignOnOutput answers with the provider's address.
type StartSignOnOutput struct {
	Body struct {
		Address string `json:"address" doc:"认证系统的地址，由浏览器打开"`
	}
}

// AnswerSignOnInput is what the provider sent the browser back with.
type AnswerSignOnInput struct {
	Body struct {
		State  string `json:"state" maxLength:"512" doc:"认证系统带回的 state"`
		Code   string `json:"code,omitempty" maxLength:"4096" doc:"认证系统带回的 code"`
		Error  string `json:"error,omitempty" maxLength:"256" doc:"认证系统带回的 error"`
		Issuer string `json:"issuer,omitempty" maxLength:"2048" doc:"认证系统带回的 iss"`
	}
}

// SignOnView is a session opened by single sign-on, with the page that follows.
type SignOnView struct {
	SessionView
	Next string `json:"next" doc:"登录后打开的本站路径"`
}

// AnswerSignOnOutput answers with the session.
type AnswerSignOnOutput struct{ Body SignOnView }

// SignOnNameInput enters a name of single sign-on.
type SignOnNameInput struct {
	AccountPath
	Guarded
	Body struct {
		Name string `json:"singleSignOnName" maxLength:"255" doc:"认证系统中的用户名；空为取消"`
	}
}

func registerSingleSignOn(api huma.API, s *server) {
	tags := []string{"登录"}
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-single-sign-on", Method: http.MethodGet, Path: "/session/single-sign-on", Tags: tags, Summary: "是否启用单点登录",
	}, auth.Public, ReachNone), s.offerSignOn)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "start-single-sign-on", Method: http.MethodPost, Path: "/session/single-sign-on", Tags: tags,
		Summary: "开始单点登录", Description: "得到认证系统的地址，由同一浏览器打开；十分钟内有效。没有启用的答 404。",
	}, auth.Public, ReachNone), s.startSignOn)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "answer-single-sign-on", Method: http.MethodPost, Path: "/session/single-sign-on/answer", Tags: tags,
		Summary: "以认证系统的答复登录", Description: "只打开系统管理员已登记统一认证名的、启用的账号，从不建立账号。",
	}, auth.Public, ReachNone), s.answerSignOn)
	huma.Register(api, logged(personal(s.operation(huma.Operation{
		OperationID: "set-single-sign-on", Method: http.MethodPut, Path: "/accounts/{account}/single-sign-on", Tags: []string{"账号"},
		Summary:     "登记或取消统一认证名（系统管理员）",
		Description: "本人以此名首次登录后与认证系统的唯一标识绑定；重新登记即解除绑定。",
	}, auth.AccountManage, ReachNone))), s.setSignOnName)
}

func (s *server) offerSignOn(context.Context, *struct{}) (*SignOnOfferOutput, error) {
	if !s.Settings.SingleSignOn.Configured() {
		return &SignOnOfferOutput{}, nil
	}
	return &SignOnOfferOutput{Body: SignOnOffer{Offered: true, Button: s.Settings.SingleSignOn.Button}}, nil
}

func (s *server) startSignOn(ctx context.Context, input *StartSignOnInput) (*StartSignOnOutput, error) {
	if !s.Settings.SingleSignOn.Configured() {
		return nil, problem.New(problem.NotFound)
	}
	started := signOnStart{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: LocalPath(input.Body.Next), At: s.now(),
	}
	address, err := s.provider.address(ctx, started)
	if err != nil {
		return nil, signOnProblem(err)
	}
	kept, err := json.Marshal(started)
	if err != nil {
		return nil, fmt.Errorf("keep what is asked of the provider: %w", err)
	}
	s.sessions.Put(ctx, sessionSignOn, string(kept))
	output := &StartSignOnOutput{}
	output.Body.Address = address
	return output, nil
}

// answerSignOn opens a session for whom the provider vouches for. Every answer
// is in the access log, also one that opens nothing.
func (s *server) answerSignOn(ctx context.Context, input *AnswerSignOnInput) (*AnswerSignOnOutput, error) {
	if !s.Settings.SingleSignOn.Configured() {
		return nil, problem.New(problem.NotFound)
	}
	account, output, err := s.admitSignOn(ctx, input)
	status := http.StatusOK
	if err != nil {
		err = signOnProblem(err)
		status = problem.Of(err).Status
	}
	s.writeAccess(ctx, store.Access{
		Account: account, Action: "sign-in-by-single-sign-on", Object: Prefix + "/session/single-sign-on", Status: status,
	})
	return output, err
}

func (s *server) admitSignOn(ctx context.Context, input *AnswerSignOnInput) (models.AccountID, *AnswerSignOnOutput, error) {
	started, err := s.takeSignOn(ctx, input.Body.State)
	if err != nil {
		return "", nil, err
	}
	if input.Body.Error != "" || input.Body.Code == "" {
		return "", nil, fmt.Errorf("%w: it refused", errVouched)
	}
	if input.Body.Issuer != "" && input.Body.Issuer != s.Settings.SingleSignOn.Issuer {
		return "", nil, fmt.Errorf("%w: it comes from another provider", errVouched)
	}
	who, err := s.provider.redeem(ctx, input.Body.Code, started)
	if err != nil {
		return "", nil, err
	}
	account, err := s.Archive.AccountBySignOn(ctx, who.subject, who.name, s.now())
	if errors.Is(err, store.ErrNotFound) || (err == nil && account.State != store.AccountActive) {
		return account.ID, nil, problem.New(problem.SignOnUnknown)
	}
	if err != nil {
		return "", nil, err
	}
	output := &AnswerSignOnOutput{Body: SignOnView{Next: started.Next}}
	if account.SecondFactor != "" && !who.factor {
		output.Body.CodeNeeded = true
		return account.ID, output, s.awaitCode(ctx, account.ID, bySignOn)
	}
	if err := s.openSession(ctx, account, bySignOn); err != nil {
		return account.ID, nil, err
	}
	if who.factor {
		s.sessions.Put(ctx, sessionFactor, true)
	}
	output.Body.Account, output.Body.Login, output.Body.Name = account.ID, account.Login, account.Name
	return account.ID, output, nil
}

// takeSignOn takes what this browser asked, once. A state that is not its own
// leaves it there: another site must not be able to spoil a log-in under way.
func (s *server) takeSignOn(ctx context.Context, state string) (signOnStart, error) {
	var started signOnStart
	kept := s.sessions.GetString(ctx, sessionSignOn)
	if kept == "" {
		return started, fmt.Errorf("%w: nothing was asked from this browser", errVouched)
	}
	if err := json.Unmarshal([]byte(kept), &started); err != nil {
		return started, fmt.Errorf("read what was asked of the provider: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(state), []byte(started.State)) != 1 {
		return started, fmt.Errorf("%w: it answers another request", errVouched)
	}
	s.sessions.Remove(ctx, sessionSignOn)
	if s.now().Sub(started.At) > signOnLife {
		return started, fmt.Errorf("%w: it comes too late", errVouched)
	}
	return started, nil
}

// signOnProblem says what went wrong without saying what the provider said.
func signOnProblem(err error) error {
	switch {
	case errors.Is(err, errProviderAway):
		return problem.New(problem.SignOnUnavailable).Because(err)
	case errors.Is(err, errVouched):
		return problem.New(problem.SignOnRefused).Because(err)
	default:
		return err
	}
}

// setSignOnName is an officer's word for who at the provider may open an
// account, so nobody gives it about their own.
func (s *server) setSignOnName(ctx context.Context, input *SignOnNameInput) (*AccountOutput, error) {
	version, err := input.seen()
	if err != nil {
		return nil, err
	}
	id := models.AccountID(input.Account)
	if id == principal(ctx).Account {
		return nil, problem.New(problem.OwnAccount)
	}
	name := strings.TrimSpace(input.Body.Name)
	if name != "" {
		if name, err = oneLine("body.singleSignOnName", name); err != nil {
			return nil, err
		}
	}
	err = s.Archive.SetSignOnName(ctx, id, version, name, s.now())
	if errors.Is(err, store.ErrDuplicate) {
		return nil, problem.New(problem.Duplicate).At("body.singleSignOnName", "另一个账号已登记这个统一认证名")
	}
	if err != nil {
		return nil, err
	}
	return s.getAccount(ctx, &input.AccountPath)
}

// LocalPath keeps a path of this site; anything else becomes the start page.
func LocalPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}
