package inspection_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
)

// anAskedReport is due on the 15th.
func anAskedReport(t *testing.T) (*inspection.UnitReport, time.Time) {
	t.Helper()
	report, due := &inspection.UnitReport{}, models.MustDate("2013-07-15").End()
	decided(t, report, due.AddDate(0, 0, -14), inspection.Ask{
		Inspection: inspection.ID{Plan: "tianjin-2013", Quarter: models.MustQuarter("2013Q2")}, Unit: "120101", Due: due,
	})
	return report, due
}

// decided has a report decide a command and take its events, as they are written
// and read again.
func decided(t *testing.T, report *inspection.UnitReport, at time.Time, body inspection.CommandBody) {
	t.Helper()
	events, err := report.Decide(inspection.Command{
		ID: models.CommandID(body.CommandKind()), At: at, Actor: models.Actor{Account: models.SystemAccount}, Body: body,
	})
	require.NoError(t, err)
	for _, event := range events {
		written, err := json.Marshal(event)
		require.NoError(t, err)
		var read inspection.Event
		require.NoError(t, json.Unmarshal(written, &read))
		report.Apply(read)
	}
}

func TestAReportThatIsEndedBeforeItsDeadlineIsMissingAndNotLate(t *testing.T) {
	early, due := anAskedReport(t)
	decided(t, early, due.Add(-time.Microsecond), inspection.End{})
	require.Equal(t, inspection.ReportMissing, early.State)
	require.False(t, early.Late, "the cycle ended and not the unit's time")

	passed, due := anAskedReport(t)
	decided(t, passed, due, inspection.End{})
	require.Equal(t, inspection.ReportMissing, passed.State)
	require.True(t, passed.Late)
}

func TestAReportThatWasEndedBeforeThereWasEarlyStaysLate(t *testing.T) {
	report, due := anAskedReport(t)
	report.Apply(inspection.Event{Sequence: 2, At: due.AddDate(0, 0, -10), Body: inspection.Ended{Missing: true}})
	require.Equal(t, inspection.ReportMissing, report.State)
	require.True(t, report.Late, "what the archive says of it stays as it is")
}
