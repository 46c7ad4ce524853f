package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// sessionAccount is the key of the account in a session.
const sessionAccount = "account"

// authenticate finds out who gives the request and refuses operations whose
// permission they hold nowhere. Where they hold it is the handler's question.
func (s *server) authenticate(ctx huma.Context, next func(huma.Context)) {
	asked := permissionOf(ctx.Operation())
	who, err := s.identify(ctx)
	if err != nil && asked != auth.Public {
		s.refuse(ctx, who, err)
		return
	}
	if asked != auth.Public {
		if refusal := s.admit(ctx.Operation(), who, asked); refusal != nil {
			s.refuse(ctx, who, refusal)
			return
		}
	}
	if err == nil {
		ctx = huma.WithContext(ctx, auth.WithPrincipal(ctx.Context(), who))
	}
	ctx = huma.WithContext(ctx, withSource(ctx.Context(), sourceOf(humagin.Unwrap(ctx).Request)))
	next(ctx)
	if ctx.Operation().Metadata[metaLogged] == true {
		s.logAccess(ctx, who, ctx.Status())
	}
}

func permissionOf(op *huma.Operation) auth.Permission {
	permission, described := op.Metadata[metaPermission].(auth.Permission)
	if !described {
		// An operation that forgot to say who may use it is nobody's.
		return auth.Permission("undescribed")
	}
	return permission
}

// admit says why an operation is not for this caller, or nil.
func (s *server) admit(op *huma.Operation, who auth.Principal, asked auth.Permission) error {
	switch {
	case who.MustChange && op.Metadata[metaExpired] != true:
		return problem.New(problem.PasswordMustChange)
	case who.MustEnrol && who.Token == "" && op.Metadata[metaExpired] != true:
		return problem.New(problem.FactorMustEnrol)
	case who.Token != "" && op.Metadata[metaPerson] == true:
		return problem.New(problem.SessionRequired)
	case asked == auth.SignedIn:
		return nil
	case !s.Policy.Holds(who, asked):
		return problem.New(problem.Forbidden)
	default:
		return nil
	}
}

// refuse answers before the handler. A refusal of somebody known is logged.
func (s *server) refuse(ctx huma.Context, who auth.Principal, err error) {
	said := problem.Of(err)
	if who.Account != "" {
		ctx = huma.WithContext(ctx, withSource(ctx.Context(), sourceOf(humagin.Unwrap(ctx).Request)))
		s.logAccess(ctx, who, said.Status)
	}
	gin := humagin.Unwrap(ctx)
	if said.Status == http.StatusUnauthorized {
		gin.Header("WWW-Authenticate", `Bearer realm="bangfu"`)
	}
	writeProblem(gin.Writer, gin.Request, said)
}

// identify finds the caller by token or by session.
func (s *server) identify(ctx huma.Context) (auth.Principal, error) {
	if secret := bearer(ctx.Header("Authorization")); secret != "" {
		return s.byToken(ctx.Context(), secret)
	}
	account := s.sessions.GetString(ctx.Context(), sessionAccount)
	if account == "" {
		return auth.Principal{}, problem.New(problem.SignInRequired)
	}
	who, err := s.principalOf(ctx.Context(), models.AccountID(account))
	if err != nil {
		return auth.Principal{}, err
	}
	// Whoever logged in elsewhere needs no password here, and no second factor
	// where theirs was asked for.
	who.MustChange = s.asksForPassword(ctx.Context(), who.MustChange)
	who.MustEnrol = who.MustEnrol && !s.sessions.GetBool(ctx.Context(), sessionFactor)
	return who, nil
}

func bearer(header string) string {
	scheme, secret, found := strings.Cut(header, " ")
	if !found || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

func (s *server) byToken(ctx context.Context, secret string) (auth.Principal, error) {
	token, err := s.Archive.UseToken(ctx, secret, s.now())
	if errors.Is(err, store.ErrNotFound) {
		return auth.Principal{}, problem.New(problem.SignInRequired)
	}
	if err != nil {
		return auth.Principal{}, fmt.Errorf("look up a token: %w", err)
	}
	who, err := s.principalOf(ctx, token.Account)
	if err != nil {
		return auth.Principal{}, err
	}
	who.Token = token.ID
	who.Scopes = make([]auth.Permission, 0, len(token.Scopes))
	for _, scope := range token.Scopes {
		who.Scopes = append(who.Scopes, auth.Permission(scope))
	}
	return who, nil
}

// principalOf loads an account that may act, with its roles and the cadres it
// stands in for today.
func (s *server) principalOf(ctx context.Context, id models.AccountID) (auth.Principal, error) {
	account, err := s.Archive.Account(ctx, id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && account.State != store.AccountActive) {
		return auth.Principal{}, problem.New(problem.SignInRequired)
	}
	if err != nil {
		return auth.Principal{}, fmt.Errorf("load account %s: %w", id, err)
	}
	grants, err := s.Archive.Grants(ctx, id)
	if err != nil {
		return auth.Principal{}, fmt.Errorf("load grants of %s: %w", id, err)
	}
	who := auth.Principal{Account: id, Cadre: account.Cadre, MustChange: account.MustChange}
	who.Grants = grantsOf(grants)
	if who, err = s.standIn(ctx, who); err != nil {
		return auth.Principal{}, fmt.Errorf("load whom %s stands in for: %w", id, err)
	}
	who.MustEnrol = s.needsFactor(who) && account.SecondFactor == ""
	return who, nil
}

func grantsOf(stored []store.Grant) []auth.Grant {
	var grants []auth.Grant
	for _, grant := range stored {
		grants = append(grants, auth.Grant{Role: auth.Role(grant.Role), Unit: grant.Unit, Path: grant.Path})
	}
	return grants
}

// principal is who gives the request; authenticate has made sure of it.
func principal(ctx context.Context) auth.Principal {
	who, _ := auth.FromContext(ctx)
	return who
}

type sourceKey struct{}

func withSource(ctx context.Context, source string) context.Context {
	return context.WithValue(ctx, sourceKey{}, source)
}

// source is the address that the request came from.
func source(ctx context.Context) string {
	text, _ := ctx.Value(sourceKey{}).(string)
	return text
}

// logAccess writes who did what with which result into the access log. A log
// that cannot be written is an error of the program's log, not of the request,
// which has been answered.
func (s *server) logAccess(ctx huma.Context, who auth.Principal, status int) {
	url := ctx.URL()
	s.writeAccess(ctx.Context(), store.Access{
		Account: who.Account, Token: who.Token, Action: ctx.Operation().OperationID, Object: url.Path, Status: status,
	})
}

func (s *server) writeAccess(ctx context.Context, entry store.Access) {
	entry.At, entry.Source, entry.LogNumber = s.now(), source(ctx), journeyOf(ctx).number
	if err := s.Archive.LogAccess(context.WithoutCancel(ctx), entry); err != nil {
		s.Logger.ErrorContext(ctx, "access log not written", "action", entry.Action, "log", entry.LogNumber, "cause", err.Error())
	}
}
