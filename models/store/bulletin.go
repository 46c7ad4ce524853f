package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bangfu/models"
	"bangfu/models/inspection"
)

type bulletinRow struct {
	Plan        string     `gorm:"column:plan;primaryKey"`
	Quarter     string     `gorm:"column:quarter;primaryKey"`
	Ordinal     int        `gorm:"column:ordinal;primaryKey;autoIncrement:false"`
	Stage       string     `gorm:"column:stage"`
	Version     int64      `gorm:"column:version"`
	Digest      string     `gorm:"column:digest"`
	CommentsDue *time.Time `gorm:"column:comments_due"`
	IssueYear   int        `gorm:"column:issue_year"`
	Number      int        `gorm:"column:number"`
	IssuedOn    string     `gorm:"column:issued_on"`
	Corrects    int        `gorm:"column:corrects"`
	Sequence    int64      `gorm:"column:sequence"`
}

func (bulletinRow) TableName() string { return "bulletins" }

// bulletinTextRow is one text of a bulletin with the frozen figures that its
// numbers are bound to. It is found by its digest, so saving it twice is nothing.
type bulletinTextRow struct {
	Plan     string    `gorm:"column:plan;primaryKey"`
	Quarter  string    `gorm:"column:quarter;primaryKey"`
	Ordinal  int       `gorm:"column:ordinal;primaryKey;autoIncrement:false"`
	Digest   string    `gorm:"column:digest;primaryKey"`
	Content  string    `gorm:"column:content"`
	Snapshot string    `gorm:"column:snapshot"`
	Account  string    `gorm:"column:account"`
	SavedAt  time.Time `gorm:"column:saved_at"`
}

func (bulletinTextRow) TableName() string { return "bulletin_texts" }

// BulletinKey names one bulletin of a cycle.
type BulletinKey struct {
	Inspection inspection.ID
	Ordinal    int
}

func (k BulletinKey) scope(db *gorm.DB) *gorm.DB {
	return db.Where("plan = ? AND quarter = ? AND ordinal = ?", string(k.Inspection.Plan), k.Inspection.Quarter.String(), k.Ordinal)
}

// BulletinItem is one bulletin as lists show it.
type BulletinItem struct {
	BulletinKey
	inspection.BulletinState
	// Corrects is the ordinal of the bulletin that this one corrects; 0 if none.
	Corrects int
}

func (r bulletinRow) item() (BulletinItem, error) {
	id, err := cycleID(r.Plan, r.Quarter)
	return BulletinItem{
		BulletinKey: BulletinKey{Inspection: id, Ordinal: r.Ordinal}, Corrects: r.Corrects,
		BulletinState: inspection.BulletinState{
			Ordinal: r.Ordinal, Stage: inspection.BulletinStage(r.Stage), Version: r.Version, Digest: r.Digest,
			CommentsDue: orZero(r.CommentsDue), Year: r.IssueYear, Number: r.Number, IssuedOn: day(r.IssuedOn),
		},
	}, err
}

// projectBulletins brings the rows of the cycle's bulletins to their state.
func (s *inspecting) projectBulletins(after *inspection.Inspection, event inspection.Event) error {
	for _, state := range after.Bulletins {
		row := bulletinRow{
			Plan: string(after.ID.Plan), Quarter: after.ID.Quarter.String(), Ordinal: state.Ordinal, Stage: string(state.Stage),
			Version: state.Version, Digest: state.Digest, CommentsDue: instantOrNull(state.CommentsDue),
			IssueYear: state.Year, Number: state.Number, IssuedOn: state.IssuedOn.String(), Corrects: state.Ordinal - 1, Sequence: after.Sequence,
		}
		if err := s.tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
	}
	commented, is := event.Body.(inspection.Commented)
	if !is {
		return nil
	}
	return s.tx.Create(&bulletinCommentRow{
		Plan: string(after.ID.Plan), Quarter: after.ID.Quarter.String(), Ordinal: commented.Ordinal, Sequence: event.Sequence,
		Unit: string(commented.Unit), Account: string(event.Actor.Account), At: instant(event.At), Text: s.words.Text,
	}).Error
}

type bulletinCommentRow struct {
	Plan     string    `gorm:"column:plan;primaryKey"`
	Quarter  string    `gorm:"column:quarter;primaryKey"`
	Ordinal  int       `gorm:"column:ordinal;primaryKey;autoIncrement:false"`
	Sequence int64     `gorm:"column:sequence;primaryKey;autoIncrement:false"`
	Unit     string    `gorm:"column:unit"`
	Account  string    `gorm:"column:account"`
	At       time.Time `gorm:"column:at"`
	Text     string    `gorm:"column:text"`
}

func (bulletinCommentRow) TableName() string { return "bulletin_comments" }

// BulletinComment is what a unit said to a draft.
type BulletinComment struct {
	Unit    models.UnitID
	Account models.AccountID
	At      time.Time
	Text    string
}

// BulletinComments are the comments on a bulletin within the reach, the first
// first: a unit reads its own.
func (a *Archive) BulletinComments(ctx context.Context, reach Reach, key BulletinKey) ([]BulletinComment, error) {
	var rows []bulletinCommentRow
	err := a.db(ctx).Scopes(key.scope, reach.scope("units.path", "")).
		Joins("JOIN units ON units.unit_id = bulletin_comments.unit").Order("sequence").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list comments: %w", err)
	}
	return each(rows, func(row bulletinCommentRow) BulletinComment {
		return BulletinComment{Unit: models.UnitID(row.Unit), Account: models.AccountID(row.Account), At: row.At.UTC(), Text: row.Text}
	}), nil
}

// The register of documents. A year's row holds the last number that was given:
// whoever takes the next one locks it, so numbers have neither gaps nor twins.
type bulletinYearRow struct {
	IssueYear  int `gorm:"column:issue_year;primaryKey;autoIncrement:false"`
	LastNumber int `gorm:"column:last_number"`
}

func (bulletinYearRow) TableName() string { return "bulletin_years" }

type bulletinRegisterRow struct {
	IssueYear int    `gorm:"column:issue_year;primaryKey;autoIncrement:false"`
	Number    int    `gorm:"column:number;primaryKey;autoIncrement:false"`
	Plan      string `gorm:"column:plan"`
	Quarter   string `gorm:"column:quarter"`
	Ordinal   int    `gorm:"column:ordinal"`
	IssuedOn  string `gorm:"column:issued_on"`
	Digest    string `gorm:"column:digest"`
}

func (bulletinRegisterRow) TableName() string { return "bulletin_register" }

// takeNumber gives a bulletin the next number of its year, in the transaction
// that issues it: a transaction that fails leaves no gap.
func takeNumber(tx *gorm.DB, of inspection.Aggregate, issued inspection.Issued) (inspection.Issued, error) {
	cycle, is := of.(*inspection.Inspection)
	if !is {
		return issued, errors.New("only a cycle issues a bulletin")
	}
	first := bulletinYearRow{IssueYear: issued.Year}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error; err != nil {
		return issued, fmt.Errorf("open the register of %d: %w", issued.Year, err)
	}
	var year bulletinYearRow
	if err := locked(tx).Where("issue_year = ?", issued.Year).Take(&year).Error; err != nil {
		return issued, fmt.Errorf("read the register of %d: %w", issued.Year, err)
	}
	issued.Number = year.LastNumber + 1
	err := tx.Model(&bulletinYearRow{}).Where("issue_year = ?", issued.Year).Update("last_number", issued.Number).Error
	if err != nil {
		return issued, fmt.Errorf("take number %d of %d: %w", issued.Number, issued.Year, err)
	}
	return issued, known(tx.Create(&bulletinRegisterRow{
		IssueYear: issued.Year, Number: issued.Number, Plan: string(cycle.ID.Plan), Quarter: cycle.ID.Quarter.String(),
		Ordinal: issued.Ordinal, IssuedOn: issued.On.String(), Digest: issued.Digest,
	}).Error)
}

// BulletinText is one text of a bulletin: its content and the frozen figures that
// it is bound to, both as canonical JSON, under the digest of the content, which
// holds that of the figures.
type BulletinText struct {
	BulletinKey
	Digest   string
	Content  string
	Snapshot string
	Account  models.AccountID
	SavedAt  time.Time
}

// SaveBulletinText keeps a text before the command that names its digest.
func (a *Archive) SaveBulletinText(ctx context.Context, text BulletinText) error {
	row := bulletinTextRow{
		Plan: string(text.Inspection.Plan), Quarter: text.Inspection.Quarter.String(), Ordinal: text.Ordinal, Digest: text.Digest,
		Content: text.Content, Snapshot: text.Snapshot, Account: string(text.Account), SavedAt: instant(text.SavedAt),
	}
	if err := a.db(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("save a text of bulletin %s/%d: %w", text.Inspection, text.Ordinal, err)
	}
	return nil
}

// BulletinText reads a text by its digest, or ErrNotFound.
func (a *Archive) BulletinText(ctx context.Context, key BulletinKey, digest string) (BulletinText, error) {
	var row bulletinTextRow
	if err := a.db(ctx).Scopes(key.scope).Where("digest = ?", digest).Take(&row).Error; err != nil {
		return BulletinText{}, fmt.Errorf("read a text of bulletin %s/%d: %w", key.Inspection, key.Ordinal, known(err))
	}
	return BulletinText{
		BulletinKey: key, Digest: row.Digest, Content: row.Content, Snapshot: row.Snapshot,
		Account: models.AccountID(row.Account), SavedAt: row.SavedAt.UTC(),
	}, nil
}

// Bulletins are the bulletins of a plan at one of the stages (all for none), the
// latest first.
func (a *Archive) Bulletins(ctx context.Context, plan models.PlanID, stages ...inspection.BulletinStage) ([]BulletinItem, error) {
	query := a.db(ctx).Where("plan = ?", string(plan))
	if len(stages) > 0 {
		query = query.Where("stage IN ?", stages)
	}
	var rows []bulletinRow
	if err := query.Order("quarter DESC, ordinal DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list bulletins of %s: %w", plan, err)
	}
	items := make([]BulletinItem, len(rows))
	for i, row := range rows {
		var err error
		if items[i], err = row.item(); err != nil {
			return nil, err
		}
	}
	return items, nil
}
