package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
)

// Notice is one message in the archive. The words belong to pages and mails.
type Notice struct {
	models.Notice
	ID string
	// Subject and Sequence name the event that it follows from.
	Subject    string
	Sequence   int64
	Obligation models.ObligationID
	UnitPath   string
	At         time.Time
	// Read reports whether the asking account marked it as read.
	Read bool
}

type noticeRow struct {
	ID       string    `gorm:"column:id;primaryKey"`
	Subject  string    `gorm:"column:subject"`
	Sequence int64     `gorm:"column:sequence"`
	Ordinal  int       `gorm:"column:ordinal"`
	Plan     string    `gorm:"column:plan"`
	Cadre    string    `gorm:"column:cadre"`
	UnitPath string    `gorm:"column:unit_path"`
	Audience string    `gorm:"column:audience"`
	Stage    string    `gorm:"column:stage"`
	Code     string    `gorm:"column:code"`
	Record   string    `gorm:"column:record"`
	Kinds    string    `gorm:"column:kinds"`
	Rung     string    `gorm:"column:rung"`
	At       time.Time `gorm:"column:at"`
}

func (noticeRow) TableName() string { return "notices" }

type noticeReadRow struct {
	Account string    `gorm:"column:account;primaryKey"`
	Notice  string    `gorm:"column:notice;primaryKey"`
	At      time.Time `gorm:"column:at"`
}

func (noticeReadRow) TableName() string { return "notice_reads" }

// noticesOf are the rows of the notices that follow from an event.
func noticesOf(id models.ObligationID, unitPath string, event models.Event) []noticeRow {
	notices := models.NoticesOf(event)
	rows := make([]noticeRow, len(notices))
	for i, notice := range notices {
		kinds := make([]string, len(notice.Kinds))
		for k, kind := range notice.Kinds {
			kinds[k] = string(kind)
		}
		rows[i] = noticeRow{
			ID: noticeID(event, i), Subject: event.Subject, Sequence: event.Sequence, Ordinal: i,
			Plan: string(id.Plan), Cadre: string(id.Cadre), UnitPath: unitPath,
			Audience: string(notice.Audience), Stage: string(notice.Stage), Code: string(notice.Code),
			Record: string(notice.Record), Kinds: strings.Join(kinds, ","), Rung: string(notice.Rung), At: instant(event.At),
		}
	}
	return rows
}

// noticeID follows from the event, so that a notice rebuilt is the same notice.
func noticeID(event models.Event, ordinal int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s#%d.%d", event.Subject, event.Sequence, ordinal))
	return hex.EncodeToString(sum[:12])
}

func (r noticeRow) notice(read bool) Notice {
	notice := Notice{
		Notice: models.Notice{
			Audience: models.Audience(r.Audience), Code: models.NoticeCode(r.Code), Stage: models.Stage(r.Stage),
			Record: models.RecordID(r.Record), Rung: models.RungCode(r.Rung),
		},
		ID: r.ID, Subject: r.Subject, Sequence: r.Sequence,
		Obligation: models.ObligationID{Plan: models.PlanID(r.Plan), Cadre: models.CadreID(r.Cadre)},
		UnitPath:   r.UnitPath, At: r.At.UTC(), Read: read,
	}
	if r.Kinds != "" {
		for kind := range strings.SplitSeq(r.Kinds, ",") {
			notice.Kinds = append(notice.Kinds, models.Kind(kind))
		}
	}
	return notice
}

// Interest is one part of the notices that a person is to be told: those of
// their own obligation (Cadre), or those for an audience, at a stage, of the
// units below a path.
type Interest struct {
	Audience models.Audience
	// Cadre is set for ToClaimant.
	Cadre models.CadreID
	// Stage is set for ToReviewers.
	Stage models.Stage
	// Path is set for every audience but ToClaimant.
	Path string
}

// interests is the condition that a notice is for one of them. Somebody without
// an interest sees nothing.
func interests(all []Interest) (condition string, values []any) {
	var conditions []string
	for _, interest := range all {
		switch {
		case interest.Audience == models.ToClaimant && interest.Cadre != "":
			conditions = append(conditions, "(audience = ? AND cadre = ?)")
			values = append(values, string(interest.Audience), string(interest.Cadre))
		case interest.Audience != models.ToClaimant && interest.Path != "":
			path, bounds := under("unit_path", interest.Path)
			conditions = append(conditions, "(audience = ? AND stage = ? AND "+path+")")
			values = append(append(values, string(interest.Audience), string(interest.Stage)), bounds...)
		}
	}
	if len(conditions) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(conditions, " OR ") + ")", values
}

// NoticeFilter chooses the notices of one person.
type NoticeFilter struct {
	Account   models.AccountID
	Interests []Interest
	Unread    bool
	Since     time.Time
}

const unreadCondition = "NOT EXISTS (SELECT 1 FROM notice_reads r WHERE r.account = ? AND r.notice = notices.id)"

func (f NoticeFilter) scope(db *gorm.DB) *gorm.DB {
	condition, values := interests(f.Interests)
	db = db.Where(condition, values...)
	if f.Unread {
		db = db.Where(unreadCondition, string(f.Account))
	}
	if !f.Since.IsZero() {
		db = db.Where("at >= ?", instant(f.Since))
	}
	return db
}

type noticeKey struct {
	At time.Time
	ID string
}

// Notices lists the notices of a person, the newest first.
func (a *Archive) Notices(ctx context.Context, filter NoticeFilter, page Page) (Paged[Notice], error) {
	var key noticeKey
	found, err := page.position(filter, &key)
	if err != nil {
		return Paged[Notice]{}, err
	}
	query := a.db(ctx).Scopes(filter.scope)
	if found {
		query = query.Where("(at < ? OR (at = ? AND id < ?))", instant(key.At), instant(key.At), key.ID)
	}
	var rows []noticeRow
	if err := query.Order("at DESC, id DESC").Limit(page.limit() + 1).Find(&rows).Error; err != nil {
		return Paged[Notice]{}, fmt.Errorf("list notices: %w", err)
	}
	result, err := paged(page, filter, rows, func(r noticeRow) noticeKey { return noticeKey{At: r.At.UTC(), ID: r.ID} })
	if err != nil {
		return Paged[Notice]{}, err
	}
	read, err := a.readNotices(ctx, filter.Account, result.Items)
	return mapped(result, func(r noticeRow) Notice { return r.notice(read[r.ID]) }), err
}

// UnreadNotices counts what the filter's person has not read.
func (a *Archive) UnreadNotices(ctx context.Context, filter NoticeFilter) (int64, error) {
	filter.Unread = true
	var count int64
	if err := a.db(ctx).Model(&noticeRow{}).Scopes(filter.scope).Count(&count).Error; err != nil {
		return 0, fmt.Errorf("count unread notices: %w", err)
	}
	return count, nil
}

func (a *Archive) readNotices(ctx context.Context, account models.AccountID, rows []noticeRow) (map[string]bool, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	var marks []string
	if len(ids) > 0 {
		err := a.db(ctx).Model(&noticeReadRow{}).Where("account = ? AND notice IN ?", string(account), ids).Pluck("notice", &marks).Error
		if err != nil {
			return nil, fmt.Errorf("read the marks of notices: %w", err)
		}
	}
	read := make(map[string]bool, len(marks))
	for _, id := range marks {
		read[id] = true
	}
	return read, nil
}

// MarkRead marks notices as read by the filter's person, those of ids or, if
// ids is empty, all up to the instant. Notices of others are left alone.
func (a *Archive) MarkRead(ctx context.Context, filter NoticeFilter, ids []string, at time.Time) error {
	filter.Unread = true
	query := a.db(ctx).Model(&noticeRow{}).Scopes(filter.scope)
	if len(ids) > 0 {
		query = query.Where("id IN ?", ids)
	} else {
		query = query.Where("at <= ?", instant(at))
	}
	var unread []string
	if err := query.Pluck("id", &unread).Error; err != nil {
		return fmt.Errorf("mark notices as read: %w", err)
	}
	if len(unread) == 0 {
		return nil
	}
	rows := make([]noticeReadRow, len(unread))
	for i, id := range unread {
		rows[i] = noticeReadRow{Account: string(filter.Account), Notice: id, At: instant(at)}
	}
	if err := a.db(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, 500).Error; err != nil {
		return fmt.Errorf("mark notices as read: %w", err)
	}
	return nil
}
