package api

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"unicode"

	"github.com/alexedwards/argon2id"

	"bangfu/api/problem"
	"bangfu/models/store"
)

// The least and the most letters of a password.
const (
	passwordLeast = 10
	passwordMost  = 128
)

// passwords hashes and compares. Each takes 19 MiB, so only some run at once.
type passwords struct {
	parameters *argon2id.Params
	// absent is compared with when an account or its password does not exist,
	// so that the answer takes as long.
	absent string
	turns  chan struct{}
}

func newPasswords() (*passwords, error) {
	p := &passwords{
		parameters: &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		turns:      make(chan struct{}, 2*runtime.GOMAXPROCS(0)),
	}
	var err error
	p.absent, err = argon2id.CreateHash("nobody's password", p.parameters)
	return p, err
}

func (p *passwords) turn(ctx context.Context) (done func(), err error) {
	select {
	case p.turns <- struct{}{}:
		return func() { <-p.turns }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to check a password: %w", ctx.Err())
	}
}

// match compares; without a hash it takes the same time and never matches.
func (p *passwords) match(ctx context.Context, password, hash string) (bool, error) {
	done, err := p.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	known := hash != ""
	if !known {
		hash = p.absent
	}
	matches, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return known && matches, nil
}

func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	done, err := p.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := argon2id.CreateHash(password, p.parameters)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// commonParts are what most guessed passwords are made of; a password that is
// one of them with a few letters more is as weak.
var commonParts = []string{
	"password", "passw0rd", "p@ssw0rd", "p@ssword", "123456", "654321", "111111", "000000", "888888", "666666",
	"qwerty", "asdfgh", "zxcvbn", "1qaz2wsx", "1q2w3e4r", "qazwsx", "abcdef", "abc123", "iloveyou", "letmein", "welcome",
	"admin", "root", "test", "guest", "woaini", "5201314", "1314520", "bangfu", "tianjin", "a123456", "zhongguo",
}

// checkNew says why a new password will not do, or nil.
// former are the hashes of passwords that must not come back.
func (p *passwords) checkNew(ctx context.Context, password string, account store.Account, former []string) error {
	letters := []rune(password)
	switch {
	case len(letters) < passwordLeast:
		return weak("密码应不少于 10 个字符。")
	case len(letters) > passwordMost:
		return weak("密码应不多于 128 个字符。")
	case strings.ContainsFunc(password, unicode.IsControl):
		return weak("密码中有控制字符。")
	case distinct(letters) < 5:
		return weak("密码中重复的字符过多。")
	case mostlyCommon(password, account.Login):
		return weak("密码过于常见，或以账号、常见词为主。")
	}
	if account.PasswordHash != "" {
		former = append([]string{account.PasswordHash}, former...)
	}
	for _, hash := range former {
		same, err := p.match(ctx, password, hash)
		if err != nil {
			return err
		}
		if same {
			return weak("新密码不能与现在的密码或近期用过的密码相同。")
		}
	}
	return nil
}

// sessionTooOld: whoever logged in did so with a password past its age.
const sessionTooOld = "too-old"

// passwordTooOld reports whether an account's password is past its age. It is
// asked at the log-in, so that nobody is stopped in the middle of their work.
func (s *server) passwordTooOld(account store.Account) bool {
	return s.Settings.PasswordAge > 0 && account.PasswordHash != "" && !account.PasswordChangedAt.IsZero() &&
		!s.now().Before(account.PasswordChangedAt.Add(s.Settings.PasswordAge))
}

// asksForPassword: a password that somebody else set is changed first, except by
// whoever needs none; one past its age is changed by whoever came with it.
func (s *server) asksForPassword(ctx context.Context, setByOther bool) bool {
	elsewhere := means(s.sessions.GetString(ctx, sessionMeans)) == bySignOn
	return (setByOther && !elsewhere) || s.sessions.GetBool(ctx, sessionTooOld)
}

func weak(reason string) error {
	return problem.New(problem.PasswordWeak, "reason", reason).At("body.password", reason)
}

func distinct(letters []rune) int {
	seen := map[rune]bool{}
	for _, letter := range letters {
		seen[letter] = true
	}
	return len(seen)
}

// mostlyCommon takes the common parts and the log-in name away and looks at
// what is left.
func mostlyCommon(password, login string) bool {
	rest := strings.ToLower(password)
	before := len(rest)
	for _, part := range append([]string{strings.ToLower(login)}, commonParts...) {
		if len(part) >= 4 {
			rest = strings.ReplaceAll(rest, part, "")
		}
	}
	return len(rest) < before && len(rest) < 6
}
