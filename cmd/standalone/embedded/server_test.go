package embedded_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"bangfu/cmd/standalone/embedded"
)

func start(t *testing.T, settings embedded.Settings) *embedded.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server, err := embedded.Start(ctx, settings)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

func connect(t *testing.T, server *embedded.Server) client.Client {
	t.Helper()
	connection, err := client.Dial(client.Options{
		HostPort: server.Address(), Namespace: server.Namespace(), Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(connection.Close)
	return connection
}

func TestAnOpenWorkflowIsStillOpenAfterTheServerStartsAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "temporal.db")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()

	first := start(t, embedded.Settings{File: file})
	connection := connect(t, first)
	run, err := connection.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "duty", TaskQueue: "nobody"}, "Duty")
	require.NoError(t, err)
	connection.Close()
	require.NoError(t, first.Stop())

	second := start(t, embedded.Settings{File: file})
	again := connect(t, second)
	description, err := again.DescribeWorkflowExecution(ctx, "duty", "")
	require.NoError(t, err)
	require.Equal(t, run.GetRunID(), description.GetWorkflowExecutionInfo().GetExecution().GetRunId())
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, description.GetWorkflowExecutionInfo().GetStatus())
}

func TestClosedRunsStayReadableForYears(t *testing.T) {
	server := start(t, embedded.Settings{File: filepath.Join(t.TempDir(), "temporal.db")})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	described, err := connect(t, server).WorkflowService().DescribeNamespace(ctx,
		&workflowservice.DescribeNamespaceRequest{Namespace: server.Namespace()})
	require.NoError(t, err)
	require.Equal(t, embedded.Retention, described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
}

func TestABusyPortIsNamed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	port := listener.Addr().(*net.TCPAddr).Port

	_, err = embedded.Start(t.Context(), embedded.Settings{File: filepath.Join(t.TempDir(), "temporal.db"), Port: port})
	require.ErrorIs(t, err, embedded.ErrBusyPort)
}

func TestAFileHalfWrittenByAKilledProcessIsWrittenAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "temporal.db")
	require.NoError(t, os.WriteFile(file+".new", []byte("half a schema"), 0o600))
	start(t, embedded.Settings{File: file})
	require.NoFileExists(t, file+".new")
}
