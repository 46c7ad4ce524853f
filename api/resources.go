package api

import "github.com/danielgtaylor/huma/v2"

// resources lists what the API is made of, in the order of its documentation.
func resources() []func(huma.API, *server) {
	return []func(huma.API, *server){
		registerSession,
		registerMe,
		registerSavedView,
		registerSecondFactor,
		registerSingleSignOn,
		registerTokens,
		registerAccounts,
		registerOpenSessions,
		registerSelfCheck,
		registerClock,
		registerCommands,
		registerUnit,
		registerPlan,
		registerProgress,
		registerPolicy,
		registerCadre,
		registerSubstitution,
		registerEnterprise,
		registerEvidence,
		registerRecord,
		registerReview,
		registerObligation,
		registerObligationExport,
		registerProposal,
		registerBatch,
		registerOutcome,
		registerTrend,
		registerDispute,
		registerInspection,
		registerUnitReport,
		registerSample,
		registerSampleFrame,
		registerFinding,
		registerBulletin,
		registerNotice,
		registerEvent,
		registerImport,
	}
}
