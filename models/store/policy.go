package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// ErrPolicySaved says that the version exists with another content. Obligations
// rely on it, so it never changes: save a new version.
var ErrPolicySaved = errors.New("the policy version is saved with another content")

type policyRow struct {
	Version       int       `gorm:"column:version;primaryKey;autoIncrement:false"`
	Title         string    `gorm:"column:title"`
	Rules         string    `gorm:"column:rules"`
	Words         string    `gorm:"column:words"`
	ContentDigest string    `gorm:"column:content_digest"`
	SavedAt       time.Time `gorm:"column:saved_at"`
}

func (policyRow) TableName() string { return "policies" }

// policyWords are the part of a policy that only people read.
type policyWords struct {
	Terms   []models.Term   `json:"terms"`
	Figures []models.Figure `json:"figures"`
}

func (r policyRow) policy() (models.Policy, error) {
	policy := models.Policy{Title: r.Title}
	var words policyWords
	if err := errors.Join(json.Unmarshal([]byte(r.Rules), &policy.Rules), json.Unmarshal([]byte(r.Words), &words)); err != nil {
		return models.Policy{}, fmt.Errorf("read policy %d: %w", r.Version, err)
	}
	policy.Terms, policy.Figures = words.Terms, words.Figures
	return policy, nil
}

func newPolicyRow(policy models.Policy, now time.Time) (policyRow, error) {
	rules, err := json.Marshal(policy.Rules)
	if err != nil {
		return policyRow{}, fmt.Errorf("write rules of policy %d: %w", policy.Version, err)
	}
	words, err := json.Marshal(policyWords{Terms: policy.Terms, Figures: policy.Figures})
	if err != nil {
		return policyRow{}, fmt.Errorf("write words of policy %d: %w", policy.Version, err)
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s", policy.Title, rules, words))
	return policyRow{
		Version: int(policy.Version), Title: policy.Title, Rules: string(rules), Words: string(words),
		ContentDigest: hex.EncodeToString(digest[:]), SavedAt: instant(now),
	}, nil
}

// SavePolicy saves a policy version for ever. The same content may be saved
// again; another content under the same version is ErrPolicySaved.
func (a *Archive) SavePolicy(ctx context.Context, policy models.Policy) error {
	row, err := newPolicyRow(policy, time.Now())
	if err != nil {
		return err
	}
	return a.inTransaction(ctx, func(tx *gorm.DB) error {
		var saved policyRow
		err := tx.Where("version = ?", row.Version).Take(&saved).Error
		switch {
		case err == nil && saved.ContentDigest != row.ContentDigest:
			return fmt.Errorf("save policy %d: %w", row.Version, ErrPolicySaved)
		case err == nil:
			return nil
		case !errors.Is(err, gorm.ErrRecordNotFound):
			return fmt.Errorf("save policy %d: %w", row.Version, err)
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("save policy %d: %w", row.Version, known(err))
		}
		return nil
	})
}

// Policies are all versions, the first one first.
func (a *Archive) Policies(ctx context.Context) ([]models.Policy, error) {
	var rows []policyRow
	if err := a.db(ctx).Order("version").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	policies := make([]models.Policy, len(rows))
	for i, row := range rows {
		policy, err := row.policy()
		if err != nil {
			return nil, err
		}
		policies[i] = policy
	}
	return policies, nil
}

// Policy is one version with its words, or ErrNotFound.
func (a *Archive) Policy(ctx context.Context, version models.PolicyVersion) (models.Policy, error) {
	return policyOf(a.db(ctx), version)
}

func policyOf(tx *gorm.DB, version models.PolicyVersion) (models.Policy, error) {
	var row policyRow
	if err := tx.Where("version = ?", int(version)).Take(&row).Error; err != nil {
		return models.Policy{}, fmt.Errorf("read policy %d: %w", version, known(err))
	}
	return row.policy()
}

// Rules are the rules of a version. They never change, so they are read once.
func (a *Archive) Rules(ctx context.Context, version models.PolicyVersion) (models.Rules, error) {
	return a.rulesIn(a.db(ctx), version)
}
