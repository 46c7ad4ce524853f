package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// inspected is a quarter with one report, one sampled credit and one finding.
func withLife(t *testing.T, archive *store.Archive) *duty {
	t.Helper()
	duty := aTown(t, archive).enrolled("c-1", "120101").submitted("r-1", models.Found, modelstest.Enterprise(1))
	id := inspection.ID{Plan: duty.id.Plan, Quarter: models.MustQuarter("2013Q2")}
	now := id.Quarter.End()
	give := func(subject string, body inspection.CommandBody) {
		command := inspection.Command{
			ID: models.CommandID(fmt.Sprintf("%s/%s", subject, body.CommandKind())), At: now, Actor: models.Actor{Account: "somebody"}, Body: body,
		}
		events, err := inspection.New(subject).Decide(command)
		require.NoError(t, err)
		result, _, err := archive.AppendInspection(t.Context(), store.InspectionAppend{Command: command, Events: events, Now: now})
		require.NoError(t, err)
		require.Equal(t, store.Appended, result.Outcome)
	}
	give(id.Subject(), inspection.Open{Inspection: id, Rules: inspection.StandardRules(), CutOff: now, Units: []models.UnitID{"120101"}})
	give(id.ReportSubject("120101"), inspection.Ask{Inspection: id, Unit: "120101", Due: now.AddDate(0, 0, 14)})
	give(id.SampleSubject(), inspection.DrawSample{Inspection: id, Seed: "seed", Items: []inspection.SampleItem{{Record: "r-1", Obligation: duty.id}}})
	give(inspection.FindingSubject("f-1"), inspection.Raise{
		Finding: "f-1", Inspection: id, Unit: "120101", Severity: inspection.SeverityMinor,
		Deadline: inspection.Deadline{BlueAt: now.AddDate(0, 0, 3), Due: now.AddDate(0, 0, 7), RedAt: now.AddDate(0, 0, 9)},
	})
	return duty
}

func subjectsApart(t *testing.T, archive *store.Archive, hosted store.HostedSubjects) []store.Difference {
	t.Helper()
	found := []store.Difference{}
	summary, err := archive.ReconcileInspections(t.Context(), hosted, func(difference store.Difference) error {
		found = append(found, difference)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, len(found), summary.Differences)
	return found
}

func TestEachTamperingWithAnInspectionIsNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		duty := withLife(t, archive)
		require.Empty(t, subjectsApart(t, archive, nil))
		for _, tampered := range []struct {
			change, back string
			kind         store.DifferenceKind
		}{
			{"UPDATE unit_reports SET state = 'confirmed'", "UPDATE unit_reports SET state = 'due'", store.DifferenceProjection},
			{"UPDATE findings SET state = 'closed'", "UPDATE findings SET state = 'open'", store.DifferenceProjection},
			{"UPDATE inspections SET stage = 'issued'", "UPDATE inspections SET stage = 'freezing'", store.DifferenceProjection},
			{"UPDATE sample_items SET state = 'false'", "UPDATE sample_items SET state = 'drawn'", store.DifferenceProjection},
			{
				"UPDATE inspection_subjects SET hosted = 0 WHERE subject = 'finding/f-1'",
				"UPDATE inspection_subjects SET hosted = 1 WHERE subject = 'finding/f-1'", store.DifferenceSnapshot,
			},
			{
				"UPDATE inspection_subjects SET aggregate = REPLACE(aggregate, 'minor', 'grave') WHERE subject = 'finding/f-1'",
				"UPDATE inspection_subjects SET aggregate = REPLACE(aggregate, 'grave', 'minor') WHERE subject = 'finding/f-1'", store.DifferenceSnapshot,
			},
			{
				"UPDATE inspection_subjects SET sequence = 2 WHERE subject = 'finding/f-1'",
				"UPDATE inspection_subjects SET sequence = 1 WHERE subject = 'finding/f-1'", store.DifferenceChain,
			},
		} {
			duty.execute(tampered.change)
			found := subjectsApart(t, archive, nil)
			require.Len(t, found, 1, tampered.change)
			require.Equal(t, tampered.kind, found[0].Kind, tampered.change)
			duty.execute(tampered.back)
			require.Empty(t, subjectsApart(t, archive, nil), tampered.back)
		}
		duty.execute("DELETE FROM inspection_subjects WHERE subject = 'finding/f-1'")
		require.Equal(t, []store.Difference{{Subject: "finding/f-1", Kind: store.DifferenceOrphan, Detail: "the log has no subject"}},
			subjectsApart(t, archive, nil))
	})
}

func TestWhatALostEngineHostedIsNamedUntilItIsHostedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		withLife(t, archive)
		hosted := map[string]bool{}
		running := func(context.Context, []string) (map[string]bool, error) { return hosted, nil }
		lost := subjectsApart(t, archive, running)
		require.Len(t, lost, 4, "the cycle, the report, the sample and the finding")
		after := ""
		for range lost {
			page, err := archive.UnhostedInspections(t.Context(), after, 1)
			require.NoError(t, err)
			require.Len(t, page, 1)
			after = page[0]
			hosted[after] = true
		}
		require.Empty(t, subjectsApart(t, archive, running))
	})
}
