package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// Append is one decided command with its events.
type Append struct {
	Command models.Command
	// Expected is the sequence of the aggregate that decided.
	Expected int64
	Events   []models.Event
	// Now is the server's clock.
	Now time.Time
}

// AppendOutcome says what became of an append.
type AppendOutcome string

// The outcomes of an append. Only Appended changed anything.
const (
	Appended AppendOutcome = "appended"
	// Repeated: the command was applied before; Sequence is that of then.
	Repeated AppendOutcome = "repeated"
	// Stale: the log moved on since the aggregate was loaded; load and decide again.
	Stale AppendOutcome = "stale"
	// Refused: the archive knows a reason that the aggregate cannot know.
	Refused AppendOutcome = "refused"
)

// AppendResult is the outcome with the sequence of the command's last event.
type AppendResult struct {
	Outcome  AppendOutcome   `json:"outcome"`
	Sequence int64           `json:"sequence"`
	Refusal  *models.Refusal `json:"refusal,omitempty"`
}

// Append writes decided events, everything that pages read of them, and the
// command's outcome in one transaction. It trusts the decision and guards what
// only the archive can know: that the command was not applied before, that the
// log is where the decision saw it, that the draft is the one that was shown,
// and that nobody else holds the enterprise.
func (a *Archive) Append(ctx context.Context, in Append) (AppendResult, error) {
	id, err := in.check()
	if err != nil {
		return AppendResult{}, err
	}
	var result AppendResult
	attempt := func(tx *gorm.DB) (err error) {
		result, err = a.appendIn(tx, id, in)
		if errors.Is(err, ErrDuplicate) {
			// The same command on another connection won: look again.
			return errors.Join(errLost, err)
		}
		return err
	}
	err = a.inTransaction(ctx, attempt)
	if refusal, refused := models.AsRefusal(err); refused {
		return AppendResult{Outcome: Refused, Sequence: in.Expected, Refusal: refusal}, nil
	}
	if err != nil {
		return AppendResult{}, fmt.Errorf("append to %s: %w", id, err)
	}
	return result, nil
}

// check refuses what no decision of the aggregate can look like.
func (in Append) check() (models.ObligationID, error) {
	if len(in.Events) == 0 || in.Command.ID == "" || in.Command.Body == nil {
		return models.ObligationID{}, errors.New("append: no command or no events")
	}
	for i, event := range in.Events {
		if event.Subject != in.Events[0].Subject || event.Sequence != in.Expected+int64(i)+1 || event.Command != in.Command.ID {
			return models.ObligationID{}, fmt.Errorf("append: event %d of command %s does not follow %d", event.Sequence, in.Command.ID, in.Expected)
		}
	}
	id, err := models.ParseSubject(in.Events[0].Subject)
	if err != nil {
		return models.ObligationID{}, fmt.Errorf("append: %w", err)
	}
	return id, nil
}

// place is what the transaction finds and locks: the obligation with its
// command, if that was received.
type place struct {
	Row             obligationRow `gorm:"embedded"`
	CommandState    *string       `gorm:"column:command_state"`
	CommandSubject  *string       `gorm:"column:command_subject"`
	CommandSequence int64         `gorm:"column:command_sequence"`
	CommandWords    string        `gorm:"column:command_words"`
}

const placeQuery = `SELECT o.*, c.state AS command_state, c.subject AS command_subject,
 COALESCE(c.sequence, 0) AS command_sequence, COALESCE(c.words, '') AS command_words
 FROM obligations o LEFT JOIN commands c ON c.id = ? WHERE o.plan = ? AND o.cadre = ?`

func (a *Archive) find(tx *gorm.DB, id models.ObligationID, command models.CommandID) (place, error) {
	query := placeQuery
	if a.driver == MySQL {
		query += " FOR UPDATE"
	}
	var found []place
	if err := tx.Raw(query, string(command), string(id.Plan), string(id.Cadre)).Scan(&found).Error; err != nil {
		return place{}, err
	}
	if len(found) == 0 {
		return place{}, ErrNotFound
	}
	return found[0], nil
}

// appending is one append under way.
type appending struct {
	archive  *Archive
	in       Append
	place    place
	before   models.Obligation
	after    models.Obligation
	words    models.Words
	unitPath string
}

func (a *Archive) appendIn(tx *gorm.DB, id models.ObligationID, in Append) (AppendResult, error) {
	found, err := a.find(tx, id, in.Command.ID)
	if err != nil {
		return AppendResult{}, err
	}
	if found.CommandState != nil && *found.CommandSubject != in.Events[0].Subject {
		return AppendResult{}, models.Refuse(models.RefusedUnknownCommand, "command", string(in.Command.ID))
	}
	if found.CommandState != nil && *found.CommandState == string(CommandApplied) {
		return AppendResult{Outcome: Repeated, Sequence: found.CommandSequence}, nil
	}
	if found.Row.Sequence != in.Expected {
		return AppendResult{Outcome: Stale, Sequence: found.Row.Sequence}, nil
	}
	if seen := in.Command.Seen.Sequence; seen != 0 && seen != found.Row.Sequence {
		return AppendResult{}, models.Refuse(models.RefusedObligationChanged,
			"shown", strconv.FormatInt(seen, 10), "current", strconv.FormatInt(found.Row.Sequence, 10))
	}
	step := &appending{archive: a, in: in, place: found, unitPath: found.Row.UnitPath}
	if err := step.evolve(); err != nil {
		return AppendResult{}, err
	}
	if err := step.write(tx); err != nil {
		return AppendResult{}, err
	}
	return AppendResult{Outcome: Appended, Sequence: step.after.Sequence}, nil
}

// evolve applies the events to the snapshot.
func (s *appending) evolve() error {
	before, err := s.place.Row.obligation()
	if err != nil {
		return err
	}
	if s.words, err = wordsOf(s.place.CommandWords); err != nil {
		return fmt.Errorf("read words of command %s: %w", s.in.Command.ID, err)
	}
	s.before, s.after = before, before
	// A transaction may be tried again, and the events are the caller's.
	s.in.Events = slices.Clone(s.in.Events)
	for i := range s.in.Events {
		s.in.Events[i].At = instant(s.in.Events[i].At)
		s.after.Apply(s.in.Events[i])
	}
	return nil
}

func (s *appending) write(tx *gorm.DB) error {
	if err := s.writeRecords(tx); err != nil {
		return err
	}
	if err := s.moveUnit(tx); err != nil {
		return err
	}
	rows, head, err := seal(s.in.Events, s.words, s.place.Row.Head)
	if err != nil {
		return err
	}
	if err := tx.Create(&rows).Error; err != nil {
		return known(err)
	}
	if err := s.writeObligation(tx, head); err != nil {
		return err
	}
	if err := s.writeEffects(tx); err != nil {
		return err
	}
	return applyCommand(tx, s.in.Command, rows[0].Subject, s.after.Sequence, s.place.CommandState != nil, s.in.Now)
}

// moveUnit follows a transfer: the obligation, its records and the cadre's
// posting belong to the new unit from now on.
func (s *appending) moveUnit(tx *gorm.DB) error {
	if s.after.Unit == s.before.Unit {
		return nil
	}
	paths, err := unitPaths(tx, []string{string(s.after.Unit)})
	if err != nil {
		return err
	}
	path, known := paths[string(s.after.Unit)]
	if !known {
		return models.Refuse(RefusedUnknownUnit, "unit", string(s.after.Unit))
	}
	s.unitPath = path
	moved := map[string]any{"unit": string(s.after.Unit), "unit_path": path}
	err = tx.Model(&recordRow{}).Where("plan = ? AND cadre = ?", s.place.Row.Plan, s.place.Row.Cadre).Updates(moved).Error
	if err != nil {
		return err
	}
	err = tx.Model(&disputeRow{}).Where("plan = ? AND cadre = ?", s.place.Row.Plan, s.place.Row.Cadre).Update("unit_path", path).Error
	if err != nil {
		return err
	}
	for _, event := range s.in.Events {
		if transferred, is := event.Body.(models.Transferred); is {
			return movePosting(tx, s.after.ID.Cadre, transferred.To, transferred.On)
		}
	}
	return nil
}

// unitPaths reads the places of units in the tree.
func unitPaths(db *gorm.DB, units []string) (map[string]string, error) {
	var rows []struct{ UnitID, Path string }
	if err := db.Table("units").Select("unit_id, path").Where("unit_id IN ?", units).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the paths of units: %w", err)
	}
	paths := make(map[string]string, len(rows))
	for _, row := range rows {
		paths[row.UnitID] = row.Path
	}
	return paths, nil
}

// writeObligation stores the snapshot and those goals whose row changed.
func (s *appending) writeObligation(tx *gorm.DB, head string) error {
	formerRules, err := s.archive.rulesIn(tx, s.before.Policy)
	if err != nil {
		return err
	}
	rules, err := s.archive.rulesIn(tx, s.after.Policy)
	if errors.Is(err, ErrNotFound) && s.after.Policy != s.before.Policy {
		return models.Refuse(models.RefusedPolicy, "version", strconv.Itoa(int(s.after.Policy)))
	}
	if err != nil {
		return err
	}
	projected, err := project(&s.after, rules)
	if err != nil {
		return err
	}
	row := projected.obligation
	row.UnitPath, row.Head, row.StartedAt = s.unitPath, head, s.place.Row.StartedAt
	result := tx.Model(&obligationRow{}).Where("plan = ? AND cadre = ? AND sequence = ?", row.Plan, row.Cadre, s.in.Expected).
		Select("unit", "unit_path", "policy", "sequence", "head", "aggregate", "blue_at", "yellow_at", "red_at", "urgent_at",
			"met", "closed", "suspended_from", "suspended_until", "due_at", "changed_at").Updates(row)
	if result.Error != nil {
		return result.Error
	}
	if result.RowsAffected != 1 {
		return errLost
	}
	former := map[models.Kind]goalRow{}
	for _, goal := range s.before.Goals {
		former[goal.Kind] = projectGoal(&s.before, goal, formerRules)
	}
	for _, goal := range projected.goals {
		if sameGoal(goal, former[models.Kind(goal.Kind)]) {
			continue
		}
		if err := tx.Select("*").Updates(&goal).Error; err != nil {
			return err
		}
	}
	return nil
}

// writeEffects writes what follows from the events beside the obligation:
// claims, disputes, reviews and notices.
func (s *appending) writeEffects(tx *gorm.DB) error {
	var reviews []reviewRow
	var notices []noticeRow
	words := s.words
	for _, event := range s.in.Events {
		if err := moveClaims(tx, &s.after, event); err != nil {
			return err
		}
		if err := projectDispute(tx, &s.after, s.unitPath, event); err != nil {
			return err
		}
		review, made, err := reviewOf(&s.after, event, words)
		if err != nil {
			return err
		}
		if made {
			reviews = append(reviews, review)
		}
		notices = append(notices, noticesOf(s.after.ID, s.unitPath, event)...)
		words = models.Words{}
	}
	if err := writeReviews(tx, reviews); err != nil {
		return err
	}
	if len(notices) == 0 {
		return nil
	}
	return tx.Create(&notices).Error
}
