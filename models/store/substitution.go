package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

type substitutionRow struct {
	SubstitutionID string     `gorm:"column:substitution_id;primaryKey"`
	AccountID      string     `gorm:"column:account_id"`
	ByCadre        string     `gorm:"column:by_cadre"`
	ForCadre       string     `gorm:"column:for_cadre"`
	FromOn         string     `gorm:"column:from_on"`
	UntilOn        string     `gorm:"column:until_on"`
	Reason         string     `gorm:"column:reason"`
	CreatedBy      string     `gorm:"column:created_by"`
	Created        time.Time  `gorm:"column:created_at"`
	Version        int64      `gorm:"column:version"`
	EndedBy        string     `gorm:"column:ended_by"`
	EndedAt        *time.Time `gorm:"column:ended_at"`
}

func (substitutionRow) TableName() string { return "substitutions" }

// Substitution lets an account act for a cadre for a time, visibly (代理). It
// also bars the account from deciding on that cadre's claims.
type Substitution struct {
	ID      string           `json:"id"`
	Account models.AccountID `json:"account"`
	// By is the cadre whose account it is, if it is one's.
	By  models.CadreID `json:"by,omitempty"`
	For models.CadreID `json:"for"`
	// From and Until are the first and the last day.
	From      models.Date      `json:"from"`
	Until     models.Date      `json:"until"`
	Reason    string           `json:"reason"`
	CreatedBy models.AccountID `json:"createdBy"`
	CreatedAt time.Time        `json:"createdAt"`
	Version   int64            `json:"version"`
	// EndedAt is when somebody ended it at once; zero when it runs to its last day.
	EndedBy models.AccountID `json:"endedBy,omitempty"`
	EndedAt time.Time        `json:"endedAt,omitzero"`
}

func (r substitutionRow) substitution() Substitution {
	return Substitution{
		ID: r.SubstitutionID, Account: models.AccountID(r.AccountID), By: models.CadreID(r.ByCadre),
		For: models.CadreID(r.ForCadre), From: day(r.FromOn), Until: day(r.UntilOn), Reason: r.Reason,
		CreatedBy: models.AccountID(r.CreatedBy), CreatedAt: r.Created.UTC(), Version: r.Version,
		EndedBy: models.AccountID(r.EndedBy), EndedAt: orZero(r.EndedAt),
	}
}

// ErrSubstitution says that the substitution lacks an account, a cadre or a last
// day, that the cadre would stand in for themselves, or that the new last day
// is not within what is left of it.
var ErrSubstitution = errors.New("the substitution is incomplete")

// AddSubstitution adds a substitution and answers it with its ID, which is made
// here unless it has one. While the same account stands in for the same cadre on
// any of the days, it is ErrDuplicate.
func (a *Archive) AddSubstitution(ctx context.Context, added Substitution, by models.AccountID, now time.Time) (Substitution, error) {
	if added.Account == "" || added.For == "" || added.By == added.For ||
		added.From.IsZero() || added.Until.Before(added.From) {
		return Substitution{}, ErrSubstitution
	}
	if added.ID == "" {
		key, err := newKey()
		if err != nil {
			return Substitution{}, err
		}
		added.ID = key
	}
	row := substitutionRow{
		SubstitutionID: added.ID, AccountID: string(added.Account), ByCadre: string(added.By), ForCadre: string(added.For),
		FromOn: added.From.String(), UntilOn: added.Until.String(), Reason: added.Reason,
		CreatedBy: string(by), Created: instant(now), Version: 1,
	}
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		if err := apart(tx, row); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("add substitution for %s: %w", added.For, known(err))
		}
		return audit(tx, by, now, "substitution-added", "cadre", row.ForCadre, map[string]string{
			"substitution": row.SubstitutionID, "account": row.AccountID, "from": row.FromOn, "until": row.UntilOn,
		})
	})
	return row.substitution(), err
}

// apart refuses a substitution that another one of the same two covers in part.
// It waits for others that add one for the same cadre.
func apart(tx *gorm.DB, row substitutionRow) error {
	var cadre cadreRow
	if err := locked(tx).Where("cadre_id = ?", row.ForCadre).Take(&cadre).Error; err != nil {
		return fmt.Errorf("add substitution for %s: %w", row.ForCadre, known(err))
	}
	var same int64
	err := tx.Model(&substitutionRow{}).
		Where("account_id = ? AND for_cadre = ? AND from_on <= ? AND until_on >= ? AND ended_at IS NULL",
			row.AccountID, row.ForCadre, row.UntilOn, row.FromOn).Count(&same).Error
	switch {
	case err != nil:
		return fmt.Errorf("look for the same substitution: %w", err)
	case same > 0:
		return fmt.Errorf("add substitution for %s: %w", row.ForCadre, ErrDuplicate)
	default:
		return nil
	}
}

// EndSubstitution ends a substitution that is still of the version: at once for
// the zero day, otherwise after an earlier last day. One that has ended before
// is ErrSubstitution, as is a day outside what is left of it.
func (a *Archive) EndSubstitution(ctx context.Context, id string, version int64, last models.Date, by models.AccountID, now time.Time) error {
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		var row substitutionRow
		if err := locked(tx).Where("substitution_id = ?", id).Take(&row).Error; err != nil {
			return fmt.Errorf("end substitution %s: %w", id, known(err))
		}
		if row.Version != version {
			return fmt.Errorf("end substitution %s: %w", id, ErrVersion)
		}
		changes, err := row.ending(last, by, now)
		if err != nil {
			return fmt.Errorf("end substitution %s: %w", id, err)
		}
		if err := tx.Model(&substitutionRow{}).Where("substitution_id = ?", id).Updates(changes).Error; err != nil {
			return fmt.Errorf("end substitution %s: %w", id, err)
		}
		return audit(tx, by, now, "substitution-ended", "cadre", row.ForCadre, map[string]string{
			"substitution": id, "until": last.String(),
		})
	})
}

// ending is what changes in a substitution that somebody ends. What was in
// force before now stays on record as it was.
func (r substitutionRow) ending(last models.Date, by models.AccountID, now time.Time) (map[string]any, error) {
	today := models.DateOf(now)
	changes := map[string]any{"version": r.Version + 1}
	switch {
	case r.EndedAt != nil || day(r.UntilOn).Before(today):
		return nil, ErrSubstitution
	case last.IsZero():
		changes["ended_by"], changes["ended_at"] = string(by), instant(now)
	case last.Before(today) || last.Before(day(r.FromOn)) || !last.Before(day(r.UntilOn)):
		return nil, ErrSubstitution
	default:
		changes["until_on"] = last.String()
	}
	return changes, nil
}

// inForce keeps the substitutions that give rights on the day.
func inForce(on models.Date) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("from_on <= ? AND until_on >= ? AND ended_at IS NULL", on.String(), on.String())
	}
}

// SubstitutesOf are those who may act for the cadre on the day, and all of them
// for the zero day.
func (a *Archive) SubstitutesOf(ctx context.Context, cadre models.CadreID, on models.Date) ([]Substitution, error) {
	query := a.db(ctx).Where("for_cadre = ?", string(cadre))
	if !on.IsZero() {
		query = query.Scopes(inForce(on))
	}
	var rows []substitutionRow
	if err := query.Order("from_on, substitution_id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list substitutes of %s: %w", cadre, err)
	}
	return each(rows, substitutionRow.substitution), nil
}

// SubstitutionsBy are the substitutions by which the account may act for others
// on the day, by cadre.
func (a *Archive) SubstitutionsBy(ctx context.Context, account models.AccountID, on models.Date) ([]Substitution, error) {
	var rows []substitutionRow
	err := a.db(ctx).Where("account_id = ?", string(account)).Scopes(inForce(on)).
		Order("for_cadre, substitution_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list whom %s stands in for: %w", account, err)
	}
	return each(rows, substitutionRow.substitution), nil
}

// SubstitutionState is where a substitution is, seen from a day.
type SubstitutionState string

// A substitution is to come, in force, or over.
const (
	SubstitutionComing  SubstitutionState = "coming"
	SubstitutionCurrent SubstitutionState = "current"
	SubstitutionPast    SubstitutionState = "past"
)

// Valid reports whether the state exists.
func (s SubstitutionState) Valid() bool {
	return s == SubstitutionComing || s == SubstitutionCurrent || s == SubstitutionPast
}

// State is where the substitution is on a day.
func (s Substitution) State(on models.Date) SubstitutionState {
	switch {
	case !s.EndedAt.IsZero() || s.Until.Before(on):
		return SubstitutionPast
	case s.From.After(on):
		return SubstitutionComing
	default:
		return SubstitutionCurrent
	}
}

// SubstitutionFilter narrows the list of substitutions; empty fields do not.
type SubstitutionFilter struct {
	Cadre   models.CadreID
	Account models.AccountID
	// On keeps those that give rights on a day.
	On models.Date
	// State, seen from Today, keeps those that are there.
	State SubstitutionState
	Today models.Date
}

func (f SubstitutionFilter) scope(db *gorm.DB) *gorm.DB {
	if f.Cadre != "" {
		db = db.Where("for_cadre = ?", string(f.Cadre))
	}
	if f.Account != "" {
		db = db.Where("account_id = ?", string(f.Account))
	}
	if !f.On.IsZero() {
		db = db.Scopes(inForce(f.On))
	}
	today := f.Today.String()
	switch f.State {
	case SubstitutionCurrent:
		db = db.Scopes(inForce(f.Today))
	case SubstitutionComing:
		db = db.Where("from_on > ? AND ended_at IS NULL", today)
	case SubstitutionPast:
		db = db.Where("(until_on < ? OR ended_at IS NOT NULL)", today)
	}
	return db
}

// inCadres keeps the substitutions for cadres within the reach.
func (a *Archive) inCadres(ctx context.Context, reach Reach) *gorm.DB {
	query := a.db(ctx).Model(&substitutionRow{})
	if reach.All {
		return query
	}
	cadres := a.db(ctx).Model(&cadreRow{}).Select("cadre_id").Scopes(reach.scope("unit_path", "cadre_id"))
	return query.Where("for_cadre IN (?)", cadres)
}

// Substitutions are the substitutions for cadres within the reach, the latest
// first day first.
func (a *Archive) Substitutions(ctx context.Context, reach Reach, filter SubstitutionFilter, page Page) (Paged[Substitution], error) {
	query := a.inCadres(ctx, reach).Scopes(filter.scope)
	var last [2]string
	after, err := page.position(filter, &last)
	if err != nil {
		return Paged[Substitution]{}, err
	}
	if after {
		query = query.Where("(from_on < ? OR (from_on = ? AND substitution_id > ?))", last[0], last[0], last[1])
	}
	var rows []substitutionRow
	if err := query.Order("from_on DESC, substitution_id").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Substitution]{}, fmt.Errorf("list substitutions: %w", err)
	}
	result, err := paged(page, filter, rows, func(r substitutionRow) [2]string { return [2]string{r.FromOn, r.SubstitutionID} })
	return mapped(result, substitutionRow.substitution), err
}

// Substitution is one substitution for a cadre within the reach, or ErrNotFound.
func (a *Archive) Substitution(ctx context.Context, reach Reach, id string) (Substitution, error) {
	var row substitutionRow
	if err := a.inCadres(ctx, reach).Where("substitution_id = ?", id).Take(&row).Error; err != nil {
		return Substitution{}, fmt.Errorf("read substitution %s: %w", id, known(err))
	}
	return row.substitution(), nil
}
