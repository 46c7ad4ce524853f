package browse

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"bangfu/models"
)

// aPaper writes a small PDF into a folder of the test.
func aPaper(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".pdf")
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, "%%PDF-1.4\n%% %s %d\n%%%%EOF\n", name, time.Now().UnixNano()), 0o600))
	return path
}

// aCode is an organization code that nobody has yet.
func aCode(t testing.TB, stem string) string {
	t.Helper()
	key, err := models.NewOrganizationCode(stem)
	require.NoError(t, err)
	return string(key)
}

func today() string { return inDays(0) }

func inDays(days int) string { return models.DateOf(time.Now()).AddDays(days).String() }

// registers puts an enterprise into the registry.
func (w *person) registers(name, code string) {
	w.Helper()
	w.visits("/enterprises/new").fills("name", name).fills("organizationCode", code).fills("established", "2009-05-12").
		fills("address", "演示路一号").fills("legalPerson", "演示人").fills("phone", "022-1234").press("登记").sees("企业已登记")
}

// drafts fills in the form for an enterprise and attaches what the policy asks.
func (w *person) drafts(kind, name, code string) (record string) {
	w.Helper()
	w.visits("/records/new?kind="+kind).fills("enterpriseName", name).fills("enterprise", code).
		fills("occurredOn", today()).fills("established", "2009-05-12").fills("summary", "帮助企业制定技术路线图。").
		fills("result", "已认定为科技型中小企业。").press("保存草稿").sees("草稿已保存，尚未提交")
	record = strings.TrimSuffix(strings.TrimPrefix(evaluates[string](w, "location.pathname"), "/records/"), "/edit")
	w.attaches()
	return record
}

// attached counts the papers of the open form.
const attached = "document.querySelectorAll('form[action$=\"/detach\"]').length"

// attaches uploads one paper for each category that is missing: the form offers
// the first missing one, and sends a file as soon as it is chosen.
func (w *person) attaches() {
	w.Helper()
	for number := 1; strings.Contains(evaluates[string](w, "document.body.innerText"), "还缺："); number++ {
		w.chooses("file", aPaper(w, fmt.Sprintf("材料%d", number)))
		w.until("the paper to be attached", fmt.Sprintf("document.readyState === 'complete' && %s === %d", attached, number))
	}
}

// submits goes through the check to the receipt.
func (w *person) submits() {
	w.Helper()
	w.press("核对提交").arrives("/records/").sees("请确认以上内容属实").press("提交").sees("受理编号")
}

func TestACadreRegistersACompanyThreeReviewersAcceptAndTheCardTurnsGreen(t *testing.T) {
	program := aProgram(t)
	cadre := program.enters(t, "cadre")
	code := aCode(t, "31415926")
	cadre.registers("演示图灵科技有限公司", code)
	record := cadre.drafts("transform", "演示图灵科技有限公司", code)
	cadre.submits()
	cadre.sees("区县科委初审")
	for _, role := range []string{"district-science", "district-organization", "city-science"} {
		reviewer := program.enters(t, role)
		reviewer.visits("/reviews/" + record).sees("演示图灵科技有限公司").press("通过").sees("已通过")
	}
	cadre.visits("/duty").sees("演示图灵科技有限公司")
	card := "[...document.querySelectorAll('.cards > li')].find(e => e.innerText.includes('转型一家')).innerText"
	require.Contains(t, evaluates[string](cadre, card), "绿灯")
	require.Contains(t, evaluates[string](cadre, card), "已完成")
	cadre.visits("/notices").sees("演示")
}

func TestAReturnIsAnsweredFieldByFieldAndSubmittedAgain(t *testing.T) {
	program := aProgram(t)
	cadre, reviewer := program.enters(t, "cadre"), program.enters(t, "district-science")
	code := aCode(t, "31415927")
	cadre.registers("演示香农科技有限公司", code)
	record := cadre.drafts("transform", "演示香农科技有限公司", code)
	cadre.submits()
	reviewer.visits("/reviews/" + record).sees("演示香农科技有限公司").types("r")
	reviewer.fills("reason.summary", "没有写明何时以何种方式帮助").press("退回整改").sees("已退回。")

	cadre.visits("/duty").sees("退回整改").visits("/records/" + record + "/edit")
	cadre.sees("审核意见：没有写明何时以何种方式帮助").sees("个工作日")
	cadre.fills("summary", "十月两次上门，协助编制路线图并联系专家。").press("核对提交").sees("重新提交")
	cadre.press("重新提交").sees("受理编号").sees("区县科委初审")
	reviewer.visits("/reviews/" + record).sees("十月两次上门").sees("第 1 轮")
}

func TestADuplicateIsShownBeforeItIsSubmittedAndCanBeDisputed(t *testing.T) {
	program := aProgram(t)
	cadre, inspector := program.enters(t, "cadre"), program.enters(t, "inspector")
	found := `fetch('/api/v1/records?plan=demo&kind=transform&state=credited&size=1').then(r => r.json()).then(r => JSON.stringify(r.items[0]))`
	var holder struct{ Enterprise, EnterpriseName string }
	inspector.reads(found, &holder)
	cadre.drafts("transform", holder.EnterpriseName, holder.Enterprise)
	cadre.press("核对提交").sees("已就这家企业申报").press("提交").sees("已由").press("提出异议")
	cadre.sees("请写明理由").fills("reason", "企业的技术路线图由本人帮助制定。").press("提出异议").sees("异议已提出")

	adjudicator := program.enters(t, "adjudicator")
	adjudicator.visits("/disputes?state=open")
	adjudicator.walkTo("/disputes?state=open →tbody tr:last-child a.row-link")
	adjudicator.sees("提出异议的一方").sees("企业的技术路线图由本人帮助制定")
	evaluates[bool](adjudicator, "document.getElementById('upheld-no').click(), true")
	adjudicator.fills("reason", "原申报在先，材料齐全。").press("作出裁定").confirms().sees("裁定已作出")
}

func TestAnOverdueListIsFilteredExportedAndReadAgain(t *testing.T) {
	organization := aProgram(t).enters(t, "organization")
	organization.visits("/obligations").fills("light", "red")
	organization.until("the list to be filtered", "location.search.includes('light=red') && [...document.querySelectorAll('#list tbody tr')].every(r => r.innerText.includes('红灯'))")
	require.Equal(t, "light", evaluates[string](organization, "document.activeElement.id"), "the focus stays where it was")
	rows := evaluates[int](organization, "document.querySelectorAll('#list tbody tr').length")
	require.Positive(t, rows)
	var encoded string
	organization.reads(`fetch(document.querySelector('a[href*="/export"]').href).then(r => r.arrayBuffer()).then(b => JSON.stringify(btoa(String.fromCharCode(...new Uint8Array(b)))))`, &encoded)
	content, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(t, err)
	book, err := excelize.OpenReader(bytes.NewReader(content))
	require.NoError(t, err)
	lines, err := book.GetRows("Sheet1")
	require.NoError(t, err)
	require.Len(t, lines, rows+2, "a mark, a header, and the rows of the list")
	require.Contains(t, lines[0][0], fmt.Sprintf("共 %d 行", rows))
	for _, line := range lines[2:] {
		require.Equal(t, "红灯", line[4])
	}
}

func TestARosterWithAFaultyRowIsMendedInThePage(t *testing.T) {
	organization := aProgram(t).enters(t, "organization")
	path := filepath.Join(t.TempDir(), "名册.csv")
	require.NoError(t, os.WriteFile(path, []byte("干部编号,姓名,职级,单位,职务,任职日期\n"+
		"YS90001,演示新任,正处级,和平区,局长,2026-01-05\nYS90002,演示新来,错级,和平区,副局长,2026-01-05\n"), 0o600))
	organization.visits("/imports").chooses("file", path).press("试运行").sees("有 1 处问题，没有导入")
	organization.fills("cell-0", "副处级").press("改好了").sees("试运行无误")
	organization.press("导入 2 行").confirms().sees("导入编号")
	organization.visits("/cadres?text=YS90002").sees("演示新来")
}

func TestAnAccountIsLockedAfterFailuresAndSaysForHowLong(t *testing.T) {
	program := aProgram(t)
	officer := program.enters(t, "system-officer")
	officer.walkTo("/accounts →tbody a.row-link")
	login := evaluates[string](officer, "document.querySelector('.facts dd').innerText")
	stranger := program.at(t)
	for range 5 {
		stranger.visits("/login").fills("login", login).fills("password", "not the password").press("登录").sees("账号或密码不正确")
	}
	stranger.visits("/login").fills("login", login).fills("password", "not the password").press("登录").sees("分钟后再试")
}

func TestTheThreeOfficersAreKeptApart(t *testing.T) {
	program := aProgram(t)
	auditor := program.enters(t, "auditor")
	for _, path := range []string{"/accounts", "/obligations", "/cadres", "/reviews", "/enterprises"} {
		auditor.visits(path).sees("日志编号")
	}
	auditor.visits("/access-log").sees("用链接登录")
	security := program.enters(t, "security-officer")
	security.visits("/accounts?login=demo-system-officer-tj")
	security.walkTo("/accounts?login=demo-system →tbody a.row-link")
	security.fills("role", "auditor").fills("unit", "tj").press("授予").sees("日志编号")
	require.NotContains(t, evaluates[string](security, "[...document.querySelectorAll('tbody th')].map(e => e.innerText).join()"), "安全审计员")
}

func TestAQueueIsWalkedByTheKeyboardAlone(t *testing.T) {
	program := aProgram(t)
	reviewer := program.enters(t, "district-science")
	reviewer.visits("/reviews").sees("先到期的在前").types("j")
	reviewer.arrives("/reviews/")
	reviewer.until("a claim", "document.readyState === 'complete' && location.pathname !== '/reviews'")
	first := evaluates[string](reviewer, "location.pathname")
	reviewer.until("the claim to have been there for a moment", "performance.now() - performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd > 1000")
	reviewer.types("a").sees("已通过")
	require.NotEqual(t, first, evaluates[string](reviewer, "location.pathname"), "the next one opens")
	reviewer.types("k").arrives("/reviews")
}

func TestADraftIsSubmittedByTabAndEnterAlone(t *testing.T) {
	cadre := aProgram(t).enters(t, "cadre")
	code := aCode(t, "31415928")
	cadre.registers("演示诺依曼科技有限公司", code)
	record := cadre.drafts("transform", "演示诺依曼科技有限公司", code)
	cadre.visits("/records/" + record + "/check").sees("请确认以上内容属实")
	for range 80 {
		cadre.types("\t")
		if evaluates[string](cadre, "document.activeElement.innerText || ''") == "提交" {
			require.NotEqual(t, "none", evaluates[string](cadre, "getComputedStyle(document.activeElement).outlineStyle"), "the focus is seen")
			cadre.types("\r").sees("受理编号")
			return
		}
	}
	require.Fail(t, "the button was not reached by Tab")
}

func TestEverythingWorksWithScriptsTurnedOff(t *testing.T) {
	program := aProgram(t)
	cadre := program.enters(t, "cadre")
	cadre.withoutScripts()
	code := aCode(t, "31415929")
	cadre.registers("演示维纳科技有限公司", code)
	cadre.visits("/records/new?kind=transform").fills("enterpriseName", "演示维纳科技有限公司").fills("enterprise", code).
		fills("occurredOn", today()).fills("established", "2009-05-12").fills("summary", "帮助企业。").press("保存草稿").sees("草稿已保存")
	record := strings.TrimSuffix(strings.TrimPrefix(evaluates[string](cadre, "location.pathname"), "/records/"), "/edit")
	for number := 1; strings.Contains(evaluates[string](cadre, "document.body.innerText"), "还缺："); number++ {
		cadre.chooses("file", aPaper(t, fmt.Sprintf("材料%d", number))).press("附上材料")
		cadre.until("the paper to be attached", fmt.Sprintf("document.readyState === 'complete' && %s === %d", attached, number))
	}
	cadre.press("核对提交").sees("请确认以上内容属实").press("提交").sees("受理编号")
	reviewer := program.enters(t, "district-science")
	reviewer.withoutScripts()
	reviewer.visits("/reviews/" + record).sees("演示维纳科技有限公司").press("通过").sees("已通过")
}

func TestWhatWasTypedSurvivesALostSession(t *testing.T) {
	program := aProgram(t)
	cadre := program.enters(t, "cadre")
	cadre.visits("/duty").press("天津演示海纳").arrives("/records/")
	path := evaluates[string](cadre, "location.pathname")
	if !strings.HasSuffix(path, "/edit") {
		path += "/edit"
	}
	cadre.visits(path).sees("草稿")
	cadre.fills("result", "写到一半的成效").sees("已保存")
	// Another browser's log-out does not matter; this one's session ends here.
	var over bool
	cadre.reads("fetch('/logout', {method: 'POST', redirect: 'manual'}).then(() => 'true')", &over)
	cadre.fills("result", "登录过期以后又写的成效").sees("已留在本机")
	cadre.visits(path).arrives("/login")
	program.at(t) // a browser elsewhere changes nothing
	again := evaluates[string](cadre, "Object.values(localStorage).join()")
	require.Contains(t, again, "登录过期以后又写的成效")
}
