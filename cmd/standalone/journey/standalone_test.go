package journey

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/models/store"
	"bangfu/workflows"
)

// TestTheTrialLetsEveryRoleInByALinkAndNobodyByAPassword is the first minute of
// somebody who tries the program out.
func TestTheTrialLetsEveryRoleInByALinkAndNobodyByAPassword(t *testing.T) {
	trial := startTrial(t, filepath.Join(t.TempDir(), "data"))
	temporal, err := client.Dial(workflows.ClientOptions(trial.temporal, "bangfu", quiet()))
	require.NoError(t, err, "the printed address of Temporal answers")
	temporal.Close()
	for _, role := range auth.Roles() {
		require.Contains(t, trial.links, string(role), "there is a log-in link for each role")
	}
	require.Len(t, trial.links, len(auth.Roles())+1, "one a role, and the second person who approves")
	require.Contains(t, trial.links, "organization-second")

	var logins []string
	for role, link := range trial.links {
		visitor := trial.visitor()
		opened := visitor.ask(http.MethodPost, link, nil)
		require.Equal(t, http.StatusOK, opened.status, "the link of %s opens on its work: %s", role, opened.body)
		require.NotEqual(t, link, opened.at)
		var session struct{ Login string }
		visitor.get("/session", &session)
		logins = append(logins, session.Login)

		again := trial.visitor().ask(http.MethodPost, link, nil)
		again.isProblem(t, http.StatusGone, "login-link-invalid")
		trial.visitor().ask(http.MethodGet, trial.url+"/session", nil).isProblem(t, http.StatusUnauthorized, "")
	}
	require.Zero(t, trial.passwords(), "no account has a password before somebody sets one")
	for _, login := range []string{"admin", logins[0]} {
		for _, password := range []string{"123456", login} {
			refused := trial.visitor().ask(http.MethodPost, trial.url+"/session", map[string]string{"login": login, "password": password})
			refused.isProblem(t, http.StatusUnauthorized, "sign-in-failed")
		}
	}
}

// TestTheTrialSurvivesAKillAndStopsWhenAsked: a kill -9 costs nothing that was
// acknowledged, the next start goes on from there, and SIGTERM ends it in order.
func TestTheTrialSurvivesAKillAndStopsWhenAsked(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := startTrial(t, data)
	cadre, organization := first.enters("cadre"), first.enters("organization")
	draft := cadre.drafts(map[string]string{"kind": "introduce", "summary": "尚未写完的草稿"})
	claim := cadre.submits()
	before := organization.sees()
	first.kill()

	second := startTrial(t, data)
	require.NotContains(t, second.stdout.String(), "writing demonstration data", "the demonstration data is there already")
	for role, link := range first.links {
		require.Contains(t, second.links, role)
		require.NotEqual(t, link, second.links[role], "a new start prints new links")
	}
	cadre = second.enters("cadre")
	require.Equal(t, "draft", cadre.stateOf(draft))
	require.Equal(t, "under-review", cadre.stateOf(claim))
	require.Equal(t, before, second.enters("organization").sees(), "nothing is lost and nothing is there twice")
	// Not only the archive is there: the duty itself goes on.
	reviewer := second.enters("district-science")
	accepted := reviewer.commands(claim, "accept", map[string]string{"remark": "材料齐全。"})
	require.Equal(t, http.StatusOK, accepted.status, accepted.body)

	require.NoError(t, second.command.Process.Signal(syscall.SIGTERM))
	select {
	case <-second.ended:
	case <-time.After(time.Minute):
		require.FailNow(t, "it does not stop")
	}
	require.Zero(t, second.command.ProcessState.ExitCode(), "it was asked to stop: %s", second.stderr)
	require.Contains(t, second.stdout.String(), "Stopping.")
	second.complainsOfNothing()
}

// TestTheTrialSaysInOneLineWhyItCannotStart: exit status 1, one line on stderr
// that names what is in the way, nothing on a screen that says it runs.
func TestTheTrialSaysInOneLineWhyItCannotStart(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, busy.Close()) }()
	port := strconv.Itoa(busy.Addr().(*net.TCPAddr).Port)

	path := program(t, "standalone")
	inUse := startTrial(t, filepath.Join(t.TempDir(), "data"))
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	fresh := func() string { return filepath.Join(t.TempDir(), "data") }

	for _, obstacle := range []struct {
		name string
		args []string
		says []string
	}{
		{"the port of the API is busy", []string{"--data=" + fresh(), "--http-port=" + port}, []string{port, "in use", "--http-port"}},
		{"the port of Temporal is busy", []string{"--data=" + fresh(), "--temporal-port=" + port}, []string{port, "in use", "--temporal-port"}},
		// Nobody makes a folder in /proc, not even root, whom no mode bits stop.
		{"the folder cannot be made", []string{"--data=/proc/bangfu"}, []string{"/proc/bangfu"}},
		{"the folder cannot be written in", []string{"--data=/proc/self"}, []string{"/proc/self"}},
		{"a file is where the folder should be", []string{"--data=" + file}, []string{file}},
		{"the archive is of a newer version", []string{"--data=" + newerArchive(t)}, []string{"archive.db", "99999"}},
		{"another instance works in the folder", []string{"--data=" + inUse.data}, []string{inUse.data, "another"}},
		{"a flag is unknown", []string{"--colour=blue"}, []string{"--colour"}},
	} {
		t.Run(obstacle.name, func(t *testing.T) {
			stdout, stderr, code := runTrial(t, path, append([]string{"--http-port=0", "--temporal-port=0"}, obstacle.args...)...)
			require.Equal(t, 1, code, "stdout: %s\nstderr: %s", stdout, stderr)
			require.Equal(t, 1, strings.Count(stderr, "\n"), "one line: %s", stderr)
			require.True(t, strings.HasSuffix(stderr, "\n"))
			for _, word := range obstacle.says {
				require.Contains(t, stderr, word)
			}
			require.NotContains(t, stdout, "bangfu runs")
		})
	}
	require.Equal(t, http.StatusOK, inUse.visitor().ask(http.MethodGet, strings.TrimSuffix(inUse.url, api.Prefix)+"/readyz", nil).status,
		"the first instance is not disturbed")
}

// newerArchive is a folder whose archive a later version of the program wrote.
func newerArchive(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	archive, err := store.Open(t.Context(), store.Settings{Driver: store.SQLite, DSN: filepath.Join(data, "archive.db")})
	require.NoError(t, err)
	require.NoError(t, archive.Migrate(t.Context()))
	_, err = archive.SQL().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	return data
}

// runTrial runs a program that is to end by itself.
func runTrial(t *testing.T, path string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, complaints bytes.Buffer
	command := exec.CommandContext(ctx, path, args...)
	command.Stdout, command.Stderr = &out, &complaints
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return out.String(), complaints.String(), command.ProcessState.ExitCode()
}

// trial is one life of the standalone program.
type trial struct {
	t              *testing.T
	data           string
	command        *exec.Cmd
	ended          chan struct{}
	stdout, stderr *transcript
	// url is the API's, temporal the frontend's address, links those printed by role.
	url, temporal string
	links         map[string]string
}

// complainsOfNothing finds nothing on stderr but that a busy machine made somebody
// ask again.
func (r *trial) complainsOfNothing() {
	r.t.Helper()
	for line := range strings.Lines(r.stderr.String()) {
		require.Contains(r.t, line, "status=503")
	}
}

// transcript is what a running program has said so far.
type transcript struct {
	mutex sync.Mutex
	text  strings.Builder
}

// Write adds what the program says.
func (s *transcript) Write(data []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.Write(data)
}

func (s *transcript) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

// startTrial starts the program on any free ports and waits for its welcome.
func startTrial(t *testing.T, data string) *trial {
	t.Helper()
	running := &trial{t: t, data: data, ended: make(chan struct{}), stdout: &transcript{}, stderr: &transcript{}}
	running.command = exec.Command(program(t, "standalone"), "--data="+data, "--http-port=0", "--temporal-port=0")
	running.command.Stdout, running.command.Stderr = running.stdout, running.stderr
	// It must not outlive the test, however the test ends.
	running.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the kernel watches the thread that started it
		defer close(running.ended)
		err := running.command.Start()
		started <- err
		if err == nil {
			_ = running.command.Wait()
		}
	}()
	require.NoError(t, <-started)
	t.Cleanup(running.kill)
	require.Eventually(t, func() bool {
		select {
		case <-running.ended:
			return true
		default:
			return strings.Contains(running.stdout.String(), "Stop with Ctrl-C")
		}
	}, patience, 50*time.Millisecond, "it does not come up")
	running.readWelcome()
	return running
}

var (
	welcomeAPI      = regexp.MustCompile(`API and its documentation +(http://[^/]+)/\n`)
	welcomeTemporal = regexp.MustCompile(`Temporal frontend +([0-9.]+:[0-9]+) `)
	welcomeLink     = regexp.MustCompile(`(?m)^  ([a-z-]+) +(http://\S+/login-link/\S+)  \S+$`)
)

func (r *trial) readWelcome() {
	r.t.Helper()
	said := r.stdout.String()
	address, frontend := welcomeAPI.FindStringSubmatch(said), welcomeTemporal.FindStringSubmatch(said)
	require.NotNil(r.t, address, "it prints the API's address: %s%s", said, r.stderr)
	require.NotNil(r.t, frontend, "it prints Temporal's address: %s", said)
	r.url, r.temporal, r.links = address[1]+api.Prefix, frontend[1], map[string]string{}
	for _, link := range welcomeLink.FindAllStringSubmatch(said, -1) {
		require.NotContains(r.t, r.links, link[1], "one link a role")
		r.links[link[1]] = link[2]
	}
}

// kill ends it as a power cut would.
func (r *trial) kill() {
	_ = r.command.Process.Kill() // it may have ended by itself
	<-r.ended
}

// passwords counts the accounts that have one.
func (r *trial) passwords() int {
	r.t.Helper()
	archive, err := store.Open(r.t.Context(), store.Settings{Driver: store.SQLite, DSN: filepath.Join(r.data, "archive.db")})
	require.NoError(r.t, err)
	defer func() { require.NoError(r.t, archive.Close()) }()
	count, page := 0, store.Page{Size: 200}
	for {
		accounts, err := archive.Accounts(r.t.Context(), store.AccountFilter{}, page)
		require.NoError(r.t, err)
		require.NotEmpty(r.t, accounts.Items)
		for _, account := range accounts.Items {
			if account.PasswordHash != "" || !account.PasswordChangedAt.IsZero() {
				count++
			}
		}
		if page.After = accounts.Next; page.After == "" {
			return count
		}
	}
}
