package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// departments gives the town three departments: tj-kw answers alone for task 3 and
// with tj-jrb for task 5, tj-jrb alone for task 11, tj-zzb for the duty of help.
func (w *town) departments() {
	w.t.Helper()
	ctx := w.t.Context()
	department := func(id models.UnitID, name string) models.Unit {
		return models.Unit{ID: id, Path: "/tj/" + string(id) + "/", Name: name, Kind: models.UnitDepartment, Parent: "tj"}
	}
	require.NoError(w.t, w.archive.SaveUnits(ctx, []models.Unit{
		department("tj-kw", "市科委"), department("tj-jrb", "市金融办"), department("tj-zzb", "市委组织部"),
		{ID: "both", Path: "/tj/both/", Name: "两个部门", Kind: models.UnitGroup, Parent: "tj", Members: []models.UnitID{"tj-kw", "tj-jrb"}},
	}))
	task := func(number int, lead models.UnitID) models.Task {
		return models.Task{Plan: townPlan, Number: number, Section: "一", KeyWork: "工作", Text: "任务", Leads: []models.UnitID{lead}, LeadText: "牵头"}
	}
	require.NoError(w.t, w.archive.SaveTasks(ctx, []models.Task{task(3, "tj-kw"), task(5, "both"), task(11, "tj-jrb"), task(56, "tj-zzb")}))
	var indicators []models.Indicator
	for _, number := range []int{3, 5, 11, 56} {
		indicators = append(indicators, models.Indicator{
			Plan: townPlan, Task: number, Ordinal: 1, Name: fmt.Sprintf("指标%d", number), Target: "300", Unit: "项",
			Period: models.PeriodTotal, Qualifier: models.TargetExact, Verbatim: "三百项", LeadText: "牵头",
		})
	}
	require.NoError(w.t, w.archive.SaveIndicators(ctx, indicators))
	require.NoError(w.t, w.archive.SaveAnswering(ctx, []inspection.Answering{{
		Plan: townPlan, Task: 56, Ordinal: 1, Units: []models.UnitID{"tj-zzb"}, Reason: "负责考核",
		SystemKind: models.Introduce, SystemScope: inspection.SystemExact, SystemReason: "按名册计算",
	}}))
}

// tells reports figures of a quarter before anybody is asked.
func (w *town) tells(quarter string, unit models.UnitID, task int, figures ...string) {
	w.t.Helper()
	put := aReport(unit, task, 1, figures...)
	put.Entry.Quarter = models.MustQuarter(quarter)
	w.reports(put)
}

// confirms has a unit's report filed and signed.
func (w *town) confirms(quarter string, unit models.UnitID) {
	w.t.Helper()
	id := cycle(quarter)
	report := w.inspected(id.ReportSubject(unit))
	report.does("system", inspection.Ask{Inspection: id, Unit: unit, Due: w.now.AddDate(0, 0, 14)})
	text, err := w.archive.SaveUnitReportText(w.t.Context(), id, unit, 0, "{}", "contact", w.now)
	require.NoError(w.t, err)
	digest, err := w.archive.UnitReportDigest(w.t.Context(), id, unit, text.Version)
	require.NoError(w.t, err)
	report.does("contact", inspection.File{Version: text.Version, Digest: digest}).does("leader", inspection.Confirm{Digest: digest})
}

func TestADepartmentThatAnswersAloneStandsInTheBulletinAsItsIndicatorsDo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aTown(t, archive)
		w.departments()
		w.enrolled("c-0001", "120101").credited("r-1", models.Introduce, modelstest.Enterprise(1))
		w.tells("2013Q2", "tj-kw", 3, "1")
		w.tells("2013Q2", "tj-kw", 5, "299")
		w.openedCycle("2013Q2")
		w.confirms("2013Q2", "tj-kw")
		snapshot, err := archive.BulletinSnapshot(t.Context(), cycle("2013Q2"), w.now.Add(time.Hour))
		require.NoError(t, err)
		bulletin := inspection.Draft(snapshot)

		cells := map[string][]string{}
		for _, row := range bulletin.Annexes[3].Rows {
			cells[row.Cells[1]] = row.Cells[2:]
		}
		require.Equal(t, map[string][]string{
			// done, ahead, on schedule, behind, not measured, verified
			"市科委":   {"0", "0", "0", "1", "1", "0", "已签报", "仅有自报数、未经核实，不排位"},
			"市金融办":  {"0", "0", "0", "0", "1", "0", "—", "没有可以核实的数字，不排位"},
			"市委组织部": {"1", "0", "0", "0", "0", "1", "—", "数量较少，不排位"},
		}, cells)
		behind := inspection.Query{
			Table: inspection.TableIndicators, Measure: inspection.MeasureCount, Unit: "tj-kw", State: inspection.ProgressBehind,
		}
		told := false
		for _, figure := range bulletin.Figures {
			told = told || figure.Query == behind
		}
		require.True(t, told, "the chapter on problems names the department")
		require.Contains(t, fmt.Sprint(bulletin.Sections[2].Paragraphs), "承担的指标未达序时")
	})
}
