package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bangfu/models"
	"bangfu/models/inspection"
)

// ErrBulletin says that a bulletin cannot be written on: there is none, or it is
// issued.
var ErrBulletin = errors.New("no bulletin of the cycle is being written")

// Cycle reads the aggregate of a cycle, or ErrNotFound.
func (a *Archive) Cycle(ctx context.Context, id inspection.ID) (*inspection.Inspection, error) {
	aggregate, err := a.InspectionSubject(ctx, id.Subject())
	if err != nil {
		return nil, err
	}
	cycle, is := aggregate.(*inspection.Inspection)
	if !is || cycle.Sequence == 0 {
		return nil, fmt.Errorf("read inspection %s: %w", id, ErrNotFound)
	}
	return cycle, nil
}

// KeptBulletin is a text of a bulletin, read, with the figures that it was kept
// with.
type KeptBulletin struct {
	BulletinKey
	Digest   string
	Bulletin inspection.Bulletin
	Snapshot inspection.Snapshot
	Account  models.AccountID
	SavedAt  time.Time
	// figures is the snapshot as it was kept.
	figures string
}

// KeptBulletin reads a text by its digest, or ErrNotFound.
func (a *Archive) KeptBulletin(ctx context.Context, key BulletinKey, digest string) (KeptBulletin, error) {
	text, err := a.BulletinText(ctx, key, digest)
	if err != nil {
		return KeptBulletin{}, err
	}
	kept := KeptBulletin{BulletinKey: key, Digest: digest, Account: text.Account, SavedAt: text.SavedAt, figures: text.Snapshot}
	if err := json.Unmarshal([]byte(text.Content), &kept.Bulletin); err != nil {
		return KeptBulletin{}, fmt.Errorf("read bulletin %s/%d: %w", key.Inspection, key.Ordinal, err)
	}
	if err := json.Unmarshal([]byte(text.Snapshot), &kept.Snapshot); err != nil {
		return KeptBulletin{}, fmt.Errorf("read the figures of bulletin %s/%d: %w", key.Inspection, key.Ordinal, err)
	}
	return kept, nil
}

// EditBulletin gives the bulletin that is being written other words and keeps
// them under their digest, for the command that will name it. What is wrong with
// them is an *inspection.EditError.
func (a *Archive) EditBulletin(ctx context.Context, key BulletinKey, sections []inspection.Section, by models.AccountID, at time.Time) (BulletinText, error) {
	cycle, kept, err := a.written(ctx, key)
	if err != nil {
		return BulletinText{}, err
	}
	edited, err := inspection.Edit(kept.Bulletin, sections)
	if err != nil {
		return BulletinText{}, err
	}
	if edited, err = a.withCorrections(ctx, cycle, key, edited); err != nil {
		return BulletinText{}, err
	}
	return a.KeepBulletin(ctx, key, edited, kept.figures, by, at)
}

// RedraftBulletin reads the figures of the bulletin that is being written again,
// so that reports that have come since are in it, and keeps its words.
func (a *Archive) RedraftBulletin(ctx context.Context, key BulletinKey, by models.AccountID, at time.Time) (BulletinText, error) {
	cycle, kept, err := a.written(ctx, key)
	if err != nil {
		return BulletinText{}, err
	}
	snapshot, figures, err := a.figuresOf(ctx, key.Inspection, at)
	if err != nil {
		return BulletinText{}, err
	}
	fresh, err := a.withCorrections(ctx, cycle, key, inspection.Refresh(kept.Bulletin, snapshot).Bulletin)
	if err != nil {
		return BulletinText{}, err
	}
	return a.KeepBulletin(ctx, key, fresh, figures, by, at)
}

// CorrectBulletin writes the first text of the bulletin that corrects the one
// that was issued last: the same words, with the figures as they are now.
func (a *Archive) CorrectBulletin(ctx context.Context, id inspection.ID, by models.AccountID, at time.Time) (BulletinText, error) {
	cycle, err := a.Cycle(ctx, id)
	if err != nil {
		return BulletinText{}, err
	}
	if _, open := cycle.Current(); open || len(cycle.Bulletins) == 0 {
		return BulletinText{}, fmt.Errorf("correct the bulletin of %s: %w", id, ErrBulletin)
	}
	last := cycle.Bulletins[len(cycle.Bulletins)-1]
	issued, err := a.KeptBulletin(ctx, BulletinKey{Inspection: id, Ordinal: last.Ordinal}, last.Digest)
	if err != nil {
		return BulletinText{}, err
	}
	snapshot, figures, err := a.figuresOf(ctx, id, at)
	if err != nil {
		return BulletinText{}, err
	}
	begun := inspection.Correct(issued.Bulletin, issued.Bulletin.NumberText(last), snapshot)
	correcting := inspection.WithCorrections(issued.Bulletin, begun.Bulletin)
	return a.KeepBulletin(ctx, BulletinKey{Inspection: id, Ordinal: last.Ordinal + 1}, correcting, figures, by, at)
}

// written is the cycle with the present text of its bulletin that is not issued.
func (a *Archive) written(ctx context.Context, key BulletinKey) (*inspection.Inspection, KeptBulletin, error) {
	cycle, err := a.Cycle(ctx, key.Inspection)
	if err != nil {
		return nil, KeptBulletin{}, err
	}
	current, open := cycle.Current()
	if !open || current.Ordinal != key.Ordinal {
		return nil, KeptBulletin{}, fmt.Errorf("write bulletin %s/%d: %w", key.Inspection, key.Ordinal, ErrBulletin)
	}
	kept, err := a.KeptBulletin(ctx, key, current.Digest)
	return cycle, kept, err
}

// withCorrections brings the table of corrections of a correcting bulletin to its
// words.
func (a *Archive) withCorrections(ctx context.Context, cycle *inspection.Inspection, key BulletinKey, text inspection.Bulletin) (inspection.Bulletin, error) {
	if key.Ordinal == 1 {
		return text, nil
	}
	former := cycle.Bulletins[key.Ordinal-2]
	issued, err := a.KeptBulletin(ctx, BulletinKey{Inspection: key.Inspection, Ordinal: former.Ordinal}, former.Digest)
	if err != nil {
		return text, err
	}
	return inspection.WithCorrections(issued.Bulletin, text), nil
}

// figuresOf is the snapshot of a cycle as it is now, and as it is kept.
func (a *Archive) figuresOf(ctx context.Context, id inspection.ID, at time.Time) (inspection.Snapshot, string, error) {
	snapshot, err := a.BulletinSnapshot(ctx, id, at)
	if err != nil {
		return snapshot, "", err
	}
	figures, err := json.Marshal(snapshot)
	if err != nil {
		return snapshot, "", fmt.Errorf("write the figures of %s: %w", id, err)
	}
	return snapshot, string(figures), nil
}

// figuresDigest is what figures are known by, as they are kept.
func figuresDigest(figures string) string {
	sum := sha256.Sum256([]byte(figures))
	return hex.EncodeToString(sum[:])
}

// IssuedBulletin reads a bulletin as it was issued, with its state, or
// ErrNotFound while it is not. Ordinal 0 is the one that was issued last.
func (a *Archive) IssuedBulletin(ctx context.Context, key BulletinKey) (KeptBulletin, inspection.BulletinState, error) {
	cycle, err := a.Cycle(ctx, key.Inspection)
	if err != nil {
		return KeptBulletin{}, inspection.BulletinState{}, err
	}
	for i := len(cycle.Bulletins) - 1; i >= 0; i-- {
		state := cycle.Bulletins[i]
		if state.Stage != inspection.BulletinIssued || key.Ordinal != 0 && key.Ordinal != state.Ordinal {
			continue
		}
		kept, err := a.KeptBulletin(ctx, BulletinKey{Inspection: key.Inspection, Ordinal: state.Ordinal}, state.Digest)
		return kept, state, err
	}
	return KeptBulletin{}, inspection.BulletinState{}, fmt.Errorf("read bulletin %s/%d: %w", key.Inspection, key.Ordinal, ErrNotFound)
}

// BulletinFiles makes the files of an issued bulletin, which the cycle registers
// by their digests.
func (a *Archive) BulletinFiles(ctx context.Context, key BulletinKey) ([]inspection.BulletinFile, error) {
	kept, state, err := a.IssuedBulletin(ctx, key)
	if err != nil {
		return nil, err
	}
	return kept.Bulletin.Files(state)
}

// addIndividuals adds the goals that were overdue at the cut-off, by person: what
// a restricted table shows.
func (a *Archive) addIndividuals(ctx context.Context, snapshot *inspection.Snapshot, id inspection.ID) error {
	var rows []struct {
		Cadre, Name, Unit, Kind, Due string
	}
	err := a.db(ctx).Table("snapshot_goals AS g").Joins("LEFT JOIN cadres c ON c.cadre_id = g.cadre").
		Where("g.plan = ? AND g.quarter = ? AND g.light = ? AND g.exempted = ? AND g.met < g.required",
			string(id.Plan), id.Quarter.String(), string(models.Red), false).
		Select("g.cadre, COALESCE(c.name, '') AS name, g.unit, g.kind, g.due").Order("g.unit, g.cadre, g.kind").Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("list the overdue goals of %s: %w", id, err)
	}
	names := map[models.UnitID]string{}
	for _, unit := range snapshot.Units {
		names[unit.Unit] = unit.Name
	}
	for _, row := range rows {
		snapshot.Individuals = append(snapshot.Individuals, inspection.IndividualFigures{
			Obligation: models.ObligationID{Plan: id.Plan, Cadre: models.CadreID(row.Cadre)}, Name: row.Name,
			Unit: models.UnitID(row.Unit), UnitName: names[models.UnitID(row.Unit)], Kind: models.Kind(row.Kind), DueOn: day(row.Due),
		})
	}
	return nil
}
