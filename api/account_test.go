package api

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models/store"
)

// officers are the three, each in a browser.
func (h *house) officers() (system, security, auditor *visitor) {
	h.Helper()
	return h.signedIn(h.account("system", auth.RoleSystemOfficer, "tj", "")),
		h.signedIn(h.account("security", auth.RoleSecurityOfficer, "tj", "")),
		h.signedIn(h.account("auditor", auth.RoleAuditor, "tj", ""))
}

func ifMatch(tag string) with { return header("If-Match", tag) }

func TestTwoOfficersMakeAnAccountAndTheThirdReadsTheLog(t *testing.T) {
	h := aHouse(t)
	system, security, auditor := h.officers()
	made := system.do(http.MethodPost, Prefix+"/accounts", map[string]string{"login": "li", "name": "乙", "email": "li@example.com"})
	require.Equal(t, http.StatusCreated, made.status, made.body)
	path := made.header.Get("Location")
	require.Equal(t, http.StatusOK, system.get(path).status)

	grant := map[string]string{"role": "inspector", "unit": "120101"}
	system.do(http.MethodPost, path+"/grants", grant, ifMatch(`"1"`)).isProblem(t, problem.Forbidden, 403)
	given := security.do(http.MethodPost, path+"/grants", grant, ifMatch(made.header.Get("ETag")))
	require.Equal(t, http.StatusCreated, given.status, given.body)
	require.Contains(t, given.body, hepingPath)
	security.do(http.MethodPost, Prefix+"/accounts", map[string]string{"login": "wu", "name": "丙"}).isProblem(t, problem.Forbidden, 403)

	link := system.do(http.MethodPost, path+"/login-links", nil, ifMatch(given.header.Get("ETag")))
	require.Equal(t, http.StatusCreated, link.status, link.body)

	log := auditor.get(Prefix + "/access-log")
	require.Equal(t, http.StatusOK, log.status)
	for _, action := range []string{"create-account", "add-grant", "issue-login-link", "sign-in-by-link"} {
		require.Contains(t, log.body, action)
	}
	require.Contains(t, log.body, `"status":403`, "refused acts are logged too")
	require.Contains(t, log.body, `"actionText":"账号：建立账号"`)
	ofSystem := auditor.get(Prefix + "/access-log?who=SYSTEM&action=" + url.QueryEscape("建立账号"))
	require.Contains(t, ofSystem.body, `"login":"system","name":"甲"`)
	require.NotContains(t, ofSystem.body, "add-grant")
	require.NotContains(t, ofSystem.body, `"login":"security"`)
	number, _ := ofSystem.field(t, "items").([]any)[0].(map[string]any)["logNumber"].(string)
	require.Contains(t, auditor.get(Prefix+"/access-log?logNumber="+number).body, "create-account")
	require.NotContains(t, auditor.get(Prefix+"/access-log?who=nobody").body, "logNumber")
	auditor.get(Prefix+"/accounts").isProblem(t, problem.Forbidden, 403)
	system.get(Prefix+"/access-log").isProblem(t, problem.Forbidden, 403)
}

func TestAnAccountIsEditedOnlyAsItWasSeen(t *testing.T) {
	h := aHouse(t)
	system, _, _ := h.officers()
	path := Prefix + "/accounts/" + string(h.account("li", "", "", ""))
	change := map[string]string{"name": "改"}
	system.do(http.MethodPatch, path, change).isProblem(t, problem.PreconditionRequired, 428)
	system.do(http.MethodPatch, path, change, ifMatch("1")).isProblem(t, problem.PreconditionInvalid, 400)
	edited := system.do(http.MethodPatch, path, change, ifMatch(`"1"`))
	require.Equal(t, http.StatusOK, edited.status, edited.body)
	require.Equal(t, `"2"`, edited.header.Get("ETag"))
	system.do(http.MethodPatch, path, change, ifMatch(`"1"`)).isProblem(t, problem.VersionConflict, 412)
}

func TestOfficersDoNothingToThemselves(t *testing.T) {
	h := aHouse(t)
	system, security, _ := h.officers()
	disable := map[string]string{"state": "disabled"}
	system.do(http.MethodPatch, Prefix+"/accounts/account-system", disable, ifMatch(`"2"`)).isProblem(t, problem.OwnAccount, 409)
	security.do(http.MethodPost, Prefix+"/accounts/account-security/grants",
		map[string]string{"role": "auditor", "unit": "tj"}, ifMatch(`"2"`)).isProblem(t, problem.OwnAccount, 409)
}

func TestNobodyHoldsTwoOfTheThreeOfficesNorOneBesideABusinessRole(t *testing.T) {
	h := aHouse(t)
	_, security, _ := h.officers()
	for account, role := range map[string]string{"account-system": "auditor", "account-auditor": "inspector"} {
		security.do(http.MethodPost, Prefix+"/accounts/"+account+"/grants",
			map[string]string{"role": role, "unit": "tj"}, ifMatch(`"2"`)).isProblem(t, problem.OfficerSeparation, 409)
	}
	h.account("li", auth.RoleInspector, "tj", "")
	security.do(http.MethodPost, Prefix+"/accounts/account-li/grants",
		map[string]string{"role": "system-officer", "unit": "tj"}, ifMatch(`"2"`)).isProblem(t, problem.OfficerSeparation, 409)
}

func TestAGrantNamesARoleAndAUnitThatExistAndCanBeTakenBack(t *testing.T) {
	h := aHouse(t)
	_, security, _ := h.officers()
	id := h.account("li", "", "", "")
	path := Prefix + "/accounts/" + string(id) + "/grants"
	security.do(http.MethodPost, path, map[string]string{"role": "king", "unit": "tj"}, ifMatch(`"1"`)).isProblem(t, problem.UnknownRole, 422)
	security.do(http.MethodPost, path, map[string]string{"role": "inspector", "unit": "999"}, ifMatch(`"1"`)).isProblem(t, problem.UnknownUnit, 422)
	given := security.do(http.MethodPost, path, map[string]string{"role": "inspector", "unit": "tj"}, ifMatch(`"1"`))
	require.Equal(t, http.StatusCreated, given.status, given.body)
	v := h.signedIn(id)
	require.Contains(t, v.get(Prefix+"/me").body, "inspector")
	grants, err := h.archive.Grants(t.Context(), id)
	require.NoError(t, err)
	gone := security.do(http.MethodDelete, path+"/"+grants[0].ID, nil, ifMatch(given.header.Get("ETag")))
	require.Equal(t, http.StatusNoContent, gone.status, gone.body)
	require.NotContains(t, v.get(Prefix+"/me").body, "inspector", "it ends at once")
}

func TestALinkForAForgottenPasswordEndsTheFormerOne(t *testing.T) {
	h := aHouse(t)
	system, _, _ := h.officers()
	id, before := h.withPassword("li")
	stored, err := h.archive.Account(t.Context(), id)
	require.NoError(t, err)
	got := system.do(http.MethodPost, Prefix+"/accounts/"+string(id)+"/login-links", nil, ifMatch(etag(stored.Version)))
	require.Equal(t, http.StatusCreated, got.status, got.body)
	before.get(Prefix+"/me").isProblem(t, problem.SignInRequired, 401)
	h.visitor().signIn("li", goodPassword).isProblem(t, problem.SignInFailed, 401)
}

func TestALogInNameIsTakenOnce(t *testing.T) {
	h := aHouse(t)
	system, _, _ := h.officers()
	system.do(http.MethodPost, Prefix+"/accounts", map[string]string{"login": "SYSTEM", "name": "乙"}).isProblem(t, problem.Duplicate, 409)
	system.do(http.MethodPost, Prefix+"/accounts", map[string]string{"login": "乙", "name": "乙"}).isProblem(t, problem.RequestInvalid, 422)
}

func TestTheListOfAccountsHasPagesThatBelongToTheirFilters(t *testing.T) {
	h := aHouse(t)
	system, _, _ := h.officers()
	first := system.get(Prefix + "/accounts?size=2")
	require.Equal(t, http.StatusOK, first.status)
	next, _ := first.field(t, "next").(string)
	require.NotEmpty(t, next)
	second := system.get(Prefix + "/accounts?size=2&after=" + next)
	require.Contains(t, second.body, `"login":"system"`)
	require.NotContains(t, second.body, `"next"`)
	system.get(Prefix+"/accounts?size=2&state=active&after="+next).isProblem(t, problem.CursorInvalid, 400)
	require.Equal(t, http.StatusOK, system.get(Prefix+"/accounts?size=100000").status, "a size is coerced")
}

func TestTheAccessLogNamesWhoFailedToLogIn(t *testing.T) {
	h := aHouse(t)
	id, _ := h.withPassword("li")
	h.visitor().signIn("li", "wrong")
	log, err := h.archive.AccessLog(t.Context(), store.AccessFilter{Account: id, Actions: []string{"sign-in"}}, store.Page{})
	require.NoError(t, err)
	require.Len(t, log.Items, 1)
	require.Equal(t, http.StatusUnauthorized, log.Items[0].Status)
	require.Equal(t, id, log.Items[0].Account)
	require.NotEmpty(t, log.Items[0].LogNumber)
}
