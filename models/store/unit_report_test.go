package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestAUnitThatIsAskedAfterTheCycleWasCancelledHasNothingToReport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		quarter, id := town.openedCycle("2013Q2"), cycle("2013Q2")
		ask := func(unit models.UnitID) *inspected {
			return town.inspected(id.ReportSubject(unit)).does("system", inspection.Ask{
				Inspection: id, Unit: unit, Due: town.now.AddDate(0, 0, 14),
			})
		}
		ask("120101").provesItself()
		quarter.does("inspector", inspection.Cancel{})
		late := ask("120102")

		reports, err := archive.UnitReports(t.Context(), store.Everything(), store.UnitReportFilter{Plan: id.Plan, Quarter: id.Quarter})
		require.NoError(t, err)
		require.Len(t, reports, 2)
		require.Equal(t, inspection.ReportDue, reports[0].State, "who was asked before is ended with the cycle's reports")
		require.Equal(t, inspection.ReportNothing, reports[1].State)
		require.True(t, reports[1].Ended, "nobody would end it later")
		late.provesItself()
		require.Equal(t, []string{id.ReportSubject("120101")}, town.requests(), "no contact is sent a request of a cycle that is no more")
	})
}

func TestAUnitWithNothingToReportIsSentNoRequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.openedCycle("2013Q2")
		id := cycle("2013Q2")
		town.inspected(id.ReportSubject("120101")).does("system", inspection.Ask{
			Inspection: id, Unit: "120101", Due: town.now.AddDate(0, 0, 14), Nothing: true,
		})
		require.Empty(t, town.requests())
	})
}

// requests are the subjects of the requests that contacts were sent.
func (w *town) requests() []string {
	w.t.Helper()
	page, err := w.archive.Notices(w.t.Context(), store.NoticeFilter{
		Account: "reader", Interests: []store.Interest{{Audience: models.ToContacts, Path: "/tj/"}},
	}, store.Page{Size: store.MaximumPageSize})
	require.NoError(w.t, err)
	var subjects []string
	for _, notice := range page.Items {
		if notice.Code == models.NoticeCode(inspection.Asked{}.EventKind()) {
			subjects = append(subjects, notice.Subject)
		}
	}
	return subjects
}
