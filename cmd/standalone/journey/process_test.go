package journey

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/cmd/standalone/embedded"
	// The programs are built by the tests, which Go's cache of results does not
	// know: what they are made of is named here, so that a change of it counts.
	_ "bangfu/cmd/standalone/internal/standalone"
)

// The test binary plays the part of a Temporal server of its own when this
// variable names the folder of its state, so that a test can kill it alone.
const (
	temporalFolder = "BANGFU_JOURNEY_TEMPORAL"
	temporalPort   = "BANGFU_JOURNEY_TEMPORAL_PORT"
	temporalSkips  = "BANGFU_JOURNEY_TEMPORAL_SKIPS"
)

// TestMain runs the tests, or the Temporal server that a test asked for.
func TestMain(m *testing.M) {
	if folder := os.Getenv(temporalFolder); folder != "" {
		os.Exit(playTemporal(folder, os.Getenv(temporalPort)))
	}
	os.Exit(m.Run())
}

// playTemporal serves until the pipe from the test closes or somebody kills it.
func playTemporal(folder, portText string) int {
	port, err := strconv.Atoi(portText)
	if err == nil {
		_, err = embedded.Start(context.Background(), embedded.Settings{
			File: filepath.Join(folder, "temporal.db"), Port: port, TimeSkipping: os.Getenv(temporalSkips) != "", Logger: quiet(),
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "temporal of the journey:", err)
		return 1
	}
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	return 0
}

// victim is a program that a test starts, kills and starts again.
type victim struct {
	t       *testing.T
	name    string
	path    string
	args    []string
	env     []string
	ready   string // an URL that answers 200 once the program works
	running *running
}

// running is one life of a victim.
type running struct {
	command *exec.Cmd
	log     string // path of what it wrote
	ended   chan struct{}
}

// start starts the program and waits until it is ready.
func (v *victim) start() {
	v.t.Helper()
	command := exec.Command(v.path, v.args...)
	command.Env = append(os.Environ(), v.env...)
	log, err := os.OpenFile(filepath.Join(v.t.TempDir(), v.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(v.t, err)
	command.Stdout, command.Stderr = log, log
	input, err := command.StdinPipe()
	require.NoError(v.t, err)
	// It must not outlive the test, however the test ends.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	life := &running{command: command, log: log.Name(), ended: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the kernel watches the thread that started it
		defer close(life.ended)
		if err := command.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		_ = command.Wait()
		_ = input.Close()
		_ = log.Close()
	}()
	require.NoError(v.t, <-started)
	v.running = life
	v.awaitReady()
}

func (v *victim) awaitReady() {
	v.t.Helper()
	ready := func() bool {
		if v.ready[:4] != "http" {
			connection, err := net.DialTimeout("tcp", v.ready, time.Second)
			if err == nil {
				_ = connection.Close()
			}
			return err == nil
		}
		response, err := http.Get(v.ready)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	}
	deadline := time.Now().Add(patience)
	for !ready() {
		select {
		case <-v.running.ended:
			require.Fail(v.t, v.name+" ended", v.running.said())
		case <-time.After(50 * time.Millisecond):
			require.False(v.t, time.Now().After(deadline), "%s is not ready: %s", v.name, v.running.said())
		}
	}
}

// said is what the program wrote.
func (r *running) said() string {
	text, _ := os.ReadFile(r.log)
	return string(text)
}

// kill ends the program as a power cut would, with SIGKILL. One that ended by
// itself before is at fault: whatever else dies, it must not.
func (v *victim) kill() {
	v.t.Helper()
	select {
	case <-v.running.ended:
		require.Fail(v.t, v.name+" ended by itself", v.running.said())
	default:
	}
	require.NoError(v.t, v.running.command.Process.Kill())
	<-v.running.ended
}

// program builds a command of this module once for all tests.
func program(t *testing.T, name string) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	folder, err := filepath.Abs(filepath.Join("..", "..", "..", "bin"))
	require.NoError(t, err)
	path := filepath.Join(folder, "journey-"+name)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "bangfu/cmd/"+name)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	return path
}

var builds sync.Mutex
