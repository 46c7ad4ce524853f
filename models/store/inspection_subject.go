package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
	"bangfu/models/inspection"
)

// subjectRow is the snapshot of one subject of the inspection: a cycle, a unit's
// report, a sample or a finding.
type subjectRow struct {
	Subject   string `gorm:"column:subject;primaryKey"`
	Sequence  int64  `gorm:"column:sequence"`
	Head      string `gorm:"column:head"`
	Aggregate string `gorm:"column:aggregate"`
	// Hosted: a workflow has to host it, unless it is over.
	Hosted bool `gorm:"column:hosted"`
}

func (subjectRow) TableName() string { return "inspection_subjects" }

// aggregate reads the snapshot into a new aggregate of the subject's kind.
func (r subjectRow) aggregate() (inspection.Aggregate, error) {
	aggregate := inspection.New(r.Subject)
	if aggregate == nil {
		return nil, fmt.Errorf("subject %q is none of the inspection's", r.Subject)
	}
	if r.Sequence == 0 {
		return aggregate, nil
	}
	if err := json.Unmarshal([]byte(r.Aggregate), aggregate); err != nil {
		return nil, fmt.Errorf("read the snapshot of %s: %w", r.Subject, err)
	}
	return aggregate, nil
}

// InspectionSubject reads the aggregate of a subject of the inspection; one that
// the archive does not know is the empty aggregate, whose sequence is 0.
func (a *Archive) InspectionSubject(ctx context.Context, subject string) (inspection.Aggregate, error) {
	row, err := subjectIn(a.db(ctx), subject)
	if err != nil {
		return nil, err
	}
	return row.aggregate()
}

func subjectIn(db *gorm.DB, subject string) (subjectRow, error) {
	var rows []subjectRow
	if err := db.Where("subject = ?", subject).Limit(1).Find(&rows).Error; err != nil {
		return subjectRow{}, fmt.Errorf("read %s: %w", subject, err)
	}
	if len(rows) == 0 {
		return subjectRow{Subject: subject}, nil
	}
	return rows[0], nil
}

// InspectionAppend is one decided command of the inspection with its events.
type InspectionAppend struct {
	Command inspection.Command
	// Expected is the sequence of the aggregate that decided.
	Expected int64
	Events   []inspection.Event
	// Now is the server's clock.
	Now time.Time
}

// AppendInspection writes decided events, everything that pages read of them, and
// the command's outcome in one transaction, as Append does for obligations. It
// answers the events as they were written: a document's number is given here, and
// a unit of a cancelled cycle is asked for nothing.
func (a *Archive) AppendInspection(ctx context.Context, in InspectionAppend) (AppendResult, []inspection.Event, error) {
	if len(in.Events) == 0 || in.Command.ID == "" || in.Command.Body == nil {
		return AppendResult{}, nil, errors.New("append: no command or no events")
	}
	subject := in.Events[0].Subject
	var result AppendResult
	var written []inspection.Event
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		step := inspecting{archive: a, tx: tx, in: in, subject: subject}
		var err error
		if result, err = step.run(); errors.Is(err, ErrDuplicate) {
			return errors.Join(errLost, err)
		}
		written = step.events
		return err
	})
	if refusal, refused := models.AsRefusal(err); refused {
		return AppendResult{Outcome: Refused, Sequence: in.Expected, Refusal: refusal}, nil, nil
	}
	if err != nil {
		return AppendResult{}, nil, fmt.Errorf("append to %s: %w", subject, err)
	}
	return result, written, nil
}

// inspecting is one append to a subject of the inspection under way.
type inspecting struct {
	archive *Archive
	tx      *gorm.DB
	in      InspectionAppend
	subject string
	row     subjectRow
	command *commandRow
	words   models.Words
	after   inspection.Aggregate
	events  []inspection.Event
}

func (s *inspecting) run() (AppendResult, error) {
	if err := s.find(); err != nil {
		return AppendResult{}, err
	}
	if s.command != nil {
		switch {
		case s.command.Subject != s.subject:
			return AppendResult{}, models.Refuse(models.RefusedUnknownCommand, "command", string(s.in.Command.ID))
		case s.command.State == string(CommandApplied):
			return AppendResult{Outcome: Repeated, Sequence: s.command.Sequence}, nil
		}
	}
	if s.row.Sequence != s.in.Expected {
		return AppendResult{Outcome: Stale, Sequence: s.row.Sequence}, nil
	}
	if seen := s.in.Command.Seen; seen != 0 && seen != s.row.Sequence {
		return AppendResult{}, models.Refuse(inspection.RefusedChanged,
			"shown", strconv.FormatInt(seen, 10), "current", strconv.FormatInt(s.row.Sequence, 10))
	}
	if err := s.evolve(); err != nil {
		return AppendResult{}, err
	}
	if err := s.write(); err != nil {
		return AppendResult{}, err
	}
	return AppendResult{Outcome: Appended, Sequence: s.after.Log().Sequence}, nil
}

func (s *inspecting) find() error {
	row, err := subjectIn(locked(s.tx), s.subject)
	if err != nil {
		return err
	}
	s.row = row
	var commands []commandRow
	if err := s.tx.Where("id = ?", string(s.in.Command.ID)).Limit(1).Find(&commands).Error; err != nil {
		return err
	}
	if len(commands) == 0 {
		return nil
	}
	s.command = &commands[0]
	s.words, err = wordsOf(s.command.Words)
	return err
}

// evolve applies the events to the snapshot, each with what only the archive can
// give it.
func (s *inspecting) evolve() error {
	aggregate, err := s.row.aggregate()
	if err != nil {
		return err
	}
	s.after = aggregate
	for _, event := range s.in.Events {
		event.At = instant(event.At)
		switch body := event.Body.(type) {
		case inspection.Issued:
			event.Body, err = takeNumber(s.tx, aggregate, body)
		case inspection.Asked:
			event.Body, err = askUnlessCancelled(s.tx, body)
		}
		if err != nil {
			return err
		}
		s.after.Apply(event)
		s.events = append(s.events, event)
	}
	return nil
}

func (s *inspecting) write() error {
	head := s.row.Head
	words := s.words
	rows := make([]eventRow, len(s.events))
	for i, event := range s.events {
		entry, err := models.SealFact(event.Fact(), words, head)
		if err != nil {
			return err
		}
		if rows[i], err = eventRowOf(entry); err != nil {
			return err
		}
		words, head = models.Words{}, entry.SHA256
	}
	if err := s.tx.Create(&rows).Error; err != nil {
		return known(err)
	}
	if err := s.writeSubject(head); err != nil {
		return err
	}
	for _, event := range s.events {
		if err := s.project(event); err != nil {
			return fmt.Errorf("project %s of %s: %w", event.Body.EventKind(), s.subject, err)
		}
	}
	return s.applyCommand()
}

func (s *inspecting) writeSubject(head string) error {
	aggregate, err := json.Marshal(s.after)
	if err != nil {
		return fmt.Errorf("write the snapshot of %s: %w", s.subject, err)
	}
	row := subjectRow{
		Subject: s.subject, Sequence: s.after.Log().Sequence, Head: head, Aggregate: string(aggregate), Hosted: !s.after.Over(),
	}
	if s.row.Sequence == 0 {
		return known(s.tx.Create(&row).Error)
	}
	result := s.tx.Model(&subjectRow{}).Where("subject = ? AND sequence = ?", row.Subject, s.in.Expected).
		Select("sequence", "head", "aggregate", "hosted").Updates(&row)
	if result.Error == nil && result.RowsAffected != 1 {
		return errLost
	}
	return result.Error
}

// applyCommand marks the command as applied, or keeps one of the clock's own.
func (s *inspecting) applyCommand() error {
	sequence := s.after.Log().Sequence
	if s.command != nil {
		result := s.tx.Exec("UPDATE commands SET state = ?, sequence = ? WHERE id = ? AND state = ?",
			string(CommandApplied), sequence, string(s.in.Command.ID), string(CommandReceived))
		if result.Error == nil && result.RowsAffected != 1 {
			return ErrDuplicate
		}
		return result.Error
	}
	row, err := CommandRow{
		ID: s.in.Command.ID, Subject: s.subject, Kind: s.in.Command.Body.CommandKind(), Account: s.in.Command.Actor.Account,
		State: CommandApplied, Sequence: sequence, ReceivedAt: s.in.Now,
	}.row()
	if err != nil {
		return err
	}
	return known(s.tx.Create(&row).Error)
}

// UnhostedInspections are the subjects of the inspection that are not over, in
// order, after the given one: what a lost engine is rebuilt from.
func (a *Archive) UnhostedInspections(ctx context.Context, after string, limit int) ([]string, error) {
	var subjects []string
	err := a.db(ctx).Model(&subjectRow{}).Where("hosted = ? AND subject > ?", true, after).
		Order("subject").Limit(limit).Pluck("subject", &subjects).Error
	if err != nil {
		return nil, fmt.Errorf("list what the inspection hosts: %w", err)
	}
	return subjects, nil
}
