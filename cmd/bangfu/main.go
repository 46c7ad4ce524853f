// Command bangfu is the production program: the API, the worker, and what an
// operator needs around them. It needs a MySQL database and a Temporal cluster.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the zones of the rules, on machines that have none

	"github.com/alecthomas/kong"

	"bangfu/cmd/internal/logging"
	"bangfu/cmd/internal/settings"
	"bangfu/cmd/internal/version"
)

// program is the command line.
type program struct {
	Config string       `help:"File with settings, as YAML or JSON; flags and the environment win over it. Groups nest: archive: {dsn: …} is --archive-dsn." type:"path" env:"BANGFU_CONFIG"`
	Log    settings.Log `embed:"" prefix:"log-" group:"Log"`

	API       apiCommand             `cmd:"" name:"api" help:"Serve the REST API."`
	Worker    workerCommand          `cmd:"" help:"Carry out workflows and activities."`
	Migrate   migrateCommand         `cmd:"" help:"Bring the archive to this program's schema."`
	Seed      seedCommand            `cmd:"" help:"Write the plan, its tasks and indicators, units, policy and calendar; safe to repeat."`
	Import    importCommand          `cmd:"" help:"Take a roster of cadres or enterprises from an xlsx or CSV file."`
	Reconcile reconcileCommand       `cmd:"" help:"Compare projections, events and running workflows, and name each difference."`
	Verify    verifyCommand          `cmd:"" help:"Check that nobody has changed the archive's log: every chain, or one."`
	Bulletin  bulletinCommand        `cmd:"" help:"Make the files of an issued bulletin again from its snapshot, and measure them against what was registered."`
	Rules     inspectionRulesCommand `cmd:"" name:"inspection-rules" help:"Show the inspection's rules and letterhead, or save the next version of them."`
	LoginLink loginLinkCommand       `cmd:"" name:"login-link" help:"Print a link that logs an account in, once; also how the first officers get in."`
	Check     checkCommand           `cmd:"" help:"Ask a health page, for container health checks."`
	Version   versionCommand         `cmd:"" help:"Print the version."`
}

// BeforeResolve implements kong's hook.
func (program) BeforeResolve(context *kong.Context) error { return settings.UseFile(context) }

// environment is what every command gets.
type environment struct {
	context.Context
	logger      *slog.Logger
	out, errOut io.Writer
}

func main() {
	os.Exit(start(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// start runs the program and answers its exit status: 0 for done, 1 for a
// failure told in one line, 2 for findings that the command itself has printed.
func start(ctx context.Context, arguments []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, arguments, out, errOut)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFindings):
		return 2
	default:
		fmt.Fprintln(errOut, "bangfu:", err)
		return 1
	}
}

// errFindings says that a command did its work and found what it looks for.
var errFindings = errors.New("there are findings")

// ended is how kong's own --help asks to end the program.
type ended int

func run(ctx context.Context, arguments []string, out, errOut io.Writer) (err error) {
	line := program{}
	parser, err := newParser(&line, out, errOut)
	if err != nil {
		return err
	}
	defer func() {
		if status, isEnd := recover().(ended); isEnd && status == 0 {
			err = nil
		}
	}()
	parsed, err := parser.Parse(arguments)
	if err != nil {
		return err
	}
	logger, err := logging.New(errOut, line.Log)
	if err != nil {
		return err
	}
	return parsed.Run(&environment{Context: ctx, logger: logger, out: out, errOut: errOut})
}

func newParser(line *program, out, errOut io.Writer) (*kong.Kong, error) {
	return kong.New(line,
		kong.Name("bangfu"),
		kong.Description("The engine and archive of the 2013–2015 action plan. A setting is taken from its flag, else from its variable, else from the file; a secret may also be in the file that its variable with _FILE names."),
		kong.Writers(out, errOut),
		kong.Exit(func(status int) { panic(ended(status)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(env *environment) error {
	fmt.Fprintln(env.out, version.Line())
	return nil
}
