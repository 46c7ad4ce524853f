package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// newSessions keeps sessions of browsers in the archive, by the digest of
// their token.
func newSessions(services Services) *scs.SessionManager {
	manager := scs.New()
	manager.Store = &sessionStore{archive: services.Archive, clock: services.Clock}
	manager.Codec = sessionCodec{}
	manager.HashTokenInStore = true
	manager.Lifetime = services.Settings.SessionLife
	manager.IdleTimeout = services.Settings.SessionIdle
	manager.Cookie.Name = "bangfu"
	manager.Cookie.Secure = services.Settings.secure()
	if manager.Cookie.Secure {
		// Browsers accept this name only from this very host, over TLS.
		manager.Cookie.Name = "__Host-bangfu"
	}
	manager.Cookie.HttpOnly = true
	manager.Cookie.Path = "/"
	manager.Cookie.SameSite = http.SameSiteLaxMode
	manager.Cookie.Persist = false
	manager.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		writeProblem(w, r, problem.New(problem.ArchiveUnavailable).Because(err))
	}
	return manager
}

// sessionCodec writes sessions as JSON of texts.
type sessionCodec struct{}

type sessionContent struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode writes a session.
func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(sessionContent{Deadline: deadline.UTC(), Values: values})
}

// Decode reads what Encode wrote.
func (sessionCodec) Decode(data []byte) (time.Time, map[string]any, error) {
	var content sessionContent
	if err := json.Unmarshal(data, &content); err != nil {
		return time.Time{}, nil, fmt.Errorf("read a session: %w", err)
	}
	if content.Values == nil {
		content.Values = map[string]any{}
	}
	return content.Deadline, content.Values, nil
}

// sessionStore is the archive as the session manager wants it.
type sessionStore struct {
	archive *store.Archive
	clock   func() time.Time
}

// loadedSession is the session of a request as the archive had it.
type loadedSession struct {
	digest  string
	content []byte
	seenAt  time.Time
}

// FindCtx reads a session and remembers it for the request's end.
func (k *sessionStore) FindCtx(ctx context.Context, digest string) ([]byte, bool, error) {
	session, content, found, err := k.archive.SessionByDigest(ctx, digest, k.clock())
	if found {
		journeyOf(ctx).session = loadedSession{digest: digest, content: content, seenAt: session.SeenAt}
	}
	return content, found, err
}

// CommitCtx writes a session, if there is anything worth a write.
func (k *sessionStore) CommitCtx(ctx context.Context, digest string, content []byte, expires time.Time) error {
	_, values, err := sessionCodec{}.Decode(content)
	if err != nil {
		return err
	}
	text, _ := values[sessionAccount].(string)
	account, now := models.AccountID(text), k.clock()
	loaded := journeyOf(ctx).session
	switch {
	case loaded.digest != digest:
		return k.archive.OpenSession(ctx, digest, account, content, expires, now)
	case bytes.Equal(loaded.content, content) && now.Sub(loaded.seenAt) < store.TouchInterval:
		return nil
	default:
		return k.archive.KeepSession(ctx, digest, account, content, expires, now)
	}
}

// DeleteCtx ends a session.
func (k *sessionStore) DeleteCtx(ctx context.Context, digest string) error {
	return k.archive.DropSession(ctx, digest)
}

// Find, Commit and Delete complete the interface; requests always have a context.
func (k *sessionStore) Find(digest string) ([]byte, bool, error) {
	return k.FindCtx(context.Background(), digest)
}

// Commit is CommitCtx without a request.
func (k *sessionStore) Commit(digest string, content []byte, expires time.Time) error {
	return k.CommitCtx(context.Background(), digest, content, expires)
}

// Delete is DeleteCtx without a request.
func (k *sessionStore) Delete(digest string) error {
	return k.DeleteCtx(context.Background(), digest)
}

// SignInInput is the request to sign in.
type SignInInput struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"64" doc:"账号"`
		Password string `json:"password" minLength:"1" maxLength:"128" doc:"密码"`
	}
}

// SessionView is the session as the API shows it.
type SessionView struct {
	Account    models.AccountID `json:"account" doc:"账号编号"`
	Login      string           `json:"login" doc:"账号"`
	Name       string           `json:"name" doc:"姓名"`
	MustChange bool             `json:"mustChangePassword" doc:"须先修改密码"`
	// TooOld: it must change because of its age.
	TooOld bool `json:"passwordTooOld,omitempty" doc:"密码已到更换期限"`
	// CodeNeeded: the log-in is not complete before POST /session/code.
	CodeNeeded bool `json:"codeNeeded,omitempty" doc:"须再以动态验证码完成登录"`
}

// SessionOutput answers with the session.
type SessionOutput struct{ Body SessionView }

func registerSession(api huma.API, s *server) {
	tags := []string{"登录"}
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/session", Tags: tags, Summary: "登录",
		Description: "以账号和密码登录，得到会话。连续失败多次，账号会暂时锁定。",
	}, auth.Public, ReachNone), s.signIn)
	huma.Register(api, beforePassword(s.operation(huma.Operation{
		OperationID: "get-session", Method: http.MethodGet, Path: "/session", Tags: tags, Summary: "当前会话",
	}, auth.SignedIn, ReachSelf)), s.session)
	huma.Register(api, logged(personal(beforePassword(s.operation(huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/session", Tags: tags, Summary: "退出登录",
		DefaultStatus: http.StatusNoContent,
	}, auth.SignedIn, ReachSelf)))), s.signOut)
	huma.Register(api, personal(s.operation(huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: "/me/sessions", Tags: tags, Summary: "本人的全部会话",
	}, auth.SignedIn, ReachSelf)), s.listSessions)
	huma.Register(api, logged(personal(s.operation(huma.Operation{
		OperationID: "revoke-session", Method: http.MethodDelete, Path: "/me/sessions/{session}", Tags: tags,
		Summary: "结束本人的一个会话", DefaultStatus: http.StatusNoContent,
	}, auth.SignedIn, ReachSelf))), s.revokeSession)
}

// signIn opens a session. Whether the account exists, is locked or the password
// is wrong, takes equal time; only a lock is told from a failure.
func (s *server) signIn(ctx context.Context, input *SignInInput) (*SessionOutput, error) {
	account, err := s.checkPassword(ctx, input.Body.Login, input.Body.Password)
	if err != nil {
		s.writeAccess(ctx, store.Access{
			Account: account.ID, Action: "sign-in", Object: Prefix + "/session", Status: problem.Of(err).Status,
		})
		return nil, err
	}
	if account.SecondFactor != "" {
		return &SessionOutput{Body: SessionView{CodeNeeded: true}}, s.awaitCode(ctx, account.ID, byPassword)
	}
	if err := s.openSession(ctx, account, byPassword); err != nil {
		return nil, err
	}
	s.writeAccess(ctx, store.Access{Account: account.ID, Action: "sign-in", Object: Prefix + "/session", Status: http.StatusOK})
	return s.viewSession(ctx, account), nil
}

// checkPassword answers the account also when it refuses, for the access log.
func (s *server) checkPassword(ctx context.Context, login, password string) (store.Account, error) {
	account, err := s.Archive.AccountByLogin(ctx, login)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Account{}, fmt.Errorf("look up an account: %w", err)
	}
	matches, failure := s.passport.match(ctx, password, account.PasswordHash)
	if failure != nil {
		return account, failure
	}
	if account.ID != "" {
		// While this one waited for its turn, others may have failed: what counts
		// is the lock as it is now, or a burst has as many guesses as it is wide.
		if account, err = s.Archive.Account(ctx, account.ID); err != nil {
			return account, fmt.Errorf("look up an account: %w", err)
		}
	}
	now := s.now()
	switch {
	case account.ID == "" || account.State != store.AccountActive:
		return account, problem.New(problem.SignInFailed)
	case now.Before(account.LockedUntil):
		return account, locked(account.LockedUntil.Sub(now))
	case matches && account.SecondFactor != "":
		// Not a log-in yet: whoever knows the password alone must not be able to
		// forget wrong codes by giving it again.
		return account, nil
	case matches:
		return account, s.Archive.SignInSucceeded(ctx, account.ID)
	}
	if err := s.Archive.SignInFailed(ctx, account.ID, s.Settings.LockAfter, s.Settings.LockFor, now); err != nil {
		return account, err
	}
	return account, problem.New(problem.SignInFailed)
}

func locked(left time.Duration) *problem.Problem {
	minutes := int(left.Minutes()) + 1
	return problem.New(problem.AccountLocked, "minutes", strconv.Itoa(minutes)).
		With("Retry-After", strconv.Itoa(int(left.Seconds())+1))
}

// openSession puts the account into the session under a new token, so that a
// token from before the log-in is worth nothing. It also tidies up: whoever
// comes sweeps out what expired. Nothing of whoever used the session before
// stays in it.
func (s *server) openSession(ctx context.Context, account store.Account, by means) error {
	if err := s.Archive.DropExpiredSessions(ctx, s.now()); err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session of %s: %w", account.ID, err)
	}
	for _, key := range []string{sessionPending, sessionProposed, sessionSignOn, sessionFactor, sessionTooOld} {
		s.sessions.Remove(ctx, key)
	}
	s.sessions.Put(ctx, sessionAccount, string(account.ID))
	s.sessions.Put(ctx, sessionMeans, string(by))
	if by == byPassword && s.passwordTooOld(account) {
		s.sessions.Put(ctx, sessionTooOld, true)
	}
	return nil
}

func (s *server) viewSession(ctx context.Context, account store.Account) *SessionOutput {
	return &SessionOutput{Body: SessionView{
		Account: account.ID, Login: account.Login, Name: account.Name, MustChange: s.asksForPassword(ctx, account.MustChange),
		TooOld: s.sessions.GetBool(ctx, sessionTooOld),
	}}
}

func (s *server) session(ctx context.Context, _ *struct{}) (*SessionOutput, error) {
	account, err := s.Archive.Account(ctx, principal(ctx).Account)
	if err != nil {
		return nil, err
	}
	return s.viewSession(ctx, account), nil
}

func (s *server) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	if err := s.sessions.Destroy(ctx); err != nil {
		return nil, fmt.Errorf("end the session: %w", err)
	}
	return &struct{}{}, nil
}

// SessionItem is one session of a list.
type SessionItem struct {
	ID        string    `json:"id" doc:"会话编号"`
	Current   bool      `json:"current" doc:"是否当前会话"`
	CreatedAt time.Time `json:"createdAt" doc:"登录时间"`
	SeenAt    time.Time `json:"seenAt" doc:"最近使用时间"`
	ExpiresAt time.Time `json:"expiresAt" doc:"到期时间"`
}

// SessionsOutput answers with the sessions.
type SessionsOutput struct{ Body PageOf[SessionItem] }

func (s *server) listSessions(ctx context.Context, _ *struct{}) (*SessionsOutput, error) {
	sessions, err := s.Archive.Sessions(ctx, principal(ctx).Account, s.now())
	if err != nil {
		return nil, err
	}
	current := store.SessionID(journeyOf(ctx).session.digest)
	output := &SessionsOutput{Body: PageOf[SessionItem]{Items: []SessionItem{}}}
	for _, session := range sessions {
		output.Body.Items = append(output.Body.Items, SessionItem{
			ID: session.ID, Current: session.ID == current,
			CreatedAt: session.CreatedAt, SeenAt: session.SeenAt, ExpiresAt: session.ExpiresAt,
		})
	}
	return output, nil
}

// RevokeSessionInput is the request to revoke session.
type RevokeSessionInput struct {
	Session string `path:"session" maxLength:"32" doc:"会话编号"`
}

func (s *server) revokeSession(ctx context.Context, input *RevokeSessionInput) (*struct{}, error) {
	if err := s.Archive.RevokeSession(ctx, principal(ctx).Account, input.Session); err != nil {
		return nil, err
	}
	return &struct{}{}, nil
}
