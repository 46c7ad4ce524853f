package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
	"bangfu/models"
)

func loginOf(t *testing.T, house *webtest.House, role auth.Role) string {
	t.Helper()
	account, err := house.Archive.Account(t.Context(), house.Account(role))
	require.NoError(t, err)
	return account.Login
}

func TestTheLogNamesWhoDidWhatAndIsSearchedByWhatPeopleKnow(t *testing.T) {
	house := webtest.Open(t, web.New())
	house.Visit(house.NewAccount("wang.er", auth.RoleContact, webtest.Near))
	auditor := house.As(auth.RoleAuditor)
	account, err := house.Archive.AccountByLogin(t.Context(), "wang.er")
	require.NoError(t, err)

	found := auditor.Get("/access-log?who=wang.er")
	require.Equal(t, http.StatusOK, found.Status)
	require.Contains(t, found.Body, "wang.er（"+account.Name+"）")
	require.Contains(t, found.Body, "用链接登录")
	require.NotContains(t, found.Body, loginOf(t, house, auth.RoleAuditor)+"（")
	require.Contains(t, auditor.Get("/access-log?who=nobody").Body, "没有符合条件的记录")
	require.NotContains(t, auditor.Get("/access-log?action="+url.QueryEscape("授予职责")).Body, "用链接登录")

	today := models.DateOf(time.Now()).String()
	require.Contains(t, auditor.Get("/access-log?who=wang.er&from="+today+"&until="+today).Body, "用链接登录", "both days are within")
	before := models.DateOf(time.Now()).AddDays(-1).String()
	require.Contains(t, auditor.Get("/access-log?who=wang.er&until="+before).Body, "没有符合条件的记录")
	require.Equal(t, http.StatusUnprocessableEntity, auditor.Get("/access-log?from=yesterday").Status)
}

func TestThePageThatWasRefusedIsInTheLogUnderTheNumberThatItShowed(t *testing.T) {
	house := webtest.Open(t, web.New())
	auditor := house.As(auth.RoleAuditor)
	refused := auditor.Get("/obligations")
	require.Equal(t, http.StatusForbidden, refused.Status)
	number := refused.Header.Get("X-Request-Id")
	require.Contains(t, refused.Body, number)
	found := auditor.Get("/access-log?logNumber=" + number)
	require.Contains(t, found.Body, "打开页面")
	require.Contains(t, found.Body, "/obligations")
	require.Contains(t, found.Body, "拒绝（403）")
}

func TestTheSecurityOfficerRecognisesWhoseLogInsAreOpen(t *testing.T) {
	house := webtest.Open(t, web.New())
	house.Visit(house.NewAccount("wang.er", auth.RoleContact, webtest.Near))
	found := house.As(auth.RoleSecurityOfficer).Get("/sessions?who=wang.er")
	require.Contains(t, found.Body, "wang.er（")
	require.NotContains(t, found.Body, loginOf(t, house, auth.RoleSecurityOfficer)+"（")
}
