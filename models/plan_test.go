package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
)

func TestAPlanHoldsItsFirstAndItsLastDay(t *testing.T) {
	plan := models.Plan{From: models.MustDate("2013-01-01"), To: models.MustDate("2015-12-31")}
	require.False(t, plan.Holds(models.MustDate("2012-12-31")))
	require.True(t, plan.Holds(models.MustDate("2013-01-01")))
	require.True(t, plan.Holds(models.MustDate("2015-12-31")))
	require.False(t, plan.Holds(models.MustDate("2016-01-01")))
}

func TestACadenceIsNotAnAmount(t *testing.T) {
	require.True(t, models.Indicator{Target: "2000", Qualifier: models.TargetExact}.Numeric())
	require.False(t, models.Indicator{Target: "1", Qualifier: models.TargetCadence}.Numeric())
	require.False(t, models.Indicator{TargetText: "原文未写次数", Qualifier: models.TargetExact}.Numeric())
}

func TestAPostingHoldsUntilItsLastDay(t *testing.T) {
	posting := models.Posting{From: models.MustDate("2013-03-01"), To: models.MustDate("2014-06-30")}
	require.False(t, posting.ValidOn(models.MustDate("2013-02-28")))
	require.True(t, posting.ValidOn(models.MustDate("2014-06-30")))
	require.False(t, posting.ValidOn(models.MustDate("2014-07-01")))
	posting.To = models.Date{}
	require.True(t, posting.ValidOn(models.MustDate("2099-01-01")), "an open posting lasts")
}
