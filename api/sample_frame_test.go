package api

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
)

// drawsFrom freezes credits of two districts and draws from them.
func (q *aQuarter) drawsFrom(credits int) (items []inspection.SampleItem) {
	q.Helper()
	for i := range credits {
		id, unit := models.CadreID("C-"+strconv.Itoa(i)), []models.UnitID{"120101", "120102"}[i%2]
		record, _ := q.cadre(id, unit).draft(id, q.enterprise(fmt.Sprintf("B%07d", i)))
		q.execute(`INSERT INTO snapshot_credits (plan, quarter, unit, record, cadre, kind, enterprise_key, credited_at)
			VALUES (?, '2013Q4', ?, ?, ?, ?, 'A1234567', ?)`,
			string(testPlan), string(unit), record, string(id), string(models.Kinds[i%len(models.Kinds)]), models.MustDate("2013-11-01").Start())
	}
	frame, err := q.archive.SnapshotCredits(q.Context(), q.id)
	require.NoError(q, err)
	for _, credit := range inspection.Draw("seed", frame, inspection.StandardRules().Sample).Credits {
		items = append(items, inspection.SampleItem{Record: credit.Record, Obligation: credit.Obligation})
	}
	q.gives(q.id.SampleSubject(), models.SystemAccount, inspection.DrawSample{Inspection: q.id, Seed: "seed", Items: items})
	return items
}

// frame reads the whole frame as an outsider would, page by page.
func (v *visitor) frame(path string) (seed string, rule inspection.SampleRule, credits []FrameCreditView) {
	v.Helper()
	type answered struct {
		Seed string
		Rule inspection.SampleRule
		PageOf[FrameCreditView]
	}
	after := ""
	for {
		got := v.get(path + "?size=7&after=" + after)
		require.NotContains(v, got.body, "C-", "whose record it is")
		page := reads[answered](v.T, got, http.StatusOK)
		credits = append(credits, page.Items...)
		if page.Next == "" {
			return page.Seed, page.Rule, credits
		}
		after = page.Next
	}
}

func TestAnOutsiderDrawsAgainFromTheFrameAloneAndGetsTheSameItems(t *testing.T) {
	q := anInspection(t)
	items := q.drawsFrom(24)
	require.Len(t, items, 10)
	seed, rule, shown := q.inspector.frame(q.base + "/sample/frame")
	require.Len(t, shown, 24)
	var frame []inspection.Credit
	var said []models.RecordID
	for _, credit := range shown {
		frame = append(frame, inspection.Credit{Record: credit.Record, Unit: credit.Unit, Kind: credit.Kind})
		if credit.Drawn {
			said = append(said, credit.Record)
		}
	}
	rand.Shuffle(len(frame), func(i, j int) { frame[i], frame[j] = frame[j], frame[i] })
	var again, was []models.RecordID
	for _, credit := range inspection.Draw(seed, frame, rule).Credits {
		again = append(again, credit.Record)
	}
	for _, item := range items {
		was = append(was, item.Record)
	}
	require.Equal(t, was, again)
	slices.Sort(was)
	slices.Sort(said)
	require.Equal(t, was, said)
}

func TestTheInspectedCannotFindOutWhatIsDrawnBeforeItIsChecked(t *testing.T) {
	q := anInspection(t)
	record, _ := q.sampled()
	contact, path := q.officer(auth.RoleContact, "120101"), q.base+"/sample/frame"
	contact.get(path).isProblem(t, problem.Forbidden, http.StatusForbidden)
	q.officer(auth.RoleInspector, "120102").get(path).isProblem(t, problem.Forbidden, http.StatusForbidden)
	require.Equal(t, false, contact.get(q.base+"/sample").field(t, "mayDraw"))
	require.Equal(t, true, q.inspector.get(q.base+"/sample").field(t, "mayDraw"))
	q.gives(q.id.SampleSubject(), "somebody", inspection.Check{Record: models.RecordID(record), Result: inspection.ResultConfirmed})
	require.Equal(t, http.StatusOK, contact.get(path).status)
}
