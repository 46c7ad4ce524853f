package main

import (
	"errors"
	"fmt"
	"time"

	"bangfu/cmd/internal/assembly"
	"bangfu/cmd/internal/settings"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/seeds"
)

// withArchive opens the archive for one command. A command that is not the
// migration itself needs the archive to be of this program's version.
func withArchive(env *environment, archive settings.Archive, use func(*store.Archive) error) (err error) {
	opened, err := assembly.OpenArchive(env, archive, env.logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if err := assembly.CheckSchema(env, opened); err != nil {
		return err
	}
	return use(opened)
}

type migrateCommand struct {
	Archive settings.Archive `embed:"" prefix:"archive-" group:"Archive"`
	DryRun  bool             `help:"Only say what versions there are."`
}

// Run migrates the archive.
func (c migrateCommand) Run(env *environment) (err error) {
	archive, err := assembly.OpenArchive(env, c.Archive, env.logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	have, want, err := archive.SchemaVersion(env)
	if err != nil {
		return err
	}
	if c.DryRun {
		fmt.Fprintf(env.out, "archive: schema %d, program: schema %d\n", have, want)
		return nil
	}
	if err := archive.Migrate(env); err != nil {
		return err
	}
	fmt.Fprintf(env.out, "archive: schema %d → %d\n", have, want)
	return nil
}

type seedCommand struct {
	Archive settings.Archive `embed:"" prefix:"archive-" group:"Archive"`
}

// Run writes the seeds. Demonstration data is for cmd/standalone alone: it has
// no place beside real records.
func (c seedCommand) Run(env *environment) error {
	return withArchive(env, c.Archive, func(archive *store.Archive) error {
		content, err := seeds.Load(seeds.Embedded())
		if err != nil {
			return fmt.Errorf("reading the seeds: %w", err)
		}
		if err := content.Apply(env, archive); err != nil {
			return fmt.Errorf("writing the seeds: %w", err)
		}
		fmt.Fprintf(env.out, "plan %s: %d tasks, %d indicators, %d units\n",
			content.Plan.ID, len(content.Tasks), len(content.Indicators), len(content.Units))
		return nil
	})
}

type verifyCommand struct {
	Archive settings.Archive `embed:"" prefix:"archive-" group:"Archive"`
	Subject string           `arg:"" optional:"" help:"One chain, such as obligation/PLAN/CADRE; all when left out."`
}

// Run checks the chains; a broken one makes the exit status 2.
func (c verifyCommand) Run(env *environment) error {
	return withArchive(env, c.Archive, func(archive *store.Archive) error {
		broken, began := 0, time.Now()
		report := func(chain models.BrokenChain) error {
			broken++
			fmt.Fprintf(env.out, "%s\n", chain.Error())
			return nil
		}
		subjects, err := c.check(env, archive, report)
		if err != nil {
			return err
		}
		fmt.Fprintf(env.out, "%d chains checked in %s, %d broken\n", subjects, time.Since(began).Round(time.Millisecond), broken)
		if broken > 0 {
			return errFindings
		}
		return nil
	})
}

func (c verifyCommand) check(env *environment, archive *store.Archive, report func(models.BrokenChain) error) (int, error) {
	if c.Subject == "" {
		return archive.VerifyAll(env, report)
	}
	chain, err := archive.Verify(env, c.Subject)
	if err == nil && chain != nil {
		err = report(*chain)
	}
	return 1, err
}
