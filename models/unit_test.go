package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
)

func countyBecomesDistrict() models.UnitTree {
	return models.NewUnitTree([]models.Unit{
		{ID: "120221", Path: "/tj/120221/", Kind: models.UnitDistrict, ValidTo: models.MustDate("2015-08-31"), Successors: []models.UnitID{"120117"}},
		{ID: "120117", Path: "/tj/120117/", Kind: models.UnitDistrict, ValidFrom: models.MustDate("2015-09-01")},
		{ID: "all", Path: "/tj/all/", Kind: models.UnitGroup, Members: []models.UnitID{"120221"}},
		{ID: "ring", ValidTo: models.MustDate("2015-08-31"), Successors: []models.UnitID{"ring"}},
	})
}

func TestAUnitIsFollowedToItsSuccessor(t *testing.T) {
	tree := countyBecomesDistrict()
	require.Equal(t, []models.UnitID{"120221"}, tree.On("120221", models.MustDate("2015-08-31")))
	require.Equal(t, []models.UnitID{"120117"}, tree.On("120221", models.MustDate("2015-09-01")))
	require.Equal(t, []models.UnitID{"120117"}, tree.Members("all", models.MustDate("2016-01-01")))
	require.Empty(t, tree.On("ring", models.MustDate("2016-01-01")), "a ring of successors ends")
	require.Empty(t, tree.On("unknown", models.MustDate("2016-01-01")))
}

func TestAUnitLivesFromItsFirstToItsLastDay(t *testing.T) {
	tree := countyBecomesDistrict()
	county, _ := tree.Unit("120221")
	district, _ := tree.Unit("120117")
	for day := models.MustDate("2015-08-01"); day.Before(models.MustDate("2015-10-01")); day = day.AddDays(1) {
		require.NotEqual(t, county.ValidOn(day), district.ValidOn(day), day.String())
	}
}

func TestAUnitHoldsWhatIsBelowItAndNotItsNeighbour(t *testing.T) {
	unit := models.Unit{Path: "/tj/120101/"}
	require.True(t, unit.Holds("/tj/120101/zzb/"))
	require.True(t, unit.Holds("/tj/120101/"))
	require.False(t, unit.Holds("/tj/1201011/"))
	require.False(t, unit.Holds("/tj/"))
	require.False(t, models.Unit{}.Holds("/tj/"), "a unit without a path holds nothing")
}
