package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

func drawOutcomes(t *rapid.T) []models.Outcome {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) models.Outcome {
		required := rapid.IntRange(0, 30).Draw(t, "required")
		return models.Outcome{
			Unit:     models.UnitID(rapid.StringMatching(`[a-h]`).Draw(t, "unit")),
			Required: required, Met: rapid.IntRange(0, required).Draw(t, "met"),
		}
	}), 0, 8, func(o models.Outcome) models.UnitID { return o.Unit }).Draw(t, "outcomes")
}

func TestARankingDoesNotDependOnTheOrderInWhichUnitsAreGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		outcomes := drawOutcomes(t)
		shuffled := rapid.Permutation(outcomes).Draw(t, "shuffled")
		require.Equal(t, models.RankOutcomes(outcomes), models.RankOutcomes(shuffled))
	})
}

func TestEqualUnitsShareAPlaceAndTheNextOneCountsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.IntRange(-1, 12).Draw(t, "least")
		ranked := models.RankOutcomesFrom(drawOutcomes(t), least)
		for _, a := range ranked {
			if a.Required < max(least, 1) {
				require.Zero(t, a.Place, "too small to be ranked")
				continue
			}
			better := 0
			for _, b := range ranked {
				if b.Required >= max(least, 1) && b.Met*a.Required > a.Met*b.Required {
					better++
				}
			}
			require.Equal(t, better+1, a.Place)
		}
	})
}

func TestAForecastLiesBetweenWhatIsMetAndWhatIsRequired(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		months := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 40).Draw(t, "months")
		required := rapid.IntRange(0, 300).Draw(t, "required")
		met := rapid.IntRange(0, required).Draw(t, "met")
		left := rapid.IntRange(-3, 40).Draw(t, "left")
		forecast := models.Foresee(months, required, met, left)
		require.GreaterOrEqual(t, forecast.Expected, met)
		require.LessOrEqual(t, forecast.Expected, required)
		require.Equal(t, required-forecast.Expected, forecast.Shortfall())
		if left <= 0 || forecast.MetThen == 0 {
			require.Equal(t, met, forecast.Expected, "nothing more without time or pace")
		}
	})
	forecast := models.Foresee([]int{9, 9, 1, 2, 3, 4, 5, 3}, 100, 36, 10)
	require.Equal(t, 66, forecast.Expected, "18 in six months make 30 in ten")
}
