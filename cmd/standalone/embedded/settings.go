package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
)

// historyShards is permanent for a file. Four shards are no faster than one on
// SQLite, which has one writer whatever the shards.
const historyShards = 1

const clusterName = "active"

type ports struct{ frontend, history, matching, worker int }

// choosePorts takes the frontend's port as asked and any free ones for the
// services behind it, which only this process talks to.
func choosePorts(ctx context.Context, host string, frontend int) (ports, error) {
	var chosen ports
	wanted := []struct {
		port  *int
		fixed int
	}{{&chosen.frontend, frontend}, {&chosen.history, 0}, {&chosen.matching, 0}, {&chosen.worker, 0}}
	var listening net.ListenConfig
	// All are held until the last is chosen, so that no two are the same.
	for _, want := range wanted {
		listener, err := listening.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(want.fixed)))
		if errors.Is(err, syscall.EADDRINUSE) {
			return ports{}, fmt.Errorf("temporal frontend, port %d on %s: %w", want.fixed, host, ErrBusyPort)
		}
		if err != nil {
			return ports{}, fmt.Errorf("listening for Temporal on %s: %w", host, err)
		}
		defer func() { _ = listener.Close() }()
		address, isTCP := listener.Addr().(*net.TCPAddr)
		if !isTCP {
			return ports{}, fmt.Errorf("listening for Temporal on %s: no TCP address", host)
		}
		*want.port = address.Port
	}
	return chosen, nil
}

// configure builds the server's static configuration: everything on loopback,
// no TLS, no archival, no profiler and no metrics port of its own.
func configure(settings Settings, ports ports) *config.Config {
	frontend := net.JoinHostPort(settings.Host, strconv.Itoa(ports.frontend))
	service := func(port int) config.Service {
		return config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: settings.Host}}
	}
	return &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: settings.Host},
		},
		Persistence: config.Persistence{
			DefaultStore:     sqlite.PluginName,
			VisibilityStore:  sqlite.PluginName,
			NumHistoryShards: historyShards,
			DataStores:       map[string]config.DataStore{sqlite.PluginName: {SQL: sqlSettings(settings.File)}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			"frontend": service(ports.frontend),
			"history":  service(ports.history),
			"matching": service(ports.matching),
			"worker":   service(ports.worker),
		},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}
}

// sqlSettings opens the file for writing with a log written ahead. A commit
// reaches the disk's cache (synchronous NORMAL): it survives kill -9, and a
// loss of power costs at most the last moments, which the archive can rebuild.
func sqlSettings(file string) *config.SQL {
	return &config.SQL{
		PluginName:   sqlite.PluginName,
		DatabaseName: file,
		ConnectAttributes: map[string]string{
			"mode":         "rwc",
			"journal_mode": "wal",
			"busy_timeout": "10000",
			"synchronous":  "NORMAL",
		},
	}
}

// dynamicSettings keep an idle evaluation cheap. With one partition for each
// task queue and queue processors that may poll often, 10,000 sleeping
// workflows cost under one percent of a core; with the server's own defaults,
// which are meant for clusters, they cost half a core.
func dynamicSettings(settings Settings) dynamicconfig.StaticClient {
	values := dynamicconfig.StaticClient{
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():      1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key():     1,
		dynamicconfig.TimerProcessorMaxPollRPS.Key():                1000,
		dynamicconfig.TransferProcessorMaxPollRPS.Key():             1000,
		dynamicconfig.VisibilityProcessorMaxPollRPS.Key():           1000,
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
	}
	if settings.TimeSkipping {
		values[dynamicconfig.WorkflowTimeSkippingEnabled.Key()] = true
	}
	return values
}
