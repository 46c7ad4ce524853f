package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/activities"
	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
)

// walkCycle is the cycle that the walk looks at.
var walkCycle = inspection.ID{Plan: walkPlan, Quarter: models.MustQuarter("2013Q2")}

// gives carries out a command on a subject of the inspection, as its workflow would.
func (h *house) gives(subject string, account models.AccountID, body inspection.CommandBody) {
	h.Helper()
	acts, err := activities.New(h.archive, nil, activities.Settings{})
	require.NoError(h, err)
	state, err := acts.LoadSubject(h.Context(), subject)
	require.NoError(h, err)
	result, err := acts.AppendSubject(h.Context(), activities.SubjectAppend{
		Subject: subject, Aggregate: state.Aggregate, Now: h.clock.read(),
		Command: inspection.Command{
			ID: models.CommandID(fmt.Sprintf("%s/%d/%s", subject, state.Sequence, body.CommandKind())), At: h.clock.read(),
			Actor: models.Actor{Account: account}, Body: body,
		},
	})
	require.NoError(h, err)
	require.Nil(h, result.Refusal)
	require.Equal(h, activities.OutcomeAppended, result.Outcome)
}

// opensCycle opens a cycle, freezes it and asks the units.
func (h *house) opensCycle(id inspection.ID) {
	h.Helper()
	open, err := h.archive.PrepareInspection(h.Context(), id, h.clock.read())
	require.NoError(h, err)
	h.gives(id.Subject(), models.SystemAccount, open)
	units, err := h.archive.InspectedUnits(h.Context(), id.Quarter)
	require.NoError(h, err)
	require.NoError(h, h.archive.BeginSnapshot(h.Context(), id, units))
	for _, unit := range units {
		for done := false; !done; {
			done, err = h.archive.FreezeUnit(h.Context(), id, unit.ID, open.CutOff)
			require.NoError(h, err)
		}
	}
	sealed, err := h.archive.SealSnapshot(h.Context(), id, open.CutOff, "", func(string) {})
	require.NoError(h, err)
	h.gives(id.Subject(), models.SystemAccount, inspection.Freeze{
		Snapshot: sealed.Digest, Obligations: sealed.Obligations, Goals: sealed.Goals, Credits: sealed.Credits,
	})
	calendar, err := h.archive.Calendar(h.Context())
	require.NoError(h, err)
	due, reminders := open.Rules.ReportTimes(calendar, h.clock.read())
	for _, unit := range []models.UnitID{"120101", "120102"} {
		h.gives(id.ReportSubject(unit), models.SystemAccount, inspection.Ask{Inspection: id, Unit: unit, Due: due, Reminders: reminders})
	}
	h.gives(id.Subject(), models.SystemAccount, inspection.AskReports{Due: due})
}

// furnishInspection opens a cycle with a sample that is being heard and a finding
// in each of the two districts.
func furnishInspection(w *walk) {
	w.opensCycle(walkCycle)
	draw := inspection.DrawSample{Inspection: walkCycle, Seed: "seed"}
	for _, at := range places {
		draw.Items = append(draw.Items, inspection.SampleItem{
			Record: models.RecordID(w.thing("submitted", at)), Obligation: models.ObligationID{Plan: walkPlan, Cadre: cadreAt[at]},
		})
	}
	w.gives(walkCycle.SampleSubject(), models.SystemAccount, draw)
	for _, at := range places {
		w.gives(walkCycle.SampleSubject(), "somebody", inspection.Check{
			Record: models.RecordID(w.thing("submitted", at)), Result: inspection.ResultFalse, HearingDue: w.clock.read().Add(24 * time.Hour),
		})
	}
	for at, unit := range unitAt {
		id := inspection.FindingID("finding-" + string(at))
		now := w.clock.read()
		w.gives(inspection.FindingSubject(id), "somebody", inspection.Raise{
			Finding: id, Inspection: walkCycle, Unit: unit, Severity: inspection.SeverityMinor,
			Deadline: inspection.Deadline{BlueAt: now.Add(time.Hour), Due: now.Add(2 * time.Hour), RedAt: now.Add(3 * time.Hour)},
		})
		w.keep("finding", at, string(id))
	}
}

// inspectionRows: the inspected see what concerns their unit, the contact files
// and a leader confirms, the inspector manages, the adjudicator decides.
func inspectionRows() map[string]row {
	reading := []auth.Role{auth.RoleContact, auth.RoleLeader, auth.RoleOrganization, auth.RoleInspector, auth.RoleSigner, auth.RoleArchivist}
	inspector, leader, contact := []auth.Role{auth.RoleInspector}, []auth.Role{auth.RoleLeader}, []auth.Role{auth.RoleContact}
	cycle := values("inspection", walkCycle.String())
	unit := func(_ *walk, at place) string { return `"unit":{"id":"` + string(unitAt[at]) + `"` }
	report := func(_ *walk, at place) call {
		return call{values: map[string]string{"inspection": walkCycle.String(), "unit": string(unitAt[at])}}
	}
	byPlan := func(*walk, place) call { return call{query: "plan=" + string(walkPlan)} }
	remark := map[string]string{"remark": "理由"}
	rows := map[string]row{
		"list-inspections":       {any: reading, granted: 200, call: byPlan},
		"get-inspection":         {any: reading, granted: 200, call: cycle},
		"list-inspection-units":  {tree: reading, granted: 200, shows: unit, call: cycle},
		"get-inspection-ranking": {tree: reading, granted: 200, shows: unit, call: cycle},
		"list-inspection-goals": {tree: reading, granted: 200, call: cycle, shows: func(_ *walk, at place) string {
			return `"cadre":{"id":"` + string(cadreAt[at]) + `"`
		}},
		"get-inspection-unit-trend": {tree: reading, granted: 200, call: report},
		// What is about the whole city is not for the inspector of a district.
		"open-inspection":            {any: inspector, granted: 403, call: keyed("open", withBody(map[string]string{"plan": string(walkPlan), "quarter": "2013Q1"}))},
		"cancel-inspection":          {any: inspector, granted: 403, call: keyed("cancel", bodyTo(cycle, remark))},
		"get-inspection-schedule":    {any: reading, granted: http.StatusServiceUnavailable},
		"pause-inspection-schedule":  {any: inspector, granted: 403},
		"resume-inspection-schedule": {any: inspector, granted: 403},

		"list-unit-reports":     {tree: reading, granted: 200, shows: unit, call: byPlan},
		"get-unit-report":       {tree: reading, granted: 200, call: report},
		"save-unit-report":      {tree: contact, granted: 428, call: bodyTo(report, map[string]string{"measures": "做法"})},
		"file-unit-report":      {tree: contact, granted: 428, call: keyed("file", bodyTo(report, map[string]int{"version": 1}))},
		"confirm-unit-report":   {tree: leader, granted: 428, call: keyed("confirm", report)},
		"send-back-unit-report": {tree: leader, granted: 428, call: keyed("send-back", bodyTo(report, remark))},
		"extend-unit-report": {tree: inspector, granted: 428, call: keyed("extend", bodyTo(report, map[string]string{
			"due": "2099-01-04", "remark": "理由",
		}))},
	}
	for name, added := range inspectionWorkRows() {
		rows[name] = added
	}
	return rows
}

// inspectionWorkRows are the sample and the findings.
func inspectionWorkRows() map[string]row {
	inspector := []auth.Role{auth.RoleInspector}
	answering := []auth.Role{auth.RoleContact, auth.RoleLeader}
	reading := append([]auth.Role{auth.RoleOrganization, auth.RoleInspector, auth.RoleSigner, auth.RoleArchivist}, answering...)
	item := func(w *walk, at place) call {
		return call{values: map[string]string{"inspection": walkCycle.String(), "record": w.thing("submitted", at)}}
	}
	remark := map[string]string{"remark": "理由"}
	finding := func(w *walk, at place) string { return `"` + w.thing("finding", at) + `"` }
	return map[string]row{
		"get-sample": {
			tree: append([]auth.Role{auth.RoleAdjudicator}, reading...), self: cadreOnly, granted: 200, call: values("inspection", walkCycle.String()),
			shows: func(w *walk, at place) string { return `"record":"` + w.thing("submitted", at) + `"` },
		},
		"list-hearings": {
			tree: adjudicator, granted: 200, call: func(*walk, place) call { return call{query: "plan=" + string(walkPlan)} },
			shows: func(w *walk, at place) string { return `"record":"` + w.thing("submitted", at) + `"` },
		},
		// All that was drawn is being heard, so whoever reads the sample may draw again.
		"get-sample-frame": {
			any: append(append([]auth.Role{auth.RoleAdjudicator}, reading...), cadreOnly...), granted: 200, call: values("inspection", walkCycle.String()),
		},
		"check-sample-item":  {tree: inspector, granted: 428, call: keyed("check", bodyTo(item, map[string]string{"result": "confirmed"}))},
		"decide-sample-item": {tree: adjudicator, granted: 428, call: keyed("decide", bodyTo(item, map[string]any{"false": false, "remark": "理由"}))},

		"list-findings": {tree: reading, granted: 200, shows: finding, call: func(*walk, place) call {
			return call{query: "plan=" + string(walkPlan)}
		}},
		"get-finding": {tree: reading, granted: 200, call: thingAs("finding")},
		"raise-finding": {tree: inspector, granted: 422, hidden: 403, call: keyed("raise", func(_ *walk, at place) call {
			return call{body: map[string]any{
				"inspection": walkCycle.String(), "unit": string(unitAt[at]), "task": 9999, "severity": "minor", "text": "问题",
			}}
		})},
		"answer-finding": {tree: answering, granted: 428, call: keyed("answer", bodyTo(thingAs("finding"), map[string]string{"text": "已整改"}))},
		"settle-finding": {tree: inspector, granted: 428, call: keyed("settle", bodyTo(thingAs("finding"), map[string]string{}))},
		"reopen-finding": {tree: inspector, granted: 428, call: keyed("reopen", bodyTo(thingAs("finding"), remark))},
		"drop-finding":   {tree: inspector, granted: 428, call: keyed("drop", bodyTo(thingAs("finding"), remark))},
	}
}
