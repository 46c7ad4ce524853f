package models_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

func TestARefusalIsFoundBehindWhatWasBeingDone(t *testing.T) {
	refusal := models.Refuse(models.RefusedStage, "record", "r-1", "stage", "city-science")
	found, ok := models.AsRefusal(fmt.Errorf("submit record r-1: %w", refusal))
	require.True(t, ok)
	require.Same(t, refusal, found)
	_, ok = models.AsRefusal(errors.New("disk full"))
	require.False(t, ok)
	_, ok = models.AsRefusal(nil)
	require.False(t, ok)
}

func TestARefusalReadsTheSameEveryTime(t *testing.T) {
	refusal := models.Refuse(models.RefusedDate, "due", "2015-12-31", "after", "2015-12-31", "latest", "2016-12-30")
	for range 50 {
		require.Equal(t, "refused: date-invalid after=2015-12-31 due=2015-12-31 latest=2016-12-30", refusal.Error())
	}
	require.Equal(t, "refused: not-the-claimant", models.Refuse(models.RefusedNotClaimant).Error())
}

func TestARefusalSurvivesTheJourneyToThePage(t *testing.T) {
	refusal := models.Refuse(models.RefusedReturnLimit, "limit", "3")
	var read models.Refusal
	require.NoError(t, json.Unmarshal([]byte(textOf(t, refusal)), &read))
	require.Equal(t, *refusal, read)
}

func TestAnObligationIsNamedByPlanAndCadre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringMatching(`[A-Za-z0-9_-]{1,24}`)
		id := models.ObligationID{Plan: models.PlanID(part.Draw(t, "plan")), Cadre: models.CadreID(part.Draw(t, "cadre"))}
		require.True(t, id.Valid())
		byPath, err := models.ParseObligationID(id.String())
		require.NoError(t, err)
		require.Equal(t, id, byPath)
		bySubject, err := models.ParseSubject(id.Subject())
		require.NoError(t, err)
		require.Equal(t, id, bySubject)
	})
}

func TestEveryUpdateIsACommandThatCanBeRead(t *testing.T) {
	seen := map[models.CommandKind]bool{}
	for _, kind := range models.UpdateKinds {
		require.False(t, seen[kind], kind)
		seen[kind] = true
		var command models.Command
		require.NoError(t, json.Unmarshal([]byte(`{"kind":"`+string(kind)+`","body":{}}`), &command))
		require.Equal(t, kind, command.Body.CommandKind())
	}
	for _, kind := range []models.CommandKind{models.CommandEnrol, models.CommandPassRung} {
		require.False(t, seen[kind], "%s is not for people", kind)
	}
	require.Len(t, models.UpdateKinds, 16)
}

func TestAnUnknownCommandIsARefusalNotAFault(t *testing.T) {
	var command models.Command
	err := json.Unmarshal([]byte(`{"kind":"destroy","body":{}}`), &command)
	refusal, ok := models.AsRefusal(err)
	require.True(t, ok)
	require.Equal(t, models.RefusedUnknownCommand, refusal.Code)
	require.Equal(t, "destroy", refusal.Params["kind"])
}
