package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

// relieving are the commands of the organization department.
var relieving = []models.CommandKind{
	models.CommandSuspend, models.CommandResume, models.CommandExtend, models.CommandExempt,
	models.CommandTransfer, models.CommandAdoptPolicy, models.CommandClose,
}

func TestWhatThePolicyWantsApprovedTakesEffectOnlyByASecondPerson(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := modelstest.AnObligation(t).Enrolled().On("2014-03-01")
		alone := b.Rules
		rules := b.Rules
		rules.SecondApproval = rapid.SliceOfDistinct(rapid.SampledFrom(relieving),
			func(kind models.CommandKind) models.CommandKind { return kind }).Draw(t, "approved kinds")
		body := rapid.SampledFrom([]models.CommandBody{
			models.Suspend{From: models.MustDate("2014-03-01"), Ground: "illness", Document: "d"},
			models.Extend{Kinds: models.Kinds, Due: models.MustDate("2016-06-30"), Ground: "force-majeure", Document: "d"},
			models.Exempt{Kinds: models.Kinds, Ground: "illness", Document: "d"},
			models.Transfer{To: "120102", On: models.MustDate("2014-03-01"), Document: "d"},
			models.Close{Ground: "retirement", Document: "d"},
			models.Suspend{From: models.MustDate("2014-03-02"), Ground: "illness", Document: "d"},
		}).Draw(t, "body")
		accounts := rapid.SampledFrom([]models.AccountID{"", "organizer", "second"})
		actor := models.Actor{Account: "organizer", Proposer: accounts.Draw(t, "proposer")}
		wanted := rules.WantsSecondApproval(body.CommandKind())

		_, err := b.Obligation.Decide(b.Command(actor, body), rules)
		refusal, _ := models.AsRefusal(err)
		switch {
		case wanted && actor.Proposer == "":
			require.NotNil(t, refusal)
			require.Equal(t, models.RefusedSecondApproval, refusal.Code)
		case actor.Proposer == actor.Account:
			require.NotNil(t, refusal)
			require.Equal(t, models.RefusedOwnProposal, refusal.Code)
		default:
			_, without := b.Obligation.Decide(b.Command(models.Actor{Account: "organizer"}, body), alone)
			require.Equal(t, without == nil, err == nil, "approval changes nothing else of the rules")
		}
	})
}

func TestAProposalIsRefusedForWhateverWouldRefuseTheCommandItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := modelstest.AnObligation(t).Enrolled().On("2014-03-01")
		rules := b.Rules
		rules.SecondApproval = relieving
		body := models.Exempt{
			Kinds: models.Kinds, Document: "d",
			Ground: rapid.SampledFrom([]models.Ground{"illness", "no-such-ground"}).Draw(t, "ground"),
		}
		actor := rapid.SampledFrom([]models.Actor{
			{Account: "organizer"},
			b.Cadre(),
			{Account: "substitute", Cadre: "c-0002", SubstituteFor: []models.CadreID{b.Obligation.ID.Cadre}},
		}).Draw(t, "proposer")
		proposed := b.Obligation.Propose(b.Command(actor, body), rules)
		_, given := b.Obligation.Decide(b.Command(actor, body), b.Rules)
		require.Equal(t, given == nil, proposed == nil)
		require.Equal(t, relieving, rules.SecondApproval, "asking changes no rule")
	})
}

func TestNobodyApprovesForThemselvesOrForWhomTheyStandInFor(t *testing.T) {
	b := modelstest.AnObligation(t).Enrolled().On("2014-03-01")
	b.Rules.SecondApproval = []models.CommandKind{models.CommandExempt}
	exempt := models.Exempt{Kinds: models.Kinds, Ground: "illness", Document: "d"}
	own := b.Cadre()
	own.Proposer = "organizer"
	require.Equal(t, models.RefusedOwnClaim, b.Refused(own, exempt))
	substitute := models.Actor{
		Account: "second", Cadre: "c-0002", SubstituteFor: []models.CadreID{b.Obligation.ID.Cadre}, Proposer: "organizer",
	}
	require.Equal(t, models.RefusedOwnClaim, b.Refused(substitute, exempt))
	b.Do(models.Actor{Account: "second", Proposer: "organizer"}, exempt)
	require.Equal(t, models.AccountID("organizer"), b.Events[len(b.Events)-1].Actor.Proposer, "both names are in the event")
}
