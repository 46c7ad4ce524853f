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

// walkSteps is how long a drawn life of an obligation is.
const walkSteps = 200

// shanghai reads an instant as a clock in Shanghai shows it.
func shanghai(t modelstest.TB, text string) time.Time {
	t.Helper()
	instant, err := time.ParseInLocation("2006-01-02 15:04:05.999999", text, models.Shanghai)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return instant.UTC()
}

// lifeOf draws a life and returns the obligation at its end.
func lifeOf(t *rapid.T) *modelstest.Builder {
	obligation := modelstest.AnObligation(t).Enrolled()
	modelstest.Walk(t, obligation, walkSteps, nil)
	return obligation
}

// textOf is the whole state in canonical form.
func textOf(t require.TestingT, value any) string {
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// goalOf is a goal's standing at an instant.
func goalOf(t require.TestingT, b *modelstest.Builder, kind models.Kind, asOf time.Time) models.GoalStanding {
	for _, goal := range b.Obligation.Standing(asOf, b.Rules).Goals {
		if goal.Kind == kind {
			return goal
		}
	}
	require.Fail(t, "no goal", kind)
	return models.GoalStanding{}
}

// redOf is the instant at which a goal turns red.
func redOf(t require.TestingT, b *modelstest.Builder, kind models.Kind) time.Time {
	goal, known := b.Obligation.Goal(kind)
	require.True(t, known)
	return b.Obligation.GoalTurning(goal, b.Rules).Red
}

func stateOf(t require.TestingT, b *modelstest.Builder, id models.RecordID) models.RecordState {
	record, known := b.Obligation.Record(id)
	require.True(t, known)
	return record.State
}

// TestDrawnLivesReachEveryKindOfEvent keeps the generator honest: properties
// over lives in which nothing happens would prove nothing.
func TestDrawnLivesReachEveryKindOfEvent(t *testing.T) {
	unseen := map[models.EventKind]bool{}
	for _, kind := range everyEventKind {
		unseen[kind] = true
	}
	// Some kinds are rare; a short run draws few lives at a time.
	for round := 0; round < 40 && len(unseen) > 0; round++ {
		rapid.Check(t, func(t *rapid.T) {
			for _, event := range lifeOf(t).Events {
				delete(unseen, event.Body.EventKind())
			}
		})
	}
	require.Empty(t, unseen, "no life had such an event")
}

var everyEventKind = []models.EventKind{
	models.EventEnrolled, models.EventRecordSubmitted, models.EventRecordWithdrawn, models.EventRecordAccepted,
	models.EventRecordCredited, models.EventRecordReturned, models.EventRecordRejected, models.EventRecordDisputed,
	models.EventDisputeUpheld, models.EventDisputeDismissed, models.EventRecordYielded, models.EventCreditRevoked,
	models.EventSuspended, models.EventResumed, models.EventExtended, models.EventExempted, models.EventTransferred,
	models.EventPolicyAdopted, models.EventRungPassed, models.EventClosed,
}
