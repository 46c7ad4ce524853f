package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bangfu/models"
	"bangfu/models/inspection"
)

type findingRow struct {
	ID       string     `gorm:"column:id;primaryKey"`
	Plan     string     `gorm:"column:plan"`
	Quarter  string     `gorm:"column:quarter"`
	Unit     string     `gorm:"column:unit"`
	UnitPath string     `gorm:"column:unit_path"`
	Task     int        `gorm:"column:task"`
	Record   string     `gorm:"column:record"`
	Severity string     `gorm:"column:severity"`
	State    string     `gorm:"column:state"`
	Text     string     `gorm:"column:text"`
	BlueAt   time.Time  `gorm:"column:blue_at"`
	DueAt    time.Time  `gorm:"column:due_at"`
	RedAt    time.Time  `gorm:"column:red_at"`
	Round    int        `gorm:"column:round"`
	RaisedBy string     `gorm:"column:raised_by"`
	RaisedAt time.Time  `gorm:"column:raised_at"`
	ClosedAt *time.Time `gorm:"column:closed_at"`
	Sequence int64      `gorm:"column:sequence"`
}

func (findingRow) TableName() string { return "findings" }

// findingTurnRow is one turning of a finding's light.
type findingTurnRow struct {
	Finding   string    `gorm:"column:finding;primaryKey"`
	Step      string    `gorm:"column:step;primaryKey"`
	Plan      string    `gorm:"column:plan"`
	Unit      string    `gorm:"column:unit"`
	Light     string    `gorm:"column:light"`
	ReachedAt time.Time `gorm:"column:reached_at"`
}

func (findingTurnRow) TableName() string { return "finding_turns" }

type findingAnswerRow struct {
	Finding  string    `gorm:"column:finding;primaryKey"`
	Sequence int64     `gorm:"column:sequence;primaryKey;autoIncrement:false"`
	Kind     string    `gorm:"column:kind"`
	Account  string    `gorm:"column:account"`
	At       time.Time `gorm:"column:at"`
	Text     string    `gorm:"column:text"`
	Evidence string    `gorm:"column:evidence"`
}

func (findingAnswerRow) TableName() string { return "finding_answers" }

func (s *inspecting) projectFinding(after *inspection.Finding, event inspection.Event) error {
	row := findingRow{
		ID: string(after.ID), Plan: string(after.Inspection.Plan), Quarter: after.Inspection.Quarter.String(), Unit: string(after.Unit),
		Task: after.Task, Record: string(after.Record), Severity: string(after.Severity), State: string(after.State),
		BlueAt: instant(after.BlueAt), DueAt: instant(after.Due), RedAt: instant(after.RedAt), Round: after.Round, Sequence: after.Sequence,
	}
	changed := []any{"blue_at", "due_at", "red_at", "round", "sequence", "closed_at"}
	switch body := event.Body.(type) {
	case inspection.Raised:
		paths, err := unitPaths(s.tx, []string{row.Unit})
		if err != nil {
			return err
		}
		row.UnitPath, row.Text = paths[row.Unit], s.words.Text
		row.RaisedBy, row.RaisedAt = string(event.Actor.Account), instant(event.At)
		return known(s.tx.Create(&row).Error)
	case inspection.StepPassed:
		return s.turnFinding(after, body)
	case inspection.Settled, inspection.Dropped:
		row.ClosedAt = instantOrNull(event.At)
	}
	err := s.tx.Model(&findingRow{}).Where("id = ?", row.ID).Select("state", changed...).Updates(&row).Error
	if err != nil {
		return err
	}
	return s.answerFinding(after, event)
}

// turnFinding keeps when the light turned; the step's name begins with its colour.
func (s *inspecting) turnFinding(after *inspection.Finding, body inspection.StepPassed) error {
	light, _, _ := strings.Cut(string(body.Step), "-")
	err := s.tx.Create(&findingTurnRow{
		Finding: string(after.ID), Step: string(body.Step), Plan: string(after.Inspection.Plan), Unit: string(after.Unit),
		Light: light, ReachedAt: instant(body.ReachedAt),
	}).Error
	if err != nil {
		return err
	}
	return s.tx.Model(&findingRow{}).Where("id = ?", string(after.ID)).Update("sequence", after.Sequence).Error
}

// answerFinding keeps every word that passed between the unit and the inspector.
func (s *inspecting) answerFinding(after *inspection.Finding, event inspection.Event) error {
	evidence := []models.EvidenceID{}
	if answered, is := event.Body.(inspection.Answered); is {
		evidence = append(evidence, answered.Evidence...)
	}
	list, err := json.Marshal(evidence)
	if err != nil {
		return err
	}
	return s.tx.Create(&findingAnswerRow{
		Finding: string(after.ID), Sequence: event.Sequence, Kind: string(event.Body.EventKind()), Account: string(event.Actor.Account),
		At: instant(event.At), Text: s.words.Text, Evidence: string(list),
	}).Error
}

// FindingItem is one finding as lists show it.
type FindingItem struct {
	inspection.Finding
	UnitPath string
	Text     string
	RaisedBy models.AccountID
	RaisedAt time.Time
	ClosedAt time.Time
}

func (r findingRow) item() (FindingItem, error) {
	id, err := cycleID(r.Plan, r.Quarter)
	return FindingItem{
		Finding: inspection.Finding{
			Position: inspection.Position{Subject: inspection.FindingSubject(inspection.FindingID(r.ID)), Sequence: r.Sequence},
			ID:       inspection.FindingID(r.ID), Inspection: id, Unit: models.UnitID(r.Unit), Task: r.Task, Record: models.RecordID(r.Record),
			Severity: inspection.Severity(r.Severity), State: inspection.FindingState(r.State), Round: r.Round,
			Deadline: inspection.Deadline{BlueAt: r.BlueAt.UTC(), Due: r.DueAt.UTC(), RedAt: r.RedAt.UTC()},
		},
		UnitPath: r.UnitPath, Text: r.Text, RaisedBy: models.AccountID(r.RaisedBy), RaisedAt: r.RaisedAt.UTC(), ClosedAt: orZero(r.ClosedAt),
	}, err
}

// FindingFilter chooses findings; empty fields choose all.
type FindingFilter struct {
	Plan    models.PlanID
	Quarter models.Quarter
	Unit    models.UnitID
	States  []inspection.FindingState
}

type findingKey struct {
	Due time.Time
	ID  string
}

// Findings lists findings within the reach, the earliest due first.
func (a *Archive) Findings(ctx context.Context, reach Reach, filter FindingFilter, page Page) (Paged[FindingItem], error) {
	var after findingKey
	found, err := page.position(filter, &after)
	if err != nil {
		return Paged[FindingItem]{}, err
	}
	query := a.db(ctx).Scopes(reach.scope("unit_path", "")).Where("plan = ?", string(filter.Plan))
	if !filter.Quarter.IsZero() {
		query = query.Where("quarter = ?", filter.Quarter.String())
	}
	if filter.Unit != "" {
		query = query.Where("unit = ?", string(filter.Unit))
	}
	if len(filter.States) > 0 {
		query = query.Where("state IN ?", filter.States)
	}
	if found {
		query = query.Where("due_at > ? OR (due_at = ? AND id > ?)", instant(after.Due), instant(after.Due), after.ID)
	}
	var rows []findingRow
	if err := query.Order("due_at, id").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[FindingItem]{}, fmt.Errorf("list findings: %w", err)
	}
	result, err := paged(page, filter, rows, func(row findingRow) findingKey { return findingKey{Due: row.DueAt.UTC(), ID: row.ID} })
	if err != nil {
		return Paged[FindingItem]{}, err
	}
	items := make([]FindingItem, len(result.Items))
	for i, row := range result.Items {
		if items[i], err = row.item(); err != nil {
			return Paged[FindingItem]{}, err
		}
	}
	return Paged[FindingItem]{Items: items, Next: result.Next}, nil
}

// Finding is one finding within the reach, or ErrNotFound.
func (a *Archive) Finding(ctx context.Context, reach Reach, id inspection.FindingID) (FindingItem, error) {
	var row findingRow
	err := a.db(ctx).Scopes(reach.scope("unit_path", "")).Where("id = ?", string(id)).Take(&row).Error
	if err != nil {
		return FindingItem{}, fmt.Errorf("read finding %s: %w", id, known(err))
	}
	return row.item()
}

// FindingWord is one word that passed between the unit and the inspector.
type FindingWord struct {
	Kind     models.EventKind
	Account  models.AccountID
	At       time.Time
	Text     string
	Evidence []models.EvidenceID
}

// FindingWords are all of them, the first first. Whether the caller may read the
// finding is asked with Finding before.
func (a *Archive) FindingWords(ctx context.Context, id inspection.FindingID) ([]FindingWord, error) {
	var rows []findingAnswerRow
	if err := a.db(ctx).Where("finding = ?", string(id)).Order("sequence").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list the answers to finding %s: %w", id, err)
	}
	words := make([]FindingWord, len(rows))
	for i, row := range rows {
		words[i] = FindingWord{Kind: models.EventKind(row.Kind), Account: models.AccountID(row.Account), At: row.At.UTC(), Text: row.Text}
		if err := json.Unmarshal([]byte(row.Evidence), &words[i].Evidence); err != nil {
			return nil, fmt.Errorf("read the answers to finding %s: %w", id, err)
		}
	}
	return words, nil
}

// RedUnits are the units of which a finding stood red within the quarter. It does
// from the turning of its light to the next word on it: the unit's answer, or the
// inspector's decision where there was none.
func (a *Archive) RedUnits(ctx context.Context, plan models.PlanID, quarter models.Quarter) ([]models.UnitID, error) {
	var units []models.UnitID
	err := a.db(ctx).Table("finding_turns AS t").Joins("JOIN findings f ON f.id = t.finding").
		Where("t.plan = ? AND t.light = ? AND t.reached_at < ?", string(plan), string(models.Red), instant(quarter.End())).
		Where("f.state <> ?", string(inspection.FindingWithdrawn)).
		Where("NOT EXISTS (SELECT 1 FROM finding_answers w WHERE w.finding = t.finding AND w.at >= t.reached_at AND w.at < ?)",
			instant(quarter.First().Start())).
		Distinct("t.unit").Order("t.unit").Pluck("t.unit", &units).Error
	if err != nil {
		return nil, fmt.Errorf("list red units of %s: %w", quarter, err)
	}
	return units, nil
}
