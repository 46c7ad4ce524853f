package seeds_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
)

func TestEveryIndicatorAndEveryTaskWithoutOneHasItsAnswererAndAReason(t *testing.T) {
	loaded := load(t)
	items := inspection.Items(loaded.Tasks, loaded.Indicators)
	require.Len(t, loaded.Answering, len(items))
	tasks := map[int]bool{}
	for i, item := range items {
		tasks[item.Task] = true
		answering := loaded.Answering[i]
		require.Equal(t, [2]int{item.Task, item.Ordinal}, [2]int{answering.Task, answering.Ordinal})
		require.NotEmpty(t, answering.Reason)
		answerers := answering.Answerers(loaded.Tree(), models.MustDate("2013-12-31"))
		if item.Task == 51 {
			require.Empty(t, answerers, "the plan does not say which departments, so nobody is guessed")
			continue
		}
		require.NotEmpty(t, answerers, "%d.%d", item.Task, item.Ordinal)
	}
	require.Len(t, tasks, 56)
}

func TestDistrictsAndZonesAnswerForTheirSharesAndACountyThatBecameADistrictOnce(t *testing.T) {
	loaded := load(t)
	for i, item := range inspection.Items(loaded.Tasks, loaded.Indicators) {
		if item.Task != 52 {
			continue
		}
		early := loaded.Answering[i].Answerers(loaded.Tree(), models.MustDate("2013-06-30"))
		require.Len(t, early, 16+7)
		late := loaded.Answering[i].Answerers(loaded.Tree(), models.MustDate("2016-12-31"))
		require.Len(t, late, len(early))
		merged, seen := 0, map[models.UnitID]bool{}
		for _, answerer := range late {
			require.False(t, seen[answerer.Unit])
			seen[answerer.Unit] = true
			merged += len(answerer.Merged)
		}
		require.Equal(t, 3, merged, "宁河、静海、蓟县 stand under their successors")
	}
}

func TestTheOverlappingTasksAreThoseWhoseEnterprisesAddUpToSeventeenThousandSevenHundred(t *testing.T) {
	sum := 0
	for _, indicator := range load(t).Indicators {
		if inspection.Overlaps(indicator) {
			target, err := strconv.Atoi(indicator.Target)
			require.NoError(t, err)
			sum += target
			require.Contains(t, indicator.Ambiguity, "去重", "the plan's words say so beside it")
		}
	}
	require.Equal(t, 17700, sum)
}

func TestOnlyWhatThePlansWordsAllowIsComputed(t *testing.T) {
	computed := map[string]inspection.SystemScope{}
	for _, answering := range load(t).Answering {
		if answering.SystemScope == inspection.SystemExact || answering.SystemScope == inspection.SystemFloor {
			computed[itoa(answering.Task)+"."+itoa(answering.Ordinal)] = answering.SystemScope
		}
	}
	require.Equal(t, map[string]inspection.SystemScope{
		"6.1": inspection.SystemFloor, "56.1": inspection.SystemExact, "56.2": inspection.SystemExact, "56.3": inspection.SystemExact,
	}, computed)
}
