package main

import (
	"errors"
	"fmt"

	"bangfu/cmd/internal/process"
	"bangfu/cmd/internal/settings"
	"bangfu/models"
	"bangfu/models/store"
)

type reconcileCommand struct {
	Archive     settings.Archive  `embed:"" prefix:"archive-" group:"Archive"`
	Temporal    settings.Temporal `embed:"" prefix:"temporal-" group:"Temporal"`
	ArchiveOnly bool              `help:"Compare the archive with its own log alone, without Temporal."`
	Repair      bool              `help:"Start again the workflows that Temporal has lost. Nothing in the archive is ever rewritten."`
}

// Run names each difference; any that is left makes the exit status 2. What the
// archive holds is never changed here: a broken chain is evidence, and a wrong
// projection is a fault of the program that somebody must see.
func (c reconcileCommand) Run(env *environment) (err error) {
	drain := process.NewDrain(env.logger)
	defer func() { err = errors.Join(err, drain.Run(env)) }()
	parts, err := connect(env, drain, c.Archive, c.Temporal)
	if err != nil {
		return err
	}
	var running store.Running
	if !c.ArchiveOnly {
		if err := parts.AwaitTemporal(env, c.Temporal); err != nil {
			return err
		}
		running = parts.Engine.Hosted
	}
	repaired := 0
	done, err := parts.Archive.Reconcile(env, running, func(difference store.Difference) error {
		fmt.Fprintf(env.out, "%s\t%s\t%s\n", difference.Subject, difference.Kind, difference.Detail)
		if !c.Repair || difference.Kind != store.DifferenceWorkflow {
			return nil
		}
		id, err := models.ParseSubject(difference.Subject)
		if err != nil {
			return fmt.Errorf("repairing %s: %w", difference.Subject, err)
		}
		if err := parts.Engine.Start(env, id); err != nil {
			return fmt.Errorf("repairing %s: %w", difference.Subject, err)
		}
		repaired++
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(env.out, "%d obligations, %d differences, %d workflows started again\n", done.Obligations, done.Differences, repaired)
	if done.Differences > repaired {
		return errFindings
	}
	return nil
}
