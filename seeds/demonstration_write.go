package seeds

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gocloud.dev/blob"

	"bangfu/models"
	"bangfu/models/store"
)

// Demonstration fills the archive with the demonstration plan, whose people,
// companies and papers are invented, and returns the accounts through which a
// visitor may look. The seeds must have been applied. Every act was decided by
// the rules and is written as a real one is, without Temporal; the obligations
// are left for the enrolment workflow to start.
//
// It may be run again: a demonstration that is complete is left alone, however
// visitors have changed it since, and one that was interrupted is completed. A
// nil bucket leaves the files out, for tests that need none.
func Demonstration(ctx context.Context, archive *store.Archive, bucket *blob.Bucket, now time.Time) (DemonstrationAccounts, error) {
	seeds, err := Load(Embedded())
	if err != nil {
		return nil, err
	}
	today := models.DateOf(now)
	switch saved, err := archive.Plan(ctx, DemonstrationPlan); {
	case err == nil:
		today = saved.From.AddDays(elapsedDays)
	case !errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("look for the demonstration: %w", err)
	}
	world, err := tellDemonstration(seeds, demonstrationPlan(today, seeds.Policy.Version))
	if err != nil {
		return nil, err
	}
	complete, err := world.complete(ctx, archive)
	if err == nil && !complete {
		err = world.write(ctx, archive, bucket)
	}
	if err != nil {
		return nil, fmt.Errorf("write the demonstration: %w", err)
	}
	return world.shownAccounts(), nil
}

// complete reports whether the last thing that write writes is there: an act,
// since visitors may delete drafts but nobody deletes what happened.
func (d *demonstration) complete(ctx context.Context, archive *store.Archive) (bool, error) {
	acts := d.acts()
	if len(acts) == 0 {
		return false, errors.New("nothing ever happens in the demonstration")
	}
	last, err := archive.Command(ctx, acts[len(acts)-1].command.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return last.State == store.CommandApplied, err
}

func (d *demonstration) write(ctx context.Context, archive *store.Archive, bucket *blob.Bucket) error {
	steps := []func(context.Context, *store.Archive) error{
		d.writeRegistry,
		d.writeAccounts,
		func(ctx context.Context, archive *store.Archive) error { return d.writeDocuments(ctx, archive, bucket) },
		d.writeEnrolments,
		d.writeDrafts,
		d.writeProgress,
		d.writeActs,
	}
	for _, step := range steps {
		if err := step(ctx, archive); err != nil {
			return err
		}
	}
	return nil
}

func (d *demonstration) writeRegistry(ctx context.Context, archive *store.Archive) error {
	cadres := make([]models.Cadre, len(d.people))
	var postings []models.Posting
	for i, someone := range d.people {
		cadres[i] = someone.cadre
		postings = append(postings, someone.postings...)
	}
	if err := archive.SavePlan(ctx, d.plan); err != nil {
		return err
	}
	tasks, indicators := d.tasks, d.indicators
	for i := range tasks {
		tasks[i].Plan = d.plan.ID
	}
	for i := range indicators {
		indicators[i].Plan = d.plan.ID
	}
	for i := range d.answering {
		d.answering[i].Plan = d.plan.ID
	}
	err := errors.Join(
		archive.SaveTasks(ctx, tasks), archive.SaveIndicators(ctx, indicators), archive.SaveAnswering(ctx, d.answering),
	)
	if err != nil {
		return err
	}
	if err := archive.SaveCadres(ctx, cadres); err != nil {
		return err
	}
	return errors.Join(archive.SavePostings(ctx, postings), archive.SaveEnterprises(ctx, d.enterprises))
}

// writeAccounts opens the accounts without a password: nobody gets in but by a
// log-in link that the evaluation program hands out.
func (d *demonstration) writeAccounts(ctx context.Context, archive *store.Archive) error {
	opened := d.plan.From.Start()
	for _, account := range d.accounts {
		err := archive.CreateAccount(ctx, store.Account{
			ID: account.id, Login: string(account.id), Name: account.name, Cadre: account.cadre,
		}, opened)
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return err
		}
		grants, err := archive.Grants(ctx, account.id)
		if err != nil {
			return err
		}
		if len(grants) > 0 {
			continue
		}
		unit, known := d.tree.Unit(account.unit)
		if !known {
			return fmt.Errorf("account %s: unit %s is unknown", account.id, account.unit)
		}
		if err := d.grant(ctx, archive, account, unit); err != nil {
			return err
		}
	}
	return nil
}

func (d *demonstration) grant(ctx context.Context, archive *store.Archive, account demoAccount, unit models.Unit) error {
	present, err := archive.Account(ctx, account.id)
	if err != nil {
		return err
	}
	return archive.AddGrant(ctx, store.Grant{
		ID: "grant-" + string(account.id), Account: account.id, Role: account.role, Unit: unit.ID, Path: unit.Path,
		By: models.SystemAccount, At: d.plan.From.Start(),
	}, present.Version)
}

func (d *demonstration) writeEnrolments(ctx context.Context, archive *store.Archive) error {
	enrolments := make([]store.Enrolment, len(d.lives))
	for i, lived := range d.lives {
		enrolments[i] = store.Enrolment{Command: lived.enrolment}
	}
	_, err := archive.Enrol(ctx, enrolments, d.asOf)
	return err
}

// writeActs writes the acts of all lives in the order in which they happened,
// as a dispute ties two lives together.
func (d *demonstration) writeActs(ctx context.Context, archive *store.Archive) error {
	written := make(map[*life]*models.Obligation, len(d.lives))
	for _, done := range d.acts() {
		if _, loaded := written[done.life]; !loaded {
			found, err := archive.LoadObligation(ctx, done.life.obligation.ID)
			if err != nil {
				return err
			}
			written[done.life] = &found.Obligation
		}
		if err := d.writeAct(ctx, archive, done, written[done.life]); err != nil {
			return fmt.Errorf("act %s: %w", done.command.ID, err)
		}
	}
	return nil
}

// writeAct writes one act as the API and the workflow do between them: the
// form, the command with its words, the decision, the events.
func (d *demonstration) writeAct(ctx context.Context, archive *store.Archive, done *act, obligation *models.Obligation) error {
	command := done.command
	known, err := archive.Command(ctx, command.ID)
	if err == nil && known.State == store.CommandApplied {
		return nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if done.content != nil {
		version, err := d.saveForm(ctx, archive, done)
		if err != nil {
			return err
		}
		command.Body = withVersion(command.Body, version)
	}
	events, err := obligation.Decide(command, d.rules)
	if err != nil {
		return err
	}
	if command.Actor.Account != models.SystemAccount {
		if err := receive(ctx, archive, done, command); err != nil {
			return err
		}
	}
	result, err := archive.Append(ctx, store.Append{
		Command: command, Expected: obligation.Sequence, Events: events, Now: command.At,
	})
	switch {
	case err != nil:
		return err
	case result.Refusal != nil:
		return fmt.Errorf("it was not appended but %s: %w", result.Outcome, result.Refusal)
	case result.Outcome != store.Appended:
		return fmt.Errorf("it was not appended but %s", result.Outcome)
	}
	for _, event := range events {
		obligation.Apply(event)
	}
	return nil
}

func receive(ctx context.Context, archive *store.Archive, done *act, command models.Command) error {
	content, err := json.Marshal(command)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(content)
	_, _, err = archive.ReceiveCommand(ctx, store.CommandRow{
		ID: command.ID, Subject: done.life.obligation.ID.Subject(), Kind: command.Body.CommandKind(),
		Account: command.Actor.Account, ContentDigest: hex.EncodeToString(digest[:]), Words: done.words, ReceivedAt: command.At,
	})
	return err
}

// saveForm saves the form of a claim shortly before it is submitted, or saves
// its correction, and returns the version that is shown.
func (d *demonstration) saveForm(ctx context.Context, archive *store.Archive, done *act) (int64, error) {
	at := done.command.At.Add(-5 * time.Minute)
	present, err := archive.Record(ctx, store.Everything(), done.record)
	switch {
	case errors.Is(err, store.ErrNotFound):
		present, err = archive.CreateDraft(ctx, store.NewDraft{
			ID: done.record, Obligation: done.life.obligation.ID, Content: *done.content, At: at,
		})
	case err == nil && present.State != models.StateDraft:
		corrected := *done.content
		corrected.Summary += "（已补充具体措施和时间。）"
		present, err = archive.EditDraft(ctx, done.record, present.Version, corrected, at)
	}
	return present.Version, err
}

// withVersion is the submission of the version that is shown.
func withVersion(body models.CommandBody, version int64) models.CommandBody {
	switch submitted := body.(type) {
	case models.Submit:
		submitted.Version = version
		return submitted
	case models.Dispute:
		submitted.Version = version
		return submitted
	default:
		return body
	}
}

func (d *demonstration) writeDrafts(ctx context.Context, archive *store.Archive) error {
	for _, lived := range d.lives {
		for _, draft := range lived.drafts {
			_, err := archive.CreateDraft(ctx, store.NewDraft{
				ID: draft.record, Obligation: lived.obligation.ID, Content: draft.content, At: draft.savedAt,
			})
			if err != nil && !errors.Is(err, store.ErrDuplicate) {
				return err
			}
		}
	}
	return nil
}
