package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
)

// Enrolment is one cadre to enrol; the command's body is models.Enrol.
type Enrolment struct {
	Command models.Command
}

// insertBatch bounds the rows of one INSERT, well under SQLite's 32,766
// parameters for the widest table.
const insertBatch = 500

// Enrol begins obligations, all or none, under the policy that their plan names.
// Obligations that exist already are skipped, so it may be repeated. The new
// ones are left unstarted: no workflow hosts them yet. A *models.Refusal names
// the first enrolment that cannot be.
func (a *Archive) Enrol(ctx context.Context, enrolments []Enrolment, now time.Time) (enrolled int, err error) {
	if len(enrolments) == 0 {
		return 0, nil
	}
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		enrolled, err = a.enrolIn(tx, enrolments, now)
		if duplicate(err) {
			// Somebody enrols the same cadres: what they enrolled is skipped next time.
			return errors.Join(errLost, err)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("enrol %d cadres: %w", len(enrolments), err)
	}
	return enrolled, nil
}

// enrolling collects the rows of a batch.
type enrolling struct {
	events      []eventRow
	obligations []obligationRow
	goals       []goalRow
	notices     []noticeRow
	commands    []commandRow
}

func (a *Archive) enrolIn(tx *gorm.DB, enrolments []Enrolment, now time.Time) (int, error) {
	fresh, err := freshEnrolments(tx, enrolments)
	if err != nil || len(fresh) == 0 {
		return 0, err
	}
	var units []string
	for _, enrolment := range fresh {
		units = append(units, string(enrolment.Command.Body.(models.Enrol).Unit))
	}
	paths, err := unitPaths(tx, distinct(units))
	if err != nil {
		return 0, err
	}
	rules := map[models.PlanID]models.Rules{}
	var batch enrolling
	for _, enrolment := range fresh {
		body := enrolment.Command.Body.(models.Enrol)
		path, found := paths[string(body.Unit)]
		if !found {
			return 0, models.Refuse(RefusedUnknownUnit, "unit", string(body.Unit), "obligation", body.Obligation.String())
		}
		plan := body.Obligation.Plan
		if _, read := rules[plan]; !read {
			if rules[plan], err = a.rulesOfPlan(tx, plan); err != nil {
				return 0, err
			}
		}
		if err := batch.add(enrolment.Command, rules[plan], path, now); err != nil {
			return 0, err
		}
	}
	return len(fresh), batch.write(tx)
}

// freshEnrolments leaves out what is enrolled already and what comes twice.
func freshEnrolments(tx *gorm.DB, enrolments []Enrolment) ([]Enrolment, error) {
	seen := map[models.ObligationID]bool{}
	byPlan := map[models.PlanID][]string{}
	for _, enrolment := range enrolments {
		body, ok := enrolment.Command.Body.(models.Enrol)
		if !ok || enrolment.Command.ID == "" {
			return nil, errors.New("an enrolment is not the command enrol, or has no ID")
		}
		byPlan[body.Obligation.Plan] = append(byPlan[body.Obligation.Plan], string(body.Obligation.Cadre))
	}
	for plan, cadres := range byPlan {
		for start := 0; start < len(cadres); start += insertBatch {
			var existing []string
			part := cadres[start:min(start+insertBatch, len(cadres))]
			err := tx.Model(&obligationRow{}).Where("plan = ? AND cadre IN ?", string(plan), part).Pluck("cadre", &existing).Error
			if err != nil {
				return nil, err
			}
			for _, cadre := range existing {
				seen[models.ObligationID{Plan: plan, Cadre: models.CadreID(cadre)}] = true
			}
		}
	}
	var fresh []Enrolment
	for _, enrolment := range enrolments {
		id := enrolment.Command.Body.(models.Enrol).Obligation
		if !seen[id] {
			seen[id] = true
			fresh = append(fresh, enrolment)
		}
	}
	return fresh, nil
}

// rulesOfPlan are the rules of the policy version that the plan names for new
// obligations.
func (a *Archive) rulesOfPlan(tx *gorm.DB, plan models.PlanID) (models.Rules, error) {
	var versions []int
	if err := tx.Table("plans").Where("plan_id = ?", string(plan)).Pluck("policy_version", &versions).Error; err != nil {
		return models.Rules{}, fmt.Errorf("read plan %s: %w", plan, err)
	}
	if len(versions) == 0 {
		return models.Rules{}, fmt.Errorf("read plan %s: %w", plan, ErrNotFound)
	}
	return a.rulesIn(tx, models.PolicyVersion(versions[0]))
}

// add decides one enrolment and collects its rows.
func (b *enrolling) add(command models.Command, rules models.Rules, path string, now time.Time) error {
	var obligation models.Obligation
	events, err := obligation.Decide(command, rules)
	if err != nil {
		return err
	}
	for _, event := range events {
		obligation.Apply(event)
	}
	rows, head, err := seal(events, models.Words{}, "")
	if err != nil {
		return err
	}
	projected, err := project(&obligation, rules)
	if err != nil {
		return err
	}
	projected.obligation.UnitPath, projected.obligation.Head = path, head
	row, err := CommandRow{
		ID: command.ID, Subject: rows[0].Subject, Kind: models.CommandEnrol, Account: command.Actor.Account,
		State: CommandApplied, Sequence: obligation.Sequence, ReceivedAt: now,
	}.row()
	if err != nil {
		return err
	}
	b.events = append(b.events, rows...)
	b.obligations = append(b.obligations, projected.obligation)
	b.goals = append(b.goals, projected.goals...)
	b.commands = append(b.commands, row)
	for _, event := range events {
		b.notices = append(b.notices, noticesOf(obligation.ID, path, event)...)
	}
	return nil
}

func (b *enrolling) write(tx *gorm.DB) error {
	if err := b.writeCommands(tx); err != nil {
		return err
	}
	if err := tx.CreateInBatches(&b.obligations, insertBatch).Error; err != nil {
		return known(err)
	}
	if err := tx.CreateInBatches(&b.events, insertBatch).Error; err != nil {
		return known(err)
	}
	if err := tx.CreateInBatches(&b.goals, insertBatch).Error; err != nil {
		return known(err)
	}
	if len(b.notices) == 0 {
		return nil
	}
	return tx.CreateInBatches(&b.notices, insertBatch).Error
}

// writeCommands takes the command IDs. One that was received for this enrolment
// becomes applied; one that belongs to anything else is refused.
func (b *enrolling) writeCommands(tx *gorm.DB) error {
	for start := 0; start < len(b.commands); start += insertBatch {
		part := b.commands[start:min(start+insertBatch, len(b.commands))]
		subjects := make(map[string]string, len(part))
		ids := make([]string, len(part))
		for i, command := range part {
			if _, twice := subjects[command.ID]; twice {
				return models.Refuse(models.RefusedUnknownCommand, "command", command.ID)
			}
			subjects[command.ID], ids[i] = command.Subject, command.ID
		}
		var stored []commandRow
		if err := locked(tx).Where("id IN ?", ids).Find(&stored).Error; err != nil {
			return err
		}
		for _, command := range stored {
			if command.Subject != subjects[command.ID] || command.State == string(CommandApplied) {
				return models.Refuse(models.RefusedUnknownCommand, "command", command.ID)
			}
		}
		err := tx.Clauses(clause.OnConflict{
			Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"state", "sequence"}),
		}).Create(&part).Error
		if err != nil {
			return known(err)
		}
	}
	return nil
}

func distinct(values []string) []string {
	seen := make(map[string]bool, len(values))
	var result []string
	for _, value := range values {
		if !seen[value] {
			seen[value] = true
			result = append(result, value)
		}
	}
	return result
}

// Unstarted lists obligations of the plan that no workflow was started for, in
// the order of their cadres, after the given one.
func (a *Archive) Unstarted(ctx context.Context, plan models.PlanID, after models.ObligationID, limit int) ([]models.ObligationID, error) {
	var cadres []string
	err := a.db(ctx).Model(&obligationRow{}).Where("plan = ? AND started_at IS NULL AND cadre > ?", string(plan), string(after.Cadre)).
		Order("cadre").Limit(limit).Pluck("cadre", &cadres).Error
	if err != nil {
		return nil, fmt.Errorf("list unstarted obligations of %s: %w", plan, err)
	}
	ids := make([]models.ObligationID, len(cadres))
	for i, cadre := range cadres {
		ids[i] = models.ObligationID{Plan: plan, Cadre: models.CadreID(cadre)}
	}
	return ids, nil
}

// MarkStarted notes that workflows host the obligations.
func (a *Archive) MarkStarted(ctx context.Context, ids []models.ObligationID, at time.Time) error {
	byPlan := map[models.PlanID][]string{}
	for _, id := range ids {
		byPlan[id.Plan] = append(byPlan[id.Plan], string(id.Cadre))
	}
	for plan, cadres := range byPlan {
		for start := 0; start < len(cadres); start += insertBatch {
			part := cadres[start:min(start+insertBatch, len(cadres))]
			err := a.inTransaction(ctx, func(tx *gorm.DB) error {
				return tx.Model(&obligationRow{}).Where("plan = ? AND started_at IS NULL AND cadre IN ?", string(plan), part).
					Update("started_at", instant(at)).Error
			})
			if err != nil {
				return fmt.Errorf("mark obligations of %s as started: %w", plan, err)
			}
		}
	}
	return nil
}
