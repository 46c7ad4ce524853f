package main

import (
	"context"
	"errors"
	"fmt"

	"bangfu/cmd/internal/process"
	"bangfu/cmd/internal/settings"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/workflows"
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
	var hosted store.HostedSubjects
	if !c.ArchiveOnly {
		if err := parts.AwaitTemporal(env, c.Temporal); err != nil {
			return err
		}
		running, hosted = parts.Engine.Hosted, parts.Engine.HostedInspections
	}
	repaired := 0
	tell := func(difference store.Difference) error {
		fmt.Fprintf(env.out, "%s\t%s\t%s\n", difference.Subject, difference.Kind, difference.Detail)
		if !c.Repair || difference.Kind != store.DifferenceWorkflow {
			return nil
		}
		if err := startAgain(env, parts.Engine, difference.Subject); err != nil {
			return fmt.Errorf("repairing %s: %w", difference.Subject, err)
		}
		repaired++
		return nil
	}
	done, err := parts.Archive.Reconcile(env, running, tell)
	if err != nil {
		return err
	}
	inspected, err := parts.Archive.ReconcileInspections(env, hosted, tell)
	if err != nil {
		return err
	}
	differences := done.Differences + inspected.Differences
	fmt.Fprintf(env.out, "%d obligations, %d subjects of inspections, %d differences, %d workflows started again\n",
		done.Obligations, inspected.Subjects, differences, repaired)
	if differences > repaired {
		return errFindings
	}
	return nil
}

// startAgain starts the workflow that hosts a subject of the log.
func startAgain(ctx context.Context, engine *workflows.Engine, subject string) error {
	if inspection.New(subject) != nil {
		return engine.HostInspection(ctx, subject)
	}
	id, err := models.ParseSubject(subject)
	if err != nil {
		return err
	}
	return engine.Start(ctx, id)
}
