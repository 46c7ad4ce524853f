package inspection_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

// aTree has a group of three zones, two of which become one after 2013-09-30.
func aTree() models.UnitTree {
	last := models.MustDate("2013-09-30")
	return models.NewUnitTree([]models.Unit{
		{ID: "kw", Kind: models.UnitDepartment},
		{ID: "zones", Kind: models.UnitGroup, Members: []models.UnitID{"a", "b", "c"}},
		{ID: "districts", Kind: models.UnitGroup, Members: []models.UnitID{"d"}},
		{ID: "open", Kind: models.UnitGroup},
		{ID: "a", Kind: models.UnitGovernment, ValidTo: last, Successors: []models.UnitID{"c"}},
		{ID: "b", Kind: models.UnitGovernment, ValidTo: last, Successors: []models.UnitID{"c"}},
		{ID: "c", Kind: models.UnitGovernment},
		{ID: "d", Kind: models.UnitGovernment, ValidTo: last, Successors: []models.UnitID{"e", "f"}},
		{ID: "e", Kind: models.UnitGovernment},
		{ID: "f", Kind: models.UnitGovernment},
	})
}

func shares() inspection.Answering {
	return inspection.Answering{Units: []models.UnitID{"zones"}}
}

func TestMergedUnitsAnswerOnceUnderTheirSuccessorWithTheLinkShown(t *testing.T) {
	before := shares().Answerers(aTree(), models.MustDate("2013-09-30"))
	require.Equal(t, []inspection.Answerer{{Unit: "a"}, {Unit: "b"}, {Unit: "c"}}, before)
	after := shares().Answerers(aTree(), models.MustDate("2013-12-31"))
	require.Equal(t, []inspection.Answerer{{Unit: "c", Merged: []models.UnitID{"a", "b"}}}, after)
}

func TestTheFirstLeadAnswersAndAGroupWithAllGroups(t *testing.T) {
	tree, indicator := aTree(), models.Indicator{Plan: "p", Task: 26, Ordinal: 1}
	department := inspection.DefaultAnswering(indicator, models.Task{Leads: []models.UnitID{"kw", "zones"}}, tree)
	require.Equal(t, []models.UnitID{"kw"}, department.Units)
	require.False(t, department.Shared(tree))
	group := inspection.DefaultAnswering(indicator, models.Task{Leads: []models.UnitID{"districts", "kw", "zones"}}, tree)
	require.Equal(t, []models.UnitID{"districts", "zones"}, group.Units)
	require.True(t, group.Shared(tree))
	require.NotEmpty(t, group.Reason)
	require.Empty(t, inspection.Answering{Units: []models.UnitID{"open"}}.Answerers(tree, models.MustDate("2013-12-31")),
		"whom the plan does not name nobody guesses")
}

func TestASuccessorsFormerFigureIsTheSumOfThoseMergedIntoIt(t *testing.T) {
	tree, day := aTree(), models.MustDate("2013-12-31")
	var before []inspection.Entry
	for unit, value := range map[models.UnitID]string{"a": "3", "b": "4", "c": "5", "d": "100"} {
		before = append(before, inspection.Entry{Quarter: models.MustQuarter("2013Q3"), Unit: unit, Figures: []string{value}})
	}
	answerer := shares().Answerers(tree, day)[0]
	former := inspection.FormerOf(inspection.BasisCumulative, answerer, tree, day, before)
	require.Equal(t, []string{"12"}, former.Figures)

	split := inspection.Answering{Units: []models.UnitID{"districts"}}.Answerers(tree, day)
	require.Len(t, split, 2)
	require.Nil(t, inspection.FormerOf(inspection.BasisCumulative, split[0], tree, day, before), "a split unit's figure is nobody's")
}

func TestOnlyThoseWhoAnswerAreCountedAndEachOnce(t *testing.T) {
	tree := aTree()
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SliceOfDistinct(rapid.SampledFrom([]models.UnitID{"a", "b", "c", "kw", "e"}), rapid.ID).Draw(t, "units")
		quarter := models.MustQuarter(rapid.SampledFrom([]string{"2013Q3", "2013Q4"}).Draw(t, "quarter"))
		var entries []inspection.Entry
		for _, unit := range units {
			entries = append(entries, inspection.Entry{Quarter: quarter, Unit: unit, Figures: []string{"1"}})
		}
		tally := inspection.Count{
			Plan: plan, Quarter: quarter, Day: quarter.Last(), Indicator: anIndicator(models.PeriodTotal, "10"), Answering: shares(),
			Tree: tree, Entries: entries, Schedule: inspection.StandardSchedule,
		}.Tally()
		want := 0
		for _, answerer := range tally.Answerers {
			if slices.Contains(units, answerer.Unit) {
				want++
			}
		}
		require.Equal(t, want, tally.Reporting())
	})
}

func TestATaskStandsAsItsWorstIndicator(t *testing.T) {
	done, behind, none := inspection.ProgressDone, inspection.ProgressBehind, inspection.ProgressUnmeasured
	require.Equal(t, behind, inspection.Worst([]inspection.ProgressState{done, behind, none}))
	require.Equal(t, done, inspection.Worst([]inspection.ProgressState{done, none}))
	require.Equal(t, none, inspection.Worst([]inspection.ProgressState{none}))
	require.Equal(t, none, inspection.Worst(nil))
}

func TestWhatIsVerifiedIsJudgedByWhatIsVerified(t *testing.T) {
	at := models.MustQuarter("2015Q4")
	indicator := models.Indicator{Task: 56, Ordinal: 1, Target: "1", Unit: "家/人", Period: models.PeriodTotal, Qualifier: models.TargetAtLeast}
	tally := inspection.Count{
		Plan: plan, Quarter: at, Day: at.Last(), Indicator: indicator, Schedule: inspection.StandardSchedule,
		Answering: inspection.Answering{Units: []models.UnitID{"kw"}}, Tree: aTree(),
		Entries: []inspection.Entry{{Quarter: at, Unit: "kw", Figures: []string{"120"}}},
		System:  inspection.SystemFigure{Scope: inspection.SystemExact, Value: "110", Required: 100, Met: 99},
	}.Tally()
	require.Equal(t, "100", tally.Target)
	require.Equal(t, "+10", tally.Difference)
	require.Equal(t, inspection.ProgressBehind, tally.State, "one cadre's two companies are not two cadres' one")
	require.Equal(t, "99", tally.Percent)
}

func TestTheOnlyUnitThatAnswersStandsAsTheCityDoesAndASharerHasNoState(t *testing.T) {
	at := models.MustQuarter("2015Q4")
	rows := func(system inspection.SystemFigure, answering inspection.Answering, entries ...inspection.Entry) []inspection.IndicatorFigures {
		return inspection.Count{
			Plan: plan, Quarter: at, Day: at.Last(), Indicator: anIndicator(models.PeriodTotal, "300"), Schedule: inspection.StandardSchedule,
			Answering: answering, Tree: aTree(), Entries: entries, System: system,
		}.Tally().Frozen("一")
	}
	entry := func(unit models.UnitID, figure string) inspection.Entry {
		return inspection.Entry{Quarter: at, Unit: unit, Figures: []string{figure}}
	}
	known := inspection.SystemFigure{Scope: inspection.SystemFloor, Value: "290"}
	alone := inspection.Answering{Units: []models.UnitID{"kw"}}
	for name, of := range map[string][]inspection.IndicatorFigures{
		"reported":         rows(known, alone, entry("kw", "299")),
		"silent":           rows(inspection.SystemFigure{}, alone),
		"silent, verified": rows(inspection.SystemFigure{Scope: inspection.SystemExact, Value: "9", Required: 9, Met: 9}, alone),
		"the last of them": rows(known, shares(), entry("c", "300")),
	} {
		require.Len(t, of, 2, name)
		city, unit := of[0], of[1]
		require.NotEmpty(t, unit.Unit, name)
		unit.Unit = ""
		require.Equal(t, city, unit, name)
	}
	require.Equal(t, inspection.ProgressBehind, rows(known, alone, entry("kw", "299"))[1].State)

	// The districts' two heirs share: each has its own figure, and who is silent none.
	shared := rows(known, inspection.Answering{Units: []models.UnitID{"districts"}}, entry("e", "300"))
	require.Len(t, shared, 2)
	require.Equal(t, inspection.ProgressDone, shared[0].State)
	require.Equal(t, inspection.ProgressUnmeasured, shared[1].State)
	require.Equal(t, []string{"e", "300", "", ""}, []string{string(shared[1].Unit), shared[1].Reported, shared[1].Target, shared[1].System})
}
