package browse

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"bangfu/models"
)

// lastQuarter is the last whole quarter, as the demonstration's cycle names it.
func lastQuarter() string {
	return models.QuarterOf(models.DateOf(time.Now())).Previous().String()
}

// opensTheQuarter opens the last whole quarter unless it is open already, and
// waits until its units are asked.
func (w *person) opensTheQuarter() (at string) {
	w.Helper()
	at = "/inspections/demo." + lastQuarter()
	w.visits("/inspections?plan=demo").sees("每季度督查一次")
	if !evaluates[bool](w, "!!document.querySelector("+quoted(`a[href="`+at+`"]`)+")") {
		w.fills("quarter", lastQuarter()).press("开启督查")
	}
	w.visitsUntilItSays(at, "起草")
	w.until("the units to be asked",
		"document.readyState === 'complete' && [...document.querySelectorAll('.steps [aria-current]')].some(e => e.innerText.includes('自查') || e.innerText.includes('起草'))")
	return at
}

// orders presses the link to a command, and the button of its form, which has the
// same words.
func (w *person) orders(words, said string) *person {
	w.Helper()
	w.press(words).until("the form of the command", "location.pathname.includes('/commands/')")
	return w.press(words).sees(said)
}

// looks judges the open page at both sizes and keeps its pictures.
func (w *person) looks(name string) *person {
	w.Helper()
	folder := os.Getenv(picturesTo)
	w.Do(chromedp.EmulateViewport(1440, 900))
	require.Empty(w, w.judge(), "%s at 1440 px", name)
	w.keep(folder, "inspection-"+name+"-desktop")
	w.Do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	require.Empty(w, w.judge(), "%s at 390 px", name)
	require.LessOrEqual(w, w.Sideways(), 0, "%s at 390 px is wider than the window", name)
	w.keep(folder, "inspection-"+name+"-phone")
	w.Do(chromedp.EmulateViewport(1440, 900))
	return w
}

func TestAQuarterFromItsOpeningToItsBulletin(t *testing.T) {
	program := aProgram(t)
	inspector, contact := program.enters(t, "inspector"), program.enters(t, "contact")
	leader, signer := program.enters(t, "leader"), program.enters(t, "signer")
	at := inspector.opensTheQuarter()
	inspector.looks("board")

	contact.visitsUntilItSays("/unit-reports?plan=demo", "未办结的报告")
	contact.press("填报").arrives("/unit-reports/demo.")
	contact.looks("report")
	contact.fills("measures", "走访企业，组织银企对接。").sees("已保存")
	report := evaluates[string](contact, "location.pathname")
	contact.press("填报，送单位领导签报").sees("等待单位领导签报")
	leader.visits(report).sees("走访企业，组织银企对接。").looks("sign").press("签报").sees("已签报")

	inspector.visits(at + "/sample").sees("怎样抽取").looks("sample")
	inspector.walkTo(at + "/sample →tbody a.row-link")
	inspector.press("记录核查结果").fills("result", "confirmed").fills("remark", "实地核查，与申报一致。").press("记录核查结果").sees("核查结果已记录")
	inspector.visits(at + "/ranking").sees("位次").looks("ranking")

	unit := report[strings.LastIndex(report, "/")+1:]
	inspector.visits(at+"/units/"+unit).looks("unit").press("提出问题").fills("severity", "minor").
		fills("text", "走访记录不全，请补齐。").press("提出问题").sees("问题已提出")
	contact.visits("/findings?plan=demo").press("走访记录不全").arrives("/findings/").sees("往来").looks("finding")
	contact.fills("text", "已补齐走访记录。").chooses("file", aPaper(t, "走访记录")).press("答复").sees("等待督查员核对")
	inspector.visits("/findings?plan=demo&state=answered").press("走访记录不全").orders("销号", "问题已销号")

	bulletin := inspector.writesTheBulletin(at)
	inspector.orders("送会签", "已送会签")
	for _, who := range []*person{inspector, signer} {
		who.visits(bulletin).sees("存在问题").orders("会签", "您的会签已记录")
	}
	contact.visits("/bulletins?plan=demo").sees("〔").visits(bulletin).looks("bulletin")
	contact.readsTheOfficialPaper()
}

// writesTheBulletin drafts before all reports are in, is refused a number of
// one's own, and saves words.
func (w *person) writesTheBulletin(at string) (bulletin string) {
	w.Helper()
	bulletin = "/bulletins/" + strings.TrimPrefix(at, "/inspections/") + "/1"
	w.visits(at)
	if evaluates[bool](w, "document.body.innerText.includes('提前起草通报')") {
		w.orders("提前起草通报", "通报已起草")
	}
	practice := func(words string) string {
		return evaluates[string](w, "document.getElementById('section-practice').value") + "\n" + words
	}
	w.visits(bulletin + "/edit").sees("每行一段").looks("editor")
	w.fills("section-practice", practice("另走访企业37家。")).press("保存").sees("“37”")
	w.visits(bulletin+"/edit").fills("section-practice", practice("各单位普遍加强了走访。"))
	w.until("the preview", "document.getElementById('preview').innerText.includes('各单位普遍加强了走访。')")
	w.press("保存").sees("正文已保存")
	w.visits(bulletin)
	return bulletin
}

// readsTheOfficialPaper downloads the paper of the open bulletin and finds its
// words in it.
func (w *person) readsTheOfficialPaper() {
	w.Helper()
	var encoded string
	w.reads(fmt.Sprintf(`fetch(document.querySelector(%s).href).then(r => r.arrayBuffer()).then(b => JSON.stringify(btoa(Array.from(new Uint8Array(b), c => String.fromCharCode(c)).join(''))))`,
		quoted(`a[href$="/official.docx"]`)), &encoded)
	content, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(w, err)
	paper, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(w, err)
	text, err := paper.Open("word/document.xml")
	require.NoError(w, err)
	defer func() { _ = text.Close() }()
	var words bytes.Buffer
	_, err = words.ReadFrom(text)
	require.NoError(w, err)
	require.Contains(w, words.String(), "各单位普遍加强了走访。")
}
