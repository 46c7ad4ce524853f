package journey

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
)

// TestTwoQuartersEndTheSameWhateverIsKilled lives two quarters and a correction
// over the production worker, a Temporal server of its own and MariaDB, once
// undisturbed and once with worker and server killed by SIGKILL between drawn
// steps. Both end in the same archive.
func TestTwoQuartersEndTheSameWhateverIsKilled(t *testing.T) {
	undisturbed := startQuarters(t)
	undisturbed.live(func(string) {})
	undisturbed.holds()

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed of the kills: %d", seed)
	lots := rand.New(rand.NewPCG(seed, 0))
	killed := startQuarters(t)
	kills := 0
	killed.live(func(after string) {
		var prey []*victim
		switch lots.IntN(6) {
		case 0:
			prey = []*victim{killed.city.worker}
		case 1:
			prey = []*victim{killed.city.temporal}
		case 2:
			prey = []*victim{killed.city.worker, killed.city.temporal}
		}
		for _, one := range prey {
			t.Logf("killed %s after %s", one.name, after)
			one.kill()
			kills++
		}
		for i := len(prey) - 1; i >= 0; i-- {
			prey[i].start()
		}
		killed.awaitEngine()
	})
	require.NotZero(t, kills, "seed %d killed nothing", seed)
	killed.holds()
	require.Equal(t, undisturbed.ends(), killed.ends(), "seed %d", seed)
}

// live goes through the whole story; between is called between its steps.
func (q *quarters) live(between func(after string)) {
	q.t.Helper()
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"the schedule opens the second quarter", q.secondQuarterOpens},
		{"the second quarter is frozen and asked", func() { q.awaitStage(second, inspection.StageReporting); q.awaitAsked(second) }},
		{"three units report in time", func() { q.reports(second, "2013-07-05", heping, hedong, zone) }},
		{"a sampled credit is found false", q.findsFalse},
		{"it is heard, and its obligation is open again", q.takesBack},
		{"a finding turns blue, yellow and red", q.raises},
		{"a finding that was none is dropped", q.drops},
		{"one unit reports late", func() { q.letsDeadlinePass(hexi); q.reports(second, "2013-07-18", hexi) }},
		{"one unit never reports", func() { q.letsDeadlinePass(nankai) }},
		{"the bulletin is drafted", q.letsReportsPass},
		{"its words are edited", q.edits},
		{"a unit comments", q.comments},
		{"the first bulletin waits for signatures", func() { q.asksSignatures(second, "2013-07-19") }},
		{"one signs", func() { q.signs(second, "signer-1", "2013-07-19") }},
		{"the other signs and it is issued", func() { q.signs(second, "signer-2", "2013-07-22"); q.awaitIssued(second, 1) }},
		{"the schedule opens the third quarter", q.thirdQuarterOpens},
		{"everyone reports, and a talk is prompted", q.everyoneReports},
		{"the finding is answered and settled", q.settles},
		{"the round of comments closes by the clock", q.roundLapses},
		{"the second bulletin is issued", func() {
			q.asksSignatures(third, "2013-10-22")
			q.signs(third, "signer-2", "2013-10-22")
			q.signs(third, "signer-1", "2013-10-23")
			q.awaitIssued(third, 1)
		}},
		{"a correction of the first is written", q.corrects},
		{"the correction is issued", func() {
			q.asksSignatures(second, "2013-11-04")
			q.signs(second, "signer-1", "2013-11-04")
			q.signs(second, "signer-2", "2013-11-05")
			q.awaitIssued(second, 2)
		}},
	} {
		q.t.Log(step.name)
		step.do()
		between(step.name)
	}
}

func (q *quarters) secondQuarterOpens() {
	q.opens("2013-07-01", "journey.2013Q2")
	q.opens("2013-07-02", "")
}

// thirdQuarterOpens comes after a holiday of a week that the archive knows.
func (q *quarters) thirdQuarterOpens() {
	q.opens("2013-10-07", "")
	q.opens("2013-10-08", "journey.2013Q3")
	q.awaitStage(third, inspection.StageReporting)
	q.awaitAsked(third)
}

func (q *quarters) findsFalse() {
	sample := second.SampleSubject()
	q.await("the sample is drawn", func() bool { return len(q.sample(second)) == 4 })
	at := on("2013-07-08")
	results := map[models.RecordID]inspection.CheckResult{
		"R-120101": inspection.ResultConfirmed, "R-120102": inspection.ResultDoubtful, "R-120103-1": inspection.ResultConfirmed,
	}
	// Each time in the same order: the two stories are compared event by event.
	for _, record := range slices.Sorted(maps.Keys(results)) {
		q.give(sample, "check/"+string(record), "inspector", at, inspection.Check{Record: record, Result: results[record]}, "实地查看")
	}
	q.give(sample, "check/false", "inspector", at, inspection.Check{
		Record: falseRecord, Result: inspection.ResultFalse, HearingDue: models.MustDate("2013-07-15").End(),
	}, "企业没有到场")
	q.give(sample, "check/again", "inspector", at.AddDate(0, 0, 1), inspection.Check{Record: "R-120102", Result: inspection.ResultConfirmed}, "补充材料属实")
}

func (q *quarters) takesBack() {
	before := q.obligation(hexi, 1)
	require.Equal(q.t, 1, before.Credits(models.Found))
	q.give(second.SampleSubject(), "decide", "adjudicator", on("2013-07-16"), inspection.DecideHearing{
		Record: falseRecord, False: true, Document: "document-1",
	}, "陈述不成立，认定不实")
	q.await("the obligation takes the revocation", func() bool { return q.sample(second)[falseRecord].Revocation == inspection.RevocationTaken })
	after := q.obligation(hexi, 1)
	require.Zero(q.t, after.Credits(models.Found), "the goal is unmet again")
}

func (q *quarters) raises() {
	q.raise("f-1", nankai, inspection.SeverityGrave, "2013-05-06", "2013-05-20")
	q.await("the finding turned three times", func() bool { return len(q.steps("f-1")) == 3 })
	require.Equal(q.t, []inspection.StepID{"blue-1", "yellow-1", "red-1"}, q.steps("f-1"))
}

func (q *quarters) drops() {
	q.raise("f-2", hexi, inspection.SeverityMinor, "2013-07-08", "2013-07-29")
	q.await("the finding turned three times", func() bool { return len(q.steps("f-2")) == 3 })
	q.give(inspection.FindingSubject("f-2"), "drop", "inspector", on("2013-07-17"), inspection.Drop{}, "经核实不是问题")
}

func (q *quarters) edits() {
	current := q.current(second)
	text := q.text(second, 1, current.Digest)
	bulletin := bulletinOf(q.t, text)
	sections := bulletin.Sections
	last := len(sections) - 1
	sections[last].Paragraphs = append(sections[last].Paragraphs, "请各单位举一反三，认真整改。")
	edited, err := inspection.Edit(bulletin, sections)
	require.NoError(q.t, err)
	kept, err := q.archive.KeepBulletin(q.t.Context(), text.BulletinKey, edited, text.Snapshot, "inspector", on("2013-07-16"))
	require.NoError(q.t, err)
	q.give(second.Subject(), "edit", "inspector", on("2013-07-16"), inspection.EditBulletin{Version: current.Version, Digest: kept.Digest}, "")
}

func (q *quarters) comments() {
	// The round is open for longer than this test may take; the inspector closes it.
	q.give(second.Subject(), "comments", "inspector", on("2013-07-16"), inspection.OpenComments{
		Version: q.current(second).Version, Due: models.MustDate("2099-12-31").End(),
	}, "")
	q.give(second.Subject(), "comment", "contact-120101", on("2013-07-17"), inspection.Comment{Unit: heping}, "第二段表述请再核对")
	q.give(second.Subject(), "closed", "inspector", on("2013-07-18"), inspection.CloseComments{}, "")
}

// everyoneReports: the last confirmation makes the cycle go on by itself.
func (q *quarters) everyoneReports() {
	q.reports(third, "2013-10-15", heping, hedong, hexi, nankai, zone)
	q.awaitStage(third, inspection.StageDrafting)
	require.Equal(q.t, []models.UnitID{nankai}, q.cycle(third).Talks, "red in two quarters in a row")
}

func (q *quarters) settles() {
	finding := inspection.FindingSubject("f-1")
	q.give(finding, "answer", "contact-120104", on("2013-10-16"), inspection.Answer{Evidence: []models.EvidenceID{"evidence-1"}}, "已整改")
	q.give(finding, "settle", "inspector", on("2013-10-17"), inspection.Settle{}, "予以销号")
}

func (q *quarters) roundLapses() {
	q.give(third.Subject(), "comments", "inspector", on("2013-10-16"), inspection.OpenComments{
		Version: q.current(third).Version, Due: models.MustDate("2013-10-21").End(),
	}, "")
	q.await("the round closes", func() bool { return q.current(third).Stage == inspection.BulletinDrafting })
}

func (q *quarters) corrects() {
	issued := q.cycle(second).Bulletins[0]
	bulletin := bulletinOf(q.t, q.text(second, 1, issued.Digest))
	snapshot, err := q.archive.BulletinSnapshot(q.t.Context(), second, on("2013-11-01"))
	require.NoError(q.t, err)
	correcting := inspection.WithCorrections(bulletin, inspection.Correct(bulletin, "津政督〔2013〕1号", snapshot).Bulletin)
	kept := q.keep(second, 2, correcting, snapshot, on("2013-11-01"))
	q.give(second.Subject(), "correct", "inspector", on("2013-11-01"), inspection.BeginCorrection{Digest: kept.Digest}, "南开区逾期未报")
}

// holds checks what the story must have come to.
func (q *quarters) holds() {
	q.t.Helper()
	require.Equal(q.t, []string{"2013/1 2013Q2.1", "2013/2 2013Q3.1", "2013/3 2013Q2.2"}, q.register(), "numbers without gaps")
	reports := q.reportStates(second)
	require.Equal(q.t, "confirmed", reports[heping])
	require.Equal(q.t, "confirmed late", reports[hexi])
	require.Equal(q.t, "missing late", reports[nankai])
	require.Equal(q.t, "nothing", reports[department])
	ranking := q.ranking(second)
	require.Equal(q.t, map[models.UnitID]int{hexi: 1, heping: 2, hedong: 2, nankai: 4, zone: 0}, ranking, "a tie shares a place, too few goals have none")
	for _, id := range []inspection.ID{second, third} {
		require.NoError(q.t, q.archive.VerifySnapshot(q.t.Context(), id, q.cycle(id).Snapshot))
	}
	first := q.cycle(second).Bulletins[0]
	require.Equal(q.t, 1, first.Number, "an issued bulletin stays as it is")
	checked, err := q.archive.VerifyAll(q.t.Context(), func(broken models.BrokenChain) error {
		require.Fail(q.t, "a chain is broken", "%+v", broken)
		return nil
	})
	require.NoError(q.t, err)
	require.NotZero(q.t, checked)
}
