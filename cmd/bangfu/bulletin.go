package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"bangfu/cmd/internal/settings"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

type bulletinCommand struct {
	Archive    settings.Archive `embed:"" prefix:"archive-" group:"Archive"`
	Inspection string           `arg:"" help:"The cycle, such as tianjin-2013.2013Q2."`
	Ordinal    int              `help:"Which bulletin of the cycle; the one that was issued last when left out."`
	Out        string           `help:"Folder that the files are written into." type:"path" required:""`
}

// Run makes the files of an issued bulletin again from what the archive keeps of
// it, and measures it. Whatever does not agree makes the exit status 2.
func (c bulletinCommand) Run(env *environment) error {
	id, err := inspection.ParseID(c.Inspection)
	if err != nil {
		return err
	}
	return withArchive(env, c.Archive, func(archive *store.Archive) error {
		kept, state, err := archive.IssuedBulletin(env, store.BulletinKey{Inspection: id, Ordinal: c.Ordinal})
		if err != nil {
			return fmt.Errorf("reading the bulletin: %w", err)
		}
		fmt.Fprintf(env.out, "%s\t%s\t%s\n", kept.Bulletin.NumberText(state), state.IssuedOn, state.Digest)
		if err := c.write(kept.Bulletin, state); err != nil {
			return err
		}
		checks, err := archive.VerifyBulletin(env, kept.BulletinKey)
		if err != nil {
			return fmt.Errorf("measuring the bulletin: %w", err)
		}
		return c.report(env, checks)
	})
}

func (c bulletinCommand) write(bulletin inspection.Bulletin, state inspection.BulletinState) error {
	if err := os.MkdirAll(c.Out, 0o750); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	for _, name := range inspection.FileNames {
		var file bytes.Buffer
		if err := bulletin.WriteFile(&file, name, state); err != nil {
			return fmt.Errorf("making %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(c.Out, string(name)), file.Bytes(), 0o600); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// report prints every check, files with their digests.
func (c bulletinCommand) report(env *environment, checks []store.BulletinCheck) error {
	bad := 0
	for _, check := range checks {
		verdict := "good"
		if !check.Good {
			verdict, bad = "BAD", bad+1
		}
		name := string(check.Code)
		if check.File != "" {
			name = string(check.File)
		}
		fmt.Fprintf(env.out, "%s\t%s\t%s\t%s\n", verdict, name, check.Measured, check.Detail())
	}
	if bad > 0 {
		return errFindings
	}
	return nil
}
