package models_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

// instantsOf are instants at which something might change, in order.
func instantsOf(b *modelstest.Builder) []time.Time {
	from := b.Obligation.At
	var instants []time.Time
	add := func(turning models.Turning) {
		for _, turn := range []time.Time{turning.Blue, turning.Yellow, turning.Red} {
			if !turn.IsZero() {
				instants = append(instants, turn.Add(-tick), turn, turn.Add(tick))
			}
		}
	}
	add(b.Obligation.Turning(b.Rules))
	for _, goal := range b.Obligation.Goals {
		add(b.Obligation.GoalTurning(goal, b.Rules))
	}
	for days := 0; days < 1500; days += 97 {
		instants = append(instants, from.AddDate(0, 0, days))
	}
	instants = slices.DeleteFunc(instants, func(instant time.Time) bool { return instant.Before(from) })
	slices.SortFunc(instants, time.Time.Compare)
	return instants
}

func TestLightsOnlyGetWorseWhileNobodyActs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := lifeOf(t)
		worst := 0
		goals := make([]int, len(obligation.Obligation.Goals))
		for _, asOf := range instantsOf(obligation) {
			standing := obligation.Obligation.Standing(asOf, obligation.Rules)
			light := slices.Index(models.Lights, standing.Light)
			require.GreaterOrEqual(t, light, worst)
			worst = light
			for i, goal := range standing.Goals {
				light := slices.Index(models.Lights, goal.Light)
				require.GreaterOrEqual(t, light, goals[i])
				goals[i] = light
			}
		}
	})
}

func TestStatesAndLightsAgreeAtEveryInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := lifeOf(t)
		aggregate := &obligation.Obligation
		for _, asOf := range instantsOf(obligation) {
			standing := aggregate.Standing(asOf, obligation.Rules)
			require.Equal(t, standing.Turning.Light(asOf), standing.Light)
			require.Equal(t, aggregate.Turning(obligation.Rules), standing.Turning)
			someRed := false
			for i, goal := range standing.Goals {
				require.Equal(t, goal.Turning.Light(asOf), goal.Light)
				require.Equal(t, goal.Light == models.Red, goal.State == models.GoalOverdue)
				require.NotEmpty(t, goal.Because)
				if goal.Credits >= goal.Required || aggregate.Goals[i].Exempted || aggregate.Closed != "" {
					require.Equal(t, models.Green, goal.Light)
				}
				require.GreaterOrEqual(t, slices.Index(models.Lights, standing.Light), slices.Index(models.Lights, goal.Light))
				someRed = someRed || goal.Light == models.Red
			}
			require.Equal(t, someRed, standing.Light == models.Red)
			requireStateFits(t, obligation, standing, someRed)
		}
	})
}

func requireStateFits(t *rapid.T, b *modelstest.Builder, standing models.Standing, someRed bool) {
	_, suspended := b.Obligation.SuspendedAt(standing.AsOf)
	switch standing.State {
	case models.ObligationClosed:
		require.NotEmpty(t, b.Obligation.Closed)
		require.Equal(t, models.Green, standing.Light)
	case models.ObligationFulfilled:
		require.True(t, b.Obligation.Met())
		require.Equal(t, models.Green, standing.Light)
	case models.ObligationSuspended:
		require.True(t, suspended)
	case models.ObligationOverdue:
		require.True(t, someRed)
	case models.ObligationActive:
		require.False(t, someRed || suspended || b.Obligation.Met())
	default:
		t.Fatalf("unknown state %q", standing.State)
	}
}

func TestTheShownDueDayEndsAtTheDueInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := lifeOf(t)
		for _, goal := range obligation.Obligation.Goals {
			if due, comes := obligation.Obligation.DueAt(goal); comes {
				shown := goalOf(t, obligation, goal.Kind, obligation.Obligation.At)
				require.Equal(t, due, shown.Due.End())
			}
		}
	})
}

func TestATermWithoutActsTurnsYellowWhenBehindSchedule(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled()
	light := func(text string) models.Light {
		return obligation.Obligation.Standing(shanghai(t, text), obligation.Rules).Light
	}
	require.Equal(t, models.Green, light("2013-12-31 23:59:59.999999"))
	require.Equal(t, models.Yellow, light("2014-01-01 00:00:00"), "a third of the window has passed and nothing is done")
	obligation.On("2013-06-01").Credited("r-1", models.Found, modelstest.Enterprise(1))
	require.Equal(t, models.Green, light("2014-12-31 23:59:59.999999"))
	require.Equal(t, models.Yellow, light("2015-01-01 00:00:00"))
	obligation.On("2014-06-01").Submitted("r-2", models.Introduce, modelstest.Enterprise(2))
	require.Equal(t, models.Green, light("2015-01-01 00:00:00"), "claims under review keep to the schedule")
}

func TestAGoalTurnsBlueNinetyAndYellowThirtyDaysBeforeTheDueDate(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled()
	for _, turn := range []struct {
		at    string
		light models.Light
		code  models.ReasonCode
	}{
		{"2015-10-01 23:59:59.999999", models.Green, models.BecauseTimeLeft},
		{"2015-10-02 00:00:00", models.Blue, models.BecauseDueSoon},
		{"2015-11-30 23:59:59.999999", models.Blue, models.BecauseDueSoon},
		{"2015-12-01 00:00:00", models.Yellow, models.BecauseDueSoon},
		{"2015-12-31 23:59:59.999999", models.Yellow, models.BecauseDueSoon},
		{"2016-01-01 00:00:00", models.Red, models.BecauseOverdue},
	} {
		goal := goalOf(t, obligation, models.Found, shanghai(t, turn.at))
		require.Equal(t, turn.light, goal.Light, turn.at)
		require.Equal(t, turn.code, goal.Because[0].Code, turn.at)
	}
}

func TestAReturnedClaimIsYellowFromTheReturnUntilItIsCorrected(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2013-06-01").
		Submitted("r-1", models.Found, modelstest.Enterprise(1)).On("2013-06-10").Returned("r-1")
	goal := goalOf(t, obligation, models.Found, obligation.Now)
	require.Equal(t, models.Yellow, goal.Light)
	require.Equal(t, models.GoalInProgress, goal.State)
	require.Equal(t, models.BecauseReturned, goal.Because[0].Code, "what decides the light is said first")
	obligation.On("2013-06-12").Resubmitted("r-1")
	require.Equal(t, models.Green, goalOf(t, obligation, models.Found, obligation.Now).Light)
}

func TestTheSameStandingIsGivenEveryTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := lifeOf(t)
		asOf := obligation.Obligation.At.AddDate(0, rapid.IntRange(0, 40).Draw(t, "months"), 0)
		first := textOf(t, obligation.Obligation.Standing(asOf, obligation.Rules))
		for range 5 {
			require.Equal(t, first, textOf(t, obligation.Obligation.Standing(asOf, obligation.Rules)))
		}
	})
}
