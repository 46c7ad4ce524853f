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

// on sets the town's clock to the morning of a day.
func (s *inspected) on(day string) *inspected {
	s.now = models.MustDate(day).Start().Add(9 * time.Hour)
	return s
}

func redOn(day string) inspection.Deadline {
	red := models.MustDate(day).Start()
	return inspection.Deadline{BlueAt: red.AddDate(0, 0, -6), Due: red.AddDate(0, 0, -3), RedAt: red}
}

// raised is a finding on a unit that turns red at the beginning of a day.
func (w *town) raised(id inspection.FindingID, unit models.UnitID, red string) *inspected {
	w.t.Helper()
	return w.inspected(inspection.FindingSubject(id)).does("inspector", inspection.Raise{
		Finding: id, Inspection: cycle("2013Q1"), Unit: unit, Severity: inspection.SeverityMinor, Deadline: redOn(red),
	})
}

// turns passes every step of the light until now.
func (s *inspected) turns() *inspected {
	s.t.Helper()
	for {
		aggregate, err := s.archive.InspectionSubject(s.t.Context(), s.subject)
		require.NoError(s.t, err)
		step, comes := aggregate.(*inspection.Finding).NextStep()
		if !comes || step.At.After(s.now) {
			return s
		}
		s.does("system", inspection.PassStep{Step: step.ID})
	}
}

func TestAUnitIsRedOnlyInQuartersInWhichAFindingStoodRed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		w.openedCycle("2013Q1")
		answered := w.raised("answered", "120101", "2013-05-10")
		again := w.raised("again", "120102", "2013-05-10")
		silent := w.raised("silent", "120116-KFQ", "2013-05-10")
		prompt := w.raised("prompt", "120101", "2013-05-10").on("2013-05-09").does("contact", inspection.Answer{})
		for _, finding := range []*inspected{answered, again, silent, prompt} {
			finding.on("2013-05-20").turns()
		}
		answered.on("2013-06-03").does("contact", inspection.Answer{}).on("2013-08-05").does("inspector", inspection.Settle{})
		again.on("2013-06-03").does("contact", inspection.Answer{}).on("2013-07-08").does("inspector", inspection.Reopen{Deadline: redOn("2013-12-20")})
		again.on("2013-12-23").turns()
		silent.on("2013-12-23").does("inspector", inspection.Settle{})

		for quarter, want := range map[string][]models.UnitID{
			"2013Q1": {},
			"2013Q2": {"120101", "120102", "120116-KFQ"},
			"2013Q3": {"120116-KFQ"},
			"2013Q4": {"120102", "120116-KFQ"},
			"2014Q1": {"120102"},
		} {
			red, err := archive.RedUnits(t.Context(), townPlan, models.MustQuarter(quarter))
			require.NoError(t, err)
			require.ElementsMatch(t, want, red, quarter)
		}
		again.on("2014-02-10").does("inspector", inspection.Drop{})
		red, err := archive.RedUnits(t.Context(), townPlan, models.MustQuarter("2013Q2"))
		require.NoError(t, err)
		require.Equal(t, []models.UnitID{"120101", "120116-KFQ"}, red, "what was no problem was never red")
	})
}
