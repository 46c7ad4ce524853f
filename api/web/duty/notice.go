package duty

import (
	"net/url"
	"strings"

	"bangfu/api"
)

// way leads from a notice to what it is about; none has no path.
type way struct{ path, text string }

// wayOf reads what a notice is about from its subject, which says so in the words
// of the event log: obligation/…, inspection/<plan>/<quarter>,
// unit-report/<plan>/<quarter>/<unit>, sample/<plan>/<quarter>, finding/<id>. A
// notice about a sampled credit leads to its hearing, not to its record.
func wayOf(notice api.NoticeView) way {
	parts := strings.Split(notice.Subject, "/")
	switch {
	case parts[0] == "sample" && len(parts) == 3:
		return way{"/inspections/" + cycleOf(parts) + "/sample/" + url.PathEscape(string(notice.Record)), "查看抽查"}
	case notice.Record != "":
		return way{"/records/" + url.PathEscape(string(notice.Record)), "查看记录"}
	case notice.Obligation != "":
		return way{"/obligations/" + url.PathEscape(notice.Obligation), "查看责任"}
	case parts[0] == "finding" && len(parts) == 2:
		return way{"/findings/" + url.PathEscape(parts[1]), "查看问题"}
	case parts[0] == "unit-report" && len(parts) == 4:
		return way{"/unit-reports/" + cycleOf(parts) + "/" + url.PathEscape(parts[3]), "查看自查报告"}
	case parts[0] == "inspection" && len(parts) == 3:
		return way{"/inspections/" + cycleOf(parts), "查看督查"}
	default:
		return way{}
	}
}

// cycleOf is the cycle of a subject's parts as addresses name it:
// <plan>.<quarter>.
func cycleOf(parts []string) string { return url.PathEscape(parts[1] + "." + parts[2]) }
