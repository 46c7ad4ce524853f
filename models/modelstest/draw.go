package modelstest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"bangfu/models"
)

// Walk gives the obligation so many drawn commands, valid and invalid, at
// instants that mostly increase, sometimes jump to a boundary of the clock and
// sometimes jump back. each, if given, sees every command with its outcome.
func Walk(t *rapid.T, b *Builder, steps int, each func(models.Command, []models.Event, error)) {
	for range steps {
		b.Now = DrawInstant(t, b)
		command := DrawCommand(t, b)
		events, err := b.Try(command)
		if each != nil {
			each(command, events, err)
		}
	}
}

// DrawInstant draws when the next command comes.
func DrawInstant(t *rapid.T, b *Builder) time.Time {
	micros := func(low, high time.Duration) time.Duration {
		return time.Duration(rapid.Int64Range(int64(low/time.Microsecond), int64(high/time.Microsecond)).Draw(t, "wait")) * time.Microsecond
	}
	const day = 24 * time.Hour
	switch evenly(t, 12, "leap") {
	case 0:
		return b.Now
	case 1:
		return b.Now.Add(-micros(0, 3*day))
	case 2, 3:
		rung, comes := b.Obligation.NextRung(b.Now, b.Rules)
		if !comes || rung.At.Before(b.Now) {
			return b.Now
		}
		return rung.At.Add(micros(-time.Microsecond, time.Microsecond))
	case 4:
		return b.Now.Add(micros(0, 200*day))
	case 5, 6, 7:
		return b.Now.Add(micros(0, 20*day))
	default:
		return b.Now.Add(micros(0, 2*day))
	}
}

// DrawCommand draws a command that mostly fits the obligation's state.
func DrawCommand(t *rapid.T, b *Builder) models.Command {
	kinds := []models.CommandKind{
		models.CommandSubmit, models.CommandSubmit, models.CommandSubmit, models.CommandSubmit, models.CommandSubmit,
		models.CommandAccept, models.CommandAccept, models.CommandAccept, models.CommandAccept, models.CommandAccept,
		models.CommandAccept, models.CommandAccept, models.CommandAccept, models.CommandAccept, models.CommandAccept,
		models.CommandAccept, models.CommandReturn, models.CommandReturn, models.CommandReject, models.CommandWithdraw,
		models.CommandDispute, models.CommandAdjudicate, models.CommandAdjudicate, models.CommandYield,
		models.CommandRevoke, models.CommandSuspend, models.CommandSuspend, models.CommandResume, models.CommandResume,
		models.CommandExtend, models.CommandExempt, models.CommandTransfer, models.CommandAdoptPolicy,
		models.CommandPassRung, models.CommandPassRung, models.CommandPassRung, models.CommandClose, models.CommandEnrol,
	}
	kind := kinds[evenly(t, len(kinds), "kind")]
	body := drawBody(t, b, kind)
	return b.Command(drawActor(t, b, body), body)
}

func drawBody(t *rapid.T, b *Builder, kind models.CommandKind) models.CommandBody {
	record := drawRecord(t, b)
	stage := b.Rules.Stages[evenly(t, len(b.Rules.Stages), "stage")].Stage
	known, _ := b.Obligation.Record(record)
	if known.Stage != "" && !rarely(t, "other stage") {
		stage = known.Stage
	}
	deadline := b.Now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "deadline")) * 24 * time.Hour)
	switch kind {
	case models.CommandEnrol:
		return models.Enrol{Obligation: b.id, Unit: b.unit, From: models.MustDate("2013-01-01"), Due: models.MustDate("2015-12-31")}
	case models.CommandSubmit:
		return drawClaim(t, b, record)
	case models.CommandDispute:
		return models.Dispute{
			Submit: drawClaim(t, b, record), Dispute: models.DisputeID("dispute-" + record), Holder: "held-elsewhere",
			HolderObligation: models.ObligationID{Plan: b.id.Plan, Cadre: "c-9999"},
		}
	case models.CommandWithdraw:
		return models.Withdraw{Record: record}
	case models.CommandAccept:
		return models.Accept{Record: record, Stage: stage, ReviewDue: deadline}
	case models.CommandReturn:
		fields := []string{"established", "evidence"}[:rapid.IntRange(0, 2).Draw(t, "fields")]
		return models.Return{Record: record, Stage: stage, Fields: fields, CorrectionDue: deadline}
	case models.CommandReject:
		return models.Reject{Record: record, Stage: stage}
	case models.CommandAdjudicate:
		return models.Adjudicate{Record: record, Dispute: models.DisputeID("dispute-" + record), Upheld: rapid.Bool().Draw(t, "upheld"), ReviewDue: deadline}
	case models.CommandYield:
		return models.Yield{Record: record, Dispute: "dispute-elsewhere", To: "record-elsewhere"}
	case models.CommandRevoke:
		return models.Revoke{Record: record, Document: drawDocument(t)}
	case models.CommandPassRung:
		rung, _ := b.Obligation.NextRung(b.Now, b.Rules)
		return models.PassRung{Rung: rung.ID}
	default:
		return drawOrganizing(t, b, kind)
	}
}

func drawOrganizing(t *rapid.T, b *Builder, kind models.CommandKind) models.CommandBody {
	today := models.DateOf(b.Now)
	day := func(low, high int, name string) models.Date {
		return today.AddDays(rapid.IntRange(low, high).Draw(t, name))
	}
	chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(models.Kinds), 0, 3, rapid.ID).Draw(t, "kinds")
	document := drawDocument(t)
	switch kind {
	case models.CommandSuspend:
		body := models.Suspend{From: day(-32, 1, "from"), Ground: ground(t, b.Rules.SuspensionGrounds), Document: document}
		if rapid.Bool().Draw(t, "planned") {
			body.Until = day(-2, 90, "until")
		}
		return body
	case models.CommandResume:
		return models.Resume{On: day(-20, 1, "on")}
	case models.CommandExtend:
		due := b.Obligation.PlanDue.AddDays(rapid.IntRange(-10, 370).Draw(t, "due"))
		return models.Extend{Kinds: chosen, Due: due, Ground: ground(t, b.Rules.ExtensionGrounds), Document: document}
	case models.CommandExempt:
		return models.Exempt{Kinds: chosen, Ground: ground(t, b.Rules.ExemptionGrounds), Document: document}
	case models.CommandTransfer:
		unit := rapid.SampledFrom([]models.UnitID{"120101", "120102", "120116-KFQ", ""}).Draw(t, "unit")
		return models.Transfer{To: unit, On: day(-5, 1, "on"), Document: document}
	case models.CommandAdoptPolicy:
		return models.AdoptPolicy{Version: models.PolicyVersion(rapid.IntRange(0, 3).Draw(t, "version")), Document: document}
	default:
		// Most lives go on: a closed obligation refuses all that follows.
		if evenly(t, 4, "close for a ground") > 0 {
			return models.Close{Ground: models.GroundFulfilled}
		}
		return models.Close{Ground: ground(t, b.Rules.ClosingGrounds), Document: document}
	}
}

func drawClaim(t *rapid.T, b *Builder, record models.RecordID) models.Submit {
	kind := models.Kinds[evenly(t, len(models.Kinds), "goal")]
	enterprise := Enterprise(evenly(t, 12, "enterprise") + 1)
	if known, ok := b.Obligation.Record(record); ok && !rarely(t, "changed claim") {
		kind, enterprise = known.Kind, known.Enterprise
	}
	claim := b.Claim(record, kind, enterprise)
	switch evenly(t, 20, "fault") {
	case 0:
		claim.Evidence = claim.Evidence[:2]
	case 1:
		claim.OccurredOn = claim.OccurredOn.AddDays(1)
	case 2:
		claim.Established = models.Date{}
	case 3:
		claim.Enterprise = "短"
	case 4:
		claim.ReviewDue = b.Now
	default:
	}
	return claim
}

// drawRecord names one of twenty records, mostly one that is known already.
func drawRecord(t *rapid.T, b *Builder) models.RecordID {
	if len(b.Obligation.Records) > 0 && evenly(t, 5, "known") > 0 {
		return b.Obligation.Records[evenly(t, len(b.Obligation.Records), "which")].ID
	}
	return models.RecordID(fmt.Sprintf("record-%d", evenly(t, 20, "record")+1))
}

// drawActor is who should give the command, and now and then somebody else.
func drawActor(t *rapid.T, b *Builder, body models.CommandBody) models.Actor {
	if rarely(t, "somebody else") {
		return rapid.SampledFrom([]models.Actor{
			b.Cadre(), Organizer(), Clock(),
			{Account: "other", Cadre: "c-0002"},
			{Account: "substitute", Cadre: "c-0003", SubstituteFor: []models.CadreID{"c-0002", b.id.Cadre}},
			{Account: "deputy", Cadre: "c-0003", SubstituteFor: []models.CadreID{b.id.Cadre}, For: b.id.Cadre},
		}).Draw(t, "actor")
	}
	switch body := body.(type) {
	case models.Submit, models.Dispute, models.Withdraw:
		return b.Cadre()
	case models.Accept:
		return Reviewer(body.Stage)
	case models.Return:
		return Reviewer(body.Stage)
	case models.Reject:
		return Reviewer(body.Stage)
	case models.Adjudicate, models.Yield:
		return Adjudicator()
	case models.PassRung:
		return Clock()
	default:
		return Organizer()
	}
}

func drawDocument(t *rapid.T) models.EvidenceID {
	if rarely(t, "no document") {
		return ""
	}
	return "document-1"
}

func ground(t *rapid.T, known []models.Ground) models.Ground {
	if rarely(t, "unknown ground") {
		return "no-such-ground"
	}
	return rapid.SampledFrom(known).Draw(t, "ground")
}

func rarely(t *rapid.T, what string) bool { return evenly(t, 15, what) == 14 }

// evenly draws one of n with about the same chance each; the plain ranges of
// rapid prefer small numbers, which would leave most commands undrawn.
func evenly(t *rapid.T, n int, what string) int {
	drawn := rapid.Uint64().Draw(t, what)
	return int((drawn * 0x9E3779B97F4A7C15 >> 33) % uint64(n))
}
