package inspection_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
)

// toldOf is whom the event is told, and by which code.
func toldOf(t *testing.T, subject inspection.Aggregate, at time.Time, actor models.AccountID, body inspection.CommandBody) map[models.Audience]models.NoticeCode {
	t.Helper()
	told := map[models.Audience]models.NoticeCode{}
	for _, notice := range noticesOf(t, subject, at, actor, body) {
		require.NotContains(t, told, notice.Audience, "nobody is told twice")
		told[notice.Audience] = notice.Code
	}
	return told
}

func noticesOf(t *testing.T, subject inspection.Aggregate, at time.Time, actor models.AccountID, body inspection.CommandBody) []inspection.Notice {
	t.Helper()
	events, err := subject.Decide(inspection.Command{ID: "given", At: at, Actor: models.Actor{Account: actor}, Body: body})
	require.NoError(t, err)
	require.Len(t, events, 1)
	subject.Apply(events[0])
	return inspection.NoticesOf(events[0], subject)
}

// passes lets the subject's clock reach its next step.
func passes(t *testing.T, subject inspection.Aggregate) map[models.Audience]models.NoticeCode {
	t.Helper()
	step, comes := subject.NextStep()
	require.True(t, comes)
	return toldOf(t, subject, step.At, models.SystemAccount, inspection.PassStep{Step: step.ID})
}

var noticed = inspection.ID{Plan: "tianjin-2013", Quarter: models.MustQuarter("2013Q2")}

// anAsk asks a unit on the day after the quarter, with a reminder on the third day.
func anAsk() (ask inspection.Ask, at time.Time) {
	at = noticed.Quarter.End().Add(10 * time.Hour)
	return inspection.Ask{
		Inspection: noticed, Unit: "120101", Due: at.AddDate(0, 0, 10), Reminders: []time.Time{at.AddDate(0, 0, 3), at.AddDate(0, 0, 6)},
	}, at
}

func TestAUnitThatHasNothingToReportIsNotToldToReport(t *testing.T) {
	ask, at := anAsk()
	require.Equal(t, map[models.Audience]models.NoticeCode{models.ToContacts: "report-asked"},
		toldOf(t, &inspection.UnitReport{}, at, models.SystemAccount, ask))
	ask.Nothing = true
	require.Empty(t, toldOf(t, &inspection.UnitReport{}, at, models.SystemAccount, ask))
}

func TestALeaderIsRemindedOfAReportThatWaitsForThem(t *testing.T) {
	ask, at := anAsk()
	report := &inspection.UnitReport{}
	toldOf(t, report, at, models.SystemAccount, ask)
	require.Equal(t, map[models.Audience]models.NoticeCode{models.ToContacts: inspection.ReminderNotice},
		passes(t, report), "nobody filed yet")
	toldOf(t, report, at.AddDate(0, 0, 4), "contact", inspection.File{Version: 1, Digest: "digest"})
	require.Equal(t, map[models.Audience]models.NoticeCode{
		models.ToContacts: inspection.ReminderNotice, models.ToLeaders: inspection.ReminderNotice,
	}, passes(t, report))
}

func TestEveryTurnOfAFindingsLightIsToldAndARedOneToTheInspectorsToo(t *testing.T) {
	at := noticed.Quarter.End().Add(10 * time.Hour)
	deadline := func(from time.Time) inspection.Deadline {
		return inspection.Deadline{BlueAt: from.AddDate(0, 0, 5), Due: from.AddDate(0, 0, 10), RedAt: from.AddDate(0, 0, 15)}
	}
	finding := &inspection.Finding{}
	toldOf(t, finding, at, "inspector", inspection.Raise{
		Finding: "f-1", Inspection: noticed, Unit: "120101", Severity: inspection.SeverityGrave, Deadline: deadline(at),
	})
	unit := func(code models.NoticeCode) map[models.Audience]models.NoticeCode {
		return map[models.Audience]models.NoticeCode{models.ToContacts: code, models.ToLeaders: code}
	}
	red := unit(inspection.RedNotice)
	red[models.ToInspectors] = inspection.RedNotice
	for range 2 {
		require.Equal(t, unit(inspection.BlueNotice), passes(t, finding))
		require.Equal(t, unit(inspection.YellowNotice), passes(t, finding))
		require.Equal(t, red, passes(t, finding))
		at = at.AddDate(0, 0, 20)
		toldOf(t, finding, at, "contact", inspection.Answer{})
		toldOf(t, finding, at, "inspector", inspection.Reopen{Deadline: deadline(at)})
	}
}

// aDrawn is a sample of one credit, drawn.
func aDrawn(t *testing.T) (sample *inspection.Sample, at time.Time) {
	t.Helper()
	sample, at = &inspection.Sample{}, noticed.Quarter.End().Add(10*time.Hour)
	require.Empty(t, noticesOf(t, sample, at, models.SystemAccount, inspection.DrawSample{
		Inspection: noticed, Seed: "seed", Items: []inspection.SampleItem{
			{Record: "r-0", Obligation: models.ObligationID{Plan: noticed.Plan, Cadre: "c-0"}},
			{Record: "r-1", Obligation: models.ObligationID{Plan: noticed.Plan, Cadre: "c-1"}},
		},
	}), "nobody is told what was drawn")
	return sample, at
}

func TestWhoeverMayBeHeardAndWhoeverDecidesIsToldOfTheHearingAndOfWhatCameOfIt(t *testing.T) {
	for name, verdict := range map[models.NoticeCode]inspection.DecideHearing{
		inspection.FalseNotice: {Record: "r-1", False: true, Document: "document-1"},
		inspection.KeptNotice:  {Record: "r-1"},
	} {
		sample, at := aDrawn(t)
		heard := func(code models.NoticeCode) []inspection.Notice {
			var notices []inspection.Notice
			for _, audience := range []models.Audience{models.ToClaimant, models.ToContacts, models.ToLeaders, models.ToAdjudicators} {
				notices = append(notices, inspection.Notice{Audience: audience, Record: "r-1", Cadre: "c-1", Code: code})
			}
			return notices
		}
		require.Empty(t, noticesOf(t, sample, at, "inspector", inspection.Check{Record: "r-1", Result: inspection.ResultDoubtful}))
		check := inspection.Check{Record: "r-1", Result: inspection.ResultFalse, HearingDue: at.AddDate(0, 0, 5)}
		require.Equal(t, heard(inspection.HearingNotice), noticesOf(t, sample, at, "inspector", check))
		require.Equal(t, heard(name), noticesOf(t, sample, at.AddDate(0, 0, 6), "adjudicator", verdict))
	}
}

func TestACreditThatIsTrueIsNobodysNews(t *testing.T) {
	sample, at := aDrawn(t)
	require.Empty(t, noticesOf(t, sample, at, "inspector", inspection.Check{Record: "r-0", Result: inspection.ResultConfirmed}))
}
