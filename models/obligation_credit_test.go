package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func TestNoLifeLetsTwoActiveRecordsHoldOneEnterprise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		modelstest.Walk(t, obligation, walkSteps, func(models.Command, []models.Event, error) {
			holders := map[models.EnterpriseKey]models.Record{}
			for _, record := range obligation.Obligation.Records {
				if !record.State.Active() {
					continue
				}
				if first, twice := holders[record.Enterprise]; twice {
					t.Fatalf("%s serves %s as %s and %s as %s", record.Enterprise, first.ID, first.Kind, record.ID, record.Kind)
				}
				holders[record.Enterprise] = record
			}
		})
	})
}

func TestACreditIsLostOnlyByRevokingOrYielding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		credited := map[models.RecordID]bool{}
		modelstest.Walk(t, obligation, walkSteps, func(command models.Command, events []models.Event, _ error) {
			for _, event := range events {
				if credit, ok := event.Body.(models.RecordCredited); ok {
					require.False(t, credited[credit.Record], "%s is credited again", credit.Record)
					credited[credit.Record] = true
				}
			}
			kind := command.Body.CommandKind()
			for id := range credited {
				if stateOf(t, obligation, id) == models.StateCredited {
					continue
				}
				require.Contains(t, []models.CommandKind{models.CommandRevoke, models.CommandYield}, kind)
				require.Equal(t, id, command.Record())
				delete(credited, id)
			}
		})
		for _, kind := range models.Kinds {
			count := 0
			for id := range credited {
				if record, _ := obligation.Obligation.Record(id); record.Kind == kind {
					count++
				}
			}
			require.Equal(t, count, obligation.Obligation.Credits(kind))
		}
	})
}

func TestACreditPassedEveryStageInOrderUnderDifferentAccounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		type acceptance struct {
			stage   models.Stage
			account models.AccountID
		}
		passed := map[models.RecordID][]acceptance{}
		modelstest.Walk(t, obligation, walkSteps, func(_ models.Command, events []models.Event, _ error) {
			for _, event := range events {
				switch body := event.Body.(type) {
				case models.RecordAccepted:
					passed[body.Record] = append(passed[body.Record], acceptance{body.Stage, event.Actor.Account})
				case models.RecordWithdrawn:
					delete(passed, body.Record)
				case models.RecordCredited:
					accounts := map[models.AccountID]bool{}
					require.Len(t, passed[body.Record], len(obligation.Rules.Stages))
					for i, rule := range obligation.Rules.Stages {
						require.Equal(t, rule.Stage, passed[body.Record][i].stage)
						accounts[passed[body.Record][i].account] = true
					}
					require.Len(t, accounts, len(obligation.Rules.Stages), "somebody accepted two stages")
				}
			}
		})
	})
}

func TestARevokedCreditOpensItsGoalAndFreesTheEnterprise(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01").Fulfilled()
	require.True(t, obligation.Obligation.Met())
	obligation.On("2014-06-01").Do(modelstest.Organizer(), models.Revoke{Record: "fulfilling-found", Document: "d-1"})
	require.False(t, obligation.Obligation.Met())
	require.Zero(t, obligation.Obligation.Credits(models.Found))
	require.Equal(t, models.ObligationActive, obligation.Obligation.Standing(obligation.Now, obligation.Rules).State)

	freed := modelstest.Enterprise(7002)
	obligation.Submitted("another", models.Introduce, freed)
	require.Equal(t, models.StateUnderReview, stateOf(t, obligation, "another"))
}

func TestARevokedRecordIsNeverSubmittedAgain(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01").Fulfilled()
	obligation.Do(modelstest.Organizer(), models.Revoke{Record: "fulfilling-found", Document: "d-1"})
	claim := obligation.Claim("fulfilling-found", models.Found, modelstest.Enterprise(7002))
	require.Equal(t, models.RefusedRecordState, obligation.Refused(obligation.Cadre(), claim))
}

func TestRevokingNeedsADocument(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01").Fulfilled()
	require.Equal(t, models.RefusedNoDocument,
		obligation.Refused(modelstest.Organizer(), models.Revoke{Record: "fulfilling-found"}))
}

func TestTheSameEnterpriseCannotServeASecondGoal(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01").Submitted("r-1", models.Found, modelstest.Enterprise(1))
	require.Equal(t, models.RefusedEnterpriseOtherGoal,
		obligation.Refused(obligation.Cadre(), obligation.Claim("r-2", models.Introduce, modelstest.Enterprise(1))))
	require.Equal(t, models.RefusedEnterpriseOtherClaim,
		obligation.Refused(obligation.Cadre(), obligation.Claim("r-2", models.Found, modelstest.Enterprise(1))))
}

func TestAGoalMayBeOverfulfilled(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01").
		Credited("r-1", models.Found, modelstest.Enterprise(1)).
		Credited("r-2", models.Found, modelstest.Enterprise(2))
	require.Equal(t, 2, obligation.Obligation.Credits(models.Found))
}
