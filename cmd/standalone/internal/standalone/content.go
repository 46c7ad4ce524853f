package standalone

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bangfu/cmd/internal/assembly"
	"bangfu/models/store"
	"bangfu/seeds"
)

// linkLife bounds how long an unused link lets somebody in.
const linkLife = 24 * time.Hour

// fill writes what the archive must hold before anything starts: the seeds at
// every start, since a new version may bring new ones, and the demonstration
// data at the first. Writing either
// again changes nothing that is there, and completes what a kill interrupted.
func (t *trial) fill(ctx context.Context) error {
	content, err := seeds.Load(seeds.Embedded())
	if err != nil {
		return fmt.Errorf("reading the seeds: %w", err)
	}
	if err := content.Apply(ctx, t.archive); err != nil {
		return fmt.Errorf("writing the seeds: %w", err)
	}
	if !t.Demonstration {
		return nil
	}
	if _, err := t.archive.Plan(ctx, seeds.DemonstrationPlan); errors.Is(err, store.ErrNotFound) {
		t.say("First start in %s: writing demonstration data.", t.Data)
	}
	if t.accounts, err = seeds.Demonstration(ctx, t.archive, t.files, time.Now()); err != nil {
		return fmt.Errorf("writing the demonstration data: %w", err)
	}
	return nil
}

// welcome says where everything answers and prints a log-in link a role.
func (t *trial) welcome(ctx context.Context) error {
	links, err := t.links(ctx)
	if err != nil {
		return err
	}
	t.say("\nbangfu runs. This is an evaluation: one process, one machine, nobody's backup.")
	t.say("  API and its documentation  %s/", t.address())
	t.say("  Temporal frontend          %s  (namespace %s)", t.temporal.Address(), namespace)
	t.say("  state                      %s", t.Data)
	if len(links) > 0 {
		t.say("\nLog in by a link, good once, within a day:")
	}
	for _, link := range links {
		t.say("  %-22s %s  %s", link.Role, link.URL, link.Title)
	}
	if err := t.keep(links); err != nil {
		return err
	}
	t.say("\nStop with Ctrl-C; the next start goes on from here and prints new links.")
	t.Started(Addresses{API: t.address(), Temporal: t.temporal.Address(), Links: links})
	return nil
}

// keep writes the links beside the state as well, for scripts such as
// docs/walk-through.sh. Whoever may read that folder may read everything anyway.
func (t *trial) keep(links []Link) error {
	var content strings.Builder
	for _, link := range links {
		fmt.Fprintf(&content, "%s %s\n", link.Role, link.URL)
	}
	if err := os.WriteFile(filepath.Join(t.Data, "links.txt"), []byte(content.String()), 0o600); err != nil {
		return fmt.Errorf("keeping the log-in links: %w", err)
	}
	return nil
}

// links issues one link for the first account of each role, and for the second
// person who approves.
func (t *trial) links(ctx context.Context) ([]Link, error) {
	var links []Link
	seen := map[string]bool{}
	for _, account := range t.accounts {
		if seen[account.Place()] {
			continue
		}
		seen[account.Place()] = true
		secret, err := t.archive.IssueLoginLink(ctx, account.Account, account.Opens, linkLife)
		if err != nil {
			return nil, fmt.Errorf("making the log-in link of role %s: %w", account.Role, err)
		}
		links = append(links, Link{Role: account.Place(), Title: account.Title, URL: assembly.LoginLink(t.address(), secret)})
	}
	return links, nil
}
