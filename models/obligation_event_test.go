package models_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func TestEventsInOrderRebuildTheSameObligation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := lifeOf(t)
		require.Equal(t, life.Obligation, models.Rebuild(life.Events))
		cut := rapid.IntRange(1, len(life.Events)).Draw(t, "snapshot after")
		half := models.Rebuild(life.Events[:cut])
		for _, event := range life.Events[cut:] {
			half.Apply(event)
		}
		require.Equal(t, life.Obligation, half)
	})
}

func TestSealedEntriesRebuildTheSameObligation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := lifeOf(t)
		var rebuilt models.Obligation
		for _, entry := range sealed(t, life.Events) {
			var read models.Entry
			require.NoError(t, json.Unmarshal([]byte(textOf(t, entry)), &read))
			event, err := read.Event()
			require.NoError(t, err)
			rebuilt.Apply(event)
		}
		require.Equal(t, life.Obligation, rebuilt)
	})
}

func TestAnObligationIsTheSameAfterBeingWrittenAndRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := lifeOf(t)
		var read models.Obligation
		require.NoError(t, json.Unmarshal([]byte(textOf(t, life.Obligation)), &read))
		require.Equal(t, life.Obligation, read)
		asOf := life.Obligation.At.AddDate(0, 0, 10)
		require.Equal(t, life.Obligation.Standing(asOf, life.Rules), read.Standing(asOf, life.Rules))
	})
}

func TestACommandIsTheSameAfterBeingWrittenAndRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := modelstest.AnObligation(t).Enrolled()
		modelstest.Walk(t, life, walkSteps, func(command models.Command, _ []models.Event, _ error) {
			text := textOf(t, command)
			var read models.Command
			require.NoError(t, json.Unmarshal([]byte(text), &read))
			require.Equal(t, text, textOf(t, read))
			require.Equal(t, command.Body, read.Body)
			require.True(t, command.At.Equal(read.At))
			require.Equal(t, command.Record(), read.Record())
		})
	})
}

func TestACommandReadFromAnywhereDecidesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := lifeOf(t)
		command := modelstest.DrawCommand(t, life)
		command.At = command.At.In(time.FixedZone("elsewhere", -5*3600))
		var read models.Command
		require.NoError(t, json.Unmarshal([]byte(textOf(t, command)), &read))
		here, refusedHere := life.Obligation.Decide(command, life.Rules)
		there, refusedThere := life.Obligation.Decide(read, life.Rules)
		require.Equal(t, refusedHere, refusedThere)
		require.Equal(t, here, there)
	})
}

func TestDecidingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := lifeOf(t)
		before := textOf(t, life.Obligation)
		rules := textOf(t, life.Rules)
		for range 20 {
			command := modelstest.DrawCommand(t, life)
			given := textOf(t, command)
			_, _ = life.Obligation.Decide(command, life.Rules)
			life.Obligation.NextRung(life.Now, life.Rules)
			life.Obligation.Standing(life.Now, life.Rules)
			require.Equal(t, before, textOf(t, life.Obligation))
			require.Equal(t, rules, textOf(t, life.Rules))
			require.Equal(t, given, textOf(t, command))
		}
	})
}

func TestCopiesNeverShareAChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := modelstest.AnObligation(t).Enrolled()
		type kept struct {
			copied models.Obligation
			text   string
		}
		var copies []kept
		modelstest.Walk(t, life, walkSteps, func(_ models.Command, events []models.Event, _ error) {
			if len(events) > 0 {
				copies = append(copies, kept{life.Obligation, textOf(t, life.Obligation)})
			}
		})
		for _, one := range copies {
			require.Equal(t, one.text, textOf(t, one.copied))
		}
	})
}

func TestEventsAreNumberedWithoutGapsAndNeverGoBackInTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := lifeOf(t)
		var last time.Time
		for i, event := range life.Events {
			require.Equal(t, int64(i)+1, event.Sequence)
			require.Equal(t, life.Obligation.ID.Subject(), event.Subject)
			require.False(t, event.At.Before(last), "event %d", event.Sequence)
			require.Equal(t, event.At, event.At.UTC().Truncate(time.Microsecond))
			require.NotEmpty(t, event.Command)
			last = event.At
		}
	})
}

func TestTheSameCommandIsDecidedTheSameWayEveryTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := lifeOf(t)
		command := modelstest.DrawCommand(t, life)
		first, refused := life.Obligation.Decide(command, life.Rules)
		for range 5 {
			again, refusedAgain := life.Obligation.Decide(command, life.Rules)
			require.Equal(t, first, again)
			if refused != nil {
				require.Equal(t, refused.Error(), refusedAgain.Error())
			}
		}
	})
}

func TestEveryNoIsATypedRefusal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := modelstest.AnObligation(t).Enrolled()
		modelstest.Walk(t, life, walkSteps, func(_ models.Command, events []models.Event, err error) {
			if err == nil {
				require.NotEmpty(t, events)
				return
			}
			refusal, ok := models.AsRefusal(err)
			require.True(t, ok)
			require.NotEmpty(t, refusal.Code)
			require.Empty(t, events)
		})
	})
}

func TestACommandWithoutABodyIsRefused(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled()
	_, err := obligation.Obligation.Decide(models.Command{ID: "empty", At: obligation.Now}, obligation.Rules)
	refusal, ok := models.AsRefusal(err)
	require.True(t, ok)
	require.Equal(t, models.RefusedUnknownCommand, refusal.Code)
	_, err = json.Marshal(models.Command{ID: "empty"})
	require.ErrorContains(t, err, "unknown-command")
}

func TestTwoFuturesOfOneObligationDoNotMix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		past := lifeOf(t)
		one, other := *past, *past
		modelstest.Walk(t, &one, 30, nil)
		text := textOf(t, one.Obligation)
		modelstest.Walk(t, &other, 30, nil)
		require.Equal(t, text, textOf(t, one.Obligation))
	})
}

func TestTwoSuspensionsFromOneMomentDoNotMix(t *testing.T) {
	past := modelstest.AnObligation(t).Enrolled()
	for _, month := range []string{"2013-02", "2013-04", "2013-06"} {
		past.On(month+"-01").Suspended(month+"-01", month+"-10")
		past.On(month + "-20")
	}
	one, other := *past, *past
	one.On("2013-08-01").Suspended("2013-08-01", "2013-08-05")
	other.On("2013-08-01").Suspended("2013-08-01", "2013-08-20")
	require.Equal(t, "2013-08-05", one.Obligation.Suspensions[3].Until.String())
}
