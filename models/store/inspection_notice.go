package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"bangfu/models"
	"bangfu/models/inspection"
)

// notify writes the notices that follow from an event. A notice for those who
// answer for the whole city lies at the root of the tree: whoever has a part of it
// only does not see it. One about a sampled credit lies where the sample's list has
// it, so that whoever is told may open it.
func (s *inspecting) notify(event inspection.Event) error {
	notices := inspection.NoticesOf(event, s.after)
	if len(notices) == 0 {
		return nil
	}
	paths, err := s.pathsOf(notices)
	if err != nil {
		return err
	}
	rows := make([]noticeRow, len(notices))
	for i, notice := range notices {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s#%d.%d", s.subject, event.Sequence, i))
		rows[i] = noticeRow{
			ID: hex.EncodeToString(sum[:12]), Subject: s.subject, Sequence: event.Sequence, Ordinal: i, Plan: string(s.plan()),
			Cadre: string(notice.Cadre), Record: string(notice.Record),
			UnitPath: paths[string(notice.Unit)], Audience: string(notice.Audience), Code: string(notice.Code), At: instant(event.At),
		}
	}
	return known(s.tx.CreateInBatches(&rows, insertBatch).Error)
}

// plan is the plan that the subject belongs to.
func (s *inspecting) plan() models.PlanID {
	switch after := s.after.(type) {
	case *inspection.Inspection:
		return after.ID.Plan
	case *inspection.UnitReport:
		return after.ID.Plan
	case *inspection.Finding:
		return after.Inspection.Plan
	case *inspection.Sample:
		return after.ID.Plan
	}
	return ""
}

// pathsOf are the paths of the notices' units; for no unit, that of the sampled
// credit, or of the root.
func (s *inspecting) pathsOf(notices []inspection.Notice) (map[string]string, error) {
	if sample, is := s.after.(*inspection.Sample); is {
		item, err := sampleItemIn(s.tx, sample.ID, notices[0].Record)
		return map[string]string{"": item.UnitPath}, err
	}
	var units []string
	for _, notice := range notices {
		if notice.Unit != "" {
			units = append(units, string(notice.Unit))
		}
	}
	if cycle, is := s.after.(*inspection.Inspection); is && len(units) == 0 && len(cycle.Units) > 0 {
		units = append(units, string(cycle.Units[0]))
	}
	paths, err := unitPaths(s.tx, units)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if parts := strings.SplitAfterN(path, "/", 3); len(parts) == 3 {
			paths[""] = parts[0] + parts[1]
			break
		}
	}
	return paths, nil
}
