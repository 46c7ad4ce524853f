// Command standalone runs all of bangfu in one process, for evaluation: an
// embedded Temporal server, an archive in one SQLite file, the seeds and
// demonstration data, the workers and the API. It listens on this machine only.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the zones of the rules, on machines that have none

	"github.com/alecthomas/kong"

	"bangfu/cmd/internal/settings"
	"bangfu/cmd/internal/version"
	"bangfu/cmd/standalone/internal/standalone"
)

type commandLine struct {
	Config string `help:"File with settings, as YAML or JSON; flags and the environment win over it." type:"path" env:"BANGFU_CONFIG"`

	standalone.Settings `embed:""`

	Version kong.VersionFlag `help:"Print the version and end."`
}

// BeforeResolve implements kong's hook.
func (commandLine) BeforeResolve(context *kong.Context) error { return settings.UseFile(context) }

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "standalone:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	line := commandLine{}
	parser, err := kong.New(&line,
		kong.Name("standalone"),
		kong.Description("All of bangfu in one process, for evaluation. State lives in one folder; nothing listens beyond this machine."),
		kong.Vars{"version": version.Line()},
	)
	if err != nil {
		return err
	}
	if _, err := parser.Parse(arguments); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	line.Out = os.Stdout
	line.LogTo = os.Stderr
	err = standalone.Run(ctx, line.Settings)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
