package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// EvidencePurpose says what an upload is for.
type EvidencePurpose string

// The purposes.
const (
	// EvidenceOfClaim supports a cadre's claim.
	EvidenceOfClaim EvidencePurpose = "claim"
	// EvidenceDocument is an official document behind a decision.
	EvidenceDocument EvidencePurpose = "document"
	// EvidenceOfProgress supports what a unit reports on a task.
	EvidenceOfProgress EvidencePurpose = "progress"
)

// Valid reports whether the purpose is known.
func (p EvidencePurpose) Valid() bool {
	return p == EvidenceOfClaim || p == EvidenceDocument || p == EvidenceOfProgress
}

// ErrEvidence says that the description of an upload lacks its digests or its
// purpose.
var ErrEvidence = errors.New("the evidence is incomplete")

// Evidence describes one upload (证据材料). The content lies in the blob store
// under its SHA-256; several uploads may share one content.
type Evidence struct {
	ID        models.EvidenceID `json:"id"`
	SHA256    string            `json:"sha256"`
	SM3       string            `json:"sm3"`
	Size      int64             `json:"size"`
	MediaType string            `json:"mediaType"`
	// FileName is the name the file had where it came from, for people only.
	FileName string          `json:"fileName"`
	Purpose  EvidencePurpose `json:"purpose"`
	// Cadre and UnitPath place the upload, so that the reach of readers decides.
	Cadre      models.CadreID   `json:"cadre,omitempty"`
	UnitPath   string           `json:"unitPath,omitempty"`
	UploadedBy models.AccountID `json:"uploadedBy"`
	UploadedAt time.Time        `json:"uploadedAt"`
}

type evidenceRow struct {
	EvidenceID string    `gorm:"column:evidence_id;primaryKey"`
	SHA256     string    `gorm:"column:sha256"`
	SM3        string    `gorm:"column:sm3"`
	Size       int64     `gorm:"column:size"`
	MediaType  string    `gorm:"column:media_type"`
	FileName   string    `gorm:"column:file_name"`
	Purpose    string    `gorm:"column:purpose"`
	CadreID    string    `gorm:"column:cadre_id"`
	UnitPath   string    `gorm:"column:unit_path"`
	UploadedBy string    `gorm:"column:uploaded_by"`
	UploadedAt time.Time `gorm:"column:uploaded_at"`
}

func (evidenceRow) TableName() string { return "evidence" }

func (r evidenceRow) evidence() Evidence {
	return Evidence{
		ID: models.EvidenceID(r.EvidenceID), SHA256: r.SHA256, SM3: r.SM3, Size: r.Size, MediaType: r.MediaType,
		FileName: r.FileName, Purpose: EvidencePurpose(r.Purpose), Cadre: models.CadreID(r.CadreID),
		UnitPath: r.UnitPath, UploadedBy: models.AccountID(r.UploadedBy), UploadedAt: r.UploadedAt.UTC(),
	}
}

// AddEvidence keeps the description of an upload whose content is stored. An
// empty ID is made. The same account sending the same content for the same
// cadre and purpose again gets the first upload's description back.
func (a *Archive) AddEvidence(ctx context.Context, added Evidence) (Evidence, error) {
	if len(added.SHA256) != 64 || len(added.SM3) != 64 || added.Size < 0 || !added.Purpose.Valid() || added.UploadedBy == "" {
		return Evidence{}, ErrEvidence
	}
	if added.ID == "" {
		key, err := newKey()
		if err != nil {
			return Evidence{}, err
		}
		added.ID = models.EvidenceID(key)
	}
	row := evidenceRow{
		EvidenceID: string(added.ID), SHA256: added.SHA256, SM3: added.SM3, Size: added.Size, MediaType: added.MediaType,
		FileName: cut(added.FileName, 255), Purpose: string(added.Purpose), CadreID: string(added.Cadre),
		UnitPath: added.UnitPath, UploadedBy: string(added.UploadedBy), UploadedAt: instant(added.UploadedAt),
	}
	err := a.inTransaction(ctx, func(tx *gorm.DB) error {
		var earlier []evidenceRow
		err := tx.Where("sha256 = ? AND uploaded_by = ? AND cadre_id = ? AND purpose = ? AND unit_path = ?",
			row.SHA256, row.UploadedBy, row.CadreID, row.Purpose, row.UnitPath).Order("evidence_id").Limit(1).Find(&earlier).Error
		if err != nil {
			return fmt.Errorf("look for evidence %s: %w", added.SHA256, err)
		}
		if len(earlier) > 0 {
			row = earlier[0]
			return nil
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("add evidence %s: %w", added.ID, known(err))
		}
		return nil
	})
	if err != nil {
		return Evidence{}, err
	}
	return row.evidence(), nil
}

// Evidence is the description of an upload within the reach, or ErrNotFound.
func (a *Archive) Evidence(ctx context.Context, reach Reach, id models.EvidenceID) (Evidence, error) {
	var row evidenceRow
	err := a.db(ctx).Scopes(reach.scope("unit_path", "cadre_id")).Where("evidence_id = ?", string(id)).Take(&row).Error
	if err != nil {
		return Evidence{}, fmt.Errorf("read evidence %s: %w", id, known(err))
	}
	return row.evidence(), nil
}

// EvidenceByDigest is the first upload of a content, or ErrNotFound. It tells
// whether the content is stored; it opens nothing to anybody.
func (a *Archive) EvidenceByDigest(ctx context.Context, sha256 string) (Evidence, error) {
	var row evidenceRow
	if err := a.db(ctx).Where("sha256 = ?", sha256).Order("evidence_id").Take(&row).Error; err != nil {
		return Evidence{}, fmt.Errorf("read evidence %s: %w", sha256, known(err))
	}
	return row.evidence(), nil
}
