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

// deputyOf stands in for the claimant and says so.
func deputyOf(obligation *modelstest.Builder) models.Actor {
	cadre := obligation.Obligation.ID.Cadre
	return models.Actor{Account: "deputy", Cadre: "c-0009", SubstituteFor: []models.CadreID{"c-0008", cadre}, For: cadre}
}

func TestADeputySubmitsAndWithdrawsForTheCadreAndBothAreOnRecord(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01")
	deputy := deputyOf(obligation)
	obligation.Do(deputy, obligation.Claim("r-1", models.Found, modelstest.Enterprise(1)))
	written := obligation.Events[len(obligation.Events)-1].Actor
	require.Equal(t, models.AccountID("deputy"), written.Account)
	require.Equal(t, obligation.Obligation.ID.Cadre, written.For)
	obligation.Do(deputy, models.Withdraw{Record: "r-1"})
	require.Equal(t, models.StateWithdrawn, stateOf(t, obligation, "r-1"))
}

func TestWhoNamesACadreForWhomTheyDoNotStandInIsNoClaimant(t *testing.T) {
	obligation := submitted(t)
	pretender := models.Actor{Account: "x", Cadre: "c-0009", SubstituteFor: []models.CadreID{"c-0008"}, For: obligation.Obligation.ID.Cadre}
	require.Equal(t, models.RefusedNotClaimant, obligation.Refused(pretender, models.Withdraw{Record: "r-1"}))
	silent := deputyOf(obligation)
	silent.For = "c-0008"
	require.Equal(t, models.RefusedNotClaimant, obligation.Refused(silent, models.Withdraw{Record: "r-1"}), "on another's behalf")
}

func TestWhoSubmittedForACadreNeverDecidesOnItNotEvenLater(t *testing.T) {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01")
	obligation.Do(deputyOf(obligation), obligation.Claim("r-1", models.Found, modelstest.Enterprise(1)))
	later := models.Actor{Account: "deputy", Cadre: "c-0009"}
	accept := models.Accept{Record: "r-1", Stage: models.StageDistrictScience, ReviewDue: obligation.Now.Add(time.Hour)}
	require.Equal(t, models.RefusedOwnClaim, obligation.Refused(later, accept))
	obligation.Accepted("r-1").Returned("r-1").Resubmitted("r-1")
	accept.Stage = models.StageDistrictOrganization
	require.Equal(t, models.RefusedOwnClaim, obligation.Refused(later, accept), "the cadre's own correction changes nothing")
	obligation.Accepted("r-1")
}

// TestNobodyDecidesOnAClaimThatIsNearToThem goes through every way in which
// somebody may be near to a claim, in whatever role they decide.
func TestNobodyDecidesOnAClaimThatIsNearToThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01")
		cadre := obligation.Obligation.ID.Cadre
		cadres := []models.CadreID{cadre, "c-0007", "c-0008"}
		actor := models.Actor{
			Account: rapid.SampledFrom([]models.AccountID{"deputy", "reviewer"}).Draw(t, "account"),
			Cadre:   rapid.SampledFrom(append([]models.CadreID{""}, cadres...)).Draw(t, "cadre"),
		}
		actor.SubstituteFor = rapid.SliceOfDistinct(rapid.SampledFrom(cadres), rapid.ID).Draw(t, "stands in for")
		if len(actor.SubstituteFor) > 0 && rapid.Bool().Draw(t, "by another's right") {
			actor.For = rapid.SampledFrom(actor.SubstituteFor).Draw(t, "for")
		}
		claimant := obligation.Cadre()
		if rapid.Bool().Draw(t, "submitted by a deputy") {
			claimant = deputyOf(obligation)
		}
		obligation.Do(claimant, obligation.Claim("r-1", models.Found, modelstest.Enterprise(1)))
		near := actor.Cadre == cadre || actor.Account == claimant.Account
		for _, one := range actor.SubstituteFor {
			near = near || one == cadre
		}
		_, err := obligation.Try(obligation.Command(actor, models.Accept{
			Record: "r-1", Stage: models.StageDistrictScience, ReviewDue: obligation.Now.Add(time.Hour),
		}))
		if !near {
			require.NoError(t, err)
			return
		}
		refusal, refused := models.AsRefusal(err)
		require.True(t, refused)
		require.Equal(t, models.RefusedOwnClaim, refusal.Code)
	})
}

// The bytes of an actor are digested: an entry of before keeps its own.
func TestAnActorWithoutADeputyKeepsItsBytes(t *testing.T) {
	for want, actor := range map[string]models.Actor{
		`{"account":"a"}`:                                             {Account: "a"},
		`{"account":"a","cadre":"c"}`:                                 {Account: "a", Cadre: "c"},
		`{"account":"a","cadre":"c","substituteFor":["d"]}`:           {Account: "a", Cadre: "c", SubstituteFor: []models.CadreID{"d"}},
		`{"account":"a","cadre":"c","substituteFor":["d"],"for":"d"}`: {Account: "a", Cadre: "c", SubstituteFor: []models.CadreID{"d"}, For: "d"},
	} {
		written, err := json.Marshal(actor)
		require.NoError(t, err)
		require.Equal(t, want, string(written))
	}
}

// The digest was computed before actors could name whom an act is for.
func TestAnEntryOfBeforeSubstitutionsKeepsItsDigest(t *testing.T) {
	event := models.Event{
		Subject: "obligation/p/c", Sequence: 1, At: time.Date(2014, 5, 6, 1, 2, 3, 0, time.UTC), Command: "k",
		Actor: models.Actor{Account: "a", Cadre: "c", SubstituteFor: []models.CadreID{"d"}}, Body: models.RecordWithdrawn{Withdraw: models.Withdraw{Record: "r"}},
	}
	entry, err := models.Seal(event, models.Words{}, "")
	require.NoError(t, err)
	require.Equal(t, "6a6911f485295f965fe4c06ab035010dccd9aeba4835b1a7ed319e69591a0206", entry.SHA256)
}
