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
	RefusedChanged        models.RefusalCode = "inspection-changed" // something happened since the actor looked
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

// Why an edit of a bulletin is refused. The parameters section, sectionTitle,
// paragraph (from 1) and found say where and what.
const (
	RefusedFreeNumber    models.RefusalCode = "bulletin-free-number"    // a number that is no figure
	RefusedFigureUnknown models.RefusalCode = "bulletin-figure-unknown" // a token without a figure
	RefusedFigureTwice   models.RefusalCode = "bulletin-figure-twice"   // a token that stands twice
	RefusedFigureDropped models.RefusalCode = "bulletin-figure-dropped" // a figure that must stay
	RefusedFigureChanged models.RefusalCode = "bulletin-figure-changed" // a value that was written over
	RefusedFigureAstray  models.RefusalCode = "bulletin-figure-astray"  // a figure behind another one's name
	RefusedText          models.RefusalCode = "bulletin-text-invalid"   // markup, control characters
	RefusedTextLong      models.RefusalCode = "bulletin-text-too-long"
	RefusedSections      models.RefusalCode = "bulletin-sections" // chapters missing or out of order
)

// Refusals are all refusals of the inspection, for the words that pages have.
var Refusals = []models.RefusalCode{
	RefusedStage, RefusedQuarter, RefusedOpened, RefusedCancelled, RefusedBulletin, RefusedBulletinStale,
	RefusedSameSigner, RefusedCorrection, RefusedChanged, RefusedUnit, RefusedReportState, RefusedReportStale, RefusedSameConfirmer,
	RefusedDeadline, RefusedItem, RefusedItemState, RefusedSameChecker, RefusedHearing, RefusedFindingState,
	RefusedFindingUnknown, RefusedStep,
	RefusedFreeNumber, RefusedFigureUnknown, RefusedFigureTwice, RefusedFigureDropped, RefusedFigureChanged,
	RefusedFigureAstray, RefusedText, RefusedTextLong, RefusedSections,
}
