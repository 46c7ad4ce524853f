package journey

import (
	"slices"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// register is the register of documents in the order of its numbers.
func (q *quarters) register() []string {
	return q.rows("SELECT CONCAT(issue_year, '/', number, ' ', quarter, '.', ordinal) FROM bulletin_register ORDER BY issue_year, number")
}

func (q *quarters) reportStates(id inspection.ID) map[models.UnitID]string {
	q.t.Helper()
	reports, err := q.archive.UnitReports(q.t.Context(), store.Everything(), store.UnitReportFilter{Plan: id.Plan, Quarter: id.Quarter})
	require.NoError(q.t, err)
	states := map[models.UnitID]string{}
	for _, report := range reports {
		states[report.Unit] = string(report.State)
		if report.Late {
			states[report.Unit] += " late"
		}
	}
	return states
}

// ranking is the place of every unit that has goals.
func (q *quarters) ranking(id inspection.ID) map[models.UnitID]int {
	q.t.Helper()
	snapshot, err := q.archive.BulletinSnapshot(q.t.Context(), id, on("2013-12-02"))
	require.NoError(q.t, err)
	places := map[models.UnitID]int{}
	for _, group := range inspection.Rank(snapshot).Groups {
		for _, row := range group.Rows {
			if row.Required > 0 {
				places[row.Unit] = row.Place
			}
		}
	}
	return places
}

// ends is what the archive has come to, without the instants of the engine's own
// clock: the documents, the register, the frozen rows, what became of every
// subject, the words that were said, and how every log goes. Of the obligations'
// logs the reminders and the order are left out: how many of the past have been
// passed by the end is for that clock to say.
func (q *quarters) ends() map[string][]string {
	q.t.Helper()
	ends := map[string][]string{"register": q.register()}
	for name, query := range map[string]string{
		"texts":     "SELECT CONCAT_WS(' ', quarter, ordinal, digest, account) FROM bulletin_texts",
		"bulletins": "SELECT CONCAT_WS(' ', quarter, ordinal, stage, version, digest, issue_year, number, issued_on, corrects) FROM bulletins",
		"documents": "SELECT CONCAT_WS(' ', issue_year, number, quarter, ordinal, issued_on, digest) FROM bulletin_register",
		"comments":  "SELECT CONCAT_WS(' ', quarter, ordinal, unit, account, text) FROM bulletin_comments",
		"cycles":    "SELECT CONCAT_WS(' ', quarter, stage, cut_off, snapshot, scheduled, opened_by) FROM inspections",
		"frozen":    "SELECT CONCAT_WS(' ', quarter, unit, obligations, goals, credits, digest) FROM snapshot_units",
		"reports":   "SELECT CONCAT_WS(' ', quarter, unit, state, late, version, digest, filed_by, confirmed_by, ended, sequence) FROM unit_reports",
		"samples":   "SELECT CONCAT_WS(' ', quarter, record, state, checked_by, decided_by, revocation, remark, ordinal) FROM sample_items",
		"findings":  "SELECT CONCAT_WS(' ', id, unit, state, text, due_at, round, sequence) FROM findings",
		"turns":     "SELECT CONCAT_WS(' ', finding, step, light, reached_at) FROM finding_turns",
		"answers":   "SELECT CONCAT_WS(' ', finding, sequence, kind, account, text, evidence) FROM finding_answers",
		"goals":     "SELECT CONCAT_WS(' ', cadre, kind, required, credits, exempted, due) FROM goals",
		"records":   "SELECT CONCAT_WS(' ', id, state, kind) FROM records",
		"commands":  "SELECT CONCAT_WS(' ', id, subject, kind, account, state) FROM commands WHERE subject NOT LIKE 'obligation/%'",
		"logs":      "SELECT CONCAT_WS(' ', subject, sequence, kind, account, command, words) FROM events WHERE subject NOT LIKE 'obligation/%'",
		"duties":    "SELECT CONCAT_WS(' ', subject, kind, command, words) FROM events WHERE subject LIKE 'obligation/%' AND kind <> 'rung-passed'",
	} {
		ends[name] = q.rows(query)
		slices.Sort(ends[name])
	}
	return ends
}

func (q *quarters) rows(query string) (texts []string) {
	q.t.Helper()
	rows, err := q.archive.SQL().QueryContext(q.t.Context(), query)
	require.NoError(q.t, err, query)
	defer func() { require.NoError(q.t, rows.Close()) }()
	for rows.Next() {
		var text string
		require.NoError(q.t, rows.Scan(&text))
		texts = append(texts, text)
	}
	require.NoError(q.t, rows.Err())
	return texts
}
