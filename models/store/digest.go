package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// Recipient is a person who is mailed a digest, with what they are told about.
type Recipient struct {
	Account   models.AccountID
	Address   string
	Interests []Interest
}

// Digest is one mail to one person about the notices up to one day.
type Digest struct {
	Account   models.AccountID
	Day       models.Date
	Address   string
	Notices   int
	CreatedAt time.Time
	SentAt    time.Time
	Attempts  int
	LastError string
}

type digestRow struct {
	Account   string     `gorm:"column:account;primaryKey"`
	Day       string     `gorm:"column:day;primaryKey"`
	Address   string     `gorm:"column:address"`
	Notices   int        `gorm:"column:notices"`
	CreatedAt time.Time  `gorm:"column:created_at;autoCreateTime:false"`
	SentAt    *time.Time `gorm:"column:sent_at"`
	Attempts  int        `gorm:"column:attempts"`
	LastError string     `gorm:"column:last_error"`
}

func (digestRow) TableName() string { return "digests" }

type digestNoticeRow struct {
	Account string `gorm:"column:account;primaryKey"`
	Notice  string `gorm:"column:notice;primaryKey"`
	Day     string `gorm:"column:day"`
}

func (digestNoticeRow) TableName() string { return "digest_notices" }

func (r digestRow) digest() (Digest, error) {
	day, err := models.ParseDate(r.Day)
	return Digest{
		Account: models.AccountID(r.Account), Day: day, Address: r.Address, Notices: r.Notices,
		CreatedAt: r.CreatedAt.UTC(), SentAt: orZero(r.SentAt), Attempts: r.Attempts, LastError: r.LastError,
	}, err
}

// digestWindowDays bounds how far back a digest looks for notices that no
// earlier one told: a mail server that is down for a month loses nothing.
const digestWindowDays = 40

// PrepareDigests gathers, for each recipient, the notices up to the end of the
// day that no digest has told them and that they have not read. A recipient who
// has a digest of the day already is skipped, one with nothing to tell gets
// none, so it may be repeated. It answers how many digests it made.
func (a *Archive) PrepareDigests(ctx context.Context, day models.Date, recipients []Recipient, now time.Time) (prepared int, err error) {
	var existing []string
	if err := a.db(ctx).Model(&digestRow{}).Where("day = ?", day.String()).Pluck("account", &existing).Error; err != nil {
		return 0, fmt.Errorf("prepare the digests of %s: %w", day, err)
	}
	have := make(map[string]bool, len(existing))
	for _, account := range existing {
		have[account] = true
	}
	for _, recipient := range recipients {
		if have[string(recipient.Account)] {
			continue
		}
		made, err := a.prepareDigest(ctx, day, recipient, now)
		if err != nil {
			return prepared, fmt.Errorf("prepare the digest of %s for %s: %w", day, recipient.Account, err)
		}
		if made {
			prepared++
		}
	}
	return prepared, nil
}

const digestQuery = `INSERT INTO digest_notices (account, notice, day)
 SELECT ?, notices.id, ? FROM notices WHERE at >= ? AND at < ? AND %s
 AND NOT EXISTS (SELECT 1 FROM digest_notices d WHERE d.account = ? AND d.notice = notices.id)
 AND ` + unreadCondition

func (a *Archive) prepareDigest(ctx context.Context, day models.Date, recipient Recipient, now time.Time) (made bool, err error) {
	condition, bounds := interests(recipient.Interests)
	account := string(recipient.Account)
	values := append([]any{account, day.String(), instant(day.AddDays(-digestWindowDays).Start()), instant(day.End())}, bounds...)
	values = append(values, account, account)
	err = a.inTransaction(ctx, func(tx *gorm.DB) error {
		made = false
		told := tx.Exec(fmt.Sprintf(digestQuery, condition), values...)
		if told.Error != nil || told.RowsAffected == 0 {
			return told.Error
		}
		made = true
		return tx.Create(&digestRow{
			Account: account, Day: day.String(), Address: recipient.Address,
			Notices: int(told.RowsAffected), CreatedAt: instant(now),
		}).Error
	})
	if duplicate(err) {
		// Another worker prepares the same day.
		return false, nil
	}
	return made, err
}

// DigestFilter chooses digests that wait to be sent.
type DigestFilter struct {
	// Until is the last day; older ones that could not be sent are included.
	Until models.Date
	// AttemptsBelow leaves out those that failed that often; 0 leaves out none.
	AttemptsBelow int
}

type digestKey struct {
	Attempts int
	Day      string
	Account  string
}

// PendingDigests lists digests that were not sent yet, those tried least first.
func (a *Archive) PendingDigests(ctx context.Context, filter DigestFilter, page Page) (Paged[Digest], error) {
	var key digestKey
	found, err := page.position(filter, &key)
	if err != nil {
		return Paged[Digest]{}, err
	}
	query := a.db(ctx).Where("sent_at IS NULL")
	if !filter.Until.IsZero() {
		query = query.Where("day <= ?", filter.Until.String())
	}
	if filter.AttemptsBelow > 0 {
		query = query.Where("attempts < ?", filter.AttemptsBelow)
	}
	if found {
		query = query.Where("(attempts > ? OR (attempts = ? AND (day > ? OR (day = ? AND account > ?))))",
			key.Attempts, key.Attempts, key.Day, key.Day, key.Account)
	}
	var rows []digestRow
	if err := query.Order("attempts, day, account").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Digest]{}, fmt.Errorf("list pending digests: %w", err)
	}
	result, err := paged(page, filter, rows, func(r digestRow) digestKey { return digestKey{r.Attempts, r.Day, r.Account} })
	if err != nil {
		return Paged[Digest]{}, err
	}
	digests := make([]Digest, len(result.Items))
	for i, row := range result.Items {
		if digests[i], err = row.digest(); err != nil {
			return Paged[Digest]{}, err
		}
	}
	return Paged[Digest]{Items: digests, Next: result.Next}, nil
}

// DigestNotices lists the notices of a digest, the oldest first.
func (a *Archive) DigestNotices(ctx context.Context, account models.AccountID, day models.Date, page Page) (Paged[Notice], error) {
	filter := struct {
		Account models.AccountID
		Day     string
	}{account, day.String()}
	var key noticeKey
	found, err := page.position(filter, &key)
	if err != nil {
		return Paged[Notice]{}, err
	}
	query := a.db(ctx).Where("id IN (SELECT notice FROM digest_notices WHERE account = ? AND day = ?)", string(account), day.String())
	if found {
		query = query.Where("(at > ? OR (at = ? AND id > ?))", instant(key.At), instant(key.At), key.ID)
	}
	var rows []noticeRow
	if err := query.Order("at, id").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Notice]{}, fmt.Errorf("list the notices of the digest of %s for %s: %w", day, account, err)
	}
	result, err := paged(page, filter, rows, func(r noticeRow) noticeKey { return noticeKey{At: r.At.UTC(), ID: r.ID} })
	return mapped(result, func(r noticeRow) Notice { return r.notice(false) }), err
}

// MarkSent notes that the mail server took the digest. Marking twice keeps the
// first instant.
func (a *Archive) MarkSent(ctx context.Context, account models.AccountID, day models.Date, at time.Time) error {
	err := a.db(ctx).Model(&digestRow{}).Where("account = ? AND day = ? AND sent_at IS NULL", string(account), day.String()).
		Updates(map[string]any{"sent_at": instant(at), "attempts": gorm.Expr("attempts + 1"), "last_error": ""}).Error
	if err != nil {
		return fmt.Errorf("mark the digest of %s for %s as sent: %w", day, account, err)
	}
	return nil
}

// MarkFailed notes that the mail server refused the digest or was down; it
// stays pending.
func (a *Archive) MarkFailed(ctx context.Context, account models.AccountID, day models.Date, cause string) error {
	err := a.db(ctx).Model(&digestRow{}).Where("account = ? AND day = ? AND sent_at IS NULL", string(account), day.String()).
		Updates(map[string]any{"attempts": gorm.Expr("attempts + 1"), "last_error": cause}).Error
	if err != nil {
		return fmt.Errorf("mark the digest of %s for %s as failed: %w", day, account, err)
	}
	return nil
}
