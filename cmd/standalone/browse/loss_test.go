package browse

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/api/web/webtest/browser"
	"bangfu/cmd/internal/process/processtest"
)

// gate stands between a program and its Temporal; a test shuts it as a broken
// network would.
type gate struct {
	t       testing.TB
	address string
	beyond  string
	mutex   sync.Mutex
	open    net.Listener
	carried []net.Conn
}

// loopback is an address that is listened on later.
func loopback(t testing.TB) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(processtest.FreePort(t)))
}

func aGate(t testing.TB, beyond string) *gate {
	t.Helper()
	g := &gate{t: t, address: loopback(t), beyond: beyond}
	g.opens()
	t.Cleanup(g.shuts)
	return g
}

// opens lets connections through, at the same address as before.
func (g *gate) opens() {
	g.t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", g.address)
	require.NoError(g.t, err)
	g.open = listener
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			g.carry(near)
		}
	}()
}

func (g *gate) carry(near net.Conn) {
	far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", g.beyond)
	if err != nil {
		_ = near.Close()
		return
	}
	g.mutex.Lock()
	g.carried = append(g.carried, near, far)
	g.mutex.Unlock()
	go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
	go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
}

// shuts cuts what is connected and lets nothing through.
func (g *gate) shuts() {
	_ = g.open.Close()
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for _, one := range g.carried {
		_ = one.Close()
	}
	g.carried = nil
}

// beside starts a production API over the trial's archive and files, whose way
// to Temporal leads through a gate.
func (p *program) beside(t testing.TB, way *gate) *program {
	t.Helper()
	listen := loopback(t)
	command := exec.Command(production, "api")
	command.Env = append(os.Environ(),
		"BANGFU_ARCHIVE_DRIVER=sqlite", "BANGFU_ARCHIVE_ALLOW_SQLITE=true", "BANGFU_ARCHIVE_DSN="+filepath.Join(p.data, "archive.db"),
		"BANGFU_FILES_URL=file://"+filepath.Join(p.data, "files"), "BANGFU_TEMPORAL_ADDRESS="+way.address,
		"BANGFU_HTTP_LISTEN="+listen, "BANGFU_HTTP_PUBLIC_URL=http://"+listen, "BANGFU_HTTP_DRAIN_DELAY=0s", "BANGFU_LOG_LEVEL=error")
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	command.Stdout, command.Stderr = log, log
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if written, _ := os.ReadFile(log.Name()); t.Failed() {
			t.Logf("the API's log:\n%s", written)
		}
		_ = log.Close()
	})
	started := &program{url: "http://" + listen, links: map[string]string{}, data: p.data}
	for role, link := range p.links {
		started.links[role] = started.url + browser.PathOf(t, link)
	}
	started.isReady(t)
	return started
}

// isReady waits until a program says that it has everything it needs.
func (p *program) isReady(t testing.TB) {
	t.Helper()
	require.Eventually(t, func() bool {
		answer, err := http.Get(p.url + "/readyz")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, time.Minute, 100*time.Millisecond)
}

func TestWhileTemporalIsLostPagesAreReadAndAFormSentAgainAfterwardsCountsOnce(t *testing.T) {
	trial := aProgram(t)
	way := aGate(t, trial.temporal)
	apart := trial.beside(t, way)
	cadre := apart.enters(t, "cadre")
	code := aCode(t, "31415931")
	cadre.registers("演示高斯科技有限公司", code)
	record := cadre.drafts("transform", "演示高斯科技有限公司", code)
	cadre.press("核对提交").sees("请确认以上内容属实")
	key := `[...document.querySelectorAll("form[action$='/submit'] input[name=key]")].map(e => e.value).join()`
	given := evaluates[string](cadre, key)

	way.shuts()
	cadre.press("提交").sees("日志编号").sees("演示高斯科技有限公司")
	require.Equal(t, given, evaluates[string](cadre, key), "the same command, or it would count twice")
	require.Empty(t, cadre.judge())
	for _, path := range []string{"/duty", "/records/" + record, "/enterprises", "/duty/timeline"} {
		cadre.visitsUntilItSays(path, "办理服务暂时连不上")
		require.Empty(t, cadre.judge(), path)
	}
	cadre.visits("/records/" + record + "/check").press("提交").sees("日志编号")
	given = evaluates[string](cadre, key)

	way.opens()
	apart.isReady(t)
	cadre.press("提交").sees("受理编号")
	cadre.visits("/duty/timeline")
	submitted := "[...document.querySelectorAll('.timeline li')].filter(e => e.innerText.includes('演示高斯科技有限公司') && e.innerText.includes('提交')).length"
	require.Equal(t, 1, evaluates[int](cadre, submitted), "under the key %s", given)
}

func TestADraftSurvivesAProgramThatIsKilledInTheMiddleOfIt(t *testing.T) {
	port := strconv.Itoa(processtest.FreePort(t))
	first := startsIn(t, filepath.Join(t.TempDir(), "data"), port)
	cadre := first.enters(t, "cadre")
	cadre.visits("/duty").press("天津演示海纳").arrives("/records/")
	cadre.visits(strings.TrimSuffix(evaluates[string](cadre, "location.pathname"), "/edit") + "/edit").sees("草稿")
	form := evaluates[string](cadre, "location.pathname")
	cadre.fills("result", "停电之前存到服务器的成效").sees("已保存")
	first.kill()
	cadre.fills("result", "停电之后还在写的成效").sees("连不上服务器，已留在本机")
	// A page that is left tries to save once more, which would reach the next program.
	cadre.Leave()

	second := startsIn(t, first.data, port)
	cadre.EnterBy(second.links["cadre"])
	cadre.visits(form).sees("而未存到服务器的内容")
	require.Equal(t, "停电之前存到服务器的成效", evaluates[string](cadre, "document.getElementById('result').value"))
	cadre.press("恢复未保存的内容").sees("已保存")
	cadre.visits(form)
	require.Equal(t, "停电之后还在写的成效", evaluates[string](cadre, "document.getElementById('result').value"))
}
