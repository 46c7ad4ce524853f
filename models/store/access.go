package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"bangfu/models"
)

// Access is one line of the access log: who did what with which result. Lines
// are only ever added.
type Access struct {
	ID      string
	At      time.Time
	Account models.AccountID
	// Token is set when a program acted for the account.
	Token  string
	Action string
	Object string
	// Status is the HTTP status of the answer.
	Status    int
	Source    string
	LogNumber string
}

type accessRow struct {
	ID        string    `gorm:"column:access_id;primaryKey"`
	At        time.Time `gorm:"column:at"`
	Account   string    `gorm:"column:account_id"`
	Token     string    `gorm:"column:token_id"`
	Action    string    `gorm:"column:action"`
	Object    string    `gorm:"column:object"`
	Status    int       `gorm:"column:status"`
	Source    string    `gorm:"column:source"`
	LogNumber string    `gorm:"column:log_number"`
}

func (accessRow) TableName() string { return "access_log" }

func (r accessRow) access() Access {
	return Access{
		ID: r.ID, At: r.At.UTC(), Account: models.AccountID(r.Account), Token: r.Token, Action: r.Action,
		Object: r.Object, Status: r.Status, Source: r.Source, LogNumber: r.LogNumber,
	}
}

// LogAccess adds a line. Its ID is made here and grows with time.
func (a *Archive) LogAccess(ctx context.Context, access Access) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("name a line of the access log: %w", err)
	}
	row := accessRow{
		ID: id.String(), At: instant(access.At), Account: string(access.Account), Token: access.Token,
		Action: shortened(access.Action, 64), Object: shortened(access.Object, 255), Status: access.Status,
		Source: shortened(access.Source, 64), LogNumber: access.LogNumber,
	}
	if err := a.db(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("write the access log: %w", err)
	}
	return nil
}

// shortened cuts a text to so many letters.
func shortened(text string, limit int) string {
	letters := []rune(text)
	if len(letters) <= limit {
		return text
	}
	return string(letters[:limit])
}

// AccessFilter narrows the access log. Zero fields do not.
type AccessFilter struct {
	Account models.AccountID
	// Who is the log-in name or the name of the account.
	Who string
	// Actions are any of these.
	Actions   []string
	LogNumber string
	// From and Until bound the instant: at or after From, before Until.
	From, Until time.Time
}

// AccessLog lists the log, newest first.
func (a *Archive) AccessLog(ctx context.Context, filter AccessFilter, page Page) (Paged[Access], error) {
	query := a.db(ctx).Order("access_id DESC").Limit(page.limit() + 1)
	if filter.Account != "" {
		query = query.Where("account_id = ?", string(filter.Account))
	}
	if filter.Who != "" {
		query = query.Where("account_id IN (?)", a.whoseAccounts(ctx, filter.Who))
	}
	if len(filter.Actions) > 0 {
		query = query.Where("action IN ?", filter.Actions)
	}
	if filter.LogNumber != "" {
		query = query.Where("log_number = ?", filter.LogNumber)
	}
	if !filter.From.IsZero() {
		query = query.Where("at >= ?", instant(filter.From))
	}
	if !filter.Until.IsZero() {
		query = query.Where("at < ?", instant(filter.Until))
	}
	var after string
	if found, err := page.position(filter, &after); err != nil {
		return Paged[Access]{}, err
	} else if found {
		query = query.Where("access_id < ?", after)
	}
	var rows []accessRow
	if err := query.Find(&rows).Error; err != nil {
		return Paged[Access]{}, fmt.Errorf("list the access log: %w", err)
	}
	cut, err := paged(page, filter, rows, func(row accessRow) string { return row.ID })
	return mapped(cut, accessRow.access), err
}
