package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"bangfu/activities"
	"bangfu/models"
)

// A history keeps the facts that a command led to. A later release may refuse
// the same command; a replay must not ask it.
func TestFactsOfAHistoryHoldWhateverTheRulesSayToday(t *testing.T) {
	w := aTerm(t)
	w.env.OnActivity(w.acts.AppendEvents, mock.Anything, mock.Anything).Return(
		func(_ context.Context, input activities.AppendInput) (activities.AppendResult, error) {
			suspend, suspends := input.Command.Body.(models.Suspend)
			require.True(t, suspends)
			// The rules of today refuse a suspension for eighty years.
			suspend.Until = models.MustDate("2093-01-01")
			command := input.Command
			command.Body = suspend
			_, err := input.Obligation.Decide(command, input.Rules)
			require.Error(t, err)
			sequence := input.Obligation.Sequence + 1
			return activities.AppendResult{Outcome: activities.OutcomeAppended, Sequence: sequence, Events: []models.Event{{
				Subject: input.Obligation.ID.Subject(), Sequence: sequence, At: input.Command.At,
				Actor: input.Command.Actor, Command: input.Command.ID, Body: models.Suspended{Suspend: suspend},
			}}}, nil
		})
	var got *answer
	w.on("2013-03-01", func(now time.Time) { got = w.give(w.duty.Suspend(now)) })
	var seen models.Standing
	w.on("2013-03-02", func(time.Time) { seen = w.standing() })
	w.runUntil("2013-03-03")
	require.NoError(t, got.err)
	require.Equal(t, models.ObligationSuspended, seen.State)
}
