package inspection

import (
	"net/url"

	"bangfu/api"
	"bangfu/api/web/page"
)

const (
	hearingsPath  = "/hearings"
	hearingsTitle = "抽查裁定"
)

// hearings lists the sampled credits that wait for a decision, for those who give
// it: they need not read the quarter's board to find them.
func hearings(v *page.Visit) error {
	var found api.ListOf[api.SampleItemView]
	if _, err := v.Ask("/hearings", url.Values{"plan": {string(v.Plan())}}, &found.Body); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: hearingsTitle}, hearingsPage(found.Body.Items))
}

// verdictOn says what the visitor may do about an item now.
func verdictOn(item api.SampleItemView) string {
	switch {
	case !item.MayDecide:
		return "须由他人裁定"
	case item.HearingEnd:
		return "可以裁定"
	default:
		return "陈述期内，只能裁定陈述成立"
	}
}
