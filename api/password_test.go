package api

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

const longEnough = "海河边上的第七棵老槐树"

// password gives an account a password, as of now.
func (h *house) password(id models.AccountID, password string) {
	h.Helper()
	passport, err := newPasswords()
	require.NoError(h, err)
	hash, err := passport.hash(h.Context(), password)
	require.NoError(h, err)
	account, err := h.archive.Account(h.Context(), id)
	require.NoError(h, err)
	require.NoError(h, h.archive.SetPassword(h.Context(), id, account.Version, store.NewPassword{Hash: hash, History: 5}, h.clock.read()))
}

func (v *visitor) signsIn(login, password string) answer {
	v.Helper()
	return v.do(http.MethodPost, Prefix+"/session", map[string]string{"login": login, "password": password})
}

func (v *visitor) changes(current, password string) answer {
	v.Helper()
	return v.do(http.MethodPut, Prefix+"/me/password", map[string]string{"current": current, "password": password})
}

const day = 24 * time.Hour

func TestAPasswordPastItsAgeIsChangedAtTheNextLogInAndNotInTheMiddleOfWork(t *testing.T) {
	h := aHouse(t, func(s *Settings) { s.PasswordAge, s.SessionIdle, s.SessionLife = 30*day, 60*day, 60*day })
	id := h.account("zhangsan", auth.RoleInspector, "120101", "")
	h.password(id, longEnough)
	h.clock.advance(30*day - time.Second)
	working := h.visitor()
	require.Equal(t, false, working.signsIn("zhangsan", longEnough).field(t, "mustChangePassword"), "a second before its age")

	h.clock.advance(time.Second)
	require.Equal(t, http.StatusOK, working.get(Prefix+"/obligations").status, "whoever is at work goes on")
	v := h.visitor()
	got := v.signsIn("zhangsan", longEnough)
	require.Equal(t, true, got.field(t, "mustChangePassword"))
	require.Equal(t, true, got.field(t, "passwordTooOld"))
	v.get(Prefix+"/obligations").isProblem(t, problem.PasswordMustChange, http.StatusForbidden)
	require.Equal(t, true, h.visitor().signsIn("zhangsan", longEnough).field(t, "mustChangePassword"), "another log-in does not get round it")
	require.Equal(t, http.StatusNoContent, v.changes(longEnough, longEnough+"，第二年").status)
	require.Equal(t, http.StatusOK, v.get(Prefix+"/obligations").status)
	require.Equal(t, false, h.visitor().signsIn("zhangsan", longEnough+"，第二年").field(t, "mustChangePassword"))
}

func TestAPasswordLastsForEverWhereTheSettingsSaySo(t *testing.T) {
	h := aHouse(t, func(s *Settings) { s.PasswordAge = -day })
	h.password(h.account("zhangsan", "", "", ""), longEnough)
	h.clock.advance(3650 * day)
	require.Equal(t, false, h.visitor().signsIn("zhangsan", longEnough).field(t, "mustChangePassword"))
}

func TestFormerPasswordsDoNotComeBackSoon(t *testing.T) {
	h := aHouse(t, func(s *Settings) { s.PasswordHistory = 2 })
	id := h.account("zhangsan", "", "", "")
	first, second, third, fourth := longEnough+"一", longEnough+"二", longEnough+"三", longEnough+"四"
	h.password(id, first)
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.signsIn("zhangsan", first).status)
	require.Equal(t, http.StatusNoContent, v.changes(first, second).status)
	require.Equal(t, http.StatusNoContent, v.changes(second, third).status)
	for _, used := range []string{first, second, third} {
		got := v.changes(third, used)
		got.isProblem(t, problem.PasswordWeak, http.StatusUnprocessableEntity)
		require.Contains(t, got.body, "近期用过的密码")
		require.NotContains(t, got.body, used)
	}
	require.Equal(t, http.StatusNoContent, v.changes(third, fourth).status)
	require.Equal(t, http.StatusNoContent, v.changes(fourth, first).status, "three changes ago is beyond the history")

	stored, err := h.archive.FormerPasswords(t.Context(), id, 100)
	require.NoError(t, err)
	require.Len(t, stored, 2)
	for _, hash := range stored {
		require.Contains(t, hash, "$argon2id$")
	}
}

func TestAForgottenPasswordDoesNotComeBackByALink(t *testing.T) {
	h := aHouse(t)
	id := h.account("zhangsan", "", "", "")
	h.password(id, longEnough)
	officer := h.signedIn(h.account("officer", auth.RoleSystemOfficer, "tj", ""))
	made := officer.do(http.MethodPost, Prefix+"/accounts/"+string(id)+"/login-links", nil, header("If-Match", `"2"`))
	require.Equal(t, http.StatusCreated, made.status, made.body)
	v := h.signedIn(id)
	v.do(http.MethodPut, Prefix+"/me/password", map[string]string{"password": longEnough}).
		isProblem(t, problem.PasswordWeak, http.StatusUnprocessableEntity)
	require.Equal(t, http.StatusNoContent, v.do(http.MethodPut, Prefix+"/me/password", map[string]string{"password": longEnough + "，新的"}).status)
}

func TestThePasswordGivenAgainDoesNotForgetWrongCodes(t *testing.T) {
	h := aHouse(t, func(s *Settings) { s.SecretKey, s.LockAfter = bytes.Repeat([]byte{7}, 32), 3 })
	id := h.account("zhangsan", "", "", "")
	h.password(id, longEnough)
	v := h.visitor()
	require.Equal(t, http.StatusOK, v.signsIn("zhangsan", longEnough).status)
	secret := v.enrols()
	guesser := h.visitor()
	for range 3 {
		require.Equal(t, true, guesser.signsIn("zhangsan", longEnough).field(t, "codeNeeded"))
		guesser.do(http.MethodPost, Prefix+"/session/code", map[string]string{"code": "000000"}).
			isProblem(t, problem.FactorCodeWrong, http.StatusUnauthorized)
	}
	guesser.signsIn("zhangsan", longEnough).isProblem(t, problem.AccountLocked, http.StatusTooManyRequests)
	h.clock.advance(time.Hour)
	code, err := totp.GenerateCode(secret, h.clock.read())
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, guesser.signsIn("zhangsan", longEnough).status)
	require.Equal(t, http.StatusOK, guesser.do(http.MethodPost, Prefix+"/session/code", map[string]string{"code": code}).status)
}
