package workflows

import (
	"strconv"
	"strings"
	"time"

	"bangfu/models"
)

// describeObligation is what Temporal's own UI shows of a run: codes and dates,
// in Markdown, the same at every replay.
func describeObligation(obligation *models.Obligation, rules models.Rules, now time.Time) string {
	standing := obligation.Standing(now, rules)
	var text strings.Builder
	line := func(parts ...string) {
		text.WriteString("- " + strings.Join(parts, "") + "\n")
	}
	line("state: **", string(standing.State), "**, light: **", string(standing.Light), "**, as of ", models.DateOf(now).String())
	line("unit: `", string(obligation.Unit), "`, policy: ", strconv.Itoa(int(obligation.Policy)),
		", sequence: ", strconv.FormatInt(obligation.Sequence, 10))
	for _, goal := range standing.Goals {
		line(string(goal.Kind), ": ", string(goal.State), ", ", string(goal.Light), ", ",
			strconv.Itoa(goal.Credits), " of ", strconv.Itoa(goal.Required), " credited, due ", goal.Due.String())
	}
	if rung, comes := obligation.NextRung(now, rules); comes {
		line("next rung: `", string(rung.ID), "` on ", models.DateOf(rung.At).String())
	} else {
		line("next rung: none")
	}
	return text.String()
}
