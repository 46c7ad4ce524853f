package api

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// The second factor is a code by time (RFC 6238) of an app on the person's
// telephone. Its secret is kept sealed; a code is good once.

const (
	// sessionPending holds who gave the password but not yet the code.
	sessionPending = "pending"
	// sessionProposed holds the sealed secret that is being set up.
	sessionProposed = "proposed"
	// factorPeriod is how long a code lasts, in seconds; one before and one after
	// are taken as well, for clocks that differ.
	factorPeriod = 30
	factorIssuer = "帮扶责任管理"
)

// CodeInput is a code of the second factor.
type CodeInput struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"12" doc:"六位动态验证码"`
	}
}

// ProposedFactor is a secret to be set up, shown once.
type ProposedFactor struct {
	Secret string `json:"secret" doc:"密钥，供手工输入"`
	URI    string `json:"uri" doc:"otpauth 地址"`
	Image  string `json:"image" doc:"二维码，data 地址的 PNG"`
}

// ProposedFactorOutput answers with a secret to be set up.
type ProposedFactorOutput struct{ Body ProposedFactor }

// ResetFactorInput names the account whose second factor is taken away.
type ResetFactorInput struct {
	AccountPath
	Guarded
}

func registerSecondFactor(api huma.API, s *server) {
	tags := []string{"登录"}
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "sign-in-code", Method: http.MethodPost, Path: "/session/code", Tags: tags, Summary: "以动态验证码完成登录",
	}, auth.Public, ReachNone), s.signInCode)
	huma.Register(api, logged(personal(beforePassword(s.operation(huma.Operation{
		OperationID: "propose-second-factor", Method: http.MethodPost, Path: "/me/second-factor", Tags: tags,
		Summary: "取得动态验证码的密钥", Description: "密钥只显示这一次，确认以前不生效。",
	}, auth.SignedIn, ReachSelf)))), s.proposeFactor)
	huma.Register(api, logged(personal(beforePassword(s.operation(huma.Operation{
		OperationID: "confirm-second-factor", Method: http.MethodPut, Path: "/me/second-factor", Tags: tags,
		Summary: "确认动态验证码", DefaultStatus: http.StatusNoContent,
	}, auth.SignedIn, ReachSelf)))), s.confirmFactor)
	huma.Register(api, logged(personal(s.operation(huma.Operation{
		OperationID: "reset-second-factor", Method: http.MethodDelete, Path: "/accounts/{account}/second-factor", Tags: []string{"账号"},
		Summary: "取消他人的动态验证码（系统管理员）", Description: "用于手机遗失；本人下次登录后重新设置。", DefaultStatus: http.StatusNoContent,
	}, auth.AccountManage, ReachNone))), s.resetFactor)
}

// needsFactor reports whether a role of somebody, their own or one that they
// have by standing in, asks for a second factor.
func (s *server) needsFactor(who auth.Principal) bool {
	if len(s.Settings.SecretKey) == 0 {
		return false
	}
	asks := func(grant auth.Grant) bool { return slices.Contains(s.Settings.SecondFactorRoles, grant.Role) }
	return slices.ContainsFunc(who.Grants, asks) || slices.ContainsFunc(who.Lent, func(lent auth.Lent) bool {
		return slices.ContainsFunc(lent.Grants, asks)
	})
}

// awaitCode keeps, under a new token, who gave the password: they are nobody
// before the code.
func (s *server) awaitCode(ctx context.Context, account models.AccountID, by means) error {
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session of %s: %w", account, err)
	}
	s.sessions.Remove(ctx, sessionAccount)
	s.sessions.Put(ctx, sessionPending, string(account))
	s.sessions.Put(ctx, sessionMeans, string(by))
	return nil
}

// signInCode completes a log-in. Wrong codes count as wrong passwords do.
func (s *server) signInCode(ctx context.Context, input *CodeInput) (*SessionOutput, error) {
	pending := models.AccountID(s.sessions.GetString(ctx, sessionPending))
	if pending == "" {
		return nil, problem.New(problem.SignInRequired)
	}
	account, err := s.checkFactor(ctx, pending, input.Body.Code)
	status := http.StatusOK
	if err == nil {
		err = s.openSession(ctx, account, means(s.sessions.GetString(ctx, sessionMeans)))
	}
	if err != nil {
		status = problem.Of(err).Status
	}
	s.writeAccess(ctx, store.Access{Account: pending, Action: "sign-in-code", Object: Prefix + "/session/code", Status: status})
	if err != nil {
		return nil, err
	}
	return s.viewSession(ctx, account), s.Archive.SignInSucceeded(ctx, account.ID)
}

func (s *server) checkFactor(ctx context.Context, id models.AccountID, code string) (store.Account, error) {
	account, err := s.Archive.Account(ctx, id)
	if err != nil {
		return store.Account{}, err
	}
	now := s.now()
	switch {
	case account.State != store.AccountActive:
		return store.Account{}, problem.New(problem.SignInFailed)
	case now.Before(account.LockedUntil):
		return store.Account{}, locked(account.LockedUntil.Sub(now))
	}
	secret, err := s.unseal(account.SecondFactor)
	if err != nil {
		return store.Account{}, err
	}
	if step, good := stepOf(secret, code, now); good {
		fresh, err := s.Archive.UseSecondFactorStep(ctx, id, step)
		if err != nil || fresh {
			return account, err
		}
	}
	if err := s.Archive.SignInFailed(ctx, id, s.Settings.LockAfter, s.Settings.LockFor, now); err != nil {
		return store.Account{}, err
	}
	return store.Account{}, problem.New(problem.FactorCodeWrong).At("body.code", "动态验证码不正确")
}

// stepOf finds the step whose code it is, among the present one and its
// neighbours.
func stepOf(secret, code string, now time.Time) (int64, bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	for _, apart := range []int64{0, -1, 1} {
		step := now.Unix()/factorPeriod + apart
		good, err := totp.ValidateCustom(code, secret, time.Unix(step*factorPeriod, 0).UTC(), totp.ValidateOpts{
			Period: factorPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && good {
			return step, true
		}
	}
	return 0, false
}

func (s *server) proposeFactor(ctx context.Context, _ *struct{}) (*ProposedFactorOutput, error) {
	account, err := s.Archive.Account(ctx, principal(ctx).Account)
	if err != nil {
		return nil, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: factorIssuer, AccountName: account.Login, Period: factorPeriod})
	if err != nil {
		return nil, fmt.Errorf("make a secret: %w", err)
	}
	sealed, err := s.seal(key.Secret())
	if err != nil {
		return nil, err
	}
	const pixels = 240
	picture, err := key.Image(pixels, pixels)
	if err != nil {
		return nil, fmt.Errorf("draw a secret: %w", err)
	}
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, picture); err != nil {
		return nil, fmt.Errorf("draw a secret: %w", err)
	}
	s.sessions.Put(ctx, sessionProposed, sealed)
	return &ProposedFactorOutput{Body: ProposedFactor{
		Secret: key.Secret(), URI: key.URL(),
		Image: "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawn.Bytes()),
	}}, nil
}

// confirmFactor takes the secret in use once a code of it is given.
func (s *server) confirmFactor(ctx context.Context, input *CodeInput) (*struct{}, error) {
	sealed := s.sessions.GetString(ctx, sessionProposed)
	if sealed == "" {
		return nil, problem.New(problem.NotFound)
	}
	secret, err := s.unseal(sealed)
	if err != nil {
		return nil, err
	}
	step, good := stepOf(secret, input.Body.Code, s.now())
	if !good {
		said := problem.New(problem.FactorCodeWrong).At("body.code", "动态验证码不正确")
		said.Status = http.StatusUnprocessableEntity
		return nil, said
	}
	account, err := s.Archive.Account(ctx, principal(ctx).Account)
	if err != nil {
		return nil, err
	}
	if err := s.Archive.SetSecondFactor(ctx, account.ID, account.Version, sealed, step, s.now()); err != nil {
		return nil, err
	}
	s.sessions.Remove(ctx, sessionProposed)
	return nil, nil
}

func (s *server) resetFactor(ctx context.Context, input *ResetFactorInput) (*struct{}, error) {
	version, err := input.seen()
	if err != nil {
		return nil, err
	}
	id := models.AccountID(input.Account)
	if id == principal(ctx).Account {
		return nil, problem.New(problem.OwnAccount)
	}
	if _, err := s.Archive.Account(ctx, id); err != nil {
		return nil, err
	}
	return nil, s.Archive.SetSecondFactor(ctx, id, version, "", 0, s.now())
}

var errSealBroken = errors.New("a sealed secret does not open with the key: was the key changed?")

// sealer is AES-256-GCM under the key of the settings.
func (s *server) sealer() (cipher.AEAD, error) {
	if len(s.Settings.SecretKey) == 0 {
		return nil, problem.New(problem.FactorUnavailable)
	}
	block, err := aes.NewCipher(s.Settings.SecretKey)
	if err != nil {
		return nil, fmt.Errorf("use the secret key: %w", err)
	}
	return cipher.NewGCM(block)
}

func (s *server) seal(secret string) (string, error) {
	sealer, err := s.sealer()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, sealer.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal a secret: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(sealer.Seal(nonce, nonce, []byte(secret), nil)), nil
}

func (s *server) unseal(sealed string) (string, error) {
	sealer, err := s.sealer()
	if err != nil {
		return "", err
	}
	data, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(data) < sealer.NonceSize() {
		return "", errSealBroken
	}
	secret, err := sealer.Open(nil, data[:sealer.NonceSize()], data[sealer.NonceSize():], nil)
	if err != nil {
		return "", errSealBroken
	}
	return string(secret), nil
}
