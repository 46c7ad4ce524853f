package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// changedSince are the next cadres of a plan, after one and in their order, to whose
// obligations something happened at an instant or later.
func changedSince(db *gorm.DB, plan models.PlanID, since time.Time, after string, most int) ([]string, error) {
	var cadres []string
	err := db.Model(&obligationRow{}).
		Where("plan = ? AND (changed_at IS NULL OR changed_at >= ?) AND cadre > ?", string(plan), instant(since), after).
		Order("cadre").Limit(most).Pluck("cadre", &cadres).Error
	if err != nil {
		return nil, fmt.Errorf("look for what changed since %s: %w", since, err)
	}
	return cadres, nil
}

// obligationThen is an obligation as it was, and the digest of its last event then.
type obligationThen struct {
	models.Obligation
	head string
}

// asOfInstant are obligations as their events before an instant make them; those
// that were not enrolled yet are left out.
func asOfInstant(tx *gorm.DB, plan models.PlanID, cadres []string, asOf time.Time) ([]obligationThen, error) {
	subjects := make([]string, len(cadres))
	for i, cadre := range cadres {
		subjects[i] = models.ObligationID{Plan: plan, Cadre: models.CadreID(cadre)}.Subject()
	}
	var rows []eventRow
	err := tx.Where("subject IN ? AND at < ?", subjects, instant(asOf)).Order("subject, sequence").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the log before %s: %w", asOf, err)
	}
	entries, err := entriesOf(rows)
	if err != nil {
		return nil, err
	}
	var then []obligationThen
	for i, entry := range entries {
		event, err := entry.Event()
		if err != nil {
			return nil, err
		}
		if i == 0 || entry.Subject != entries[i-1].Subject {
			then = append(then, obligationThen{})
		}
		last := &then[len(then)-1]
		last.Apply(event)
		last.head = entry.SHA256
	}
	return then, nil
}
