package browse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	// The programs are built by the tests, which Go's cache of results does not
	// know: what they are made of is named here, so that a change of it counts.
	_ "bangfu/cmd/standalone/internal/standalone"
)

// built is the trial program, and production the other, compiled once for all
// tests.
var built, production string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "bangfu-browse-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	built, production = filepath.Join(folder, "standalone"), filepath.Join(folder, "bangfu")
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Minute)
	defer cancel()
	// Without symbols they link faster; the packages themselves are compiled
	// already where the programs' own tests ran.
	command := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", folder, "bangfu/cmd/standalone", "bangfu/cmd/bangfu")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, output)
		return 1
	}
	return m.Run()
}

// program is the trial, running for one test.
type program struct {
	url   string
	links map[string]string
	// temporal is where its engine answers, data the folder of its state.
	temporal, data string
	process        *os.Process
	ended          chan struct{}
}

var (
	servesAt = regexp.MustCompile(`API and its documentation +(\S+)/`)
	engineAt = regexp.MustCompile(`Temporal frontend +(\S+)`)
	letsIn   = regexp.MustCompile(`^ {2}([a-z-]+) +(http\S+/login-link/\S+)`)
)

// aProgram starts the trial in a folder of its own and waits until it answers.
func aProgram(t testing.TB) *program {
	t.Helper()
	return startsIn(t, filepath.Join(t.TempDir(), "data"), "0")
}

// startsIn starts the trial over the state of a folder, which may be that of one
// that ended.
func startsIn(t testing.TB, data, port string) *program {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	command := exec.Command(built, "--http-port="+port, "--temporal-port=0", "--data="+data)
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	command.Stderr = log
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	started := &program{links: map[string]string{}, data: data, process: command.Process, ended: make(chan struct{})}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		select {
		case <-started.ended:
		case <-time.After(30 * time.Second):
			started.kill()
		}
		if t.Failed() {
			written, _ := os.ReadFile(log.Name())
			t.Logf("the program's log:\n%s", written[max(0, len(written)-4000):])
		}
		_ = log.Close()
	})
	ready := make(chan error, 1)
	go func() {
		ready <- started.read(bufio.NewScanner(output))
		// The pipe is read to its end, or the program would stand still.
		_, _ = bufio.NewReader(output).Discard(1 << 30)
		_ = command.Wait()
		close(started.ended)
	}()
	select {
	case err := <-ready:
		require.NoError(t, err)
	case <-time.After(3 * time.Minute):
		require.Fail(t, "the program did not start")
	}
	return started
}

// kill ends the program as a power cut would, with SIGKILL.
func (p *program) kill() {
	_ = p.process.Kill()
	<-p.ended
}

func (p *program) read(lines *bufio.Scanner) error {
	for lines.Scan() {
		line := lines.Text()
		if found := servesAt.FindStringSubmatch(line); found != nil {
			p.url = found[1]
		}
		if found := engineAt.FindStringSubmatch(line); found != nil {
			p.temporal = found[1]
		}
		if found := letsIn.FindStringSubmatch(line); found != nil {
			p.links[found[1]] = found[2]
		}
		if strings.Contains(line, "Stop with Ctrl-C") {
			return nil
		}
	}
	return errors.New("the program ended before it was ready")
}
