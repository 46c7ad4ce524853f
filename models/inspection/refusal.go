package inspection

import "bangfu/models"

// Every refusal of the inspection. The codes are stable: they are the last part
// of the problem type that the API answers with.
const (
	RefusedStage          models.RefusalCode = "inspection-stage"
	RefusedQuarter        models.RefusalCode = "inspection-quarter-not-over"
	RefusedOpened         models.RefusalCode = "inspection-already-open"
	RefusedCancelled      models.RefusalCode = "inspection-cancelled"
	RefusedBulletin       models.RefusalCode = "bulletin-stage"
	RefusedBulletinStale  models.RefusalCode = "bulletin-changed"
	RefusedSameSigner     models.RefusalCode = "bulletin-same-signer"
	RefusedCorrection     models.RefusalCode = "bulletin-correction-open"
	RefusedUnit           models.RefusalCode = "inspection-unit-unknown"
	RefusedReportState    models.RefusalCode = "unit-report-state"
	RefusedReportStale    models.RefusalCode = "unit-report-changed"
	RefusedSameConfirmer  models.RefusalCode = "unit-report-same-person"
	RefusedDeadline       models.RefusalCode = "inspection-deadline"
	RefusedItem           models.RefusalCode = "sample-item-unknown"
	RefusedItemState      models.RefusalCode = "sample-item-state"
	RefusedSameChecker    models.RefusalCode = "sample-same-checker"
	RefusedHearing        models.RefusalCode = "sample-hearing-open"
	RefusedFindingState   models.RefusalCode = "finding-state"
	RefusedFindingUnknown models.RefusalCode = "finding-unknown"
	RefusedStep           models.RefusalCode = "inspection-step-not-due"
)

// Refusals are all refusals of the inspection, for the words that pages have.
var Refusals = []models.RefusalCode{
	RefusedStage, RefusedQuarter, RefusedOpened, RefusedCancelled, RefusedBulletin, RefusedBulletinStale,
	RefusedSameSigner, RefusedCorrection, RefusedUnit, RefusedReportState, RefusedReportStale, RefusedSameConfirmer,
	RefusedDeadline, RefusedItem, RefusedItemState, RefusedSameChecker, RefusedHearing, RefusedFindingState,
	RefusedFindingUnknown, RefusedStep,
}
