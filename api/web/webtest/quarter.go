package webtest

import (
	"crypto/rand"
	"math"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/seeds"
)

// Quarter is the inspection of one quarter of the demonstration, as its workflows
// leave it in the archive.
type Quarter struct {
	*House
	ID inspection.ID
}

// OpenQuarter opens the inspection of a quarter so many before the running one:
// its figures are frozen, every unit is asked and the sample is drawn.
func (h *House) OpenQuarter(back int) *Quarter {
	h.Helper()
	now := time.Now()
	q := &Quarter{House: h, ID: inspection.ID{
		Plan: seeds.DemonstrationPlan, Quarter: models.QuarterOf(models.DateOf(now)).Add(-back),
	}}
	open, err := h.Archive.PrepareInspection(h.Context(), q.ID, now)
	require.NoError(h, err)
	// What is drawn depends on the digest; tests need a credit of each unit.
	open.Rules.Sample.SharePercent, open.Rules.Sample.Most = 100, math.MaxInt32
	q.Give(q.ID.Subject(), models.SystemAccount, open, "")
	q.freeze(open)
	calendar, err := h.Archive.Calendar(h.Context())
	require.NoError(h, err)
	due, reminders := open.Rules.ReportTimes(calendar, now)
	q.Give(q.ID.Subject(), models.SystemAccount, inspection.AskReports{Due: due}, "")
	for _, unit := range open.Units {
		nothing, err := h.Archive.NothingToReport(h.Context(), q.ID, unit)
		require.NoError(h, err)
		q.Give(q.ID.ReportSubject(unit), models.SystemAccount, inspection.Ask{
			Inspection: q.ID, Unit: unit, Due: due, Reminders: reminders, Nothing: nothing && unit != Near && unit != Far,
		}, "")
	}
	return q
}

func (q *Quarter) freeze(open inspection.Open) {
	q.Helper()
	units, err := q.Archive.InspectedUnits(q.Context(), q.ID.Quarter)
	require.NoError(q, err)
	require.NoError(q, q.Archive.BeginSnapshot(q.Context(), q.ID, units))
	for _, unit := range open.Units {
		for done := false; !done; {
			done, err = q.Archive.FreezeUnit(q.Context(), q.ID, unit, open.CutOff)
			require.NoError(q, err)
		}
	}
	sealed, err := q.Archive.SealSnapshot(q.Context(), q.ID, open.CutOff, "", func(string) {})
	require.NoError(q, err)
	q.Give(q.ID.Subject(), models.SystemAccount, inspection.Freeze{
		Snapshot: sealed.Digest, Obligations: sealed.Obligations, Goals: sealed.Goals, Credits: sealed.Credits,
	}, "")
	frame, err := q.Archive.SnapshotCredits(q.Context(), q.ID)
	require.NoError(q, err)
	drawn := inspection.Draw(sealed.Digest, frame, open.Rules.Sample)
	sample := inspection.DrawSample{Inspection: q.ID, Seed: drawn.Seed}
	for _, credit := range drawn.Credits {
		sample.Items = append(sample.Items, inspection.SampleItem{Record: credit.Record, Obligation: credit.Obligation})
	}
	q.Give(q.ID.SampleSubject(), models.SystemAccount, sample, "")
}

// Give gives a command to a subject of the inspection, with its words.
func (q *Quarter) Give(subject string, account models.AccountID, body inspection.CommandBody, words string) {
	q.Helper()
	aggregate, err := q.Archive.InspectionSubject(q.Context(), subject)
	require.NoError(q, err)
	now := time.Now()
	command := inspection.Command{
		ID: models.CommandID("test/" + rand.Text()), At: now, Actor: models.Actor{Account: account}, Body: body,
	}
	events, err := aggregate.Decide(command)
	require.NoError(q, err)
	_, _, err = q.Archive.ReceiveCommand(q.Context(), store.CommandRow{
		ID: command.ID, Subject: subject, Kind: body.CommandKind(), Account: account, Words: models.Words{Text: words}, ReceivedAt: now,
	})
	require.NoError(q, err)
	result, _, err := q.Archive.AppendInspection(q.Context(), store.InspectionAppend{
		Command: command, Expected: aggregate.Log().Sequence, Events: events, Now: now,
	})
	require.NoError(q, err)
	require.Equal(q, store.Appended, result.Outcome)
}

// Raise raises a finding on a unit.
func (q *Quarter) Raise(unit models.UnitID, text string) inspection.FindingID {
	q.Helper()
	calendar, err := q.Archive.Calendar(q.Context())
	require.NoError(q, err)
	id := inspection.FindingID(rand.Text())
	q.Give(inspection.FindingSubject(id), models.SystemAccount, inspection.Raise{
		Finding: id, Inspection: q.ID, Unit: unit, Severity: inspection.SeverityMinor,
		Deadline: inspection.StandardRules().FindingDeadline(calendar, inspection.SeverityMinor, time.Now()),
	}, text)
	return id
}

// File hands what a unit saved last to its leader.
func (q *Quarter) File(unit models.UnitID, account models.AccountID) {
	q.Helper()
	text, err := q.Archive.UnitReportText(q.Context(), q.ID, unit, 0)
	require.NoError(q, err)
	digest, err := q.Archive.UnitReportDigest(q.Context(), q.ID, unit, text.Version)
	require.NoError(q, err)
	q.Give(q.ID.ReportSubject(unit), account, inspection.File{Version: text.Version, Digest: digest}, "")
}

// Draft writes the first bulletin of the cycle.
func (q *Quarter) Draft() {
	q.Helper()
	text, err := q.Archive.DraftBulletin(q.Context(), q.ID, 1, models.SystemAccount, time.Now())
	require.NoError(q, err)
	q.Give(q.ID.Subject(), models.SystemAccount, inspection.DraftBulletin{Digest: text.Digest}, "")
}

// Issue has two people sign the first bulletin, which issues it.
func (q *Quarter) Issue(first, second models.AccountID) {
	q.Helper()
	q.Draft()
	text := q.bulletin()
	q.Give(q.ID.Subject(), first, inspection.AskSignatures{Version: text.Version}, "")
	q.Give(q.ID.Subject(), first, inspection.Sign{Digest: text.Digest}, "")
	q.Give(q.ID.Subject(), second, inspection.Sign{Digest: text.Digest}, "")
	require.Equal(q, inspection.BulletinIssued, q.bulletin().Stage)
}

// bulletin is how the first bulletin stands.
func (q *Quarter) bulletin() inspection.BulletinState {
	q.Helper()
	aggregate, err := q.Archive.InspectionSubject(q.Context(), q.ID.Subject())
	require.NoError(q, err)
	cycle, is := aggregate.(*inspection.Inspection)
	require.True(q, is)
	require.NotEmpty(q, cycle.Bulletins)
	return cycle.Bulletins[0]
}

// SampledIn is a sampled record of a unit. All credits are sampled.
func (q *Quarter) SampledIn(unit models.UnitID) models.RecordID {
	q.Helper()
	items, err := q.Archive.SampleItems(q.Context(), store.Everything(), q.ID)
	require.NoError(q, err)
	path, err := q.Archive.UnitPath(q.Context(), unit)
	require.NoError(q, err)
	at := slices.IndexFunc(items, func(item store.SampleItem) bool { return models.Unit{Path: path}.Holds(item.UnitPath) })
	require.GreaterOrEqual(q, at, 0, "no credit of %s was frozen", unit)
	return items[at].Record
}
