// Package modelstest has the fixtures that tests of several packages share:
// the rules of policy version 1, builders of obligations, and a generator of
// command sequences.
package modelstest

import (
	"fmt"

	"bangfu/models"
)

// Rules are those of policy version 1.
func Rules() models.Rules {
	return models.Rules{
		Version: 1,
		Goals: []models.GoalRule{
			{Kind: models.Introduce, Required: 1, Established: models.EstablishedAnyTime, EvidenceAsked: evidenceFor("relocation")},
			{Kind: models.Found, Required: 1, Established: models.EstablishedInside, EvidenceAsked: evidenceFor("founder")},
			{
				Kind: models.Transform, Required: 1, Established: models.EstablishedEarlier,
				EvidenceAsked: evidenceFor("comparison", "route-map"),
			},
		},
		Stages: []models.StageRule{
			{Stage: models.StageDistrictScience, WorkingDays: 5},
			{Stage: models.StageDistrictOrganization, WorkingDays: 5},
			{Stage: models.StageCityScience, WorkingDays: 10},
		},
		CorrectionWorkingDays: 10,
		ReturnLimit:           3,
		Lights:                models.LightRule{BlueDays: 90, YellowDays: 30},
		Rungs: []models.RungRule{
			{Code: "schedule-1", Anchor: models.AnchorShare, Numerator: 1, Denominator: 3},
			{Code: "schedule-2", Anchor: models.AnchorShare, Numerator: 2, Denominator: 3},
			{Code: "due-180", Anchor: models.AnchorDue, Days: -180},
			{Code: "due-90", Anchor: models.AnchorDue, Days: -90},
			{Code: "due-30", Anchor: models.AnchorDue, Days: -30},
			{Code: "due-7", Anchor: models.AnchorDue, Days: -7},
			{Code: models.RungOverdue, Anchor: models.AnchorOverdue},
			{Code: models.RungTalk, Anchor: models.AnchorOverdue, Days: 30},
		},
		SuspensionBackdateDays: 30,
		SuspensionGrounds:      []models.Ground{"illness", "maternity", "secondment", "training"},
		ExtensionLimitDays:     365,
		ExtensionGrounds:       []models.Ground{"force-majeure", "policy-change", "enterprise-cause"},
		ExemptionGrounds:       []models.Ground{"illness", "retirement", "transfer-out", "plan-change"},
		ClosingGrounds:         []models.Ground{"retirement", "transfer-out", "death", "plan-end", "plan-change"},
		CloseAfterDays:         60,
	}
}

func evidenceFor(more ...models.EvidenceCategory) []models.EvidenceCategory {
	return append([]models.EvidenceCategory{"licence", "recognition", "confirmation"}, more...)
}

// AllEvidence satisfies every kind.
func AllEvidence() []models.EvidenceCategory {
	return evidenceFor("relocation", "founder", "comparison", "route-map")
}

// Enterprise is the key of the n-th made-up enterprise, with a valid check
// character (GB 11714). n is below 100 000 000.
func Enterprise(n int) models.EnterpriseKey {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	body := fmt.Sprintf("%08d", n)
	sum := 0
	for i, weight := range weights {
		sum += int(body[i]-'0') * weight
	}
	return models.EnterpriseKey(body + string("0X987654321"[sum%11]))
}

// Reviewer is the account that acts at a stage in built obligations.
func Reviewer(stage models.Stage) models.Actor {
	return models.Actor{Account: models.AccountID("reviewer-" + string(stage))}
}

// Organizer is the organization department's account.
func Organizer() models.Actor { return models.Actor{Account: "organizer"} }

// Adjudicator settles disputes.
func Adjudicator() models.Actor { return models.Actor{Account: "adjudicator"} }

// Clock is the actor of rungs.
func Clock() models.Actor { return models.Actor{Account: models.SystemAccount} }
