// Package evidence hands out the files that stand beside records, reports and
// decisions, so that a refusal is a page.
package evidence

import (
	"net/url"

	"bangfu/api/auth"
	"bangfu/api/web/page"
)

// Mount registers the addresses.
func Mount(site *page.Site) {
	site.File("/evidence/:evidence/content", content, auth.EvidenceRead)
}

func content(v *page.Visit) error {
	query := url.Values{}
	if inline := v.Query("inline"); inline != "" {
		query.Set("inline", inline)
	}
	return v.Download("/evidence/"+url.PathEscape(v.Path("evidence"))+"/content", query)
}
