package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/models/store"
)

// checked reads the self-check by its requirements.
func checked(t *testing.T, v *visitor) map[string]CheckItemView {
	t.Helper()
	got := v.get(Prefix + "/self-check")
	require.Equal(t, http.StatusOK, got.status, got.body)
	var body struct{ Items []CheckItemView }
	require.NoError(t, json.Unmarshal([]byte(got.body), &body))
	items := map[string]CheckItemView{}
	for _, item := range body.Items {
		items[item.Requirement] = item
	}
	return items
}

func TestTheSelfCheckPassesNothingThatItDidNotMeasure(t *testing.T) {
	h := aHouse(t)
	items := checked(t, h.signedIn(h.account("auditor", auth.RoleAuditor, "tj", "")))
	for _, requirement := range []string{
		"没有默认账号，首次登录修改口令", "共享账号的清查", "界面与接口均校验输入", "剩余信息清除", "只收集必要的个人信息", "日志中没有口令等秘密",
	} {
		require.Equal(t, checkNotMeasured, items[requirement].State.Code, requirement)
	}
	for _, requirement := range []string{
		"身份标识唯一，口令有复杂度要求，拒绝常见口令", "最小权限，按单位树限定范围", "不审核本人的申报，代理亦然",
	} {
		require.Equal(t, checkPass, items[requirement].State.Code, "%s: %s", requirement, items[requirement].Measured)
	}
	require.Contains(t, items["身份标识唯一，口令有复杂度要求，拒绝常见口令"].Measured, "4 个弱口令，拒绝 4 个")
}

func TestIntegrityOnTheWayFailsWithoutTLS(t *testing.T) {
	plain := (&server{Services: Services{Settings: Settings{PublicURL: "http://bangfu.example"}}}).integrity(store.SafetyFacts{Events: 3})
	require.Equal(t, checkFail, plain.state)
	sealed := (&server{Services: Services{Settings: Settings{PublicURL: "https://bangfu.example"}}}).integrity(store.SafetyFacts{Events: 3})
	require.Equal(t, checkNotMeasured, sealed.state, "what is stored was not read again")
}

func TestTheLogCoversEverybodyOnlyIfNobodyIsMissingFromIt(t *testing.T) {
	require.Equal(t, checkNotMeasured, auditState(store.SafetyFacts{}))
	require.Equal(t, checkPass, auditState(store.SafetyFacts{Entries: 2}))
	require.Equal(t, checkFail, auditState(store.SafetyFacts{Entries: 2, Unseen: 1}))
	require.Equal(t, checkFail, auditState(store.SafetyFacts{Entries: 2, Incomplete: 1}))
}
