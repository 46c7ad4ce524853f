package inspection_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

func TestARankingOfASnapshotDoesNotDependOnTheOrderOfItsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		require.Equal(t, inspection.Rank(snapshot), inspection.Rank(shuffled(t, snapshot)))
	})
}

func TestDistrictsZonesAndDepartmentsAreRankedApartAndEveryUnitOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		kinds := map[models.UnitID]models.UnitKind{}
		for _, unit := range snapshot.Units {
			kinds[unit.Unit] = unit.Kind
		}
		seen := 0
		for _, group := range inspection.Rank(snapshot).Groups {
			require.NotEmpty(t, group.Rows)
			for _, row := range group.Rows {
				require.Equal(t, group.Kind, kinds[row.Unit])
				require.Equal(t, row.Place == 0, row.Unranked != "", "unranked for a reason")
				require.Equal(t, row.Place > 0, row.Required >= snapshot.Rules.RankLeast)
				seen++
			}
		}
		require.Equal(t, len(snapshot.Units), seen)
	})
}

func TestAPlaceCountsThoseWithABetterShareSoThatEqualsShareIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, group := range inspection.Rank(drawSnapshot(t)).Groups {
			for _, row := range group.Rows {
				better := 0
				for _, other := range group.Rows {
					if other.Place > 0 && other.Met*row.Required > row.Met*other.Required {
						better++
					}
				}
				if row.Place > 0 {
					require.Equal(t, better+1, row.Place)
				}
			}
		}
	})
}

func TestNothingButVerifiedOutcomeMovesAPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		places := func() map[models.UnitID]int {
			found := map[models.UnitID]int{}
			for _, group := range inspection.Rank(snapshot).Groups {
				for _, row := range group.Rows {
					found[row.Unit] = row.Place
				}
			}
			return found
		}
		before := places()
		for i := range snapshot.Units {
			snapshot.Units[i].Report = rapid.SampledFrom([]inspection.ReportState{"due", "confirmed", "missing"}).Draw(t, "report now")
			snapshot.Units[i].Late = rapid.Bool().Draw(t, "late now")
			snapshot.Units[i].Credits += rapid.IntRange(0, 9).Draw(t, "credits over what is required")
		}
		for i := range snapshot.Indicators {
			if snapshot.Indicators[i].System == "" {
				// A unit's own word, and a state that rests on it alone.
				snapshot.Indicators[i].Reported = rapid.StringMatching(`[1-9][0-9]?`).Draw(t, "reported now")
				snapshot.Indicators[i].State = rapid.SampledFrom(inspection.ProgressStates).Draw(t, "state now")
			}
		}
		snapshot.Findings = nil
		require.Equal(t, before, places())
	})
}

func rowOf(t *testing.T, ranking inspection.Ranking, unit models.UnitID) inspection.RankRow {
	t.Helper()
	for _, group := range ranking.Groups {
		for _, row := range group.Rows {
			if row.Unit == unit {
				return row
			}
		}
	}
	t.Fatalf("%s is not in the ranking", unit)
	return inspection.RankRow{}
}

func TestLastQuarterStandsBesideAsItWasPrinted(t *testing.T) {
	ranking := inspection.Rank(aSnapshot())
	hedong, nankai := rowOf(t, ranking, "120102"), rowOf(t, ranking, "120104")
	require.Equal(t, []int{2, 2}, []int{hedong.Place, nankai.Place}, "both 32 of 45")
	require.Equal(t, 4, rowOf(t, ranking, "120103").Place, "the next place counts them")
	require.Equal(t, &inspection.Former{Place: 3, Required: 45, Met: 29, Change: 67}, hedong.LastQuarter, "71.1 − 64.4")
	require.Equal(t, -20, rowOf(t, ranking, "120103").LastQuarter.Change)
	require.Nil(t, hedong.LastYear)
	require.Equal(t, inspection.UnrankedFew, rowOf(t, ranking, "120116-LG").Unranked)
}

func TestADepartmentIsRankedByVerifiedIndicatorsAlone(t *testing.T) {
	snapshot := aSnapshot()
	snapshot.Rules.RankLeast = 2
	for i := range snapshot.Indicators {
		if snapshot.Indicators[i].Unit == "tj-kw" {
			snapshot.Indicators[i].System = snapshot.Indicators[i].Reported + ".0"
		}
	}
	row := rowOf(t, inspection.Rank(snapshot), "tj-kw")
	require.Equal(t, []int{1, 3, 2}, []int{row.Place, row.Required, row.Met}, "one of three is behind")
	snapshot.Indicators[6].Reported = "9999"
	row = rowOf(t, inspection.Rank(snapshot), "tj-kw")
	require.Equal(t, []int{2, 1}, []int{row.Required, row.Met}, "a report that the archive contradicts is not verified")
	require.Equal(t, inspection.UnrankedUnverified, rowOf(t, inspection.Rank(snapshot), "tj-wzj").Unranked)
	require.Equal(t, inspection.StateCounts{Ahead: 1, Behind: 1}, rowOf(t, inspection.Rank(snapshot), "tj-wzj").States)
	for i := range snapshot.Indicators {
		snapshot.Indicators[i].Reported = ""
	}
	require.Equal(t, inspection.UnrankedUnmeasured, rowOf(t, inspection.Rank(snapshot), "tj-wzj").Unranked, "it said nothing that could be verified")
}

func TestTheFormulaIsPrintedWithTheNumberThatThePolicySets(t *testing.T) {
	snapshot := aSnapshot()
	snapshot.Rules.RankLeast = 12
	for _, group := range inspection.Rank(snapshot).Groups {
		require.Contains(t, group.Formula, "少于12")
		require.Contains(t, group.Formula, "并列")
	}
	annexes := inspection.Draft(snapshot).Annexes
	require.Contains(t, annexes[0].Notes, inspection.RankFormula(models.UnitDistrict, 12))
	require.Contains(t, annexes[3].Notes, inspection.RankFormula(models.UnitDepartment, 12))
}

func TestNoShareIsRoundedIntoOrOutOfCompletion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		required := rapid.IntRange(1, 100_000).Draw(t, "required")
		met := rapid.IntRange(0, required).Draw(t, "met")
		snapshot := quietSnapshot()
		snapshot.Units = []inspection.UnitFigures{{Unit: "120101", Kind: models.UnitDistrict, Outcome: models.Outcome{Required: required, Met: met}}}
		shown, known := inspection.Evaluate(snapshot, inspection.Query{Table: inspection.TableUnits, Measure: inspection.MeasureShare})
		require.True(t, known)
		require.Equal(t, met == required, shown.String() == "100.0%")
		require.Equal(t, met == 0, shown.String() == "0.0%")
		tenths := atoi(t, shown.Value[:len(shown.Value)-2]+shown.Value[len(shown.Value)-1:])
		require.InDelta(t, float64(met)*1000/float64(required), tenths, 1.0)
	})
}
