package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func TestTheSpanOfAnOverdueGoalIsWhatStandingSaysAtEachInstant(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		builder := modelstest.AnObligation(r).Enrolled()
		modelstest.Walk(r, builder, 25, func(models.Command, []models.Event, error) {})
		o := &builder.Obligation
		for range 8 {
			asOf := modelstest.DrawInstant(r, builder)
			known := o.Known(asOf)
			standing := known.Standing(asOf, builder.Rules)
			for i, goal := range o.Goals {
				require.Equal(r, standing.Goals[i].State == models.GoalOverdue, o.OverdueSpan(goal).Holds(asOf), "%s at %s", goal.Kind, asOf)
			}
			if asOf.Before(o.At) {
				continue
			}
			// Nothing is left to be known later.
			require.Equal(r, o.Standing(asOf, builder.Rules), standing)
		}
	})
}

func TestAClaimMadeInTimeAndCreditedLateWasNeverOverdue(t *testing.T) {
	b := modelstest.AnObligation(t).EnrolledFor("2013-01-01", "2013-12-31")
	b.On("2013-12-20").Submitted("r-1", models.Introduce, modelstest.Enterprise(1))
	b.On("2014-03-01").Accepted("r-1").Accepted("r-1").Accepted("r-1")
	goal, _ := b.Obligation.Goal(models.Introduce)
	require.Zero(t, b.Obligation.OverdueSpan(goal))
}

func TestAGoalMetLateWasOverdueUntilItsCredit(t *testing.T) {
	b := modelstest.AnObligation(t).EnrolledFor("2013-01-01", "2013-12-31")
	b.On("2014-02-10").Submitted("r-1", models.Introduce, modelstest.Enterprise(1))
	b.On("2014-03-01").Accepted("r-1").Accepted("r-1").Accepted("r-1")
	goal, _ := b.Obligation.Goal(models.Introduce)
	span := b.Obligation.OverdueSpan(goal)
	require.Equal(t, models.MustDate("2014-01-01").Start(), span.From)
	require.True(t, span.Holds(models.MustDate("2014-02-28").End().Add(-1)))
	require.False(t, span.Holds(models.MustDate("2014-03-31").End()))
}
