package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// DSNVariable names the environment variable with the DSN of a MySQL server for
// tests. Without it a private MariaDB is started.
const DSNVariable = "BANGFU_TEST_MYSQL_DSN"

const folderPrefix = "bangfu-mariadb-"

// server is the one database server of a test process. It dies with the
// process and not with the test that asked first, so that no test needs a
// TestMain; its folder is removed by the next.
var server = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv(DSNVariable); dsn != "" {
		return dsn, nil
	}
	return startMariaDB(context.Background())
})

func startMariaDB(ctx context.Context) (string, error) {
	install, err := find("mariadb-install-db")
	if err != nil {
		return "", err
	}
	daemon, err := find("mariadbd")
	if err != nil {
		return "", err
	}
	removeAbandoned()
	folder, err := os.MkdirTemp("", folderPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", fmt.Errorf("make a folder for MariaDB: %w", err)
	}
	data := filepath.Join(folder, "data")
	user := "--user=" + currentUser()
	if output, err := exec.CommandContext(ctx, install, "--no-defaults", user, "--datadir="+data, "--innodb-log-file-size=8M",
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve").CombinedOutput(); err != nil {
		return "", fmt.Errorf("install MariaDB: %w: %s", err, output)
	}
	port, err := freePort(ctx)
	if err != nil {
		return "", err
	}
	log := filepath.Join(folder, "log")
	ended := startWithParent(exec.CommandContext(ctx, daemon, "--no-defaults", user, "--datadir="+data,
		"--socket="+filepath.Join(folder, "s"), "--port="+strconv.Itoa(port), "--bind-address=127.0.0.1",
		"--pid-file="+filepath.Join(folder, "pid"), "--log-error="+log, "--skip-log-bin", "--skip-name-resolve",
		"--performance-schema=OFF", "--innodb-log-file-size=8M",
		"--innodb-fast-shutdown=2", "--innodb-flush-log-at-trx-commit=2", "--max-connections=200",
		"--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci", "--default-time-zone=+00:00"))
	dsn := fmt.Sprintf("root@tcp(127.0.0.1:%d)/?parseTime=true&loc=UTC&charset=utf8mb4", port)
	if err := awaitServer(ctx, dsn, ended); err != nil {
		text, _ := os.ReadFile(log)
		return "", fmt.Errorf("start MariaDB: %w: %s", err, text)
	}
	return dsn, nil
}

// startWithParent starts a program that the kernel kills when this process
// ends. The kernel watches the thread that started it, so the thread is kept.
func startWithParent(command *exec.Cmd) (ended <-chan error) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		result <- command.Run()
	}()
	return result
}

func awaitServer(ctx context.Context, dsn string, ended <-chan error) error {
	pool, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := pool.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case stopped := <-ended:
			return fmt.Errorf("it ended: %w", stopped)
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

// find looks where Debian puts server programs too.
func find(program string) (string, error) {
	if path, err := exec.LookPath(program); err == nil {
		return path, nil
	}
	path := filepath.Join("/usr/sbin", program)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not installed (package mariadb-server): %w", program, err)
	}
	return path, nil
}

func currentUser() string {
	if os.Getuid() == 0 {
		return "root"
	}
	if name := os.Getenv("USER"); name != "" {
		return name
	}
	return strconv.Itoa(os.Getuid())
}

func freePort(ctx context.Context) (int, error) {
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port, listener.Close()
}

// removeAbandoned removes the folders of test processes that have ended.
func removeAbandoned() {
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+"*"))
	for _, folder := range folders {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), folderPrefix), "-")
		pid, err := strconv.Atoi(owner)
		if err == nil && syscall.Kill(pid, 0) != nil {
			_ = os.RemoveAll(folder)
		}
	}
}
