package standalone_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/cmd/internal/process"
	"bangfu/cmd/standalone/internal/standalone"
	"bangfu/models/store"
)

// running starts the program on free ports and waits until it answers. Stop
// ends it as SIGTERM does and waits for the drain.
func running(t *testing.T, data string) (addresses standalone.Addresses, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	started, ended := make(chan standalone.Addresses, 1), make(chan error, 1)
	go func() {
		ended <- standalone.Run(ctx, standalone.Settings{
			Data: data, Demonstration: true, LogTo: os.Stderr, LogLevel: "error", LogFormat: "text",
			Started: func(addresses standalone.Addresses) { started <- addresses },
		})
	}()
	select {
	case addresses = <-started:
	case err := <-ended:
		cancel()
		require.NoError(t, err, "it ended before it answered")
	case <-time.After(3 * time.Minute):
		cancel()
		require.FailNow(t, "it does not answer")
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-ended:
			require.NoError(t, err)
		case <-time.After(time.Minute):
			require.FailNow(t, "it does not drain")
		}
	}
	t.Cleanup(stop)
	return addresses, stop
}

func TestTheWalkThroughOfTheReadmeLeadsToACredit(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq"} {
		_, err := exec.LookPath(tool)
		require.NoError(t, err, "make test-setup installs it")
	}
	data := t.TempDir()
	addresses, stop := running(t, data)
	require.GreaterOrEqual(t, len(addresses.Links), 10, "one link a role")

	script := exec.CommandContext(t.Context(), filepath.Join("..", "..", "..", "..", "docs", "walk-through.sh"))
	script.Env = append(os.Environ(), "DATA="+data)
	output, err := script.CombinedOutput()
	require.NoError(t, err, string(output))
	require.Contains(t, string(output), "转型: 1/1")
	require.Contains(t, string(output), `"whole":true`)

	_, err = runOnce(t, standalone.Settings{Data: data})
	require.ErrorIs(t, err, process.ErrLocked, "a second instance in the same folder")
	stop()
	again, _ := running(t, data)
	require.NotEqual(t, addresses.Links, again.Links, "links are good once, so a restart prints new ones")
}

// runOnce runs a program that is expected to fail by itself.
func runOnce(t *testing.T, settings standalone.Settings) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out strings.Builder
	settings.Out = &out
	return out.String(), standalone.Run(ctx, settings)
}

func TestWhatKeepsItFromStartingIsSaidInOneLine(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	busy := listener.Addr().(*net.TCPAddr).Port

	says := func(settings standalone.Settings, want string) {
		t.Helper()
		_, err := runOnce(t, settings)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
	says(standalone.Settings{Data: t.TempDir(), HTTPPort: busy}, "--http-port")
	says(standalone.Settings{Data: t.TempDir(), TemporalPort: busy}, "--temporal-port")
	says(standalone.Settings{Data: "/proc/bangfu"}, "/proc/bangfu")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	says(standalone.Settings{Data: file}, file)
}

func TestAnArchiveOfANewerProgramIsLeftAlone(t *testing.T) {
	data := t.TempDir()
	archive, err := store.Open(t.Context(), store.Settings{Driver: store.SQLite, DSN: filepath.Join(data, "archive.db")})
	require.NoError(t, err)
	require.NoError(t, archive.Migrate(t.Context()))
	_, err = archive.SQL().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	require.NoError(t, err)
	require.NoError(t, archive.Close())

	_, err = runOnce(t, standalone.Settings{Data: data})
	require.ErrorIs(t, err, store.ErrNewerSchema)
	require.NotContains(t, fmt.Sprint(err), "\n")
}
