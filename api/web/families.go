package web

import (
	"bangfu/api/web/approval"
	"bangfu/api/web/dossier"
	"bangfu/api/web/duty"
	"bangfu/api/web/evidence"
	"bangfu/api/web/inspection"
	"bangfu/api/web/ledger"
	"bangfu/api/web/officer"
	"bangfu/api/web/page"
	"bangfu/api/web/plan"
	"bangfu/api/web/progress"
	"bangfu/api/web/registry"
	"bangfu/api/web/review"
	"bangfu/api/web/signin"
	"bangfu/api/web/substitution"
)

// families lists what the pages are made of, in the order of the navigation.
func families() []func(*page.Site) {
	return []func(*page.Site){
		dossier.Mount,
		duty.Mount,
		evidence.Mount,
		ledger.Mount,
		review.Mount,
		inspection.Mount,
		officer.Mount,
		plan.Mount,
		progress.Mount,
		registry.Mount,
		substitution.Mount,
		signin.Mount,
		approval.Mount,
	}
}
