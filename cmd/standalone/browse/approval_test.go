package browse

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASuspensionWaitsForASecondPersonAndThenStopsTheClock(t *testing.T) {
	program := aProgram(t)
	first := program.enters(t, "organization")
	first.walkTo("/obligations?state=active →#list a.row-link")
	duty := strings.SplitN(first.Where(), "?", 2)[0]
	first.press("中止计时").sees("须经第二人批准").sees("中止的第一日")
	first.press("下一步：核对").sees("请附上文件依据").sees("请选择事由")
	first.fills("from", today()).fills("ground", "illness").fills("remark", "住院治疗").chooses("file", aPaper(t, "请假批复"))
	first.press("下一步：核对").sees("请核对").sees("因病").sees("请假批复.pdf")
	first.press("确认中止计时").sees("还没有生效").sees("须由同部门另一名")
	waiting := first.Where()
	first.visits(duty).sees("待批准")
	require.False(t, evaluates[bool](first, "document.body.innerText.includes('中止台账')"), "nothing has stopped yet")

	second := program.enters(t, "organization-second")
	second.visits("/approvals").sees("等您决定").visits(waiting).sees("住院治疗").sees("请假批复.pdf")
	second.press("不批准").sees("请写明不批准的理由")
	second.press("批准").sees("已批准")
	second.until("the row to be carried out", "document.body.innerText.includes('已办结 1 项')")
	second.visits(duty).sees("中止台账").sees("提出：")
}

func TestABatchOfTheFilteredListIsRehearsedApprovedAndFollowedWithItsFailures(t *testing.T) {
	program := aProgram(t)
	first := program.enters(t, "organization")
	first.visits("/obligations?unit=120101").press("对筛选出的全部各项办理").sees("台账当前筛选条件下")
	evaluates[bool](first, "document.getElementById('command-extend').checked = true")
	first.press("下一步").sees("须经第二人批准")
	evaluates[bool](first, "document.getElementById('kinds-found').checked = true")
	first.fills("due", inDays(600)).fills("ground", "policy-change").
		chooses("file", aPaper(t, "延期批复"))
	first.press("下一步：逐项试算").sees("试算完毕").sees("和平区").sees("不能办理")
	require.Positive(t, evaluates[int](first, "document.querySelectorAll('tbody tr').length"))
	first.press("确认延期").arrives("/approvals/").sees("须由同部门另一人批准")
	waiting := first.Where()

	second := program.enters(t, "organization-second")
	second.visits(waiting).sees("单位：和平区及其下级").sees("未能办理的").press("批准").sees("已批准")
	second.until("every row to be settled", "document.body.innerText.includes('全部办理完毕')")
	second.sees("未能办理的").sees("一项不能办理，不影响其他")
}
