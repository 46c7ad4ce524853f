package workflows

import (
	"fmt"
	"strings"
	"time"

	"bangfu/models"
)

// describeObligation is what Temporal's own UI shows of a run: codes and dates,
// in Markdown, the same at every replay.
func describeObligation(obligation *models.Obligation, rules models.Rules, now time.Time) string {
	standing := obligation.Standing(now, rules)
	var text strings.Builder
	fmt.Fprintf(&text, "- state: **%s**, light: **%s**, as of %s\n", standing.State, standing.Light, models.DateOf(now))
	fmt.Fprintf(&text, "- unit: `%s`, policy: %d, sequence: %d\n", obligation.Unit, obligation.Policy, obligation.Sequence)
	for _, goal := range standing.Goals {
		fmt.Fprintf(&text, "- %s: %s, %s, %d of %d credited, due %s\n",
			goal.Kind, goal.State, goal.Light, goal.Credits, goal.Required, goal.Due)
	}
	if rung, comes := obligation.NextRung(now, rules); comes {
		fmt.Fprintf(&text, "- next rung: `%s` on %s\n", rung.ID, models.DateOf(rung.At))
	} else {
		text.WriteString("- next rung: none\n")
	}
	return text.String()
}
