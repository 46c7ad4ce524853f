package words

import (
	"strings"

	"bangfu/api"
)

// Event is what happened, with the enterprise's name in place of the record's
// number.
func Event(event api.TimelineView, enterprises map[string]string) string {
	name := enterprises[string(event.Record)]
	if name == "" {
		return event.Text
	}
	return strings.ReplaceAll(event.Text, string(event.Record), "“"+name+"”")
}
