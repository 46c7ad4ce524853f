package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestAUnitThatHasNotReportedByItsDeadlineIsMissingInTheDraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.openedCycle("2013Q2")
		id, due := cycle("2013Q2"), town.now.AddDate(0, 0, 14)
		for _, unit := range []models.UnitID{"120101", "120102", "120116-KFQ"} {
			town.inspected(id.ReportSubject(unit)).does("system", inspection.Ask{
				Inspection: id, Unit: unit, Due: due, Nothing: unit == "120116-KFQ",
			})
		}
		filed := town.inspected(id.ReportSubject("120102"))
		text, err := archive.SaveUnitReportText(t.Context(), id, "120102", 0, `{}`, "contact", town.now)
		require.NoError(t, err)
		filed.does("contact", inspection.File{Version: text.Version, Digest: text.Digest})

		early := reportsAt(t, archive, id, due.Add(-time.Second))
		require.Equal(t, map[models.UnitID]string{"120101": "due", "120102": "filed", "120116-KFQ": "nothing"}, early)
		require.Contains(t, draftAt(t, archive, id, due.Add(-time.Second)), "未报的单位0个，")

		passed := reportsAt(t, archive, id, due)
		require.Equal(t, map[models.UnitID]string{"120101": "missing late", "120102": "filed late", "120116-KFQ": "nothing"}, passed)
		draft := draftAt(t, archive, id, due)
		require.Contains(t, draft, "未报的单位1个，")
		require.Contains(t, draft, "未按期报送（含迟报和未报）的单位2个。")
		require.Contains(t, draft, "和平区：自查报告未报送")
		require.Contains(t, draft, "河东区：自查报告到期未签报")

		reports, err := archive.UnitReports(t.Context(), store.Everything(), store.UnitReportFilter{Plan: id.Plan, Quarter: id.Quarter, Unit: "120101"})
		require.NoError(t, err)
		require.Equal(t, inspection.ReportDue, reports[0].State, "the unit may still report, and the next draft will say so")
	})
}

// reportsAt are the units' reports in the figures of a bulletin.
func reportsAt(t *testing.T, archive *store.Archive, id inspection.ID, at time.Time) map[models.UnitID]string {
	t.Helper()
	snapshot, err := archive.BulletinSnapshot(t.Context(), id, at)
	require.NoError(t, err)
	states := map[models.UnitID]string{}
	for _, unit := range snapshot.Units {
		states[unit.Unit] = string(unit.Report)
		if unit.Late {
			states[unit.Unit] += " late"
		}
	}
	return states
}

// draftAt is the text that is drafted at an instant.
func draftAt(t *testing.T, archive *store.Archive, id inspection.ID, at time.Time) string {
	t.Helper()
	text, err := archive.DraftBulletin(t.Context(), id, 1, models.SystemAccount, at)
	require.NoError(t, err)
	kept, err := archive.KeptBulletin(t.Context(), text.BulletinKey, text.Digest)
	require.NoError(t, err)
	return inspection.Render(kept.Bulletin)
}
