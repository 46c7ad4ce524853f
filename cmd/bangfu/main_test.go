package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// bangfu runs the program as an operator would and answers its exit status.
func bangfu(t *testing.T, arguments ...string) (status int, out, errOut string) {
	t.Helper()
	var written, complained bytes.Buffer
	status = start(t.Context(), arguments, &written, &complained)
	return status, written.String(), complained.String()
}

// trialArchive are the flags of a fresh archive in a file.
func trialArchive(t *testing.T) []string {
	t.Helper()
	return []string{"--archive-driver=sqlite", "--archive-allow-sqlite", "--archive-dsn=" + filepath.Join(t.TempDir(), "archive.db")}
}

func TestHelpNamesEveryCommandAndEverySetting(t *testing.T) {
	status, out, _ := bangfu(t, "--help")
	require.Zero(t, status)
	for _, command := range []string{"api", "worker", "migrate", "seed", "import", "reconcile", "verify", "bulletin", "inspection-rules", "login-link", "version"} {
		require.Contains(t, out, command)
	}
	_, out, _ = bangfu(t, "worker", "--help")
	require.Contains(t, out, "BANGFU_ARCHIVE_DSN")

	parser, err := newParser(&program{}, io.Discard, io.Discard)
	require.NoError(t, err)
	settings := 0
	require.NoError(t, kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if flag, isFlag := node.(*kong.Flag); isFlag {
			settings++
			require.NotEmpty(t, flag.Help, flag.Name)
		}
		return next(nil)
	}))
	require.Greater(t, settings, 40)
}

func TestProductionDoesNotRunOnSQLite(t *testing.T) {
	status, _, errOut := bangfu(t, "api", "--http-listen=127.0.0.1:0", "--archive-driver=sqlite", "--archive-dsn=archive.db")
	require.Equal(t, 1, status)
	require.Contains(t, errOut, "MySQL 8")
	require.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
}

func TestAFailureIsOneLine(t *testing.T) {
	for _, arguments := range [][]string{
		{"migrate"},
		{"nonsense"},
		{"migrate", "--archive-dsn=no:such@tcp(127.0.0.1:1)/bangfu"},
		{"seed", "--config=/nowhere/settings.yaml"},
	} {
		status, _, errOut := bangfu(t, arguments...)
		require.Equal(t, 1, status, arguments)
		require.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
	}
}

func TestAnArchiveThatIsNotMigratedSaysWhatToDo(t *testing.T) {
	status, _, errOut := bangfu(t, append([]string{"seed"}, trialArchive(t)...)...)
	require.Equal(t, 1, status)
	require.Contains(t, errOut, "bangfu migrate")
}

func TestAnOperatorSetsUpAnArchiveAndLetsTheFirstOfficerIn(t *testing.T) {
	archive := trialArchive(t)
	does := func(arguments ...string) (int, string) {
		status, out, errOut := bangfu(t, append(arguments, archive...)...)
		return status, out + errOut
	}
	status, said := does("migrate")
	require.Zero(t, status, said)
	status, said = does("login-link", "officer", "--create=system-officer")
	require.Equal(t, 1, status)
	require.Contains(t, said, "bangfu seed")
	for range 2 {
		status, said = does("seed")
		require.Zero(t, status, said)
		require.Contains(t, said, "56 tasks, 60 indicators")
	}
	status, said = does("login-link", "officer")
	require.Equal(t, 1, status)
	require.Contains(t, said, "no account officer")
	status, said = does("login-link", "somebody", "--create=cadre")
	require.Equal(t, 1, status)
	require.Contains(t, said, "system-officer")
	for range 2 {
		status, said = does("login-link", "officer", "--create=system-officer", "--http-public-url=https://bangfu.example.org/")
		require.Zero(t, status, said)
		require.Contains(t, said, "https://bangfu.example.org/api/v1/login-link/")
	}
	status, said = does("verify")
	require.Zero(t, status, said)
	require.Contains(t, said, "0 broken")
}

func TestARosterIsRehearsedThenTakenAndTakenAgainWithoutDoubles(t *testing.T) {
	archive := trialArchive(t)
	does := func(arguments ...string) (int, string) {
		status, out, errOut := bangfu(t, append(arguments, archive...)...)
		return status, out + errOut
	}
	for _, command := range []string{"migrate", "seed"} {
		status, said := does(command)
		require.Zero(t, status, said)
	}
	roster := filepath.Join(t.TempDir(), "cadres.csv")
	write := func(rows ...string) {
		content := "人员编号,姓名,职级,单位,职务,任职日期\n" + strings.Join(rows, "\n") + "\n"
		require.NoError(t, os.WriteFile(roster, []byte(content), 0o600))
	}
	good := make([]string, 0, 3)
	for number := range 3 {
		good = append(good, fmt.Sprintf("GB%05d,测试,县处级正职,和平区,处长,2013-01-01", number+1))
	}

	write(append([]string{"GB00009,测试,没有的职级,没有的单位,处长,2013-01-01"}, good...)...)
	status, said := does("import", "cadres", roster)
	require.Equal(t, 2, status, said)
	require.Contains(t, said, "问题 2")
	require.Contains(t, said, "未导入")

	write(good...)
	status, said = does("import", "cadres", roster, "--dry-run")
	require.Zero(t, status, said)
	require.Contains(t, said, "试运行")
	status, said = does("import", "cadres", roster)
	require.Zero(t, status, said)
	require.Contains(t, said, "新增 3")
	status, said = does("import", "cadres", roster)
	require.Zero(t, status, said)
	require.Contains(t, said, "新增 0，变更 0，不变 3")
}
