package browse

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADeputySubmitsForAnAbsentCadreAndTheTimelineNamesBoth(t *testing.T) {
	program := aProgram(t)
	cadre, deputy, organization := program.enters(t, "cadre"), program.enters(t, "contact"), program.enters(t, "organization")
	var absent, standsIn struct{ Cadre, Login, Name string }
	const me = `fetch('/api/v1/me').then(r => r.text())`
	cadre.reads(me, &absent)
	deputy.reads(me, &standsIn)

	organization.visits("/substitutes/new").fills("cadre", absent.Cadre).fills("deputy", standsIn.Login)
	organization.fills("from", today()).fills("until", inDays(1)).fills("reason", "住院").press("安排代理").sees("已安排" + standsIn.Name + "代理" + absent.Name)

	code := aCode(t, "31415929")
	deputy.visits("/duty").sees("今日代理").sees(absent.Name + "的帮扶（代理）")
	deputy.registers("演示冯诺依曼科技有限公司", code)
	record := deputy.drafts("transform", "演示冯诺依曼科技有限公司", code)
	deputy.submits()
	cadre.visits("/duty").sees("演示冯诺依曼科技有限公司").sees(standsIn.Name + "（代" + absent.Name + "）")
	program.enters(t, "district-science").visits("/reviews/" + record).sees("演示冯诺依曼科技有限公司").press("通过").sees("已通过")

	organization.visits("/substitutes").press(absent.Name).sees("提前结束").press("立即终止").sees("代理已终止")
	deputy.visits("/notices")
	if evaluates[bool](deputy, "document.body.innerText.includes('今日代理')") {
		t.Error("the substitution is over at once")
	}
}

// TestADeputyWalksTheQueueOfAnAbsentReviewer has a cadre who also reviews for the
// district stood in for by its contact.
func TestADeputyWalksTheQueueOfAnAbsentReviewer(t *testing.T) {
	program := aProgram(t)
	var absent, standsIn struct{ Cadre, Login, Name string }
	const me = `fetch('/api/v1/me').then(r => r.text())`
	program.enters(t, "cadre").reads(me, &absent)
	deputy, organization, security := program.enters(t, "contact"), program.enters(t, "organization"), program.enters(t, "security-officer")
	deputy.reads(me, &standsIn)
	deputy.visits("/reviews").sees("日志编号")

	security.walkTo("/accounts?login=" + absent.Login + " →tbody a.row-link")
	security.fills("role", "district-science").fills("unit", "120101").press("授予").sees("区县科委")
	organization.visits("/substitutes/new").fills("cadre", absent.Cadre).fills("deputy", standsIn.Login)
	organization.fills("from", today()).fills("until", inDays(1)).fills("reason", "出差").press("安排代理").sees("已安排")

	deputy.visits("/reviews").sees("今日代理")
	deputy.walkTo("/reviews →#list a.row-link")
	claim := deputy.Where()
	deputy.press("通过").sees("已通过")
	auditor := program.enters(t, "district-science")
	auditor.visits(claim).sees(standsIn.Name + "（代" + absent.Name + "）")
	require.Empty(t, deputy.visits("/reviews").judge())
}
