package activities

import (
	"context"
	"fmt"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// DraftBulletin writes the first text of a cycle's bulletin from the frozen data
// and answers its digest.
func (a *Activities) DraftBulletin(ctx context.Context, input TimedCycle) (string, error) {
	text, err := a.archive.DraftBulletin(ctx, input.Inspection, 1, models.SystemAccount, input.At)
	return text.Digest, err
}

// BulletinOfCycle names one bulletin of a cycle.
type BulletinOfCycle struct {
	Inspection inspection.ID `json:"inspection"`
	Ordinal    int           `json:"ordinal"`
}

// MakeBulletinFiles makes the files of an issued bulletin, keeps them as they are
// and answers what they are known by. The same bulletin gives the same files, so
// repeating it is harmless.
func (a *Activities) MakeBulletinFiles(ctx context.Context, of BulletinOfCycle) (inspection.KeepFiles, error) {
	files, err := a.archive.BulletinFiles(ctx, store.BulletinKey{Inspection: of.Inspection, Ordinal: of.Ordinal})
	if err != nil {
		return inspection.KeepFiles{}, err
	}
	for _, file := range files {
		if err := a.keepFile(ctx, store.BulletinFileKey(file.SHA256), file.Content); err != nil {
			return inspection.KeepFiles{}, fmt.Errorf("keep %s of the bulletin of %s: %w", file.Name, of.Inspection, err)
		}
	}
	return inspection.KeepFiles{Ordinal: of.Ordinal, Files: inspection.Digests(files)}, nil
}

// keepFile puts content under its key, which means these bytes and no others.
func (a *Activities) keepFile(ctx context.Context, key string, content []byte) error {
	if a.files == nil {
		return nil
	}
	if present, err := a.files.Exists(ctx, key); err != nil || present {
		return err
	}
	return a.files.WriteAll(ctx, key, content, nil)
}
