package workflows

import (
	"hash/fnv"
	"time"

	"bangfu/models"
)

// The task queues. Notices have their own, whose rate is limited, so that a
// slow mail server never holds up an obligation.
const (
	QueueObligations = "bangfu-obligations"
	QueueNotices     = "bangfu-notices"
)

// The registered names of the workflows. Histories hold them, so the names stay
// when a Go function is renamed.
const (
	ObligationWorkflow   = "Obligation"
	AdjudicationWorkflow = "Adjudication"
	EnrolmentWorkflow    = "Enrolment"
	DigestWorkflow       = "DailyDigest"
	ReconcileWorkflow    = "Reconcile"
	BatchWorkflow        = "Batch"

	InspectionWorkflow     = "Inspection"
	UnitInspectionWorkflow = "UnitInspection"
	SampleWorkflow         = "Sample"
	FindingWorkflow        = "Finding"
	QuarterWorkflow        = "QuarterOpening"
)

// Messages to a workflow. Updates are named by models.UpdateKinds.
const (
	// QueryStanding answers with models.Standing as of the workflow's now.
	QueryStanding = "standing"
	// SignalRefresh makes an obligation continue as new and so read the archive
	// and meet new code.
	SignalRefresh = "refresh"
	// SignalMore tells a running enrolment that there are new obligations.
	SignalMore = "more"
	// SignalSettled tells a cycle that no report is awaited any more.
	SignalSettled = "settled"
)

// Schedules and the workflows they start.
const (
	ScheduleDigest    = "daily-digest"
	ScheduleReconcile = "nightly-reconcile"
	// ScheduleQuarter opens the inspection of a quarter.
	ScheduleQuarter = "quarterly-inspection"
)

// Change IDs for workflow.GetVersion are declared here, newest last, each with
// the release that brought it (see the package comment).
const (
	// changeExpireRosters: the nightly run removes the sheets of old imports.
	// Since the release after 1.0.
	changeExpireRosters = "expire-rosters"
	// changePromptEarlyDrafts: a cycle that an inspector drafted early prompts talks
	// as well. Since the release after 1.0.
	changePromptEarlyDrafts = "prompt-early-drafts"
)

// ObligationInput identifies the obligation of a run; all else is in the archive.
type ObligationInput struct {
	Plan  models.PlanID  `json:"plan"`
	Cadre models.CadreID `json:"cadre"`
}

// ID is the obligation's identity.
func (i ObligationInput) ID() models.ObligationID {
	return models.ObligationID{Plan: i.Plan, Cadre: i.Cadre}
}

// InputOf is the input for an obligation.
func InputOf(id models.ObligationID) ObligationInput {
	return ObligationInput{Plan: id.Plan, Cadre: id.Cadre}
}

// EnrolmentID is the workflow that starts a plan's obligations.
func EnrolmentID(plan models.PlanID) string { return "enrolment/" + string(plan) }

// AdjudicationID is the workflow that carries out one decision of a dispute. It
// is named by the decision: one that was refused may be followed by another.
func AdjudicationID(decision models.CommandID) string { return "adjudication/" + string(decision) }

// BatchID is the workflow that carries out an approved proposal.
func BatchID(proposal models.ProposalID) string { return "batch/" + string(proposal) }

// YieldCommandID is the idempotency key of the holder's part of an adjudication.
func YieldCommandID(adjudication models.CommandID) models.CommandID {
	return adjudication + "/yield"
}

// rungSpread bounds how long after its instant a rung is recorded.
const rungSpread = 5 * time.Minute

// RungOffset spreads the rungs that fall on one midnight. It depends on the
// obligation alone, so a replay and a new run wake at the same instant. The
// event's ReachedAt stays the rung's own.
func RungOffset(id models.ObligationID) time.Duration {
	hash := fnv.New32a()
	// Writing to a hash never fails.
	_, _ = hash.Write([]byte(id.Subject()))
	return time.Duration(hash.Sum32()%uint32(rungSpread/time.Second)) * time.Second
}
